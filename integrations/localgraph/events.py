"""The events of one mailbox over HTTP: made, read, changed, called off.

https://learn.microsoft.com/graph/api/resources/event and the pages of its methods.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from integrations.localgraph import clockwork, schema
from integrations.localgraph.office import Calendar, Event, Guest, Office, Word, reset
from integrations.localgraph.replies import Asked, Declined, Reply, bad, error, not_found

_JOIN = "https://teams.microsoft.com/l/meetup-join/"
_MOST_GUESTS = 500


@dataclass
class Manners:
    """What the pages leave open, and what was seen of it: switches."""

    duplicates: str = "409"  # 409, 400, or original: the event made before is answered
    names_existing: bool = False  # whether an error about a duplicate names the event
    forgets_transactions: bool = False
    saves_without_properties: bool = False  # once: 503 ConcurrentItemSave, and the event is there
    conflicts_without_reason: int = 0  # so many 412 before a change is taken
    can_conference: bool = True


def rendered(event: Event, *, with_properties: str = "", immutable: bool = True) -> dict[str, Any]:
    """Give an event as JSON; *with_properties* is the `$expand`."""
    guests = [_guest(guest) for guest in event.guests]
    said: dict[str, Any] = {
        "@odata.etag": etag(event),
        "id": event.id if immutable else f"{event.id}{event.number}",
        "iCalUId": event.uid,
        "subject": event.subject,
        "body": {"contentType": "html", "content": _page(event.body)},
        "bodyPreview": "",
        "start": clockwork.write(event.start),
        "end": clockwork.write(event.end),
        "originalStartTimeZone": event.zone,
        "originalEndTimeZone": event.zone,
        "isAllDay": event.is_all_day,
        "isCancelled": event.is_cancelled,
        "isOrganizer": not event.is_copy,
        "isOnlineMeeting": event.is_online,
        "onlineMeetingProvider": "teamsForBusiness" if event.is_online else "unknown",
        "onlineMeeting": {"joinUrl": event.join_url} if event.join_url else None,
        "showAs": event.shows_as,
        "responseStatus": {
            "response": event.word if event.is_copy else "organizer",
            "time": "0001-01-01T00:00:00Z",
        },
        "organizer": {"emailAddress": {"address": event.organiser, "name": event.organiser}},
        "attendees": guests,
        "hideAttendees": event.hides_guests,
        "location": {"displayName": event.location, "locationType": "default"},
        "createdDateTime": clockwork.offset(event.made),
        "lastModifiedDateTime": clockwork.offset(event.written),
        "type": "singleInstance",
    }
    if event.transaction:
        said["transactionId"] = event.transaction
    if with_properties and event.properties:
        said["singleValueExtendedProperties"] = [
            {"id": name, "value": value}
            for name, value in event.properties
            if f"'{name}'" in with_properties
        ]
    return said


def etag(event: Event) -> str:
    """Give what changes with every change."""
    return f'W/"{event.id[-12:]}{event.number}"'


def _guest(guest: Guest) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": guest.kind,
        "status": {"response": guest.word, "time": clockwork.offset(guest.at)},
        "emailAddress": {"address": guest.address, "name": guest.name or guest.address},
    }
    if guest.at.year in {1, 4501}:
        said["status"]["time"] = f"{guest.at.year:04d}-01-01T00:00:00Z"
    if guest.proposed is not None:
        start, end = guest.proposed
        said["proposedNewTime"] = {"start": clockwork.write(start), "end": clockwork.write(end)}
    return said


def _page(body: str) -> str:
    return f"<html>\r\n<head>\r\n</head>\r\n<body>\r\n{body}\r\n</body>\r\n</html>\r\n"


def _blob(url: str) -> str:
    """Give what Outlook writes into the body of a meeting in Teams."""
    line = "_" * 80
    return (
        f'<br>\r\n<div style="width:100%"><span style="white-space:nowrap; color:#5F5F5F">{line}'
        f'</span></div>\r\n<div class="me-email-text" lang="ja-JP"><div><span>Microsoft Teams'
        f'</span></div><div><a class="me-email-headline" href="{url}">Join the meeting now</a>'
        f'</div></div>\r\n<div style="width:100%"><span>{line}</span></div>'
    )


def make(office: Office, calendar: Calendar, asked: Asked, manners: Manners) -> Reply:
    """POST an event: guests are invited with it, always."""
    said = _checked(schema.check_new, asked.body)
    transaction = str(said.get("transactionId") or "")
    before = calendar.transactions.get(transaction) if transaction else None
    if before is not None and not manners.forgets_transactions:
        return _duplicate(calendar, before, manners)
    for needed in ("start", "end"):
        if needed not in said:
            raise Declined(bad(f"'{needed}' is missing.", "ErrorPropertyValidationFailure"))
    (start, zone), (end, _) = clockwork.read(said["start"]), clockwork.read(said["end"])
    if end < start:
        raise Declined(bad("The end is before the start.", "ErrorPropertyValidationFailure"))
    number = len(office.made) + 1
    event = Event(
        office.new_id(),
        f"040000008200E00074C5B7101A82E008{number:08d}",
        calendar.address,
        calendar.address,
        start,
        end,
        zone=zone,
        transaction=transaction,
        made=office.now(),
    )
    event = _with(event, said, calendar, is_moved=False)
    drops = manners.saves_without_properties
    manners.saves_without_properties = False
    event = office.put(replace(event, properties=() if drops else event.properties))
    office.made.append(event)
    if transaction:
        calendar.transactions[transaction] = event.id
    office.send_copies(event, is_moved=True)
    office.tell(event, [guest.address for guest in event.guests], "invited")
    if drops:
        return error(503, "ConcurrentItemSave", "The item was saved by somebody else.")
    return Reply(201, _as_asked(event, asked))


def _duplicate(calendar: Calendar, existing: str, manners: Manners) -> Reply:
    event = calendar.events.get(existing)
    if manners.duplicates == "original" and event is not None:
        return Reply(201, rendered(event))
    said = (
        "Your request can't be completed. The TransactionId specified in the request has already "
        "been used to create a different event."
    )
    more = {"@event.existingEventId": existing} if manners.names_existing else None
    status = 400 if manners.duplicates == "400" else 409
    return error(status, "ErrorDuplicateTransactionId", said, more=more)


def change(office: Office, event: Event, asked: Asked, manners: Manners) -> Reply:
    """PATCH an event: guests hear of it, unless only our own properties are written."""
    said = _checked(schema.check_update, asked.body)
    wanted = asked.headers.get("if-match", "*")
    if manners.conflicts_without_reason:
        manners.conflicts_without_reason -= 1
        wanted = "no"
    if wanted not in {"*", etag(event)}:
        text = "The send or update operation could not be performed because the change key passed"
        return error(412, "ErrorIrresolvableConflict", f"{text} in the request does not match.")
    if event.is_copy:
        raise Declined(bad("A guest cannot change the meeting.", "ErrorAccessDenied"))
    calendar = office.calendars[event.owner]
    start = clockwork.read(said["start"])[0] if "start" in said else event.start
    end = clockwork.read(said["end"])[0] if "end" in said else event.end
    is_moved = (start, end) != (event.start, event.end)
    changed = _with(replace(event, start=start, end=end), said, calendar, is_moved=is_moved)
    changed = office.put(changed)
    _tell(office, event, changed, set(said) - {"singleValueExtendedProperties"})
    office.send_copies(changed, is_moved=is_moved)
    return Reply(200, _as_asked(changed, asked))


def _tell(office: Office, before: Event, after: Event, written: set[str]) -> None:
    """Write to those whom a change concerns: of another list of guests alone, to who is new on it.

    https://learn.microsoft.com/graph/api/event-update, "attendees property and meeting updates"
    """
    old = {guest.address.lower() for guest in before.guests}
    new = {guest.address.lower() for guest in after.guests}
    office.tell(after, sorted(new - old), "invited")
    office.tell(after, sorted(old - new), "cancelled")
    if written - {"attendees"}:
        office.tell(after, sorted(old & new), "updated")


def cancel(office: Office, event: Event, asked: Asked) -> Reply:
    """Call a meeting off, with a word to the guests."""
    given = _called("cancel", asked)
    if event.is_copy or not event.guests:
        said = "Your request can't be completed. You need to be an organizer to cancel a meeting."
        return error(400, "ErrorInvalidRequest", said)
    office.call_off(event, str(given.get("Comment") or ""))
    return Reply(202)


def delete(office: Office, event: Event) -> Reply:
    """DELETE an event; of an organiser's the guests are told, without a word."""
    if event.is_copy:
        office.answer(event.uid, event.owner, "declined")
    else:
        office.call_off(event)
    return Reply(204)


