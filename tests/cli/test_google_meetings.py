"""A meeting of a playbook in Google Calendar, end to end, against a server of Google's HTTP."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.cli.desk import Desk, lay_out
from tests.servers.google import GoogleWorld, google_world, service_account
from worker.domain.meetings import Span

SATO, AOI, HR = "sato@example.co.jp", "aoi@example.jp", "saiyo@example.co.jp"
BEFORE, DUE = "2026-04-01 08:00", "2026-04-02 10:00"
OVER_SMTP = "    smtp: {host: 127.0.0.1, port: 2525, tls: none}\n"
PLAYBOOK = """\
playbook: meet
title: はじめての1on1
for: person.id == "aoi"
needs: [offer]
steps:
  - id: talk
    when: offer + 1 day at 10:00
    meeting:
      title: "1on1: {{ person.name }} & {{ mentor.name }}"
      with: [mentor]
      minutes: 30
      within: 5 business days
      between: 10:00-18:00
      place: google_meet
"""


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """Google on this machine, where the staff have calendars."""
    with google_world() as running:
        running.google.employ(SATO, "hana@example.co.jp", HR)
        running.calendars.domains = frozenset({"example.co.jp"})
        yield running


@pytest.fixture
def desk(tmp_path: Path, world: GoogleWorld) -> Desk:
    """A workspace whose one playbook has one meeting."""
    desk = lay_out(tmp_path / "hr")
    (desk.root / "google.json").write_text(json.dumps(dict(service_account(world.google))))
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(
        settings.read_text().replace(OVER_SMTP, f"    google: {{account: {HR}}}\n")
        + f"google: {{service_account: google.json, endpoint: '{world.google.endpoint}'}}\n"
        + "calendars: {default: google}\n"
    )
    playbook = desk.root / "playbooks" / "follow" / "playbook.yaml"
    playbook.unlink()
    (desk.root / "playbooks" / "meet").mkdir()
    (desk.root / "playbooks" / "meet" / "playbook.yaml").write_text(PLAYBOOK)
    for table in ("staff", "people"):
        done = desk.type(table, "import")
        assert done.status == 0, done.err
    return desk


def work(desk: Desk, world: GoogleWorld, *instants: str) -> None:
    """Let the worker look at each of these moments, until nothing is due."""
    for instant in instants:
        world.clock.turn_to(desk.at(instant).now)
        done = desk.type("up", "--until-idle")
        assert done.status == 0, done.err


def events(world: GoogleWorld) -> list[dict[str, Any]]:
    """Give the events of ours in the mentor's calendar."""
    found = world.calendars.shelf_of(SATO).events.values()
    return [one for one in found if "extendedProperties" in one]


def facts(desk: Desk) -> set[str]:
    """Give what is noted about Aoi."""
    return {one["name"] for one in desk.type("timeline", "aoi", "--json").json["facts"]}


def told(world: GoogleWorld) -> list[tuple[str, str]]:
    """Give what Google wrote to whom."""
    return [(one.address, one.notice) for one in world.calendars.sent]


def test_a_meeting_is_booked_once_in_the_mentors_calendar(desk: Desk, world: GoogleWorld) -> None:
    """With a room online; Aoi is invited by Google in the mentor's name, and no more is asked."""
    work(desk, world, BEFORE, DUE, "2026-04-02 10:10", "2026-04-02 10:20")

    (event,) = events(world)
    assert event["summary"] == "1on1: 青井 葵 & 佐藤 健"
    assert event["hangoutLink"].startswith("https://meet.google.com/")
    assert told(world) == [(AOI, "invited")]
    assert "talk.booked" in facts(desk)
    assert world.asked("calendar.events.insert") == 1
    assert {one.person for one in world.google.requests if "insert" in one.method} == {SATO}


def test_her_answer_is_a_fact(desk: Desk, world: GoogleWorld) -> None:
    """Yes, in her own calendar: nobody has to write it down."""
    work(desk, world, BEFORE, DUE)
    (event,) = events(world)

    world.calendars.answer(event["id"], AOI, "accepted")
    work(desk, world, "2026-04-02 10:30")

    assert "talk.accepted" in facts(desk)


