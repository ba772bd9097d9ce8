"""Business days, closed days and local time in one zone; the only module that knows of zones.

Local arithmetic is done on the wall clock: a day later is the same time on the next day, also over
a change to daylight saving. A local time that the change skips is the first instant after the gap;
one that comes twice is the first.

>>> from datetime import date, time
>>> tokyo = workdays(Calendar(timezone="Asia/Tokyo", holidays=frozenset({date(2026, 4, 29)})))
>>> tokyo.is_business(date(2026, 4, 29)), tokyo.is_business(date(2026, 4, 30))
(False, True)
>>> tokyo.instant(date(2026, 4, 30), time(10)).isoformat()
'2026-04-30T01:00:00+00:00'
"""

from bisect import bisect_left, bisect_right
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from worker.domain.plan import Calendar, Closure
from worker.domain.when import Distance, Season, Unit

MIDNIGHT = time()
_FRIDAY = 4
_REMEMBERED = 1 << 13
_SECOND = timedelta(seconds=1)


class Workdays:
    """What a business day is, and what time it is, for one calendar in one zone.

    Safe to share between threads. Compare by identity; `workdays` gives the same one again.
    """

    __slots__ = ("_business", "_offsets", "calendar", "text", "zone")

    def __init__(self, calendar: Calendar, zone: str = "") -> None:
        self.calendar = calendar
        self.zone = _zone(zone, calendar.timezone)
        self._business: tuple[int, int, list[int]] = (0, 0, [])  # years [first, last), ordinals
        self._offsets: dict[int, timedelta | None] = {}  # by day; None: it changes on that day
        self.text = lru_cache(_REMEMBERED)(self._text)

    def local(self, at: datetime) -> datetime:
        """Give the wall clock's time at an instant, without a zone."""
        return at.astimezone(self.zone).replace(tzinfo=None)

    def _text(self, at: datetime) -> str:
        """Write an instant as the wall clock shows it, with its offset from UTC.

        >>> workdays(Calendar()).text(datetime(2026, 4, 1, 1, tzinfo=UTC))
        '2026-04-01T10:00+09:00'
        """
        return at.astimezone(self.zone).isoformat(timespec="minutes")

    def instant(self, day: date, clock: time = MIDNIGHT) -> datetime:
        """Give the instant at which the wall clock of *day* shows *clock*."""
        return self.instant_of(datetime.combine(day, clock))

    def instant_of(self, local: datetime) -> datetime:
        """Give the instant of a wall clock's time: after a gap, and the first of two.

        >>> berlin = workdays(Calendar(timezone="Europe/Berlin"))
        >>> berlin.instant_of(datetime(2026, 3, 29, 2, 30)).isoformat()
        '2026-03-29T01:00:00+00:00'
        >>> berlin.instant_of(datetime(2026, 10, 25, 2, 30)).isoformat()
        '2026-10-25T00:30:00+00:00'
        """
        day = local.toordinal()
        offset = self._offsets[day] if day in self._offsets else self._offset_on(day)
        if offset is not None:
            return (local - offset).replace(tzinfo=UTC)
        here = local.replace(tzinfo=self.zone, fold=0)
        there = here.replace(fold=1)
        if here.utcoffset() == there.utcoffset():
            return here.astimezone(UTC)
        first, second = here.astimezone(UTC), there.astimezone(UTC)
        return first if first < second else self._after_gap(second, first)

    def _offset_on(self, ordinal: int) -> timedelta | None:
        """Give the one offset of a day, with an hour to spare on both sides; None if it changes."""
        midnight = datetime.fromordinal(ordinal).replace(tzinfo=self.zone)
        hours = (midnight + timedelta(hours=hour) for hour in (-1, 0, 6, 12, 18, 24, 25))
        offsets = {side.utcoffset() for here in hours for side in (here, here.replace(fold=1))}
        self._offsets[ordinal] = offset = offsets.pop() if len(offsets) == 1 else None
        return offset

    def _after_gap(self, before: datetime, after: datetime) -> datetime:
        """Give the first instant of the new offset, which lies after *before*."""
        new = after.astimezone(self.zone).utcoffset()
        while after - before > _SECOND:
            middle = before + (after - before) // 2
            if middle.astimezone(self.zone).utcoffset() == new:
                after = middle
            else:
                before = middle
        return after.replace(microsecond=0)

    def is_business(self, day: date) -> bool:
        """Say whether people work on *day*."""
        ordinal = day.toordinal()
        business = self._around(day.year, day.year)
        place = bisect_left(business, ordinal)
        return place < len(business) and business[place] == ordinal

    def business_day(self, day: date, count: int = 0) -> date:
        """Give the *count*-th business day after *day* (before it if negative).

        With 0 it is *day* itself where that is a business day, else the next one.

        >>> tokyo = workdays(Calendar())
        >>> tokyo.business_day(date(2026, 4, 3), 1), tokyo.business_day(date(2026, 4, 6), -1)
        (datetime.date(2026, 4, 6), datetime.date(2026, 4, 3))
        >>> tokyo.business_day(date(2026, 4, 4))
        datetime.date(2026, 4, 6)
        """
        ordinal = day.toordinal()
        first = last = day.year
        while True:
            business = self._around(first, last)
            if count < 0:
                place = bisect_left(business, ordinal) + count
            elif count == 0:
                place = bisect_left(business, ordinal)
            else:
                place = bisect_right(business, ordinal) + count - 1
            if 0 <= place < len(business):
                return date.fromordinal(business[place])
            if place < 0:
                first -= 1 + -place // 366
            else:
                last += 1 + (place - len(business)) // 366

    def after(self, at: datetime, distance: Distance) -> datetime:
        """Give the instant *distance* after *at*; before it if the distance is negative.

        >>> after_a_month = workdays(Calendar()).after(
        ...     datetime(2027, 1, 31, 1, tzinfo=UTC), Distance(1, Unit.MONTHS)
        ... )
        >>> after_a_month.isoformat()
        '2027-02-28T01:00:00+00:00'
        """
        return self.shifted(at, (distance,), None)

    def shifted(
        self, at: datetime, distances: tuple[Distance, ...], clock: time | None
    ) -> datetime:
        """Go *distances* from *at*, one after the other, then to *clock* on the day arrived at.

        Unless a distance leads backwards the result is never before *at*: where the clock's time
        on that day has passed already, it is the next day's.

        >>> noon = datetime(2026, 4, 1, 3, tzinfo=UTC)  # 12:00 in Tokyo, a Wednesday
        >>> tokyo = workdays(Calendar())
        >>> two = Distance(2, Unit.BUSINESS_DAYS)
        >>> tokyo.local(tokyo.shifted(noon, (two,), time(10))).isoformat()
        '2026-04-03T10:00:00'
        >>> tokyo.local(tokyo.shifted(noon, (), time(10))).isoformat()
        '2026-04-02T10:00:00'
        """
        backwards = False
        local: datetime | None = None  # while days are counted
        moved = at
        for distance in distances:
            backwards = backwards or distance.count < 0
            exact = _exact(distance)
            if exact is None:
                local = self.moved(local or self.local(moved), distance)
            else:
                moved = (moved if local is None else self.instant_of(local)) + exact
                local = None
        if clock is not None:
            local = datetime.combine(local or self.local(moved), clock)
        if local is not None:
            moved = self.instant_of(local)
        if backwards or moved >= at:
            return moved
        if clock is None or local is None:
            return at
        return self.instant_of(local + timedelta(days=1))

    def moved(self, local: datetime, distance: Distance) -> datetime:
        """Move a wall clock's time by days, business days, weeks or months; the time stays."""
        count = distance.count
        match distance.unit:
            case Unit.DAYS:
                return local + timedelta(days=count)
            case Unit.WEEKS:
                return local + timedelta(weeks=count)
            case Unit.MONTHS:
                return _months_later(local, count)
            case Unit.BUSINESS_DAYS:
                return datetime.combine(self.business_day(local.date(), count), local.time())
            case Unit.MINUTES:
                return local + timedelta(minutes=count)
            case Unit.HOURS:
                return local + timedelta(hours=count)

    def _around(self, first: int, last: int) -> list[int]:
        """Give the ordinals of all business days of at least the years *first* to *last*."""
        low, high, business = self._business
        if low <= first and last < high:
            return business
        low = min(first - 1, low or first)
        high = max(last + 2, high)
        business = [day for year in range(low, high) for day in self._of_year(year)]
        self._business = (low, high, business)
        return business

    def _of_year(self, year: int) -> list[int]:
        """Give the business days of *year*; of a year that has none, every day counts."""
        closed = frozenset(
            day for closure in self.calendar.closed for day in _closed_days(closure, year)
        )
        first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
        days = [date.fromordinal(ordinal) for ordinal in range(first, last + 1)]
        holidays = self.calendar.holidays
        business = [
            day.toordinal()
            for day in days
            if day.weekday() <= _FRIDAY and day not in holidays and day not in closed
        ]
        return business or [day.toordinal() for day in days]


