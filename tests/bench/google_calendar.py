"""How often Google is asked for each meeting of a wave."""

from tests.bench.measure import Figure
from tests.bench.wave import MEETINGS, TWICE, book, book_by_engine, figure, people
from tests.servers.google import google_world


def figures() -> list[Figure]:
    """Book a wave, through the adapter alone and through the engine, and count."""
    return [_by_the_adapter(), _by_the_engine()]


def _by_the_adapter() -> Figure:
    with google_world() as world:
        world.google.employ(*people())
        book(world)
        beside = f"; {world.google.sign_ins.given} tokens"
        return figure(f"Google for each of {MEETINGS} meetings", world.asked(), beside)


def _by_the_engine() -> Figure:
    with google_world() as world:
        world.google.employ(*people())
        book_by_engine(world, "google", place="google_meet")
        what = f"Google by the engine for each of {MEETINGS} talks with Meet"
        return figure(what, world.asked(), "", looks=TWICE)
