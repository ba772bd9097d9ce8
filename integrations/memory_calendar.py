"""The twin of every `CalendarBook`: calendars in memory, and the hands of the people in them.

It ships, as the other twins do: tests, `simulate` and demonstrations use it. `MemoryCalendars` is
the provider; any number of books may stand before it, in any number of threads. What should go
wrong is asked for by a switch, or by the address of somebody invited (`integrations.faults`):
`temperror@` is put off, `permerror@` refused, `doubt@` booked while the answer is lost, `lost@`
not booked while the answer is lost. It refuses to be patched.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from threading import RLock
from typing import Literal, TypeAlias

from integrations.faults import Fault, FaultAddress, fault_of
from worker.domain.errors import BrokenPromise
from worker.domain.meetings import (
    Busy,
    Entry,
    Invitation,
    Said,
    Span,
    Unknown,
    Word,
    merged,
)
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Changed, Clock, Seen, Trouble

ONLINE = frozenset({"google_meet", "teams"})
LATELY = timedelta(days=30)

Notice: TypeAlias = Literal["invited", "updated", "cancelled"]


@dataclass(frozen=True, slots=True)
class Told:
    """One message of the provider to one guest."""

    ref: str
    address: str
    notice: Notice


@dataclass
class _Event:
    """One event of ours, with everything the provider knows of it."""

    ref: str
    invitation: Invitation  # as it was last written by us
    entry: Entry
    number: int  # of its last change, counted over all calendars
    looks_until_link: int

    @property
    def organiser(self) -> str:
        return self.entry.organiser


@dataclass(frozen=True, slots=True)
class _Taken:
    """Something of somebody's own."""

    when: Span
    title: str


