"""From the settings to the calendars of a provider. The registry is the dict at the end."""

from collections.abc import Callable, Iterable, Mapping
from functools import cache

from integrations.google.calendar import SCOPES, GoogleBook
from integrations.microsoft.calendar import GraphCalendarBook
from worker.people.records import StaffRecord
from worker.ports import CalendarBook, Clock
from worker.settings.model import Settings
from worker.wiring.google import google_name, google_sign_in
from worker.wiring.microsoft import graph_wires, microsoft_name

MakeBook = Callable[[], CalendarBook]


def calendar_books(settings: Settings, clock: Clock) -> Callable[[str], CalendarBook | None]:
    """Give who opens a connection to a provider's calendars: one a thread, connected when asked.

    It gives None for a provider that the settings do not name; what all its connections share is
    read once. It raises a `SettingsError` where a key is missing.
    """

    @cache
    def maker(provider: str) -> MakeBook | None:
        wire = BOOKS.get(provider)
        return wire(settings, clock) if wire else None

    def make(provider: str) -> CalendarBook | None:
        found = maker(provider)
        return found() if found else None

    return make


def calendar_files(
    settings: Settings, staff: Callable[[], Iterable[StaffRecord]], clock: Clock
) -> CalendarBook:
    """Give who reads the calendar files whose addresses stand in the list of staff."""
    from integrations.mail_book import CalendarAddress, MailBook  # noqa: PLC0415 - see there

    def where(address: str) -> CalendarAddress | None:
        for one in staff():
            said = str(one.attributes.get("calendar") or "")
            if one.email.lower() == address.lower() and "://" in said:
                zone = str(one.attributes.get("timezone") or settings.company.timezone)
                return CalendarAddress(said, timezone=zone)
        return None

    return MailBook(where, "", clock=clock)


def calendar_account(settings: Settings, provider: str) -> str:
    """Say who we are at a provider; empty where the settings do not name it."""
    return NAMES[provider](settings)


def _google(settings: Settings, clock: Clock) -> MakeBook | None:
    if settings.google is None:
        return None
    sign_in = google_sign_in(settings, SCOPES)
    return lambda: GoogleBook(sign_in, clock)


def _google_name(settings: Settings) -> str:
    return google_name(settings.google) if settings.google else ""


def _microsoft(settings: Settings, clock: Clock) -> MakeBook | None:
    if settings.microsoft is None:
        return None
    wire = graph_wires(settings.microsoft, clock)
    return lambda: GraphCalendarBook(wire(), clock)


def _microsoft_name(settings: Settings) -> str:
    return microsoft_name(settings.microsoft) if settings.microsoft else ""


BOOKS: Mapping[str, Callable[[Settings, Clock], MakeBook | None]] = {
    "google": _google,
    "microsoft": _microsoft,
}
NAMES: Mapping[str, Callable[[Settings], str]] = {
    "google": _google_name,
    "microsoft": _microsoft_name,
}
