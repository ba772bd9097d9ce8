"""When people are free: working hours of each date in their own zone, without what takes them.

Stretches of time are half-open and in UTC; working hours are made for every date from the wall
clock of that date's zone, never by adding an offset. A clock's time that is skipped by daylight
saving is no start of a meeting; of one that comes twice the first is.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import TypeAlias

from worker.domain.meetings import Busy, Span, Unknown, merged
from worker.domain.workdays import Workdays

DECENT = (time(9), time(21))  # of somebody whose calendar we do not see
NOON = time(12)  # who says no to 10:00 means the morning, and not that 10:30 were better

Hours: TypeAlias = tuple[time, time]


@dataclass(frozen=True, slots=True)
class Week:
    """Working hours by the wall clock: the same on every business day, but for some weekdays."""

    hours: Hours
    lunch: Hours | None = None
    other: Mapping[int, tuple[Hours, ...]] = field(  # 0 is Monday; () is off
        default_factory=dict, hash=False
    )

    def on(self, day: date) -> tuple[Hours, ...]:
        """Give the hours of a day, lunch left out."""
        found = self.other.get(day.weekday(), (self.hours,))
        if self.lunch is None:
            return found
        first, last = self.lunch
        return tuple(
            part
            for begins, ends in found
            for part in ((begins, min(ends, first)), (max(begins, last), ends))
            if part[0] < part[1]
        )


def hours_of(
    days: Workdays, week: Week, within: Span, *, every_day: bool = False
) -> tuple[Span, ...]:
    """Give the working hours of every business day that lie within a stretch of time.

    Hours of which daylight saving skips a part are that much shorter.
    """
    found: list[Span] = []
    for day in dates_of(days, within):
        if not every_day and not days.is_business(day):
            continue
        for whole in _spans_on(days, week, day):
            start, end = max(whole.start, within.start), min(whole.end, within.end)
            if start < end:
                found.append(Span(start, end))
    return merged(found)


@lru_cache(maxsize=1 << 14)
def _spans_on(days: Workdays, week: Week, day: date) -> tuple[Span, ...]:
    """Give the hours of a day: the same for everybody who lives and works alike."""
    hours = week.on(day)
    return tuple(Span(days.instant(day, begins), days.instant(day, ends)) for begins, ends in hours)


def free_of(
    works: Iterable[Span],
    told: Busy | Unknown,
    ours: Iterable[Span] = (),
    *,
    buffer: timedelta = timedelta(),
) -> tuple[Span, ...]:
    """Give when somebody is free: of working hours what neither others nor we have taken.

    Our own holds and bookings keep a buffer on both sides, other people's meetings do not. Who is
    unknown is never free.
    """
    match told:
        case Unknown():
            return ()
        case Busy(spans):
            return without(works, (*spans, *widened(ours, buffer)))


def widened(spans: Iterable[Span], buffer: timedelta) -> tuple[Span, ...]:
    """Give stretches of time with a buffer before and after each."""
    return merged(Span(span.start - buffer, span.end + buffer) for span in spans)


def without(free: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Give what is left of *free* without what is taken."""
    left: list[Span] = []
    blocks = merged(taken)
    place = 0
    for span in merged(free):
        start = span.start
        while place < len(blocks) and blocks[place].end <= start:
            place += 1
        here = place
        while here < len(blocks) and blocks[here].start < span.end:
            if blocks[here].start > start:
                left.append(Span(start, blocks[here].start))
            start = max(start, blocks[here].end)
            here += 1
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)


def both(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """Give when both are free."""
    found: list[Span] = []
    mine, theirs = merged(one), merged(other)
    here = there = 0
    while here < len(mine) and there < len(theirs):
        start = max(mine[here].start, theirs[there].start)
        end = min(mine[here].end, theirs[there].end)
        if start < end:
            found.append(Span(start, end))
        if mine[here].end <= theirs[there].end:
            here += 1
        else:
            there += 1
    return tuple(found)


def cut(spans: Iterable[Span], within: Span) -> tuple[Span, ...]:
    """Give what of *spans* lies within a stretch of time."""
    return both(spans, (within,)) if within.start < within.end else ()


def starts_in(free: Iterable[Span], days: Workdays, grid: int) -> tuple[datetime, ...]:
    """Give the instants of the wall clock's grid that lie in *free*; sorted.

    The *grid*, 5 to 60 minutes, counts from midnight of each day.

    >>> from worker.domain.workdays import workdays
    >>> from worker.domain.plan import Calendar
    >>> newyork = workdays(Calendar(timezone="America/New_York"))
    >>> night = Span(newyork.instant(date(2026, 3, 8)), newyork.instant(date(2026, 3, 8), time(4)))
    >>> [f"{newyork.local(at):%H:%M}" for at in starts_in([night], newyork, 60)]
    ['00:00', '01:00', '03:00']
    """
    step = timedelta(minutes=grid)
    found: set[datetime] = set()
    for span in merged(free):
        for day in dates_of(days, span):
            clock, following = datetime.combine(day, time()), day + timedelta(days=1)
            if day == days.local(span.start).date():
                clock += (days.local(span.start) - clock) // step * step
            while clock.date() < following:
                at = days.instant_of(clock)
                if at >= span.end:
                    break
                if at >= span.start and days.local(at) == clock:
                    found.add(at)
                clock += step
    return tuple(sorted(found))


def half_days(span: Span, days: Workdays) -> Span:
    """Give the half-days that a stretch of time lies in: the morning up to noon, and the rest.

    >>> from worker.domain.workdays import workdays
    >>> from worker.domain.plan import Calendar
    >>> tokyo = workdays(Calendar())
    >>> ten = tokyo.instant(date(2026, 4, 7), time(10))
    >>> [tokyo.text(at) for at in half_days(Span(ten, ten + timedelta(minutes=30)), tokyo)]
    ['2026-04-07T00:00+09:00', '2026-04-07T12:00+09:00']
    """
    first, last = days.local(span.start), days.local(span.end - timedelta.resolution)
    start = days.instant(first.date(), NOON if first.time() >= NOON else time())
    if last.time() < NOON:
        return Span(start, days.instant(last.date(), NOON))
    return Span(start, days.instant(last.date() + timedelta(days=1)))


def window_of(now: datetime, since: datetime, until: datetime, notice: timedelta) -> Span | None:
    """Give within what a meeting has to lie; None where least notice leaves nothing of it."""
    start = max(since, now + notice).astimezone(UTC)
    return Span(start, until) if start < until else None


def dates_of(days: Workdays, within: Span) -> Iterator[date]:
    """Give every local date of which something lies within a stretch of time."""
    day, last = days.local(within.start).date(), days.local(within.end).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
