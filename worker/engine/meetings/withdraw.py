"""Somebody says no to the offer, or a colleague leaves: what becomes of what is arranged."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from worker.domain.appointments import HAS_LEFT, Appointment, Attendee, Stage
from worker.domain.cases import Case
from worker.domain.declined import is_over
from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Said
from worker.domain.reasons import Because
from worker.engine.meetings.calendars import MAIL_ONLY
from worker.engine.meetings.follow import Hold, Turn, another_of, called_off
from worker.engine.meetings.letters import Letters


def left_by(
    known: Iterable[Appointment], cases: Mapping[str, Case], letters: Letters, now: datetime
) -> list[Turn]:
    """Say what becomes of meetings with people with whom it is over; one mail for each person."""
    turns: list[Turn] = []
    told: dict[str, tuple[Attendee, list[Appointment]]] = {}
    for appointment in known:
        gone = [one for one in appointment.people if _is_over(one, appointment, cases, now)]
        if not gone:
            continue
        turns.append(_without(appointment, gone, letters, now))
        for one in gone:
            if appointment.booked_at is not None:
                told.setdefault(one.who, (one, []))[1].append(appointment)
    for one, theirs in told.values():
        first = next(place for place, turn in enumerate(turns) if turn.after.id == theirs[0].id)
        letter = letters.called_off(theirs, one, now)
        turns[first] = replace(turns[first], letters=(*turns[first].letters, letter))
    return turns


def handed_over(
    known: Appointment, staff: Collection[StaffId], now: datetime, *, stays_with_us: bool = False
) -> Turn | None:
    """Say what becomes of a meeting with a colleague who has left; None if none of them has.

    Its event is in a calendar that is going away, so it is taken back, and another one is arranged
    with whoever holds the role now: at the same time, if they can. Another organiser is another
    event, for every calendar there is.

    Where it *stays with us*, everybody was invited by mail, and whoever comes now will be: the
    organiser is our own mailbox (RFC 5546 §3.2.2), so that the event stays and only its guests
    change.
    """
    if all(one.staff is None or one.staff in staff for one in known.attendees):
        return None
    people = known.people
    if not known.may_exist:
        fresh = replace(known, stage=Stage.SEEKING, when=None, attendees=people)
        return Turn(fresh, now, hold=Hold.RELEASE)
    if stays_with_us and known.ref and known.stood is not None and not known.cohort:
        asked = tuple(replace(one, said=Said(), heard_at=None) for one in people)
        same = replace(
            known,
            stage=Stage.SEEKING,
            when=known.stood,
            outcome="",
            failures=0,
            title="",  # it may name who has left
            attendees=asked,
        )
        return Turn(same, now)
    told = known.attendees  # a calendar tells them; by mail nobody can, who have left
    if known.provider == MAIL_ONLY:
        told = tuple(one for one in told if one.staff is None or one.staff in staff)
    bare = tuple(replace(one, intent=None) for one in told)
    old = replace(known, stage=Stage.CANCELLING, outcome=HAS_LEFT, attendees=bare)
    another = another_of(known, MeetingId(f"{known.id}/{known.incarnation}"), people)
    new = replace(another, title="")  # it may name who has left
    return Turn(old, now, hold=Hold.RELEASE, fresh=(new,))


def _without(known: Appointment, gone: list[Attendee], letters: Letters, now: datetime) -> Turn:
    """Take a meeting back; one of many goes on without those who left."""
    left = {one.who for one in gone}
    staying = tuple(one for one in known.attendees if one.who not in left)
    if not any(one.person is not None for one in staying):
        return called_off(known, now, Because.STOPPED.value)
    fewer = replace(known, attendees=staying)
    if known.stage is Stage.SEEKING or not known.may_exist:
        return Turn(fewer, now)
    changing = replace(fewer, stage=Stage.CHANGING, revision=known.revision + 1)
    return Turn(changing, now, letters=letters.left_out(known, gone, now))


def _is_over(one: Attendee, known: Appointment, cases: Mapping[str, Case], now: datetime) -> bool:
    case = cases.get(str(one.person))
    if case is None:
        return False
    enrollment = next((each for each in case.enrollments if each.id == one.enrollment), None)
    if enrollment is None:
        return True
    step = next((each for each in enrollment.plan.steps if each.id == known.step), None)
    return is_over(enrollment.plan, step, case.facts, now)
