"""An invitation as an Outlook event, and an Outlook event as an entry of ours. Pure.

https://learn.microsoft.com/graph/api/resources/event
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from integrations.microsoft.text import html_of, with_way_in
from integrations.microsoft.times import Unreadable, instant, read_span, when, write
from worker.domain.meetings import Entry, Guest, Invitation, Said, Span, Word

TEAMS = "teams"
MOST_GUESTS = 500  # of an event, by the page above

# Properties of our own, in a namespace of our own
# (https://learn.microsoft.com/graph/api/resources/extended-properties-overview).
_NAMESPACE = "{3c1f1c9e-1f0a-4e0b-9d5e-7a2b64d1f7c2}"
KEY = f"String {_NAMESPACE} Name TsunaguKey"
STATE = f"String {_NAMESPACE} Name TsunaguState"
EXPAND = f"singleValueExtendedProperties($filter=id eq '{KEY}' or id eq '{STATE}')"
SELECT = (
    "id,subject,start,end,isAllDay,showAs,isCancelled,isOrganizer,responseStatus,organizer,iCalUId,"
    "transactionId,location,attendees,hideAttendees,isOnlineMeeting,onlineMeeting,createdDateTime,"
    "originalStartTimeZone,originalEndTimeZone"
)
SELECT_WITH_BODY = f"{SELECT},body"

_TRANSACTION = "tsunagu:"
_AT_ONCE = timedelta(seconds=10)
_SKEW = timedelta(seconds=30)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")

_WORDS: Mapping[str, Word] = {
    "none": Word.NOTHING,
    "notresponded": Word.NOTHING,
    "organizer": Word.ACCEPTED,
    "accepted": Word.ACCEPTED,
    "tentativelyaccepted": Word.TENTATIVE,
    "declined": Word.DECLINED,
}


@dataclass(frozen=True, slots=True)
class State:
    """What we write into an event about ourselves: digests tell what of it is still ours."""

    incarnation: int = 1
    revision: int = 0
    asked: str = ""  # when guests were last asked anew, by our clock
    title: str = ""
    place: str = ""
    text: str = ""
    guests: frozenset[str] = frozenset()

    def written(self) -> str:
        """Give it as the value of a property."""
        said = {
            "n": self.incarnation,
            "r": self.revision,
            "a": self.asked,
            "s": self.title,
            "p": self.place,
            "t": self.text,
            "g": " ".join(sorted(self.guests)),
        }
        return json.dumps(said, separators=(",", ":"))

    @classmethod
    def of(cls, invitation: Invitation, asked: datetime) -> "State":
        """Give what is written beside *invitation*."""
        return cls(
            invitation.incarnation,
            invitation.revision,
            asked.isoformat(timespec="seconds"),
            _digest(invitation.title),
            _digest(invitation.place),
            _digest(invitation.description),
            frozenset(map(_digest_of_guest, invitation.guests)),
        )


def transaction_id(key: str) -> str:
    """Name the creation of an event, so that a second is none.

    >>> key_of_transaction(transaction_id("abc")), key_of_transaction("localevent:1")
    ('abc', '')
    """
    return _TRANSACTION + key


def key_of_transaction(said: object) -> str:
    """Give the `event_key` that a transaction id was made of; empty for what is not ours."""
    is_ours = isinstance(said, str) and said.startswith(_TRANSACTION)
    return str(said)[len(_TRANSACTION) :] if is_ours else ""


def new_event(invitation: Invitation, now: datetime) -> dict[str, object]:
    """Give the body that makes the event."""
    online = {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}
    place = {"location": {"displayName": one_line(invitation.place)}} if invitation.place else {}
    return {
        "subject": one_line(invitation.title),
        "body": {"contentType": "html", "content": html_of(invitation.description)},
        "start": write(invitation.when.start, invitation.timezone),
        "end": write(invitation.when.end, invitation.timezone),
        "attendees": [_attendee(guest) for guest in invitation.guests],
        "hideAttendees": invitation.hides_guests,
        "responseRequested": True,
        "allowNewTimeProposals": True,
        "transactionId": transaction_id(invitation.event_key),
        "singleValueExtendedProperties": properties(invitation, now),
        **(online if invitation.place == TEAMS else place),
    }


def properties(invitation: Invitation, asked: datetime) -> list[dict[str, str]]:
    """Give our own properties of an event."""
    return [
        {"id": KEY, "value": invitation.event_key},
        {"id": STATE, "value": State.of(invitation, asked).written()},
    ]


def changes_to(
    event: dict[str, object], invitation: Invitation, now: datetime
) -> dict[str, object]:
    """Give the body that brings *event* to what *invitation* says: only what is different.

    What we have not changed since we wrote it last stays as it is, also where people wrote
    something else there since. A body that holds nothing but guests is told to those alone whom it
    concerns.

    Raises:
        Unreadable: The event's times cannot be read.
    """
    before, after = state_of(event), State.of(invitation, now)
    said: dict[str, object] = {}
    is_moved = when(event) != invitation.when or event.get("isAllDay") is True
    if is_moved:
        said["start"] = write(invitation.when.start, invitation.timezone)
        said["end"] = write(invitation.when.end, invitation.timezone)
        if event.get("isAllDay") is True:
            said["isAllDay"] = False
    if before.title != after.title and one_line(invitation.title) != event.get("subject"):
        said["subject"] = one_line(invitation.title)
    if before.place != after.place:
        said |= _place_to_be(event, invitation)
    if before.guests != after.guests:
        said["attendees"] = _attendees(event, invitation, before, keeps_answers=not is_moved)
    if (event.get("hideAttendees") is True) is not invitation.hides_guests:
        said["hideAttendees"] = invitation.hides_guests
    if before.text != after.text:
        said["body"] = {
            "contentType": "html",
            "content": with_way_in(invitation.description, _body(event)),
        }
    asked = now if is_moved else instant(before.asked) or now
    said["singleValueExtendedProperties"] = properties(invitation, asked)
    return said


def _place_to_be(event: dict[str, object], invitation: Invitation) -> dict[str, object]:
    """Give what makes a place another; a meeting that is online already keeps its link."""
    if invitation.place != TEAMS:
        return {"location": {"displayName": one_line(invitation.place)}}
    if event.get("isOnlineMeeting") is True:
        return {}
    return {"isOnlineMeeting": True, "onlineMeetingProvider": "teamsForBusiness"}


def by_hand(event: dict[str, object]) -> tuple[object, ...]:
    """Give what of an event people write, to tell whether somebody wrote it anew."""
    return (
        event.get("subject"),
        event.get("start"),
        event.get("end"),
        _place(event),
        _guests(event),
        _body(event),
        state_of(event),
    )


def entry_of(event: dict[str, object], organiser: str) -> Entry:
    """Give an event of ours as it stands.

    Raises:
        Unreadable: The event's times cannot be read.
    """
    meeting = event.get("onlineMeeting")
    link = str(meeting.get("joinUrl") or "") if isinstance(meeting, dict) else ""
    state = state_of(event)
    return Entry(
        ref=str(event.get("id")),
        organiser=organiser,
        when=when(event),
        is_cancelled=event.get("isCancelled") is True,
        event_key=key_of(event),
        revision=state.revision,
        etag=str(event.get("@odata.etag") or ""),
        title=str(event.get("subject") or ""),
        place=_place(event),
        link=link,
        is_link_pending=event.get("isOnlineMeeting") is True and not link,
        said={
            address: _said(attendee, event, state)
            for address, attendee in _by_address(event).items()
            if address != organiser.lower()
        },
    )


def key_of(event: Mapping[str, object]) -> str:
    """Give the `event_key` that an event of ours bears; empty for another's."""
    return _property(event, KEY) or key_of_transaction(event.get("transactionId"))


