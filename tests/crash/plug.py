"""Pull the plug of a running worker again and again, and then compare two accounts.

One account is the journal's, the other the mail server's. Every moment at which the plug is pulled
is derived from a number, so that a run that went wrong can be looked at again.
"""

from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from tests.bench.workspace import Layout, lay_out
from tests.servers.process import free_port
from tests.servers.recorder import Recorder, recorder
from tests.servers.worker import said, tsunagu, until, worker
from worker.domain.intents import State
from worker.engine.journal.desk import Wish
from worker.engine.journal.journal import open_journal
from worker.settings.load import load_settings
from worker.wiring.engine import engine_of

if TYPE_CHECKING:
    import subprocess

CONNECTIONS = 3
ROUNDS = 200  # of letting time pass until nothing waits any more
PAUSE = timedelta(minutes=10)
# What `tsunagu doubts` shows. On a slow machine one mail may be in the hands of three workers that
# are killed, and then it is taken for what killed them.
LISTED = (State.DOUBT, State.PARKED)
LATER = timedelta(hours=2)  # after which what is in doubt is sent again, if its step says so
WORKING = 60.0  # seconds a worker may take until something of it is seen


def die(seed: str, sides: int) -> int:
    """Throw a die of so many sides: 0 to *sides* - 1, always the same for the same *seed*."""
    return int.from_bytes(sha256(seed.encode()).digest()[:8], "big") % sides


class TurnedClock:
    """The machine's clock, turned ahead by hand."""

    def __init__(self, ahead: timedelta) -> None:
        self.ahead = ahead

    def now(self) -> datetime:
        """Give the time, so much ahead."""
        return datetime.now(UTC) + self.ahead  # noqa: TID251 - beside a real server


@dataclass(frozen=True, slots=True)
class Account:
    """What the journal says, and what the server has."""

    wishes: tuple[Wish, ...]
    received: Counter[str]  # by Message-ID
    frozen: dict[str, str]  # the digest of each mail's bytes, by Message-ID
    arrived: dict[str, set[str]]  # the digests of what arrived, by Message-ID

    def count(self, *states: State) -> int:
        """How many mails stand so."""
        return sum(wish.state in states for wish in self.wishes)

    @property
    def twice(self) -> set[str]:
        """Mails that arrived more than once."""
        return {name for name, count in self.received.items() if count > 1}

    @property
    def never(self) -> set[str]:
        """Mails that never arrived."""
        return {wish.message_id for wish in self.wishes} - set(self.received)

    def named(self, *states: State) -> set[str]:
        """The mails that stand so, by Message-ID."""
        return {wish.message_id for wish in self.wishes if wish.state in states}

    @property
    def changed_on_the_way(self) -> set[str]:
        """Mails of which other bytes arrived than were frozen."""
        return {
            name for name, digests in self.arrived.items() if digests != {self.frozen.get(name)}
        }


