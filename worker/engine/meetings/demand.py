"""What wants a time: one meeting, whom it is with, and when it may be."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from worker.domain.advice import Within
from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.cases import Case
from worker.domain.errors import BrokenPromise
from worker.domain.facts import Staff, StaffId
from worker.domain.meetings import Span
from worker.domain.plan import Meeting
from worker.domain.settle import PUNCTUAL
from worker.domain.wave import Seat, Seeker
from worker.domain.workdays import Workdays
from worker.engine.meetings.follow import office_of
from worker.engine.render import Edition
from worker.engine.work import Work


@dataclass(frozen=True, slots=True)
class Demand:
    """One meeting that wants a time, with all that says when it may be."""

    known: Appointment
    case: Case  # of its person; of a meeting of many, of the first
    edition: Edition
    action: Meeting
    teams: tuple[tuple[Staff, ...], ...]
    window: Span
    work: Work | None = None  # the wish it comes from, while there is no row
    cases: Mapping[str, Case] = field(default_factory=dict)  # of a meeting of many: of all of them

    def case_of(self, one: Attendee) -> Case:
        """Give what is known of one of its people."""
        return self.cases.get(str(one.person), self.case)

    @property
    def is_ahead(self) -> bool:
        """Say whether it is promised and not due: a time is held for it, and nobody is told."""
        return self.known.stage is Stage.RESERVED

    @property
    def days(self) -> Workdays:
        """What time it is where the playbook is at home."""
        return office_of(self.edition)


def may_keep(demand: Demand) -> bool:
    """Say whether a meeting may keep the time it has, if everybody is free then.

    A tick that comes a little late does not take from a promise the time that is held for it.
    """
    known = demand.known
    if known.when is None or known.booked_at is not None:
        return known.when is not None
    begins = demand.window.start - PUNCTUAL
    return begins <= known.when.start and known.when.end <= demand.window.end


def has_no_other_time(known: Appointment) -> bool:
    """Say whether nobody wants another time than it has: no event is made, or who held it left."""
    return not known.ref or all(one.staff is None for one in known.attendees)


def is_of(demand: Demand, other: Demand) -> bool:
    """Say whether *other* may be in the same meeting of many."""
    one, two = demand.known, other.known
    same = (one.playbook, one.step, one.occurrence, one.cohort)
    return bool(one.cohort) and same == (two.playbook, two.step, two.occurrence, two.cohort)


def with_its_end(seeker: Seeker, demand: Demand) -> Seeker:
    """Let what is over for the least notice say when it was over: for advice alone."""
    window = demand.window
    if window.start < window.end:
        return seeker
    return replace(seeker, window=Span(window.start, demand.known.seek_until))


def within_of(demand: Demand, now: datetime) -> Within:
    """Say from when the span of a meeting counts: for another time it begins anew."""
    known = demand.known
    since = now if known.ref or known.rounds else known.due_at
    return Within(since, demand.action.within, demand.days)


def names_of(demands: Iterable[Demand]) -> dict[StaffId, str]:
    """Give the names of everybody who could hold any of *demands*."""
    return {one.id: one.name for each in demands for team in each.teams for one in team}


def groups(demands: Iterable[Demand]) -> dict[tuple[str, str, int, str, str], list[Demand]]:
    """Put together what is one meeting of many."""
    found: dict[tuple[str, str, int, str, str], list[Demand]] = {}
    for demand in demands:
        known = demand.known
        one = known.id if known.ref else ""  # what is in a calendar already moves as a whole
        key = (known.playbook, known.step, known.occurrence, known.cohort, one)
        found.setdefault(key, []).append(demand)
    return found


def _in_turn(demand: Demand) -> tuple[bool, datetime, int, str, int]:
    """Say which of two meetings of one person is given its time first."""
    known = demand.known
    enrollment = known.people[0].enrollment or 0
    return demand.is_ahead, known.due_at, enrollment, known.step, known.occurrence


def one_for_each(demands: Iterable[Demand], wait: Callable[[Demand], None]) -> list[Demand]:
    """Keep one meeting of each person; the others wait for the next wave."""
    kept: dict[str, Demand] = {}
    for demand in sorted(demands, key=_in_turn):
        who = demand.known.people[0].who
        if who in kept:
            wait(demand)
        else:
            kept[who] = demand
    return list(kept.values())


def team_of(demand: Demand, seat: Seat) -> Sequence[Staff]:
    """Give those who are to hold a meeting as it was seated."""
    for team in demand.teams:
        if tuple(one.id for one in team) == seat.team:
            return team
    raise BrokenPromise(f"{demand.known.id}: seated with people who were not asked for.")
