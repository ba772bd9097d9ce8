"""Where a meeting finds no time, HR is told why, and the cheapest thing that would give it one."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.plans import plan_of, talk_step
from tests.engine.test_meetings import HANAKO, meetings, span, times, words
from tests.world import STAFF, World, at
from worker.domain.appointments import Stage
from worker.domain.facts import PersonId, StaffId
from worker.domain.meetings import Span
from worker.domain.plan import Plan
from worker.domain.reasons import Because
from worker.domain.when import Distance, Unit
from worker.engine.meetings.advise import told_in
from worker.people.records import PersonRecord

ICHIRO = "ichiro@tsunagu.example"
A_DAY = Distance(2, Unit.BUSINESS_DAYS)  # and a day of least notice, so that one is left
TOGETHER = talk_step(together="department", size=(3, 12), within=A_DAY)


def world_with(
    folder: Path, language: str = "ja", *people: str, limits: Mapping[str, int] | None = None
) -> tuple[World, Plan]:
    """Give a world in which people who accepted are to be met within a day."""
    world = World(folder, language=language)
    mentor = replace(STAFF[0], attributes=dict(limits or {}))
    world.journal.staff.put([mentor, STAFF[1]], world.now)
    plan = world.publish(plan_of(talk_step(within=A_DAY)))
    for person in people:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    return world, plan


def taken(world: World, *spans: tuple[str, str]) -> None:
    """Have the mentor be taken from one time to another, by the wall clock."""
    for start, end in spans:
        world.calendars.take(HANAKO, Span(at(start), at(end)))


def studies(world: World, plan: Plan, unavailable: str) -> None:
    """Have Aoi be enrolled, who has classes."""
    student = PersonRecord(
        PersonId("aoi"),
        "青井 葵",
        "aoi@mail.example",
        mentor=(StaffId("m1"),),
        facts={"accept": at("2026-04-01 09:00")},
        attributes={"unavailable": unavailable},
    )
    world.journal.people.put([student], world.now)
    world.journal.enrollments.enroll([student.id], plan.playbook, plan.digest, world.now, world.now)


def asked(world: World) -> str:
    """Give the one mail in which HR is asked to see to a meeting."""
    (mail,) = [mail for mail in world.arrived if mail.to == ICHIRO]
    return mail.text


@pytest.mark.parametrize(
    ("language", "why", "help_"),
    [
        (
            "ja",
            "理由: 2026年4月3日(金) 09:00 までに全員の空きが重ならない",
            "こうすると決まります: 佐藤 花子 の 2026年4月2日(木) 16:00 の会議を 30 分遅らせる",
        ),
        (
            "en",
            "Why: until Fri 3 Apr 2026 09:00 they are never free together",
            "help: move the meeting of 佐藤 花子 on Thu 2 Apr 2026 16:00 by 30 minutes, to later",
        ),
    ],
)
def test_a_mentor_without_room_may_put_a_meeting_off(
    tmp_path: Path, language: str, why: str, help_: str
) -> None:
    """They share half an hour that day, and the mentor has a meeting then, which could be later."""
    world, plan = world_with(tmp_path, language)
    studies(world, plan, "木 9:00-16:00; 木 16:30-21:00; 金 9:00-21:00")
    taken(
        world,
        ("2026-04-02 16:00", "2026-04-02 16:30"),
        ("2026-04-03 00:00", "2026-04-17 18:00"),
    )

    world.run()

    assert times(world) == []
    told = asked(world)
    assert why in told
    assert help_ in told
    world.close()


def test_whoever_does_what_is_proposed_has_the_meeting(tmp_path: Path) -> None:
    """The mentor is taken until Monday: with what is proposed, the talk is on Monday morning."""
    world, _ = world_with(tmp_path, "ja", "aoi")
    taken(world, ("2026-04-01 09:00", "2026-04-03 18:00"))

    world.run()

    assert "こうすると決まります: within を 2 営業日延ばす" in asked(world)
    known = meetings(world)[0]
    assert [one.because for one in told_in(known.outcome).help] == [Because.HELP_LONGER]
    longer = world.publish(plan_of(talk_step(within=Distance(4, Unit.BUSINESS_DAYS))))
    world.enroll("ren", longer, accept="2026-04-01 09:00")
    world.run()
    assert times(world) == [span("2026-04-06 10:00")]
    world.close()


def test_somebody_in_class_is_not_called_the_mentors_fault(tmp_path: Path) -> None:
    """Classes on Thursday and Friday: the person has no time, and a day that does lies beyond."""
    world, plan = world_with(tmp_path)
    studies(world, plan, "木金 9:00-21:00")

    world.run()

    told = asked(world)
    assert "理由: 2026年4月3日(金) 09:00 までに本人の空きがない" in told
    assert "こうすると決まります: within を 2 営業日延ばす" in told
    world.close()


@pytest.mark.parametrize(
    ("limit", "help_"),
    [
        ("per_day", "佐藤 花子 の一日の上限を 1 件から 2 件にする"),
        ("per_week", "佐藤 花子 の週の上限を 1 件から 2 件にする"),
    ],
)
def test_a_limit_that_is_reached_is_named(tmp_path: Path, limit: str, help_: str) -> None:
    """Two people, and a mentor who holds one meeting and is away afterwards."""
    world, _ = world_with(tmp_path, "ja", "aoi", "ren", limits={limit: 1})
    taken(world, ("2026-04-03 09:00", "2026-05-01 18:00"))

    world.run()

    assert len(times(world)) == 1
    told = asked(world)
    assert "理由: 2026年4月3日(金) 09:00 まで、同席する人の面談が上限に達している" in told
    assert f"こうすると決まります: {help_}" in told
    world.close()


def test_a_meeting_of_ours_is_never_to_be_moved(tmp_path: Path) -> None:
    """What is in a calendar because of us is no meeting of others that could make way."""
    world, plan = world_with(tmp_path, "ja", "aoi")
    taken(
        world,
        ("2026-04-02 09:00", "2026-04-02 16:00"),
        ("2026-04-02 16:30", "2026-04-02 17:00"),
        ("2026-04-02 17:30", "2026-05-01 18:00"),
    )
    world.run()
    world.enroll("ren", plan, accept="2026-04-01 09:00")
    world.enroll("yui", plan, accept="2026-04-01 09:00")
    world.run()

    assert sorted(filter(None, times(world))) == [
        span("2026-04-02 16:00"), span("2026-04-02 17:00")
    ]  # fmt: skip
    assert "こうすると決まります: 面談を受け持つ人を一人増やす" in asked(world)
    world.close()


def test_a_span_that_is_over_says_so_at_last(tmp_path: Path) -> None:
    """What was in the way stays said; what is proposed then is what would still help."""
    world, _ = world_with(tmp_path, "ja", "aoi")
    taken(world, ("2026-04-01 09:00", "2026-04-06 18:00"))
    world.run_until("2026-04-05 09:00")

    known = meetings(world)[0]

    assert known.stage is Stage.HUMAN
    assert [one.because for one in told_in(known.outcome).why] == [Because.NO_COMMON_TIME]
    assert [one.because for one in told_in(known.outcome).help] == [Because.HELP_LONGER]
    assert words(world) == ["due", "failed"]
    (failed,) = world.facts("aoi").all("talk.failed", plan_of().playbook)
    assert failed.value == "no_common_time"
    world.close()


def test_what_was_too_late_from_the_start_is_told_as_that(tmp_path: Path) -> None:
    """A day of least notice leaves nothing of a span of one."""
    world = World(tmp_path)
    step = talk_step(within=Distance(2, Unit.HOURS))
    world.enroll("aoi", world.publish(plan_of(step)), accept="2026-04-01 09:00")

    world.run()

    told = asked(world)
    assert "理由: 2026年4月1日(水) 11:00 までに使える時間が残っていない" in told
    assert "こうすると決まります: within を 1 日延ばす" in told
    world.close()


def test_too_few_for_a_session_are_told_as_that(tmp_path: Path) -> None:
    """Two of a department, where a session has three at least."""
    world = World(tmp_path)
    plan = world.publish(plan_of(TOGETHER))
    for person in ("aoi", "ren"):
        world.enroll(person, plan, accept="2026-04-01 09:00")

    world.run()

    told = [mail.text for mail in world.arrived if mail.to == ICHIRO]
    assert len(told) == 2
    for text in told:
        assert "理由: 同じ時間に来られる人が 3 人に満たない" in text
        assert "こうすると決まります: size の最少を 2 人にする" in text
    world.close()


def test_a_session_without_time_says_what_is_in_the_way(tmp_path: Path) -> None:
    """Three of a department could come; the mentor is taken until Monday."""
    world = World(tmp_path)
    plan = world.publish(plan_of(TOGETHER))
    taken(world, ("2026-04-01 09:00", "2026-04-03 18:00"))
    for person in ("aoi", "ren", "yui"):
        world.enroll(person, plan, accept="2026-04-01 09:00")

    world.run()

    told = [mail.text for mail in world.arrived if mail.to == ICHIRO]
    assert len(told) == 3
    for text in told:
        assert "までに全員の空きが重ならない" in text
        assert "こうすると決まります: within を 2 営業日延ばす" in text
    world.close()
