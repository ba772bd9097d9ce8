"""What needs nobody outside: tasks, changes to a record, enrollment in another playbook.

Claimed, done and recorded in one transaction: it happens entirely, or not at all.
"""

import json
import traceback
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, insert, select, update

from worker import logs
from worker.domain.cases import DUE, Case
from worker.domain.errors import BrokenPromise, StoreError
from worker.domain.facts import RETRACTED, Digest, Fact, PersonId, PlaybookId, StepId
from worker.domain.intents import State
from worker.domain.outcomes import Done
from worker.domain.plan import Enroll, Task, Update
from worker.domain.workdays import workdays
from worker.engine import tables
from worker.engine.enroll import Audience
from worker.engine.journal.as_text import to_json
from worker.engine.journal.cases import load_cases
from worker.engine.journal.enrollments import enroll
from worker.engine.journal.facts import write_facts
from worker.engine.journal.holds import lock_records
from worker.engine.journal.intents import Settled, claim, has_due, settle, write_intents
from worker.engine.journal.lanes import LOCAL, is_held
from worker.engine.journal.rows import fact_row
from worker.engine.journal.store import Store
from worker.engine.journal.wake import wake
from worker.engine.look import Cancel, GiveUp, Go, Wait, Withdraw, look_again
from worker.engine.render import Edition, Editions
from worker.engine.settle import Answered, Recorder, fact_about
from worker.engine.staff_mail import Origin, of_a_task
from worker.engine.tables import stamp
from worker.engine.work import Work
from worker.ports import Clock

_BATCH = 100
_LEASE = timedelta(minutes=1)  # never seen by anybody: it ends with the transaction

_person = tables.person.c


class Local:
    """Carries out what happens in the journal alone."""

    def __init__(
        self,
        store: Store,
        editions: Editions,
        recorder: Recorder,
        *,
        staff_lane: str,
        audience: Audience | None = None,
        relives: bool = False,
    ) -> None:
        self._relives = relives
        self._store = store
        self._editions = editions
        self._recorder = recorder
        self._staff_lane = staff_lane  # by which mails to staff leave
        self._audience = audience or Audience()

    def perform(self, clock: Clock, is_stopping: Callable[[], bool]) -> int:
        """Do everything that is due; says how much."""
        done = 0
        while not is_stopping():
            now = clock.now()
            with self._store.read() as connection:
                if not has_due(connection, LOCAL, stamp(now)):
                    break
                if is_held(connection, now, relives=self._relives):
                    break
            with self._store.write() as connection:
                done += self._batch(connection, now)
        return done

    def _batch(self, connection: Connection, now: datetime) -> int:
        at, lease = stamp(now), stamp(now + _LEASE)
        works = claim(connection, LOCAL, _BATCH, now=at, lease=lease)
        people = sorted({work.person for work in works})
        lock_records(connection, people)
        cases = load_cases(connection, people, self._editions.plan)
        done = [work for work in works if self._one(connection, work, cases[work.person], now)]
        self._recorder.record(connection, LOCAL, [Answered(work, Done()) for work in done], now)
        return len(works)

    def _one(self, connection: Connection, work: Work, case: Case, now: datetime) -> bool:
        """Do one; a fault of ours undoes it alone, and parks it with its text.

        Trouble of the journal is no such fault: SQLite undoes all of the batch where its disk is
        full, and what was written after that would stand alone.
        """
        try:
            with self._store.translated():
                return self._looked_at(connection, work, case, now)
        except StoreError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and concerns one
            logs.bug(doing=work.key, error=error)
            text = traceback.format_exc(limit=-6)
            _settle(connection, work, State.PARKED, text, None, stamp(now))
            return False

    def _looked_at(self, connection: Connection, work: Work, case: Case, now: datetime) -> bool:
        """Look at one again, and do it if it still holds; says whether it was done."""
        edition = self._editions.of(Digest(work.digest))
        verdict = look_again(work, case, edition, now)
        match verdict:
            case Go():
                with connection.begin_nested():
                    self._do(connection, work, case, edition, now)
                return True
            case Wait():
                _settle(connection, work, State.READY, "", stamp(verdict.until), None)
            case Cancel() | Withdraw():
                because = verdict.because.value
                _settle(connection, work, State.CANCELLED, because, None, stamp(now))
                if isinstance(verdict, Withdraw):
                    write_facts(connection, [fact_about(work, DUE, stamp(now), RETRACTED)])
                    wake(connection, [work.person], stamp(now))
            case GiveUp():
                _settle(connection, work, State.REFUSED, "given up", None, stamp(now))
        return False

    def _do(
        self, connection: Connection, work: Work, case: Case, edition: Edition, now: datetime
    ) -> None:
        action = edition.action(work.step, work.rung, work.kind)
        match action:
            case Task():
                due = None
                if action.due is not None:
                    days = workdays(edition.plan.calendar)
                    due = stamp(days.after(now, action.due))
                connection.execute(insert(tables.task).values(_task_row(work, action, now, due)))
                roles, lane = case.person.roles, self._staff_lane
                mails = of_a_task(_origin(work), action, roles, edition.plan, lane, now)
                write_intents(connection, mails)
            case Update():
                _change(connection, case, action, now)
            case Enroll():
                digest = self._audience.current.get(action.playbook)
                if digest is None:
                    raise BrokenPromise(
                        f"There is no playbook {action.playbook!r} to enroll anybody in."
                    )
                wanted = [(case.person.id, PlaybookId(action.playbook), digest)]
                enroll(connection, wanted, stamp(now))
            case _:
                raise BrokenPromise(f"{work.key}: a {work.kind} needs somebody outside.")


