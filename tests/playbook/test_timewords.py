"""The words for time: what they mean, and what is told where they cannot be read."""

from collections.abc import Callable
from datetime import date, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.playbook.desk import slip_of
from worker.domain.plan import Budget, Closure
from worker.domain.when import Distance, Every, FromFact, InYearOf, OnDate, Season, Unit
from worker.playbook import timewords
from worker.playbook.slips import Slip

TWO_DAYS = Distance(2, Unit.BUSINESS_DAYS)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("offer", FromFact("offer")),
        ("offer + 1 hour", FromFact("offer", (Distance(1, Unit.HOURS),))),
        ("offer + 2 business days at 10:00", FromFact("offer", (TWO_DAYS,), time(10))),
        ("offer ＋ ２ business days at １０：００", FromFact("offer", (TWO_DAYS,), time(10))),
        ("offer at 9:30", FromFact("offer", (), time(9, 30))),
        (
            "join - 1 month - 2 weeks",
            FromFact("join", (Distance(-1, Unit.MONTHS), Distance(-2, Unit.WEEKS))),
        ),
        ("first-1on1.held + 2 hours", FromFact("first-1on1.held", (Distance(2, Unit.HOURS),))),
        ("内定式.sent", FromFact("内定式.sent")),
        ("2026-08-20 at 14:00", OnDate(date(2026, 8, 20), time(14))),
        ("2026-08-20", OnDate(date(2026, 8, 20))),
        ("08-20 at 14:00 in year of offer", InYearOf(8, 20, "offer", time(14))),
        ("08-20 in year of offer at 14:00", InYearOf(8, 20, "offer", time(14))),
        (
            "every 1 month from first-1on1.held until join - 2 weeks",
            Every(
                Distance(1, Unit.MONTHS),
                FromFact("first-1on1.held"),
                FromFact("join", (Distance(-2, Unit.WEEKS),)),
            ),
        ),
        (
            "every 2..3 months from accept",
            Every(
                Distance(2, Unit.MONTHS),
                FromFact("accept"),
                greatest=Distance(3, Unit.MONTHS),
            ),
        ),
        ("every week from accept", Every(Distance(1, Unit.WEEKS), FromFact("accept"))),
    ],
)
def test_a_moment_means_what_it_says_aloud(text: str, meaning: object) -> None:
    """Facts with distances, dates, days of a year and cadences are read, full-width signs too."""
    assert timewords.read_when(text).when == meaning


def test_the_facts_of_a_cadence_are_handed_back_with_their_places() -> None:
    """A misspelled fact can be told at its own column."""
    facts = timewords.read_every("1 month from accept until join - 2 weeks").facts

    assert [(fact.name, fact.offset) for fact in facts] == [("accept", 13), ("join", 26)]


@pytest.mark.parametrize(
    ("read", "text", "meaning"),
    [
        (timewords.read_hours, "09:30-18:30", (time(9, 30), time(18, 30))),
        (timewords.read_hours, "9:30〜18:30", (time(9, 30), time(18, 30))),
        (timewords.read_budget, "3 per 2 weeks", Budget(3, Distance(2, Unit.WEEKS))),
        (timewords.read_budget, "1 per day", Budget(1, Distance(1, Unit.DAYS))),
        (timewords.read_season, "12-29..01-03", Season((12, 29), (1, 3))),
        (timewords.read_season, "08-13 .. 08-15", Season((8, 13), (8, 15))),
        (timewords.read_season, "08-13～08-15", Season((8, 13), (8, 15))),
        (timewords.read_closure, "08-13", Closure(Season((8, 13), (8, 13)))),
        (
            timewords.read_closure,
            "2026-08-13..2026-08-15",
            Closure(once=(date(2026, 8, 13), date(2026, 8, 15))),
        ),
        (timewords.read_before, "1 business day before", Distance(-1, Unit.BUSINESS_DAYS)),
        (timewords.read_distance, "2 weeks", Distance(2, Unit.WEEKS)),
        (timewords.read_range, "2..12", (2, 12)),
    ],
)
def test_hours_seasons_and_limits_are_read(
    read: Callable[[str], object], text: str, meaning: object
) -> None:
    """Every short text of a playbook has one meaning."""
    assert read(text) == meaning


