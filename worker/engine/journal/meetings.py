"""Meetings we look after: their rows, and who finds them there.

A row of `meeting` is a wish: what it says is written before a calendar is asked for it, and asking
twice gives one event. Every write of a row counts its fence up and shows the fence it has read, so
that of two who looked at the same row one is turned away.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

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

from worker.domain.appointments import OPEN, Appointment, Attendee, Stage, Unfit, Wall
from worker.domain.facts import Digest, PersonId, PlaybookId, StaffId, StepId
from worker.domain.intents import EnrollmentId
from worker.domain.meetings import MeetingId, Said, Span, Word
from worker.engine import tables
from worker.engine.journal.agendas import Agenda, agendas
from worker.engine.journal.as_text import to_json
from worker.engine.journal.holds import release
from worker.engine.journal.statement import Statement, listed, one_of, written
from worker.engine.journal.store import Store
from worker.engine.journal.wake import BATCH, batches
from worker.engine.journal.watches import Watched, watches
from worker.engine.tables import moment, moment_or_none, stamp, stamp_or_none

_meeting = tables.meeting.c
_guest = tables.meeting_guest.c
_hold = tables.hold.c
_agenda = tables.agenda.c
_fact = tables.fact.c
_person = tables.person.c

_ROW = tuple(tables.meeting.c)
_GUEST = tuple(tables.meeting_guest.c)
_ORDER = {column.name: place for place, column in enumerate(_ROW)}


def _words(stages: Iterable[Stage]) -> list[ColumnElement[str]]:
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
    .returning(*_ROW)
)
_GUESTS = Statement(
    select(*_GUEST)
    .where(one_of(_guest.meeting_id, "ids"))
    .order_by(_guest.meeting_id, _guest.address_key)
)
_BY_ID = Statement(select(*_ROW).where(one_of(_meeting.id, "ids")).order_by(_meeting.id))
_WRITE = Statement(insert(tables.meeting).values(written(tables.meeting)))
_CHANGED = [name for name in _ORDER if name not in {"id", "fence"}]
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
    rows = sorted(_CLAIM.rows(connection, values), key=lambda row: (row[_ORDER["due_at"]], row[0]))
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
    _WRITE.run(connection, {**_row(known, lane, next_at), "fence": known.fence})
    _INVITE.many(connection, (_guest_row(known.id, one) for one in known.attendees))


def save(
    connection: Connection,
    known: Appointment,
    lane: str,
    next_at: int | None,
) -> Appointment | None:
    """Write a meeting anew, as read under its fence; None if somebody else has written since."""
    row = _row(known, lane, next_at)
    values = {f"new_{name}": row[name] for name in _CHANGED}
    if not _SAVE.run(connection, {**values, "the_id": known.id, "the_fence": known.fence}):
        return None
    _FORGET_GUESTS.run(connection, {"ids": listed([known.id])})
    _INVITE.many(connection, (_guest_row(known.id, one) for one in known.attendees))
    return replace(known, fence=known.fence + 1)


def forget(connection: Connection, ids: Sequence[str]) -> None:
    """Delete meetings of which nothing is in any calendar, and what they held."""
    wanted = {"ids": listed(ids)}
    release(connection, ids)
    _FORGET_GUESTS.run(connection, wanted)
    _FORGET.run(connection, wanted)


_OF_PEOPLE = Statement(
    select(*_ROW)
    .where(
        _meeting.id.in_(select(_guest.meeting_id).where(one_of(_guest.person_id, "people"))),
        _meeting.state.in_(_words(OPEN)),
    )
    .order_by(_meeting.id)
)
_RESERVED_OF = Statement(
    select(*_ROW)
    .where(
        _meeting.state.in_(_words({Stage.RESERVED})),
        _meeting.id.in_(select(_guest.meeting_id).where(one_of(_guest.person_id, "people"))),
    )
    .order_by(_meeting.id)
)
_RESERVED_AMONG = Statement(
    select(*_ROW)
    .where(one_of(_meeting.id, "ids"), _meeting.state.in_(_words({Stage.RESERVED})))
    .order_by(_meeting.id)
)
_OF_STAFF = Statement(
    select(*_ROW)
    .where(
        _meeting.id.in_(select(_guest.meeting_id).where(one_of(_guest.staff_id, "staff"))),
        _meeting.state.in_(_words(OPEN)),
    )
    .order_by(_meeting.id)
)
_OF_ORGANISER = Statement(
    select(*_ROW)
    .where(
        _meeting.address_key == bindparam("the_address"),
        _meeting.ends_at > bindparam("since"),
        _meeting.state.in_(_words({Stage.BOOKED, Stage.CHANGING})),
    )
    .order_by(_meeting.id)
)
_WITH = Statement(
    select(*_ROW)
    .where(
        _meeting.provider == bindparam("the_provider"),
        _meeting.state.in_(_words({Stage.BOOKED, Stage.CHANGING, Stage.SEEKING})),
        _meeting.ref != "",
    )
    .order_by(_meeting.id)
)
_WAITING_WITH = Statement(
    select(*_ROW)
    .where(
        _meeting.playbook == bindparam("the_playbook"),
        _meeting.step == bindparam("the_step"),
        _meeting.occurrence == bindparam("the_occurrence"),
        _meeting.cohort == bindparam("the_cohort"),
        _meeting.state.in_(_words({Stage.SEEKING})),
        _meeting.ref == literal(""),
    )
    .order_by(_meeting.id)
)
_SESSIONS = Statement(
    select(*_ROW)
    .where(
        _meeting.playbook == bindparam("the_playbook"),
        _meeting.step == bindparam("the_step"),
        _meeting.occurrence == bindparam("the_occurrence"),
        _meeting.cohort == bindparam("the_cohort"),
        _meeting.state.in_(_words({Stage.BOOKED, Stage.CHANGING})),
        _meeting.starts_at == _meeting.stood_from,  # not on its way to another time
        _meeting.starts_at > bindparam("now"),
    )
    .order_by(_meeting.starts_at, _meeting.id)
)
_IN_STATE = Statement(
    select(*_ROW).where(one_of(_meeting.state, "states")).order_by(_meeting.starts_at, _meeting.id)
)
_EVER_OF = Statement(
    select(*_ROW)
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


def open_meetings_of_staff(connection: Connection, staff: Sequence[str]) -> list[Appointment]:
    """Read the meetings of members of staff that are not over and not given up."""
    return _appointments(connection, _OF_STAFF.rows(connection, {"staff": listed(staff)}))


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
            _words({Stage.SEEKING, Stage.BOOKING, Stage.CHANGING, Stage.CANCELLING})
        ),
    )
    .values(next_at=bindparam("now"))
)


def take_back(connection: Connection, lane: str, now: int) -> int:
    """Have everything of a lane looked at now: nobody else can be at work on it."""
    return _WAKE_CLAIMED.run(connection, {"the_lane": lane, "now": now})


# --- for those who look -------------------------------------------------------------------------

_HELD = Statement(
    select(_fact.person_id, func.max(_fact.at), func.count())
    .where(_fact.name.like("%.held"), _fact.source == "calendar")
    .group_by(_fact.person_id)
)
_AHEAD = Statement(
    select(_guest.person_id, func.min(_meeting.stood_from))
    .join(tables.meeting, _meeting.id == _guest.meeting_id)
    .where(
        _guest.person_id.is_not(None),
        _meeting.state.in_(_words({Stage.BOOKED, Stage.CHANGING})),
        _meeting.stood_until > bindparam("now"),
    )
    .group_by(_guest.person_id)
)


_RESERVED_AHEAD = Statement(
    select(_guest.person_id, func.min(_meeting.starts_at))
    .join(tables.meeting, _meeting.id == _guest.meeting_id)
    .where(
        _guest.person_id.is_not(None),
        _meeting.state.in_(_words({Stage.RESERVED})),
        _meeting.starts_at > bindparam("now"),
    )
    .group_by(_guest.person_id)
)


class Talks(NamedTuple):
    """How often somebody was met, when last, and when next."""

    times: int = 0
    last: datetime | None = None
    ahead: datetime | None = None
    held: datetime | None = None  # a time that is held beforehand: nobody is invited to it so far


class MeetingBook:
    """What there is to be seen of meetings. Every method is one transaction."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, person: PersonId) -> list[Appointment]:
        """Give every meeting that somebody is or was invited to."""
        with self._store.read() as connection:
            return meetings_of_person(connection, person)

    def standing(self, *stages: Stage) -> list[Appointment]:
        """Give the meetings that stand so, by their time."""
        with self._store.read() as connection:
            return meetings_in(connection, *stages)

    def agendas(self) -> list[Agenda]:
        """Say how far the calendar of every organiser was read."""
        with self._store.read() as connection:
            return agendas(connection)

    def watched(self) -> list[Watched]:
        """Say of what providers tell us, or are asked to: calendars, and folders of mail."""
        with self._store.read() as connection:
            return watches(connection)

    def talks(self, now: datetime) -> dict[PersonId, Talks]:
        """Say of everybody who was met, or will be, how often and when."""
        with self._store.read() as connection:
            held = {row[0]: row[1:] for row in _HELD.rows(connection, {})}
            ahead = dict(_AHEAD.rows(connection, {"now": stamp(now)}))
            reserved = dict(_RESERVED_AHEAD.rows(connection, {"now": stamp(now)}))
        return {
            PersonId(person): Talks(
                held[person][1] if person in held else 0,
                moment(held[person][0]) if person in held else None,
                moment_or_none(ahead.get(person)),
                moment_or_none(reserved.get(person)),
            )
            for person in {*held, *ahead, *reserved}
        }


