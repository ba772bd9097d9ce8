"""How everything stands, in counts; and when somebody must look again."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, select

from worker.domain.facts import PersonId, PlaybookId
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.agendas import next_agendas
from worker.engine.journal.bulletins import next_bulletin
from worker.engine.journal.intents import next_due
from worker.engine.journal.lanes import Closed, is_closed, is_held, read_lane
from worker.engine.journal.marks import LAST_TICK, read_mark
from worker.engine.journal.meetings import next_meetings
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store
from worker.engine.tables import moment, moment_or_none, stamp

_MINUTE = 60_000_000  # microseconds
_DAY = 24 * 60 * _MINUTE
_person = tables.person.c
_intent = tables.intent.c
_lane = tables.lane.c


@dataclass(frozen=True, slots=True)
class Parked:
    """Somebody a fault of ours keeps from being decided on."""

    person: PersonId
    why: str


@dataclass(frozen=True, slots=True)
class LaneCount:
    """What lies in one lane."""

    lane: str
    ready: int = 0
    in_flight: int = 0
    waiting: int = 0  # to be tried again later
    oldest: datetime | None = None  # due, and not under way


@dataclass(frozen=True, slots=True)
class Overview:
    """How everything stands at one instant."""

    people: int
    enrolled: Mapping[PlaybookId, int]
    states: Mapping[State, int]  # intents that wait for a human or are under way
    lanes: tuple[LaneCount, ...]
    closed: tuple[Closed, ...]  # lanes, and `fuse` and `clock`
    parked: tuple[Parked, ...]
    tasks: int
    overdue_tasks: int
    to_look_at: int  # people the tick has not come to yet
    last_tick: datetime | None
    next_wake: datetime | None
    sent: Mapping[str, int] = field(default_factory=dict)  # by lane, in the last 24 hours


class Overviews:
    """Counts over the whole journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def at(self, now: datetime) -> Overview:
        """Say how everything stands at *now*, from one snapshot."""
        with self._store.read() as connection:
            return _overview(connection, now)

    def sent_from(self, lane: str, now: datetime) -> list[datetime]:
        """Give when each mail of the last 24 hours was handed over, to the minute."""
        ledger = tables.ledger.c
        query = select(ledger.bucket, ledger.count).where(
            ledger.lane == lane,
            ledger.span == "minute",
            ledger.bucket > (stamp(now) - _DAY) // _MINUTE,
        )
        with self._store.read() as connection:
            buckets = connection.execute(query).all()
        return [moment(bucket * _MINUTE) for bucket, count in buckets for _ in range(count)]

    def next_wake(self, now: datetime, *, relives: bool = False) -> datetime | None:
        """Say when the engine must look again: at once, later, or None if only facts can tell.

        Args:
            now: The instant.
            relives: Lost time is lived through again.
        """
        with self._store.read() as connection:
            return moment_or_none(_next_wake(connection, now, relives=relives))


def _overview(connection: Connection, now: datetime) -> Overview:
    at = stamp(now)
    number = func.count()
    enrolled = tables.enrollment.c.playbook
    by_playbook = connection.execute(select(enrolled, number).group_by(enrolled))
    shown = select(_intent.state, number).where(tables.waits_for_a_human)
    working = select(_intent.state, number).where(_intent.next_at.is_not(None))
    states = {
        State(word): count
        for query in (working, shown)
        for word, count in connection.execute(query.group_by(_intent.state))
    }
    parked = connection.execute(
        select(_person.id, _person.parked).where(_person.parked.is_not(None)).limit(100)
    )
    task = tables.task.c
    open_tasks = select(number).select_from(tables.task).where(task.done_at.is_(None))
    ledger = tables.ledger.c
    sent = (
        select(ledger.lane, func.sum(ledger.count))
        .where(ledger.span == "minute", ledger.bucket > (at - _DAY) // _MINUTE)
        .group_by(ledger.lane)
    )
    last_tick = read_mark(connection, LAST_TICK)
    closed = connection.scalars(select(_lane.lane).order_by(_lane.lane)).all()
    return Overview(
        people=connection.scalar(select(number).select_from(tables.person)) or 0,
        enrolled={PlaybookId(row[0]): row[1] for row in by_playbook},
        states=states,
        lanes=_lane_counts(connection, at),
        closed=tuple(filter(None, (read_lane(connection, lane) for lane in closed))),
        parked=tuple(Parked(PersonId(row[0]), row[1]) for row in parked),
        tasks=connection.scalar(open_tasks) or 0,
        overdue_tasks=connection.scalar(open_tasks.where(task.due_at <= at)) or 0,
        to_look_at=connection.scalar(select(number).where(_person.next_at <= at)) or 0,
        last_tick=None if last_tick is None else moment(int(last_tick)),
        next_wake=moment_or_none(_next_wake(connection, now)),
        sent={row[0]: int(row[1]) for row in connection.execute(sent)},
    )


def _lane_counts(connection: Connection, now: int) -> tuple[LaneCount, ...]:
    is_due = (_intent.next_at <= now).label("is_due")
    query = (
        select(
            _intent.lane,
            _intent.state,
            is_due,
            func.count(),
            func.min(_intent.due_at),
        )
        .where(_intent.next_at.is_not(None))
        # by its name: PostgreSQL takes the same comparison, bound a second time, for another one
        .group_by(_intent.lane, _intent.state, "is_due")
        .order_by(_intent.lane)
    )
    counts: dict[str, LaneCount] = {}
    for lane, state, is_due, count, oldest in connection.execute(query):
        known = counts.get(lane, LaneCount(lane))
        if state in {State.CLAIMED.value, State.BEGUN.value}:
            grown = LaneCount(
                lane, known.ready, known.in_flight + count, known.waiting, known.oldest
            )
        elif is_due:
            grown = LaneCount(
                lane, known.ready + count, known.in_flight, known.waiting, moment(oldest)
            )
        else:
            grown = LaneCount(
                lane, known.ready, known.in_flight, known.waiting + count, known.oldest
            )
        counts[lane] = grown
    return tuple(counts.values())


_NEXT_LANE = Statement(
    select(func.min(_intent.lane)).where(
        _intent.lane > bindparam("last"), _intent.next_at.is_not(None)
    )
)
_NEXT_PERSON = Statement(select(func.min(_person.next_at)).where(_person.next_at.is_not(None)))


def _busy_lanes(connection: Connection) -> Iterator[str]:
    """Give the lanes in which anything is open, jumping from one to the next in the index."""
    last = ""
    while (found := _NEXT_LANE.rows(connection, {"last": last})[0][0]) is not None:
        yield found
        last = found


def _next_wake(connection: Connection, now: datetime, *, relives: bool = False) -> int | None:
    """Give the earliest instant of a person, an intent of an open lane, or a lane's opening."""
    if is_held(connection, now, relives=relives):
        return None
    person = _NEXT_PERSON.rows(connection, {})
    wakes: list[int | None] = [person[0][0], None if relives else next_bulletin(connection)]
    dues = [(lane, next_due(connection, lane)) for lane in _busy_lanes(connection)]
    dues += next_meetings(connection).items()
    if not relives:  # calendars tell how they are now, and not how they were then
        dues += next_agendas(connection).items()
    for lane, at in dues:
        due, closed = at, read_lane(connection, lane)
        if due is not None and closed is not None and is_closed(closed, now):
            if closed.until is None:
                continue
            due = max(due, stamp(closed.until))
        wakes.append(due)
    return min((wake for wake in wakes if wake is not None), default=None)
