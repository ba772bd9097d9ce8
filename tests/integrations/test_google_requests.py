"""How often Google is asked, and what reaches it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Event

import httplib2
import pytest
from googleapiclient.discovery import build

from integrations.google.calendar import AT_ONCE
from integrations.google.events import new_event
from tests.contracts.calendar_world import (
    AOI,
    DAY,
    MENTOR,
    NOW,
    at,
    booked,
    entry,
    invitation,
    seen,
)
from tests.servers.google import GoogleWorld, google_world
from worker.domain.meetings import Guest, Said, Span, Word
from worker.domain.outcomes import InDoubt

INSERT, GET, UPDATE = "calendar.events.insert", "calendar.events.get", "calendar.events.update"
LIST, FREE_BUSY = "calendar.events.list", "calendar.freebusy.query"


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


class TestRequests:
    """How often Google is asked, and what reaches it."""

    def test_booking_and_looking_are_one_request_each(self, world: GoogleWorld) -> None:
        """The event and what else lies in its time come in one answer."""
        wish = invitation()

        ref = booked(world, wish)
        seen(world, wish, ref)

        assert [one.method for one in world.google.requests] == [INSERT, LIST]

    def test_a_change_is_a_look_and_a_write(self, world: GoogleWorld) -> None:
        """Never a patch, which would cost three times as much and lose the answers."""
        wish = invitation()
        ref = booked(world, wish)

        world.book.change(replace(wish, title="?", revision=1), ref)

        assert [one.method for one in world.google.requests] == [INSERT, GET, UPDATE]

    def test_fifty_calendars_are_one_question(self, world: GoogleWorld) -> None:
        """120 people are three requests, and no request asks for more than Google allows."""
        people = [f"staff{n}@tsunagu.example" for n in range(120)]
        world.google.employ(*people)

        world.book.busy(people, DAY)

        asked = [len(one.body["items"]) for one in world.google.requests]
        assert asked == [AT_ONCE, AT_ONCE, 20]

    def test_a_wave_of_meetings_takes_little_more_than_two_requests_each(
        self, world: GoogleWorld
    ) -> None:
        """Sixty people asked about in batches, then one request to book and one to look."""
        people = [f"staff{n}@tsunagu.example" for n in range(60)]
        world.google.employ(*people)
        wishes = [
            replace(
                invitation(f"{n}/first-1on1/0"),
                organiser=Guest(people[n % 60]),
                when=Span(at(25 + n // 60), at(25.5 + n // 60)),
            )
            for n in range(200)
        ]

        world.book.busy(people, Span(NOW, NOW + timedelta(days=28)))
        for wish in wishes:
            assert seen(world, wish, booked(world, wish)).clashes == ()

        assert world.asked() <= 2.2 * len(wishes)
        assert world.google.sign_ins.given <= len(people)

    def test_a_request_whose_answer_is_lost_reaches_google_once(self, world: GoogleWorld) -> None:
        """No layer below us repeats anything: whoever asks again knows that they do."""
        world.lose_next_answer()

        outcome = world.book.book(invitation())

        assert isinstance(outcome, InDoubt)
        assert world.asked(INSERT) == 1

    def test_a_kept_connection_that_is_cut_is_not_asked_over_again(
        self, world: GoogleWorld
    ) -> None:
        """The same over a connection that has served before, where libraries like to repeat."""
        booked(world, invitation("another"))
        world.google.faults.drops = 1

        outcome = world.book.book(invitation())

        assert isinstance(outcome, InDoubt)
        assert world.asked(INSERT) == 2
        assert world.made(MENTOR) == 1

    def test_the_transport_of_the_library_would_ask_twice(self, world: GoogleWorld) -> None:
        """Why we bring our own: httplib2 repeats a POST that was obeyed, and tells nobody."""
        token = world.google.sign_ins.exchange(
            {"grant_type": "refresh_token", "refresh_token": "theirs"}
        )
        assert token[0] == 400
        world.google.sign_ins.refresh_tokens["theirs"] = MENTOR
        scope = "https://www.googleapis.com/auth/calendar.events"
        _, told = world.google.sign_ins.exchange(
            {"grant_type": "refresh_token", "refresh_token": "theirs", "scope": scope}
        )
        service = build(
            "calendar",
            "v3",
            http=httplib2.Http(),
            client_options={"api_endpoint": f"{world.google.endpoint}/calendar/v3/"},
        )
        body = new_event(invitation())
        request = service.events().insert(calendarId=MENTOR, body=body, conferenceDataVersion=1)
        request.headers["authorization"] = f"Bearer {told['access_token']}"
        world.lose_next_answer()

        with pytest.raises(Exception, match="already exists"):
            request.execute(num_retries=0)
        service.close()

        assert world.asked(INSERT) == 2

    def test_an_answer_that_takes_too_long_is_in_doubt(self, world: GoogleWorld) -> None:
        """Google was obeying when we stopped listening; looking finds the event."""
        book = world.another_book(answer=timedelta(milliseconds=50))
        world.google.faults.slow = Event()

        outcome = book.book(invitation())

        world.google.faults.slow.set()
        world.google.faults.slow = None
        assert isinstance(outcome, InDoubt)
        assert entry(world, invitation()).title == "はじめての1on1"

    def test_every_answer_of_the_server_is_as_google_describes_it(self, world: GoogleWorld) -> None:
        """What our server says about an event is held to Google's own document, too."""
        from integrations.localgoogle.discovery import api  # noqa: PLC0415 - only here

        wish = replace(invitation(), place="google_meet")
        booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        (event,) = world.calendars.shelf_of(MENTOR).events.values()

        assert api("calendar", "v3").complaints("Event", event) == []
