"""A version that names what the workspace has no more: its own people wait, and nobody else."""

from dataclasses import replace

from tests.engine.plans import WELCOME
from tests.world import World
from worker.domain.cases import Enrollment
from worker.domain.decide import waiting
from worker.domain.facts import PlaybookId
from worker.domain.intents import State
from worker.domain.plan import Plan
from worker.domain.reasons import Because

OTHER = replace(WELCOME, playbook=PlaybookId("pool"), title="別のもの")


def take_away(world: World, plan: Plan) -> None:
    """Have a mailbox leave the settings, and the worker start again."""
    world.plans[plan.digest] = replace(plan, lacks=("president",))
    world.restarted()


def put_back(world: World, plan: Plan) -> None:
    """Have it stand there again, and the worker start again."""
    world.plans[plan.digest] = plan
    world.restarted()


def test_only_the_people_of_that_version_wait(world: World) -> None:
    """Aoi's playbook names a mailbox that is gone; Ren's does not, and he is written to."""
    plan, other = world.publish(WELCOME), world.publish(OTHER)
    take_away(world, plan)
    world.enroll("aoi", plan, offer="2026-04-01 08:00")
    world.enroll("ren", other, offer="2026-04-01 08:00")

    world.run()

    assert [mail.to for mail in world.arrived] == ["ren@mail.example"]
    assert world.wishes("aoi") == []


def test_what_waits_says_what_is_missing(world: World) -> None:
    """`plan` and `why` name the mailbox that is gone."""
    plan = world.publish(WELCOME)
    take_away(world, plan)
    person = world.enroll("aoi", plan, offer="2026-04-01 08:00")

    (case,) = world.journal.cases.of([person], world.engine.editions.plan)
    told = waiting(case, world.now)

    assert isinstance(case.enrollments[0], Enrollment)
    assert {one.why[0].because for one in told} == {Because.LACKING}
    assert told[0].why[0].value("names") == "president"


def test_when_it_is_there_again_everything_goes_on(world: World) -> None:
    """Who has waited is written to, once."""
    plan = world.publish(WELCOME)
    take_away(world, plan)
    world.enroll("aoi", plan, offer="2026-04-01 08:00")
    world.run()

    put_back(world, plan)
    world.run()
    world.restarted()
    world.run()

    assert [mail.subject for mail in world.arrived] == ["ようこそ"]


def test_what_was_ready_is_taken_back_and_decided_anew(world: World) -> None:
    """A mail that waited for its server stays until its mailbox is there again, and goes once."""
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 08:00")
    world.mailers["hr"].down = "connection refused"
    world.run()
    take_away(world, plan)
    world.run()
    meanwhile = world.states("aoi")

    put_back(world, plan)
    world.run_until("2026-04-01 12:00")

    assert meanwhile == [State.CANCELLED]
    assert len(world.arrived) == 1
    assert world.states("aoi") == [State.DONE]


def test_nobody_enters_a_version_that_lacks_something(world: World) -> None:
    """A playbook that takes people in by itself takes nobody in until it can write to them."""
    plan = world.publish(replace(WELCOME, audience=None))
    take_away(world, plan)

    assert plan.playbook not in world.engine.audience.current

    put_back(world, plan)

    assert world.engine.audience.current[plan.playbook] == plan.digest
