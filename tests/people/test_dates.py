"""Dates as they are written in Japan, and those that could mean two days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from worker.people.dates import instant, read_date, written

APRIL = datetime(2026, 4, 1)  # noqa: DTZ001 - a date as written has no zone
HALF_PAST_NINE = datetime(2026, 4, 1, 9, 30)  # noqa: DTZ001 - as above


@pytest.mark.parametrize(
    "text",
    [
        "2026/4/1",
        "2026/04/01",
        "2026-04-01",
        "2026.4.1",
        "2026年4月1日",
        "2026年04月01日(水)",
        "2026年4月1日（水曜日）",
        "２０２６年４月１日",
        "令和8年4月1日",
        "令和８年４月１日",
        "㋿8年4月1日",
        "R8.4.1",
        "r8/4/1",
        "R08-04-01",
        "平成38年4月1日",
        "20260401",
        "1 Apr 2026",
        "1-Apr-2026",
        "April 1, 2026",
        " 2026/4/1 ",
        "2026/4/1(Wed)",
    ],
)
def test_a_day_however_it_is_written(text: str) -> None:
    """Western years, eras, full-width digits and weekdays all give the same day."""
    assert read_date(text) == APRIL


@pytest.mark.parametrize(
    "text",
    [
        "2026/4/1 9:30",
        "2026-04-01T09:30",
        "2026-04-01 09:30:00",
        "2026年4月1日 9時30分",
        "2026年4月1日9時半",
        "2026年4月1日(水) 午前9時30分",
        "令和8年4月1日 09:30",
        "2026/4/1 9:30 AM",
        "2026-04-01T09:30:00.000",
    ],
)
def test_a_day_with_a_time(text: str) -> None:
    """A time may stand behind the day."""
    assert read_date(text) == HALF_PAST_NINE


@pytest.mark.parametrize(
    ("text", "hour"), [("午後3時", 15), ("午後0時", 12), ("3:00 PM", 15), ("12:00 am", 0)]
)
def test_the_second_half_of_the_day(text: str, hour: int) -> None:
    """午後 and PM are twelve hours later."""
    assert read_date(f"2026/4/1 {text}") == APRIL.replace(hour=hour)


@pytest.mark.parametrize(
    "text",
    [
        "4/1/2026",
        "1/4/2026",
        "26/4/1",
        "4/1",
        "2026/4",
        "2026年4月",
        "2026/13/1",
        "2026/2/29",
        "2026-02-30",
        "令和8年13月1日",
        "46113",
        "2026/4/1 25:00",
        "2026/4/1 午後15時",
        "0026/4/1",
        "未定",
        "4月1日",
        "○",
        "2026/4/1〜",
        "2026/4/1 か 2",
        "",
    ],
)
def test_what_could_mean_two_days_or_none_is_refused(text: str) -> None:
    """American dates, years of two digits and days that do not exist are asked about."""
    assert read_date(text) is None


def test_an_offset_is_kept() -> None:
    """A date out of another program may carry its own zone."""
    read = read_date("2026-04-01T09:30:00+05:30")

    assert read is not None
    assert instant(read, "Asia/Tokyo") == datetime(2026, 4, 1, 4, tzinfo=UTC)


def test_a_day_begins_at_midnight_of_the_company() -> None:
    """A date without a time is 00:00 in the company's zone."""
    assert instant(APRIL, "Asia/Tokyo") == datetime(2026, 3, 31, 15, tzinfo=UTC)


@given(
    at=st.datetimes(
        datetime(1995, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
        datetime(2095, 1, 1),  # noqa: DTZ001 - as above
        timezones=st.just(UTC),
    ),
    zone=st.sampled_from(
        ["Asia/Tokyo", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe"]
    ),
)
def test_what_is_written_is_read_as_the_same_instant(at: datetime, zone: str) -> None:
    """A date that was exported comes back to the microsecond, over every change of clocks."""
    read = read_date(written(at, zone))

    assert read is not None
    assert at == instant(read, zone)


def test_an_instant_at_midnight_is_written_as_a_day() -> None:
    """Excel shows a day where a day was meant."""
    assert written(datetime(2026, 3, 31, 15, tzinfo=UTC), "Asia/Tokyo") == "2026-04-01"
    later = datetime(2026, 3, 31, 15, tzinfo=UTC) + timedelta(hours=9.5)
    assert written(later, "Asia/Tokyo") == "2026-04-01 09:30"
