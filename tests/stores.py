"""Where the journals of tests lie: in a file each, or in a database each of a real PostgreSQL.

`pytest --store postgresql tests/engine` runs the same tests on PostgreSQL.
"""

import sqlite3
from contextlib import ExitStack, closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event

from tests.servers.postgres import Postgres, postgres
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate

SQLITE = "sqlite"
POSTGRESQL = "postgresql"


class Stores:
    """Gives out places for journals. One of them serves a whole run."""

    def __init__(self) -> None:
        self._server: Postgres | None = None
        self._template = ""
        self._running = ExitStack()

    def begin(self, kind: str) -> None:
        """Start the server that journals of *kind* lie on."""
        if kind == POSTGRESQL:
            self._server = self._running.enter_context(postgres())

    def end(self) -> None:
        """Stop it."""
        self._server = None
        self._running.close()

    def place(self, folder: Path) -> str:
        """Give the address of a journal nobody has used; made in *folder* where it is a file."""
        if self._server is None:
            return f"sqlite:///{folder / 'store.db'}"
        if not self._template:
            url = self._server.database()
            store = Store(url)
            migrate(store)
            store.close()
            self._template = self._server.name_of(url)
        return self._server.database(self._template)

    def empty(self, folder: Path) -> str:
        """Give the address of a database in which there is nothing at all."""
        if self._server is None:
            return f"sqlite:///{folder / 'empty.db'}"
        return self._server.database()

    def copy(self, url: str, folder: Path) -> str:
        """Give the address of a copy of a journal nobody is at: its backup."""
        if self._server is not None:
            return self._server.database(self._server.name_of(url))
        copied = folder / f"backup-{len(list(folder.glob('backup-*')))}.db"
        place = url.removeprefix("sqlite:///")
        with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(copied)) as backup:
            source.backup(backup)
        return f"sqlite:///{copied}"

    def open(self, store: Store) -> Store:
        """Make *store*, which lies at a `place`, ready, with no wait for the disk."""
        if store.path is not None:
            event.listen(store.writer, "connect", _do_not_wait)
            if not store.path.stat().st_size:
                store.path.write_bytes(_empty_journal())
        return store

    def give_back(self, url: str) -> None:
        """Remove what lies at a `place`, if it would stay."""
        if self._server is not None:
            self._server.drop(url)


STORES = Stores()


@cache
def _empty_journal() -> bytes:
    """Give the file of a journal in which nothing is written, made once by the migrations."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "store.db"
        store = Store(f"sqlite:///{path}")
        migrate(store)
        store.compact()
        store.close()
        return path.read_bytes()


def _do_not_wait(connection: sqlite3.Connection, _: object) -> None:
    connection.execute("PRAGMA synchronous = OFF")
