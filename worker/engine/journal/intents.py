"""Every wish, from the moment it is written until it is settled; each step of its way once.

    DRAFT ──▶ READY ──▶ CLAIMED ──▶ BEGUN ──▶ DONE
                ▲  ◀───────┘          ├─────▶ READY (later) · REFUSED
                └──────────── DOUBT ◀─┘

A claim gives an intent to one worker for a while (`next_at` is then the end of the lease) and
counts one `fence` up, which every later write of that worker must show. CLAIMED is certainly not
handed over; BEGUN may be. All functions here take part in a transaction of their caller.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import Connection, bindparam, func, insert, literal, select, update

from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.wake import batches

_intent = tables.intent.c
_letter = tables.letter.c
_fact = tables.fact.c


class Work(NamedTuple):
    """A claimed intent, as a row has it; instants are the journal's numbers."""

    id: int
    key: str
    person: str
    enrollment: int
    playbook: str
    digest: str
    step: str
    occurrence: int
    rung: int
    kind: str
    recipient: str
    lane: str
    fence: int
    attempts: int
    crashes: int
    due_at: int
    deadline: int | None
    first_tried_at: int | None
    settled_at: int | None
    message_id: str | None
    outcome: str | None
    resent: bool


WORK = (
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
    _intent.fence,
    _intent.attempts,
    _intent.crashes,
    _intent.due_at,
    _intent.deadline,
    _intent.first_tried_at,
    _intent.settled_at,
    _intent.message_id,
    _intent.outcome,
    _intent.resent,
)

# A wish that was withdrawn or waited for approval may be written again under its key.
_REWRITABLE = (State.DRAFT.value, State.CANCELLED.value)
_NEW = {
    "fence": 0,
    "attempts": 0,
    "crashes": 0,
    "first_tried_at": None,
    "settled_at": None,
    "message_id": None,
    "outcome": None,
    "resent": False,
}
_REWRITTEN = ("state", "next_at", "due_at", "deadline", "digest", "lane", "priority", "why", "line")
_REWRITE = (
    update(tables.intent)
    .where(_intent.key == bindparam("the_key"), _intent.state.in_(_REWRITABLE))
    .values(
        settled_at=None, outcome=None, **{name: bindparam(f"new_{name}") for name in _REWRITTEN}
    )
)


