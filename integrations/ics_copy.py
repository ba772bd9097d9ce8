"""An event of ours as it lies in somebody's own calendar: written, joined with what is there, read.

Its name and UID are the event's key. `SCHEDULE-AGENT=NONE` (RFC 6638 §7.1) keeps a server from
mailing the guests as well: we do.
"""

from datetime import UTC, datetime

from icalendar import Calendar, Event, vCalAddress, vText

from integrations.caldav import Stored
from integrations.ics_reading import (
    bare,
    calendar_of,
    events_of,
    number_of,
    people_of,
    span_of,
    text_of,
)
from worker.domain.meetings import Entry, Guest, Invitation, Said, Span, Word

SUFFIX = ".ics"

_PRODUCT = "-//Tsunagu//Meetings//JA"
_REVISION = "X-TSUNAGU-REVISION"
_WORDS = {
    "ACCEPTED": Word.ACCEPTED,
    "TENTATIVE": Word.TENTATIVE,
    "DECLINED": Word.DECLINED,
}


def copy_of(
    invitation: Invitation, domain: str, *, at: datetime, said: dict[str, str] | None = None
) -> bytes:
    """Write the event; *said* are answers to keep, by address."""
    event = Event()
    event.add("uid", f"{invitation.event_key}@{domain}")
    event.add("sequence", invitation.revision)
    event.add("dtstamp", at.astimezone(UTC).replace(microsecond=0))
    event.add("dtstart", invitation.when.start.astimezone(UTC))
    event.add("dtend", invitation.when.end.astimezone(UTC))
    event.add("summary", " ".join(invitation.title.split()))
    if invitation.description:
        event.add("description", invitation.description)
    if invitation.place:
        event.add("location", " ".join(invitation.place.split()))
    event.add("status", "CONFIRMED")
    event.add(_REVISION, str(invitation.revision))
    event["organizer"] = _person(invitation.organiser)
    for guest in invitation.guests:
        kept = (said or {}).get(bare(guest.address), "NEEDS-ACTION")
        event.add("attendee", _person(guest, kept), encode=False)
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add_component(event)
    content: bytes = calendar.to_ical()
    return content


def joined(content: bytes, invitation: Invitation, domain: str, *, at: datetime) -> bytes:
    """Write the event anew; answers are kept unless the time is another."""
    calendar = calendar_of(content)
    events = events_of(calendar) if calendar is not None else []
    said = {}
    if events and span_of(events[0]) == invitation.when:
        said = {
            address: params.get("PARTSTAT", "NEEDS-ACTION")
            for address, params in people_of(events[0]).items()
        }
    return copy_of(invitation, domain, at=at, said=said)


def entry_of(stored: Stored, organiser: str) -> Entry:
    """Say how the event stands in the calendar; one that cannot be read any more is gone."""
    key = key_of(stored)
    calendar = calendar_of(stored.content)
    events = events_of(calendar) if calendar is not None else []
    if not events:
        return Entry(key, organiser, None, is_cancelled=True, event_key=key, etag=stored.etag)
    event = events[0]
    when = span_of(event)
    return Entry(
        ref=key,
        organiser=organiser,
        when=when if isinstance(when, Span) else None,
        is_cancelled=text_of(event, "STATUS").upper() == "CANCELLED",
        event_key=key,
        revision=number_of(event, _REVISION),
        etag=stored.etag,
        title=text_of(event, "SUMMARY"),
        place=text_of(event, "LOCATION"),
        said={
            address: Said(_WORDS.get(params.get("PARTSTAT", "").upper(), Word.NOTHING))
            for address, params in people_of(event).items()
        },
    )


def key_of(stored: Stored) -> str:
    """Give our name of an object; empty where it is not one of ours."""
    key = stored.name.removesuffix(SUFFIX)
    is_ours = stored.name.endswith(SUFFIX) and len(key) == _LENGTH and set(key) <= _SIGNS
    return key if is_ours else ""


_LENGTH = 52  # of `worker.domain.meetings.event_key`
_SIGNS = frozenset("0123456789abcdefghijklmnopqrstuv")


def _person(who: Guest, partstat: str = "") -> vCalAddress:
    person = vCalAddress(f"mailto:{who.address}")
    if name := " ".join(who.name.replace('"', "'").split()):
        person.params["cn"] = vText(name)
    if partstat:
        person.params["partstat"] = vText(partstat)
        person.params["schedule-agent"] = vText("NONE")
    return person
