"""From the settings of a mailbox to its way out. The registry is the dict at the end."""

from collections.abc import Callable, Mapping

from integrations.google.mailbox import SCOPES
from integrations.google.mailer import GmailMailer
from integrations.microsoft.mailer import GraphMailer
from integrations.smtp import Limits, SmtpMailer
from integrations.smtp_connect import SmtpAccount, Timeouts
from integrations.tls import Tls
from worker.domain.errors import SettingsError
from worker.engine.journal.store import Store
from worker.ports import Clock, Mailer
from worker.settings.model import Mailbox, Settings, Smtp
from worker.wiring.bearers import bearer_of
from worker.wiring.google import google_sign_in
from worker.wiring.microsoft import graph_wires
from worker.wiring.purses import purse_of


def mailer_of(
    mailbox: Mailbox, settings: Settings, clock: Clock, store: Store | None = None
) -> Mailer:
    """Make the way out of *mailbox*; connects when the first mail is handed over.

    What all workers on *store* may spend together is asked of it.

    Raises:
        SettingsError: The settings name no way of sending that this release has.
    """
    for name, make in WAYS_OUT.items():
        if getattr(mailbox, name) is not None:
            return make(mailbox, settings, clock, store)
    raise SettingsError(
        f"mailboxes.{mailbox.id} に {_WAYS} の設定がないため、送れません。\n"
        f"mailboxes.{mailbox.id} has none of {_WAYS}, so nothing can be sent from it.\n"
        "tsunagu doctor"
    )


def account_of(smtp: Smtp, settings: Settings, clock: Clock) -> SmtpAccount:
    """Give the way to a server as its adapter wants it.

    Raises:
        SettingsError: It signs in by a connection that lacks something.
    """
    return SmtpAccount(
        host=smtp.host,
        port=smtp.port,
        tls=Tls(smtp.tls),
        user=smtp.user,
        password=smtp.password.reveal() if smtp.password else "",
        bearer=bearer_of(smtp, settings, clock),
        ca_file=str(smtp.ca) if smtp.ca else "",
    )


def _smtp(mailbox: Mailbox, settings: Settings, clock: Clock, _: Store | None) -> Mailer:
    smtp = mailbox.smtp
    if smtp is None:
        raise SettingsError(f"mailboxes.{mailbox.id}: smtp: {{host: …}}")
    limits = Limits(
        connections=mailbox.limits.connections,
        messages=mailbox.limits.per_connection,
        idle=mailbox.limits.idle,
    )
    account, timeouts = account_of(smtp, settings, clock), Timeouts(connect=smtp.timeout)
    return SmtpMailer(account, clock, limits=limits, timeouts=timeouts)


def _gmail(mailbox: Mailbox, settings: Settings, clock: Clock, store: Store | None) -> Mailer:
    account = mailbox.google
    if account is None or settings.google is None:
        raise SettingsError(f"mailboxes.{mailbox.id}: google: {{account: …}}")
    sign_in = google_sign_in(settings, SCOPES)
    return GmailMailer(
        sign_in,
        account.account,
        clock,
        connections=mailbox.limits.connections,
        spend=purse_of(mailbox, store, clock),
    )


def _graph(mailbox: Mailbox, settings: Settings, clock: Clock, _: Store | None) -> Mailer:
    account = mailbox.microsoft
    if account is None or settings.microsoft is None:
        raise SettingsError(f"mailboxes.{mailbox.id}: microsoft: {{account: …}}")
    wire = graph_wires(settings, clock)()
    return GraphMailer(wire, account.account, clock, connections=mailbox.limits.connections)


WAYS_OUT: Mapping[str, Callable[[Mailbox, Settings, Clock, Store | None], Mailer]] = {
    "smtp": _smtp,
    "google": _gmail,
    "microsoft": _graph,
}
_WAYS = ", ".join(WAYS_OUT)
