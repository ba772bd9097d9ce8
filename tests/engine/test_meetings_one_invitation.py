"""Everybody is invited once to a meeting as it stands, whatever changes before the mail leaves."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.engine.plans import TALK, plan_of, talk_step
from tests.engine.test_meetings import AOI, DECLINED, HANAKO, hear, meetings, span, subjects
from tests.engine.test_meetings_answers import hears
from tests.engine.test_meetings_by_mail import invitations
from tests.world import World
from worker.domain.appointments import Stage
from worker.domain.facts import StaffId
from worker.domain.when import Distance, Unit
from worker.people.records import StaffRecord

PEOPLE = ("p0", "p1", "p2")
AN_HOUR = timedelta(hours=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which three people are in one session, and no mail has left yet."""
    world = session(tmp_path)
    yield world
    world.close()


def session(folder: Path, calendars: str = "google", **more: Any) -> World:  # noqa: ANN401 - of a meeting
    """Give a world in which a session is booked while the mailbox cannot be reached."""
    world = World(folder, calendars=calendars)
    world.mailers["hr"].down = "connection refused"
    step = talk_step(together="department", size=(2, 12), minutes=60, **more)
    plan = world.publish(plan_of(step))
    for person in PEOPLE:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    world.run()
    return world


def late(world: World, person: str = "p9") -> None:
    """Have somebody come late, whose event is changed before any mail has left."""
    world.enroll(person, next(iter(world.plans.values())), accept="2026-04-01 09:00")
    world.run()


def back(world: World) -> None:
    """Let the mailbox be reached again, and live for two hours."""
    world.mailers["hr"].down = ""
    world.engine.run_until(world.now + 2 * AN_HOUR, world.clock)


def texts(world: World, to: str = AOI) -> list[str]:
    """Give the texts of what somebody got."""
    return [mail.text for mail in world.arrived if mail.to == to]


def test_who_comes_late_takes_nobody_elses_invitation_away(world: World) -> None:
    """The event has a guest more, and its mails were still waiting: each person gets one."""
    late(world)

    back(world)

    for person in (*PEOPLE, "p9"):
        assert len(subjects(world, f"{person}@mail.example")) == 1, person


def test_who_leaves_takes_nobody_elses_invitation_away(world: World) -> None:
    """One declines in the calendar before the mails have left: the others are invited, once."""
    (entry,) = world.calendars.entries()
    world.calendars.answer(entry.event_key, "p1@mail.example", DECLINED)
    hear(world)
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    back(world)

    got = {person: len(subjects(world, f"{person}@mail.example")) for person in PEOPLE}
    assert got == {"p0": 1, "p1": 0, "p2": 1}


def test_by_mail_alone_the_colleague_is_told_as_well(tmp_path: Path) -> None:
    """Where only mails invite, one each for the three, for who came late, and for the colleague."""
    world = session(tmp_path, "mail")
    late(world)

    back(world)

    for person in (*PEOPLE, "p9"):
        ((method, _),) = invitations(world, f"{person}@mail.example")
        assert method == "REQUEST"
    assert [method for method, _ in invitations(world, HANAKO)] == ["REQUEST"]
    world.close()


def test_by_mail_alone_who_leaves_a_session_has_it_taken_out_of_their_calendar(
    tmp_path: Path,
) -> None:
    """Nobody else's calendar hears of it, but for the one event that all of them have."""
    world = session(tmp_path, "mail")
    back(world)

    world.note("p1", "declined")
    world.run()

    methods = {
        one: [method for method, _ in invitations(world, f"{one}@mail.example")] for one in PEOPLE
    }
    assert methods == {"p0": ["REQUEST"], "p1": ["REQUEST", "CANCEL"], "p2": ["REQUEST"]}
    world.close()


def test_who_is_let_in_while_calendars_are_away_keeps_nobody_waiting(world: World) -> None:
    """The event cannot be changed for hours: those who are in it are invited meanwhile."""
    world.calendars.down = "connection refused"
    late(world)

    back(world)

    assert [len(subjects(world, f"{person}@mail.example")) for person in PEOPLE] == [1, 1, 1]
    assert subjects(world, "p9@mail.example") == []

    world.calendars.down = ""
    world.engine.run_until(world.now + 2 * AN_HOUR, world.clock)

    every = [len(subjects(world, f"{person}@mail.example")) for person in (*PEOPLE, "p9")]
    assert every == [1, 1, 1, 1]


def test_a_colleague_who_asks_for_another_time_takes_no_invitation_away(tmp_path: Path) -> None:
    """It does not do and the meeting stays: the person is still told of it."""
    world = World(tmp_path, calendars="mail")
    world.mailers["hr"].down = "connection refused"
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    night = "DTSTART:20260402T130000Z\nDTEND:20260402T133000Z\n"
    hears(world, "TENTATIVE", sender=HANAKO, attendee=HANAKO, method="COUNTER", times=night)
    stood = meetings(world)[0].when

    back(world)

    assert meetings(world)[0].when == stood == span("2026-04-02 10:00")
    assert [method for method, _ in invitations(world, AOI)] == ["REQUEST"]
    assert [method for method, _ in invitations(world, HANAKO)] == ["REQUEST", "DECLINECOUNTER"]
    world.close()


