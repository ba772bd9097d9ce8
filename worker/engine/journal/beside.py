"""The mails that tell of a meeting's time: which of them have left, and which wait."""

from collections.abc import Collection, Iterable, Sequence

from sqlalchemy import Connection, String, literal_column, select

from worker.domain.appointments import INVITATION, NEW_TIME, REQUEST
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.statement import Statement, listed, one_of
from worker.engine.work import Work

_intent = tables.intent.c

_TELLING = (INVITATION, NEW_TIME, REQUEST)
_MAY_LEAVE = {State.READY.value, State.CLAIMED.value, State.BEGUN.value}
_NEVER_LEFT = {State.READY.value, State.CANCELLED.value}

_OF = Statement(
    select(_intent.id, _intent.key, _intent.person_id, _intent.recipient, _intent.state)
    .where(
        one_of(_intent.person_id, "people"),
        _intent.kind.in_([literal_column(f"'{kind}'", String) for kind in _TELLING]),
    )
    .order_by(_intent.id)
)


def on_their_way(connection: Connection, people: Iterable[str]) -> set[str]:
    """Give the keys of the mails that tell *people* a time and have not left, or just leave."""
    rows = _OF.rows(connection, {"people": listed(sorted(set(people)))})
    return {key for _, key, _, _, state in rows if state in _MAY_LEAVE}


def never_told(
    connection: Connection, taken_back: Sequence[Work], in_hand: Collection[int]
) -> set[int]:
    """Say which of some mails that take a meeting back go to who was never told of it by mail.

    Args:
        connection: The transaction.
        taken_back: The mails, claimed; gives the ids of those that nobody needs.
        in_hand: What else the same worker has claimed: it has not left either.
    """
    if not taken_back:
        return set()
    people = sorted({work.person for work in taken_back})
    rows = _OF.rows(connection, {"people": listed(people)})
    found = set()
    for work in taken_back:
        meeting = work.key.rsplit("/", 3)[0]
        theirs = [
            id_ in in_hand or state in _NEVER_LEFT
            for id_, key, person, recipient, state in rows
            if (person, recipient) == (work.person, work.recipient)
            and key.rsplit("/", 3)[0] == meeting
        ]
        if theirs and all(theirs):
            found.add(work.id)
    return found
