"""A Dovecot of the tests' own: as many users as are asked for, each with a Maildir to fill by hand.

Whoever signs in with the one password has a mailbox, so every test takes a user of its own.
"""

import os
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from shutil import rmtree

from imapclient import imap_utf7  # type: ignore[import-untyped] # it ships no types

from tests.servers.certificates import Certificates
from tests.servers.process import free_port, program, running

PASSWORD = "a-long-word"  # noqa: S105 - of a server that lives as long as the tests
_MAIL_USER = "mail"  # Debian has it, and Dovecot reads no mail as root
_TRIES = 3  # a port that was free may be taken a moment later

_CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail/%u:LAYOUT=fs
mail_fsync = never
mail_max_userip_connections = 50
first_valid_uid = 1
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home/%u
}}
namespace inbox {{
  inbox = yes
  separator = /
  mailbox Junk {{
    auto = create
    special_use = \\Junk
  }}
  mailbox "Copies of sent mails" {{
    special_use = \\Sent
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
"""
_ENCRYPTED = """
ssl = yes
ssl_cert = <{certificate}
ssl_key = <{private_key}
"""
_NOT_ROOT = """
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
"""


@dataclass
class Dovecot:
    """A running server. It answers on `port` and, encrypted from the first byte, `tls_port`."""

    folder: Path
    owner: tuple[int, int] | None
    port: int = 0
    tls_port: int = 0
    users: Iterator[int] = field(default_factory=count)

    def mailbox(self) -> "Maildirs":
        """Give the mailbox of somebody who never had one."""
        return Maildirs(self, f"saiyo{next(self.users)}@example.jp")

    def administer(self, *words: str, is_sure: bool = True) -> None:
        """Do something with the tool of Dovecot's own; raise if that fails where it *is_sure*."""
        subprocess.run(  # noqa: S603 - a command of the tests themselves
            [program("doveadm"), "-c", str(self.folder / "dovecot.conf"), *words],
            check=is_sure,
            capture_output=True,
        )

    def configure(self, certificates: Certificates | None) -> None:
        """Write the configuration down, with ports that are free now."""
        self.port, self.tls_port = self.port or free_port(), free_port()
        uid, gid = self.owner or (os.geteuid(), os.getegid())
        said = _CONFIG.format(
            folder=self.folder,
            password=PASSWORD,
            uid=uid,
            gid=gid,
            port=self.port,
            tls_port=self.tls_port if certificates else 0,
        )
        if certificates is None:
            said += "ssl = no\n"
        else:
            said += _ENCRYPTED.format(
                certificate=certificates.certificate, private_key=certificates.private_key
            )
        if self.owner is None:
            me, group = (_named(f"/etc/{table}", number) for table, number in _ours())
            said += _NOT_ROOT.format(me=me, group=group)
        (self.folder / "dovecot.conf").write_text(said, encoding="utf-8")

    def give_away(self, *paths: Path) -> None:
        """Let the server's user have files that root has made."""
        if self.owner is not None:
            for path in paths:
                os.chown(path, *self.owner)


@dataclass
class Maildirs:
    """One user's mailbox, and what can be done to it behind the server's back."""

    server: Dovecot
    user: str
    numbers: Iterator[int] = field(default_factory=count)
    validities: Iterator[int] = field(default_factory=lambda: count(2_000_000_000))

    def maildir(self, name: str = "INBOX") -> Path:
        """Give the Maildir of a folder, made if it is not there."""
        maildir = self.server.folder / "mail" / self.user
        paths = [maildir]
        if name != "INBOX":
            maildir /= imap_utf7.encode(name).decode("ascii")
            paths.append(maildir)
        if not (maildir / "cur").is_dir():
            for part in ("tmp", "new", "cur"):
                (maildir / part).mkdir(parents=True, exist_ok=True)
            self.server.give_away(*paths, *maildir.iterdir())
        return maildir

    def put(self, mails: Iterable[bytes], folder: str, at: datetime) -> None:
        """Put mails that arrived at an instant into a folder, as a delivery agent does."""
        maildir = self.maildir(folder)
        for content in mails:
            number = next(self.numbers)
            name = f"{1_700_000_000 + number}.{number:09d}.test"
            temporary = maildir / "tmp" / name
            temporary.write_bytes(content)
            os.utime(temporary, (at.timestamp(), at.timestamp()))
            self.server.give_away(temporary)
            temporary.rename(maildir / "new" / name)

    def renumber(self, name: str) -> None:
        """Number the mails of a folder anew, as a server does that has lost its notes on it."""
        validity = str(next(self.validities))
        words = ("update", "-u", self.user, "--uid-validity", validity, name)
        self.server.administer("mailbox", *words)

    def remove(self, name: str) -> None:
        """Delete a folder with its mails."""
        rmtree(self.maildir(name))


@contextmanager
def dovecot(certificates: Certificates | None = None) -> Iterator[Dovecot]:
    """Run a Dovecot until the block ends."""
    with laid_out() as server, serving(server, certificates):
        yield server


@contextmanager
def laid_out() -> Iterator[Dovecot]:
    """Give a server that does not run yet; its mailboxes can be filled."""
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # also for the server's user
        owner = _entry("/etc/passwd", _MAIL_USER) if os.geteuid() == 0 else None
        server = Dovecot(folder, owner)
        for each in ("mail", "home", "run"):
            (folder / each).mkdir(mode=0o755)
        server.give_away(folder / "mail", folder / "home")
        yield server


@contextmanager
def serving(server: Dovecot, certificates: Certificates | None = None) -> Iterator[None]:
    """Run a server that is laid out, on the port it had before; end it with its connections."""
    command = [program("dovecot"), "-F", "-c", str(server.folder / "dovecot.conf")]
    with ExitStack() as stack:
        for tries_left in reversed(range(_TRIES)):
            server.configure(certificates)
            try:
                ran = running(command, port=server.port, folder=server.folder)
                stack.enter_context(ran)
            except RuntimeError:
                if not tries_left:
                    raise
                server.port = 0
            else:
                break
        yield
        server.administer("kick", "*", is_sure=False)  # connections outlive it otherwise


def _ours() -> tuple[tuple[str, int], tuple[str, int]]:
    return ("passwd", os.geteuid()), ("group", os.getegid())


def _entry(table: str, name: str) -> tuple[int, int]:
    """Give the numbers of a user."""
    rows = [line.split(":") for line in Path(table).read_text(encoding="utf-8").splitlines()]
    return next((int(row[2]), int(row[3])) for row in rows if row[0] == name)


def _named(table: str, number: int) -> str:
    """Give the name of a user or group."""
    rows = [line.split(":") for line in Path(table).read_text(encoding="utf-8").splitlines()]
    return next(row[0] for row in rows if row[2] == str(number))
