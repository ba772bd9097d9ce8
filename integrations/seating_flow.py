"""A part of a wave as a flow of least cost: exact, and in whole numbers by itself.

    seeker ─▶ (pool, start) ─▶ (host, start) ─▶ (host, day) ─▶ (host, week) ─▶ host ─▶ out
       └──────────────── what they hold ──▶┘                                    └▶ one way out for
       └── left out ────────────────────────────────────────────────────▶ out      each meeting,
                                                                                   the next dearer

A pool is everybody who may meet the same hosts for the same length of time: by way of it ten
people and six hosts need sixteen ways to a start instead of sixty. A start of a host that one way
alone leads to is no node: that way leads on at once. A limit is how wide the way out of a day or a
week is. It is a flow only while no two starts of a host exclude each other, and no
meeting needs two hosts: everything else is for `integrations.seating_program`.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from integrations.seating_network import OUT, Arcs, Numbers, Sketch, cheapest
from integrations.seating_parts import Grid, Part, held_number, seat
from integrations.seating_turn import booked_days, monday
from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId
from worker.domain.price import ANOTHER_TEAM, ANOTHER_TIME, LOAD
from worker.domain.wave import Host, Seat, Seeker

if TYPE_CHECKING:
    from numpy.typing import NDArray

_Pool: TypeAlias = tuple[tuple[StaffId, ...], timedelta]


def is_flow(part: Part, grid: Grid) -> bool:
    """Say whether a part is a flow: one host a meeting, and no two starts that overlap."""
    if any(len(team) != 1 for seeker in part.seekers for team in seeker.teams):
        return False
    longest = max(seeker.length for seeker in part.seekers)
    pause = max(host.buffer for host in part.hosts)
    least = longest + pause
    return grid.least_gap >= least or grid.gap(part.open.values()) >= least


def flow(part: Part, grid: Grid) -> tuple[dict[MeetingId, Seat], bool]:
    """Give the best seating of a part that is a flow, and whether it is proven to be."""
    network = _Network(part, grid)
    arcs = network.lay_out()
    taken, is_exact = cheapest(part.seekers, arcs, network.size)
    return network.read(taken), is_exact


class _Network:
    """The nodes of a part: out, the seekers, and what lies between."""

    def __init__(self, part: Part, grid: Grid) -> None:
        self._part = part
        self._grid = grid
        self._nodes = 1 + len(part.seekers)
        self._row = {host.id: row for row, host in enumerate(part.hosts)}
        self._sketch = Sketch()
        shape = (len(part.hosts), len(grid.starts))
        self._ways = np.zeros(shape, dtype=np.int64)  # that lead to a start of a host
        self._at_host = np.full(shape, -1, dtype=np.int64)  # where they lead to
        self._open: dict[tuple[int, timedelta], NDArray[np.bool_]] = {}
        self._host_of: dict[int, int] = {}  # the row of a node (host, start), or of what follows
        self._start_of: dict[int, int] = {}  # of a node (host, start) or (pool, start)

    @property
    def size(self) -> int:
        """The number of nodes."""
        return self._nodes

    def lay_out(self) -> Arcs:
        """Give every way there is through the network."""
        pools: dict[_Pool, list[tuple[int, Seeker]]] = {}
        for node, seeker in enumerate(self._part.seekers, start=1):
            names = tuple(sorted({team[0] for team in seeker.teams}))
            pools.setdefault((names, seeker.length), []).append((node, seeker))
        for names, length in pools:
            for name in names:
                self._ways[self._row[name]] += self._open_at(self._row[name], length)
        for seeker in self._part.seekers:
            if seeker.holds is not None and (number := self._kept(seeker)) is not None:
                self._ways[self._row[seeker.holds.team[0]], number] += 1
        for row, host in enumerate(self._part.hosts):
            self._out_of(row, host)
        for (names, length), members in pools.items():
            self._pool([self._row[name] for name in names], length, members)
        return self._sketch.done()

    def _more(self, count: int) -> Numbers:
        first = self._nodes
        self._nodes += count
        return np.arange(first, self._nodes, dtype=np.int64)

    def _open_at(self, row: int, length: timedelta) -> "NDArray[np.bool_]":
        """Say at which starts a host has room for a meeting."""
        if (row, length) not in self._open:
            marks = np.zeros(len(self._grid.starts), dtype=np.bool_)
            for one in self._grid.open(self._part.hosts[row].free, length, self._grid.whole):
                marks[one.start : one.stop] = True
            self._open[row, length] = marks
        return self._open[row, length]

    def _out_of(self, row: int, host: Host) -> None:
        """Lead from the starts of a host by way of its days and weeks out."""
        starts = np.flatnonzero(self._ways[row])
        local = self._grid.days(host.timezone)
        days = [local[start] for start in starts.tolist()]
        booked = booked_days(host)
        leaving = int(self._more(1)[0])
        weeks: dict[date, int] = {}
        gates: dict[date, int] = {}
        for day in dict.fromkeys(days):
            week = monday(day)
            if week not in weeks:
                already = sum(count for each, count in booked.items() if monday(each) == week)
                weeks[week] = self._gate(leaving, host.per_week, already)
            gates[day] = self._gate(weeks[week], host.per_day, booked.get(day, 0))
        self._host_of.update(dict.fromkeys(gates.values(), row))
        through = np.array([gates[day] for day in days], dtype=np.int64)
        shared = self._ways[row, starts] > 1
        nodes = self._more(int(np.count_nonzero(shared)))
        self._host_of.update(dict.fromkeys(nodes.tolist(), row))
        self._start_of.update(zip(nodes.tolist(), starts[shared].tolist(), strict=True))
        self._sketch.add(nodes, through[shared])
        through[shared] = nodes
        self._at_host[row, starts] = through
        each = np.arange(1, min(len(starts), len(self._part.seekers)) + 1, dtype=np.int64)
        self._sketch.add(leaving, np.full_like(each, OUT), trouble=LOAD * (host.load + each))

    def _gate(self, after: int, limit: int | None, already: int) -> int:
        """Give a node that lets no more meetings through than a limit leaves."""
        if limit is None:
            return after
        gate = int(self._more(1)[0])
        self._sketch.add(gate, after, room=max(0, limit - already))
        return gate

    def _pool(
        self, rows: Sequence[int], length: timedelta, members: Iterable[tuple[int, Seeker]]
    ) -> None:
        """Lead from seekers who may meet the same hosts to these."""
        some = np.any([self._open_at(row, length) for row in rows], axis=0)
        starts = np.flatnonzero(some)
        nodes = self._more(len(starts))
        at_pool = np.full(len(some), -1, dtype=np.int64)
        at_pool[starts] = nodes
        self._start_of.update(zip(nodes.tolist(), starts.tolist(), strict=True))
        for row in rows:
            there = np.flatnonzero(self._open_at(row, length))
            self._sketch.add(at_pool[there], self._at_host[row, there])
        self._members(list(members), at_pool)

    def _members(self, members: Sequence[tuple[int, Seeker]], at_pool: Numbers) -> None:
        """Lead from everybody of a pool to every start that suits them, and out."""
        rank, open_ = self._part.rank, self._part.open
        many = [sum(map(len, open_[seeker.id])) for _, seeker in members]
        starts = _each_of(list(chain.from_iterable(open_[seeker.id] for _, seeker in members)))
        nodes = np.array([node for node, _ in members], dtype=np.int64)
        held = [held_number(seeker, self._part, self._grid) for _, seeker in members]
        lost = np.array([ANOTHER_TIME if seeker.holds else 0 for _, seeker in members])
        near = np.array([-1 if number is None else number for number in held])
        moved = np.where(starts == np.repeat(near, many), ANOTHER_TEAM, np.repeat(lost, many))
        delay = np.array(self._grid.delay, dtype=np.int64)
        there = at_pool[starts] >= 0
        self._sketch.add(
            np.repeat(nodes, many)[there],
            at_pool[starts[there]],
            moved=moved[there],
            trouble=delay[starts[there]],
        )
        dear = np.array([rank[seeker.priority] + 1 for _, seeker in members])
        self._sketch.add(nodes, OUT, left_out=dear, moved=lost)
        for node, seeker in members:
            if seeker.holds is not None and (number := self._kept(seeker)) is not None:
                at = int(self._at_host[self._row[seeker.holds.team[0]], number])
                self._sketch.add(node, at, trouble=self._grid.delay[number])

    def _kept(self, seeker: Seeker) -> int | None:
        """Give the start that somebody may keep with the very host they have now."""
        number = held_number(seeker, self._part, self._grid)
        if number is None or seeker.holds is None:
            return None
        team = seeker.holds.team
        if frozenset(team) not in map(frozenset, seeker.teams):
            return None
        return number if self._open_at(self._row[team[0]], seeker.length)[number] else None

    def read(self, taken: Iterable[tuple[int, int]]) -> dict[MeetingId, Seat]:
        """Follow what flows from every seeker to a host."""
        people = len(self._part.seekers)
        hosts_at: dict[int, list[int]] = {}
        steps: list[tuple[int, int]] = []
        for tail, head in taken:
            if 1 <= tail <= people:
                if head != OUT:
                    steps.append((tail, head))
            elif head in self._host_of:  # from a pool
                hosts_at.setdefault(tail, []).append(head)
        for waiting in hosts_at.values():
            waiting.sort(reverse=True)
        placed: dict[MeetingId, Seat] = {}
        for tail, step in sorted(steps):
            node = step if step in self._host_of else hosts_at[step].pop()
            seeker = self._part.seekers[tail - 1]
            host = self._part.hosts[self._host_of[node]].id
            placed[seeker.id] = seat((host,), self._start_of[step], seeker.length, self._grid)
        return placed


def _each_of(ranges: Sequence[range]) -> Numbers:
    """Give the numbers of many ranges, one range after the other."""
    first = np.array([one.start for one in ranges], dtype=np.int64)
    many = np.array([len(one) for one in ranges], dtype=np.int64)
    before = np.cumsum(many) - many
    numbers: Numbers = np.arange(many.sum(), dtype=np.int64) + np.repeat(first - before, many)
    return numbers
