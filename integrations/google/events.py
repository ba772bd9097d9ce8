"""An invitation as Google's event, and Google's event as an entry. Pure.

What we must find again stands in the event's private extended properties, which belong to the
organiser's copy alone. Behaviour: Calendar API v3, "Events" and "Create events"; what nothing is
written about is marked as assumed.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from worker.domain.meetings import Entry, Guest, Invitation, Said, Span, Word

EVENT_KEY, MEETING, INCARNATION, REVISION = (
    "tsunagu",
    "tsunaguMeeting",
    "tsunaguIncarnation",
    "tsunaguRevision",
)
ONLINE = "google_meet"
AT_ONCE = timedelta(seconds=10)  # nobody has read an invitation and said no within this

Event = Mapping[str, Any]

_KEY_LENGTH = 52
_DIGITS = frozenset("0123456789abcdefghijklmnopqrstuv")
_WORDS = {
    "accepted": Word.ACCEPTED,
    "declined": Word.DECLINED,
    "tentative": Word.TENTATIVE,
    "needsAction": Word.NOTHING,
}


def is_key(text: str) -> bool:
    """Whether an event's id can be one that we chose.

    A deleted event may come as its id and nothing else; ours are known by their form.
    """
    return len(text) == _KEY_LENGTH and set(text) <= _DIGITS


def is_ours(event: Event) -> bool:
    """Whether we made an event: it says so, or nothing is left of it but an id of ours."""
    return bool(event_key_in(event)) or (is_cancelled(event) and is_key(str(event.get("id", ""))))


def is_cancelled(event: Event) -> bool:
    """Whether an event was deleted or cancelled."""
    return bool(event.get("status") == "cancelled")


def event_key_in(event: Event) -> str:
    """Give the key that we wrote into an event; empty where we wrote none."""
    return _private(event).get(EVENT_KEY, "")


def _private(event: Event) -> Mapping[str, str]:
    """Give what we wrote into an event for ourselves."""
    found = event.get("extendedProperties", {}).get("private", {})
    return found if isinstance(found, Mapping) else {}


def new_event(invitation: Invitation) -> dict[str, Any]:
    """Write an invitation as the body of `events.insert`."""
    event: dict[str, Any] = {
        "id": invitation.event_key,
        "attendees": [_attendee(guest) for guest in guests_of(invitation)],
        "guestsCanInviteOthers": False,
        "guestsCanModify": False,
        "reminders": {"useDefault": True},
    }
    event |= _wording(invitation)
    if invitation.place == ONLINE:
        event["conferenceData"] = _room_for(invitation.event_key)
    return event


def changed_event(event: Event, invitation: Invitation) -> dict[str, Any]:
    """Write an event anew as *invitation* has it, for `events.update`.

    Everything in *event* that is not ours to say stays: the answers of who stays invited (unless
    the time is another), the room, colours, reminders.
    """
    is_moved = span_of(event, "UTC") != invitation.when
    before = {str(one.get("email", "")).lower(): one for one in event.get("attendees", ())}
    guests = [
        {**_attendee(guest), **_kept(before.get(guest.address.lower(), {}), is_moved=is_moved)}
        for guest in guests_of(invitation)
    ]
    new = {**event, "attendees": guests, **_wording(invitation)}
    if "location" not in _wording(invitation):
        new.pop("location", None)
    if invitation.place != ONLINE:
        new.pop("conferenceData", None)
        new.pop("hangoutLink", None)
    elif not _has_room(event):
        new["conferenceData"] = _room_for(f"{invitation.event_key}-{invitation.revision}")
    return new


def guests_of(invitation: Invitation) -> list[Guest]:
    """Give everybody to invite once; the organiser is none of them."""
    once = {guest.address.lower(): guest for guest in reversed(invitation.guests)}
    once.pop(invitation.organiser.address.lower(), None)
    return list(reversed(once.values()))


def entry_of(event: Event, organiser: str, zone: str) -> Entry:
    """Read an event; *zone* is in which its whole days are days."""
    own = _private(event)
    conference = event.get("conferenceData") or {}
    request = conference.get("createRequest") or {}
    link = _link(event)
    is_pending = request.get("status", {}).get("statusCode") == "pending"
    return Entry(
        ref=str(event["id"]),
        organiser=organiser.lower(),
        when=span_of(event, zone),
        is_cancelled=is_cancelled(event),
        event_key=event_key_in(event),
        revision=_number(own.get(REVISION, "")),
        etag=str(event.get("etag", "")),
        title=str(event.get("summary", "")),
        place=str(event.get("location", "")) or (ONLINE if conference else ""),
        link=link,
        is_link_pending=is_pending and not link,
        said={
            str(one["email"]).lower(): said_by(one)
            for one in event.get("attendees", ())
            if one.get("email") and not one.get("resource")
        },
    )


def said_by(attendee: Mapping[str, Any]) -> Said:
    """Read what one guest said; Google does not tell when."""
    word = _WORDS.get(str(attendee.get("responseStatus", "")), Word.NOTHING)
    return Said(word, comment=str(attendee.get("comment", "")))


def was_answered_at_once(event: Event) -> bool:
    """Whether everything that was said was said by machines.

    What was last changed within seconds of being made has been read by nobody (assumed: an answer
    counts as a change of the event, as the field `updated` has it).
    """
    made, last = instant(event.get("created")), instant(event.get("updated"))
    return made is not None and last is not None and last - made <= AT_ONCE


def span_of(event: Event, zone: str) -> Span | None:
    """Give when an event takes place; whole days are days of *zone*."""
    start, end = _moment(event.get("start"), zone), _moment(event.get("end"), zone)
    return None if start is None or end is None else Span(start, end)


def takes_time(event: Event, whose: str) -> bool:
    """Whether an event in *whose* calendar keeps them from anything else."""
    if is_cancelled(event) or event.get("transparency") == "transparent":
        return False
    if event.get("eventType") in ("workingLocation", "birthday"):
        return False
    own = [
        one
        for one in event.get("attendees", ())
        if one.get("self") or str(one.get("email", "")).lower() == whose.lower()
    ]
    return not any(one.get("responseStatus") == "declined" for one in own)


def declines_by_itself(event: Event) -> bool:
    """Whether an event is one of those that say no to invitations without a person."""
    told = event.get("focusTimeProperties") or event.get("outOfOfficeProperties") or {}
    return told.get("autoDeclineMode") in (
        "declineAllConflictingInvitations",
        "declineOnlyNewConflictingInvitations",
    )


def instant(written: object) -> datetime | None:
    """Read an instant of RFC 3339.

    >>> instant("2026-04-02T10:00:00+09:00")
    datetime.datetime(2026, 4, 2, 1, 0, tzinfo=datetime.timezone.utc)
    """
    if not isinstance(written, str):
        return None
    try:
        found = datetime.fromisoformat(written)
    except ValueError:
        return None
    return None if found.tzinfo is None else found.astimezone(UTC)


def rfc3339(moment: datetime) -> str:
    """Write an instant as a parameter of Google's."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _moment(told: object, zone: str) -> datetime | None:
    if not isinstance(told, Mapping):
        return None
    if "dateTime" in told:
        return instant(told["dateTime"])
    try:
        day = date.fromisoformat(str(told.get("date", "")))
        return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
    except (ValueError, ZoneInfoNotFoundError):
        return None