def test_a_meeting_the_mentor_drags_stays_there(desk: Desk, world: GoogleWorld) -> None:
    """It is adopted, and we write to nobody about it: Google has."""
    work(desk, world, BEFORE, DUE)
    (event,) = events(world)
    start = datetime.fromisoformat(event["start"]["dateTime"]) + timedelta(hours=3)

    world.calendars.drag(event["id"], Span(start, start + timedelta(minutes=30)))
    work(desk, world, "2026-04-02 10:30", "2026-04-02 10:40")

    (event,) = events(world)
    assert datetime.fromisoformat(event["start"]["dateTime"]) == start
    assert "talk.moved" in facts(desk)
    assert told(world) == [(AOI, "invited"), (AOI, "updated")]
    assert world.asked("calendar.events.update") == 0


def test_a_lost_answer_makes_no_second_event(desk: Desk, world: GoogleWorld) -> None:
    """Google had made it: asked again it is found, and Aoi hears of it once."""
    work(desk, world, BEFORE)
    world.google.faults.loses = 1

    work(desk, world, DUE, "2026-04-02 10:30", "2026-04-02 11:00")

    assert len(events(world)) == 1
    assert told(world) == [(AOI, "invited")]
    assert "talk.booked" in facts(desk)


def test_a_calendar_that_cannot_be_read_is_not_free(desk: Desk, world: GoogleWorld) -> None:
    """Google says so inside a success: nothing is booked until it can be read."""
    world.google.calendar_methods.trouble_with = {SATO: "internalError"}
    work(desk, world, BEFORE, DUE)
    before = events(world)

    world.google.calendar_methods.trouble_with = {}
    work(desk, world, "2026-04-02 11:00", "2026-04-02 12:00")

    assert before == []
    assert len(events(world)) == 1


def test_a_day_full_of_meetings_is_left_alone(desk: Desk, world: GoogleWorld) -> None:
    """The mentor has other things to do that day: the next one is taken."""
    day = datetime(2026, 4, 3, 0, 0, tzinfo=UTC)
    world.calendars.take(SATO, Span(day, day + timedelta(hours=12)), "研修")

    work(desk, world, BEFORE, DUE)

    (event,) = events(world)
    assert event["start"]["dateTime"] > "2026-04-04"


def test_a_deleted_meeting_does_not_come_back_by_itself(desk: Desk, world: GoogleWorld) -> None:
    """The mentor deleted it: HR is asked, and nobody is invited a second time."""
    work(desk, world, BEFORE, DUE)
    (event,) = events(world)

    world.calendars.delete(event["id"])
    work(desk, world, "2026-04-02 10:30", "2026-04-02 11:30")

    assert [one["status"] for one in events(world)] == ["cancelled"]
    assert told(world) == [(AOI, "invited"), (AOI, "cancelled")]
    assert "talk.cancelled" in facts(desk)


def test_a_link_that_the_mentors_calendar_cannot_make_is_told_beforehand(desk: Desk) -> None:
    """By the column of staff.csv, else by what is usual here; with the line, and what to write."""
    playbook = desk.root / "playbooks" / "meet" / "playbook.yaml"
    before = desk.type("check")

    playbook.write_text(PLAYBOOK.replace("google_meet", "teams"))
    told = desk.type("check")
    staff = "ID,氏名,メール,役割,calendar\nsato,佐藤 健,sato@example.co.jp,mentor,microsoft\n"
    (desk.root / "staff.csv").write_text(staff)
    assert desk.type("staff", "import").status == 0
    after = desk.type("check")

    assert "Google" not in before.out + before.err
    assert "playbook.yaml:14:14" in told.out + told.err
    assert "place: google_meet" in told.out + told.err
    assert "teams" not in after.out + after.err
    assert (before.status, told.status, after.status) == (0, 0, 0)
