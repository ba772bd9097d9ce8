"""How many talks a colleague has on a day: ours, on their own clock's day, that take place."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.plans import TALK
from tests.engine.test_meetings import HANAKO, meetings, span
from tests.world import STAFF, World

FIRST_DAY, SECOND_DAY = "2026-04-02", "2026-04-03"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world whose mentor has one talk a day at most."""
    world = World(tmp_path)
    mentor, *others = STAFF
    world.journal.staff.put([replace(mentor, attributes={"per_day": 1}), *others], world.now)
    yield world
    world.close()


def day(world: World, person: str) -> str:
    """Give the day of somebody's talk, where it takes place."""
    when = meetings(world, person)[-1].stood
    return "" if when is None else when.start.date().isoformat()  # office hours: one day in UTC


def test_what_others_put_into_the_mentors_calendar_does_not_count(world: World) -> None:
    """Three meetings of her own that day, and ours: four in all, of which one is ours."""
    for start in ("10:00", "11:00", "14:00"):
        world.calendars.take(HANAKO, span(f"{FIRST_DAY} {start}"))
    plan = world.publish(TALK)
    for person in ("aoi", "ren"):
        world.enroll(person, plan, accept="2026-04-01 09:00")

    world.run()

    assert sorted(day(world, person) for person in ("aoi", "ren")) == [FIRST_DAY, SECOND_DAY]


def test_a_talk_that_was_taken_back_does_not_count(world: World) -> None:
    """Aoi declines the offer: her day is free for Ren, who comes later."""
    plan = world.publish(TALK)
    world.enroll("aoi", plan, accept="2026-04-01 09:00")
    world.run()
    before = day(world, "aoi")
    world.note("aoi", "declined")
    world.run()

    world.enroll("ren", plan, accept="2026-04-01 09:00")
    world.run()

    assert (before, day(world, "aoi"), day(world, "ren")) == (FIRST_DAY, "", FIRST_DAY)
