"""What HR is told that concerns no candidate: a mailbox or a calendar stopped, or goes on again.

A row is a wish as an intent is: written in the transaction that stops or opens the way, under a key
that names the stop, and gone through the same states. It has no person, and so no facts, no
enrollment and no place in anybody's history; that it is a table of its own keeps all who ask
about people from ever meeting it.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    String,
    bindparam,
    false,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    true,
    update,
)

from worker import logs
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.intents import next_fence
from worker.engine.journal.statement import Statement, listed, one_of
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, moment_or_none, stamp
from worker.ports import Trouble

MAIL = "mail:"  # and the mailbox's name, as its lane is called
INBOX = "inbox:"  # and the mailbox's name
AGENDA = "agenda:"  # and the organiser's address
OFF = "off:"  # the id of a colleague, a slash, and the name of an event
CLOCKS = "clocks:"  # and the name of a zone

SETTLES = timedelta(minutes=15)  # so long what only reads has to mend itself before HR is told
NO_WAY = "no way"  # the outcome of one that nothing open could carry
TOLD_WITH = "told with "  # the outcome of one that stands in the mail of another, and its number

_LONGEST = 2_000  # characters of what the other side said
_LASTING = frozenset({Trouble.CREDENTIALS.value, Trouble.MAILBOX.value})
_TOLD = (State.BEGUN.value, State.DOUBT.value, State.DONE.value)

_bulletin = tables.bulletin.c


class Word(StrEnum):
    """What a bulletin says of a way; or of a zone, whose clocks show another time by new rules."""

    STOPPED = "stopped"
    GOES_ON = "goes_on"
    CHANGED = "changed"
    OFF = "off"  # to a colleague: a meeting of whose person nothing is known any more


class Bulletin(NamedTuple):
    """One bulletin as it stands."""

    id: int
    key: str
    about: str
    word: str
    since: datetime
    ended_at: datetime | None
    trouble: str
    why: str
    state: State
    next_at: datetime | None
    due_at: datetime
    fence: int
    attempts: int
    resent: bool
    settled_at: datetime | None
    outcome: str
    lane: str
    recipient: str
    message_id: str


class Written(NamedTuple):
    """A bulletin's mail as it was frozen."""

    lane: str
    sender: str
    recipient: str
    message_id: str
    content: bytes


_ROW = (
    _bulletin.id,
    _bulletin.key,
    _bulletin.about,
    _bulletin.word,
    _bulletin.since,
    _bulletin.ended_at,
    _bulletin.trouble,
    _bulletin.why,
    _bulletin.state,
    _bulletin.next_at,
    _bulletin.due_at,
    _bulletin.fence,
    _bulletin.attempts,
    _bulletin.resent,
    _bulletin.settled_at,
    _bulletin.outcome,
    _bulletin.lane,
    _bulletin.recipient,
    _bulletin.message_id,
)
_STANDING = Statement(
    select(*_ROW)
    .where(
        _bulletin.about == bindparam("the_about"),
        _bulletin.word == literal_column(f"'{Word.STOPPED.value}'", String),
        _bulletin.ended_at.is_(None),
    )
    .order_by(_bulletin.id)
    .limit(1)
)
_DUE = Statement(select(*_ROW).where(_bulletin.next_at <= bindparam("now")).order_by(_bulletin.id))
_ANY_DUE = Statement(select(literal(1)).where(_bulletin.next_at <= bindparam("now")).limit(1))
_NEXT = Statement(select(func.min(_bulletin.next_at)).where(_bulletin.next_at.is_not(None)))
_ADD = Statement(
    insert(tables.bulletin).values(
        **{
            name: bindparam(name)
            for name in ("key", "about", "word", "since", "trouble", "why", "next_at", "due_at")
        },
        ended_at=null(),
        state=literal_column(f"'{State.READY.value}'", String),
        fence=literal_column("0"),
        attempts=literal_column("0"),
        resent=false(),
        settled_at=null(),
        **{
            name: literal_column("''", String)
            for name in ("outcome", "lane", "sender", "recipient", "message_id")
        },
        content=null(),
    )
)
_MOVE = Statement(
    update(tables.bulletin)
    .where(
        _bulletin.id == bindparam("the_id"),
        _bulletin.fence == bindparam("the_fence"),
        _bulletin.state == bindparam("old_state"),
    )
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("new_next_at"),
        settled_at=bindparam("new_settled_at"),
        outcome=bindparam("new_outcome"),
        attempts=_bulletin.attempts - bindparam("untried"),
    )
)


