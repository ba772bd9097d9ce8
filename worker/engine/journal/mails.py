"""What came in: every mail as it was received, how far each folder was read, and what it was.

A mail and the cursor behind it are written in one transaction, so that a process killed at any
moment has either both or neither; what a mail means is written with its state in a second one, so
that its facts are noted once.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, and_, delete, func, insert, or_, select, update

from worker.domain.consequences import REPLIED
from worker.domain.contact import ANSWERED
from worker.domain.facts import Fact, PersonId, PlaybookId, StaffId, StepId
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.crossings import crossing_of, leave_the_ladder
from worker.engine.journal.facts import note
from worker.engine.journal.intents import Work
from worker.engine.journal.notices import NOTICE, Notice, cancel_notices, write_notices
from worker.engine.journal.redelivery import (
    Delivery,
    answered_after_all,
    arrived_after_all,
    ask_for_an_address,
    put_off,
)
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, moment_or_none, stamp, stamp_or_none
from worker.ports import Cursor, Fetched, InboxTrouble, Incoming, Place

_intent = tables.intent.c
_mail, _cursor, _inbox = tables.mail.c, tables.cursor.c, tables.inbox.c
_SOURCE = "mail"
ANSWER = "answer"  # the kind of a mail in which somebody of ours answers
STAFF_REPLY = "staff_reply"  # what led to the person: a colleague answered an alert or a task


ANSWERED_BY = "answered by "  # and the number of the mail in which a human did


class MailState(StrEnum):
    """How an incoming mail stands."""

    NEW = "new"  # stored, not yet read
    TRAY = "tray"  # a human says whose it is, or whether it may count
    OPEN = "open"  # it is known whom it answers; a human has to answer it
    DONE = "done"  # nothing is left to do
    IGNORED = "ignored"  # our own, a robot's, or seen before


OF_NO_PERSON = (
    "bounce_hard",
    "bounce_soft",
    "complaint",
    "auto_reply",
)  # nobody waits for an answer to it
WAITING = (MailState.TRAY, MailState.OPEN)


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail that was stored and has not been read."""

    id: int
    received_at: datetime
    raw: bytes
    place: Place = Place.INBOX


@dataclass(frozen=True, slots=True)
class Question:
    """Who answers a mail that waits, by when, and who is told of it when."""

    owner: StaffId
    due_at: datetime
    lane: str  # by which the notices leave
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class PutOff:
    """A mail of ours did not arrive: hand it over again at `next_at`, or give it up (None)."""

    delivery: Delivery
    next_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail of ours that waits to be handed over again did arrive."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class AskAddress:
    """A mail of ours will never arrive: somebody is to ask for another address."""

    delivery: Delivery
    text: str
    owner: str  # a role
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail is, whom it answers, and what follows."""

    state: MailState
    kind: str
    rule: str
    match_rule: str
    confidence: str
    message_key: str = ""
    sender: str = ""
    failed: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    intent: str = ""
    person: PersonId | None = None
    playbook: PlaybookId = PlaybookId("")  # noqa: RUF009 - a text
    step: StepId = StepId("")  # noqa: RUF009 - a text
    facts: tuple[Fact, ...] = ()
    question: Question | None = None  # of one that waits for a human
    address: str = ""  # a new one that it tells
    closes: tuple[int, ...] = ()  # mails that it answers, where a human of ours wrote it
    answered_at: datetime | None = None  # the wait ends then, unless another mail of theirs waits
    ended: str = ""  # why it waits for nobody
    is_ours: bool = False  # written by the engine: nothing but its header is kept
    deed: PutOff | Arrived | AskAddress | None = None  # what becomes of a mail of ours
    ends_ladder: bool = False  # a reply is what its step waits for
    reason: str = ""  # why something did not arrive
    answers: tuple[str, ...] = ()  # the ids its headers name
    also: Callable[[Connection, datetime], None] | None = None  # to be written with it


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail as the tray shows it."""

    id: int
    mailbox: str
    received_at: datetime
    state: MailState
    kind: str
    sender: str
    subject: str
    text: str
    intent: str
    person: PersonId | None
    playbook: PlaybookId
    step: StepId
    confidence: str
    owner: StaffId
    due_at: datetime | None
    address: str
    ended: str
    match_rule: str
    message_key: str


@dataclass(frozen=True, slots=True)
class Listening:
    """How reading a mailbox goes: when it was last read to its end, and what is in the way."""

    mailbox: str
    looked_at: datetime | None
    behind: int
    trouble: str
    why: str
    since: datetime


