"""A journal moves from a file into PostgreSQL: all of it, once, and nobody works on both."""

from pathlib import Path

import pytest

from tests.engine.plans import LADDER
from tests.stores import STORES
from tests.world import World, open_quickly
from worker.domain.errors import StoreError
from worker.engine.journal.journal import journal_on, open_journal
from worker.engine.journal.marks import NAME
from worker.engine.journal.moving import count_all, move
from worker.engine.journal.store import Store

SHOWN = "postgresql://hr@db/tsunagu"


class Interrupted(Exception):  # noqa: N818 - reads as what happened
    """Somebody pulled the plug."""


def _pull_the_plug(_: int) -> None:
    raise Interrupted


def lived(folder: Path) -> World:
    """Give a world in which a ladder was climbed, kept in a file."""
    folder.mkdir()
    world = World(folder, store=Store(f"sqlite:///{folder / 'store.db'}"))
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    world.run_until("2026-04-10 18:00")
    return world


def test_everything_is_there_afterwards_and_life_goes_on(tmp_path: Path) -> None:
    """Counted alike, and the next rung of the ladder is climbed in the new journal."""
    world = lived(tmp_path / "old")
    url = STORES.place(tmp_path)
    before = [(wish.key, wish.state) for wish in world.wishes("aoi")]
    new = Store(url)

    moved = move(world.journal.store, new, shown=SHOWN)

    assert moved.total == count_all(world.journal.store)
    assert moved.rows["fact"] > 0 < moved.rows["letter"]
    world.journal.close()
    world.journal = open_quickly(new)
    world.restarted()
    world.engine.read_versions()
    assert [(wish.key, wish.state) for wish in world.wishes("aoi")] == before
    world.run_until("2026-04-30 18:00")
    assert len(world.wishes("aoi")) > len(before)
    new.close()


def test_a_new_journal_that_somebody_only_looked_at_takes_everything(tmp_path: Path) -> None:
    """`status` typed too early makes the tables and nothing that would have to be kept."""
    world = lived(tmp_path / "old")
    url = STORES.place(tmp_path)
    open_journal(url).close()
    open_journal(str(world.journal.store.url)).close()
    new = Store(url)

    move(world.journal.store, new, shown=SHOWN)

    name = world.journal.marks.secret(NAME)
    assert journal_on(new).marks.secret(NAME) == name
    new.close()


def test_the_old_journal_says_where_it_went(tmp_path: Path) -> None:
    """Whoever starts a worker on it is told, and sends nothing."""
    world = lived(tmp_path / "old")
    new = Store(STORES.place(tmp_path))
    move(world.journal.store, new, shown=SHOWN)
    new.close()
    old = str(world.journal.store.url)
    world.journal.close()

    with pytest.raises(StoreError, match=f"moved to {SHOWN}"):
        open_journal(old)


def test_interrupted_it_goes_on_where_it_stopped(tmp_path: Path) -> None:
    """Nothing is there twice, and until it is whole nobody can work on the new journal."""
    world = lived(tmp_path / "old")
    url = STORES.place(tmp_path)
    new = Store(url)
    for pulled in range(100):  # noqa: B007 - asserted below
        try:
            move(world.journal.store, new, shown=SHOWN, on_progress=_pull_the_plug)
        except Interrupted:
            with pytest.raises(StoreError, match="not whole"):
                open_journal(url)
        else:
            break

    moved = move(world.journal.store, new, shown=SHOWN)
    again = move(world.journal.store, new, shown=SHOWN)

    assert pulled > 5
    assert moved.rows == again.rows
    assert moved.total == count_all(world.journal.store)
    open_journal(url).close()
    new.close()
    world.close()


def test_a_journal_that_is_there_already_is_left_as_it_is(tmp_path: Path) -> None:
    """Two years are never mixed."""
    first, second = lived(tmp_path / "one"), lived(tmp_path / "two")

    with pytest.raises(StoreError, match="already"):
        move(first.journal.store, second.journal.store, shown=SHOWN)

    first.close()
    second.close()