# --- rows ----------------------------------------------------------------------------------------


def _appointments(connection: Connection, rows: Sequence[Sequence[Any]]) -> list[Appointment]:
    guests: dict[str, list[Attendee]] = {}
    ids = [row[0] for row in rows]
    for batch in batches(ids, BATCH):
        for row in _GUESTS.rows(connection, {"ids": listed(batch)}):
            guests.setdefault(row[0], []).append(_attendee_of(row))
    return [_appointment_of(row, tuple(guests.get(row[0], ()))) for row in rows]


def _appointment_of(row: Sequence[Any], attendees: tuple[Attendee, ...]) -> Appointment:
    said: Mapping[str, Any] = dict(zip(_ORDER, row, strict=True))
    return Appointment(
        id=MeetingId(said["id"]),
        playbook=PlaybookId(said["playbook"]),
        digest=Digest(said["digest"]),
        step=StepId(said["step"]),
        occurrence=said["occurrence"],
        stage=Stage(said["state"]),
        organiser=StaffId(said["organiser"]) if said["organiser"] else None,
        address=said["address"],
        organiser_name=said["organiser_name"],
        provider=said["provider"],
        title=said["title"],
        minutes=said["minutes"],
        place=said["place"],
        timezone=said["timezone"],
        due_at=moment(said["due_at"]),
        seek_until=moment(said["seek_until"]),
        cohort=said["cohort"],
        when=_span(said["starts_at"], said["ends_at"]),
        stood=_span(said["stood_from"], said["stood_until"]),
        booked_at=moment_or_none(said["booked_at"]),
        held_since=moment_or_none(said["held_since"]),
        incarnation=said["incarnation"],
        revision=said["revision"],
        told=said["told"],
        ref=said["ref"],
        link=said["link"],
        rounds=said["rounds"],
        tried=tuple(map(_unfit, json.loads(said["tried"]))),
        fence=said["fence"],
        attempts=said["attempts"],
        failures=said["failures"],
        outcome=said["outcome"],
        nudged_at=moment_or_none(said["nudged_at"]),
        briefed_at=moment_or_none(said["briefed_at"]),
        walls=tuple(Wall(*one) for one in json.loads(said["walls"])),
        attendees=attendees,
        next_at=moment_or_none(said["next_at"]),
    )