class Plug:
    """A workspace with a mail server, and a hand on the plug."""

    def __init__(
        self, folder: Path, *, people: int, in_doubt: str, seed: str, settings: str = ""
    ) -> None:
        self.home = folder / "hr"
        self.home.mkdir()
        self.folder = folder
        self.people = people
        self.seed = seed
        self.port = free_port()
        self.kills = 0
        yesterday = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - a real process has a real clock
        layout = Layout(self.port, people, yesterday, in_doubt=in_doubt, connections=CONNECTIONS)
        lay_out(self.home, layout)
        if settings:
            with (self.home / "tsunagu.yaml").open("a", encoding="utf-8") as written:
                written.write(settings)
        imported = tsunagu(self.home, "people", "import")
        if imported.returncode:
            raise RuntimeError(imported.stderr)

    def server(self, *options: str) -> AbstractContextManager[Recorder]:
        """Run the mail server; started again, it goes on with its account."""
        return recorder(self.folder, *options, port=self.port)

    def kill_worker(self, server: Recorder, times: int, *, spread: int) -> None:
        """Start a worker and kill it, so many times; each after it has done a little.

        Half of the kills come so many mails after the start, half so many milliseconds.
        """
        for _ in range(times):
            with worker(self.home, "--until-idle") as running:
                self._wait_for_the_moment(server, running, spread)
                if running.poll() is not None:
                    return
                running.kill()
                running.wait()
            self.kills += 1

    def _wait_for_the_moment(
        self, server: Recorder, running: "subprocess.Popen[bytes]", spread: int
    ) -> None:
        seed = f"{self.seed}/{self.kills}"
        if die(f"{seed}/how", 2):
            self._until(_has(server, server.count + 1 + die(seed, spread)), running)
        else:
            begun = said(self.home).count("Working")
            self._until(lambda: said(self.home).count("Working") > begun, running)
            Event().wait(die(seed, 20 * spread) / 1000)

    @staticmethod
    def _until(is_so: Callable[[], bool], running: "subprocess.Popen[bytes]") -> None:
        until(lambda: is_so() or running.poll() is not None, patience=WORKING)

    def finish(self) -> None:
        """Let a last worker end its work in peace."""
        done = tsunagu(self.home, "up", "--until-idle")
        if done.returncode:
            raise RuntimeError(done.stderr)

    def live_on(self, ahead: timedelta = LATER) -> None:
        """Let time pass: what waits or is in doubt is looked at again by the real engine."""
        settings = load_settings(self.home / "tsunagu.yaml").standing()
        journal = open_journal(settings.store.url.reveal())
        clock = TurnedClock(ahead)
        engine = engine_of(settings, journal, clock)
        for wish in journal.desk.in_state(State.PARKED, most=self.people):
            journal.desk.send_again(wish.key, clock.now())  # as `tsunagu doubts --resend` does
        for _ in range(ROUNDS):  # a server that hangs up makes its lane wait, each time anew
            for closed in journal.lanes.all():
                journal.lanes.release(closed.lane, clock.now())
            engine.run_until_idle()
            if not journal.desk.in_state(State.READY, State.CLAIMED, most=1):
                break
            clock.ahead += PAUSE
        engine.performer.close()
        journal.close()

    def account(self, server: Recorder) -> Account:
        """Give both accounts."""
        settings = load_settings(self.home / "tsunagu.yaml").standing()
        journal = open_journal(settings.store.url.reveal())
        wishes = tuple(journal.desk.in_state(*State, most=1_000_000))
        frozen = {}
        for wish in wishes:
            letter = journal.desk.letter(wish.key)
            if letter is not None:
                frozen[wish.message_id] = sha256(letter.content).hexdigest()
        journal.close()
        arrived: dict[str, set[str]] = {}
        for mail in server.mails:
            arrived.setdefault(mail.message_id, set()).add(mail.digest)
        received = Counter(mail.message_id for mail in server.mails)
        return Account(wishes, received, frozen, arrived)

    def kill_server_while_working(self, times: int, *, spread: int) -> None:
        """Let one worker run, and kill the mail server under it, so many times."""
        with worker(self.home) as running:
            for number in range(times):
                with self.server("--slow", "0.01") as server:
                    enough = server.count + 1 + die(f"{self.seed}/{number}", spread)
                    self._open_the_lane()
                    self._until(_has(server, enough), running)
                self.kills += 1
            running.terminate()
            running.wait(WORKING)

    def _open_the_lane(self) -> None:
        """Do what `tsunagu release` does: the server is back, and nobody waits for the lane."""
        settings = load_settings(self.home / "tsunagu.yaml").standing()
        journal = open_journal(settings.store.url.reveal())
        for closed in journal.lanes.all():
            journal.lanes.release(closed.lane, TurnedClock(timedelta()).now())
        journal.close()


def _has(server: Recorder, mails: int) -> Callable[[], bool]:
    """Give the question whether the server has so many mails."""
    return lambda: server.count >= mails
