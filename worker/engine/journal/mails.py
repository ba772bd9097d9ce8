"""What came in: every mail as it was received, how far each folder was read, and what it was.

A mail and the cursor behind it are written in one transaction, so that a process killed at any
moment has either both or neither; what a mail means is written with its state in a second one, so
that its facts are noted once.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Select, delete, func, insert, select, update

from worker.domain.facts import Fact, PersonId, PlaybookId, StepId
from worker.engine import tables
from worker.engine.journal.facts import note
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, moment_or_none, stamp, stamp_or_none
from worker.ports import Cursor, Fetched, InboxTrouble, Incoming

_mail, _cursor, _inbox = tables.mail.c, tables.cursor.c, tables.inbox.c
_SOURCE = "mail"
STAFF_REPLY = "staff_reply"  # what led to the person: a colleague answered an alert or a task


class MailState(StrEnum):
    """How an incoming mail stands."""

    NEW = "new"  # stored, not yet read
    TRAY = "tray"  # a human says whose it is, or whether it may count
    OPEN = "open"  # it is known whom it answers; a human has to answer it
    DONE = "done"  # nothing is left to do
    IGNORED = "ignored"  # our own, a robot's, or seen before


WAITING = (MailState.TRAY, MailState.OPEN)


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail that was stored and has not been read."""

    id: int
    received_at: datetime
    raw: bytes


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
            select(_mail.id, _mail.received_at, _mail.raw)
            .where(_mail.state == MailState.NEW, _mail.mailbox == mailbox)
            .order_by(_mail.id)
            .limit(most)
        )
        with self._store.read() as connection:
            return [Stored(row[0], moment(row[1]), row[2]) for row in connection.execute(query)]

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
        }
        with self._store.write() as connection:
            new = update(tables.mail).where(_mail.id == id_, _mail.state == MailState.NEW)
            if not connection.execute(new.values(**values)).rowcount:
                return False
            if reading.person is not None:
                facts = [(reading.person, fact) for fact in reading.facts]
                note(connection, facts, stamp(now), _SOURCE)
            return True

    def waiting(self, person: PersonId | None = None) -> list[Lying]:
        """Give what waits for a human, the oldest first."""
        query = _LYING.where(_mail.state.in_(WAITING)).order_by(_mail.received_at, _mail.id)
        if person is not None:
            query = query.where(_mail.person_id == person)
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query)]

    def get(self, id_: int) -> Lying | None:
        """Give one mail."""
        with self._store.read() as connection:
            row = connection.execute(_LYING.where(_mail.id == id_)).first()
        return None if row is None else _lying(row)

    def raw(self, id_: int) -> bytes | None:
        """Give a mail as it was received."""
        with self._store.read() as connection:
            return connection.scalar(select(_mail.raw).where(_mail.id == id_))

    def decide(
        self,
        id_: int,
        state: MailState,
        now: datetime,
        *,
        person: PersonId,
        facts: Iterable[Fact] = (),
        step: tuple[PlaybookId, StepId] | None = None,
        source: str = "human",
    ) -> bool:
        """Take a human's word on a mail that waits; False if it does not wait (any more)."""
        values: dict[str, Any] = {"state": state, "person_id": person}
        if step is not None:
            values |= {"playbook": step[0], "step": step[1]}
        with self._store.write() as connection:
            lying = update(tables.mail).where(_mail.id == id_, _mail.state.in_(WAITING))
            if not connection.execute(lying.values(**values)).rowcount:
                return False
            note(connection, [(person, fact) for fact in facts], stamp(now), source)
            return True

    def dismiss(self, id_: int) -> bool:
        """Take a human's word that a mail concerns nobody; False if it does not wait."""
        with self._store.write() as connection:
            lying = update(tables.mail).where(_mail.id == id_, _mail.state.in_(WAITING))
            return connection.execute(lying.values(state=MailState.DONE)).rowcount > 0

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
)


def _lying(row: Any) -> Lying:  # noqa: ANN401 - a row
    id_, mailbox, received_at, state = row[:4]
    return Lying(id_, mailbox, moment(received_at), MailState(state), *row[4:])


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
