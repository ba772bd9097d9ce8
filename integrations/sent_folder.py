"""Looks a mail that may have gone up in the Sent folder, by its Message-ID, over IMAP.

Finding it proves that it was accepted. Not finding it proves something only where the server itself
files what it is given to send (Gmail, Exchange): that is what `files_by_itself` says; elsewhere the
answer is "cannot be told". It refuses to change the mailbox: the folder is opened read-only.
"""

import imaplib
import re
from datetime import timedelta

from imapclient import imap_utf7  # type: ignore[import-untyped] # it ships no types

from integrations.bearer import Bearer, NoToken, proof_of
from integrations.imap_account import ImapAccount
from integrations.tls import Tls, trust

_USUAL_NAMES = (
    "Sent",
    "Sent Items",
    "Sent Messages",
    "INBOX.Sent",
    "&kAFP4W4IMH8wojCkMMYw4A-",  # 送信済みアイテム in modified UTF-7
    "&kAFP4W4IMH8w4TD8MOs-",  # 送信済みメール
)
_LISTED = re.compile(rb'\((?P<flags>[^)]*)\) (?:"[^"]*"|NIL) (?P<name>.+)', re.IGNORECASE)
_MESSAGE_ID = re.compile(r"<[!#-\[\]-~]+>")
_PATIENCE = timedelta(seconds=30)


class ImapSentFolder:
    """A `SentFolder` over IMAP; an empty *folder* means the one the server marks as Sent."""

    def __init__(
        self,
        account: ImapAccount,
        *,
        folder: str = "",
        files_by_itself: bool = False,
        patience: timedelta = _PATIENCE,
    ) -> None:
        self._account = account
        self._folder = folder
        self._files_by_itself = files_by_itself
        self._patience = patience

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail of that Message-ID is there; None where that cannot be told."""
        if _MESSAGE_ID.fullmatch(message_id) is None:
            return None
        try:
            with self._connected() as server:
                found = self._search(server, message_id)
        except (OSError, imaplib.IMAP4.error, NoToken, UnicodeError):  # imaplib speaks ASCII only
            return None
        if found is False and not self._files_by_itself:
            return None
        return found

    def _connected(self) -> imaplib.IMAP4:
        """Connect and sign in; leaving the block of it signs out."""
        account = self._account
        seconds = self._patience.total_seconds()
        if account.tls is Tls.IMPLICIT:
            server: imaplib.IMAP4 = imaplib.IMAP4_SSL(
                account.host, account.port, ssl_context=trust(account.ca_file), timeout=seconds
            )
        else:
            server = imaplib.IMAP4(account.host, account.port, timeout=seconds)
        try:
            if account.tls is Tls.STARTTLS:
                server.starttls(trust(account.ca_file))
            if account.bearer is None:
                server.login(account.user, account.password)
            else:
                _bear(server, account.user, account.bearer)
        except BaseException:
            server.shutdown()
            raise
        return server

    def _search(self, server: imaplib.IMAP4, message_id: str) -> bool | None:
        """Search the folder; None where there is none or it will not be searched."""
        folder = _on_the_wire(self._folder) if self._folder else _marked_as_sent(server)
        if not folder or server.select(_quoted(folder), readonly=True)[0] != "OK":
            return None
        if "X-GM-EXT-1" in server.capabilities:
            # Gmail's header search lags behind its own index of ids.
            criteria: tuple[str, ...] = ("X-GM-RAW", _quoted(f"rfc822msgid:{message_id}"))
        else:
            criteria = ("HEADER", "Message-ID", _quoted(message_id))
        status, answer = server.uid("SEARCH", *criteria)
        if status != "OK":
            return None
        return any(part for part in answer if part)


def _bear(server: imaplib.IMAP4, user: str, bearer: Bearer) -> None:
    """Sign in with a token; to what a server explains after refusing it, we have no answer."""
    token = bearer.token()
    proofs = iter((proof_of(user, token),))
    try:
        server.authenticate("XOAUTH2", lambda _: next(proofs, b""))
    except imaplib.IMAP4.error:
        bearer.refused(token)  # the next look asks with another
        raise
    bearer.accepted()


def _marked_as_sent(server: imaplib.IMAP4) -> str:
    r"""Find the folder the server marks \Sent (RFC 6154), else one of a usual name."""
    status, lines = server.list()
    if status != "OK":
        return ""
    names: list[str] = []
    for line in lines:
        found = _LISTED.match(line) if isinstance(line, bytes) else None
        if found is None:
            continue
        name = found["name"].decode("ascii", "replace").strip()
        if name.startswith('"'):
            name = name[1:-1].replace('\\"', '"').replace("\\\\", "\\")
        if b"\\sent" in found["flags"].lower().split():
            return name
        names.append(name)
    return next((name for name in _USUAL_NAMES if name in names), "")


def _on_the_wire(name: str) -> str:
    """Write a folder's name in modified UTF-7 (RFC 3501 5.1.3)."""
    return bytes(imap_utf7.encode(name)).decode("ascii")


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
