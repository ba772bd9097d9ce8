"""The language's words for time, from text: moments, distances, seasons, hours, budgets.

Every function takes a text and gives what it means, or raises one `Slip` that says which stretch
of it could not be read and what might have been meant. Names of facts are not judged here: they
are handed back with their place.
"""

import re
from dataclasses import dataclass, field
from datetime import date, time

from worker.domain.plan import Budget, Closure
from worker.domain.when import (
    Distance,
    Every,
    FromFact,
    InYearOf,
    Moment,
    OnDate,
    Season,
    Unit,
)
from worker.playbook.slips import Slip, plain
from worker.problems import nearest

UNITS = tuple(unit.value for unit in Unit)
_FORMS = {unit.value: unit for unit in Unit} | {unit.value[:-1]: unit for unit in Unit}
_JAPANESE = {
    "分": "minutes",
    "分間": "minutes",
    "時間": "hours",
    "日": "days",
    "日間": "days",
    "営業日": "business days",
    "平日": "business days",
    "週": "weeks",
    "週間": "weeks",
    "月": "months",
    "か月": "months",
    "カ月": "months",
    "ヶ月": "months",
    "ヵ月": "months",
    "ケ月": "months",
}
_BUDGET_UNITS = (Unit.DAYS, Unit.WEEKS, Unit.MONTHS)
_DAYS_PER = {
    Unit.MINUTES: 1 / 1440,
    Unit.HOURS: 1 / 24,
    Unit.DAYS: 1,
    Unit.BUSINESS_DAYS: 7 / 5,
    Unit.WEEKS: 7,
    Unit.MONTHS: 31,
}
_FARTHEST = 3_700  # days; a playbook that reaches farther than ten years is a slip
_NAMED_ENDS = frozenset({"time.year_of", "time.every_from"})  # these say what is missing
_KEYWORDS = ("at", "from", "until", "in")
_LOOSE_SEASON = re.compile(
    r"\s*(\d{1,2})\s*[-/月]\s*(\d{1,2})日?\s*"
    r"(?:(?:\.\.|~|-|から)\s*(\d{1,2})\s*[-/月]\s*(\d{1,2})日?\s*(?:まで)?)?"
)
_TOKEN = re.compile(
    r"(?P<date>\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?(?!\w))"
    r"|(?P<clock>\d{1,2}(?::\d{1,2}|時(?:\d{1,2}分|半)?)(?!\w))"
    r"|(?P<day>\d{1,2}[-/]\d{1,2}(?!\w)|\d{1,2}月\d{1,2}日)"
    r"|(?P<range>\d+\s*(?:\.\.|~)\s*\d+(?!\w))"
    r"|(?P<number>\d+(?!\w))"
    r"|(?P<name>\w+(?:-\w+)*(?:\.\w+(?:-\w+)*)*)"
    r"|(?P<to>\.\.|~)"
    r"|(?P<sign>[+-])"
    r"|(?P<other>[^\s])"
)


@dataclass(frozen=True, slots=True)
class Named:
    """A name in a text, with its place."""

    name: str
    offset: int


@dataclass(frozen=True, slots=True)
class Timed:
    """A moment or a cadence, and the facts it names."""

    when: Moment | Every
    facts: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class Awaited:
    """`reply or accept within 3 business days`: the answer, and facts that are as good as it."""

    word: str
    within: Distance
    others: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(slots=True)
class _Reader:
    """Goes over the tokens of one text from left to right."""

    text: str
    tokens: list[_Token]
    at: int = 0
    facts: list[Named] = field(default_factory=list)

    @property
    def next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def take(self, kind: str, word: str = "") -> _Token | None:
        """Take the next token if it is of *kind* (and says *word*)."""
        token = self.next
        if token is None or token.kind != kind or (word and token.text != word):
            return None
        self.at += 1
        return token

    def slip(self, code: str, expected: tuple[str, ...] = (), near: str = "") -> Slip:
        """Say that the next token is not what could stand here."""
        token = self.next
        if token is None:
            code = code if code in _NAMED_ENDS else "time.ends"
            return Slip(code, len(self.text), 0, {"found": self.text}, expected, near)
        found = {"found": token.text}
        return Slip(code, token.offset, token.length, found, expected, near)

    def end(self, expected: tuple[str, ...] = ()) -> None:
        """Expect nothing more."""
        token = self.next
        if token is not None:
            left = self.text[token.offset :]
            near = f"at {token.text}" if token.kind == "clock" and "at HH:MM" in expected else ""
            found = {"found": left}
            raise Slip("time.rest", token.offset, len(left), found, expected, near)


