"""What did not arrive after all: it is handed over again later, or to another address.

A server may take a mail and say days later that a mailbox was full: then what had been noted as
sent is withdrawn, and the very same bytes go again. An address that turned out to be none and was
corrected gets what was meant for it, written anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from worker.domain.cases import FAILED
from worker.domain.contact import COMPLAINED, UNSUBSCRIBED
from worker.domain.decide import SUPPRESSED
from worker.domain.facts import RETRACTED, Fact, Facts, PersonId, PlaybookId, StepId
from worker.domain.intents import KIND, State, fact_name
from worker.domain.plan import Mail
from worker.engine import tables
from worker.engine.journal.desk import WORD_OF_KIND
from worker.engine.journal.facts import load_facts, note
from worker.engine.journal.store import Store
from worker.engine.tables import moment_or_none, stamp

DEFERRED = "deferred"  # it did not arrive so far, and is handed over again: the reason is its value
NEW_ADDRESS = "new address"  # who or what has done the task of asking for one

_STILL_NEWS = timedelta(days=7)  # so long after its moment a mail may still go to a new address
_SOURCE = "mail"
_intent, _letter, _task, _mail = tables.intent.c, tables.letter.c, tables.task.c, tables.mail.c


@dataclass(frozen=True, slots=True)
class Delivery:
    """A mail of ours as it stands: handed over, waiting to be handed over again, or given up."""

    intent: int
    person: PersonId
    playbook: PlaybookId
    digest: str
    step: StepId
    occurrence: int
    rung: int
    kind: str
    state: State
    deadline: datetime | None
    first_tried_at: datetime | None
    times: int  # how often it did not arrive so far

    def fact(self, word: str, at: datetime, value: str | None = None) -> Fact:
        """Give a fact about this mail."""
        name = fact_name(self.step, self.rung, word)
        return Fact(name, at, self.playbook, self.occurrence, value)

    @property
    def sent(self) -> str:
        """Name the word of the fact that says it went."""
        return WORD_OF_KIND[self.kind]


class Deliveries:
    """Looks up what was handed over."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, intent: int) -> Delivery | None:
        """Give one mail as it stands."""
        with self._store.read() as connection:
            row = connection.execute(_DELIVERY.where(_intent.id == intent)).first()
            return None if row is None else _delivery(connection, row)


_DELIVERY = select(
    _intent.id,
    _intent.person_id,
    _intent.playbook,
    _intent.digest,
    _intent.step,
    _intent.occurrence,
    _intent.rung,
    _intent.kind,
    _intent.state,
    _intent.deadline,
    _intent.first_tried_at,
)


def _delivery(connection: Connection, row: Any) -> Delivery:  # noqa: ANN401 - a row
    facts = Facts(load_facts(connection, [row[1]]).get(row[1], ()))
    name = fact_name(StepId(row[4]), row[6], DEFERRED)
    times = [one for one in facts.all(name, PlaybookId(row[2])) if one.occurrence == row[5]]
    return Delivery(
        row[0],
        PersonId(row[1]),
        PlaybookId(row[2]),
        row[3],
        StepId(row[4]),
        row[5],
        row[6],
        row[7],
        State(row[8]),
        moment_or_none(row[9]),
        moment_or_none(row[10]),
        len(times),
    )


def put_off(
    connection: Connection, delivery: Delivery, next_at: datetime | None, why: str, at: datetime
) -> bool:
    """Hand it over again at *next_at*; with None give it up. False if it is not as it was."""
    changed = (
        update(tables.intent)
        .where(_intent.id == delivery.intent, _intent.state == State.DONE.value)
        .values(
            state=(State.REFUSED if next_at is None else State.READY).value,
            next_at=None if next_at is None else stamp(next_at),
            settled_at=stamp(at) if next_at is None else None,
            outcome=why,
            resent=True,
        )
    )
    if not connection.execute(changed).rowcount:
        return False
    facts = [delivery.fact(delivery.sent, at, RETRACTED)]
    facts.append(delivery.fact(FAILED if next_at is None else DEFERRED, at, why))
    note(connection, [(delivery.person, fact) for fact in facts], stamp(at), _SOURCE)
    return True


def arrived_after_all(connection: Connection, delivery: Delivery, at: datetime) -> bool:
    """Note that what waits to be handed over again did arrive; False if it does not wait."""
    changed = (
        update(tables.intent)
        .where(
            _intent.id == delivery.intent,
            _intent.state == State.READY.value,
            _intent.resent,
        )
        .values(state=State.DONE.value, next_at=None, settled_at=stamp(at))
    )
    if not delivery.times or not connection.execute(changed).rowcount:
        return False
    note(connection, [(delivery.person, delivery.fact(delivery.sent, at))], stamp(at), _SOURCE)
    return True


