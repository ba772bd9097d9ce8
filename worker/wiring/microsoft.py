"""From the settings to the one application that calendars and mailboxes at Microsoft share."""

from collections.abc import Callable
from functools import cache

from integrations.microsoft.clouds import CLOUDS
from integrations.microsoft.gate import Gate
from integrations.microsoft.tokens import (
    AppTokens,
    ClientCertificate,
    ClientSecret,
    Registration,
)
from integrations.microsoft.wire import GraphWire
from worker.domain.errors import SettingsError
from worker.ports import Clock
from worker.settings.model import Microsoft

MakeWire = Callable[[], GraphWire]


def graph_wires(microsoft: Microsoft, clock: Clock) -> MakeWire:
    """Give who opens ways to Graph: one for each thread or mailbox.

    Raises:
        SettingsError: There is neither a secret nor a certificate.
    """
    tokens, gate = _shared(microsoft)
    endpoint = microsoft.endpoint or CLOUDS[microsoft.cloud].graph
    ca_file = str(microsoft.ca) if microsoft.ca else ""
    return lambda: GraphWire(tokens, clock, endpoint=endpoint, ca_file=ca_file, gate=gate)


# A process is one application: msal keeps its tokens by the object, and Microsoft counts the calls
# of an application, wherever in the process they come from.
@cache
def _shared(microsoft: Microsoft) -> tuple[AppTokens, Gate]:
    return AppTokens(registration_of(microsoft), _credential(microsoft)), Gate()


def registration_of(microsoft: Microsoft) -> Registration:
    """Give the application as its adapter wants it."""
    cloud = CLOUDS[microsoft.cloud]
    return Registration(
        tenant=microsoft.tenant,
        client=microsoft.client,
        authority=microsoft.authority or cloud.authority,
        scope=cloud.scope,
        is_known_authority=not microsoft.authority,
        ca_file=str(microsoft.ca) if microsoft.ca else "",
    )


def microsoft_name(microsoft: Microsoft) -> str:
    """Say who we are at Microsoft, as a person reads it."""
    return f"{microsoft.client} ({microsoft.tenant})"


def _credential(microsoft: Microsoft) -> ClientSecret | ClientCertificate:
    if microsoft.certificate is not None:
        if not microsoft.certificate.is_file():
            raise SettingsError(
                f"{microsoft.certificate} がありません。\n"
                f"there is no {microsoft.certificate}.\n"
                f"ls -l {microsoft.certificate.parent}"
            )
        locked = microsoft.passphrase.reveal() if microsoft.passphrase else ""
        return ClientCertificate(microsoft.certificate, locked)
    if microsoft.secret is not None:
        return ClientSecret(microsoft.secret.reveal())
    raise SettingsError(
        "microsoft に secret も certificate もないため、Microsoft につなげません。\n"
        "`microsoft` has neither secret nor certificate, so nobody can sign in.\n"
        "tsunagu doctor"
    )
