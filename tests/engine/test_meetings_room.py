"""When a person whose calendar we do not see can be met."""

from dataclasses import replace
from datetime import time, timedelta

from tests.engine.plans import TALK
from tests.engine.test_meetings import AOI
from tests.world import at
from worker.domain.appointments import Unfit
from worker.domain.facts import Person, PersonId
from worker.domain.meetings import Span
from worker.domain.plan import Meeting
from worker.domain.when import Distance, Unit
from worker.engine.meetings.lay import room_of

DAY = Span(at("2026-04-02 00:00"), at("2026-04-03 00:00"))
ASKED = Meeting("1on1", ("mentor",), 30, Distance(5, Unit.DAYS))


def test_nobody_is_met_in_a_class() -> None:
    """What a person's row says of classes and journeys is no free time."""
    busy = {"unavailable": "木 9:00-18:00; 2026-04-06..2026-04-10"}
    aoi = Person(PersonId("aoi"), "青井 葵", AOI, attributes=busy)

    free = room_of(aoi, ASKED, TALK, DAY)

    assert [(time(18), time(21))] == [
        ((one.start + timedelta(hours=9)).time(), (one.end + timedelta(hours=9)).time())
        for one in free
    ]


def test_a_declined_time_takes_its_half_day_and_a_busy_one_itself() -> None:
    """By the person's clock; what a calendar refused is taken for no longer than it was."""
    aoi = Person(PersonId("aoi"), "青井 葵", AOI, timezone="Asia/Seoul")
    declined = Unfit(at("2026-04-02 14:00"), is_said=True)
    busy = Unfit(at("2026-04-02 09:30"))

    free = room_of(aoi, ASKED, TALK, DAY, tried=[declined, busy])

    assert free == (
        Span(at("2026-04-02 09:00"), at("2026-04-02 09:30")),
        Span(at("2026-04-02 10:00"), at("2026-04-02 12:00")),
    )


def test_a_talk_around_noon_takes_both_halves() -> None:
    """Half past eleven to half past twelve is neither a morning nor an afternoon."""
    aoi = Person(PersonId("aoi"), "青井 葵", AOI)
    declined = Unfit(at("2026-04-02 11:45"), is_said=True)

    assert room_of(aoi, ASKED, TALK, DAY, tried=[declined]) == ()


def test_a_row_that_cannot_be_read_leaves_no_time_rather_than_all() -> None:
    """A text written by a step since the list was read is not taken for free time."""
    aoi = Person(PersonId("aoi"), "青井 葵", AOI, attributes={"unavailable": "月1限"})

    assert room_of(aoi, ASKED, TALK, DAY) == ()
    assert room_of(replace(aoi, attributes={}), ASKED, TALK, DAY) != ()
