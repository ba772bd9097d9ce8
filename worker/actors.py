"""The actors: the name of a lane in, nothing decided.

`perform(lane)` says "look at this lane now". What is there, what is due and what became of it
stand in the journal; a nudge that is lost or doubled changes nothing.
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import monotonic

import dramatiq
from dramatiq import Worker

from worker.broker import EMBEDDED, BrokerRefuses, EmbeddedBroker, make_broker

QUEUE = "lanes"
_POLL_MS = 200  # Redis is asked this often at most; the broker of one process wakes by itself
_IDLE_MS = 250  # how often a thread of one process looks whether it should end
_PATIENCE_MS = 600_000  # for what is in flight when the worker is told to end
_LEAVE_ALONE = 5.0  # seconds: who has just refused a nudge is not asked at once again
_HELPERS = 4  # lanes that this process looks at itself, at the same time, while nobody is nudged


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
        self._refused_at: float | None = None
        self._helped: set[str] = set()
        self._helping = Lock()
        self._helpers: ThreadPoolExecutor | None = None
        timeout = _IDLE_MS if broker == EMBEDDED else _POLL_MS
        self._worker = (
            Worker(self._broker, worker_timeout=timeout, worker_threads=threads)
            if threads
            else None
        )

    @property
    def has_nothing_waiting(self) -> bool:
        """Whether every nudge of this process was taken up; always so where others take them."""
        if self._helped:
            return False
        return not isinstance(self._broker, EmbeddedBroker) or self._broker.is_empty(QUEUE)

    def start(self) -> None:
        """Let the threads look at lanes from now on."""
        if self._worker is not None:
            # Inside our own process nobody else says this, and middleware waits for it.
            self._broker.emit_after("process_boot")
            self._worker.start()

    def nudge(self, lane: str) -> bool:
        """Have somebody look at *lane*; False if nobody else can be told, and this process does.

        It returns at once either way: what one lane waits for holds up neither the time nor the
        other lanes.
        """
        refused = self._refused_at
        if refused is None or monotonic() > refused + _LEAVE_ALONE:
            try:
                self._look.send(lane)
            except BrokerRefuses:
                self._refused_at = monotonic()
            else:
                self._refused_at = None
                return True
        self._help(lane)
        return False

    def stop(self) -> None:
        """Finish what is in flight, leave the rest, give back what nobody had begun."""
        if self._worker is not None:
            self._worker.stop(timeout=_PATIENCE_MS)
        if self._helpers is not None:
            self._helpers.shutdown(cancel_futures=True)
        self._broker.close()

    def _help(self, lane: str) -> None:
        """Have a thread of this process look at *lane*, unless one does or is about to."""
        with self._helping:
            if lane in self._helped:
                return
            self._helped.add(lane)
            if self._helpers is None:
                self._helpers = ThreadPoolExecutor(_HELPERS, thread_name_prefix="helper")
        self._helpers.submit(self._helps, lane)

    def _helps(self, lane: str) -> None:
        try:
            self._perform(lane)
        finally:
            with self._helping:
                self._helped.discard(lane)
