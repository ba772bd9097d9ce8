"""What the words for time mean: from a fact's instant to the instant of a step.

>>> from datetime import date, time
>>> from worker.domain.when import Unit
>>> from worker.domain.plan import Calendar
>>> from worker.domain.workdays import workdays
>>> tokyo = workdays(Calendar())
>>> offer = tokyo.instant(date(2026, 4, 3), time(17))  # a Friday
>>> two_days = FromFact("offer", (Distance(2, Unit.BUSINESS_DAYS),), at=time(10))
>>> tokyo.local(resolve(two_days, offer, tokyo)).isoformat()
'2026-04-07T10:00:00'
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from worker.domain.when import Distance, Every, FromFact, InYearOf, Moment, OnDate
from worker.domain.workdays import MIDNIGHT, Workdays, on_day


def fact_of(moment: Moment) -> str:
    """Name the fact *moment* counts from; empty if it is known from the start.

    >>> fact_of(FromFact("offer"))
    'offer'
    """
    return "" if isinstance(moment, OnDate) else moment.fact


def resolve(moment: Moment, fact_at: datetime, workdays: Workdays) -> datetime:
    """Give the instant of *moment* for a fact at *fact_at* (which a fixed date does not look at).

    Without a distance backwards it is never before its fact, except for a day in the year of it.
    """
    match moment:
        case FromFact():
            return workdays.shifted(fact_at, moment.distances, moment.at)
        case OnDate():
            return workdays.instant(moment.day, moment.at or MIDNIGHT)
        case InYearOf():
            year = workdays.local(fact_at).year
            day = on_day(year, moment.month, moment.day)
            return workdays.instant(day, moment.at or MIDNIGHT)


@dataclass(frozen=True, slots=True)
class Turn:
    """One occurrence of a cadence: its number, its moment, and when it should have been by."""

    number: int
    at: datetime
    latest: datetime | None = None  # the greatest gap: it goes first where budgets collide


def on_grid(every: Every, start: datetime, number: int, workdays: Workdays) -> datetime:
    """Give the *number*-th point of a cadence's grid: number 1 is one gap after *start*.

    >>> from datetime import UTC
    >>> from worker.domain.plan import Calendar
    >>> from worker.domain.when import Unit
    >>> from worker.domain.workdays import workdays
    >>> tokyo, start = workdays(Calendar()), datetime(2027, 1, 31, 1, tzinfo=UTC)
    >>> monthly = Every(Distance(1, Unit.MONTHS), FromFact("accept"))
    >>> [on_grid(monthly, start, number, tokyo).date().isoformat() for number in (1, 2)]
    ['2027-02-28', '2027-03-31']
    """
    return workdays.after(start, Distance(every.least.count * number, every.least.unit))


def next_on_grid(at: Callable[[int], datetime], last: int, *, now: datetime, gentle: bool) -> Turn:
    """Give the occurrence after number *last*: of those overdue only the latest, else the next.

    *at* gives the points of the grid. Somebody who wants less contact is written to at every
    other one of them.
    """
    first = last + (2 if gentle else 1)
    moment = at(first)
    if moment > now:
        return Turn(first, moment)
    number = _last_before(at, first, now)
    return Turn(number, at(number))


def _last_before(at: Callable[[int], datetime], first: int, now: datetime) -> int:
    """Give the greatest number, from *first* on, whose moment is not after *now*."""
    low, reach = first, 1
    while at(low + reach) <= now:
        low, reach = low + reach, reach * 2
    high = low + reach
    while high - low > 1:
        middle = (low + high) // 2
        if at(middle) <= now:
            low = middle
        else:
            high = middle
    return low
