"""Invitations that come by mail, as somebody's calendar program reads and answers them (iMIP).

Written from RFC 5546 and 6047 and from what programs really send, without the words of our own
side: what it answers is read by our reader as anybody's is.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from hashlib import sha256

from icalendar import Calendar, Event
from icalendar.prop import vCalAddress

from worker.domain.meetings import Span

_PROGRAM = "-//Somebody//Calendar//JA"
_TITLES = {
    "ACCEPTED": "承諾",
    "DECLINED": "辞退",
    "TENTATIVE": "新しい日時の提案",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a mail says about an event, to one recipient."""

    event: str  # its UID before the @
    uid: str
    address: str  # of the recipient, in lower case
    organiser: str  # to whom answers go
    when: Span
    title: str
    sequence: int
    is_cancelled: bool = False


def card_in(mail: Message, recipient: str) -> Card | None:
    """Find the invitation in a mail; None where there is none."""
    for part in mail.walk():
        payload = part.get_payload(decode=True)
        if part.get_content_type() != "text/calendar" or not isinstance(payload, bytes):
            continue
        calendar = Calendar.from_ical(payload)
        (event,) = calendar.walk("VEVENT")
        uid = str(event["UID"])
        return Card(
            uid.partition("@")[0],
            uid,
            recipient.lower(),
            str(event["ORGANIZER"]).lower().removeprefix("mailto:"),
            Span(event.decoded("DTSTART").astimezone(UTC), event.decoded("DTEND").astimezone(UTC)),
            str(event["SUMMARY"]),
            int(event.get("SEQUENCE", 0)),
            is_cancelled=str(calendar["METHOD"]).upper() == "CANCEL",
        )
    return None


def reply(card: Card, word: str, now: datetime) -> bytes:
    """Write yes or no (RFC 5546 §3.2.3)."""
    return _mail(card, "REPLY", word, card.when, now)


def counter(card: Card, when: Span, now: datetime) -> bytes:
    """Propose another time (RFC 5546 §3.2.7)."""
    return _mail(card, "COUNTER", "TENTATIVE", when, now)


def _mail(card: Card, method: str, word: str, when: Span, now: datetime) -> bytes:
    event = Event()
    event.add("uid", card.uid)
    event.add("sequence", card.sequence)
    event.add("dtstamp", now.astimezone(UTC))
    event.add("dtstart", when.start)
    event.add("dtend", when.end)
    event.add("summary", card.title)
    event["organizer"] = vCalAddress(f"mailto:{card.organiser}")
    guest = vCalAddress(f"mailto:{card.address}")
    guest.params["PARTSTAT"] = word
    event.add("attendee", guest, encode=False)
    calendar = Calendar()
    calendar.add("prodid", _PROGRAM)
    calendar.add("version", "2.0")
    calendar.add("method", method)
    calendar.add_component(event)
    text = f"{_TITLES[word]}: {card.title}"
    mail = MIMEMultipart("alternative")
    mail.attach(MIMEText(f"{text}\n", "plain", "utf-8"))
    part = MIMEText(calendar.to_ical().decode(), "calendar", "utf-8")
    part.set_param("method", method)
    mail.attach(part)
    name = sha256(f"{card.uid}/{card.sequence}/{card.address}/{word}/{now}".encode()).hexdigest()
    mail["From"] = card.address
    mail["To"] = card.organiser
    mail["Subject"] = text
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{name[:24]}@{card.address.rpartition('@')[2]}>"
    return mail.as_bytes()
