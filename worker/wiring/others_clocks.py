"""What the clocks of others show, beside this machine's.

A clock that is wrong makes mails late, and signatures and tokens worthless: Google and Microsoft
take an assertion for a few minutes around their own time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from integrations.microsoft.clouds import CLOUDS
from integrations.tls import trust
from worker.engine.journal.journal import Journal
from worker.settings.model import Settings
from worker.wiring.clock import SystemClock

_PATIENCE = 10.0  # seconds
_GOOGLE = "https://oauth2.googleapis.com/"


@dataclass(frozen=True, slots=True)
class Skew:
    """How far this machine is ahead of somebody's clock; or `why` that is not known."""

    place: str
    ahead: timedelta = timedelta()
    why: str = ""


def skews(settings: Settings, journal: Journal | None) -> Iterator[Skew]:
    """Compare with every provider's clock, and the database's where that is another machine."""
    if settings.google is not None:
        yield _of_server("Google", settings.google.endpoint or _GOOGLE, "")
    if settings.microsoft is not None:
        microsoft = settings.microsoft
        there = microsoft.authority or CLOUDS[microsoft.cloud].authority
        yield _of_server("Microsoft", there, str(microsoft.ca) if microsoft.ca else "")
    if journal is not None and settings.store.path is None:
        before = SystemClock().now()
        theirs = journal.store.clock()
        yield Skew(settings.store.shown, _middle(before, SystemClock().now()) - theirs)


def ahead_of(settings: Settings) -> timedelta | None:
    """Say how far this machine is ahead of the first provider that answers; None: nobody does."""
    return next((one.ahead for one in skews(settings, None) if not one.why), None)


def _of_server(place: str, url: str, ca_file: str) -> Skew:
    """Look at the date that a server writes over any answer, whatever it answers."""
    import httpx  # noqa: PLC0415 - heavy, and asked rarely

    before = SystemClock().now()
    try:
        answer = httpx.head(url, verify=trust(ca_file), timeout=_PATIENCE, follow_redirects=False)
        theirs = parsedate_to_datetime(answer.headers.get("date", ""))
    except (httpx.HTTPError, OSError, ValueError, OverflowError) as error:
        return Skew(place, why=str(error) or type(error).__name__)
    # The date is cut to the second: the middle of it is as right as can be.
    theirs = theirs.astimezone(UTC) + timedelta(milliseconds=500)
    return Skew(place, _middle(before, SystemClock().now()) - theirs)


def _middle(before: datetime, after: datetime) -> datetime:
    return before + (after - before) / 2
