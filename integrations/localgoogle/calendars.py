"""The calendars of a company at Google, and the hands of the people in them.

An event lies in its organiser's calendar; its guests see copies under the same id, without the
organiser's private properties (doc: Event.extendedProperties). `sent` is what went out as mail.
"""

from collections.abc import Callable, Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from threading import RLock
from typing import Any
from zoneinfo import ZoneInfo

from worker.domain.errors import BrokenPromise
from worker.domain.meetings import Span
from worker.ports import Clock

Event = dict[str, Any]

PROPAGATED = 200  # guests; above it no answer reaches the organiser (doc: responseStatus)


@dataclass(frozen=True, slots=True)
class Sent:
    """One mail of Google's to a guest."""

    event: str
    address: str
    notice: str  # invited | updated | cancelled


@dataclass
class Shelf:
    """One person's calendar."""

    owner: str
    zone: str
    events: dict[str, Event] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # of each event's last change
    readers: set[str] = field(default_factory=set)  # who may read and write it, beside its owner
    is_hidden: bool = False  # from everybody but its owner
    generation: int = 1  # of sync tokens: older ones are not known any more


@dataclass
class LocalCalendars:
    """Everybody's calendars. `looks_until_room` says how often a room is shown as pending."""

    clock: Clock
    domains: frozenset[str] = frozenset({"tsunagu.example"})
    looks_until_room: int = 0
    rooms_fail: bool = False
    sent: list[Sent] = field(default_factory=list)
    changed: Callable[[str], None] = lambda _owner: None  # told of every calendar that changed

    def __post_init__(self) -> None:
        self.lock = RLock()
        self._shelves: dict[str, Shelf] = {}
        self._count = count(1)
        self._ids = count(1)
        self._meanwhile: dict[str, Callable[[], None]] = {}
        self._rooms: dict[str, int] = {}  # how often a pending room was looked at
        self.number = 0  # of the last change in any calendar

    # What people do.

    def employ(self, address: str, zone: str = "Asia/Tokyo") -> None:
        """Give somebody a calendar."""
        with self.lock:
            self._shelves.setdefault(address.lower(), Shelf(address.lower(), zone))

    def dismiss(self, address: str) -> None:
        """Take somebody's calendar away."""
        with self.lock:
            self._shelves.pop(address.lower(), None)

    def hide(self, address: str) -> None:
        """Show a calendar to nobody but its owner any more."""
        self.shelf_of(address).is_hidden = True

    def share(self, address: str, reader: str) -> None:
        """Let somebody read and write somebody else's calendar."""
        self.shelf_of(address).readers.add(reader.lower())

    def take(
        self,
        address: str,
        when: Span | tuple[date, date],
        title: str = "",
        **more: object,
    ) -> str:
        """Have somebody put something of their own into their calendar; dates are whole days."""
        with self.lock:
            shelf = self.shelf_of(address)
            id_ = f"own{next(self._ids):08d}"
            event: Event = {
                "id": id_,
                "summary": title,
                "start": told(when[0], shelf.zone),
                "end": told(when[1], shelf.zone),
                **more,
            }
            self.keep(shelf, self.completed(event, shelf.owner))
            return id_

    def answer(self, id_: str, address: str, status: str, comment: str = "") -> None:
        """Have a guest answer."""
        with self.lock:
            shelf, event = self.standing(id_)
            if len(event.get("attendees", ())) > PROPAGATED:
                return
            new = deepcopy(event)
            for one in new.get("attendees", ()):
                if one["email"].lower() == address.lower():
                    one["responseStatus"] = status
                    if comment:
                        one["comment"] = comment
                    break
            else:
                raise BrokenPromise(f"nobody of that address is a guest of {id_}")
            self.keep(shelf, new)

    def drag(self, id_: str, when: Span | tuple[date, date]) -> None:
        """Have the organiser move an event by hand: everybody is asked anew, and told."""
        with self.lock:
            shelf, event = self.standing(id_)
            new = deepcopy(event)
            new["start"], new["end"] = told(when[0], shelf.zone), told(when[1], shelf.zone)
            new["sequence"] = new.get("sequence", 0) + 1
            for one in new.get("attendees", ()):
                one["responseStatus"] = "needsAction"
                one.pop("comment", None)
            self.keep(shelf, new)
            self.tell(id_, addresses(new), "updated")

    def retitle(self, id_: str, title: str) -> None:
        """Have the organiser write another title by hand."""
        with self.lock:
            shelf, event = self.standing(id_)
            self.keep(shelf, {**deepcopy(event), "summary": title})

    def before_next_write(self, id_: str, act: Callable[[], None]) -> None:
        """Have something done by hand just before the next request changes an event."""
        self._meanwhile[id_] = act

    def delete(self, id_: str) -> None:
        """Have the organiser delete an event by hand; guests are told."""
        with self.lock:
            shelf, event = self.standing(id_)
            self.cancel(shelf, event, told_to=addresses(event))

    def expire_sync_tokens(self) -> None:
        """Forget every sync token given out."""
        with self.lock:
            for shelf in self._shelves.values():
                shelf.generation += 1

    # What requests need.

    def shelf_of(self, address: str) -> Shelf:
        """Give somebody's calendar."""
        found = self._shelves.get(address.lower())
        if found is None:
            raise BrokenPromise("nobody of that address has a calendar")
        return found

    def shelf_for(self, address: str, reader: str) -> tuple[Shelf | None, str]:
        """Give a calendar as *reader* may see it, and their role there; empty: none."""
        found = self._shelves.get(address.lower())
        if found is None:
            return None, ""
        if reader == found.owner:
            return found, "owner"
        if found.is_hidden:
            return found, ""
        if reader in found.readers:
            return found, "writer"
        is_colleague = {domain_of(reader), domain_of(found.owner)} <= self.domains
        return found, "freeBusyReader" if is_colleague else ""

    def standing(self, id_: str) -> tuple[Shelf, Event]:
        """Give an event of anybody's for a hand to touch."""
        for shelf in self._shelves.values():
            event = shelf.events.get(id_)
            if event is not None and event["status"] != "cancelled":
                return shelf, event
        raise BrokenPromise(f"there is no event {id_} for anybody's hand to touch")

    def meanwhile(self, id_: str) -> None:
        """Do what was to be done by hand before a write."""
        act = self._meanwhile.pop(id_, None)
        if act is not None:
            act()

    def completed(self, event: Event, organiser: str) -> Event:
        """Fill in what Google fills in when an event is made."""
        now = written(self.clock.now())
        id_ = event.get("id") or f"local{next(self._ids):08d}"
        whose = {"email": organiser, "self": True}
        guests = [{"responseStatus": "needsAction", **one} for one in event.get("attendees", ())]
        return {
            "status": "confirmed",
            "eventType": "default",
            "sequence": 0,
            "reminders": {"useDefault": True},
            **event,
            "kind": "calendar#event",
            "id": id_,
            "iCalUID": event.get("iCalUID") or f"{id_}@google.com",
            "htmlLink": f"https://www.google.com/calendar/event?eid={id_}",
            "created": now,
            "creator": whose,
            "organizer": whose,
            **({"attendees": guests} if guests else {}),
        }

    def keep(self, shelf: Shelf, event: Event) -> Event:
        """Put an event into a calendar as its newest state."""
        self.number = next(self._count)
        kept = {**event, "updated": written(self.clock.now()), "etag": f'"{self.number}"'}
        shelf.events[kept["id"]] = kept
        for owner in {shelf.owner, *addresses(kept)}:
            if owner in self._shelves:
                self._shelves[owner].numbers[kept["id"]] = self.number
                self.changed(owner)
        return kept

    def cancel(self, shelf: Shelf, event: Event, *, told_to: Iterable[str]) -> None:
        """Take an event back; it keeps its id and its details (doc: Event.status)."""
        self.keep(shelf, {**deepcopy(event), "status": "cancelled"})
        self.tell(event["id"], told_to, "cancelled")

    def tell(self, id_: str, whom: Iterable[str], notice: str) -> None:
        """Send a mail to each guest."""
        self.sent.extend(Sent(id_, address, notice) for address in whom)

    def seen(self, address: str) -> list[tuple[Event, int]]:
        """Give everything in somebody's calendar: their own, and copies of what they are asked to.

        With each the number of its last change.
        """
        shelf = self._shelves[address.lower()]
        found = [(event, shelf.numbers[id_]) for id_, event in shelf.events.items()]
        for other in self._shelves.values():
            if other is shelf:
                continue
            found += [
                (copied(event, shelf.owner), shelf.numbers[id_])
                for id_, event in other.events.items()
                if id_ in shelf.numbers and shelf.owner in addresses(event)
            ]
        return sorted(found, key=lambda one: one[1])

    def with_room(self, event: Event) -> Event:
        """Show an event; a room that is being made is nearer to being there (doc: pending)."""
        conference = event.get("conferenceData", {})
        request = conference.get("createRequest")
        if request is None or request["status"]["statusCode"] != "pending":
            return event
        id_ = event["id"]
        self._rooms[id_] = self._rooms.get(id_, 0) + 1
        if self._rooms[id_] <= self.looks_until_room:
            return event
        shelf, standing = self.standing(id_)
        if self.rooms_fail:
            room = {**conference, "createRequest": {**request, "status": {"statusCode": "failure"}}}
            return self.keep(shelf, {**deepcopy(standing), "conferenceData": room})
        return self.keep(shelf, {**deepcopy(standing), **made_room(request)})


