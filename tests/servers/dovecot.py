"""A Dovecot of the tests' own: as many users as are asked for, each with a Maildir to fill by hand.

Whoever signs in with the one password has a mailbox, so every test takes a user of its own.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import rmtree

from integrations import localimap
from integrations.localimap import PASSWORD, LocalImap, LocalMailbox
from tests.servers.certificates import Certificates

__all__ = ["PASSWORD", "Dovecot", "Maildirs", "dovecot", "laid_out", "serving"]

_ENCRYPTED = """
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{private_key}
"""

_BY_OAUTH = """
ssl = no
auth_mechanisms = xoauth2 oauthbearer
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {path}
}}
"""

_OAUTH = """
introspection_url = {url}
introspection_mode = get
username_attribute = email
active_attribute = active
active_value = true
force_introspection = yes
"""


@dataclass
class Dovecot:
    """A running server. It answers on `port` and, encrypted from the first byte, `tls_port`."""

    local: LocalImap
    users: Iterator[int] = field(default_factory=count)

    @property
    def port(self) -> int:
        """Where it answers."""
        return self.local.port

    @property
    def tls_port(self) -> int:
        """Where it answers encrypted."""
        return self.local.tls_port

    def mailbox(self) -> "Maildirs":
        """Give the mailbox of somebody who never had one."""
        return Maildirs(self, self.local.mailbox(f"saiyo{next(self.users)}@example.jp"))

    def administer(self, *words: str, is_sure: bool = True) -> None:
        """Do something with the tool of Dovecot's own; raise if that fails where it *is_sure*."""
        self.local.administer(*words, is_sure=is_sure)


@dataclass
class Maildirs:
    """One user's mailbox, and what can be done to it behind the server's back."""

    server: Dovecot
    local: LocalMailbox
    validities: Iterator[int] = field(default_factory=lambda: count(2_000_000_000))

    @property
    def user(self) -> str:
        """Who signs in."""
        return self.local.user

    def maildir(self, name: str = "INBOX") -> Path:
        """Give the Maildir of a folder, made if it is not there."""
        return self.local.maildir(name)

    def put(self, mails: Iterable[bytes], folder: str, at: datetime) -> None:
        """Put mails that arrived at an instant into a folder, as a delivery agent does."""
        for content in mails:
            self.local.deliver(content, at, folder)

    def renumber(self, name: str) -> None:
        """Number the mails of a folder anew, as a server does that has lost its notes on it."""
        validity = str(next(self.validities))
        words = ("update", "-u", self.user, "--uid-validity", validity, name)
        self.server.administer("mailbox", *words)

    def remove(self, name: str) -> None:
        """Delete a folder with its mails."""
        rmtree(self.maildir(name))


@contextmanager
def dovecot(certificates: Certificates | None = None, *, tokens_at: str = "") -> Iterator[Dovecot]:
    """Run a Dovecot until the block ends; with *tokens_at* it asks there whose a token is."""
    with laid_out() as server:
        if not tokens_at:
            with serving(server, certificates):
                yield server
            return
        path = server.local.folder / "tokens.conf"
        path.write_text(_OAUTH.format(url=tokens_at), encoding="utf-8")
        with localimap.serving(server.local, _BY_OAUTH.format(path=path)):
            yield server


@contextmanager
def laid_out() -> Iterator[Dovecot]:
    """Give a server that does not run yet; its mailboxes can be filled."""
    with localimap.laid_out() as local:
        yield Dovecot(local)


@contextmanager
def serving(server: Dovecot, certificates: Certificates | None = None) -> Iterator[None]:
    """Run a server that is laid out, on the port it had before; end it with its connections."""
    if certificates is None:
        with localimap.serving(server.local):
            yield
        return
    encryption = _ENCRYPTED.format(
        certificate=certificates.certificate, private_key=certificates.private_key
    )
    with localimap.serving(server.local, encryption, is_encrypted=True):
        yield
