"""How much a worker has in hand: so many bytes of a lane, and one mail more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.plans import WELCOME
from tests.world import World, at
from worker.domain.intents import State
from worker.domain.outcomes import Done, Later, Outcome
from worker.engine.claim import IN_HAND
from worker.ports import Envelope, MailParts, MailWriter

PEOPLE = [f"p{number:02}" for number in range(40)]


class Scales:
    """A server that looks, with each mail, at how much its worker has in hand."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.heaviest = self.largest = 0
        self.says: Outcome = Done("250")

    def take(self, envelope: Envelope) -> Outcome:
        """Take a mail, or put it off."""
        states = [state for person in PEOPLE for state in self.world.states(person)]
        held = sum(state in {State.CLAIMED, State.BEGUN} for state in states)
        self.largest = max(self.largest, len(envelope.content))
        self.heaviest = max(self.heaviest, held * len(envelope.content))
        return self.says


class HeavyPen:
    """Writes mails of more than a megabyte."""

    def __init__(self, pen: MailWriter) -> None:
        self._pen = pen

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write one."""
        return self._pen(parts, shape) + 14_000 * (b"x" * 76 + b"\r\n")


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Forty people who are to get something heavy."""
    world = World(tmp_path)
    world.writer = HeavyPen(world.writer)
    world.restarted()
    world.crowd(PEOPLE, world.publish(WELCOME), offer="2026-04-01 07:00")
    yield world
    world.close()


def test_large_mails_are_taken_in_hand_a_few_at_a_time(world: World) -> None:
    """Whatever two hundred attachments weigh; and everybody has one mail in the end."""
    scales = Scales(world)
    world.mailers["hr"].answer = scales.take

    world.run()

    assert IN_HAND < scales.heaviest <= IN_HAND + 2 * scales.largest
    assert sorted(mail.to.partition("@")[0] for mail in world.arrived) == PEOPLE


def test_so_are_mails_that_were_written_before(world: World) -> None:
    """Put off by the server, they come back with the bytes they had."""
    scales = Scales(world)
    scales.says = Later("451 greylisted")
    world.mailers["hr"].answer = scales.take
    world.run()
    scales.heaviest, scales.says = 0, Done("250")

    world.clock.turn_to(at("2026-04-01 12:00"))
    world.run()

    assert IN_HAND < scales.heaviest <= IN_HAND + 2 * scales.largest
    assert sorted(mail.to.partition("@")[0] for mail in world.arrived) == PEOPLE
