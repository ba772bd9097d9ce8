"""Which row holds the headings, and what each column means.

Above the headings a table may have a title over merged cells; the headings may run over two rows
(連絡先 over メール and 電話). What has data and no heading is a mistake: a merged cell hid it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import TypeAlias

from worker.people.cells import text_of
from worker.people.headings import (
    ATTRIBUTES_BY_HEADING,
    FACTS_BY_HEADING,
    PEOPLE,
    PEOPLE_BY_HEADING,
    STAFF,
    STAFF_BY_HEADING,
    attribute_name,
    folded,
    meaning_of_people,
)
from worker.people.sheets import Row, Sheet, letters
from worker.problems import Problem, nearest

_LOOKED_AT = 20  # rows in which the headings must stand
_ENOUGH = 2  # known headings make a row of headings

Meaning: TypeAlias = Callable[[str], tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    index: int  # 0-based
    heading: str  # as written
    name: str  # of the field, the fact or the attribute
    what: str  # field | fact | attribute


@dataclass(frozen=True, slots=True)
class Headed:
    """A table whose headings are understood: the columns, and the rows below them."""

    columns: tuple[Column, ...]
    rows: Iterator[Row]
    row: int  # of the headings
    width: int = 0  # columns from the first to the last heading
    unheaded: frozenset[int] = frozenset()  # columns among them without one
    problems: tuple[Problem, ...] = ()


def people_columns(sheet: Sheet, facts: frozenset[str]) -> Headed:
    """Understand the headings of a table of people; *facts* are those that playbooks name."""

    def meaning(heading: str) -> tuple[str, str]:
        return meaning_of_people(heading, facts)

    known = {**PEOPLE_BY_HEADING, **FACTS_BY_HEADING, **ATTRIBUTES_BY_HEADING}
    return _headed(sheet, known, PEOPLE, meaning)


def staff_columns(sheet: Sheet) -> Headed:
    """Understand the headings of a table of staff."""

    def meaning(heading: str) -> tuple[str, str]:
        name = STAFF_BY_HEADING.get(folded(heading))
        return (name, "field") if name else (attribute_name(heading), "attribute")

    return _headed(sheet, STAFF_BY_HEADING, STAFF, meaning)


def _headed(
    sheet: Sheet,
    known: Mapping[str, str],
    fields: Mapping[str, tuple[str, ...]],
    meaning: Meaning,
) -> Headed:
    first = list(islice(sheet.rows, _LOOKED_AT))
    place = _heading_row(first, known)
    if place is None:
        return Headed((), iter(()), 0, problems=(Problem(sheet.shown, 0, 0, "people.empty"),))
    number, cells = first[place]
    headings = [text_of(cell) for cell in cells]
    below = first[place + 1 :]
    if below and (joined := _two_rows(headings, below[0][1], known)) is not None:
        headings, number, below = joined, below[0][0], below[1:]
    columns, problems = _meanings(sheet.shown, number, headings, fields, meaning)
    width = max((index + 1 for index, heading in enumerate(headings) if heading), default=0)
    unheaded = frozenset(index for index, heading in enumerate(headings[:width]) if not heading)
    problems += _needed(sheet.shown, number, headings, columns, fields)
    rows = chain(below, sheet.rows)
    return Headed(columns, rows, number, width, unheaded, tuple(problems))


def _heading_row(rows: Sequence[Row], known: Mapping[str, str]) -> int | None:
    """Find the row with the most known headings; else the first that is not empty."""
    best, most, first = None, 0, None
    for place, (_, cells) in enumerate(rows):
        texts = [text for cell in cells if (text := text_of(cell))]
        if first is None and texts:
            first = place
        count = sum(folded(text) in known for text in texts)
        if count > most:
            best, most = place, count
    if first is None or (best is not None and (most >= _ENOUGH or best == first)):
        return best
    return first


def _two_rows(
    upper: list[str], cells: Sequence[object], known: Mapping[str, str]
) -> list[str] | None:
    """Give headings that run over two rows: the second row names what the first leaves open.

    It is one only if all it says are known headings, under no heading that is known itself.
    """
    lower = [text_of(cell) for cell in cells]
    said = [(index, text) for index, text in enumerate(lower) if text]
    if not said or not all(folded(text) in known for _, text in said):
        return None
    width = max(len(upper), len(lower))
    above = upper + [""] * (width - len(upper))
    if any(folded(above[index]) in known for index, _ in said):
        return None
    return [lower[i] if i < len(lower) and lower[i] else above[i] for i in range(width)]


def _meanings(
    shown: str,
    row: int,
    headings: Sequence[str],
    fields: Mapping[str, tuple[str, ...]],
    meaning: Meaning,
) -> tuple[tuple[Column, ...], list[Problem]]:
    """Give each column its meaning; of two that mean one thing, the plainer heading wins it."""
    taken: dict[tuple[str, str], Column] = {}
    problems: list[Problem] = []
    for index, heading in enumerate(headings):
        if not heading:
            continue
        name, what = meaning(heading)
        column = Column(index, heading, name, what)
        other = taken.get((what, name))
        if other is None:
            taken[what, name] = column
            continue
        ranks = [_rank(one.heading, fields.get(name, ())) for one in (other, column)]
        spare = attribute_name(heading), attribute_name(other.heading)
        if what == "field" and ranks[0] != ranks[1]:
            winner, loser = (other, column) if ranks[0] < ranks[1] else (column, other)
            taken[what, name] = winner
            extra = spare[0] if loser is column else spare[1]
            taken["attribute", extra] = Column(loser.index, loser.heading, extra, "attribute")
            continue
        values = (
            ("cell", f"{letters(index + 1)}{row}"),
            ("found", heading),
            ("first", letters(other.index + 1)),
        )
        problems.append(Problem(shown, row, index + 1, "people.column_twice", values))
    return tuple(sorted(taken.values(), key=lambda column: column.index)), problems


def _rank(heading: str, aliases: Sequence[str]) -> int:
    """Say how plain a name for a field is: its own name first, then the aliases in order."""
    keys = [folded(alias) for alias in aliases]
    key = folded(heading)
    return keys.index(key) + 1 if key in keys else 0


def _needed(
    shown: str,
    row: int,
    headings: Sequence[str],
    columns: Sequence[Column],
    fields: Mapping[str, tuple[str, ...]],
) -> list[Problem]:
    """Report columns without which there is no table: a name, and an address."""
    have = {column.name for column in columns if column.what == "field"}
    if {"family_name", "given_name"} <= have:
        have.add("name")
    problems = []
    for name in ("name", "email"):
        if name in have:
            continue
        words = (name, *fields[name])
        meant = next((near for heading in headings if (near := nearest(heading, words))), "")
        values = (("found", fields[name][0]), ("name", name))
        problems.append(Problem(shown, row, 0, "people.column_needed", values, (), meant))
    return problems
