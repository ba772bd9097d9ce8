"""The servers of the chaos: real ones, each of which can be killed, frozen or filled up.

PostgreSQL, Redis, an SMTP server that writes down what it has, Dovecot, and the servers that speak
Google's and Graph's HTTP. What they have is their account, and survives whatever happens to them.
"""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from redis import Redis, RedisError

from integrations.google.calendar import SCOPES
from integrations.google.mailbox import SCOPES as MAIL_SCOPES
from integrations.localgoogle.calendars import LocalCalendars
from integrations.localgoogle.company import key_file, new_pair, sign_up
from integrations.localgoogle.mailboxes import LocalMailboxes
from integrations.localgoogle.server import LocalGoogle
from integrations.localgoogle.server import running as google_running
from integrations.localgraph.login import TENANT
from integrations.localgraph.server import GraphServer
from integrations.localimap import PASSWORD
from tests.chaos.hurry import HurriedClock
from tests.chaos.script import AT_GOOGLE, AT_MICROSOFT, SETTINGS, Cast
from tests.servers import dovecot
from tests.servers.certificates import Certificates, make_certificates
from tests.servers.disk import mount, small_disk
from tests.servers.dovecot import Dovecot, Maildirs
from tests.servers.postgres import Postgres, laid_out, serving
from tests.servers.process import free_port, program, running
from tests.servers.recorder import Recorder

SMALL = "1500m"  # the disk of the journal
_TRIES = 20  # to make it no larger than what lies on it, while others write
SLOW = "0.02"  # seconds the mail server thinks over each mail


class Servant:
    """A server that is a process: killed without warning, and started again where it was."""

    def __init__(self, command: list[str], port: int, folder: Path) -> None:
        self.port = port
        self._command = command
        self._folder = folder
        folder.mkdir()
        self._stack = ExitStack()
        self.start()

    def start(self) -> None:
        """Start it; it answers when this returns."""
        starting = running(self._command, port=self.port, folder=self._folder)
        self._process = self._stack.enter_context(starting)

    def kill(self) -> None:
        """Kill it."""
        self._process.kill()
        self._process.wait()
        self._stack.close()

    def freeze(self) -> None:
        """Stop it where it stands: connections stay, and nobody answers."""
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._process.send_signal(signal.SIGCONT)

    def close(self) -> None:
        """End it."""
        self.thaw()
        self._stack.close()