def read_when(text: str) -> Timed:
    """Read a moment or a cadence.

    >>> read_when("offer + 2 business days at 10:00").when.distances
    (Distance(count=2, unit=<Unit.BUSINESS_DAYS: 'business days'>),)
    """
    reader = _reader(text)
    if reader.take("name", "every"):
        return _every(reader)
    moment = _moment(reader)
    reader.end(_after(moment))
    return Timed(moment, tuple(reader.facts))


def read_every(text: str) -> Timed:
    """Read what stands after `every:`, with or without the word repeated."""
    reader = _reader(text)
    reader.take("name", "every")
    return _every(reader)


def read_moment(text: str) -> Timed:
    """Read a moment that comes once; a cadence is a slip."""
    reader = _reader(text)
    if reader.next and reader.next.text == "every":
        raise reader.slip("time.once")
    moment = _moment(reader)
    reader.end(_after(moment))
    return Timed(moment, tuple(reader.facts))


def read_distance(text: str) -> Distance:
    """Read `2 business days`."""
    reader = _reader(text)
    distance = _distance(reader)
    reader.end()
    return distance


def read_before(text: str) -> Distance:
    """Read `1 business day before`: a distance back from something."""
    reader = _reader(text)
    distance = _distance(reader, ("before",))
    reader.take("name", "before")
    reader.end()
    return Distance(-distance.count, distance.unit)


def read_awaited(text: str) -> Awaited:
    """Read `reply within 3 business days`, or `reply or accept within 3 business days`.

    >>> [fact.name for fact in read_awaited("reply or accept within 3 days").others]
    ['accept']
    """
    reader = _reader(text)
    token = reader.take("name")
    if token is None:
        raise reader.slip("time.expect")
    others: list[Named] = []
    while reader.take("name", "or"):
        other = reader.next
        if other is None or other.kind != "name" or other.text in {"or", "within"}:
            raise reader.slip("time.or")
        reader.at += 1
        others.append(Named(other.text, other.offset))
    if not reader.take("name", "within"):
        raise reader.slip("time.word", ("or", "within"), "within")
    distance = _distance(reader)
    reader.end()
    return Awaited(token.text, distance, tuple(others))


def read_season(text: str) -> Season:
    """Read `08-01..09-30`, days of any year; it may run over New Year."""
    if loose := _LOOSE_SEASON.fullmatch(plain(text)):
        near = "..".join(
            f"{int(month):02}-{int(day):02}"
            for month, day in (loose.group(1, 2), loose.group(3, 4))
            if month
        )
        if near != re.sub(r"\s|~", lambda gap: ".." if gap.group() == "~" else "", plain(text)):
            raise Slip("time.season", 0, len(text), {"found": text}, (), near)
    reader = _reader(text)
    first = _day_of_year(reader)
    last = _day_of_year(reader) if reader.take("to") else first
    reader.end()
    return Season(first, last)


def read_closure(text: str) -> Closure:
    """Read days on which the company is closed: every year, or once."""
    reader = _reader(text)
    if reader.next and reader.next.kind == "date":
        start = reader.next.offset
        first = _date(reader)
        last = _date(reader) if reader.take("to") else first
        reader.end()
        if last < first:
            raise Slip("time.backwards", start, len(text) - start, {"found": text})
        return Closure(once=(first, last))
    return Closure(every_year=read_season(text))


def read_hours(text: str) -> tuple[time, time]:
    """Read `09:30-18:30`."""
    if bare := re.fullmatch(r"\s*(\d{1,2})\s*[-~]\s*(\d{1,2})\s*", plain(text)):
        raise Slip(
            "time.hours", 0, len(text), {"found": text}, (), f"{bare[1]:0>2}:00-{bare[2]:0>2}:00"
        )
    reader = _reader(text)
    first = _clock(reader)
    if not (reader.take("sign", "-") or reader.take("to")):
        raise reader.slip("time.hours")
    last = _clock(reader)
    reader.end()
    if last <= first:
        swapped = f"{last:%H:%M}-{first:%H:%M}" if last < first else ""
        raise Slip("time.hours_order", 0, len(text), {"found": text}, (), swapped)
    return first, last


def read_budget(text: str) -> Budget:
    """Read `3 per 2 weeks`."""
    reader = _reader(text)
    number = reader.take("number")
    if number is None:
        raise reader.slip("time.budget")
    if not reader.take("name", "per"):
        raise reader.slip("time.word", ("per",), "per")
    start = reader.next.offset if reader.next else len(text)
    span = _distance(reader, bare=True)
    reader.end()
    if span.unit not in _BUDGET_UNITS:
        found = text[start:]
        expected = tuple(unit.value for unit in _BUDGET_UNITS)
        raise Slip("time.budget_unit", start, len(found), {"found": found}, expected)
    if int(number.text) == 0:
        raise Slip("time.zero", number.offset, number.length, {"found": number.text})
    return Budget(int(number.text), span)


