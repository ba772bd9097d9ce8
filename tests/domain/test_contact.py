"""Somebody wrote, or is away: what their own mails change for what we send."""

from dataclasses import replace

import pytest

from tests.domain.stories import (
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
    playbook,
    step,
)
from worker.domain.contact import standing_still
from worker.domain.decide import held_until
from worker.domain.facts import Fact, Facts
from worker.domain.plan import Alert, Expect, Plan, Rung, Step, Task
from worker.domain.reasons import Because
from worker.domain.tracks import Times, tracks_of

FOLLOW = playbook(
    mail("welcome", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER),
    sending=OFFICE,
)


PAPERS = playbook(
    step(
        "papers",
        after("offer", HOUR),
        Task("書類を受け取る"),
        expect=Expect("done", business_days(3)),
        ladder=(Rung((Alert(("hr_manager",)),)),),
    ),
    sending=OFFICE,
)


THANKS = mail("thanks", after("declined", days(1)))


def unstopped(*steps: Step) -> Plan:
    """Give a playbook that forgot to stop when somebody declines."""
    return replace(playbook(*steps), stop_on=())


def times_of(plan: Plan) -> Times:
    """Give what time means in a plan."""
    return tracks_of(plan).times("")


def test_an_open_question_holds_automatic_messages_back() -> None:
    """While somebody's mail waits for a human, no playbook writes to them; then it goes on."""
    plan = playbook(
        mail("a", after("offer", HOUR)), mail("b", after("offer", days(4))), sending=OFFICE
    )
    story = Story.of(plan, offer="2026-04-02 09:00")
    story.comes("person.wrote", "2026-04-02 09:30")
    story.comes("person.answered", "2026-04-03 11:00")

    story.until("2026-04-02 12:00")
    waits = story.waits("a")
    story.until("2026-04-30 00:00")

    assert [one.because for one in waits.why] == [Because.DUE, Because.OPEN_QUESTION]
    assert story.went == ["2026-04-03 11:00 a", "2026-04-06 09:30 b"]


def test_a_question_after_the_last_answer_is_open_again() -> None:
    """An answer ends what was asked before it, and no more."""
    story = Story.of(playbook(mail("a", after("offer", HOUR))), offer="2026-04-02 09:00")
    story.comes("person.wrote", "2026-04-02 09:10")
    story.comes("person.answered", "2026-04-02 09:20")
    story.comes("person.wrote", "2026-04-02 09:30")

    assert story.until("2026-04-30 00:00").went == []


def test_nobody_who_has_written_is_reported_as_silent() -> None:
    """The ladder stands still, also towards staff, until a human has seen to what they wrote."""
    ladder = (Rung((Alert(("mentor",)),)),)
    asks = mail("welcome", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=ladder)
    story = Story.of(playbook(asks, sending=OFFICE), offer="2026-04-02 09:00")
    story.comes("person.wrote", "2026-04-06 09:00")
    story.comes("person.answered", "2026-04-09 12:00")

    story.until("2026-04-08 12:00")
    waits = story.waits("welcome", rung=1)
    story.until("2026-04-10 12:00")

    assert [one.because for one in waits.why] == [Because.DUE, Because.OPEN_QUESTION]
    assert story.went == ["2026-04-02 10:00 welcome", "2026-04-09 12:00 welcome/1 alert"]


def test_a_task_that_is_late_is_reported_although_they_wrote() -> None:
    """What a colleague has to do does not wait for a candidate's mail to be answered."""
    story = Story.of(PAPERS, offer="2026-04-02 09:00")
    story.comes("person.wrote", "2026-04-06 09:00")

    story.until("2026-04-08 12:00")

    assert story.went == ["2026-04-02 10:00 papers", "2026-04-07 10:00 papers/1 alert"]