def _row(known: Appointment, lane: str, next_at: int | None) -> dict[str, Any]:
    when, stood = known.when, known.stood
    return {
        "id": known.id,
        "playbook": known.playbook,
        "digest": known.digest,
        "step": known.step,
        "occurrence": known.occurrence,
        "cohort": known.cohort,
        "lane": lane,
        "state": known.stage.value,
        "next_at": next_at,
        "attempts": known.attempts,
        "failures": known.failures,
        "organiser": known.organiser or "",
        "address": known.address,
        "address_key": known.address.lower(),
        "organiser_name": known.organiser_name,
        "provider": known.provider,
        "title": known.title,
        "minutes": known.minutes,
        "place": known.place,
        "timezone": known.timezone,
        "due_at": stamp(known.due_at),
        "seek_until": stamp(known.seek_until),
        "starts_at": None if when is None else stamp(when.start),
        "ends_at": None if when is None else stamp(when.end),
        "stood_from": None if stood is None else stamp(stood.start),
        "stood_until": None if stood is None else stamp(stood.end),
        "booked_at": stamp_or_none(known.booked_at),
        "held_since": stamp_or_none(known.held_since),
        "incarnation": known.incarnation,
        "revision": known.revision,
        "told": known.told,
        "ref": known.ref,
        "link": known.link,
        "rounds": known.rounds,
        "tried": to_json([[stamp(at)] if is_said else stamp(at) for at, is_said in known.tried]),
        "outcome": known.outcome,
        "nudged_at": stamp_or_none(known.nudged_at),
        "briefed_at": stamp_or_none(known.briefed_at),
        "walls": to_json([list(one) for one in known.walls]),
    }


def _unfit(written: int | list[int]) -> Unfit:
    return Unfit(moment(written)) if isinstance(written, int) else Unfit(moment(written[0]), True)  # noqa: FBT003 - a tuple's


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(moment(start), moment(end))


def _attendee_of(row: Sequence[Any]) -> Attendee:
    (_, _, address, name, person, staff, enrollment, intent, word, said_at, heard_at) = row[:11]
    comment, proposed_from, proposed_until, is_automatic, is_new = row[11:]
    said = Said(
        Word(word),
        moment_or_none(said_at),
        comment,
        _span(proposed_from, proposed_until),
        bool(is_automatic),
    )
    return Attendee(
        address,
        name,
        None if person is None else PersonId(person),
        None if staff is None else StaffId(staff),
        None if enrollment is None else EnrollmentId(enrollment),
        intent,
        said,
        moment_or_none(heard_at),
        bool(is_new),
    )


def _guest_row(meeting: MeetingId, one: Attendee) -> dict[str, Any]:
    proposed = one.said.proposed
    return {
        "meeting_id": meeting,
        "address_key": one.key,
        "address": one.address,
        "name": one.name,
        "person_id": one.person,
        "staff_id": one.staff,
        "enrollment_id": one.enrollment,
        "intent_id": one.intent,
        "word": one.said.word.value,
        "said_at": stamp_or_none(one.said.at),
        "heard_at": stamp_or_none(one.heard_at),
        "comment": one.said.comment,
        "proposed_from": None if proposed is None else stamp(proposed.start),
        "proposed_until": None if proposed is None else stamp(proposed.end),
        "is_automatic": one.said.is_automatic,
        "is_new": one.is_new,
    }
