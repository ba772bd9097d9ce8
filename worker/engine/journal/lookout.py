"""What the loop asks at every turn: who waits since when, and which ways are shut. One question.

Most turns find nothing due. On a server each question is a way there and back, and a transaction
around it two more: so all of it is asked at once, in one sentence that is its own snapshot.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    Integer,
    Select,
    String,
    Text,
    bindparam,
    cast,
    func,
    literal,
    literal_column,
    null,
    select,
    union_all,
)

from worker.engine import tables
from worker.engine.journal.lanes import (
    CLOCK,
    JOURNAL,
    MEETINGS,
    Closed,
    closed_of,
    is_closed,
    provider_of,
)
from worker.engine.journal.low_water import PEOPLE, LowWater
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store
from worker.engine.tables import moment, moment_or_none, stamp

_BULLETINS = "bulletins"
_INTENTS, _TALKS, _AGENDAS, _CLOSED = "intents", "talks", "agendas", "closed"


@dataclass(frozen=True, slots=True)
class Sight:
    """When something is to be looked at next, as far as was looked; and what is shut."""

    people: datetime | None
    bulletins: datetime | None
    lanes: Mapping[str, datetime]
    closed: Mapping[str, Closed]
    relives: bool = False

    def has_people(self, now: datetime) -> bool:
        """Say whether somebody is to be decided on."""
        return self.people is not None and self.people <= now

    def has_bulletins(self, now: datetime) -> bool:
        """Say whether HR is to be told of a way that stopped."""
        return self.bulletins is not None and self.bulletins <= now

    def due_lanes(self, now: datetime) -> frozenset[str]:
        """Give the open lanes in which somebody should look."""
        return frozenset(
            lane
            for lane, at in self.lanes.items()
            if at <= now and not is_closed(self.closed.get(lane), now)
        )

    def is_behind(self, now: datetime) -> bool:
        """Say whether nothing may be decided: who knows what was decided meanwhile."""
        return not self.relives and is_closed(self.closed.get(JOURNAL), now)

    def next_at(self, now: datetime) -> datetime | None:
        """Say when to look again: when something is due in a way that is open by then."""
        if is_closed(self.closed.get(CLOCK), now):
            return None
        if self.is_behind(now):
            return None
        return min(self._wakes(now), default=None)

    def _wakes(self, now: datetime) -> Iterator[datetime]:
        yield from (at for at in (self.people, self.bulletins) if at is not None)
        for lane, at in self.lanes.items():
            closed = self.closed.get(lane)
            if closed is None or not is_closed(closed, now):
                yield at
            elif closed.until is not None:
                yield max(at, closed.until)


class Lookout:
    """Looks for one process, and remembers below which instant nothing was due."""

    def __init__(self, store: Store, lanes: Sequence[str], *, relives: bool = False) -> None:
        """Join what it takes.

        Args:
            store: The journal's database.
            lanes: In which it looks.
            relives: Lost time is lived through again: nobody is told of anything, and calendars
                tell how they are now, and not how they were then.
        """
        self._store = store
        self._lanes = tuple(lanes)
        self._relives = relives
        self._low = LowWater()

    def look(self, now: datetime, within: timedelta = timedelta()) -> Sight:
        """Look once; what is later than *within* is of no interest, and not looked for."""
        at = stamp(now)
        places = (PEOPLE, *self._lanes)
        lows = {place: self._low.bound(place, at) for place in places}
        values = {f"low_{number}": lows[place] for number, place in enumerate(places)}
        with self._store.look() as connection:
            question = _question(self._lanes, relives=self._relives)
            rows = question.rows(connection, {**values, "high": stamp(now + within)})
        waits = {(kind, name): when for kind, name, when, *_ in rows if when is not None}
        for place, low in lows.items():
            first = waits.get((PEOPLE, "") if place == PEOPLE else (_INTENTS, place))
            self._low.note(place, at, low, is_clean=first is None or first > at)
        lanes: dict[str, int] = {}
        for (kind, name), when in waits.items():
            if kind in {_INTENTS, _TALKS, _AGENDAS}:
                lanes[name] = min(when, lanes.get(name, when))
        return Sight(
            moment_or_none(waits.get((PEOPLE, ""))),
            moment_or_none(waits.get((_BULLETINS, ""))),
            {lane: moment(when) for lane, when in lanes.items()},
            {row[1]: closed_of(row[1:]) for row in rows if row[0] == _CLOSED},
            self._relives,
        )


@lru_cache(maxsize=64)
def _question(lanes: tuple[str, ...], *, relives: bool) -> Statement:
    """Say it for these lanes: an index is looked at once for each place, and nothing is counted."""
    person, intent, meeting = tables.person.c, tables.intent.c, tables.meeting.c
    agenda, bulletin, lane = tables.agenda.c, tables.bulletin.c, tables.lane.c
    parts = [_wait(PEOPLE, "", person.next_at, 0)]
    if not relives:
        parts.append(_wait(_BULLETINS, "", bulletin.next_at))
    for number, name in enumerate(lanes, 1):
        parts.append(_wait(_INTENTS, name, intent.next_at, number, intent.lane == literal(name)))
        if name != MEETINGS and provider_of(name) is None:
            continue
        parts.append(_wait(_TALKS, name, meeting.next_at, None, meeting.lane == literal(name)))
        if not relives:
            parts.append(_wait(_AGENDAS, name, agenda.next_at, None, agenda.lane == literal(name)))
    shut = (lane.lane, lane.until, lane.since, lane.failures, lane.code, lane.why)
    parts.append(select(literal_column(f"'{_CLOSED}'", String), *shut))
    return Statement(union_all(*parts))


def _wait(
    kind: str,
    name: str,
    next_at: Column[Any],
    number: int | None = None,
    *which: ColumnElement[bool],
) -> Select[Any]:
    """Ask when the first of one place is to be looked at, from its low-water bound on."""
    bounds = [next_at <= bindparam("high", type_=BigInteger)]
    if number is not None:
        bounds.append(next_at >= bindparam(f"low_{number}", type_=BigInteger))
    first = select(func.min(next_at)).where(*which, *bounds).scalar_subquery()
    nothing = literal_column("''", Text)
    return select(
        literal_column(f"'{kind}'", String),
        literal(name, String),
        first,
        cast(null(), BigInteger),
        cast(null(), Integer),
        nothing,
        nothing,
    )