def _origin(work: Work) -> Origin:
    return Origin(
        work.key,
        work.person,
        work.enrollment,
        work.playbook,
        work.digest,
        StepId(work.step),
        work.occurrence,
        work.rung,
    )


def _settle(
    connection: Connection,
    work: Work,
    state: State,
    why: str,
    next_at: int | None,
    settled_at: int | None,
) -> None:
    settle(connection, [Settled(work.id, work.fence, state, next_at, settled_at, why)])


def _task_row(work: Work, action: Task, now: datetime, due: int | None) -> dict[str, Any]:
    return {
        "intent_id": work.id,
        "person_id": work.person,
        "playbook": work.playbook,
        "step": work.step,
        "occurrence": work.occurrence,
        "rung": work.rung,
        "text": action.text,
        "owner": action.owner,
        "opened_at": stamp(now),
        "due_at": due,
    }


# What `update` may change of the record itself; anything else is an attribute.
_COLUMNS = frozenset({"kind", "department", "pace", "locale", "timezone"})


def _change(connection: Connection, case: Case, action: Update, now: datetime) -> None:
    """Change what is known of the person, and note the fact that the step names."""
    row = connection.execute(
        select(_person.tags, _person.attributes).where(_person.id == case.person.id)
    ).one()
    tags = (set(json.loads(row.tags)) | set(action.add_tags)) - set(action.remove_tags)
    attributes: dict[str, Any] = json.loads(row.attributes)
    columns: dict[str, Any] = {}
    changed: Mapping[str, Any] = action.attributes
    for name, value in changed.items():
        if name in _COLUMNS:
            columns[name] = str(value)
        else:
            attributes[name] = value
    connection.execute(
        update(tables.person)
        .where(_person.id == case.person.id)
        .values(tags=to_json(sorted(tags)), attributes=to_json(attributes), **columns)
    )
    if action.fact:
        row_of_fact = fact_row(
            PersonId(case.person.id), Fact(action.fact, now), stamp(now), "update"
        )
        write_facts(connection, [row_of_fact])
    wake(connection, [case.person.id], stamp(now))
