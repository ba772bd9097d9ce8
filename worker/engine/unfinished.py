"""What this process had in hand when the journal went away: given back once it is there again.

Nobody has died over it and nothing of it has left, so it waits for no lease and counts as no crash.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import Connection

from worker.domain.errors import StoreError
from worker.engine.allowance import Allowance
from worker.engine.journal.intents import unclaim
from worker.engine.journal.store import Store
from worker.engine.tables import stamp
from worker.engine.work import Work


class Unfinished:
    """Claimed intents of which nothing could be written down, by lane.

    Thread-safe as its lanes are: one thread at a time in each.
    """

    def __init__(self, store: Store, allowance: Allowance) -> None:
        self._store = store
        self._allowance = allowance
        self._works: dict[str, list[Work]] = {}

    @contextmanager
    def kept(self, lane: str, works: Sequence[Work]) -> Iterator[None]:
        """Work at claimed intents; they are kept in mind where the journal goes away meanwhile."""
        try:
            yield
        except StoreError:
            self._works.setdefault(lane, []).extend(works)
            raise

    def lanes(self) -> frozenset[str]:
        """Name the lanes in which something waits to be given back: look there again."""
        return frozenset(list(self._works))

    def give_back(self, lane: str, now: datetime) -> None:
        """Have what was claimed in *lane* due at once, as far as it is ours and not begun.

        Raises:
            StoreError: The journal is still away; it stays in mind.
        """
        works = self._works.get(lane)
        if works is None:
            return
        with self._store.write() as connection:
            give_back(connection, self._allowance, lane, works, now)
        del self._works[lane]


def give_back(
    connection: Connection, allowance: Allowance, lane: str, works: Sequence[Work], now: datetime
) -> None:
    """Give claimed intents back that were certainly not handed over."""
    for fence in sorted({work.fence for work in works}):
        ids = [work.id for work in works if work.fence == fence]
        unclaim(connection, ids, fence=fence, at=stamp(now))
    allowance.dropped(connection, lane, len(works), now)
