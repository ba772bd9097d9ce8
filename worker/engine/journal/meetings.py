"""Meetings we look after: their rows, and who finds them there.

A row of `meeting` is a wish: what it says is written before a calendar is asked for it, and asking
twice gives one event. Every write of a row counts its fence up and shows the fence it has read, so
that of two who looked at the same row one is turned away.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    String,
    bindparam,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    update,
)

from worker.domain.appointments import OPEN, Appointment, Attendee, Stage
from worker.domain.meetings import MeetingId
from worker.engine import tables
from worker.engine.journal.holds import release
from worker.engine.journal.meeting_rows import (
    GUEST,
    ORDER,
    ROW,
    appointment_of,
    attendee_of,
    guest_row,
    row_of,
)
from worker.engine.journal.statement import Statement, listed, one_of, written
from worker.engine.journal.wake import BATCH, batches
from worker.engine.tables import stamp

_meeting = tables.meeting.c
_guest = tables.meeting_guest.c


def words_of(stages: Iterable[Stage]) -> list[ColumnElement[str]]:
    """Give the words of stages as they stand in the sentence itself."""
    return [literal_column(f"'{one.value}'", String) for one in sorted(stages, key=str)]


_due = (
    select(_meeting.id)
    .where(_meeting.lane == bindparam("the_lane"), _meeting.next_at <= bindparam("now"))
    .order_by(_meeting.next_at, _meeting.id)
    .limit(bindparam("room"))
    .with_for_update(skip_locked=True)
    .cte("due")
)
_CLAIM = Statement(
    update(tables.meeting)
    .where(_meeting.id.in_(select(_due.c.id)))
    .values(next_at=bindparam("lease"), fence=_meeting.fence + 1)
    .returning(*ROW)
)
_GUESTS = Statement(
    select(*GUEST)
    .where(one_of(_guest.meeting_id, "ids"))
    .order_by(_guest.meeting_id, _guest.address_key)
)
_BY_ID = Statement(select(*ROW).where(one_of(_meeting.id, "ids")).order_by(_meeting.id))
_WRITE = Statement(insert(tables.meeting).values(written(tables.meeting)))
_CHANGED = [name for name in ORDER if name not in {"id", "fence"}]
_SAVE = Statement(
    update(tables.meeting)
    .where(_meeting.id == bindparam("the_id"), _meeting.fence == bindparam("the_fence"))
    .values(fence=_meeting.fence + 1, **{name: bindparam(f"new_{name}") for name in _CHANGED})
)
_FORGET_GUESTS = Statement(delete(tables.meeting_guest).where(one_of(_guest.meeting_id, "ids")))
_FORGET = Statement(delete(tables.meeting).where(one_of(_meeting.id, "ids")))
_INVITE = Statement(insert(tables.meeting_guest).values(written(tables.meeting_guest)))


def claim_meetings(
    connection: Connection, lane: str, room: int, *, now: int, lease: int
) -> list[Appointment]:
    """Claim at most *room* meetings of a lane that somebody must look at, until *lease*."""
    values = {"the_lane": lane, "now": now, "lease": lease, "room": room}
    rows = sorted(_CLAIM.rows(connection, values), key=lambda row: (row[ORDER["due_at"]], row[0]))
    return _appointments(connection, rows)


def read_meetings(connection: Connection, ids: Collection[str]) -> dict[MeetingId, Appointment]:
    """Read meetings by their ids."""
    found: list[Appointment] = []
    for batch in batches(ids, BATCH):
        rows = _BY_ID.rows(connection, {"ids": listed(batch)})
        found += _appointments(connection, rows)
    return {one.id: one for one in found}


def write_meeting(connection: Connection, known: Appointment, lane: str, next_at: int) -> None:
    """Write a meeting that is new, with those it is with."""
    _WRITE.run(connection, {**row_of(known, lane, next_at), "fence": known.fence})
    _INVITE.many(connection, (guest_row(known.id, one) for one in known.attendees))


def save(
    connection: Connection,
    known: Appointment,
    lane: str,
    next_at: int | None,
) -> Appointment | None:
    """Write a meeting anew, as read under its fence; None if somebody else has written since."""
    row = row_of(known, lane, next_at)
    values = {f"new_{name}": row[name] for name in _CHANGED}
    if not _SAVE.run(connection, {**values, "the_id": known.id, "the_fence": known.fence}):
        return None
    _FORGET_GUESTS.run(connection, {"ids": listed([known.id])})
    _INVITE.many(connection, (guest_row(known.id, one) for one in known.attendees))
    return replace(known, fence=known.fence + 1)


def forget(connection: Connection, ids: Sequence[str]) -> None:
    """Delete meetings of which nothing is in any calendar, and what they held."""
    wanted = {"ids": listed(ids)}
    release(connection, ids)
    _FORGET_GUESTS.run(connection, wanted)
    _FORGET.run(connection, wanted)


_OF_PEOPLE = Statement(
    select(*ROW)
    .where(
        _meeting.id.in_(select(_guest.meeting_id).where(one_of(_guest.person_id, "people"))),
        _meeting.state.in_(words_of(OPEN)),
    )
    .order_by(_meeting.id)
)
_RESERVED_OF = Statement(
    select(*ROW)
    .where(
        _meeting.state.in_(words_of({Stage.RESERVED})),
        _meeting.id.in_(select(_guest.meeting_id).where(one_of(_guest.person_id, "people"))),
    )
    .order_by(_meeting.id)
)
_RESERVED_AMONG = Statement(
    select(*ROW)
    .where(one_of(_meeting.id, "ids"), _meeting.state.in_(words_of({Stage.RESERVED})))
    .order_by(_meeting.id)
)
_OF_ORGANISER = Statement(
    select(*ROW)
    .where(
        _meeting.address_key == bindparam("the_address"),
        _meeting.ends_at > bindparam("since"),
        _meeting.state.in_(words_of({Stage.BOOKED, Stage.CHANGING})),
    )
    .order_by(_meeting.id)
)
_WITH = Statement(
    select(*ROW)
    .where(
        _meeting.provider == bindparam("the_provider"),
        _meeting.state.in_(words_of({Stage.BOOKED, Stage.CHANGING, Stage.SEEKING})),
        _meeting.ref != "",
    )
    .order_by(_meeting.id)
)
_WAITING_WITH = Statement(
    select(*ROW)
    .where(
        _meeting.playbook == bindparam("the_playbook"),
        _meeting.step == bindparam("the_step"),
        _meeting.occurrence == bindparam("the_occurrence"),
        _meeting.cohort == bindparam("the_cohort"),
        _meeting.state.in_(words_of({Stage.SEEKING})),
        _meeting.ref == literal(""),
    )
    .order_by(_meeting.id)
)
_SESSIONS = Statement(
    select(*ROW)
    .where(
        _meeting.playbook == bindparam("the_playbook"),
        _meeting.step == bindparam("the_step"),
        _meeting.occurrence == bindparam("the_occurrence"),
        _meeting.cohort == bindparam("the_cohort"),
        _meeting.state.in_(words_of({Stage.BOOKED, Stage.CHANGING})),
        _meeting.starts_at == _meeting.stood_from,  # not on its way to another time
        _meeting.starts_at > bindparam("now"),
    )
    .order_by(_meeting.starts_at, _meeting.id)
)
_IN_STATE = Statement(
    select(*ROW).where(one_of(_meeting.state, "states")).order_by(_meeting.starts_at, _meeting.id)
)
_EVER_OF = Statement(
    select(*ROW)
    .where(
        _meeting.id.in_(select(_guest.meeting_id).where(_guest.person_id == bindparam("person")))
    )
    .order_by(_meeting.due_at, _meeting.id)
)


def open_meetings_of(connection: Connection, people: Sequence[str]) -> list[Appointment]:
    """Read the meetings of people that are not over and not given up."""
    rows = _OF_PEOPLE.rows(connection, {"people": listed(people)})
    return _appointments(connection, rows)


def reserved_of(connection: Connection, people: Sequence[str]) -> list[Appointment]:
    """Read the meetings that are promised to people and not due yet."""
    rows = _RESERVED_OF.rows(connection, {"people": listed(people)})
    return _appointments(connection, rows)


def reserved_among(connection: Connection, ids: Collection[str]) -> list[Appointment]:
    """Read those of meetings that are promised and not due yet."""
    found: list[Appointment] = []
    for batch in batches(ids, BATCH):
        rows = _RESERVED_AMONG.rows(connection, {"ids": listed(batch)})
        found += _appointments(connection, rows)
    return found


def booked_by(connection: Connection, address: str, since: int) -> list[Appointment]:
    """Read the meetings that are in the calendar of *address* and end after *since*."""
    rows = _OF_ORGANISER.rows(connection, {"the_address": address.lower(), "since": since})
    return _appointments(connection, rows)


def booked_with(connection: Connection, provider: str) -> list[Appointment]:
    """Read the meetings that stand with a provider, and those that stand until they move."""
    return _appointments(connection, _WITH.rows(connection, {"the_provider": provider}))


def waiting_with(
    connection: Connection, playbook: str, step: str, occurrence: int, cohort: str
) -> list[Appointment]:
    """Read who waits for a session of a meeting of many."""
    values = {"the_playbook": playbook, "the_step": step, "the_occurrence": occurrence}
    return _appointments(
        connection, _WAITING_WITH.rows(connection, {**values, "the_cohort": cohort})
    )


def sessions_of(
    connection: Connection, playbook: str, step: str, occurrence: int, cohort: str, now: int
) -> list[Appointment]:
    """Read the sessions of a meeting of many that are booked and lie ahead, the first first.

    Also one whose guests are being changed: who comes meanwhile is in the next change of it.
    """
    values = {"the_playbook": playbook, "the_step": step, "the_occurrence": occurrence}
    return _appointments(
        connection, _SESSIONS.rows(connection, {**values, "the_cohort": cohort, "now": now})
    )


def meetings_of_person(connection: Connection, person: str) -> list[Appointment]:
    """Read every meeting that somebody is or was invited to."""
    return _appointments(connection, _EVER_OF.rows(connection, {"person": person}))


def meetings_in(connection: Connection, *stages: Stage) -> list[Appointment]:
    """Read the meetings that stand so, by their time."""
    words = listed([one.value for one in stages])
    return _appointments(connection, _IN_STATE.rows(connection, {"states": words}))


_HAS_DUE = Statement(
    select(literal(1))
    .where(_meeting.lane == bindparam("the_lane"), _meeting.next_at <= bindparam("now"))
    .limit(1)
)
_NEXT_DUE = Statement(
    select(_meeting.lane, func.min(_meeting.next_at))
    .where(_meeting.next_at.is_not(None))
    .group_by(_meeting.lane)
)


def has_meeting_due(connection: Connection, lane: str, now: int) -> bool:
    """Say whether a meeting of a lane wants to be looked at: a look at an index."""
    return bool(_HAS_DUE.rows(connection, {"the_lane": lane, "now": now}))


def next_meetings(connection: Connection) -> dict[str, int]:
    """Give for each lane when a meeting wants to be looked at."""
    return {lane: at for lane, at in _NEXT_DUE.rows(connection, {}) if at is not None}


_PUT_OFF = Statement(
    update(tables.meeting)
    .where(
        _meeting.lane == bindparam("the_lane"),
        _meeting.address_key == bindparam("the_address"),
        _meeting.next_at < bindparam("until"),
    )
    .values(next_at=bindparam("until"))
)


def put_off(connection: Connection, lane: str, address: str, until: datetime) -> None:
    """Leave everything of a lane that is to be done in one calendar until then."""
    values = {"the_lane": lane, "the_address": address.lower(), "until": stamp(until)}
    _PUT_OFF.run(connection, values)


_WAKE_CLAIMED = Statement(
    update(tables.meeting)
    .where(
        _meeting.lane == bindparam("the_lane"),
        _meeting.next_at > bindparam("now"),
        _meeting.state.in_(
            words_of({Stage.SEEKING, Stage.BOOKING, Stage.CHANGING, Stage.CANCELLING})
        ),
    )
    .values(next_at=bindparam("now"))
)


def take_back(connection: Connection, lane: str, now: int) -> int:
    """Have everything of a lane looked at now: nobody else can be at work on it."""
    return _WAKE_CLAIMED.run(connection, {"the_lane": lane, "now": now})


def _appointments(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Appointment]:
    guests: dict[str, list[Attendee]] = {}
    ids = [row[0] for row in rows]
    for batch in batches(ids, BATCH):
        for row in _GUESTS.rows(connection, {"ids": listed(batch)}):
            guests.setdefault(row[0], []).append(attendee_of(row))
    return [appointment_of(row, tuple(guests.get(row[0], ()))) for row in rows]
