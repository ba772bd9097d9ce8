"""What there is to be seen of meetings: whose they are, how they stand, who was met when."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, select

from worker.domain.appointments import Appointment, Stage
from worker.domain.facts import PersonId
from worker.engine import tables
from worker.engine.journal.agendas import Agenda, agendas
from worker.engine.journal.meetings import meetings_in, meetings_of_person, words_of
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store
from worker.engine.journal.watches import Watched, watches
from worker.engine.tables import moment, moment_or_none, stamp

_meeting = tables.meeting.c
_guest = tables.meeting_guest.c
_fact = tables.fact.c

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
        _meeting.state.in_(words_of({Stage.BOOKED, Stage.CHANGING})),
        _meeting.stood_until > bindparam("now"),
    )
    .group_by(_guest.person_id)
)


_RESERVED_AHEAD = Statement(
    select(_guest.person_id, func.min(_meeting.starts_at))
    .join(tables.meeting, _meeting.id == _guest.meeting_id)
    .where(
        _guest.person_id.is_not(None),
        _meeting.state.in_(words_of({Stage.RESERVED})),
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
