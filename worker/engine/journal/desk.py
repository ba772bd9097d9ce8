"""What waits for a human, and what a human says to it: drafts, doubts, failures, tasks."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, select, update

from worker.domain.appointments import LETTER_WORD
from worker.domain.cases import APPROVED, FINISHED, SKIPPED
from worker.domain.facts import Digest, Fact, PersonId, PlaybookId, StepId
from worker.domain.intents import FACT_WORD, KIND, STAFF_MAIL, EnrollmentId, Key, State, fact_name
from worker.domain.post import on_the_wire
from worker.domain.reasons import Reason
from worker.engine import tables
from worker.engine.journal.as_text import why_of
from worker.engine.journal.facts import note
from worker.engine.journal.history import first_of_both, of_both
from worker.engine.journal.holds import lock_people
from worker.engine.journal.notices import NOTICE
from worker.engine.journal.store import Store
from worker.engine.journal.wake import wake
from worker.engine.tables import moment, moment_or_none, stamp

WORD_OF_KIND = (
    {KIND[action]: word for action, word in FACT_WORD.items()}
    | STAFF_MAIL
    | {NOTICE: "alerted"}
    | dict(LETTER_WORD)
)
HUMAN = "human"
MAIL = "mail"
_FOR_HUMANS = frozenset({State.DRAFT, State.DOUBT, State.REFUSED, State.PARKED})

_intent = tables.intent.c
_letter = tables.letter.c
_task = tables.task.c


@dataclass(frozen=True, slots=True)
class Wish:
    """An intent as it stands, for somebody to read."""

    id: int
    key: Key
    person: PersonId
    enrollment: EnrollmentId
    playbook: PlaybookId
    digest: Digest
    step: StepId
    occurrence: int
    rung: int
    kind: str
    recipient: str  # the member of staff an alert goes to; empty: the person
    lane: str
    state: State
    next_at: datetime | None
    due_at: datetime
    deadline: datetime | None
    attempts: int
    settled_at: datetime | None
    message_id: str
    outcome: str  # what the other side said last, in its words; or the code of a reason
    resent: bool
    why: tuple[Reason, ...]
    line: int
    subject: str  # of a mail that is written; else empty


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail as it was frozen."""

    sender: str
    recipient: str
    subject: str
    content: bytes


@dataclass(frozen=True, slots=True)
class TaskItem:
    """Something a human is asked to do."""

    id: int
    person: PersonId
    playbook: PlaybookId
    step: StepId
    occurrence: int
    rung: int
    text: str
    owner: str  # a role
    opened_at: datetime
    due_at: datetime | None
    done_at: datetime | None
    done_by: str


_WISH = (
    select(
        _intent.id,
        _intent.key,
        _intent.person_id,
        _intent.enrollment_id,
        _intent.playbook,
        _intent.digest,
        _intent.step,
        _intent.occurrence,
        _intent.rung,
        _intent.kind,
        _intent.recipient,
        _intent.lane,
        _intent.state,
        _intent.next_at,
        _intent.due_at,
        _intent.deadline,
        _intent.attempts,
        _intent.settled_at,
        _letter.message_id,
        _intent.outcome,
        _intent.resent,
        _intent.why,
        _intent.line,
        _letter.subject,
    )
    .select_from(tables.intent)
    .outerjoin(tables.letter, _letter.intent_id == _intent.id)
)


