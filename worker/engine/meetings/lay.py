"""Lay a meeting out for the solver: who could hold it, when each of them is free, and within what.

The same for what is really booked and for imagined futures, so that both find the same time where
the same people are free.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time, timedelta
from itertools import islice, product

from worker.domain.appointments import Unfit
from worker.domain.facts import Person, Staff, StaffId
from worker.domain.meetings import Busy, Span, Unknown
from worker.domain.plan import Meeting, Plan
from worker.domain.price import fits
from worker.domain.slots import (
    DECENT,
    Week,
    both,
    cut,
    free_of,
    half_days,
    hours_of,
    starts_in,
    without,
)
from worker.domain.unavailable import UNAVAILABLE, Unread, read_unavailable, taken_by
from worker.domain.wave import Gathering, Host, Invitee
from worker.domain.workdays import Workdays, workdays
from worker.engine.meetings.calendars import CalendarRules

AGAIN = timedelta(hours=3)  # a meeting for which there was no room looks again

AGAIN_AHEAD = timedelta(days=1)  # until a time that is held for a promise is looked at again

AT_LEAST = timedelta(minutes=30)  # between an invitation and its meeting, whatever happened

_TEAMS = 200  # of one meeting: who could hold it together


def window_of(
    action: Meeting,
    plan: Plan,
    rules: CalendarRules,
    now: datetime,
    *,
    due_at: datetime,
    until: datetime | None = None,
) -> Span:
    """Say within what a meeting must lie: `within` of *due_at*, or up to *until*."""
    days = workdays(plan.calendar)
    notice = now + rules.notice if action.notice is None else days.after(now, action.notice)
    start = max(due_at, notice, now + AT_LEAST)
    end = until or days.after(due_at, action.within)
    return Span(start, max(end, start))


def window_ahead(
    action: Meeting, plan: Plan, rules: CalendarRules, now: datetime, *, due_at: datetime
) -> Span:
    """Say within what a meeting will have to lie whose step is due at *due_at*, or now at once."""
    at = max(due_at, now)
    return window_of(action, plan, rules, at, due_at=at)


def is_too_short(action: Meeting, person: Person, window: Span) -> bool:
    """Say whether looking on is of no use: no time is left, or nobody is there to meet."""
    length = timedelta(minutes=action.minutes)
    return not teams_of(action, person) or window.start + length > window.end


def teams_of(action: Meeting, person: Person) -> tuple[tuple[Staff, ...], ...]:
    """Give who could hold a meeting together: one holder of each role, nobody twice."""
    pools = [
        tuple(one for one in person.roles.get(role, ()) if one.email)
        for role in action.participants
    ]
    if not all(pools):
        return ()
    teams = (tuple({one.id: one for one in team}.values()) for team in product(*pools))
    by_ids = {tuple(one.id for one in team): team for team in islice(teams, _TEAMS)}
    return tuple(by_ids.values())


def host_of(
    staff: Staff,
    plan: Plan,
    rules: CalendarRules,
    within: Span,
    *,
    told: Busy | Unknown,
    holds: Sequence[Span] = (),
) -> Host:
    """Say when a member of staff could hold meetings."""
    days = workdays(plan.calendar, str(staff.attributes.get("timezone") or ""))
    works = hours_of(days, Week(_hours(staff, rules), rules.lunch), within)
    busy = told.spans if isinstance(told, Busy) else ()
    return Host(
        staff.id,
        free_of(works, told, holds, buffer=rules.buffer),
        days.zone.key,
        per_day=_limit(staff, "per_day"),
        per_week=_limit(staff, "per_week"),
        buffer=rules.buffer,
        load=len(holds),
        booked=tuple(sorted(span.start for span in holds)),
        busy=tuple(one for one in busy if fits(works, one) and not _meets(one, holds)),
        is_unknown=isinstance(told, Unknown),
    )


def room_of(
    person: Person,
    action: Meeting,
    plan: Plan,
    within: Span,
    *,
    taken: Iterable[Span] = (),
    tried: Iterable[Unfit] = (),
) -> tuple[Span, ...]:
    """Say when a person whose calendar we do not see can be met.

    Not when they said that they cannot come: in a class, an exam, on a journey; and not in the
    half-day, by their own clock, of a time that was declined.
    """
    days = workdays(plan.calendar, person.timezone)
    decent = hours_of(days, Week(DECENT), within, every_day=True)
    if action.between is not None:
        office = workdays(plan.calendar)
        decent = both(decent, hours_of(office, Week(action.between), within, every_day=True))
    length = timedelta(minutes=action.minutes)
    unfit = ((Span(at, at + length), is_said) for at, is_said in tried)
    before = (half_days(span, days) if is_said else span for span, is_said in unfit)
    told = read_unavailable(str(person.attributes.get(UNAVAILABLE) or ""))
    if isinstance(told, Unread):  # refused when the list was read; written by a step since then
        return ()
    return without(decent, (*taken, *before, *taken_by(told, days, within)))


def cohort_of(action: Meeting, person: Person) -> str:
    """Name the value that everybody of a meeting of many shares; empty: a meeting of one."""
    if not action.together:
        return ""
    known = {"department": person.department, "kind": person.kind, "locale": person.locale}
    value = known.get(action.together, person.attributes.get(action.together))
    return f"{action.together}={'' if value is None else value}"


def gathering_of(  # noqa: PLR0913 - what a meeting of many is made of
    invitees: Sequence[Invitee],
    action: Meeting,
    person: Person,
    hosts: Mapping[StaffId, Host],
    window: Span,
    days: Workdays,
    grid: int,
    *,
    length: timedelta | None = None,
    is_whole: bool = False,
) -> Gathering:
    """Lay out a meeting of many: who alone holds a role is needed, and of the others one at least.

    Args:
        invitees: Whom it is for, and when they can be met.
        action: What the playbook says of it.
        person: One of them: whose roles are asked.
        hosts: Colleagues, and when they could hold it.
        window: Within what it must lie.
        days: What time it is where the playbook is at home.
        grid: Minutes between possible starts.
        length: Where it is not the playbook's: somebody has drawn it out by hand.
        is_whole: It stands in a calendar, and moves as a whole.
    """
    required: dict[StaffId, Host] = {}
    others: dict[StaffId, Host] = {}
    for role in action.participants:
        holders = [one for one in person.roles.get(role, ()) if one.id in hosts]
        place = required if len(holders) == 1 else others
        place |= {one.id: hosts[one.id] for one in holders}
    kept = tuple(host for id_, host in others.items() if id_ not in required)
    rooms = [span for host in (*required.values(), *kept) for span in host.free]
    return Gathering(
        tuple(invitees),
        tuple(required.values()),
        window,
        length or timedelta(minutes=action.minutes),
        starts_in(cut(rooms, window), days, grid),
        size=(1, len(invitees)) if is_whole else action.size,
        others=kept,
        least_others=1 if kept else 0,
        timezone=days.zone.key,
    )


def _meets(one: Span, holds: Iterable[Span]) -> bool:
    """Say whether this is, in somebody's calendar, a meeting of ours."""
    return any(one.start < held.end and held.start < one.end for held in holds)


def _hours(staff: Staff, rules: CalendarRules) -> tuple[time, time]:
    said = str(staff.attributes.get("hours") or "")
    if not said:
        return rules.hours
    first, _, last = said.partition("-")
    return time.fromisoformat(first), time.fromisoformat(last)


def _limit(staff: Staff, name: str) -> int | None:
    said = staff.attributes.get(name)
    return said if isinstance(said, int) and not isinstance(said, bool) else None
