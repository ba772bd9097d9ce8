"""How often Google is asked for each meeting of a wave."""

from tests.bench.measure import Figure
from tests.bench.wave import MEETINGS, book, figure, people
from tests.servers.google import google_world


def figures() -> list[Figure]:
    """Book a wave, and count."""
    with google_world() as world:
        world.google.employ(*people())
        book(world)
        beside = f"; {world.google.sign_ins.given} tokens"
        return [figure(f"Google for each of {MEETINGS} meetings", world.asked(), beside)]
