"""Until when a member of staff puts something off: 「来週火曜に電話します」, "in three days".

Pure, and linear in the text. What names no day means the next business day; what names one that is
a day off means the business day after it. Nobody puts a candidate off for longer than a month.
"""

import re
from collections.abc import Callable
from datetime import date, timedelta

from worker.domain.workdays import Workdays, on_day

LONGEST = timedelta(days=31)

_DAY = timedelta(days=1)
_WEEKDAYS = "月火水木金土日"
_ENGLISH_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = {
    **{word: number for number, word in enumerate("一二三四五六七八九十", 1)},
    "a": 1,
    "an": 1,
    "one": 1,
    "two": 2,
    "three": 3,
    "four": 4,
    "five": 5,
    "six": 6,
    "数": 3,
    "few": 3,
    "a few": 3,
    "couple of": 2,
    "a couple of": 2,
    "seven": 7,
    "ten": 10,
}
_COUNT = r"(\d{1,3}|[一二三四五六七八九十数])"
_ENGLISH_COUNT = r"(\d{1,3}|an?|one|two|three|four|five|six|seven|ten|(?:a )?few|(?:a )?couple of)"
_DAY_NAME = r"(mon|tue|wed|thu|fri|sat|sun)(?:day|sday|nesday|rsday|urday|s|rs)?\b"
_MONTH_NAME = r"\b(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}\.?"
_STRETCH = 3  # days off in a row are 連休
_FAR = 60

Rule = Callable[[re.Match[str], date, Workdays], date]


def put_off_until(text: str, today: date, workdays: Workdays) -> date:
    """Give the business day until which *text* (width folded, lower case) puts something off.

    >>> from worker.domain.plan import Calendar
    >>> from worker.domain.workdays import workdays
    >>> tokyo, friday = workdays(Calendar()), date(2026, 6, 5)
    >>> put_off_until("あとで", friday, tokyo), put_off_until("来週水曜にします", friday, tokyo)
    (datetime.date(2026, 6, 8), datetime.date(2026, 6, 10))
    """
    day = today
    for pattern, rule in _RULES:
        found = pattern.search(text)
        if found is not None:
            day = rule(found, today, workdays)
            break
    day = min(max(day, today + _DAY), today + LONGEST)
    return workdays.business_day(day)


def names_a_day(text: str) -> bool:
    """Say whether *text* (width folded, lower case) names a day that lies ahead."""
    return any(pattern.search(text) for pattern, _ in _RULES)


def _number(word: str) -> int:
    return int(word) if word.isdecimal() else _NUMBERS.get(word, 1)


def _next_weekday(today: date, weekday: int) -> date:
    """Give the first day of that name after *today*."""
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _monday(today: date, weeks: int) -> date:
    return today + timedelta(days=7 * weeks - today.weekday())


def _ahead(today: date, month: int, day: int) -> date:
    """Give the next such day of a year; the next business day where the calendar has none."""
    if not 1 <= month <= 12 or not 1 <= day <= 31:  # noqa: PLR2004 - of a year, of a month
        return today
    this_year = on_day(today.year, month, day)
    return this_year if this_year >= today else on_day(today.year + 1, month, day)


def _iso(found: re.Match[str], today: date, _: Workdays) -> date:
    if int(found[1]) != today.year and int(found[1]) != today.year + 1:
        return today
    return _ahead(today, int(found[2]), int(found[3]))


def _month_and_day(found: re.Match[str], today: date, _: Workdays) -> date:
    return _ahead(today, int(found[1]), int(found[2]))


def _english_month(found: re.Match[str], today: date, _: Workdays) -> date:
    return _ahead(today, _MONTHS.index(found[1]) + 1, int(found[2]))


def _english_day_first(found: re.Match[str], today: date, _: Workdays) -> date:
    return _ahead(today, _MONTHS.index(found[2]) + 1, int(found[1]))


def _business_days(found: re.Match[str], today: date, workdays: Workdays) -> date:
    return workdays.business_day(today, min(_number(found[1]), LONGEST.days))


def _days(found: re.Match[str], today: date, _: Workdays) -> date:
    return today + timedelta(days=min(_number(found[1]), LONGEST.days))


def _weeks(found: re.Match[str], today: date, _: Workdays) -> date:
    return today + timedelta(weeks=min(_number(found[1]), 5))


def _in(days: int) -> Rule:
    return lambda _found, today, _workdays: today + timedelta(days=days)


def _week(weeks: int) -> Rule:
    """Give the day named in a week that lies so far ahead, or its Monday."""

    def rule(found: re.Match[str], today: date, _: Workdays) -> date:
        name = found[1] if found.re.groups else None
        if not name:
            return _monday(today, weeks)
        place = _WEEKDAYS if name in _WEEKDAYS else _ENGLISH_DAYS
        return _monday(today, weeks) + timedelta(days=place.index(name))

    return rule


