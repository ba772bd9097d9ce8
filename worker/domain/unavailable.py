"""When somebody cannot come: classes, exams, journeys, as people write them in one cell.

Entries stand one after the other, parted by `;`, 、 or a new line. An entry names days of the week
or dates, or both, and a time or none: then it is the whole day.

    Mon 09:00-12:00            月 9:00〜12:00          every Monday morning
    月・水 午後                 Tue/Thu afternoon       平日 9:00-10:30
    2026-07-20..2026-08-05     2026/7/20〜8/5          2026年7月21日
    Mon 13:00-15:00 2026-04-06..2026-07-31             of one term

What cannot be read is a mistake that is told, and never free time.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import TypeAlias

from worker.domain.meetings import Span, merged
from worker.domain.workdays import MIDNIGHT, Workdays

UNAVAILABLE = "unavailable"  # the attribute of a person that holds such a cell
EXAMPLE = "Mon 09:00-12:00; 2026-07-20..2026-08-05"

# The days of a week as people write them, Monday first, and words for several of them.
DAYS_JA = "月火水木金土日"
DAYS_EN = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAYS_TOGETHER = {
    "平日": range(5),
    "weekdays": range(5),
    "土日": range(5, 7),
    "週末": range(5, 7),
    "weekends": range(5, 7),
    "毎日": range(7),
    "daily": range(7),
    "every day": range(7),
}
_NOON = time(12)
_HALVES = {
    "午前": (MIDNIGHT, _NOON),
    "午後": (_NOON, MIDNIGHT),
    "morning": (MIDNIGHT, _NOON),
    "mornings": (MIDNIGHT, _NOON),
    "afternoon": (_NOON, MIDNIGHT),
    "afternoons": (_NOON, MIDNIGHT),
}
_TO = r"\s*(?:\.\.|-|~|から|to)\s*"
_ENTRIES = re.compile(r"[;、\n]+")
_GROUP = re.compile("|".join(sorted(map(re.escape, DAYS_TOGETHER), key=len, reverse=True)))
_NAMED = re.compile(
    r"(?:毎週|every\s+)?(?P<japanese>[月火水木金土日](?:曜日?)?(?![月日時分]))|"
    r"(?:every\s+)?\b(?P<english>mon|tue|wed|thu|fri|sat|sun)"
    r"(?:day|sday|nesday|rsday|urday|s|rs|r)?s?\b"
)
_CLOCK = r"(\d{1,2})(?::(\d\d)|時(?:(\d{1,2})分|(半))?)"
_HOURS = re.compile(rf"{_CLOCK}{_TO}{_CLOCK}(?:\s*まで)?")
_HALF = re.compile("|".join(sorted(_HALVES, key=len, reverse=True)))
_DATE = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_RANGE = re.compile(rf"{_DATE}{_TO}(?:{_DATE}|(\d{{1,2}})[-/.月](\d{{1,2}})日?)(?:\s*まで)?")
_ONE_DATE = re.compile(_DATE)
_NOTHING = re.compile(r"[\s・/,&とのは:()曜日]*(?:and|on|の)?[\s・/,&とのは:()]*")
_SPARE = {"-": "-", "–": "-", "—": "-", "―": "-", "−": "-", "〜": "~", "～": "~", "‐": "-"}
_LONGEST = 2_000  # characters of a cell


@dataclass(frozen=True, slots=True)
class Unavailable:
    """One entry: on which days, and at which time of them."""

    weekdays: frozenset[int] = frozenset()  # 0 is Monday; empty: every day
    hours: tuple[time, time] | None = None  # None: the whole day; an end of 00:00 is midnight
    first: date | None = None
    last: date | None = None

    def is_on(self, day: date) -> bool:
        """Say whether the entry is about *day*."""
        if self.weekdays and day.weekday() not in self.weekdays:
            return False
        return (self.first or day) <= day <= (self.last or day)


@dataclass(frozen=True, slots=True)
class Unread:
    """What cannot be read of a cell."""

    part: str


Told: TypeAlias = tuple[Unavailable, ...] | Unread


def read_unavailable(text: str) -> Told:
    """Read a cell; the first entry that is not understood, if there is one.

    >>> (monday,) = read_unavailable("Mon 09:00-12:00")
    >>> sorted(monday.weekdays), monday.hours
    ([0], (datetime.time(9, 0), datetime.time(12, 0)))
    >>> read_unavailable("月 9:00〜12:00") == (monday,)
    True
    >>> read_unavailable("2026/7/20〜8/5")[0].last
    datetime.date(2026, 8, 5)
    >>> read_unavailable("月1限")
    Unread(part='月1限')
    """
    if len(text) > _LONGEST:
        return Unread(text[:40])
    found: list[Unavailable] = []
    for part in _ENTRIES.split(text.replace("；", ";")):
        written = part.strip()
        if not written:
            continue
        entry = _entry(written)
        if entry is None:
            return Unread(written[:40])
        found.append(entry)
    return tuple(found)


def _entry(written: str) -> Unavailable | None:
    """Take what is understood out of an entry; nothing may be left."""
    rest = unicodedata.normalize("NFKC", written).casefold()
    rest = "".join(_SPARE.get(sign, sign) for sign in rest)
    try:
        first, last, rest = _dates(rest)
        hours, rest = _hours(rest)
    except ValueError:  # the 31st of June, 25 o'clock
        return None
    weekdays, rest = _weekdays(rest)
    if not _NOTHING.fullmatch(rest) or (not weekdays and first is None):
        return None
    return Unavailable(weekdays, hours, first, last)


def _dates(rest: str) -> tuple[date | None, date | None, str]:
    if found := _RANGE.search(rest):
        numbers = [int(group) if group else 0 for group in found.groups()]
        first = date(*numbers[:3])
        last = date(*numbers[3:6]) if numbers[3] else date(first.year, numbers[6], numbers[7])
        if last < first:
            raise ValueError
        return first, last, _cut(rest, found)
    if found := _ONE_DATE.search(rest):
        day = date(*(int(group) for group in found.groups()))
        return day, day, _cut(rest, found)
    return None, None, rest


def _hours(rest: str) -> tuple[tuple[time, time] | None, str]:
    if found := _HOURS.search(rest):
        groups = found.groups()
        begins, ends = _clock(groups[:4]), _clock(groups[4:])
        if begins >= ends and ends != MIDNIGHT:
            raise ValueError
        return (begins, ends), _cut(rest, found)
    if half := _HALF.search(rest):
        return _HALVES[half[0]], _cut(rest, half)
    return None, rest


def _clock(groups: tuple[str | None, ...]) -> time:
    hour, minute, of_hour, half = groups
    minutes = 30 if half else int(minute or of_hour or 0)
    return MIDNIGHT if (hour, minutes) == ("24", 0) else time(int(hour or 0), minutes)


def _weekdays(rest: str) -> tuple[frozenset[int], str]:
    days: set[int] = set()
    while found := _GROUP.search(rest):
        days.update(DAYS_TOGETHER[found[0]])
        rest = _cut(rest, found)
    while found := _NAMED.search(rest):
        name = found["japanese"]
        days.add(DAYS_JA.index(name[0]) if name else DAYS_EN.index(found["english"]))
        rest = _cut(rest, found)
    return frozenset(days), rest


def _cut(rest: str, found: re.Match[str]) -> str:
    return f"{rest[: found.start()]} {rest[found.end() :]}"


def as_cell(entries: Iterable[Unavailable]) -> str:
    """Write entries as one cell, which `read_unavailable` reads back.

    >>> as_cell(read_unavailable("火・木 午前; 2026/7/20〜8/5"))
    'Tue, Thu 00:00-12:00; 2026-07-20..2026-08-05'
    """
    return "; ".join(map(_written, entries))


def _written(entry: Unavailable) -> str:
    parts = [", ".join(DAYS_EN[day].title() for day in sorted(entry.weekdays))]
    if entry.hours is not None:
        begins, ends = entry.hours
        parts.append(f"{begins:%H:%M}-{'24:00' if ends == MIDNIGHT else f'{ends:%H:%M}'}")
    if entry.first is not None:
        is_one = entry.last == entry.first
        parts.append(f"{entry.first}" if is_one else f"{entry.first}..{entry.last}")
    return " ".join(filter(None, parts))


def taken_by(entries: tuple[Unavailable, ...], days: Workdays, within: Span) -> tuple[Span, ...]:
    """Give when somebody cannot come, by the wall clock of *days*, within a stretch of time."""
    return merged(_spans(entries, days, within))


def _spans(entries: tuple[Unavailable, ...], days: Workdays, within: Span) -> Iterator[Span]:
    day, last = days.local(within.start).date(), days.local(within.end).date()
    while day <= last:
        following = day + timedelta(days=1)
        for entry in entries:
            if not entry.is_on(day):
                continue
            begins, ends = entry.hours or (MIDNIGHT, MIDNIGHT)
            end = days.instant(following) if ends == MIDNIGHT else days.instant(day, ends)
            start = max(days.instant(day, begins), within.start)
            if start < min(end, within.end):
                yield Span(start, min(end, within.end))
        day = following
