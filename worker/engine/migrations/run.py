"""Bring a database to the tables of this release, from a function and without a network.

Refuses a database that a newer release has written: its rows may mean what we do not know.
"""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from worker.domain.errors import StoreError


class Transactions(Protocol):
    """What a store gives: transactions that read, and transactions that write."""

    def read(self) -> AbstractContextManager[Connection]:
        """Open one that only reads."""
        ...

    def write(self) -> AbstractContextManager[Connection]:
        """Open one that may write."""
        ...


def migrate(store: Transactions, *, upto: str = "head") -> None:
    """Bring the database of *store* up to this release; nothing if it is there already.

    Args:
        store: Where it lies.
        upto: The revision to stop at: a test of what a later one does to rows that are there.

    Raises:
        StoreError: A newer release has written it, or it cannot be used.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    newest = scripts.get_current_head()
    with store.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    if current == newest:
        return
    known = {script.revision for script in scripts.walk_revisions()}
    if current is not None and current not in known:
        raise StoreError(
            f"A newer release has written this journal (its tables are of {current!r}, "
            f"this release knows {newest!r}).\npip install --upgrade tsunagu"
        )
    with store.write() as connection:
        config.attributes["connection"] = connection
        upgrade(config, upto)
