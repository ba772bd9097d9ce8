"""Where the journal lies: two ways into one database, and what its errors mean.

On SQLite writers take the write lock at once (`BEGIN IMMEDIATE`), since a transaction that reads
first and writes later fails with "database is locked" whatever the time-out says. Readers see a
snapshot and wait for nobody. A commit returns after the disk has it (`synchronous=FULL`): NORMAL
may forget, at a power cut, that a mail was begun, and that is a second mail.

On PostgreSQL many write side by side. What is read to decide on what is written is locked first:
rows by `FOR UPDATE`, always in the order of their ids, and what has no row yet by `take_turn`.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import UTC, datetime, timedelta
from math import inf
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Text, bindparam, create_engine, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, IntegrityError, InvalidatePoolError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from worker.domain.errors import Crossed, StoreError
from worker.engine.journal.statement import Statement

_T = TypeVar("_T")
_BUSY_TIMEOUT_MS = 30_000
_OWNER_ONLY = 0o600
_TRUSTED_FOR = timedelta(seconds=5)
_NO_RIGHTS = "42501"  # as PostgreSQL says that a role may not do something
_DEADLOCK = "40P01"  # as it says that two waited for each other, and one of them was ended
_TRIES = 5
_ENCODING = "UTF8"


class Store:
    """A database, open for one writer at a time and any number of readers. Thread-safe."""

    def __init__(
        self,
        url: str,
        *,
        busy_timeout_ms: int = _BUSY_TIMEOUT_MS,
        is_lasting: bool = True,
        trusted_for: timedelta = _TRUSTED_FOR,
    ) -> None:
        """Open it.

        Args:
            url: `sqlite:///path/to/store.db`, or `postgresql://…`.
            busy_timeout_ms: How long SQLite waits for the lock.
            is_lasting: A commit waits for the disk. Not where nobody will look tomorrow: only what
                is imagined may forget at a power cut what it has done.
            trusted_for: How long a connection to a server that was used is taken to lead there
                still; after that it is asked first.
        """
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _create_for_owner_only(_sqlite_path(self.url))
            self.writer = _sqlite_engine(
                self.url, "BEGIN IMMEDIATE", busy_timeout_ms, is_lasting=is_lasting
            )
            self.reader = self._looker = _sqlite_engine(self.url, "BEGIN", busy_timeout_ms)
        else:
            self.writer = _postgresql_engine(self.url, trusted_for)
            self.reader = self.writer.execution_options(
                isolation_level="REPEATABLE READ", postgresql_readonly=True
            )
            self._looker = self.writer.execution_options(isolation_level="AUTOCOMMIT")
        self._driver: Any = self.writer.dialect.dbapi
        # SQLite lets a second writer sleep for up to 100 ms at a time; a lock wakes it at once.
        self._turn: AbstractContextManager[Any] = Lock() if self.is_sqlite else nullcontext()

    @property
    def path(self) -> Path | None:
        """Give the database's file, where it is one."""
        return _sqlite_path(self.url) if self.is_sqlite else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open one transaction that may write; committed at the end, rolled back on an error."""
        with self._turn, self.translated(), self.writer.begin() as connection:
            yield connection

    def write_again(self, work: Callable[[Connection], _T]) -> _T:
        """Do *work* in a transaction, and all of it anew where somebody else's crossed it.

        For what is rare and wants rows of which others add more: it need not know their order.
        """
        for _ in range(_TRIES - 1):
            with suppress(Crossed, IntegrityError), self.write() as connection:
                return work(connection)
        with self.write() as connection:
            return work(connection)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open one transaction that only reads, all of it from one snapshot."""
        with self.translated(), self.reader.begin() as connection:
            yield connection

    @contextmanager
    def look(self) -> Iterator[Connection]:
        """Open a connection for sentences that read; each of them is its own snapshot."""
        with self.translated(), self._looker.connect() as connection:
            try:
                yield connection
            except self._driver.OperationalError:  # else its pool writes a traceback of its own
                connection.invalidate()
                raise

    def clock(self) -> datetime:
        """Say what the clock of a database on another machine shows; a file has none."""
        with self.read() as connection:
            shown: datetime = connection.scalars(select(func.clock_timestamp())).one()
        return shown.astimezone(UTC)

    def compact(self) -> None:
        """Write the log back into the file and empty it, so that nothing erased is left in it."""
        if self.is_sqlite:
            with self.translated(), self.reader.connect() as connection:
                connection.connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    @contextmanager
    def translated(self) -> Iterator[None]:
        """Turn what the operator must look at into `StoreError`; a wrong statement is a fault."""
        try:
            yield
        except OperationalError as error:
            raise _not_just_now(self._first_of(error) or error.orig) from error
        except DBAPIError as error:
            if type(error.orig) is self._driver.DatabaseError:  # no narrower one: it is no database
                raise StoreError(f"The journal cannot be used: {_said(error.orig)}") from error
            if getattr(error.orig, "sqlstate", "") == _NO_RIGHTS:
                raise StoreError(f"The journal cannot be used: {_said(error.orig)}") from error
            if error.connection_invalidated:
                raise StoreError(
                    f"The journal's database went away: {_said(error.orig)}"
                ) from error
            raise
        except self._driver.OperationalError as error:  # of a statement that ran bare
            raise _not_just_now(error) from error
        except self._driver.DatabaseError as error:
            if type(error) is self._driver.DatabaseError:
                raise StoreError(f"The journal cannot be used: {_said(error)}") from error
            raise

    def _first_of(self, error: BaseException) -> BaseException | None:
        """Give what came first: where SQLite undid everything, undoing a part of it fails, too."""
        first, one = None, error.__context__
        while one is not None:
            if isinstance(one, self._driver.OperationalError):
                first = one
            one = one.__context__
        return first

    def close(self) -> None:
        """Give all connections back."""
        self.writer.dispose()
        self.reader.dispose()


