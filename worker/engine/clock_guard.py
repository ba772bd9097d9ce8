"""A clock that was set while we run, or that the database's contradicts: nothing is begun by it.

Leases, deadlines and moments of mails are no better than the clock they are read from. So each
process looks at its clock twice: beside a stopwatch that nobody can set, and beside the clock of
the database where that is another machine. While they disagree the engine goes on by the better of
the two, so that what is decided is decided for its moment; but nothing is handed over before the
clock is right again, or a human has said that it is.

A machine that was paused (a virtual one, with its stopwatch) and then told the time looks like one
whose clock was set: neither clock of its own can tell. Where somebody else's clock can be asked,
it is, and a jump that it vouches for is time that has passed: what fell due meanwhile is late, and
each step's `late` says what becomes of it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from worker import logs
from worker.engine.journal.as_text import to_json
from worker.engine.journal.lanes import CLOCK, Closed, close_lane, open_lane, read_lane
from worker.engine.journal.store import Store
from worker.ports import Clock, Stopwatch

CORRECTED = timedelta(minutes=2)  # by so much a machine may correct its clock
SKEW = timedelta(seconds=30)  # so far from the database's clock, and no farther
LOOK_EVERY = timedelta(seconds=30)

_ASK_EVERY = timedelta(minutes=1)  # somebody else, while the clock is not trusted
_SOON = timedelta(seconds=1)

STOPWATCH, DATABASE = "stopwatch", "database"  # what contradicts


def clock_lane(process: str) -> str:
    """Name the row that says that a process does not trust its clock.

    >>> clock_lane("host-a/work-1")
    'clock:host-a/work-1'
    """
    return f"{CLOCK}:{process}"


@dataclass(frozen=True, slots=True)
class _Known:
    """The time as it is best known: at *passed* of the stopwatch it was *at*."""

    at: datetime
    passed: timedelta
    tolerance: timedelta


class ClockGuard:
    """The clock of one process, and whether it may be trusted. Thread-safe.

    Its `now` is the machine's clock while that is right, and goes on from where it was while that
    is wrong.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        stopwatch: Stopwatch,
        process: str,
        *,
        ahead_of_others: Callable[[], timedelta | None] = lambda: None,
    ) -> None:
        """Take the machine's clock for right as it is now.

        Args:
            store: The journal's database, which may have a clock of its own.
            clock: The machine's.
            stopwatch: What nobody can set.
            process: Whose clock it is, for a human to read.
            ahead_of_others: Asks somebody far away by how much the machine's clock is ahead; None
                where nobody can be asked. Only a journal in a file needs it: a database knows.
        """
        self._store = store
        self._clock = clock
        self._stopwatch = stopwatch
        self._lane = clock_lane(process)
        self._looking = Lock()
        self._known = _Known(*self._both(), CORRECTED)
        self._ahead_of_others = ahead_of_others
        self._asked_at: timedelta | None = None
        self._looked_at: timedelta | None = None
        self._is_wrong = False

    @property
    def is_wrong(self) -> bool:
        """Say whether nothing may be begun: by the last look, or as the clock shows just now."""
        return self._is_wrong or abs(self._off()) > self._known.tolerance

    def now(self) -> datetime:
        """Give the time as it is best known."""
        shown, passed = self._both()
        known = self._known
        expected = known.at + (passed - known.passed)
        return shown if abs(shown - expected) <= known.tolerance else expected

    def trouble(self) -> str:
        """Look, and say why nothing may be begun; empty if it may.

        Raises:
            StoreError: The journal cannot be used.
        """
        if self.look():
            return ""
        seconds = round(self._off().total_seconds())
        side = "ahead" if seconds > 0 else "behind"
        return f"the clock of this process is {abs(seconds)} s {side}: nothing is sent from here"

    def look(self) -> bool:
        """Compare the clocks, at most twice a minute while all is well; says whether it is.

        What is found is written down for humans when it changes.
        """
        passed = self._stopwatch.passed()
        if not self._looking.acquire(blocking=False):  # another thread does
            return not self.is_wrong
        try:
            last = self._looked_at
            if last is not None and passed - last < LOOK_EVERY and not self.is_wrong:
                return True
            self._compare()
            self._looked_at = passed
            return not self._is_wrong
        finally:
            self._looking.release()

    def _compare(self) -> None:
        shown, passed = self._both()
        known, by = self._known, STOPWATCH
        off = shown - known.at - (passed - known.passed)
        if not self._store.is_sqlite:
            theirs = self._store.clock()
            asked = self._stopwatch.passed() - passed
            if asked > _SOON:  # whoever stood still in between knows nothing: the next look tells
                return
            by, off = DATABASE, shown + asked / 2 - theirs
            self._known = known = _Known(theirs - asked / 2, passed, SKEW)
        if abs(off) <= known.tolerance:
            self._trust(shown, passed)
        elif not self._is_wrong:
            self._distrust(off, by)
        elif by == STOPWATCH and self._is_vouched_for(passed):
            self._trust(*self._both())
        elif not self._is_told():  # a human has said that it is right: the database knows better
            if by == DATABASE:
                self._distrust(off, by)
            else:
                self._trust(shown, passed)

    def _trust(self, shown: datetime, passed: timedelta) -> None:
        """Go on by the machine's clock; small corrections are taken up with every look."""
        if self._store.is_sqlite:
            self._known = _Known(shown, passed, CORRECTED)
        if self._is_wrong or self._looked_at is None:  # also what an earlier process had said
            with self._store.write() as connection:
                open_lane(connection, self._lane)
        if self._is_wrong:
            logs.clock_right(now=shown)
        self._is_wrong = False

    def _distrust(self, off: timedelta, by: str) -> None:
        self._is_wrong = True
        now = self.now()
        why = to_json({"seconds": round(off.total_seconds()), "by": by})
        with self._store.write() as connection:
            close_lane(connection, Closed(self._lane, None, now, 1, CLOCK, why))
        logs.clock_wrong(off=off, by=by)

    def _is_vouched_for(self, passed: timedelta) -> bool:
        """Ask somebody else, now and then, whether the machine's clock is right as it is."""
        if self._asked_at is not None and passed - self._asked_at < _ASK_EVERY:
            return False
        self._asked_at = passed
        ahead = self._ahead_of_others()
        return ahead is not None and abs(ahead) <= SKEW

    def _is_told(self) -> bool:
        with self._store.read() as connection:
            return read_lane(connection, self._lane) is not None

    def _off(self) -> timedelta:
        """Say how far the machine's clock is from where it should be by now."""
        shown, passed = self._both()
        known = self._known
        return shown - known.at - (passed - known.passed)

    def _both(self) -> tuple[datetime, timedelta]:
        """Give what clock and stopwatch show at one moment.

        Whoever stands still between two looks has looked at nothing: then once more.
        """
        while True:
            before, shown = self._stopwatch.passed(), self._clock.now()
            passed = self._stopwatch.passed()
            if passed - before <= _SOON:
                return shown, passed
