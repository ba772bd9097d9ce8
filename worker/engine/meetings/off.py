"""A colleague is told by mail that a meeting is off whose person was erased: it names nobody else.

Every other mail about a meeting belongs to somebody of it, and is erased with them. Of this one
nothing is left but what the colleague's calendar knows the event by.
"""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from worker.domain.appointments import Appointment
from worker.domain.meetings import Guest, Invitation, MeetingId, Span
from worker.engine.journal.bulletins import note_off
from worker.engine.meetings.beside import spoken
from worker.engine.meetings.calendars import MAIL_ONLY
from worker.engine.meetings.words import EN, JA
from worker.engine.render import Office
from worker.engine.tables import moment, stamp
from worker.ports import Address, InvitationPost, MailParts


def note_that_it_is_off(connection: Connection, known: Appointment, now: datetime) -> None:
    """Write down that colleagues are to be told, where nobody but we by mail can tell them."""
    when = known.when
    if known.provider != MAIL_ONLY or known.booked_at is None or when is None or when.end <= now:
        return
    told = {
        "meeting": known.id,
        "incarnation": known.incarnation,
        "revision": known.revision,
        "from": stamp(when.start),
        "until": stamp(when.end),
        "timezone": known.timezone,
    }
    for one in known.attendees:
        if one.staff is not None:
            note_off(connection, str(one.staff), known.event_key, json.dumps(told), now)


def off_parts(
    told: str, to: Address, office: Office, post: InvitationPost, own_id: str, now: datetime
) -> MailParts:
    """Write the mail that takes such a meeting out of a colleague's calendar."""
    page = JA if office.language == "ja" else EN
    said: dict[str, str | int] = json.loads(told)
    when = Span(moment(int(said["from"])), moment(int(said["until"])))
    at = spoken(page, when, ZoneInfo(office.timezone))
    sender = office.address(office.alerts_from)
    words = {
        "to": to.name,
        "title": page.a_meeting,
        "when": at["when"],
        "day": at["day"],
        "sender": sender.name or str(office.company.get("name") or ""),
    }
    subject, text = (shape.format(**words) for shape in page.cancellation)
    invitation = Invitation(
        MeetingId(str(said["meeting"])),
        Guest(sender.address, sender.name),
        (),
        page.a_meeting,
        when,
        str(said["timezone"]),
        incarnation=int(said["incarnation"]),
        revision=int(said["revision"]),
    )
    return MailParts(
        sender=sender,
        to=to,
        subject=subject,
        text=text,
        html="",
        sent_at=now,
        message_id=own_id,
        calendar=post.cancel(invitation, Guest(to.address, to.name), sender, at=now),
    )
