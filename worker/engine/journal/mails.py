"""What came in: every mail as it was received, how far each folder was read, and what it was.

A mail and the cursor behind it are written in one transaction, so that a process killed at any
moment has either both or neither; what a mail means is written with its state in a second one, so
that its facts are noted once.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from worker.domain.consequences import REPLIED
from worker.domain.contact import ANSWERED
from worker.domain.facts import Fact, PersonId
from worker.domain.matching import Confidence, Rule
from worker.engine import tables
from worker.engine.journal.bulletins import INBOX, note_reading
from worker.engine.journal.crossings import crossing_of, leave_the_ladder
from worker.engine.journal.facts import note
from worker.engine.journal.lanes import JOURNAL, read_lane
from worker.engine.journal.notices import write_notices
from worker.engine.journal.readings import (
    ANSWERED_BY,
    Arrived,
    AskAddress,
    MailState,
    PutOff,
    Reading,
    Stored,
)
from worker.engine.journal.redelivery import (
    answered_after_all,
    arrived_after_all,
    ask_for_an_address,
    put_off,
)
from worker.engine.journal.store import take_turn
from worker.engine.journal.tray import Tray, close, waits
from worker.engine.tables import moment, moment_or_none, stamp, stamp_or_none
from worker.ports import Cursor, Fetched, InboxTrouble, Incoming, Place

_mail, _cursor, _inbox = tables.mail.c, tables.cursor.c, tables.inbox.c
_SOURCE = "mail"


@dataclass(frozen=True, slots=True)
class Listening:
    """How reading a mailbox goes: when it was last read to its end, and what is in the way."""

    mailbox: str
    looked_at: datetime | None
    behind: int
    trouble: str
    why: str
    since: datetime


class Mails(Tray):
    """Every mail that came in; and, as a tray, what of it waits for a human."""

    def cursors(self, mailbox: str) -> list[Cursor]:
        """Give how far each folder of *mailbox* was read."""
        columns = (_cursor.folder, _cursor.uidvalidity, _cursor.uid, _cursor.since, _cursor.until)
        query = select(*columns, _cursor.renewals, _cursor.renewed_at, _cursor.link)
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
                row[7],
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

    def unread(
        self, mailbox: str, most: int = 100, *, until: datetime | None = None
    ) -> list[Stored]:
        """Give mails of *mailbox* that are stored and were not read, in the order they came.

        With *until* only what had come by then, and nothing that a closed journal would hold back.
        """
        query = (
            select(_mail.id, _mail.received_at, _mail.raw, _mail.place, _mail.conversation)
            .where(_mail.state == MailState.NEW, _mail.mailbox == mailbox)
            .order_by(_mail.id)
            .limit(most)
        )
        if until is not None:
            query = query.where(_mail.received_at <= stamp(until))
        with self._store.read() as connection:
            if until is None and read_lane(connection, JOURNAL) is not None:
                return []
            return [
                Stored(row[0], moment(row[1]), row[2], Place(row[3]), row[4])
                for row in connection.execute(query)
            ]

    def next_unread(self, now: datetime) -> datetime | None:
        """Say when the first of the mails came that are not read yet and came after *now*."""
        query = select(func.min(_mail.received_at)).where(
            _mail.state == MailState.NEW, _mail.received_at > stamp(now)
        )
        with self._store.read() as connection:
            return moment_or_none(connection.scalar(query))

    def was_read(self, id_: int, message_key: str, sender: str) -> bool:
        """Say whether the same mail was read before, under another number or in another box."""
        with self._store.read() as connection:
            return _was_read(connection, id_, message_key, sender)

    def settle(self, id_: int, reading: Reading, now: datetime) -> bool:
        """Write down what a mail is and what follows from it, once; False if that was done.

        One that came into two mailboxes, which are read side by side, is one mail.
        """
        with self._store.write() as connection:
            if reading.state is not MailState.IGNORED:
                take_turn(connection, f"mail {reading.message_key or id_}")
                if _was_read(connection, id_, reading.message_key, reading.sender):
                    reading = _seen_before(reading)
            new = update(tables.mail).where(_mail.id == id_, _mail.state == MailState.NEW)
            if not connection.execute(new.values(**_values_of(reading))).rowcount:
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
            close(connection, reading.closes, f"{ANSWERED_BY}{id_}", now)
        if reading.answered_at is not None and not waits(connection, person):
            facts.append(Fact(ANSWERED, reading.answered_at))
        note(connection, [(person, fact) for fact in facts], stamp(now), _SOURCE)
        if reading.question is not None:
            told, lane = reading.question.notices, reading.question.lane
            write_notices(connection, id_, person, reading.playbook, told, lane=lane)

    def raw(self, id_: int) -> bytes | None:
        """Give a mail as it was received."""
        with self._store.read() as connection:
            return connection.scalar(select(_mail.raw).where(_mail.id == id_))

    def listening(self, mailboxes: Collection[str]) -> list[Listening]:
        """Give how reading goes, of each of *mailboxes* that was ever looked into."""
        columns = (_inbox.mailbox, _inbox.looked_at, _inbox.behind, _inbox.trouble, _inbox.why)
        query = select(*columns, _inbox.since).where(_inbox.mailbox.in_(mailboxes))
        with self._store.read() as connection:
            return [
                Listening(row[0], moment_or_none(row[1]), row[2], row[3], row[4], moment(row[5]))
                for row in connection.execute(query.order_by(_inbox.mailbox))
            ]

    def counts(self) -> Mapping[MailState, int]:
        """Give how many mails stand in each state."""
        query = select(_mail.state, func.count()).group_by(_mail.state)
        with self._store.read() as connection:
            return {MailState(state): count for state, count in connection.execute(query)}


def _was_read(connection: Connection, id_: int, message_key: str, sender: str) -> bool:
    own = select(_mail.digest).where(_mail.id == id_).scalar_subquery()
    read = _mail.state.not_in([MailState.NEW, MailState.IGNORED])
    same = select(_mail.id).where(_mail.id != id_, read)
    if connection.scalar(same.where(_mail.digest == own).limit(1)) is not None:
        return True
    if not message_key:
        return False
    again = same.where(_mail.message_key == message_key, _mail.sender == sender)
    return connection.scalar(again.limit(1)) is not None


def _seen_before(reading: Reading) -> Reading:
    """Give what is kept of a mail that has been read in another mailbox: it says nothing new."""
    return Reading(
        MailState.IGNORED,
        reading.kind,
        reading.rule,
        Rule.NONE.value,
        Confidence.NONE.value,
        reading.message_key,
        reading.sender,
        subject=reading.subject,
        text=reading.text,
    )


def _values_of(reading: Reading) -> dict[str, Any]:
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
    return values


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
        "conversation": mail.thread,
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
            "link": cursor.link,
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
    before, why = "" if known is None else known[0], "" if trouble is None else trouble.why
    note_reading(connection, f"{INBOX}{mailbox}", before, word, why, now, since=moment(since))
