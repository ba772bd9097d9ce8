"""From the settings to the calendars of a provider. The registry is the dict at the end."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache

from integrations.google.calendar import SCOPES, GoogleBook
from integrations.microsoft.calendar import GraphCalendarBook
from worker.people.records import StaffRecord
from worker.ports import CalendarBook, Clock
from worker.settings.model import CalDav, Settings
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
    """Give who reads the calendars whose addresses stand in the list of staff.

    One that lies at a CalDAV server of the settings is read there, as its user; others are files.
    """
    from integrations.mail_book import CalendarAddress, MailBook  # noqa: PLC0415 - see there

    def where(address: str) -> CalendarAddress | None:
        for one in staff():
            said = str(one.attributes.get("calendar") or "")
            if one.email.lower() == address.lower() and "://" in said:
                zone = str(one.attributes.get("timezone") or settings.company.timezone)
                server = _caldav_of(settings, said)
                if server is None:
                    return CalendarAddress(said, timezone=zone)
                password = server.password.reveal()
                return CalendarAddress(said, server.user, password, is_caldav=True, timezone=zone)
        return None

    return MailBook(where, "", clock=clock)


def addresses_of(settings: Settings, staff: Iterable[StaffRecord]) -> Mapping[str, Sequence[str]]:
    """Give whose calendars have addresses: by the CalDAV server they are at; empty: files."""
    found: dict[str, list[str]] = {}
    for one in staff:
        said = str(one.attributes.get("calendar") or "")
        if one.email and "://" in said:
            server = _caldav_of(settings, said)
            found.setdefault(_name_of(server), []).append(one.email)
    for server in settings.caldav.values():
        found.setdefault(_name_of(server), [])
    return found


def _name_of(server: CalDav | None) -> str:
    return f"{server.user} · {server.url}" if server is not None else ""


def _caldav_of(settings: Settings, address: str) -> CalDav | None:
    """Find the server of a calendar: of several the one that says most of its address."""
    servers = [one for one in settings.caldav.values() if one.leads_to(address)]
    return max(servers, key=lambda one: len(one.url), default=None)


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
    wire = graph_wires(settings, clock)
    asker = settings.microsoft.user if settings.microsoft.is_person else ""
    return lambda: GraphCalendarBook(wire(), clock, asker=asker)


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
