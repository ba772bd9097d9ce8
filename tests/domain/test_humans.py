"""What humans decide: release, hold, pause, move to a new version; and addresses that fail."""

from dataclasses import replace

import pytest

from tests.domain.stories import (
    AOI,
    HOUR,
    LADDER,
    OFFICE,
    REPLY_IN_THREE_DAYS,
    Story,
    after,
    at,
    days,
    local,
    mail,
    names,
    person_is,
    playbook,
)
from worker.domain.cases import Enrollment
from worker.domain.facts import RETRACTED, StepId
from worker.domain.intents import EnrollmentId
from worker.domain.plan import Meeting, Plan
from worker.domain.reasons import Because
from worker.domain.when import Distance, Every, Unit

# Release


def test_a_draft_waits_for_its_release() -> None:
    """A step with `approve` is written at its moment and goes when somebody has released it."""
    plan = playbook(mail("letter", after("offer", HOUR), approve="hr_manager"), sending=OFFICE)
    story = Story.of(plan, offer="2026-04-02 09:00")
    story.comes("letter.approved", "2026-04-03 20:00")  # a Friday evening

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-02 10:00 letter (draft)", "2026-04-06 09:30 letter"]
    assert story.told[0].key == story.told[1].key
    assert story.facts.contacts == (at("2026-04-06 09:30"),)


def test_a_draft_says_for_whom_it_waits() -> None:
    """Until then the plan names the role that must look at it."""
    plan = playbook(mail("letter", after("offer", HOUR), approve="hr_manager"))
    story = Story.of(plan, offer="2026-04-02 09:00").until("2026-04-10 00:00")

    waiting = story.waits("letter")

    assert (waiting.until, waiting.fact) == (None, "letter.approved")
    assert waiting.why[-1].because is Because.APPROVAL
    assert waiting.why[-1].value("role") == "hr_manager"


def test_a_draft_that_is_released_after_its_deadline_is_missed() -> None:
    """A release does not bring back what is too late."""
    step = mail("letter", after("offer", HOUR), approve="hr", no_later_than=after("offer", days(2)))
    story = Story.of(playbook(step), offer="2026-04-02 09:00")
    story.comes("letter.approved", "2026-04-10 09:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-02 10:00 letter (draft)"]
    assert story.noted("letter.missed") is not None


def test_a_condition_is_asked_before_the_draft() -> None:
    """Nobody is asked to release what would not be sent."""
    plan = playbook(
        mail(
            "letter",
            after("offer", HOUR),
            approve="hr",
            condition=person_is("pace", "==", "active"),
        )
    )
    story = Story.of(plan, offer="2026-04-02 09:00").until("2026-04-30 00:00")

    assert story.went == []
    assert story.noted("letter.skipped") is not None


def test_each_occurrence_of_a_cadence_is_released_by_itself() -> None:
    """One draft at a time; the next is written once the first has gone."""
    monthly = Every(Distance(1, Unit.MONTHS), after("offer"))
    story = Story.of(playbook(mail("letter", monthly, approve="hr")), offer="2026-04-02 09:00")
    story.comes("letter.approved", "2026-05-04 10:00", occurrence=1)

    story.until("2026-08-30 00:00")

    assert story.went == [
        "2026-05-02 09:00 letter#1 (draft)",
        "2026-05-04 10:00 letter#1",
        "2026-06-02 09:00 letter#2 (draft)",
    ]


def test_a_meeting_in_draft_has_not_taken_place() -> None:
    """`held` of a meeting says that it took place: a draft of one is called by another word."""
    meeting = Meeting("1on1", ("mentor",), 30, days(10))
    plan = playbook(
        replace(mail("talk", after("offer", HOUR), approve="hr"), action=meeting),
        mail("thanks", after("talk.held")),
    )
    story = Story.of(plan, offer="2026-04-02 09:00").until("2026-04-30 00:00")

    assert story.went == ["2026-04-02 10:00 talk (draft)"]


# Hold and pause


