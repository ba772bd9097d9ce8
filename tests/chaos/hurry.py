"""The command `tsunagu` under a clock that hurries, so that leases of minutes end within seconds.

    python -m tests.chaos.hurry SINCE PACE VERB …

Everything else is the command as everybody has it: processes, servers and networks do not hurry.
Every process that is given the same two numbers has the same time.
"""

import sys
from datetime import UTC, datetime

from worker.cli.main import main


class HurriedClock:
    """The machine's clock, so many times as fast from the instant *since* on."""

    def __init__(self, since: datetime, pace: float) -> None:
        self._since = since
        self._pace = pace

    def now(self) -> datetime:
        """Give the time."""
        real = datetime.now(UTC)  # noqa: TID251 - a clock is made of a clock
        return self._since + (real - self._since) * self._pace


if __name__ == "__main__":
    instant, times, *typed = sys.argv[1:]
    sys.exit(main(typed, clock=HurriedClock(datetime.fromisoformat(instant), float(times))))
