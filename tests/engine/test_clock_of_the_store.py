"""The clock of this machine beside that of the database, wherever the journal lies."""

from tests.world import World
from worker.engine.clock_guard import ClockGuard
from worker.wiring.clock import SystemClock, SystemStopwatch


def test_a_database_on_this_machine_agrees_with_its_clock(world: World) -> None:
    """Nothing is wrong where nothing is: the real clocks, compared as a worker compares them."""
    guard = ClockGuard(world.journal.store, SystemClock(), SystemStopwatch(), "host-a/up-1")
    before = SystemClock().now()

    is_right = guard.look()

    assert is_right
    assert before <= guard.now() <= SystemClock().now()
    assert world.journal.lanes.all() == []
