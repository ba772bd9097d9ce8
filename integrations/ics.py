"""Invitations by mail: an invitation and one guest → iCalendar; an answer → what it says. Pure.

Satisfies `InvitationPost`. The engine uses it so: where a meeting's staff and people have no
calendar at a provider, it journals one mail for each of them; the mail's bytes are frozen with the
part that `request` gives for that recipient in `MailParts.calendar`, and `at` is the instant at
which they are frozen. A change raises `Invitation.revision` and sends `request` again; `cancel` is
for what was sent last, and raises the sequence above it by itself. What comes back into the
mailbox is given to `read`, and held against `worker.domain.itip.is_current`.

Times are written in UTC and without a VTIMEZONE: Outlook takes daylight saving only from RRULEs
in one, and every program understands UTC (RFC 5545 §3.3.5, form 2).
"""

import re
from datetime import UTC, datetime

from icalendar import Calendar, Component, Event, vCalAddress, vText

from integrations.ics_reading import (
    bare,
    calendar_of,
    events_of,
    moment_of,
    number_of,
    people_of,
    span_of,
    text_of,
)
from worker.domain.errors import MailError
from worker.domain.itip import Puzzle, Reply, Unclear
from worker.domain.meetings import Guest, Invitation, Word
from worker.ports import Address, CalendarPart

_PRODUCT = "-//Tsunagu//Meetings//JA"
_LARGEST = 262_144  # bytes of an answer: a dozen lines, and maybe somebody's signature
_MOST = 50  # components of an answer
_KEY = re.compile(r"[0-9a-v]{52}")
_WORDS = {
    "ACCEPTED": Word.ACCEPTED,
    "TENTATIVE": Word.TENTATIVE,
    "DECLINED": Word.DECLINED,
}
_ADDRESS = re.compile(r"[!-~]{1,254}@[!-~]{1,254}")
_CONTROLS = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")
_LINKED = {"google_meet": "Google Meet", "teams": "Microsoft Teams"}