def test_a_hold_stops_everything_until_it_is_released() -> None:
    """While HR looks, nothing goes; afterwards what is due goes at the next allowed hour."""
    plan = playbook(
        mail("a", after("offer", HOUR)), mail("b", after("offer", days(4))), sending=OFFICE
    )
    story = Story.of(plan, offer="2026-04-02 09:00")
    story.comes("person.held", "2026-04-02 09:30")
    story.comes("person.released", "2026-04-03 20:00")

    story.until("2026-04-03 12:00")
    held = story.waits("a")
    story.until("2026-04-30 00:00")

    assert [one.because for one in held.why] == [Because.HELD, Because.DUE]
    assert held.until is None
    assert story.went == ["2026-04-06 09:30 a", "2026-04-06 09:30 b"]


def test_the_latest_word_about_a_hold_counts() -> None:
    """Held, released and held again is held."""
    story = Story.of(playbook(mail("a", after("offer", HOUR))), offer="2026-04-02 09:00")
    story.comes("person.held", "2026-04-02 09:10")
    story.comes("person.released", "2026-04-02 09:20")
    story.comes("person.held", "2026-04-02 09:30")

    story.until("2026-04-30 00:00")

    assert story.went == []


def test_a_release_that_is_dated_ahead_wakes_by_itself() -> None:
    """A hold with an end needs nobody to end it."""
    story = Story.of(
        playbook(mail("a", after("offer", HOUR))),
        offer="2026-04-02 09:00",
        person__held="2026-04-02 09:00",
        person__released="2026-04-05 10:00",
    )

    assert local(story.decide().wake_at) == "2026-04-05 10:00"
    assert story.until("2026-04-30 00:00").went == ["2026-04-05 10:00 a"]


def test_a_paused_playbook_rests_while_the_others_go_on() -> None:
    """A pause is of one playbook."""
    one = playbook(mail("a", after("offer", HOUR)), name="one")
    two = playbook(mail("b", after("offer", HOUR)), name="two")
    story = Story.of(one, two, offer="2026-04-02 09:00")
    first, second = story.enrollments
    story.enrollments = (replace(first, paused=True), second)

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-02 10:00 b"]
    assert story.reasons("a") == [Because.PAUSED, Because.DUE]


# Stops


def test_nothing_comes_after_a_stop() -> None:
    """Who declined gets nothing more, and the plan says why."""
    plan = playbook(mail("a", after("offer", HOUR)), mail("b", after("offer", days(4))))
    story = Story.of(plan, offer="2026-04-02 09:00").comes("declined", "2026-04-03 00:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-02 10:00 a"]
    assert story.reasons("b")[0] is Because.STOPPED
    assert story.decide().wake_at is None


def test_a_stop_that_is_dated_ahead_counts_from_its_day() -> None:
    """The day of joining is known for a year, and ends the playbook when it comes."""
    plan = playbook(mail("a", after("offer", days(4))), mail("b", after("offer", days(40))))
    story = Story.of(plan, offer="2026-04-02 09:00", joined="2026-04-20 00:00")

    foreseen = story.reasons("b")
    story.until("2026-12-30 00:00")

    assert foreseen == [Because.DUE, Because.STOPPED]
    assert story.went == ["2026-04-06 09:00 a"]


def test_a_stop_that_was_a_mistake_is_withdrawn() -> None:
    """A decline noted for the wrong person is taken back, and the playbook goes on."""
    plan = playbook(mail("a", after("offer", days(4))))
    story = Story.of(plan, offer="2026-04-02 09:00").comes("declined", "2026-04-03 00:00")
    story.comes("declined", "2026-04-07 09:00", value=RETRACTED)

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-07 09:00 a"]


# Addresses


def test_without_an_address_mails_wait_and_tasks_do_not() -> None:
    """Who cannot be reached is not written to; everything else goes on."""
    plan = playbook(mail("a", after("offer", HOUR)))
    story = Story.of(plan, offer="2026-04-02 09:00", person=replace(AOI, email=""))

    story.until("2026-04-30 00:00")

    assert story.went == []
    assert story.reasons("a") == [Because.DUE, Because.UNREACHABLE]


