"""When people are free, in every zone and on the days on which clocks change."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.meetings import Busy, Span, Unknown, merged
from worker.domain.plan import Calendar, Closure
from worker.domain.price import fits
from worker.domain.slots import (
    DECENT,
    Week,
    both,
    cut,
    free_of,
    hours_of,
    starts_in,
    widened,
    window_of,
    without,
)
from worker.domain.when import Season
from worker.domain.workdays import Workdays, workdays

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
OFFICE = (time(9), time(18))
WEEK = Week(OFFICE, lunch=(time(12), time(13)))
ZONES = ("America/New_York", "Asia/Tokyo", "Australia/Sydney", "Europe/London")
CHANGES = (  # of clocks in 2026, and the zone
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
)


def span(first: int, last: int) -> Span:
    """Give a stretch from one minute to another."""
    return Span(BEGIN + first * MINUTE, BEGIN + last * MINUTE)


spans = st.lists(
    st.tuples(st.integers(0, 40), st.integers(1, 12)).map(lambda one: span(one[0], sum(one))),
    max_size=6,
)


def minutes(some: tuple[Span, ...] | list[Span]) -> set[int]:
    """Give the minutes that lie in *some*."""
    return {n for n in range(60) if any(one.start <= BEGIN + n * MINUTE < one.end for one in some)}


def at_home(zone: str) -> Workdays:
    """Give the work days of somebody who works on every weekday, in a zone."""
    return workdays(Calendar(timezone=zone))


def around(day: date, zone: str) -> Span:
    """Give a local day, from midnight to midnight."""
    days = at_home(zone)
    return Span(days.instant(day), days.instant(day + timedelta(days=1)))


@given(spans, spans)
def test_what_is_left_is_free_and_not_taken(free: list[Span], taken: list[Span]) -> None:
    """Every minute that is free and not taken is left, and no other; in order, without overlaps."""
    left = without(free, taken)

    assert minutes(free) - minutes(taken) == minutes(left)
    assert merged(left) == left


@given(spans, spans)
def test_both_are_free_when_each_is(one: list[Span], other: list[Span]) -> None:
    """Both are free in the minutes in which each is."""
    assert minutes(one) & minutes(other) == minutes(both(one, other))
    assert both(one, other) == both(other, one)


@given(spans, st.integers(0, 40), st.integers(0, 20))
def test_a_cut_is_what_lies_within(some: list[Span], first: int, long: int) -> None:
    """A cut holds what lies within, and nothing where there is nothing within."""
    within = span(first, first + long)

    assert minutes(some) & minutes([within]) == minutes(cut(some, within))


@given(spans, st.integers(0, 5))
def test_our_own_meetings_keep_a_buffer(ours: list[Span], pause: int) -> None:
    """Between a free minute and a meeting of ours lies the buffer; others' meetings have none."""
    works = [span(0, 60)]
    free = free_of(works, Busy((span(30, 31),)), ours, buffer=pause * MINUTE)

    assert not minutes(free) & minutes([*widened(ours, pause * MINUTE), span(30, 31)])
    near = {n for one in minutes(ours) for n in range(one - pause, one + pause + 1)}
    assert set(range(60)) - near - {30} == minutes(free)


def test_who_is_unknown_is_never_free() -> None:
    """A calendar that could not be read is not an empty one."""
    assert free_of([span(0, 60)], Unknown("404")) == ()
    assert (span(0, 60),) == free_of([span(0, 60)], Busy())


