"""How meetings are put by hand, and by most programs: one person after the other."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from datetime import datetime

from worker.domain.meetings import MeetingId, Span
from worker.domain.wave import Host, Seat, Wave


def first_come(wave: Wave, *, fewest_first: bool = False) -> dict[MeetingId, Seat]:
    """Give everybody the first start that is free, at the host with the fewest meetings.

    In the order in which they stand in the wave, or those with the fewest starts first.
    """
    seekers = wave.seekers
    length = seekers[0].length
    open_of = {host.id: set(_starts(wave, host.free)) for host in wave.hosts}
    mine = {seeker.id: _starts(wave, seeker.free) for seeker in seekers}
    if fewest_first:
        seekers = tuple(sorted(seekers, key=lambda seeker: len(mine[seeker.id])))
    hosts: dict[str, Host] = {host.id: host for host in wave.hosts}
    load = {host.id: host.load for host in wave.hosts}
    day_of = {start: start.date() for start in wave.starts}  # 09:00 to 18:00 in Tokyo is one day
    a_day: dict[tuple[object, object], int] = defaultdict(int)
    placed: dict[MeetingId, Seat] = {}
    for seeker in seekers:
        for start in mine[seeker.id]:
            day = day_of[start]
            able = [
                name
                for (name,) in seeker.teams
                if start in open_of[name] and a_day[name, day] < (hosts[name].per_day or 99)
            ]
            if able:
                name = min(able, key=lambda name: (load[name], name))
                open_of[name].remove(start)
                load[name] += 1
                a_day[name, day] += 1
                placed[seeker.id] = Seat((name,), Span(start, start + length))
                break
    return placed


def _starts(wave: Wave, free: tuple[Span, ...]) -> list[datetime]:
    found: list[datetime] = []
    length = wave.seekers[0].length
    for span in free:
        first = bisect_left(wave.starts, span.start)
        found += wave.starts[first : bisect_right(wave.starts, span.end - length)]
    return found
