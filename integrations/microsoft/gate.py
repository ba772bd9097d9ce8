"""How many calls may be under way at once. One for all books and mailboxes of a process.

Exchange takes four calls at once for an application and a mailbox and answers a fifth with 429
(https://learn.microsoft.com/graph/throttling-limits, Outlook). We take three: somebody else of
ours may be asking, too. One wording of that page counts over all mailboxes, hence the second limit.
"""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from threading import Condition

AT_ONCE = 3
EVERYWHERE = 12
_PATIENCE = timedelta(minutes=1)


class Gate:
    """Lets a few in at a time; whoever comes too late waits for a place."""

    def __init__(
        self,
        *,
        at_once: int = AT_ONCE,
        everywhere: int = EVERYWHERE,
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._at_once = at_once
        self._everywhere = everywhere
        self._patience = patience
        self._inside: Counter[str] = Counter()
        self._changed = Condition()

    @contextmanager
    def place(self, mailbox: str) -> Iterator[bool]:
        """Hold a place for one call to *mailbox*; False where none came free in time."""
        with self._changed:
            is_let_in = self._changed.wait_for(
                lambda: self._has_room(mailbox), self._patience.total_seconds()
            )
            if is_let_in:
                self._inside[mailbox] += 1
        try:
            yield is_let_in
        finally:
            if is_let_in:
                with self._changed:
                    self._inside[mailbox] -= 1
                    self._inside += Counter()  # forget mailboxes that nobody asks
                    self._changed.notify_all()

    def _has_room(self, mailbox: str) -> bool:
        return self._inside[mailbox] < self._at_once and self._inside.total() < self._everywhere
