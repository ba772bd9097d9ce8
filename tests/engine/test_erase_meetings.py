"""Somebody of a session is forgotten: what the others were to be told is told all the same."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.engine.plans import TALK, plan_of, talk_step
from tests.engine.test_erase import traces_of
from tests.engine.test_meetings import HANAKO, meetings, subjects
from tests.engine.test_meetings_by_mail import invitations
from tests.engine.test_meetings_one_invitation import PEOPLE, back, session
from tests.world import World
from worker.domain.appointments import REQUEST, Stage
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.engine import tables
from worker.ports import MailParts

FIRST, *OTHERS = PEOPLE


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a session that only mails invite to, and of whose mails none has left."""
    world = session(tmp_path, "mail")
    yield world
    world.close()


def unwritten(folder: Path) -> World:
    """Give a world in which three people of one department are about to be invited by mail."""
    world = World(folder, calendars="mail")
    plan = world.publish(plan_of(talk_step(together="department", size=(2, 12), minutes=60)))
    for person in PEOPLE:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    return world


def erase(world: World, person: str = FIRST) -> None:
    """Forget somebody."""
    assert world.journal.people.erase(PersonId(person), world.now) is not None


def traces(world: World, person: str) -> list[str]:
    """Name every table in which somebody stands: an address, a name, a part of a key."""
    return traces_of(world, f"{person}@mail.example", f"{person}さん", f"/{person}.")


def methods(world: World, to: str) -> list[str]:
    """Give what was done to somebody's calendar by mail."""
    return [method for method, _ in invitations(world, to)]


def got(world: World) -> dict[str, list[str]]:
    """Give what was done to everybody's calendar by mail."""
    people = {one: methods(world, f"{one}@mail.example") for one in PEOPLE}
    return people | {"mentor": methods(world, HANAKO)}


def requests(world: World) -> list[tuple[str, str]]:
    """Give whose the colleague's invitation is in the journal, and how it stands."""
    intent = tables.intent.c
    with world.journal.store.read() as connection:
        query = select(intent.person_id, intent.state).where(intent.kind == REQUEST)
        return [(row[0], row[1]) for row in connection.execute(query)]


def test_the_colleague_is_still_invited_when_the_first_of_a_session_is_erased(
    world: World,
) -> None:
    """The mail to the colleague hangs on nobody: who is erased takes their own mail along."""
    erase(world)

    back(world)

    assert got(world) == {FIRST: [], "p1": ["REQUEST"], "p2": ["REQUEST"], "mentor": ["REQUEST"]}
    assert traces(world, FIRST) == []
    assert f"{FIRST}さん" not in "".join(mail.text for mail in world.arrived)


@pytest.mark.parametrize("gone", OTHERS)
def test_whoever_else_is_erased_takes_nobody_elses_mail_along(world: World, gone: str) -> None:
    """Only theirs is gone, and their own is never sent."""
    erase(world, gone)

    back(world)

    assert got(world) == {
        **{one: ["REQUEST"] for one in PEOPLE if one != gone},
        gone: [],
        "mentor": ["REQUEST"],
    }


def test_two_who_are_erased_one_after_the_other_leave_one_invitation(world: World) -> None:
    """The colleague's mail passes from one to the next."""
    erase(world, FIRST)
    erase(world, "p1")

    back(world)

    assert got(world) == {FIRST: [], "p1": [], "p2": ["REQUEST"], "mentor": ["REQUEST"]}


def test_a_mail_that_left_before_is_not_sent_again(world: World) -> None:
    """Everybody had theirs: erasing the first writes to nobody."""
    back(world)
    before = got(world)

    erase(world)
    back(world)

    assert before["mentor"] == ["REQUEST"]
    assert got(world) == before


def test_the_colleague_still_learns_that_a_session_is_off(world: World) -> None:
    """All have declined the offer, and one is erased before the mails about it have left."""
    back(world)
    world.mailers["hr"].down = "connection refused"
    for person in PEOPLE:
        world.note(person, "declined")
    world.run()
    erase(world)

    back(world)

    assert got(world)["mentor"] == ["REQUEST", "CANCEL"]
    assert methods(world, f"{FIRST}@mail.example") == ["REQUEST"]
    assert subjects(world, f"{FIRST}@mail.example")[-1] != "予定の取りやめについて"


