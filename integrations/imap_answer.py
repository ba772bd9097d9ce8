r"""The answers of an IMAP server that carry mails: SEARCH, STATUS, FETCH. Pure, and total.

Read by hand because a mail a line is what a mailbox is made of, and because servers differ: a uid
may come before or behind the body, a body as a literal or in quotes, one mail in several answers.
What cannot be read is left out, and the caller sees that it is missing.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

Part: TypeAlias = bytes | tuple[bytes, bytes] | None
"""As the standard library gives it: text, or text that ends in a literal, and the literal."""

_UID = re.compile(rb"(?:^|[ (])UID (\d{1,10})(?=[ )]|$)", re.IGNORECASE)
_SIZE = re.compile(rb"(?:^|[ (])RFC822\.SIZE (\d{1,18})(?=[ )]|$)", re.IGNORECASE)
_THREAD = re.compile(rb"(?:^|[ (])X-GM-THRID (\d{1,20})(?=[ )]|$)", re.IGNORECASE)
_DATE = re.compile(rb'(?:^|[ (])INTERNALDATE "([^"]{1,30})"', re.IGNORECASE)
_INSTANT = re.compile(rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)")
_USUAL_SIZE = re.compile(
    rb'\d{1,10} \(UID (\d{1,10}) RFC822\.SIZE (\d{1,18}) INTERNALDATE "([^"]{1,30})"\)'
)
_USUAL_BODY = re.compile(rb"\d{1,10} \(UID (\d{1,10}) BODY\[\] \{\d+\}")
_BODY = re.compile(
    rb"BODY\[(?:HEADER)?\](?:<\d{1,10}>)? (?:\{\d+\}$|\"((?:[^\"\\]|\\.)*)\")", re.IGNORECASE
)
_BEGIN = re.compile(rb"\d{1,10} \(")
_UIDNEXT = re.compile(rb"[( ]UIDNEXT (\d{1,10})[ )]", re.IGNORECASE)
_UIDVALIDITY = re.compile(rb"[( ]UIDVALIDITY (\d{1,10})[ )]", re.IGNORECASE)
_NUMBER = re.compile(rb"\d{1,10}")
_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTHS = {name.lower().encode(): number for number, name in enumerate(_NAMES, 1)}
_LARGEST = 2**32 - 1


@dataclass(slots=True)
class Given:
    """What one FETCH gave of a mail."""

    uid: int = 0
    size: int | None = None
    received_at: datetime | None = None
    body: bytes | None = None
    thread: str = ""  # as Gmail's own interface names it


def given(parts: Sequence[Part]) -> dict[int, Given]:
    """Read the answer to a FETCH, by uid; what most servers write is read at one look."""
    found: dict[int, Given] = {}
    other: list[Part] = []
    end = len(parts)
    at = 0
    while at < end:
        part = parts[at]
        at += 1
        if isinstance(part, tuple):
            usual = _USUAL_BODY.fullmatch(part[0])
            if usual is not None and at < end and parts[at] == b")":
                at += 1
                uid = int(usual[1])
                found.setdefault(uid, Given(uid)).body = part[1]
                continue
        elif part is not None and (usual := _USUAL_SIZE.fullmatch(part)) is not None:
            uid = int(usual[1])
            mail = found.setdefault(uid, Given(uid))
            mail.size = int(usual[2])
            mail.received_at = _instant(usual[3])
            continue
        other.append(part)
    for text, body in _mails(other):
        _read(text, body, found)
    return found


def _read(text: bytes, body: bytes | None, found: dict[int, Given]) -> None:
    named = _UID.search(text)
    if named is None:
        return  # flags of a mail that somebody changed meanwhile, perhaps
    uid = int(named[1])
    mail = found.setdefault(uid, Given(uid))
    if body is not None:
        mail.body = body
    if size := _SIZE.search(text):
        mail.size = int(size[1])
    if said := _DATE.search(text):
        mail.received_at = _instant(said[1])
    if thread := _THREAD.search(text):
        # in tens here and in sixteens there: https://developers.google.com/gmail/imap/imap-extensions
        mail.thread = f"{int(thread[1]):x}"


def _mails(parts: Iterable[Part]) -> Iterator[tuple[bytes, bytes | None]]:
    """Give each mail's text, and its body where there is one."""
    texts: list[bytes] = []
    body: bytes | None = None
    for part in parts:
        if part is None:
            continue
        head, literal = part if isinstance(part, tuple) else (part, None)
        if _BEGIN.match(head):
            if texts:
                yield b" ".join(texts), body
            texts, body = [], None
        elif not texts:
            continue
        if (at := _BODY.search(head)) is not None:
            if literal is not None and at[1] is None:
                body = literal
            elif at[1] is not None:
                body = re.sub(rb"\\(.)", rb"\1", at[1])
                head = head[: at.start()] + head[at.end() :]
        texts.append(head)
    if texts:
        yield b" ".join(texts), body


def _instant(text: bytes) -> datetime | None:
    """Read a date and time of INTERNALDATE: `10-Apr-2026 18:30:15 +0900`."""
    said = _INSTANT.fullmatch(text)
    if said is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = said.groups()
    try:
        at = datetime(
            int(year),
            _MONTHS[month.lower()],
            int(day),
            int(hour),
            int(minute),
            min(int(second), 59),
            tzinfo=UTC,
        )
        off = timedelta(hours=int(hours), minutes=int(minutes))
        return at + off if sign == b"-" else at - off
    except (LookupError, ValueError, OverflowError):
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
        if isinstance(part, tuple):
            raise ValueError("the answer to a search is not one of numbers")  # noqa: TRY004 - of ours
        numbers, _, extra = part.partition(b"(")
        each = numbers.split()
        if not all(map(_NUMBER.fullmatch, each)) or (extra and not extra[:6].isalpha()):
            raise ValueError("the answer to a search is not one of numbers")
        found = set() if found is None else found
        found.update(map(int, each))
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
    return f"{day_of_month}-{_NAMES[month - 1]}-{year:04d}"
