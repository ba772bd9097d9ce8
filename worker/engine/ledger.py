"""How much each mailbox has sent: counters that survive a restart and are shared by all workers.

They count by the second for "per minute" and by the minute for "per day". When what is counted,
`worker.engine.allowance` says.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from worker.engine import tables
from worker.engine.journal.lanes import MAIL
from worker.engine.journal.statement import Statement, written
from worker.engine.tables import moment, stamp

_SECOND = 1_000_000
_SPANS = {"second": _SECOND, "minute": 60 * _SECOND, "hour": 3600 * _SECOND}
_MINUTE_OF_SECONDS = 60
_DAY_OF_MINUTES = 24 * 60
_SOON = timedelta(seconds=1)

_ledger = tables.ledger.c


@dataclass(frozen=True, slots=True)
class Limits:
    """What a mailbox may send; None: as much as its server takes."""

    per_minute: int | None = None
    per_day: int | None = None


@dataclass(frozen=True, slots=True)
class Room:
    """How many messages may leave now; with none, when the first may again."""

    count: int
    opens_at: datetime | None = None


def room(
    connection: Connection, lane: str, limits: Limits, now: datetime, most: int, *, flying: int = 0
) -> Room:
    """Say how many of at most *most* messages the limits of a lane allow at *now*.

    *flying* are on their way for longer than a minute, and may arrive within this one.
    """
    count, opens_at = most, None
    for limit, span, width in (
        (limits.per_minute, "second", _MINUTE_OF_SECONDS),
        (limits.per_day, "minute", _DAY_OF_MINUTES),
    ):
        if limit is None:
            continue
        used, oldest = _used(connection, lane, span, stamp(now) // _SPANS[span] - width)
        if span == "second":
            used += flying
        count = min(count, max(0, limit - used))
        if used >= limit and used:
            frees_at = now + _SOON  # where nothing is counted but what flies
            if oldest is not None:
                frees_at = moment((oldest + width + 1) * _SPANS[span])
            opens_at = frees_at if opens_at is None else max(opens_at, frees_at)
    if count == 0 and opens_at is None:  # a limit of nothing at all
        opens_at = now + timedelta(hours=1)
    return Room(count, opens_at)


def take(connection: Connection, lane: str, count: int, now: datetime) -> None:
    """Write down that *count* messages are on their way."""
    if count:
        for span, keep in (("second", 2 * _MINUTE_OF_SECONDS), ("minute", 2 * _DAY_OF_MINUTES)):
            add(connection, lane, span, count, now=now, keep=keep)


_here = (_ledger.lane == bindparam("the_lane")) & (_ledger.span == bindparam("the_span"))
_USED = Statement(
    select(func.sum(_ledger.count), func.min(_ledger.bucket)).where(
        _here, _ledger.bucket > bindparam("after"), _ledger.count > 0
    )
)
_NEWEST = Statement(select(func.max(_ledger.bucket)).where(_here, _ledger.count >= bindparam("n")))
_CHANGE = Statement(
    update(tables.ledger)
    .where(_here, _ledger.bucket == bindparam("the_bucket"))
    .values(count=_ledger.count + bindparam("more"))
)
_FORGET = Statement(delete(tables.ledger).where(_here, _ledger.bucket < bindparam("oldest")))
_OPEN = Statement(insert(tables.ledger).values(written(tables.ledger)))


def give_back(connection: Connection, lane: str, count: int, now: datetime) -> None:
    """Write down that *count* of the last messages were certainly not handed over."""
    if not count or not lane.startswith(MAIL):
        return
    for span in ("second", "minute"):
        place = {"the_lane": lane, "the_span": span, "n": count}
        bucket = _NEWEST.rows(connection, place)[0][0]
        if bucket is not None and bucket <= stamp(now) // _SPANS[span]:
            _CHANGE.run(connection, {**place, "the_bucket": bucket, "more": -count})


def take_back(connection: Connection, lane: str, moments: Iterable[datetime]) -> None:
    """Write down that what was counted at *moments* is counted there no more."""
    for span in ("second", "minute"):
        for bucket, count in Counter(stamp(at) // _SPANS[span] for at in moments).items():
            place = {"the_lane": lane, "the_span": span, "the_bucket": bucket, "more": -count}
            _CHANGE.run(connection, place)


def add(
    connection: Connection, lane: str, span: str, count: int, *, now: datetime, keep: int
) -> None:
    """Add to the bucket of *now*, and forget buckets older than *keep* of their span."""
    bucket = stamp(now) // _SPANS[span]
    place = {"the_lane": lane, "the_span": span, "the_bucket": bucket, "more": count}
    if _CHANGE.run(connection, place):
        return
    _FORGET.run(connection, {**place, "oldest": bucket - keep})
    _OPEN.run(connection, {"lane": lane, "span": span, "bucket": bucket, "count": count})


def used_since(connection: Connection, lane: str, span: str, since: datetime) -> int:
    """Say how much was counted in the buckets after the one of *since*."""
    return _used(connection, lane, span, stamp(since) // _SPANS[span])[0]


def _used(connection: Connection, lane: str, span: str, after: int) -> tuple[int, int | None]:
    values = {"the_lane": lane, "the_span": span, "after": after}
    used, oldest = _USED.rows(connection, values)[0]
    return int(used or 0), oldest