_WORDS: Mapping[str, Word] = {
    "accept": "accepted",
    "tentativelyAccept": "tentativelyAccepted",
    "decline": "declined",
}


def respond(office: Office, event: Event, action: str, asked: Asked) -> Reply:
    """Answer an invitation from the copy in one's own calendar."""
    given = _called(action, asked)
    if not event.is_copy:
        text = "You can't respond to this meeting because you're the meeting organizer."
        return error(400, "ErrorInvalidRequest", f"Your request can't be completed. {text}")
    proposed = given.get("ProposedNewTime")
    span = None
    if isinstance(proposed, Mapping):
        span = (clockwork.read(proposed["start"])[0], clockwork.read(proposed["end"])[0])
    office.answer(event.uid, event.owner, _WORDS[action], proposed=span)
    return Reply(202)


def _called(action: str, asked: Asked) -> dict[str, Any]:
    try:
        return schema.check_call(action, "event", asked.body if asked.raw else {})
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "RequestBodyRead")) from None


def _checked(check: Any, body: object) -> dict[str, Any]:  # noqa: ANN401 - one of two functions
    try:
        check("event", body)
    except schema.Misspelt as problem:
        raise Declined(bad(str(problem), "RequestBodyRead")) from None
    return body if isinstance(body, dict) else {}


