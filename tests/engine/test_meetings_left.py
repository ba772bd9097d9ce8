"""Who cannot come to a session of many is given another one; nobody else is moved for it."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.plans import plan_of, talk_step
from tests.engine.test_meetings import (
    ACCEPTED,
    DECLINED,
    HANAKO,
    hear,
    meetings,
    span,
    subjects,
    words,
)
from tests.engine.test_meetings_answers import hears
from tests.engine.test_meetings_by_mail import invitations
from tests.engine.test_meetings_together import PEOPLE
from tests.world import World
from worker.domain.appointments import Stage
from worker.domain.facts import PersonId, StaffId
from worker.domain.meetings import Entry, Said, Span, Word
from worker.domain.when import Distance, Unit
from worker.people.records import PersonRecord

HR = "ichiro@tsunagu.example"
A_QUARTER = timedelta(minutes=15)


def day(folder: Path, calendars: str = "google", people: int = 5, **more: Any) -> World:  # noqa: ANN401 - of a meeting
    """Give a world in which so many people of one department meet it, an hour long."""
    world = World(folder, calendars=calendars)
    step = talk_step(together="department", minutes=60, **{"size": (2, 12), **more})
    plan = world.publish(plan_of(step))
    # one session a half-day: who cannot come to one of them may be able to come to the other
    for taken in ("2026-04-02 11:00", "2026-04-03 11:00"):
        world.calendars.take(HANAKO, span(taken, 7 * 60))
    for person in PEOPLE[:people]:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    world.run()
    return world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give five people in two sessions, of two and of three."""
    world = day(tmp_path, size=(2, 3))
    yield world
    world.close()


def sessions(world: World) -> dict[str, Entry]:
    """Give the events that stand, by their key."""
    return {one.event_key: one for one in world.calendars.entries() if not one.is_cancelled}


def guests(entry: Entry) -> list[str]:
    """Name who is invited to an event."""
    return sorted(one.partition("@")[0] for one in entry.said)


def of(world: World, person: str) -> Entry:
    """Give the event that somebody is invited to."""
    return next(one for one in sessions(world).values() if person in guests(one))


def decline(world: World, *people: str) -> None:
    """Have people decline the session they are in, and live until that has stood."""
    for person in people:
        world.calendars.answer(of(world, person).event_key, f"{person}@mail.example", DECLINED)
    hear(world)
    world.engine.run_until(world.now + A_QUARTER, world.clock)


def mails(world: World) -> dict[str, int]:
    """Count what everybody got."""
    every = [f"{one}@mail.example" for one in PEOPLE] + [HR]
    return {one: len(subjects(world, one)) for one in every}


def test_who_declines_goes_into_another_session_that_has_room(world: World) -> None:
    """Three and two before, two and three after; only they are told anything, HR is not."""
    full = next(one for one in sessions(world).values() if len(one.said) == 3)
    other = next(one for one in sessions(world).values() if len(one.said) == 2)
    (gone, *_) = guests(full)
    before = mails(world)

    decline(world, gone)

    assert guests(sessions(world)[other.event_key]) == sorted([*guests(other), gone])
    assert gone not in guests(sessions(world)[full.event_key])
    assert {one.when for one in sessions(world).values()} == {full.when, other.when}
    assert words(world, gone) == ["due", "booked", "declined", "moved"]
    assert mails(world) == before | {f"{gone}@mail.example": 2}
    assert "新しい時間" in subjects(world, f"{gone}@mail.example")[-1]
    assert [one.stage for one in meetings(world, gone)] == [Stage.BOOKED]
    stays = next(one for one in PEOPLE if one != gone)
    assert words(world, stays) == ["due", "booked"]


def test_those_who_decline_together_make_a_session_of_their_own(tmp_path: Path) -> None:
    """Two of five cannot come to the only one: they meet at another time, and nobody is moved."""
    world = day(tmp_path)
    (first,) = sessions(world).values()
    before = mails(world)

    decline(world, "p1", "p3")

    (second,) = [one for key, one in sessions(world).items() if key != first.event_key]
    assert guests(second) == ["p1", "p3"]
    assert guests(sessions(world)[first.event_key]) == ["p0", "p2", "p4"]
    assert sessions(world)[first.event_key].when == first.when != second.when
    assert mails(world) == before | {"p1@mail.example": 2, "p3@mail.example": 2}
    assert words(world, "p1") == words(world, "p3") == ["due", "booked", "declined", "moved"]
    world.close()