def test_the_ladder_waits_until_they_are_back() -> None:
    """Away from the moment a rung would come: it comes on the business day of the return."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")
    story.comes("person.away", "2026-04-08 09:00", value="2026-04-18")  # back on a Saturday

    story.until("2026-04-10 00:00")
    waits = story.waits("welcome", rung=2)
    story.until("2026-04-25 00:00")

    assert [one.because for one in waits.why][:1] == [Because.DUE]
    assert story.went[:3] == [
        "2026-04-02 10:00 welcome",
        "2026-04-07 10:00 welcome/1 mail",
        "2026-04-21 10:00 welcome/2 alert",
    ]


def test_a_declared_exception_goes_although_a_question_is_open() -> None:
    """`even_if_waiting: true` is for what cannot wait, and says so."""
    urgent = mail("urgent", after("offer", HOUR), even_if_waiting=True)
    story = Story.of(playbook(urgent, mail("b", after("offer", HOUR))), offer="2026-04-02 09:00")
    story.comes("person.wrote", "2026-04-02 09:30")

    story.until("2026-04-03 00:00")

    assert story.went == ["2026-04-02 10:00 urgent"]
    assert [one.because for one in story.told[0].why] == [Because.DUE, Because.EVEN_IF_WAITING]


def test_whoever_declined_gets_only_what_is_meant_for_them() -> None:
    """A playbook that forgot `stop_on: declined` writes to them no more; the thanks go."""
    plan = unstopped(mail("chat", after("offer", days(3))), THANKS)
    story = Story.of(plan, offer="2026-04-02 09:00")
    story.comes("declined", "2026-04-03 09:00")

    story.until("2026-04-30 00:00")

    assert story.went == ["2026-04-04 09:00 thanks"]
    assert [one.because for one in story.waits("chat").why][-1] is Because.DECLINED


def test_the_word_of_hr_ends_what_a_wish_to_decline_held() -> None:
    """What a suspicion held is free: the thanks may go, and nothing else."""
    story = Story.of(unstopped(THANKS), offer="2026-04-01 09:00")
    story.comes("person.held", "2026-04-02 15:00", value="wish to decline")
    story.comes("declined", "2026-04-03 00:00")

    assert story.until("2026-04-30 00:00").went == ["2026-04-04 00:00 thanks"]


def test_another_hold_is_not_ended_by_it() -> None:
    """What somebody holds by hand stays held until they release it."""
    story = Story.of(unstopped(THANKS), offer="2026-04-01 09:00")
    story.comes("person.held", "2026-04-03 15:00")
    story.comes("declined", "2026-04-03 16:00")

    assert story.until("2026-04-30 00:00").went == []


def test_a_date_before_the_mail_ends_the_hold_as_well() -> None:
    """HR notes the day alone, and that began before the mail came."""
    held = Fact("person.held", at("2026-04-03 15:00"), value="wish to decline")
    facts = Facts([held, Fact("declined", at("2026-04-03 00:00"))])

    assert held_until(facts, at("2026-04-03 16:00")) is None


def test_whoever_is_away_is_not_silent() -> None:
    """Out of office from Friday to the 13th: the clock goes on when they are back."""
    story = Story.of(FOLLOW, offer="2026-04-02 09:00")  # a Thursday: silent on Tuesday the 7th
    story.comes("person.away", "2026-04-03 10:05", value="2026-04-13")

    story.until("2026-04-16 00:00")

    assert story.went[:2] == ["2026-04-02 10:00 welcome", "2026-04-15 10:00 welcome/1 mail"]


@pytest.mark.parametrize(
    ("away", "value", "silent"),
    [
        ("2026-04-02 11:00", "2026-04-06", "2026-04-09 10:00"),  # at once: three days from there
        ("2026-04-02 11:00", "2026-04-04", "2026-04-09 10:00"),  # back on a Saturday: on Monday
        ("2026-04-07 09:00", "2026-04-10", "2026-04-10 10:00"),  # within the last day
        ("2026-04-07 11:00", "2026-04-20", "2026-04-07 10:00"),  # after the silence
        ("2026-04-03 11:00", "2026-04-03", "2026-04-07 10:00"),  # back already
        ("2026-04-03 11:00", "soon", "2026-04-07 10:00"),  # no date
    ],
)
def test_the_clock_stands_still_until_a_business_day(away: str, value: str, silent: str) -> None:
    """As many business days are left after the return as were left before it."""
    facts = Facts([Fact("person.away", at(away), value=value)])

    until = standing_still(facts, at("2026-04-02 10:00"), at("2026-04-07 10:00"), times_of(FOLLOW))

    assert until == at(silent)


def test_one_automatic_answer_to_a_person_at_a_time() -> None:
    """Each mail is answered by a robot of theirs: nobody talks to it for long."""
    first = mail("thanks-a", after("welcome.replied"))
    again = mail("thanks-b", after("thanks-a.replied"))
    story = Story.of(playbook(first, again), offer="2026-04-02 09:00")
    story.comes("welcome.replied", "2026-04-02 10:00")
    story.comes("thanks-a.replied", "2026-04-02 10:01")

    story.until("2026-04-02 10:30")
    waits = story.waits("thanks-b")
    story.until("2026-04-02 12:00")

    assert story.went == ["2026-04-02 10:00 thanks-a", "2026-04-02 11:00 thanks-b"]
    assert [one.because for one in waits.why] == [Because.DUE, Because.REACTED]
    assert waits.until == at("2026-04-02 11:00")