def test_what_a_worker_has_in_hand_just_then_is_written_anew(tmp_path: Path) -> None:
    """The mail to the colleague is being written when the first is erased; it names another."""
    world = unwritten(tmp_path)
    writer, asked = world.writer, []

    class Erasing:
        def __call__(self, parts: MailParts, shape: str = "") -> bytes:
            """Write a mail; the colleague's, while the first of the session is erased."""
            if parts.to.address == HANAKO:
                asked.append(parts.text)
                world.journal.people.erase(PersonId(FIRST), world.now)
            return writer(parts, shape)

    world.writer = Erasing()
    world.restarted()

    world.run()

    assert [f"{FIRST}さん" in text for text in asked] == [True, False]
    assert got(world)["mentor"] == ["REQUEST"]
    assert traces(world, FIRST) == []
    world.close()


def test_what_may_have_gone_to_the_colleague_stays_in_doubt(world: World) -> None:
    """It is sent once more after a while, as every mail to staff of which nobody knows."""
    with world.journal.store.write() as connection:
        connection.execute(
            tables.intent.update()
            .where(tables.intent.c.kind == REQUEST)
            .values(state=State.DOUBT.value)
        )

    erase(world)

    assert requests(world) == [("p1", State.DOUBT.value)]


def test_a_session_that_is_changed_just_then_forgets_them_as_well(tmp_path: Path) -> None:
    """Its calendar is being changed by a worker when one is erased: nothing brings them back."""
    world = session(tmp_path)
    world.calendars.down = "connection refused"
    world.note("p2", "declined")
    world.run()
    assert meetings(world, "p1")[0].stage is Stage.CHANGING
    fence = meetings(world, "p1")[0].fence

    erase(world)

    assert meetings(world, "p1")[0].fence > fence
    world.calendars.down = ""
    back(world)
    (entry,) = world.calendars.entries()
    assert list(entry.said) == ["p1@mail.example"]
    world.close()


def talk(folder: Path) -> World:
    """Give a world in which Aoi's talk is booked, to which only mails invite."""
    world = World(folder, calendars="mail")
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    return world


def test_the_colleague_learns_that_a_talk_is_off_whose_person_was_erased(tmp_path: Path) -> None:
    """The event goes from the colleague's calendar, by a mail that names nobody else."""
    world = talk(tmp_path)

    erase(world, "aoi")
    world.run_until("2026-04-01 12:00")

    (request, cancel) = invitations(world, HANAKO)
    assert [request[0], cancel[0]] == ["REQUEST", "CANCEL"]
    assert str(request[1]["UID"]) == str(cancel[1]["UID"])
    assert int(cancel[1]["SEQUENCE"]) > int(request[1]["SEQUENCE"])
    assert str(request[1]["ORGANIZER"]) == str(cancel[1]["ORGANIZER"])
    (mail,) = [one for one in world.arrived if one.subject == "【取りやめ】面談（4月2日（木））"]
    assert mail.to == HANAKO
    assert "aoi" not in mail.text
    assert methods(world, "aoi@mail.example") == ["REQUEST"]
    assert traces(world, "aoi") == []
    world.close()


def test_it_comes_from_the_mailbox_that_invited_and_waits_for_it(tmp_path: Path) -> None:
    """A calendar takes it from nobody else; it is not sent by another mailbox meanwhile."""
    world = talk(tmp_path)
    world.mailers["hr"].down = "connection refused"
    erase(world, "aoi")
    world.run_until("2026-04-01 12:00")
    assert methods(world, HANAKO) == ["REQUEST"]

    back(world)

    assert methods(world, HANAKO) == ["REQUEST", "CANCEL"]
    world.close()


def test_a_colleague_who_was_never_told_of_a_talk_does_not_hear_that_it_is_off(
    tmp_path: Path,
) -> None:
    """Erased before any mail about it has left: nobody hears of it at all."""
    world = World(tmp_path, calendars="mail")
    world.mailers["hr"].down = "connection refused"
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()

    erase(world, "aoi")
    back(world)

    assert methods(world, HANAKO) == methods(world, "aoi@mail.example") == []
    world.close()


def test_a_colleague_who_has_left_since_is_not_written_to(tmp_path: Path) -> None:
    """There is nobody to tell, and nothing waits for it."""
    world = talk(tmp_path)
    world.mailers["hr"].down = "connection refused"
    erase(world, "aoi")
    world.run()
    world.journal.staff.remove("m1", world.now)

    back(world)

    assert methods(world, HANAKO) == ["REQUEST"]
    assert [one.state for one in world.journal.bulletins.all()] == [State.CANCELLED]
    world.close()