def test_a_colleague_who_is_replaced_leaves_one_invitation(tmp_path: Path) -> None:
    """The mentor leaves before the mail has left: it is about the talk with who comes instead."""
    world = World(tmp_path)
    world.mailers["hr"].down = "connection refused"
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    leave(world)

    back(world)

    (text,) = texts(world)
    assert "高橋 健" in text
    world.close()


def test_by_mail_nobody_is_told_that_what_they_never_heard_of_is_off(tmp_path: Path) -> None:
    """The same where only mails invite: one invitation, and no cancellation of another one."""
    world = World(tmp_path, calendars="mail")
    world.mailers["hr"].down = "connection refused"
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    leave(world)

    back(world)

    assert [method for method, _ in invitations(world, AOI)] == ["REQUEST"]
    assert subjects(world) == ["1on1のご案内（4月2日（木））"]
    world.close()


KEN = StaffRecord(StaffId("m2"), "高橋 健", "ken@tsunagu.example")


def leave(world: World, new: StaffRecord = KEN) -> None:
    """Have the mentor leave, and somebody else hold the role."""
    world.journal.staff.put([new], world.now)
    world.person("aoi", mentor="m2", accept="2026-04-01 09:00")
    world.journal.staff.remove("m1", world.now)
    world.run()


def test_a_mail_that_waits_while_the_mentor_drags_tells_the_new_time(tmp_path: Path) -> None:
    """What was written for the first try and did not leave is written anew."""
    world = World(tmp_path)
    world.mailers["hr"].down = "connection refused"
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-03 15:00"))
    hear(world)

    back(world)

    (text,) = texts(world)
    assert "4月3日（金） 15:00" in text
    world.close()


def test_an_invitation_waits_while_another_time_is_looked_for(tmp_path: Path) -> None:
    """Nobody has room for a while: the mail does not say what does not hold, and is not lost."""
    world = World(tmp_path)
    world.mailers["hr"].down = "connection refused"
    within = Distance(2, Unit.BUSINESS_DAYS)
    world.enroll("aoi", world.publish(plan_of(talk_step(within=within))), accept="2026-04-01 09:00")
    world.run()
    world.calendars.hidden.add(HANAKO)
    world.calendars.answer(meetings(world)[0].event_key, AOI, DECLINED)
    hear(world)
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)
    assert meetings(world)[0].stage is Stage.SEEKING

    back(world)
    assert texts(world) == []

    world.calendars.hidden.clear()
    world.run_until("2026-04-01 18:00")
    (text,) = texts(world)
    assert "日時: 4月" in text
    world.close()


def test_hr_does_not_hear_that_there_is_no_time_so_far_once_there_is_one(tmp_path: Path) -> None:
    """Their mailbox was away as long as the calendar was: nothing is left for them to see to."""
    world = World(tmp_path)
    world.mailers["hr"].down = "connection refused"
    world.calendars.hidden.add(HANAKO)
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    assert meetings(world)[0].stage is Stage.SEEKING

    world.calendars.hidden.clear()
    world.run_until("2026-04-01 13:00")
    back(world)

    assert meetings(world)[0].stage is Stage.BOOKED
    assert subjects(world, "ichiro@tsunagu.example") == []
    assert len(texts(world)) == 1
    world.close()


def test_who_comes_after_the_brief_is_in_a_brief_as_well(tmp_path: Path) -> None:
    """The colleague was told whom they will meet; of who came since they are told alone."""
    world = session(tmp_path, remind=Distance(-5, Unit.BUSINESS_DAYS))
    world.mailers["hr"].down = ""
    world.engine.run_until(world.now + timedelta(minutes=20), world.clock)
    assert len(briefs(world)) == len(PEOPLE)

    late(world)

    assert meetings(world, "p9")[0].id == meetings(world, "p0")[0].id
    assert len(briefs(world)) == len(PEOPLE) + 1
    assert briefs(world)[-1].startswith("【面談メモ】p9さん")
    world.close()


def briefs(world: World) -> list[str]:
    """Give the subjects of the briefs that the mentor got."""
    return [one for one in subjects(world, HANAKO) if one.startswith("【面談メモ】")]


def test_a_talk_that_is_dragged_after_its_brief_is_briefed_again(tmp_path: Path) -> None:
    """Three weeks later, whom one meets is told anew."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run_until("2026-04-01 12:00")
    assert len(briefs(world)) == 1

    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-10 15:00"))
    hear(world)
    world.run_until("2026-04-10 12:00")

    assert briefs(world) == [
        "【面談メモ】aoiさん（4月2日（木））",
        "【面談メモ】aoiさん（4月10日（金））",
    ]
    world.close()
