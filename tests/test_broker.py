"""Both brokers keep the same promises; the one of this process keeps a few more."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import dramatiq
import pytest
from dramatiq import Broker, MessageProxy, Worker
from dramatiq.errors import QueueNotFound
from dramatiq.middleware import Retries

from tests.servers.process import free_port
from tests.servers.redis import redis_server
from worker.actors import Crew
from worker.broker import ENOUGH, ROOM, BrokerRefuses, EmbeddedBroker, make_broker
from worker.domain.errors import SettingsError

QUEUE = "lanes"
SOON = 5.0


@contextmanager
def working(broker: Broker, *, threads: int = 2) -> Iterator[Worker]:
    """Let threads of this process work on what the broker gives."""
    broker.emit_after("process_boot")
    worker = Worker(broker, worker_timeout=50, worker_threads=threads)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop(timeout=10_000)


def take(broker: Broker) -> MessageProxy | None:
    """Take the next message by hand, as a worker would."""
    return next(broker.consume(QUEUE, prefetch=1, timeout=50))


class BrokerContract:
    """What the engine may rely on, whichever broker the settings name."""

    def test_what_is_asked_for_is_done(self, broker: Broker) -> None:
        """A nudge for a lane reaches whoever works on lanes, with the lane's name."""
        seen: list[str] = []
        looked = Event()

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            seen.append(lane)
            looked.set()

        with working(broker):
            look.send("mail:人事")
            assert looked.wait(SOON)

        assert seen == ["mail:人事"]

    def test_a_failure_is_not_tried_again_by_the_broker(self, broker: Broker) -> None:
        """When the work breaks off, the journal decides on another try, and nobody else."""
        tries: list[str] = []
        after = Event()

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            tries.append(lane)
            if lane == "last":
                after.set()
                return
            raise OSError("the disk is full")

        with working(broker, threads=1):
            look.send("first")
            look.send("last")
            assert after.wait(SOON)

        assert tries == ["first", "last"]
        assert not any(isinstance(each, Retries) for each in broker.middleware)

    def test_what_nobody_had_begun_is_given_back(self, broker: Broker) -> None:
        """A worker that ends finishes what it does and leaves the rest for the next one."""
        begun, go_on = Event(), Event()
        done: list[str] = []

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            begun.set()
            go_on.wait(SOON)
            done.append(lane)

        lanes = [f"mail:{number}" for number in range(4)]
        with working(broker, threads=1) as worker:
            for lane in lanes:
                look.send(lane)
            assert begun.wait(SOON)
            for thread in worker.workers:
                thread.stop()
            go_on.set()

        left = [message.args[0] for message in iter(lambda: take(broker), None)]
        assert sorted(lanes) == sorted(done + left)
        assert len(done) == 1

    def test_what_is_flushed_is_gone(self, broker: Broker) -> None:
        """Losing every nudge is allowed: none of them holds anything the journal does not."""

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            """Look at nothing: only its name is used."""

        look.send("mail:hr")

        broker.flush_all()

        assert take(broker) is None


class TestEmbeddedBroker(BrokerContract):
    """The broker of one process."""

    @pytest.fixture
    def broker(self) -> Broker:
        """A fresh one."""
        return make_broker("embedded")

    @pytest.fixture
    def look(self, broker: Broker) -> "dramatiq.Actor[[str], None]":
        """An actor whose messages are only counted."""

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            """Look at nothing: only its name is used."""

        return look

    def test_a_nudge_that_already_waits_is_not_doubled(
        self, broker: Broker, look: "dramatiq.Actor[[str], None]"
    ) -> None:
        """A thousand nudges for one lane are one look at it."""
        for _ in range(2 * ROOM):
            look.send("mail:hr")

        first = take(broker)

        assert first is not None
        assert first.args == ("mail:hr",)
        assert take(broker) is None

    def test_a_nudge_after_the_look_began_is_another_look(
        self, broker: Broker, look: "dramatiq.Actor[[str], None]"
    ) -> None:
        """What was written after a lane was looked at is found by looking again."""
        look.send("mail:hr")
        taken = take(broker)

        look.send("mail:hr")

        assert taken is not None
        assert take(broker) is not None

    def test_a_full_queue_refuses(self, look: "dramatiq.Actor[[str], None]") -> None:
        """Memory is bounded: who cannot nudge does the work itself."""
        for number in range(ROOM):
            look.send(f"mail:{number}")

        with pytest.raises(BrokerRefuses):
            look.send("one too many")

    def test_it_takes_no_delay(self, broker: Broker, look: "dramatiq.Actor[[str], None]") -> None:
        """Times live in the journal: a message cannot carry one."""
        with pytest.raises(ValueError, match="journal"):
            look.send_with_options(args=("mail:hr",), delay=1000)
        assert broker.get_declared_delay_queues() == set()

    def test_a_queue_nobody_declared_is_a_mistake(
        self, broker: Broker, look: "dramatiq.Actor[[str], None]"
    ) -> None:
        """A nudge into nowhere is said aloud."""
        message = look.message("mail:hr").copy(queue_name="elsewhere")

        with pytest.raises(QueueNotFound):
            broker.enqueue(message)

    def test_nothing_of_a_failure_is_kept(self, broker: Broker) -> None:
        """A failure leaves neither a message nor a traceback in memory."""
        after = Event()

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            if lane == "last":
                after.set()
                return
            raise OSError("the disk is full")

        assert isinstance(broker, EmbeddedBroker)
        with working(broker, threads=1):
            for number in range(20):
                look.send(f"mail:{number}")
            look.send("last")
            assert after.wait(SOON)
            broker.join(QUEUE, timeout=5000)

        queue = broker.queues[QUEUE]
        assert (len(queue.waiting), len(queue.asked), queue.taken) == (0, 0, 0)