_PLAIN = {"subject": "subject", "showAs": "shows_as", "isAllDay": "is_all_day"}


def _with(event: Event, said: dict[str, Any], calendar: Calendar, *, is_moved: bool) -> Event:
    """Give the event with what was written; of what was not, it keeps what it has."""
    plain = {_PLAIN[name]: value for name, value in said.items() if name in _PLAIN}
    event = replace(event, **plain)
    if "location" in said:
        event = replace(event, location=(said["location"] or {}).get("displayName") or "")
    if "hideAttendees" in said:
        event = replace(event, hides_guests=bool(said["hideAttendees"]))
    if "attendees" in said:
        event = replace(event, guests=_guests(event, said["attendees"]))
    if is_moved:
        event = replace(event, guests=reset(event.guests))
    if "body" in said:
        event = _with_body(event, str((said["body"] or {}).get("content") or ""))
    if said.get("isOnlineMeeting") and not event.is_online:
        event = _online(event, str(said.get("onlineMeetingProvider") or ""), calendar)
    written = {one["id"]: one["value"] for one in said.get("singleValueExtendedProperties", ())}
    return replace(event, properties=tuple({**dict(event.properties), **written}.items()))


def _guests(event: Event, listed: list[dict[str, Any]]) -> tuple[Guest, ...]:
    if len(listed) > _MOST_GUESTS:
        raise Declined(bad("Too many attendees.", "ErrorTooManyRecipients"))
    known = {guest.address.lower(): guest for guest in event.guests}
    found: dict[str, Guest] = {}
    for one in listed:
        mail = one.get("emailAddress") or {}
        address = str(mail.get("address") or "")
        if "@" not in address:
            raise Declined(bad("An attendee has no address.", "ErrorInvalidRecipients"))
        before = known.get(address.lower(), Guest(address))
        name, kind = str(mail.get("name") or address), str(one.get("type") or "required")
        found[address.lower()] = replace(before, name=name, kind=kind)
    return tuple(found.values())


def _with_body(event: Event, content: str) -> Event:
    """Write the body; without the way into it, the online meeting is no more."""
    inner = content.partition("<body>")[2].partition("</body>")[0].strip() or content
    if event.join_url and event.join_url not in inner:
        return replace(event, body=inner, is_online=False, join_url="")
    return replace(event, body=inner)


def _online(event: Event, provider: str, calendar: Calendar) -> Event:
    if provider not in calendar.online:
        return event  # made without a link, and without a word about it
    url = f"{_JOIN}{event.uid[-8:]}"
    return replace(event, is_online=True, join_url=url, body=event.body + _blob(url))


def _as_asked(event: Event, asked: Asked) -> dict[str, Any]:
    return rendered(event, immutable=asked.prefers.get("IdType") == "ImmutableId")


def found(calendar: Calendar, id_: str, *, with_bin: bool = False) -> Event:
    """Give an event by its id; an immutable one leads into the wastebasket, too."""
    event = calendar.events.get(id_) or (calendar.binned.get(id_) if with_bin else None)
    if event is None:
        raise Declined(not_found())
    return event
