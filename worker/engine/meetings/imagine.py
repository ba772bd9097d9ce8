"""Times for the meetings of imagined futures: nobody is asked, and nobody is busy but with these.

Colleagues are free in their working hours; what was given to one person is taken for the next.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from worker.domain.appointments import Unfit
from worker.domain.facts import Person, Staff, StaffId
from worker.domain.meetings import Busy, MeetingId, Span
from worker.domain.plan import Meeting, Plan
from worker.domain.slots import starts_in
from worker.domain.wave import Seeker, Wave
from worker.domain.workdays import workdays
from worker.engine.meetings.calendars import CalendarRules
from worker.engine.meetings.lay import host_of, room_of, teams_of, window_of
from worker.ports import Solver

_IT = MeetingId("it")


@dataclass(frozen=True, slots=True)
class Time:
    """When a meeting is, and with whom."""

    when: Span
    team: tuple[Staff, ...]


@dataclass(slots=True)
class Times:
    """Gives times, one meeting after the other, and remembers whose time each takes."""

    solver: Solver
    rules: CalendarRules = CalendarRules()  # noqa: RUF009 - frozen
    _staff: dict[StaffId, list[Span]] = field(default_factory=dict)

    def window(
        self,
        action: Meeting,
        plan: Plan,
        now: datetime,
        *,
        due_at: datetime,
        until: datetime | None = None,
    ) -> Span:
        """Say within what a meeting that looks for a time at *now* must lie."""
        return window_of(action, plan, self.rules, now, due_at=due_at, until=until)

    def find(
        self,
        person: Person,
        action: Meeting,
        plan: Plan,
        window: Span,
        *,
        tried: Sequence[Unfit] = (),
        taken: Sequence[Span] = (),
    ) -> Time | None:
        """Give a meeting a time in *window*; *taken* is the person's own."""
        teams = teams_of(action, person)
        staff = {one.id: one for team in teams for one in team}
        hosts = tuple(
            host_of(
                one,
                plan,
                self.rules,
                window,
                told=Busy(),
                holds=self._staff.get(one.id, ()),
            )
            for _, one in sorted(staff.items())
        )
        days = workdays(plan.calendar)
        seeker = Seeker(
            _IT,
            tuple(tuple(one.id for one in team) for team in teams),
            room_of(person, action, plan, window, taken=taken, tried=tried),
            window,
            timedelta(minutes=action.minutes),
        )
        starts = starts_in((span for host in hosts for span in host.free), days, self.rules.grid)
        seating = self.solver.seat(Wave((seeker,), hosts, starts, days.zone.key))
        seat = seating.placed.get(_IT)
        return None if seat is None else Time(seat.when, tuple(staff[one] for one in seat.team))

    def take(self, time: Time) -> None:
        """Remember whose time a meeting takes."""
        for one in time.team:
            self._staff.setdefault(one.id, []).append(time.when)

    def give_back(self, time: Time) -> None:
        """Forget it: the meeting is at another time."""
        for one in time.team:
            self._staff[one.id].remove(time.when)
