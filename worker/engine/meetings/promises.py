"""Promised meetings that are not due yet: who is promised one has a row that holds a time for it.

The tick writes the row, in its own transaction, as soon as a promise comes into view, and takes it
away when nothing is promised any more. The wave gives it a time, and looks at it once a day. When
the step is due, its wish takes the row over (docs/adr/0018).
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.cases import DUE, Case, Decision, due_fact
from worker.domain.declined import is_over
from worker.domain.facts import Facts, StepId
from worker.domain.intents import EnrollmentId, fact_name
from worker.domain.meetings import MeetingId, Span
from worker.domain.promises import Foreseen, Promise, foresee
from worker.domain.tracks import tracks_of
from worker.domain.workdays import workdays
from worker.engine.journal.holds import holds_of, lock_diaries, lock_people
from worker.engine.journal.lanes import MEETINGS
from worker.engine.journal.meetings import (
    forget,
    read_meetings,
    reserved_among,
    reserved_of,
    write_meeting,
)
from worker.engine.meetings.follow import Hold, Turn, put
from worker.engine.meetings.lay import teams_of
from worker.engine.tables import stamp

_Key = tuple[EnrollmentId | None, StepId]

_NOTHING = Foreseen()


class Outlook(NamedTuple):
    """What is promised to one person, and what is known of them after a decision."""

    case: Case
    foreseen: Foreseen


class Promises:
    """Keeps the rows of promised meetings to what is promised."""

    def __init__(self, ahead: timedelta, tenant: Callable[[Connection], str]) -> None:
        self._ahead = ahead
        self._tenant = tenant

    def foresee(self, case: Case, decision: Decision, now: datetime) -> Outlook:
        """Say what is promised to a person once *decision* is written down."""
        if not any(tracks_of(one.plan).promised for one in case.enrollments):
            return Outlook(case, _NOTHING)  # most playbooks: nothing is worked out for them
        fresh = [note.fact for note in decision.notes]
        fresh += dict.fromkeys(due_fact(intent) for intent in decision.intents)
        after = replace(case, facts=case.facts.plus(fresh)) if fresh else case
        return Outlook(after, foresee(after, now, self._ahead))

    def keep(self, connection: Connection, outlooks: Iterable[Outlook], now: datetime) -> None:
        """Have a time held for what is promised, and let go of what is not any more.

        In the tick's transaction, which has everybody's row.
        """
        by_person = {str(one.case.person.id): one for one in outlooks}
        if not by_person:
            return
        rows = {_key_of(one): one for one in reserved_of(connection, sorted(by_person))}
        fresh: list[Appointment] = []
        for outlook in by_person.values():
            for promise in outlook.foreseen.promises:
                known = rows.pop((promise.enrollment.id, promise.step.id), None)
                if known is None:
                    fresh.append(self._row(connection, outlook.case, promise, now))
                elif (turn := _changed(known, outlook.case, promise, now)) is not None:
                    put(connection, turn, now)
        left = [one for one in rows.values() if not is_wished(one, _case_of(one, by_person), now)]
        let_go(connection, left)
        # One that was taken back once has a row already: it is arranged when it is due.
        there = read_meetings(connection, [one.id for one in fresh]) if fresh else {}
        for one in fresh:
            if one.id not in there:
                write_meeting(connection, one, MEETINGS, stamp(now))

    def _row(
        self, connection: Connection, case: Case, promise: Promise, now: datetime
    ) -> Appointment:
        """Give the row of a promise for which no time is held so far."""
        plan, step, action = promise.enrollment.plan, promise.step, promise.action
        days = workdays(plan.calendar)
        due_at = promise.due_at or now
        person = Attendee(
            case.person.email,
            case.person.name,
            person=case.person.id,
            enrollment=promise.enrollment.id,
        )
        return Appointment(
            id=MeetingId(f"{self._tenant(connection)}/{promise.enrollment.id}/{step.id}/0"),
            playbook=plan.playbook,
            digest=plan.digest,
            step=step.id,
            occurrence=0,
            stage=Stage.RESERVED,
            organiser=None,
            address="",
            organiser_name="",
            provider="",
            title="",  # it is made when the step is due
            minutes=action.minutes,
            place=action.place,
            timezone=days.zone.key,
            due_at=due_at,
            seek_until=days.after(due_at, action.within),
            attendees=(person,),
        )


def let_go(connection: Connection, promises: Sequence[Appointment]) -> None:
    """Give the time of promises back for good; their people are locked by the caller."""
    if not promises:
        return
    lock_diaries(connection, (one.who for each in promises for one in each.attendees))
    forget(connection, [one.id for one in promises])


def in_the_way(
    connection: Connection, whos: Collection[str], span: Span, now: datetime
) -> list[Appointment]:
    """Give the promises that hold some of these people's time within *span*."""
    held = holds_of(connection, whos, span, now)
    return reserved_among(connection, {id_ for theirs in held.values() for _, id_ in theirs})


