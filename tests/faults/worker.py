"""The real engine on a workspace, in this process or in one of its own that can be killed."""

import multiprocessing
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import Protocol

from sqlalchemy import Connection

from integrations.faults import Moment
from tests.faults.clock import SharedClock
from tests.stores import STORES
from worker.engine.journal.journal import journal_on
from worker.engine.journal.store import Store
from worker.settings.load import load_settings
from worker.wiring.engine import engine_of

CLOCK = "clock"


class Died(Exception):  # noqa: N818 - it is what happens, and no error
    """The process is gone."""


class Worker(Protocol):
    """Whoever does the work."""

    def live_until(self, until: datetime) -> None:
        """Do everything that becomes due until then.

        Raises:
            Died: It was killed on the way.
        """
        ...


class DeadlyStore(Store):
    """A store whose process is killed at its n-th commit: right before it, or right after."""

    def __init__(self, url: str, at: int, moment: Moment) -> None:
        super().__init__(url)
        self.commits = 0
        self._at = at
        self._moment = moment

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write as ever, until the moment has come."""
        with super().write() as connection:
            yield connection
            self.commits += 1
            self._die(Moment.BEFORE)
        self._die(Moment.AFTER)

    def _die(self, moment: Moment) -> None:
        if self.commits == self._at and moment is self._moment:
            os.kill(os.getpid(), signal.SIGKILL)


class Here:
    """The engine in this process."""

    def __init__(self, home: Path, *, at: int = 0, moment: Moment = Moment.BEFORE) -> None:
        settings = load_settings(home / "tsunagu.yaml").standing()
        self._store = DeadlyStore(settings.store.url.reveal(), at, moment)
        self._journal = journal_on(STORES.open(self._store))
        self._clock = SharedClock(home / CLOCK)
        self._engine = engine_of(settings, self._journal, self._clock)
        self._engine.recover()

    @property
    def commits(self) -> int:
        """Say how often something was written down."""
        return self._store.commits

    def live_until(self, until: datetime) -> None:
        """Do everything that becomes due until then."""
        self._engine.run_until(until, self._clock)

    def close(self) -> None:
        """Say goodbye to everybody."""
        self._engine.performer.close()
        self._journal.close()


class Elsewhere:
    """The engine in a process of its own. Killed, it is started again by whoever wants it."""

    def __init__(self, home: Path, *, at: int = 0, moment: Moment = Moment.BEFORE) -> None:
        """Start it; it kills itself at its *at*-th commit."""
        self._home = home
        self._pipe, theirs = _PROCESSES.Pipe()
        self._process = _PROCESSES.Process(target=_work, args=(home, theirs, at, moment))
        self._process.start()
        theirs.close()
        self.commits = 0

    def live_until(self, until: datetime) -> None:
        """Have it do everything that becomes due until then.

        Raises:
            Died: It was killed on the way.
        """
        try:
            self._pipe.send(until)
            self.commits = self._pipe.recv()
        except (EOFError, OSError) as gone:
            self._process.join()
            raise Died from gone

    def kill(self) -> None:
        """Kill it, as the machine does when it needs the room; `live_until` says that it died."""
        self._process.kill()

    def close(self) -> None:
        """Let it end."""
        if self._process.is_alive():
            self._pipe.send(None)
        self._process.join()
        self._pipe.close()


def _work(home: Path, pipe: Pipe, at: int, moment: Moment) -> None:
    here = Here(home, at=at, moment=moment)
    while (until := pipe.recv()) is not None:
        here.live_until(until)
        pipe.send(here.commits)
    here.close()


# Whoever comes of it has the libraries already, and none of the threads of the servers here.
_PROCESSES = multiprocessing.get_context("forkserver")
_PROCESSES.set_forkserver_preload(["tests.faults.preloaded"])