class Mails:
    """Every mail that came in."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def cursors(self, mailbox: str) -> list[Cursor]:
        """Give how far each folder of *mailbox* was read."""
        columns = (_cursor.folder, _cursor.uidvalidity, _cursor.uid, _cursor.since, _cursor.until)
        query = select(*columns, _cursor.renewals, _cursor.renewed_at)
        with self._store.read() as connection:
            rows = connection.execute(query.where(_cursor.mailbox == mailbox)).all()
        return [
            Cursor(
                row[0],
                row[1],
                row[2],
                None if row[3] is None else date.fromisoformat(row[3]),
                row[4],
                row[5],
                moment_or_none(row[6]),
            )
            for row in rows
        ]

    def take_in(self, mailbox: str, fetched: Fetched, now: datetime) -> int:
        """Store mails and the cursors behind them, in one transaction; says how many were new."""
        with self._store.write() as connection:
            take_turn(connection, f"inbox {mailbox}")
            new = [each for each in fetched.mails if not _is_stored(connection, mailbox, each)]
            if new:
                rows = [_row_of(mailbox, each, now) for each in new]
                connection.execute(insert(tables.mail), rows)
            _put_cursors(connection, mailbox, fetched.cursors)
            at_end = None if fetched.more else now
            _say_how_it_goes(connection, mailbox, now, at_end=at_end, behind=fetched.behind)
        return len(new)

    def say_trouble(self, mailbox: str, trouble: InboxTrouble, now: datetime) -> None:
        """Remember why a mailbox could not be read; nothing is lost by it."""
        with self._store.write() as connection:
            take_turn(connection, f"inbox {mailbox}")
            _say_how_it_goes(connection, mailbox, now, trouble=trouble)

    def unread(self, mailbox: str, most: int = 100) -> list[Stored]:
        """Give mails of *mailbox* that are stored and were not read, in the order they came."""
        query = (
            select(_mail.id, _mail.received_at, _mail.raw, _mail.place)
            .where(_mail.state == MailState.NEW, _mail.mailbox == mailbox)
            .order_by(_mail.id)
            .limit(most)
        )
        with self._store.read() as connection:
            return [
                Stored(row[0], moment(row[1]), row[2], Place(row[3]))
                for row in connection.execute(query)
            ]

    def was_read(self, id_: int, message_key: str, sender: str) -> bool:
        """Say whether the same mail was read before, under another number or in another box."""
        own = select(_mail.digest).where(_mail.id == id_).scalar_subquery()
        read = _mail.state.not_in([MailState.NEW, MailState.IGNORED])
        same = select(_mail.id).where(_mail.id != id_, read)
        with self._store.read() as connection:
            if connection.scalar(same.where(_mail.digest == own).limit(1)) is not None:
                return True
            if not message_key:
                return False
            again = same.where(_mail.message_key == message_key, _mail.sender == sender)
            return connection.scalar(again.limit(1)) is not None

    def settle(self, id_: int, reading: Reading, now: datetime) -> bool:
        """Write down what a mail is and what follows from it, once; False if that was done."""
        values: dict[str, Any] = {
            "state": reading.state,
            "kind": reading.kind,
            "rule": reading.rule,
            "match_rule": reading.match_rule,
            "confidence": reading.confidence,
            "message_key": reading.message_key,
            "sender": reading.sender,
            "failed": json.dumps(reading.failed, ensure_ascii=False),
            "subject": reading.subject,
            "text": reading.text,
            "intent": reading.intent,
            "person_id": reading.person,
            "playbook": reading.playbook,
            "step": reading.step,
            "address": reading.address,
            "ended": reading.ended,
        }
        if reading.question is not None:
            values |= {"owner": reading.question.owner, "due_at": stamp(reading.question.due_at)}
        with self._store.write() as connection:
            new = update(tables.mail).where(_mail.id == id_, _mail.state == MailState.NEW)
            if not connection.execute(new.values(**values)).rowcount:
                return False
            if reading.is_ours:
                _keep_the_header(connection, id_)
            if reading.person is not None:
                self._follow(connection, id_, reading.person, reading, now)
            if reading.also is not None:
                reading.also(connection, now)
            return True

    def _follow(
        self, connection: Connection, id_: int, person: PersonId, reading: Reading, now: datetime
    ) -> None:
        """Write what follows from a mail, in the transaction that says what it is."""
        facts = list(reading.facts)
        match reading.deed:
            case PutOff():
                put_off(
                    connection, reading.deed.delivery, reading.deed.next_at, reading.deed.why, now
                )
            case Arrived():
                arrived_after_all(connection, reading.deed.delivery, now)
            case AskAddress() as asked:
                ask_for_an_address(
                    connection, asked.delivery, asked.text, asked.owner, now, asked.due_at
                )
            case None:
                pass
        replied = [fact for fact in facts if fact.name == f"{reading.step}.{REPLIED}"]
        if replied:
            answered_after_all(connection, person, reading.playbook, reading.step, now)
            if reading.ends_ladder:
                leave_the_ladder(connection, person, replied[0], now)
            facts += crossing_of(
                connection,
                person,
                reading.playbook,
                reading.step,
                at=replied[0].at,
                answers=reading.answers,
            )
        if reading.closes:
            _close(connection, reading.closes, f"{ANSWERED_BY}{id_}", now)
        if reading.answered_at is not None and not _waits(connection, person):
            facts.append(Fact(ANSWERED, reading.answered_at))
        note(connection, [(person, fact) for fact in facts], stamp(now), _SOURCE)
        if reading.question is not None:
            told, lane = reading.question.notices, reading.question.lane
            write_notices(connection, id_, person, reading.playbook, told, lane=lane)

    def waiting(self, person: PersonId | None = None) -> list[Lying]:
        """Give what waits for a human, the oldest first."""
        query = _LYING.where(_mail.state.in_(WAITING)).order_by(_mail.received_at, _mail.id)
        if person is not None:
            query = query.where(_mail.person_id == person)
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query)]

    def lately(self, most: int = 50) -> list[Lying]:
        """Give the mails that came in last and were somebody's, whether they wait or not."""
        theirs = _LYING.where(_mail.person_id.is_not(None), _mail.place != Place.SENT.value)
        query = theirs.order_by(_mail.received_at.desc(), _mail.id.desc()).limit(most)
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query)]

    def of_staff(self, person: PersonId) -> list[Lying]:
        """Give what members of staff have answered about a person, the oldest first."""
        query = _LYING.where(_mail.person_id == person, _mail.match_rule == STAFF_REPLY)
        query = query.where(_mail.state == MailState.DONE)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(_mail.received_at, _mail.id))
            return [_lying(row) for row in rows]

    def get(self, id_: int) -> Lying | None:
        """Give one mail."""
        with self._store.read() as connection:
            row = connection.execute(_LYING.where(_mail.id == id_)).first()
        return None if row is None else _lying(row)

    def raw(self, id_: int) -> bytes | None:
        """Give a mail as it was received."""
        with self._store.read() as connection:
            return connection.scalar(select(_mail.raw).where(_mail.id == id_))

    def decide(  # noqa: PLR0913 - what somebody says of a mail, by name
        self,
        id_: int,
        state: MailState,
        now: datetime,
        *,
        person: PersonId,
        facts: Iterable[Fact] = (),
        step: tuple[PlaybookId, StepId] | None = None,
        source: str = "human",
        ended: str = "",
    ) -> bool:
        """Take a human's word on a mail that waits; False if it does not wait (any more)."""
        values: dict[str, Any] = {"state": state, "person_id": person, "ended": ended}
        if step is not None:
            values |= {"playbook": step[0], "step": step[1]}
        with self._store.write() as connection:
            lying = update(tables.mail).where(_mail.id == id_, _mail.state.in_(WAITING))
            if not connection.execute(lying.values(**values)).rowcount:
                return False
            note(connection, [(person, fact) for fact in facts], stamp(now), source)
            if state not in WAITING:
                cancel_notices(connection, [id_], now)
            return True

    def dismiss(self, id_: int, now: datetime, *, ended: str = "") -> bool:
        """Take a human's word that a mail concerns nobody; False if it does not wait."""
        with self._store.write() as connection:
            return bool(_close(connection, [id_], ended, now))

    def told_lately(self, work: Work, since: datetime) -> int:
        """Say how often the same member of staff was told so of the same person since then.

        What is claimed together with *work* counts if it was written before it.
        """
        on_their_way = [one.value for one in (State.CLAIMED, State.BEGUN, State.DOUBT)]
        told = select(func.count()).where(
            _intent.person_id == work.person,
            _intent.kind == NOTICE,
            _intent.step == work.step,
            _intent.recipient == work.recipient,
            or_(
                and_(_intent.state == State.DONE.value, _intent.settled_at >= stamp(since)),
                and_(_intent.state.in_(on_their_way), _intent.id < work.id),
            ),
        )
        with self._store.read() as connection:
            return connection.scalar(told) or 0

    def overdue(self, now: datetime) -> list[Lying]:
        """Give the mails that nobody answered in time, the longest first."""
        query = _LYING.where(_mail.state.in_(WAITING), _mail.due_at <= stamp(now))
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query.order_by(_mail.due_at))]

    def listening(self) -> list[Listening]:
        """Give how reading goes, mailbox by mailbox."""
        columns = (_inbox.mailbox, _inbox.looked_at, _inbox.behind, _inbox.trouble, _inbox.why)
        query = select(*columns, _inbox.since).order_by(_inbox.mailbox)
        with self._store.read() as connection:
            return [
                Listening(row[0], moment_or_none(row[1]), row[2], row[3], row[4], moment(row[5]))
                for row in connection.execute(query)
            ]

    def counts(self) -> Mapping[MailState, int]:
        """Give how many mails stand in each state."""
        query = select(_mail.state, func.count()).group_by(_mail.state)
        with self._store.read() as connection:
            return {MailState(state): count for state, count in connection.execute(query)}


