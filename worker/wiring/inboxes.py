"""From the settings of a mailbox to its way in, and to who reads it into the journal."""

from collections.abc import Callable

from integrations.google.inbox import GmailInbox
from integrations.google.mailbox import SCOPES
from integrations.imap import ImapInbox
from integrations.imap_account import ImapAccount
from integrations.imap_folders import Wanted
from integrations.microsoft.inbox import GraphInbox
from integrations.patience import no_news
from integrations.tls import Tls
from worker.engine.engine import Engine
from worker.engine.hints import Ear
from worker.engine.journal.store import Store
from worker.engine.listen import Listener, Ours
from worker.people.addresses import address_key
from worker.ports import Clock, Inbox
from worker.settings.model import Imap, Mailbox, Settings
from worker.wiring.answering import rules_of
from worker.wiring.bearers import bearer_of
from worker.wiring.google import google_sign_in
from worker.wiring.hints import mail_hints
from worker.wiring.microsoft import graph_wires
from worker.wiring.purses import purse_of
from worker.wiring.reply_keys import reply_keys


def listeners_of(
    settings: Settings, engine: Engine, *, clock: Clock | None = None
) -> list[Listener]:
    """Give who reads each mailbox that the settings name a way in for.

    *clock* is the machine's, where the engine's own lives through lost time again.
    """
    ours = {address_key(mailbox.address): id_ for id_, mailbox in settings.mailboxes.items()}
    secrets = reply_keys(settings, engine.journal)
    rules = rules_of(settings)
    clock, store = clock or engine.clock, engine.journal.store
    ears = {
        id_: Ear(id_, engine.watcher, mail_hints(mailbox, settings, clock, store), clock)
        for id_, mailbox in settings.mailboxes.items()
    }
    found = {
        id_: inbox_of(mailbox, settings, clock, store, ears[id_].has_news)
        for id_, mailbox in settings.mailboxes.items()
    }
    return [
        Listener(
            id_,
            inbox,
            engine.journal,
            engine.editions,
            clock=engine.clock,
            ours=Ours(ours, _receivers(settings.mailboxes[id_]), secrets),
            rules=rules,
            answers=engine.meetings.answers if engine.meetings is not None else None,
            ear=ears[id_],
        )
        for id_, inbox in found.items()
        if inbox is not None
    ]


def inbox_of(
    mailbox: Mailbox,
    settings: Settings,
    clock: Clock,
    store: Store | None = None,
    may_have_news: Callable[[], bool] = no_news,
) -> Inbox | None:
    """Make the way in to a mailbox, which connects when asked for mail; None where there is none.

    IMAP where the settings say so, for Gmail and Exchange have that, too. *may_have_news* is asked
    now and then whether a provider has told us of any.
    """
    imap = mailbox.imap
    if imap is not None:
        wanted = Wanted(inbox=imap.inbox, junk=imap.junk, sent=imap.sent, reads_sent=True)
        return ImapInbox(account_of(imap, settings, clock), clock, folders=wanted)
    if mailbox.google is not None and settings.google is not None:
        sign_in = google_sign_in(settings, SCOPES)
        spend = purse_of(mailbox, store, clock)
        return GmailInbox(
            sign_in,
            mailbox.google.account,
            clock,
            reads_sent=True,
            spend=spend,
            may_have_news=may_have_news,
        )
    if mailbox.microsoft is not None and settings.microsoft is not None:
        wire = graph_wires(settings, clock)()
        return GraphInbox(wire, mailbox.microsoft.account, clock, may_have_news=may_have_news)
    return None


def _receivers(mailbox: Mailbox) -> tuple[str, ...]:
    """Give what our own receiver calls itself; Exchange Online names nobody."""
    imap = mailbox.imap
    if imap is not None and imap.receiver:
        return (imap.receiver,)
    if imap.sign_in == "google" if imap is not None else mailbox.google is not None:
        return ("mx.google.com",)
    at_exchange = imap.sign_in == "microsoft" if imap is not None else mailbox.microsoft is not None
    return ("",) if at_exchange else ()


def account_of(imap: Imap, settings: Settings, clock: Clock) -> ImapAccount:
    """Give the way to a server as its adapter wants it.

    Raises:
        SettingsError: It signs in by a connection that lacks something.
    """
    return ImapAccount(
        host=imap.host,
        port=imap.port,
        user=imap.user,
        tls=Tls(imap.tls),
        password=imap.password.reveal() if imap.password else "",
        bearer=bearer_of(imap, settings, clock),
        ca_file=str(imap.ca) if imap.ca else "",
    )
