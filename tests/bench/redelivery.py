"""How long what a killed worker had in hand waits for another: beside dramatiq alone.

Two workers and a beat on PostgreSQL and Redis, real clocks. One worker is killed as soon as it has
handed over some of what it had claimed; timed until the rest has arrived through the other. What
it was just handing over is in doubt and not waited for. Beside it the tutorial design, one of whose
two workers is killed in the same way, is watched for as long.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from subprocess import DEVNULL, run
from threading import Event, Thread
from time import monotonic

from tests.bench.measure import ROOT, Figure
from tests.chaos.members import Member
from tests.chaos.yardstick import DRAMATIQ
from tests.crash.many import servers
from tests.crash.plug import CONNECTIONS, Plug
from tests.servers.postgres import postgres
from tests.servers.recorder import Recorder, recorder
from tests.servers.redis import redis_server
from tests.servers.worker import TSUNAGU, until
from worker.domain.intents import State
from worker.engine.claim import CLAIM_LEASE

PEOPLE = 400
ENOUGH = 30  # mails, until the plug is pulled
SLOW = "0.05"  # seconds that the mail server thinks over each: there is much in hand
GRACE = timedelta(seconds=5)
LONGEST = CLAIM_LEASE + timedelta(seconds=60)


class Here:
    """This very machine."""

    address = "127.0.0.1"

    def within(self, command: list[str]) -> list[str]:
        """Give the command as it is."""
        return command

    def cut(self) -> None:
        """There is no cable."""

    def mend(self) -> None:
        """There is no cable."""


def figures() -> list[Figure]:
    """Kill both at the same time, and watch both."""
    told: dict[str, str] = {}
    theirs = Thread(target=lambda: told.update(tutorial=_tutorial()))
    theirs.start()
    seconds, twice = _ours()
    theirs.join()
    most = (CLAIM_LEASE + GRACE).total_seconds()
    return [
        Figure(
            f"what a killed worker had claimed goes out by another (lease {CLAIM_LEASE.seconds} s)",
            f"{seconds:.1f} s after the kill; twice {twice}",
            told["tutorial"],
            f"at most {most:.0f} s",
            kept=seconds <= most and not twice,
        )
    ]


def _ours() -> tuple[float, int]:
    with tempfile.TemporaryDirectory() as name, servers() as (settings, _):
        plug = Plug(Path(name), people=PEOPLE, in_doubt="ask", seed="redelivery", settings=settings)
        with plug.server("--slow", SLOW) as server, ExitStack() as stack:
            first = stack.enter_context(_member(plug.home, "work-1", [str(TSUNAGU), "work"]))
            stack.enter_context(_member(plug.home, "beat", [str(TSUNAGU), "beat"]))
            until(lambda: server.count >= ENOUGH)
            first.kill()
            killed = monotonic()
            stack.enter_context(_member(plug.home, "work-2", [str(TSUNAGU), "work"]))
            most = PEOPLE - 2 * CONNECTIONS
            until(lambda: server.count >= most, patience=LONGEST.total_seconds())
            _settled(server)
            last = max(mail.at for mail in server.mails)
            began = datetime.now(UTC) - timedelta(seconds=monotonic() - killed)  # noqa: TID251 - of a real run
        with plug.server() as server:
            account = plug.account(server)
    assert account.never <= account.named(State.DOUBT) | account.named(State.BEGUN)
    return (last - began).total_seconds(), len(account.twice)


def _tutorial() -> str:
    """Say how much of what one of two workers had has arrived by then."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        (folder / "redis").mkdir()
        broker = stack.enter_context(redis_server(folder / "redis"))
        database = stack.enter_context(postgres())
        server = stack.enter_context(recorder(folder, "--slow", SLOW))
        said = {
            "store": database.database().replace("postgresql:", "postgresql+psycopg:"),
            "redis": broker,
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
        }
        (folder / "tutorial.json").write_text(json.dumps(said), encoding="utf-8")
        sending = [sys.executable, "-m", "tests.chaos.tutorial", str(PEOPLE), "0"]
        run(sending, cwd=folder, env={"PYTHONPATH": str(ROOT)}, check=True, stdout=DEVNULL)  # noqa: S603 - ours
        command = [str(DRAMATIQ), "tests.chaos.tutorial", "-p", "1", "-t", "8"]
        first = stack.enter_context(_member(folder, "first", command))
        until(lambda: server.count >= ENOUGH)
        stack.enter_context(_member(folder, "second", command))
        first.kill()
        killed = monotonic()
        left = (CLAIM_LEASE + GRACE).total_seconds()
        try:
            until(lambda: len(_received(server)) == PEOPLE, patience=left)
        except TimeoutError:
            missing = PEOPLE - len(_received(server))
            return f"dramatiq with Retries: {missing} had not come after {left:.0f} s"
        return f"dramatiq with Retries: {monotonic() - killed:.1f} s"


def _received(server: Recorder) -> set[str]:
    return {mail.message_id for mail in server.mails}


def _settled(server: Recorder) -> None:
    """Wait until nothing more has come for a while."""
    pause, before = Event(), -1
    while server.count != before:
        before = server.count
        pause.wait(3)


@contextmanager
def _member(home: Path, name: str, command: list[str]) -> Iterator[Member]:
    member = Member(name, home, Here(), partial(list, command))
    member.start()
    try:
        yield member
    finally:
        member.kill()
