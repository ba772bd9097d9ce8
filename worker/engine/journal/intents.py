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

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    String,
    Text,
    bindparam,
    case,
    cast,
    false,
    func,
    insert,
    literal,
    literal_column,
    null,
    select,
    union_all,
    update,
)

from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.marks import write_mark
from worker.engine.journal.statement import Statement, copy_in, listed, one_of, written
from worker.engine.journal.store import take_turn
from worker.engine.work import Work

_intent = tables.intent.c
_letter = tables.letter.c
_fact = tables.fact.c

_AT_ONCE = 500


def _literal(state: State) -> ColumnElement[str]:
    return literal_column(f"'{state.value}'", String)


def _literals(words: Iterable[str]) -> list[ColumnElement[str]]:
    return [literal_column(f"'{word}'", String) for word in words]


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
    _intent.outcome,
    _intent.resent,
)

# A wish that was withdrawn or waited for approval may be written again under its key.
_REWRITABLE = (State.DRAFT.value, State.CANCELLED.value)
_NEW: dict[str, ColumnElement[Any]] = {  # the same for all: it stands in the sentence itself
    "fence": literal_column("0"),
    "attempts": literal_column("0"),
    "crashes": literal_column("0"),
    "first_tried_at": null(),
    "settled_at": null(),
    "outcome": null(),
    "resent": false(),
}
_old = tables.intent_history.c
_KNOWN = Statement(  # also what is long done: nothing is decided a second time
    union_all(
        select(_intent.key).where(one_of(_intent.key, "keys")),
        select(_old.key).where(one_of(_old.key, "keys")),
    )
)
_WRITE = Statement(
    insert(tables.intent).values(
        {name: value for name, value in written(tables.intent).items() if name != "id"} | _NEW
    )
)
_REWRITTEN = ("state", "next_at", "due_at", "deadline", "digest", "lane", "priority", "why", "line")
_REWRITE = Statement(
    update(tables.intent)
    .where(_intent.key == bindparam("the_key"), _intent.state.in_(_literals(_REWRITABLE)))
    .values(
        settled_at=null(), outcome=null(), **{name: bindparam(f"new_{name}") for name in _REWRITTEN}
    )
)


