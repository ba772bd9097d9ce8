"""What members of staff are told of a mail that came in, as intents of their own.

No step of a playbook says so: a mail waits for a human, is overdue, or ours did not arrive. Such a
notice is written as a wish in the transaction that stores what the mail is, tried when it is due,
and cancelled by whoever ends the wait. It goes by the enrollment the mail belongs to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, select, update

from worker.domain.facts import PersonId, PlaybookId, StaffId
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.intents import write_intents
from worker.engine.tables import stamp

NOTICE = "notice"  # the kind of such an intent; no action of a playbook has this word

_enrollment, _intent = tables.enrollment.c, tables.intent.c


class About(StrEnum):
    """What a notice is about. As `step` of the intent it names the fact: `….alerted`."""

    ARRIVED = "person.question"  # it came, and should be read at once
    OVERDUE = "person.question-overdue"  # nobody answered in time: to its owner
    ESCALATED = "person.question-escalated"  # nor after that: to whom the owner reports
    UNDELIVERED = "person.undelivered"  # a mail of ours will not arrive


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell one member of staff, when its time comes."""

    about: About
    staff: StaffId
    at: datetime


def write_notices(
    connection: Connection,
    mail: int,
    person: PersonId,
    playbook: PlaybookId,
    notices: Iterable[Notice],
    *,
    lane: str,
) -> None:
    """Write down whom to tell of the mail number *mail*; once, however often it is asked for.

    Who is in no playbook gets nothing automatic, so that nothing waits and nobody need be told.
    """
    place = _enrollment_of(connection, person, playbook)
    if place is None:
        return
    rows = [
        {
            "key": f"{NOTICE}/{mail}/{one.about}/{one.staff}",
            "person_id": person,
            "enrollment_id": place[0],
            "playbook": "",
            "digest": place[1],
            "step": one.about.value,
            "occurrence": mail,
            "rung": 0,
            "kind": NOTICE,
            "recipient": one.staff,
            "lane": lane,
            "state": State.READY.value,
            "next_at": stamp(one.at),
            "priority": 0,
            "due_at": stamp(one.at),
            "deadline": None,
            "why": "[]",
            "line": 0,
        }
        for one in notices
    ]
    write_intents(connection, rows)


def cancel_notices(connection: Connection, mails: Sequence[int], now: datetime) -> None:
    """Tell nobody any more that these mails wait; what is under way looks for itself."""
    if not mails:
        return
    waiting = update(tables.intent).where(
        _intent.occurrence.in_(mails),
        _intent.kind == NOTICE,
        _intent.step != About.UNDELIVERED.value,
        _intent.state == State.READY.value,
    )
    connection.execute(
        waiting.values(
            state=State.CANCELLED.value, next_at=None, settled_at=stamp(now), outcome="answered"
        )
    )


def _enrollment_of(connection: Connection, person: PersonId, playbook: PlaybookId) -> Any:  # noqa: ANN401 - a row
    """Give the enrollment a mail belongs to: the one it answers, else the latest."""
    query = select(_enrollment.id, _enrollment.digest).where(_enrollment.person_id == person)
    if playbook:
        own = connection.execute(query.where(_enrollment.playbook == playbook)).first()
        if own is not None:
            return own
    return connection.execute(query.order_by(_enrollment.id.desc()).limit(1)).first()
