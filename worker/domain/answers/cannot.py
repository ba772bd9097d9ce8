"""When somebody says in a mail that they cannot come: read from their own sentences.

`来週の火曜と木曜の午前は授業があります`, `exams 12/1-12/5`, `I can't make Tuesdays`. A sentence
counts only where everything in it that looks like a time was understood and nothing makes it
doubtful; every other sentence about such times is left to a human. Never raises; what it takes is
bounded by the length of a sentence.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from worker.domain.answers.charset import folded
from worker.domain.answers.words import cannot
from worker.domain.answers.words.patterns import any_of
from worker.domain.unavailable import DAYS_EN, DAYS_JA, DAYS_TOGETHER, Unavailable
from worker.domain.workdays import MIDNIGHT

_CAP = 8_000
_LONGEST = 400  # characters of a sentence
_MOST = 40  # sentences that hold a time
_AHEAD = timedelta(days=270)  # further off, a day without a year is rather one that has passed
_WEEK = timedelta(days=7)
_DAY = timedelta(days=1)
_EARLY = 8  # o'clock: 1:00-3:00 is hardly meant at night

_CANNOT = any_of(*cannot.CANNOT)
_CAN = any_of(*cannot.CAN)
_PAST = any_of(*cannot.PAST)
_VAGUE = any_of(*cannot.VAGUE)
_LEFT = any_of(*cannot.LEFT)
_ROUGH = any_of(*cannot.ROUGH)
_ASIDE = any_of(*cannot.ASIDE)
_BELOW = re.compile(cannot.BELOW)
_WEEKLY = re.compile(cannot.WEEKLY)
_HEADING = re.compile(rf"[\s・*>-]*(?:my )?{cannot.HEADING}[\s::,、は・.です()-]*")
_SENTENCES = re.compile(r"[。！!\n]+|(?<=[?？])|(?<=[a-z0-9)])\.(?=\s|$)", re.IGNORECASE)

_SPARE = str.maketrans({**dict.fromkeys("–—―−‐‑", "-"), "〜": "~", "～": "~", "’": "'"})
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

_TO = r"\s*(?:~|-|から|to|through|thru|until|till)\s*"
_NAME = r"(?:\s*\((?P<{0}>[月火水木金土日]|mon|tue|wed|thu|fri|sat|sun)(?:曜日?|[a-z]*)[・祝]*\))?"
_DATE = (
    r"(?<![\d/])(?:(?P<year>\d{4})[-/年])?(?P<month>\d{1,2})[/月-](?P<day>\d{1,2})日?(?![\d/:時])"
    + _NAME.format("name")
)
_UNTIL = (
    r"(?:(?:(?P<last_year>\d{4})[-/年])?(?P<last_month>\d{1,2})[/月-])?"
    r"(?P<last_day>\d{1,2})日?(?![\d/:時月])" + _NAME.format("last_name")
)
_MONTH = r"(?P<{0}>jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{{0,6}}\.?"
_NTH = r"(?:st|nd|rd|th)?"
_TOKENS = "|".join(
    (
        rf"(?P<dates>{_DATE}(?:{_TO}{_UNTIL}(?:\s*まで|の間)?)?)",
        (
            rf"(?P<english_dates>\b{_MONTH.format('e_month')} (?P<e_day>\d{{1,2}}){_NTH}\b"
            r"(?:,? (?P<e_year>\d{4}))?"
            rf"(?:{_TO}(?:{_MONTH.format('e_last_month')} )?(?P<e_last_day>\d{{1,2}}){_NTH}\b)?)"
        ),
        (
            rf"(?P<day_first>\b(?P<f_day>\d{{1,2}}){_NTH}(?:{_TO}(?P<f_last_day>\d{{1,2}}){_NTH})?"
            rf" (?:of )?{_MONTH.format('f_month')}\b)"
        ),
        (
            r"(?P<soon>明々後日|明後日|あさって|明日|本日|今日|"
            r"the day after tomorrow|\btomorrow\b|\btoday\b)"
        ),
        (
            r"(?P<week>(?:今週|再来週|来週|翌週)(?:いっぱい)?の?|"
            r"\b(?:the )?week after next\b|\bnext week\b|\bthis week\b)"
        ),
        r"(?P<group>(?:毎週)?(?:平日|土日|週末)|毎日|\bweekdays\b|\bweekends\b|\bevery day\b)",
        (
            r"(?P<japanese>(?P<weekly>毎週)?(?P<names>[月火水木金土日](?:曜日?)?"
            r"(?:[・/][月火水木金土日](?:曜日?)?){0,6}(?<=曜)日?|[月火水木金土日]曜日?))"
        ),
        (
            r"(?P<english>(?P<each>\bevery |\beach )?\b(?P<e_name>mondays?|tuesdays?|"
            r"wednesdays?|thursdays?|fridays?|saturdays?|sundays?|mon|tues?|wed|thu(?:rs?)?|fri)\b)"
        ),
        (
            r"(?P<hours>(?:from )?(?P<b_half>午前|午後)?(?P<b>\d{1,2})"
            r"(?::(?P<b_min>\d\d)|時(?:(?P<b_of>\d{1,2})分|(?P<b_30>半))?)?"
            r"\s?(?P<b_m>[ap]m)?"
            rf"{_TO}(?P<e_half>午前|午後)?(?P<e>\d{{1,2}})"
            r"(?::(?P<e_min>\d\d)|時(?:(?P<e_of>\d{1,2})分|(?P<e_30>半))?)?"
            r"\s?(?P<e_m>[ap]m\b)?(?:まで|の間)?)"
        ),
        r"(?P<half>午前中?|午後|(?:in the |all )?\b(?:morning|afternoon)s?\b)",
        r"(?P<whole>終日|一日中|丸一日|全日|\ball day\b|\bthe whole day\b)",
    )
)
_TOKEN = re.compile(_TOKENS)
_SOON = {
    "今日": 0,
    "本日": 0,
    "today": 0,
    "明日": 1,
    "tomorrow": 1,
    "明後日": 2,
    "あさって": 2,
    "the day after tomorrow": 2,
    "明々後日": 3,
}
_AND = re.compile(
    r"\s*(?:と|や|および|及び|ならびに|並びに|、|,|・|/|&|,? ?and|or|も|または)?\s*(?:on |the )?\s*"
)
_BULLETS = re.compile(r"[\s・*>()【】\[\]、,の;:-]*")

Hours = tuple[time, time] | None  # None: the whole day


@dataclass(frozen=True, slots=True)
class Told:
    """What a mail says of times at which its writer cannot come."""

    entries: tuple[Unavailable, ...] = ()  # beyond doubt
    said: tuple[str, ...] = ()  # the sentences that say so
    unclear: tuple[str, ...] = ()  # others that a human must read


class _DoubtError(Exception):
    """Something in a sentence would have to be guessed at."""


@dataclass(slots=True)
class _Group:
    """Days that share their hours: 「火曜と木曜の午前」."""

    days: list[Unavailable] = field(default_factory=list)
    hours: list[Hours] = field(default_factory=list)
    is_closed: bool = False  # its hours were said behind its days


def told_in(text: str, written_on: date) -> Told:
    """Say when the writer of *text* cannot come. Never raises.

    Args:
        text: What was newly written, without what it quotes.
        written_on: The day it was written on: days without a year, and next week, count from it.

    >>> told = told_in("来週の火曜と木曜の午前は授業があります。", date(2026, 4, 1))
    >>> [(one.first, one.hours) for one in told.entries][0]
    (datetime.date(2026, 4, 7), (datetime.time(0, 0), datetime.time(12, 0)))
    >>> told_in("火曜は難しいかもしれません。", date(2026, 4, 1)).unclear
    ('火曜は難しいかもしれません',)
    """
    sure: list[tuple[str, tuple[Unavailable, ...]]] = []
    unclear: list[str] = []
    says_when_they_can = False
    sentences = list(_sentences(text))
    place = 0
    while place < len(sentences):
        sentence, plain = sentences[place]
        place += 1
        has_time = _TOKEN.search(plain) is not None
        if _is_heading_of_a_list(plain, has_time=has_time):
            listed = _listed(sentences[place:], written_on)
            place += len(listed)
            if listed:
                sure += listed
            elif _CANNOT.search(plain):
                unclear.append(sentence)
            continue
        if not (has_time or _ROUGH.search(plain)) or _PAST.search(plain):
            continue
        if not _says_cannot(plain):
            says_when_they_can = says_when_they_can or _CAN.search(plain) is not None
            continue
        entries = _understood(plain, written_on)
        if entries:
            sure.append((sentence, entries))
        else:
            unclear.append(sentence)
    if says_when_they_can:  # the one may take something back of the other
        return Told(unclear=(*unclear, *(sentence for sentence, _ in sure)))
    found = dict.fromkeys(entry for _, entries in sure for entry in entries)
    return Told(tuple(found), tuple(sentence for sentence, _ in sure), tuple(unclear))


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """Give every sentence as it was written, and as rules compare it, without what is beside it."""
    count = 0
    for written in _SENTENCES.split(text[:_CAP]):
        sentence = (written or "").strip()
        if not sentence or len(sentence) > _LONGEST:
            continue
        plain = folded(sentence).translate(_SPARE)
        plain = _ASIDE.sub(" ", plain)
        if _TOKEN.search(plain) is not None or _CANNOT.search(plain) is not None:
            count += 1
            if count > _MOST:
                return
        yield sentence, plain


def _says_cannot(plain: str) -> bool:
    if _CANNOT.search(plain) is not None:
        return True
    return _HEADING.fullmatch(_TOKEN.sub(" ", plain)) is not None


def _is_heading_of_a_list(plain: str, *, has_time: bool) -> bool:
    """Say whether a sentence announces times that follow in lines of their own."""
    if has_time or _BELOW.search(plain) is None:
        return False
    return _CANNOT.search(plain) is not None and not _VAGUE.search(plain) and not _CAN.search(plain)


def _listed(
    lines: Sequence[tuple[str, str]], written_on: date
) -> list[tuple[str, tuple[Unavailable, ...]]]:
    """Read lines of nothing but times, up to the first other one; nothing where one is unclear."""
    found: list[tuple[str, tuple[Unavailable, ...]]] = []
    for sentence, plain in lines:
        if _TOKEN.search(plain) is None or not _BULLETS.fullmatch(_TOKEN.sub("", plain)):
            break
        entries = _understood(plain, written_on)
        if not entries:
            return []
        found.append((sentence, entries))
    return found


def _understood(plain: str, written_on: date) -> tuple[Unavailable, ...]:
    """Read the times of a sentence; nothing where a human must look."""
    rest = _TOKEN.sub(" ", plain)
    if _VAGUE.search(rest) or _CAN.search(rest) or _LEFT.search(rest):
        return ()
    try:
        return tuple(_entries(_groups(plain, written_on)))
    except (_DoubtError, ValueError, OverflowError):  # the 31st of June, 25 o'clock
        return ()


def _groups(plain: str, today: date) -> list[_Group]:
    """Put days together with the hours that are said of them."""
    weeks = [found for found in _TOKEN.finditer(plain) if found["week"]]
    groups: list[_Group] = []
    ahead: list[Hours] = []  # hours that stand before their day
    monday: date | None = None
    if len(weeks) == 1 and weeks[0]["week"].isascii():  # "on Tuesday next week"
        monday = _monday(weeks[0]["week"], today)
    names_days = any(
        each["japanese"] or each["english"] or each["group"] for each in _TOKEN.finditer(plain)
    )
    end = 0
    for found in _TOKEN.finditer(plain):
        gap = plain[end : found.start()]
        end = found.end()
        if found["week"]:
            monday = _monday(found["week"], today)
            if not names_days:
                days = [Unavailable(first=max(monday, today), last=monday + _WEEK - _DAY)]
                groups.append(_Group(days, ahead))
                ahead = []
            continue
        hours = _hours(found)
        if not isinstance(hours, _NoHours):
            if not groups:
                ahead = [*ahead, hours]
            elif groups[-1].hours and not _AND.fullmatch(gap):
                raise _DoubtError
            else:
                groups[-1].hours.append(hours)
                groups[-1].is_closed = True
            continue
        days = _days(found, today, monday, plain)
        if groups and not groups[-1].is_closed and _AND.fullmatch(gap):
            groups[-1].days += days
        else:
            groups.append(_Group(days, ahead))
            ahead = []
    if ahead or not groups:
        raise _DoubtError
    return groups


class _NoHours:
    """No hours are said by a token."""


_NO_HOURS = _NoHours()


def _hours(found: re.Match[str]) -> Hours | _NoHours:
    if found["whole"]:
        return None
    if half := found["half"]:
        is_morning = "午前" in half or "morning" in half
        return (MIDNIGHT, time(12)) if is_morning else (time(12), MIDNIGHT)
    if not found["hours"]:
        return _NO_HOURS
    is_said = found["e_min"] or found["e_m"] or "時" in found["hours"]
    if not is_said:
        raise _DoubtError  # 9-12: of what?
    last_m = found["e_m"] or ""
    ends = _clock(
        found["e"], found["e_min"] or found["e_of"], found["e_30"], found["e_half"] or last_m
    )
    first_half = found["b_half"] or found["b_m"] or ""
    minutes = found["b_min"] or found["b_of"]
    begins = _clock(found["b"], minutes, found["b_30"], first_half or found["e_half"] or last_m)
    if not first_half and last_m and begins >= ends:
        begins = _clock(found["b"], minutes, found["b_30"], "am")
    if found["b_half"] == "午後" and not found["e_half"] and ends.hour < 12:  # noqa: PLR2004 - noon
        ends = _clock(found["e"], found["e_min"] or found["e_of"], found["e_30"], "午後")
    is_marked = first_half or found["e_half"] or last_m
    if not is_marked and begins.hour < _EARLY:
        raise _DoubtError
    if begins >= ends and ends != MIDNIGHT:
        raise _DoubtError
    return begins, ends


def _clock(hour: str, minute: str | None, half: str | None, of_day: str) -> time:
    number, minutes = int(hour), 30 if half else int(minute or 0)
    if of_day in {"午後", "pm"} and number < 12:  # noqa: PLR2004 - noon
        number += 12
    if of_day == "am" and number == 12:  # noqa: PLR2004 - midnight
        number = 0
    return MIDNIGHT if (number, minutes) == (24, 0) else time(number, minutes)


def _monday(week: str, today: date) -> date:
    """Give the Monday of the week that is meant."""
    ahead = 1
    if "今週" in week or "this" in week:
        ahead = 0
    elif "再来週" in week or "after next" in week:
        ahead = 2
    return today - timedelta(days=today.weekday()) + ahead * _WEEK


def _days(found: re.Match[str], today: date, monday: date | None, plain: str) -> list[Unavailable]:
    if found["dates"] or found["english_dates"] or found["day_first"]:
        first, last = _dates(found, today)
        return [Unavailable(first=first, last=last)]
    if found["soon"]:
        day = today + timedelta(days=_SOON[found["soon"]])
        return [Unavailable(first=day, last=day)]
    weekdays, is_every = _weekdays(found)
    if monday is None or is_every:
        if monday is None and not is_every and not _is_weekly(found, plain):
            raise _DoubtError  # this Tuesday, or each?
        return [Unavailable(frozenset(weekdays))]
    days = [monday + timedelta(days=weekday) for weekday in sorted(weekdays)]
    if any(day < today for day in days):
        raise _DoubtError
    return [Unavailable(first=day, last=day) for day in days]


def _is_weekly(found: re.Match[str], plain: str) -> bool:
    """Say whether a weekday without a week is each of them: a class is, an errand is not."""
    return bool(found["japanese"]) and _WEEKLY.search(plain) is not None


def _weekdays(found: re.Match[str]) -> tuple[set[int], bool]:
    if group := found["group"]:
        return set(DAYS_TOGETHER[group.removeprefix("毎週")]), True
    if found["japanese"]:
        return {DAYS_JA.index(sign) for sign in _names(found["names"])}, bool(found["weekly"])
    name = found["e_name"]
    is_every = bool(found["each"]) or name.endswith("days")
    return {DAYS_EN.index(name[:3])}, is_every


def _names(written: str) -> Iterator[str]:
    """Give the signs of weekdays in 「火・木曜日」, and not the one of 「曜日」."""
    return (sign for sign in written.replace("曜日", "曜") if sign in DAYS_JA)


def _dates(found: re.Match[str], today: date) -> tuple[date, date]:
    """Give the first and the last day that is named; without a year, of those that lie ahead."""
    if found["english_dates"]:
        year = found["e_year"]
        month = _MONTHS.index(found["e_month"]) + 1
        last_month = found["e_last_month"]
        to_month = _MONTHS.index(last_month) + 1 if last_month else month
        day, to_day = int(found["e_day"]), int(found["e_last_day"] or 0)
    elif found["day_first"]:
        year, month = None, _MONTHS.index(found["f_month"]) + 1
        to_month = month
        day, to_day = int(found["f_day"]), int(found["f_last_day"] or 0)
    else:
        year, month, day = found["year"], int(found["month"]), int(found["day"])
        to_month, to_day = int(found["last_month"] or month), int(found["last_day"] or 0)
    to_day = to_day or day
    first, last = _ahead(today, year, (month, day), (to_month, to_day))
    _agree(found["name"], first)
    _agree(found["last_name"], last)
    return first, last


def _ahead(
    today: date, year: str | None, begins: tuple[int, int], ends: tuple[int, int]
) -> tuple[date, date]:
    years = (int(year),) if year else (today.year - 1, today.year, today.year + 1)
    for each in years:
        first = date(each, *begins)
        last = date(each + (ends < begins), *ends)
        if last >= today:
            if first - today > _AHEAD or last - first > _AHEAD:
                break
            return first, last
    raise _DoubtError


def _agree(name: str | None, day: date) -> None:
    """Take it for a slip, of the date or of the name, where they do not go together."""
    if name and day.weekday() != (DAYS_JA.find(name) if name in DAYS_JA else DAYS_EN.index(name)):
        raise _DoubtError


def _entries(groups: Sequence[_Group]) -> Iterator[Unavailable]:
    for group in groups:
        for hours in group.hours or [None]:
            for day in group.days:
                yield Unavailable(day.weekdays, hours, day.first, day.last)
