"""From the settings of a mailbox to its way in, and to who reads it into the journal."""

from integrations.imap import ImapInbox
from integrations.imap_account import ImapAccount
from integrations.imap_folders import Wanted
from integrations.tls import Tls
from worker.engine.engine import Engine
from worker.engine.journal.lanes import mail_lane
from worker.engine.listen import Listener, Ours
from worker.engine.questions import AnswerRules
from worker.people.addresses import address_key
from worker.ports import Clock
from worker.settings.model import Imap, Settings
from worker.wiring.calendar import calendar_of
from worker.wiring.reply_keys import reply_keys


def listeners_of(settings: Settings, engine: Engine) -> list[Listener]:
    """Give who reads each mailbox that the settings name a server for."""
    ours = {address_key(mailbox.address): id_ for id_, mailbox in settings.mailboxes.items()}
    secrets = reply_keys(settings, engine.journal)
    rules = rules_of(settings)
    return [
        Listener(
            id_,
            inbox_of(mailbox.imap, engine.clock),
            engine.journal,
            engine.editions,
            clock=engine.clock,
            ours=Ours(ours, (mailbox.imap.receiver,) if mailbox.imap.receiver else (), secrets),
            rules=rules,
        )
        for id_, mailbox in settings.mailboxes.items()
        if mailbox.imap is not None
    ]


def rules_of(settings: Settings) -> AnswerRules:
    """Give how the workspace answers what people write."""
    replies, teller = settings.replies, settings.alert_mailbox
    return AnswerRules(
        owner=replies.owner,
        owners={id_: one.owner for id_, one in settings.mailboxes.items() if one.owner},
        within=replies.within,
        then=replies.then,
        calendar=calendar_of(settings.company),
        hours=replies.hours,
        language=settings.company.language,
        lane=mail_lane(teller.id if teller is not None else "hr"),
    )


def inbox_of(imap: Imap, clock: Clock) -> ImapInbox:
    """Make the way in to a mailbox; connects when it is asked for mail."""
    account = account_of(imap)
    wanted = Wanted(inbox=imap.inbox, junk=imap.junk, sent=imap.sent, reads_sent=True)
    return ImapInbox(account, clock, folders=wanted)


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
