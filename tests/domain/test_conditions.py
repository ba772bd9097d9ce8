"""Conditions on people and facts, with the part that decided."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.domain.stories import AOI, TOKYO, at, playbook
from worker.domain.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Found,
    Literal,
    Name,
    Not,
    Truth,
    evaluate,
    names,
    text_of,
    turning_points,
)
from worker.domain.facts import Fact, Facts, PlaybookId, Staff, StaffId
from worker.domain.plan import Calendar
from worker.domain.sight import Sight, belongs
from worker.domain.workdays import workdays

YEAR = Name(("person", "graduation_year"))
PACE = Name(("person", "pace"))


def _asks(values: Mapping[tuple[str, ...], Found], condition: Condition) -> bool:
    return evaluate(condition, values.get).holds


@pytest.mark.parametrize(
    ("left", "operator", "right", "expected"),
    [
        (2027, "==", 2027, True),
        ("2027", "==", 2027, True),  # a table's cell is text
        ("2027", "<", 2028, True),
        ("x", "<", 2028, False),
        (None, "==", 2027, False),
        (None, "!=", 2027, True),
        (None, "<", 2027, False),
        (None, "in", ("a", "b"), False),
        (None, "not in", ("a", "b"), True),
        ("a", "in", ("a", "b"), True),
        ("a", "in", frozenset({"a"}), True),
        ("営業", "in", "第一営業部", True),
        ("b", ">=", "a", True),
        (True, "==", "yes", True),
        ("no", "==", False, True),
        (3, "==", True, False),
        (2.5, ">", "2", True),
        (datetime(2026, 4, 1, 10, tzinfo=TOKYO), "==", "2026-04-01", True),
        (datetime(2026, 4, 1, 10, tzinfo=TOKYO), ">", "2026-04-01", False),
        (datetime(2026, 4, 1, 10, tzinfo=TOKYO), "<", "2026-04-01 11:00", True),
        ("2026-04-02", ">", datetime(2026, 4, 1, 10, tzinfo=TOKYO), True),
        (datetime(2026, 4, 1, tzinfo=TOKYO), "<", "tomorrow", False),
    ],
)
def test_values_meet_as_people_mean_them(
    left: Found, operator: str, right: Found, expected: bool
) -> None:
    """Numbers in cells are numbers, dates are days, what is unknown equals nothing."""
    one, other = Name(("one",)), Name(("other",))

    verdict = _asks({("one",): left, ("other",): right}, Compare(one, operator, other))

    assert verdict is expected


def test_the_verdict_names_the_part_that_decided() -> None:
    """Of several parts joined by `and` the first that fails is told, with what was found."""
    condition = All((Compare(YEAR, "==", Literal(2027)), Compare(PACE, "!=", Literal("gentle"))))
    values: dict[tuple[str, ...], Found] = {YEAR.path: 2027, PACE.path: "gentle"}

    verdict = evaluate(condition, values.get)

    assert not verdict
    assert verdict.reason.value("text") == 'person.pace != "gentle"'
    assert verdict.reason.value("found") == "gentle"


def test_a_condition_reads_as_it_was_written() -> None:
    """The text of a condition keeps its brackets where they matter."""
    condition = All(
        (
            AnyOf((Truth(Name(("facts", "accept"))), Compare(PACE, "in", Literal(("a", "b"))))),
            Not(Truth(Name(("mentor",)))),
        )
    )

    assert text_of(condition) == '(facts.accept or person.pace in ["a", "b"]) and not (mentor)'
    assert names(condition) == {("facts", "accept"), ("person", "pace"), ("mentor",)}


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)


@given(
    values,
    st.sampled_from(["==", "!=", "<", "<=", ">", ">=", "in", "not in"]),
    values | st.tuples(values) | st.just(datetime(2026, 4, 1, tzinfo=TOKYO)),
)
def test_any_two_values_can_be_compared(left: Found, operator: str, right: Found) -> None:
    """No table and no answer makes a decision fail."""
    one, other = Name(("one",)), Name(("other",))
    found: dict[tuple[str, ...], Found] = {("one",): left, ("other",): right}

    same = _asks(found, Compare(one, operator, other))

    assert same is not _asks(found, Not(Compare(one, operator, other)))
    turning_points(Compare(Name(("now",)), operator, other), lambda path: found.get(path, right))


def test_a_day_that_means_for_ever_is_followed_by_none() -> None:
    """9999-12-31, as tables write it, is met when it begins."""
    found: dict[tuple[str, ...], Found] = {
        ("now",): at("2026-04-05 10:00"),
        ("person", "until"): "9999-12-31",
    }

    [met] = turning_points(Compare(Name(("now",)), "<", Name(("person", "until"))), found.get)

    assert (met.year, met.month, met.day) == (9999, 12, 31)


def _sight(facts: Facts) -> Sight:
    mentor = Staff(StaffId("s1"), "佐藤", "sato@example.jp", attributes={"club": "登山"})
    person = replace(
        AOI, tags=frozenset({"close-call"}), attributes={"year": 2027}, roles={"mentor": (mentor,)}
    )
    return Sight(
        person,
        facts,
        playbook=PlaybookId("naitei"),
        workdays=workdays(Calendar()),
        now=at("2026-04-05 10:00"),
    )


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("person.name", "葵"),
        ("person.year", 2027),
        ("person.nothing", None),
        ("person.tags", frozenset({"close-call"})),
        ("mentor", "佐藤"),
        ("mentor.name", "佐藤"),
        ("mentor.club", "登山"),
        ("pulse.ease", 4),
        ("facts.pulse.ease", 4),
        ("facts.offer", datetime(2026, 4, 1, 9, tzinfo=TOKYO)),
        ("facts.accept", None),
        ("now", datetime(2026, 4, 5, 10, tzinfo=TOKYO)),
    ],
)
def test_names_stand_for_what_is_known(path: str, expected: Found) -> None:
    """Attributes, roles, the latest answer, and the day of a fact in the person's zone."""
    pulse = PlaybookId("naitei")
    facts = Facts(
        [
            Fact("offer", at("2026-04-01 09:00")),
            Fact("pulse.ease", at("2026-04-02 09:00"), pulse, value=2),
            Fact("pulse.ease", at("2026-04-03 09:00"), pulse, value=4),
        ]
    )

    assert _sight(facts).look_up(tuple(path.split("."))) == expected


def test_a_playbook_takes_in_whom_its_audience_describes() -> None:
    """`for:` is a condition; a playbook without one takes nobody in by itself."""
    young = replace(playbook(), audience=Compare(Name(("person", "kind")), "==", Literal("intern")))
    facts, now = Facts(), at("2026-04-05 10:00")

    assert not belongs(young, AOI, facts, now)
    assert belongs(young, replace(AOI, kind="intern"), facts, now)
    assert not belongs(playbook(), AOI, facts, now)
