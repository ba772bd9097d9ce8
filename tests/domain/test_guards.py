"""Guards only delay, and what they let through keeps to them."""

from datetime import date, datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.at_random import calendars, instants, sendings
from tests.domain.stories import OFFICE, OFFICE_HOURS, at, per_day
from worker.domain.errors import BrokenPromise
from worker.domain.guards import Guard, Window
from worker.domain.plan import Calendar, Closure, Sending
from worker.domain.reasons import Because
from worker.domain.when import Season
from worker.domain.workdays import Workdays, workdays

TOKYO = workdays(Calendar())
seasons = st.none() | st.builds(
    Season,
    st.tuples(st.integers(1, 12), st.integers(1, 28)),
    st.tuples(st.integers(1, 12), st.integers(1, 28)),
)


def _guard(sending: Sending, days: Workdays = TOKYO, season: Season | None = None) -> Guard:
    return Guard(days, window=Window(sending, days), budgets=sending.at_most, season=season)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        ("2026-04-03 09:29", "2026-04-03 09:30"),
        ("2026-04-03 09:30", "2026-04-03 09:30"),
        ("2026-04-03 18:30", "2026-04-03 18:30"),
        ("2026-04-03 18:31", "2026-04-06 09:30"),
        ("2026-04-04 12:00", "2026-04-06 09:30"),
        ("2026-04-05 23:59", "2026-04-06 09:30"),
    ],
)
def test_the_office_opens_on_the_next_working_morning(moment: str, expected: str) -> None:
    """From half past nine to half past six, both included, on days on which people work."""
    assert _guard(OFFICE).place(at(moment))[0] == at(expected)


def test_business_days_without_hours_keep_the_time() -> None:
    """Saturday at three becomes Monday at three."""
    assert _guard(Sending(days="business")).place(at("2026-04-04 15:00"))[0] == at(
        "2026-04-06 15:00"
    )


def test_hours_inside_the_gap_of_daylight_saving_open_the_next_day() -> None:
    """Where the clocks jump over the whole window, it opens on the day after."""
    berlin = workdays(Calendar(timezone="Europe/Berlin"))
    night = Sending(hours=(time(2, 10), time(2, 40)))

    placed, _ = _guard(night, berlin).place(berlin.instant(date(2026, 3, 29), time(0)))

    assert placed == berlin.instant(date(2026, 3, 30), time(2, 10))


def test_hours_over_midnight_are_refused() -> None:
    """No playbook compiles with them; whoever makes a window of them learns it at once."""
    with pytest.raises(BrokenPromise, match="end before they begin"):
        Window(Sending(hours=(time(22), time(6))), TOKYO)


def test_a_season_over_new_year_holds_spring_until_winter() -> None:
    """From November to March: what comes in April waits for the first of November."""
    winter = _guard(Sending(), season=Season((11, 1), (3, 31)))

    placed, why = winter.place(at("2026-04-01 10:00"))

    assert placed == at("2026-11-01 10:00")
    assert [reason.because for reason in why] == [Because.SEASON]
    assert winter.place(at("2027-03-31 23:00"))[0] == at("2027-03-31 23:00")


def test_a_season_does_not_give_way_to_a_deadline() -> None:
    """The winter's letter is not sent in summer because its deadline is in summer."""
    winter = _guard(Sending(), season=Season((11, 1), (3, 31)))

    placed, why = winter.place(at("2026-04-01 10:00"), deadline=at("2026-08-01 00:00"))

    assert placed is None
    assert why[-1].because is Because.TOO_LATE


@given(calendars, sendings, seasons, instants, st.lists(instants, max_size=8), st.booleans())
def test_guards_only_delay_and_agree_with_themselves(
    calendar: Calendar,
    sending: Sending,
    season: Season | None,
    moment: datetime,
    contacts: list[datetime],
    gentle: bool,
) -> None:
    """Nothing comes earlier for a guard; where it has let something through once, it does again."""
    guard = _guard(sending, workdays(calendar), season)
    past = sorted(contact for contact in contacts if contact <= moment)

    placed, why = guard.place(moment, past, gentle=gentle)

    assert placed is not None
    assert placed >= moment
    assert bool(why) == (placed > moment)
    assert guard.opens(moment) <= placed
    if season is None or placed == moment:
        assert guard.place(placed, past, gentle=gentle) == (placed, ())


@given(calendars, sendings, instants, instants)
def test_a_deadline_is_kept_or_given_up(
    calendar: Calendar, sending: Sending, moment: datetime, deadline: datetime
) -> None:
    """With a deadline, a message goes by then or not at all, and never before its moment."""
    placed, why = _guard(sending, workdays(calendar)).place(moment, deadline=deadline)

    if placed is None:
        assert moment > deadline
        assert why[-1].because is Because.TOO_LATE
    else:
        assert moment <= placed <= deadline


def test_a_day_of_a_budget_is_a_day_of_the_person() -> None:
    """One a day: a mail at five to midnight leaves room five minutes later."""
    guard = _guard(Sending(at_most=(per_day(1),)))
    contact = at("2026-04-03 23:55")

    assert guard.place(at("2026-04-04 00:00"), [contact])[0] == at("2026-04-04 00:00")


def test_reasons_name_the_hours_and_the_day() -> None:
    """What is shown holds the hours, the day that is off, and the instant waited for."""
    _, why = _guard(OFFICE).place(at("2026-04-03 20:00"))

    assert [reason.because for reason in why] == [Because.HOURS, Because.DAYS]
    assert why[0].value("hours") == f"{OFFICE_HOURS[0]:%H:%M}-{OFFICE_HOURS[1]:%H:%M}"
    assert why[1].value("day") == "2026-04-04"
    assert why[1].value("until") == "2026-04-06T09:30+09:00"


def test_a_budget_does_not_push_a_step_out_of_its_season() -> None:
    """The last day of winter is taken by another mail: it goes next winter, not in spring."""
    one_a_day = Sending(at_most=(per_day(1),))
    winter = _guard(one_a_day, season=Season((11, 1), (2, 28)))

    placed, why = winter.place(at("2027-02-28 10:00"), [at("2027-02-28 09:00")])

    assert placed == at("2027-11-01 10:00")
    assert [reason.because for reason in why] == [Because.AT_MOST, Because.SEASON]


def test_a_season_without_a_working_day_holds_nobody_for_ever() -> None:
    """New Year's Day is a holiday every year: a season of that day alone gives way."""
    shut = Calendar(closed=(Closure(every_year=Season((12, 29), (1, 3))),))
    guard = _guard(OFFICE, workdays(shut), Season((1, 1), (1, 1)))

    placed, _ = guard.place(at("2026-04-01 10:00"))

    assert placed is not None
