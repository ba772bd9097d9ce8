"""How far a label of a Gmail mailbox was read, as a `Cursor`. Pure.

Gmail has no numbers that count up within a folder. It has a history, which forgets, and message
ids, which name. A cursor's `uidvalidity` is where the history stood when reading began. Up to
`until`, which is above every message that was there then, `uid` is the id of the last message
given; from there on it is `until` and as much as the history has gone on since.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from worker.ports import Cursor

_ZONES = timedelta(hours=14)  # a day begins so much earlier somewhere


@dataclass(frozen=True, slots=True)
class Label:
    """A label that is read as a folder."""

    id: str  # what Gmail calls it
    name: str  # what we call it


def begun(label: Label, history: int, newest: int, since: date) -> Cursor:
    """Give the cursor of a label that is read for the first time; *newest* is its newest message.

    >>> cursor = begun(Label("INBOX", "INBOX"), 1_000, 77, date(2026, 4, 1))
    >>> cursor.uidvalidity, cursor.uid, cursor.until
    (1000, 0, 78)
    """
    return Cursor(label.name, history, since=since, until=newest + 1)


def is_first_part(cursor: Cursor) -> bool:
    """Whether what was there when reading began is still being given."""
    return cursor.uid < cursor.until


def history_of(cursor: Cursor) -> int:
    """Say how far the history was read."""
    return cursor.uidvalidity + cursor.uid - cursor.until


def read_to(cursor: Cursor, history: int) -> Cursor:
    """Give the cursor behind a point of the history.

    >>> cursor = begun(Label("INBOX", "INBOX"), 1_000, 77, date(2026, 4, 1))
    >>> history_of(read_to(cursor, 1_234)), is_first_part(read_to(cursor, 1_000))
    (1234, False)
    """
    return replace(cursor, uid=cursor.until + history - cursor.uidvalidity)


def earliest(since: date) -> int:
    """Give the second from which on mails of a day may have come, wherever the day began."""
    return int((datetime.combine(since, time(), UTC) - _ZONES).timestamp())
