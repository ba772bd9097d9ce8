"""Everybody's calendars at the stand-in: events, the copies that guests have, and people's hands.

One lock holds all of it; a method is one thing that happens.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import RLock
from typing import Literal, TypeAlias

Word: TypeAlias = Literal["none", "notResponded", "accepted", "tentativelyAccepted", "declined"]
Notice: TypeAlias = Literal["invited", "updated", "cancelled"]

NEVER = datetime(1, 1, 1, tzinfo=UTC)
RESET = datetime(4501, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited, and what they said."""

    address: str
    name: str = ""
    kind: str = "required"
    word: Word = "none"
    at: datetime = NEVER
    proposed: tuple[datetime, datetime] | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """One event in one calendar: an organiser's, or a guest's copy of it."""

    id: str
    uid: str
    owner: str
    organiser: str
    start: datetime
    end: datetime
    subject: str = ""
    body: str = ""
    location: str = ""
    guests: tuple[Guest, ...] = ()
    is_all_day: bool = False
    shows_as: str = "busy"
    hides_guests: bool = False
    is_online: bool = False
    join_url: str = ""
    is_cancelled: bool = False
    word: str = "organizer"  # the owner's own answer
    transaction: str = ""
    zone: str = "UTC"
    properties: tuple[tuple[str, str], ...] = ()
    made: datetime = NEVER
    written: datetime = NEVER
    number: int = 0  # of its last change

    def overlaps(self, start: datetime, end: datetime) -> bool:
        """Whether some of it lies between two instants."""
        return self.start < end and start < self.end

    @property
    def is_copy(self) -> bool:
        """Whether somebody else is its organiser."""
        return self.owner != self.organiser


@dataclass(frozen=True, slots=True)
class Told:
    """A mail of Exchange's to one guest."""

    uid: str
    address: str
    notice: Notice
    text: str = ""


@dataclass
class Calendar:
    """One mailbox's calendar; `gone` is what left it, by number of the change."""

    address: str
    online: tuple[str, ...] = ("teamsForBusiness",)
    events: dict[str, Event] = field(default_factory=dict)
    binned: dict[str, Event] = field(default_factory=dict)  # Deleted Items
    gone: dict[str, int] = field(default_factory=dict)
    transactions: dict[str, str] = field(default_factory=dict)  # to the id of the event


