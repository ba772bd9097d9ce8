r"""The answers of an IMAP server that carry mails: SEARCH, STATUS, FETCH. Pure, and total.

Read by hand because a mail a line is what a mailbox is made of, and because servers differ: a uid
may come before or behind the body, a body as a literal or in quotes, one mail in several answers.
What cannot be read is left out, and the caller sees that it is missing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import TypeAlias

Part: TypeAlias = bytes | tuple[bytes, bytes] | None
"""As the standard library gives it: text, or text that ends in a literal, and the literal."""

_UID = re.compile(rb"(?:^|[ (])UID (\d{1,10})(?=[ )]|$)", re.IGNORECASE)
_SIZE = re.compile(rb"(?:^|[ (])RFC822\.SIZE (\d{1,18})(?=[ )]|$)", re.IGNORECASE)
_DATE = re.compile(
    rb'INTERNALDATE "( ?\d{1,2})-([A-Z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)"',
    re.IGNORECASE,
)
_BODY = re.compile(
    rb"BODY\[(?:HEADER)?\](?:<\d{1,10}>)? (?:\{\d+\}$|\"((?:[^\"\\]|\\.)*)\")", re.IGNORECASE
)
_BEGIN = re.compile(rb"\d{1,10} \(")
_UIDNEXT = re.compile(rb"[( ]UIDNEXT (\d{1,10})[ )]", re.IGNORECASE)
_UIDVALIDITY = re.compile(rb"[( ]UIDVALIDITY (\d{1,10})[ )]", re.IGNORECASE)
_FOUND = re.compile(rb"(?: *\d{1,10})*(?: *\(MODSEQ \d{1,19}\))? *", re.IGNORECASE)
_NUMBER = re.compile(rb"\d{1,10}")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_LARGEST = 2**32 - 1


@dataclass(slots=True)
class Given:
    """What one FETCH gave of a mail."""

    uid: int = 0
    size: int | None = None
    received_at: datetime | None = None
    body: bytes | None = None


def given(parts: Iterable[Part]) -> dict[int, Given]:
    """Read the answer to a FETCH, by uid."""
    found: dict[int, Given] = {}
    for text, body in _mails(parts):
        uid = _UID.search(text)
        if uid is None:
            continue  # flags of a mail that somebody changed meanwhile, perhaps
        mail = found.setdefault(int(uid[1]), Given(int(uid[1])))
        if body is not None:
            mail.body = body
        if size := _SIZE.search(text):
            mail.size = int(size[1])
        if said := _DATE.search(text):
            mail.received_at = _instant(said)
    return found


def _mails(parts: Iterable[Part]) -> Iterator[tuple[bytes, bytes | None]]:
    """Give each mail's text, and its body where there is one."""
    text, body, begun = b"", None, False
    for part in parts:
        if part is None:
            continue
        head, literal = part if isinstance(part, tuple) else (part, None)
        if _BEGIN.match(head):
            if begun:
                yield text, body
            text, body, begun = b"", None, True
        text += b" " + head
        if (at := _BODY.search(head)) is not None:
            if literal is not None and at[1] is None:
                body = literal
            elif at[1] is not None:
                body = re.sub(rb"\\(.)", rb"\1", at[1])
                text = text.replace(at[0], b"")
    if begun:
        yield text, body


def _instant(said: re.Match[bytes]) -> datetime | None:
    day, month, year, hour, minute, second, sign, hours, minutes = (
        part.decode("ascii") for part in said.groups()
    )
    off = timedelta(hours=int(hours), minutes=int(minutes))
    try:
        zone = timezone(-off if sign == "-" else off)
        at = datetime(
            int(year),
            _MONTHS.index(month.lower()) + 1,
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=zone,
        )
        return at.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def uids(parts: Iterable[Part], low: int, high: int) -> list[int] | None:
    """Read the answer to a SEARCH; None where there is none, a ValueError if it is no such answer.

    What lies outside of *low* to *high* was not asked for: `n:*` gives the newest mail even where
    it lies before n (RFC 3501 6.4.8).
    """
    found: set[int] | None = None
    for part in parts:
        if part is None:
            continue
        if isinstance(part, tuple) or not _FOUND.fullmatch(part):
            raise ValueError("the answer to a search is not one of numbers")
        found = found or set()
        found.update(map(int, part.partition(b"(")[0].split()))
    return None if found is None else sorted(uid for uid in found if low <= uid <= high)


@dataclass(frozen=True, slots=True)
class Status:
    """How a folder is numbered."""

    uidvalidity: int
    uidnext: int


def status(parts: Iterable[Part]) -> Status | None:
    """Read the answer to a STATUS."""
    text = b" ".join(
        part[1] if isinstance(part, tuple) else part for part in parts if part is not None
    )
    valid, following = _UIDVALIDITY.search(text), _UIDNEXT.search(text)
    return Status(int(valid[1]), int(following[1])) if valid and following else None


def number(said: Sequence[Part | object]) -> int | None:
    """Read the last number of a response such as UIDNEXT; None where the server gave none."""
    last = said[-1] if said else None
    if not isinstance(last, bytes) or not _NUMBER.fullmatch(last):
        return None
    return min(int(last), _LARGEST)


def uid_set(wanted: Sequence[int]) -> str:
    """Write uids as a set of exactly these: runs without gaps as `first:last`.

    >>> uid_set([3, 4, 5, 9, 11, 12])
    '3:5,9,11:12'
    """
    runs: list[list[int]] = []
    for uid in wanted:
        if runs and uid == runs[-1][1] + 1:
            runs[-1][1] = uid
        else:
            runs.append([uid, uid])
    return ",".join(str(first) if first == last else f"{first}:{last}" for first, last in runs)


def day(year: int, month: int, day_of_month: int) -> str:
    """Write a day as SEARCH wants it.

    >>> day(2026, 4, 2)
    '2-Apr-2026'
    """
    return f"{day_of_month}-{_MONTHS[month - 1].capitalize()}-{year:04d}"