def read_range(text: str) -> tuple[int, int]:
    """Read `2..12`."""
    found = re.fullmatch(r"\s*(\d{1,4})\s*(?:\.\.|~|-)\s*(\d{1,4})\s*", plain(text))
    if found is None:
        raise Slip("time.range", 0, len(text), {"found": text})
    least, most = int(found[1]), int(found[2])
    if least > most:
        raise Slip("time.range_order", 0, len(text), {"found": text}, (), f"{most}..{least}")
    return least, most


def _reader(text: str) -> _Reader:
    written = plain(text)
    tokens = [
        _Token(str(found.lastgroup), found.group(), found.start())
        for found in _TOKEN.finditer(written)
    ]
    return _Reader(written, tokens)


def _after(moment: Moment) -> tuple[str, ...]:
    """Say what could still follow a moment."""
    if moment.at is not None:
        return ()
    if isinstance(moment, FromFact):
        return ("+ N UNIT", "- N UNIT", "at HH:MM")
    return ("at HH:MM",)


def _every(reader: _Reader) -> Timed:
    token = reader.take("range")
    least, greatest = None, None
    if token:
        low, high = (int(part) for part in re.split(r"\s*(?:\.\.|~)\s*", token.text))
        unit = _unit(reader)
        if not 0 < low <= high:
            found = {"found": token.text}
            near = f"{high}..{low}" if 0 < high < low else ""
            raise Slip("time.range_order", token.offset, token.length, found, (), near)
        least, greatest = Distance(low, unit), Distance(high, unit)
        _bounded(greatest, token)
    else:
        amount = reader.next
        least = _distance(reader, bare=True)
        if amount and least.count == 0:
            raise Slip("time.zero", amount.offset, amount.length, {"found": amount.text})
    if not reader.take("name", "from"):
        raise reader.slip("time.every_from", ("from",), _near_word(reader, ("from",)))
    start = _moment(reader)
    until = _moment(reader) if reader.take("name", "until") else None
    reader.end((*_after(until or start), *(() if until else ("until",))))
    return Timed(Every(least, start, until, greatest), tuple(reader.facts))


def _moment(reader: _Reader) -> Moment:
    token = reader.next
    if token is None:
        raise reader.slip("time.moment")
    if token.kind == "date":
        return OnDate(_date(reader), _at(reader))
    if token.kind == "day":
        return _in_year_of(reader)
    if token.kind in {"number", "range"} or _amount(token):
        raise _turned_round(reader)
    if token.kind != "name" or token.text in _KEYWORDS:
        raise reader.slip("time.moment")
    reader.at += 1
    _minus_apart(reader, token)
    reader.facts.append(Named(token.text, token.offset))
    distances: list[Distance] = []
    while sign := reader.take("sign"):
        distance = _distance(reader)
        distances.append(distance if sign.text == "+" else Distance(-distance.count, distance.unit))
    return FromFact(token.text, tuple(distances), _at(reader))


def _minus_apart(reader: _Reader, token: _Token) -> None:
    """A minus without spaces reads as a hyphen of the name: `join-2 weeks`."""
    glued = re.fullmatch(r"(.+?)-(\d+)", token.text)
    unit = reader.next
    if glued and unit and unit.kind == "name" and unit.text not in _KEYWORDS:
        length = unit.offset + unit.length - token.offset
        found = reader.text[token.offset : token.offset + length]
        near = f"{glued[1]} - {glued[2]} {unit.text}"
        raise Slip("time.glued", token.offset, length, {"found": found}, (), near)


def _turned_round(reader: _Reader) -> Slip:
    """`2 days after offer`, said the other way round, with the right order as the nearest."""
    start = reader.at
    token = reader.tokens[start]
    try:
        distance = _distance(reader, ("after", "before", "from", "until"))
    except Slip as slip:
        return slip
    turned = reader.next
    if turned is not None and turned.text in {"after", "before", "from"}:
        reader.at += 1
        if anchor := reader.take("name"):
            sign = "-" if turned.text == "before" else "+"
            length = anchor.offset + anchor.length - token.offset
            found = reader.text[token.offset : token.offset + length]
            near = f"{anchor.text} {sign} {_said(distance)}"
            return Slip("time.turned", token.offset, length, {"found": found}, (), near)
    reader.at = start
    return reader.slip("time.moment")


def _in_year_of(reader: _Reader) -> InYearOf:
    token = reader.tokens[reader.at]
    month, day = _day_of_year(reader)
    at = _at(reader)
    if (month, day) == (2, 29):
        found = {"found": token.text}
        raise Slip("time.leap_day", token.offset, token.length, found, (), "02-28")
    for word in ("in", "year", "of"):
        if not reader.take("name", word):
            raise reader.slip("time.year_of", ("in year of FACT",))
    fact = reader.take("name")
    if fact is None:
        raise reader.slip("time.year_of", ("in year of FACT",))
    reader.facts.append(Named(fact.text, fact.offset))
    return InYearOf(month, day, fact.text, at if at is not None else _at(reader))