def test_an_expectation_names_the_answer_and_its_time() -> None:
    """`reply within 3 business days` awaits a reply."""
    awaited = timewords.read_awaited("reply within 3 business days")

    assert (awaited.word, awaited.within) == ("reply", Distance(3, Unit.BUSINESS_DAYS))


def test_an_expectation_may_name_facts_that_are_as_good_as_the_answer() -> None:
    """`reply or accept` awaits a reply, and who accepts need not write one."""
    awaited = timewords.read_awaited("reply or accept or visit.done within 5 days")

    assert [(one.name, one.offset) for one in awaited.others] == [("accept", 9), ("visit.done", 19)]


@pytest.mark.parametrize(
    ("text", "found", "meant"),
    [
        ("offer + 2 busines days", "busines days", "business days"),
        ("offer + 1 hor", "hor", "hour"),
        ("offer + 2営業日", "2営業日", "2 business days"),
        ("offer + 1か月", "1か月", "1 month"),
        ("offer + 1day", "1day", "1 day"),
        ("2 days after offer", "2 days after offer", "offer + 2 days"),
        ("1 month before join", "1 month before join", "join - 1 month"),
        ("join-2 weeks", "join-2 weeks", "join - 2 weeks"),
        ("offer + 1 day 10:00", "10:00", "at 10:00"),
        ("offer at 10時半", "10時半", "10:30"),
        ("2026年8月20日", "2026年8月20日", "2026-08-20"),
        ("8/20 in year of offer", "8/20", "08-20"),
        ("02-29 in year of offer", "02-29", "02-28"),
        ("every 3..2 months from accept", "3..2", "2..3"),
    ],
)
def test_a_slip_is_told_with_what_was_meant(text: str, found: str, meant: str) -> None:
    """The usual slips are named at their own stretch, with the right words to type."""
    with pytest.raises(Slip) as raised:
        timewords.read_when(text)

    slip = raised.value
    assert text[slip.offset : slip.offset + slip.length] == found
    assert slip.nearest == meant


@pytest.mark.parametrize(
    "text",
    [
        *("", "offer +", "offer + two days", "every 1 month", "every 0 days from offer"),
        *("every 1 month from", "after offer", "offer + 99999 weeks", "@x", "2026-02-30"),
        *("1999-01-01", "at 10:00", "offer - -2 days", "08-20 in year", "from offer"),
    ],
)
def test_what_cannot_be_a_moment_is_a_slip(text: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(Slip):
        timewords.read_when(text)


WORDS = st.sampled_from(
    [
        *("offer", "+", "-", "2", "0", "business", "days", "at", "10:00", "every", "from"),
        *("until", "in", "year", "of", "08-20", "2026-08-20", "..", "2..3", "after", "before"),
        *("営業日", "：", "\n"),
    ]
)


@given(st.lists(WORDS, max_size=9).map(" ".join) | st.text(max_size=40))
def test_no_text_makes_a_reader_stumble(text: str) -> None:
    """Whatever is written, a reader gives a meaning or one slip within the text."""
    readers: list[Callable[[str], object]] = [
        *(timewords.read_when, timewords.read_every, timewords.read_moment),
        *(timewords.read_distance, timewords.read_before, timewords.read_awaited),
        *(timewords.read_season, timewords.read_closure, timewords.read_hours),
        *(timewords.read_budget, timewords.read_range),
    ]
    for read in readers:
        slip = slip_of(read, text)
        if slip is not None:
            assert 0 <= slip.offset <= len(text)
            assert slip.offset + slip.length <= max(len(text), 1)
