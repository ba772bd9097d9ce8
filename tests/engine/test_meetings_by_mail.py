"""Meetings of people at neither Google nor Microsoft: the mails carry the invitation."""

from collections.abc import Iterator
from dataclasses import replace
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import httpx
import pytest

from integrations.ics_reading import calendar_of, events_of, people_of, span_of, text_of
from integrations.mail_book import CalendarAddress, MailBook
from tests.engine.plans import TALK
from tests.engine.test_meetings import AOI, HANAKO, span
from tests.world import HandClock, World, at
from worker.domain.meetings import Busy, Span
from worker.engine.meetings.calendars import FILES, MAIL_ONLY, Books, CalendarRules

DAY = Span(at("2026-04-02 00:00"), at("2026-04-03 00:00"))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which nobody's calendar is at a provider, and a talk is due at once."""
    world = World(tmp_path)
    world.rules = replace(world.rules, calendars=CalendarRules(default=MAIL_ONLY))
    world.book_of = lambda: None
    world.restarted()
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()
    yield world
    world.close()


def invitations(world: World, to: str) -> list[tuple[str, Any]]:
    """Give what somebody's calendar was told: the method, and the event."""
    found = []
    for mail in world.envelopes:
        if mail.recipient != to:
            continue
        for part in message_from_bytes(mail.content, policy=policy.default).walk():
            if part.get_content_type() == "text/calendar":
                content = part.get_payload(decode=True)
                assert isinstance(content, bytes)
                calendar = calendar_of(content)
                assert calendar is not None
                (event,) = events_of(calendar)
                assert part.get_param("method") == text_of(calendar, "METHOD")
                found.append((text_of(calendar, "METHOD"), event))
    return found


def test_each_of_them_is_invited_by_a_mail_that_names_nobody_else(world: World) -> None:
    """The person and the mentor get one invitation each, from the mailbox the mail comes from."""
    for who in (AOI, HANAKO):
        ((method, event),) = invitations(world, who)
        assert method == "REQUEST"
        assert who in people_of(event)
        assert len(people_of(event)) == 2
        assert text_of(event, "ORGANIZER").endswith("@tsunagu.example")
        assert span_of(event) == span("2026-04-02 10:00")


def test_who_declines_the_offer_has_it_taken_out_of_their_calendar(world: World) -> None:
    """A cancellation has the same event, and a sequence above the invitation's."""
    ((_, invited),) = invitations(world, HANAKO)

    world.note("aoi", "declined")
    world.run()

    method, event = invitations(world, HANAKO)[-1]
    assert method == "CANCEL"
    assert text_of(event, "UID") == text_of(invited, "UID")
    assert int(text_of(event, "SEQUENCE")) > int(text_of(invited, "SEQUENCE"))


def test_a_calendar_file_says_when_a_colleague_is_taken() -> None:
    """Who gave an address of a file is met where it is empty, who gave none by their hours."""
    when = "DTSTART:20260402T010000Z\r\nDTEND:20260402T020000Z"
    event = f"BEGIN:VEVENT\r\nUID:1\r\nDTSTAMP:20260101T000000Z\r\n{when}\r\nEND:VEVENT"
    content = f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\n{event}\r\nEND:VCALENDAR\r\n"
    files = httpx.MockTransport(lambda _: httpx.Response(200, text=content))
    given = CalendarAddress("https://files.example/hanako.ics")
    book = MailBook(
        lambda address: given if address == HANAKO else None,
        "",
        clock=HandClock("2026-04-01 09:00"),
        transport=files,
    )
    books = Books(lambda provider: book if provider == FILES else None)

    found = books.busy("meetings", {HANAKO: MAIL_ONLY, "ken@tsunagu.example": MAIL_ONLY}, DAY)

    assert Busy((span("2026-04-02 10:00", 60),)) == found[HANAKO]
    assert Busy() == found["ken@tsunagu.example"]
