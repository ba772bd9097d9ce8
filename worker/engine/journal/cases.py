"""Whole cases, many at a time: what a decision reads, in four statements for a hundred people."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select

from worker.domain.cases import Case, Enrollment
from worker.domain.contact import as_they_wish
from worker.domain.facts import Digest, Facts, PersonId
from worker.domain.intents import EnrollmentId
from worker.domain.plan import Plan
from worker.engine import tables
from worker.engine.journal.enrollments import ENROLLMENT, steps_of
from worker.engine.journal.facts import load_facts
from worker.engine.journal.people import staff_rows
from worker.engine.journal.roles import Directory
from worker.engine.journal.rows import PERSON, decided_on, staff_of
from worker.engine.journal.statement import Statement, listed, one_of
from worker.engine.journal.store import Store
from worker.engine.journal.wake import BATCH, batches
from worker.engine.tables import moment, moment_or_none

_person = tables.person.c
_enrollment = tables.enrollment.c
_PEOPLE = Statement(select(*PERSON).where(one_of(_person.id, "people")))
_ENROLLMENTS = Statement(
    select(*ENROLLMENT).where(one_of(_enrollment.person_id, "people")).order_by(_enrollment.id)
)

PlanOf = Callable[[Digest], Plan]


class Cases:
    """Everybody's case, as decisions, previews and explanations read it."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, people: Sequence[PersonId], plan_of: PlanOf) -> list[Case]:
        """Give the cases of *people* in the order asked; who is not known is left out."""
        cases: dict[str, Case] = {}
        with self._store.read() as connection:
            for batch in batches(people, BATCH):
                cases |= load_cases(connection, batch, plan_of)
        return [cases[person] for person in people if person in cases]


@lru_cache(maxsize=4)
def _directory(rows: tuple[tuple[Any, ...], ...]) -> Directory:
    """Give the directory of these rows; as long as they are the same, the same one."""
    return Directory(staff_of(row) for row in rows)


def load_cases(connection: Connection, people: Sequence[str], plan_of: PlanOf) -> dict[str, Case]:
    """Read the cases of at most a batch of *people* within a transaction of others."""
    wanted = {"people": listed(people)}
    directory = _directory(tuple(staff_rows(connection)))
    facts = load_facts(connection, people)
    enrollments: dict[str, list[Enrollment]] = {}
    for row in _ENROLLMENTS.rows(connection, wanted):
        id_, person, _, digest, since, moved_at, steps_before, paused = row
        enrollments.setdefault(person, []).append(
            Enrollment(
                EnrollmentId(id_),
                plan_of(digest),
                moment(since),
                moment_or_none(moved_at),
                steps_of(steps_before),
                bool(paused),
            )
        )
    cases: dict[str, Case] = {}
    for person_row in _PEOPLE.rows(connection, wanted):
        id_ = person_row[0]
        known = Facts(facts.get(id_, ()))
        person = decided_on(person_row, directory.roles_of(*person_row[6:9]))
        cases[id_] = Case(
            as_they_wish(person, known),
            known,
            tuple(enrollments.get(id_, ())),
        )
    return cases