def write_intents(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write intents; one whose key is known is written anew if it was a draft or withdrawn.

    What is under way or settled stays as it is, so that deciding twice is harmless.
    """
    for batch in batches(rows, 200):
        known = select(_intent.key).where(_intent.key.in_([row["key"] for row in batch]))
        keys = set(connection.scalars(known))
        new = (
            [{**_NEW, **row} for row in batch if row["key"] not in keys]
            if keys
            else [{**_NEW, **row} for row in batch]
        )
        if new:
            connection.execute(insert(tables.intent), new)
        for row in batch:
            if row["key"] in keys:
                again = {f"new_{name}": row[name] for name in _REWRITTEN}
                connection.execute(_REWRITE, {"the_key": row["key"], **again})


def next_fence(connection: Connection) -> int:
    """Give a number that no claim had before."""
    fence = int(read_mark(connection, "fence") or 0) + 1
    write_mark(connection, "fence", str(fence))
    return fence


def _claim(*, fragile: bool) -> Any:  # noqa: ANN401 - SQLAlchemy's generic of 21 columns
    due = (
        select(_intent.id)
        .where(
            _intent.lane == bindparam("the_lane"),
            _intent.next_at <= bindparam("now"),
            _intent.state == State.READY.value,
            _intent.crashes > 0 if fragile else _intent.crashes == 0,
        )
        .order_by(_intent.next_at, _intent.id)
        .limit(bindparam("room"))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(tables.intent)
        .where(_intent.id.in_(select(due.c.id)))
        .values(
            state=State.CLAIMED.value,
            next_at=bindparam("lease"),
            fence=bindparam("the_fence"),
        )
        .returning(*WORK)
    )


_CLAIM = _claim(fragile=False)
_CLAIM_ALONE = _claim(fragile=True)


def claim(
    connection: Connection, lane: str, room: int, *, now: int, lease: int, alone: bool = False
) -> list[Work]:
    """Claim at most *room* due intents of a lane until *lease*, the longest due first.

    With *alone*, one of those over which a worker died before: they are never claimed together
    with others, so that one that kills its worker is found out by itself.
    """
    values = {
        "the_lane": lane,
        "now": now,
        "lease": lease,
        "the_fence": next_fence(connection),
        "room": 1 if alone else room,
    }
    rows = connection.execute(_CLAIM_ALONE if alone else _CLAIM, values)
    return sorted((Work._make(row) for row in rows), key=lambda work: (work.due_at, work.id))


def freeze(connection: Connection, letters: Sequence[Mapping[str, Any]], fence: int) -> None:
    """Write down the bytes of claimed mails, before the first attempt and for every one.

    Each of *letters* has the columns of the table and its `message_id`.
    """
    if not letters:
        return
    connection.execute(_FREEZE, [{name: row[name] for name in _LETTER} for row in letters])
    named = [{"the_id": row["intent_id"], "id_of_mail": row["message_id"]} for row in letters]
    connection.execute(_NAME, [{**row, "the_fence": fence} for row in named])


_LETTER = ("intent_id", "sender", "recipient", "subject", "content")
_FREEZE = insert(tables.letter)
_NAME = (
    update(tables.intent)
    .where(_intent.id == bindparam("the_id"), _intent.fence == bindparam("the_fence"))
    .values(message_id=bindparam("id_of_mail"))
)


def frozen(connection: Connection, ids: Iterable[int]) -> dict[int, tuple[str, str, bytes]]:
    """Read the frozen mails of intents: sender, recipient and bytes."""
    wanted = list(ids)
    if not wanted:
        return {}
    query = select(_letter.intent_id, _letter.sender, _letter.recipient, _letter.content)
    rows = connection.execute(query.where(_letter.intent_id.in_(wanted)))
    return {row[0]: (row[1], row[2], row[3]) for row in rows}


def subjects(connection: Connection, keys: Sequence[str]) -> dict[str, str]:
    """Read the subjects of frozen mails by the keys of their intents."""
    if not keys:
        return {}
    query = select(_intent.key, _letter.subject).join(
        tables.letter, _letter.intent_id == _intent.id
    )
    return {row[0]: row[1] for row in connection.execute(query.where(_intent.key.in_(keys)))}


def begin(
    connection: Connection, ids: Sequence[int], *, fence: int, now: int, lease: int
) -> set[int]:
    """Write down that claimed intents are handed over from now on; gives those that may be.

    One whose lease ran out, or that somebody else has, is not among them.
    """
    begun = (
        update(tables.intent)
        .where(
            _intent.id.in_(ids),
            _intent.fence == fence,
            _intent.state == State.CLAIMED.value,
            _intent.next_at > now,
        )
        .values(
            state=State.BEGUN.value,
            next_at=lease,
            attempts=_intent.attempts + 1,
            first_tried_at=func.coalesce(_intent.first_tried_at, literal(now)),
        )
        .returning(_intent.id)
    )
    return set(connection.scalars(begun))


def unclaim(connection: Connection, ids: Sequence[int], *, fence: int, at: int) -> None:
    """Give claimed intents back, to be claimed again at *at*: certainly not handed over."""
    back = (
        update(tables.intent)
        .where(_intent.id.in_(ids), _intent.fence == fence, _intent.state == State.CLAIMED.value)
        .values(state=State.READY.value, next_at=at)
    )
    connection.execute(back)


def facts_seen(connection: Connection, people: Sequence[str]) -> dict[str, int]:
    """Count the facts of *people*: another count later means that something was noted."""
    query = select(_fact.person_id, func.count()).where(_fact.person_id.in_(people))
    return {row[0]: row[1] for row in connection.execute(query.group_by(_fact.person_id))}


def unsettled(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Give those of *ids* that still exist and are not done: what a `Done` may be recorded on."""
    query = select(_intent.id).where(_intent.id.in_(ids), _intent.state != State.DONE.value)
    return set(connection.scalars(query))


_SETTLE = (
    update(tables.intent)
    .where(_intent.id == bindparam("the_id"))
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("new_next_at"),
        settled_at=bindparam("new_settled_at"),
        outcome=bindparam("new_outcome"),
    )
)
_UNDER_FENCE = _SETTLE.where(
    _intent.fence == bindparam("the_fence"),
    _intent.state.in_((State.CLAIMED.value, State.BEGUN.value, State.DOUBT.value)),
)
_NOT_TRIED = (
    update(tables.intent)
    .where(_intent.id == bindparam("the_id"), _intent.fence == bindparam("the_fence"))
    .values(attempts=_intent.attempts - 1)
)


