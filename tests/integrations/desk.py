"""A mailer at a scripted server, for tests of one fault each."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta

from integrations.smtp import Limits, SmtpMailer
from integrations.smtp_connect import DEFAULT_TIMEOUTS, SmtpAccount, Timeouts
from integrations.tls import Tls
from tests.contracts.mailer import envelope, settle
from tests.servers.faulty import FaultyServer, faulty_server
from worker.domain.outcomes import Outcome
from worker.ports import Clock
from worker.wiring.clock import SystemClock

HERE = SmtpAccount("127.0.0.1", 0, Tls.NONE)
ONE = Limits(connections=1, back_off=timedelta(0))
NOW = SystemClock()
HASTY = timedelta(milliseconds=80)


@dataclass(frozen=True, slots=True)
class Desk:
    """A server and a mailer that speaks to it."""

    server: FaultyServer
    mailer: SmtpMailer

    def send(self, *recipients: str) -> list[Outcome]:
        """Hand a mail for each over, as there is room, and give what became of them."""
        mails = [envelope(recipient) for recipient in recipients]
        outcomes = settle(self.mailer, mails)
        return [outcomes[mail.key] for mail in mails]

    @property
    def arrived(self) -> list[str]:
        """Who got a mail, in order."""
        return [mail.recipient for mail in self.server.mails]

    def said(self, verb: str) -> list[str]:
        """Give the commands of one verb the server heard."""
        return [line for line in self.server.commands if line.upper().startswith(verb)]


@contextmanager
def desk(
    server: FaultyServer,
    *,
    account: SmtpAccount = HERE,
    limits: Limits = ONE,
    timeouts: Timeouts = DEFAULT_TIMEOUTS,
    clock: Clock = NOW,
) -> Iterator[Desk]:
    """Run *server* and a mailer at it until the block ends; the mailer kept to the rules."""
    with faulty_server(server):
        where = replace(account, port=server.port)
        mailer = SmtpMailer(where, clock, limits=limits, timeouts=timeouts)
        try:
            yield Desk(server, mailer)
        finally:
            mailer.close()
    assert server.violations == []
