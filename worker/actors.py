"""The actors: the name of a lane in, nothing decided.

`perform(lane)` says "look at this lane now". What is there, what is due and what became of it
stand in the journal; a nudge that is lost or doubled changes nothing.
"""

from collections.abc import Callable

import dramatiq
from dramatiq import Worker

from worker.broker import EMBEDDED, BrokerRefuses, EmbeddedBroker, make_broker

QUEUE = "lanes"
_POLL_MS = 200  # Redis is asked this often at most; the broker of one process wakes by itself
_IDLE_MS = 250  # how often a thread of one process looks whether it should end
_PATIENCE_MS = 600_000  # for what is in flight when the worker is told to end


class Crew:
    """Whoever looks at lanes when nudged: threads of this process, or of other machines."""

    def __init__(self, broker: str, perform: Callable[[str], None], *, threads: int = 4) -> None:
        """Declare the actor on the broker that the settings name; nothing starts yet.

        Args:
            broker: `embedded` or `redis://…`.
            perform: What looks at a lane; called by several threads.
            threads: How many lanes are looked at at the same time; 0: others do that.
        """
        self._broker = make_broker(broker)
        self._perform = perform

        @dramatiq.actor(actor_name="perform", queue_name=QUEUE, broker=self._broker)
        def look(lane: str) -> None:
            perform(lane)

        self._look = look
        timeout = _IDLE_MS if broker == EMBEDDED else _POLL_MS
        self._worker = (
            Worker(self._broker, worker_timeout=timeout, worker_threads=threads)
            if threads
            else None
        )

    @property
    def has_nothing_waiting(self) -> bool:
        """Whether every nudge of this process was taken up; always so where others take them."""
        return not isinstance(self._broker, EmbeddedBroker) or self._broker.is_empty(QUEUE)

    def start(self) -> None:
        """Let the threads look at lanes from now on."""
        if self._worker is not None:
            # Inside our own process nobody else says this, and middleware waits for it.
            self._broker.emit_after("process_boot")
            self._worker.start()

    def nudge(self, lane: str) -> bool:
        """Have somebody look at *lane*; who is told False has looked himself, by this very call."""
        try:
            self._look.send(lane)
        except BrokerRefuses:
            self._perform(lane)
            return False
        return True

    def stop(self) -> None:
        """Finish what is in flight, leave the rest, give back what nobody had begun."""
        if self._worker is not None:
            self._worker.stop(timeout=_PATIENCE_MS)
        self._broker.close()