@given(st.sampled_from(ZONES), st.dates(date(2026, 1, 1), date(2026, 12, 30)))
def test_working_hours_are_those_on_the_wall(zone: str, day: date) -> None:
    """Whatever the date, working hours begin at nine and end at six by the person's own clock."""
    days = at_home(zone)
    found = hours_of(days, WEEK, around(day, zone), every_day=True)

    assert [(time(9), time(12)), (time(13), time(18))] == [
        (days.local(one.start).time(), days.local(one.end).time()) for one in found
    ]


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_one_o_clock_is_one_o_clock_when_clocks_change(zone: str, day: date) -> None:
    """On the day the clock changes a start at 13:00 is shown at 13:00, and exactly once."""
    days = at_home(zone)
    works = hours_of(days, Week(OFFICE), around(day, zone), every_day=True)
    shown = [days.local(at).time() for at in starts_in(works, days, 30)]

    assert [time(9 + n // 2, 30 * (n % 2)) for n in range(18)] == shown


@pytest.mark.parametrize(("zone", "day"), CHANGES)
def test_no_start_is_at_a_time_that_does_not_exist(zone: str, day: date) -> None:
    """Through the night of the change every start is a time the clock shows, the first of two."""
    days = at_home(zone)
    found = starts_in([around(day, zone)], days, 30)
    shown = [days.local(at) for at in found]

    assert sorted(set(shown)) == shown
    assert [days.instant_of(clock) for clock in shown] == list(found)
    assert len(shown) in (46, 48)  # an hour is missing in spring; in autumn one comes twice


def test_the_same_hour_of_two_people_moves_when_only_one_clock_does() -> None:
    """New York and Tokyo share other hours after the eighth of March than before."""
    early = Week((time(7), time(21)))

    def shared(day: date) -> list[str]:
        within = Span(*(datetime.combine(day, time(h), UTC) for h in (0, 23)))
        one = hours_of(at_home("America/New_York"), early, within, every_day=True)
        other = hours_of(at_home("Asia/Tokyo"), early, within, every_day=True)
        return [f"{span.start:%H:%M}-{span.end:%H:%M}" for span in both(one, other)]

    assert shared(date(2026, 3, 10)) != ["00:00-02:00", "22:00-23:00"]
    assert shared(date(2026, 3, 6)) != shared(date(2026, 3, 10))


@given(
    st.sampled_from(ZONES),
    st.sampled_from([5, 10, 15, 20, 30, 60]),
    st.dates(date(2026, 1, 1), date(2026, 12, 30)),
)
def test_starts_lie_on_the_grid_and_in_free_time(zone: str, grid: int, day: date) -> None:
    """Every start is a multiple of the grid by the wall clock, and lies in free time."""
    days = at_home(zone)
    free = hours_of(days, WEEK, around(day, zone), every_day=True)
    found = starts_in(free, days, grid)

    assert all(days.local(at).minute % grid == 0 for at in found)
    assert all(fits(free, Span(at, at + MINUTE)) for at in found)
    assert 8 * 60 // grid == len(found)


def test_nobody_works_on_holidays_and_closed_days() -> None:
    """Golden Week, the days around New Year and a founding day have no working hours."""
    calendar = Calendar(
        holidays=frozenset(date(2026, 5, day) for day in (3, 4, 5, 6)),
        closed=(Closure(once=(date(2026, 5, 8), date(2026, 5, 8))),),
    )
    days = workdays(calendar)
    within = Span(days.instant(date(2026, 5, 1)), days.instant(date(2026, 5, 12)))

    found = hours_of(days, Week(OFFICE), within)

    assert [days.local(one.start).day for one in found] == [1, 7, 11]


FIVE_IN_A_ROW = frozenset(date(2026, 9, day) for day in (21, 22, 23))  # a weekend before them
NEW_YEAR, OBON = (
    Closure(Season((12, 29), (1, 3))),
    Closure(once=(date(2026, 8, 13), date(2026, 8, 16))),
)


@pytest.mark.parametrize(
    ("first", "last", "calendar", "works"),
    [
        ((9, 18), (9, 25), Calendar(holidays=FIVE_IN_A_ROW), [18, 24]),
        ((12, 28), (12, 32), Calendar(closed=(NEW_YEAR,)), [28]),
        ((12, 28), (12, 32), Calendar(), [28, 29, 30, 31]),  # of those no day is a holiday
        ((8, 12), (8, 18), Calendar(closed=(OBON,)), [12, 17]),
        ((8, 12), (8, 18), Calendar(), [12, 13, 14, 17]),
    ],
    ids=["silver week", "new year, closed", "new year, open", "obon, closed", "obon, open"],
)
def test_what_is_no_holiday_is_a_day_off_where_the_company_says_so(
    first: tuple[int, int], last: tuple[int, int], calendar: Calendar, works: list[int]
) -> None:
    """The days around New Year and the Bon festival are the company's own to close."""
    days = workdays(calendar)
    begin = date(2026, 1, 1).replace(month=first[0], day=first[1])
    end = begin + timedelta(days=last[1] - first[1])

    found = hours_of(days, Week(OFFICE), Span(days.instant(begin), days.instant(end)))

    assert [days.local(one.start).day for one in found] == works


def test_a_weekday_may_have_hours_of_its_own() -> None:
    """Somebody works on Monday mornings and not at all on Fridays."""
    week = Week(OFFICE, other={0: ((time(9), time(12)),), 4: ()})
    days = at_home("Asia/Tokyo")
    within = Span(days.instant(date(2026, 7, 6)), days.instant(date(2026, 7, 13)))

    found = hours_of(days, week, within)

    assert [(one.end - one.start) // timedelta(hours=1) for one in found] == [3, 9, 9, 9]


def test_a_meeting_is_not_before_the_least_notice() -> None:
    """Nobody is asked for tomorrow morning this evening; a span that is over leaves nothing."""
    day = timedelta(days=1)

    assert Span(BEGIN + day, BEGIN + 5 * day) == window_of(BEGIN, BEGIN, BEGIN + 5 * day, day)
    assert window_of(BEGIN, BEGIN, BEGIN + day, day) is None


def test_people_without_a_calendar_are_met_at_decent_hours() -> None:
    """Nobody is called before nine or after nine in the evening, where they are."""
    days = at_home("America/New_York")
    (found,) = hours_of(days, Week(DECENT), around(date(2026, 3, 8), days.zone.key), every_day=True)

    assert (time(9), time(21)) == (days.local(found.start).time(), days.local(found.end).time())