class Database:
    """A PostgreSQL whose journal lies on a small disk of its own, where this user may have one."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._server: Postgres = stack.enter_context(laid_out())
        self._serving = ExitStack()
        self.disk: Path | None = stack.enter_context(_disk(folder))
        stack.callback(self.close)
        self.start()
        self.url = self._server.database()
        self.name = self._server.name_of(self.url)
        self._say(f"ALTER DATABASE {self.name} SET synchronous_commit = on")
        if self.disk is not None:
            self._say(f"CREATE TABLESPACE small LOCATION '{self.disk / 'journal'}'")
            self._say(f"ALTER DATABASE {self.name} SET TABLESPACE small")

    @property
    def port(self) -> int:
        """Where it answers."""
        return self._server.port

    def start(self) -> None:
        """Start it, or start it again: it goes through its log first."""
        self._serving.enter_context(serving(self._server))

    def kill(self) -> None:
        """Have it end at once, and its connections with it: what it wrote to its log is kept."""
        pid = int((self._server.folder / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(pid, signal.SIGQUIT)
        self._serving.close()

    def restart(self) -> None:
        """Have it end at once, and start it again."""
        self.kill()
        self.start()

    def fill(self) -> None:
        """Leave no room on the disk of the journal: it is no larger than what lies on it."""
        if self.disk is None:
            return
        for patience in reversed(range(_TRIES)):
            try:
                mount(f"remount,size={shutil.disk_usage(self.disk).used}", self.disk)
            except subprocess.CalledProcessError:
                if not patience:
                    raise
                continue  # somebody wrote more between the look and the deed
            return

    def empty(self) -> None:
        """Make room again."""
        if self.disk is not None:
            mount(f"remount,size={SMALL}", self.disk)

    def close(self) -> None:
        """End it."""
        self._serving.close()

    def _say(self, statement: str) -> None:
        with psycopg.connect(self._server.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())


@contextmanager
def _disk(folder: Path) -> Iterator[Path | None]:
    """Give a small disk; None where this user may not mount one."""
    if os.geteuid() != 0:
        yield None
        return
    with small_disk(folder / "disk", SMALL) as disk:
        (disk / "journal").mkdir(mode=0o700)
        shutil.chown(disk / "journal", "postgres")
        yield disk


@dataclass
class Servers:
    """Everything that is not ours."""

    folder: Path
    database: Database
    redis: Servant
    smtp: Servant
    recorder: Recorder
    imap: Dovecot
    inbox: Maildirs
    google: LocalGoogle
    graph: GraphServer
    certificates: Certificates
    keys: Mapping[str, str]
    out: set[str] = field(default_factory=set)  # what does not answer just now

    @property
    def ports(self) -> list[int]:
        """Give every port that machines need to reach."""
        of_google = int(self.google.endpoint.rpartition(":")[2])
        mine = (self.database.port, self.redis.port, self.smtp.port, self.imap.tls_port)
        return [*mine, of_google, self.graph.port]

    def settings(self, host: str) -> str:
        """Write the settings of a machine that sees the servers at *host*."""
        postgres, broker, smtp, imap, of_google, of_graph = self.ports
        return SETTINGS.format(
            host=host,
            postgres=postgres,
            database=self.database.name,
            redis=broker,
            smtp=smtp,
            imap=imap,
            password=PASSWORD,
            google=of_google,
            graph=of_graph,
            tenant=TENANT,
            client=self.graph.login.client,
            secret=self.graph.login.secret,
        )

    def write_keys(self, home: Path, host: str) -> None:
        """Give a machine the keys of its accounts, and what it believes the servers by."""
        keys = home / "keys"
        keys.mkdir(mode=0o700)
        shutil.copy(self.certificates.ca_file, keys / "ca.pem")
        of_google = self.google.endpoint.rpartition(":")[2]
        told = {**self.keys, "token_uri": f"http://{host}:{of_google}/token"}
        (keys / "google.json").write_text(json.dumps(told), encoding="utf-8")
        (keys / "google.json").chmod(0o600)

    def forget(self) -> None:
        """Empty Redis."""
        url = f"redis://127.0.0.1:{self.redis.port}/0"
        with suppress(RedisError), Redis.from_url(url, socket_timeout=2) as client:
            client.flushall()

    def lose_at_google(self) -> None:
        """Cut the line after each of the next three changes."""
        self.google.faults.loses = 3

    def lose_at_microsoft(self) -> None:
        """Cut the line after each of the next three changes."""
        self.graph.loses_answers = 3


@contextmanager
def servers(
    folder: Path,
    hosts: Sequence[str],
    cast: Cast,
    clock: HurriedClock,
    *,
    is_kept: bool = False,
) -> Iterator[Servers]:
    """Run them until the block ends; machines see them at any of *hosts*.

    Ours needs nothing of what Redis has; where it *is_kept*, every command is on the disk first.
    """
    with ExitStack() as stack:
        names = ",".join(["DNS:localhost", "IP:127.0.0.1", *(f"IP:{host}" for host in hosts)])
        certificates = make_certificates(folder, names=names)
        database = Database(folder, stack)
        broker = stack.enter_context(_servant(_redis_command(is_kept=is_kept), folder / "redis"))
        smtp = stack.enter_context(_servant(_smtp_command(folder / "smtp"), folder / "smtp"))
        local_imap = stack.enter_context(dovecot.laid_out())
        stack.enter_context(dovecot.serving(local_imap, certificates))
        pair = new_pair()
        google = LocalGoogle(LocalCalendars(clock), LocalMailboxes(clock))
        sign_up(google, (AT_GOOGLE, *_at(cast, "google")), (*SCOPES, *MAIL_SCOPES), pair)
        google.calendars.domains = frozenset({"google.example", "outlook.example"})
        stack.enter_context(google_running(google))
        graph = GraphServer(certificates.server_context(), clock.now)
        stack.enter_context(graph)
        for address in (AT_MICROSOFT, *_at(cast, "outlook")):
            graph.graph.office.employ(address)
        inbox = Maildirs(local_imap, local_imap.local.mailbox("hr"))
        inbox.maildir()
        yield Servers(
            folder,
            database,
            broker,
            smtp,
            Recorder(smtp.port, folder / "smtp" / "received.log"),
            local_imap,
            inbox,
            google,
            graph,
            certificates,
            dict(key_file(google, pair)),
        )


def _at(cast: Cast, place: str) -> list[str]:
    return [one for one in cast.colleagues if f"@{place}." in one]


def _redis_command(*, is_kept: bool) -> tuple[list[str], int]:
    port = free_port()
    words = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendfsync", "always"]
    return [program("redis-server"), *words, "--appendonly", "yes" if is_kept else "no"], port


def _smtp_command(folder: Path) -> tuple[list[str], int]:
    port = free_port()
    words = [str(port), str(folder / "received.log"), "--slow", SLOW]
    return [sys.executable, "-m", "tests.servers.recorder", *words], port


@contextmanager
def _servant(made: tuple[list[str], int], folder: Path) -> Iterator[Servant]:
    servant = Servant(*made, folder)
    try:
        yield servant
    finally:
        servant.close()
