"""How often somebody may ask: counted in memory, for each process by itself."""

from collections.abc import Callable
from time import monotonic

_SPAN = 60.0  # seconds
_MOST_KEPT = 20_000  # of one minute; beyond it everybody is counted as one


class Rate:
    """So many a minute for each of whatever is counted. Used by one thread."""

    def __init__(self, per_minute: int, seconds: Callable[[], float] = monotonic) -> None:
        self._most = per_minute
        self._seconds = seconds
        self._began = seconds()
        self._counts: dict[str, int] = {}

    def wait(self, who: str) -> int:
        """Count one; gives how many seconds to wait before the next, 0 if it may be answered."""
        now = self._seconds()
        if now >= self._began + _SPAN:
            self._began = now
            self._counts = {}
        if who not in self._counts and len(self._counts) >= _MOST_KEPT:
            who = ""
        self._counts[who] = self._counts.get(who, 0) + 1
        if self._counts[who] <= self._most:
            return 0
        return max(1, round(self._began + _SPAN - now))