def lock_all(connection: Connection, known: Iterable[Appointment]) -> None:
    """Have everybody of some meetings, and then their diaries, before any of them is written."""
    rows = list(known)
    lock_people(connection, (str(one.person) for each in rows for one in each.people))
    lock_diaries(connection, (one.who for each in rows for one in each.attendees))


def set_aside(connection: Connection, promises: Iterable[Appointment], now: datetime) -> None:
    """Have promises give their time up for what is due, and be looked at again at once.

    They come back to it where it is still free then.
    """
    for one in promises:
        put(connection, Turn(one, now, hold=Hold.RELEASE), now)


def as_promised(
    known: Appointment, case: Case, now: datetime, ahead: timedelta
) -> Appointment | None:
    """Give the row of a promise as the facts are now; None where it stands for none any more.

    Nor where another version of the playbook made it: the tick lets it follow.
    """
    for one in foresee(case, now, ahead).promises:
        if _key_of(known) == (one.enrollment.id, one.step.id):
            return (
                _renewed(known, case, one) if known.digest == one.enrollment.plan.digest else None
            )
    return None


def is_wished(known: Appointment, case: Case | None, now: datetime) -> bool:
    """Say whether the step of a promise has come due, so that its wish takes the row over."""
    if case is None:
        return False
    one = next((one for one in case.enrollments if one.id == known.people[0].enrollment), None)
    if one is None:
        return False
    step = next((step for step in one.plan.steps if step.id == known.step), None)
    if step is None or is_over(one.plan, step, case.facts, now):
        return False
    return _is_due(known, case.facts)


def _is_due(known: Appointment, facts: Facts) -> bool:
    name = fact_name(known.step, 0, DUE)
    return facts.first(name, known.playbook, occurrence=known.occurrence) is not None


def _changed(known: Appointment, case: Case, promise: Promise, now: datetime) -> Turn | None:
    """Have the time of a promise looked at again, where it is another one than it was.

    Its time stays held until then.
    """
    after = _renewed(known, case, promise)
    team = {one.staff for one in known.attendees if one.staff is not None}
    teams = ({one.id for one in each} for each in teams_of(promise.action, case.person))
    if after == known and (not team or team in teams):
        return None
    return Turn(after, now)


def _renewed(known: Appointment, case: Case, promise: Promise) -> Appointment:
    """Give the row of a promise as it is by now: when it will be due, of whom, for how long."""
    plan, action = promise.enrollment.plan, promise.action
    days = workdays(plan.calendar)
    due_at = promise.due_at or known.due_at
    people = tuple(
        replace(one, address=case.person.email, name=case.person.name)
        if one.person == case.person.id
        else one
        for one in known.attendees
    )
    return replace(
        known,
        digest=plan.digest,
        minutes=action.minutes,
        place=action.place,
        timezone=days.zone.key,
        due_at=due_at,
        seek_until=days.after(due_at, action.within),
        attendees=people,
    )


def _case_of(known: Appointment, by_person: dict[str, Outlook]) -> Case | None:
    one = by_person.get(str(known.people[0].person))
    return None if one is None else one.case


def _key_of(known: Appointment) -> _Key:
    return known.people[0].enrollment, known.step
