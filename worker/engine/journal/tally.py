"""How often each thing has happened so far: facts and messages, counted by their last word.

The first count reads every fact once; each later one only those noted since, by their numbers.
"""

from collections import Counter
from collections.abc import Mapping
from threading import Lock

from sqlalchemy import Connection, func, select

from worker.engine import tables
from worker.engine.journal.store import Store

_fact = tables.fact.c
_LATE = 1_000  # numbers below the highest: transactions that were not committed when we looked


class Tally:
    """Counts facts; one of these serves a whole process. Thread-safe."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = 0  # every fact up to this number is counted
        self._counts: Counter[str] = Counter()
        self._lock = Lock()

    def counts(self) -> Mapping[str, int]:
        """Give how many facts there are of each last word: `sent`, `silent` and others."""
        with self._lock:
            with self._store.read() as connection:
                highest = connection.scalar(select(func.max(_fact.id))) or 0
                settled = max(self._seen, highest - _LATE)
                fresh = self._counted(connection, self._seen, settled)
                latest = self._counted(connection, settled, highest)
            self._counts += fresh
            self._seen = settled
            return self._counts + latest

    @staticmethod
    def _counted(connection: Connection, after: int, upto: int) -> "Counter[str]":
        query = (
            select(_fact.name, func.count())
            .where(_fact.id > after, _fact.id <= upto)
            .group_by(_fact.name)
        )
        found: Counter[str] = Counter()
        for name, count in connection.execute(query):
            found[name.rpartition(".")[2]] += count
        return found
