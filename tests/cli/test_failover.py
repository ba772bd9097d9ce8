"""PostgreSQL fails, and a standby that lacks the last commits takes over: asked, never doubled."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest

from tests.cli.desk import Desk
from tests.cli.test_gmail_office import desk as gmail_desk
from tests.cli.test_gmail_office import work
from tests.cli.test_gmail_office import world as gmail_world
from tests.cli.test_reconcile import letters
from tests.servers.google import GoogleWorld
from tests.servers.postgres import Postgres, cut_off, postgres, promote, standing_by

pytestmark = pytest.mark.services

desk_of_a_file, world = gmail_desk, gmail_world
MORNING = "2026-04-01 08:00"


@dataclass
class Pair:
    """A primary, and the standby that streams from it without being waited for."""

    primary: Postgres
    standby: Postgres

    @property
    def store(self) -> str:
        """Give the setting that finds whichever of them may be written to."""
        hosts = "&".join(f"host=127.0.0.1:{one.port}" for one in (self.primary, self.standby))
        return f"postgresql://postgres@/hr?{hosts}"

    def lose_what_follows(self) -> None:
        """Let the standby have everything so far, and nothing more."""
        here = self.primary.ask("SELECT pg_current_wal_flush_lsn()::text")
        pause = Event()
        while not self.standby.ask(f"SELECT pg_last_wal_replay_lsn() >= '{here}'::pg_lsn"):
            pause.wait(0.02)
        cut_off(self.standby)

    def fail_over(self) -> None:
        """Lose the primary."""
        self.primary.kill()
        promote(self.standby)


@pytest.fixture
def pair() -> Iterator[Pair]:
    """Two servers."""
    with ExitStack() as stack:
        primary = stack.enter_context(postgres())
        primary.say("CREATE DATABASE hr TEMPLATE template0 ENCODING 'UTF8'")
        yield Pair(primary, stack.enter_context(standing_by(primary)))


@pytest.fixture
def desk(desk_of_a_file: Desk, pair: Pair) -> Desk:
    """A workspace that sends through Gmail, and whose journal is in PostgreSQL."""
    path = desk_of_a_file.root / "tsunagu.yaml"
    path.write_text(path.read_text() + f"store: {pair.store}\n")
    moved = desk_of_a_file.type("upgrade", "--from", str(Path(".tsunagu") / "store.db"))
    assert moved.status == 0, moved.err
    return desk_of_a_file


def test_after_days_that_are_lost_nothing_leaves_before_it_was_asked_about(
    desk: Desk, world: GoogleWorld, pair: Pair
) -> None:
    """Three days of commits are gone: held at once, found at Gmail, and everything came once."""
    work(desk, world, MORNING)
    pair.lose_what_follows()
    work(desk, world, "2026-04-01 10:00", "2026-04-03 11:00", "2026-04-06 10:00")
    before = letters(world)

    pair.fail_over()
    work(desk, world, "2026-04-06 11:00", "2026-04-06 12:00")
    held, meanwhile = desk.type("status").out, letters(world)
    world.clock.turn_to(desk.at("2026-04-06 12:30").now)
    done = desk.type("reconcile", "--yes", "--json")
    work(desk, world, "2026-04-06 13:00", "2026-04-07 10:00", "2026-04-08 10:00")

    assert before.total() > 1
    assert "tsunagu reconcile" in held
    assert meanwhile == before
    assert done.json["found"] == before.total()
    assert set(letters(world).values()) == {1}
    assert letters(world) > before


def test_minutes_that_are_lost_are_asked_about_by_the_worker_itself(
    desk: Desk, world: GoogleWorld, pair: Pair
) -> None:
    """The mail of three minutes ago is unknown: it is looked up, and nobody types anything."""
    work(desk, world, MORNING, "2026-04-01 09:58")
    pair.lose_what_follows()
    work(desk, world, "2026-04-01 10:00")
    before = letters(world)

    pair.fail_over()
    work(desk, world, "2026-04-01 10:03")
    at_once = letters(world)
    work(desk, world, "2026-04-01 10:20", "2026-04-01 10:40", "2026-04-02 10:00")

    assert before.total() == 1
    assert at_once == before
    assert letters(world) == before
    noted = {one["name"] for one in desk.type("timeline", "aoi", "--json").json["facts"]}
    assert "welcome.sent" in noted
    assert "tsunagu reconcile" not in desk.type("status").out
