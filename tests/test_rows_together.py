"""Many rows go to PostgreSQL in one sentence: as they are, and without a walk over their table."""

from collections.abc import Iterator

import pytest
from sqlalchemy import (
    BigInteger,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    insert,
    select,
    text,
    update,
)

from tests.servers.postgres import Postgres, postgres
from worker.engine.journal.statement import Statement, copy_in
from worker.engine.journal.store import Store

pytestmark = pytest.mark.services

_ROWS = 2_000  # small: a walk over so few is what PostgreSQL would rather do
_OFTEN = 12  # from the sixth time on it has a plan for any number of rows

thing = Table(
    "thing",
    MetaData(),
    Column("id", BigInteger, primary_key=True, autoincrement=False),
    Column("word", String, nullable=False),
    Column("content", LargeBinary),
)
_id = thing.c.id
_CHANGE = Statement(
    update(thing).where(_id == bindparam("the_id")).values(word=bindparam("new_word"))
)


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A real one."""
    with postgres() as running:
        yield running


@pytest.fixture
def store(server: Postgres) -> Iterator[Store]:
    """A database with one empty table."""
    made = Store(server.database())
    with made.write() as connection:
        thing.create(connection)
    yield made
    made.close()


def walks(store: Store) -> int:
    """Count how often somebody has walked over the table."""
    with store.write() as connection:
        connection.execute(text("SELECT pg_stat_force_next_flush()"))
    with store.read() as connection:
        counted = text("SELECT pg_stat_get_numscans('thing'::regclass)")
        return int(connection.scalar(counted) or 0)


def test_rows_that_are_changed_together_are_looked_up(store: Store) -> None:
    """However small the table was when somebody last looked at it."""
    with store.write() as connection:
        rows = [{"id": n, "word": "x" * 20, "content": None} for n in range(_ROWS)]
        connection.execute(insert(thing), rows)
    before = walks(store)

    for turn in range(_OFTEN):
        with store.write() as connection:
            told = [{"the_id": 20 * turn + n, "new_word": f"a {n}"} for n in range(20)]
            assert _CHANGE.many(connection, told) == len(told)

    assert walks(store) == before
    with store.read() as connection:
        changed = connection.scalars(select(_id).where(thing.c.word.startswith("a "))).all()
    assert sorted(changed) == list(range(20 * _OFTEN))


def test_bytes_are_copied_as_they_are(store: Store) -> None:
    """Zeros, signs of any language, what a text would have to quote, and nothing at all."""
    odd = [b"\x00\xff\\.\r\n", "はい🎌\t\\N".encode(), b"", None]
    rows = [
        {"id": n, "word": f"\\N\t'%s\n{n}", "content": content} for n, content in enumerate(odd)
    ]

    with store.write() as connection:
        copy_in(connection, thing, rows)
        copy_in(connection, thing, [])

    with store.read() as connection:
        found = connection.execute(select(thing).order_by(_id)).all()
    assert [tuple(row.values()) for row in rows] == [tuple(row) for row in found]
