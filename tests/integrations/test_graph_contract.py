"""Outlook calendars keep what every calendar promises, through msal and over HTTPS."""

from collections.abc import Iterator

import pytest

from tests.contracts.calendar_book import CalendarBookContract, LinkContract, ProposalContract
from tests.integrations.outlook import OutlookWorld, outlook
from tests.servers.certificates import Certificates


@pytest.fixture
def world(certificates: Certificates) -> Iterator[OutlookWorld]:
    """A company whose calendars nobody has written into."""
    with outlook(certificates) as running:
        yield running


class TestGraphCalendarBook(CalendarBookContract, LinkContract, ProposalContract):
    """Outlook."""

    online = "teams"
