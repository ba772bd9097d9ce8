"""What happens in the journal alone: tasks, changes, enrollment; and calls of web addresses."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select, update

from tests.engine.plans import HOUR, WELCOME, mail_step, plan_of
from tests.world import World, at
from worker.domain.cases import Case, Decision
from worker.domain.conditions import Compare, Literal, Name
from worker.domain.decide import decide
from worker.domain.facts import Digest, PersonId, PlaybookId, StepId
from worker.domain.intents import State
from worker.domain.outcomes import Done, Later, Outcome
from worker.domain.plan import Action, Alert, Enroll, Plan, Step, Task, Update, Webhook
from worker.domain.when import Distance, FromFact, Unit
from worker.engine import tables
from worker.engine.tick import Ticker


def doing(action: Action, *, name: str = "naitei") -> Plan:
    """Give a playbook that does one thing an hour after the offer."""
    return plan_of(Step(StepId("step"), FromFact("offer", (HOUR,)), action), name=name)


def test_a_task_has_an_owner_and_a_countdown(world: World) -> None:
    """Opened once, shown until somebody has done it; `done` is a fact then."""
    plan = world.publish(doing(Task("電話する", due=Distance(2, Unit.DAYS))))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()
    (task,) = world.journal.desk.tasks()
    finished = [world.journal.desk.finish(task.id, world.now, by="suzuki") for _ in "12"]

    assert (task.text, task.owner, task.due_at) == ("電話する", "hr", at("2026-04-03 09:00"))
    assert finished == [True, False]
    assert world.journal.desk.tasks() == []
    assert world.facts("aoi").first("step.done", plan.playbook) is not None


def test_an_update_changes_the_record_and_notes_its_fact(world: World) -> None:
    """A tag, an attribute, a column and a fact, all at once."""
    change = Update(("close_call",), (), {"status": "pool", "pace": "gentle"}, "moved")
    plan = world.publish(doing(change))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()

    person = world.journal.people.get(PersonId("aoi"))
    assert person is not None
    assert (person.tags, person.pace) == (frozenset({"close_call"}), "gentle")
    assert person.attributes == {"status": "pool"}
    assert world.facts("aoi").first("moved") is not None


def test_two_changes_of_one_person_at_once_are_both_made(world: World) -> None:
    """Another worker puts a tag on at the same instant: nothing of it is lost."""
    world.enroll("aoi", world.publish(doing(Update(("asked",)))), offer="2026-04-01 07:00")
    world.engine.ticker.tick(world.now)
    others = update(tables.person).where(tables.person.c.id == "aoi").values(tags='["met"]')

    with ThreadPoolExecutor() as beside:
        with world.journal.store.write() as connection:
            connection.execute(others)
            running = beside.submit(world.run)
            wait([running], 0.5)
        running.result(30)

    person = world.journal.people.get(PersonId("aoi"))
    assert person is not None
    assert person.tags == frozenset({"asked", "met"})


def test_one_playbook_may_lead_into_another(world: World) -> None:
    """Enrolled in the current version of the other, which goes on from there."""
    world.publish(plan_of(mail_step(), name="pool"))
    plan = world.publish(doing(Enroll(PlaybookId("pool"))))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()

    assert [one.playbook for one in world.journal.enrollments.all()] == ["naitei", "pool"]
    assert len(world.arrived) == 1


def test_a_playbook_that_is_not_there_parks_the_step_with_its_text(world: World) -> None:
    """Nobody else is held up by it."""
    plan = world.publish(doing(Enroll(PlaybookId("nowhere"))))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    world.enroll("ren", world.publish(doing(Task("電話"), name="calls")), offer="2026-04-01 07:00")

    world.run()

    assert world.states("aoi") == [State.PARKED]
    assert "nowhere" in world.wishes("aoi")[0].outcome
    assert world.states("ren") == [State.DONE, State.DONE]  # the task, and that HR is told


def test_a_web_address_is_told_once_and_again_after_a_temporary_error(world: World) -> None:
    """Signed, with our key; a 503 is asked again later under the same key."""
    plan = world.publish(doing(Webhook("https://crm.example/in", "crm", {"status": "offered"})))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    answers: list[Outcome] = [Later("503"), Done("200")]
    world.caller.answer = lambda _: answers.pop(0)

    world.run_until("2026-04-01 12:00")

    assert [call.secret for call in world.caller.calls] == ["s3cret", "s3cret"]
    assert len({call.key for call in world.caller.calls}) == 1
    assert world.caller.calls[0].body["status"] == "offered"
    assert world.caller.calls[0].body["person"] == "aoi"
    assert world.states("aoi") == [State.DONE]
    assert world.facts("aoi").first("step.called", plan.playbook) is not None


def test_an_alert_reaches_everybody_who_holds_the_role_once_each(world: World) -> None:
    """The mentor and HR: who, when the last contact was, what to do; in the company's language."""
    plan = world.publish(doing(Alert(("mentor", "hr"), "一度お電話ください。")))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()

    assert sorted(mail.to for mail in world.arrived) == [
        "hanako@tsunagu.example",
        "ichiro@tsunagu.example",
    ]
    assert all("一度お電話ください。" in mail.text for mail in world.arrived)
    assert all("aoi" in mail.subject for mail in world.arrived)


