"""When somebody cannot come: classes, exams and journeys as people write them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.domain.meetings import Span
from worker.domain.plan import Calendar
from worker.domain.unavailable import EXAMPLE, Unavailable, Unread, read_unavailable, taken_by
from worker.domain.workdays import workdays

MORNING = (time(9), time(12))
AFTERNOON = (time(12), time())
SUMMER = (date(2026, 7, 20), date(2026, 8, 5))
TOKYO = workdays(Calendar())


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon 09:00-12:00", Unavailable(frozenset({0}), MORNING)),
        ("月 9:00〜12:00", Unavailable(frozenset({0}), MORNING)),
        ("毎週月曜日の9時～12時", Unavailable(frozenset({0}), MORNING)),
        ("月・水 午後", Unavailable(frozenset({0, 2}), AFTERNOON)),
        ("Tue/Thu afternoon", Unavailable(frozenset({1, 3}), AFTERNOON)),
        ("every Monday", Unavailable(frozenset({0}))),
        ("平日 18:00-24:00", Unavailable(frozenset(range(5)), (time(18), time()))),
        ("火曜 9時〜10時半", Unavailable(frozenset({1}), (time(9), time(10, 30)))),
        ("2026-07-20..2026-08-05", Unavailable(first=SUMMER[0], last=SUMMER[1])),
        ("2026/7/20〜8/5", Unavailable(first=SUMMER[0], last=SUMMER[1])),
        ("2026年7月20日から8月5日まで", Unavailable(first=SUMMER[0], last=SUMMER[1])),
        ("2026-07-20", Unavailable(first=SUMMER[0], last=SUMMER[0])),
        ("月 9:00-12:00 2026-07-20..2026-08-05", Unavailable(frozenset({0}), MORNING, *SUMMER)),
    ],
)
def test_an_entry_is_read(written: str, expected: Unavailable) -> None:
    """Days, dates and times are read however people here write them."""
    assert (expected,) == read_unavailable(written)


@pytest.mark.parametrize(
    "written",
    [
        "月1限",
        "12:00-13:00",
        "Mon 12:00-09:00",
        "2026-06-31",
        "月 25:00-26:00",
        "2026-08-05..2026-07-20",
        "たぶん月曜",
        "7/20〜8/5",
        "x" * 3000,
    ],
)
def test_what_is_not_understood_is_told(written: str) -> None:
    """An entry that could mean something else is a mistake, and not free time."""
    assert isinstance(read_unavailable(written), Unread)


def test_several_entries_stand_in_one_cell() -> None:
    """Entries are parted by semicolons, 、 or lines; an empty cell says nothing."""
    assert len(told(EXAMPLE)) == 2
    assert told("月 9:00-12:00、火 午後\n2026-07-20") == told("月 9:00-12:00;火 午後;2026-07-20")
    assert read_unavailable(" ; ") == ()


def told(written: str) -> tuple[Unavailable, ...]:
    """Read what can be read."""
    found = read_unavailable(written)
    assert not isinstance(found, Unread)
    return found


def test_the_second_of_two_entries_is_the_one_that_is_told() -> None:
    """Of a long cell the entry that cannot be read is shown, and not the whole cell."""
    assert Unread("月2限") == read_unavailable("火 午前; 月2限")


def test_classes_take_time_by_the_persons_own_clock() -> None:
    """Monday's class is at nine in Tokyo, and only within its term."""
    within = Span(TOKYO.instant(date(2026, 7, 6)), TOKYO.instant(date(2026, 8, 1)))
    term = told("Mon 09:00-12:00 2026-07-01..2026-07-14")

    found = taken_by(term, TOKYO, within)

    assert [(6, time(9)), (13, time(9))] == [
        (TOKYO.local(one.start).day, TOKYO.local(one.start).time()) for one in found
    ]


def test_a_whole_day_has_25_hours_when_the_clock_is_put_back() -> None:
    """A day away is away from midnight to midnight, however long that is."""
    newyork = workdays(Calendar(timezone="America/New_York"))
    within = Span(datetime(2026, 10, 30, tzinfo=UTC), datetime(2026, 11, 5, tzinfo=UTC))

    (found,) = taken_by(told("2026-11-01"), newyork, within)

    assert timedelta(hours=25) == found.end - found.start


@given(st.text(max_size=60))
def test_no_text_makes_it_stumble(text: str) -> None:
    """Whatever stands in the cell is read or told."""
    assert isinstance(read_unavailable(text), tuple | Unread)