class IcsPost:
    """An `InvitationPost`. Its events are `KEY@domain`, so that answers find them."""

    def __init__(self, domain: str) -> None:
        self._domain = domain.lower()

    def request(
        self, invitation: Invitation, guest: Guest, sender: Address, *, at: datetime
    ) -> CalendarPart:
        """Invite *guest*, or tell them what changed."""
        event = self._event(invitation, guest, sender, at, invitation.revision)
        event.add("status", "CONFIRMED")
        event.add("transp", "OPAQUE")
        return _part("REQUEST", event)

    def cancel(
        self, invitation: Invitation, guest: Guest, sender: Address, *, at: datetime, note: str = ""
    ) -> CalendarPart:
        """Take back what *guest* was sent.

        Its sequence is above the last REQUEST's: with the same one several programs ignore it.
        """
        event = self._event(invitation, guest, sender, at, invitation.revision + 1)
        event.add("status", "CANCELLED")
        return _part("CANCEL", event, note)

    def decline_counter(
        self, invitation: Invitation, guest: Guest, sender: Address, *, at: datetime, note: str = ""
    ) -> CalendarPart:
        """Say that another time does not do (RFC 5546 §3.2.8)."""
        event = self._event(invitation, guest, sender, at, invitation.revision)
        return _part("DECLINECOUNTER", event, note)

    def _event(
        self, invitation: Invitation, guest: Guest, sender: Address, at: datetime, sequence: int
    ) -> Event:
        """Write what happens when: for the one recipient, and us, whom calendars answer to."""
        event = Event()
        event.add("uid", f"{invitation.event_key}@{self._domain}")
        event.add("sequence", sequence)
        event.add("dtstamp", _whole(at))
        event.add("dtstart", _whole(invitation.when.start))
        event.add("dtend", _whole(invitation.when.end))
        event.add("summary", _line(invitation.title))
        if invitation.description:
            event.add("description", _text(invitation.description))
        if place := _LINKED.get(invitation.place, invitation.place):
            event.add("location", _line(place))
        event["organizer"] = _person(sender)
        own = _person(sender, role="CHAIR", partstat="ACCEPTED")
        event.add("attendee", own, encode=False)
        if bare(guest.address) != bare(sender.address):
            role = "OPT-PARTICIPANT" if guest.is_optional else "REQ-PARTICIPANT"
            asked = _person(guest, role=role, partstat="NEEDS-ACTION", rsvp="TRUE")
            event.add("attendee", asked, encode=False)
        return event

    def read(self, content: bytes) -> Reply | Puzzle | None:
        """Read an answer; None for what is no answer to an event of ours."""
        if len(content) > _LARGEST:
            return Puzzle("", Unclear.TOO_LARGE)
        whole = calendar_of(content, most=_MOST)
        if whole is None:
            is_one = b"BEGIN:VCALENDAR" in content.upper()
            return Puzzle("", Unclear.UNREADABLE) if is_one else None
        method = text_of(whole, "METHOD").upper()
        if method not in {"REPLY", "COUNTER"}:
            return None
        events = [event for event in events_of(whole) if self._key(event)]
        if not events:
            return None
        if len(events) > 1:
            return Puzzle(self._key(events[0]), Unclear.SEVERAL_EVENTS)
        return self._read_event(events[0], is_counter=method == "COUNTER")

    def _key(self, event: Component) -> str:
        """Give our name of an event; empty for a foreign one."""
        key, _, domain = text_of(event, "UID").lower().partition("@")
        return key if domain == self._domain and _KEY.fullmatch(key) else ""

    def _read_event(self, event: Component, *, is_counter: bool) -> Reply | Puzzle:
        key = self._key(event)
        people = people_of(event)
        if len(people) != 1:  # Exchange leaves ORGANIZER out; it is not asked for
            return Puzzle(key, Unclear.SEVERAL_PEOPLE if people else Unclear.NO_PERSON)
        ((attendee, said),) = people.items()
        if event.get("RECURRENCE-ID") is not None:
            return Puzzle(key, Unclear.ONE_OF_A_SERIES, attendee)
        word = _WORDS.get(said.get("PARTSTAT", "").upper(), Word.NOTHING)
        told = span_of(event) if is_counter else None
        if isinstance(told, Unclear):
            return Puzzle(key, told, attendee)
        if word is Word.NOTHING and told is None:
            return Puzzle(key, Unclear.NO_WORD, attendee)
        stamp = moment_of(event, "DTSTAMP")
        is_instant = isinstance(stamp, datetime) and stamp.tzinfo is not None
        return Reply(
            event_key=key,
            attendee=attendee,
            word=word,
            sequence=number_of(event, "SEQUENCE"),
            stamp=stamp if is_instant and isinstance(stamp, datetime) else None,
            comment=text_of(event, "COMMENT") or said.get("X-RESPONSE-COMMENT", ""),
            proposed=told,
            sent_by=bare(said.get("SENT-BY", "")),
        )


def _part(method: str, event: Event, note: str = "") -> CalendarPart:
    if note:
        event.add("comment", _text(note))
    calendar = Calendar()
    calendar.add("prodid", _PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add_component(event)
    return CalendarPart(method, calendar.to_ical())


def _person(
    who: Address | Guest, *, role: str = "", partstat: str = "", rsvp: str = ""
) -> vCalAddress:
    """Write a bare `mailto:`; a name stands beside it, never in it, or Gmail shows nothing."""
    if not _ADDRESS.fullmatch(who.address):
        raise MailError("calendar", "holds an address that is none")
    person = vCalAddress(f"mailto:{who.address}")
    told = {"cn": _name(who.name), "role": role, "partstat": partstat}
    for name, value in (*told.items(), ("rsvp", rsvp)):
        if value:
            person.params[name] = vText(value)
    return person


def _name(name: str) -> str:
    """Write a name as a parameter can hold it: RFC 5545 §3.2 knows no way to quote in one.

    A backslash at its end is taken for the beginning of what follows by those who read it.
    """
    return _line(name).replace('"', "'").replace("\\", "/")


def _line(text: str) -> str:
    """Give a text on one line, without what is no sign."""
    return " ".join(_CONTROLS.sub(" ", text).split())


def _text(text: str) -> str:
    """Give a text whose lines stay lines, without what is no sign."""
    return _CONTROLS.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _whole(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
