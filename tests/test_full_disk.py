"""No room on the disk of a real worker: nothing lost or sent twice, and it says what is wrong.

Two ways to have no room: other files fill a small disk, where this user may mount one; or a process
is told how large its files may be, which every user may do.
"""

import os
import resource
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, suppress
from pathlib import Path

import pytest

from tests.servers.disk import small_disk
from tests.servers.recorder import recorder
from tests.servers.worker import said, tsunagu, until, worker
from tests.test_up import states, workspace
from worker.domain.intents import State

pytestmark = pytest.mark.services

PEOPLE = 300
SMALL_FILES, SMALL_DISK = "small files", "small disk"
WAYS = (SMALL_FILES, SMALL_DISK) if os.geteuid() == 0 else (SMALL_FILES,)
_SOME = 100_000  # bytes: a mail or two are written all the same

NoRoom = Callable[[int], AbstractContextManager[None]]  # of a process, while the block runs


@contextmanager
def small_files(home: Path, pid: int) -> Iterator[None]:
    """Let no file of a process grow."""
    largest = max(path.stat().st_size for path in (home / ".tsunagu").iterdir())
    before, most = resource.prlimit(pid, resource.RLIMIT_FSIZE)
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (largest + _SOME, most))
    yield
    resource.prlimit(pid, resource.RLIMIT_FSIZE, (before, most))


@contextmanager
def filled(disk: Path) -> Iterator[None]:
    """Leave no room on a disk."""
    films = disk / "films.bin"
    with films.open("wb", buffering=0) as growing, suppress(OSError):
        while growing.write(b"\0" * 4096):
            pass
    assert shutil.disk_usage(disk).free == 0
    yield
    films.unlink()


@pytest.mark.parametrize("way", WAYS)
def test_without_room_it_waits_and_with_room_it_goes_on(tmp_path: Path, way: str) -> None:
    """In the middle of three hundred mails: it lives, says so, and then everybody has one mail."""
    with ExitStack() as stack:
        disk = tmp_path
        if way == SMALL_DISK:
            disk = stack.enter_context(small_disk(tmp_path / "disk", "200m"))
        server = stack.enter_context(recorder(tmp_path, "--slow", "0.01"))
        home = workspace(disk, server.port, PEOPLE)
        (home / "up.log").symlink_to(tmp_path / "up.log")  # the log has a disk with room
        running = stack.enter_context(worker(home))
        until(lambda: server.count > 20)

        with filled(disk) if way == SMALL_DISK else small_files(home, running.pid):
            until(lambda: said(home).count("store_unusable") > 2)
            in_between, told = server.count, tsunagu(home, "status").stdout
            still_there = running.poll() is None
        until(lambda: states(home) == {State.DONE: PEOPLE})

        received = Counter(mail.recipient for mail in server.mails)
        after = tsunagu(home, "status").stdout
    assert still_there
    assert in_between < PEOPLE
    assert ("df -h" in told) == (way == SMALL_DISK)
    assert "df -h" not in after
    assert (len(received), set(received.values())) == (PEOPLE, {1})
    assert "Traceback" not in told + after


def test_a_log_without_room_ends_nothing(tmp_path: Path) -> None:
    """Where no line of the log can be written, everybody has one mail all the same."""
    with recorder(tmp_path) as server:
        home = workspace(tmp_path, server.port, 20)
        (home / "up.log").symlink_to("/dev/full")
        with worker(home):
            until(lambda: states(home) == {State.DONE: 20})
        received = Counter(mail.recipient for mail in server.mails)
    assert (len(received), set(received.values())) == (20, {1})
