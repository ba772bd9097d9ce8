"""Whoever looks at a lane sees what is due there: nobody else needs to be told."""

from pathlib import Path

from tests.engine.plans import WELCOME
from tests.world import World
from worker.ports import MailParts

LANE = "mail:hr"


def test_a_lane_is_known_to_be_looked_at_for_as_long_as_somebody_is(tmp_path: Path) -> None:
    """While the mails of a mailbox are written its lane is taken; before and after it is free."""
    world = World(tmp_path)
    world.crowd(["aoi", "ren"], world.publish(WELCOME), offer="2026-04-01 07:00")
    write, seen = world.writer, []

    def writing(parts: MailParts, shape: str = "") -> bytes:
        seen.append(world.engine.performer.is_at(LANE))
        return write(parts, shape)

    world.writer = writing
    world.restarted()
    before = world.engine.performer.is_at(LANE)
    world.run()

    assert (before, seen, world.engine.performer.is_at(LANE)) == (False, [True, True], False)
    world.close()
