"""People as decisions see them: with the members of staff who hold each role for them."""

import json
from collections.abc import Iterable, Iterator

from worker.domain.facts import Fact, Facts
from worker.engine.behaviour import Subject
from worker.engine.journal.roles import Directory
from worker.people.records import PersonRecord, StaffRecord


def subjects_of(records: Iterable[PersonRecord], staff: Iterable[StaffRecord]) -> Iterator[Subject]:
    """Give people with their roles and dated facts, in the order of *records*."""
    directory = Directory(staff)
    for record in records:
        roles = directory.roles_of(
            record.department, json.dumps(record.mentor), json.dumps(record.manager)
        )
        facts = Facts(Fact(name, at) for name, at in record.facts.items())
        yield Subject(record.as_person(roles), facts)
