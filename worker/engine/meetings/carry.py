"""Bring calendars to what our rows say: make an event, change it, take it back.

Before each group the held times are asked about once more, so that a colleague who booked the same
time by hand since then wins. Every request may be repeated: the port finds what it made before. So
whoever is killed here, or loses an answer, asks for the very same thing again.
"""

import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from worker import logs
from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.errors import BrokenPromise, StoreError
from worker.domain.facts import Digest
from worker.domain.intents import State
from worker.domain.meetings import Busy, Invitation, Span, Unknown
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.rounds import rounds_of
from worker.engine.begun import Begun
from worker.engine.journal.facts import load_facts
from worker.engine.journal.lanes import (
    Closed,
    calendar_lane,
    is_closed,
    is_held,
    provider_of,
    read_lane,
)
from worker.engine.journal.meetings import claim_meetings, forget, has_meeting_due, put_off
from worker.engine.journal.people import all_staff
from worker.engine.journal.rewound import read_rewound
from worker.engine.journal.store import Store
from worker.engine.meetings.calendars import MAIL_ONLY, Books, CalendarRules, provider_of_staff
from worker.engine.meetings.follow import (
    Hold,
    Turn,
    given_up,
    look_again,
    of_everybody,
    office_of,
    put,
    seeking,
    text_of,
)
from worker.engine.meetings.invitation import invitation_of
from worker.engine.meetings.lay import AT_LEAST
from worker.engine.meetings.letters import Letters
from worker.engine.meetings.off import note_that_it_is_off
from worker.engine.meetings.walls import walls_of
from worker.engine.meetings.wanted import unwanted
from worker.engine.render import Editions
from worker.engine.retry import message_wait
from worker.engine.settle import closing_of, mind_the_lane
from worker.engine.tables import stamp
from worker.ports import BookTrouble, CalendarBook, Clock, Trouble

AT_ONCE = 25  # meetings whose times are asked about together, just before they are booked

_LEASE = timedelta(minutes=10)
_OF_ONE_CALENDAR = timedelta(minutes=30)  # until a calendar that is closed to us is tried again
_A_MOMENT = timedelta(seconds=1)
_SOON = timedelta(minutes=1)
_GONE = "the event was deleted by hand"
_CLASH = "somebody else's meeting lies in the same time"


@dataclass(slots=True)
class _Way:
    """How the way to a provider is, after some calls."""

    is_open: bool = False
    closing: Closed | None = None
    resting: dict[str, tuple[datetime, str]] = field(default_factory=dict)

    def rests(self, address: str, until: datetime, why: str) -> None:
        """Leave one organiser's calendar alone until then: it said no to all we might ask."""
        before, _ = self.resting.get(address.lower(), (until, why))
        self.resting[address.lower()] = (max(until, before), why)


