"""From the settings of a mailbox to its way in, and to who reads it into the journal."""

from integrations.imap import ImapInbox
from integrations.imap_account import ImapAccount
from integrations.imap_folders import Wanted
from integrations.tls import Tls
from worker.engine.engine import Engine
from worker.engine.listen import Listener, Ours
from worker.people.addresses import address_key
from worker.ports import Clock
from worker.settings.model import Imap, Settings


def listeners_of(settings: Settings, engine: Engine) -> list[Listener]:
    """Give who reads each mailbox that the settings name a server for."""
    ours = frozenset(address_key(mailbox.address) for mailbox in settings.mailboxes.values())
    return [
        Listener(
            id_,
            inbox_of(mailbox.imap, engine.clock),
            engine.journal,
            engine.editions,
            clock=engine.clock,
            ours=Ours(ours, (mailbox.imap.receiver,) if mailbox.imap.receiver else ()),
        )
        for id_, mailbox in settings.mailboxes.items()
        if mailbox.imap is not None
    ]


def inbox_of(imap: Imap, clock: Clock) -> ImapInbox:
    """Make the way in to a mailbox; connects when it is asked for mail."""
    account = account_of(imap)
    return ImapInbox(account, clock, folders=Wanted(inbox=imap.inbox, junk=imap.junk))


def account_of(imap: Imap) -> ImapAccount:
    """Give the way to a server as its adapter wants it."""
    return ImapAccount(
        host=imap.host,
        port=imap.port,
        user=imap.user,
        tls=Tls(imap.tls),
        password=imap.password.reveal() if imap.password else "",
        token=imap.token.reveal if imap.token else None,
        ca_file=str(imap.ca) if imap.ca else "",
    )
