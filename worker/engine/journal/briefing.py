"""What a member of staff is told of a person: what was said last, by whom, and what is open."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from worker.domain.answers.answer import Kind
from worker.domain.intents import BY_MAIL, State
from worker.engine import tables
from worker.engine.journal.history import first_of_both
from worker.engine.journal.readings import ANSWER, STAFF_REPLY, MailState
from worker.engine.tables import moment, moment_or_none, stamp

_intent, _letter, _mail, _task = tables.intent.c, tables.letter.c, tables.mail.c, tables.task.c
_OF_A_PERSON = [kind.value for kind in Kind if kind.is_of_a_person]
_MOST = 5


@dataclass(frozen=True, slots=True)
class Spoken:
    """Something said: when, by whom, and in which words."""

    at: datetime
    words: str
    by: str = ""  # the address it came from, as addresses are compared; empty: ours


@dataclass(frozen=True, slots=True)
class Promise:
    """Something that is owed: a task, or the answer to a mail that came at some instant."""

    words: str
    owner: str  # of a task a role, of a mail a member of staff
    due_at: datetime | None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Briefing:
    """What is on record about a person, as far as it helps who is to get in touch."""

    sent: Spoken | None = None  # the last mail that went to them, by us or by a human
    heard: Spoken | None = None  # their own last words
    noted: Spoken | None = None  # what a member of staff answered last
    tasks: tuple[Promise, ...] = ()
    questions: tuple[Promise, ...] = ()  # their mails that wait for a human


def briefing(connection: Connection, person: str, now: datetime) -> Briefing:
    """Read what is on record about *person*."""
    at = stamp(now)
    sent = first_of_both(
        connection,
        select(_intent.settled_at, _letter.subject)
        .join(tables.letter, _letter.intent_id == _intent.id)
        .where(_intent.person_id == person, _intent.kind.in_(sorted(BY_MAIL)))
        .where(_intent.state == State.DONE.value, _intent.settled_at <= at)
        .order_by(_intent.settled_at.desc(), _intent.id.desc())
        .limit(1),
    )
    mails = (
        select(_mail.received_at, _mail.text, _mail.sender)
        .where(_mail.person_id == person, _mail.kind.in_(_OF_A_PERSON), _mail.received_at <= at)
        .order_by(_mail.received_at.desc(), _mail.id.desc())
    )
    sure = _mail.state.in_([MailState.OPEN, MailState.DONE])  # whose it is, nobody doubts
    heard = connection.execute(mails.where(sure, _mail.match_rule != STAFF_REPLY).limit(1)).first()
    noted = connection.execute(mails.where(_mail.match_rule == STAFF_REPLY, sure).limit(1)).first()
    by_hand = connection.execute(
        select(_mail.received_at, _mail.subject)
        .where(_mail.person_id == person, _mail.kind == ANSWER, _mail.received_at <= at)
        .order_by(_mail.received_at.desc(), _mail.id.desc())
        .limit(1)
    ).first()
    waiting = connection.execute(
        select(_mail.text, _mail.owner, _mail.due_at, _mail.received_at)
        .where(_mail.person_id == person, _mail.kind.in_(_OF_A_PERSON))
        .where(_mail.state == MailState.OPEN, _mail.received_at <= at)
        .order_by(_mail.received_at, _mail.id)
        .limit(_MOST)
    ).all()
    tasks = connection.execute(
        select(_task.text, _task.owner, _task.due_at)
        .where(_task.person_id == person, _task.done_at.is_(None))
        .order_by(_task.opened_at, _task.id)
        .limit(_MOST)
    ).all()
    return Briefing(
        sent=max(
            (Spoken(moment(row[0]), row[1]) for row in (sent, by_hand) if row is not None),
            key=lambda spoken: spoken.at,
            default=None,
        ),
        heard=None if heard is None else Spoken(moment(heard[0]), heard[1], heard[2]),
        noted=None if noted is None else Spoken(moment(noted[0]), noted[1], noted[2]),
        tasks=tuple(Promise(row[0], row[1], moment_or_none(row[2])) for row in tasks),
        questions=tuple(
            Promise(row[0], row[1], moment_or_none(row[2]), moment(row[3])) for row in waiting
        ),
    )