def test_a_suppressed_address_is_not_written_to() -> None:
    """After a hard bounce or a complaint nothing goes to that address."""
    plan = playbook(
        mail("a", after("offer", HOUR)),
        mail("b", after("offer", days(2)), no_later_than=after("offer", days(3))),
    )
    story = Story.of(plan, offer="2026-04-02 09:00").comes("person.suppressed", "2026-04-02 12:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-02 10:00 a"]
    assert story.noted("b.missed") is not None


# Versions


def _moved(story: Story, plan: Plan, when: str) -> Story:
    before = story.enrollments[0]
    steps = frozenset(step.id for step in before.plan.steps)
    story.enrollments = (
        Enrollment(EnrollmentId(1), plan, before.since, moved_at=at(when), steps_before=steps),
    )
    return story


def test_a_step_that_is_new_and_past_is_skipped() -> None:
    """Editing in September harms nobody of April: a new step of May is not caught up on."""
    old = playbook(mail("a", after("offer", HOUR)))
    new = playbook(
        mail("a", after("offer", HOUR)),
        mail("may", after("offer", days(30))),
        mail("october", after("offer", days(180))),
    )
    story = Story.of(old, offer="2026-04-02 09:00").until("2026-09-01 09:00")

    _moved(story, new, "2026-09-01 09:00").until("2026-12-01 00:00")

    assert story.went == ["2026-04-02 10:00 a", "2026-09-29 09:00 october"]
    skipped = story.noted("may.skipped")
    assert skipped is not None
    assert skipped.value == Because.NEW_IN_VERSION.value


def test_a_step_that_was_sent_is_never_sent_again_because_it_moved() -> None:
    """Moving a step by a month does not send it twice, nor as a cadence's first occurrence."""
    old = playbook(mail("a", after("offer", HOUR)))
    new = playbook(mail("a", after("offer", days(200))))
    story = Story.of(old, offer="2026-04-02 09:00").until("2026-09-01 09:00")

    _moved(story, new, "2026-09-01 09:00").until("2026-12-30 00:00")

    assert story.went == ["2026-04-02 10:00 a"]


def test_a_step_that_was_moved_behind_now_still_comes() -> None:
    """A step both versions have, which the new one puts into last week, is late and not new."""
    old = playbook(mail("a", after("offer", days(200))))
    new = playbook(mail("a", after("offer", days(150))))
    story = Story.of(old, offer="2026-04-02 09:00").until("2026-09-01 09:00")

    _moved(story, new, "2026-09-01 09:00").until("2026-12-30 00:00")

    assert story.went == ["2026-09-01 09:00 a"]


def test_a_ladder_under_way_goes_on_after_a_migration() -> None:
    """Who is being reminded in these days is reminded as the new version has it."""
    old = playbook(
        mail("a", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER), sending=OFFICE
    )
    new = playbook(
        mail("a", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER[:2]),
        sending=OFFICE,
    )
    story = Story.of(old, offer="2026-04-02 09:00").until("2026-04-08 12:00")

    _moved(story, new, "2026-04-08 12:00").until("2026-04-30 00:00")

    assert story.went == [
        "2026-04-02 10:00 a",
        "2026-04-07 10:00 a/1 mail",
        "2026-04-09 10:00 a/2 alert",
    ]


@pytest.mark.parametrize("word", ["due", "skipped", "missed"])
def test_whatever_closed_a_step_closes_it_for_good(word: str) -> None:
    """Written down, skipped or missed: it is never decided again."""
    plan = playbook(mail("a", after("offer", HOUR)))
    story = Story.of(plan, offer="2026-04-02 09:00").comes(f"a.{word}", "2026-04-02 09:30")

    story.until("2026-04-30 00:00")

    assert names(story.told) == []
    assert story.decide().wake_at is None


def test_what_is_on_its_way_is_said_to_be() -> None:
    """Between the decision and the server's answer the plan says so."""
    plan = playbook(mail("a", after("offer", HOUR)))
    story = Story.of(plan, offer="2026-04-02 09:00").comes("a.due", "2026-04-02 10:00")

    story.until("2026-04-02 10:05")

    assert story.reasons("a") == [Because.IN_FLIGHT]
    assert story.waits("a").step == StepId("a")
