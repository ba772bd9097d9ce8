"""What of the mails that came in waits for a human, and what a human says to it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, update

from worker.domain.facts import Fact, PersonId, PlaybookId, StaffId, StepId
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.facts import note
from worker.engine.journal.notices import NOTICE, cancel_notices, write_notices
from worker.engine.journal.readings import OF_NO_PERSON, STAFF_REPLY, WAITING, MailState, Question
from worker.engine.journal.store import Store
from worker.engine.tables import moment, moment_or_none, stamp
from worker.engine.work import Work
from worker.ports import Place

_intent, _mail = tables.intent.c, tables.mail.c


@dataclass(frozen=True, slots=True)
class Lying:
    """A mail as the tray shows it."""

    id: int
    mailbox: str
    received_at: datetime
    state: MailState
    kind: str
    sender: str
    subject: str
    text: str
    intent: str
    person: PersonId | None
    playbook: PlaybookId
    step: StepId
    confidence: str
    owner: StaffId
    due_at: datetime | None
    address: str
    ended: str
    match_rule: str
    message_key: str


class Tray:
    """Mails as a human looks at them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def waiting(self, person: PersonId | None = None) -> list[Lying]:
        """Give what waits for a human, the oldest first."""
        query = _LYING.where(_mail.state.in_(WAITING)).order_by(_mail.received_at, _mail.id)
        if person is not None:
            query = query.where(_mail.person_id == person)
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query)]

    def lately(self, most: int = 50) -> list[Lying]:
        """Give the mails that came in last and were somebody's, whether they wait or not."""
        theirs = _LYING.where(_mail.person_id.is_not(None), _mail.place != Place.SENT.value)
        query = theirs.order_by(_mail.received_at.desc(), _mail.id.desc()).limit(most)
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query)]

    def of_staff(self, person: PersonId) -> list[Lying]:
        """Give what members of staff have answered about a person, the oldest first."""
        query = _LYING.where(_mail.person_id == person, _mail.match_rule == STAFF_REPLY)
        query = query.where(_mail.state == MailState.DONE)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(_mail.received_at, _mail.id))
            return [_lying(row) for row in rows]

    def get(self, id_: int) -> Lying | None:
        """Give one mail."""
        with self._store.read() as connection:
            row = connection.execute(_LYING.where(_mail.id == id_)).first()
        return None if row is None else _lying(row)

    def decide(  # noqa: PLR0913 - what somebody says of a mail, by name
        self,
        id_: int,
        state: MailState,
        now: datetime,
        *,
        person: PersonId,
        facts: Iterable[Fact] = (),
        step: tuple[PlaybookId, StepId] | None = None,
        source: str = "human",
        ended: str = "",
        question: Question | None = None,
    ) -> bool:
        """Take a human's word on a mail that waits; False if it does not wait (any more)."""
        values: dict[str, Any] = {"state": state, "person_id": person, "ended": ended}
        if question is not None:
            values |= {"owner": question.owner, "due_at": stamp(question.due_at)}
        if step is not None:
            values |= {"playbook": step[0], "step": step[1]}
        with self._store.write() as connection:
            lying = update(tables.mail).where(_mail.id == id_, _mail.state.in_(WAITING))
            if not connection.execute(lying.values(**values)).rowcount:
                return False
            note(connection, [(person, fact) for fact in facts], stamp(now), source)
            if state not in WAITING:
                cancel_notices(connection, [id_], now)
            elif question is not None:
                of_step = step[0] if step is not None else PlaybookId("")
                told, lane = question.notices, question.lane
                write_notices(connection, id_, person, of_step, told, lane=lane)
            return True

    def dismiss(self, id_: int, now: datetime, *, ended: str = "") -> bool:
        """Take a human's word that a mail concerns nobody; False if it does not wait."""
        with self._store.write() as connection:
            return bool(close(connection, [id_], ended, now))

    def told_lately(self, work: Work, since: datetime) -> int:
        """Say how often the same member of staff was told so of the same person since then.

        What is claimed together with *work* counts if it was written before it.
        """
        on_their_way = [one.value for one in (State.CLAIMED, State.BEGUN, State.DOUBT)]
        told = select(func.count()).where(
            _intent.person_id == work.person,
            _intent.kind == NOTICE,
            _intent.step == work.step,
            _intent.recipient == work.recipient,
            or_(
                and_(_intent.state == State.DONE.value, _intent.settled_at >= stamp(since)),
                and_(_intent.state.in_(on_their_way), _intent.id < work.id),
            ),
        )
        with self._store.read() as connection:
            return connection.scalar(told) or 0

    def overdue(self, now: datetime) -> list[Lying]:
        """Give the mails that nobody answered in time, the longest first."""
        query = _LYING.where(_mail.state.in_(WAITING), _mail.due_at <= stamp(now))
        with self._store.read() as connection:
            return [_lying(row) for row in connection.execute(query.order_by(_mail.due_at))]


_LYING: Select[Any] = select(
    _mail.id,
    _mail.mailbox,
    _mail.received_at,
    _mail.state,
    _mail.kind,
    _mail.sender,
    _mail.subject,
    _mail.text,
    _mail.intent,
    _mail.person_id,
    _mail.playbook,
    _mail.step,
    _mail.confidence,
    _mail.owner,
    _mail.due_at,
    _mail.address,
    _mail.ended,
    _mail.match_rule,
    _mail.message_key,
)


def _lying(row: Any) -> Lying:  # noqa: ANN401 - a row
    values = list(row)
    values[2], values[3] = moment(row[2]), MailState(row[3])
    values[14] = moment_or_none(row[14])
    return Lying(*values)


def waits(connection: Connection, person: PersonId) -> bool:
    """Say whether anything that a person wrote waits for a human."""
    query = select(_mail.id).where(
        _mail.person_id == person, _mail.state.in_(WAITING), _mail.kind.not_in(OF_NO_PERSON)
    )
    return connection.scalar(query.limit(1)) is not None


def close(connection: Connection, mails: Sequence[int], ended: str, now: datetime) -> int:
    """End the wait of mails, and tell nobody of them any more; says how many did wait."""
    waiting = update(tables.mail).where(_mail.id.in_(mails), _mail.state.in_(WAITING))
    closed = connection.execute(waiting.values(state=MailState.DONE, ended=ended)).rowcount
    cancel_notices(connection, mails, now)
    return closed
