"""Encryption that is worth the name, and what we rely on in the library that does it."""

import asyncio
import inspect
import socket
from dataclasses import replace
from pathlib import Path

import aiosmtplib
import pytest
from aiosmtplib.protocol import SMTPProtocol

from integrations.bearer import GivenTokens
from integrations.cutting import cut
from integrations.smtp_connect import Connector, Opened, SmtpAccount
from integrations.tls import Tls
from tests.integrations.desk import desk
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.faulty import FaultyServer, Say, faulty_server
from worker.domain.outcomes import Done, Later, Scope

WAYS = pytest.mark.parametrize("way", [Tls.IMPLICIT, Tls.STARTTLS])


def server_with(certificates: Certificates, way: Tls) -> FaultyServer:
    """Make a server that encrypts that way."""
    return FaultyServer(tls=certificates.server_context(), implicit=way is Tls.IMPLICIT)


@WAYS
def test_a_trusted_certificate_is_believed(certificates: Certificates, way: Tls) -> None:
    """The file of the setting `ca` is trusted beside the system's."""
    account = SmtpAccount("localhost", 0, way, ca_file=str(certificates.ca_file))
    with desk(server_with(certificates, way), account=account) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Done)


@WAYS
def test_a_certificate_of_a_stranger_ends_it(certificates: Certificates, way: Tls) -> None:
    """Nothing is said to a server nobody vouches for, and no mail is lost by it."""
    server = server_with(certificates, way)
    account = SmtpAccount("localhost", 0, way, user="saiyo", password="a long word")  # noqa: S106 - never said
    with desk(server, account=account) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER
    assert "no trusted encryption" in outcome.why
    assert at.said("AUTH") == []


@WAYS
def test_a_certificate_for_another_name_ends_it(tmp_path: Path, way: Tls) -> None:
    """The certificate is good, and not for whom we wanted."""
    other = make_certificates(tmp_path, names="DNS:mail.example.com")
    account = SmtpAccount("localhost", 0, way, ca_file=str(other.ca_file))
    with desk(server_with(other, way), account=account) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Later)
    assert "no trusted encryption" in outcome.why


def test_where_starttls_is_not_offered_nothing_is_sent() -> None:
    """Somebody in between may have taken the word away."""
    with desk(FaultyServer(), account=SmtpAccount("127.0.0.1", 0, Tls.STARTTLS)) as at:
        [outcome] = at.send("aoi@example.jp")

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER
    assert "STARTTLS" in outcome.why
    assert at.arrived == []


def test_replies_slipped_in_before_the_encryption_are_thrown_away(
    certificates: Certificates,
) -> None:
    """What follows the 220 to STARTTLS in the clear is not read as the server's word."""
    server = server_with(certificates, Tls.STARTTLS)
    server.script = {"STARTTLS": Say("220 2.0.0 Go ahead\r\n250-evil\r\n250 AUTH PLAIN")}
    account = SmtpAccount("localhost", 0, Tls.STARTTLS, ca_file=str(certificates.ca_file))
    with desk(server, account=account) as at:
        [outcome] = at.send("aoi@example.jp")

    assert not isinstance(outcome, Done) or at.said("AUTH") == []


def test_a_host_without_an_address_is_later() -> None:
    """A name nobody knows, as when the network is down."""
    account = SmtpAccount("no-such-host.invalid", 25, Tls.NONE)

    outcome = asyncio.run(Connector(account).connect())

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.SERVER


def test_a_file_of_certificates_that_is_missing_is_told(tmp_path: Path) -> None:
    """Nothing is sent without the trust that was asked for."""
    account = SmtpAccount("localhost", 25, Tls.IMPLICIT, ca_file=str(tmp_path / "none.pem"))

    outcome = asyncio.run(Connector(account).connect())

    assert isinstance(outcome, Later)


def test_the_second_address_of_a_host_is_tried() -> None:
    """`localhost` is often two addresses, and the server listens on one of them."""
    with faulty_server(FaultyServer()) as server:
        account = replace(SmtpAccount("localhost", 0, Tls.NONE), port=server.port)
        addresses = {found[4][0] for found in socket.getaddrinfo("localhost", server.port)}

        async def try_it() -> bool:
            opened = await Connector(account).connect()
            if isinstance(opened, Opened):
                cut(opened.transport)
                await asyncio.sleep(0)
            return isinstance(opened, Opened)

        assert "127.0.0.1" in addresses
        assert asyncio.run(try_it())


def test_a_password_is_never_shown() -> None:
    """Printed or logged by mistake, an account tells its host and no secret."""
    bearer = GivenTokens(lambda: "x")
    shown = repr(SmtpAccount("h", 1, user="u", password="a long word", bearer=bearer))  # noqa: S106 - to look for it

    assert "a long word" not in shown
    assert "bearer" not in shown


def test_what_we_rely_on_in_aiosmtplib_is_there() -> None:
    """After signing in, the transport is the client's attribute and can be parted from it."""
    taken = {"hostname", "sock", "local_hostname", "timeout", "use_tls", "start_tls", "tls_context"}
    assert taken <= set(inspect.signature(aiosmtplib.SMTP).parameters)
    for name in ("auth_plain", "auth_login", "auth_crammd5", "auth_xoauth2", "ehlo", "helo"):
        assert inspect.iscoroutinefunction(getattr(aiosmtplib.SMTP, name))

    with faulty_server(FaultyServer()) as server:

        async def look() -> None:
            client = aiosmtplib.SMTP(
                hostname="127.0.0.1", port=server.port, use_tls=False, start_tls=False
            )
            await client.connect()
            assert client.is_ehlo_or_helo_needed
            await client.ehlo()
            assert "pipelining" in client.esmtp_extensions
            transport, protocol = client.transport, client.protocol
            assert isinstance(transport, asyncio.Transport)
            assert isinstance(protocol, SMTPProtocol)
            client.transport = client.protocol = None
            client.close()
            assert not transport.is_closing()
            listener = _Listener()
            transport.set_protocol(listener)
            transport.write(b"NOOP\r\n")
            assert (await listener.heard).startswith(b"500")
            cut(transport)
            await asyncio.sleep(0)

        asyncio.run(look())


class _Listener(asyncio.Protocol):
    def __init__(self) -> None:
        self.heard: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    def data_received(self, data: bytes) -> None:
        """Keep what came."""
        self.heard.set_result(data)
