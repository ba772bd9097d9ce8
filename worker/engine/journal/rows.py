"""Rows of the journal ↔ the domain's words. Bare tuples in, frozen dataclasses out; no statements.

The order of columns is fixed here once (`PERSON`, `FACT`, …), so that a row is unpacked and never
looked up by name: a batch of a hundred people is a few thousand values.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from worker.domain.facts import Fact, Person, PersonId, PlaybookId, Staff, StaffId, Value
from worker.engine import tables
from worker.engine.journal.as_text import to_json
from worker.engine.tables import moment, stamp
from worker.people.addresses import address_key
from worker.people.records import PersonRecord, StaffRecord

_person = tables.person.c
PERSON = (
    _person.id,
    _person.name,
    _person.email,
    _person.kana,
    _person.locale,
    _person.kind,
    _person.department,
    _person.mentor,
    _person.manager,
    _person.pace,
    _person.timezone,
    _person.tags,
    _person.attributes,
)
_fact = tables.fact.c
FACT = (
    _fact.person_id,
    _fact.name,
    _fact.at,
    _fact.playbook,
    _fact.occurrence,
    _fact.value,
    _fact.contact,
)
_staff = tables.staff.c
STAFF = (_staff.id, _staff.name, _staff.email, _staff.role, _staff.department, _staff.attributes)

_EMPTY: Mapping[str, Value] = {}
_NO_TAGS: frozenset[str] = frozenset()
_NO_FACTS: Mapping[str, datetime] = {}


def person_row(person: PersonRecord) -> dict[str, Any]:
    """Write a person as a row; facts are rows of their own."""
    return {
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "email_key": address_key(person.email),
        "kana": person.kana,
        "locale": person.locale,
        "kind": person.kind,
        "department": person.department,
        "mentor": to_json(person.mentor),
        "manager": to_json(person.manager),
        "pace": person.pace,
        "timezone": person.timezone,
        "tags": to_json(sorted(person.tags)),
        "attributes": to_json(dict(person.attributes)),
    }


def person_of(row: Sequence[Any], facts: Mapping[str, datetime] | None = None) -> PersonRecord:
    """Read a row of the columns `PERSON`; *facts* are the dated ones a table of people has."""
    mentor, manager, tags, attributes = row[7], row[8], row[11], row[12]
    return PersonRecord(
        PersonId(row[0]),
        row[1],
        row[2],
        row[3],
        row[4],
        row[5],
        row[6],
        () if mentor == "[]" else tuple(json.loads(mentor)),
        () if manager == "[]" else tuple(json.loads(manager)),
        row[9],
        row[10],
        _NO_TAGS if tags == "[]" else frozenset(json.loads(tags)),
        facts if facts is not None else _NO_FACTS,
        _EMPTY if attributes == "{}" else json.loads(attributes),
    )


def decided_on(row: Sequence[Any], roles: Mapping[str, tuple[Staff, ...]]) -> Person:
    """Read a row of the columns `PERSON` as decisions want it: `person_of(row).as_person(roles)`.

    The short way: decisions read every person twice for every mail.
    """
    tags, attributes = row[11], row[12]
    known = _EMPTY if attributes == "{}" else _attributes(attributes)
    return Person(
        row[0],
        row[1],
        row[2],
        row[4],
        row[5],
        row[6],
        row[9],
        row[10],
        _NO_TAGS if tags == "[]" else frozenset(json.loads(tags)),
        {**known, "kana": row[3]} if row[3] else known,
        roles,
    )


@lru_cache(maxsize=2048)  # a person is read at the tick, and again when the mail is claimed
def _attributes(text: str) -> Mapping[str, Value]:
    """Read what else is known of a person; for reading only."""
    known: Mapping[str, Value] = json.loads(text)
    return known


def staff_row(member: StaffRecord) -> dict[str, Any]:
    """Write a member of staff as a row."""
    return {
        "id": member.id,
        "name": member.name,
        "email": member.email,
        "email_key": address_key(member.email),
        "role": to_json(member.role),
        "department": member.department,
        "attributes": to_json(dict(member.attributes)),
    }


def staff_of(row: Sequence[Any]) -> StaffRecord:
    """Read a row of the columns `STAFF`."""
    return StaffRecord(
        StaffId(row[0]), row[1], row[2], tuple(json.loads(row[3])), row[4], json.loads(row[5])
    )


def fact_row(person: PersonId, fact: Fact, noted_at: int, source: str) -> dict[str, Any]:
    """Write a fact as a row."""
    return {
        "person_id": person,
        "playbook": fact.playbook,
        "name": fact.name,
        "at": stamp(fact.at),
        "occurrence": fact.occurrence,
        "value": None if fact.value is None else to_json(fact.value),
        "contact": fact.contact,
        "noted_at": noted_at,
        "source": source,
    }


def fact_of(row: Sequence[Any]) -> Fact:
    """Read a row of the columns `FACT`."""
    _, name, at, playbook, occurrence, value, contact = row
    return Fact(
        name,
        moment(at),
        PlaybookId(playbook),
        occurrence,
        None if value is None else _value(value),
        bool(contact),
    )


def _value(text: str) -> Value:
    read: Value = json.loads(text)
    return read