def answered_after_all(
    connection: Connection,
    person: PersonId,
    playbook: PlaybookId,
    step: StepId,
    at: datetime,
) -> None:
    """Let nothing go again that somebody has answered: it did arrive."""
    waits = _DELIVERY.where(
        _intent.person_id == person,
        _intent.playbook == playbook,
        _intent.step == step,
        _intent.state == State.READY.value,
        _intent.resent,
    )
    for row in connection.execute(waits).all():
        arrived_after_all(connection, _delivery(connection, row), at)


def ask_for_an_address(
    connection: Connection, delivery: Delivery, text: str, owner: str, now: datetime, due: datetime
) -> None:
    """Give somebody the task of asking for another address; once for each mail."""
    known = select(_task.id).where(_task.intent_id == delivery.intent)
    if connection.scalar(known) is not None:
        return
    connection.execute(
        insert(tables.task).values(
            intent_id=delivery.intent,
            person_id=delivery.person,
            playbook=delivery.playbook,
            step=delivery.step,
            occurrence=delivery.occurrence,
            rung=delivery.rung,
            text=text,
            owner=owner,
            opened_at=stamp(now),
            due_at=stamp(due),
        )
    )


def readdress(connection: Connection, people: Sequence[PersonId], now: datetime) -> None:
    """Write again to people whose address was corrected, within the time of what was meant."""
    for person in people:
        facts = Facts(load_facts(connection, [person]).get(person, ()))
        _end_the_asking(connection, person, now)
        left = facts.all(COMPLAINED) or facts.all(UNSUBSCRIBED)
        if facts.all(SUPPRESSED) and not left:
            free = Fact(SUPPRESSED, now, value=RETRACTED)
            note(connection, [(person, free)], stamp(now), _SOURCE)
        _write_anew(connection, person, now)
        if not left:
            _send_anew(connection, person, facts, now)


def _end_the_asking(connection: Connection, person: PersonId, now: datetime) -> None:
    """End the tasks, and the wait of the notices, that ask for another address."""
    of_a_mail = select(_intent.id).where(_intent.person_id == person, _intent.kind == KIND[Mail])
    asking = update(tables.task).where(
        _task.person_id == person, _task.done_at.is_(None), _task.intent_id.in_(of_a_mail)
    )
    connection.execute(asking.values(done_at=stamp(now), done_by=NEW_ADDRESS))
    lying = update(tables.mail).where(
        _mail.person_id == person,
        _mail.kind.in_(("bounce_hard", "bounce_soft")),
        _mail.state.in_(("tray", "open")),
    )
    connection.execute(lying.values(state="done", ended=NEW_ADDRESS))


def _write_anew(connection: Connection, person: PersonId, now: datetime) -> None:
    """Have what waits to be handed over again go to the new address: its bytes name the old one."""
    waits = (_intent.person_id == person, _intent.recipient == "")
    frozen = select(_intent.id).join(tables.letter, _letter.intent_id == _intent.id).where(*waits)
    ready = frozen.where(_intent.state == State.READY.value).order_by(_intent.id)
    ids = list(connection.scalars(ready.with_for_update(of=tables.intent)))
    connection.execute(delete(tables.letter).where(_letter.intent_id.in_(ids)))
    soon = update(tables.intent).where(_intent.id.in_(ids))
    connection.execute(soon.values(next_at=stamp(now), attempts=0, crashes=0, first_tried_at=None))


def _send_anew(connection: Connection, person: PersonId, facts: Facts, now: datetime) -> None:
    """Have what did not arrive written anew and sent, if it is still within its time."""
    since = stamp(now - _STILL_NEWS)
    failed = _DELIVERY.where(
        _intent.person_id == person,
        _intent.kind == KIND[Mail],
        _intent.state.in_((State.DONE.value, State.REFUSED.value)),
        _intent.due_at >= since,
        _intent.deadline.is_(None) | (_intent.deadline > stamp(now)),
    )
    anew = []
    for row in connection.execute(failed).all():
        one = _delivery(connection, row)
        if _did_not_arrive(one, facts):
            anew.append(one.intent)
    connection.execute(delete(tables.letter).where(_letter.intent_id.in_(anew)))
    again = update(tables.intent).where(_intent.id.in_(anew))
    connection.execute(
        again.values(
            state=State.READY.value,
            next_at=stamp(now),
            attempts=0,
            crashes=0,
            first_tried_at=None,
            settled_at=None,
            outcome=None,
            resent=True,
        )
    )


def _did_not_arrive(one: Delivery, facts: Facts) -> bool:
    def last(word: str) -> int:
        name = fact_name(one.step, one.rung, word)
        known = [
            each.at for each in facts.all(name, one.playbook) if each.occurrence == one.occurrence
        ]
        return stamp(max(known)) if known else 0

    return last(FAILED) > 0 and last(FAILED) >= last(one.sent)
