"""A real `tsunagu up --monitor`: whoever supervises it is told why it does not work."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from tests.servers.postgres import postgres, serving
from tests.servers.process import free_port
from tests.servers.recorder import recorder
from tests.servers.worker import tsunagu, until, worker
from tests.test_up import states, workspace
from worker.domain.intents import State
from worker.engine.tables import stamp
from worker.wiring.clock import SystemClock

pytestmark = pytest.mark.services

PEOPLE = 5


def asker(port: int) -> Callable[[str], tuple[int, str]]:
    """Give what asks a page of the worker: the status, and what it says; 0 while nobody answers."""

    def ask(page: str) -> tuple[int, str]:
        try:
            said = httpx.get(f"http://127.0.0.1:{port}/{page}")
        except httpx.TransportError:
            return 0, ""
        return said.status_code, said.text

    return ask


def test_a_journal_that_is_away_is_why_it_is_not_ready(tmp_path: Path) -> None:
    """PostgreSQL ends and comes back: not ready and why, alive all the while, then ready again."""
    port = free_port()
    ask = asker(port)
    with recorder(tmp_path) as server, postgres() as journal:
        home = workspace(tmp_path, server.port, PEOPLE, more=f"store: {journal.database()}\n")
        with worker(home, "--monitor", str(port)):
            until(lambda: server.count == PEOPLE)
            before = ask("readyz")
            journal.kill()
            until(lambda: ask("readyz")[0] == httpx.codes.SERVICE_UNAVAILABLE)
            why, alive = ask("readyz")[1], ask("healthz")
            with serving(journal):
                until(lambda: ask("readyz") == (200, "ok\n"))
    assert before == (200, "ok\n")
    assert alive == (200, "ok\n")
    assert "connection" in why
    assert "Traceback" not in why


def test_a_journal_that_was_restored_is_why_it_is_not_ready(tmp_path: Path) -> None:
    """A copy that last looked an hour ago is put back: not ready, and nothing leaves."""
    port = free_port()
    ask = asker(port)
    with recorder(tmp_path) as server:
        home = workspace(tmp_path, server.port, PEOPLE)
        copy = copied(home)
        with closing(sqlite3.connect(copy)) as journal, journal:
            an_hour_ago = str(stamp(SystemClock().now() - timedelta(hours=1)))
            journal.execute("INSERT INTO mark VALUES ('last_tick', ?)", [an_hour_ago])
        assert tsunagu(home, "up", "--until-idle").returncode == 0
        put_back(home, copy)
        with worker(home, "--monitor", str(port)):
            until(lambda: ask("readyz")[0] != 0)
            ready, alive = ask("readyz"), ask("healthz")
    assert (ready[0], alive) == (503, (200, "ok\n"))
    assert ready[1].startswith("journal: ")
    assert server.count == PEOPLE


def test_a_copy_from_before_the_first_mail_sends_nothing_again(tmp_path: Path) -> None:
    """Put back within minutes: whoever was enrolled anew is left to a human."""
    with recorder(tmp_path) as server:
        home = workspace(tmp_path, server.port, PEOPLE)
        copy = copied(home)
        assert tsunagu(home, "up", "--until-idle").returncode == 0
        put_back(home, copy)
        assert tsunagu(home, "up", "--until-idle").returncode == 0
        assert states(home) == {State.DOUBT: PEOPLE}
    assert server.count == PEOPLE


def copied(home: Path) -> Path:
    """Make a backup of the journal of a workspace."""
    copy = home / "copy.db"
    with (
        closing(sqlite3.connect(home / ".tsunagu" / "store.db")) as journal,
        closing(sqlite3.connect(copy)) as into,
    ):
        journal.backup(into)
    return copy


def put_back(home: Path, copy: Path) -> None:
    """Restore a backup."""
    store = home / ".tsunagu" / "store.db"
    for file in store.parent.glob("store.db*"):
        file.unlink()
    copy.rename(store)