def write_intents(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write intents; one whose key is known is written anew if it was a draft or withdrawn.

    What is under way or settled stays as it is, so that deciding twice is harmless.
    """
    if not rows:
        return
    wanted = {"keys": listed(row["key"] for row in rows)}
    keys = {row[0] for row in _KNOWN.rows(connection, wanted)}
    _WRITE.many(connection, [row for row in rows if row["key"] not in keys])
    _REWRITE.many(
        connection,
        [
            {"the_key": row["key"], **{f"new_{name}": row[name] for name in _REWRITTEN}}
            for row in rows
            if row["key"] in keys
        ],
    )


_mark = tables.mark.c
_NEXT_FENCE = Statement(
    update(tables.mark)
    .where(_mark.key == bindparam("the_key"))
    .values(value=cast(cast(_mark.value, BigInteger) + literal_column("1"), Text))
    .returning(_mark.value)
)


def next_fence(connection: Connection) -> int:
    """Give a number that no claim had before; others wait until the transaction ends."""
    take_turn(connection, "fence")
    counted = _NEXT_FENCE.rows(connection, {"the_key": "fence"})
    if counted:
        return int(counted[0][0])
    write_mark(connection, "fence", "1")
    return 1


def _claim(*, fragile: bool) -> Any:  # noqa: ANN401 - SQLAlchemy's generic of 21 columns
    due = (
        select(_intent.id)
        .where(
            _intent.lane == bindparam("the_lane"),
            _intent.next_at <= bindparam("now"),
            _intent.state == _literal(State.READY),
            _intent.crashes > bindparam("harmless")
            if fragile
            else _intent.crashes <= bindparam("harmless"),
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
            state=_literal(State.CLAIMED),
            next_at=bindparam("lease"),
            fence=bindparam("the_fence"),
        )
        .returning(*WORK)
    )


_CLAIM = Statement(_claim(fragile=False))
_CLAIM_ALONE = Statement(_claim(fragile=True))


def claim(
    connection: Connection, lane: str, room: int, *, now: int, lease: int, harmless: int = 0
) -> list[Work]:
    """Claim at most *room* due intents of a lane until *lease*, the longest due first.

    First one of those over which more than *harmless* workers died before: they are never claimed
    together with others, so that one that kills its worker is found out by itself.
    """
    values = {
        "the_lane": lane,
        "now": now,
        "lease": lease,
        "the_fence": next_fence(connection),
        "harmless": harmless,
    }
    rows = _CLAIM_ALONE.rows(connection, {**values, "room": 1})
    if not rows:
        rows = _CLAIM.rows(connection, {**values, "room": room})
    return sorted((Work._make(row) for row in rows), key=lambda work: (work.due_at, work.id))


_FREEZE = Statement(insert(tables.letter).values(written(tables.letter)))


def freeze(connection: Connection, letters: Sequence[Mapping[str, Any]]) -> None:
    """Write down the bytes of claimed mails, before the first attempt and for every one."""
    if connection.dialect.name == "sqlite":
        _FREEZE.many(connection, letters)
    else:
        copy_in(connection, tables.letter, letters)


_FROZEN = Statement(
    select(
        _letter.intent_id, _letter.sender, _letter.recipient, _letter.content, _letter.message_id
    ).where(one_of(_letter.intent_id, "ids"))
)
_SUBJECTS = Statement(
    select(_intent.key, _letter.subject, _intent.id)
    .join(tables.letter, _letter.intent_id == _intent.id)
    .where(one_of(_intent.key, "keys"))
)


def frozen(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[str, str, bytes, str]]:
    """Read the frozen mails of intents: sender, recipient, bytes and Message-ID."""
    if not ids:
        return {}
    rows = _FROZEN.rows(connection, {"ids": listed(ids)})
    return {row[0]: (row[1], row[2], bytes(row[3]), row[4]) for row in rows}


_of_each = (_letter.intent_id, _letter.sender, _letter.recipient, _letter.message_id)
_sized = (
    select(
        *_of_each,
        _letter.content,
        func.sum(func.length(_letter.content)).over(order_by=_letter.intent_id).label("until_here"),
    )
    .where(one_of(_letter.intent_id, "ids"))
    .subquery()
)
_FROZEN_WITHIN = Statement(
    select(
        _sized.c.intent_id,
        _sized.c.sender,
        _sized.c.recipient,
        case(
            (
                _sized.c.until_here - func.length(_sized.c.content) <= bindparam("most"),
                _sized.c.content,
            )
        ),
        _sized.c.message_id,
    )
)


def frozen_within(
    connection: Connection, ids: Sequence[int], most: int
) -> dict[int, tuple[str, str, bytes, str] | None]:
    """Read frozen mails of intents as `frozen` does, until they are *most* bytes together.

    None stands for one that is frozen and was not read.
    """
    if not ids:
        return {}
    rows = _FROZEN_WITHIN.rows(connection, {"ids": listed(ids), "most": most})
    return {
        row[0]: None if row[3] is None else (row[1], row[2], bytes(row[3]), row[4]) for row in rows
    }


class Asked(NamedTuple):
    """The mail that a ladder follows: its subject as it was sent, and its intent."""

    subject: str = ""
    number: int = 0


def asked(connection: Connection, keys: Sequence[str]) -> dict[str, Asked]:
    """Read what is known of frozen mails by the keys of their intents."""
    if not keys:
        return {}
    rows = _SUBJECTS.rows(connection, {"keys": listed(keys)})
    return {row[0]: Asked(row[1], row[2]) for row in rows}


_BEGIN = Statement(
    update(tables.intent)
    .where(
        one_of(_intent.id, "ids"),
        _intent.fence == bindparam("the_fence"),
        _intent.state == _literal(State.CLAIMED),
        _intent.next_at > bindparam("now"),
    )
    .values(
        state=_literal(State.BEGUN),
        next_at=bindparam("lease"),
        attempts=_intent.attempts + 1,
        first_tried_at=func.coalesce(_intent.first_tried_at, bindparam("now")),
    )
    .returning(_intent.id)
)
_UNCLAIM = Statement(
    update(tables.intent)
    .where(
        one_of(_intent.id, "ids"),
        _intent.fence == bindparam("the_fence"),
        _intent.state == _literal(State.CLAIMED),
    )
    .values(state=_literal(State.READY), next_at=bindparam("at"))
)


def begin(
    connection: Connection, ids: Sequence[int], *, fence: int, now: int, lease: int
) -> set[int]:
    """Write down that claimed intents are handed over from now on; gives those that may be.

    One whose lease ran out, or that somebody else has, is not among them.
    """
    values = {"ids": listed(ids), "the_fence": fence, "now": now, "lease": lease}
    return {row[0] for row in _BEGIN.rows(connection, values)}


_COUNT_BEGUN = Statement(
    select(func.count()).where(
        _intent.lane == bindparam("the_lane"),
        _intent.next_at > bindparam("low"),
        _intent.next_at < bindparam("high"),
        _intent.state == _literal(State.BEGUN),
    )
)


def count_begun(connection: Connection, lane: str, *, leased: tuple[int, int]) -> int:
    """Count what is handed over in a lane just now, with a lease that ends within *leased*."""
    low, high = leased
    values = {"the_lane": lane, "low": low, "high": high}
    return int(_COUNT_BEGUN.rows(connection, values)[0][0])


def unclaim(connection: Connection, ids: Sequence[int], *, fence: int, at: int) -> None:
    """Give claimed intents back, to be claimed again at *at*: certainly not handed over."""
    _UNCLAIM.run(connection, {"ids": listed(ids), "the_fence": fence, "at": at})


_counted = (
    select(_fact.person_id, func.count().label("number"), func.max(_fact.id).label("newest"))
    .where(one_of(_fact.person_id, "people"))
    .group_by(_fact.person_id)
    .subquery()
)
_newest = tables.fact.alias("newest").c
_SEEN = Statement(  # the newest by its key, one by one: a join may walk over every fact there is
    select(
        _counted.c.person_id,
        _counted.c.number,
        select(_newest.noted_at).where(_newest.id == _counted.c.newest).scalar_subquery(),
    )
)
_UNSETTLED = Statement(
    select(_intent.id).where(one_of(_intent.id, "ids"), _intent.state != _literal(State.DONE))
)


class FactsSeen(NamedTuple):
    """How many facts of somebody there are, and when the newest was noted."""

    number: int = 0
    noted_at: int = 0


NONE_SEEN = FactsSeen()


def facts_seen(connection: Connection, people: Sequence[str]) -> dict[str, FactsSeen]:
    """Count the facts of *people*: another count later means that something was noted."""
    rows = _SEEN.rows(connection, {"people": listed(people)})
    return {row[0]: FactsSeen(row[1], row[2]) for row in rows}


def unsettled(connection: Connection, ids: Sequence[int]) -> set[int]:
    """Give those of *ids* that still exist and are not done: what a `Done` may be recorded on."""
    rows = _UNSETTLED.rows(connection, {"ids": listed(ids)})
    return {row[0] for row in rows}


_CLAIMED = Statement(
    select(_intent.id).where(
        one_of(_intent.id, "ids"),
        _intent.fence == bindparam("the_fence"),
        _intent.state == _literal(State.CLAIMED),
    )
)


def still_claimed(connection: Connection, works: Sequence[Work]) -> set[int]:
    """Give those of claimed intents that nobody has taken over since: what may be written of."""
    found: set[int] = set()
    for fence in sorted({work.fence for work in works}):
        ids = listed(work.id for work in works if work.fence == fence)
        found |= {row[0] for row in _CLAIMED.rows(connection, {"ids": ids, "the_fence": fence})}
    return found


_settle = (
    update(tables.intent)
    .where(_intent.id == bindparam("the_id"))
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("new_next_at"),
        settled_at=bindparam("new_settled_at"),
        outcome=bindparam("new_outcome"),
    )
)
_SETTLE = Statement(_settle)
_UNDER_FENCE = Statement(
    _settle.where(
        _intent.fence == bindparam("the_fence"),
        _intent.state.in_(_literals((State.CLAIMED.value, State.BEGUN.value, State.DOUBT.value))),
    )
)
_NOT_TRIED = Statement(
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
    _SETTLE.many(connection, [_values(one) for one in settled])


def settle(connection: Connection, settled: Sequence[Settled]) -> int:
    """Record what becomes of intents, of those that are still this worker's; says of how many."""
    return _UNDER_FENCE.many(connection, [_values(one) for one in settled])


def uncount(connection: Connection, works: Iterable[Work]) -> None:
    """Take back the attempt of intents for which the way was closed."""
    _NOT_TRIED.many(connection, [{"the_id": work.id, "the_fence": work.fence} for work in works])


def _values(one: Settled) -> dict[str, Any]:
    return {
        "the_id": one.id,
        "the_fence": one.fence,
        "new_state": one.state.value,
        "new_next_at": one.next_at,
        "new_settled_at": one.settled_at,
        "new_outcome": one.outcome,
    }


_WORKS = Statement(select(*WORK).where(one_of(_intent.id, "ids")).order_by(_intent.id))
_SETTLE_ARRANGED = Statement(
    update(tables.intent)
    .where(one_of(_intent.id, "ids"), _intent.state == _literal(State.ARRANGED))
    .values(
        state=bindparam("new_state"),
        next_at=bindparam("new_next_at"),
        settled_at=bindparam("new_settled_at"),
        outcome=bindparam("new_outcome"),
    )
)


def works(connection: Connection, ids: Sequence[int]) -> list[Work]:
    """Read intents as they stand."""
    return [Work._make(row) for row in _WORKS.rows(connection, {"ids": listed(ids)})]


_ARRANGED = Statement(
    select(_intent.id).where(one_of(_intent.id, "ids"), _intent.state == _literal(State.ARRANGED))
)


def arranged(connection: Connection, ids: Iterable[int | None]) -> set[int]:
    """Give those of the wishes that are being arranged: not booked yet, and not given up."""
    wanted = listed([one for one in ids if one is not None])
    return {row[0] for row in _ARRANGED.rows(connection, {"ids": wanted})}


_OPEN_WISH = Statement(
    select(_intent.id)
    .where(
        _intent.person_id == bindparam("the_person"),
        _intent.enrollment_id == bindparam("the_enrollment"),
        _intent.step == bindparam("the_step"),
        _intent.kind == literal_column("'meeting'", String),
        _intent.next_at.is_not(None),
    )
    .limit(1)
)


def is_open(connection: Connection, person: str, enrollment: int, step: str) -> bool:
    """Say whether the wish for a meeting lies where somebody will look at it."""
    values = {"the_person": person, "the_enrollment": enrollment, "the_step": step}
    return bool(_OPEN_WISH.rows(connection, values))


def settle_arranged(
    connection: Connection,
    ids: Sequence[int],
    state: State,
    *,
    now: int,
    outcome: str = "",
    next_at: int | None = None,
) -> None:
    """Record what becomes of the wishes that a meeting came from."""
    values = {
        "ids": listed(ids),
        "new_state": state.value,
        "new_next_at": next_at,
        "new_settled_at": None if state is State.READY else now,
        "new_outcome": outcome,
    }
    _SETTLE_ARRANGED.run(connection, values)


_ORDERED = (_intent.next_at, _intent.id)
_HELD = (State.CLAIMED.value, State.BEGUN.value)
_EXPIRED = Statement(
    select(_intent.state, *WORK)
    .where(
        _intent.lane == bindparam("the_lane"),
        _intent.next_at <= bindparam("now"),
        _intent.state.in_(_literals((*_HELD, State.DOUBT.value))),
    )
    .order_by(*_ORDERED)
    .limit(_AT_ONCE)
)
_LEFT = Statement(
    select(_intent.state, *WORK)
    .where(
        _intent.lane == bindparam("the_lane"),
        _intent.next_at.is_not(None),
        _intent.state.in_(_literals(_HELD)),
    )
    .order_by(*_ORDERED)
)


def expired(
    connection: Connection, lane: str, now: int, *, everything: bool = False
) -> list[tuple[State, Work]]:
    """Give intents that somebody must look at: leases that ran out, doubts that are due.

    With *everything*, also leases that have not run out, for a start after which nobody else can
    be at work.
    """
    if everything:
        rows = _LEFT.rows(connection, {"the_lane": lane})
    else:
        rows = _EXPIRED.rows(connection, {"the_lane": lane, "now": now})
    return [(State(row[0]), Work._make(row[1:])) for row in rows]


_SWEPT = Statement(
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
        "old_state": old.value,
        "crashed": int(crashed),
        "new_resent": resent,
    }
    return _SWEPT.run(connection, values) > 0


_DUE = Statement(
    select(literal(1))
    .where(_intent.lane == bindparam("the_lane"), _intent.next_at <= bindparam("now"))
    .order_by(*_ORDERED)
    .limit(1)
    .offset(bindparam("before"))
)


def has_due(connection: Connection, lane: str, now: int, most: int = 1) -> bool:
    """Say whether at least *most* intents of a lane want to be looked at: a look at an index."""
    return bool(_DUE.rows(connection, {"the_lane": lane, "now": now, "before": most - 1}))


_NEXT_DUE = Statement(
    select(func.min(_intent.next_at)).where(_intent.lane == bindparam("the_lane"))
)


def next_due(connection: Connection, lane: str) -> int | None:
    """Give the earliest instant at which an intent of a lane is looked at."""
    values = {"the_lane": lane}
    due: int | None = _NEXT_DUE.rows(connection, values)[0][0]
    return due
