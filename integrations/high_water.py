"""Marks of what was begun, outside of the journal: files beside it.

A mark names its journal, so that one that was made anew is not taken for one that went back. It is
written without waiting for the disk: what loses the page cache of this machine is not what loses
the commits of another one's database, and a journal in a file beside it is lost with it.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from worker import logs

_OWNER_ONLY = 0o600


class FileMark:
    """A file for each process in one folder; each is written by that process alone."""

    def __init__(self, folder: Path, journal: str) -> None:
        self._folder = folder
        self._journal = journal
        self._open: dict[str, int] = {}
        self._is_told = False

    def read(self) -> Mapping[str, int]:
        """Give the highest count of each process of this journal that a file tells of."""
        found: dict[str, int] = {}
        for journal, name, count in _written_in(self._folder):
            if journal == self._journal:
                found[name] = max(found.get(name, 0), count)
        return found

    @property
    def is_of_others(self) -> bool:
        """Say whether files tell of what another journal began, and none of this one."""
        names = {journal for journal, _, _ in _written_in(self._folder)}
        return bool(names) and self._journal not in names

    def rise(self, process: str, count: int) -> None:
        """Write the count over the one before, in one call."""
        try:
            held = self._open.get(process)
            if held is None:
                self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                path = self._folder / f"{process.replace('/', '.')}.mark"
                flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
                held = self._open[process] = os.open(path, flags, _OWNER_ONLY)
            os.pwrite(held, f"{self._journal} {process} {count:020d}\n".encode(), 0)
        except OSError as error:
            if not self._is_told:  # once: it stays so, on a disk that may not be written to
                self._is_told = True
                logs.mark_unwritten(where=str(self._folder), why=str(error))


def _written_in(folder: Path) -> Iterator[tuple[str, str, int]]:
    for path in sorted(folder.glob("*.mark")):
        with suppress(OSError, ValueError):  # torn, or not ours: it tells of nothing
            journal, name, count = path.read_text("utf-8").split()
            yield journal, name, int(count)
