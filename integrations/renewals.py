"""When a folder is read anew again and again, it is a fault of its server's. Pure."""

from dataclasses import replace
from datetime import datetime, timedelta

from worker.ports import Cursor, InboxTrouble, Trouble

_LATELY = timedelta(hours=1)
_MOST = 5  # more in an hour, and reading anew would never end


def counted(cursor: Cursor, fresh: Cursor, why: str, now: datetime) -> Cursor | InboxTrouble:
    """Give *fresh*, which takes the place of *cursor* for the reason *why*, unless too often."""
    lately = cursor.renewed_at is not None and now - cursor.renewed_at < _LATELY
    times = cursor.renewals + 1 if lately else 1
    if times > _MOST:
        return InboxTrouble(Trouble.MAILBOX, f"{why} again and again", _LATELY)
    return replace(fresh, renewals=times, renewed_at=now)
