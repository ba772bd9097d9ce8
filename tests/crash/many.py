"""Several workers on one PostgreSQL and one Redis, and a hand that kills, freezes and forgets.

What happens to whom is thrown by dice of a number, so that a run that went wrong can be looked at
again; the instant at which it happens is the machine's.
"""

import signal
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from typing import TYPE_CHECKING

import redis

from tests.crash.plug import Plug, die
from tests.servers.postgres import postgres
from tests.servers.recorder import Recorder
from tests.servers.redis import redis_server
from tests.servers.worker import said, until, worker

if TYPE_CHECKING:
    from subprocess import Popen

WORKING = 60.0
VERBS = ("beat", "work", "work")
FROZEN = 0.4  # seconds
STANDSTILL = 1.5


class Team:
    """A beat and two workers, each of which is started again when it has been killed."""

    def __init__(self, plug: Plug, server: Recorder, broker: str) -> None:
        self.done: Counter[str] = Counter()
        self._plug = plug
        self._server = server
        self._broker = broker
        self._members = [ExitStack() for _ in VERBS]
        self._processes = [self._start(number) for number in range(len(VERBS))]

    def _start(self, number: int) -> "Popen[bytes]":
        verb = VERBS[number]
        return self._members[number].enter_context(worker(self._plug.home, verb=verb))

    def live(self, blows: int, *, until_received: int) -> None:
        """Let them work, and deal so many blows, each after a few more mails.

        What a dead worker had claimed is nobody's until its lease ends: nobody waits for that.
        """
        for blow in range(blows):
            seed = f"{self._plug.seed}/{blow}"
            enough = min(self._server.count + 1 + die(f"{seed}/mails", 20), until_received)
            with suppress(TimeoutError):
                until(_has(self._server, enough), patience=STANDSTILL)
            if self._server.count >= until_received:
                return
            self._deal(seed)

    def _deal(self, seed: str) -> None:
        number = die(f"{seed}/who", len(VERBS))
        process = self._processes[number]
        match die(f"{seed}/what", 5):
            case 0:
                with redis.Redis.from_url(self._broker) as client:
                    client.flushall()
                self.done["forgotten"] += 1
            case 1:
                process.send_signal(signal.SIGSTOP)
                Event().wait(FROZEN)
                process.send_signal(signal.SIGCONT)
                self.done["frozen"] += 1
            case _:
                process.kill()
                process.wait()
                self._members[number].close()
                self._processes[number] = self._start(number)
                self.done["killed"] += 1

    def end(self) -> list[int]:
        """Ask everybody to end; give their exit statuses."""
        for process in self._processes:
            process.terminate()
        statuses = [process.wait(WORKING) for process in self._processes]
        for member in self._members:
            member.close()
        return statuses

    def said(self) -> str:
        """Give what everybody has said."""
        return "\n".join(said(self._plug.home, verb) for verb in sorted(set(VERBS)))


def _has(server: Recorder, mails: int) -> Callable[[], bool]:
    return lambda: server.count >= mails


@contextmanager
def servers() -> Iterator[tuple[str, str]]:
    """Run a PostgreSQL and a Redis; give the settings that name them, and Redis' address."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="many-")))
        database = stack.enter_context(postgres())
        broker = stack.enter_context(redis_server(folder))
        yield f"store: {database.database()}\nbroker: {broker}\n", broker