def bears_key(event: Mapping[str, object]) -> bool:
    """Whether our own property is on the event: without it nobody finds it by its key."""
    return bool(_property(event, KEY))


def state_of(event: Mapping[str, object]) -> State:
    """Give what we wrote into an event about ourselves."""
    try:
        said = json.loads(_property(event, STATE) or "{}")
        asked, title, place, text = (str(said.get(name, "")) for name in ("a", "s", "p", "t"))
        guests = frozenset(str(said.get("g", "")).split())
        number, revision = int(said.get("n", 1)), int(said.get("r", 0))
        return State(number, revision, asked, title, place, text, guests)
    except (ValueError, TypeError, AttributeError):
        return State()


def takes_time(event: Mapping[str, object]) -> bool:
    """Whether an event counts as busy: a doubtful one does, working elsewhere does not."""
    status = event.get("responseStatus")
    answer = str(status.get("response", "")) if isinstance(status, dict) else ""
    is_off = event.get("isCancelled") is True or answer.casefold() == "declined"
    return not is_off and counts_as_busy(event.get("showAs"))


def counts_as_busy(status: object) -> bool:
    """Say what a `freeBusyStatus` comes to; one that nobody knows is busy.

    >>> [counts_as_busy(s) for s in ("free", "workingElsewhere", "tentative", "oof", "unknown")]
    [False, False, True, True, True]
    """
    return str(status).casefold() not in {"free", "workingelsewhere"}


