"""Where nobody has a calendar at a provider, invitations and answers are mails."""

from collections.abc import Iterator
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from integrations.memory import MemoryInbox
from tests.engine.plans import TALK
from tests.engine.test_meetings import AOI, HANAKO, meetings, span, subjects, words
from tests.world import World
from worker.domain.appointments import Stage
from worker.engine.listen import Listener, Ours

REPLY = """From: {sender}
To: saiyo@tsunagu.example
Subject: {word}
Message-ID: <{word}.{number}@mail.example>
Date: Wed, 01 Apr 2026 09:30:00 +0900
MIME-Version: 1.0
Content-Type: text/calendar; method={method}; charset=utf-8

BEGIN:VCALENDAR
METHOD:{method}
PRODID:-//Somebody//Calendar//EN
VERSION:2.0
BEGIN:VEVENT
UID:{uid}@tsunagu.example
SEQUENCE:{sequence}
DTSTAMP:20260401T0030{number:02}Z
{times}ATTENDEE;PARTSTAT={word}:mailto:{attendee}
END:VEVENT
END:VCALENDAR
"""


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world without calendars, in which Aoi's talk was arranged by mail."""
    world = World(tmp_path, calendars="mail")
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    yield world
    world.close()


def hears(world: World, word: str, **more: object) -> None:
    """Have an answer come into the mailbox and be read."""
    known = meetings(world)[0]
    said = {
        "sender": AOI,
        "attendee": AOI,
        "method": "REPLY",
        "uid": known.event_key,
        "sequence": known.revision,
        "times": "",
        "number": len(words(world)),
        **more,
    }
    inbox = MemoryInbox(world.clock)
    inbox.arrive(REPLY.format(word=word, **said).replace("\n", "\r\n").encode())
    assert world.engine.meetings is not None
    listener = Listener(
        "hr",
        inbox,
        world.journal,
        world.engine.editions,
        clock=world.clock,
        ours=Ours(),
        answers=world.engine.meetings.answers,
    )
    listener.look()
    world.run()


def parts(world: World, to: str) -> list[str]:
    """Give the calendar parts of the mails that somebody got."""
    return [
        payload.decode()
        for mailer in world.mailers.values()
        for envelope in mailer.arrived
        if envelope.recipient == to
        for part in message_from_bytes(envelope.content).walk()
        if part.get_content_type() == "text/calendar"
        and isinstance(payload := part.get_payload(decode=True), bytes)
    ]


def test_everybody_gets_one_invitation_with_buttons(world: World) -> None:
    """The person in the mail that a person would write, the mentor in one of her own."""
    (invitation,) = parts(world, AOI)
    (request,) = parts(world, HANAKO)

    assert "METHOD:REQUEST" in invitation
    assert "DTSTART:20260402T010000Z" in invitation
    assert HANAKO not in invitation
    assert AOI not in request
    assert words(world) == ["due", "booked"]


def test_an_answer_by_mail_counts(world: World) -> None:
    """Accepted, from the address that was invited."""
    hears(world, "ACCEPTED")

    assert words(world)[-1] == "accepted"


def test_a_decline_by_mail_finds_a_new_time_and_sends_an_update(world: World) -> None:
    """The same event, with a higher sequence."""
    hears(world, "DECLINED")
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    assert words(world)[-2:] == ["declined", "moved"]
    assert "SEQUENCE:1" in parts(world, AOI)[-1]
    assert subjects(world)[-1].startswith("1on1の新しい時間")


def test_another_time_that_is_proposed_by_mail_is_taken(world: World) -> None:
    """A COUNTER with a time at which both are free."""
    times = "DTSTART:20260403T060000Z\nDTEND:20260403T063000Z\n"
    hears(world, "TENTATIVE", method="COUNTER", times=times)

    assert meetings(world)[0].when == span("2026-04-03 15:00")


@pytest.mark.parametrize(
    "more",
    [{"sender": "somebody@else.example"}, {"attendee": HANAKO}, {"uid": "v" * 52}],
    ids=["another sender", "for somebody else", "of no meeting"],
)
def test_an_answer_that_is_not_theirs_counts_for_nothing(
    world: World, more: dict[str, str]
) -> None:
    """Whoever forges an answer changes nothing."""
    hears(world, "DECLINED", **more)
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    assert words(world) == ["due", "booked"]
    assert meetings(world)[0].stage is Stage.BOOKED


def test_who_declines_the_offer_gets_the_invitation_taken_back(world: World) -> None:
    """A CANCEL for each of them, and one word that all is off."""
    world.note("aoi", "declined")
    world.run()

    assert "METHOD:CANCEL" in parts(world, AOI)[-1]
    assert "METHOD:CANCEL" in parts(world, HANAKO)[-1]
    assert meetings(world)[0].stage is Stage.CANCELLED
