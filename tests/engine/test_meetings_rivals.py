"""However many workers run, nobody has two of our meetings at once."""

from pathlib import Path

from tests.engine.rivals import fight, overlaps
from tests.stores import STORES
from tests.world import open_quickly
from worker.engine.journal.store import Store


def test_processes_that_want_the_same_times_never_book_anybody_twice(tmp_path: Path) -> None:
    """Four processes, two hundred attempts: some win, some are refused, and none is stuck."""
    url = STORES.place(tmp_path)
    open_quickly(Store(url)).close()

    fought = fight(url, processes=4, attempts=50)

    assert fought.failed == 0
    assert fought.taken > 10
    assert fought.refused > 10
    assert fought.taken + fought.refused == 200
    assert overlaps(url) == []
    STORES.give_back(url)
