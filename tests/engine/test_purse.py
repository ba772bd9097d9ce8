"""What a mailbox may spend in a minute at its provider, over all workers and restarts."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from tests.stores import STORES
from tests.world import HandClock
from worker.engine.journal.store import Store
from worker.engine.purse import Purse

HR = "saiyo@example.co.jp"
MAIL = 110


class Desk:
    """A store, a clock, and as many workers as are wanted."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.clock = HandClock("2026-04-01 09:00")
        self.stores: list[Store] = []

    def worker(self, name: str = HR, per_minute: int = 600) -> Purse:
        """Start another worker, with hands of its own on the database."""
        self.stores.append(STORES.open(Store(self.url)))
        return Purse(self.stores[-1], name, per_minute, self.clock)

    def turn(self, seconds: float) -> None:
        """Let time pass."""
        self.clock.turn_to(self.clock.now() + timedelta(seconds=seconds))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """A store of the test's own."""
    desk = Desk(STORES.place(tmp_path))
    yield desk
    for store in desk.stores:
        store.close()
    STORES.give_back(desk.url)


def test_a_minutes_budget_is_spent_and_comes_back(desk: Desk) -> None:
    """Five mails fit into six hundred units; the sixth waits as long as is said, and goes."""
    purse = desk.worker()

    spent = [purse.spend(MAIL) for _ in range(6)]
    wait = spent[5]
    assert wait is not None
    desk.turn(wait.total_seconds())

    assert spent[:5] == [None] * 5
    assert timedelta(0) < wait <= timedelta(seconds=66)
    assert purse.spend(MAIL) is None


def test_workers_and_restarts_share_it(desk: Desk) -> None:
    """Whatever one has spent the other cannot; another mailbox is not concerned."""
    first, second = desk.worker(), desk.worker()
    spent = [first.spend(MAIL), second.spend(MAIL), first.spend(MAIL), second.spend(MAIL)]
    restarted = desk.worker()

    assert spent == [None] * 4
    assert restarted.spend(2 * MAIL) is not None
    assert desk.worker("president@example.co.jp").spend(2 * MAIL) is None


def test_little_things_cost_no_transaction_each(desk: Desk) -> None:
    """Fifty looks of two units are less than a mail's worth: one entry in the ledger."""
    purse, other = desk.worker(per_minute=240), desk.worker(per_minute=240)

    spent = [purse.spend(2) for _ in range(50)]

    assert spent == [None] * 50
    assert other.spend(120) is None
    assert other.spend(10) is not None


def test_what_was_taken_and_not_spent_is_not_spent_later(desk: Desk) -> None:
    """Else more could be spent in some minute than the budget."""
    purse, other = desk.worker(per_minute=120), desk.worker(per_minute=120)
    purse.spend(2)

    desk.turn(30)
    late = purse.spend(100)
    desk.turn(36)

    assert late is not None
    assert other.spend(100) is None


def test_a_crowd_never_spends_more_than_the_budget(desk: Desk) -> None:
    """Eight threads of four workers at one moment."""
    workers = [desk.worker() for _ in range(4)]

    with ThreadPoolExecutor(8) as crowd:
        spent = list(crowd.map(lambda n: workers[n % 4].spend(MAIL), range(24)))

    assert 1 <= spent.count(None) <= 600 // MAIL


def test_where_the_journal_is_away_nothing_is_spent() -> None:
    """Nor is anything raised into a call that is about to be made: it is asked again later."""
    store = Store("postgresql+psycopg://hr@127.0.0.1:1/hr")

    wait = Purse(store, HR, 600, HandClock("2026-04-01 09:00")).spend(MAIL)

    store.close()
    assert wait == timedelta(seconds=30)
