"""What every `Mailer` over HTTP has in common: a queue, a few threads, and what is in flight.

How one mail is carried is the provider's; from when on it may have gone is said by the carrier
itself, right before it asks for that. It refuses to carry anything twice.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from threading import Condition, Thread
from time import monotonic
from typing import Protocol

from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import InDoubt, Later, Outcome, Scope
from worker.ports import Envelope

GOODBYE = timedelta(seconds=5)


class Carrier(Protocol):
    """One thread's hands. Nothing of it is used by two threads at a time."""

    def carry(self, envelope: Envelope, may_go: Callable[[], bool]) -> Outcome:
        """Carry a mail; asks *may_go* right before it may have gone, and stops where it may not."""
        ...

    def close(self) -> None:
        """Tidy up, and let go of the connection."""
        ...


class Outbox:
    """A `Mailer`'s promises, kept over as many carriers at once."""

    def __init__(
        self,
        open_carrier: Callable[[], Carrier],
        *,
        name: str,
        connections: int = 3,
        goodbye: timedelta = GOODBYE,
    ) -> None:
        self._open_carrier = open_carrier
        self._name = name
        self._connections = connections
        self._goodbye = goodbye
        self._changed = Condition()
        self._waiting: deque[Envelope] = deque()
        self._at_work: set[Key] = set()
        self._gone: set[Key] = set()  # from here on it may have gone
        self._results: dict[Key, Outcome] = {}
        self._threads: list[Thread] = []
        self._closed = False
        self._bug: BaseException | None = None

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
                self._results[envelope.key] = _CLOSED
            self._waiting.clear()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._at_work, self._goodbye.total_seconds())
            for key in self._at_work:
                lost = InDoubt("there was no answer yet when we closed")
                self._results[key] = lost if key in self._gone else _CLOSED
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
        carrier = self._open_carrier()
        try:
            while (envelope := self._next()) is not None:
                key = envelope.key
                self._settle(key, carrier.carry(envelope, lambda key=key: self._may_go(key)))  # type: ignore[misc] # mypy sees no default of a lambda
        except BaseException as bug:  # noqa: BLE001 - raised where somebody waits for an outcome
            with self._changed:
                self._bug = bug
                self._changed.notify_all()
        finally:
            carrier.close()

    def _next(self) -> Envelope | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            if self._closed:
                return None
            envelope = self._waiting.popleft()
            self._at_work.add(envelope.key)
            return envelope

    def _may_go(self, key: Key) -> bool:
        """Say, once and for all, that a mail may have gone from here on."""
        with self._changed:
            if self._closed:
                return False
            self._gone.add(key)
            return True

    def _settle(self, key: Key, outcome: Outcome) -> None:
        with self._changed:
            if key in self._at_work:  # else: given up when we closed
                self._at_work.discard(key)
                self._results[key] = outcome
            self._gone.discard(key)
            self._changed.notify_all()


_CLOSED = Later("closed before it was sent", scope=Scope.SERVER)
