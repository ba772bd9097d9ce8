"""The machine's clock: the one place of the project that reads it."""

from datetime import UTC, datetime


class SystemClock:
    """The time as this machine has it."""

    def now(self) -> datetime:
        """Give the present instant, aware and UTC."""
        return datetime.now(UTC)