def one_line(text: str) -> str:
    r"""Give a title or a place as it may stand in an event.

    >>> one_line("面談\r\nBcc: a@b")
    '面談 Bcc: a@b'
    """
    return _CONTROL.sub(" ", text).strip()


def _attendee(guest: Guest) -> dict[str, object]:
    return {
        "emailAddress": {"address": guest.address, "name": one_line(guest.name) or guest.address},
        "type": "optional" if guest.is_optional else "required",
    }


def _attendees(
    event: dict[str, object], invitation: Invitation, before: State, *, keeps_answers: bool
) -> list[dict[str, object]]:
    """Give the whole list, which an update replaces.

    Who stays, stays as they are; whom the organiser added by hand, and rooms, are none of ours.
    """
    there = _by_address(event)
    listed: list[dict[str, object]] = []
    for guest in invitation.guests:
        known = there.pop(guest.address.lower(), None)
        attendee = _attendee(guest)
        if known is not None:
            attendee["emailAddress"] = known.get("emailAddress")
            if keeps_answers and isinstance(known.get("status"), dict):
                attendee["status"] = known["status"]
        listed.append(attendee)
    added = [known for address, known in there.items() if not _is_of(address, before)]
    return listed + [_as_written(known) for known in added]


def _as_written(attendee: dict[str, object]) -> dict[str, object]:
    return {name: attendee[name] for name in ("emailAddress", "type", "status") if name in attendee}


def _is_of(address: str, state: State) -> bool:
    """Whether we once put *address* on the list."""
    both = (Guest(address), Guest(address, is_optional=True))
    return any(_digest_of_guest(guest) in state.guests for guest in both)


def _by_address(event: Mapping[str, object]) -> dict[str, dict[str, object]]:
    """Give who is invited, without the organiser."""
    listed = event.get("attendees")
    found: dict[str, dict[str, object]] = {}
    for attendee in listed if isinstance(listed, list) else []:
        address = address_of(attendee)
        if address and address != address_of(event.get("organizer")):
            found[address] = attendee
    return found


def address_of(recipient: object) -> str:
    """Give the address of a recipient, in lower case; empty where it has none."""
    mail = recipient.get("emailAddress") if isinstance(recipient, dict) else None
    address = mail.get("address") if isinstance(mail, dict) else None
    return address.lower() if isinstance(address, str) else ""


def _guests(event: Mapping[str, object]) -> frozenset[tuple[str, str]]:
    """Give who is invited, and as what."""
    return frozenset((who, str(one.get("type"))) for who, one in _by_address(event).items())


def _place(event: Mapping[str, object]) -> str:
    location = event.get("location")
    return str(location.get("displayName") or "") if isinstance(location, dict) else ""


def _body(event: Mapping[str, object]) -> str:
    body = event.get("body")
    return str(body.get("content") or "") if isinstance(body, dict) else ""


def _digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()[:12]


def _digest_of_guest(guest: Guest) -> str:
    return sha256(f"{guest.address.lower()} {guest.is_optional}".encode()).hexdigest()[:8]


def _property(event: Mapping[str, object], name: str) -> str:
    listed = event.get("singleValueExtendedProperties")
    for one in listed if isinstance(listed, list) else []:
        if isinstance(one, dict) and str(one.get("id", "")).casefold() == name.casefold():
            return str(one.get("value") or "")
    return ""


def _said(attendee: dict[str, object], event: Mapping[str, object], state: State) -> Said:
    status = attendee.get("status")
    said = status if isinstance(status, dict) else {}
    word = _WORDS.get(str(said.get("response", "none")).casefold(), Word.NOTHING)
    at = instant(said.get("time")) if word is not Word.NOTHING else None
    proposed = _proposed(attendee.get("proposedNewTime"))
    is_automatic = word is Word.DECLINED and proposed is None and _came_at_once(at, event, state)
    return Said(word, at, proposed=proposed, is_automatic=is_automatic)


def _proposed(said: object) -> Span | None:
    if not isinstance(said, dict):
        return None
    try:
        return read_span(said)
    except Unreadable:
        return None


def _came_at_once(at: datetime | None, event: Mapping[str, object], state: State) -> bool:
    """Whether an answer came within seconds of the question: nobody reads so fast.

    An event says when it was made, by Exchange's own clock; of a later question we know the
    instant by ours alone.
    """
    if at is None:
        return False
    made, asked = instant(event.get("createdDateTime")), instant(state.asked)
    if made is not None and timedelta(0) <= at - made <= _AT_ONCE:
        return True
    is_later = asked is not None and made is not None and asked - made > _SKEW
    return is_later and asked is not None and abs(at - asked) <= _AT_ONCE