class Desk:
    """What humans look at and decide."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def wishes(self, person: PersonId, step: str = "") -> list[Wish]:
        """Give every intent of one person, of one *step* or of all, by when it was due."""
        query = _WISH.where(_intent.person_id == person)
        if step:
            query = query.where(_intent.step == step)
        wishes = self._ever(query.order_by(_intent.due_at, _intent.id))
        return sorted(wishes, key=lambda one: (one.due_at, one.id))

    def wish(self, key: str) -> Wish | None:
        """Give one intent."""
        return next(iter(self._ever(_WISH.where(_intent.key == key))), None)

    def in_state(self, *states: State, most: int = 1000) -> list[Wish]:
        """Give intents that stand so, the oldest first: drafts, doubts, refusals, parked ones."""
        words = [state.value for state in states]
        query = _WISH.where(_intent.state.in_(words)).order_by(_intent.due_at, _intent.id)
        if _FOR_HUMANS.issuperset(states):
            query = query.where(tables.waits_for_a_human)
        return self._wishes(query.limit(most))

    def settled(self, since: datetime, *states: State) -> list[Wish]:
        """Give the intents that came to stand so at *since* or later, by when they did."""
        words = [state.value for state in states]
        query = _WISH.where(_intent.state.in_(words), _intent.settled_at >= stamp(since))
        wishes = self._ever(query.order_by(_intent.settled_at, _intent.id))
        return sorted(wishes, key=lambda one: (one.settled_at or one.due_at, one.id))

    def letter(self, key: str) -> Letter | None:
        """Give a mail as it was frozen, whether it has been sent or not."""
        query = (
            select(_letter.sender, _letter.recipient, _letter.subject, _letter.content)
            .join(tables.intent, _intent.id == _letter.intent_id)
            .where(_intent.key == key)
        )
        with self._store.read() as connection:
            row = first_of_both(connection, query)
        return None if row is None else Letter(*row)

    def approve(self, key: str, now: datetime, *, by: str = "") -> bool:
        """Release a draft; False if there is none of that key."""
        with self._store.write() as connection:
            row = _standing(connection, key, State.DRAFT)
            if row is None:
                return False
            _note(connection, row, f"{row.step}.{APPROVED}", now, by or None)
            return True

    def discard(self, key: str, now: datetime, *, by: str = "") -> bool:
        """Never send a draft; False if there is none of that key."""
        with self._store.write() as connection:
            row = _standing(connection, key, State.DRAFT)
            if row is None:
                return False
            _set(connection, row.id, State.CANCELLED, None, stamp(now), by or HUMAN)
            _note(connection, row, fact_name(row.step, row.rung, SKIPPED), now, "approval")
            return True

    def mark_sent(self, key: str, now: datetime, *, by: str = "") -> bool:
        """Settle a doubt: it went. The fact dates from the moment it was in doubt."""
        with self._store.write() as connection:
            row = _standing(connection, key, State.DOUBT)
            if row is None:
                return False
            at = row.settled_at or stamp(now)
            _set(connection, row.id, State.DONE, None, at, f"marked as sent {by}".rstrip())
            name = fact_name(row.step, row.rung, WORD_OF_KIND[row.kind])
            _note(connection, row, name, moment(at), by or None, noted=now)
            return True

    def send_again(self, key: str, now: datetime) -> bool:
        """Hand over once more, the very same bytes: a doubt, a refusal, or what was parked.

        To somebody whose address was corrected since it is written anew.
        """
        with self._store.write() as connection:
            row = _standing(connection, key, State.DOUBT, State.REFUSED, State.PARKED)
            if row is None:
                return False
            if not row.recipient:
                _forget_a_letter_elsewhere(connection, row)
            again = (
                update(tables.intent)
                .where(_intent.id == row.id)
                .values(
                    state=State.READY.value,
                    next_at=stamp(now),
                    crashes=0,
                    attempts=0,
                    first_tried_at=None,
                    settled_at=None,
                    resent=row.state == State.DOUBT.value,
                )
            )
            connection.execute(again)
            return True

    def tasks(self, *, person: str = "", everything: bool = False) -> list[TaskItem]:
        """Give what humans are asked to do, the most urgent first; also what is done, if asked."""
        query = select(
            _task.id,
            _task.person_id,
            _task.playbook,
            _task.step,
            _task.occurrence,
            _task.rung,
            _task.text,
            _task.owner,
            _task.opened_at,
            _task.due_at,
            _task.done_at,
            _task.done_by,
        ).order_by(func.coalesce(_task.due_at, 2**62), _task.opened_at, _task.id)
        if person:
            query = query.where(_task.person_id == person)
        if not everything:
            query = query.where(_task.done_at.is_(None))
        with self._store.read() as connection:
            return [_task_of(row) for row in connection.execute(query)]

    def finish(self, task: int, now: datetime, *, by: str = "") -> bool:
        """Note that a task is done; False if it was, or if there is none of that number."""
        with self._store.write() as connection:
            query = select(*tables.task.c).where(_task.id == task, _task.done_at.is_(None))
            row = connection.execute(query.with_for_update()).first()
            if row is None:
                return False
            _finish(connection, row, now, now, by, HUMAN)
            return True

    def _ever(self, query: Any) -> list[Wish]:  # noqa: ANN401 - SQLAlchemy's generic of 24 columns
        """Give what is under way, and what was and has been moved into the history."""
        with self._store.read() as connection:
            return [_wish_of(row) for row in of_both(connection, query)]

    def _wishes(self, query: Any) -> list[Wish]:  # noqa: ANN401 - SQLAlchemy's generic of 24 columns
        with self._store.read() as connection:
            return [_wish_of(row) for row in connection.execute(query)]


def finish_tasks(
    connection: Connection,
    person: str,
    place: tuple[str, str, int, int],
    at: datetime,
    now: datetime,
    *,
    by: str,
) -> None:
    """Note that the open tasks of a step or rung are done, since *at*, as *by* has written.

    *place* is the playbook, step, occurrence and rung.
    """
    playbook, step, occurrence, rung = place
    here = (_task.playbook == playbook, _task.step == step, _task.occurrence == occurrence)
    query = select(*tables.task.c).where(_task.person_id == person, *here, _task.rung == rung)
    for row in connection.execute(query.where(_task.done_at.is_(None)).with_for_update()).all():
        _finish(connection, row, at, now, by, MAIL)


def _finish(
    connection: Connection,
    row: Any,  # noqa: ANN401 - a row of tasks
    at: datetime,
    now: datetime,
    by: str,
    source: str,
) -> None:
    done = update(tables.task).where(_task.id == row.id)
    connection.execute(done.values(done_at=stamp(at), done_by=by))
    name = fact_name(row.step, row.rung, FINISHED)
    _note(connection, row, name, at, by or None, noted=now, source=source)


def _standing(connection: Connection, key: str, *states: State) -> Any:  # noqa: ANN401 - a row
    """Read the row of an intent if it stands so, and have it; its person first, as the tick has."""
    whose = select(_intent.person_id).where(_intent.key == key)
    lock_people(connection, connection.scalars(whose))
    words = [state.value for state in states]
    query = select(*tables.intent.c).where(_intent.key == key, _intent.state.in_(words))
    return connection.execute(query.with_for_update()).first()


def _forget_a_letter_elsewhere(connection: Connection, row: Any) -> None:  # noqa: ANN401 - as above
    """Forget the bytes of a mail to a person that go to another address than is theirs now."""
    address = select(tables.person.c.email).where(tables.person.c.id == row.person_id)
    theirs = on_the_wire(connection.scalar(address) or "")
    elsewhere = and_(_letter.intent_id == row.id, _letter.recipient != theirs)
    connection.execute(delete(tables.letter).where(elsewhere))


def _set(
    connection: Connection, id_: int, state: State, next_at: int | None, at: int, outcome: str
) -> None:
    changed = update(tables.intent).where(_intent.id == id_)
    connection.execute(
        changed.values(state=state.value, next_at=next_at, settled_at=at, outcome=outcome)
    )


def _note(
    connection: Connection,
    row: Any,  # noqa: ANN401 - a row of intents or tasks
    name: str,
    at: datetime,
    value: str | None,
    noted: datetime | None = None,
    source: str = HUMAN,
) -> None:
    fact = Fact(name, at, PlaybookId(row.playbook), row.occurrence, value)
    now = stamp(noted or at)
    note(connection, [(PersonId(row.person_id), fact)], now, source)
    wake(connection, [row.person_id], now)


def _wish_of(row: Sequence[Any]) -> Wish:
    return Wish(
        row[0],
        Key(row[1]),
        PersonId(row[2]),
        EnrollmentId(row[3]),
        PlaybookId(row[4]),
        Digest(row[5]),
        StepId(row[6]),
        row[7],
        row[8],
        row[9],
        row[10],
        row[11],
        State(row[12]),
        moment_or_none(row[13]),
        moment(row[14]),
        moment_or_none(row[15]),
        row[16],
        moment_or_none(row[17]),
        row[18] or "",
        row[19] or "",
        bool(row[20]),
        why_of(row[21]),
        row[22],
        row[23] or "",
    )


def _task_of(row: Sequence[Any]) -> TaskItem:
    return TaskItem(
        row[0],
        PersonId(row[1]),
        PlaybookId(row[2]),
        StepId(row[3]),
        row[4],
        row[5],
        row[6],
        row[7],
        moment(row[8]),
        moment_or_none(row[9]),
        moment_or_none(row[10]),
        row[11] or "",
    )