def made_room(request: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a request for a room comes to: the same request, the same room."""
    code = request["requestId"][:10]
    uri = f"https://meet.google.com/{code[:3]}-{code[3:7]}-{code[7:10]}"
    return {
        "hangoutLink": uri,
        "conferenceData": {
            "createRequest": {**request, "status": {"statusCode": "success"}},
            "conferenceId": uri.rpartition("/")[2],
            "conferenceSolution": {"key": {"type": "hangoutsMeet"}, "name": "Google Meet"},
            "entryPoints": [{"entryPointType": "video", "uri": uri}],
        },
    }


def copied(event: Event, guest: str) -> Event:
    """Give an event as one of its guests sees it."""
    copy = deepcopy(event)
    copy.pop("extendedProperties", None)
    copy["organizer"] = {"email": event["organizer"]["email"]}
    for one in copy.get("attendees", ()):
        if one["email"].lower() == guest:
            one["self"] = True
    if event.get("guestsCanSeeOtherGuests") is False:
        copy["attendees"] = [one for one in copy["attendees"] if one.get("self")]
    return copy


def addresses(event: Mapping[str, Any]) -> list[str]:
    """Give the guests of an event, in lower case."""
    return [one["email"].lower() for one in event.get("attendees", ())]


def span_of(event: Mapping[str, Any], zone: str) -> Span:
    """Give when an event takes place; whole days are days of *zone*."""
    return Span(_moment(event["start"], zone), _moment(event["end"], zone))


def takes_time(event: Mapping[str, Any], whose: str) -> bool:
    """Whether free/busy counts an event in somebody's calendar.

    Unanswered counts and declined does not (assumed); free and working places do not (doc).
    """
    if event["status"] == "cancelled" or event.get("transparency") == "transparent":
        return False
    if event["eventType"] == "workingLocation":
        return False
    own = [one for one in event.get("attendees", ()) if one["email"].lower() == whose]
    return not any(one["responseStatus"] == "declined" for one in own)


def occurrences(event: Event, zone: str) -> list[Event]:
    """Give every instance of a weekly event (RRULE:FREQ=WEEKLY;COUNT=n); itself, of another."""
    rule = next(iter(event.get("recurrence", ())), "")
    if not rule:
        return [event]
    span = span_of(event, zone)
    found = []
    for week in range(int(rule.rpartition("COUNT=")[2])):
        start, end = (moment + timedelta(weeks=week) for moment in span)
        instance = {name: value for name, value in event.items() if name != "recurrence"}
        instance["id"] = f"{event['id']}_{start:%Y%m%dT%H%M%SZ}"
        instance["recurringEventId"] = event["id"]
        instance["start"], instance["end"] = told(start, zone), told(end, zone)
        found.append(instance)
    return found


def told(moment: datetime | date, zone: str) -> dict[str, str]:
    """Write a moment as an event has it."""
    if isinstance(moment, datetime):
        return {"dateTime": moment.astimezone(ZoneInfo(zone)).isoformat(), "timeZone": zone}
    return {"date": moment.isoformat()}


def written(moment: datetime) -> str:
    """Write an instant as Google writes its own."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def domain_of(address: str) -> str:
    """Give what follows the @."""
    return address.rpartition("@")[2].lower()


def _moment(said: Mapping[str, str], zone: str) -> datetime:
    if "dateTime" in said:
        return datetime.fromisoformat(said["dateTime"]).astimezone(UTC)
    return datetime.combine(date.fromisoformat(said["date"]), time(), ZoneInfo(zone)).astimezone(
        UTC
    )