@lru_cache(maxsize=512)
def workdays(calendar: Calendar, zone: str = "") -> Workdays:
    """Give the work days of *calendar* as seen in *zone* (empty: the calendar's own).

    A zone that nobody knows counts as the calendar's, so that one odd record holds up nobody.
    """
    return Workdays(calendar, zone)


def in_season(season: Season, day: date) -> bool:
    """Say whether *day* lies in *season*, its ends included; it may run over New Year.

    >>> in_season(Season((12, 29), (1, 3)), date(2027, 1, 3))
    True
    """
    here = (day.month, day.day)
    if season.first <= season.last:
        return season.first <= here <= season.last
    return here >= season.first or here <= season.last


def on_day(year: int, month: int, day: int) -> date:
    """Give a day of a year, clamped to the month's end.

    >>> on_day(2027, 2, 29)
    datetime.date(2027, 2, 28)
    """
    return date(year, month, min(day, monthrange(year, month)[1]))


def _exact(distance: Distance) -> timedelta | None:
    if distance.unit is Unit.HOURS:
        return timedelta(hours=distance.count)
    if distance.unit is Unit.MINUTES:
        return timedelta(minutes=distance.count)
    return None


def _months_later(local: datetime, count: int) -> datetime:
    months = local.year * 12 + local.month - 1 + count
    year, month = divmod(months, 12)
    if local.day <= 28:  # noqa: PLR2004 - every month has this day
        return local.replace(year=year, month=month + 1)
    return local.replace(
        year=year, month=month + 1, day=min(local.day, monthrange(year, month + 1)[1])
    )


def _closed_days(closure: Closure, year: int) -> Iterator[date]:
    """Give the days of *year* on which *closure* keeps the company closed."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    if closure.once is not None:
        start, end = max(first, closure.once[0]), min(last, closure.once[1])
        yield from (start + timedelta(days=n) for n in range((end - start).days + 1))
    if closure.every_year is not None:
        days = (first + timedelta(days=n) for n in range((last - first).days + 1))
        yield from (day for day in days if in_season(closure.every_year, day))


def _zone(wanted: str, otherwise: str) -> ZoneInfo:
    for name in (wanted, otherwise):
        try:
            if name:
                return ZoneInfo(name)
        except (KeyError, ValueError, OSError):  # the ways in which zoneinfo says: no such zone
            continue
    return ZoneInfo("UTC")
