"""What every `Mailer` over HTTP has in common: a queue, a few threads, and what is in flight.

How one mail is carried is the provider's; from when on it may have gone is said by the carrier
itself, right before it asks for that. It refuses to carry anything twice.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from functools import partial
from threading import Condition, Lock, Thread
from time import monotonic
from typing import Generic, Protocol, TypeVar

from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import LATE, InDoubt, Later, Outcome, Scope
from worker.ports import Clock, Envelope

GOODBYE = timedelta(seconds=5)


class Carrier(Protocol):
    """One thread's hands. Nothing of it is used by two threads at a time."""

    def carry(self, envelope: Envelope, may_go: Callable[[], bool]) -> Outcome:
        """Carry a mail; asks *may_go* right before it may have gone, and stops where it may not."""
        ...

    def close(self) -> None:
        """Tidy up, and let go of the connection."""
        ...


DraftT = TypeVar("DraftT")


@dataclass
class Shelf(Generic[DraftT]):
    """What all carriers of a mailbox know together, where mails are drafted before they are sent.

    `drafts` were made and are certainly not sent; of `spare` mails there may be a draft that
    nobody knows the name of.
    """

    drafts: dict[Key, DraftT] = field(default_factory=dict)
    spare: set[Key] = field(default_factory=set)
    lock: Lock = field(default_factory=Lock)

    def take(self, key: Key) -> DraftT | None:
        """Give the draft of a mail, which is to be sent now."""
        with self.lock:
            return self.drafts.pop(key, None)

    def keep(self, key: Key, draft: DraftT) -> None:
        """Keep the draft of a mail for the next attempt."""
        with self.lock:
            self.drafts[key] = draft

    def any(self) -> DraftT | None:
        """Give one of those that are left; None after the last."""
        with self.lock:
            return self.drafts.popitem()[1] if self.drafts else None


class Outbox:
    """A `Mailer`'s promises, kept over as many carriers at once."""

    def __init__(
        self,
        open_carrier: Callable[[], Carrier],
        clock: Clock,
        *,
        name: str,
        connections: int = 3,
        goodbye: timedelta = GOODBYE,
    ) -> None:
        self._open_carrier = open_carrier
        self._clock = clock
        self._name = name
        self._connections = connections
        self._goodbye = goodbye
        self._changed = Condition()
        self._waiting: deque[Envelope] = deque()
        self._at_work: set[Key] = set()
        self._gone: set[Key] = set()  # from here on it may have gone
        self._late: set[Key] = set()  # was ready to go when others may have given it up
        self._results: dict[Key, Outcome] = {}
        self._threads: list[Thread] = []
        self._closed = False
        self._bug: Exception | None = None

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        with self._changed:
            return self._room()

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Queue envelopes; returns at once."""
        group = list(envelopes)
        with self._changed:
            if len(group) > self._room():
                raise BrokenPromise(
                    f"{len(group)} envelopes were handed over where there was room for"
                    f" {self._room()}"
                )
            known = {*self._at_work, *(one.key for one in self._waiting)}
            again = [one.key for one in group if one.key in known]
            if again:
                raise BrokenPromise(f"handed over while in flight: {', '.join(again)}")
            self._waiting.extend(group)
            while len(self._threads) < min(self._connections, len(self._waiting)):
                thread = Thread(target=self._work, name=self._name, daemon=True)
                self._threads.append(thread)
                thread.start()
            self._changed.notify_all()

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, each once; at once if none is in flight."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._results or self._bug or not (self._waiting or self._at_work),
                wait.total_seconds(),
            )
            self._raise_bug()
            results, self._results = self._results, {}
            return results

    def close(self) -> None:
        """Say goodbye; what was asked for and has not been answered is in doubt."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            for envelope in self._waiting:
                self._results[envelope.key] = CLOSED
            self._waiting.clear()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._at_work, self._goodbye.total_seconds())
            for key in self._at_work:
                lost = InDoubt("there was no answer yet when we closed")
                self._results[key] = lost if key in self._gone else CLOSED
            self._at_work.clear()
        until = monotonic() + self._goodbye.total_seconds()
        for thread in self._threads:
            thread.join(max(0.0, until - monotonic()))
        self._raise_bug()

    def _room(self) -> int:
        if self._closed:
            return 0
        busy = len(self._waiting) + len(self._at_work) + len(self._results)
        return max(0, 2 * self._connections - busy)

    def _raise_bug(self) -> None:
        if self._bug is not None:
            bug, self._bug = self._bug, None
            raise bug

    # What the threads do.

    def _work(self) -> None:
        """Carry one mail after the other."""
        with closing(self._open_carrier()) as carrier:
            while (envelope := self._next()) is not None:
                try:
                    outcome = carrier.carry(envelope, partial(self._may_go, envelope))
                except Exception as bug:  # noqa: BLE001 - ours; raised where outcomes are asked for
                    outcome = self._stumbled(envelope.key, bug)
                self._settle(envelope.key, outcome)

    def _stumbled(self, key: Key, bug: Exception) -> Outcome:
        """Keep a fault of ours for whoever waits; say what it leaves of the mail."""
        with self._changed:
            self._bug = self._bug or bug
            may_have_gone = key in self._gone
        why = f"a fault of ours: {type(bug).__name__}"
        return InDoubt(why) if may_have_gone else Later(why, scope=Scope.SERVER)

    def _next(self) -> Envelope | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            envelope = self._waiting.popleft()
            self._at_work.add(envelope.key)
            return envelope

    def _may_go(self, envelope: Envelope) -> bool:
        """Say, once and for all, that a mail may have gone from here on."""
        with self._changed:
            if self._closed:
                return False
            if envelope.is_late(self._clock):
                self._late.add(envelope.key)
                return False
            self._gone.add(envelope.key)
            return True

    def _settle(self, key: Key, outcome: Outcome) -> None:
        with self._changed:
            if key in self._at_work:  # else: given up when we closed
                self._at_work.discard(key)
                self._results[key] = LATE if key in self._late else outcome
            self._gone.discard(key)
            self._late.discard(key)
            self._changed.notify_all()


CLOSED = Later("closed before it was sent", scope=Scope.SERVER)


def named_in(content: bytes) -> list[str]:
    r"""Give everybody whom a mail's headers name as a recipient, in lower case.

    >>> named_in(b"To: Aoi <AOI@example.jp>\r\nCc: ren@example.jp\r\n\r\nTo: nobody")
    ['aoi@example.jp', 'ren@example.jp']
    """
    head = BytesHeaderParser().parsebytes(content)
    told = [str(value) for name in ("To", "Cc", "Bcc") for value in head.get_all(name, ())]
    return [address.lower() for _, address in getaddresses(told) if address]
