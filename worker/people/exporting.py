"""People as a CSV that Excel opens and that `reading` gives back the same records of.

A value that Excel would run as a formula is written with an apostrophe, which reading takes away.
"""

import csv
import os
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TextIO

from worker.domain.facts import Value
from worker.people.cells import guarded
from worker.people.dates import written
from worker.people.headings import ATTRIBUTES, FACTS, PEOPLE, meaning_of_people
from worker.people.records import PersonRecord

_FIELDS = (
    "id", "name", "kana", "email", "locale", "kind", "department", "mentor", "manager", "pace",
    "timezone", "tags",
)  # fmt: skip
_FIRST = ("offer", "accept", "join")


def export_people(
    path: Path, records: Sequence[PersonRecord], *, zone: str, language: str = "ja"
) -> None:
    """Write a CSV (UTF-8 with BOM) that only its owner may read; all of it or nothing."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with open(handle, "w", encoding="utf-8-sig", newline="") as file:  # noqa: PTH123 - of an open handle
            write_people(file, records, zone=zone, language=language)
        beside.replace(path)
    finally:
        with suppress(FileNotFoundError):
            beside.unlink()


def write_people(
    file: TextIO, records: Sequence[PersonRecord], *, zone: str, language: str = "ja"
) -> None:
    """Write a CSV with a column for every fact and attribute that anybody has."""
    facts = _ordered({name for record in records for name in record.facts})
    attributes = sorted({name for record in records for name in record.attributes})
    writer = csv.writer(file, lineterminator="\r\n")
    writer.writerow(guarded(heading) for heading in _headings(facts, attributes, language))
    for record in records:
        writer.writerow(
            [
                *(guarded(_joined(getattr(record, name))) for name in _FIELDS),
                *(_date(record.facts.get(name), zone) for name in facts),
                *(guarded(_value(record.attributes.get(name))) for name in attributes),
            ]
        )


def _headings(facts: Sequence[str], attributes: Sequence[str], language: str) -> Iterable[str]:
    """Give headings that are read as what they are: in Japanese where there is a word."""
    for name in _FIELDS:
        yield PEOPLE[name][0] if language == "ja" else name
    for what, known, names in (("fact", FACTS, facts), ("attribute", ATTRIBUTES, attributes)):
        for name in names:
            plain = known[name][0] if language == "ja" and name in known else name
            means = meaning_of_people(plain, frozenset()) == (name, what)
            yield plain if means else f"{what}s.{name}"


def _ordered(names: set[str]) -> list[str]:
    return [*(name for name in _FIRST if name in names), *sorted(names - set(_FIRST))]


def _joined(value: str | tuple[str, ...] | frozenset[str]) -> str:
    if isinstance(value, str):
        return value
    return ", ".join(sorted(value) if isinstance(value, frozenset) else value)


def _date(at: datetime | None, zone: str) -> str:
    return "" if at is None else written(at, zone)


def _value(value: Value) -> str:
    if value is None:
        return ""
    return str(value).upper() if isinstance(value, bool) else str(value)