class Carrier:
    """Does what is due in the lanes of calendars."""

    def __init__(  # noqa: PLR0913 - what the engine joins here, by name
        self,
        store: Store,
        editions: Editions,
        books: Books,
        letters: Letters,
        rules: CalendarRules,
        *,
        clock: Clock,
        begun: Begun | None = None,
        relives: bool = False,
    ) -> None:
        self._counts = begun
        self._relives = relives
        self._store = store
        self._editions = editions
        self._books = books
        self._letters = letters
        self._rules = rules
        self._clock = clock

    def perform(self, lane: str, is_stopping: Callable[[], bool]) -> int:
        """Do everything that is due in *lane*; says how much."""
        done = 0
        while not is_stopping():
            count, is_shut = self._batch(lane)
            done += count
            if not count or is_shut:
                break
        return done

    def _batch(self, lane: str) -> tuple[int, bool]:
        now = self._clock.now()
        claimed = self._claim(lane, now)
        if not claimed:
            return 0, False
        book = self._books.of(lane, provider_of(lane) or "")
        group = self._looked_at(lane, claimed, now)
        way = _Way()
        for known in self._begun(group, now):
            until, why = way.resting.get(known.address.lower(), (now, ""))
            if way.closing is not None:  # not tried: the way is shut
                self._put(_untried(known, way.closing.why, self._clock.now()))
            elif why:  # nor where this calendar is
                self._put(_untried(known, why, until))
            else:
                self._one(lane, book, known, way)
        with self._store.write() as connection:
            for address, (until, _) in way.resting.items():
                put_off(connection, lane, address, until)
            shut = mind_the_lane(connection, lane, way.closing, now, is_open=way.is_open)
        return len(claimed), shut

    def _claim(self, lane: str, now: datetime) -> list[Appointment]:
        at, lease = stamp(now), stamp(now + _LEASE)
        with self._store.read() as connection:
            if not has_meeting_due(connection, lane, at):
                return []
            closed = read_lane(connection, lane)
            if is_closed(closed, now) or is_held(connection, now, relives=self._relives):
                return []
        most = AT_ONCE if closed is None else 1  # a lane that was shut is tried with one
        with self._store.write() as connection:
            return claim_meetings(connection, lane, most, now=at, lease=lease)

    def _put(self, turn: Turn) -> Appointment | None:
        with self._store.write() as connection:
            saved = put(connection, turn, self._clock.now())
            if saved is not None and saved.stage is Stage.CANCELLED and not saved.people:
                note_that_it_is_off(connection, saved, self._clock.now())
                forget(connection, [saved.id])  # whoever it was with was erased
            return saved

    def _begun(self, group: Sequence[Appointment], now: datetime) -> list[Appointment]:
        """Write down that calendars are asked from now on; gives what is still ours to ask."""
        number: int | None = 0
        with self._store.write() as connection:
            if self._counts is not None and group:
                number = self._counts.count(connection, now)
                if number is None:
                    for known in group:
                        put(connection, Turn(known, now), now)
                    return []
            begun = [
                put(
                    connection,
                    Turn(replace(known, attempts=known.attempts + 1), now + _LEASE),
                    now,
                )
                for known in group
            ]
        if number and self._counts is not None:
            self._counts.confirm(number)
        return [known for known in begun if known is not None]

    # --- before --------------------------------------------------------------------------------

    def _looked_at(
        self, lane: str, group: Sequence[Appointment], now: datetime
    ) -> list[Appointment]:
        """Give what is still to be booked; a fault of ours holds up the meeting that it is of."""
        try:
            return self._still_free(lane, self._still_wanted(group, now), now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and of one meeting
            if len(group) > 1:  # asked about together: each by itself tells whose it is
                return [one for known in group for one in self._looked_at(lane, [known], now)]
            self._put(self._at_fault(lane, group[0], error))
            return []

    def _still_wanted(self, group: Sequence[Appointment], now: datetime) -> list[Appointment]:
        """Look at the wishes once more; what is not to be booked any more is written down."""
        fresh = [known for known in group if known.stage is Stage.BOOKING]
        turns = {
            turn.after.id: turn
            for turn in unwanted(self._store, fresh, self._editions, self._letters, now)
        }
        for turn in turns.values():
            self._put(turn)
        return [known for known in group if known.id not in turns]

    def _still_free(
        self, lane: str, group: Sequence[Appointment], now: datetime
    ) -> list[Appointment]:
        """Ask about the held times once more; who is busy by now, by hand, wins."""
        asked = [known for known in group if _needs_room(known)]
        too_near = [one for one in asked if one.when and one.when.start < now + AT_LEAST]
        asked = [one for one in asked if one not in too_near]
        taken = self._taken(lane, asked, now) if asked else {}
        standing = []
        for known in group:
            if known in too_near:
                self._put(seeking(known, now, "it could not be booked in time"))
                continue
            if known not in asked:
                standing.append(known)
                continue
            told = [taken[one.key] for one in known.attendees if one.key in taken]
            unknown = next((one for one in told if isinstance(one, Unknown)), None)
            if any(isinstance(one, Busy) and _lies_in(known, one) for one in told):
                self._put(seeking(known, now, "somebody was quicker"))
            elif unknown is not None and unknown.is_permanent:
                self._put(seeking(known, now, unknown.why))
            elif unknown is not None:
                failures = known.failures + 1
                wait = max(message_wait(failures, known.id), unknown.wait or timedelta())
                later = replace(known, failures=failures, outcome=unknown.why)
                self._put(Turn(later, now + wait))
            else:
                standing.append(known)
        return standing

    def _taken(
        self, lane: str, asked: Sequence[Appointment], now: datetime
    ) -> Mapping[str, Busy | Unknown]:
        spans = [known.when for known in asked if known.when is not None]
        within = Span(min(one.start for one in spans), max(one.end for one in spans))
        there = [known for known in asked if known.ref]  # whose own event must not be in the way
        with self._store.read() as connection:
            staff = _providers_of(connection, asked, self._rules)
            moving = _providers_of(connection, there, self._rules)
            closed = [
                provider
                for provider in set(staff.values())
                if is_closed(read_lane(connection, calendar_lane(provider)), now)
            ]
        plain = {one: provider for one, provider in staff.items() if one not in moving}
        keys = [known.event_key for known in there]
        told = self._books.busy(lane, plain, within, closed=closed)
        told |= self._books.busy(lane, moving, within, leaving_out=keys, closed=closed)
        return {address.lower(): busy for address, busy in told.items()}

    # --- the call, and after it ----------------------------------------------------------------

    def _one(self, lane: str, book: CalendarBook | None, known: Appointment, way: _Way) -> None:
        """Ask a calendar for one thing, and write down what came of it; a fault of ours is told."""
        try:
            if self._relives:
                turn = self._looked_up(book, known)
            elif book is None:
                turn = self._by_mail(lane, known)
            else:
                turn = self._asked(lane, book, known, way)
        except StoreError:  # nothing of ours is wrong: it goes on when the journal is back
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and of one meeting
            turn = self._at_fault(lane, known, error)
        self._put(turn)

    def _at_fault(self, lane: str, known: Appointment, error: Exception) -> Turn:
        """Tell a fault of ours, and leave the meeting alone for a while."""
        logs.bug(doing=lane, error=error)
        text = traceback.format_exc(limit=-6)
        return Turn(replace(known, outcome=text), self._clock.now() + _OF_ONE_CALENDAR)

    def _asked(self, lane: str, book: CalendarBook, known: Appointment, way: _Way) -> Turn:
        now = self._clock.now()
        outcome = self._outcome(book, known)
        way.is_open = way.is_open or _says_open(outcome)
        match outcome:
            case Done() if known.stage is Stage.CANCELLING:
                return _cancelled(known, now)
            case Done():
                found = replace(known, ref=known.ref or outcome.receipt)
                return self._seen(book, found, now, lane, way)
            case InDoubt():
                return _again(known, outcome.why, now, message_wait(1, known.id))
            case Later():
                return self._later(lane, known, outcome, now, way)
            case Refused():
                return self._refused(lane, known, outcome, now, way)

    def _looked_up(self, book: CalendarBook | None, known: Appointment) -> Turn:
        """Find what was booked in lost time; all else waits until that is over."""
        now = self._clock.now()
        if book is not None and known.stage is Stage.BOOKING and known.when is not None:
            seen = book.see(invitation_of(known, self._letters.language))
            if not isinstance(seen, BookTrouble) and seen.entry is not None:
                entry = seen.entry
                if not entry.is_cancelled and entry.when is not None:
                    stands = replace(known, ref=known.ref or entry.ref, when=entry.when)
                    return self._booked(stands, entry.link, now)
        with self._store.read() as connection:
            rewound = read_rewound(connection)
        until = now if rewound is None else rewound.until
        return Turn(replace(known, attempts=max(known.attempts - 1, 1)), until + _A_MOMENT)

    def _by_mail(self, lane: str, known: Appointment) -> Turn:
        """Arrange a meeting without any calendar: everybody is told by mail."""
        if provider_of(lane) != MAIL_ONLY:
            raise BrokenPromise(f"A meeting is due in {lane!r}, and there is no way to it.")
        now = self._clock.now()
        if known.stage is Stage.CANCELLING:
            turn = _cancelled(known, now)
            if known.booked_at is None:
                return turn
            return replace(turn, letters=self._letters.cancellations(known, now))
        is_new = known.booked_at is None or known.when != known.stood
        turn = self._booked(replace(known, ref=known.ref or known.event_key), "", now)
        tell = is_new or _is_handed_over(known)
        requests = self._letters.requests(turn.after, now) if tell else ()
        return replace(turn, letters=(*turn.letters, *requests), read_at=None)

    def _outcome(self, book: CalendarBook, known: Appointment) -> Outcome:
        language = self._letters.language
        when = known.when or known.stood
        if when is None:  # of a meeting that never had a time there is nothing to take back
            return Done()
        if known.stage is Stage.CANCELLING and when.end <= self._clock.now():
            return Done()  # it is over: whose calendar it was in has gone, most likely
        invitation = invitation_of(replace(known, when=when), language)
        if known.stage is Stage.BOOKING:
            return _found(book, invitation) if known.attempts > 1 else book.book(invitation)
        if known.stage is Stage.CHANGING:
            return book.change(invitation, known.ref, stands=known.stood)
        return book.cancel(invitation, known.ref)

    def _seen(
        self, book: CalendarBook, known: Appointment, now: datetime, lane: str, way: _Way
    ) -> Turn:
        """Read the event back: it is there, and nothing else lies in its time."""
        seen = book.see(invitation_of(known, self._letters.language), known.ref)
        if isinstance(seen, BookTrouble):
            scope = Scope.SERVER if seen.kind is Trouble.NETWORK else Scope.MAILBOX
            turn = self._later(lane, known, Later(seen.why, seen.wait, scope), now, way)
            # it was done, and only the look at it was not: that attempt stays counted
            return replace(turn, after=replace(turn.after, attempts=known.attempts))
        if seen.entry is None or seen.entry.is_cancelled:
            return self._letters.lost(known, now, _GONE)
        if seen.clashes and not _stands_already(known):
            moved = replace(known, stood=known.when, booked_at=known.booked_at)
            return replace(seeking(moved, now, _CLASH), hold=Hold.FOR_GOOD)
        return self._booked(known, seen.entry.link, now)

    def _booked(self, known: Appointment, link: str, now: datetime) -> Turn:
        edition = self._editions.of(Digest(known.digest))
        days = office_of(edition)
        if known.when is None:
            raise BrokenPromise(f"{known.id}: booked without a time.")
        is_new = known.booked_at is None or known.when != known.stood
        is_handed_over = _is_handed_over(known)
        late = tuple(one for one in known.people if one.is_new)
        fresh = known.people if known.booked_at is None else late
        others = [one for one in known.people if one not in fresh]
        again = self._again(known, fresh)
        moved = [*(others if is_new or is_handed_over else ()), *again]
        at = text_of(known.when, days)
        with self._store.read() as connection:
            walls = walls_of(connection, known, known.when)
        after = replace(
            known,
            stage=Stage.BOOKED,
            stood=known.when,
            told=known.told + (is_new or is_handed_over),
            booked_at=known.booked_at or now,
            link=link,
            outcome="",
            failures=0,
            nudged_at=None if is_new or is_handed_over else known.nudged_at,
            briefed_at=None if is_new or is_handed_over else known.briefed_at,
            walls=walls if is_new or is_handed_over else known.walls,
            attendees=tuple(replace(one, is_new=False) for one in known.attendees),
        )
        first = [one for one in fresh if one not in again]
        facts = (*of_everybody(first, "booked", now, at), *of_everybody(moved, "moved", now, at))
        letters = self._letters.invitations(after, first, now)
        letters += self._letters.invitations(after, moved, now, again=True)
        if after.briefed_at is not None:  # before they came
            letters += self._letters.briefs(after, now, fresh)
        return Turn(
            after,
            look_again(after, edition, now),
            facts=facts,
            hold=Hold.FOR_GOOD,
            wishes=State.DONE,
            letters=letters,
            read_at=now + self._rules.look_every,
        )

    def _again(self, known: Appointment, fresh: Sequence[Attendee]) -> list[Attendee]:
        """Give those of *fresh* who had a time before: they have left another session."""
        if not known.cohort:
            return []
        with self._store.read() as connection:
            facts = load_facts(connection, [str(one.person) for one in fresh])
        of = (known.step, known.playbook, known.occurrence)
        return [one for one in fresh if rounds_of(facts.get(str(one.person), ()), *of).was_booked]

    def _later(
        self, lane: str, known: Appointment, outcome: Later, now: datetime, way: _Way
    ) -> Turn:
        match outcome.scope:
            case Scope.SERVER:
                way.closing = closing_of(way.closing, lane, outcome, now)
                return _untried(known, outcome.why, now)
            case Scope.MAILBOX:  # this organiser's calendar alone
                wait = outcome.wait or _OF_ONE_CALENDAR
                way.rests(known.address, now + wait, outcome.why)
                return _again(known, outcome.why, now, wait)
            case Scope.MESSAGE | Scope.ADDRESS:
                if known.stage is Stage.CHANGING:  # somebody has a hand in it: read it first
                    booked = replace(
                        known,
                        stage=Stage.BOOKED,
                        when=known.stood,
                        revision=known.revision - 1,
                    )
                    turn = _again(booked, outcome.why, now, _SOON)
                    return replace(turn, hold=Hold.KEEP, read_at=now, is_read_anew=True)
                failures = known.failures + 1
                wait = max(message_wait(failures, known.id), outcome.wait or timedelta())
                return _again(replace(known, failures=failures), outcome.why, now, wait)

    def _refused(
        self, lane: str, known: Appointment, outcome: Refused, now: datetime, way: _Way
    ) -> Turn:
        match outcome.scope:
            case Scope.SERVER:
                way.closing = closing_of(way.closing, lane, outcome, now)
                return _untried(known, outcome.why, now)
            case Scope.MAILBOX:  # told by `status`; tried again, for a token can be given anew
                way.rests(known.address, now + _OF_ONE_CALENDAR, outcome.why)
                return _again(known, outcome.why, now, _OF_ONE_CALENDAR)
            case Scope.MESSAGE:
                if known.stage is Stage.CANCELLING:
                    return _cancelled(known, now)
                return self._letters.lost(known, now, outcome.why)
            case Scope.ADDRESS:
                return self._letters.asking_for_help(given_up(known, now, outcome.why), now)


def _found(book: CalendarBook, invitation: Invitation) -> Outcome:
    """Find the event that an earlier attempt may have made, else make it.

    Exchange remembers a request for a while that it does not tell: who asks long after, or after
    a crash, looks first.
    """
    seen = book.see(invitation)
    if isinstance(seen, BookTrouble):
        scope = Scope.SERVER if seen.kind is Trouble.NETWORK else Scope.MAILBOX
        return Later(seen.why, seen.wait, scope)
    if seen.entry is not None and not seen.entry.is_cancelled:
        return Done(seen.entry.ref)
    return book.book(invitation)


def _is_handed_over(known: Appointment) -> bool:
    """Say whether a colleague comes to what is booked who was not invited to it."""
    return any(one.is_new and one.staff is not None for one in known.attendees)


def _needs_room(known: Appointment) -> bool:
    """Say whether a meeting is about to take a time that it certainly does not have yet.

    One that may have been made is asked for again as it was, and then looked at.
    """
    if known.stage is Stage.BOOKING:
        return not known.may_exist
    return known.stage is Stage.CHANGING and known.when != known.stood and not known.attempts


def _stands_already(known: Appointment) -> bool:
    return known.stage is Stage.CHANGING and known.when == known.stood


def _lies_in(known: Appointment, busy: Busy) -> bool:
    when = known.when
    return when is not None and any(
        span.start < when.end and when.start < span.end for span in busy.spans
    )


def _again(known: Appointment, why: str, now: datetime, wait: timedelta) -> Turn:
    return Turn(replace(known, outcome=why), now + wait)


def _untried(known: Appointment, why: str, now: datetime) -> Turn:
    """Leave a meeting as it was: the way was shut, and no attempt is used up.

    Where the answer of an earlier attempt was lost it may exist all the same.
    """
    return Turn(replace(known, attempts=known.attempts - 1, outcome=why), now)


def _cancelled(known: Appointment, now: datetime) -> Turn:
    # Where a colleague has left, another meeting has the wishes, and it is not off for anybody.
    off_for = [one for one in known.people if one.intent is not None]
    facts = of_everybody(off_for, "cancelled", now) if known.booked_at is not None else ()
    off = replace(known, stage=Stage.CANCELLED, stood=None)
    return Turn(off, None, facts=facts, hold=Hold.RELEASE, wishes=State.CANCELLED)


def _says_open(outcome: Outcome) -> bool:
    match outcome:
        case Done():
            return True
        case InDoubt():
            return False
        case Later() | Refused():
            return outcome.scope is not Scope.SERVER


def _providers_of(
    connection: Connection, asked: Iterable[Appointment], rules: CalendarRules
) -> dict[str, str]:
    """Give the provider of every colleague's calendar, by address."""
    staff = {record.id: record.as_staff() for record in all_staff(connection)}
    found: dict[str, str] = {}
    for known in asked:
        for one in known.attendees:
            if one.staff is not None and one.staff in staff:
                found[one.address] = provider_of_staff(staff[one.staff], rules)
        if known.organiser is None:
            found[known.address] = known.provider
    return found
