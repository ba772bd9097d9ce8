"""What a seating costs: the order of `worker.domain.wave`'s promises, in numbers.

A price is compared part by part: what comes later never outweighs what comes before. Prices of
waves that share no host add up, so that each may be seated by itself.
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from worker.domain.meetings import MeetingId, Span
from worker.domain.wave import Host, Seat, Seeker, Team, Wave

if TYPE_CHECKING:
    from worker.domain.facts import StaffId

ANOTHER_TIME = 3  # as many colleagues may be changed for others rather than one time
ANOTHER_TEAM = 1
LOAD = 100  # of one meeting more at a host, for each they have already
DAY = 100  # of waiting, for one person
_QUARTER = 15  # minutes; the 95 quarters of a day weigh less than one step of load


class Price(NamedTuple):
    """What a seating costs; the least is the best."""

    left_out: int = 0
    rank: int = 0  # of those left out, added up: the higher their priority, the dearer
    moved: int = 0  # ANOTHER_TIME or ANOTHER_TEAM for everybody who does not keep what they hold
    trouble: int = 0  # delay and load


def price(wave: Wave, placed: Mapping[MeetingId, Seat]) -> Price:
    """Say what it costs to seat *wave* as *placed* has it."""
    zone = ZoneInfo(wave.timezone)
    ranks = ranks_of(wave.seekers)
    total = Price()
    held: dict[StaffId, int] = {}
    for seeker in wave.seekers:
        seat = placed.get(seeker.id)
        if seat is None:
            rank = ranks[seeker.priority]
            one = Price(1, rank, ANOTHER_TIME if seeker.holds else 0)
        else:
            moved = move(seeker.holds, seat.team, seat.when.start)
            one = Price(moved=moved, trouble=delay(seeker.window, seat.when.start, zone))
            for host in seat.team:
                held[host] = held.get(host, 0) + 1
        total = plus(total, one)
    loads = (burden(host, held.get(host.id, 0)) for host in wave.hosts)
    return plus(total, Price(trouble=sum(loads)))


def plus(first: Price, second: Price) -> Price:
    """Add two prices, part by part."""
    return Price(*(one + other for one, other in zip(first, second, strict=True)))


def ranks_of(seekers: Sequence[Seeker]) -> dict[int, int]:
    """Number the priorities that occur, the least from 0."""
    return {priority: rank for rank, priority in enumerate(sorted({s.priority for s in seekers}))}


def move(holds: Seat | None, team: Team, start: datetime) -> int:
    """Say what it costs somebody to meet *team* at *start* rather than keep what they hold."""
    if holds is None:
        return 0
    if holds.when.start != start:
        return ANOTHER_TIME
    return 0 if frozenset(holds.team) == frozenset(team) else ANOTHER_TEAM


def delay(window: Span, start: datetime, zone: ZoneInfo) -> int:
    """Say what it costs to wait: whole days, and within the day a little for every quarter."""
    first, there = window.start.astimezone(zone), start.astimezone(zone)
    days = (there.date() - first.date()).days
    return DAY * days + (there.hour * 60 + there.minute) // _QUARTER


def burden(host: Host, meetings: int) -> int:
    """Say what so many meetings of a wave cost a host: each one more than the one before it."""
    return LOAD * (host.load * meetings + meetings * (meetings + 1) // 2)


def fits(spans: Sequence[Span], when: Span) -> bool:
    """Say whether *when* lies within one of *spans*, which are sorted and do not overlap.

    >>> from datetime import UTC
    >>> at = lambda hour: datetime(2026, 4, 1, hour, tzinfo=UTC)
    >>> fits([Span(at(1), at(3)), Span(at(5), at(9))], Span(at(5), at(6)))
    True
    >>> fits([Span(at(1), at(3)), Span(at(5), at(9))], Span(at(2), at(4)))
    False
    """
    place = bisect_left(spans, when.start, key=lambda span: span.end)
    while place < len(spans) and spans[place].start <= when.start:
        if when.end <= spans[place].end:
            return True
        place += 1
    return False
