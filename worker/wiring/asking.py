"""Ask what stands outside whether it works: a mail server, and the way to our own pages.

A mail server is asked whether it would take our mail: connect, EHLO, sign in, and say goodbye.
"""

import asyncio
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from datetime import timedelta

from integrations.google.calendar import SCOPES as CALENDAR_SCOPES
from integrations.google.mailbox import SCOPES, Gmail
from integrations.google.reasons import GoogleSays, outcome_of
from integrations.imap_connect import Connector as ImapConnector
from integrations.imap_wire import Bell, Patience
from integrations.microsoft.meaning import Problem, without_change
from integrations.microsoft.tokens import rights_in
from integrations.microsoft.wire import Call, in_path
from integrations.smtp_connect import Connector, Opened, Timeouts
from worker.domain.links import OURS, Door, Links
from worker.domain.outcomes import Done, Later, Outcome, Refused
from worker.ports import Clock, InboxTrouble
from worker.settings.model import Imap, Mailbox, Settings
from worker.wiring.google import google_sign_in
from worker.wiring.inboxes import account_of as imap_account_of
from worker.wiring.mailers import account_of
from worker.wiring.microsoft import graph_wires, tokens_of

_PATIENCE = Timeouts(connect=timedelta(seconds=10), greeting=timedelta(seconds=20))
_IMAP_PATIENCE = Patience(timedelta(seconds=10), timedelta(seconds=20), timedelta(seconds=30))


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said: `offers` where it let us in, else `outcome` tells why not."""

    outcome: Outcome
    offers: frozenset[str] = frozenset()
    rights: tuple[str, ...] = ()  # that we have there, as the provider calls them
    reaches: tuple[str, ...] = ()  # those of them that reach every mailbox of the company


def ask_server(mailbox: Mailbox, settings: Settings, clock: Clock) -> Answer:
    """Connect to the server of a mailbox and sign in; no mail is named.

    Raises:
        SettingsError: It signs in by a connection that lacks something.
    """
    if mailbox.smtp is None:
        return Answer(Refused("no smtp"))
    return asyncio.run(_ask(Connector(account_of(mailbox.smtp, settings, clock), _PATIENCE)))


def ask_gmail(account: str, settings: Settings, clock: Clock) -> Answer:
    """Sign in to Gmail with the rights of sending and reading; nothing is read but how far it is.

    Raises:
        SettingsError: There is no key, or what is there is none.
    """
    sign_in = google_sign_in(settings, SCOPES)
    with closing(Gmail(sign_in, account, clock)) as gmail:
        try:
            gmail.now()
        except GoogleSays as said:
            return Answer(outcome_of(said.problem))
    given = sign_in.rights(account)
    lacking = _short(one for one in SCOPES if one not in given)
    if lacking:
        return Answer(Refused(f"the sign-in lacks {', '.join(lacking)}"))
    return Answer(Done(), rights=_short(one for one in given if "/auth/gmail" in one))


def ask_exchange(account: str, settings: Settings, clock: Clock) -> Answer:
    """Sign in to Microsoft and look whether a mailbox is there; no mail is read.

    Raises:
        SettingsError: There is neither a secret nor a certificate, and nobody has connected.
    """
    with closing(graph_wires(settings, clock)()) as wire:
        path = f"/users/{in_path(account)}/mailFolders/inbox"
        answer = wire.ask(Call("GET", path, account.lower(), {"$select": "id"}))
    if isinstance(answer, Problem):
        return Answer(without_change(answer))
    rights = exchange_rights(settings)
    is_person = settings.microsoft is not None and settings.microsoft.is_person
    everywhere = tuple(one for one in rights if one.startswith(("Mail.", "Calendars.")))
    return Answer(Done(), rights=rights, reaches=() if is_person else everywhere)


def exchange_rights(settings: Settings) -> tuple[str, ...]:
    """Name the rights that our token at Graph speaks of; Exchange's own stand in no token."""
    token = tokens_of(settings).token()
    return () if isinstance(token, Problem) else tuple(sorted(rights_in(token)))


def calendar_rights(provider: str, settings: Settings) -> tuple[str, ...]:
    """Name the rights that a provider's calendars were read with; nobody is asked anew."""
    if provider == "google":
        return _short(CALENDAR_SCOPES)
    return exchange_rights(settings) if provider == "microsoft" else ()


def _short(rights: Iterable[str]) -> tuple[str, ...]:
    """Leave out what all of Google's rights begin with.

    >>> _short(["https://www.googleapis.com/auth/gmail.compose", "openid"])
    ('gmail.compose',)
    """
    return tuple(sorted(one.rpartition("/")[2] for one in rights if "/auth/" in one))


def ask_imap(imap: Imap, settings: Settings, clock: Clock) -> InboxTrouble | None:
    """Connect to the server that a mailbox is read from and sign in; no folder is opened.

    Raises:
        SettingsError: It signs in by a connection that lacks something.
    """
    account = imap_account_of(imap, settings, clock)
    with closing(Bell()) as bell:
        connected = ImapConnector(account, _IMAP_PATIENCE, bell).connect()
    if isinstance(connected, InboxTrouble):
        return connected
    connected.wire.shutdown()
    return None


def ask_pages(url: str) -> str:
    """Open one of our pages as a browser would; gives why it is not ours, or nothing."""
    import httpx  # noqa: PLC0415 - heavy, and asked rarely

    links = Links(url)
    try:
        answer = httpx.get(links.to(Door.STOP, None), timeout=5, follow_redirects=False)
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    is_ours = answer.status_code == httpx.codes.OK and OURS in answer.headers
    return "" if is_ours else f"HTTP {answer.status_code}"


async def _ask(connector: Connector) -> Answer:
    try:
        async with asyncio.timeout(30):
            opened = await connector.connect()
    except TimeoutError:
        return Answer(Later("no answer within 30 seconds"))
    if not isinstance(opened, Opened):
        return Answer(opened)
    opened.transport.write(b"QUIT\r\n")
    opened.transport.close()
    await asyncio.sleep(0)
    return Answer(Done(), frozenset(opened.offers))
