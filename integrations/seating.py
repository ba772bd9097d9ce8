"""Who meets whom when: OR-tools, given the question in parts. `Solver` of `worker.ports`.

It asks nobody and remembers nothing, so that a rehearsal seats people as the live run will: there
is no twin of it. A part of one person is answered at once; OR-tools and numpy are imported only
where several people want the same hosts.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from integrations.seating_parts import Grid, Part, grid_of, parts_of
from integrations.seating_turn import in_turn
from worker.domain.meetings import MeetingId
from worker.domain.price import ranks_of
from worker.domain.wave import Gathering, Seat, Seating, Seeker, Sessions, Team, Wave


class ExactSolver:
    """A `Solver`: every part of a wave is solved to the proven best, within *patience* each."""

    def __init__(self, patience: timedelta = timedelta(minutes=1)) -> None:
        self._patience = patience

    def seat(self, wave: Wave) -> Seating:
        """Give the best seating of *wave*."""
        grid = grid_of(wave)
        placed: dict[MeetingId, Seat] = {}
        is_proven = True
        for part in parts_of(wave, grid, ranks_of(wave.seekers)):
            seats, proven = self._seated(part, grid)
            placed.update(seats)
            is_proven = is_proven and proven
        left_out = sorted(seeker.id for seeker in wave.seekers if seeker.id not in placed)
        return Seating(_as_named(placed, wave.seekers), tuple(left_out), is_proven)

    def gather(self, gathering: Gathering) -> Sessions:
        """Give the fewest sessions of a meeting of many."""
        from integrations.seating_sessions import sessions  # noqa: PLC0415 - half a second

        return sessions(gathering, self._patience)

    def _seated(self, part: Part, grid: Grid) -> tuple[dict[MeetingId, Seat], bool]:
        if len(part.seekers) == 1:
            return in_turn(part, grid), True
        from integrations.seating_flow import flow, is_flow  # noqa: PLC0415 - numpy, OR-tools

        if is_flow(part, grid):
            return flow(part, grid)
        from integrations.seating_program import program  # noqa: PLC0415 - half a second

        return program(part, grid, self._patience)


def _as_named(placed: Mapping[MeetingId, Seat], seekers: Iterable[Seeker]) -> dict[MeetingId, Seat]:
    """Name every team as it was asked for: the first of it has the event in their calendar."""
    teams = {seeker.id: seeker.teams for seeker in seekers if seeker.id in placed}
    return {
        meeting: replace(seat, team=_named(seat.team, teams[meeting]))
        for meeting, seat in placed.items()
    }


def _named(team: Team, asked: Sequence[Team]) -> Team:
    """Find a team among those asked for; of the same people in two orders the first counts."""
    if len(team) == 1 and team in asked:
        return team
    people = frozenset(team)
    return next(one for one in asked if frozenset(one) == people)
