"""The time, for several processes: eight octets of a file, turned by whoever holds it."""

import mmap
from datetime import UTC, datetime, timedelta
from pathlib import Path
from struct import Struct

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_TICK = timedelta(microseconds=1)
_FORM = Struct("<q")


class SharedClock:
    """A clock that stands still until somebody turns it, and that nobody's death turns back."""

    def __init__(self, path: Path, start: datetime | None = None) -> None:
        """Look at the clock at *path*; with *start*, put it there first."""
        if start is not None:
            path.write_bytes(_FORM.pack((start - _EPOCH) // _A_TICK))
        with path.open("r+b") as file:
            self._face = mmap.mmap(file.fileno(), _FORM.size)

    def now(self) -> datetime:
        """Give the time it shows."""
        ticks: int = _FORM.unpack(self._face[:])[0]
        return _EPOCH + ticks * _A_TICK

    def turn_to(self, now: datetime) -> None:
        """Show *now* from now on, unless that is earlier."""
        self._face[:] = _FORM.pack((max(now, self.now()) - _EPOCH) // _A_TICK)
