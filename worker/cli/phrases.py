"""Every sentence the command says, in Japanese and English, and how it writes days and times.

The sentences stand in `worker.cli.words`, by what they are about; this module knows how to say
them. A test checks that each has both languages, the same values in both, and a use.
"""

import re
from collections.abc import Iterable
from datetime import date, datetime, tzinfo
from zoneinfo import ZoneInfo

from worker.cli.words import (
    ahead,
    connecting,
    deciding,
    facts,
    general,
    records,
    running,
    working,
)
from worker.cli.words.reasons import REASONS
from worker.domain.reasons import Reason

SENTENCES: dict[str, tuple[str, str]] = {
    **general.WORDS,
    **facts.WORDS,
    **records.WORDS,
    **ahead.WORDS,
    **running.WORDS,
    **connecting.WORDS,
    **working.WORDS,
    **deciding.WORDS,
    **working.WORDS,
}

_COUNTED = re.compile(r"\{(?P<name>\w+)\|(?P<one>[^|}]*)\|(?P<many>[^}]*)\}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*[+-]\d{2}:\d{2}")
_UNITS = {"minutes": "分", "hours": "時間", "days": "日", "business days": "営業日",
          "weeks": "週間", "months": "か月"}  # fmt: skip
_BUDGET = re.compile(rf"(?P<count>\d+) per (?P<span>\d+) (?P<unit>{'|'.join(_UNITS)})")
_OF_A_STEP = re.compile(r"(?P<step>[^.]+)\.(?:rung(?P<rung>\d+)\.)?(?P<word>[^.]+)")
_WEEKDAYS = ("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Phrases:
    """The sentences of one language, told in one zone. Called with a key and its values."""

    def __init__(self, language: str, zone: tzinfo | None = None) -> None:
        self.language = language
        self.zone: tzinfo = zone if zone is not None else ZoneInfo("Asia/Tokyo")

    def __call__(self, key: str, **values: object) -> str:
        """Say the sentence *key*: `{n|mail|mails}` in it is a number with its noun.

        >>> Phrases("en")("people.count", n=1), Phrases("en")("people.count", n=2)
        ('1 person', '2 people')
        """
        ja, en = SENTENCES[key]
        return self._filled(ja if self.language == "ja" else en, values)

    def knows(self, key: str) -> bool:
        """Say whether there is such a sentence: of words that playbooks may add to."""
        return key in SENTENCES

    def step(self, step: str, occurrence: int = 0, rung: int = 0) -> str:
        """Name a step, which time of a cadence, and which rung of its ladder."""
        parts = [step]
        if occurrence:
            parts.append(self("occurrence", n=occurrence))
        if rung:
            parts.append(self("rung", n=rung))
        return " ".join(parts)

    def fact(self, name: str, occurrence: int = 0) -> str:
        """Name a fact as people read it: `welcome.rung1.sent` is that of the first rung.

        >>> Phrases("ja").fact("accept"), Phrases("ja").fact("welcome.rung1.sent")
        ('承諾 (accept)', 'welcome フォロー1 の送信')
        """
        key = f"fact.{name}"
        if key in SENTENCES:
            return f"{self(key)} ({name})" if self.language == "ja" else self(key)
        found = _OF_A_STEP.fullmatch(name)
        if found is None:
            return name
        key = f"word.{found['word']}"
        word = self(key) if key in SENTENCES else found["word"]
        return self(
            "word.of", step=self.step(found["step"], occurrence, int(found["rung"] or 0)), word=word
        )

    def reason(self, reason: Reason, zone: tzinfo | None = None) -> str:
        """Say why, in half a sentence: the fullest that the reason's values allow."""
        values: dict[str, object] = {
            name: self._of_a_reason(name, value, zone) for name, value in reason.values if value
        }
        sentences = [ja if self.language == "ja" else en for ja, en in REASONS[reason.because]]
        fullest = next(one for one in sentences if names_in(one) <= set(values))
        return self._filled(fullest, values)

    def _of_a_reason(self, name: str, value: str, zone: tzinfo | None) -> str:
        """Write one value of a reason: roles and facts of a person by the word people have."""
        if name == "role":
            return self.role(value)
        if name == "fact":
            key = f"fact.{value}"
            return self(key) if key in SENTENCES else self.fact(value)
        if name == "budget":
            return self.budget(value)
        return self.worded(value, zone)

    def budget(self, written: str) -> str:
        """Write a budget as people do.

        >>> Phrases("ja").budget("3 per 2 weeks"), Phrases("en").budget("1 per 1 days")
        ('2週間に3回', '1 per day')
        """
        found = _BUDGET.fullmatch(written)
        if found is None:
            return written
        unit = found["unit"]
        if self.language == "ja":
            return f"{found['span']}{_UNITS[unit]}に{found['count']}回"
        span = unit.removesuffix("s") if found["span"] == "1" else f"{found['span']} {unit}"
        return f"{found['count']} per {span}"

    def reasons(self, reasons: Iterable[Reason], zone: tzinfo | None = None) -> str:
        """Say several reasons one after the other."""
        joint = "、" if self.language == "ja" else "; "
        return joint.join(dict.fromkeys(self.reason(reason, zone) for reason in reasons))

    def role(self, role: str) -> str:
        """Name a role as people do."""
        key = f"role.{role}"
        return self(key) if key in SENTENCES else role

    def day(self, day: date) -> str:
        """Write a day with its day of the week.

        >>> Phrases("ja").day(date(2026, 4, 3)), Phrases("en").day(date(2026, 4, 3))
        ('2026年4月3日(金)', 'Fri 3 Apr 2026')
        """
        if self.language == "ja":
            return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[0][day.weekday()]})"
        return f"{_WEEKDAYS[1][day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"

    def short_day(self, day: date) -> str:
        """Write a day without its year.

        >>> Phrases("ja").short_day(date(2026, 4, 3)), Phrases("en").short_day(date(2026, 4, 3))
        ('4月3日(金)', 'Fri 3 Apr')
        """
        return self.day(day)[5:] if self.language == "ja" else self.day(day).rpartition(" ")[0]

    def month(self, day: date) -> str:
        """Write a month.

        >>> Phrases("ja").month(date(2026, 4, 3)), Phrases("en").month(date(2026, 4, 3))
        ('2026年4月', 'Apr 2026')
        """
        if self.language == "ja":
            return f"{day.year}年{day.month}月"
        return f"{_MONTHS[day.month - 1]} {day.year}"

    def month_of(self, year: int, month: int) -> str:
        """Write a month by its numbers."""
        return self.month(date(year, month, 1))

    def instant(self, at: datetime, zone: tzinfo | None = None) -> str:
        """Write an instant as the clock on the wall has it in *zone*; the company's if None.

        >>> from datetime import UTC
        >>> Phrases("ja").instant(datetime(2026, 4, 3, 1, 0, tzinfo=UTC))
        '2026年4月3日(金) 10:00'
        """
        there = at.astimezone(zone or self.zone)
        return f"{self.day(there.date())} {there:%H:%M}{self._foreign(zone)}"

    def clock(self, at: datetime, zone: tzinfo | None = None) -> str:
        """Write the time of day alone."""
        return f"{at.astimezone(zone or self.zone):%H:%M}{self._foreign(zone)}"

    def _foreign(self, zone: tzinfo | None) -> str:
        """Name a zone that is not the company's."""
        if zone is None or str(zone) == str(self.zone):
            return ""
        return f" ({zone})"

    def worded(self, value: str, zone: tzinfo | None = None) -> str:
        """Write a day or an instant as people do, and everything else as it is."""
        if _DAY.fullmatch(value):
            return self.day(date.fromisoformat(value))
        if _INSTANT.fullmatch(value):
            return self.instant(datetime.fromisoformat(value), zone)
        return value

    @staticmethod
    def _filled(sentence: str, values: dict[str, object]) -> str:
        def counted(found: re.Match[str]) -> str:
            n = int(str(values[found["name"]]))  # those of a reason are text
            return f"{n:,} {found['one'] if n == 1 else found['many']}"

        return _COUNTED.sub(counted, sentence).format_map(values)


def names_in(sentence: str) -> set[str]:
    """Give the names of the values a sentence needs.

    >>> sorted(names_in("{n|mail|mails} for {person}"))
    ['n', 'person']
    """
    return set(re.findall(r"\{(\w+)", sentence))
