"""A reminder and an answer that were on their way at the same time: they crossed.

The answer came too late to stop the reminder, and the reminder too early to be an answer to it.
Nobody did wrong; whoever reads the timeline should see it, and may want to say so to the person.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select, update

from worker.domain.facts import Fact, Facts, PersonId, PlaybookId, StepId
from worker.domain.intents import KIND, State
from worker.domain.plan import Mail
from worker.domain.post import id_key
from worker.domain.reasons import Because
from worker.engine import tables
from worker.engine.journal.facts import load_facts
from worker.engine.journal.rows import fact_row
from worker.engine.tables import stamp
from worker.engine.work import Work

CROSSED = "crossed"  # its value: the rung of the reminder

_READS = timedelta(minutes=10)  # whoever answers so soon after a reminder had begun before it
_intent, _letter = tables.intent.c, tables.letter.c


def crossing_of(
    connection: Connection,
    person: PersonId,
    playbook: PlaybookId,
    step: StepId,
    *,
    at: datetime,
    answers: Iterable[str],
) -> list[Fact]:
    """Give the facts on reminders that had just left when the answer came that is known now.

    Args:
        connection: The transaction.
        person: Who answered.
        playbook: Of the step.
        step: What was asked.
        at: When the answer came.
        answers: The ids its headers name, as keys: who answers the reminder has read it.
    """
    query = select(_intent.rung, _intent.occurrence, _letter.message_id, _letter.observed)
    left = (
        query.join(tables.letter, _letter.intent_id == _intent.id)
        .where(
            _intent.person_id == person,
            _intent.playbook == playbook,
            _intent.step == step,
            _intent.rung > 0,
            _intent.kind == KIND[Mail],
            _intent.state == State.DONE.value,
            _intent.settled_at >= stamp(at - _READS),
        )
        .order_by(_intent.rung)
    )
    named = set(answers)
    return [
        Fact(f"{step}.{CROSSED}", at, playbook, row[1], row[0])
        for row in connection.execute(left)
        if id_key(row[2]) not in named and (not row[3] or row[3] not in named)
    ]


def leave_the_ladder(
    connection: Connection, person: PersonId, replied: Fact, now: datetime
) -> None:
    """Cancel the rungs that wait: the answer they were for is there.

    What is claimed is looked at again before it begins, and finds the fact.
    """
    waiting = update(tables.intent).where(
        _intent.person_id == person,
        _intent.playbook == replied.playbook,
        _intent.step == replied.name.partition(".")[0],
        _intent.occurrence == replied.occurrence,
        _intent.rung > 0,
        _intent.state == State.READY.value,
        _intent.resent.is_(False),  # that one may have gone: it is looked at again, and says so
    )
    connection.execute(
        waiting.values(
            state=State.CANCELLED.value,
            next_at=None,
            settled_at=stamp(now),
            outcome=Because.ANSWERED.value,
        )
    )


def crossed(connection: Connection, works: Sequence[Work], now: datetime) -> list[dict[str, Any]]:
    """Give the facts on reminders that were accepted now although the answer is there, as rows."""
    reminders = [work for work in works if work.rung and work.kind == KIND[Mail]]
    if not reminders:
        return []
    known = load_facts(connection, sorted({work.person for work in reminders}))
    rows = []
    for work in reminders:
        facts = Facts(known.get(work.person, ()))
        replied = facts.all(f"{work.step}.replied", PlaybookId(work.playbook))
        came = [one.at for one in replied if one.occurrence == work.occurrence and one.at <= now]
        if came:
            name = f"{work.step}.{CROSSED}"
            fact = Fact(name, max(came), PlaybookId(work.playbook), work.occurrence, work.rung)
            rows.append(fact_row(PersonId(work.person), fact, stamp(now), "perform"))
    return rows
