"""One worker for one SQLite store: the second is refused, with the number of the first.

The lock is the operating system's (`flock`) on a file beside the store, so that a worker killed in
any way leaves none behind. The file itself stays: removing it would let two lock two files.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from worker.domain.errors import SettingsError

_OWNER_ONLY = 0o600


class StoreInUse(SettingsError):  # noqa: N818 - reads as what it is where it is caught
    """Another process works on this store; `pid` is its number, as far as it could be read."""

    def __init__(self, store: Path, pid: str) -> None:
        super().__init__(f"{store} is in use by process {pid}")
        self.store = store
        self.pid = pid


@contextmanager
def store_lock(store: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold *store* for this process until the block ends.

    Args:
        store: The file of the journal; its lock is `….lock` beside it.
        shared: Others of the same kind may hold it too (`beat`, `work`), but no `up`.

    Raises:
        StoreInUse: Another process has it.
    """
    store.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = store.with_name(f"{store.name}.lock")
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, _OWNER_ONLY)
    try:
        _lock(held, store, shared=shared)
        yield
    finally:
        os.close(held)


def holder(store: Path) -> str:
    """Give the number of the process that works on *store*; empty if none does."""
    try:
        held = os.open(store.with_name(f"{store.name}.lock"), os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return ""
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return os.pread(held, 32, 0).decode("ascii", "replace").strip() or "?"
    else:
        return ""
    finally:
        os.close(held)


def _lock(held: int, store: Path, *, shared: bool) -> None:
    """Take the lock at once or say who has it; leave our own number for the next one to read."""
    try:
        fcntl.flock(held, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        first = os.pread(held, 32, 0).decode("ascii", "replace").strip()
        raise StoreInUse(store, first or "?") from None
    os.ftruncate(held, 0)
    os.pwrite(held, f"{os.getpid()}\n".encode("ascii"), 0)
