"""Between the decision and the hand-over the world goes on: what is known now wins."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.engine.plans import LADDER, OFFICE_HOURS, WELCOME, mail_step, plan_of
from tests.world import World, at
from worker.domain.intents import State
from worker.domain.when import Distance, FromFact, Unit


def ready(world: World, **more: str) -> None:
    """Have a welcome written and not yet handed over."""
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 07:00", **more)
    world.engine.ticker.tick(world.now)


def test_a_decline_after_the_decision_stops_the_mail(world: World) -> None:
    """She declined a minute ago; the mail that was ready is cancelled, and shown as such."""
    ready(world)
    world.note("aoi", "declined")

    world.run()

    assert world.arrived == []
    assert world.states("aoi") == [State.CANCELLED]
    assert world.wishes("aoi")[0].outcome == "stopped"


def test_an_answer_after_the_decision_stops_the_reminder(world: World) -> None:
    """The reply came between the decision to remind and the reminder."""
    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-07 09:59")
    world.clock.turn_to(at("2026-04-07 10:00"))
    world.engine.ticker.tick(world.now)
    world.note("aoi", "welcome.replied", playbook="naitei")

    world.run()

    assert [mail.subject for mail in world.arrived] == ["ようこそ"]
    assert world.states("aoi") == [State.DONE, State.CANCELLED]


def test_an_acceptance_after_the_decision_stops_the_reminder(world: World) -> None:
    """`reply or accept`: she accepted between the decision to remind and the reminder."""
    first, *others = LADDER.steps
    assert first.expect is not None
    either = replace(first, expect=replace(first.expect, or_facts=("accept",)))
    plan = world.publish(replace(LADDER, steps=(either, *others)))
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-07 09:59")
    world.clock.turn_to(at("2026-04-07 10:00"))
    world.engine.ticker.tick(world.now)
    world.note("aoi", "accept")

    world.run()

    assert [mail.subject for mail in world.arrived] == ["ようこそ"]
    assert world.states("aoi") == [State.DONE, State.CANCELLED]


def test_a_hold_takes_the_mail_back_and_a_release_decides_anew(world: World) -> None:
    """Held for HR to look; after the release it goes out, once."""
    ready(world)
    world.note("aoi", "person.held")
    world.run()
    held = len(world.arrived)

    world.clock.turn_to(world.now + timedelta(hours=1))
    world.note("aoi", "person.released")
    world.run()

    assert held == 0
    assert len(world.arrived) == 1
    assert world.states("aoi") == [State.DONE]


def test_a_pause_takes_the_mail_back(world: World) -> None:
    """A paused playbook sends nothing, also not what was ready."""
    ready(world)
    world.journal.enrollments.pause(world.journal.enrollments.all()[0].playbook, world.now)

    world.run()

    assert world.arrived == []


def test_a_mail_that_missed_its_hours_waits_for_the_next_morning(world: World) -> None:
    """The server was away until the evening: nobody is written to at 22:00."""
    plan = world.publish(plan_of(mail_step(), sending=OFFICE_HOURS))
    world.enroll("aoi", plan, offer="2026-04-01 14:00")
    world.mailers["hr"].down = "connection refused"
    world.run_until("2026-04-01 22:00")
    world.mailers["hr"].down = ""

    world.run_until("2026-04-02 09:29")
    at_night = len(world.arrived)
    world.run_until("2026-04-02 10:30")

    assert at_night == 0
    assert len(world.arrived) == 1


def test_a_mail_whose_deadline_passed_while_the_server_was_away_is_missed(world: World) -> None:
    """'No later than' is kept: it is not sent late, and the person's page says why."""
    until = FromFact("offer", (Distance(3, Unit.HOURS),))
    plan = world.publish(plan_of(mail_step(no_later_than=until)))
    world.journal.lanes.release("mail:hr", world.now)
    world.enroll("aoi", plan, offer="2026-04-01 08:30")
    world.mailers["hr"].down = "connection refused"
    world.enroll("ren", plan, offer="2026-04-01 07:00")
    world.run_until("2026-04-01 13:00")
    world.mailers["hr"].down = ""

    world.run_until("2026-04-02 13:00")

    assert world.arrived == []
    assert world.facts("ren").first("welcome.missed", plan.playbook) or world.facts("ren").first(
        "welcome.failed", plan.playbook
    )


def test_a_fact_noted_while_the_mail_was_being_written_is_seen(world: World) -> None:
    """A decline that lands between rendering and handing over still wins."""
    ready(world)
    writer = world.writer

    class Declining:
        def __call__(self, parts: object, shape: str = "") -> bytes:
            """Write the mail, while the person declines."""
            world.note("aoi", "declined")
            return writer(parts, shape)  # type: ignore[arg-type]  # handed on as it came

    world.writer = Declining()
    world.restarted()

    world.run()

    assert world.arrived == []
    assert world.states("aoi") == [State.CANCELLED]


def test_somebody_without_an_address_is_left_alone(world: World) -> None:
    """The address was suppressed after a hard bounce: nothing more goes there."""
    ready(world)
    world.note("aoi", "person.suppressed", value="5.1.1")

    world.run()

    assert world.arrived == []


@pytest.mark.parametrize(
    ("name", "playbook", "value", "why"),
    [
        ("person.wrote", "", None, "open_question"),  # whatever it was, from wherever
        ("person.away", "", "2026-04-13", "away"),
        ("welcome.rung1.acknowledged", "naitei", "m1", "taken_over"),
    ],
)
def test_a_sign_of_life_comes_before_the_alert(
    world: World, name: str, playbook: str, value: str | None, why: str
) -> None:
    """The mentor was about to be told of a silence; something was heard in that moment."""
    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-09 09:59")
    world.clock.turn_to(at("2026-04-09 10:00"))
    world.engine.ticker.tick(world.now)
    world.note("aoi", name, playbook=playbook, value=value)

    world.run()

    assert [mail.subject for mail in world.arrived] == ["ようこそ", "Re: ようこそ"]
    assert world.states("aoi") == [State.DONE, State.DONE, State.CANCELLED]
    assert world.wishes("aoi")[2].outcome == why


def test_the_alert_comes_when_they_are_back(world: World) -> None:
    """Withdrawn because of an absence, it is decided anew for the day of the return."""
    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-09 09:59")
    world.clock.turn_to(at("2026-04-09 10:00"))
    world.engine.ticker.tick(world.now)
    world.note("aoi", "person.away", value="2026-04-13")

    world.run_until("2026-04-13 10:00")

    assert [mail.to for mail in world.arrived][2:] == ["hanako@tsunagu.example"]
    assert world.wishes("aoi")[2].due_at == at("2026-04-13 09:30")
