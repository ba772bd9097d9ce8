"""A clock that goes wrong stops sending, not thinking, and is said."""

from tests.engine.plans import WELCOME
from tests.world import World, at
from worker.engine.fuse import FuseSetting
from worker.engine.journal.lanes import CLOCK, FUSE


def test_a_clock_set_back_by_a_day_sends_nothing_until_it_has_caught_up(world: World) -> None:
    """Between the old time and the new one nothing leaves; after it everything does, once."""
    plan = world.publish(WELCOME)
    world.run_until("2026-04-02 09:00")
    world.run()
    world.clock.turn_to(at("2026-04-01 09:00"))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()
    held = len(world.arrived)
    closed = world.journal.overview.at(world.now).closed
    world.clock.turn_to(at("2026-04-02 09:01"))
    world.run()

    assert held == 0
    assert [(one.lane, one.until) for one in closed] == [(CLOCK, at("2026-04-02 09:00"))]
    assert len(world.arrived) == 1
    assert world.journal.overview.at(world.now).closed == ()


def test_what_was_already_written_does_not_leave_by_a_clock_that_is_back(world: World) -> None:
    """An intent that was ready before the clock went back waits as well."""
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    ticked = world.engine.ticker.tick(world.now)
    world.clock.turn_to(at("2026-03-31 09:00"))

    world.run()
    world.engine.perform(ticked)

    assert world.arrived == []


def test_a_human_may_say_that_the_clock_is_right(world: World) -> None:
    """It had been a year ahead, and now it is right: `release clock`."""
    plan = world.publish(WELCOME)
    world.clock.turn_to(at("2027-04-01 09:00"))
    world.run()
    world.clock.turn_to(at("2026-04-01 09:00"))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    world.run()
    held = len(world.arrived)

    released = world.journal.lanes.release(CLOCK, world.now)
    world.run()

    assert held == 0
    assert released
    assert len(world.arrived) == 1


def test_a_correction_of_a_minute_is_nothing(world: World) -> None:
    """Machines set their clocks all the time."""
    plan = world.publish(WELCOME)
    world.run()
    world.clock.turn_to(at("2026-04-01 08:59"))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()

    assert len(world.arrived) == 1


def test_a_clock_that_jumps_a_year_makes_the_fuse_look(world: World) -> None:
    """Twenty people whose mail is suddenly due is few, but not after such a jump."""
    world.rules = type(world.rules)(world.rules.limits, FuseSetting(least=50))
    world.restarted()
    plan = world.publish(WELCOME)
    world.run()
    world.crowd([f"p{number}" for number in range(20)], plan, offer="2026-06-01 07:00")
    world.run()

    world.clock.turn_to(at("2026-06-01 09:00"))
    world.run()

    assert world.arrived == []
    assert [one.lane for one in world.journal.lanes.all()] == [FUSE]
