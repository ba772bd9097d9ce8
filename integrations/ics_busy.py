"""When somebody is taken, by a calendar file of theirs. Pure.

What is published as free, as working elsewhere, or as cancelled takes no time; everything else
does, whole days included. It refuses to expand rules that would have no end: who sends one has a
calendar that we do not know, which is never taken for a free one.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import recurring_ical_events
from icalendar import Calendar, Component
from icalendar.prop import vDDDTypes, vRecur

from integrations.ics_reading import bare, calendar_of, events_of, moment_of, people_of, text_of
from worker.domain.meetings import Span, Unknown

LARGEST = 10_000_000  # bytes of a file

_STEPS = 200_000  # of all rules of a file together, until the end of what is asked for
_FREE = frozenset({"FREE", "WORKINGELSEWHERE"})
_PERIODS = {
    "HOURLY": timedelta(hours=1),
    "DAILY": timedelta(days=1),
    "WEEKLY": timedelta(weeks=1),
    "MONTHLY": timedelta(days=28),
    "YEARLY": timedelta(days=365),
}
_MANY_WITHIN = ("BYSECOND", "BYMINUTE", "BYHOUR", "BYDAY", "BYMONTHDAY", "BYYEARDAY", "BYMONTH")
_FAR = timedelta(hours=14)  # how far the clocks of two zones may be apart


def taken_in(
    content: bytes,
    within: Span,
    *,
    timezone: str,
    owner: str = "",
    leaving_out: Collection[str] = (),
) -> list[Span] | Unknown:
    """Give everything that takes somebody's time around a stretch of time, each as it is.

    Args:
        content: A calendar file.
        within: What is asked for.
        timezone: The owner's: of whole days, and of times that name no zone.
        owner: Their address: a meeting that they declined takes none of their time.
        leaving_out: Events of ours that do not count, by their key.
    """
    if len(content) > LARGEST:
        return Unknown("the calendar is too large", is_permanent=True)
    calendar = calendar_of(content)
    if calendar is None:
        return Unknown("what was sent is no calendar that can be read", is_permanent=True)
    if not _has_an_end(calendar, within):
        return Unknown("the calendar has a rule that repeats too often", is_permanent=True)
    left_out = {key.lower() for key in leaving_out}
    zone = ZoneInfo(timezone)
    # asked before rules are expanded: an occurrence does not say any more in what zone it was
    odd = {text_of(event, "UID") for event in events_of(calendar) if _has_unknown_zone(event)}
    try:
        spans = [
            span
            for event in _happening(calendar, within)
            if _takes_time(event, owner) and _key(event) not in left_out
            for span in _span(event, zone, widely=text_of(event, "UID") in odd)
        ]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as broken:
        return Unknown(f"the calendar cannot be read: {type(broken).__name__}", is_permanent=True)
    return [*spans, *_published(calendar)]


def _happening(calendar: Calendar, within: Span) -> list[Component]:
    """Expand what repeats; a day more on both sides, for whole days and times without a zone."""
    day = timedelta(days=1)
    query = recurring_ical_events.of(calendar, components=["VEVENT"])
    return list(query.between(within.start - day, within.end + day))


def _has_an_end(calendar: Calendar, within: Span) -> bool:
    """Say whether all rules together can be expanded up to the end of *within* in little time."""
    steps = 0
    for event in events_of(calendar):
        rules = event.get("RRULE")
        for rule in rules if isinstance(rules, list) else [rules]:
            if rule is None:
                continue
            if not isinstance(rule, vRecur):
                return False
            period = _PERIODS.get(str(_first(rule, "FREQ")).upper())
            if period is None:  # every second, every minute
                return False
            begin = moment_of(event, "DTSTART")
            since = begin.toordinal() if begin is not None else within.start.toordinal()
            days = max(1, within.end.toordinal() + 2 - since)
            each = int(str(_first(rule, "INTERVAL") or 1))
            count = int(timedelta(days=days) / (period * max(1, each))) + 1
            for name in _MANY_WITHIN:
                count *= max(1, len(rule.get(name, ())))
            steps += count
    return steps <= _STEPS


def _first(rule: vRecur, name: str) -> object:
    value = rule.get(name)
    return value[0] if isinstance(value, list) and value else value


def _takes_time(event: Component, owner: str) -> bool:
    if text_of(event, "TRANSP").upper() == "TRANSPARENT":
        return False
    if text_of(event, "STATUS").upper() == "CANCELLED":
        return False
    if text_of(event, "X-MICROSOFT-CDO-BUSYSTATUS").upper() in _FREE:
        return False
    said = people_of(event).get(bare(owner), {}).get("PARTSTAT", "")
    return said.upper() != "DECLINED"


def _key(event: Component) -> str:
    return text_of(event, "UID").lower().partition("@")[0]


def _span(event: Component, zone: ZoneInfo, *, widely: bool) -> Iterator[Span]:
    """Give the time of one occurrence; *widely*, in a zone nobody knows, all that it could be."""
    start, end = moment_of(event, "DTSTART"), moment_of(event, "DTEND")
    if start is None or end is None:
        return
    begins, ends = _instant(start, zone), _instant(end, zone)
    if widely:
        begins, ends = begins - _FAR, ends + _FAR
    if begins < ends:
        yield Span(begins, ends)


def _instant(at: date, zone: ZoneInfo) -> datetime:
    if not isinstance(at, datetime):
        at = datetime.combine(at, time())
    return (at if at.tzinfo is not None else at.replace(tzinfo=zone)).astimezone(UTC)


def _has_unknown_zone(event: Component) -> bool:
    """Say whether a time names a zone that was not understood (`Customized Time Zone`)."""
    value, start = event.get("DTSTART"), moment_of(event, "DTSTART")
    is_naive = isinstance(start, datetime) and start.tzinfo is None
    return is_naive and isinstance(value, vDDDTypes) and "TZID" in value.params


def _published(calendar: Calendar) -> Iterator[Span]:
    """Give what is published as busy without saying what it is (VFREEBUSY)."""
    for part in calendar.walk("VFREEBUSY"):
        value = part.get("FREEBUSY")
        for period in value if isinstance(value, list) else [value]:
            told = getattr(period, "dt", None)
            if not isinstance(told, tuple) or period.params.get("FBTYPE", "BUSY") == "FREE":
                continue
            start, end = told
            end = start + end if isinstance(end, timedelta) else end
            if start.tzinfo is not None and end.tzinfo is not None:
                yield Span(start.astimezone(UTC), end.astimezone(UTC))
