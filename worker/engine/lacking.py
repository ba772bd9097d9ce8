"""Versions that name what the workspace has no more: their people wait, and nobody else does.

A mailbox, a role or a secret may leave the settings while somebody is still in a version that
names it. Nothing of that version happens then; when it is there again, everything goes on.
"""

import json
from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, delete, select, update

from worker.domain.cases import DUE
from worker.domain.facts import RETRACTED, Digest
from worker.domain.intents import State
from worker.domain.reasons import Because
from worker.engine import tables
from worker.engine.enroll import current
from worker.engine.journal.as_text import to_json
from worker.engine.journal.facts import write_facts
from worker.engine.journal.intents import WORK
from worker.engine.journal.journal import Journal
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.wake import batches, wake
from worker.engine.render import Editions
from worker.engine.settle import fact_about
from worker.engine.tables import stamp
from worker.engine.work import Work

_MARK = "lacking"
_BATCH = 200
_intent = tables.intent.c
_enrollment = tables.enrollment.c
_letter = tables.letter.c


def take_stock(journal: Journal, editions: Editions, now: datetime) -> frozenset[Digest]:
    """Find the versions in use that lack something; gives them.

    What was ready of theirs is taken back, to be decided anew. Those that lack nothing any more
    are looked at again: their people have waited.
    """
    in_use = {digest for _, digest in journal.enrollments.count()} | {*current(journal).values()}
    lacking = frozenset(digest for digest in in_use if editions.plan(digest).lacks)
    known = frozenset(json.loads(journal.marks.get(_MARK) or "[]"))
    if not lacking and not known:
        return lacking
    with journal.store.write() as connection:
        for digest in sorted(lacking):
            _take_back(connection, digest, now)
        _wake(connection, known - lacking, now)
        if json.loads(read_mark(connection, _MARK) or "[]") != sorted(lacking):
            write_mark(connection, _MARK, to_json(sorted(lacking)))
    return lacking


def _take_back(connection: Connection, digest: Digest, now: datetime) -> None:
    """Withdraw what is ready of a version: its mailbox may be gone, and nobody looks there."""
    ready = (
        (_intent.digest == digest)
        & (_intent.state == State.READY.value)
        & _intent.resent.is_(False)  # that one may have gone: it is looked at again, and says so
    )
    works = [Work._make(row) for row in connection.execute(select(*WORK).where(ready))]
    for batch in batches(works, _BATCH):
        ids = [work.id for work in batch]
        connection.execute(delete(tables.letter).where(_letter.intent_id.in_(ids)))
        connection.execute(
            update(tables.intent)
            .where(_intent.id.in_(ids))
            .values(
                state=State.CANCELLED.value,
                next_at=None,
                settled_at=stamp(now),
                outcome=Because.LACKING.value,
            )
        )
        facts = [fact_about(work, DUE, stamp(now), RETRACTED) for work in batch]
        write_facts(connection, facts)


def _wake(connection: Connection, digests: Collection[str], now: datetime) -> None:
    if digests:
        wanted = select(_enrollment.person_id).where(_enrollment.digest.in_(sorted(digests)))
        wake(connection, list(connection.scalars(wanted)), stamp(now))
