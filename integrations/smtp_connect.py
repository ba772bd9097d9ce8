"""From an account to an authenticated connection: aiosmtplib does this part.

Greeting, EHLO, STARTTLS or TLS from the first byte, with the server's certificate checked, AUTH by
password or XOAUTH2: done by a library that is looked after. What comes out is the bare transport
and what the server offers; mails are driven over it by `integrations.smtp_session`. Every way in
which this can fail is an outcome, because no mail was named yet.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from ipaddress import ip_address

import aiosmtplib

from integrations.bearer import Bearer, NoToken
from integrations.cutting import cut
from integrations.replies import Phase, outcome_of_reply, quotable
from integrations.tls import Tls, trust
from worker.domain.outcomes import Later, Outcome, Refused, Scope

_PERMANENT = 500


@dataclass(frozen=True, slots=True)
class SmtpAccount:
    """One mailbox's way to its server; with a `bearer` it signs in by XOAUTH2."""

    host: str
    port: int
    tls: Tls = Tls.IMPLICIT
    user: str = ""
    password: str = field(default="", repr=False)
    bearer: Bearer | None = field(default=None, repr=False)
    ca_file: str = ""  # certificates to trust beside the system's
    greet_as: str = ""  # our name in EHLO; empty is this machine's, or its address


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long to wait for a server; the default values are those of RFC 5321 4.5.3.2."""

    connect: timedelta = timedelta(seconds=30)
    greeting: timedelta = timedelta(minutes=5)  # also EHLO, the TLS handshake and AUTH
    mail: timedelta = timedelta(minutes=5)
    rcpt: timedelta = timedelta(minutes=5)
    data: timedelta = timedelta(minutes=2)
    block: timedelta = timedelta(minutes=3)
    # Slow filters: who gives up earlier calls mails doubtful that have arrived.
    dot: timedelta = timedelta(minutes=10)
    reset: timedelta = timedelta(seconds=20)  # of a connection that was idle: is anybody there?


DEFAULT_TIMEOUTS = Timeouts()


@dataclass(frozen=True, slots=True)
class Opened:
    """An authenticated connection. Its transport still speaks to aiosmtplib's protocol."""

    transport: asyncio.Transport
    offers: Mapping[str, str]  # EHLO keywords in lower case, with their parameters