class Bulletins:
    """What HR was told of ways that stopped, and what it has yet to be told."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def stopped(self) -> list[Bulletin]:
        """Give the bulletin of every way that stands still, the oldest first."""
        with self._store.read() as connection:
            return standing_stops(connection)

    def all(self) -> list[Bulletin]:
        """Give every bulletin there ever was, in the order in which they were written."""
        with self._store.read() as connection:
            return [_of(row) for row in connection.execute(select(*_ROW).order_by(_bulletin.id))]


def note_stop(
    connection: Connection, about: str, trouble: str, why: str, now: datetime, *, since: datetime
) -> None:
    """Write down that HR is to be told of a stop; once, however often it is noted.

    A way in may mend itself within minutes, and is told of when it has not.
    """
    take_turn(connection, f"bulletin {about}")
    if _STANDING.rows(connection, {"the_about": about}):
        return
    due_at = stamp(now if about.startswith(MAIL) else max(now, since + SETTLES))
    _add(connection, about, Word.STOPPED, since, trouble, why, due_at)


def note_end(connection: Connection, about: str, now: datetime) -> None:
    """Write down that a way goes on again; whoever was told that it had stopped is told this."""
    take_turn(connection, f"bulletin {about}")
    rows = _STANDING.rows(connection, {"the_about": about})
    if not rows:
        return
    known = _of(rows[0])
    ended = update(tables.bulletin).where(_bulletin.id == known.id)
    values: dict[str, Any] = {"ended_at": stamp(now)}
    if known.state is State.READY and not known.resent:  # nobody was told, and nobody need be
        values |= {"state": State.CANCELLED.value, "next_at": None, "settled_at": stamp(now)}
    connection.execute(ended.values(**values))
    if known.state.value in _TOLD or known.resent:
        _add(connection, about, Word.GOES_ON, known.since, known.trouble, "", stamp(now))
    if about.startswith(MAIL):  # reading it was refused as well, perhaps, and is tried again soon
        of_reading = update(tables.bulletin).where(
            _bulletin.about == f"{INBOX}{about.removeprefix(MAIL)}",
            _bulletin.word == Word.STOPPED.value,
            _bulletin.state == State.READY.value,
        )
        connection.execute(of_reading.values(next_at=stamp(now + SETTLES)))


def note_reading(
    connection: Connection,
    about: str,
    before: str,
    trouble: str,
    why: str,
    now: datetime,
    *,
    since: datetime,
) -> None:
    """Note how a way in goes: its trouble *before*, and now; empty where there is none."""
    if trouble in _LASTING:
        note_stop(connection, about, trouble, why, now, since=since)
    elif before and not trouble:
        note_end(connection, about, now)


def note_clocks(connection: Connection, zone: str, meetings: int, now: datetime) -> None:
    """Write down that HR is to be told of meetings at which the clocks of a zone show another time.

    Once, and again where they have become more; none of them: it is over, and nobody is told so.
    """
    about = f"{CLOCKS}{zone}"
    take_turn(connection, f"bulletin {about}")
    known = changed_clocks(connection).get(zone, 0)
    if not meetings or meetings > known:
        standing = update(tables.bulletin).where(
            _bulletin.about == about, _bulletin.ended_at.is_(None)
        )
        connection.execute(standing.values(ended_at=stamp(now)))
    if meetings > known:
        _add(connection, about, Word.CHANGED, now, str(meetings), "", stamp(now))


def note_off(connection: Connection, staff: str, event: str, told: str, now: datetime) -> None:
    """Write down that a colleague is to be told that an event is off; *told* is what it is."""
    _add(connection, f"{OFF}{staff}/{event}", Word.OFF, now, "", told, stamp(now))


def changed_clocks(connection: Connection) -> dict[str, int]:
    """Give the zones of whose clocks HR was told, or will be, each with the number of meetings."""
    query = select(_bulletin.about, _bulletin.trouble).where(
        _bulletin.word == Word.CHANGED.value, _bulletin.ended_at.is_(None)
    )
    return {row[0].removeprefix(CLOCKS): int(row[1]) for row in connection.execute(query)}


def _add(
    connection: Connection,
    about: str,
    word: Word,
    since: datetime,
    trouble: str,
    why: str,
    due_at: int,
) -> None:
    row = {
        "key": f"bulletin/{about}/{stamp(since)}/{word}",
        "about": about,
        "word": word.value,
        "since": stamp(since),
        "trouble": trouble,
        "why": logs.without_addresses(why)[:_LONGEST],  # they may be a candidate's
        "next_at": due_at,
        "due_at": due_at,
    }
    known = select(_bulletin.id).where(_bulletin.key == row["key"])
    if connection.scalar(known) is None:
        _ADD.run(connection, row)


def standing_stops(connection: Connection) -> list[Bulletin]:
    """Read the stops that nobody has mended, the oldest first."""
    query = (
        select(*_ROW)
        .where(_bulletin.word == Word.STOPPED.value, _bulletin.ended_at.is_(None))
        .order_by(_bulletin.id)
    )
    return [_of(row) for row in connection.execute(query)]


def has_bulletins(connection: Connection, now: int) -> bool:
    """Say whether a bulletin is to be looked at: a look at an index of next to nothing."""
    return bool(_ANY_DUE.rows(connection, {"now": now}))


def next_bulletin(connection: Connection) -> int | None:
    """Say when a bulletin is to be looked at next."""
    at: int | None = _NEXT.rows(connection, {})[0][0]
    return at


def due_bulletins(connection: Connection, now: int) -> list[Bulletin]:
    """Give the bulletins that are to be looked at, the oldest first."""
    return [_of(row) for row in _DUE.rows(connection, {"now": now})]


def begin_bulletin(
    connection: Connection, one: Bulletin, written: Written, *, now: datetime, lease: datetime
) -> Bulletin:
    """Freeze a bulletin and write down that it is handed over from now on."""
    fence = next_fence(connection)
    connection.execute(
        update(tables.bulletin)
        .where(_bulletin.id == one.id)
        .values(
            state=State.BEGUN.value,
            next_at=stamp(lease),
            fence=fence,
            attempts=_bulletin.attempts + 1,
            settled_at=stamp(now),
            **written._asdict(),
        )
    )
    return one._replace(state=State.BEGUN, fence=fence, attempts=one.attempts + 1)


def frozen_bulletin(connection: Connection, id_: int) -> Written | None:
    """Read the mail of a bulletin that was frozen; None where there is none any more."""
    columns = (_bulletin.lane, _bulletin.sender, _bulletin.recipient, _bulletin.message_id)
    query = select(*columns, _bulletin.content).where(_bulletin.id == id_)
    row = connection.execute(query.where(_bulletin.content.is_not(None))).first()
    return None if row is None else Written(*row[:4], bytes(row[4]))


def settle_together(connection: Connection, ids: Iterable[int], number: int, now: datetime) -> None:
    """Note of bulletins that they stand in the mail of bulletin *number*."""
    _TOGETHER.run(
        connection,
        {"ids": listed(ids), "at": stamp(now), "text": f"{TOLD_WITH}{number}"},
    )


_TOGETHER = Statement(
    update(tables.bulletin)
    .where(one_of(_bulletin.id, "ids"))
    .values(
        state=literal_column(f"'{State.DONE.value}'", String),
        next_at=null(),
        settled_at=bindparam("at"),
        outcome=bindparam("text"),
    )
)


def move_bulletin(
    connection: Connection,
    one: Bulletin,
    state: State,
    *,
    next_at: datetime | None,
    now: datetime,
    outcome: str,
    untried: bool = False,
) -> bool:
    """Move a bulletin on; False if somebody else did so first."""
    values = {
        "the_id": one.id,
        "the_fence": one.fence,
        "old_state": one.state.value,
        "new_state": state.value,
        "new_next_at": None if next_at is None else stamp(next_at),
        "new_settled_at": stamp(now),
        "new_outcome": outcome[:_LONGEST],
        "untried": int(untried),
    }
    return bool(_MOVE.run(connection, values))


def forget_bytes(connection: Connection, one: Bulletin) -> None:
    """Let the bytes of a bulletin go that is over: what it said stands in its row."""
    connection.execute(update(tables.bulletin).where(_bulletin.id == one.id).values(content=null()))


def send_once_more(connection: Connection, one: Bulletin) -> None:
    """Note of a bulletin that its very bytes are handed over a second time, and not a third."""
    connection.execute(update(tables.bulletin).where(_bulletin.id == one.id).values(resent=true()))


def _of(row: Sequence[Any]) -> Bulletin:
    return Bulletin(
        row[0],
        row[1],
        row[2],
        row[3],
        moment(row[4]),
        moment_or_none(row[5]),
        row[6],
        row[7],
        State(row[8]),
        moment_or_none(row[9]),
        moment(row[10]),
        row[11],
        row[12],
        bool(row[13]),
        moment_or_none(row[14]),
        row[15],
        row[16],
        row[17],
        row[18],
    )