def _weekday(found: re.Match[str], today: date, _: Workdays) -> date:
    place = _WEEKDAYS if found[1] in _WEEKDAYS else _ENGLISH_DAYS
    return _next_weekday(today, place.index(found[1]))


def _this_week(_found: re.Match[str], today: date, workdays: Workdays) -> date:
    """Give the last business day of this week, if it is not today."""
    return workdays.business_day(_monday(today, 1), -1)


def _day_of_month(found: re.Match[str], today: date, _: Workdays) -> date:
    day = int(found[1])
    if not 1 <= day <= 31:  # noqa: PLR2004 - of a month
        return today
    this_month = on_day(today.year, today.month, day)
    return this_month if this_month > today else _next_month(today, day)


def _next_month(today: date, day: int) -> date:
    following = today.replace(day=1) + LONGEST
    return on_day(following.year, following.month, day)


def _first_of_next_month(_found: re.Match[str], today: date, _: Workdays) -> date:
    return _next_month(today, 1)


def _end_of_month(_found: re.Match[str], today: date, workdays: Workdays) -> date:
    return workdays.business_day(_next_month(today, 1), -1)


def _after_days_off(least: int) -> Rule:
    def rule(_found: re.Match[str], today: date, workdays: Workdays) -> date:
        in_a_row = 0
        for ahead in range(1, _FAR):
            day = today + timedelta(days=ahead)
            if not workdays.is_business(day):
                in_a_row += 1
            elif in_a_row >= least:
                return day
            else:
                in_a_row = 0
        return today

    return rule


def _rule(pattern: str, rule: Rule) -> tuple[re.Pattern[str], Rule]:
    return re.compile(pattern), rule


_RULES: tuple[tuple[re.Pattern[str], Rule], ...] = (
    _rule(r"(?<!\d)(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})(?!\d)", _iso),
    _rule(r"(?<!\d)(\d{1,2})月(\d{1,2})日", _month_and_day),
    _rule(r"(?<![\d/])(\d{1,2})/(\d{1,2})(?![\d/])", _month_and_day),
    _rule(rf"{_MONTH_NAME} (\d{{1,2}})(?:st|nd|rd|th)?\b", _english_month),
    _rule(rf"\b(\d{{1,2}})(?:st|nd|rd|th)? (?:of )?{_MONTH_NAME}", _english_day_first),
    _rule(rf"{_COUNT}営業日(?:後|以内|くらい|ほど|待)", _business_days),
    _rule(rf"\b(?:in|within|after) {_ENGLISH_COUNT} (?:business|working) days?\b", _business_days),
    _rule(rf"{_COUNT}日(?:後|以内|ほど待|くらい待|待)", _days),
    _rule(rf"\b(?:in|within|after|give me|need) {_ENGLISH_COUNT} (?:more )?days?\b", _days),
    _rule(rf"{_COUNT}週間(?:後|以内|ほど|待)", _weeks),
    _rule(rf"\b(?:in|within|after) {_ENGLISH_COUNT} weeks?\b", _weeks),
    _rule(r"明々後日|明明後日|しあさって", _in(3)),
    _rule(r"明後日|あさって|\bday after tomorrow\b", _in(2)),
    _rule(r"明日|明朝|あした|あす(?![かかみ])|翌日|翌営業日|\btomorrow\b|\btmrw\b", _in(1)),
    _rule(r"(?:再来週|さ来週)(?:の)?(?:([月火水木金土日])曜?)?", _week(2)),
    _rule(r"\bweek after next\b", _week(2)),
    _rule(r"(?:来週|翌週)(?:の)?(?:([月火水木金土日])(?:曜|(?=[にのはまでか、]|$)))?", _week(1)),
    _rule(rf"\bnext week,? (?:on )?{_DAY_NAME}", _week(1)),
    _rule(rf"\b{_DAY_NAME},? next week\b", _week(1)),
    _rule(r"\bnext week\b|週明け|週末|\bweekend\b", _week(1)),
    _rule(r"今週|週内|\bthis week\b|\bend of (?:the )?week\b", _this_week),
    _rule(r"([月火水木金土日])曜", _weekday),
    _rule(rf"\b{_DAY_NAME}", _weekday),
    _rule(
        r"連休明け|ゴールデンウィーク明け|gw明け|お盆明け|年明け|休暇明け",
        _after_days_off(_STRETCH),
    ),
    _rule(r"休み明け|休日明け|祝日明け", _after_days_off(1)),
    _rule(r"月末|\bend of (?:the |this )?month\b", _end_of_month),
    _rule(r"来月|翌月|月初|\bnext month\b", _first_of_next_month),
    _rule(r"(?<!\d)(\d{1,2})日(?=[にまはの、]|$)", _day_of_month),
    _rule(r"\bon the (\d{1,2})(?:st|nd|rd|th)\b", _day_of_month),
)
