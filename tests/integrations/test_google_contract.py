"""Google Calendar keeps what every calendar promises, through the real client and sign-in."""

from collections.abc import Iterator

import pytest

from tests.contracts.calendar_book import CalendarBookContract, LinkContract
from tests.servers.google import GoogleWorld, google_world


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


class TestGoogleBook(CalendarBookContract, LinkContract):
    """As a service account that acts for whoever organises."""

    online = "google_meet"