class Office:
    """All calendars. Who is in no calendar here is a stranger somewhere else."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.lock = RLock()
        self.calendars: dict[str, Calendar] = {}
        self.told: list[Told] = []
        self.changed: Callable[[str], None] = lambda _owner: None  # of every calendar that changed
        self.made: list[Event] = []  # by whomever asked over HTTP, in order
        self._numbers = count(1)
        self._ids = count(1)

    def employ(self, address: str, *, online: tuple[str, ...] = ("teamsForBusiness",)) -> None:
        """Give somebody a calendar."""
        with self.lock:
            self.calendars.setdefault(address.lower(), Calendar(address.lower(), online))

    def dismiss(self, address: str) -> None:
        """Take somebody's mailbox away."""
        with self.lock:
            self.calendars.pop(address.lower(), None)

    def calendar(self, address: str) -> Calendar | None:
        """Give somebody's calendar; None for a stranger."""
        return self.calendars.get(address.lower())

    def latest(self) -> int:
        """Give the number of the last change so far."""
        return next(self._numbers)

    def new_id(self) -> str:
        """Give an id of the form of an immutable one: long, told apart by case, with signs."""
        return f"AAkALgAAAAAAHYQDEapmEc2byACqAC/EWg0A{next(self._ids):06d}+Zz=="

    def put(self, event: Event) -> Event:
        """Write an event into its owner's calendar."""
        with self.lock:
            event = replace(event, number=next(self._numbers), written=self.now())
            self.calendars[event.owner].events[event.id] = event
            self.changed(event.owner)
            return event

    def drop(self, event: Event) -> None:
        """Throw an event away; it lies in the wastebasket then."""
        with self.lock:
            calendar = self.calendars[event.owner]
            calendar.events.pop(event.id, None)
            calendar.binned[event.id] = event
            calendar.gone[event.id] = next(self._numbers)
            self.changed(event.owner)

    def tell(
        self, event: Event, addresses: Iterator[str] | list[str], notice: Notice, text: str = ""
    ) -> None:
        """Write to guests."""
        self.told += [Told(event.uid, address.lower(), notice, text) for address in addresses]

    def send_copies(self, event: Event, *, is_moved: bool) -> None:
        """Bring the copies in guests' calendars to what the organiser's event says."""
        there = {copy.owner: copy for copy in self.copies(event.uid)}
        for guest in event.guests:
            if self.calendar(guest.address) is None:
                continue
            copy = there.pop(guest.address.lower(), None)
            is_new = copy is None or is_moved
            self.put(
                replace(
                    event,
                    id=copy.id if copy else self.new_id(),
                    owner=guest.address.lower(),
                    guests=event.guests if not event.hides_guests else (guest,),
                    word="notResponded" if is_new or copy is None else copy.word,
                    shows_as="tentative" if is_new or copy is None else copy.shows_as,
                    transaction="",
                    properties=(),
                )
            )
        for copy in there.values():
            self.drop(copy)

    def copies(self, uid: str) -> list[Event]:
        """Give the copies that guests have of an event."""
        return [
            event
            for calendar in self.calendars.values()
            for event in calendar.events.values()
            if event.uid == uid and event.is_copy
        ]

    def original(self, uid: str) -> Event | None:
        """Give the organiser's event."""
        return next(
            (
                event
                for calendar in self.calendars.values()
                for event in calendar.events.values()
                if event.uid == uid and not event.is_copy
            ),
            None,
        )

    def call_off(self, event: Event, text: str = "") -> None:
        """Take an organiser's event back, and say so to the guests."""
        with self.lock:
            self.drop(event)
            for copy in self.copies(event.uid):
                subject = f"Canceled: {copy.subject}"
                self.put(replace(copy, is_cancelled=True, subject=subject, shows_as="free"))
            self.tell(event, [guest.address for guest in event.guests], "cancelled", text)

    # What people do with their own hands.

    def find(self, name: str, value: str) -> Event | None:
        """Give the event that bears a property of somebody's own."""
        return next(
            (
                event
                for calendar in self.calendars.values()
                for event in calendar.events.values()
                if (name, value) in event.properties
            ),
            None,
        )

    def answer(
        self,
        uid: str,
        address: str,
        word: Word,
        *,
        at: datetime | None = None,
        proposed: tuple[datetime, datetime] | None = None,
    ) -> None:
        """Have a guest answer; a meeting that is declined leaves their calendar."""
        with self.lock:
            event = self.original(uid)
            if event is None:
                raise LookupError(uid)
            said = at or self.now()
            guests = tuple(
                replace(guest, word=word, at=said, proposed=proposed)
                if guest.address.lower() == address.lower()
                else guest
                for guest in event.guests
            )
            self.put(replace(event, guests=guests))
            for copy in self.copies(uid):
                if copy.owner == address.lower():
                    self._answered(copy, word)

    def _answered(self, copy: Event, word: Word) -> None:
        if word == "declined":
            self.drop(copy)
        else:
            shows_as = "busy" if word == "accepted" else "tentative"
            self.put(replace(copy, word=word, shows_as=shows_as))

    def move(self, uid: str, start: datetime, end: datetime) -> None:
        """Have the organiser drag an event to another time: everybody is asked anew."""
        with self.lock:
            event = self.original(uid)
            if event is None:
                raise LookupError(uid)
            moved = self.put(replace(event, start=start, end=end, guests=reset(event.guests)))
            self.send_copies(moved, is_moved=True)
            self.tell(moved, [guest.address for guest in moved.guests], "updated")

    def rewrite(self, uid: str, *, subject: str) -> None:
        """Have the organiser write another title."""
        with self.lock:
            event = self.original(uid)
            if event is None:
                raise LookupError(uid)
            self.send_copies(self.put(replace(event, subject=subject)), is_moved=False)

    def delete(self, uid: str) -> None:
        """Have the organiser delete an event."""
        with self.lock:
            event = self.original(uid)
            if event is None:
                raise LookupError(uid)
            self.call_off(event)

    def take(
        self,
        address: str,
        start: datetime,
        end: datetime,
        *,
        subject: str = "",
        shows_as: str = "busy",
        is_all_day: bool = False,
        zone: str = "UTC",
    ) -> Event:
        """Have somebody put something of their own into their calendar."""
        with self.lock:
            owner = address.lower()
            return self.put(
                Event(
                    self.new_id(),
                    f"own-{next(self._ids)}",
                    owner,
                    owner,
                    start,
                    end,
                    subject,
                    shows_as=shows_as,
                    is_all_day=is_all_day,
                    zone=zone,
                    made=self.now(),
                )
            )


def reset(guests: tuple[Guest, ...]) -> tuple[Guest, ...]:
    """Forget what guests said, as Exchange does when a meeting is moved."""
    return tuple(replace(guest, word="notResponded", at=RESET, proposed=None) for guest in guests)


AT_ONCE = timedelta(seconds=2)  # how long a calendar takes to decline by itself
