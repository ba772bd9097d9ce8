"""A real IMAP server on this machine, for demonstrations and tests: Dovecot, in its own folder.

Whoever signs in with the one password has a mailbox, a Maildir to be filled as a delivery agent
does. It listens to this machine alone, needs no root, and is gone with its folder. Dovecot is not
ours to ship: where it is missing, `missing` says in one line what to type.
"""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event
from time import monotonic

from imapclient import imap_utf7  # type: ignore[import-untyped] # it ships no types

PASSWORD = "a-long-word"  # noqa: S105 - of a server that lives as long as a demonstration
SENT = "Copies of sent mails"  # marked as \Sent, whatever it is called
_MAIL_USER = "mail"  # Debian has it, and Dovecot reads no mail as root
# Where servers live, and a user's PATH may not look.
_PATH = f"{os.defpath}:/usr/local/bin:/usr/sbin:/usr/local/sbin:/sbin"
_KNOWN = "2.3."  # the releases whose configuration this is
_TRIES = 3  # a port that was free may be taken a moment later
_PATIENCE = 20.0  # seconds for the server to come up or go down on a busy machine
_A_MOMENT = 0.02

CONFIG = """
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
  mailbox "{sent}" {{
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
_NOT_ROOT = """
default_internal_user = {me}
default_internal_group = {group}
default_login_user = {me}
"""


def missing(path: str = _PATH) -> str:
    """Say in one line what is missing for a server of our own, and how to get it; empty: nothing.

    The line is for a terminal, in English, as a package manager would say it.
    """
    dovecot = shutil.which("dovecot", path=path)
    if dovecot is None:
        return "Dovecot is not installed: sudo apt-get install dovecot-imapd"
    said = subprocess.run(  # noqa: S603 - the program found above
        [dovecot, "--version"], capture_output=True, text=True, check=False
    ).stdout
    if not said.startswith(_KNOWN):
        release = said.partition(" ")[0].strip()
        return f"Dovecot {release} is configured otherwise: install a release {_KNOWN}x"
    return ""


@dataclass
class LocalImap:
    """A server that is laid out, or runs; it answers on `port`.

    `owner` is the user whose files the mails are, where the server was started by root.
    """

    folder: Path
    owner: tuple[int, int] | None
    port: int = 0
    tls_port: int = 0

    def mailbox(self, user: str) -> "LocalMailbox":
        """Give somebody's mailbox, made when the first mail comes."""
        return LocalMailbox(self, user)

    def configure(self, encryption: str = "ssl = no\n", *, is_encrypted: bool = False) -> None:
        """Write the configuration down, with ports that are free now."""
        self.port, self.tls_port = self.port or _free_port(), _free_port()
        uid, gid = self.owner or (os.geteuid(), os.getegid())
        said = CONFIG.format(
            folder=self.folder,
            password=PASSWORD,
            sent=SENT,
            uid=uid,
            gid=gid,
            port=self.port,
            tls_port=self.tls_port if is_encrypted else 0,
        )
        said += encryption
        if self.owner is None:
            me = _named("/etc/passwd", os.geteuid())
            said += _NOT_ROOT.format(me=me, group=_named("/etc/group", os.getegid()))
        (self.folder / "dovecot.conf").write_text(said, encoding="utf-8")

    def administer(self, *words: str, is_sure: bool = True) -> None:
        """Do something with the tool of Dovecot's own; raise if that fails where it *is_sure*."""
        subprocess.run(  # noqa: S603 - the words are ours
            [_program("doveadm"), "-c", str(self.folder / "dovecot.conf"), *words],
            check=is_sure,
            capture_output=True,
        )

    def give_away(self, *paths: Path) -> None:
        """Let the server's user have files that root has made."""
        if self.owner is not None:
            for path in paths:
                os.chown(path, *self.owner)


@dataclass
class LocalMailbox:
    """One user's mailbox, and what can be done to it behind the server's back."""

    server: LocalImap
    user: str
    numbers: Iterator[int] = field(default_factory=count)

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

    def deliver(self, content: bytes, at: datetime, folder: str = "INBOX") -> None:
        """Put a mail that arrived at an instant into a folder, as a delivery agent does."""
        maildir = self.maildir(folder)
        number = next(self.numbers)
        name = f"{1_700_000_000 + number}.{number:09d}.tsunagu"
        draft = maildir / "tmp" / name
        draft.write_bytes(content)
        os.utime(draft, (at.timestamp(), at.timestamp()))
        self.server.give_away(draft)
        draft.rename(maildir / "new" / name)


@contextmanager
def local_imap() -> Iterator[LocalImap]:
    """Run a server until the block ends.

    Raises:
        RuntimeError: It does not start; why stands in the message.
    """
    with laid_out() as server, serving(server):
        yield server


@contextmanager
def laid_out() -> Iterator[LocalImap]:
    """Give a server that does not run yet; its mailboxes can be filled."""
    with TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # also for the server's user
        owner = _entry("/etc/passwd", _MAIL_USER) if os.geteuid() == 0 else None
        server = LocalImap(folder, owner)
        for each in ("mail", "home", "run"):
            (folder / each).mkdir(mode=0o755)
        server.give_away(folder / "mail", folder / "home")
        yield server


@contextmanager
def serving(
    server: LocalImap, encryption: str = "ssl = no\n", *, is_encrypted: bool = False
) -> Iterator[None]:
    """Run a server that is laid out, on the port it had before; end it with its connections."""
    running = _started(server, encryption, is_encrypted=is_encrypted)
    try:
        yield
    finally:
        server.administer("kick", "*", is_sure=False)  # connections outlive it otherwise
        _end(running)


def _started(
    server: LocalImap, encryption: str, *, is_encrypted: bool
) -> "subprocess.Popen[bytes]":
    """Start it, on other ports where somebody else was quicker."""
    for _ in range(_TRIES - 1):
        server.configure(encryption, is_encrypted=is_encrypted)
        try:
            return _tried(server)
        except RuntimeError:
            server.port = 0
    server.configure(encryption, is_encrypted=is_encrypted)
    return _tried(server)


def _tried(server: LocalImap) -> "subprocess.Popen[bytes]":
    """Start it, and return once it answers."""
    log = server.folder / "server.log"
    command = [_program("dovecot"), "-F", "-c", str(server.folder / "dovecot.conf")]
    with log.open("ab") as said:
        running = subprocess.Popen(  # noqa: S603 - the program found on this machine
            command, cwd=server.folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    until, pause = monotonic() + _PATIENCE, Event()
    while not _answers(server.port):
        if running.poll() is not None or monotonic() > until:
            _end(running)
            why = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            raise RuntimeError(f"Dovecot does not start: {why[-1] if why else 'it says nothing'}")
        pause.wait(_A_MOMENT)
    return running


def _end(running: "subprocess.Popen[bytes]") -> None:
    """Ask it to end; make it, if it does not."""
    if running.poll() is None:
        running.terminate()
    try:
        running.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        running.kill()
        running.wait()


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def _program(name: str) -> str:
    path = shutil.which(name, path=_PATH)
    if path is None:
        raise RuntimeError(missing() or f"{name} is not installed")
    return path


def _entry(table: str, name: str) -> tuple[int, int]:
    """Give the numbers of a user."""
    rows = [line.split(":") for line in Path(table).read_text(encoding="utf-8").splitlines()]
    return next((int(row[2]), int(row[3])) for row in rows if row[0] == name)


def _named(table: str, number: int) -> str:
    """Give the name of a user or group."""
    rows = [line.split(":") for line in Path(table).read_text(encoding="utf-8").splitlines()]
    return next(row[0] for row in rows if row[2] == str(number))
