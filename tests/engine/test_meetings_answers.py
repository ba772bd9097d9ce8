"""Where nobody has a calendar at a provider, invitations and answers are mails."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.engine.plans import TALK
from tests.engine.test_meetings import AOI, HANAKO, meetings, span, subjects, words
from tests.world import World
from worker.domain.appointments import Appointment, Stage
from worker.domain.meetings import Entry, Said, Word
from worker.engine.listen import Listener, Ours

REPLY = """{headers}From: {sender}
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
DTSTAMP:{stamp}
{times}{comment}ATTENDEE;PARTSTAT={word}{sent_by}:mailto:{attendee}
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


def hears(world: World, word: str, person: str = "aoi", **more: object) -> None:
    """Have an answer come into the mailbox and be read: of *person*, about their meeting."""
    known = meetings(world, person)[0]
    address = f"{person}@mail.example"
    said = {
        "sender": address,
        "attendee": address,
        "method": "REPLY",
        "uid": known.event_key,
        "sequence": known.revision,
        "times": "",
        "comment": "",
        "sent_by": "",
        "headers": "",
        "number": len(words(world)),
        **more,
    }
    said = {"stamp": f"20260331T2330{said['number']:02}Z", **said}
    world.inbox.arrive(REPLY.format(word=word, **said).replace("\n", "\r\n").encode())
    assert world.engine.meetings is not None
    listener = Listener(
        "hr",
        world.inbox,
        world.journal,
        world.engine.editions,
        clock=world.clock,
        ours=Ours(receivers=("mx.tsunagu.example",)),
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


# --- whose answer it is, and whether it counts ---------------------------------------------------

PASSED = "Authentication-Results: mx.tsunagu.example; dmarc=pass header.from={domain}\n"
FAILED = "Authentication-Results: mx.tsunagu.example; dmarc=fail header.from={domain}\n"


def trays(world: World) -> list[tuple[str, str]]:
    """Give what waits for a human: whose it is, and of which step."""
    return [(str(one.person or ""), str(one.step)) for one in world.journal.mails.waiting()]


@pytest.mark.parametrize(
    "more",
    [
        {"attendee": "AOI@Mail.Example"},
        {"sender": "Aoi@MAIL.example"},
        {"sender": "aoi+job@mail.example", "attendee": "aoi+job@mail.example"},
        {"attendee": "aoi.aoyama@university.example"},
    ],
    ids=["in capitals", "a sender in capitals", "with a tag", "an alias we do not know"],
)
def test_other_spellings_and_aliases_of_who_was_invited_count(
    world: World, more: dict[str, str]
) -> None:
    """Calendars write addresses as they please, and Exchange leaves the organiser out."""
    hears(world, "ACCEPTED", **more)

    assert words(world)[-1] == "accepted"
    assert trays(world) == []


def test_an_assistant_answers_for_a_colleague(world: World) -> None:
    """From the company's own house, shown to be so, in the name of the mentor: it is hers."""
    hears(
        world,
        "ACCEPTED",
        sender="assistant@tsunagu.example",
        attendee=HANAKO,
        sent_by=';SENT-BY="mailto:assistant@tsunagu.example"',
        headers=PASSED.format(domain="tsunagu.example"),
    )

    (mentor,) = [one for one in meetings(world)[0].attendees if one.staff is not None]
    assert mentor.said.word is Word.ACCEPTED
    assert trays(world) == []


@pytest.mark.parametrize(
    "more",
    [
        {"sender": "assistant@tsunagu.example", "attendee": HANAKO},
        {"sender": "friend@mail.example", "headers": PASSED.format(domain="mail.example")},
        {"headers": FAILED.format(domain="mail.example")},
    ],
    ids=["an assistant, not shown to be one", "somebody of the same provider", "forged"],
)
def test_what_is_not_shown_to_be_theirs_goes_to_a_human(world: World, more: dict[str, str]) -> None:
    """Nothing is cancelled because somebody says so in another's name; a human sees it."""
    hears(world, "DECLINED", **more)
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    assert meetings(world)[0].stage is Stage.BOOKED
    assert words(world) == ["due", "booked"]
    assert trays(world) == [("", "talk")]


@pytest.mark.parametrize(
    ("word", "more"),
    [
        ("DELEGATED", {}),
        ("TENTATIVE", {"method": "COUNTER"}),
        ("ACCEPTED", {"times": "RECURRENCE-ID:20260402T010000Z\n"}),
        ("ACCEPTED", {"times": "ATTENDEE;PARTSTAT=DECLINED:mailto:other@mail.example\n"}),
    ],
    ids=["handed on", "another time, and none is said", "one of a series", "for two people"],
)
def test_a_puzzle_goes_to_a_human(world: World, word: str, more: dict[str, str]) -> None:
    """What a program would have to guess is nobody's answer yet; whose it seems to be is said."""
    hears(world, word, **more)

    assert words(world) == ["due", "booked"]
    assert trays(world) == [("aoi", "talk")]


def test_what_somebody_writes_beside_yes_or_no_is_read_by_a_human(world: World) -> None:
    """The answer counts; and the words beside it are not lost."""
    hears(world, "ACCEPTED", comment="COMMENT:入社日について伺いたいことがあります\n")

    assert words(world)[-1] == "accepted"
    assert trays(world) == [("aoi", "talk")]


def test_an_older_answer_that_comes_late_changes_nothing(world: World) -> None:
    """Mails overtake one another: what was written last counts."""
    hears(world, "ACCEPTED", number=40)
    hears(world, "DECLINED", number=20)
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    assert words(world) == ["due", "booked", "accepted"]
    assert trays(world) == []


def test_an_answer_of_a_clock_that_is_years_ahead_is_not_the_last_word(world: World) -> None:
    """Who accepts in 2036, and declines today from elsewhere, has declined."""
    hears(world, "ACCEPTED", stamp="20360101T000000Z")
    world.clock.turn_to(world.now + timedelta(minutes=5))
    hears(world, "DECLINED", stamp="20260401T000430Z")
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    assert words(world)[-3:] == ["accepted", "declined", "moved"]


def test_an_answer_to_an_earlier_time_changes_nothing(world: World) -> None:
    """Who accepted what was moved meanwhile has not accepted the new time."""
    hears(world, "DECLINED")
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)
    hears(world, "ACCEPTED", sequence=0)

    assert words(world)[-2:] == ["declined", "moved"]