_LYING: Select[Any] = select(
    _mail.id,
    _mail.mailbox,
    _mail.received_at,
    _mail.state,
    _mail.kind,
    _mail.sender,
    _mail.subject,
    _mail.text,
    _mail.intent,
    _mail.person_id,
    _mail.playbook,
    _mail.step,
    _mail.confidence,
    _mail.owner,
    _mail.due_at,
    _mail.address,
    _mail.ended,
    _mail.match_rule,
    _mail.message_key,
)


def _lying(row: Any) -> Lying:  # noqa: ANN401 - a row
    values = list(row)
    values[2], values[3] = moment(row[2]), MailState(row[3])
    values[14] = moment_or_none(row[14])
    return Lying(*values)


def _waits(connection: Connection, person: PersonId) -> bool:
    query = select(_mail.id).where(
        _mail.person_id == person, _mail.state.in_(WAITING), _mail.kind.not_in(OF_NO_PERSON)
    )
    return connection.scalar(query.limit(1)) is not None


def _close(connection: Connection, mails: Sequence[int], ended: str, now: datetime) -> int:
    """End the wait of mails, and tell nobody of them any more; says how many did wait."""
    waiting = update(tables.mail).where(_mail.id.in_(mails), _mail.state.in_(WAITING))
    closed = connection.execute(waiting.values(state=MailState.DONE, ended=ended)).rowcount
    cancel_notices(connection, mails, now)
    return closed


