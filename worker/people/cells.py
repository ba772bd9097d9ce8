"""What one cell says: plain text, a number, yes or no, a date. No column is known here."""

import re
import unicodedata
from datetime import date, datetime, time, timedelta

from worker.domain.facts import Value
from worker.people.dates import read_date
from worker.people.sheets import Cell

_EXCEL_BEGINS = datetime(1899, 12, 30)  # noqa: DTZ001 - Excel's day 0 has no zone
_SERIALS = range(36526, 73051)  # 2000-01-01 … 2099-12-31, as Excel counts days
_ERRORS = frozenset(
    {"#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)
_UNSEEN = "\ufeff\u200b\u200c\u200d\u2060\xa0\u3000 \t\r\n"
_AS_TEXT = re.compile(r'="((?:[^"]|"")*)"')  # how an ATS keeps Excel from eating a leading 0
_GUARDED = re.compile(r"'+[=+\-@\t\r]")
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_WHOLE = re.compile(r"0|-?[1-9][0-9]{0,14}")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]{0,11})\.[0-9]{1,6}")
_SEPARATORS = re.compile(r"[,、，;；|｜\n]+")


def text_of(cell: Cell) -> str:
    """Give what a cell says as text, without what nobody sees at its ends.

    >>> text_of(1234.0), text_of("　青井 葵 "), text_of('="00123"'), text_of("'=1+1"), text_of(None)
    ('1234', '青井 葵', '00123', '=1+1', '')
    """
    if isinstance(cell, str):
        text = cell.strip(_UNSEEN)
        if text[:1] == "'" and _GUARDED.match(text):
            return text[1:]
        if text[:2] == '="' and (kept := _AS_TEXT.fullmatch(text)):
            return kept[1].replace('""', '"')
        return text
    return "" if cell is None else _written(cell)


def _written(cell: Cell) -> str:
    match cell:
        case bool():
            return "TRUE" if cell else "FALSE"
        case float():
            return str(int(cell)) if cell.is_integer() else repr(cell)
        case datetime():
            return cell.isoformat(" ") if cell.time() != time() else cell.date().isoformat()
        case date() | time():
            return cell.isoformat()
        case _:
            return str(cell)


def is_error(text: str) -> bool:
    """Say whether Excel could not calculate the cell."""
    return text[:1] == "#" and text.rstrip() in _ERRORS


def date_of(cell: Cell) -> datetime | None:
    """Give the date a cell says; a number is a day only where Excel itself wrote it as one."""
    if isinstance(cell, datetime):
        return cell if not cell.microsecond else _to_the_second(cell)
    if isinstance(cell, date):
        return datetime.combine(cell, time())
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        if int(cell) in _SERIALS:
            return _to_the_second(_EXCEL_BEGINS + timedelta(days=cell))
        return read_date(text_of(cell))
    return read_date(text_of(cell))


def _to_the_second(at: datetime) -> datetime:
    """Excel keeps times as fractions of a day, a few microseconds off."""
    return (at + timedelta(milliseconds=500)).replace(microsecond=0)


def value_of(cell: Cell) -> Value:
    """Give an attribute's value: a whole number, a number, true or false, else text.

    What Excel shows as a number and is none (`0123`, a phone number) stays text.

    >>> value_of("2027"), value_of("２０２７"), value_of("090"), value_of("TRUE"), value_of("3.5")
    (2027, 2027, '090', True, 3.5)
    """
    if isinstance(cell, bool):
        return cell
    text = text_of(cell)
    if not text:
        return None
    if len(text) <= 20:  # noqa: PLR2004 - longer than any number that is read as one
        plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
        if _WHOLE.fullmatch(plain):
            return int(plain)
        if _DECIMAL.fullmatch(plain):
            return float(plain)
        if plain in {"TRUE", "FALSE", "true", "false", "True", "False"}:
            return plain.upper() == "TRUE"
    return text


def parts_of(text: str) -> tuple[str, ...]:
    """Give the parts of a cell that holds several: by comma, 、, semicolon, | or line.

    >>> parts_of("リーダー、研究熱心 , A/B")
    ('リーダー', '研究熱心', 'A/B')
    """
    return tuple(part for found in _SEPARATORS.split(text) if (part := found.strip(_UNSEEN)))


def guarded(text: str) -> str:
    """Write a text so that Excel does not run it: what begins a formula is given an apostrophe.

    `text_of` takes it away again.

    >>> guarded("=HYPERLINK(1)"), guarded("青井"), text_of(guarded("'=x"))
    ("'=HYPERLINK(1)", '青井', "'=x")
    """
    return f"'{text}" if _RISKY.match(text) else text
