"""`tsunagu upgrade`, as an operator types it: from one machine's file to a database of many."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.desk import MORNING, Desk, lay_out
from tests.servers.postgres import Postgres, postgres
from worker.cli.play import JumpingClock
from worker.engine.journal.journal import open_journal
from worker.engine.journal.processes import Who
from worker.settings.load import load_settings
from worker.wiring.engine import engine_of

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def database() -> Iterator[Postgres]:
    """A PostgreSQL of these tests' own."""
    with postgres() as running:
        yield running


def set_store(home: Path, url: str) -> None:
    """Write another store into the settings."""
    path = home / "tsunagu.yaml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\nstore: {url}\n", encoding="utf-8")


def test_a_year_moves_from_a_file_into_postgresql(tmp_path: Path, database: Postgres) -> None:
    """Settings changed, one command typed: the people are there, and the file sends nothing."""
    desk = lay_out(tmp_path, port=1)
    assert desk.type("people", "import").status == 0
    set_store(desk.root, database.database())

    moved = desk.type("upgrade", "--from", ".tsunagu/store.db", "--json")
    again = desk.type("upgrade", "--from", ".tsunagu/store.db", "--json")

    assert moved.status == 0, moved.err
    assert again.json == moved.json
    assert moved.json["rows"]["person"] == 3
    assert len(desk.type("people", "list", "--json").json) == 3
    old = desk.type("status", language="en")
    assert old.status == 0
    write_back(desk)
    refused = desk.type("up", "--until-idle", language="en")
    assert refused.status == 2
    assert "was moved to postgresql://" in refused.err


def test_who_is_erased_is_said_to_be_in_the_file_that_was_left(
    tmp_path: Path, database: Postgres
) -> None:
    """Nobody works on it, nothing reaches it, and it holds everybody: a human removes it."""
    desk = lay_out(tmp_path, port=1)
    desk.type("people", "import")
    set_store(desk.root, database.database())
    moved = desk.type("upgrade", "--from", ".tsunagu/store.db", language="en")

    erased = desk.type("people", "erase", "aoi", "--yes", language="en")

    left = desk.root / ".tsunagu" / "store.db"
    assert "Everybody is in it still" in moved.out
    assert f"{left}: to be removed by hand" in erased.out
    assert "on other machines" in erased.out


def write_back(desk: Desk) -> None:
    """Somebody takes the new store out of the settings again."""
    path = desk.root / "tsunagu.yaml"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("store:")), "utf-8")


@pytest.mark.parametrize(
    ("source", "said"), [("nowhere.db", "There is no file"), (".tsunagu/store.db", "very store")]
)
def test_what_cannot_be_moved_is_said(tmp_path: Path, source: str, said: str) -> None:
    """A file that is not there, and the store itself."""
    desk = lay_out(tmp_path, port=1)
    desk.type("people", "import")

    page = desk.type("upgrade", "--from", source, language="en")

    assert page.status == 2
    assert said in page.err


def test_upgrading_twice_changes_nothing(tmp_path: Path) -> None:
    """The second time it says so."""
    desk = lay_out(tmp_path, port=1)

    first = desk.type("upgrade", language="en")
    second = desk.type("upgrade", language="en")

    assert (first.status, second.status) == (0, 0)
    assert "already" in second.out


def test_status_knows_of_workers_on_other_machines(tmp_path: Path, database: Postgres) -> None:
    """Nobody holds a lock on a database of many: who looked at it lately works."""
    desk = lay_out(tmp_path, port=1)
    set_store(desk.root, database.database())
    desk.type("people", "import")
    before = desk.type("status", language="en")
    tick(desk)

    now = desk.type("status", language="en")
    later = desk.at("2026-04-01 08:30").type("status", language="en")

    assert "not running" in before.out
    assert "running, here or on another machine" in now.out
    assert "not running" in later.out


def test_who_has_said_goodbye_is_not_at_work(tmp_path: Path, database: Postgres) -> None:
    """Its last look is a moment ago, and yet nobody is there: `status` and `doctor` know it."""
    desk = lay_out(tmp_path, port=1)
    set_store(desk.root, database.database())
    desk.type("people", "import")
    tick(desk)
    beat = Who("hr1/beat-1", "beat", "hr1", 7, "1.0")
    settings = load_settings(desk.root / "tsunagu.yaml").standing()
    with closing(open_journal(settings.store.url.reveal())) as journal:
        journal.processes.began(beat, MORNING)
        working = [desk.type(verb, language="en").out for verb in ("status", "doctor")]
        journal.processes.ended(beat, MORNING)
        ended = [desk.type(verb, language="en").out for verb in ("status", "doctor")]

    assert "running, process hr1/beat-1" in working[0]
    assert "process hr1/beat-1 is at work" in working[1]
    assert "not running" in ended[0]
    assert "no worker is running" in ended[1]


def tick(desk: Desk) -> None:
    """Let a beat on another machine look once, which finds nobody due."""
    settings = load_settings(desk.root / "tsunagu.yaml").standing()
    journal = open_journal(settings.store.url.reveal())
    engine_of(settings, journal, JumpingClock(MORNING)).ticker.tick(MORNING)
    journal.close()
