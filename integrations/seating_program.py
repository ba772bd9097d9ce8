"""A part of a wave as an integer program: for buffers, overlapping starts, and teams of several.

Solved by HiGHS, promise by promise: what was reached for one is a condition of the next, so that
no weight has to be large enough to outweigh another. Only the meetings of teams must be whole; who
of a pool has which of them is a flow, in which whole numbers come by themselves.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from ortools.math_opt.python import mathopt

from integrations.seating_network import OUT, Sketch, cheapest
from integrations.seating_parts import Grid, Part, held_number, seat
from integrations.seating_turn import booked_days, in_turn, monday
from worker.domain.meetings import MeetingId, Span
from worker.domain.price import ANOTHER_TEAM, ANOTHER_TIME, LOAD, fits, price
from worker.domain.wave import Host, Seat, Seeker, Team, Wave

if TYPE_CHECKING:
    from worker.domain.facts import StaffId

_HALF = 0.5  # every promise is counted in whole numbers: what is nearer than that is reached

_Pool: TypeAlias = tuple[tuple[Team, ...], timedelta]
_Terms: TypeAlias = list[tuple[float, mathopt.Variable]]


class _Meeting(NamedTuple):
    """A team that meets somebody of a pool at a start, or not: a variable that is 0 or 1."""

    team: Team
    number: int
    length: timedelta
    is_held: mathopt.Variable


def program(part: Part, grid: Grid, patience: timedelta) -> tuple[dict[MeetingId, Seat], bool]:
    """Give the best seating of a part that was found within *patience*, and whether it is proven.

    Where time was up, what seating one after the other gives is compared, and the better is given.
    """
    model = _Program(part, grid)
    placed, is_proven = model.solve(patience)
    if is_proven:
        return placed, True
    wave = Wave(part.seekers, part.hosts, tuple(grid.starts), grid.zone.key)
    return min(placed, in_turn(part, grid), key=lambda each: price(wave, each)), False


class _Program:
    """The variables of a part, its conditions, and its promises one after the other."""

    def __init__(self, part: Part, grid: Grid) -> None:
        self._part = part
        self._grid = grid
        self._model = mathopt.Model()
        self._host = {host.id: host for host in part.hosts}
        self._meetings: dict[tuple[_Pool, int], list[_Meeting]] = {}
        self._keeps: dict[MeetingId, _Meeting] = {}
        self._lost: dict[MeetingId, mathopt.Variable] = {}  # 1: has no time
        self._wish: dict[tuple[MeetingId, int], mathopt.Variable] = {}
        self._pools: dict[_Pool, list[Seeker]] = {}
        self._loads: _Terms = []
        for seeker in part.seekers:
            teams = tuple(sorted({tuple(sorted(set(team))) for team in seeker.teams if team}))
            self._pools.setdefault((teams, seeker.length), []).append(seeker)
        for pool, members in self._pools.items():
            self._lay_out(pool, members)
        self._bound_hosts()

    def _lay_out(self, pool: _Pool, members: Sequence[Seeker]) -> None:
        """Make the variables of a pool: as many people at a start as teams meet there."""
        teams, length = pool
        wanted: dict[int, list[mathopt.Variable]] = defaultdict(list)
        everywhere = {n for seeker in members for one in self._part.open[seeker.id] for n in one}
        for number in sorted(everywhere):
            self._meetings[pool, number] = [
                _Meeting(team, number, length, self._model.add_binary_variable())
                for team in teams
                if self._suits(team, number, length)
            ]
        for seeker in members:
            lost = self._model.add_variable(lb=0.0, ub=1.0)
            self._lost[seeker.id] = lost
            own = self._of_seeker(seeker, pool, wanted)
            self._condition([(1.0, one) for one in (lost, *own)], 1, 1)
        for number, people in wanted.items():
            there = self._meetings[pool, number]
            terms = chain(
                ((1.0, one) for one in people), ((-1.0, meeting.is_held) for meeting in there)
            )
            self._condition(terms, 0, 0)

    def _of_seeker(
        self, seeker: Seeker, pool: _Pool, wanted: dict[int, list[mathopt.Variable]]
    ) -> list[mathopt.Variable]:
        """Make what somebody may have: a start of the pool's, or what they hold."""
        own = []
        for one in self._part.open[seeker.id]:
            for number in one:
                if self._meetings[pool, number]:
                    variable = self._model.add_variable(lb=0.0, ub=1.0)
                    wanted[number].append(variable)
                    self._wish[seeker.id, number] = variable
                    own.append(variable)
        held = held_number(seeker, self._part, self._grid)
        if held is None or seeker.holds is None:
            return own
        team = tuple(sorted(set(seeker.holds.team)))
        if team in pool[0] and self._suits(team, held, seeker.length):
            variable = self._model.add_binary_variable()
            self._keeps[seeker.id] = _Meeting(team, held, seeker.length, variable)
            own.append(variable)
        return own

    def _suits(self, team: Team, number: int, length: timedelta) -> bool:
        start = self._grid.starts[number]
        when = Span(start, start + length)
        return all(fits(self._host[name].free, when) for name in team)

    def _bound_hosts(self) -> None:
        """Keep every host's meetings apart by their buffer, and within their limits."""
        theirs: dict[StaffId, list[_Meeting]] = defaultdict(list)
        for meeting in chain(*self._meetings.values(), self._keeps.values()):
            for name in meeting.team:
                theirs[name].append(meeting)
        for name, meetings in sorted(theirs.items()):
            host = self._host[name]
            self._keep_apart(host, meetings)
            self._limit(host, meetings)
            self._count(host, meetings)

    def _keep_apart(self, host: Host, meetings: Sequence[_Meeting]) -> None:
        """Let one meeting at most hold any instant: those at which meetings begin are enough."""
        at = self._grid.at
        pause = int(host.buffer.total_seconds())
        ends = [
            (at[each.number], at[each.number] + int(each.length.total_seconds()) + pause, each)
            for each in sorted(meetings, key=lambda each: each.number)
        ]
        running: list[tuple[int, _Meeting]] = []
        place = 0
        while place < len(ends):
            begin = ends[place][0]
            running = [(end, each) for end, each in running if end > begin]
            while place < len(ends) and ends[place][0] == begin:
                running.append((ends[place][1], ends[place][2]))
                place += 1
            if len(running) > 1:
                self._at_most(((1.0, each.is_held) for _, each in running), 1)

    def _limit(self, host: Host, meetings: Sequence[_Meeting]) -> None:
        days = self._grid.days(host.timezone)
        booked = booked_days(host)
        for limit, of in ((host.per_day, _itself), (host.per_week, monday)):
            if limit is None:
                continue
            already: dict[date, int] = defaultdict(int)
            for day, count in booked.items():
                already[of(day)] += count
            together: dict[date, list[_Meeting]] = defaultdict(list)
            for meeting in meetings:
                together[of(days[meeting.number])].append(meeting)
            for day, group in together.items():
                room = max(0, limit - already[day])
                if len(group) > room:
                    self._at_most(((1.0, each.is_held) for each in group), room)

    def _count(self, host: Host, meetings: Sequence[_Meeting]) -> None:
        """Make every further meeting of a host dearer than the one before."""
        most = min(len(meetings), len(self._part.seekers))
        steps = [self._model.add_variable(lb=0.0, ub=1.0) for _ in range(most)]
        terms = chain(((1.0, each.is_held) for each in meetings), ((-1.0, step) for step in steps))
        self._condition(terms, 0, 0)
        self._loads += (
            (float(LOAD * (host.load + count)), step) for count, step in enumerate(steps, start=1)
        )

    def _at_most(self, terms: Iterable[tuple[float, mathopt.Variable]], most: float) -> None:
        self._condition(terms, float("-inf"), most)

    def _condition(
        self, terms: Iterable[tuple[float, mathopt.Variable]], least: float, most: float
    ) -> None:
        condition = self._model.add_linear_constraint(lb=least, ub=most)
        for factor, variable in terms:
            condition.set_coefficient(variable, factor)

    def solve(self, patience: timedelta) -> tuple[dict[MeetingId, Seat], bool]:
        """Reach for one promise after the other; each is a condition of the next."""
        left = patience
        placed: dict[MeetingId, Seat] = {}
        is_proven = True
        for terms in self._promises():
            self._model.objective.is_maximize = False
            self._model.objective.clear()
            for factor, variable in terms:
                self._model.objective.set_linear_coefficient(variable, factor)
            result = mathopt.solve(
                self._model,
                mathopt.SolverType.HIGHS,
                params=mathopt.SolveParameters(
                    time_limit=left,
                    relative_gap_tolerance=0.0,
                    absolute_gap_tolerance=_HALF,
                ),
            )
            if not result.has_primal_feasible_solution():
                return placed, False
            is_proven = is_proven and (
                result.termination.reason == mathopt.TerminationReason.OPTIMAL
            )
            left = max(left - result.solve_stats.solve_time, timedelta(seconds=1))
            placed = self._read(result.variable_values())
            self._at_most(terms, round(result.objective_value()) + _HALF)
        return placed, is_proven

    def _promises(self) -> Iterable[_Terms]:
        """Give what is to be made least, in the order of the promises."""
        rank = {seeker.id: self._part.rank[seeker.priority] for seeker in self._part.seekers}
        held = {
            seeker.id: held_number(seeker, self._part, self._grid)
            for seeker in self._part.seekers
            if seeker.holds is not None
        }
        yield [(1.0, lost) for lost in self._lost.values()]
        if any(rank.values()):
            yield [(float(rank[meeting]), lost) for meeting, lost in self._lost.items()]
        if held:
            kept = [(-float(ANOTHER_TIME), each.is_held) for each in self._keeps.values()]
            near = float(ANOTHER_TEAM - ANOTHER_TIME)
            kept += [
                (near, variable)
                for (meeting, number), variable in self._wish.items()
                if held.get(meeting) == number
            ]
            yield kept
        delay = self._grid.delay
        trouble = [(float(delay[n]), variable) for (_, n), variable in self._wish.items()]
        trouble += [(float(delay[one.number]), one.is_held) for one in self._keeps.values()]
        yield trouble + self._loads

    def _read(self, values: Mapping[mathopt.Variable, float]) -> dict[MeetingId, Seat]:
        """Give everybody their meeting: who has which is a flow once the meetings are known."""
        placed = {
            meeting: seat(one.team, one.number, one.length, self._grid)
            for meeting, one in self._keeps.items()
            if values[one.is_held] > _HALF
        }
        for pool, members in self._pools.items():
            teams = {
                number: [one.team for one in meetings if values[one.is_held] > _HALF]
                for (of, number), meetings in self._meetings.items()
                if of == pool
            }
            waiting = [seeker for seeker in members if seeker.id not in placed]
            if waiting and any(teams.values()):
                placed.update(self._dealt(waiting, teams))
        return placed

    def _dealt(
        self, seekers: Sequence[Seeker], teams: Mapping[int, Sequence[Team]]
    ) -> dict[MeetingId, Seat]:
        """Deal the meetings of a pool out to those who wait for one."""
        used = [number for number, there in teams.items() if there]
        node = {number: len(seekers) + 1 + place for place, number in enumerate(used)}
        sketch = Sketch()
        for number in used:
            sketch.add(node[number], OUT, room=len(teams[number]))
        for own, seeker in enumerate(seekers, start=1):
            lost = 0 if seeker.holds is None else ANOTHER_TIME
            sketch.add(own, OUT, left_out=self._part.rank[seeker.priority] + 1, moved=lost)
            held = held_number(seeker, self._part, self._grid)
            for ranges in self._part.open[seeker.id]:
                for number in set(ranges).intersection(node):
                    moved = ANOTHER_TEAM if number == held else lost
                    sketch.add(
                        own,
                        node[number],
                        moved=moved,
                        trouble=self._grid.delay[number],
                    )
        taken, _ = cheapest(seekers, sketch.done(), len(seekers) + 1 + len(used))
        start_of = {place: number for number, place in node.items()}
        left = {number: sorted(there, reverse=True) for number, there in teams.items()}
        placed = {}
        for own, head in sorted(taken):
            if 1 <= own <= len(seekers) and head != OUT:
                number, seeker = start_of[head], seekers[own - 1]
                placed[seeker.id] = seat(left[number].pop(), number, seeker.length, self._grid)
        return placed


def _itself(day: date) -> date:
    return day
