"""Take a whole journal from one database into another: once, resumable, counted at the end.

The old one is marked as left before the new one may be used, so that never both are worked on.
Killed anywhere, the same call goes on where it stopped: a batch of rows and how far it reaches are
written in one transaction.
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, delete, func, insert, select, text, tuple_

from worker.domain.errors import StoreError
from worker.engine.journal.marks import NAME, read_mark, write_mark
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate
from worker.engine.tables import mark, metadata, person

LEFT = "moved.to"  # of the old journal: where it went
ARRIVING = "moving."  # of the new one, while it is not whole: how far each table is there
_BATCH = 500
_Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Moved:
    """How many rows of each table are in the new journal."""

    rows: Mapping[str, int]

    @property
    def total(self) -> int:
        """Give how many rows there are in all."""
        return sum(self.rows.values())


def refuse_if_left(store: Store) -> None:
    """Refuse a journal that was moved away, or that is not whole yet.

    Raises:
        StoreError: It is one of these; the text says what to type.
    """
    with store.read() as connection:
        left = read_mark(connection, LEFT)
        is_arriving = connection.scalar(
            select(func.count()).select_from(mark).where(mark.c.key.startswith(ARRIVING))
        )
    if left is not None:
        raise StoreError(f"This journal was moved to {left}.\nstore: {left}")
    if is_arriving:
        raise StoreError(
            "This journal is not whole: another one is being moved into it.\n"
            "tsunagu upgrade --from …"
        )


def count_all(store: Store) -> int:
    """Give how many rows a journal has in all."""
    with store.read() as connection:
        return sum(_count(connection, table) for table in metadata.sorted_tables)


def move(
    old: Store, new: Store, *, shown: str, on_progress: Callable[[int], None] | None = None
) -> Moved:
    """Bring everything that is in *old* into *new*, whose address is *shown* to a reader.

    Nobody may work on either meanwhile. Again after it was done it changes nothing.

    Raises:
        StoreError: *new* has a journal of its own, or *old* went somewhere else before.
    """
    migrate(old)
    migrate(new)
    _refuse_strangers(old, new, shown)
    done = 0
    for table in metadata.sorted_tables:
        for count in _copy(old, new, table):
            done += count
            if on_progress is not None:
                on_progress(done)
    rows = _compared(old, new)
    with old.write() as connection:
        write_mark(connection, LEFT, shown)
    with new.write() as connection:
        _go_on_counting(connection)
        connection.execute(delete(mark).where(mark.c.key.startswith(ARRIVING)))
    return Moved(rows)


def _refuse_strangers(old: Store, new: Store, shown: str) -> None:
    with old.read() as connection:
        left = read_mark(connection, LEFT)
    if left is not None and left != shown:
        raise StoreError(f"This journal was moved to {left}.\nstore: {left}")
    with new.write() as connection:
        is_ours = read_mark(connection, f"{ARRIVING}begun") is not None
        named = delete(mark).where(mark.c.key == NAME)  # by a verb that only looked
        more = select(func.count()).select_from(mark).where(mark.c.key != NAME)
        is_empty = not _count(connection, person) and not connection.scalar(more)
        if left is None and not is_ours:
            if not is_empty:
                raise StoreError(f"There is a journal at {shown} already; it is left as it is.")
            connection.execute(named)
            write_mark(connection, f"{ARRIVING}begun", "")


def _copy(old: Store, new: Store, table: Table) -> Iterator[int]:
    """Copy one table from where it stopped; gives how many rows each batch had."""
    keys = list(table.primary_key.columns)
    name = f"{ARRIVING}{table.name}"
    with new.read() as connection:
        known = read_mark(connection, name)
        is_arriving = read_mark(connection, f"{ARRIVING}begun") is not None
    if not is_arriving:  # it was done before
        return
    last: _Key | None = None if known is None else tuple(json.loads(known))
    while rows := _after(old, table, keys, last):
        last = tuple(rows[-1][key.name] for key in keys)
        kept = [row for row in rows if table is not mark or not row["key"].startswith(ARRIVING)]
        with new.write() as connection:
            if kept:
                connection.execute(insert(table), kept)
            write_mark(connection, name, json.dumps(last))
        yield len(rows)


def _after(
    old: Store, table: Table, keys: Sequence[Any], last: _Key | None
) -> list[dict[str, Any]]:
    query = select(table).order_by(*keys).limit(_BATCH)
    if last is not None:
        query = query.where(tuple_(*keys) > tuple_(*last) if len(keys) > 1 else keys[0] > last[0])
    with old.read() as connection:
        return [dict(row) for row in connection.execute(query).mappings()]


def _compared(old: Store, new: Store) -> dict[str, int]:
    """Count both, table by table; they must be the same."""
    counts = {}
    for table in metadata.sorted_tables:
        with old.read() as connection:
            there = _count(connection, table)
        with new.read() as connection:
            here = _count(connection, table)
        if there != here:
            raise StoreError(f"{table.name}: {there} rows there, and {here} here.")
        counts[table.name] = here
    return counts


def _count(connection: Connection, table: Table) -> int:
    query = select(func.count()).select_from(table)
    if table is mark:  # how far it came is no part of what was moved
        of_the_move = mark.c.key.startswith(ARRIVING) | (mark.c.key == LEFT)
        query = query.where(~of_the_move)
    return connection.scalar(query) or 0


def _go_on_counting(connection: Connection) -> None:
    """Have PostgreSQL number new rows after those that came with numbers of their own."""
    if connection.dialect.name == "sqlite":
        return
    for table in metadata.sorted_tables:
        serial = table.autoincrement_column
        if serial is None or serial.foreign_keys:
            continue
        highest = connection.scalar(select(func.max(serial)))
        sequence = func.pg_get_serial_sequence(table.name, serial.name)
        if highest is not None and connection.scalar(select(sequence)) is not None:
            connection.execute(
                text("SELECT setval(pg_get_serial_sequence(:table, :column), :highest)"),
                {"table": table.name, "column": serial.name, "highest": highest},
            )