def test_an_answer_is_taken_in_although_somebody_else_writes_of_the_meeting(
    world: World,
) -> None:
    """The row is written at the same moment: the answer is looked at again, and not lost."""
    assert world.engine.meetings is not None
    answers = world.engine.meetings.answers
    assert answers is not None
    known = meetings(world)[0]
    stale = replace(known, fence=known.fence - 1)

    assert not answers.hearer.take_in(stale, _accepted(stale), world.now)
    hears(world, "ACCEPTED")

    assert words(world)[-1] == "accepted"


def _accepted(known: Appointment) -> Entry:
    said = {one.key: Said(Word.ACCEPTED) for one in known.attendees}
    return Entry(known.ref, known.address, known.stood, revision=known.revision, said=said)


# --- another time --------------------------------------------------------------------------------


def counter(world: World, start: str, *, who: str = AOI, minutes: int = 30) -> None:
    """Have somebody ask for another time, by the wall clock, in their calendar."""
    when = span(start, minutes)
    times = f"DTSTART:{when.start:%Y%m%dT%H%M%SZ}\nDTEND:{when.end:%Y%m%dT%H%M%SZ}\n"
    hears(world, "TENTATIVE", method="COUNTER", times=times, sender=who, attendee=who)


def test_a_time_that_does_not_suit_everybody_is_declined_with_others(world: World) -> None:
    """The mentor's day is over by then: it stays where it is, and three other days are offered."""
    counter(world, "2026-04-03 20:00")

    known = meetings(world)[0]
    (answer,) = [one for one in parts(world, AOI) if "METHOD:DECLINECOUNTER" in one]
    told = next(mail for mail in reversed(world.arrived) if mail.to == AOI)
    assert (known.stage, known.when) == (Stage.BOOKED, span("2026-04-02 10:00"))
    assert "DTSTART:20260402T010000Z" in answer
    assert "SEQUENCE:0" in answer
    assert told.subject == "1on1の時間について（4月2日（木））"
    assert "4月3日（金） 20:00 は全員の都合が合わず、1on1は今のところ次のままです。" in told.text
    assert "- 4月2日（木） 10:30–11:00 (日本時間)" in told.text
    assert "- 4月3日（金） 10:00–10:30 (日本時間)" in told.text
    assert "- 4月6日（月） 10:00–10:30 (日本時間)" in told.text
    assert words(world) == ["due", "booked", "tentative"]


