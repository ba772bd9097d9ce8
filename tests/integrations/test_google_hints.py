"""Google tells us of changes in calendars: channels, through the real client."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest

from integrations.google.hints import GoogleHints, read_google
from tests.contracts.calendar_world import MENTOR, NOW
from tests.contracts.hints import OURS, WISH, AddressedContract, watched
from tests.servers.google import GoogleWorld, google_world
from worker.domain.meetings import Span
from worker.ports import BookTrouble, Hint, Knock, Trouble


class GoogleHintsWorld:
    """The hands of the contract."""

    what = MENTOR

    def __init__(self, google: GoogleWorld) -> None:
        self.google = google
        self.clock = google.clock
        self.hints = GoogleHints(google.sign_in(), google.clock)
        self.channels = google.google.calendar_methods.channels
        self.revoke = google.revoke
        self.throttle = google.throttle
        self.relent = google.relent

    def write(self) -> None:
        """Have the mentor go to the dentist."""
        start = self.clock.now() + timedelta(days=1)
        self.google.take(MENTOR, Span(start, start + timedelta(hours=1)))

    def came(self) -> tuple[Hint, ...]:
        """Read what is on its way."""
        found: list[Hint] = []

        def post(address: str, headers: Mapping[str, str]) -> int:
            assert address == OURS
            lower = {name.lower(): value for name, value in headers.items()}
            found.extend(read_google(Knock({}, lower, b"")))
            return 202

        self.channels.deliver(post)
        return tuple(found)


@pytest.fixture
def world() -> Iterator[GoogleHintsWorld]:
    """A server of the test's own."""
    with google_world() as running:
        world = GoogleHintsWorld(running)
        yield world
        world.hints.close()


class TestGoogleHints(AddressedContract):
    """As a service account that acts for whoever organises."""


def test_a_shorter_end_is_read_and_not_assumed(world: GoogleHintsWorld) -> None:
    """Google grants an hour where we asked for a week."""
    world.channels.longest = timedelta(hours=1)

    assert watched(world).expires_at == NOW + timedelta(hours=1)


def test_a_name_is_used_once(world: GoogleHintsWorld) -> None:
    """A channel cannot be prolonged under its own name: Google says so."""
    watched(world)

    found = world.hints.watch(MENTOR, WISH)

    assert isinstance(found, BookTrouble)
    assert found.kind is Trouble.MAILBOX
    assert "channelIdNotUnique" in found.why


def test_what_is_no_notification_is_none() -> None:
    """Anybody can POST to an address, and leave out what they like."""
    assert read_google(Knock({}, {}, b"")) == ()
    assert read_google(Knock({}, {"x-goog-channel-id": "a"}, b"exists")) == ()
    assert read_google(Knock({}, {"x-goog-resource-state": "exists"}, b"")) == ()
