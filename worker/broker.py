"""The broker says "look now" to a lane, and nothing else: which one, and our own small one.

Times, retries and results live in the journal, never here: losing every message loses nothing. So
the broker of one process (the default) is a bounded queue in memory that refuses delays, drops a
nudge that already waits, and gives back what nobody had begun. Redis joins many machines by one
setting; actors and middleware are the same on both.
"""

import threading
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from dramatiq import Broker, Consumer, Message, MessageProxy, Middleware
from dramatiq.errors import BrokerConnectionError, QueueJoinTimeout, QueueNotFound
from dramatiq.middleware import CurrentMessage, ShutdownNotifications

from worker.domain.errors import SettingsError

EMBEDDED = "embedded"
ROOM = 1_000  # nudges of one queue; there are never more useful ones than lanes
ENOUGH = 200  # nudges on Redis: whoever takes them has more than enough to look at
ANSWER = 2.0  # seconds for Redis to take or give a nudge: nothing is lost where it does not
MAINTENANCE = 50_000  # of a million commands: gives a dead worker's nudges back within minutes


class BrokerRefuses(BrokerConnectionError):  # noqa: N818 - it is an answer, and no fault
    """A message was not taken: the queue is full, or Redis does not answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)  # type: ignore[no-untyped-call]  # dramatiq is annotated in part


def make_broker(url: str) -> Broker:
    """Make the broker that the setting `broker` names, with the middleware of all of them.

    Args:
        url: `embedded`, or `redis://host:port/number` (also `rediss://`).
    """
    if url == EMBEDDED:
        return EmbeddedBroker(middleware=_middleware())
    if url.startswith(("redis://", "rediss://", "unix://")):
        return _redis_broker(url)
    raise SettingsError(
        f"broker: '{url}' is not known here; write 'embedded' or 'redis://host:6379/0'"
    )


def _redis_broker(url: str) -> Broker:
    """Make a broker on Redis which says with one exception that it took or gave nothing."""
    from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415 - 150 ms nobody else pays
    from redis import ConnectionPool, RedisError  # noqa: PLC0415 - as above
    from redis import Redis as Client  # noqa: PLC0415 - as above

    troubles = (RedisError, BrokerConnectionError)

    hands = _redis_hands(troubles)
    pool = ConnectionPool.from_url(url, socket_timeout=ANSWER, socket_connect_timeout=ANSWER)

    class Redis(RedisBroker):
        """dramatiq lets through what is no `ConnectionError`: a Redis that stalls, that is full."""

        def __init__(self) -> None:
            # By url and not by host: redis-py then repeats no command by itself, and a repeated
            # enqueue would be two messages.
            super().__init__(  # type: ignore[no-untyped-call]  # dramatiq is annotated in part
                client=Client(connection_pool=pool),
                middleware=_middleware(),
                maintenance_chance=MAINTENANCE,
            )

        def close(self) -> None:
            super().close()
            pool.disconnect()

        @property
        def consumer_class(self) -> type[Consumer]:
            return hands

        def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
            """Take it, unless so many wait that one more would change nothing.

            The beat says it again as long as anything is due: slow workers, or none at all, would
            find a day's worth of nudges.
            """
            try:
                if self.client.llen(f"{self.namespace}:{message.queue_name}") >= ENOUGH:
                    return message
                return super().enqueue(message, delay=delay)
            except troubles as error:
                raise BrokerRefuses(f"Redis did not take it: {error}") from error

    return Redis()


def _redis_hands(troubles: tuple[type[Exception], ...]) -> type[Consumer]:
    """Make what takes nudges off Redis, and waits for it as little as for a nudge."""
    from dramatiq.brokers.redis import _RedisConsumer  # noqa: PLC0415 - as above

    class Hands(_RedisConsumer):
        """Takes nudges, and gives back what can be given back: none of them is worth waiting for.

        dramatiq tells of a nudge that is done until Redis listens, for ever, and a worker that is
        asked to end would not. Untold it is given to somebody again, who finds nothing to do.
        """

        def __next__(self) -> MessageProxy | None:
            try:
                return super().__next__()  # type: ignore[no-any-return, no-untyped-call]  # annotated in part
            except troubles as error:
                raise BrokerRefuses(f"Redis does not answer: {error}") from error

        def ack(self, message: MessageProxy) -> None:
            with suppress(*troubles):
                super().ack(message)  # type: ignore[no-untyped-call]  # as above

        def nack(self, message: MessageProxy) -> None:
            with suppress(*troubles):
                super().nack(message)  # type: ignore[no-untyped-call]  # as above

        def requeue(self, messages: Iterable[MessageProxy]) -> None:
            with suppress(*troubles):
                super().requeue(messages)  # type: ignore[no-untyped-call]  # as above

    return Hands


def _middleware() -> list[Middleware]:
    """Give what every broker runs with: the journal, and no middleware, decides on trying again.

    No Retries for that reason, and no TimeLimit: it throws its exception between any two
    instructions, also between a commit and the knowledge of it. Adapters have time-outs instead.
    """
    return [ShutdownNotifications(), CurrentMessage()]


@dataclass(slots=True)
class _Queue:
    """What waits under one name, what was taken, and the bell that tells of a change."""

    waiting: deque[bytes] = field(default_factory=deque)
    asked: set[str] = field(default_factory=set)  # what the waiting ones ask for
    taken: int = 0
    bell: threading.Condition = field(default_factory=threading.Condition)

    def put(self, message: Message[Any], *, first: bool = False) -> None:
        """Let *message* wait, unless one that asks the same already does."""
        with self.bell:
            if _asks(message) in self.asked:
                return
            if len(self.waiting) >= ROOM and not first:
                raise BrokerRefuses(f"{ROOM} messages wait in '{message.queue_name}' already")
            self.asked.add(_asks(message))
            put = self.waiting.appendleft if first else self.waiting.append
            put(message.encode())
            self.bell.notify_all()

    def take(self, has_room: Callable[[], bool], *, wait: float) -> Message[Any] | None:
        """Give the oldest message, waiting at most *wait* seconds for one and for room for it."""
        with self.bell:
            if not self.bell.wait_for(lambda: self.waiting and has_room(), wait):
                return None
            message: Message[Any] = Message.decode(self.waiting.popleft())
            self.asked.discard(_asks(message))
            self.taken += 1
            return message

    def settle(self) -> None:
        """Note that a taken message is done with, one way or the other."""
        with self.bell:
            self.taken -= 1
            self.bell.notify_all()


def _asks(message: Message[Any]) -> str:
    """Say what *message* asks for: two that say the same are one."""
    return f"{message.actor_name}{message.args!r}{message.kwargs!r}"


class EmbeddedBroker(Broker):
    """Queues in the memory of this process. Bounded; nothing survives it, and nothing needs to."""

    def __init__(self, middleware: list[Middleware] | None = None) -> None:
        super().__init__(middleware)
        self.queues: dict[str, _Queue] = {}

    def declare_queue(self, queue_name: str) -> None:
        """Make *queue_name* known; again changes nothing. There is no queue of delays beside it."""
        if queue_name in self.queues:
            return
        self.emit_before("declare_queue", queue_name)
        self.queues[queue_name] = _Queue()
        self.emit_after("declare_queue", queue_name)

    def enqueue(self, message: Message[Any], *, delay: int | None = None) -> Message[Any]:
        """Take *message*, unless the same already waits. Raises `BrokerRefuses` when full."""
        if delay is not None:
            raise ValueError("time lives in the journal: this broker takes no delay")
        queue = self._queue(message.queue_name)
        self.emit_before("enqueue", message, delay)
        queue.put(message)
        self.emit_after("enqueue", message, delay)
        return message

    def consume(self, queue_name: str, prefetch: int = 1, timeout: int = 1000) -> Consumer:
        """Give what takes messages off *queue_name*, at most *prefetch* unsettled at a time."""
        return _Consumer(self._queue(queue_name), room=prefetch, wait=timeout / 1000)

    def flush(self, queue_name: str) -> None:
        """Forget what waits in *queue_name*."""
        queue = self._queue(queue_name)
        with queue.bell:
            queue.waiting.clear()
            queue.asked.clear()
            queue.bell.notify_all()

    def flush_all(self) -> None:
        """Forget what waits anywhere."""
        for queue_name in self.queues:
            self.flush(queue_name)

    def join(self, queue_name: str, *, timeout: int | None = None) -> None:
        """Wait, at most *timeout* ms, until nothing waits in *queue_name* nor is worked on."""
        queue = self._queue(queue_name)
        until = None if timeout is None else monotonic() + timeout / 1000
        with queue.bell:
            while queue.waiting or queue.taken:
                left = None if until is None else until - monotonic()
                if left is not None and left <= 0:
                    raise QueueJoinTimeout(queue_name)
                queue.bell.wait(left)

    def is_empty(self, queue_name: str) -> bool:
        """Whether nothing waits in *queue_name* nor is worked on."""
        queue = self._queue(queue_name)
        with queue.bell:
            return not queue.waiting and not queue.taken

    def _queue(self, queue_name: str) -> _Queue:
        """Find the queue, or say that nobody declared it."""
        try:
            return self.queues[queue_name]
        except KeyError:
            raise QueueNotFound(queue_name) from None


class _Consumer(Consumer):
    """Takes messages off one queue, and keeps none of them nor of their tracebacks."""

    def __init__(self, queue: _Queue, *, room: int, wait: float) -> None:
        self.queue = queue
        self.room = room
        self.wait = wait
        self.held: set[str] = set()

    def __next__(self) -> MessageProxy | None:
        """Give the next message, or None when none came in time."""
        message = self.queue.take(lambda: len(self.held) < self.room, wait=self.wait)
        if message is None:
            return None
        self.held.add(message.message_id)
        return MessageProxy(message)

    def ack(self, message: MessageProxy) -> None:
        """Note that *message* was worked on."""
        self.held.discard(message.message_id)
        self.queue.settle()

    def nack(self, message: MessageProxy) -> None:
        """Note that *message* was given up; the journal still knows what it was about."""
        self.ack(message)

    def requeue(self, messages: Iterable[MessageProxy]) -> None:
        """Put back what was taken and not begun, in front and in its order."""
        for message in reversed(list(messages)):
            self.queue.put(message._message, first=True)  # noqa: SLF001 - dramatiq names no other way
            self.ack(message)
