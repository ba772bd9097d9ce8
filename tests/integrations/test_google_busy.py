"""Whose time is free, as Google tells it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.contracts.calendar_world import (
    DAY,
    MANAGER,
    MENTOR,
    NOW,
    at,
    busy,
)
from tests.servers.google import GoogleWorld, google_world
from worker.domain.meetings import Busy, Span, Unknown

INSERT, GET, UPDATE = "calendar.events.insert", "calendar.events.get", "calendar.events.update"
LIST, FREE_BUSY = "calendar.events.list", "calendar.freebusy.query"


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


class TestFreeBusy:
    """Whose time is free."""

    def test_errors_inside_a_success_are_no_free_time(self, world: GoogleWorld) -> None:
        """One cannot be told today, one never: neither is free, and others are."""
        world.google.employ("a@tsunagu.example", "b@tsunagu.example")
        world.google.calendar_methods.trouble_with = {
            "a@tsunagu.example": "internalError",
            "b@tsunagu.example": "notFound",
        }

        found = world.book.busy(["a@tsunagu.example", "b@tsunagu.example", MENTOR], DAY)

        a, b, mentor = found.values()
        assert isinstance(a, Unknown)
        assert isinstance(b, Unknown)
        assert (a.is_permanent, b.is_permanent, mentor) == (False, True, Busy())
        assert "internalError" in a.why

    def test_a_calendar_too_many_is_unknown_and_not_free(self, world: GoogleWorld) -> None:
        """Should Google allow fewer one day, those beyond are asked again, and never offered."""
        people = [f"staff{n}@tsunagu.example" for n in range(12)]
        world.google.employ(*people)
        world.google.calendar_methods.at_once = 10

        found = world.book.busy(people, DAY)

        kinds = [type(one) for one in found.values()]
        assert kinds == [Busy] * 10 + [Unknown] * 2
        assert not any(one.is_permanent for one in found.values() if isinstance(one, Unknown))

    def test_a_colleague_who_left_is_not_the_one_who_asks(self, world: GoogleWorld) -> None:
        """Somebody has to ask; whoever cannot sign in any more holds nobody up."""
        world.revoke(MENTOR)

        found = world.book.busy([MENTOR, MANAGER], DAY)

        assert found[MANAGER] == Busy()
        assert world.google.requests[-1].person == MANAGER

    def test_when_nobody_can_sign_in_everybody_is_unknown(self, world: GoogleWorld) -> None:
        """The delegation was taken back: a human must act."""
        world.google.sign_ins.delegated.clear()

        found = world.book.busy([MENTOR, MANAGER], DAY)

        assert [isinstance(one, Unknown) and one.is_permanent for one in found.values()] == [
            True,
            True,
        ]

    def test_a_throttled_question_is_not_followed_by_others(self, world: GoogleWorld) -> None:
        """Who is told to wait does not ask about the next fifty."""
        people = [f"staff{n}@tsunagu.example" for n in range(120)]
        world.google.employ(*people)
        world.throttle(timedelta(seconds=30))

        found = world.book.busy(people, DAY)

        assert world.asked(FREE_BUSY) == 1
        assert {(Unknown, timedelta(seconds=30))} == {
            (type(one), one.wait) for one in found.values() if isinstance(one, Unknown)
        }
        assert len(found) == 120

    @pytest.mark.parametrize("leaving_out", [(), ("nothing",)])
    def test_both_ways_of_asking_agree(
        self, world: GoogleWorld, leaving_out: tuple[str, ...]
    ) -> None:
        """Working places and free entries take no time, whole days and weekly ones do."""
        world.calendars.take(
            MENTOR,
            (date(2026, 4, 1), date(2026, 4, 2)),
            "オフィス",
            eventType="workingLocation",
            workingLocationProperties={"type": "officeLocation"},
        )
        world.calendars.take(MENTOR, Span(at(1), at(2)), "空き", transparency="transparent")
        world.calendars.take(MENTOR, (date(2026, 4, 3), date(2026, 4, 4)), "休暇")
        world.calendars.take(
            MENTOR, Span(at(4), at(5)), "定例", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]
        )

        found = busy(world, MENTOR, Span(at(0), at(24 * 10)), leaving_out=leaving_out)

        day = datetime(2026, 4, 2, 15, tzinfo=UTC)
        assert found.spans == (
            Span(at(4), at(5)),
            Span(day, day + timedelta(days=1)),
            Span(at(24 * 7 + 4), at(24 * 7 + 5)),
        )

    def test_a_stretch_over_three_windows_is_three_questions(self, world: GoogleWorld) -> None:
        """Two months are asked for in pieces that no provider refuses."""
        world.book.busy([MENTOR], Span(NOW, NOW + timedelta(days=62)))

        assert world.asked(FREE_BUSY) == 3