def _keep_the_header(connection: Connection, id_: int) -> None:
    """Keep of our own mail what names it: its body stands in the journal already."""
    raw = connection.scalar(select(_mail.raw).where(_mail.id == id_)) or b""
    head = raw.partition(b"\r\n\r\n")[0] if b"\r\n\r\n" in raw else raw.partition(b"\n\n")[0]
    connection.execute(update(tables.mail).where(_mail.id == id_).values(raw=head))


def _is_stored(connection: Connection, mailbox: str, mail: Incoming) -> bool:
    query = select(_mail.id).where(
        _mail.mailbox == mailbox,
        _mail.folder == mail.folder,
        _mail.uidvalidity == mail.uidvalidity,
        _mail.uid == mail.uid,
    )
    return connection.scalar(query) is not None


def _row_of(mailbox: str, mail: Incoming, now: datetime) -> dict[str, Any]:
    return {
        "mailbox": mailbox,
        "folder": mail.folder,
        "uidvalidity": mail.uidvalidity,
        "uid": mail.uid,
        "received_at": stamp(mail.received_at or now),
        "fetched_at": stamp(now),
        "is_whole": mail.is_whole,
        "digest": sha256(mail.raw).hexdigest(),
        "raw": mail.raw,
        "state": MailState.NEW,
        **dict.fromkeys(("kind", "rule", "match_rule", "confidence", "message_key"), ""),
        **dict.fromkeys(("sender", "subject", "text", "intent", "playbook", "step"), ""),
        "failed": "[]",
        "place": mail.place.value,
        **dict.fromkeys(("owner", "address", "ended"), ""),
    }


def _put_cursors(connection: Connection, mailbox: str, cursors: Sequence[Cursor]) -> None:
    connection.execute(delete(tables.cursor).where(_cursor.mailbox == mailbox))
    rows = [
        {
            "mailbox": mailbox,
            "folder": cursor.folder,
            "uidvalidity": cursor.uidvalidity,
            "uid": cursor.uid,
            "since": None if cursor.since is None else cursor.since.isoformat(),
            "until": cursor.until,
            "renewals": cursor.renewals,
            "renewed_at": stamp_or_none(cursor.renewed_at),
        }
        for cursor in cursors
    ]
    if rows:
        connection.execute(insert(tables.cursor), rows)


def _say_how_it_goes(
    connection: Connection,
    mailbox: str,
    now: datetime,
    *,
    at_end: datetime | None = None,
    behind: int = 0,
    trouble: InboxTrouble | None = None,
) -> None:
    word = "" if trouble is None else trouble.kind.value
    known = connection.execute(
        select(_inbox.trouble, _inbox.since, _inbox.looked_at, _inbox.behind).where(
            _inbox.mailbox == mailbox
        )
    ).first()
    since = known[1] if known is not None and known[0] == word else stamp(now)
    looked_at = stamp_or_none(at_end) or (None if known is None else known[2])
    connection.execute(delete(tables.inbox).where(_inbox.mailbox == mailbox))
    connection.execute(
        insert(tables.inbox).values(
            mailbox=mailbox,
            looked_at=looked_at,
            behind=behind if trouble is None or known is None else known[3],
            trouble=word,
            why="" if trouble is None else trouble.why,
            since=since,
        )
    )