def _not_just_now(error: BaseException | None) -> StoreError:
    kind = Crossed if getattr(error, "sqlstate", "") == _DEADLOCK else StoreError
    return kind(f"The journal cannot be used just now: {_said(error)}")


def _said(error: BaseException | None) -> str:
    """Give a driver's words in one line: a second one is what to type, and that is ours to say."""
    return " ".join(str(error).split())


def take_turn(connection: Connection, what: str) -> None:
    """Have *what* to ourselves, among those who name it too, until the transaction ends.

    SQLite has one writer at a time anyway. Survives a pooler of connections, because the lock is
    the transaction's and not the session's.
    """
    if connection.dialect.name != "sqlite":
        _TAKE_TURN.rows(connection, {"what": f"tsunagu {what}"})


_TAKE_TURN = Statement(
    select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("what", type_=Text), 0)))
)


def _postgresql_engine(url: URL, trusted_for: timedelta) -> Engine:
    """Open PostgreSQL so that no forgotten session holds others up, and none waits for ever."""
    limits = {
        "lock_timeout": "30s",
        "statement_timeout": "5min",  # an import of very many people
        "idle_in_transaction_session_timeout": "2min",  # old snapshots keep dead rows alive
        # What is worked at lies in memory: a look by a key is cheap, a walk over a table is not.
        "random_page_cost": "1.1",
    }
    options = " ".join(f"-c {name}={value}" for name, value in limits.items())
    query = {"application_name": "tsunagu", "target_session_attrs": "read-write"}
    try:
        engine = create_engine(
            url.update_query_dict({**query, **url.query}),
            pool_size=16,
            max_overflow=16,
            connect_args={"options": options, "connect_timeout": 10},
        )
    except ModuleNotFoundError as missing:
        raise StoreError(
            "PostgreSQL's driver is not installed here.\npip install 'tsunagu[postgresql]'"
        ) from missing
    _refuse_other_letters(engine)
    _ping_who_rested(engine, trusted_for)
    return engine


def _refuse_other_letters(engine: Engine) -> None:
    """Refuse a database that cannot hold the names of people before anything is read from it."""

    @event.listens_for(engine, "connect", insert=True)
    def _look(connection: Any, _record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's
        encoding = connection.info.parameter_status("server_encoding")
        if encoding not in {None, _ENCODING}:  # a pooler may not say
            raise StoreError(
                f"The database's encoding is {encoding}, which does not hold every name.\n"
                f"CREATE DATABASE … ENCODING '{_ENCODING}' TEMPLATE template0;"
            )


def _ping_who_rested(engine: Engine, trusted_for: timedelta) -> None:
    """See whether a connection that lay idle still leads somewhere, before it is used again.

    One that was used a moment ago does, or its first statement says that it does not; asking every
    time is one of three ways to the server and back that a short transaction takes.
    """
    driver: Any = engine.dialect.dbapi
    trusted = trusted_for.total_seconds()

    @event.listens_for(engine, "checkin")
    def _rest(_connection: Any, record: ConnectionPoolEntry) -> None:  # noqa: ANN401 - the driver's
        record.info["rests_since"] = monotonic()

    @event.listens_for(engine, "checkout")
    def _ping(connection: Any, record: ConnectionPoolEntry, _fairy: Any) -> None:  # noqa: ANN401 - as above
        if monotonic() < record.info.get("rests_since", inf) + trusted:
            return
        try:
            engine.dialect.do_ping(connection)
        except driver.Error as gone:
            raise InvalidatePoolError from gone


def _sqlite_path(url: URL) -> Path:
    if not url.database or url.database == ":memory:":
        raise StoreError(
            "The journal needs a file: a database in memory forgets what was sent.\n"
            "store: sqlite:///.tsunagu/store.db"
        )
    return Path(url.database)


def _create_for_owner_only(path: Path) -> None:
    """Create the file before SQLite does, which would let others read it; WAL follows its mode."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, _OWNER_ONLY))
    except OSError as error:
        raise StoreError(
            f"The journal {str(path)!r} cannot be written: {error.strerror}"
        ) from error


def _sqlite_engine(
    url: URL, begin: str, busy_timeout_ms: int, *, is_lasting: bool = True
) -> Engine:
    engine = create_engine(url, connect_args={"check_same_thread": False})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's hook
        connection.isolation_level = None  # SQLAlchemy says BEGIN, not the driver
        connection.execute(f"PRAGMA busy_timeout = {busy_timeout_ms:d}")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {'FULL' if is_lasting else 'OFF'}")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten
        connection.execute("PRAGMA cache_size = -16000")
        # 8 MB: a log that is written over and over costs its disk half of one that keeps growing.
        connection.execute("PRAGMA wal_autocheckpoint = 2000")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.connection.cursor().execute(begin)

    return engine