@dataclass
class MemoryCalendars:
    """A provider of calendars. Everybody has one, but who is in `hidden`.

    The switches: `down` holds the reason why nobody can be reached; `wait` what everybody is told
    to wait; `revoked` whose calendars we may not touch any more; `loses_next_answer` cuts the line
    once after a request was obeyed; `looks_until_link` says how often a link is pending;
    `before_change` is called once, just before a change is written.
    """

    clock: Clock
    down: str = ""
    wait: timedelta | None = None
    hidden: set[str] = field(default_factory=set)
    revoked: set[str] = field(default_factory=set)
    loses_next_answer: bool = False
    looks_until_link: int = 0
    told: list[Told] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)  # how often each verb was asked for

    def __post_init__(self) -> None:
        self._lock = RLock()
        self._events: dict[str, _Event] = {}  # by event_key, cancelled ones too
        self._taken: dict[str, list[_Taken]] = {}
        self._numbers = count(1)
        self._forgotten = 0  # cursors up to this number are not known any more
        self._attempts: Counter[str] = Counter()
        self._meanwhile: dict[str, str] = {}

    # What people do.

    def answer(self, key: str, address: str, said: Said) -> None:
        """Have a guest answer."""
        with self._lock:
            event = self._standing(key)
            guest = address.lower()
            if guest not in event.entry.said:
                raise BrokenPromise(f"nobody of that address is a guest of {event.ref}")
            said = replace(said, at=said.at or self.clock.now())
            self._write(event, replace(event.entry, said={**event.entry.said, guest: said}))

    def drag(self, key: str, when: Span) -> None:
        """Have the organiser move the event by hand: everybody is asked anew."""
        with self._lock:
            event = self._standing(key)
            silent = dict.fromkeys(event.entry.said, Said())
            self._write(event, replace(event.entry, when=when, said=silent))
            self._tell(event, event.entry.said, "updated")

    def retitle(self, key: str, title: str) -> None:
        """Have the organiser write another title by hand."""
        with self._lock:
            event = self._standing(key)
            self._write(event, replace(event.entry, title=title))

    def retitle_before_change(self, key: str, title: str) -> None:
        """Have the organiser write another title just before our next change is written."""
        self._meanwhile[key] = title

    def delete(self, key: str) -> None:
        """Have the organiser delete the event by hand."""
        with self._lock:
            self._cancel(self._standing(key))

    def take(self, address: str, when: Span, title: str = "") -> None:
        """Have somebody put something of their own into their calendar."""
        with self._lock:
            self._taken.setdefault(address.lower(), []).append(_Taken(when, title))

    def expire_cursors(self) -> None:
        """Forget every cursor given out."""
        with self._lock:
            self._forgotten = next(self._numbers)

    def entries(self) -> tuple[Entry, ...]:
        """Give every event of ours as it stands, cancelled ones too, in the order of making."""
        with self._lock:
            return tuple(event.entry for event in self._events.values())

    # What a book asks. Each is one request: all of it is done, or nothing.

    @contextmanager
    def request(self, verb: str) -> Iterator[None]:
        """Count a request, and let nobody else in while it is obeyed."""
        with self._lock:
            self.asked[verb] += 1
            yield

    def find(self, key: str, ref: str = "") -> _Event | None:
        """Give one event of ours, by its *ref* or by its *key*."""
        if ref:
            return next((one for one in self._events.values() if one.ref == ref), None)
        return self._events.get(key)

    def insert(self, invitation: Invitation) -> _Event:
        """Make an event, and invite."""
        key = invitation.event_key
        entry = Entry(
            ref=f"memory-{len(self._events) + 1}",
            organiser=invitation.organiser.address.lower(),
            when=invitation.when,
            event_key=key,
            said=dict.fromkeys((guest.address.lower() for guest in invitation.guests), Said()),
        )
        event = _Event(entry.ref, invitation, entry, 0, self.looks_until_link)
        self._events[key] = event
        self._write(event, self._as_wished(event, invitation))
        self._tell(event, event.entry.said, "invited")
        return event

    def update(self, event: _Event, invitation: Invitation, etag: str) -> bool:
        """Write an event anew, unless it is another by now than it was with *etag*."""
        title = self._meanwhile.pop(event.entry.event_key, None)
        if title is not None:
            self.retitle(event.entry.event_key, title)
        if event.entry.etag != etag:
            return False
        before = event.entry.said
        is_moved = event.entry.when != invitation.when
        guests = [guest.address.lower() for guest in invitation.guests]
        said = {one: Said() if is_moved else before.get(one, Said()) for one in guests}
        event.invitation = invitation
        self._write(event, replace(self._as_wished(event, invitation), said=said))
        self._tell(event, [one for one in guests if one in before], "updated")
        self._tell(event, [one for one in guests if one not in before], "invited")
        self._tell(event, [one for one in before if one not in guests], "cancelled")
        return True

    def cancel(self, event: _Event) -> None:
        """Take an event back."""
        if not event.entry.is_cancelled:
            self._cancel(event)

    def spans(self, address: str, leaving_out: Collection[str] = ()) -> list[Span]:
        """Give when somebody is taken, by their own things and by ours."""
        own = [taken.when for taken in self._taken.get(address.lower(), ())]
        return own + [
            event.entry.when
            for key, event in self._events.items()
            if event.entry.when is not None
            and not event.entry.is_cancelled
            and key not in leaving_out
            and _takes(event.entry, address.lower())
        ]

    def look(self, event: _Event) -> Entry:
        """Show an event; a link that is being made is nearer to being there."""
        entry = event.entry
        if entry.is_link_pending:
            event.looks_until_link -= 1
            if event.looks_until_link < 0:
                self._write(event, replace(entry, link=_link(entry), is_link_pending=False))
        return event.entry

    def since(self, organiser: str, cursor: str) -> Changed:
        """Give what changed in a calendar after *cursor*."""
        after = int(cursor) if cursor.isascii() and cursor.isdigit() else -1
        is_anew = after < self._forgotten
        lately = self.clock.now() - LATELY
        entries = [
            self.look(event)
            for event in self._events.values()
            if event.organiser == organiser.lower()
            and (event.number > after or is_anew)
            and not (is_anew and _is_past(event.entry, lately))
        ]
        return Changed(tuple(entries), str(next(self._numbers)), is_anew)

    def fault(self, invitation: Invitation) -> FaultAddress | None:
        """Give the fault that somebody invited asks for; a temporary one only so often."""
        for guest in (invitation.organiser, *invitation.guests):
            found = fault_of(guest.address)
            if found is None or found.fault is Fault.SILENT:
                continue
            self._attempts[invitation.event_key] += 1
            if found.times is None or self._attempts[invitation.event_key] <= found.times:
                return found
        return None

    def _standing(self, key: str) -> _Event:
        event = self._events.get(key)
        if event is None or event.entry.is_cancelled:
            raise BrokenPromise(f"there is no event {key} for anybody's hand to touch")
        return event

    def _as_wished(self, event: _Event, invitation: Invitation) -> Entry:
        is_online = invitation.place in ONLINE
        has_room = event.entry.link != "" or event.entry.is_link_pending
        entry = replace(
            event.entry,
            when=invitation.when,
            revision=invitation.revision,
            title=invitation.title,
            place=invitation.place,
        )
        if not is_online or has_room:
            return entry
        if event.looks_until_link > 0:
            return replace(entry, is_link_pending=True)
        return replace(entry, link=_link(entry))

    def _write(self, event: _Event, entry: Entry) -> None:
        event.number = next(self._numbers)
        event.entry = replace(entry, etag=f'"{event.number}"')

    def _cancel(self, event: _Event) -> None:
        self._write(event, replace(event.entry, is_cancelled=True))
        self._tell(event, event.entry.said, "cancelled")

    def _tell(self, event: _Event, addresses: Collection[str], notice: Notice) -> None:
        self.told.extend(Told(event.ref, address, notice) for address in addresses)


