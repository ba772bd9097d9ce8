"""Days off here, and people somewhere else: when a talk is where the two do not agree."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.engine.plans import plan_of, talk_step
from tests.engine.test_meetings import HANAKO, meetings, span, subjects, times
from tests.world import STAFF, World, at
from worker.domain.facts import PersonId, StaffId, Value
from worker.domain.plan import Calendar, Closure
from worker.people.records import PersonRecord
from worker.playbook.almanac import holidays_of

NEW_YEAR = Closure(once=(date(2026, 12, 29), date(2027, 1, 3)))
SUMMER = Closure(once=(date(2026, 8, 13), date(2026, 8, 16)))


def world_of(folder: Path, accepted: str, *closed: Closure, **more: object) -> World:
    """Give a world in which the plan knows Japan's holidays, and somebody has accepted."""
    world = World(folder, start=accepted)
    calendar = Calendar("Asia/Tokyo", holidays_of("JP"), closed)
    plan = world.publish(replace(plan_of(talk_step()), calendar=calendar))
    come(world, "aoi", accepted, **more)
    world.journal.enrollments.enroll(
        [PersonId("aoi")], plan.playbook, plan.digest, world.now, world.now
    )
    world.run()
    return world


def come(world: World, id_: str, accepted: str, **more: object) -> None:
    """Have somebody known who has accepted; *more* of the record."""
    record = PersonRecord(
        PersonId(id_),
        id_,
        f"{id_}@mail.example",
        mentor=(StaffId("m1"),),
        facts={"accept": at(accepted)},
    )
    world.journal.people.put([replace(record, **more)], world.now)  # type: ignore[arg-type]  # of a record


@pytest.mark.parametrize(
    ("accepted", "closed", "booked"),
    [
        ("2026-05-01 12:00", (), "2026-05-07 10:00"),  # 5/6 is 振替休日
        ("2026-09-18 12:00", (), "2026-09-24 10:00"),  # 9/22 is 国民の休日
        ("2026-12-28 12:00", (), "2026-12-29 13:00"),
        ("2026-12-28 12:00", (NEW_YEAR,), "2027-01-04 10:00"),
        ("2026-08-12 12:00", (), "2026-08-13 13:00"),
        ("2026-08-12 12:00", (SUMMER,), "2026-08-17 10:00"),
    ],
)
def test_nobody_is_met_on_days_off(
    accepted: str, closed: tuple[Closure, ...], booked: str, tmp_path: Path
) -> None:
    """Golden Week, the week in September, the turn of the year, お盆: by law, or by the company."""
    world = world_of(tmp_path, accepted, *closed)

    assert times(world) == [span(booked)]
    world.close()


@pytest.fixture
def berlin(tmp_path: Path) -> Iterator[World]:
    """Give a world in which Aoi lives in Berlin, seven hours behind, before Golden Week."""
    world = world_of(tmp_path, "2026-05-01 12:00", timezone="Europe/Berlin", locale="en")
    yield world
    world.close()


def test_who_lives_in_another_country_is_met_at_decent_hours_of_both(berlin: World) -> None:
    """Not on a day off in Japan, when the mentor is away; nine o'clock in Berlin is four here."""
    assert times(berlin) == [span("2026-05-07 16:00")]
    (mail,) = [one for one in berlin.arrived if one.to == "aoi@mail.example"]
    assert "09:00–09:30 (Europe/Berlin)" in mail.text


def test_a_holiday_of_their_own_country_is_theirs_to_tell(tmp_path: Path) -> None:
    """Ascension Day is a working day here; who cannot come then says so, and is not met."""
    world = world_of(
        tmp_path,
        "2026-05-13 09:00",
        timezone="Europe/Berlin",
        attributes={"unavailable": "2026-05-14"},
    )

    assert times(world) == [span("2026-05-15 16:00")]
    world.close()


def test_who_moves_away_keeps_the_instant_of_a_talk(berlin: World) -> None:
    """In Seoul by now: the talk is when it was, and a mail says it by the clock there."""
    (before,) = times(berlin)
    come(berlin, "aoi", "2026-05-01 12:00", timezone="Asia/Seoul", locale="en")
    berlin.run_until("2026-05-02 09:00")

    assert times(berlin) == [before]
    assert len(subjects(berlin)) == 1


def test_a_colleagues_day_is_that_of_their_own_clock(tmp_path: Path) -> None:
    """Eight in the morning here is yesterday by UTC: the day's one talk is had all the same."""
    world = World(tmp_path)
    mentor, *others = STAFF
    rules: dict[str, Value] = {"per_day": 1, "hours": "08:00-18:00"}
    world.journal.staff.put([replace(mentor, attributes=rules), *others], world.now)
    world.calendars.take(HANAKO, span("2026-04-02 00:00", 24 * 60))
    plan = world.publish(plan_of(talk_step(between=None)))
    come(world, "aoi", "2026-04-01 09:00", timezone="Australia/Sydney")
    ids = [PersonId("aoi")]
    world.journal.enrollments.enroll(ids, plan.playbook, plan.digest, world.now, world.now)
    world.run()
    world.run_until("2026-04-01 10:00")
    world.enroll("ren", plan, accept="2026-04-01 10:00")
    world.run()

    assert meetings(world, "aoi")[0].when == span("2026-04-03 08:00")
    assert meetings(world, "ren")[0].when == span("2026-04-06 09:00")
    world.close()
