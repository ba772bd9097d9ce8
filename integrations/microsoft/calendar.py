"""Outlook calendars as a `CalendarBook`. One call makes an event, one shows it with its clashes.

An event is named twice: `transactionId` lets Exchange refuse a second creation
(https://learn.microsoft.com/graph/api/resources/event), and a property of our own lets us find the
first (https://learn.microsoft.com/graph/api/singlevaluelegacyextendedproperty-get). How long
Exchange remembers a transaction is nowhere written, so that a book which lost an answer looks
before it asks again. There is no way to make an event without inviting its guests.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from integrations.microsoft.changes import Changes
from integrations.microsoft.event import (
    EXPAND,
    MOST_GUESTS,
    SELECT,
    SELECT_WITH_BODY,
    TEAMS,
    bears_key,
    by_hand,
    changes_to,
    entry_of,
    key_of,
    new_event,
    properties,
    state_of,
    takes_time,
    transaction_id,
)
from integrations.microsoft.meaning import (
    Kind,
    Problem,
    about,
    outcome_of,
    trouble_of,
    without_change,
)
from integrations.microsoft.schedule import Schedule
from integrations.microsoft.times import Unreadable, when
from integrations.microsoft.view import Event, events_with_key, events_within
from integrations.microsoft.wire import Answer, Call, GraphWire, in_path
from worker.domain.meetings import Busy, Entry, Invitation, Span, Unknown
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Changed, Clock, Seen

_DAY = timedelta(days=1)
_GONE = Refused("the event was deleted by hand", Scope.MESSAGE)


class GraphCalendarBook:
    """A `CalendarBook` before a wire of its own."""

    def __init__(self, wire: GraphWire, clock: Clock, *, asker: str = "") -> None:
        """*asker* is the mailbox that asks for other people's free time; empty: one of them."""
        self._wire = wire
        self._clock = clock
        self._schedule = Schedule(wire, asker=asker)
        self._changes = Changes(wire)
        self._in_doubt: set[str] = set()  # keys whose creation was not answered for
        self._people: set[str] = set()  # whose free time was asked for
        self._can_meet: dict[str, tuple[datetime, bool]] = {}  # who may have Teams, asked when

    def busy(
        self,
        addresses: Sequence[str],
        within: Span,
        *,
        leaving_out: Collection[str] = (),
    ) -> Mapping[str, Busy | Unknown]:
        """Say for every address when it is taken within a stretch of at most 62 days."""
        found = self._schedule.busy(addresses, within, leaving_out=leaving_out)
        self._people |= {who.lower() for who, one in found.items() if isinstance(one, Busy)}
        return found

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event and let Exchange invite; `Done.receipt` is its `ref`."""
        hindrance = self._hindrance(invitation)
        if hindrance is not None:
            return hindrance
        if invitation.event_key in self._in_doubt:
            found = self._find(invitation)
            if isinstance(found, Problem):
                return without_change(about(found, "looking for the event"))
            if found is not None:
                return self._made(invitation, found)
        answer = self._wire.ask(
            Call(
                "POST",
                f"{_mailbox(invitation)}/events",
                invitation.organiser.address.lower(),
                body=new_event(invitation, self._clock.now()),
            )
        )
        if isinstance(answer, Answer):
            return self._made(invitation, dict(answer.body))
        return self._not_made(invitation, answer)

    def see(self, invitation: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look the event up, and what else lies in its time."""
        found = events_within(
            self._wire, invitation.organiser.address, invitation.when, select=SELECT, expand=EXPAND
        )
        if isinstance(found, Problem):
            return trouble_of(found)
        ours = next((one for one in found if _is_ours(one, invitation, ref)), None)
        if ours is None:
            elsewhere = self._find(invitation)
            if isinstance(elsewhere, Problem):
                return trouble_of(elsewhere)
            ours = elsewhere
        try:
            entry = None if ours is None else self._entry(ours, invitation)
            clashes = tuple(
                sorted(when(one) for one in found if _is_in_the_way(one, invitation, ref))
            )
        except Unreadable as problem:
            return trouble_of(Problem(Kind.MISTAKE, str(problem)))
        return Seen(entry, clashes)

    def change(
        self,
        invitation: Invitation,
        ref: str,  # noqa: ARG002 - the key says more: an id leads to what was thrown away, too
        *,
        stands: Span | None = None,
    ) -> Outcome:
        """Bring the event to what *invitation* says now, as long as nobody else changes it."""
        seen_before: Event | None = None
        # Exchange says "conflict" now and then without one: looked at again, once, and where
        # nobody wrote anything, tried again with the newer tag.
        for _ in range(2):
            event = self._find(invitation, select=SELECT_WITH_BODY)
            if isinstance(event, Problem):
                return without_change(about(event, "looking for the event"))
            if event is None or event.get("isCancelled") is True:
                return _GONE
            if seen_before is not None and by_hand(seen_before) != by_hand(event):
                break
            outcome = self._write(event, invitation, stands)
            if outcome is not None:
                return outcome
            seen_before = event
        return Later("somebody changed the event in the same moment", None, Scope.MESSAGE)

    def cancel(self, invitation: Invitation, ref: str, *, note: str = "") -> Outcome:
        """Take the event back; Exchange tells the guests, with the note.

        What was thrown away already is not touched: its guests were told.
        """
        event = self._find(invitation)
        if isinstance(event, Problem):
            return without_change(about(event, "looking for the event"))
        if event is None or event.get("isCancelled") is True:
            return Done(ref)
        path = f"{_mailbox(invitation)}/events/{in_path(str(event.get('id')))}"
        mailbox = invitation.organiser.address.lower()
        if event.get("attendees"):
            call = Call("POST", f"{path}/cancel", mailbox, body={"comment": note})
        else:  # no meeting, and only meetings are cancelled
            call = Call("DELETE", path, mailbox)
        answer = self._wire.ask(call)
        if isinstance(answer, Problem) and answer.kind is not Kind.GONE:
            return outcome_of(answer)
        return Done(ref)

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Say what became of events of ours in *organiser*'s calendar."""
        return self._changes.since(organiser, cursor, self._clock.now())

    def close(self) -> None:
        """Let go of the connections; who asks again makes new ones."""
        self._wire.close()

    def _hindrance(self, invitation: Invitation) -> Outcome | None:
        """Say what stands against an event before anybody is invited to it."""
        if len(invitation.guests) > MOST_GUESTS:
            return Refused(f"more than {MOST_GUESTS} guests", Scope.MESSAGE)
        if invitation.place == "google_meet":
            return Refused("an Outlook calendar makes no link of Google Meet", Scope.MESSAGE)
        if invitation.place != TEAMS:
            return None
        can_meet = self._can_have_teams(invitation.organiser.address)
        if isinstance(can_meet, Problem):
            return without_change(about(can_meet, "asking whether Teams may be used"))
        if not can_meet:
            return Refused("this calendar may make no meetings in Teams", Scope.MESSAGE)
        return None

    def _can_have_teams(self, organiser: str) -> bool | Problem:
        """Ask once a day; somebody invited to a meeting without a link stands before no door.

        Whose free time was asked for may be the organiser of the next meeting: all of them are
        asked for at once.
        """
        mailbox, now = organiser.lower(), self._clock.now()
        known = {who for who, (at, can) in self._can_meet.items() if can and now - at < _DAY}
        if mailbox not in known:
            others = sorted(self._people - known - {mailbox})
            answer, *further = self._wire.ask_many(
                [_about_online(one) for one in (mailbox, *others)]
            )
            if isinstance(answer, Problem):
                return answer
            for who, one in zip((mailbox, *others), (answer, *further), strict=True):
                if isinstance(one, Answer):
                    allowed = one.body.get("allowedOnlineMeetingProviders")
                    can_meet = isinstance(allowed, list) and "teamsForBusiness" in allowed
                    self._can_meet[who] = (now, can_meet)
            self._people.clear()
        return self._can_meet[mailbox][1]

    def _made(self, invitation: Invitation, event: Event) -> Outcome:
        """Say that the event is there, unless it was called off since."""
        self._in_doubt.discard(invitation.event_key)
        if event.get("isCancelled") is True:
            return _GONE
        ref = str(event.get("id") or "")
        if not ref:
            self._in_doubt.add(invitation.event_key)
            return InDoubt("an event was made, and not named")
        return Done(ref)

    def _not_made(self, invitation: Invitation, problem: Problem) -> Outcome:
        """Say what a creation came to that was not answered with the event."""
        key = invitation.event_key
        if problem.kind in {Kind.LOST, Kind.BROKEN}:
            self._in_doubt.add(key)
            return outcome_of(problem)
        is_away = problem.kind is Kind.AWAY and problem.status != 0
        if problem.kind is not Kind.DUPLICATE and not is_away:
            return outcome_of(problem)
        # Made before; or a 503, after which the event has been seen to be there all the same.
        found = self._find(invitation)
        if found is None:
            found = self._find_without_property(invitation, problem.existing)
        if isinstance(found, Problem):
            self._in_doubt.add(key)
            return InDoubt(about(found, "looking for the event that was made before").why)
        if found is None:
            return outcome_of(problem) if is_away else _GONE
        if not bears_key(found):
            return self._mend(invitation, found)
        return self._made(invitation, found)

    def _find_without_property(
        self, invitation: Invitation, existing: str
    ) -> Event | Problem | None:
        """Look for an event that was made without our property, by its name or its transaction."""
        found = events_within(
            self._wire, invitation.organiser.address, invitation.when, select=SELECT, expand=EXPAND
        )
        if isinstance(found, Problem):
            return found
        name = transaction_id(invitation.event_key)
        return next(
            (one for one in found if one.get("transactionId") == name or one["id"] == existing),
            None,
        )

    def _mend(self, invitation: Invitation, event: Event) -> Outcome:
        """Put our property on an event of ours that lacks it."""
        answer = self._wire.ask(
            Call(
                "PATCH",
                f"{_mailbox(invitation)}/events/{in_path(str(event.get('id')))}",
                invitation.organiser.address.lower(),
                body={"singleValueExtendedProperties": properties(invitation, self._clock.now())},
            )
        )
        if isinstance(answer, Problem):
            return InDoubt(about(answer, "marking the event that was made").why)
        return self._made(invitation, event)

    def _find(self, invitation: Invitation, *, select: str = SELECT) -> Event | Problem | None:
        """Find the event in the organiser's calendar by its key; of two the first."""
        found = events_with_key(
            self._wire,
            invitation.organiser.address,
            [invitation.event_key],
            select=select,
            expand=EXPAND,
        )
        if isinstance(found, Problem):
            return found
        return min(found, key=lambda one: str(one.get("createdDateTime")), default=None)

    def _write(self, event: Event, invitation: Invitation, stands: Span | None) -> Outcome | None:
        """Write what is different; None where somebody was quicker."""
        ref = str(event.get("id"))
        if state_of(event).revision >= invitation.revision:
            return Done(ref)
        try:
            is_where_it_was = stands is None or when(event) in {stands, invitation.when}
            body = changes_to(event, invitation, self._clock.now())
        except Unreadable as problem:
            return Refused(str(problem), Scope.MESSAGE)
        if not is_where_it_was:
            return Later("somebody has moved the event", None, Scope.MESSAGE)
        hindrance = self._hindrance(invitation) if body.get("isOnlineMeeting") else None
        if hindrance is not None:
            return hindrance
        answer = self._wire.ask(
            Call(
                "PATCH",
                f"{_mailbox(invitation)}/events/{in_path(ref)}",
                invitation.organiser.address.lower(),
                body=body,
                headers={"If-Match": str(event.get("@odata.etag") or "*")},
            )
        )
        return Done(ref) if isinstance(answer, Answer) else _not_written(answer)

    def _entry(self, event: Event, invitation: Invitation) -> Entry:
        return entry_of(event, invitation.organiser.address)


def _not_written(problem: Problem) -> Outcome | None:
    """Say what became of a change; None where somebody was quicker."""
    if problem.kind is Kind.CONFLICT:
        return None
    return _GONE if problem.kind is Kind.GONE else outcome_of(problem)


def _about_online(mailbox: str) -> Call:
    path = f"/users/{in_path(mailbox)}/calendar"
    return Call("GET", path, mailbox, {"$select": "allowedOnlineMeetingProviders"})


def _mailbox(invitation: Invitation) -> str:
    return f"/users/{in_path(invitation.organiser.address)}"


def _is_ours(event: Event, invitation: Invitation, ref: str) -> bool:
    return key_of(event) == invitation.event_key or bool(ref and event.get("id") == ref)


def _is_in_the_way(event: Event, invitation: Invitation, ref: str) -> bool:
    """Whether another event takes some of the time; what only touches it does not."""
    if _is_ours(event, invitation, ref) or not takes_time(event):
        return False
    start, end = when(event)
    return start < invitation.when.end and invitation.when.start < end
