"""Bring a database to the tables of this release, from a function and without a network.

Refuses a database that a newer release has written: its rows may mean what we do not know; and one
in which another program has tables by our names.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect, text

from worker.domain.errors import StoreError
from worker.engine.tables import mark, metadata


class Transactions(Protocol):
    """What a store gives: transactions that read, and transactions that write."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open one that only reads."""
        ...

    def write(self) -> AbstractContextManager[Connection]:
        """Open one that may write."""
        ...


def migrate(store: Transactions, *, upto: str = "head", is_asked: bool = True) -> bool:
    """Bring the database of *store* up to this release; says whether there was anything to do.

    Args:
        store: Where it lies.
        upto: The revision to stop at: a test of what a later one does to rows that are there.
        is_asked: Somebody typed `upgrade`. Otherwise a database that others share is made where
            there is none, but never changed under the workers of another release.

    Raises:
        StoreError: A newer release has written it, an older one has and nobody asked, it is another
            program's, or it cannot be used.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    with store.read() as connection:
        if _is_done(connection, scripts):
            return False
    with store.write() as connection:
        _wait_for_others(connection)
        if _is_done(connection, scripts):  # by who was first
            return False
        current = _revision(connection)
        is_shared = connection.dialect.name != "sqlite"
        if is_shared and not is_asked and current is not None:
            raise StoreError(
                f"This journal's tables are of an older release ({current!r}). Workers of the"
                " release before go on while they are brought up.\ntsunagu upgrade"
            )
        config.attributes["connection"] = connection
        upgrade(config, upto)
    return True


def _is_done(connection: Connection, scripts: ScriptDirectory) -> bool:
    """Say whether a database is of this release; refuse one of a newer release, or of others."""
    newest, current = scripts.get_current_head(), _revision(connection)
    known = {script.revision for script in scripts.walk_revisions()}
    if current in known:
        return current == newest
    if _is_of_others(connection, current):
        raise StoreError(
            "Another program has tables in this database. Give the journal one of its own.\n"
            "store: …"
        )
    if current is not None:
        raise StoreError(
            f"A newer release has written this journal (its tables are of {current!r}, "
            f"this release knows {newest!r}).\npip install --upgrade tsunagu"
        )
    return False


def _is_of_others(connection: Connection, current: str | None) -> bool:
    """Say whether the tables of a database whose release is not known are no journal's."""
    there = set(inspect(connection).get_table_names())
    if current is None:
        return not there.isdisjoint(metadata.tables)
    return mark.name not in there


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _wait_for_others(connection: Connection) -> None:
    """Have this to ourselves: several workers may be started at once on an empty database."""
    if connection.dialect.name != "sqlite":
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('tsunagu', 0))"))
