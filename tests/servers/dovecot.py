"""A Dovecot of a test's own: one user, mailboxes as Maildirs that the test fills by hand."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from imapclient import imap_utf7  # type: ignore[import-untyped] # it ships no types

from tests.servers.certificates import Certificates
from tests.servers.process import end, free_port, program, running

USER = "saiyo@example.jp"
PASSWORD = "a-long-word"  # noqa: S105 - of a server that lives for one test
_MAIL_USER = "mail"  # Debian has it, and Dovecot reads no mail as root

_CONFIG = """
protocols = imap
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/dovecot.log
ssl = {ssl}
{certificates}
disable_plaintext_auth = no
auth_mechanisms = plain login
mail_location = maildir:{folder}/mail:LAYOUT=fs
mail_plugins =
first_valid_uid = 1
mail_fsync = never
{users}
passdb {{
  driver = static
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
namespace inbox {{
  inbox = yes
  separator = /
  {special}
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  process_min_avail = 1
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    address = 127.0.0.1
    port = {tls_port}
  }}
}}
service stats {{
  chroot =
}}
protocol imap {{
  mail_max_userip_connections = 50
  {more}
}}
"""
_JUNK = """mailbox "{name}" {{
    auto = create
    special_use = \\Junk
  }}"""


@dataclass
class Dovecot:
    """A running server; its mailbox is `folder / "mail"`."""

    folder: Path
    port: int
    tls_port: int
    owner: tuple[int, int] | None
    numbers: Iterator[int] = field(default_factory=count)

    def maildir(self, name: str = "INBOX") -> Path:
        """Give the Maildir of a folder, made if it is not there."""
        wire_name = imap_utf7.encode(name).decode("ascii")
        maildir = self.folder / "mail" / wire_name if name != "INBOX" else self.folder / "mail"
        if not (maildir / "cur").is_dir():
            for part in ("tmp", "new", "cur"):
                (maildir / part).mkdir(parents=True, exist_ok=True)
            self._give_away(maildir, *maildir.iterdir())
        return maildir

    def deliver(
        self, mails: Iterable[bytes], *, to: str = "INBOX", at: datetime | None = None
    ) -> None:
        """Put mails into a folder, as a delivery agent does: all of them, or none yet."""
        maildir = self.maildir(to)
        for content in mails:
            number = next(self.numbers)
            name = f"{1_700_000_000 + number}.{number:09d}.test"
            temporary = maildir / "tmp" / name
            temporary.write_bytes(content)
            if at is not None:
                os.utime(temporary, (at.timestamp(), at.timestamp()))
            if self.owner is not None:
                os.chown(temporary, *self.owner)
            temporary.rename(maildir / "new" / name)

    def remove(self, name: str) -> None:
        """Delete a folder with its mails."""
        shutil.rmtree(self.maildir(name))

    def _give_away(self, *paths: Path) -> None:
        if self.owner is not None:
            for path in paths:
                os.chown(path, *self.owner)


@contextmanager
def dovecot(
    *,
    port: int | None = None,
    junk: str = "Junk",
    is_marked: bool = True,
    certificates: Certificates | None = None,
    more: str = "",
) -> Iterator[Dovecot]:
    """Run a Dovecot until the block ends; its folder *junk* is marked as such, or only named so."""
    with tempfile.TemporaryDirectory(prefix="dovecot-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        owner = _owner()
        server = Dovecot(folder, port or free_port(), free_port(), owner)
        for each in ("mail", "home", "run"):
            (folder / each).mkdir(mode=0o755)
        server._give_away(folder / "mail", folder / "home")  # noqa: SLF001 - its own
        if not is_marked:
            server.maildir(junk)
        _configure(server, junk=junk if is_marked else "", certificates=certificates, more=more)
        with serving(server):
            yield server


@contextmanager
def serving(server: Dovecot) -> Iterator[None]:
    """Run the server of a folder that is laid out; end it with all its connections."""
    command = [program("dovecot"), "-F", "-c", str(server.folder / "dovecot.conf")]
    with running(command, port=server.port, folder=server.folder) as process:
        try:
            yield
        finally:
            end(process)


def _owner() -> tuple[int, int] | None:
    if os.geteuid() != 0:
        return None
    found = Path("/etc/passwd").read_text(encoding="utf-8").splitlines()
    fields = next(line.split(":") for line in found if line.startswith(f"{_MAIL_USER}:"))
    return int(fields[2]), int(fields[3])


def _configure(
    server: Dovecot, *, junk: str, certificates: Certificates | None, more: str
) -> None:
    uid, gid = server.owner or (os.geteuid(), os.getegid())
    me = f"default_internal_user = {os.environ['USER']}" if server.owner is None else ""  # noqa: TID251 - who runs the test
    said = _CONFIG.format(
        folder=server.folder,
        ssl="yes" if certificates else "no",
        certificates=(
            f"ssl_cert = <{certificates.certificate}\nssl_key = <{certificates.private_key}"
            if certificates
            else ""
        ),
        users=me,
        password=PASSWORD,
        uid=uid,
        gid=gid,
        port=server.port,
        tls_port=server.tls_port if certificates else 0,
        special=_JUNK.format(name=junk) if junk else "",
        more=more,
    )
    (server.folder / "dovecot.conf").write_text(said, encoding="utf-8")
