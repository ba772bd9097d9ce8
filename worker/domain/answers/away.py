"""When somebody who is away is back, and where they ask to be written to from now on.

Read from automatic answers, Japanese and English first; a date that is not plainly the end of an
absence is not believed.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from worker.domain.answers.charset import folded
from worker.domain.answers.failed import ADDRESS
from worker.domain.answers.words import automatic, away
from worker.domain.answers.words.patterns import any_of

_CAP = 8_000
_MOST = 50  # dates looked at
_NEAR = 60  # characters before a date that can say what it is
_A_DAY = timedelta(days=1)
_NOT_BELIEVED = timedelta(days=400)
_PASSED = timedelta(days=60)  # a day without a year that lies further back is next year's
_REIWA = 2018  # the year before the first of the era

_LAST_BEFORE_WORDS = "|".join(away.LAST_BEFORE)
_BACK_BEFORE_WORDS = "|".join(away.BACK_BEFORE)
_MONTH = "|".join(sorted(away.MONTHS, key=len, reverse=True))
_DATE = re.compile(
    r"(?<![\d/.\-])(?:"
    # 2026年8月20日, 2026/8/20, 2026-08-20, 令和8年8月20日, 8月20日, 8/20
    r"(?:(?P<y>20\d\d)\s?[年/.\-]\s?|令和(?P<era>\d{1,2}|元)年\s?)?"
    r"(?P<m>\d{1,2})(?:月\s?|(?<=\d)[/\-])(?P<d>\d{1,2})(?:日|(?![\d/\-]|\.\d))"
    r"|(?P<y2>20\d\d)\.(?P<m2>\d{1,2})\.(?P<d2>\d{1,2})(?!\d)"
    r"|(?P<a>\d{1,2})(?P<sep>[./])(?P<b>\d{1,2})(?P=sep)(?P<y3>20\d\d)"  # 20.08.2026, 8/20/2026
    r"|(?P<day_only>\d{1,2})日"
    rf"|(?:the )?(?P<ed>\d{{1,2}})(?:st|nd|rd|th|\.)?(?: of)? (?P<em>{_MONTH})\b\.?"
    r"(?:,? (?P<ey>20\d\d))?"
    rf"|\b(?P<em2>{_MONTH})\b\.? (?:the )?(?P<ed2>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)"
    r"(?:,? (?P<ey2>20\d\d))?"
    r")(?:\s?\([^)\n]{1,6}\))?"
)
_WEEKDAY = (
    r"(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,? (?:the )?|(?:le|el|am|the|on) |"
    r"\w{2,10}tag,? (?:den |dem )?)?"
)
_LAST_BEFORE = re.compile(rf"(?:(?<![a-z])(?:{_LAST_BEFORE_WORDS}))\s{{0,2}}{_WEEKDAY}$")
_BACK_BEFORE = re.compile(rf"(?<![a-z])(?:{_BACK_BEFORE_WORDS})\s{{0,2}}{_WEEKDAY}$")
_LAST_AFTER = any_of(*away.LAST_AFTER)
_BACK_AFTER = any_of(*away.BACK_AFTER)
_AWAY = any_of(*away.AWAY)
_NEXT_EN = re.compile(
    rf"(?:{_BACK_BEFORE_WORDS})\s?(?:on )?(?:(?:next|coming) )?"
    rf"(?P<day>{'|'.join(away.WEEKDAYS_EN)})"
)
_NEXT_JA = re.compile(
    rf"(?P<next>来週|翌週)?(?:の)?(?P<day>[{away.WEEKDAYS_JA}])曜日?(?:から|より|に)"
    r"[^\n。]{0,10}(?:出社|出勤|復帰|戻|対応)"
)
_TOMORROW = re.compile(
    rf"(?:{_BACK_BEFORE_WORDS})\s?tomorrow|明日(?:から|より|に)?[^\n。]{{0,8}}(?:出社|出勤|復帰|戻|対応)"
)
_CHANGED = any_of(*automatic.CHANGED)
_NEW = re.compile(r"new|新|now|neue|nouvelle|nueva")


def return_date(text: str, written_on: date | None) -> date | None:
    """Give the day on which the writer of an automatic answer is back; None if it is not said.

    "8月20日まで" is back on the 21st, "8月20日から出社" on the 20th. A day without a year is the
    next such day from *written_on*; days more than a year ahead are not believed.

    >>> return_date("8月20日まで夏季休暇をいただいております。", date(2026, 8, 10))
    datetime.date(2026, 8, 21)
    >>> return_date("I am on leave and will be back on 3 May.", date(2026, 4, 20))
    datetime.date(2026, 5, 3)
    """
    text = folded(text[:_CAP])
    if not _AWAY.search(text):
        return None
    back: list[date] = []
    last: list[date] = []
    for day, before, after in _dates(text, written_on):
        if written_on is not None and not -_A_DAY <= day - written_on <= _NOT_BELIEVED:
            continue
        if _BACK_BEFORE.search(before) or _BACK_AFTER.match(after):
            back.append(day)
        elif _LAST_BEFORE.search(before) or _LAST_AFTER.match(after):
            last.append(day + _A_DAY)
    if back or last:
        return max(back or last)
    return _by_weekday(text, written_on) if written_on else None


def _dates(text: str, written_on: date | None) -> Iterator[tuple[date, str, str]]:
    """Give the dates in *text*, each with what stands before and after it."""
    month_before: date | None = None
    for count, found in enumerate(_DATE.finditer(text)):
        if count == _MOST:
            return
        day = _day(found, written_on, month_before)
        if day is not None:
            month_before = day
            before = text[max(0, found.start() - _NEAR) : found.start()]
            yield day, before, text[found.end() : found.end() + _NEAR]


def _day(found: re.Match[str], written_on: date | None, before: date | None) -> date | None:
    """Read one date; a bare "16日" takes its month from the date before it."""
    if found["day_only"]:
        day = before and _made(before.year, before.month, int(found["day_only"]))
        return day if day and before and day >= before else None
    if found["a"]:
        first, second, year = int(found["a"]), int(found["b"]), int(found["y3"])
        european = found["sep"] == "." or first > 12  # noqa: PLR2004 - months
        return _made(year, second, first) if european else _made(year, first, second)
    named = found["em"] or found["em2"]
    month = away.MONTHS[named] if named else int(found["m"] or found["m2"])
    number = int(found["d"] or found["d2"] or found["ed"] or found["ed2"])
    told = found["y"] or found["y2"] or found["ey"] or found["ey2"]
    if found["era"]:
        told = str(_REIWA + (1 if found["era"] == "元" else int(found["era"])))
    return _made(int(told), month, number) if told else _next(month, number, written_on)


def _next(month: int, number: int, written_on: date | None) -> date | None:
    """Give a day without a year: this year's, or next year's if that is long over."""
    if written_on is None:
        return None
    day = _made(written_on.year, month, number)
    over = day is not None and day < written_on - _PASSED
    return _made(written_on.year + 1, month, number) if over else day


def _by_weekday(text: str, written_on: date) -> date | None:
    """Read "back on Monday", "月曜日から出社", "tomorrow": counted from the day it was written."""
    if _TOMORROW.search(text):
        return written_on + _A_DAY
    english, japanese = _NEXT_EN.search(text), _NEXT_JA.search(text)
    if english:
        wanted = away.WEEKDAYS_EN.index(english["day"])
    elif japanese:
        wanted = away.WEEKDAYS_JA.index(japanese["day"])
    else:
        return None
    if japanese and japanese["next"]:
        monday = written_on + timedelta(days=7 - written_on.weekday())
        return monday + timedelta(days=wanted)
    return written_on + timedelta(days=(wanted - written_on.weekday() - 1) % 7 + 1)


def new_address(text: str) -> str:
    """Give the address somebody asks to be written to from now on; empty if that is not plain."""
    changed = _CHANGED.search(folded(text[:_CAP]))
    if changed is None:
        return ""
    near = text[max(0, changed.start() - 200) : changed.end() + 300]
    found = list({each[0].lower(): each for each in ADDRESS.finditer(near)}.values())
    if len(found) == 1:
        return found[0][0].rstrip(".")
    named = [
        each
        for each in found
        if _NEW.search(folded(near[max(0, each.start() - 24) : each.start()]))
    ]
    return named[0][0].rstrip(".") if len(named) == 1 else ""


def _made(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
