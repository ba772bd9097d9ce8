"""A full disk and a locked database: nothing lost, nothing doubled, said plainly."""

import sqlite3
from collections import Counter
from pathlib import Path

import pytest

from tests.engine.plans import HOUR, WELCOME, plan_of
from tests.world import World
from worker.domain.errors import StoreError
from worker.domain.facts import StepId
from worker.domain.intents import State
from worker.domain.plan import Step, Task
from worker.domain.when import FromFact
from worker.engine.journal.store import Store

PEOPLE = [f"p{number:02}" for number in range(60)]


def crowded(folder: Path) -> World:
    """Have sixty people due at once."""
    world = World(folder, connections=2)
    world.crowd(PEOPLE, world.publish(WELCOME), offer="2026-04-01 07:00")
    return world


def leave_pages(world: World, more: int | None) -> None:
    """Leave the database room for so many more pages; None: as many as it wants."""
    with world.journal.store.writer.connect() as connection:
        driver = connection.connection.driver_connection
        assert isinstance(driver, sqlite3.Connection)
        (used,) = driver.execute("PRAGMA page_count").fetchone()
        limit = 1_000_000 if more is None else used + more
        driver.execute(f"PRAGMA max_page_count = {limit:d}")


@pytest.mark.sqlite
@pytest.mark.parametrize("pages", [0, 3, 8, 20, 40, 60, 80])
def test_a_full_disk_stops_everything_and_loses_nothing(tmp_path: Path, pages: int) -> None:
    """Wherever the disk fills up: once there is room again everybody is written to once."""
    world = crowded(tmp_path)
    leave_pages(world, pages)

    with pytest.raises(StoreError, match="full"):
        world.run()
    with pytest.raises(StoreError, match="full"):
        world.run()
    leave_pages(world, None)
    world.run()

    arrived = Counter(mail.to for mail in world.arrived)
    assert arrived == Counter(f"{person}@mail.example" for person in PEOPLE)
    assert {state for person in PEOPLE for state in world.states(person)} == {State.DONE}
    world.close()


@pytest.mark.sqlite
@pytest.mark.parametrize("pages", range(0, 24, 3))
def test_a_full_disk_is_nobodys_fault(tmp_path: Path, pages: int) -> None:
    """What is done in the journal alone waits for room, too, and no step is shown as broken."""
    world = World(tmp_path)
    task = Step(StepId("call"), FromFact("offer", (HOUR,)), Task("電話する" * 400))
    world.crowd(PEOPLE, world.publish(plan_of(task)), offer="2026-04-01 07:00")
    leave_pages(world, pages)

    with pytest.raises(StoreError, match="full"):
        world.run()
    leave_pages(world, None)
    world.run()

    assert {state for person in PEOPLE for state in world.states(person)} == {State.DONE}
    assert len(world.journal.desk.tasks()) == len(PEOPLE)
    world.close()


@pytest.mark.sqlite
def test_a_locked_database_is_waited_for_and_then_said(tmp_path: Path) -> None:
    """Somebody else holds the journal: after the time-out it is said, and later it goes on."""
    world = crowded(tmp_path)
    world.reopen(Store(world.url, busy_timeout_ms=20))
    other = sqlite3.connect(tmp_path / "store.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="locked"):
        world.run()
    other.execute("ROLLBACK")
    other.close()
    world.run()

    assert len(world.arrived) == len(PEOPLE)
    world.close()


@pytest.mark.sqlite
def test_a_journal_that_is_no_journal_is_said_to_be_none(tmp_path: Path) -> None:
    """Somebody saved a text over it."""
    path = tmp_path / "store.db"
    path.write_text("何か別のもの" * 100, encoding="utf-8")

    with pytest.raises(StoreError, match="cannot be used"):
        World(tmp_path)


@pytest.mark.sqlite
def test_a_commit_is_on_the_disk_before_it_counts(tmp_path: Path) -> None:
    """A beginning that is forgotten when the power goes is a second mail."""
    store = Store(f"sqlite:///{tmp_path}/store.db")

    with store.write() as connection:
        waits = connection.exec_driver_sql("PRAGMA synchronous").scalar()
        form = connection.exec_driver_sql("PRAGMA journal_mode").scalar()

    assert (waits, form) == (2, "wal")  # FULL
    store.close()
