"""What holds of every decision, whatever the playbook and whoever the person."""

from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.at_random import BEGINS, ENDS, STOPS, known, persons, plans
from tests.domain.stories import Story
from worker.domain.cases import Case, Enrollment, is_message
from worker.domain.decide import decide
from worker.domain.facts import Fact, Facts, Person, PlaybookId
from worker.domain.guards import Guard
from worker.domain.intents import EnrollmentId, Intent
from worker.domain.plan import Plan, Sending
from worker.domain.tracks import tracks_of
from worker.engine.behaviour import NOBODY_ANSWERS
from worker.engine.life import Life

SLOW = settings(max_examples=30, suppress_health_check=list(HealthCheck))
two_plans = st.tuples(plans("naitei"), plans("pool"))


def _story(made: tuple[Plan, ...], person: Person, facts: list[Fact]) -> Story:
    enrollments = tuple(
        Enrollment(EnrollmentId(number), plan, BEGINS) for number, plan in enumerate(made, start=1)
    )
    return Story(made, Facts(facts), BEGINS, person, enrollments)


def _lived(story: Story, until: datetime = ENDS) -> Story:
    return story.until(until)


@SLOW
@given(two_plans, persons, known(), st.randoms(use_true_random=False))
def test_the_order_in_which_facts_were_noted_does_not_matter(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact], chance: object
) -> None:
    """Facts of equal instants may have come in any order: the decision is the same."""
    story = _lived(_story(made, person, facts), BEGINS + timedelta(days=120))
    shuffled = list(story.facts)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]  # a Random of hypothesis

    mixed = Case(person, Facts(shuffled), story.enrollments)

    assert decide(story.case, story.now) == decide(mixed, story.now)


@SLOW
@given(two_plans, persons, known())
def test_nothing_is_decided_twice(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact]
) -> None:
    """A key is decided once in a lifetime; a draft and its release are the same key."""
    story = _lived(_story(made, person, facts))

    keys = [(intent.key, intent.draft) for intent in story.told]

    assert len(keys) == len(set(keys))


@SLOW
@given(two_plans, persons, known())
def test_a_second_look_at_the_same_instant_finds_nothing(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact]
) -> None:
    """A decision is complete: once written down, nothing is left to decide at that instant."""
    story = _story(made, person, facts)
    story.now = BEGINS + timedelta(days=100)
    story.until(story.now)

    decision = story.decide()

    assert (decision.intents, decision.notes) == ((), ())
    assert decision.wake_at is None or decision.wake_at > story.now


@SLOW
@given(two_plans, persons, known())
def test_nothing_comes_after_a_stop(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact]
) -> None:
    """From the instant of a decline on, nothing of any playbook that stops on it is decided."""
    story = _lived(_story(made, person, facts))
    stops = [fact.at for fact in facts if fact.name in STOPS]

    assert all(intent.due_at < stop for intent in story.told for stop in stops)


@SLOW
@given(two_plans, persons, known(), st.integers(0, 30))
def test_no_rung_is_climbed_after_the_answer(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact], hours: int
) -> None:
    """Whoever answered is not reminded, and nobody is told of their silence."""
    story = _story(made, person, facts)
    answered_at = facts[0].at + timedelta(days=20, hours=hours)
    for plan in made:
        for step in plan.steps:
            reply = f"{step.id}.replied"
            story.later.append(Fact(reply, answered_at, plan.playbook))
    _lived(story)

    rungs = [intent for intent in story.told if intent.rung]

    assert all(
        intent.due_at < answered_at or _asked_after(story, intent, answered_at) for intent in rungs
    )


def _asked_after(story: Story, intent: Intent, answered_at: datetime) -> bool:
    sent = story.facts.all(f"{intent.step.id}.sent", PlaybookId(intent.playbook))
    return max(fact.at for fact in sent) > answered_at


@SLOW
@given(two_plans, persons, known())
def test_hours_days_and_budgets_only_ever_delay(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact]
) -> None:
    """Without them every step would come as early, or earlier; and none more would come at all."""
    free = tuple(
        replace(
            plan,
            sending=Sending(),
            steps=tuple(replace(step, expect=None, ladder=()) for step in plan.steps),
        )
        for plan in made
    )
    bound = tuple(
        replace(plan, sending=before.sending) for plan, before in zip(free, made, strict=True)
    )
    earliest = {
        intent.key: intent.due_at for intent in reversed(_lived(_story(free, person, facts)).told)
    }

    told = _lived(_story(bound, person, facts)).told

    plain = [intent for intent in told if not intent.occurrence]
    assert all(
        intent.key not in earliest or earliest[intent.key] <= intent.due_at for intent in plain
    )


@SLOW
@given(two_plans, persons, known())
def test_budgets_hold(made: tuple[Plan, Plan], person: Person, facts: list[Fact]) -> None:
    """No message goes that its own playbook's budget has no room for."""
    story = _lived(_story(made, person, facts))
    sent = [one for one in story.told if is_message(one.action) and not one.draft]
    for plan in made:
        ours = [intent for intent in sent if intent.playbook == plan.playbook]
        for intent in ours:
            guard = _guard_of(plan, person, intent)
            before = sorted(at for at in story.facts.contacts if at < intent.due_at)
            placed, _ = guard.place(intent.due_at, before, gentle=person.pace == "gentle")
            assert placed == intent.due_at or intent.deadline is not None


def _guard_of(plan: Plan, person: Person, intent: Intent) -> Guard:
    tracks = tracks_of(plan)
    times = tracks.times(person.timezone)
    for slot in tracks.slots:
        if slot.track.step.id == intent.step.id and slot.ladder == bool(intent.rung):
            return times.guards[slot.number][max(0, intent.rung - 1)]
    raise AssertionError(intent.key)


@SLOW
@given(two_plans, persons, known())
def test_a_watch_that_goes_on_decides_as_a_fresh_look_does(
    made: tuple[Plan, Plan], person: Person, facts: list[Fact]
) -> None:
    """What the simulation remembers from instant to instant changes nothing it decides."""
    story = _lived(_story(made, person, facts))
    case = Case(person, Facts(facts), story.enrollments)

    events = Life(case, made, NOBODY_ANSWERS).run(BEGINS, story.now)

    remembered = [event.intent for event in events if event.intent is not None]
    assert story.told == remembered
