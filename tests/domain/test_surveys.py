"""What people write into surveys, and what may be said of a group."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as any_

from tests.domain.stories import at, days
from worker.domain.facts import RETRACTED, PlaybookId, StepId
from worker.domain.figures import Box, columns, dropped, figures, grouped
from worker.domain.plan import Calendar, Question, Survey
from worker.domain.surveys import (
    LONGEST,
    About,
    Answers,
    Slip,
    changes,
    closes_at,
    form_of,
    last_day,
    minutes,
    plain_text,
    read_answers,
)
from worker.domain.workdays import workdays

EASE = Question("ease", "話しやすさ", (1, 5))
WORRY = Question("worry", "気になること", required=False)
REASON = Question("reason", "理由")
PULSE = Survey((EASE, WORRY), open_for=days(14))
ABOUT = About(PlaybookId("naitei"), StepId("pulse"))
NOON = at("2026-04-02 12:00")


@pytest.mark.parametrize(
    ("written", "answers", "slips"),
    [
        ({"ease": "4", "worry": "通勤"}, {"ease": 4, "worry": "通勤"}, {}),
        ({"ease": "4"}, {"ease": 4}, {}),
        ({}, {}, {"ease": Slip.MISSING}),
        ({"ease": "   "}, {}, {"ease": Slip.MISSING}),
        ({"ease": "9"}, {}, {"ease": Slip.CHOICE}),
        ({"ease": "4.0"}, {}, {"ease": Slip.CHOICE}),
        ({"ease": "+4"}, {}, {"ease": Slip.CHOICE}),
        ({"ease": "4", "other": "x"}, {"ease": 4}, {}),
    ],
)
def test_what_is_written_into_a_page_is_read_for_what_it_is(
    written: dict[str, str], answers: Answers, slips: dict[str, Slip]
) -> None:
    """Points of the scale, texts, and what is missing; anything else that was sent is nothing."""
    reading = read_answers(PULSE, written)

    assert (answers, slips) == (reading.answers, reading.slips)


@given(any_.dictionaries(any_.sampled_from(["ease", "worry", "x"]), any_.text()))
def test_nothing_that_can_be_written_makes_reading_fail(written: dict[str, str]) -> None:
    """Whatever comes is read, is short, and takes back nothing."""
    reading = read_answers(PULSE, written)

    assert set(reading.answers) <= {"ease", "worry"}
    assert len(str(reading.answers.get("worry", ""))) <= LONGEST
    assert RETRACTED not in reading.answers.values()
    assert reading.answers.get("ease", 1) in {1, 2, 3, 4, 5}


@given(any_.text())
def test_a_text_that_was_cleaned_is_clean(written: str) -> None:
    """Cleaning twice is cleaning once, and no unseen sign is left."""
    text = plain_text(written)

    assert plain_text(text) == text
    assert not set(text) & {"\x00", "\r", "\u202e", "\ufeff"}


def test_emoji_of_several_signs_stay_whole() -> None:
    """A family is not taken apart into its members."""
    assert plain_text(" 👩‍👩‍👧 ❤️ ") == "👩‍👩‍👧 ❤️"


def test_a_correction_says_only_what_has_changed() -> None:
    """New values are later facts, what was taken out is withdrawn, the rest is not said again."""
    first = list(changes(ABOUT, {}, {"ease": 4, "worry": "通勤"}, NOON, is_first=True))
    again = list(changes(ABOUT, {"ease": 4, "worry": "通勤"}, {"ease": 2}, NOON, is_first=False))
    same = list(changes(ABOUT, {"ease": 4}, {"ease": 4}, NOON, is_first=False))

    assert [(fact.name, fact.value) for fact in first] == [
        ("pulse.answered", None),
        ("pulse.ease", 4),
        ("pulse.worry", "通勤"),
    ]
    assert [(fact.name, fact.value) for fact in again] == [
        ("pulse.ease", 2),
        ("pulse.worry", RETRACTED),
    ]
    assert same == []


def test_a_survey_is_open_to_the_midnight_after_its_last_day() -> None:
    """Who was told “until the 16th” can still answer in the evening of the 16th."""
    tokyo = workdays(Calendar())

    assert last_day(PULSE, NOON, tokyo) == date(2026, 4, 16)
    assert closes_at(PULSE, NOON, tokyo) == at("2026-04-17 00:00")


def test_a_short_survey_says_how_short() -> None:
    """Ten seconds for a scale, forty for a text, rounded up to minutes."""
    assert minutes(PULSE) == 1
    assert minutes(Survey((EASE, EASE, WORRY, REASON))) == 2


def test_versions_that_ask_the_same_belong_together() -> None:
    """The intro may change; a question, its scale or its words may not."""
    same = Survey((EASE, WORRY), intro="こんにちは", sender="hr")
    others = [
        Survey((EASE,)),
        Survey((EASE, REASON)),
        Survey((Question("ease", "話しやすさ", (1, 7)), WORRY)),
    ]

    assert form_of(same) == form_of(PULSE)
    assert len({form_of(each) for each in [PULSE, *others]}) == 4


def test_nothing_is_said_of_a_group_that_is_too_small() -> None:
    """Four of five: no count, no mean, no text."""
    sheets: list[Answers] = [{"ease": 4, "worry": "a"}] * 4
    few = figures(PULSE, columns(sheets), 4, 5)
    enough = figures(PULSE, columns([*sheets, {"ease": 2}]), 5, 5)

    assert few == ()
    assert (enough[0].mean, enough[0].counts) == (3.6, {1: 0, 2: 1, 3: 0, 4: 4, 5: 0})
    assert enough[1].texts == ("a", "a", "a", "a")


def test_what_is_shown_of_a_box_grows_by_whole_groups() -> None:
    """The sixth answer is not the difference between two pages: five more are waited for."""
    box, seen = Box(), []
    for number in range(12):
        box = dropped(box, {"ease": 1 + number % 5}, 5)
        seen.append((box.count, box.shown_count))

    assert [shown for _, shown in seen] == [0, 0, 0, 0, 5, 5, 5, 5, 5, 10, 10, 10]
    assert len(box.answers["ease"]) == 12
    assert len(box.shown["ease"]) == 10


@given(any_.permutations([{"ease": 1, "worry": "b"}, {"ease": 5}, {"ease": 3, "worry": "a"}]))
def test_a_box_does_not_know_who_came_first(sheets: list[Answers]) -> None:
    """In whatever order people answer the box is the same, and nobody's row is in it."""
    box = Box()
    for sheet in sheets:
        box = dropped(box, sheet, 3)

    assert box.answers == {"ease": (1, 3, 5), "worry": ("a", "b")}


def test_what_is_left_out_cannot_be_worked_out() -> None:
    """One small department would be the difference to the whole: a second joins it."""
    sheet: Answers = {"ease": 4}
    parts = grouped({"開発部": (sheet,) * 8, "営業部": (sheet,) * 6, "管理部": (sheet,) * 2}, 5)
    fine = grouped({"開発部": (sheet,) * 8, "営業部": (sheet,) * 5}, 5)
    small = grouped({"開発部": (sheet,) * 2}, 5)

    assert [(part.name, len(part.sheets)) for part in parts] == [("開発部", 8), ("", 8)]
    assert [(part.name, len(part.sheets)) for part in fine] == [("開発部", 8), ("営業部", 5)]
    assert [(part.name, len(part.sheets)) for part in small] == [("", 2)]
