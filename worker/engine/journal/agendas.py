"""How far the calendar of each organiser was read, and when it is looked at again."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Connection, bindparam, case, func, insert, literal, select, update

from worker.engine import tables
from worker.engine.journal.statement import Statement, written
from worker.engine.journal.store import take_turn
from worker.engine.tables import moment_or_none, stamp, stamp_or_none

_agenda = tables.agenda.c

_AGENDA = (_agenda.address, _agenda.cursor, _agenda.fence, _agenda.trouble)
_next_agenda = (
    select(_agenda.address_key)
    .where(_agenda.lane == bindparam("the_lane"), _agenda.next_at <= bindparam("now"))
    .order_by(_agenda.next_at, _agenda.address_key)
    .limit(1)
    .with_for_update(skip_locked=True)
    .cte("due")
)
_OPEN_AGENDA = Statement(insert(tables.agenda).values(written(tables.agenda)))
_CLAIM_AGENDA = Statement(
    update(tables.agenda)
    .where(_agenda.address_key.in_(select(_next_agenda.c.address_key)))
    .values(next_at=bindparam("lease"), fence=_agenda.fence + 1)
    .returning(*_AGENDA)
)
_WAKE_AGENDA = Statement(
    update(tables.agenda)
    .where(
        _agenda.address_key == bindparam("the_address"),
        _agenda.next_at.is_(None) | (_agenda.next_at > bindparam("at")),
    )
    .values(next_at=bindparam("at"))
)
_FORGET = Statement(
    update(tables.agenda)
    .where(_agenda.address_key == bindparam("the_address"))
    .values(cursor="", fence=_agenda.fence + 1)
)
_HAS_AGENDA = Statement(
    select(_agenda.address_key).where(_agenda.address_key == bindparam("the_address"))
)
_AGENDA_DUE = Statement(
    select(literal(1))
    .where(_agenda.lane == bindparam("the_lane"), _agenda.next_at <= bindparam("now"))
    .limit(1)
)
_NEXT_AGENDAS = Statement(
    select(_agenda.lane, func.min(_agenda.next_at))
    .where(_agenda.next_at.is_not(None))
    .group_by(_agenda.lane)
)
_READ_AGENDA = Statement(
    update(tables.agenda)
    .where(_agenda.address_key == bindparam("the_address"), _agenda.fence == bindparam("the_fence"))
    .values(
        cursor=bindparam("new_cursor"),
        # Woken while it was read: what woke us may have come after our question was answered.
        next_at=case(
            (_agenda.next_at < bindparam("unwoken"), _agenda.next_at),
            else_=bindparam("new_next_at"),
        ),
        looked_at=bindparam("new_looked_at"),
        trouble=bindparam("new_trouble"),
        why=bindparam("new_why"),
    )
)
_ALL_AGENDAS = Statement(
    select(*_AGENDA, _agenda.lane, _agenda.looked_at, _agenda.why).order_by(_agenda.address_key)
)


class Agenda(NamedTuple):
    """How far the calendar of one organiser was read."""

    address: str
    cursor: str
    fence: int
    trouble: str  # the words of ports.Trouble; empty: none
    lane: str = ""
    looked_at: datetime | None = None
    why: str = ""


def watch_agenda(connection: Connection, address: str, lane: str, at: int) -> None:
    """Have the calendar of *address* read at *at*, if it would not be earlier."""
    key = address.lower()
    take_turn(connection, f"agenda {key}")
    if _HAS_AGENDA.rows(connection, {"the_address": key}):
        _WAKE_AGENDA.run(connection, {"the_address": key, "at": at})
        return
    new = {"address_key": key, "address": address, "lane": lane, "cursor": "", "next_at": at}
    rest = {"fence": 0, "looked_at": None, "trouble": "", "why": ""}
    _OPEN_AGENDA.run(connection, {**new, **rest})


def wake_agenda(connection: Connection, address: str, at: int) -> None:
    """Have the calendar of *address* read at *at*, if anything of ours is in it."""
    _WAKE_AGENDA.run(connection, {"the_address": address.lower(), "at": at})


def forget_cursor(connection: Connection, address: str) -> None:
    """Have the calendar of *address* read from the beginning, also by who is reading it now."""
    _FORGET.run(connection, {"the_address": address.lower()})


def claim_agenda(connection: Connection, lane: str, *, now: int, lease: int) -> Agenda | None:
    """Claim the calendar of a lane that waits longest to be read, until *lease*."""
    rows = _CLAIM_AGENDA.rows(connection, {"the_lane": lane, "now": now, "lease": lease})
    return Agenda(*rows[0]) if rows else None


def write_agenda(
    connection: Connection,
    known: Agenda,
    cursor: str,
    *,
    next_at: datetime | None,
    now: datetime,
    trouble: tuple[str, str] = ("", ""),
    lease: datetime | None = None,
) -> bool:
    """Write down how far a claimed calendar was read; False if somebody else has it by now.

    With the *lease* it was claimed until, whoever woke it meanwhile has it read again at once.
    """
    values = {
        "the_address": known.address.lower(),
        "the_fence": known.fence,
        "new_cursor": cursor,
        "new_next_at": stamp_or_none(next_at),
        "unwoken": 0 if lease is None else stamp(lease),
        "new_looked_at": stamp(now),
        "new_trouble": trouble[0],
        "new_why": trouble[1],
    }
    return bool(_READ_AGENDA.run(connection, values))


def agendas(connection: Connection) -> list[Agenda]:
    """Read how far every calendar was read."""
    return [
        Agenda(row[0], row[1], row[2], row[3], row[4], moment_or_none(row[5]), row[6])
        for row in _ALL_AGENDAS.rows(connection, {})
    ]


def has_agenda_due(connection: Connection, lane: str, now: int) -> bool:
    """Say whether a calendar of a lane is to be read: a look at an index."""
    return bool(_AGENDA_DUE.rows(connection, {"the_lane": lane, "now": now}))


def next_agendas(connection: Connection) -> dict[str, int]:
    """Give for each lane when a calendar is to be read."""
    return {lane: at for lane, at in _NEXT_AGENDAS.rows(connection, {}) if at is not None}
