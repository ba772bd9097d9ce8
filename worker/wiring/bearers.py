"""From `sign_in: google` or `microsoft` of a mail server to the connection that has the tokens."""

from collections.abc import Callable, Mapping

from integrations.bearer import Bearer, GivenTokens
from integrations.google.servers import SCOPES, GoogleBearer
from integrations.microsoft.servers import MicrosoftBearer
from worker.ports import Clock
from worker.settings.model import Imap, Settings, Smtp
from worker.wiring.google import google_sign_in
from worker.wiring.microsoft import OUTLOOK, tokens_of


def bearer_of(server: Smtp | Imap, settings: Settings, clock: Clock) -> Bearer | None:
    """Give what signs in at a mail server by XOAUTH2; None where a password does, or nothing.

    Raises:
        SettingsError: Nobody has connected, or the connection lacks a key.
    """
    if server.sign_in:
        return BEARERS[server.sign_in](server.user, settings, clock)
    return GivenTokens(server.token.reveal) if server.token else None


def _google(user: str, settings: Settings, clock: Clock) -> Bearer:
    return GoogleBearer(google_sign_in(settings, SCOPES), user, clock)


def _microsoft(user: str, settings: Settings, clock: Clock) -> Bearer:  # noqa: ARG001 - as its fellow
    return MicrosoftBearer(tokens_of(settings, OUTLOOK))


BEARERS: Mapping[str, Callable[[str, Settings, Clock], Bearer]] = {
    "google": _google,
    "microsoft": _microsoft,
}
