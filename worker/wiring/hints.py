"""From the settings to what providers tell us of calendars. The registries are at the end."""

from collections.abc import Callable, Mapping

from integrations.google.calendar import SCOPES
from integrations.google.hints import GoogleHints, read_google
from integrations.microsoft.hints import GraphHints, read_microsoft
from worker.engine.meetings.calendars import Hints
from worker.ports import CalendarHints, Clock, ReadHints
from worker.settings.model import Settings
from worker.wiring.google import google_sign_in
from worker.wiring.microsoft import graph_wires

PATH = "hints"  # below `public_url`: hints/google, hints/microsoft


def calendar_hints(settings: Settings, clock: Clock) -> Hints | None:
    """Give the way to ask providers; None where they could not reach us: they call https alone."""
    if not can_be_told(settings):
        return None

    def make(provider: str) -> CalendarHints | None:
        wire = HINTS.get(provider)
        return wire(settings, clock) if wire else None

    return Hints(f"{settings.public_url.rstrip('/')}/{PATH}", make)


def can_be_told(settings: Settings) -> bool:
    """Whether a provider can reach us."""
    return settings.public_url.startswith("https://") and not settings.is_only_here


def hint_readers(settings: Settings) -> Mapping[str, ReadHints]:
    """Give who reads what comes in, by provider that the settings name."""
    named = {"google": settings.google, "microsoft": settings.microsoft}
    return {provider: read for provider, read in READERS.items() if named[provider] is not None}


def _google(settings: Settings, clock: Clock) -> CalendarHints | None:
    if settings.google is None:
        return None
    return GoogleHints(google_sign_in(settings, SCOPES), clock)


def _microsoft(settings: Settings, clock: Clock) -> CalendarHints | None:
    if settings.microsoft is None:
        return None
    return GraphHints(graph_wires(settings, clock)(), clock)


HINTS: Mapping[str, Callable[[Settings, Clock], CalendarHints | None]] = {
    "google": _google,
    "microsoft": _microsoft,
}
READERS: Mapping[str, ReadHints] = {"google": read_google, "microsoft": read_microsoft}
