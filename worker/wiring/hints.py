"""From the settings to what providers tell us of calendars and mail; registries at the end."""

from collections.abc import Callable, Mapping

from integrations.google.calendar import SCOPES
from integrations.google.hints import GoogleHints, read_google
from integrations.google.mail_hints import GmailHints, read_gmail
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.microsoft.hints import GraphHints, read_microsoft
from worker.engine.hints import Hints, MailHints, rows_of
from worker.engine.journal.store import Store
from worker.ports import Clock, HintSource, ReadHints
from worker.settings.model import Mailbox, Settings
from worker.wiring.google import google_sign_in
from worker.wiring.microsoft import graph_wires
from worker.wiring.purses import purse_of

PATH = "hints"  # below `public_url`: hints/google, hints/gmail, hints/microsoft
GMAIL, MICROSOFT = "gmail", "microsoft"
PLACES: Mapping[str, tuple[str, ...]] = {
    GMAIL: ("mailbox",),  # one watch has the inbox and spam
    MICROSOFT: ("inbox", "junkemail"),
}


def hints_of(settings: Settings, clock: Clock) -> Hints | None:
    """Give the way to ask providers; None where they could not reach us: they call https alone."""
    if not can_be_told(settings):
        return None

    def make(provider: str) -> HintSource | None:
        wire = HINTS.get(provider)
        return wire(settings, clock) if wire else None

    push = settings.google.push if settings.google else None
    words = {GMAIL: push.word.reveal()} if push else {}
    return Hints(f"{settings.public_url.rstrip('/')}/{PATH}", make, words)


def mail_hints(
    mailbox: Mailbox, settings: Settings, clock: Clock, store: Store
) -> MailHints | None:
    """Give the way to be told of mail in a mailbox; None where nobody is asked to tell us."""
    provider = tells_of(mailbox, settings)
    source: HintSource
    if provider == GMAIL and mailbox.google and settings.google and settings.google.push:
        source = GmailHints(
            google_sign_in(settings, MAIL_SCOPES),
            mailbox.google.account,
            clock,
            topic=settings.google.push.topic,
            spend=purse_of(mailbox, store, clock),
        )
    elif provider == MICROSOFT and mailbox.microsoft:
        source = GraphHints(graph_wires(settings, clock)(), clock, mailbox.microsoft.account)
    else:
        return None
    return MailHints(provider, source, PLACES[provider])


def tells_of(mailbox: Mailbox, settings: Settings) -> str:
    """Name who is asked to tell us of a mailbox's mail; empty: nobody. IMAP has its own way."""
    if mailbox.imap is not None or not can_be_told(settings):
        return ""
    if mailbox.google is not None and settings.google is not None:
        return GMAIL if settings.google.push is not None else ""
    if mailbox.microsoft is None or settings.microsoft is None:
        return ""
    # https://learn.microsoft.com/graph/outlook-change-notifications-overview: who signed in is told
    # of their own mailbox, and of nobody else's that they may use
    who, whose = settings.microsoft.user.lower(), mailbox.microsoft.account.lower()
    return "" if settings.microsoft.is_person and who != whose else MICROSOFT


def watches_of(mailbox: Mailbox, settings: Settings) -> tuple[str, ...]:
    """Name the watches of a mailbox, as the journal has them."""
    provider = tells_of(mailbox, settings)
    return tuple(rows_of(mailbox.id, PLACES[provider])) if provider else ()


def can_be_told(settings: Settings) -> bool:
    """Whether a provider can reach us."""
    return settings.public_url.startswith("https://") and not settings.is_only_here


def hint_readers(settings: Settings) -> Mapping[str, ReadHints]:
    """Give who reads what comes in, by provider that the settings name."""
    google = settings.google
    named = {
        "google": google,
        GMAIL: google.push if google is not None else None,
        MICROSOFT: settings.microsoft,
    }
    return {provider: read for provider, read in READERS.items() if named[provider] is not None}


def _google(settings: Settings, clock: Clock) -> HintSource | None:
    if settings.google is None:
        return None
    return GoogleHints(google_sign_in(settings, SCOPES), clock)


def _microsoft(settings: Settings, clock: Clock) -> HintSource | None:
    if settings.microsoft is None:
        return None
    return GraphHints(graph_wires(settings, clock)(), clock)


HINTS: Mapping[str, Callable[[Settings, Clock], HintSource | None]] = {
    "google": _google,
    MICROSOFT: _microsoft,
}
READERS: Mapping[str, ReadHints] = {
    "google": read_google,
    GMAIL: read_gmail,
    MICROSOFT: read_microsoft,
}
