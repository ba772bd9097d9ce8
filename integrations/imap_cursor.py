"""How cursors move when a folder is seen for the first time, again, or numbered anew. Pure."""

from datetime import date, datetime

from integrations.renewals import counted
from worker.ports import Cursor, InboxTrouble


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
    fresh = begun(cursor.folder, uidvalidity, uidnext, since=since)
    return counted(cursor, fresh, f"the server numbers the folder {cursor.folder!r} anew", now)
