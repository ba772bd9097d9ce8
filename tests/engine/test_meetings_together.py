"""A meeting of many: as few sessions as everybody can reach, and nobody sees the others."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.plans import plan_of, talk_step
from tests.engine.test_meetings import (
    DECLINED,
    HANAKO,
    hear,
    meetings,
    span,
    subjects,
    times,
    words,
)
from tests.world import World
from worker.domain.appointments import Stage
from worker.domain.contact import CANNOT_COME
from worker.domain.facts import PersonId, StaffId
from worker.domain.intents import State
from worker.domain.meetings import Said, Word
from worker.domain.when import Distance, Unit
from worker.people.records import PersonRecord

PEOPLE = tuple(f"p{number}" for number in range(5))


def with_day(folder: Path, size: tuple[int, int] = (2, 12)) -> World:
    """Give a world in which five people of one department meet it."""
    world = World(folder)
    step = talk_step(together="department", size=size, minutes=60)
    plan = world.publish(plan_of(step))
    for person in PEOPLE:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    world.run()
    return world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which five people are in one session."""
    world = with_day(tmp_path)
    yield world
    world.close()


def test_everybody_of_a_department_is_in_one_session(world: World) -> None:
    """One event with five guests, who do not see one another; each is booked, and gets one mail."""
    (entry,) = world.calendars.entries()

    assert len(entry.said) == len(PEOPLE)
    assert {meetings(world, person)[0].id for person in PEOPLE} == {meetings(world, "p0")[0].id}
    for person in PEOPLE:
        assert words(world, person) == ["due", "booked"]
        assert len(subjects(world, f"{person}@mail.example")) == 1


def test_more_than_fit_are_split_evenly(tmp_path: Path) -> None:
    """Five people, three at most: two sessions of two and three, at different times."""
    world = with_day(tmp_path, (2, 3))

    sizes = sorted(len(entry.said) for entry in world.calendars.entries())

    assert sizes == [2, 3]
    assert len(set(times(world))) == 2
    world.close()


def test_one_who_cannot_come_leaves_and_the_others_keep_their_time(world: World) -> None:
    """Nobody is moved because of one decline; who left waits for another session."""
    (entry,) = world.calendars.entries()
    world.calendars.answer(entry.event_key, "p1@mail.example", DECLINED)
    hear(world)
    world.run_until("2026-04-01 09:30")

    (after,) = world.calendars.entries()
    assert after.when == entry.when
    assert sorted(after.said) == [f"{one}@mail.example" for one in PEOPLE if one != "p1"]
    assert words(world, "p1")[-1] == "declined"
    assert words(world, "p2") == ["due", "booked"]
    (told,) = [mail for mail in world.arrived if mail.to == "ichiro@tsunagu.example"]
    assert told.subject == "【まだ決まりません】p1さんの「1on1」"
    assert "同じ時間に来られる人" in told.text  # there is no session for one alone


def test_one_of_many_who_proposes_another_time_moves_nobody_else(world: World) -> None:
    """They leave this session and are given another; the others keep theirs."""
    (entry,) = world.calendars.entries()
    wish = Said(Word.DECLINED, proposed=span("2026-04-03 15:00"))
    world.calendars.answer(entry.event_key, "p1@mail.example", wish)
    hear(world)
    world.run_until("2026-04-01 12:00")

    after = next(one for one in world.calendars.entries() if one.event_key == entry.event_key)
    assert after.when == entry.when
    assert "p1@mail.example" not in after.said
    assert words(world, "p2") == ["due", "booked"]


def test_who_declines_the_offer_leaves_the_session(world: World) -> None:
    """Their invitation is taken back, and nobody else's."""
    world.note("p3", "declined")
    world.run()

    (entry,) = world.calendars.entries()
    assert "p3@mail.example" not in entry.said
    assert len(entry.said) == len(PEOPLE) - 1
    assert subjects(world, "p3@mail.example")[-1] == "予定の取りやめについて"


def test_a_manager_who_declines_moves_the_session_for_everybody(world: World) -> None:
    """It has another time, for all of them together."""
    (entry,) = world.calendars.entries()
    world.calendars.drag(entry.event_key, entry.when or pytest.fail("no time"))
    answers = Said(Word.ACCEPTED)
    world.calendars.answer(entry.event_key, "p0@mail.example", answers)
    hear(world, HANAKO)

    assert words(world, "p0")[-1] == "accepted"
    assert {meetings(world, person)[0].stage for person in PEOPLE} == {Stage.BOOKED}


def test_it_took_place_for_those_who_did_not_decline(world: World) -> None:
    """`held` is a fact of each of them."""
    world.run_until("2026-04-03 09:00")

    assert all(words(world, person)[-1] == "held" for person in PEOPLE)


