"""How many calls may be under way at once. One for all books and mailboxes of a process.

Exchange takes four calls at once for an application and a mailbox and answers a fifth with 429
(https://learn.microsoft.com/graph/throttling-limits, Outlook). A process takes three of them, and
all processes together four, where they share *places*. One wording of that page counts over all
mailboxes, hence the second limit.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Condition
from time import monotonic

AT_ONCE = 3
TOGETHER = 4
EVERYWHERE = 12
_PATIENCE = timedelta(minutes=1)
_GLANCE = 0.05  # seconds: another process tells nobody that it gives a place back

GiveBack = Callable[[], None]
TakePlace = Callable[[str, int], GiveBack | None]  # of a mailbox, one of so many


class Gate:
    """Lets a few in at a time; whoever comes too late waits for a place."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        everywhere: int = EVERYWHERE,
        patience: timedelta = _PATIENCE,
        take_place: TakePlace | None = None,
    ) -> None:
        self._at_once = at_once
        self._everywhere = everywhere
        self._patience = patience
        self._take_place = take_place
        self._inside: Counter[str] = Counter()
        self._changed = Condition()

    @contextmanager
    def place(self, mailbox: str) -> Iterator[bool]:
        """Hold a place for one call to *mailbox*; False where none came free in time."""
        until = monotonic() + self._patience.total_seconds()
        with self._changed:
            has_room = self._changed.wait_for(
                lambda: self._has_room(mailbox), self._patience.total_seconds()
            )
            if has_room:
                self._inside[mailbox] += 1
        if not has_room:
            yield False
            return
        give_back: GiveBack | None = None
        try:
            if self._take_place is None:
                yield True
            else:
                give_back = self._shared(mailbox, until, self._take_place)
                yield give_back is not None
        finally:
            self._leave(mailbox)
            if give_back is not None:
                give_back()

    def _shared(self, mailbox: str, until: float, take: TakePlace) -> GiveBack | None:
        """Take one of the places of all processes, as soon as there is one."""
        while True:
            found = take(mailbox, TOGETHER)
            if found is not None or monotonic() >= until:
                return found
            with self._changed:
                self._changed.wait(_GLANCE)

    def _leave(self, mailbox: str) -> None:
        with self._changed:
            self._inside[mailbox] -= 1
            self._inside += Counter()  # forget mailboxes that nobody asks
            self._changed.notify_all()

    def _has_room(self, mailbox: str) -> bool:
        return self._inside[mailbox] < self._at_once and self._inside.total() < self._everywhere
