"""One row of a meeting and all that is written with it: facts, wishes, holds, mails beside.

Everything about one meeting is written in one transaction, under the fence its row was read with:
whoever was overtaken writes nothing at all, and looks again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any

from sqlalchemy import Connection

from worker.domain.appointments import (
    Appointment,
    Attendee,
    Stage,
    Times,
    Told,
    Unfit,
    next_look,
)
from worker.domain.cases import FAILED
from worker.domain.facts import Fact, PersonId
from worker.domain.intents import State
from worker.domain.meetings import MeetingId, Said, Span
from worker.domain.plan import Meeting
from worker.domain.when import Distance, Unit
from worker.domain.workdays import Workdays, workdays
from worker.engine.journal.agendas import forget_cursor, watch_agenda
from worker.engine.journal.facts import write_facts
from worker.engine.journal.holds import lock_people, release, settle_holds
from worker.engine.journal.intents import settle_arranged, write_intents
from worker.engine.journal.lanes import MEETINGS, calendar_lane
from worker.engine.journal.meetings import save, write_meeting
from worker.engine.journal.rows import fact_row
from worker.engine.journal.wake import wake
from worker.engine.meetings.advise import told_in
from worker.engine.render import Edition
from worker.engine.tables import stamp

SOURCE = "calendar"  # of the facts that meetings bring about

_NUDGE_AFTER = Distance(2, Unit.BUSINESS_DAYS)
_BRIEF_BEFORE = Distance(-1, Unit.BUSINESS_DAYS)
_AT_CALENDARS = frozenset({Stage.BOOKING, Stage.CHANGING, Stage.CANCELLING})


class Hold(Enum):
    """What becomes of the time that a meeting holds."""

    KEEP = "keep"
    FOR_GOOD = "for good"  # it is in a calendar at the time that is wanted, and at no other
    RELEASE = "release"


@dataclass(frozen=True, slots=True)
class Turn:
    """What becomes of one meeting, all of it."""

    after: Appointment
    next_at: datetime | None
    facts: tuple[Told, ...] = ()
    hold: Hold = Hold.KEEP
    wishes: State | None = None  # what becomes of the intents it came from
    letters: tuple[dict[str, Any], ...] = ()  # rows of intents: mails beside
    read_at: datetime | None = None  # when its calendar is to be read, at the latest
    is_read_anew: bool = False  # all of it: what it said while a time was sought was passed over
    fresh: tuple[Appointment, ...] = ()  # what comes of it: rows that are new, and want a time


def lane_of(known: Appointment) -> str:
    """Name the lane in which somebody must look at a meeting next."""
    return calendar_lane(known.provider) if known.stage in _AT_CALENDARS else MEETINGS


def put(connection: Connection, turn: Turn, now: datetime) -> Appointment | None:
    """Write a turn; None, and nothing is written, where somebody else was quicker."""
    after = turn.after
    lock_people(connection, (one.person for one in after.people if one.person is not None))
    saved = save(connection, after, lane_of(after), _stamped(turn.next_at))
    if saved is None:
        return None
    at = stamp(now)
    rows = [_fact(after, told, at) for told in turn.facts]
    if rows:
        write_facts(connection, rows)
        wake(connection, {row["person_id"] for row in rows}, at)
    match turn.hold:
        case Hold.KEEP:
            pass
        case Hold.FOR_GOOD:
            settle_holds(connection, after.id, same_people(after.attendees), after.when)
        case Hold.RELEASE:
            release(connection, [after.id])
    if turn.wishes is not None:
        ids = [one.intent for one in after.people if one.intent is not None]
        next_at = at if turn.wishes is State.READY else None
        outcome = after.outcome or after.ref
        settle_arranged(connection, ids, turn.wishes, now=at, outcome=outcome, next_at=next_at)
    write_intents(connection, turn.letters)
    for one in turn.fresh:
        write_meeting(connection, one, MEETINGS, at)
    if turn.read_at is not None:
        watch_agenda(connection, after.address, calendar_lane(after.provider), stamp(turn.read_at))
    if turn.is_read_anew:
        forget_cursor(connection, after.address)
    return saved


def _stamped(at: datetime | None) -> int | None:
    return None if at is None else stamp(at)


def _fact(known: Appointment, told: Told, noted_at: int) -> dict[str, Any]:
    fact = Fact(
        f"{known.step}.{told.word}", told.at, known.playbook, known.occurrence, value=told.value
    )
    return fact_row(PersonId(str(told.attendee.person)), fact, noted_at, SOURCE)


def of_everybody(
    people: Iterable[Attendee], word: str, at: datetime, value: str | None = None
) -> tuple[Told, ...]:
    """Tell the same of all *people*."""
    return tuple(Told(one, word, at, value) for one in people)


def office_of(edition: Edition) -> Workdays:
    """Give what a business day is for the staff of a playbook."""
    return workdays(edition.plan.calendar)


def action_of(known: Appointment, edition: Edition) -> Meeting:
    """Give what the playbook says about a meeting."""
    action = edition.steps[known.step].action
    if not isinstance(action, Meeting):
        raise TypeError(f"{known.id}: its step is no meeting any more")
    return action


def times_of(known: Appointment, edition: Edition) -> Times:
    """Say when colleagues are reminded to answer, and briefed."""
    days = office_of(edition)
    if known.booked_at is None or known.stood is None:
        return Times(known.due_at, known.due_at)
    before = action_of(known, edition).remind or _BRIEF_BEFORE
    return Times(
        days.after(known.booked_at, _NUDGE_AFTER),
        max(known.booked_at, days.after(known.stood.start, before)),
    )


def look_again(known: Appointment, edition: Edition, now: datetime) -> datetime | None:
    """Say when the time asks for something about a meeting that is booked."""
    return next_look(known, times_of(known, edition), now)


def changing(known: Appointment) -> Appointment:
    """Have the event of a meeting brought to what *known* says: not asked for yet, by this number.

    From the first attempt on the event may be so already, whatever became of the answer.
    """
    return replace(known, stage=Stage.CHANGING, revision=known.revision + 1, attempts=0)


def another_of(known: Appointment, id_: MeetingId, people: Iterable[Attendee]) -> Appointment:
    """Give the row of another meeting in the place of *known*: it wants a time, and has no event.

    What was said of *known* says nothing about it.
    """
    return replace(
        known,
        id=id_,
        stage=Stage.SEEKING,
        stood=None,
        revision=0,
        ref="",
        link="",
        attempts=0,
        failures=0,
        fence=0,
        outcome="",
        nudged_at=None,
        briefed_at=None,
        walls=(),
        attendees=tuple(replace(one, said=Said(), heard_at=None) for one in people),
    )


def seeking(known: Appointment, now: datetime, why: str, *, is_said: bool = False) -> Turn:
    """Have another time found for a meeting; where it is in a calendar it stays until then.

    *is_said*: somebody said that its time does not suit them, and not a calendar.
    """
    unfit = [Unfit(span.start, is_said) for span in (known.when, known.stood) if span is not None]
    fresh = replace(
        known,
        stage=Stage.SEEKING,
        when=known.stood,
        tried=tuple(dict.fromkeys((*known.tried, *unfit))),
        outcome=why,
        failures=0,
        attendees=tuple(replace(one, said=Said()) for one in known.attendees),
    )
    hold = Hold.KEEP if known.ref else Hold.RELEASE
    return Turn(fresh, now, hold=hold)


def given_up(known: Appointment, now: datetime, why: str) -> Turn:
    """Leave a meeting to a human: no time was found, or calendars will not have it."""
    reasons = told_in(why).why
    short = reasons[0].because.value if reasons else why
    failed = of_everybody(known.people, FAILED, now, short)
    stage = Stage.CANCELLING if known.may_exist else Stage.HUMAN
    return Turn(
        replace(known, stage=stage, outcome=why),
        now if known.may_exist else None,
        facts=failed,
        hold=Hold.KEEP if known.may_exist else Hold.RELEASE,
        wishes=State.REFUSED,
    )


def called_off(known: Appointment, now: datetime, why: str) -> Turn:
    """Take a meeting back: it is not wanted any more."""
    if known.may_exist:
        # a worker may be asking for it at this very moment: not before its lease is over
        at = max(now, known.next_at or now) if known.stage in _AT_CALENDARS else now
        return Turn(replace(known, stage=Stage.CANCELLING, outcome=why), at)
    off = replace(known, stage=Stage.CANCELLED, outcome=why)
    return Turn(off, None, hold=Hold.RELEASE, wishes=State.CANCELLED)


def text_of(span: Span, days: Workdays) -> str:
    """Write when a meeting begins, as the playbook's wall clock shows it."""
    return days.text(span.start)


def same_people(known: Sequence[Attendee]) -> tuple[str, ...]:
    """Name whose time a meeting takes."""
    return tuple(sorted({one.who for one in known}))


def both_times(stood: Span, to: Span) -> list[Span]:
    """Give the times to hold until the calendar has changed: both, as one where they overlap."""
    if stood.start < to.end and to.start < stood.end:
        return [Span(min(stood.start, to.start), max(stood.end, to.end))]
    return sorted([stood, to])