def _at(reader: _Reader) -> time | None:
    return _clock(reader) if reader.take("name", "at") else None


def _clock(reader: _Reader) -> time:
    token = reader.take("clock")
    if token is None:
        raise reader.slip("time.clock")
    found = re.fullmatch(r"(\d{1,2})(?::(\d{1,2})|時(?:(\d{1,2})分|(半))?)", token.text)
    hour = int(found[1]) if found else 24
    minute = 30 if found and found[4] else int((found and (found[2] or found[3])) or 0)
    exists = hour <= 23 and minute <= 59  # noqa: PLR2004 - a day's hours and an hour's minutes
    written = re.fullmatch(r"\d{1,2}:\d{2}", token.text)
    if not exists or not written:
        near = f"{hour:02}:{minute:02}" if exists else "23:59" if token.text == "24:00" else ""
        raise Slip("time.clock", token.offset, token.length, {"found": token.text}, (), near)
    return time(hour, minute)


def _date(reader: _Reader) -> date:
    token = reader.take("date")
    if token is None:
        raise reader.slip("time.date")
    year, month, day = (int(part) for part in re.findall(r"\d+", token.text))
    value = _existing(token, year, month, day)
    if token.text != value.isoformat():
        found = {"found": token.text}
        raise Slip("time.date", token.offset, token.length, found, (), value.isoformat())
    if not 2000 <= year <= 2100:  # noqa: PLR2004 - beyond living people's work
        raise Slip("time.far", token.offset, token.length, {"found": token.text})
    return value


def _day_of_year(reader: _Reader) -> tuple[int, int]:
    token = reader.take("day")
    if token is None:
        raise reader.slip("time.day")
    month, day = (int(part) for part in re.findall(r"\d+", token.text))
    _existing(token, 2000, month, day)  # a leap year: 02-29 is a day of some years
    if token.text != f"{month:02}-{day:02}":
        near = f"{month:02}-{day:02}"
        raise Slip("time.day", token.offset, token.length, {"found": token.text}, (), near)
    return month, day


def _existing(token: _Token, year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        found = {"found": token.text}
        raise Slip("time.no_such_day", token.offset, token.length, found) from None


def _distance(reader: _Reader, ends: tuple[str, ...] = (), *, bare: bool = False) -> Distance:
    """Read `2 weeks`; with *bare*, `week` alone is one week."""
    token = reader.take("number")
    if token is None:
        glued = reader.next
        if glued is not None and (amount := _amount(glued)):
            found = {"found": glued.text}
            code = "time.glued" if glued.text.isascii() else "time.unit"
            raise Slip(code, glued.offset, glued.length, found, (), amount)
        if bare and glued is not None and glued.kind == "name":
            return Distance(1, _unit(reader, ends))
        raise reader.slip("time.number")
    distance = Distance(int(token.text), _unit(reader, ends))
    _bounded(distance, token)
    return distance


def _bounded(distance: Distance, token: _Token) -> None:
    if distance.count * _DAYS_PER[distance.unit] > _FARTHEST:
        raise Slip("time.far", token.offset, token.length, {"found": _said(distance)})


def _amount(token: _Token) -> str:
    """Give `2 days` for `2days` and `2日`, where a number and a unit are written as one word."""
    found = re.fullmatch(r"(\d+)([^\W\d]+)", token.text) if token.kind == "name" else None
    if found is None:
        return ""
    unit = _JAPANESE.get(found[2]) or nearest(found[2], UNITS)
    return _said(Distance(int(found[1]), Unit(unit))) if unit else ""


def _unit(reader: _Reader, ends: tuple[str, ...] = ()) -> Unit:
    first = reader.next
    words: list[str] = []
    while (token := reader.next) and token.kind == "name":
        if token.text in _KEYWORDS or token.text in ends:
            break
        words.append(token.text)
        reader.at += 1
        if " ".join(words) in _FORMS:
            return _FORMS[" ".join(words)]
    if first is None or not words:
        raise reader.slip("time.unit", UNITS)
    written = " ".join(words)
    found = reader.text[first.offset : reader.tokens[reader.at - 1].offset + len(words[-1])]
    near = _JAPANESE.get(written) or nearest(written, _FORMS) or nearest(words[0], _FORMS)
    raise Slip("time.unit", first.offset, len(found), {"found": found}, UNITS, near)


def _near_word(reader: _Reader, words: tuple[str, ...]) -> str:
    return nearest(reader.next.text, words) if reader.next else ""


def _said(distance: Distance) -> str:
    unit = distance.unit.value
    return f"{distance.count} {unit[:-1] if distance.count == 1 else unit}"