class Connector:
    """Opens connections of one account; the certificates to trust are read once."""

    def __init__(self, account: SmtpAccount, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self.account = account
        self.timeouts = timeouts
        self._context: ssl.SSLContext | None = None

    async def connect(self) -> Opened | Outcome:
        """Open a connection that is ready for mails, or say why there is none.

        Every failure is `Later` for the server's sake or `Refused` for the mailbox's.
        """
        try:
            if self._context is None and self.account.tls is not Tls.NONE:
                self._context = trust(self.account.ca_file)
            return await _open(self.account, self.timeouts, self._context)
        except _ABOUT_A_CONNECTION as problem:
            return _outcome_of(problem, f"{self.account.host}:{self.account.port}")


def _outcome_of(problem: Exception, place: str) -> Outcome:  # noqa: PLR0911 - a table
    """Map what went wrong before any mail was named; one place for all of it."""
    said = quotable(str(problem)) or type(problem).__name__
    match problem:
        case aiosmtplib.SMTPAuthenticationError():
            return outcome_of_reply(Phase.AUTH, problem.code, problem.message)
        case aiosmtplib.SMTPHeloError():
            return outcome_of_reply(Phase.EHLO, problem.code, problem.message)
        case aiosmtplib.SMTPResponseException():
            return outcome_of_reply(Phase.GREETING, problem.code, problem.message)
        case _CannotSignIn():
            return Refused(f"{place} {said}", Scope.MAILBOX)
        case NoToken():
            return Refused(f"no token for {place}: {said}", Scope.MAILBOX)
        case _TokenRanOut():
            return Later(f"{place} {said}", scope=Scope.SERVER)
        case _ if isinstance(problem, ssl.SSLError) or isinstance(problem.__cause__, ssl.SSLError):
            return Later(f"no trusted encryption with {place}: {said}", scope=Scope.SERVER)
        case _:
            return Later(f"no connection to {place}: {said}", scope=Scope.SERVER)


class _CannotSignIn(Exception):  # noqa: N818 - never leaves this module
    """The server offers no way of signing in that the account has."""


class _TokenRanOut(Exception):  # noqa: N818 - as above
    """The server did not take a token, and another may be better."""


_ABOUT_A_CONNECTION = (  # time-outs are an OSError
    OSError,
    aiosmtplib.SMTPException,
    NoToken,
    _CannotSignIn,
    _TokenRanOut,
)


async def _open(account: SmtpAccount, timeouts: Timeouts, context: ssl.SSLContext | None) -> Opened:
    connected = await _reach(account, timeouts.connect)
    client = _Client(
        hostname=account.host,
        sock=connected,
        local_hostname=account.greet_as or _own_name(connected),
        timeout=timeouts.greeting.total_seconds(),
        use_tls=account.tls is Tls.IMPLICIT,
        start_tls=account.tls is Tls.STARTTLS,
        tls_context=context,
    )
    try:
        await client.connect()
        if client.is_ehlo_or_helo_needed:
            await _introduce(client)
        await _sign_in(client, account)
        return _take_over(client)
    except BaseException:
        client.close()
        await asyncio.sleep(0)  # what a transport still closes, it closes now
        connected.close()  # and where there never was one, we do
        raise


class _Client(aiosmtplib.SMTP):
    """The library's client; a connection it gives up is cut, and waits for no TLS goodbye."""

    def close(self) -> None:
        """Cut the connection."""
        transport = self.transport
        super().close()
        if isinstance(transport, asyncio.Transport):
            cut(transport)


async def _reach(account: SmtpAccount, patience: timedelta) -> socket.socket:
    """Connect to the first of the host's addresses that answers, within *patience* in all."""
    loop = asyncio.get_running_loop()
    async with asyncio.timeout(patience.total_seconds()):
        found = await loop.getaddrinfo(account.host, account.port, type=socket.SOCK_STREAM)
        failure: OSError = OSError(f"{account.host} has no address")
        for family, kind, protocol, _, address in found:
            reached = socket.socket(family, kind, protocol)
            reached.setblocking(False)  # noqa: FBT003 - the standard library's own call
            try:
                await loop.sock_connect(reached, address)
            except OSError as problem:
                reached.close()
                failure = problem
            except BaseException:
                reached.close()
                raise
            else:
                return reached
    raise failure


def _own_name(connected: socket.socket) -> str:
    """Name this machine in EHLO: by its full name, else by address (RFC 5321 4.1.4)."""
    name = socket.gethostname()
    if "." in name and name.isascii():
        return name
    own = ip_address(connected.getsockname()[0].partition("%")[0])
    return f"[IPv6:{own}]" if own.version == 6 else f"[{own}]"  # noqa: PLR2004 - the other one


async def _introduce(client: aiosmtplib.SMTP) -> None:
    """Say EHLO; where that is not known, HELO, and nothing is offered."""
    try:
        await client.ehlo()
    except aiosmtplib.SMTPHeloError:
        if not client.is_connected:
            raise
        await client.helo()


async def _sign_in(client: aiosmtplib.SMTP, account: SmtpAccount) -> None:
    """Sign in once, by one method: some servers lock an account after a few failures."""
    if not account.user:
        return
    offered = client.server_auth_methods
    if account.bearer is not None:
        if "xoauth2" not in offered:
            raise _CannotSignIn("does not offer to sign in by XOAUTH2")
        await _bear(client, account.user, account.bearer)
    elif "plain" in offered:
        await client.auth_plain(account.user, account.password)
    elif "login" in offered:
        await client.auth_login(account.user, account.password)
    elif "cram-md5" in offered:
        await client.auth_crammd5(account.user, account.password)
    else:
        raise _CannotSignIn("does not offer to sign in by a password")


async def _bear(client: aiosmtplib.SMTP, user: str, bearer: Bearer) -> None:
    """Sign in with a token; it may have to be fetched, and others go on meanwhile."""
    token = await asyncio.to_thread(bearer.token)
    try:
        await client.auth_xoauth2(user, token)
    except aiosmtplib.SMTPAuthenticationError as problem:
        is_permanent = problem.code >= _PERMANENT
        if is_permanent and await asyncio.to_thread(bearer.refused, token):
            raise _TokenRanOut(f"does not take the token any more: {problem.message}") from problem
        raise
    bearer.accepted()


def _take_over(client: aiosmtplib.SMTP) -> Opened:
    """Part the transport from the library's objects, so that neither closes it any more."""
    transport = client.transport
    if not isinstance(transport, asyncio.Transport):
        raise aiosmtplib.SMTPServerDisconnected("Connection lost")
    opened = Opened(transport, dict(client.esmtp_extensions))
    client.protocol = None
    client.transport = None
    return opened
