"""Who works on this journal: a row for each process, with its pulse and what it has begun."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from worker.engine import tables
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, moment_or_none, stamp

PULSE_EVERY = timedelta(seconds=20)
_GONE = timedelta(minutes=2)  # without a pulse: it is dead, frozen, or cut off
_FORGOTTEN = timedelta(days=90)

_process = tables.process.c


@dataclass(frozen=True, slots=True)
class Process:
    """One process that works, or did."""

    name: str
    verb: str
    host: str
    pid: int
    release: str
    started_at: datetime
    seen_at: datetime
    ended_at: datetime | None

    def is_alive(self, now: datetime) -> bool:
        """Say whether its pulse was felt of late, and it has not said goodbye."""
        return self.ended_at is None and now - self.seen_at <= _GONE

    def is_lost(self, now: datetime) -> bool:
        """Say whether it fell silent without a word."""
        return self.ended_at is None and now - self.seen_at > _GONE


@dataclass(frozen=True, slots=True)
class Who:
    """What a process says of itself."""

    name: str
    verb: str
    host: str
    pid: int
    release: str


class Processes:
    """The processes of this journal."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Process]:
        """Give every process that is remembered, by name."""
        columns = (_process.name, _process.verb, _process.host, _process.pid, _process.release)
        query = select(*columns, _process.started_at, _process.seen_at, _process.ended_at)
        with self._store.read() as connection:
            return [
                Process(*row[:5], moment(row[5]), moment(row[6]), moment_or_none(row[7]))
                for row in connection.execute(query.order_by(_process.name))
            ]

    def began(self, who: Who, now: datetime) -> int:
        """Say that a process works from now on; gives how often one of its name has begun."""
        with self._store.write() as connection:
            known = begun_of(connection).get(who.name, 0)
            put_process(connection, who, now, begun=known)
            old = stamp(now - _FORGOTTEN)
            connection.execute(delete(tables.process).where(_process.seen_at < old))
            return known

    def seen(self, who: Who, now: datetime) -> None:
        """Say that a process goes on."""
        with self._store.write() as connection:
            connection.execute(
                update(tables.process)
                .where(_process.name == who.name)
                .values(seen_at=stamp(now), ended_at=None)
            )

    def ended(self, who: Who, now: datetime) -> None:
        """Say that a process ends as it should."""
        with self._store.write() as connection:
            connection.execute(
                update(tables.process)
                .where(_process.name == who.name)
                .values(seen_at=stamp(now), ended_at=stamp(now))
            )


def put_process(connection: Connection, who: Who, now: datetime, *, begun: int) -> None:
    """Write the row of a process within a transaction of others."""
    take_turn(connection, f"process {who.name}")
    connection.execute(delete(tables.process).where(_process.name == who.name))
    connection.execute(
        insert(tables.process).values(
            name=who.name,
            verb=who.verb,
            host=who.host,
            pid=who.pid,
            release=who.release,
            started_at=stamp(now),
            seen_at=stamp(now),
            ended_at=None,
            begun=begun,
        )
    )


def begun_of(connection: Connection) -> Mapping[str, int]:
    """Give how often each process has begun, as the journal knows it."""
    rows = connection.execute(select(_process.name, _process.begun))
    return {name: begun for name, begun in rows}  # noqa: C416 - rows are no pairs to mypy


_COUNT = Statement(
    update(tables.process)
    .where(_process.name == bindparam("who"), _process.begun >= bindparam("confirmed"))
    .values(begun=_process.begun + 1)
    .returning(_process.begun)
)


def count_one(connection: Connection, name: str, confirmed: int) -> int | None:
    """Count one beginning more; None where the journal knows of fewer than were confirmed."""
    rows = _COUNT.rows(connection, {"who": name, "confirmed": confirmed})
    return int(rows[0][0]) if rows else None
