"""Few sessions that reach everybody: which starts are used, and who comes to which.

Solved by CP-SAT, promise by promise, each a condition of the next. It is made for cohorts of a
department, some dozens of people; where hundreds have scattered free time the best that was found
in the time allowed is given, and not called proven.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, TypeAlias

from ortools.math_opt.python import mathopt

from integrations.seating_parts import Grid
from integrations.seating_turn import booked_days, monday
from worker.domain.meetings import Span
from worker.domain.price import fits
from worker.domain.wave import Gathering, Session, Sessions, Team

if TYPE_CHECKING:
    from worker.domain.facts import PersonId

_HALF = 0.5

_Terms: TypeAlias = list[tuple[float, mathopt.Variable]]


@dataclass(frozen=True, slots=True)
class _Chance:
    """A start at which a session could be: who of the staff would be there, and its variable."""

    number: int
    hosts: Team
    is_used: mathopt.Variable


def sessions(gathering: Gathering, patience: timedelta) -> Sessions:
    """Give the fewest sessions in which everybody is who can be."""
    held = [one.holds.start for one in gathering.invitees if one.holds is not None]
    model = _Model(gathering, Grid((*gathering.starts, *held), gathering.timezone))
    return model.solve(patience)


class _Model:
    """The variables of a gathering, its conditions, and its promises one after the other."""

    def __init__(self, gathering: Gathering, grid: Grid) -> None:
        self._gathering = gathering
        self._grid = grid
        self._model = mathopt.Model()
        self._chances: list[_Chance] = []
        self._comes: dict[tuple[PersonId, int], mathopt.Variable] = {}
        self._reached: list[int] = []  # of each promise so far
        for number, start in enumerate(grid.starts):
            when = Span(start, start + gathering.length)
            if fits([gathering.window], when) and (hosts := self._hosts_at(when)) is not None:
                self._lay_out(number, when, hosts)
        self._each_once()
        self._keep_apart()
        self._limit()

    def _hosts_at(self, when: Span) -> Team | None:
        """Give who of the staff would be there; None where one is missing who must not."""
        if not all(fits(host.free, when) for host in self._gathering.required):
            return None
        able = [host.id for host in self._gathering.others if fits(host.free, when)]
        if len(able) < self._gathering.least_others:
            return None
        return (*(host.id for host in self._gathering.required), *able)

    def _lay_out(self, number: int, when: Span, hosts: Team) -> None:
        least, most = self._gathering.size
        people = [one.id for one in self._gathering.invitees if fits(one.free, when)]
        if len(people) < least:
            return
        is_used = self._model.add_binary_variable()
        self._chances.append(_Chance(number, hosts, is_used))
        there = []
        for person in people:
            comes = self._model.add_binary_variable()
            self._comes[person, number] = comes
            there.append((1.0, comes))
            self._condition([(1.0, comes), (-1.0, is_used)], most=0)
        self._condition([*there, (-float(most), is_used)], most=0)
        self._condition([*there, (-float(least), is_used)], least=0)

    def _condition(
        self,
        terms: Iterable[tuple[float, mathopt.Variable]],
        *,
        least: float = float("-inf"),
        most: float = float("inf"),
    ) -> None:
        condition = self._model.add_linear_constraint(lb=least, ub=most)
        for factor, variable in terms:
            condition.set_coefficient(variable, factor)

    def _each_once(self) -> None:
        theirs: dict[PersonId, _Terms] = defaultdict(list)
        for (person, _), comes in self._comes.items():
            theirs[person].append((1.0, comes))
        for terms in theirs.values():
            self._condition(terms, most=1)

    def _keep_apart(self) -> None:
        """Let one session be at a time, and the longest buffer of who must be there between two."""
        pause = max((host.buffer for host in self._gathering.required), default=timedelta())
        taken = (self._gathering.length + pause).total_seconds()
        at = self._grid.at
        for place, last in enumerate(self._chances):
            running = [
                (1.0, one.is_used)
                for one in self._chances[: place + 1]
                if at[one.number] + taken > at[last.number]
            ]
            if len(running) > 1:
                self._condition(running, most=1)

    def _limit(self) -> None:
        """Keep the limits of those who must be there."""
        for host in self._gathering.required:
            days = self._grid.days(host.timezone)
            booked = booked_days(host)
            for limit, of in ((host.per_day, _itself), (host.per_week, monday)):
                if limit is None:
                    continue
                already: dict[date, int] = defaultdict(int)
                for day, count in booked.items():
                    already[of(day)] += count
                together: dict[date, _Terms] = defaultdict(list)
                for one in self._chances:
                    together[of(days[one.number])].append((1.0, one.is_used))
                for day, terms in together.items():
                    self._condition(terms, most=max(0, limit - already[day]))

    def solve(self, patience: timedelta) -> Sessions:
        """Reach for one promise after the other; each is a condition of the next."""
        everybody = tuple(sorted(one.id for one in self._gathering.invitees))
        best = Sessions((), everybody)
        if not self._chances:
            return best
        left, is_proven = patience, True
        known: dict[mathopt.Variable, float] = {}
        for terms in self._promises():
            self._model.objective.is_maximize = False
            self._model.objective.clear()
            for factor, variable in terms:
                self._model.objective.set_linear_coefficient(variable, factor)
            result = mathopt.solve(
                self._model,
                mathopt.SolverType.CP_SAT,
                params=mathopt.SolveParameters(
                    time_limit=left,
                    threads=1,  # more threads find other sessions that are as good
                    random_seed=1,
                ),
                model_params=mathopt.ModelSolveParameters(
                    solution_hints=[mathopt.SolutionHint(variable_values=known)] if known else []
                ),
            )
            reason = result.termination.reason
            is_proven = is_proven and reason == mathopt.TerminationReason.OPTIMAL
            if not result.has_primal_feasible_solution():
                break
            known = dict(result.variable_values())
            best = self._read(known, is_proven=is_proven)
            self._reached.append(round(result.objective_value()))
            self._condition(terms, most=self._reached[-1] + _HALF)
            left = max(left - result.solve_stats.solve_time, timedelta(seconds=1))
        return Sessions(best.sessions, best.left_out, is_proven)

    def _promises(self) -> Iterable[_Terms]:
        """Give what is to be made least, in the order of the promises."""
        yield [(-1.0, comes) for comes in self._comes.values()]
        kept = [
            (-1.0, comes)
            for one in self._gathering.invitees
            if one.holds is not None
            and (comes := self._comes.get((one.id, self._grid.number(one.holds.start)))) is not None
        ]
        if kept:
            yield kept
        yield [(1.0, one.is_used) for one in self._chances]
        yield self._difference()
        delay = self._grid.delay
        yield [(float(delay[one.number]), one.is_used) for one in self._chances]

    def _difference(self) -> _Terms:
        """Bind two variables to the largest and the smallest session, and give their difference."""
        _least, most = self._gathering.size
        people, count = -self._reached[0], self._reached[-1]
        largest = self._model.add_integer_variable(lb=-(-people // max(1, count)), ub=most)
        smallest = self._model.add_integer_variable(lb=0, ub=people // max(1, count))
        there: dict[int, _Terms] = defaultdict(list)
        for (_, number), comes in self._comes.items():
            there[number].append((1.0, comes))
        for one in self._chances:
            terms = there[one.number]
            self._condition([*terms, (-1.0, largest)], most=0)
            self._condition([*terms, (-1.0, smallest), (-float(most), one.is_used)], least=-most)
        return [(1.0, largest), (-1.0, smallest)]

    def _read(self, values: Mapping[mathopt.Variable, float], *, is_proven: bool) -> Sessions:
        found = []
        reached: set[PersonId] = set()
        for one in self._chances:
            people = sorted(
                person
                for (person, number), comes in self._comes.items()
                if number == one.number and values[comes] > _HALF
            )
            if people:
                start = self._grid.starts[one.number]
                when = Span(start, start + self._gathering.length)
                found.append(Session(when, tuple(people), one.hosts))
                reached.update(people)
        left_out = sorted({one.id for one in self._gathering.invitees} - reached)
        return Sessions(tuple(found), tuple(left_out), is_proven)


def _itself(day: date) -> date:
    return day
