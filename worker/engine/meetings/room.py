"""When people are free: working hours of each date in their own zone, without what takes them."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from worker.domain.meetings import Span, merged
from worker.domain.workdays import Workdays

DECENT = (time(9), time(21))  # of somebody whose calendar we do not see


def hours_of(
    days: Workdays,
    hours: tuple[time, time],
    within: Span,
    *,
    every_day: bool = False,
    lunch: tuple[time, time] | None = None,
) -> tuple[Span, ...]:
    """Give the working hours of every business day that lie within a stretch of time."""
    found: list[Span] = []
    for day in _dates(days, within):
        if not every_day and not days.is_business(day):
            continue
        parts = [hours] if lunch is None else [(hours[0], lunch[0]), (lunch[1], hours[1])]
        for begins, ends in parts:
            start = max(days.instant(day, begins), within.start)
            end = min(days.instant(day, ends), within.end)
            if begins < ends and start < end:
                found.append(Span(start, end))
    return merged(found)


def without(free: Iterable[Span], taken: Iterable[Span]) -> tuple[Span, ...]:
    """Give what is left of *free* without what is taken."""
    left: list[Span] = []
    blocks = merged(taken)
    for span in free:
        start = span.start
        for block in blocks:
            if block.end <= start or block.start >= span.end:
                continue
            if block.start > start:
                left.append(Span(start, block.start))
            start = max(start, block.end)
        if start < span.end:
            left.append(Span(start, span.end))
    return tuple(left)


def both(one: Iterable[Span], other: Iterable[Span]) -> tuple[Span, ...]:
    """Give when both are free."""
    found: list[Span] = []
    mine, theirs = list(one), list(other)
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


def starts_in(free: Iterable[Span], days: Workdays, grid: int) -> tuple[datetime, ...]:
    """Give the instants of the wall clock's grid that lie in *free*; sorted."""
    step = timedelta(minutes=grid)
    found: set[datetime] = set()
    for span in free:
        local = days.local(span.start)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        ahead = -((midnight - local) // step)
        clock = midnight + ahead * step
        while (at := days.instant_of(clock)) < span.end:
            if at >= span.start:
                found.add(at)
            clock += step
    return tuple(sorted(found))


def _dates(days: Workdays, within: Span) -> Iterator[date]:
    day, last = days.local(within.start).date(), days.local(within.end).date()
    while day <= last:
        yield day
        day += timedelta(days=1)
