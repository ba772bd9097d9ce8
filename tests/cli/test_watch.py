"""`status --watch` in a real terminal, and who works, as `status` shows it."""

import os
import pty
import select
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest

from tests.cli.desk import Desk
from tests.servers.postgres import postgres, serving
from tests.servers.process import program
from tests.servers.worker import PATIENCE, TSUNAGU, until
from worker.cli.main import main
from worker.engine.journal.journal import open_journal
from worker.engine.journal.processes import Who

pytestmark = pytest.mark.services


@contextmanager
def watch(desk: Desk, *words: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Type it in a terminal of its own; gives the process and what is seen."""
    seen, terminal = pty.openpty()
    watching = (str(TSUNAGU), "status", "--watch")
    child = subprocess.Popen(  # noqa: S603 - the command of this project
        # A test run in the background has Ctrl+C ignored, and hands that on; a terminal has not.
        [program("env"), "--default-signal=INT", *watching, "--workspace", str(desk.root), *words],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        env={"PATH": os.defpath, "TERM": "xterm", "LANG": "en_GB.UTF-8", "COLUMNS": "110"},
        start_new_session=True,
    )
    os.close(terminal)
    try:
        yield child, seen
    finally:
        child.kill()
        child.wait()
        os.close(seen)


def read_until(seen: int, words: str) -> str:
    """Read a terminal until it shows *words*."""
    shown = b""

    def is_there() -> bool:
        nonlocal shown
        if select.select([seen], [], [], 0)[0]:
            shown += os.read(seen, 65_536)
        return words.encode() in shown

    until(is_there)
    return shown.decode("utf-8", "replace")


def test_it_is_shown_until_somebody_has_seen_enough(staffed: Desk) -> None:
    """One page in place; Ctrl+C ends it with 0 and without a word."""
    with watch(staffed) as (child, seen):
        read_until(seen, "people")

        child.send_signal(signal.SIGINT)

        assert child.wait(PATIENCE) == 0
        rest = os.read(seen, 65_536).decode("utf-8", "replace")
    assert "Traceback" not in rest
    assert "KeyboardInterrupt" not in rest


def test_a_store_that_is_away_for_a_while_does_not_end_it(staffed: Desk) -> None:
    """Said where the page was; and when the database is back, there is the page again."""
    with postgres(waits_for_the_disk=True) as database:  # or its end would take the tables along
        with (staffed.root / "tsunagu.yaml").open("a") as settings:
            settings.write(f"store: {database.database()}\n")
        with watch(staffed) as (child, seen):
            read_until(seen, "people")
            database.kill()
            read_until(seen, "cannot be used")
            with serving(database, waits_for_the_disk=True):
                read_until(seen, "Nothing needs looking at")

            child.send_signal(signal.SIGINT)

            assert child.wait(PATIENCE) == 0


class Passing:
    """A clock by which ten minutes pass at each look, until somebody presses Ctrl+C."""

    def __init__(self, now: datetime, looks: int) -> None:
        self.shown = now
        self.looks = looks

    def now(self) -> datetime:
        """Say what time it is."""
        if not self.looks:
            raise KeyboardInterrupt
        self.looks -= 1
        self.shown += timedelta(minutes=10)
        return self.shown


def test_who_falls_silent_meanwhile_is_said(
    staffed: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    """Each page is of its own moment, however long somebody has been watching."""
    worked(staffed, "app1/work", "app2/work", ago=-timedelta(minutes=20))
    words = ["status", "--watch", "--language", "en", "--workspace", str(staffed.root)]

    status = main(words, clock=Passing(staffed.now, looks=3))

    first, second = capsys.readouterr().out.split("\n\nworker ")
    assert status == 0
    assert "silent" not in first
    assert "app1/work-1 has been silent since" in second


def worked(desk: Desk, *names: str, release: str = "1.0", ago: timedelta = timedelta()) -> None:
    """Have processes of other machines give a sign."""
    journal = open_journal(f"sqlite:///{desk.root / '.tsunagu' / 'store.db'}")
    for name in names:
        host, verb = name.split("/")
        who = Who(f"{name}-1", verb, host, 7, release)
        journal.processes.began(who, desk.now - ago)
    journal.close()


def test_each_of_many_workers_is_shown_with_its_last_sign(staffed: Desk) -> None:
    """A beat and two workers on three machines: each in a line."""
    worked(staffed, "db1/beat", "app1/work", "app2/work")

    page = staffed.type("status", language="en")
    told = staffed.type("status", "--json").json

    assert [line.split()[0] for line in page.out.splitlines() if line.endswith("works")] == [
        "app1/work-1",
        "app2/work-1",
        "db1/beat-1",
    ]
    assert [one["alive"] for one in told["processes"]] == [True, True, True]


def test_who_fell_silent_without_a_word_is_said(staffed: Desk) -> None:
    """A machine that is gone is named, with when it was last heard of."""
    worked(staffed, "app1/work")
    worked(staffed, "app2/work", ago=timedelta(minutes=5))

    page = staffed.type("status", language="en")

    assert "app2/work-1 has been silent since" in page.out
    assert "app1/work-1 has been silent" not in page.out


def test_who_ended_as_it_should_is_not_missed(staffed: Desk) -> None:
    """A worker that was stopped said goodbye: nobody has to look for it."""
    assert staffed.type("up", "--until-idle").status == 0

    told = staffed.at("2026-04-01 09:00").type("status", "--json").json

    assert [(one["verb"], one["alive"]) for one in told["processes"]] == [("up", False)]
    assert [one["what"] for one in told["findings"] if one["what"] == "lost"] == []