def test_one_alone_waits_for_somebody_to_come_with_and_hr_is_told_once(tmp_path: Path) -> None:
    """The second declines hours later: then both have a session, and the same one."""
    world = day(tmp_path)
    decline(world, "p1")
    assert [one.stage for one in meetings(world, "p1")] == [Stage.SEEKING]
    assert len(subjects(world, HR)) == 1
    world.engine.run_until(world.now + timedelta(hours=4), world.clock)

    decline(world, "p3")

    assert of(world, "p1") == of(world, "p3") != of(world, "p0")
    assert len(subjects(world, HR)) == 1
    world.close()


def test_who_comes_late_and_who_has_left_make_a_session_together(tmp_path: Path) -> None:
    """One is invited for the first time, and the other to another time."""
    world = day(tmp_path, size=(2, 4), people=4)
    decline(world, "p1")
    late = PersonRecord(
        PersonId("p9"),
        "p9",
        "p9@mail.example",
        department="開発部",
        mentor=(StaffId("m1"),),
        attributes={"unavailable": "2026-04-02..2026-04-03"},
        facts={"accept": world.now},
    )
    plan = next(iter(world.plans.values()))
    world.journal.people.put([late], world.now)
    world.journal.enrollments.enroll([late.id], plan.playbook, plan.digest, world.now, world.now)
    world.run()

    assert of(world, "p1") == of(world, "p9") != of(world, "p0")
    assert words(world, "p1") == ["due", "booked", "declined", "moved"]
    assert words(world, "p9") == ["due", "booked"]
    assert "新しい時間" in subjects(world, "p1@mail.example")[-1]
    assert "新しい時間" not in subjects(world, "p9@mail.example")[-1]
    world.close()


def test_after_three_other_sessions_hr_is_asked(tmp_path: Path) -> None:
    """One who may come alone is given three more times, each in another half-day."""
    world = day(tmp_path, size=(1, 12))
    times: list[Span | None] = []
    for _ in range(4):
        times.append(of(world, "p1").when)
        decline(world, "p1")

    assert len(set(times)) == 4
    assert all(one.is_cancelled or "p1" not in guests(one) for one in world.calendars.entries())
    assert words(world, "p1").count("declined") == 4
    assert words(world, "p1").count("moved") == 3
    (told,) = [one for one in world.arrived if one.to == HR]
    assert "理由: 別の回を三度ご用意しましたが、どれもご都合が合いませんでした\n" in told.text
    assert words(world, "p0") == ["due", "booked"]
    world.close()


@pytest.mark.parametrize(("word", "told"), [("alert", 1), ("keep", 0)])
def test_the_playbook_may_say_that_none_is_looked_for(word: str, told: int, tmp_path: Path) -> None:
    """`alert`: HR is told who leaves; `keep`: nothing follows. They leave it either way."""
    world = day(tmp_path, if_declined=word)

    decline(world, "p1", "p3")

    assert len(sessions(world)) == 1
    assert meetings(world, "p1") == meetings(world, "p3") == []
    assert len(subjects(world, HR)) == 2 * told
    world.close()


def test_each_decline_has_ten_minutes_of_its_own(tmp_path: Path) -> None:
    """Who thinks better of it within them stays, also where somebody else leaves meanwhile."""
    world = day(tmp_path)
    (entry,) = sessions(world).values()
    world.calendars.answer(entry.event_key, "p1@mail.example", DECLINED)
    hear(world)
    world.engine.run_until(world.now + timedelta(minutes=8), world.clock)
    world.calendars.answer(entry.event_key, "p3@mail.example", DECLINED)
    hear(world)
    world.engine.run_until(world.now + timedelta(minutes=4), world.clock)
    assert words(world, "p3") == ["due", "booked"]

    world.calendars.answer(entry.event_key, "p3@mail.example", ACCEPTED)
    hear(world)
    world.engine.run_until(world.now + A_QUARTER, world.clock)

    assert guests(sessions(world)[entry.event_key]) == ["p0", "p2", "p3", "p4"]
    assert words(world, "p3") == ["due", "booked", "accepted"]
    world.close()


