"""Small things to remember by name: the last tick, which version is current, a salt."""

from secrets import token_hex

from sqlalchemy import Connection, bindparam, insert, select, update

from worker.engine import tables
from worker.engine.journal.statement import Statement, written
from worker.engine.journal.store import Store, take_turn

LAST_TICK = "last_tick"  # the latest instant any tick has seen
NAME = "journal.id"  # what tells this journal from any other, as long as there are copies of it

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

    def secret(self, key: str) -> bytes:
        """Give the random bytes kept under *key*, made when they are first asked for."""
        with self._store.write() as connection:
            return read_secret(connection, key)


_READ = Statement(select(_mark.value).where(_mark.key == bindparam("the_key")))
_CHANGE = Statement(
    update(tables.mark).where(_mark.key == bindparam("the_key")).values(value=bindparam("text"))
)
_ADD = Statement(insert(tables.mark).values(written(tables.mark)))


def read_mark(connection: Connection, key: str) -> str | None:
    """Read what was written under *key*."""
    found = _READ.rows(connection, {"the_key": key})
    return str(found[0][0]) if found else None


def write_mark(connection: Connection, key: str, value: str) -> None:
    """Write *value* under *key* within a transaction of others."""
    take_turn(connection, key)
    if not _CHANGE.run(connection, {"the_key": key, "text": value}):
        _ADD.run(connection, {"key": key, "value": value})


def read_secret(connection: Connection, key: str) -> bytes:
    """Give the random bytes kept under *key*, made when they are first asked for."""
    known = read_mark(connection, key)
    if known is None:
        take_turn(connection, key)
        known = read_mark(connection, key)
    if known is None:
        known = token_hex(32)
        write_mark(connection, key, known)
    return bytes.fromhex(known)


def give_name(store: Store) -> None:
    """Name a journal before anybody can copy it: marks outside stand under its name."""
    with store.read() as connection:
        has_one = read_mark(connection, NAME) is not None
    if not has_one:
        with store.write() as connection:
            read_secret(connection, NAME)
