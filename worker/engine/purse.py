"""What a provider lets a mailbox spend in a minute, over all workers and restarts.

A purse takes a little more out of the ledger than it is asked for, so that not every request costs
a transaction; what was taken and is not spent within some seconds has been spent all the same, so
that in no minute more than the budget is.
"""

from datetime import datetime, timedelta
from threading import Lock

from worker.domain.errors import StoreError
from worker.engine import ledger
from worker.engine.journal.store import Store, take_turn
from worker.engine.ledger import Limits
from worker.ports import Clock

_AT_ONCE = 120  # units that are taken at least: those of a mail
_KEPT = timedelta(seconds=5)
_KEEP = 120  # seconds of the ledger
_SHORTEST = timedelta(seconds=1)
_AWAY = timedelta(seconds=30)  # when the journal is looked at again


class Purse:
    """One mailbox's budget a minute. Any number of threads share one."""

    def __init__(self, store: Store, name: str, per_minute: int, clock: Clock) -> None:
        self._store = store
        self._lane = f"units:{name.lower()}"  # a name of the ledger's; no lane of intents
        self._limits = Limits(per_minute=per_minute)
        self._clock = clock
        self._hand = 0  # taken, and not spent so far
        self._until: datetime | None = None
        self._one = Lock()

    def spend(self, units: int) -> timedelta | None:
        """Spend *units*; None, or after how long there may be as many, with nothing spent.

        So it is where the journal cannot be used, which whoever works on it tells.
        """
        with self._one:
            now = self._clock.now()
            if self._until is None or now >= self._until:
                self._hand = 0
            if self._hand < units:
                try:
                    wait = self._take(units - self._hand, now)
                except StoreError:
                    return _AWAY
                if wait is not None:
                    return wait
            self._hand -= units
            return None

    def _take(self, least: int, now: datetime) -> timedelta | None:
        """Take out of the ledger what lacks, and a little more where there is as much."""
        with self._store.write() as connection:
            take_turn(connection, self._lane)
            wanted = max(least, _AT_ONCE)
            room = ledger.room(connection, self._lane, self._limits, now, wanted)
            if room.count < least:
                return max((room.opens_at or now + _SHORTEST) - now, _SHORTEST)
            until = now + _KEPT  # as of when it counts: it is spent by then
            ledger.add(connection, self._lane, "second", room.count, now=until, keep=_KEEP)
        self._hand += room.count
        self._until = until
        return None
