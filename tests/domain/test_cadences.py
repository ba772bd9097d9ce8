"""Cadences: no drift, no flood, and moments of a year."""

from datetime import date, datetime, time, timedelta
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.at_random import instants
from tests.domain.stories import at
from worker.domain.moments import next_on_grid, on_grid, resolve
from worker.domain.plan import Calendar
from worker.domain.when import Distance, Every, FromFact, InYearOf, OnDate, Unit
from worker.domain.workdays import workdays

TOKYO = workdays(Calendar())
FROM_OFFER = FromFact("offer")
gaps = st.builds(
    Distance,
    st.integers(1, 5),
    st.sampled_from([Unit.HOURS, Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS, Unit.MONTHS]),
)


def test_month_ends_do_not_drift() -> None:
    """From the 31st a monthly letter comes on the last day of each month, not ever earlier."""
    monthly = Every(Distance(1, Unit.MONTHS), FROM_OFFER)
    start = TOKYO.instant(date(2026, 10, 31), time(10))

    days = [TOKYO.local(on_grid(monthly, start, number, TOKYO)).date() for number in range(1, 6)]

    assert days == [
        date(2026, 11, 30),
        date(2026, 12, 31),
        date(2027, 1, 31),
        date(2027, 2, 28),
        date(2027, 3, 31),
    ]


def test_the_29th_of_february_is_the_28th_in_other_years() -> None:
    """A day of the year that a year does not have is the last of its month."""
    resolved = resolve(InYearOf(2, 29, "offer", time(10)), at("2026-05-01 09:00"), TOKYO)

    assert resolved == at("2026-02-28 10:00")


def test_a_date_begins_at_midnight() -> None:
    """A date without a time is the first instant of the day."""
    assert resolve(OnDate(date(2026, 8, 20)), at("2026-05-01 09:00"), TOKYO) == at(
        "2026-08-20 00:00"
    )


@given(gaps, instants, st.integers(0, 50), st.integers(0, 300), st.booleans())
def test_of_those_overdue_only_the_latest_is_next(
    gap: Distance, start: datetime, last: int, later: int, gentle: bool
) -> None:
    """The next occurrence is ahead, or there is none between it and now."""
    every = Every(gap, FROM_OFFER)
    points = partial(on_grid, every, start, workdays=TOKYO)
    now = start + timedelta(days=later)

    turn = next_on_grid(points, last, now=now, gentle=gentle)

    assert turn.number >= last + (2 if gentle else 1)
    assert turn.at == points(turn.number)
    if turn.at <= now:
        assert points(turn.number + 1) > now
    else:
        assert turn.number == last + (2 if gentle else 1)
