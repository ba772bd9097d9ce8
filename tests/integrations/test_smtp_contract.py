"""The SMTP mailer passes the mailer's contract on every kind of server and connection."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.bearer import GivenTokens
from integrations.localmail import LocalMailServer
from integrations.smtp import Limits, SmtpMailer
from integrations.smtp_connect import SmtpAccount
from integrations.tls import Tls
from tests.contracts.mailer import Arrived, MailerContract, Place
from tests.servers.certificates import Certificates
from tests.servers.faulty import FaultyServer, faulty_server
from worker.wiring.clock import SystemClock

LIMITS = Limits(connections=2, back_off=timedelta(0))
PASSWORD = "a long word"  # noqa: S105 - of a server that lives for one test


def place_at(server: FaultyServer, account: SmtpAccount) -> Iterator[Place]:
    """Run *server*, and give a mailer that speaks to it as *account* says."""
    with faulty_server(server):
        mailer = SmtpMailer(replace(account, port=server.port), SystemClock(), limits=LIMITS)
        try:
            yield Place(
                mailer, 2, lambda: [Arrived(one.recipient, one.content) for one in server.mails]
            )
        finally:
            mailer.close()
    assert server.violations == []


HERE = SmtpAccount("127.0.0.1", 0, Tls.NONE)


class TestWithPipelining(MailerContract):
    """Three commands in one write, and the next mail behind the dot."""

    @pytest.fixture
    def place(self) -> Iterator[Place]:
        """A server that offers PIPELINING."""
        yield from place_at(FaultyServer(), HERE)


class TestStepByStep(MailerContract):
    """One command, one answer."""

    @pytest.fixture
    def place(self) -> Iterator[Place]:
        """A server that does not offer PIPELINING, and minds."""
        yield from place_at(FaultyServer(pipelining=False), HERE)


class TestRepliesByteByByte(MailerContract):
    """However a network cuts the replies into packets, they mean the same."""

    @pytest.fixture
    def place(self) -> Iterator[Place]:
        """A server that sends every byte by itself."""
        yield from place_at(FaultyServer(byte_by_byte=True), HERE)


class TestEncryptedFromTheFirstByte(MailerContract):
    """Implicit TLS, with a certificate that is checked, and a password."""

    @pytest.fixture
    def place(self, certificates: Certificates) -> Iterator[Place]:
        """A server as on port 465."""
        server = FaultyServer(
            tls=certificates.server_context(), implicit=True, user="saiyo", secret=PASSWORD
        )
        account = SmtpAccount(
            "localhost",
            0,
            Tls.IMPLICIT,
            user="saiyo",
            password=PASSWORD,
            ca_file=str(certificates.ca_file),
        )
        yield from place_at(server, account)


class TestStartTls(MailerContract):
    """STARTTLS, and an access token for a password."""

    @pytest.fixture
    def place(self, certificates: Certificates) -> Iterator[Place]:
        """A server as on port 587."""
        server = FaultyServer(
            tls=certificates.server_context(), user="saiyo", secret=PASSWORD, methods="XOAUTH2"
        )
        account = SmtpAccount(
            "localhost",
            0,
            Tls.STARTTLS,
            user="saiyo",
            bearer=GivenTokens(lambda: PASSWORD),
            ca_file=str(certificates.ca_file),
        )
        yield from place_at(server, account)


class TestOnThisMachine(MailerContract):
    """The mail server that demonstrations use is a server like any other."""

    @pytest.fixture
    def place(self, tmp_path: Path) -> Iterator[Place]:
        """The server in this process, filing into a Maildir."""
        with LocalMailServer(maildir=tmp_path) as server:
            mailer = SmtpMailer(replace(HERE, port=server.port), SystemClock(), limits=LIMITS)
            try:
                yield Place(
                    mailer, 2, lambda: [Arrived(one.recipient, one.content) for one in server.mails]
                )
            finally:
                mailer.close()
