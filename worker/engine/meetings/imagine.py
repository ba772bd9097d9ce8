"""Times for the meetings of imagined futures: nobody is asked, and nobody is busy but with these.

Colleagues are free in their working hours; what was given to one person is taken for the next. A
meeting of many is one only where many are imagined together: `Company` seats them as the engine
does. Of somebody whose future is imagined alone it is taken that others come as well.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from worker.domain.appointments import Unfit
from worker.domain.facts import Person, PersonId, Staff, StaffId
from worker.domain.meetings import Busy, MeetingId, Span
from worker.domain.plan import Meeting, Plan
from worker.domain.price import fits
from worker.domain.slots import starts_in
from worker.domain.wave import Host, Invitee, Seeker, Wave
from worker.domain.workdays import workdays
from worker.engine.meetings.calendars import CalendarRules
from worker.engine.meetings.lay import gathering_of, host_of, room_of, teams_of, window_of
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
    company: "Company | None" = None  # where many live through it together
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
        hosts = tuple(self.hosts(staff, plan, window).values())
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

    def hosts(
        self, staff: Mapping[StaffId, Staff], plan: Plan, within: Span
    ) -> dict[StaffId, Host]:
        """Say when colleagues could hold meetings."""
        return {
            id_: host_of(one, plan, self.rules, within, told=Busy(), holds=self._staff.get(id_, ()))
            for id_, one in sorted(staff.items())
        }

    def take(self, time: Time) -> None:
        """Remember whose time a meeting takes."""
        for one in time.team:
            self._staff.setdefault(one.id, []).append(time.when)

    def give_back(self, time: Time) -> None:
        """Forget it: the meeting is at another time."""
        for one in time.team:
            self._staff[one.id].remove(time.when)


Group: TypeAlias = tuple[str, str, int, str]  # playbook, step, occurrence, and the shared value


@dataclass(frozen=True, slots=True)
class Asking:
    """Somebody who wants to be in a session of a meeting of many."""

    person: Person
    action: Meeting
    plan: Plan
    window: Span
    taken: tuple[Span, ...]
    tried: tuple[Unfit, ...]
    look: Callable[[datetime], None]  # has them look again, because somebody has come

    def free(self, within: Span) -> tuple[Span, ...]:
        """Say when they can be met."""
        return room_of(
            self.person, self.action, self.plan, within, taken=self.taken, tried=self.tried
        )


@dataclass(slots=True)
class _Session:
    time: Time
    people: set[PersonId]


@dataclass(slots=True)
class Company:
    """Seats who wants the same meeting of many at one instant, all of them together.

    Who comes late goes into a session that has room; who found none looks again when others come.
    """

    times: Times
    woken: list[PersonId] = field(default_factory=list)  # who is to look again at this instant
    _asking: dict[Group, dict[PersonId, Asking]] = field(default_factory=dict)
    _answers: dict[tuple[Group, PersonId], Time | None] = field(default_factory=dict)
    _waiting: dict[Group, dict[PersonId, Asking]] = field(default_factory=dict)
    _sessions: dict[Group, list[_Session]] = field(default_factory=dict)

    def join(self, group: Group, asking: Asking, now: datetime) -> Time | None:
        """Put somebody into the first session that has room, and to which they can come."""
        free = asking.free(asking.window)
        for session in sorted(self._sessions.get(group, ()), key=lambda one: one.time.when):
            has_room = len(session.people) < asking.action.size[1]
            if has_room and session.time.when.start > now and fits(free, session.time.when):
                session.people.add(asking.person.id)
                self._waiting.get(group, {}).pop(asking.person.id, None)
                return session.time
        return None

    def ask(self, group: Group, asking: Asking, now: datetime, *, is_new: bool) -> None:
        """Ask for a seat: `answer` gives it at the same instant, when all others have asked."""
        self._asking.setdefault(group, {})[asking.person.id] = asking
        waiting = self._waiting.get(group, {})
        waiting.pop(asking.person.id, None)
        if not is_new:
            return
        for id_, one in list(waiting.items()):
            del waiting[id_]
            one.look(now)
            self.woken.append(id_)

    def answer(self, group: Group, person: PersonId) -> Time | None:
        """Give somebody who has asked their session; None where there is none for them."""
        if self._asking.get(group):
            self._seat(group, list(self._asking.pop(group).values()))
        return self._answers.pop((group, person), None)

    def leave(self, group: Group, person: PersonId) -> bool:
        """Let somebody go, or wait no longer; says whether a session has ended by it."""
        for waiting in (self._waiting, self._asking):
            waiting.get(group, {}).pop(person, None)
        sessions = self._sessions.get(group, [])
        for session in sessions:
            if person in session.people:
                session.people.remove(person)
                if session.people:
                    return False
                self.times.give_back(session.time)
                sessions.remove(session)
                return True
        return False

    def _seat(self, group: Group, asking: list[Asking]) -> None:
        first = asking[0]
        starts, ends = zip(*((one.window.start, one.window.end) for one in asking), strict=True)
        within, common = Span(min(starts), max(ends)), Span(max(starts), min(ends))
        staff = {one.id: one for team in teams_of(first.action, first.person) for one in team}
        gathering = gathering_of(
            [Invitee(one.person.id, one.free(within)) for one in asking],
            first.action,
            first.person,
            self.times.hosts(staff, first.plan, within),
            common,
            workdays(first.plan.calendar),
            self.times.rules.grid,
        )
        for session in self.times.solver.gather(gathering).sessions:
            time = Time(session.when, tuple(staff[one] for one in session.hosts))
            self.times.take(time)
            self._sessions.setdefault(group, []).append(_Session(time, set(session.people)))
            self._answers |= {(group, one): time for one in session.people}
        for one in asking:
            if (group, one.person.id) not in self._answers:
                self._waiting.setdefault(group, {})[one.person.id] = one
