"""Where a mail that may have gone can be looked up: the IMAP side of a mailbox."""

from integrations.imap_account import ImapAccount
from integrations.sent_folder import ImapSentFolder
from integrations.tls import Tls
from worker.ports import SentFolder
from worker.settings.model import Mailbox


def sent_folder_of(mailbox: Mailbox | None) -> SentFolder | None:
    """Give the folder of what *mailbox* has sent; None where its settings name no IMAP server."""
    if mailbox is None or mailbox.imap is None:
        return None
    imap = mailbox.imap
    account = ImapAccount(
        host=imap.host,
        port=imap.port,
        user=imap.user,
        tls=Tls(imap.tls),
        password=imap.password.reveal() if imap.password else "",
        token=imap.token.reveal if imap.token else None,
        ca_file=str(imap.ca) if imap.ca else "",
    )
    return ImapSentFolder(account, folder=imap.sent)
