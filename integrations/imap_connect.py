"""From an account to a signed-in connection: IMAPClient does this part, on a wire of ours.

TLS from the first byte or by STARTTLS, with the server's certificate checked; a password, or an
access token by XOAUTH2. Tried once, by one method: some servers lock an account after a few
failures. It refuses to send a password over a connection that should have been encrypted.
"""

import imaplib
import ssl
from collections.abc import Iterable
from dataclasses import dataclass

import imapclient  # type: ignore[import-untyped] # it ships no types

from integrations.bearer import Bearer, NoToken, proof_of
from integrations.imap_account import ImapAccount
from integrations.imap_trouble import (
    Denied,
    Garbled,
    RanOut,
    Step,
    says_limits,
    trouble_of,
    words_of,
)
from integrations.imap_wire import Bell, Patience, Stopped, TooMuch, Wire
from integrations.tls import Tls, trust
from worker.ports import InboxTrouble

BROKEN = (OSError, imaplib.IMAP4.error, TooMuch, Garbled, Denied, NoToken, RanOut)
"""All that can come out of speaking with a server, but for `Stopped`."""
UNREADABLE = (ValueError, LookupError, TypeError, AttributeError, RecursionError, AssertionError)
"""What the libraries raise over octets that are not IMAP."""


@dataclass(frozen=True, slots=True)
class Connected:
    """A signed-in connection, and what its server offers, in capitals."""

    wire: Wire
    offers: frozenset[str]


class _Client(imapclient.IMAPClient):  # type: ignore[misc] # it ships no types
    """The library's client, on a wire that was made for it."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        super().__init__(wire.host, wire.port, ssl=False)
        self.folder_encode = False
        wire.debug = 0  # else the library writes out every octet, to throw it away
        wire.make_interruptible()

    def _create_IMAP4(self) -> Wire:  # noqa: N802 - the library's name
        return self._wire


class Connector:
    """Opens connections of one account; the certificates to trust are read once."""

    def __init__(self, account: ImapAccount, patience: Patience, bell: Bell) -> None:
        self.place = f"{account.host}:{account.port}"
        self._account = account
        self._patience = patience
        self._bell = bell
        self._context: ssl.SSLContext | None = None

    def connect(self) -> Connected | InboxTrouble:
        """Open a connection and sign in, or say why that cannot be."""
        step = Step.CONNECT
        wire: Wire | None = None
        try:
            wire = self._reach()
            client = _Client(wire)
            if self._account.tls is Tls.STARTTLS:
                _encrypt(client, self._context)
            step = Step.SIGN_IN
            if wire.state == "NONAUTH":
                self._sign_in(client, wire)
            return Connected(wire, frozenset(map(str.upper, _offers(client))))
        except (*BROKEN, *UNREADABLE) as problem:
            if wire is not None:
                wire.shutdown()
            foreign = problem if isinstance(problem, BROKEN) else Garbled(repr(problem))
            return trouble_of(foreign, step, self.place)
        except Stopped:
            if wire is not None:
                wire.shutdown()
            raise

    def _reach(self) -> Wire:
        account = self._account
        if self._context is None and account.tls is not Tls.NONE:
            self._context = trust(account.ca_file)
        implicit = self._context if account.tls is Tls.IMPLICIT else None
        return Wire(account.host, account.port, implicit, self._patience, self._bell)

    def _sign_in(self, client: _Client, wire: Wire) -> None:
        account = self._account
        if account.bearer is not None:
            _bear(wire, account.user, account.bearer)
        elif not _fits_a_login(account) or client.has_capability("LOGINDISABLED"):
            if not client.has_capability("AUTH=PLAIN"):
                raise Denied("the server offers no way of signing in by this password")
            _authenticate(wire, "PLAIN", f"\0{account.user}\0{account.password}".encode())
        else:
            client.login(account.user, account.password)


def _offers(client: _Client) -> Iterable[str]:
    return (offer.decode("latin-1") for offer in client.capabilities())


def _encrypt(client: _Client, context: ssl.SSLContext | None) -> None:
    if not client.has_capability("STARTTLS"):
        raise Denied("the server does not offer encryption")
    client.starttls(context)


def _fits_a_login(account: ImapAccount) -> bool:
    """Whether both can stand in quotes; PLAIN takes all of UTF-8."""
    return all(text.isascii() and text.isprintable() for text in (account.user, account.password))


def _bear(wire: Wire, user: str, bearer: Bearer) -> None:
    """Sign in with a token; the first that is refused is replaced by another, next time."""
    token = bearer.token()
    try:
        _authenticate(wire, "XOAUTH2", proof_of(user, token))
    except imaplib.IMAP4.abort:
        raise
    except (imaplib.IMAP4.error, Denied) as problem:
        if says_limits(problem) or not bearer.refused(token):
            raise
        raise RanOut(words_of(problem)) from problem
    bearer.accepted()


def _authenticate(wire: Wire, method: str, proof: bytes) -> None:
    """Give the proof once; to what a server explains after refusing it, we have no answer."""
    proofs = iter((proof,))
    status, said = wire.authenticate(method, lambda _: next(proofs, b""))
    if status != "OK":
        raise Denied(repr(said))
