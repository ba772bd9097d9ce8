"""Places that all processes share: so many calls at once, to one mailbox of one provider.

Whoever dies gives back what it held, however it dies: on PostgreSQL a place is a lock of a
transaction, beside SQLite it is a lock of the operating system's on a file. Nothing of it is
written down, and no clock is asked.
"""

import fcntl
import os
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection, create_engine, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

_OWNER_ONLY = 0o600
_FOLDER_OF_OWNER = 0o700
_OPEN, _MORE = 3, 9  # connections kept, and opened in need: as many as a gate lets in

GiveBack = Callable[[], None]


class Places(Protocol):
    """Who gives places out."""

    def take(self, name: str, most: int) -> GiveBack | None:
        """Take one of *most* places; None where all are taken, or that cannot be told."""
        ...


class FilePlaces:
    """Places of the processes of one machine: files in *folder*, made when they are wanted."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def take(self, name: str, most: int) -> GiveBack | None:
        """Take a place; every opened file holds a lock of its own, in this process, too."""
        try:
            self._folder.mkdir(_FOLDER_OF_OWNER, parents=True, exist_ok=True)
            for number in range(most):
                path = self._folder / f"{_digest(name)}.{number}"
                held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
                try:
                    fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    os.close(held)
                else:
                    return lambda: os.close(held)
        except OSError:  # no room or no right: then nobody is let in, as with a journal there
            return None
        return None


class DatabasePlaces:
    """Places of all processes on one PostgreSQL database: each is a transaction that holds a lock.

    It survives a pooler of connections, because the lock is the transaction's and not the
    session's; and it is short, because no call takes longer than a minute.
    """

    def __init__(self, url: str) -> None:
        self._engine = create_engine(
            make_url(url).update_query_dict({"application_name": "tsunagu places"}),
            pool_size=_OPEN,
            max_overflow=_MORE,
            pool_timeout=1,
        )

    def take(self, name: str, most: int) -> GiveBack | None:
        """Take a place, in a transaction of its own."""
        key = int(_digest(name)[:8], 16) - 2**31
        try:
            connection = self._engine.connect()
        except SQLAlchemyError:  # the database is away: so is the journal, and nobody calls now
            return None
        try:
            for number in range(most):
                if connection.scalar(select(func.pg_try_advisory_xact_lock(key, number))):
                    return lambda: _let_go(connection)
        except SQLAlchemyError:
            connection.invalidate()
        connection.close()
        return None

    def close(self) -> None:
        """Close the connections that nobody uses."""
        self._engine.dispose()


def _let_go(connection: Connection) -> None:
    """End the transaction; where its database went away, that has ended it already."""
    with suppress(SQLAlchemyError):
        connection.close()


def _digest(name: str) -> str:
    """Give a name that stands in a file's name, and tells nobody's address."""
    return sha256(name.lower().encode()).hexdigest()[:16]
