"""Hints of Graph: believed as far as that somebody should look, and no further."""

import json
from collections.abc import Iterator, Mapping
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from integrations.microsoft.hints import LONGEST, Hint, Watcher, Watching, Word, echo
from integrations.microsoft.meaning import Kind, Problem
from tests.contracts.calendar_book import MENTOR, NOW
from tests.integrations.outlook import OutlookWorld, outlook
from tests.servers.certificates import Certificates

OURS = "https://tsunagu.example/hints/microsoft"


def reach(address: str, word: str) -> str:
    """Ask one of our addresses for an echo, as the page behind it answers."""
    if not address.startswith(OURS):
        return "<html>somebody else's page</html>"
    asked = urlsplit(f"{address}?{urlencode({'validationToken': word})}")
    said = echo({name: values[0] for name, values in parse_qs(asked.query).items()})
    assert said is not None
    return said


@pytest.fixture
def world(certificates: Certificates) -> Iterator[OutlookWorld]:
    """A company whose notifications reach us."""
    with outlook(certificates) as running:
        running.server.graph.subscriptions.reach = reach
        yield running


def watcher(world: OutlookWorld, address: str = OURS) -> Watcher:
    """Make who watches."""
    return Watcher(world.wire, address=address, lifecycle=f"{address}/life", secret=b"s3cret")


def watched(world: OutlookWorld) -> Watching:
    """Begin to watch the mentor's calendar."""
    found = watcher(world).watch(MENTOR, "events", NOW)
    assert isinstance(found, Watching), found
    return found


def came(world: OutlookWorld, *ones: Mapping[str, object]) -> bytes:
    """Write a request of Graph's."""
    assert world.server.graph.subscriptions.standing
    return json.dumps({"value": ones}).encode()


def test_a_calendar_is_watched_once_our_address_has_answered(world: OutlookWorld) -> None:
    """For as long as Graph says, which is a week at most."""
    found = watched(world)

    assert found.resource == f"users/{MENTOR}/events"
    assert found.until == NOW + LONGEST
    [standing] = world.server.graph.subscriptions.standing.values()
    assert standing.lifecycle == f"{OURS}/life"


def test_an_address_that_is_not_ours_is_not_believed(world: OutlookWorld) -> None:
    """Graph asks for an echo first; polling goes on as before."""
    found = watcher(world, "https://elsewhere.example/x").watch(MENTOR, "events", NOW)

    assert isinstance(found, Problem)
    assert found.kind is Kind.MISTAKE


def test_a_question_is_answered_with_its_own_word() -> None:
    """And what is no question is a notification."""
    assert echo({"validationToken": "a b%"}) == "a b%"
    assert echo({}) is None


def test_a_hint_says_where_to_look(world: OutlookWorld) -> None:
    """Doubled and in any order: one look is enough."""
    one = watched(world)
    told = world.server.graph.subscriptions.notification(one.id)

    found = watcher(world).hints(came(world, told, told), [one])

    assert found == [Hint(Word.NEWS, one)]


@pytest.mark.parametrize("word", [Word.MISSED, Word.ENDED, Word.PROLONG])
def test_a_subscription_tells_of_its_own_life(world: OutlookWorld, word: Word) -> None:
    """Something was lost, it ended, or it wants to be prolonged."""
    one = watched(world)
    told = world.server.graph.subscriptions.notification(one.id, lifecycleEvent=word.value)

    assert watcher(world).hints(came(world, told), [one]) == [Hint(word, one)]


@pytest.mark.parametrize(
    "change",
    [{"clientState": "guessed"}, {"clientState": ""}, {"subscriptionId": "of somebody else"}],
)
def test_a_hint_that_does_not_bear_our_word_is_nobodys(
    world: OutlookWorld, change: dict[str, str]
) -> None:
    """Anybody can POST to an address; only Graph knows the word."""
    one = watched(world)
    told = {**world.server.graph.subscriptions.notification(one.id), **change}

    assert watcher(world).hints(came(world, told), [one]) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"value": 1}', b'{"value": [1, null]}'])
def test_what_is_no_notification_is_none(world: OutlookWorld, body: bytes) -> None:
    """Nothing that comes to an open address breaks us."""
    assert watcher(world).hints(body, [watched(world)]) == []


def test_a_watching_is_prolonged_before_it_ends(world: OutlookWorld) -> None:
    """Half a day ahead; until then nobody is asked."""
    one = watched(world)
    asked = len(world.server.graph.seen)
    early = watcher(world).kept(one, NOW + timedelta(days=5))
    unasked = len(world.server.graph.seen) - asked

    late = NOW + timedelta(days=6, hours=14)
    world.clock.turn_to(late)
    longer = watcher(world).kept(one, late)

    assert (early, unasked) == (one, 0)
    assert isinstance(longer, Watching)
    assert (longer.id, longer.until) == (one.id, late + LONGEST)


def test_a_watching_that_ended_begins_anew(world: OutlookWorld) -> None:
    """We were down for a week: what was missed, polling has found meanwhile."""
    one = watched(world)
    late = NOW + timedelta(days=8)
    world.clock.turn_to(late)

    again = watcher(world).kept(one, late)

    assert isinstance(again, Watching)
    assert again.id != one.id
    assert again.until == late + LONGEST


def test_who_watches_no_more_says_so_once(world: OutlookWorld) -> None:
    """One that is over already is over."""
    one = watched(world)

    assert watcher(world).end(one) is None
    assert watcher(world).end(one) is None
    assert world.server.graph.subscriptions.standing == {}


def test_a_throttled_prolonging_is_told(world: OutlookWorld) -> None:
    """It is tried again; the old one still stands."""
    one = watched(world)
    late = NOW + timedelta(days=6, hours=14)
    world.clock.turn_to(late)
    world.throttle(timedelta(seconds=30))

    found = watcher(world).kept(one, late)

    assert isinstance(found, Problem)
    assert found.wait == timedelta(seconds=30)
