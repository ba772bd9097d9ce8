"""A wave in whole numbers, cut into parts that have nothing to do with each other. Pure."""

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from itertools import chain
from zoneinfo import ZoneInfo

from worker.domain.errors import BrokenPromise
from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span
from worker.domain.price import delay
from worker.domain.wave import Host, Seat, Seeker, Team, Wave

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SECOND = timedelta(seconds=1)
_A_DAY = timedelta(days=1)  # no meeting is longer
_NEVER = 1 << 40  # seconds


def seconds(at: datetime) -> int:
    """Give an instant as a number; meetings begin and end at whole seconds."""
    return int(at.timestamp())


class Grid:
    """The starts of a wave, numbered, and what is known of each number."""

    def __init__(self, starts: Iterable[datetime], timezone: str) -> None:
        self.starts: Sequence[datetime] = sorted({at.astimezone(UTC) for at in starts})
        self.at: Sequence[int] = [seconds(start) for start in self.starts]
        self.zone = ZoneInfo(timezone)
        self._times = [float(at) for at in self.at]
        self._number = {at: number for number, at in enumerate(self.at)}
        self._days: dict[str, Sequence[date]] = {}

    @property
    def whole(self) -> Span:
        """A stretch that holds every meeting that begins at a start."""
        return Span(self.starts[0], self.starts[-1] + _A_DAY)

    def number(self, start: datetime) -> int:
        """Give the number of a start."""
        return self._number[seconds(start)]

    def open(self, spans: Sequence[Span], length: timedelta, window: Span) -> Iterator[range]:
        """Give the numbers of the starts at which *length* lies in one of *spans*, and *window*."""
        at, long = self._times, length.total_seconds()
        least = bisect_left(at, window.start.timestamp())
        most = bisect_right(at, window.end.timestamp() - long)
        for first, last in spans:
            if last <= window.start:
                continue
            if first >= window.end:
                return  # they are sorted
            start = bisect_left(at, first.timestamp(), least)
            end = bisect_right(at, last.timestamp() - long, start, max(start, most))
            if start < end:
                yield range(start, end)

    def days(self, timezone: str) -> Sequence[date]:
        """Give the local day of every start in a zone."""
        if timezone not in self._days:
            zone = ZoneInfo(timezone)
            self._days[timezone] = [start.astimezone(zone).date() for start in self.starts]
        return self._days[timezone]

    @cached_property
    def delay(self) -> Sequence[int]:
        """What every start costs somebody, but for an amount that is the same for all starts."""
        whole = Span(self.starts[0], self.starts[-1])
        return [delay(whole, start, self.zone) for start in self.starts]

    def gap(self, open_: Iterable[Sequence[range]]) -> timedelta:
        """Give the least time between two starts of which each is open to somebody."""
        marks = bytearray(len(self.starts))
        for ranges in open_:
            for one in ranges:
                marks[one.start : one.stop] = b"\1" * len(one)
        times = itertools.compress(self.at, marks)
        gaps = (after - before for before, after in itertools.pairwise(times))
        return min(gaps, default=_NEVER) * _SECOND

    @cached_property
    def least_gap(self) -> timedelta:
        """Give the least time between two starts."""
        return self.gap([[range(len(self.starts))]])


@dataclass(frozen=True, slots=True)
class Part:
    """Seekers and hosts that share nothing with those of another part; all sorted by id."""

    seekers: tuple[Seeker, ...]
    hosts: tuple[Host, ...]
    open: Mapping[MeetingId, Sequence[range]]  # starts that suit the person
    rank: Mapping[int, int] = field(default_factory=dict)  # of a priority, over the whole wave


def grid_of(wave: Wave) -> Grid:
    """Number the starts of *wave*; what somebody holds at another time is one, too."""
    held = (seeker.holds.when.start for seeker in wave.seekers if seeker.holds is not None)
    return Grid((*wave.starts, *held), wave.timezone)


def open_starts(wave: Wave, grid: Grid) -> dict[MeetingId, Sequence[range]]:
    """Give for every seeker the starts that suit them.

    A start that is only there because somebody holds it is open to nobody else.
    """
    regular = {seconds(start) for start in wave.starts}
    odd = [number for number, at in enumerate(grid.at) if at not in regular]
    found: dict[MeetingId, Sequence[range]] = {}
    for seeker in wave.seekers:
        ranges: Iterable[range] = grid.open(seeker.free, seeker.length, seeker.window)
        if odd:
            own = grid.number(seeker.holds.when.start) if seeker.holds is not None else -1
            ranges = _without(ranges, [number for number in odd if number != own])
        found[seeker.id] = tuple(ranges)
    return found


def _without(ranges: Iterable[range], odd: Sequence[int]) -> Iterator[range]:
    for one in ranges:
        first = one.start
        for number in odd:
            if number in one:
                if first < number:
                    yield range(first, number)
                first = number + 1
        if first < one.stop:
            yield range(first, one.stop)


def parts_of(wave: Wave, grid: Grid, rank: Mapping[int, int]) -> Iterator[Part]:
    """Cut *wave* where no host is shared, in an order that depends on ids alone."""
    hosts = {host.id: host for host in wave.hosts}
    named = chain.from_iterable(chain(*teams) for teams in {one.teams for one in wave.seekers})
    if unknown := set(named) - set(hosts):
        raise BrokenPromise(f"a wave names hosts that are not in it: {sorted(unknown)}")
    starts = open_starts(wave, grid)
    seekers = sorted(wave.seekers, key=lambda seeker: seeker.id)
    bundles = _Bundles()
    for teams in dict.fromkeys(seeker.teams for seeker in seekers if starts[seeker.id]):
        bundles.join(tuple(chain(*teams)))
    members: dict[StaffId, list[Seeker]] = {}
    for seeker in seekers:
        if starts[seeker.id] and any(seeker.teams):
            team: Team = next(team for team in seeker.teams if team)
            members.setdefault(bundles.lead(team[0]), []).append(seeker)
    theirs: dict[StaffId, list[Host]] = {}
    for name in sorted(hosts):
        theirs.setdefault(bundles.lead(name), []).append(hosts[name])
    for lead, group in members.items():
        yield Part(
            tuple(group),
            tuple(theirs[lead]),
            {seeker.id: starts[seeker.id] for seeker in group},
            rank,
        )


class _Bundles:
    """Which hosts hang together."""

    def __init__(self) -> None:
        self._up: dict[StaffId, StaffId] = {}

    def lead(self, host: StaffId) -> StaffId:
        """Give the one who stands for the bundle of *host*."""
        while (up := self._up.get(host, host)) != host:
            self._up[host] = host = self._up.get(up, up)
        return host

    def join(self, hosts: Team) -> None:
        """Put *hosts* into one bundle."""
        leads = sorted({self.lead(host) for host in hosts})
        for other in leads[1:]:
            self._up[other] = leads[0]


def held_number(seeker: Seeker, part: Part, grid: Grid) -> int | None:
    """Give the number of the start that somebody holds, if it still suits them."""
    if seeker.holds is None or seeker.holds.when.end - seeker.holds.when.start != seeker.length:
        return None
    number = grid.number(seeker.holds.when.start)
    return number if any(number in one for one in part.open[seeker.id]) else None


def seat(team: Team, number: int, length: timedelta, grid: Grid) -> Seat:
    """Give the seat that begins at a start."""
    return Seat(team, Span(grid.starts[number], grid.starts[number] + length))
