"""A fuse against mass harm: if far more people would be written to than foreseen, hold and ask.

Once a day the engine writes down how many people it expects to look at within two days. A tick
may write to `times` as many people within a day as the plan of yesterday foresaw, or to `least`,
whichever is more. Beyond that nothing is written to anybody until a human has looked and says
`release fuse`: an import gone wrong and a clock that jumped look alike from here.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from worker.engine import ledger, tables
from worker.engine.journal.as_text import to_json
from worker.engine.journal.lanes import FUSE, Closed, close_lane, is_closed, open_lane, read_lane
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import stamp

LOOK_AGAIN = timedelta(minutes=10)  # at somebody who is held

_DAY = timedelta(days=1)
_FORESEEN = timedelta(hours=48)
_YESTERDAY = timedelta(hours=20)
_KEPT = timedelta(days=30)
_KEPT_HOURS = 48
_ALLOWED = "fuse.allowed"
_AFTER_A_JUMP = 5  # a jump of the clock lowers `least` to this part

_person = tables.person.c
_forecast = tables.forecast.c


@dataclass(frozen=True, slots=True)
class FuseSetting:
    """When the fuse blows."""

    least: int = 50  # people a day that are never too many
    times: float = 5.0  # so many times what yesterday's plan foresaw


def is_blown(connection: Connection, now: datetime) -> bool:
    """Say whether a human has to look first."""
    return is_closed(read_lane(connection, FUSE), now)


def admit(
    connection: Connection, people: int, setting: FuseSetting, now: datetime, *, jumped: bool
) -> bool:
    """Count *people* about to be written to; False, and blown, if they are too many."""
    if not people:
        return True
    take_turn(connection, FUSE)
    if is_blown(connection, now):
        return False
    written = ledger.used_since(connection, FUSE, "hour", now - _DAY)
    allowed = limit(connection, setting, now, jumped=jumped)
    if written + people <= allowed:
        ledger.add(connection, FUSE, "hour", people, now=now, keep=_KEPT_HOURS)
        return True
    foreseen = _foreseen(connection, now)
    due = _count_until(connection, now)
    why = {
        "written": written,
        "due": due,
        "allowed": allowed,
        "foreseen": foreseen,
        "jumped": jumped,
    }
    close_lane(connection, Closed(FUSE, None, now, 1, FUSE, to_json(why)))
    return False


def limit(connection: Connection, setting: FuseSetting, now: datetime, *, jumped: bool) -> int:
    """Say how many people may be written to within a day."""
    least = setting.least // _AFTER_A_JUMP if jumped else setting.least
    normal = max(least, int(setting.times * (_foreseen(connection, now) or 0)))
    allowed = json.loads(read_mark(connection, _ALLOWED) or "{}")
    if allowed and allowed["until"] > stamp(now):
        return max(normal, int(allowed["people"]))
    return normal


def forecast(connection: Connection, now: datetime) -> bool:
    """Write down once a day how many people the engine expects to look at; False if it has."""
    take_turn(connection, "forecast")
    ((last,),) = _LAST_FORECAST.rows(connection, {})
    if last is not None and last > stamp(now - _DAY):
        return False
    people = _count_until(connection, now + _FORESEEN)
    connection.execute(
        delete(tables.forecast).where(
            (_forecast.made_at < stamp(now - _KEPT)) | (_forecast.made_at > stamp(now))
        )
    )
    connection.execute(insert(tables.forecast).values(made_at=stamp(now), people=people))
    return True


class Fuse:
    """What a human does with a blown fuse."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def release(self, now: datetime) -> int | None:
        """Let everybody go who is held, and arm the fuse anew; None if it had not blown.

        Says how many people are looked at now. They are allowed for a day; more would blow again.
        """
        with self._store.write() as connection:
            if not open_lane(connection, FUSE):
                return None
            held = _count_until(connection, now + LOOK_AGAIN)
            written = ledger.used_since(connection, FUSE, "hour", now - _DAY)
            allowed = {"until": stamp(now + _DAY), "people": written + held}
            write_mark(connection, _ALLOWED, to_json(allowed))
            soon = _person.next_at <= stamp(now + LOOK_AGAIN)
            connection.execute(update(tables.person).where(soon).values(next_at=stamp(now)))
            return held


_LAST_FORECAST = Statement(select(func.max(_forecast.made_at)))
_FORESEEN_THEN = Statement(
    select(_forecast.people)
    .where(_forecast.made_at <= bindparam("then"))
    .order_by(_forecast.made_at.desc())
    .limit(1)
)


def _foreseen(connection: Connection, now: datetime) -> int | None:
    """Give what the newest plan that is old enough foresaw."""
    rows = _FORESEEN_THEN.rows(connection, {"then": stamp(now - _YESTERDAY)})
    return int(rows[0][0]) if rows else None


def _count_until(connection: Connection, until: datetime) -> int:
    query = select(func.count()).select_from(tables.person).where(_person.next_at <= stamp(until))
    return connection.scalar(query) or 0
