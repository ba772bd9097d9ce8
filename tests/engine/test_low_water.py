"""Where nothing was due a minute ago nobody looks again; and yet nothing is missed."""

from datetime import timedelta

from sqlalchemy import text

from tests.engine.plans import mail_step, plan_of
from tests.world import World
from worker.engine.journal.low_water import FROM_THE_BEGINNING, LowWater
from worker.engine.tables import stamp

A_MINUTE = 60_000_000


def late_commit(world: World, person: str) -> None:
    """Have somebody's moment come to be known an hour after it, as a very slow commit has it."""
    due = stamp(world.now - timedelta(hours=1))
    with world.journal.store.write() as connection:
        said = text("UPDATE person SET next_at = :due WHERE id = :person")
        connection.execute(said, {"due": due, "person": person})


def test_what_is_committed_long_after_its_instant_is_found_within_a_minute(world: World) -> None:
    """A very slow transaction brings somebody who was due an hour ago: a minute later at most."""
    plan = world.publish(plan_of(mail_step()))
    aoi = world.person("aoi", offer="2026-04-01 07:00")
    world.run()
    world.journal.enrollments.enroll([aoi], plan.playbook, plan.digest, world.now, world.now)
    late_commit(world, "aoi")

    world.run()
    at_once = len(world.arrived)
    world.clock.turn_to(world.now + timedelta(seconds=61))
    world.run()

    assert at_once == 0
    assert [mail.subject for mail in world.arrived] == ["ようこそ"]


def test_a_restart_looks_from_the_beginning(world: World) -> None:
    """A new process knows nothing, and so overlooks nothing."""
    plan = world.publish(plan_of(mail_step()))
    aoi = world.person("aoi", offer="2026-04-01 07:00")
    world.run()
    world.journal.enrollments.enroll([aoi], plan.playbook, plan.digest, world.now, world.now)
    late_commit(world, "aoi")

    world.restarted()
    world.run()

    assert [mail.subject for mail in world.arrived] == ["ようこそ"]


def test_one_looks_from_a_minute_before_the_last_time_nothing_was_due() -> None:
    """What clocks of other machines and slow commits bring in late lies within that minute."""
    low = LowWater()
    now = 10 * A_MINUTE

    low.note("mail:hr", now, low.bound("mail:hr", now), is_clean=True)

    assert low.bound("mail:hr", now + 1) == now - A_MINUTE
    assert low.bound("mail:president", now + 1) == FROM_THE_BEGINNING


def test_the_whole_is_looked_at_once_a_minute_and_after_the_clock_went_back() -> None:
    """No bound holds for longer, and none over a clock that is set."""
    low = LowWater()
    now = 10 * A_MINUTE
    low.note("mail:hr", now, low.bound("mail:hr", now), is_clean=True)

    assert low.bound("mail:hr", now + A_MINUTE) == FROM_THE_BEGINNING
    assert low.bound("mail:hr", now - 1) == FROM_THE_BEGINNING


def test_what_a_whole_look_finds_is_looked_for_until_it_is_done() -> None:
    """One that lies below every bound is not forgotten by the next look."""
    low = LowWater()
    now = 10 * A_MINUTE
    low.note("mail:hr", now, FROM_THE_BEGINNING, is_clean=True)
    later = now + A_MINUTE

    low.note("mail:hr", later, low.bound("mail:hr", later), is_clean=False)

    assert low.bound("mail:hr", later + 1) == FROM_THE_BEGINNING
