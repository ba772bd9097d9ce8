"""Who this process is, and where what it begins is marked outside of the journal."""

import os
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from fcntl import LOCK_EX, LOCK_NB, flock
from importlib.metadata import version
from pathlib import Path

from integrations.high_water import FileMark
from worker.engine.begun import look_back
from worker.engine.journal.journal import Journal
from worker.engine.journal.marks import NAME
from worker.engine.journal.processes import Who, begun_of
from worker.ports import HighWater
from worker.settings.model import Settings

_SHOWN = 16  # letters of a journal's name
_SEATS = 64  # processes of one verb on one machine


@contextmanager
def this_process(settings: Settings, verb: str) -> Iterator[Who]:
    """Name this process until the block ends: the same name is not given twice at a time here.

    It is the same after a restart, so that a worker that comes back goes on counting.
    """
    host = socket.gethostname().replace(" ", "-") or "localhost"
    held: int | None = None
    number = str(os.getpid())
    try:
        for seat in range(1, _SEATS + 1) if _is_ours(_folder(settings)) else ():
            held = _seat(_folder(settings) / f"{verb}-{seat}.seat")
            if held is not None:
                number = str(seat)
                break
        yield Who(f"{host}/{verb}-{number}", verb, host, os.getpid(), version("tsunagu"))
    finally:
        if held is not None:
            os.close(held)


def marks_of(settings: Settings, journal: Journal) -> Sequence[HighWater]:
    """Give where it is marked what was begun: beside the journal, and in Redis where there is one.

    A folder that may not be written to has no marks; then Redis alone has.
    """
    name = _name_of(journal)
    marks: list[HighWater] = []
    if _is_ours(_folder(settings)):
        marks.append(FileMark(_folder(settings), name))
    url = settings.broker.url
    if url is not None:
        from integrations.high_water_redis import RedisMark  # noqa: PLC0415 - 150 ms nobody else pays

        marks.append(RedisMark(url.reveal(), name))
    return marks


def marks_of_another(settings: Settings, journal: Journal) -> Path | None:
    """Give where it is marked that mails left by another journal, if *journal* never began any.

    Somebody deleted the one that knew, or named another place in the settings: whoever is imported
    again would get everything again.
    """
    folder = _folder(settings)
    with journal.store.read() as connection:
        has_begun = any(begun_of(connection).values())
    marks = FileMark(folder, _name_of(journal))
    return folder if not has_begun and marks.is_of_others else None


def look_back_now(settings: Settings, journal: Journal, now: datetime) -> None:
    """Write it down if the journal knows of less than the marks."""
    look_back(journal.store, marks_of(settings, journal), now)


def _name_of(journal: Journal) -> str:
    return journal.marks.secret(NAME).hex()[:_SHOWN]


def _folder(settings: Settings) -> Path:
    path = settings.store.path
    beside = settings.root / ".tsunagu" if path is None else path.parent
    return beside / "begun"


def _is_ours(folder: Path) -> bool:
    """Say whether we may write there."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        return False
    return os.access(folder, os.W_OK)


def _seat(path: Path) -> int | None:
    """Take a seat that nobody of this machine has; None if somebody does."""
    held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        flock(held, LOCK_EX | LOCK_NB)
    except BlockingIOError:
        os.close(held)
        return None
    return held
