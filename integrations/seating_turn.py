"""One after the other: for somebody alone the best seat there is; for several a good one. Pure.

Where a part of a wave is one person this is exact, and costs nothing. It is also what is left
where a proof would take too long.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from integrations.seating_parts import Grid, Part, seat, seconds
from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span
from worker.domain.price import LOAD, fits, move
from worker.domain.wave import Host, Seat, Seeker, Team


class Diary:
    """What hosts have taken on in this wave so far."""

    def __init__(self, part: Part, grid: Grid) -> None:
        self._grid = grid
        self._hosts = {host.id: host for host in part.hosts}
        self._taken: dict[StaffId, list[tuple[int, int]]] = defaultdict(list)
        self._per_day: dict[tuple[StaffId, date], int] = defaultdict(int)
        self._per_week: dict[tuple[StaffId, date], int] = defaultdict(int)
        for host in part.hosts:
            for day, count in booked_days(host).items():
                self._per_day[host.id, day] += count
                self._per_week[host.id, monday(day)] += count

    def is_open(self, host: StaffId, number: int, length: timedelta) -> bool:
        """Say whether a host could take one more meeting."""
        one = self._hosts[host]
        start = self._grid.starts[number]
        day = self._grid.days(one.timezone)[number]
        if one.per_day is not None and self._per_day[host, day] >= one.per_day:
            return False
        if one.per_week is not None and self._per_week[host, monday(day)] >= one.per_week:
            return False
        if not fits(one.free, Span(start, start + length)):
            return False
        buffer = one.buffer.total_seconds()
        first = self._grid.at[number]
        last = first + length.total_seconds()
        return all(
            last + buffer <= begin or end + buffer <= first for begin, end in self._taken[host]
        )

    def take(self, seat: Seat) -> None:
        """Note a meeting at all hosts of its team."""
        for host in seat.team:
            begin = seconds(seat.when.start)
            day = self._grid.days(self._hosts[host].timezone)[self._grid.number(seat.when.start)]
            self._taken[host].append((begin, seconds(seat.when.end)))
            self._per_day[host, day] += 1
            self._per_week[host, monday(day)] += 1

    def load(self, team: Team) -> int:
        """Say what one more meeting costs a team."""
        return sum(LOAD * (self._hosts[host].load + len(self._taken[host]) + 1) for host in team)


def in_turn(part: Part, grid: Grid) -> dict[MeetingId, Seat]:
    """Seat the people of a part one after the other, each as well as can be.

    Those who hold a time come first, then the higher priorities, then who has fewest starts.
    """
    diary = Diary(part, grid)
    placed: dict[MeetingId, Seat] = {}

    def turn(seeker: Seeker) -> tuple[bool, int, int, str]:
        room = sum(len(one) for one in part.open[seeker.id])
        return (seeker.holds is None, -seeker.priority, room, seeker.id)

    for seeker in sorted(part.seekers, key=turn):
        best = min(_choices(seeker, part, grid, diary), default=None)
        if best is not None:
            *_, number, team = best
            placed[seeker.id] = seat(team, number, seeker.length, grid)
            diary.take(placed[seeker.id])
    return placed


def _choices(
    seeker: Seeker, part: Part, grid: Grid, diary: Diary
) -> Iterator[tuple[int, int, int, Team]]:
    """Give what somebody could have, with its price: moved, trouble, and a tie broken by key."""
    for ranges in part.open[seeker.id]:
        for number in ranges:
            for team in seeker.teams:
                if all(diary.is_open(host, number, seeker.length) for host in team):
                    moved = move(seeker.holds, team, grid.starts[number])
                    trouble = grid.delay[number] + diary.load(team)
                    yield moved, trouble, number, team


def booked_days(host: Host) -> dict[date, int]:
    """Count the meetings of ours that a host has outside the wave, by their local day."""
    days: dict[date, int] = defaultdict(int)
    zone = ZoneInfo(host.timezone)
    for start in host.booked:
        days[start.astimezone(zone).date()] += 1
    return days


def monday(day: date) -> date:
    """Give the day on which the week of *day* begins."""
    return day - timedelta(days=day.weekday())
