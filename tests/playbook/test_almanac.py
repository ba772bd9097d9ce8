"""Public holidays: two libraries and our own plain form agree."""

from datetime import date, timedelta

import jpholiday

from worker.playbook import almanac


def test_japanese_holidays_agree_with_another_library() -> None:
    """From 2020 to 2035 every single day is a holiday for both libraries, or for neither."""
    ours = almanac.holidays_of("JP")
    day, last = date(2020, 1, 1), date(2035, 12, 31)

    while day <= last:
        assert (day in ours) == jpholiday.is_holiday(day), day
        day += timedelta(days=1)


def test_the_plain_form_is_what_the_library_says() -> None:
    """What lies beside the module is up to date with the library it was written from."""
    stored = almanac.holidays_of("JP")

    assert stored == almanac.from_library("JP")
    assert {day.year for day in stored} == set(range(almanac.FIRST_YEAR, almanac.LAST_YEAR + 1))


def test_other_countries_and_parts_of_countries_are_known() -> None:
    """A company in Munich has the holidays of Bavaria."""
    assert date(2026, 1, 6) in almanac.holidays_of("DE-BY")
    assert date(2026, 1, 6) not in almanac.holidays_of("DE")
    assert almanac.is_known("DE-BY")


def test_what_is_no_country_is_not_known() -> None:
    """A slip is not a country without holidays."""
    assert [almanac.is_known(word) for word in ("JA", "DE-XX", "Japan")] == [False] * 3


def test_no_holidays_can_be_asked_for() -> None:
    """`none` and `no` have no holidays."""
    assert almanac.is_known("none")
    assert almanac.holidays_of("none") == almanac.holidays_of("no") == frozenset()
