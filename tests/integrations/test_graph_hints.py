"""Microsoft tells us of changes in calendars: subscriptions of Graph, over HTTPS."""

import json
from collections.abc import Iterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from integrations.microsoft.hints import GraphHints, read_microsoft
from tests.contracts.calendar_world import (
    MENTOR,
    NOW,
)
from tests.contracts.hints import (
    OURS,
    WISH,
    WORD,
    AddressedContract,
    watched,
)
from tests.integrations.outlook import OutlookWorld, outlook
from tests.servers.certificates import Certificates
from worker.domain.meetings import Span
from worker.ports import BookTrouble, Echo, Hint, Knock, Trouble, WatchWish


class GraphHintsWorld:
    """The hands of the contract."""

    what = MENTOR

    def __init__(self, outlook: OutlookWorld) -> None:
        self.outlook = outlook
        self.clock = outlook.clock
        self.hints = GraphHints(outlook.wire, outlook.clock)
        self.subscriptions = outlook.server.graph.subscriptions
        self.subscriptions.reach = reach
        self.throttle = outlook.throttle
        self.relent = outlook.relent
        self.revoke = outlook.revoke

    def write(self) -> None:
        """Have the mentor go to the dentist."""
        start = self.clock.now() + timedelta(days=1)
        self.outlook.take(MENTOR, Span(start, start + timedelta(hours=1)))

    def came(self) -> tuple[Hint, ...]:
        """Read what is on its way."""
        found: list[Hint] = []

        def post(address: str, body: bytes) -> int:
            assert address.startswith(OURS)
            read = read_microsoft(Knock({}, {}, body))
            assert isinstance(read, tuple)
            found.extend(read)
            return 202

        self.subscriptions.deliver(post)
        return tuple(found)


def reach(address: str, word: str) -> str:
    """Ask one of our addresses for an echo, as the page behind it answers."""
    if not address.startswith(OURS):
        return "<html>somebody else's page</html>"
    asked = urlsplit(f"{address}?{urlencode({'validationToken': word})}")
    query = {name: values[0] for name, values in parse_qs(asked.query).items()}
    said = read_microsoft(Knock(query, {}, b""))
    assert isinstance(said, Echo)
    return said.text


@pytest.fixture
def world(certificates: Certificates) -> Iterator[GraphHintsWorld]:
    """A company whose notifications reach us."""
    with outlook(certificates) as running:
        yield GraphHintsWorld(running)


class TestGraphHints(AddressedContract):
    """Outlook."""


def test_a_subscription_is_prolonged_under_its_own_name(world: GraphHintsWorld) -> None:
    """And tells a second address how it fares itself, which cannot be said later."""
    first = watched(world)
    world.clock.turn_to(NOW + timedelta(days=6))

    second = watched(world, WISH, first)

    assert second.id == first.id
    [standing] = world.subscriptions.standing.values()
    assert standing.lifecycle == f"{OURS}/life"


def test_a_prolonged_subscription_goes_to_where_we_are_now(world: GraphHintsWorld) -> None:
    """`public_url` is another one since; an address that does not answer any more is told of."""
    first = watched(world)
    moved = WatchWish("name", WORD, f"{OURS}/moved")

    second = watched(world, moved, first)
    [standing] = world.subscriptions.standing.values()
    world.subscriptions.reach = lambda _address, _word: ""
    third = world.hints.watch(MENTOR, moved, second)

    assert second.id == first.id
    assert standing.address == f"{OURS}/moved"
    assert isinstance(third, BookTrouble)


def test_an_address_that_is_not_ours_is_not_believed(world: GraphHintsWorld) -> None:
    """Graph asks for an echo first."""
    elsewhere = WatchWish("name", WORD, "https://elsewhere.example/x")

    found = world.hints.watch(MENTOR, elsewhere)

    assert isinstance(found, BookTrouble)
    assert found.kind is Trouble.MAILBOX


@pytest.mark.parametrize(
    ("event", "is_ending"),
    [("missed", False), ("subscriptionRemoved", True), ("reauthorizationRequired", True)],
)
def test_a_subscription_tells_how_it_fares(
    world: GraphHintsWorld, event: str, is_ending: bool
) -> None:
    """Something was lost, it ended, or it wants to be prolonged: look there, in any case."""
    watch = watched(world)

    world.subscriptions.lives(watch.id, event)

    assert world.came() == (Hint(watch.id, WORD, is_ending),)


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": 1}', b'{"value": [1, null]}'])
def test_what_is_no_notification_is_none(body: bytes) -> None:
    """Nothing that comes to an open address breaks us."""
    assert read_microsoft(Knock({}, {}, body)) == ()


def test_a_request_with_the_same_twice_says_it_once(world: GraphHintsWorld) -> None:
    """Doubled and in any order: one look is enough."""
    watch = watched(world)
    told = world.subscriptions.notification(watch.id)

    read = read_microsoft(Knock({}, {}, json.dumps({"value": [told, told]}).encode()))

    assert read == (Hint(watch.id, WORD),)
