"""The machine's clock and its stopwatch: the one place of the project that reads them."""

import time
from datetime import UTC, datetime, timedelta


class SystemClock:
    """The time as this machine has it."""

    def now(self) -> datetime:
        """Give the present instant, aware and UTC."""
        return datetime.now(UTC)


class SystemStopwatch:
    """The time that has passed since this machine was started: setting its clock changes nothing.

    Where the system tells it, the time it slept counts.
    """

    _WHICH = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)

    def passed(self) -> timedelta:
        """Say how much has passed."""
        return timedelta(seconds=time.clock_gettime(self._WHICH))
