"""From the settings of a mailbox to what it may spend in a minute."""

from integrations.google.mailbox import UNITS, Spend
from worker.engine.journal.store import Store
from worker.engine.purse import Purse
from worker.ports import Clock
from worker.settings.model import Mailbox


def purse_of(mailbox: Mailbox, store: Store | None, clock: Clock) -> Spend | None:
    """Give who is asked for quota units; None where its mails are not counted by the minute.

    Who sends, who reads and who looks up have a purse each, of one budget.
    """
    if store is None or mailbox.google is None or mailbox.limits.per_minute is None:
        return None
    return Purse(store, mailbox.google.account, UNITS, clock).spend
