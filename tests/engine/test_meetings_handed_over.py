"""A colleague leaves: somebody else comes, the time stays, and nobody is frightened by it."""

from pathlib import Path
from typing import Any

from tests.engine.plans import plan_of, talk_step
from tests.engine.test_meetings import AOI, HANAKO, hear, meetings, span, subjects, words
from tests.engine.test_meetings_answers import hears
from tests.engine.test_meetings_by_mail import invitations
from tests.engine.test_meetings_one_invitation import leave, texts
from tests.world import World
from worker.domain.appointments import Stage
from worker.domain.facts import StaffId
from worker.domain.plan import Mail
from worker.people.records import StaffRecord

KEN = "ken@tsunagu.example"
TITLE = "{{ mentor.name }}さんとの1on1"


def talk(folder: Path, calendars: str = "mail", **more: Any) -> World:  # noqa: ANN401 - of a meeting
    """Give a world in which Aoi's talk with the mentor is booked for tomorrow at ten."""
    world = World(folder, calendars=calendars)
    world.enroll("aoi", world.publish(plan_of(talk_step(**more))), accept="2026-04-01 09:00")
    world.run()
    return world


def test_by_mail_one_mail_says_once_that_somebody_else_comes(tmp_path: Path) -> None:
    """The same event, a sequence higher; nothing in the person's calendar is called off."""
    world = talk(tmp_path)

    leave(world)

    (first, second) = invitations(world, AOI)
    assert [first[0], second[0]] == ["REQUEST", "REQUEST"]
    assert str(first[1]["UID"]) == str(second[1]["UID"])
    assert int(second[1]["SEQUENCE"]) > int(first[1]["SEQUENCE"])
    assert first[1]["DTSTART"].dt == second[1]["DTSTART"].dt
    assert subjects(world)[1:] == ["1on1でお会いする人が変わりました（4月2日（木））"]
    assert "お会いする人が高橋 健さんに変わりました。時間はそのままです。" in texts(world)[1]
    assert "取りやめ" not in "".join(texts(world))
    assert words(world) == ["due", "booked", "moved"]
    world.close()


def test_by_mail_who_comes_instead_is_invited_and_who_left_is_not_written_to(
    tmp_path: Path,
) -> None:
    """Nothing is refused for want of somebody to tell: the mailbox of who left is gone."""
    world = talk(tmp_path)

    leave(world)
    world.run_until("2026-04-01 12:00")

    assert [method for method, _ in invitations(world, KEN)] == ["REQUEST"]
    assert [method for method, _ in invitations(world, HANAKO)] == ["REQUEST"]
    assert any(one.startswith("【面談メモ】") for one in subjects(world, KEN))
    assert {one.state.value for one in world.wishes("aoi")} == {"done"}
    (known,) = [one for one in meetings(world) if one.stage is Stage.BOOKED]
    assert (known.organiser, known.address) == ("m2", KEN)
    assert known.stood == span("2026-04-02 10:00")
    world.close()


def test_by_mail_their_answer_counts_for_the_talk_with_whoever_comes(tmp_path: Path) -> None:
    """They accept the new invitation; an answer to the earlier one does not count any more."""
    world = talk(tmp_path)
    leave(world)

    hears(world, "ACCEPTED", sequence=0)
    assert words(world)[-1] == "moved"
    hears(world, "ACCEPTED", number=9)

    assert words(world)[-1] == "accepted"
    world.close()


def test_by_mail_where_the_other_one_has_no_time_then_the_time_changes(tmp_path: Path) -> None:
    """Then it is a new time, and is said to be one; still the same event."""
    world = talk(tmp_path)
    busy = StaffRecord(StaffId("m2"), "高橋 健", KEN, attributes={"hours": "13:00-18:00"})

    leave(world, busy)

    (first, second) = [event for _, event in invitations(world, AOI)]
    assert str(first["UID"]) == str(second["UID"])
    assert meetings(world)[0].stood == span("2026-04-02 13:00")
    assert subjects(world)[1:] == ["1on1の新しい時間のご案内（4月2日（木））"]
    assert "お会いする人: 高橋 健さん" in texts(world)[1]
    world.close()


def test_the_title_names_who_comes(tmp_path: Path) -> None:
    """A title that names the mentor names the one who comes now."""
    world = talk(tmp_path, title=TITLE)

    leave(world)

    titles = [str(event["SUMMARY"]) for _, event in invitations(world, AOI)]
    assert titles == ["佐藤 花子さんとの1on1", "高橋 健さんとの1on1"]
    world.close()


def test_in_calendars_the_mail_says_that_the_time_stays(tmp_path: Path) -> None:
    """Another organiser means another event: what the calendar says of the old one is explained."""
    world = talk(tmp_path, "google", title=TITLE)

    leave(world)
    hear(world, KEN)

    assert [one.organiser for one in world.calendars.entries() if not one.is_cancelled] == [KEN]
    assert [one.title for one in world.calendars.entries() if not one.is_cancelled] == [
        "高橋 健さんとの1on1"
    ]
    text = texts(world)[-1]
    assert "時間はそのままです" in text
    assert "取りやめの知らせが出ることがありますが" in text
    world.close()


def test_a_playbooks_own_text_is_not_used_for_it(tmp_path: Path) -> None:
    """It was written for an invitation or a new time, and this is neither."""
    world = World(tmp_path, calendars="mail")
    plan = plan_of(talk_step(mail=Mail("first", "hr")))
    world.enroll(
        "aoi", world.publish(plan, {"first": "お話ししましょう"}), accept="2026-04-01 09:00"
    )
    world.run()

    leave(world)

    assert subjects(world) == [
        "お話ししましょう",
        "1on1でお会いする人が変わりました（4月2日（木））",
    ]
    assert "時間はそのままです" in texts(world)[-1]
    world.close()
