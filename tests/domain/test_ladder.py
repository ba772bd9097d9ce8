"""Asked and unanswered: the ladder of `if_silent`."""

from dataclasses import replace
from datetime import date

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
    business_days,
    days,
    mail,
    per_day,
    playbook,
    step,
)
from worker.domain.cases import Enrollment
from worker.domain.facts import Fact, PlaybookId, StepId
from worker.domain.intents import EnrollmentId
from worker.domain.outcomes import InDoubt, Refused
from worker.domain.plan import Alert, Calendar, Closure, Expect, Rung, Sending, Task
from worker.domain.reasons import Because, Reason
from worker.domain.when import Season

WELCOME = mail("welcome", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER)
FOLLOW = playbook(WELCOME, sending=OFFICE)


def test_silence_climbs_the_ladder_over_a_weekend() -> None:
    """Three business days of silence bring the reminder, two more the mentor, two more a call."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")  # a Thursday

    story.until("2026-05-01 00:00")

    assert story.went == [
        "2026-04-02 10:00 welcome",
        "2026-04-07 10:00 welcome/1 mail",
        "2026-04-09 10:00 welcome/2 alert",
        "2026-04-13 10:00 welcome/3 alert",
        "2026-04-13 10:00 welcome/3 task",
    ]


def test_silence_over_new_year_counts_no_closed_day() -> None:
    """Nobody is reminded on the second of January: the closure holds the clock."""
    closed = Calendar(
        holidays=frozenset({date(2027, 1, 11)}),
        closed=(Closure(every_year=Season((12, 29), (1, 3))),),
    )
    story = Story.of(playbook(WELCOME, sending=OFFICE, calendar=closed), offer="2026-12-25 12:00")

    story.until("2027-02-01 00:00")

    assert story.went == [
        "2026-12-25 13:00 welcome",
        "2027-01-05 13:00 welcome/1 mail",
        "2027-01-07 13:00 welcome/2 alert",
        "2027-01-12 13:00 welcome/3 alert",
        "2027-01-12 13:00 welcome/3 task",
    ]


def test_an_answer_ends_the_ladder_at_once() -> None:
    """Who answers after the reminder is not spoken of to the mentor."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("welcome.replied", "2026-04-08 07:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-07 10:00 welcome/1 mail"]


def test_an_answer_in_time_leaves_no_silence() -> None:
    """Who answers within the time is never called silent."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("welcome.replied", "2026-04-03 22:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome"]
    assert story.noted("welcome.silent") is None


def test_an_answer_noted_by_its_date_alone_counts() -> None:
    """HR notes on the phone that she answered today, without the hour: that is an answer."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00").until("2026-04-02 12:00")
    answered = Fact("welcome.replied", at("2026-04-02 00:00"), PlaybookId("naitei"))
    story.facts = story.facts.plus([answered])

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome"]


def test_a_decline_ends_the_ladder() -> None:
    """Nothing more is said to somebody who declined, and nothing about them."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("declined", "2026-04-08 07:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-07 10:00 welcome/1 mail"]
    assert story.decide().wake_at is None


def test_a_refused_mail_is_not_silence() -> None:
    """Who could not be reached was not asked: no clock runs."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.outcomes["welcome"] = Refused("550 no such mailbox")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome"]


def test_a_mail_in_doubt_is_not_silence() -> None:
    """A mail that may not have gone asks nothing, until somebody says that it went."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.outcomes["welcome"] = InDoubt("connection lost after the final dot")
    story.comes("welcome.sent", "2026-04-06 12:00")

    story.until("2026-04-09 12:00")

    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-09 12:00 welcome/1 mail"]


def test_a_mail_that_bounces_later_stops_the_clock() -> None:
    """A bounce two days later takes the question back."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("welcome.failed", "2026-04-04 12:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome"]


def test_the_silence_is_a_fact_that_other_steps_may_wait_for() -> None:
    """A step may hang on the silence itself."""
    plan = playbook(
        mail("welcome", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS),
        mail("worried", after("welcome.silent", days(1))),
        sending=OFFICE,
    )
    story = Story.of(plan, offer="2026-04-02 09:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-08 10:00 worried"]
    silent = story.noted("welcome.silent")
    assert silent is not None
    assert silent.at == at("2026-04-07 10:00")


def test_a_reminder_keeps_to_the_budget() -> None:
    """The reminder is a message like any other: with one a day, it waits for tomorrow."""
    plan = playbook(
        WELCOME,
        mail("news", after("offer", days(5), clock="09:45")),
        sending=Sending(OFFICE.hours, OFFICE.days, (per_day(1),)),
    )
    story = Story.of(plan, offer="2026-04-02 09:00")

    story.until("2026-04-09 09:00")

    assert story.went == [
        "2026-04-02 10:00 welcome",
        "2026-04-07 09:45 news",
        "2026-04-08 09:30 welcome/1 mail",
    ]
    assert story.told[-1].why[-1].because is Because.HOURS
    assert Because.AT_MOST in [reason.because for reason in story.told[-1].why]


