"""Counts what this process begins, inside the journal and outside of it.

The count in the journal rises in the very transaction that writes down what is handed over next,
the one outside after its commit and before the first byte leaves. So whenever the journal knows of
less than was begun, it is not the journal that was written to: a backup was restored, or another
server took over without the last commits. That is noticed at the next start, or at the next group
of mails, before any of it leaves.
"""

from collections.abc import Sequence
from datetime import datetime
from threading import Lock

from sqlalchemy import Connection

from worker import logs
from worker.engine.journal.processes import Processes, Who, begun_of, count_one, put_process
from worker.engine.journal.rewound import Rewound, note_rewound
from worker.engine.journal.store import Store
from worker.ports import HighWater


class Begun:
    """The counts of one process. Thread-safe."""

    def __init__(self, who: Who, marks: Sequence[HighWater], *, confirmed: int = 0) -> None:
        self._who = who
        self._marks = marks
        self._confirmed = confirmed
        self._rising = Lock()

    def count(self, connection: Connection, now: datetime) -> int | None:
        """Count in the transaction of what is begun; None where nothing may be begun now."""
        number = count_one(connection, self._who.name, self._confirmed)
        if number is not None:
            return number
        rewound = note_rewound(connection, now)
        put_process(connection, self._who, now, begun=self._confirmed)
        logs.rewound(since=rewound.since, until=rewound.until)
        return None

    def confirm(self, number: int) -> None:
        """Say that the commit of *number* stands: from here on something may leave."""
        with self._rising:
            if number <= self._confirmed:
                return
            self._confirmed = number
            for mark in self._marks:
                mark.rise(self._who.name, number)


def begin(store: Store, who: Who, marks: Sequence[HighWater], now: datetime) -> Begun:
    """Say that a process begins; see first whether the journal is behind what was begun."""
    look_back(store, marks, now)
    return Begun(who, marks, confirmed=Processes(store).began(who, now))


def look_back(store: Store, marks: Sequence[HighWater], now: datetime) -> Rewound | None:
    """Write it down if the journal knows of less than was begun; None if it does not."""
    # Marks first: others go on beginning, and a mark never rises before its commit stands.
    told = [pair for mark in marks for pair in mark.read().items()]
    with store.write() as connection:
        known = begun_of(connection)
        behind = {name: count for name, count in told if known.get(name, 0) < count}
        if not behind:
            return None
        rewound = note_rewound(connection, now)
        for name, count in sorted(behind.items()):  # so that it is noticed once
            _catch_up(connection, name, max(count, behind[name]), now)
    logs.rewound(since=rewound.since, until=rewound.until)
    return rewound


def _catch_up(connection: Connection, name: str, count: int, now: datetime) -> None:
    host, _, verb = name.rpartition("/")
    put_process(connection, Who(name, verb, host, 0, ""), now, begun=count)
