"""Two releases on one database: what the one before wrote and read, it can still write and read."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import (
    Boolean,
    Connection,
    Inspector,
    LargeBinary,
    MetaData,
    Numeric,
    Table,
    insert,
    inspect,
    select,
)
from sqlalchemy.types import Integer

from tests.stores import STORES
from worker.engine import migrations
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate


def revisions() -> list[str]:
    """Give every release's tables but the newest, the oldest first."""
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    walked = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    return walked[:0:-1]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A database in which there is nothing."""
    url = STORES.empty(tmp_path)
    made = Store(url)
    yield made
    made.close()
    STORES.give_back(url)


def tables_of(connection: Connection) -> MetaData:
    """Read which tables there are."""
    found = MetaData()
    found.reflect(connection)
    found.remove(found.tables["alembic_version"])
    return found


def any_row(table: Table) -> dict[str, Any]:
    """Give a row as an older release writes it: nothing in columns it does not know."""
    values: dict[str, Any] = {}
    for column in table.columns:
        match column.type:
            case Boolean():
                values[column.name] = False
            case Integer() | Numeric():
                values[column.name] = 1
            case LargeBinary():
                values[column.name] = b""
            case _:
                values[column.name] = "x"
    return values


def shape(inspector: Inspector, table: str) -> dict[str, tuple[str, bool]]:
    """Give the columns of a table: what they hold, and whether they may be empty."""
    return {
        column["name"]: (str(column["type"]), bool(column["nullable"]))
        for column in inspector.get_columns(table)
    }


@pytest.mark.parametrize("release", revisions())
def test_what_an_older_release_writes_can_still_be_written(store: Store, release: str) -> None:
    """A worker that runs on goes on, whatever its successor has added meanwhile."""
    migrate(store, upto=release)
    with store.read() as connection:
        before = tables_of(connection)

    migrate(store)

    with store.write() as connection:
        for table in before.sorted_tables:
            connection.execute(insert(table).values(any_row(table)))
    with store.read() as connection:
        for table in before.sorted_tables:
            assert len(connection.execute(select(table)).all()) == 1, table.name


@pytest.mark.parametrize("release", revisions())
def test_a_release_only_adds_to_the_tables_of_the_one_before(store: Store, release: str) -> None:
    """No table and no column goes, changes what it holds, or comes to be needed."""
    migrate(store, upto=release)
    with store.read() as connection:
        inspector = inspect(connection)
        before = {name: shape(inspector, name) for name in inspector.get_table_names()}
        unique = {name: inspector.get_unique_constraints(name) for name in before}

    migrate(store)

    with store.read() as connection:
        inspector = inspect(connection)
        for name, columns in before.items():
            after = shape(inspector, name)
            assert columns.items() <= after.items(), name
            added = [one for one in inspector.get_columns(name) if one["name"] not in columns]
            needed = [one["name"] for one in added if not one["nullable"] and not one["default"]]
            assert needed == [], name
            assert inspector.get_unique_constraints(name) == unique[name]