def test_the_rungs_say_what_they_wait_for() -> None:
    """While an answer may come, the plan shows when the next rung would be climbed, and why."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00").until("2026-04-03 00:00")

    waiting = story.waits("welcome")

    assert (1, at("2026-04-07 10:00"), "welcome.replied") == (
        waiting.rung,
        waiting.until,
        waiting.fact,
    )
    assert [reason.because for reason in waiting.why] == [Because.AWAITING_ANSWER]


def test_a_ladder_that_a_migration_brings_does_not_wake_old_silences() -> None:
    """Those who were asked in April are not chased in September because a version learned to."""
    silent = playbook(mail("welcome", after("offer", HOUR)), sending=OFFICE)
    story = Story.of(silent, offer="2026-04-02 09:00").until("2026-09-01 12:00")
    moved_at, before = at("2026-09-01 12:00"), frozenset({StepId("welcome")})
    since = story.enrollments[0].since
    story.enrollments = (Enrollment(EnrollmentId(1), FOLLOW, since, moved_at, before),)

    story.until("2026-10-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome"]


def test_a_task_that_nobody_does_climbs_its_own_ladder() -> None:
    """`expect: done` of a task counts from when it was opened."""
    call = Task("祝いの電話")
    plan = playbook(
        mail("thanks", after("call.done")),
        WELCOME.__class__(
            StepId("call"),
            after("offer", HOUR),
            call,
            expect=REPLY_IN_THREE_DAYS.__class__("done", days(2)),
            ladder=(Rung((Task("まだの電話"),)),),
        ),
    )
    story = Story.of(plan, offer="2026-04-02 09:00", person=AOI)
    story.comes("call.done", "2026-04-05 15:00")

    story.until("2026-05-01 00:00")

    assert story.went == [
        "2026-04-02 10:00 call",
        "2026-04-04 10:00 call/1 task",
        "2026-04-05 15:00 thanks",
    ]


REPLY_OR_ACCEPT = replace(REPLY_IN_THREE_DAYS, or_facts=("accept", "call.done"))
ACCEPTING = playbook(
    mail("welcome", after("offer", HOUR), expect=REPLY_OR_ACCEPT, ladder=LADDER), sending=OFFICE
)


@pytest.mark.parametrize(
    "accepted", ["2026-04-02 09:00", "2026-04-03 12:00", "2026-04-07 09:00"], ids=str
)
def test_who_accepts_without_a_word_is_not_reminded(accepted: str) -> None:
    """`reply or accept`: an acceptance is as good as a reply, also one from before the mail."""
    story = Story.of(ACCEPTING, offer="2026-04-02 09:00").comes("accept", accepted)

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome"]


def test_an_acceptance_leaves_the_ladder_where_it_stands() -> None:
    """The reminder has gone; she accepts, and nobody is alerted."""
    story = Story.of(ACCEPTING, offer="2026-04-02 09:00").comes("accept", "2026-04-08 12:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-07 10:00 welcome/1 mail"]


def test_an_acceptance_that_is_still_to_come_ends_nothing() -> None:
    """A date of the record that lies ahead is no answer before it is there."""
    story = Story.of(ACCEPTING, offer="2026-04-02 09:00", accept="2026-04-08 12:00")

    story.until("2026-05-01 00:00")

    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-07 10:00 welcome/1 mail"]


def test_a_fact_of_another_step_counts_from_the_question_on() -> None:
    """A call of last month answers nothing; one of after the mail does."""
    before = Story.of(ACCEPTING, offer="2026-04-02 09:00").comes("call.done", "2026-04-01 12:00")
    after_it = Story.of(ACCEPTING, offer="2026-04-02 09:00").comes("call.done", "2026-04-03 12:00")

    before.until("2026-04-08 00:00")
    after_it.until("2026-04-08 00:00")

    assert before.went == ["2026-04-02 10:00 welcome", "2026-04-07 10:00 welcome/1 mail"]
    assert after_it.went == ["2026-04-02 10:00 welcome"]


@pytest.mark.parametrize("word", ["rung2.acknowledged", "rung2.done"])
def test_the_ladder_is_left_when_a_colleague_has_seen_to_them(word: str) -> None:
    """The mentor writes that they have called: the manager is not told of a silence."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes(f"welcome.{word}", "2026-04-10 09:00", value="m1")

    story.until("2026-04-11 00:00")
    waits = story.waits("welcome", rung=3)
    story.until("2026-05-01 00:00")

    assert waits.why == (
        Reason(
            Because.TAKEN_OVER,
            (("fact", f"welcome.{word}"), ("at", "2026-04-10T09:00+09:00")),
        ),
    )
    assert story.went[-1] == "2026-04-09 10:00 welcome/2 alert"


def test_a_colleague_who_puts_it_off_moves_the_next_rung() -> None:
    """Until Monday: the manager is told two business days after the day they named."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("welcome.rung2.put_off", "2026-04-10 09:00", value="2026-04-13")

    story.until("2026-04-10 12:00")
    waits = story.waits("welcome", rung=3)
    story.until("2026-05-01 00:00")

    assert waits.why[0].value("fact") == "welcome.rung2.put_off"
    assert story.went[-2:] == [
        "2026-04-15 10:00 welcome/3 alert",
        "2026-04-15 10:00 welcome/3 task",
    ]


def test_only_a_task_s_being_done_ends_the_wait_for_it() -> None:
    """Papers still missing: that somebody called about them gives time, and ends nothing."""
    ladder = (
        Rung((Task("電話で聞く"),)),
        Rung((Alert(("hr_manager",)),), business_days(5)),
    )
    papers = step(
        "papers",
        after("offer", HOUR),
        Task("書類を受け取る"),
        expect=Expect("done", business_days(3)),
        ladder=ladder,
    )
    story = Story.of(playbook(papers, sending=OFFICE), offer="2026-04-02 09:00")
    story.comes("papers.rung1.done", "2026-04-09 10:00")

    story.until("2026-05-01 00:00")

    assert story.went == [
        "2026-04-02 10:00 papers",
        "2026-04-07 10:00 papers/1 task",
        "2026-04-16 10:00 papers/2 alert",
    ]


def test_what_was_answered_to_an_earlier_question_ends_no_later_one() -> None:
    """A colleague saw to it in spring; who falls silent in summer is spoken of again."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("welcome.rung2.acknowledged", "2026-04-01 09:00")

    story.until("2026-05-01 00:00")

    assert story.went[-1] == "2026-04-13 10:00 welcome/3 task"
