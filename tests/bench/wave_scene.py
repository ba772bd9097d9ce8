"""Candidates and interviewers who do not exist, with weeks that look like people's weeks."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from zoneinfo import ZoneInfo

from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span, merged
from worker.domain.wave import Host, Seeker, Wave

TOKYO = ZoneInfo("Asia/Tokyo")
FIRST = date(2026, 7, 6)  # a Monday
HALF = timedelta(minutes=30)
SLOTS = 18  # a day, from 09:00


class Dice:
    """Chance that is the same in every run, and on every machine."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._count = 0

    def below(self, most: int) -> int:
        """Give a number from 0 up to, and without, *most*."""
        self._count += 1
        digest = sha256(f"{self._name}:{self._count}".encode()).digest()
        return int.from_bytes(digest[:6], "big") % most

    def chance(self, percent: int) -> bool:
        """Say yes so often."""
        return self.below(100) < percent


def wave(candidates: int, interviewers: int, *, weeks: int = 4, pools: int = 12) -> Wave:
    """Lay out a wave: everybody may meet anybody of their department, which differ in size."""
    days = [FIRST + timedelta(days=n) for n in range(7 * weeks) if n % 7 < 5]
    starts = tuple(_at(day, slot) for day in days for slot in range(SLOTS))
    hosts = tuple(_host(number, days, starts) for number in range(interviewers))
    lean = [2 * pool + 8 for pool in range(pools)]  # from 8 to 30, for twelve
    members: list[list[StaffId]] = [[] for _ in range(pools)]
    for number, host in enumerate(hosts):
        place = _pool_of(number, interviewers, lean)
        members[place].append(host.id)
    window = Span(starts[0], starts[-1] + HALF)
    seekers = []
    for number in range(candidates):
        names = members[_pool_of(number, candidates, lean)]
        free = _free_of_candidate(Dice(f"candidate {number}"), days, starts)
        teams = tuple((name,) for name in names)
        seekers.append(Seeker(MeetingId(f"m{number:05}"), teams, free, window, HALF))
    return Wave(tuple(seekers), hosts, starts)


def _pool_of(number: int, of: int, lean: Sequence[int]) -> int:
    """Say into which department somebody falls, in proportion to their sizes."""
    place, total = (number * 7919) % of * sum(lean) // of, 0
    for pool, size in enumerate(lean):
        total += size
        if place < total:
            return pool
    return len(lean) - 1


def _at(day: date, slot: int) -> datetime:
    local = datetime.combine(day, time(9), TOKYO) + slot * HALF
    return local.astimezone(UTC)


def _spans(starts: Sequence[datetime], marks: Sequence[bool]) -> Iterator[Span]:
    for place, start in enumerate(starts):
        if marks[place]:
            yield Span(start, start + HALF)


def _host(number: int, days: Sequence[date], starts: Sequence[datetime]) -> Host:
    """Give somebody with weekly meetings, stand-ups, days off, and ever fuller next weeks."""
    dice = Dice(f"interviewer {number}")
    weekly = {(dice.below(5), dice.below(SLOTS - 1)) for _ in range(6)}
    stand_up = dice.below(4) if dice.chance(60) else -1
    off = {dice.below(len(days)) for _ in range(1 + dice.below(5))} if dice.chance(35) else set()
    half = dice.below(2) if dice.chance(15) else -1  # works mornings or afternoons only
    marks = []
    for place, day in enumerate(days):
        for slot in range(SLOTS):
            free = place not in off and slot not in (6, 7) and slot != stand_up
            free = free and (half < 0 or (slot < 9) == (half == 0))
            free = free and not {(day.weekday(), slot), (day.weekday(), slot - 1)} & weekly
            marks.append(free and not dice.chance(max(5, 30 - place)))
    return Host(
        StaffId(f"h{number:04}"),
        merged(_spans(starts, marks)),
        per_day=3,
        load=dice.below(6),
    )


def _free_of_candidate(
    dice: Dice, days: Sequence[date], starts: Sequence[datetime]
) -> tuple[Span, ...]:
    """Give the free time of a student: half days of the week, evenings, or a few windows."""
    kind = dice.below(100)
    halves = {(day, part) for day in range(5) for part in range(2) if dice.chance(45)}
    windows = {(dice.below(len(days)), 3 * dice.below(6)) for _ in range(2 + dice.below(5))}
    abroad = dice.below(SLOTS - 1)
    away = {dice.below(len(days)) for _ in range(3)}
    marks = []
    for place, day in enumerate(days):
        for slot in range(SLOTS):
            if kind < 10:
                free = slot >= 14
            elif kind < 15:
                free = slot in (abroad, abroad + 1)
            elif kind < 23:
                free = any(at == place and first <= slot < first + 3 for at, first in windows)
            else:
                free = (day.weekday(), slot // 9) in halves
            marks.append(free and place not in away)
    return merged(_spans(starts, marks))
