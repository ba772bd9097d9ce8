"""What a group has answered: counts and means, and nothing where the group is too small.

A figure of few people is a figure of each of them. And two figures that differ by few people tell
of those few: so what is shown of an anonymous survey grows by whole groups only.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from worker.domain.facts import Value
from worker.domain.plan import Question, Survey
from worker.domain.surveys import Answers

Columns = Mapping[str, tuple[Value, ...]]  # by the id of a question, each sorted by itself


@dataclass(frozen=True, slots=True)
class Box:
    """The answers to one anonymous survey, and as many of them as may be shown."""

    count: int = 0
    answers: Columns = field(default_factory=dict)
    shown_count: int = 0
    shown: Columns = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """What a group has answered to one question."""

    question: Question
    answers: int
    counts: Mapping[int, int] = field(default_factory=dict)  # by the point of a scale, all of them
    mean: float | None = None
    texts: tuple[str, ...] = ()


def dropped(box: Box, answers: Answers, least: int) -> Box:
    """Put one person's answers into a box; they are shown when a whole group of them is new."""
    count = box.count + 1
    grown = columns([*_sheets(box.answers), answers])
    if count - box.shown_count < least:
        return Box(count, grown, box.shown_count, box.shown)
    return Box(count, grown, count, grown)


def columns(sheets: Iterable[Answers]) -> dict[str, tuple[Value, ...]]:
    """Take answers apart by question, and sort each: who gave which is lost."""
    found: dict[str, list[Value]] = {}
    for sheet in sheets:
        for name, value in sheet.items():
            found.setdefault(name, []).append(value)
    return {name: tuple(sorted(found[name], key=_in_order)) for name in sorted(found)}


def figures(survey: Survey, answered: Columns, count: int, least: int) -> tuple[Figure, ...]:
    """Give the figures of *count* people; none at all if they are fewer than *least*."""
    if count < least:
        return ()
    return tuple(_figure(question, answered.get(question.id, ())) for question in survey.questions)


def _figure(question: Question, values: tuple[Value, ...]) -> Figure:
    if question.scale is None:
        texts = tuple(value for value in values if isinstance(value, str))
        return Figure(question, len(texts), texts=texts)
    low, high = question.scale
    marks = [value for value in values if isinstance(value, int) and low <= value <= high]
    counted = Counter(marks)
    counts = {point: counted[point] for point in range(low, high + 1)}
    return Figure(question, len(marks), counts, sum(marks) / len(marks) if marks else None)


def _sheets(answered: Columns) -> list[dict[str, Value]]:
    """Give sheets of which `columns` makes the same again."""
    return [{name: value} for name, values in answered.items() for value in values]


def _in_order(value: Value) -> tuple[bool, float, str]:
    if isinstance(value, int | float):
        return False, value, ""
    return True, 0, str(value)


@dataclass(frozen=True, slots=True)
class Group:
    """People who share a value, and what they have answered; `name` is empty of the rest."""

    name: str
    sheets: tuple[Answers, ...]


def grouped(sheets: Mapping[str, tuple[Answers, ...]], least: int) -> tuple[Group, ...]:
    """Give the groups that are large enough, the largest first, and the rest together.

    What is left out must not be what is missing from the whole: if the rest is too small, the
    smallest group joins it.
    """
    by_size = sorted(sheets.items(), key=lambda one: (-len(one[1]), one[0]))
    shown = [Group(name, found) for name, found in by_size if len(found) >= least]
    rest = tuple(sheet for _, found in by_size if len(found) < least for sheet in found)
    while rest and len(rest) < least and shown:
        rest += shown.pop().sheets
    return (*shown, *((Group("", rest),) if rest else ()))
