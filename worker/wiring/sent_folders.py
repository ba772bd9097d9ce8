"""Where a mail that may have gone can be looked up: the IMAP side of a mailbox."""

from integrations.sent_folder import ImapSentFolder
from worker.ports import SentFolder
from worker.settings.model import Mailbox
from worker.wiring.inboxes import account_of


def sent_folder_of(mailbox: Mailbox | None) -> SentFolder | None:
    """Give the folder of what *mailbox* has sent; None where its settings name no IMAP server."""
    if mailbox is None or mailbox.imap is None:
        return None
    return ImapSentFolder(account_of(mailbox.imap), folder=mailbox.imap.sent)
