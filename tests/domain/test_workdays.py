"""Business days and local time: closures, gaps, repeated hours, odd zones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.domain.at_random import calendars, distances, instants
from worker.domain.plan import Calendar, Closure
from worker.domain.when import Distance, Season, Unit
from worker.domain.workdays import Workdays, workdays

TOKYO = workdays(
    Calendar(
        holidays=frozenset({date(2027, 1, 1), date(2027, 1, 11)}),
        closed=(
            Closure(every_year=Season((12, 29), (1, 3))),
            Closure(once=(date(2026, 12, 24), date(2026, 12, 25))),
        ),
    )
)
positive = st.lists(distances(1, 40), min_size=1, max_size=3).map(tuple)
anywhere = st.builds(
    Workdays,
    calendars,
    st.sampled_from(
        ["", "Europe/Berlin", "America/St_Johns", "Pacific/Chatham", "Africa/Casablanca"]
    ),
)


def test_business_days_step_over_a_closure_that_runs_over_new_year() -> None:
    """After Wednesday the 23rd of December come the 28th, and then the 4th of January."""
    found = [TOKYO.business_day(date(2026, 12, 23), count) for count in range(4)]

    assert found == [date(2026, 12, 23), date(2026, 12, 28), date(2027, 1, 4), date(2027, 1, 5)]


def test_business_days_go_backwards_too() -> None:
    """Ten business days before joining are ten days on which people work."""
    assert TOKYO.business_day(date(2027, 1, 12), -1) == date(2027, 1, 8)
    assert TOKYO.business_day(date(2027, 1, 4), -2) == date(2026, 12, 23)


def test_far_days_are_counted_as_near_ones() -> None:
    """Years ahead the count goes on: 261 or so business days a year."""
    plain = workdays(Calendar())

    assert plain.business_day(date(2026, 4, 1), 2610) == date(2036, 4, 2)
    assert plain.business_day(date(2036, 4, 2), -2610) == date(2026, 4, 1)


def test_a_year_that_is_closed_altogether_has_every_day() -> None:
    """A closure of the whole year is a mistake: nobody waits for ever because of it."""
    shut = workdays(Calendar(closed=(Closure(every_year=Season((1, 1), (12, 31))),)))

    assert shut.business_day(date(2026, 4, 4), 1) == date(2026, 4, 5)


def test_a_day_later_is_the_same_hour_over_a_change_of_the_clocks() -> None:
    """A day is a day on the calendar; 24 hours are 24 hours."""
    berlin = workdays(Calendar(timezone="Europe/Berlin"))
    evening = berlin.instant(date(2026, 3, 28), time(20))

    a_day = berlin.after(evening, Distance(1, Unit.DAYS))
    hours = berlin.after(evening, Distance(24, Unit.HOURS))

    assert berlin.local(a_day) == datetime.combine(date(2026, 3, 29), time(20))
    assert berlin.local(hours) == datetime.combine(date(2026, 3, 29), time(21))


def test_gaps_of_half_an_hour_and_of_a_whole_day() -> None:
    """Lord Howe skips half an hour, Samoa skipped a day: the first instant after it counts."""
    lord_howe = workdays(Calendar(timezone="Australia/Lord_Howe"))
    samoa = workdays(Calendar(timezone="Pacific/Apia"))

    assert lord_howe.local(lord_howe.instant(date(2026, 10, 4), time(2, 15))).time() == time(2, 30)
    assert samoa.local(samoa.instant(date(2011, 12, 30), time(10))).date() == date(2011, 12, 31)


def test_an_hour_that_comes_twice_is_the_first() -> None:
    """Half past one in New York on the first of November is still summer time."""
    new_york = workdays(Calendar(timezone="America/New_York"))

    assert new_york.instant(date(2026, 11, 1), time(1, 30)) == datetime(
        2026, 11, 1, 5, 30, tzinfo=UTC
    )


def test_a_zone_that_nobody_knows_counts_as_the_calendar_s() -> None:
    """One odd record holds up nobody."""
    odd = workdays(Calendar(timezone="Asia/Tokyo"), "Asia/Tokio")

    assert odd.zone.key == "Asia/Tokyo"


def test_months_clamp_to_their_end() -> None:
    """A month after the 31st of January is the end of February, leap years included."""
    plain = workdays(Calendar())
    noon = time(12)

    after = [
        plain.local(plain.after(plain.instant(date(2027, 1, 31), noon), Distance(n, Unit.MONTHS)))
        for n in (1, 2, 13, -2)
    ]

    assert [at.date() for at in after] == [
        date(2027, 2, 28),
        date(2027, 3, 31),
        date(2028, 2, 29),
        date(2026, 11, 30),
    ]


@given(
    anywhere, instants, positive, st.none() | st.times().map(lambda at: at.replace(microsecond=0))
)
def test_a_moment_is_never_before_its_fact(
    days: Workdays, at: datetime, along: tuple[Distance, ...], clock: time | None
) -> None:
    """With distances forward, no step comes before what it is counted from."""
    assert days.shifted(at, along, clock) >= at


@given(anywhere, instants, distances(-40, 40))
def test_a_distance_never_leads_the_wrong_way(
    days: Workdays, at: datetime, distance: Distance
) -> None:
    """Backwards is not forwards, in any zone and over any gap."""
    moved = days.after(at, distance)

    assert moved >= at if distance.count >= 0 else moved <= at


@given(anywhere, st.integers(0, 24 * 400), st.integers(0, 59))
def test_the_wall_clock_reads_what_was_asked_or_the_end_of_the_gap(
    days: Workdays, hour: int, minute: int
) -> None:
    """A local time leads to an instant whose wall clock shows it, or the first after the gap."""
    wanted = datetime.combine(date(2026, 3, 1), time()) + timedelta(hours=hour, minutes=minute)

    instant = days.instant_of(wanted)
    shown = days.local(instant)

    if shown != wanted:
        assert shown > wanted
        just_before = days.local(instant - timedelta(seconds=1))
        assert just_before < wanted


@given(anywhere, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 30))
def test_business_days_are_business_days_in_order(days: Workdays, day: date, count: int) -> None:
    """Each counted day is a business day, each later than the one before, none left out."""
    found = [days.business_day(day, number) for number in range(1, count + 1)]

    assert all(days.is_business(one) for one in found)
    assert all(earlier < later for earlier, later in pairwise([day, *found]))
    between = (found[-1] - day).days
    ahead = [day + timedelta(days=number) for number in range(1, between + 1)]
    assert count == sum(days.is_business(one) for one in ahead)
