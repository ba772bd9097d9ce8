"""What a mailbox may send a minute is what leaves in that minute, however slowly it leaves."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from tests.engine.plans import WELCOME
from tests.world import World
from worker.domain.outcomes import Done, Later, Outcome, Scope
from worker.engine.journal.store import Store
from worker.engine.ledger import Limits
from worker.ports import Envelope

MINUTE = timedelta(minutes=1)


class SlowPost:
    """A server that takes its time with each mail, and remembers when it took which."""

    def __init__(self, world: World, seconds: int) -> None:
        self.world = world
        self.seconds = seconds
        self.left: list[datetime] = []

    def take(self, _: Envelope) -> Outcome:
        """Take a mail now, and answer later."""
        self.left.append(self.world.now)
        self.world.clock.turn_to(self.world.now + timedelta(seconds=self.seconds))
        return Done("250")


def most_in_a_minute(left: Sequence[datetime]) -> int:
    """Say how many left in the fullest 60 seconds."""
    return max(sum(one <= other < one + MINUTE for other in left) for one in left)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Twelve people who are to be welcomed, by a mailbox that may send three mails a minute."""
    world = World(tmp_path, limits=Limits(per_minute=3))
    people = [f"p{number:02}" for number in range(12)]
    world.crowd(people, world.publish(WELCOME), offer="2026-04-01 07:00")
    yield world
    world.close()


def test_what_leaves_late_is_counted_when_it_leaves(world: World) -> None:
    """Three are begun at once and leave one after the other: then a minute is over, not before."""
    post = SlowPost(world, seconds=25)
    world.mailers["hr"].answer = post.take

    world.run_until("2026-04-01 12:00")

    assert len(post.left) == 12
    assert most_in_a_minute(post.left) == 3


def test_what_a_worker_has_begun_and_not_sent_is_counted_by_the_others(world: World) -> None:
    """It stood still for two minutes before it sent: nobody else sent as if it never would."""
    post = SlowPost(world, seconds=0)

    def stand_still(envelope: Envelope) -> Outcome:
        if not post.left:
            world.clock.turn_to(world.now + 2 * MINUTE)
            world.restarted()  # another worker
            world.mailers["hr"].answer = post.take
            world.run()
        return post.take(envelope)

    world.mailers["hr"].answer = stand_still
    frozen = world.engine

    frozen.run_until_idle()
    at_first = len(post.left)
    world.run_until("2026-04-01 12:00")

    assert at_first == 3
    assert len(post.left) == 12
    assert most_in_a_minute(post.left) == 3


def test_what_was_not_taken_is_not_counted(world: World) -> None:
    """A server that is not there uses up nothing of the minute."""
    post = SlowPost(world, seconds=0)
    mailer = world.mailers["hr"]
    mailer.answer = lambda _: Later("nobody is there", scope=Scope.SERVER)
    world.run()
    mailer.answer = post.take
    world.journal.lanes.release("mail:hr", world.now)

    world.run()

    assert len(post.left) == 3


def test_two_workers_count_at_the_same_time(tmp_path: Path) -> None:
    """Each with its own connection, second by second: neither is in the other's way."""
    one = World(tmp_path, limits=Limits(per_minute=100_000))
    other = World(tmp_path, limits=Limits(per_minute=100_000), store=Store(one.url))
    other.clock, other.plans = one.clock, one.plans
    people = [f"p{number:03}" for number in range(300)]
    one.crowd(people, one.publish(WELCOME), offer="2026-04-01 07:00")
    one.engine.ticker.tick(one.now)
    posts = [SlowPost(one, seconds=1), SlowPost(one, seconds=1)]
    for world, post in zip((one, other), posts, strict=True):
        world.restarted()
        world.mailers["hr"].answer = post.take

    with ThreadPoolExecutor(2) as threads:
        for done in [threads.submit(world.run) for world in (one, other)]:
            done.result()

    assert sum(len(post.left) for post in posts) == len(people)
    assert one.journal.overview.at(one.now).sent["mail:hr"] == len(people)
    other.journal.close()
    one.close()
