"""What the limits of mailboxes allow, over all workers and restarts.

A mail counts from the moment at which it is written down as begun, and once it has been answered,
as of its answer: it left somewhere in between, however long a worker stood still there. So in no 60
seconds and in no 24 hours more than the limit leave, as long as the clocks of workers agree.

Where there is no limit nothing depends on the count, and it is taken where it costs least: with the
claim of two hundred.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Connection

from worker.engine import ledger
from worker.engine.journal.intents import count_begun
from worker.engine.journal.lanes import mailbox_of
from worker.engine.journal.store import take_turn
from worker.engine.ledger import Limits, Room
from worker.engine.tables import stamp

BEGUN_LEASE = timedelta(minutes=15)  # longer than a server may take for its last answer (600 s)

_MINUTE = timedelta(minutes=1)
_NONE = Limits()


class Allowance:
    """The limits of each mailbox, by its name. All of it takes part in a caller's transaction."""

    def __init__(self, limits: Mapping[str, Limits]) -> None:
        self._limits = limits

    def take_turn(self, connection: Connection, lane: str) -> None:
        """Have the count of *lane* to ourselves until the transaction ends, where it matters.

        Ask for it before anything else is locked, so that two never wait for one another.
        """
        if self._is_limited(lane):
            take_turn(connection, lane)

    def room(self, connection: Connection, lane: str, now: datetime, most: int) -> Room:
        """Say how many of at most *most* mails may be begun at *now*. Take a turn before."""
        if not self._is_limited(lane):
            return Room(most)
        limits = self._limits_of(lane)
        flying = 0
        if limits.per_minute is not None:
            at = now.replace(microsecond=0) + timedelta(seconds=1) - _MINUTE
            flying = count_begun(connection, lane, leased=(stamp(now), stamp(at + BEGUN_LEASE)))
        return ledger.room(connection, lane, limits, now, most, flying=flying)

    def claimed(self, connection: Connection, lane: str, count: int, now: datetime) -> None:
        """Write down that *count* are claimed."""
        if self._is_counted_early(lane):
            ledger.take(connection, lane, count, now)

    def dropped(self, connection: Connection, lane: str, count: int, now: datetime) -> None:
        """Write down that *count* of what was claimed are not begun."""
        if self._is_counted_early(lane):
            ledger.give_back(connection, lane, count, now)

    def begun(self, connection: Connection, lane: str, count: int, now: datetime) -> None:
        """Write down that *count* are handed over from *now* on."""
        if self._is_limited(lane):
            ledger.take(connection, lane, count, now)

    def answered(
        self,
        connection: Connection,
        lane: str,
        begun: Sequence[datetime],
        untried: int,
        now: datetime,
    ) -> None:
        """Write down that what was *begun* then is answered now.

        *untried* of them were certainly not handed over, and do not count.
        """
        if self._is_limited(lane):
            ledger.take_back(connection, lane, begun)
            ledger.take(connection, lane, len(begun) - untried, now)
        else:
            self.dropped(connection, lane, untried, now)

    def _limits_of(self, lane: str) -> Limits:
        return self._limits.get(mailbox_of(lane) or "", _NONE)

    def _is_limited(self, lane: str) -> bool:
        return self._limits_of(lane) != _NONE

    def _is_counted_early(self, lane: str) -> bool:
        return mailbox_of(lane) is not None and not self._is_limited(lane)
