"""The ladder of `if_silent`, through the whole engine."""

from tests.engine.plans import LADDER
from tests.world import World
from worker.domain.intents import State


def test_silence_climbs_the_ladder_over_a_weekend(world: World) -> None:
    """Three business days of silence bring the reminder, two more the mentor, each once."""
    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")  # a Thursday

    world.run_until("2026-04-09 18:00")

    assert [mail.subject for mail in world.arrived] == [
        "ようこそ",
        "Re: ようこそ",
        "【ご対応のお願い】aoiさんからお返事がありません",
    ]
    assert world.states("aoi") == [State.DONE] * 3
