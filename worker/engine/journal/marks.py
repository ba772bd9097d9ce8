"""Small things to remember by name: the last tick, which version is current, a salt."""

from sqlalchemy import Connection, insert, select, update

from worker.engine import tables
from worker.engine.journal.store import Store

LAST_TICK = "last_tick"  # the latest instant any tick has seen

_mark = tables.mark.c


class Marks:
    """What the engine remembers of itself, a text for a name."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self, key: str) -> str | None:
        """Give what was written under *key*."""
        with self._store.read() as connection:
            return read_mark(connection, key)

    def set(self, key: str, value: str) -> None:
        """Write *value* under *key*, over what stood there."""
        with self._store.write() as connection:
            write_mark(connection, key, value)


def read_mark(connection: Connection, key: str) -> str | None:
    """Read what was written under *key*."""
    return connection.scalar(select(_mark.value).where(_mark.key == key))


def write_mark(connection: Connection, key: str, value: str) -> None:
    """Write *value* under *key* within a transaction of others."""
    written = connection.execute(update(tables.mark).where(_mark.key == key).values(value=value))
    if not written.rowcount:
        connection.execute(insert(tables.mark).values(key=key, value=value))