def test_the_last_of_a_session_takes_it_along(tmp_path: Path) -> None:
    """Both of two decline: the event is taken back, and nobody is told that theirs is cancelled."""
    world = day(tmp_path, people=2)
    (first,) = sessions(world)

    decline(world, "p0", "p1")

    ((key, second),) = sessions(world).items()
    assert key != first
    assert guests(second) == ["p0", "p1"]
    assert words(world, "p0") == ["due", "booked", "declined", "moved"]
    world.close()


def test_who_declines_the_offer_while_another_session_is_looked_for_hears_of_none(
    tmp_path: Path,
) -> None:
    """They are in none: there is nothing to take back, and nothing to tell."""
    world = day(tmp_path)
    decline(world, "p1")
    before = subjects(world, "p1@mail.example")

    world.note("p1", "declined")
    world.engine.run_until(world.now + timedelta(hours=4), world.clock)
    decline(world, "p3")

    assert subjects(world, "p1@mail.example") == before
    assert words(world, "p1") == ["due", "booked", "declined"]
    assert [one.stage for one in meetings(world, "p1")] == [Stage.CANCELLED]
    world.close()


def test_who_is_erased_while_another_session_is_looked_for_leaves_no_row(tmp_path: Path) -> None:
    """Nothing stands in any calendar of theirs."""
    world = day(tmp_path)
    decline(world, "p1")

    world.journal.people.erase(PersonId("p1"), world.now)
    decline(world, "p3")

    assert meetings(world, "p1") == []
    assert [guests(one) for one in sessions(world).values()] == [["p0", "p2", "p4"]]
    world.close()


def test_none_found_within_the_span_is_left_to_hr(tmp_path: Path) -> None:
    """It is looked for as long as for the first one, counted from the decline."""
    world = day(tmp_path, within=Distance(3, Unit.BUSINESS_DAYS))

    decline(world, "p1")
    world.run_until("2026-04-08 09:00")

    assert words(world, "p1") == ["due", "booked", "declined", "failed"]
    assert [one.stage for one in meetings(world, "p1")] == [Stage.HUMAN]
    assert subjects(world, HR) == [
        "【まだ決まりません】p1さんの「1on1」",
        "【ご確認ください】p1さんの「1on1」",
    ]
    world.close()


def test_who_asks_for_another_time_is_given_another_session(world: World) -> None:
    """One of many moves nobody: what they propose is a decline of this session."""
    full = next(one for one in sessions(world).values() if len(one.said) == 3)
    (gone, *_) = guests(full)
    wish = Said(Word.TENTATIVE, proposed=full.when)
    world.calendars.answer(full.event_key, f"{gone}@mail.example", wish)
    hear(world)
    world.engine.run_until(world.now + A_QUARTER, world.clock)

    assert of(world, gone).event_key != full.event_key
    assert words(world, gone)[-2:] == ["declined", "moved"]


def test_by_mail_they_get_one_invitation_to_the_other_session(tmp_path: Path) -> None:
    """The colleague's calendar, and everybody else's, hears of the new session alone."""
    world = day(tmp_path, "mail")
    for person in ("p1", "p3"):
        hears(world, "DECLINED", person, number=10)
    world.engine.run_until(world.now + A_QUARTER, world.clock)

    methods = {
        one: [method for method, _ in invitations(world, f"{one}@mail.example")] for one in PEOPLE
    }
    assert methods == {
        "p0": ["REQUEST"],
        "p1": ["REQUEST", "REQUEST"],
        "p2": ["REQUEST"],
        "p3": ["REQUEST", "REQUEST"],
        "p4": ["REQUEST"],
    }
    uids = {str(event["UID"]) for _, event in invitations(world, "p1@mail.example")}
    assert len(uids) == 2
    assert [method for method, _ in invitations(world, HANAKO)] == ["REQUEST", "REQUEST"]
    world.close()


def test_who_was_let_in_and_leaves_again_is_told_of_each_session_once(world: World) -> None:
    """From three to two, which are three then, and back to those who are two by now."""
    full = next(one for one in sessions(world).values() if len(one.said) == 3)
    (gone, *_) = guests(full)

    decline(world, gone)
    between = of(world, gone)
    world.calendars.drag(
        full.event_key, Span(*(one + timedelta(days=5) for one in full.when or ()))
    )
    hear(world)
    decline(world, gone)

    assert between.event_key != full.event_key
    assert of(world, gone).event_key == full.event_key
    assert words(world, gone) == ["due", "booked", "declined", "moved", "declined", "moved"]
    assert len(subjects(world, f"{gone}@mail.example")) == 3
