"""A country changes its rules of time after a meeting was booked: HR is told, nothing is moved."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from tests.engine.plans import TALK
from tests.engine.test_meetings import HANAKO, hear, meetings, span
from tests.world import Seen, World, at
from tests.zones import write_zone, zones_in
from worker.domain.appointments import Wall
from worker.domain.facts import PersonId, StaffId
from worker.engine.meetings.walls import changed
from worker.people.records import PersonRecord, StaffRecord

TOWN = "Test/Town"
EIGHT, NINE = timedelta(hours=8), timedelta(hours=9)
NEW_LAW = at("2026-04-02 00:00")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a talk tomorrow at ten with somebody in a town eight hours ahead of UTC."""
    with zones_in(tmp_path / "tzdata"):
        write_zone(tmp_path / "tzdata", TOWN, EIGHT)
        world = World(tmp_path)
        plan = world.publish(TALK)
        record = PersonRecord(
            PersonId("aoi"), "aoi", "aoi@mail.example", mentor=(StaffId("m1"),), timezone=TOWN
        )
        world.journal.people.put([replace(record, facts={"accept": world.now})], world.now)
        world.journal.enrollments.enroll(
            [record.id], plan.playbook, plan.digest, world.now, world.now
        )
        world.run()
        yield world
        world.close()


def new_rules(world: World, folder: Path) -> None:
    """Install a release of tzdata by which the town is nine hours ahead from tomorrow on."""
    write_zone(folder / "tzdata", TOWN, EIGHT, changes=[(NEW_LAW, NINE)])
    world.restarted()
    world.run()


def told(world: World) -> list[Seen]:
    """Give what HR was told of clocks."""
    return [one for one in world.arrived if one.key.startswith("bulletin/clocks:")]


def test_what_clocks_show_is_written_down_with_a_meeting(world: World) -> None:
    """In the playbook's zone and in the person's own."""
    (known,) = meetings(world)

    assert known.walls == (Wall("Asia/Tokyo", "2026-04-02T10:00"), Wall(TOWN, "2026-04-02T09:00"))
    assert changed(known) == ()
    assert told(world) == []


def test_hr_is_told_once_and_nothing_is_moved(world: World, tmp_path: Path) -> None:
    """The instant stays; who was told nine would come an hour late by the new rules."""
    before = world.calendars.entries()

    new_rules(world, tmp_path)
    for hour in range(12, 18):
        world.run_until(f"2026-04-01 {hour}:00")
    new_rules(world, tmp_path)

    ((was, now),) = changed(meetings(world)[0])
    assert (was.shows, now.shows) == ("2026-04-02T09:00", "2026-04-02T10:00")
    (mail,) = told(world)
    assert mail.to == "ichiro@tsunagu.example"
    assert mail.subject == f"{TOWN} の時刻の規則が変わりました"
    assert "当てはまる予定（件）: 1" in mail.text
    assert "tsunagu status" in mail.text
    assert "aoi" not in mail.text
    assert world.calendars.entries() == before


def test_moved_by_hand_to_the_time_that_was_told_it_is_settled(
    world: World, tmp_path: Path
) -> None:
    """The organiser drags it an hour earlier: clocks in the town show nine again."""
    new_rules(world, tmp_path)
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-02 09:00"))
    hear(world, HANAKO)

    (known,) = meetings(world)
    assert known.walls[1] == Wall(TOWN, "2026-04-02T09:00")
    assert changed(known) == ()


def test_more_meetings_are_told_of_again_and_fewer_are_not(world: World, tmp_path: Path) -> None:
    """The same town, another person: HR hears of two; then the first is over."""
    new_rules(world, tmp_path)
    write_zone(tmp_path / "tzdata", TOWN, EIGHT)
    plan = next(iter(world.plans.values()))
    record = PersonRecord(
        PersonId("ren"), "ren", "ren@mail.example", mentor=(StaffId("m1"),), timezone=TOWN
    )
    world.journal.people.put([replace(record, facts={"accept": world.now})], world.now)
    world.journal.enrollments.enroll([record.id], plan.playbook, plan.digest, world.now, world.now)
    world.run()

    new_rules(world, tmp_path)
    world.run_until("2026-04-02 10:40")
    new_rules(world, tmp_path)

    counts = [one.text.split("当てはまる予定（件）: ")[1].splitlines()[0] for one in told(world)]
    assert counts == ["1", "2"]


def test_a_colleague_abroad_counts_as_well(tmp_path: Path) -> None:
    """The rules change where the mentor is."""
    with zones_in(tmp_path / "tzdata"):
        write_zone(tmp_path / "tzdata", "Test/Office", EIGHT)
        world = World(tmp_path)
        abroad = StaffRecord(
            StaffId("m1"),
            "佐藤 花子",
            HANAKO,
            ("mentor",),
            "開発部",
            attributes={"timezone": "Test/Office"},
        )
        world.journal.staff.put([abroad], world.now)
        world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
        world.run()
        assert [one.zone for one in meetings(world)[0].walls] == ["Asia/Tokyo", "Test/Office"]

        write_zone(tmp_path / "tzdata", "Test/Office", NINE)
        world.restarted()
        world.run()

        assert [one.subject for one in told(world)] == ["Test/Office の時刻の規則が変わりました"]
        world.close()


def test_a_zone_that_is_gone_is_no_trouble(world: World, tmp_path: Path) -> None:
    """A release that knows the town no more: nobody can say what its clocks show."""
    (tmp_path / "tzdata" / TOWN).unlink()
    world.restarted()
    world.run()

    assert changed(meetings(world)[0]) == ()
    assert told(world) == []
