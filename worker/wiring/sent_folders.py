"""Where a mail that may have gone can be looked up: at its provider, or by IMAP."""

from integrations.google.mailbox import SCOPES
from integrations.google.sent import GmailSentFolder
from integrations.microsoft.sent import GraphSentFolder
from integrations.sent_folder import ImapSentFolder
from worker.engine.journal.store import Store
from worker.ports import Clock, SentFolder
from worker.settings.model import Mailbox, Settings
from worker.wiring.google import google_sign_in
from worker.wiring.inboxes import account_of
from worker.wiring.microsoft import graph_wires
from worker.wiring.purses import purse_of


def sent_folder_of(
    mailbox: Mailbox | None, settings: Settings, clock: Clock, store: Store | None = None
) -> SentFolder | None:
    """Give the folder of what *mailbox* has sent; None where its settings name no way to look."""
    if mailbox is None:
        return None
    if mailbox.google is not None and settings.google is not None:
        sign_in = google_sign_in(settings, SCOPES)
        spend = purse_of(mailbox, store, clock)
        return GmailSentFolder(sign_in, mailbox.google.account, clock, spend)
    if mailbox.microsoft is not None and settings.microsoft is not None:
        wire = graph_wires(settings, clock)()
        return GraphSentFolder(wire, mailbox.microsoft.account)
    if mailbox.imap is None:
        return None
    return ImapSentFolder(account_of(mailbox.imap, settings, clock), folder=mailbox.imap.sent)
