"""Whose time our meetings take: no two holds of one person overlap.

On SQLite because writers take turns, on PostgreSQL because they lock people's diaries first, always
in one order, with an exclusion constraint behind it.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import TypeAlias

from sqlalchemy import Connection, bindparam, delete, insert, select

from worker.domain.meetings import MeetingId, Span
from worker.engine import tables
from worker.engine.journal.statement import Statement, listed, one_of, written
from worker.engine.journal.store import take_turn
from worker.engine.journal.wake import BATCH, batches
from worker.engine.tables import moment, stamp, stamp_or_none

_hold = tables.hold.c
_person = tables.person.c

_LOCK_PEOPLE = Statement(
    select(_person.id)
    .where(one_of(_person.id, "people"))
    .order_by(_person.id)
    .with_for_update(read=True, key_share=True)
)
_LOCK_RECORDS = Statement(
    select(_person.id)
    .where(one_of(_person.id, "people"))
    .order_by(_person.id)
    .with_for_update(key_share=True)
)
_EXPIRE = Statement(
    delete(tables.hold).where(one_of(_hold.who, "whos"), _hold.expires_at <= bindparam("now"))
)
_TAKEN = Statement(
    select(_hold.who, _hold.starts_at, _hold.ends_at, _hold.meeting_id)
    .where(
        one_of(_hold.who, "whos"),
        _hold.ends_at > bindparam("since"),
        _hold.starts_at < bindparam("until"),
        _hold.expires_at.is_(None) | (_hold.expires_at > bindparam("now")),
    )
    .order_by(_hold.who, _hold.starts_at)
)
_TAKE = Statement(insert(tables.hold).values(written(tables.hold)))
_RELEASE = Statement(delete(tables.hold).where(one_of(_hold.meeting_id, "ids")))
Taken: TypeAlias = dict[str, list[tuple[Span, MeetingId]]]
"""Whose time is taken by which meetings of ours."""


def lock_people(connection: Connection, people: Iterable[str]) -> None:
    """Have everybody's row before anything else is written in this transaction.

    The tick has people first and their meetings second; who did it the other way round would wait
    for the tick while it waits for them.
    """
    if connection.dialect.name != "sqlite":
        _LOCK_PEOPLE.rows(connection, {"people": listed(sorted(set(people)))})


def lock_records(connection: Connection, people: Iterable[str]) -> None:
    """Have everybody's record alone: what is read of it now may be written back, changed."""
    if connection.dialect.name != "sqlite":
        _LOCK_RECORDS.rows(connection, {"people": listed(sorted(set(people)))})


def lock_diaries(connection: Connection, whos: Iterable[str]) -> None:
    """Let nobody else take time of these until the transaction ends; always in the same order."""
    for who in sorted(set(whos)):
        take_turn(connection, f"diary {who}")


def holds_of(connection: Connection, whos: Collection[str], within: Span, now: datetime) -> Taken:
    """Read whose time is taken within a stretch of time."""
    taken: Taken = {who: [] for who in whos}
    values = {"since": stamp(within.start), "until": stamp(within.end), "now": stamp(now)}
    for batch in batches(sorted(whos), BATCH):
        for who, start, end, id_ in _TAKEN.rows(connection, {**values, "whos": listed(batch)}):
            taken[who].append((Span(moment(start), moment(end)), MeetingId(id_)))
    return taken


def take(
    connection: Connection,
    meeting: MeetingId,
    whos: Collection[str],
    spans: Sequence[Span],
    *,
    now: datetime,
    expires_at: datetime | None,
) -> bool:
    """Hold *spans* of everybody's time for a meeting, instead of what it held; False if taken.

    Those people's diaries are locked by the caller (`lock_diaries`), all of them at once.
    """
    _EXPIRE.run(connection, {"whos": listed(whos), "now": stamp(now)})
    for span in spans:
        for others in holds_of(connection, whos, span, now).values():
            if any(id_ != meeting for _, id_ in others):
                return False
    _RELEASE.run(connection, {"ids": listed([meeting])})
    _hold_each(connection, meeting, whos, spans, expires_at)
    return True


def _hold_each(
    connection: Connection,
    meeting: MeetingId,
    whos: Collection[str],
    spans: Sequence[Span],
    expires_at: datetime | None,
) -> None:
    rows = [
        {
            "who": who,
            "starts_at": stamp(span.start),
            "ends_at": stamp(span.end),
            "meeting_id": meeting,
            "expires_at": stamp_or_none(expires_at),
        }
        for who in sorted(whos)
        for span in spans
    ]
    _TAKE.many(connection, rows)


def settle_holds(
    connection: Connection, meeting: MeetingId, whos: Collection[str], when: Span | None
) -> None:
    """Hold for good what a meeting takes now, which it held already, and nothing else."""
    _RELEASE.run(connection, {"ids": listed([meeting])})
    if when is not None:
        _hold_each(connection, meeting, whos, [when], None)


def release(connection: Connection, ids: Sequence[str]) -> None:
    """Give back the time that meetings held."""
    _RELEASE.run(connection, {"ids": listed(ids)})
