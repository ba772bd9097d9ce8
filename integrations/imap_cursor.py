"""How cursors move when a folder is seen for the first time, again, or numbered anew. Pure."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from worker.ports import Cursor, InboxTrouble, Trouble

_LATELY = timedelta(hours=1)
_RENEWALS = 5  # more in an hour are a fault of the server's, and reading anew would never end


def begun(folder: str, uidvalidity: int, uidnext: int, *, since: date) -> Cursor:
    """Give the cursor of a folder that is read for the first time."""
    return Cursor(folder, uidvalidity, since=since, until=uidnext - 1)


def is_void(cursor: Cursor, uidvalidity: int, uidnext: int) -> bool:
    """Whether what the cursor says means nothing any more.

    Also where the server goes on at a lower number than it had reached, as one does that was
    restored from a backup without being told to number anew.
    """
    return cursor.uidvalidity != uidvalidity or uidnext <= cursor.uid


def renewed(
    cursor: Cursor, uidvalidity: int, uidnext: int, *, since: date, now: datetime
) -> Cursor | InboxTrouble:
    """Give the cursor of a folder that was numbered anew, unless that happens again and again."""
    lately = cursor.renewed_at is not None and now - cursor.renewed_at < _LATELY
    times = cursor.renewals + 1 if lately else 1
    if times > _RENEWALS:
        return InboxTrouble(
            Trouble.MAILBOX,
            f"the server numbers the folder {cursor.folder!r} anew again and again",
            _LATELY,
        )
    fresh = begun(cursor.folder, uidvalidity, uidnext, since=since)
    return replace(fresh, renewals=times, renewed_at=now)
