"""What the loop sees at a turn: who waits, which ways are shut, and when to look again."""

from datetime import timedelta

from sqlalchemy import event

from tests.engine.plans import TALK, mail_step, plan_of
from tests.world import World
from worker.engine.journal.lanes import CLOCK, JOURNAL, Closed, close_lane
from worker.engine.journal.lookout import Lookout

A_DAY = timedelta(days=1)
LANES = ("mail:hr", "local", "meetings", "calendar:google")


def shut(world: World, lane: str, until: timedelta | None) -> None:
    """Close a way: for so long, or until a human says so."""
    at = None if until is None else world.now + until
    with world.journal.store.write() as connection:
        close_lane(connection, Closed(lane, at, world.now, 1, "server", "away"))


def ready(world: World) -> Lookout:
    """Have a mail be due that nobody has handed over yet."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-01 09:00")
    world.clock.turn_to(world.now + timedelta(hours=1))
    world.engine.ticker.tick(world.now)
    return Lookout(world.journal.store, LANES)


def test_a_person_whose_time_has_come_is_seen(world: World) -> None:
    """Before the tick the person is due, after it the mail is."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-01 09:00")
    world.clock.turn_to(world.now + timedelta(hours=1))
    lookout = Lookout(world.journal.store, LANES)
    before = lookout.look(world.now)

    world.engine.ticker.tick(world.now)
    after = lookout.look(world.now)

    assert before.has_people(world.now)
    assert before.due_lanes(world.now) == frozenset()
    assert not after.has_people(world.now)
    assert after.due_lanes(world.now) == frozenset({"mail:hr"})


def test_a_way_that_is_shut_for_a_while_is_looked_at_when_it_opens(world: World) -> None:
    """Nothing is due in it until then, and the loop may sleep so long."""
    lookout = ready(world)
    shut(world, "mail:hr", timedelta(hours=1))

    sight = lookout.look(world.now, A_DAY)

    assert sight.due_lanes(world.now) == frozenset()
    assert sight.next_at(world.now) == world.now + timedelta(hours=1)


def test_a_way_that_waits_for_a_human_wakes_nobody(world: World) -> None:
    """There is nothing to wait for."""
    lookout = ready(world)
    shut(world, "mail:hr", None)

    assert lookout.look(world.now, A_DAY).next_at(world.now) is None


def test_while_the_clock_or_the_journal_is_not_trusted_nothing_is_to_be_done(world: World) -> None:
    """Only who lives lost time again goes on beside a journal that is behind."""
    lookout = ready(world)
    again = Lookout(world.journal.store, LANES, relives=True)

    shut(world, JOURNAL, None)
    behind = (lookout.look(world.now), again.look(world.now))
    shut(world, CLOCK, None)
    back = again.look(world.now)

    assert [sight.next_at(world.now) is None for sight in behind] == [True, False]
    assert back.next_at(world.now) is None


def test_calendars_are_read_of_now_and_not_of_lost_time(world: World) -> None:
    """What a calendar says today tells nothing of a day that is lived again."""
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    with world.journal.store.write() as connection:
        connection.exec_driver_sql("UPDATE meeting SET next_at = NULL")

    seen = Lookout(world.journal.store, LANES).look(world.now, A_DAY)
    again = Lookout(world.journal.store, LANES, relives=True).look(world.now, A_DAY)

    assert "calendar:google" in seen.lanes
    assert "calendar:google" not in again.lanes


def test_what_is_later_than_one_looks_is_not_seen(world: World) -> None:
    """A minute before it is due nobody is woken for it who asks about ten seconds."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-01 09:30")
    world.run()
    lookout = Lookout(world.journal.store, LANES)
    world.clock.turn_to(world.now + timedelta(minutes=1))

    assert lookout.look(world.now, timedelta(seconds=10)).next_at(world.now) is None
    assert lookout.look(world.now, A_DAY).next_at(world.now) is not None


def test_a_turn_with_nothing_to_do_asks_the_database_once(world: World) -> None:
    """And once more to know when to look again."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-05-01 09:00")
    world.run()
    store, asked = world.journal.store, []

    def note(*_words: object) -> None:
        asked.append(1)

    for pool in {store.writer.pool, store.reader.pool}:
        event.listen(pool, "checkout", note)
    world.engine.ticker.tick(world.now)
    world.engine.next_wake(world.now, timedelta(seconds=1))

    assert len(asked) == 2
