"""Tasks reach their owners by mail, and come back when they are overdue."""

import pytest

from tests.engine.plans import HOUR, OFFICE_HOURS, plan_of
from tests.world import World
from worker.domain.facts import StepId
from worker.domain.intents import State
from worker.domain.plan import Step, Task
from worker.domain.when import Distance, FromFact, Unit

TWO_DAYS = Distance(2, Unit.BUSINESS_DAYS)


def task(owner: str = "hr", due: Distance | None = TWO_DAYS) -> Step:
    """Give a task an hour after the offer."""
    return Step(StepId("call"), FromFact("offer", (HOUR,)), Task("電話で様子を聞く", owner, due))


def opened(world: World, offer: str = "2026-04-02 09:00") -> None:
    """Have a task on its way to HR."""
    plan = world.publish(plan_of(task(), sending=OFFICE_HOURS))
    world.enroll("aoi", plan, offer=offer)


def seen(world: World) -> list[tuple[str, str]]:
    """Give whom what reached."""
    return [(mail.to.partition("@")[0], mail.subject) for mail in world.arrived]


def test_a_task_is_mailed_to_its_owner_in_office_hours(world: World) -> None:
    """Opened on a Friday night, it reaches HR on Monday morning, once."""
    world.enroll(
        "aoi", world.publish(plan_of(task(), sending=OFFICE_HOURS)), offer="2026-04-03 21:00"
    )

    world.run_until("2026-04-06 09:29")
    before = seen(world)
    world.run_until("2026-04-06 09:30")

    assert before == []
    assert len(world.journal.desk.tasks()) == 1
    assert seen(world) == [("ichiro", "【お願い】aoiさん: 電話で様子を聞く")]


def test_an_overdue_task_comes_back_once(world: World) -> None:
    """Two business days later, and then never again."""
    world.enroll(
        "aoi", world.publish(plan_of(task(), sending=OFFICE_HOURS)), offer="2026-04-02 09:00"
    )

    world.run_until("2026-05-29 18:00")

    assert [subject for _, subject in seen(world)] == [
        "【お願い】aoiさん: 電話で様子を聞く",
        "【期限を過ぎました】aoiさん: 電話で様子を聞く",
    ]
    names = [fact.name for fact in world.facts("aoi") if fact.playbook]
    assert names == ["call.due", "call.opened", "call.told", "call.reminded"]


def test_nobody_is_reminded_of_what_is_done(world: World) -> None:
    """Done in time, the reminder is cancelled, and says why."""
    world.enroll(
        "aoi", world.publish(plan_of(task(), sending=OFFICE_HOURS)), offer="2026-04-02 09:00"
    )
    world.run_until("2026-04-03 12:00")
    (item,) = world.journal.desk.tasks()
    world.journal.desk.finish(item.id, world.now, by="ichiro")

    world.run_until("2026-05-29 18:00")

    assert len(world.arrived) == 1
    assert world.states("aoi") == [State.DONE, State.DONE, State.CANCELLED]
    assert world.wishes("aoi")[-1].outcome == "already"


def test_a_task_that_nobody_owns_is_shown(world: World) -> None:
    """No member of staff holds the role: the task stands, and its mail says why it cannot go."""
    world.enroll("aoi", world.publish(plan_of(task("president"))), offer="2026-04-02 09:00")

    world.run_until("2026-04-10 18:00")

    assert len(world.journal.desk.tasks()) == 1
    refused = world.journal.desk.in_state(State.REFUSED)
    assert [wish.outcome for wish in refused] == ["to: nobody holds the role that is to be told"]
    assert world.facts("aoi").all("call.failed") == ()  # the task itself has not failed


@pytest.mark.parametrize("name", ["declined", "person.held"])
def test_what_has_ended_or_is_held_reminds_nobody(world: World, name: str) -> None:
    """They declined, or HR holds everything: no reminder about them."""
    world.enroll(
        "aoi", world.publish(plan_of(task(), sending=OFFICE_HOURS)), offer="2026-04-02 09:00"
    )
    world.run_until("2026-04-03 12:00")
    world.note("aoi", name)

    world.run_until("2026-04-10 18:00")

    assert len(world.arrived) == 1


def test_a_hold_that_ends_lets_the_reminder_go(world: World) -> None:
    """It waited, and was not lost."""
    world.enroll(
        "aoi", world.publish(plan_of(task(), sending=OFFICE_HOURS)), offer="2026-04-02 09:00"
    )
    world.run_until("2026-04-03 12:00")
    world.note("aoi", "person.held")
    world.run_until("2026-04-10 18:00")
    world.note("aoi", "person.released")

    world.run_until("2026-04-14 18:00")

    assert len(world.arrived) == 2