class Settled(NamedTuple):
    """What an intent becomes."""

    id: int
    fence: int
    state: State
    next_at: int | None
    settled_at: int | None
    outcome: str | None


def settle_done(connection: Connection, settled: Sequence[Settled]) -> None:
    """Record that intents are done: a fact of the world, whatever the fence says."""
    if settled:
        connection.execute(_SETTLE, [_values(one) for one in settled])


def settle(connection: Connection, settled: Sequence[Settled]) -> None:
    """Record what becomes of intents, of those that are still this worker's."""
    if settled:
        connection.execute(
            _UNDER_FENCE, [{**_values(one), "the_fence": one.fence} for one in settled]
        )


def uncount(connection: Connection, works: Iterable[Work]) -> None:
    """Take back the attempt of intents for which the way was closed."""
    rows = [{"the_id": work.id, "the_fence": work.fence} for work in works]
    if rows:
        connection.execute(_NOT_TRIED, rows)


def _values(one: Settled) -> dict[str, Any]:
    return {
        "the_id": one.id,
        "new_state": one.state.value,
        "new_next_at": one.next_at,
        "new_settled_at": one.settled_at,
        "new_outcome": one.outcome,
    }


def expired(
    connection: Connection, lane: str, now: int, *, everything: bool = False
) -> list[tuple[State, Work]]:
    """Give intents that somebody must look at: leases that ran out, doubts that are due.

    With *everything*, also leases that have not run out, for a start after which nobody else can
    be at work.
    """
    held = (State.CLAIMED.value, State.BEGUN.value)
    query = (
        select(_intent.state, *WORK)
        .where(_intent.lane == lane, _intent.next_at.is_not(None))
        .order_by(_intent.next_at, _intent.id)
        .limit(500)
    )
    if everything:
        query = query.where(_intent.state.in_(held))
    else:
        query = query.where(_intent.next_at <= now, _intent.state.in_((*held, State.DOUBT.value)))
    return [(State(row[0]), Work._make(row[1:])) for row in connection.execute(query)]


_SWEPT = (
    update(tables.intent)
    .where(
        _intent.id == bindparam("the_id"),
        _intent.fence == bindparam("the_fence"),
        _intent.state == bindparam("old_state"),
    )
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("new_next_at"),
        settled_at=bindparam("new_settled_at"),
        outcome=bindparam("new_outcome"),
        crashes=_intent.crashes + bindparam("crashed"),
        resent=bindparam("new_resent"),
    )
)


def sweep(
    connection: Connection, old: State, settled: Settled, *, crashed: bool, resent: bool
) -> bool:
    """Move one intent on that nobody holds any more; False if somebody was quicker."""
    values = {
        **_values(settled),
        "the_fence": settled.fence,
        "old_state": old.value,
        "crashed": int(crashed),
        "new_resent": resent,
    }
    return connection.execute(_SWEPT, values).rowcount > 0


def ready(connection: Connection, lane: str, now: int, most: int) -> int:
    """Count the intents of a lane that could be claimed at *now*, up to *most*."""
    some = (
        select(literal(1))
        .where(_intent.lane == lane, _intent.next_at <= now, _intent.state == State.READY.value)
        .limit(most)
        .subquery()
    )
    return connection.scalar(select(func.count()).select_from(some)) or 0


def next_due(connection: Connection, lane: str) -> int | None:
    """Give the earliest instant at which an intent of a lane wants to be looked at."""
    query = select(func.min(_intent.next_at)).where(
        _intent.lane == lane, _intent.next_at.is_not(None)
    )
    due: int | None = connection.scalar(query)
    return due
