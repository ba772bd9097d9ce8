"""Two playbooks, one person, one budget: who goes first, and who waits."""

from dataclasses import replace

from tests.domain.stories import (
    AOI,
    HOUR,
    OFFICE,
    OFFICE_HOURS,
    Story,
    after,
    at,
    business_days,
    days,
    local,
    mail,
    names,
    per_day,
    playbook,
    step,
)
from worker.domain.decide import Watch, decide
from worker.domain.facts import RETRACTED, Fact, StaffId
from worker.domain.plan import Alert, Budget, Message, Sending, Task
from worker.domain.reasons import Because
from worker.domain.when import Distance, Every, Unit

ONE_A_DAY = Sending(OFFICE_HOURS, "business", (per_day(1),))
MONDAY_MORNING = after("offer", days(2), clock="10:00")


def test_the_earliest_deadline_goes_first() -> None:
    """Of two mails on one morning the one with a deadline goes, and the other waits a day."""
    news = playbook(mail("news", MONDAY_MORNING), name="news", sending=ONE_A_DAY)
    urgent = playbook(
        mail("urgent", MONDAY_MORNING, no_later_than=after("offer", days(3))),
        name="urgent",
        sending=ONE_A_DAY,
    )
    story = Story.of(news, urgent, offer="2026-04-04 09:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 10:00 urgent", "2026-04-07 09:30 news"]


def test_priority_goes_before_age() -> None:
    """Without a deadline the more important one goes, though the other has waited longer."""
    older = playbook(mail("older", after("offer", HOUR)), name="a", sending=ONE_A_DAY)
    weighty = playbook(
        mail("weighty", after("offer", HOUR, HOUR), priority=5), name="b", sending=ONE_A_DAY
    )
    story = Story.of(older, weighty, offer="2026-04-04 09:00")  # a Saturday: both wait for Monday

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 09:30 weighty", "2026-04-07 09:30 older"]


def test_age_decides_between_equals() -> None:
    """Otherwise whoever has waited longer goes."""
    younger = playbook(mail("younger", after("offer", HOUR, HOUR)), name="a", sending=ONE_A_DAY)
    older = playbook(mail("older", after("offer", HOUR)), name="b", sending=ONE_A_DAY)
    story = Story.of(younger, older, offer="2026-04-04 09:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 09:30 older", "2026-04-07 09:30 younger"]


def test_three_in_two_weeks_counts_a_rolling_span() -> None:
    """The fourth mail waits until two weeks after the first."""
    three = Sending(OFFICE_HOURS, "business", (Budget(3, Distance(2, Unit.WEEKS)),))
    plan = playbook(
        *(mail(f"m{n}", after("offer", days(n), clock="11:00")) for n in range(4)), sending=three
    )
    story = Story.of(plan, offer="2026-04-06 09:00")

    story.until("2026-05-30 00:00")

    assert story.went == [
        "2026-04-06 11:00 m0",
        "2026-04-07 11:00 m1",
        "2026-04-08 11:00 m2",
        "2026-04-20 11:00 m3",
    ]
    assert story.reasons("m3") == [Because.DUE, Because.AT_MOST]


def test_waiting_says_which_budget_is_used_up() -> None:
    """While it waits, the plan names the budget and the day."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        mail("second", after("offer", HOUR, HOUR)),
        sending=ONE_A_DAY,
    )
    story = Story.of(plan, offer="2026-04-06 09:00").until("2026-04-06 12:00")

    waiting = story.waits("second")

    assert local(waiting.until) == "2026-04-07 09:30"
    assert [one.because for one in waiting.why] == [Because.DUE, Because.AT_MOST, Because.HOURS]
    assert waiting.why[1].value("budget") == "1 per 1 days"


def test_a_gentle_pace_doubles_the_spans_and_says_so() -> None:
    """Who wants less contact gets one mail in two days where others get one a day."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        mail("second", after("offer", days(1), clock="10:00")),
        sending=ONE_A_DAY,
    )
    gentle = replace(AOI, pace="gentle")
    story = Story.of(plan, offer="2026-04-06 09:00", person=gentle).until("2026-04-07 11:00")

    waiting = story.waits("second")

    assert local(waiting.until) == "2026-04-08 09:30"
    assert Because.PACE in [one.because for one in waiting.why]