@pytest.mark.services
class TestRedisBroker(BrokerContract):
    """The broker of many machines."""

    @pytest.fixture
    def broker(self, tmp_path: Path) -> Iterator[Broker]:
        """One on a Redis of its own."""
        with redis_server(tmp_path) as url:
            broker = make_broker(url)
            yield broker
            broker.close()

    def test_nudges_that_nobody_takes_do_not_pile_up(self, broker: Broker) -> None:
        """Workers are slow, or gone for a night: Redis keeps so many nudges and no more."""

        @dramatiq.actor(queue_name=QUEUE, broker=broker)
        def look(lane: str) -> None:
            """Look at nothing: only its name is used."""

        for number in range(3 * ENOUGH):
            look.send(f"mail:{number % 3}")

        waiting = [message.args[0] for message in iter(lambda: take(broker), None)]
        assert len(waiting) == ENOUGH
        assert set(waiting) == {"mail:0", "mail:1", "mail:2"}

    def test_a_redis_that_is_gone_refuses(self, tmp_path: Path) -> None:
        """Who cannot nudge does the work itself: Redis is never needed to go on."""
        with redis_server(tmp_path) as url:
            broker = make_broker(url)

            @dramatiq.actor(queue_name=QUEUE, broker=broker)
            def look(lane: str) -> None:
                """Look at nothing: only its name is used."""

        with pytest.raises(BrokerRefuses):
            look.send("mail:hr")

    def test_a_worker_that_is_asked_to_end_does_so_without_redis(self, tmp_path: Path) -> None:
        """Redis went away over its last nudge: nobody waits for Redis to be told of it."""
        began, go_on = Event(), Event()

        def perform(_lane: str) -> None:
            began.set()
            go_on.wait(SOON)

        with redis_server(tmp_path) as url:
            crew = Crew(url, perform, threads=1)
            crew.start()
            crew.nudge("mail:hr")
            assert began.wait(SOON)
        stopping = Thread(target=crew.stop, daemon=True)

        go_on.set()
        stopping.start()
        stopping.join(4 * SOON)

        assert not stopping.is_alive()


def test_without_redis_one_lane_holds_up_neither_another_nor_the_time() -> None:
    """The beat looks itself, beside its own work: a slow mailbox keeps nobody else waiting."""
    looks: list[str] = []
    go_on, other = Event(), Event()

    def perform(lane: str) -> None:
        looks.append(lane)
        if lane == "mail:slow":
            go_on.wait(SOON)
        else:
            other.set()

    crew = Crew(f"redis://127.0.0.1:{free_port()}/0", perform, threads=0)
    crew.start()

    told = [crew.nudge("mail:slow"), crew.nudge("mail:hr"), crew.nudge("mail:slow")]

    assert other.wait(SOON)
    assert not crew.has_nothing_waiting
    go_on.set()
    crew.stop()
    assert told == [False, False, False]
    assert sorted(looks) == ["mail:hr", "mail:slow"]


def test_another_broker_is_a_mistake_of_the_settings() -> None:
    """The operator reads what stands there and what could stand there."""
    with pytest.raises(SettingsError, match=r"'amqp://x'.*embedded"):
        make_broker("amqp://x")
