"""The IMAP inbox and the one in memory pass the inbox's contract; the former at a real Dovecot."""

from collections.abc import Iterable, Iterator
from datetime import datetime

import pytest

from integrations.imap import ImapInbox, Limits
from integrations.imap_account import ImapAccount
from integrations.memory import MemoryInbox
from integrations.tls import Tls
from tests.contracts.inbox import LARGEST, InboxContract, Mailbox
from tests.servers.certificates import Certificates
from tests.servers.dovecot import PASSWORD, Dovecot, Maildirs
from tests.world import HandClock


def mailbox_at(maildirs: Maildirs, account: ImapAccount) -> Iterator[Mailbox]:
    """Give an inbox of somebody, and the hands of the world."""
    clock = HandClock("2026-04-12 09:00")
    inbox = ImapInbox(account, clock, limits=Limits(largest=LARGEST))
    try:
        yield Mailbox(inbox, clock, maildirs.put, maildirs.renumber, maildirs.remove)
    finally:
        inbox.close()


class TestInMemory(InboxContract):
    """The twin that ships."""

    @pytest.fixture
    def mailbox(self) -> Mailbox:
        """An inbox in memory."""
        clock = HandClock("2026-04-12 09:00")
        inbox = MemoryInbox(clock, largest=LARGEST)

        def deliver(mails: Iterable[bytes], folder: str, at: datetime) -> None:
            for each in mails:
                inbox.arrive(each, folder=folder, at=at)

        return Mailbox(inbox, clock, deliver, inbox.renumber, inbox.remove)


@pytest.mark.services
class TestAtDovecot(InboxContract):
    """A real server, TLS from the first byte, its certificate checked."""

    @pytest.fixture
    def mailbox(self, dovecot: Dovecot, certificates: Certificates) -> Iterator[Mailbox]:
        """A mailbox of the test's own."""
        maildirs = dovecot.mailbox()
        ca_file = str(certificates.ca_file)
        account = ImapAccount(
            "localhost", dovecot.tls_port, maildirs.user, Tls.IMPLICIT, PASSWORD, ca_file=ca_file
        )
        yield from mailbox_at(maildirs, account)
