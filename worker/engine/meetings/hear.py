"""What calendars say becomes known: answers, moves and deletions, each once.

A calendar is read from a cursor; what follows and the next cursor are written down so that whoever
is killed in between reads the same again, and the same again tells nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from worker import logs
from worker.domain.appointments import Appointment, News, Stage, heard
from worker.domain.facts import Digest
from worker.domain.meetings import Entry, Span
from worker.domain.outcomes import Later, Scope
from worker.engine.journal.agendas import Agenda, claim_agenda, has_agenda_due, write_agenda
from worker.engine.journal.beside import on_their_way
from worker.engine.journal.bulletins import AGENDA, note_reading
from worker.engine.journal.holds import take
from worker.engine.journal.lanes import is_closed, is_held, provider_of, read_lane
from worker.engine.journal.meetings import booked_by, read_meetings
from worker.engine.journal.store import Store
from worker.engine.meetings.calendars import Books, CalendarRules
from worker.engine.meetings.follow import (
    Turn,
    look_again,
    of_everybody,
    office_of,
    put,
    same_people,
    text_of,
)
from worker.engine.meetings.invitation import invitation_of
from worker.engine.meetings.letters import Letters
from worker.engine.meetings.promises import in_the_way, lock_all, set_aside
from worker.engine.meetings.walls import walls_of
from worker.engine.render import Edition, Editions
from worker.engine.settle import closing_of, mind_the_lane
from worker.engine.tables import stamp
from worker.ports import BookTrouble, CalendarBook, Changed, Clock, Trouble

_LEASE = timedelta(minutes=5)
_LATELY = timedelta(days=2)
_CLOSED_TO_US = timedelta(minutes=30)
_GONE = "the event was deleted by hand"
_OVERLAPS = "moved by hand to a time at which another meeting of ours takes place"


class Hearer:
    """Reads the calendars of organisers."""

    def __init__(
        self,
        store: Store,
        editions: Editions,
        books: Books,
        letters: Letters,
        rules: CalendarRules,
        *,
        clock: Clock,
    ) -> None:
        self._store = store
        self._editions = editions
        self._books = books
        self._letters = letters
        self._rules = rules
        self._clock = clock

    def perform(self, lane: str, is_stopping: Callable[[], bool]) -> int:
        """Read every calendar of *lane* that is to be read; says how many."""
        count = 0
        while not is_stopping():
            now = self._clock.now()
            with self._store.read() as connection:
                if not has_agenda_due(connection, lane, stamp(now)):
                    break
                if is_closed(read_lane(connection, lane), now):
                    break
                if is_held(connection, now):
                    break
            with self._store.write() as connection:
                agenda = claim_agenda(connection, lane, now=stamp(now), lease=stamp(now + _LEASE))
            book = self._books.of(lane, provider_of(lane) or "")
            if agenda is None or book is None:
                break
            if not self._read(lane, book, agenda, now):
                break
            count += 1
        return count

    def _read(self, lane: str, book: CalendarBook, agenda: Agenda, now: datetime) -> bool:
        """Read one calendar to its end; False where the provider cannot be reached at all."""
        cursor, more = agenda.cursor, True
        while more:
            changed = book.changes(agenda.address, cursor)
            if isinstance(changed, BookTrouble):
                return self._trouble(lane, agenda, changed, now)
            self._follow(book, agenda, changed, now)
            cursor, more = changed.cursor, changed.more
            with self._store.write() as connection:
                ahead = booked_by(connection, agenda.address, stamp(now - _LATELY))
                next_at = now + self._rules.look_every if ahead or more else None
                lease = now + _LEASE
                is_ours = write_agenda(
                    connection, agenda, cursor, next_at=next_at, now=now, lease=lease
                )
                mind_the_lane(connection, lane, None, now, is_open=True)
                _note(connection, agenda, "", "", now)
            if not is_ours:
                break  # somebody else reads it by now
        return True

    def _trouble(self, lane: str, agenda: Agenda, trouble: BookTrouble, now: datetime) -> bool:
        is_away = trouble.kind is Trouble.NETWORK
        wait = trouble.wait or (self._rules.look_every if is_away else _CLOSED_TO_US)
        told = (trouble.kind.value, trouble.why)
        with self._store.write() as connection:
            write_agenda(
                connection, agenda, agenda.cursor, next_at=now + wait, now=now, trouble=told
            )
            _note(connection, agenda, *told, now)
            if is_away:
                outcome = Later(trouble.why, trouble.wait, Scope.SERVER)
                closing = closing_of(None, lane, outcome, now)
                mind_the_lane(connection, lane, closing, now, is_open=False)
        return not is_away

    def _follow(self, book: CalendarBook, agenda: Agenda, changed: Changed, now: datetime) -> None:
        with self._store.read() as connection:
            ours = booked_by(connection, agenda.address, stamp(now - _LATELY))
        by_key = {known.event_key: known for known in ours}
        by_ref = {known.ref: known for known in ours if known.ref}
        seen: set[str] = set()
        for entry in changed.entries:
            known = by_key.get(entry.event_key) or by_ref.get(entry.ref)
            if known is not None:
                seen.add(known.id)
                self._tell(known, entry, now)
        if changed.is_anew:
            for known in self._missing(book, (one for one in ours if one.id not in seen)):
                self._tell(known, _nothing(known), now)

    def _tell(self, known: Appointment, entry: Entry, now: datetime) -> None:
        """Take in what is told once only, whoever else writes of the meeting meanwhile."""
        while not self.take_in(known, entry, now):
            with self._store.read() as connection:
                standing = read_meetings(connection, [known.id]).get(known.id)
            if standing is None or standing.incarnation != known.incarnation:
                return  # it is of a meeting that is no more
            known = standing

    def _missing(self, book: CalendarBook, unseen: Iterable[Appointment]) -> Iterable[Appointment]:
        """Give those that are certainly not there, of those that a first reading did not show."""
        for known in unseen:
            if known.when is None:
                continue
            found = book.see(invitation_of(known, self._letters.language), known.ref)
            if not isinstance(found, BookTrouble) and found.entry is None:
                yield known

    def take_in(self, known: Appointment, entry: Entry, now: datetime) -> bool:
        """Write down what an entry says of a meeting, if it is news.

        False where somebody else has written of the meeting since: nothing is known of it then.
        """
        news = heard(known, entry, now)
        link = entry.link or known.link
        if news == News(known.attendees) and link == known.link:
            return True
        if news.is_gone:
            turn = self._letters.lost(known, now, _GONE)
            with self._store.write() as connection:
                return put(connection, turn, now) is not None
        after = replace(known, attendees=news.attendees, link=link)
        if news.moved_to is not None:
            return self._moved(after, news, now)
        edition = self._editions.of(Digest(known.digest))
        look_at = _next_look(after, edition, now) if known.stage is Stage.BOOKED else now
        if news.look_at is not None and look_at is not None:
            look_at = min(look_at, news.look_at)
        with self._store.write() as connection:
            return put(connection, Turn(after, look_at, facts=news.facts), now) is not None

    def _moved(self, known: Appointment, news: News, now: datetime) -> bool:
        """Adopt a time that somebody has given the event by hand; no mail of ours.

        Only a mail that has not left yet is written anew, for it would tell the time before.
        Where one of them has another meeting of ours then, both times stay held and HR is told.
        """
        to = news.moved_to
        if to is None:
            return True
        edition = self._editions.of(Digest(known.digest))
        days = office_of(edition)
        with self._store.read() as connection:
            walls = walls_of(connection, known, to)
        after = replace(
            known,
            when=to,
            stood=to,
            told=known.told + 1,
            minutes=_minutes(to),
            nudged_at=None,
            briefed_at=None,
            walls=walls,
        )
        moved_at = min((now, *(told.at for told in news.facts)))  # who has answered saw it there
        there = (one for one in known.people if not one.is_new)  # who is on the way in hears later
        facts = (*of_everybody(there, "moved", moved_at, text_of(to, days)), *news.facts)
        turn = Turn(after, _next_look(after, edition, now), facts=facts)
        whos = same_people(known.attendees)
        with self._store.read() as connection:
            aside = in_the_way(connection, whos, to, now)
        with self._store.write() as connection:
            lock_all(connection, (known, *aside))
            set_aside(connection, aside, now)
            waiting = on_their_way(connection, (str(one.person) for one in known.people))
            turn = replace(turn, letters=self._letters.told_anew(known, after, waiting, now))
            if not take(connection, known.id, whos, [to], now=now, expires_at=None):
                turn = self._letters.asking_for_help(
                    replace(turn, after=replace(after, outcome=_OVERLAPS)), now
                )
                logs.meeting_overlaps(meeting=known.id)
            return put(connection, turn, now) is not None


def _next_look(known: Appointment, edition: Edition, now: datetime) -> datetime | None:
    """Say when to look next: at a meeting of many at once, for somebody may be on the way in."""
    return now if known.cohort else look_again(known, edition, now)


def _nothing(known: Appointment) -> Entry:
    return Entry(known.ref, known.address, None, is_cancelled=True, event_key=known.event_key)


def _minutes(span: Span) -> int:
    return int((span.end - span.start) / timedelta(minutes=1))


def _note(connection: Connection, agenda: Agenda, trouble: str, why: str, now: datetime) -> None:
    """Have HR told where a calendar stays closed to us, and where it is open again."""
    about = f"{AGENDA}{agenda.address.lower()}"
    note_reading(connection, about, agenda.trouble, trouble, why, now, since=now)