def test_one_of_the_times_that_were_offered_is_taken(world: World) -> None:
    """They choose one, in their calendar: everybody gets the meeting at that time."""
    counter(world, "2026-04-03 20:00")
    counter(world, "2026-04-06 10:00")

    known = meetings(world)[0]
    assert (known.stage, known.when) == (Stage.BOOKED, span("2026-04-06 10:00"))
    assert words(world)[-1] == "moved"
    assert "DTSTART:20260406T010000Z" in parts(world, AOI)[-1]
    assert "DTSTART:20260406T010000Z" in parts(world, HANAKO)[-1]


def test_a_time_at_which_they_have_another_meeting_of_ours_is_not_taken(world: World) -> None:
    """The mentor meets somebody else then."""
    other = next(iter(world.plans.values()))
    world.enroll("ren", other, accept="2026-04-01 09:00")
    world.run()
    taken = meetings(world, "ren")[0].when
    assert taken == span("2026-04-02 10:30")

    counter(world, "2026-04-02 10:30")

    assert meetings(world)[0].when == span("2026-04-02 10:00")
    assert any("METHOD:DECLINECOUNTER" in one for one in parts(world, AOI))


def test_a_colleague_who_asks_for_another_time_is_believed_about_their_own(world: World) -> None:
    """The mentor proposes a time in their own lunch hour; the person can come."""
    counter(world, "2026-04-03 12:00", who=HANAKO)

    assert meetings(world)[0].when == span("2026-04-03 12:00")


def test_a_time_that_does_not_suit_the_person_is_declined_to_the_colleague(world: World) -> None:
    """Ten at night is no time to meet anybody; the mentor is told, and the person hears nothing."""
    before = len(subjects(world))

    counter(world, "2026-04-03 22:00", who=HANAKO)

    assert meetings(world)[0].when == span("2026-04-02 10:00")
    assert "METHOD:DECLINECOUNTER" in parts(world, HANAKO)[-1]
    assert len(subjects(world)) == before


def test_a_proposal_that_is_read_twice_is_answered_once(world: World) -> None:
    """A worker that dies between two writes reads the same mail again."""
    counter(world, "2026-04-03 20:00")
    before = len(world.arrived)

    hears(
        world,
        "TENTATIVE",
        method="COUNTER",
        times="DTSTART:20260403T110000Z\nDTEND:20260403T113000Z\n",
        number=2,
    )

    assert len(world.arrived) == before


def test_who_declines_and_asks_for_a_time_that_does_not_do_gets_another(world: World) -> None:
    """They cannot come as it is: a time is found as after every decline, and nothing said twice."""
    times = "DTSTART:20260403T110000Z\nDTEND:20260403T113000Z\n"
    hears(world, "DECLINED", method="COUNTER", times=times)
    world.engine.run_until(world.now + timedelta(minutes=15), world.clock)

    assert words(world)[-2:] == ["declined", "moved"]
    assert meetings(world)[0].when == span("2026-04-02 13:00")
    assert not [one for one in parts(world, AOI) if "METHOD:DECLINECOUNTER" in one]


def test_after_three_rounds_a_human_takes_over(world: World) -> None:
    """Nobody is held in talks with a machine: HR is asked to agree on a time directly."""
    for hour in (19, 20, 21, 22):
        counter(world, f"2026-04-03 {hour}:00")
        world.clock.turn_to(world.now + timedelta(minutes=1))

    assert meetings(world)[0].stage is Stage.CANCELLED
    assert len([one for one in parts(world, AOI) if "METHOD:DECLINECOUNTER" in one]) == 3
    assert subjects(world, "ichiro@tsunagu.example") == ["【ご確認ください】aoiさんの「1on1」"]