def test_an_active_pace_is_as_written() -> None:
    """`active` asks for no more than the playbook says."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        mail("second", after("offer", days(1), clock="10:00")),
        sending=ONE_A_DAY,
    )
    story = Story.of(plan, offer="2026-04-06 09:00", person=replace(AOI, pace="active"))

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 10:00 first", "2026-04-07 10:00 second"]


def test_what_concerns_staff_uses_up_no_budget() -> None:
    """Tasks come at once, alerts in working hours, and none of them counts for the person."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        step("todo", after("offer", HOUR, HOUR), Task("名刺を用意する")),
        step("alert", after("offer", HOUR, HOUR), Alert(("mentor",))),
        step("slack", after("offer", HOUR, HOUR), Message("slack", "よろしく", to="mentor")),
        step("line", after("offer", HOUR, HOUR), Message("line", "ようこそ")),
        sending=ONE_A_DAY,
    )
    story = Story.of(plan, offer="2026-04-06 17:00")

    story.until("2026-04-30 00:00")

    assert story.went == [
        "2026-04-06 18:00 first",
        "2026-04-06 19:00 todo",
        "2026-04-07 09:30 alert",
        "2026-04-07 09:30 line",
        "2026-04-07 09:30 slack",
    ]


def test_a_deadline_never_breaks_the_budget() -> None:
    """A budget that leaves no room before the deadline: the step is missed, and said so before."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        mail("late", after("offer", HOUR, HOUR), no_later_than=after("offer", HOUR, HOUR, HOUR)),
        sending=ONE_A_DAY,
    )
    story = Story.of(plan, offer="2026-04-06 09:00").until("2026-04-06 11:30")

    foreseen = [one.because for one in story.waits("late").why]
    story.until("2026-04-30 00:00")

    assert foreseen == [Because.DUE, Because.AT_MOST, Because.HOURS, Because.TOO_LATE]
    assert story.went == ["2026-04-06 10:00 first"]
    missed = story.noted("late.missed")
    assert missed is not None
    assert (missed.at, missed.value) == (at("2026-04-06 12:00"), Because.TOO_LATE.value)


def test_a_cadence_near_its_greatest_gap_goes_before_others() -> None:
    """Between equals, the talk that is nearer to its greatest gap is not put off again."""
    talk = playbook(
        mail("talk", Every(days(5), after("offer"), greatest=days(7))), name="b", sending=ONE_A_DAY
    )
    news = playbook(mail("news", after("offer", days(5))), name="a", sending=ONE_A_DAY)
    story = Story.of(talk, news, offer="2026-04-08 10:00")

    story.until("2026-04-14 12:00")

    assert story.went == ["2026-04-13 10:00 talk#1", "2026-04-14 09:30 news"]


def test_without_hours_a_daily_budget_keeps_the_time_of_day() -> None:
    """No mail goes at midnight only because a day has ended."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        mail("second", after("offer", HOUR, HOUR)),
        sending=Sending(at_most=(per_day(1),)),
    )
    story = Story.of(plan, offer="2026-04-06 13:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-06 14:00 first", "2026-04-07 15:00 second"]


def test_a_budget_in_business_days_skips_the_weekend() -> None:
    """One per two business days: after Friday comes Tuesday."""
    plan = playbook(
        mail("first", after("offer", HOUR)),
        mail("second", after("offer", HOUR, HOUR)),
        sending=Sending(OFFICE_HOURS, "any", (Budget(1, business_days(2)),)),
    )
    story = Story.of(plan, offer="2026-04-03 13:00")  # a Friday

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-03 14:00 first", "2026-04-07 09:30 second"]


def test_a_message_that_is_taken_back_leaves_its_place_to_another() -> None:
    """A watch that goes on sees it as a fresh look does: the budget has room again, at once."""
    plan = playbook(
        mail("first", after("offer", HOUR), no_later_than=after("offer", HOUR, HOUR)),
        mail("second", after("offer", HOUR)),
        sending=Sending(at_most=(per_day(1),)),
    )
    watch = Watch(Story.of(plan, offer="2026-04-06 13:00").case)
    went = watch.decide(at("2026-04-06 14:00"))
    waits = watch.decide(at("2026-04-06 15:01"))

    watch.note([Fact("first.due", at("2026-04-06 15:01"), plan.playbook, value=RETRACTED)])
    fresh = decide(watch.case, at("2026-04-06 15:01"))
    again = watch.decide(at("2026-04-06 15:01"))

    assert (names(went.intents), names(waits.intents)) == (["first"], [])
    assert again == fresh
    assert names(again.intents) == ["second"]


def test_alerts_keep_to_the_hours_of_the_staff() -> None:
    """A candidate in New York does not wake her mentor in Tokyo."""
    plan = playbook(
        step("alert", after("offer", HOUR), Alert((StaffId("mentor"),))),
        mail("hello", after("offer", HOUR)),
        sending=OFFICE,
    )
    abroad = replace(AOI, timezone="America/New_York")
    story = Story.of(plan, offer="2026-04-07 10:00", person=abroad)  # 21:00 on Monday there

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-07 11:00 alert", "2026-04-07 22:30 hello"]