def test_an_alert_for_a_role_that_nobody_holds_is_shown(world: World) -> None:
    """It would be silence about silence; so it is refused, and seen in status."""
    plan = world.publish(doing(Alert(("ceo",))))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run()

    assert world.states("aoi") == [State.REFUSED]
    assert "role" in world.wishes("aoi")[0].outcome


def test_people_enter_a_playbook_by_themselves_when_its_for_holds(world: World) -> None:
    """Imported today, enrolled in the same breath, written to an hour after the offer."""
    audience = Compare(Name(("person", "department")), "==", Literal("開発部"))
    base = plan_of(mail_step())
    plan = Plan(base.playbook, Digest(""), base.title, base.steps, audience)
    world.publish(plan)
    world.person("aoi", offer="2026-04-01 09:30")

    world.run_until("2026-04-01 12:00")

    assert [one.person for one in world.journal.enrollments.all()] == ["aoi"]
    assert len(world.arrived) == 1


def test_a_draft_waits_for_its_release_and_is_never_sent_if_discarded(world: World) -> None:
    """`approve`: one is released and goes out, the other is thrown away."""
    plan = world.publish(plan_of(mail_step(approve="hr_manager")))
    for person in ("aoi", "ren"):
        world.enroll(person, plan, offer="2026-04-01 07:00")
    world.run()
    drafts = world.journal.desk.in_state(State.DRAFT)
    before = len(world.arrived)

    world.clock.turn_to(world.now + timedelta(hours=1))
    world.journal.desk.approve(drafts[0].key, world.now, by="suzuki")
    world.journal.desk.discard(drafts[1].key, world.now, by="suzuki")
    world.run_until("2026-04-03 09:00")

    assert before == 0
    assert [mail.to for mail in world.arrived] == [f"{drafts[0].person}@mail.example"]
    assert world.states(drafts[1].person) == [State.CANCELLED]
    assert not world.journal.desk.approve(drafts[0].key, world.now)


def test_a_second_word_on_a_draft_while_the_first_is_acted_on(world: World) -> None:
    """Released, and thrown away while the tick makes it ready: the first word holds, no fault."""
    world.enroll("aoi", world.publish(plan_of(mail_step(approve="hr"))), offer="2026-04-01 07:00")
    world.run()
    (draft,) = world.wishes("aoi")
    world.journal.desk.approve(draft.key, world.now)
    second: list[Future[bool]] = []

    with ThreadPoolExecutor() as beside:

        def slow(case: Case, now: datetime) -> Decision:
            second.append(beside.submit(world.journal.desk.discard, draft.key, now))
            wait(second, 0.5)
            return decide(case, now)

        ticker = Ticker(world.journal.store, world.engine.editions, world.office, decision=slow)
        ticker.tick(world.now)
        is_discarded = second[0].result(30)
    world.run()

    assert not is_discarded
    assert world.states("aoi") == [State.DONE]


def test_a_task_is_done_once_however_often_it_is_said_at_once(world: World) -> None:
    """Who comes second hears that it was done."""
    world.enroll("aoi", world.publish(doing(Task("電話する"))), offer="2026-04-01 07:00")
    world.run()
    (task,) = world.journal.desk.tasks()
    with ThreadPoolExecutor() as beside:
        with world.journal.store.write() as connection:
            theirs = select(tables.person.c.id).where(tables.person.c.id == "aoi")
            connection.execute(theirs.with_for_update())  # whoever notes something of them waits
            both = [
                beside.submit(world.journal.desk.finish, task.id, world.now, by=who)
                for who in ("hanako", "ichiro")
            ]
            wait(both, 0.5)
        said = [one.result(30) for one in both]

    assert sorted(said) == [False, True]
    assert len(world.facts("aoi").all("step.done", task.playbook)) == 1


@pytest.mark.parametrize("state", [State.DONE, State.DRAFT])
def test_only_what_is_in_doubt_can_be_marked_as_sent(world: World, state: State) -> None:
    """A human's word changes nothing about what is known for certain."""
    plan = world.publish(WELCOME if state is State.DONE else plan_of(mail_step(approve="hr")))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    world.run()

    assert not world.journal.desk.mark_sent(world.wishes("aoi")[0].key, world.now)
    assert world.states("aoi") == [state]