class MemoryBook:
    """A `CalendarBook` before `MemoryCalendars`."""

    def __init__(self, calendars: MemoryCalendars) -> None:
        self._calendars = calendars

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str] = ()
    ) -> Mapping[str, Busy | Unknown]:
        """Say for every address when it is taken."""
        with self._calendars.request("busy"):
            return {address: self._taken(address, within, leaving_out) for address in addresses}

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event, or find the one that was made before."""
        with self._calendars.request("book"):
            hindrance = self._hindrance(invitation)
            if hindrance is not None:
                return hindrance
            found = self._calendars.find(invitation.event_key)
            if found is not None:
                if found.entry.is_cancelled:
                    return Refused("the event was deleted by hand, or cancelled")
                return Done(found.ref)
            fault = self._calendars.fault(invitation)
            if fault is not None and fault.fault is not Fault.DOUBT:
                return _outcome_of(fault.fault)
            made = self._calendars.insert(invitation)
            if fault is not None:
                return _outcome_of(fault.fault)
            return self._told(made.ref)

    def see(self, invitation: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look the event up, and what else lies in its time."""
        with self._calendars.request("see"):
            trouble = self._trouble(invitation.organiser.address)
            if trouble is not None:
                return trouble
            key = invitation.event_key
            found = self._calendars.find(key, ref)
            entry = self._calendars.look(found) if found else None
            when = entry.when if entry and entry.when else invitation.when
            others = self._calendars.spans(invitation.organiser.address, (key,))
            return Seen(entry, merged(span for span in others if _overlap(span, when)))

    def change(self, invitation: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Bring the event to what the invitation says now."""
        with self._calendars.request("change"):
            hindrance = self._hindrance(invitation)
            if hindrance is not None:
                return hindrance
            found = self._calendars.find(invitation.event_key, ref)
            if found is None or found.entry.is_cancelled:
                return Refused("the event is gone")
            if found.entry.revision >= invitation.revision:
                return Done(found.ref)
            if stands is not None and found.entry.when != stands:
                return Later("somebody has moved the event")
            if not self._calendars.update(found, invitation, found.entry.etag):
                return Later("somebody changed the event in the same moment")
            return self._told(found.ref)

    def cancel(self, invitation: Invitation, ref: str, *, note: str = "") -> Outcome:  # noqa: ARG002 - the port's promise; nobody reads it here
        """Take the event back."""
        with self._calendars.request("cancel"):
            hindrance = self._hindrance(invitation)
            if hindrance is not None:
                return hindrance
            found = self._calendars.find(invitation.event_key, ref)
            if found is None or found.entry.is_cancelled:
                return Done("gone")
            self._calendars.cancel(found)
            return self._told(found.ref)

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Say what became of events of ours in somebody's calendar."""
        with self._calendars.request("changes"):
            return self._trouble(organiser) or self._calendars.since(organiser, cursor)

    def close(self) -> None:
        """Say goodbye to nobody."""

    def _taken(self, address: str, within: Span, leaving_out: Collection[str]) -> Busy | Unknown:
        found = fault_of(address)
        fault = found.fault if found else None
        if self._calendars.down:
            return Unknown(self._calendars.down)
        if self._calendars.wait is not None:
            return Unknown("too much was asked", wait=self._calendars.wait)
        if fault is Fault.PERMANENT or address.lower() in (
            self._calendars.hidden | self._calendars.revoked
        ):
            return Unknown("no calendar that we may see", is_permanent=True)
        if fault is Fault.TEMPORARY:
            return Unknown("the calendar cannot be read now, as the address asks")
        spans = self._calendars.spans(address, leaving_out)
        inside = [
            Span(max(span.start, within.start), min(span.end, within.end))
            for span in spans
            if _overlap(span, within)
        ]
        return Busy(merged(inside))

    def _trouble(self, organiser: str) -> BookTrouble | None:
        if self._calendars.down:
            return BookTrouble(Trouble.NETWORK, self._calendars.down)
        if self._calendars.wait is not None:
            return BookTrouble(Trouble.LIMITS, "too much was asked", self._calendars.wait)
        if organiser.lower() in self._calendars.revoked:
            return BookTrouble(Trouble.CREDENTIALS, "our right to this calendar was taken back")
        return None

    def _hindrance(self, invitation: Invitation) -> Outcome | None:
        """Say why nothing can be done in the organiser's calendar just now."""
        trouble = self._trouble(invitation.organiser.address)
        match trouble:
            case None:
                return None
            case BookTrouble(kind=Trouble.NETWORK, why=why):
                return Later(why, scope=Scope.SERVER)
            case BookTrouble(kind=Trouble.CREDENTIALS, why=why):
                return Refused(why, Scope.MAILBOX)
            case BookTrouble(why=why, wait=wait):
                return Later(why, wait, Scope.MAILBOX)

    def _told(self, ref: str) -> Outcome:
        """Answer that it was done, unless the line is cut now."""
        if self._calendars.loses_next_answer:
            self._calendars.loses_next_answer = False
            return InDoubt("the line was cut before the answer")
        return Done(ref)


def _outcome_of(fault: Fault) -> Outcome:
    match fault:
        case Fault.TEMPORARY:
            return Later("temporary error, as the address asks")
        case Fault.PERMANENT:
            return Refused("no such guest, as the address asks", Scope.ADDRESS)
        case Fault.DOUBT | Fault.LOST:
            return InDoubt("the answer was lost, as the address asks")
        case Fault.SILENT:
            raise BrokenPromise("who never answers is no fault of a booking")


def _takes(entry: Entry, address: str) -> bool:
    """Whether an event takes somebody's time: as its organiser, or as a guest who may come."""
    said = entry.said.get(address)
    return entry.organiser == address or (said is not None and said.word is not Word.DECLINED)


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _is_past(entry: Entry, lately: datetime) -> bool:
    return entry.when is not None and entry.when.end < lately


def _link(entry: Entry) -> str:
    return f"https://meet.tsunagu.example/{entry.event_key[:12]}"
