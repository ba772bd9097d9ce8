"""A clock that is set while we run, or that the database contradicts, sends nothing and is said."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.plans import WELCOME
from tests.world import HandClock, World, at
from worker.engine.clock_guard import LOOK_EVERY, ClockGuard, clock_lane
from worker.engine.journal.lanes import CLOCK
from worker.engine.journal.store import Store

pytestmark = (
    pytest.mark.sqlite
)  # a file has no clock of its own; `FarStore` stands for one that has

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)


class HandStopwatch:
    """Time that passes only when somebody says so."""

    def __init__(self) -> None:
        self.time = timedelta()

    def passed(self) -> timedelta:
        """Say how much has passed."""
        return self.time


class FarStore(Store):
    """A database on another machine, whose clock a test turns."""

    def __init__(self, known: Store, shown: datetime) -> None:
        vars(self).update(vars(known))
        self.is_sqlite = False
        self.shown = shown

    def clock(self) -> datetime:
        """Say what its clock shows."""
        return self.shown


class Watched:
    """A world whose machine has a stopwatch beside its clock."""

    def __init__(self, folder: Path) -> None:
        self.world = World(folder)
        self.asked = 0
        self.stopwatch = HandStopwatch()
        self.machine = HandClock("2026-04-01 09:00")
        self.guard = self.guarding(self.world.journal.store)

    def guarding(self, store: Store, far_away: HandClock | None = None) -> ClockGuard:
        """Give the guard of a process that starts now, and may ask somebody *far away*."""

        def ahead() -> timedelta | None:
            self.asked += 1
            return None if far_away is None else self.machine.now() - far_away.now()

        return ClockGuard(store, self.machine, self.stopwatch, "host-a/up-1", ahead_of_others=ahead)

    def pass_by(self, span: timedelta) -> None:
        """Let time pass, as the machine's clock shows it as well."""
        self.stopwatch.time += span
        self.machine.turn_to(self.machine.now() + span)

    def set_clock(self, by: timedelta) -> None:
        """Set the machine's clock, while no time passes."""
        self.machine.turn_to(self.machine.now() + by)

    @property
    def told(self) -> list[str]:
        """Give what humans are told."""
        return [one.lane for one in self.world.journal.lanes.all()]


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    """A machine with a stopwatch."""
    made = Watched(tmp_path)
    made.guard.look()
    yield made
    made.world.close()


@pytest.mark.parametrize("by", [3 * MINUTE, -3 * MINUTE, 5 * HOUR, timedelta(days=-400)])
def test_a_clock_that_is_set_is_not_believed_and_is_said(watched: Watched, by: timedelta) -> None:
    """Ahead or back: the time goes on from where it was, and nothing is begun."""
    watched.set_clock(by)

    is_right = watched.guard.look()

    assert not is_right
    assert watched.guard.is_wrong
    assert watched.guard.now() == at("2026-04-01 09:00")
    assert watched.told == [clock_lane("host-a/up-1")]


def test_it_is_not_believed_before_anybody_has_looked(watched: Watched) -> None:
    """Between two looks half a minute passes: whoever is about to begin sees it all the same."""
    watched.set_clock(HOUR)

    assert watched.guard.is_wrong
    assert watched.guard.now() == at("2026-04-01 09:00")


def test_a_clock_that_is_right_again_is_believed(watched: Watched) -> None:
    """Nobody has to say so."""
    watched.set_clock(HOUR)
    watched.guard.look()
    watched.pass_by(MINUTE)
    watched.set_clock(-HOUR)

    is_right = watched.guard.look()

    assert is_right
    assert watched.guard.now() == at("2026-04-01 09:01")
    assert watched.told == []


def test_small_corrections_are_taken_up(watched: Watched) -> None:
    """A minute each hour is what machines do; after a day it is not half an hour of doubt."""
    for _ in range(24):
        watched.pass_by(HOUR)
        watched.set_clock(MINUTE)
        watched.guard.look()

    assert not watched.guard.is_wrong
    assert watched.guard.now() == watched.machine.now()


def test_a_machine_that_slept_has_no_wrong_clock(watched: Watched) -> None:
    """Three days under a closed lid: the stopwatch has counted them, too."""
    watched.pass_by(timedelta(days=3))

    assert watched.guard.look()