def _wording(invitation: Invitation) -> dict[str, Any]:
    """Give what we say anew with every revision."""
    zone = ZoneInfo(invitation.timezone)
    wording: dict[str, Any] = {
        "summary": _in_one_line(invitation.title),
        "description": invitation.description,
        "start": _told(invitation.when.start, zone),
        "end": _told(invitation.when.end, zone),
        "guestsCanSeeOtherGuests": not invitation.hides_guests,
        "extendedProperties": {
            "private": {
                EVENT_KEY: invitation.event_key,
                MEETING: invitation.id,
                INCARNATION: str(invitation.incarnation),
                REVISION: str(invitation.revision),
            }
        },
    }
    if invitation.place not in ("", ONLINE):
        wording["location"] = _in_one_line(invitation.place)
    return wording


def _told(moment: datetime, zone: ZoneInfo) -> dict[str, str]:
    return {"dateTime": moment.astimezone(zone).isoformat(), "timeZone": zone.key}


def _in_one_line(text: str) -> str:
    """Keep line ends and their like out of what a calendar shows in one line."""
    return "".join(sign if sign.isprintable() else " " for sign in text).strip()


def _attendee(guest: Guest) -> dict[str, Any]:
    told: dict[str, Any] = {"email": guest.address, "responseStatus": "needsAction"}
    if guest.name:
        told["displayName"] = _in_one_line(guest.name)
    if guest.is_optional:
        told["optional"] = True
    return told


def _kept(attendee: Mapping[str, Any], *, is_moved: bool) -> Mapping[str, Any]:
    """Give of a guest's own what outlives a change: with another time, no answer does."""
    if not attendee:
        return {}
    answer = {"responseStatus", "comment"}
    return {
        name: value
        for name, value in attendee.items()
        if name not in ("displayName", "optional") and not (is_moved and name in answer)
    }


def _room_for(request: str) -> dict[str, Any]:
    """Ask for a room; the same request never makes a second one."""
    return {
        "createRequest": {
            "requestId": request,
            "conferenceSolutionKey": {"type": "hangoutsMeet"},
        }
    }


def _has_room(event: Event) -> bool:
    conference = event.get("conferenceData") or {}
    status = (conference.get("createRequest") or {}).get("status", {}).get("statusCode")
    return bool(_link(event)) or status == "pending"


def _link(event: Event) -> str:
    entries = (event.get("conferenceData") or {}).get("entryPoints", ())
    videos = [str(one.get("uri", "")) for one in entries if one.get("entryPointType") == "video"]
    return next(iter(videos), "") or str(event.get("hangoutLink", ""))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 0
