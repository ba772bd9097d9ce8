"""When mails will leave that a mailbox may not send at once: the windows of its ledger, ahead.

It counts as the ledger does (`worker.engine.ledger`): in no 60 seconds and in no 24 hours more than
the limit, in the order in which they fall due. What nobody can foresee (alerts to staff, answers)
is not counted, so that a mail may leave later than is said here, and never because of this earlier.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from worker.domain.reasons import Because, Reason
from worker.engine.ledger import Limits

_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)
_LONG = timedelta(hours=1)  # what waits for a minute's limit is a matter of minutes
# A bucket of the ledger is over when the next one begins.
_WINDOWS = ((_DAY, _MINUTE), (_MINUTE, timedelta(seconds=1)))

Opens = Callable[[datetime], datetime]  # gives the first moment at which something may leave


class Ration:
    """One mailbox's limits, and what has left or will have left within them."""

    def __init__(self, limits: Limits, sent: Iterable[datetime] = ()) -> None:
        self._limits = limits
        self._left = sorted(sent)

    def leave(self, at: datetime, opens: Opens) -> datetime:
        """Give when a mail leaves that is due *at*; ask in the order in which mails are due.

        *opens* says when it may leave at all: at night nothing does.
        """
        while (later := self._freed_after(at)) is not None:
            at = opens(later)
        insort(self._left, at)
        return at

    @staticmethod
    def puts_off(at: datetime, leaves: datetime) -> bool:
        """Say whether that is for so long that somebody should know."""
        return leaves - at >= _LONG

    def because(self, mailbox: str, until: str) -> Reason:
        """Say why a mail is put off."""
        values = (("mailbox", mailbox), ("limit", str(self._limits.per_day)), ("until", until))
        return Reason(Because.RATION, values)

    def _freed_after(self, at: datetime) -> datetime | None:
        """Give when there is room again; None where there is room at *at*."""
        for limit, (span, bucket) in zip(self._both(), _WINDOWS, strict=True):
            if limit is None:
                continue
            until = bisect_right(self._left, at)
            since = bisect_right(self._left, at - span)
            if until - since >= limit:
                return self._left[until - limit] + span + bucket
        return None

    def _both(self) -> Sequence[int | None]:
        return self._limits.per_day, self._limits.per_minute