def test_a_human_may_say_that_the_clock_is_right(watched: Watched) -> None:
    """It had been wrong for weeks, and somebody set it right: `release --clock`."""
    watched.set_clock(HOUR)
    watched.guard.look()

    released = watched.world.journal.lanes.release(CLOCK, watched.machine.now())
    watched.guard.look()

    assert released
    assert not watched.guard.is_wrong
    assert watched.guard.now() == at("2026-04-01 10:00")


def test_a_machine_that_was_paused_goes_on_where_somebody_else_knows_the_time(
    watched: Watched,
) -> None:
    """Its own stopwatch stood still as well; the provider's clock says that the jump is time."""
    far_away = HandClock("2026-04-01 09:00")
    guard = watched.guarding(watched.world.journal.store, far_away)
    for clock in (watched.machine, far_away):
        clock.turn_to(clock.now() + 9 * HOUR)

    at_first = guard.look()
    told = watched.told
    later = guard.look()

    assert (at_first, later) == (False, True)
    assert told == [clock_lane("host-a/up-1")]
    assert watched.told == []
    assert guard.now() == at("2026-04-01 18:00")


def test_a_clock_for_which_nobody_vouches_stays_untrusted(watched: Watched) -> None:
    """The provider knows better, and is not asked all the time."""
    guard = watched.guarding(watched.world.journal.store, HandClock("2026-04-01 09:00"))
    watched.set_clock(HOUR)
    for _ in range(10):
        guard.look()
        watched.pass_by(timedelta(seconds=1))

    assert guard.is_wrong
    assert watched.asked == 1
    assert watched.told == [clock_lane("host-a/up-1")]


def test_a_start_with_a_right_clock_takes_back_what_an_earlier_process_said(
    watched: Watched,
) -> None:
    """It was set, and the process was started anew afterwards."""
    watched.set_clock(HOUR)
    watched.guard.look()

    watched.guarding(watched.world.journal.store).look()

    assert watched.told == []


@pytest.mark.parametrize("off", [timedelta(seconds=40), timedelta(seconds=-40)])
def test_a_clock_that_the_database_contradicts_sends_nothing(
    watched: Watched, off: timedelta
) -> None:
    """Half a minute from the database's clock, from the start: its time is the one that counts."""
    store = FarStore(watched.world.journal.store, watched.machine.now() - off)
    guard = watched.guarding(store)

    is_right = guard.look()

    assert not is_right
    assert guard.now() == store.shown
    assert watched.told == [clock_lane("host-a/up-1")]


def test_a_clock_that_was_set_and_agrees_with_the_database_is_right(watched: Watched) -> None:
    """It was the machine that had been wrong: the database is asked, and no human."""
    store = FarStore(watched.world.journal.store, watched.machine.now())
    guard = watched.guarding(store)
    guard.look()
    watched.set_clock(HOUR)
    watched.stopwatch.time += LOOK_EVERY
    store.shown = watched.machine.now()

    assert guard.look()
    assert guard.now() == watched.machine.now()


def test_the_database_knows_better_than_whoever_releases(watched: Watched) -> None:
    """`release --clock` while the clocks disagree: it is said again, and nothing is sent."""
    store = FarStore(watched.world.journal.store, watched.machine.now() - HOUR)
    guard = watched.guarding(store)
    guard.look()

    watched.world.journal.lanes.release(CLOCK, watched.machine.now())
    guard.look()

    assert guard.is_wrong
    assert watched.told == [clock_lane("host-a/up-1")]


def test_sending_stops_and_ticking_does_not(watched: Watched) -> None:
    """Due while the clock is wrong: it is decided for its moment, and leaves once it is right."""
    world = watched.world
    world.guard = watched.guard
    engine = world.restarted()
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 08:30")
    watched.set_clock(HOUR)
    engine.run_until_idle()
    watched.pass_by(30 * MINUTE)

    ticked = engine.ticker.tick(engine.clock.now())
    engine.perform(ticked)
    held = len(world.arrived)
    watched.set_clock(-HOUR)
    engine.run_until_idle()

    assert ticked.clock_is_wrong
    assert ticked.intents == 1
    assert held == 0
    assert [wish.due_at for wish in world.wishes("aoi")] == [at("2026-04-01 09:30")]
    assert len(world.arrived) == 1