def test_too_few_wait_and_hr_is_told(tmp_path: Path) -> None:
    """A department of one has no session of two."""
    world = World(tmp_path)
    step = talk_step(together="department", size=(2, 12), within=Distance(5, Unit.BUSINESS_DAYS))
    world.enroll("p0", world.publish(plan_of(step)), accept="2026-04-01 09:00")

    world.run()

    assert world.calendars.entries() == ()
    assert meetings(world, "p0")[0].stage is Stage.SEEKING
    assert subjects(world, "ichiro@tsunagu.example") == ["【まだ決まりません】p0さんの「1on1」"]

    world.enroll("p1", next(iter(world.plans.values())), accept="2026-04-01 10:00")
    world.run_until("2026-04-01 16:00")

    assert len(world.calendars.entries()) == 1
    world.close()


def late(world: World, person: str = "p9") -> None:
    """Have somebody come to belong half an hour later, when the session is booked."""
    world.run_until("2026-04-01 09:30")
    plan = next(iter(world.plans.values()))
    world.enroll(person, plan, accept="2026-04-01 09:30")
    world.run()


def test_who_comes_late_goes_into_the_session_that_has_room(world: World) -> None:
    """One event still, with one guest more; only they get a mail, and only they are booked."""
    before = {person: subjects(world, f"{person}@mail.example") for person in PEOPLE}

    late(world)

    (entry,) = world.calendars.entries()
    assert "p9@mail.example" in entry.said
    assert len(entry.said) == len(PEOPLE) + 1
    assert meetings(world, "p9")[0].id == meetings(world, "p0")[0].id
    assert words(world, "p9") == ["due", "booked"]
    assert len(subjects(world, "p9@mail.example")) == 1
    assert world.states("p9")[0] is State.DONE
    assert {person: subjects(world, f"{person}@mail.example") for person in PEOPLE} == before


def test_a_full_session_takes_nobody_more(tmp_path: Path) -> None:
    """Five at most, and five are there: who comes late waits for somebody to come with."""
    world = with_day(tmp_path, (2, 5))

    late(world, "p8")
    late(world, "p9")

    sizes = sorted(len(entry.said) for entry in world.calendars.entries())
    assert sizes == [2, 5]
    assert meetings(world, "p8")[0].id == meetings(world, "p9")[0].id
    world.close()


def test_who_cannot_come_then_is_not_put_into_it(world: World) -> None:
    """In a class at that time: they wait rather than be where they cannot be."""
    busy = {"unavailable": "2026-04-01..2026-04-10"}
    record = PersonRecord(
        PersonId("p9"), "p9", "p9@mail.example", department="開発部", mentor=(StaffId("m1"),)
    )
    plan = next(iter(world.plans.values()))
    facts = {"accept": world.now}
    world.journal.people.put([replace(record, attributes=busy, facts=facts)], world.now)
    world.journal.enrollments.enroll([record.id], plan.playbook, plan.digest, world.now, world.now)

    world.run()

    (entry,) = world.calendars.entries()
    assert len(entry.said) == len(PEOPLE)
    assert meetings(world, "p9")[0].stage is Stage.SEEKING


def test_who_comes_while_the_session_is_dragged_is_in_it_at_last(world: World) -> None:
    """The event was moved by hand a moment before: that is read first, and then they come in."""
    (entry,) = world.calendars.entries()
    world.run_until("2026-04-01 09:30")
    world.calendars.drag(entry.event_key, span("2026-04-03 15:00", 60))

    world.enroll("p9", next(iter(world.plans.values())), accept="2026-04-01 09:30")
    world.run_until("2026-04-01 09:40")

    (entry,) = world.calendars.entries()
    assert entry.when == span("2026-04-03 15:00", 60)
    assert "p9@mail.example" in entry.said
    assert words(world, "p9")[-1] == "booked"
    assert len(subjects(world, "p9@mail.example")) == 1


def test_a_session_that_moves_is_moved_to_where_all_of_them_can(tmp_path: Path) -> None:
    """A colleague declines; one of five, and not the first, has said when they cannot come."""
    world = World(tmp_path)
    who = ("mentor", "hr")
    step = talk_step(participants=who, together="department", size=(2, 12), minutes=60)
    plan = world.publish(plan_of(step))
    for person in PEOPLE:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    world.run()
    (entry,) = world.calendars.entries()
    world.note("p3", CANNOT_COME, value="2026-04-02..2026-04-07")
    world.calendars.answer(entry.event_key, "ichiro@tsunagu.example", DECLINED)
    hear(world)
    world.run_until("2026-04-01 09:30")

    (after,) = world.calendars.entries()
    assert after.when == span("2026-04-08 10:00", 60)
    assert {f"{one}@mail.example" for one in PEOPLE} <= set(after.said)
    world.close()
