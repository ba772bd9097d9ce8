"""So many calls at once to one mailbox, over all processes that share a store."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from tests.stores import STORES
from worker.engine.journal.places import DatabasePlaces, FilePlaces, GiveBack, Places

HR, PRESIDENT = "graph tsunagu saiyo@example.co.jp", "graph tsunagu president@example.co.jp"

OTHER = """
import sys
from pathlib import Path
from worker.engine.journal.places import DatabasePlaces, FilePlaces
kind, place, name, many = sys.argv[1:]
places = FilePlaces(Path(place)) if kind == "file" else DatabasePlaces(place)
held = [places.take(name, 4) for _ in range(int(many))]
print(sum(one is not None for one in held), flush=True)
sys.stdin.read()
"""


class Where:
    """A place to share, by its address, and this process' hands on it."""

    def __init__(self, folder: Path) -> None:
        self.url = STORES.place(folder)
        self.is_file = self.url.startswith("sqlite")
        self.address = str(folder / "places") if self.is_file else self.url
        self._at_databases: list[DatabasePlaces] = []

    def hands(self) -> Places:
        """Give another worker's hands."""
        if self.is_file:
            return FilePlaces(Path(self.address))
        self._at_databases.append(DatabasePlaces(self.url))
        return self._at_databases[-1]

    def close(self) -> None:
        """Go home."""
        for places in self._at_databases:
            places.close()
        STORES.give_back(self.url)

    def process(self, name: str, many: int) -> subprocess.Popen[str]:
        """Start another process that takes as many places, and holds them until it is ended."""
        kind = "file" if self.is_file else "database"
        return subprocess.Popen(  # noqa: S603 - the test's own
            [sys.executable, "-c", OTHER, kind, self.address, name, str(many)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=os.getcwd(),  # noqa: PTH109 - where the project is
        )


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Where]:
    """A store of the test's own."""
    place = Where(tmp_path)
    yield place
    place.close()


def test_four_are_let_in_and_no_fifth(where: Where) -> None:
    """Also where they belong to two workers of one process; another mailbox is not concerned."""
    one, other = where.hands(), where.hands()

    held = [one.take(HR, 4), one.take(HR, 4), other.take(HR, 4), other.take(HR, 4)]
    fifth, beside = one.take(HR, 4), other.take(PRESIDENT, 4)

    assert all(held)
    assert fifth is None
    assert beside is not None
    for give_back in (*held, beside):
        assert give_back is not None
        give_back()


def test_who_leaves_makes_room(where: Where) -> None:
    """For one, and for whoever asks next."""
    places = where.hands()
    held = [places.take(HR, 2), places.take(HR, 2)]
    assert held[0] is not None
    held[0]()

    again, none = places.take(HR, 2), places.take(HR, 2)

    assert again is not None
    assert none is None
    again()
    assert held[1] is not None
    held[1]()


def test_a_name_is_the_same_however_it_is_written(where: Where) -> None:
    """Addresses are told apart by no case."""
    places = where.hands()
    held = places.take(HR.upper(), 1)

    assert places.take(HR, 1) is None
    assert held is not None
    held()


def test_a_process_that_is_killed_gives_its_places_back(where: Where) -> None:
    """Three of four are another process', until nobody is there any more."""
    places = where.hands()
    with where.process(HR, 3) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "3\n"
        mine, none = places.take(HR, 4), places.take(HR, 4)
        other.kill()
        other.wait()
        free = [places.take(HR, 4)]
        while len([one for one in free if one is not None]) < 3:  # the database hears of it soon
            free.append(places.take(HR, 4))

    assert mine is not None
    assert none is None
    for give_back in (mine, *free):
        if give_back is not None:
            give_back()


def test_a_crowd_never_holds_more_than_there_are(where: Where) -> None:
    """Twelve threads of two workers at once."""
    workers = [where.hands(), where.hands()]
    ready = Barrier(12)

    def try_it(number: int) -> GiveBack | None:
        ready.wait()
        return workers[number % 2].take(HR, 4)

    with ThreadPoolExecutor(12) as crowd:
        held = [one for one in crowd.map(try_it, range(12)) if one is not None]

    assert len(held) == 4
    for give_back in held:
        give_back()


@pytest.mark.sqlite
def test_where_no_place_can_be_made_nobody_is_let_in(tmp_path: Path) -> None:
    """A folder that cannot be written: the caller is told that there is no place."""
    (tmp_path / "file").write_text("")

    assert FilePlaces(tmp_path / "file" / "places").take(HR, 4) is None


def test_a_database_that_is_away_lets_nobody_in() -> None:
    """Nor is anything raised into a call that is about to be made."""
    places = DatabasePlaces("postgresql+psycopg://hr@127.0.0.1:1/hr")

    assert places.take(HR, 4) is None
    places.close()
