"""How often Microsoft is asked for each meeting of a wave."""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure
from tests.bench.wave import MEETINGS, TWICE, book, book_by_engine, figure, people
from tests.integrations.outlook import outlook
from tests.servers.certificates import make_certificates

_ONCE = ", and twenty organisers a day in one to ask whether they have Teams"


def figures() -> list[Figure]:
    """Book a wave, in rooms and in Teams, through the adapter and the engine, and count."""
    return [
        _figure("meetings", "", ""),
        _figure("meetings in Teams", "teams", _ONCE),
        _by_the_engine(),
    ]


def _by_the_engine() -> Figure:
    with TemporaryDirectory() as folder, outlook(make_certificates(Path(folder))) as world:
        for person in people():
            world.employ(person)
        book_by_engine(world, "microsoft", place="teams")
        asked = len(world.server.graph.seen)
        what = f"Microsoft by the engine for each of {MEETINGS} talks in Teams"
        return figure(what, asked, _ONCE, looks=TWICE)


def _figure(what: str, place: str, beside: str) -> Figure:
    with TemporaryDirectory() as folder, outlook(make_certificates(Path(folder))) as world:
        for person in people():
            world.employ(person)
        book(world, place=place)
        told = f"{beside}; {len(world.server.login.asked)} tokens"
        asked = len(world.server.graph.seen)
        return figure(f"Microsoft for each of {MEETINGS} {what}", asked, told)
