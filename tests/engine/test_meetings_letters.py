"""The mail beside a meeting: the playbook's own words, in the person's zone and language."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.engine.plans import plan_of, talk_step
from tests.engine.test_meetings import AOI, answer, times
from tests.world import World
from worker.domain.intents import State
from worker.domain.meetings import Said, Word
from worker.domain.plan import Mail, Plan
from worker.engine.meetings.calendars import MAIL_ONLY, CalendarRules

OWN = plan_of(talk_step(mail=Mail("talk", "president", reply_to="hr")))
TALK_JA = """---
subject: "{% if meeting.is_moved %}改めて: {% endif %}{{ meeting.title }}({{ meeting.day }})"
---
{{ person.name }}さん、{{ meeting.with }}と**{{ meeting.minutes }}分**、{{ meeting.time }}に。

{{ meeting.when }}・{{ meeting.place }}

{{ sender.name }}
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world whose talks have a text of their own."""
    world = World(tmp_path)
    world.letters["talk"] = TALK_JA
    yield world
    world.close()


def publish(world: World, plan: Plan = OWN) -> Plan:
    """Make the plan a version that holds the text."""
    return world.publish(plan, {"talk": ""})


def mails_to(world: World, who: str) -> list[EmailMessage]:
    """Give the mails that somebody got, read as their program would."""
    found = []
    for one in world.envelopes:
        if one.recipient == who:
            mail = message_from_bytes(one.content, policy=policy.default)
            assert isinstance(mail, EmailMessage)
            found.append(mail)
    return found


def text_of(mail: EmailMessage, kind: str) -> str:
    """Give one of the parts of a mail."""
    part = mail.get_body((kind,))
    assert part is not None
    content = part.get_content()
    assert isinstance(content, str)
    return content


def test_the_invitation_is_the_playbooks_own_text(world: World) -> None:
    """It comes from the mailbox that the playbook names, as text and in the layout of all mails."""
    world.enroll("aoi", publish(world), accept="2026-04-01 09:00")

    world.run()

    (mail,) = mails_to(world, AOI)
    assert mail["Subject"] == "1on1(4月2日（木）)"
    assert "tanaka@tsunagu.example" in mail["From"]
    assert "saiyo@tsunagu.example" in mail["Reply-To"]
    assert "佐藤 花子さんと30分、10:00–10:30に。" in text_of(mail, "plain").replace("**", "")
    assert "4月2日（木） 10:00–10:30 (日本時間)・" in text_of(mail, "plain")
    assert "<strong" in text_of(mail, "html")


def test_another_time_says_that_it_is_another_time(world: World) -> None:
    """The same text knows that the meeting was moved, and both mails are of one thread."""
    world.enroll("aoi", publish(world), accept="2026-04-01 09:00")
    world.run()

    answer(world, Said(Word.DECLINED))
    world.run_until("2026-04-01 10:00")

    first, second = mails_to(world, AOI)
    assert second["Subject"].startswith("改めて: 1on1(")
    assert first["Message-ID"] != second["Message-ID"]
    assert first["References"] == second["References"]


def test_a_text_that_lacks_a_word_is_not_sent_and_the_meeting_stands(world: World) -> None:
    """There is no link in a room: the mail is refused by its word, and the talk stays booked."""
    world.letters["talk"] = "---\nsubject: 1on1\n---\n{{ meeting.link }}\n"
    room = talk_step(mail=Mail("talk", "hr"), place="本社")
    world.enroll("aoi", publish(world, plan_of(room)), accept="2026-04-01 09:00")

    world.run()

    assert mails_to(world, AOI) == []
    assert len(times(world)) == 1
    assert State.REFUSED in world.states("aoi")
    (told,) = mails_to(world, "ichiro@tsunagu.example")
    assert told["Subject"] == "【ご確認ください】aoiさんへの「1on1」のご案内の文面"
    assert "meeting.link" in text_of(told, "plain")
    assert "カレンダーの招待だけが届いています" in text_of(told, "plain")


def test_where_the_mail_is_the_invitation_it_comes_from_who_invites(tmp_path: Path) -> None:
    """A calendar takes a later change from nobody else; the text is still the playbook's."""
    world = World(tmp_path)
    world.rules = replace(world.rules, calendars=CalendarRules(default=MAIL_ONLY))
    world.restarted()
    world.letters["talk"] = TALK_JA
    world.enroll("aoi", publish(world), accept="2026-04-01 09:00")

    world.run()

    (mail,) = mails_to(world, AOI)
    (part,) = [one for one in mail.walk() if one.get_content_type() == "text/calendar"]
    assert mail["Subject"] == "1on1(4月2日（木）)"
    assert "saiyo@tsunagu.example" in mail["From"]
    assert "saiyo@tsunagu.example" in str(part.get_content())
    assert "tanaka@tsunagu.example" not in str(part.get_content())
    world.close()


def test_where_only_the_mail_invites_a_text_that_lacks_a_word_gives_way(tmp_path: Path) -> None:
    """The talk stands in nobody's calendar but by this mail: the built-in text invites them."""
    world = World(tmp_path)
    world.rules = replace(world.rules, calendars=CalendarRules(default=MAIL_ONLY))
    world.restarted()
    world.letters["talk"] = "---\nsubject: 1on1\n---\n{{ meeting.link }}\n"
    room = talk_step(mail=Mail("talk", "hr"), place="本社")
    world.enroll("aoi", publish(world, plan_of(room)), accept="2026-04-01 09:00")

    world.run()

    (mail,) = mails_to(world, AOI)
    assert mail["Subject"] == "1on1のご案内（4月2日（木））"
    assert "本社" in text_of(mail, "plain")
    assert [one.get_content_type() for one in mail.walk()].count("text/calendar") == 1
    (told,) = mails_to(world, "ichiro@tsunagu.example")
    assert "mails/talk" in text_of(told, "plain")
    assert "meeting.link" in text_of(told, "plain")
    assert "代わりに、決まった文面でご案内しました。" in text_of(told, "plain")

    world.run_until("2026-04-02 09:00")

    assert len(mails_to(world, "ichiro@tsunagu.example")) == 1
    world.close()


def test_the_built_in_text_looks_as_every_other_mail(world: World) -> None:
    """Without a text of the playbook's, the mail has the layout and its colours all the same."""
    world.enroll("aoi", world.publish(plan_of(talk_step())), accept="2026-04-01 09:00")

    world.run()

    (mail,) = mails_to(world, AOI)
    assert "日時: 4月2日（木） 10:00–10:30 (日本時間)" in text_of(mail, "plain")
    assert "<html" in text_of(mail, "html")
    assert "お会いする人: 佐藤 花子さん" in text_of(mail, "html").replace("<br>", "")
