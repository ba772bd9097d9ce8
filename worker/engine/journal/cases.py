"""Whole cases, many at a time: what a decision reads, in four statements for a hundred people."""

from collections.abc import Callable, Sequence

from sqlalchemy import Connection, select

from worker.domain.cases import Case, Enrollment
from worker.domain.facts import Digest, Facts, PersonId
from worker.domain.intents import EnrollmentId
from worker.domain.plan import Plan
from worker.engine import tables
from worker.engine.journal.enrollments import ENROLLMENT, steps_of
from worker.engine.journal.facts import load_facts
from worker.engine.journal.people import all_staff
from worker.engine.journal.roles import Directory
from worker.engine.journal.rows import PERSON, person_of
from worker.engine.journal.store import Store
from worker.engine.journal.wake import BATCH, batches
from worker.engine.tables import moment, moment_or_none

_person = tables.person.c
_enrollment = tables.enrollment.c
_PEOPLE = select(*PERSON)
_ENROLLMENTS = select(*ENROLLMENT).order_by(_enrollment.person_id, _enrollment.id)

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


def load_cases(connection: Connection, people: Sequence[str], plan_of: PlanOf) -> dict[str, Case]:
    """Read the cases of at most a batch of *people* within a transaction of others."""
    directory = Directory(all_staff(connection))
    facts = load_facts(connection, people)
    enrollments: dict[str, list[Enrollment]] = {}
    for row in connection.execute(_ENROLLMENTS.where(_enrollment.person_id.in_(people))):
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
    for person_row in connection.execute(_PEOPLE.where(_person.id.in_(people))):
        record = person_of(person_row)
        cases[record.id] = Case(
            record.as_person(directory.roles_of(record)),
            Facts(facts.get(record.id, ())),
            tuple(enrollments.get(record.id, ())),
        )
    return cases
