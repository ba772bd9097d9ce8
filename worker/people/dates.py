"""Dates as Excel, an ATS and people in Japan write them. What could mean two days is refused.

`2026/4/1`, `2026-04-01`, `2026年4月1日`, `令和8年4月1日`, `R8.4.1`, `20260401`, `1 Apr 2026`,
each with a day of the week and a time behind it or without. `4/1/2026` and `26/4/1` are not read.
"""

import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import lru_cache

from worker.domain.plan import Calendar
from worker.domain.workdays import workdays

_ERAS = {"令和": 2018, "r": 2018, "平成": 1988, "h": 1988, "昭和": 1925, "s": 1925}
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = r"(?P<word>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_DAY = "|".join(
    (
        r"(?P<y1>\d{4})\s*[-/.]\s*(?P<m1>\d{1,2})\s*[-/.]\s*(?P<d1>\d{1,2})",
        r"(?P<y2>\d{4})\s*年\s*(?P<m2>\d{1,2})\s*月\s*(?P<d2>\d{1,2})\s*日",
        r"(?P<y3>\d{4})(?P<m3>\d\d)(?P<d3>\d\d)(?!\d)",
        (
            r"(?P<era>令和|平成|昭和|[rhs])\s*(?P<y4>元|\d{1,2})\s*[年./-]\s*"
            r"(?P<m4>\d{1,2})\s*[月./-]\s*(?P<d4>\d{1,2})\s*日?"
        ),
        rf"(?:(?P<d5>\d{{1,2}})[ -]{_MONTH}[ ,-]+(?P<y5>\d{{4}}))",
        rf"(?:{_MONTH.replace('word', 'word2')} (?P<d6>\d{{1,2}}),? (?P<y6>\d{{4}}))",
    )
)
_WRITTEN = re.compile(
    rf"(?:{_DAY})"
    r"\s*(?:\(?\s*[月火水木金土日](?:曜日?)?\s*\)|\((?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\))?"
    r"(?:(?:\s*t|\s+|(?<=[日)]))\s*(?P<half>午前|午後)?\s*(?P<hour>\d{1,2})"
    r"(?::(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.(?P<part>\d{1,6}))?)?"
    r"|時(?:(?P<minute2>\d{1,2})分?|(?P<by_half>半))?)"
    r"\s*(?P<half2>am|pm)?\s*(?P<zone>z|utc|[+-]\d\d:?\d\d)?)?"
)
_EARLIEST, _LATEST = 1900, 9998
_NOON = 12


@lru_cache(maxsize=8192)
def read_date(text: str) -> datetime | None:
    """Read a date with or without a time; aware only where the text says an offset.

    >>> read_date("令和8年4月1日").isoformat(), read_date("2026/4/1 9:30").isoformat()
    ('2026-04-01T00:00:00', '2026-04-01T09:30:00')
    >>> read_date("4/1/2026"), read_date("2026-02-30")
    (None, None)
    """
    written = unicodedata.normalize("NFKC", text).strip().casefold().replace("−", "-")
    found = _WRITTEN.fullmatch(written)
    if found is None:
        return None
    groups = found.groupdict()
    try:
        day = _day(groups)
        clock = _clock(groups)
    except ValueError:
        return None
    if day is None or not _EARLIEST <= day.year <= _LATEST:
        return None
    return datetime.combine(day, clock, _offset(groups["zone"]))


def _day(groups: dict[str, str | None]) -> date | None:
    for number in "123456":
        year = groups[f"y{number}"]
        if year is None:
            continue
        word = groups["word"] or groups["word2"] or ""
        month = _MONTHS.index(word) + 1 if word else int(groups[f"m{number}"] or 0)
        since = _ERAS[groups["era"] or ""] if groups["era"] else 0
        return date(
            since + (1 if year == "元" else int(year)), month, int(groups[f"d{number}"] or 0)
        )
    return None


def _clock(groups: dict[str, str | None]) -> time:
    if groups["hour"] is None:
        return time()
    hour = int(groups["hour"])
    half = groups["half"] or groups["half2"]
    if half is not None and hour > _NOON:
        raise ValueError(half)
    if half in {"午後", "pm"}:
        hour = hour % _NOON + _NOON
    elif half == "am":
        hour %= _NOON
    minute = 30 if groups["by_half"] else int(groups["minute"] or groups["minute2"] or 0)
    part = (groups["part"] or "").ljust(6, "0")
    return time(hour, minute, int(groups["second"] or 0), int(part))


def _offset(written: str | None) -> timezone | None:
    if written is None:
        return None
    if written in {"z", "utc"}:
        return UTC
    sign = -1 if written[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(written[1:3]), minutes=int(written[-2:])))


@lru_cache(maxsize=8192)
def instant(local: datetime, zone: str) -> datetime:
    """Give the instant (UTC) of a date as it was read; a date without time begins at 00:00."""
    days = workdays(Calendar(timezone=zone))
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    return days.instant_of(local)


@lru_cache(maxsize=8192)
def written(at: datetime, zone: str) -> str:
    """Write an instant so that `read_date` gives it back: a date alone where it is midnight.

    >>> written(instant(read_date("2026-04-01"), "Asia/Tokyo"), "Asia/Tokyo")
    '2026-04-01'
    >>> written(instant(read_date("2026年4月1日 9時半"), "Asia/Tokyo"), "Asia/Tokyo")
    '2026-04-01 09:30'
    """
    days = workdays(Calendar(timezone=zone))
    local = days.local(at)
    if days.instant_of(local) != at:  # the second of two equal wall-clock times
        return at.astimezone(UTC).isoformat(" ")
    if local.time() == time():
        return local.date().isoformat()
    return local.isoformat(" ", timespec="auto" if local.microsecond or local.second else "minutes")
