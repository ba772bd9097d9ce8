"""A PostgreSQL of the tests' own: one server, and as many databases as are asked for.

It waits for no disk unless it is told to, because no test cuts the power of the machine; everything
else is as a company runs it. PostgreSQL refuses to be root, so as root it runs as the user its
package makes.
"""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from subprocess import run
from threading import Event
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier

from tests.servers.process import A_MOMENT, end, free_port, program, running

_USER = "postgres"
_TRIES = 1000
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "Asia/Tokyo",  # the journal must not care
}
_OF_THE_DISK = ("fsync", "full_page_writes", "synchronous_commit")


@dataclass
class Postgres:
    """A running server."""

    port: int
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _templates: dict[str, str] = field(default_factory=dict)

    def url(self, database: str) -> str:
        """Give the address of a database, as the setting `store` has it."""
        return f"postgresql://{_USER}@127.0.0.1:{self.port}/{database}"

    def database(self, template: str = "template0") -> str:
        """Make a database that nobody has used, and give its address."""
        name = f"store{next(self._numbers)}"
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            said = SQL("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY wal_log")
            connection.execute(said.format(Identifier(name), Identifier(template)))
        return self.url(name)

    def say(self, statement: str) -> None:
        """Have something done."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def ask(self, statement: str) -> Any:  # noqa: ANN401 - whatever PostgreSQL says
        """Ask for one value."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            row = connection.execute(statement.encode()).fetchone()
        return None if row is None else row[0]

    def kill(self) -> None:
        """Have it end at once, with all of its connections."""
        pid = (self.folder / "data" / "postmaster.pid").read_text(encoding="ascii").split()[0]
        os.kill(int(pid), signal.SIGQUIT)

    def name_of(self, url: str) -> str:
        """Give the name of a database by its address."""
        return url.rpartition("/")[2]

    def drop(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            said = SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(said.format(Identifier(self.name_of(url))))


@contextmanager
def postgres(*, waits_for_the_disk: bool = False) -> Iterator[Postgres]:
    """Run a PostgreSQL until the block ends."""
    with laid_out() as server, serving(server, waits_for_the_disk=waits_for_the_disk):
        yield server


@contextmanager
def laid_out() -> Iterator[Postgres]:
    """Give a server that does not run yet."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as name:
        folder = Path(name)
        data = folder / "data"
        data.mkdir(mode=0o700)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            uid, gid = _numbers_of(_USER)
            os.chown(data, uid, gid)
        words = ["-D", str(data), "-U", _USER, "--auth=trust", "--no-sync", "-E", "UTF8"]
        _checked([*_as_its_user(), _tool("initdb"), *words, "--locale=C.UTF-8"])
        yield Postgres(free_port(), folder)


@contextmanager
def standing_by(primary: Postgres) -> Iterator[Postgres]:
    """Run a standby of a running *primary*, which streams what was committed, and waits for nobody.

    It takes statements that read, until `promote`.
    """
    with tempfile.TemporaryDirectory(prefix="standby-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        if os.geteuid() == 0:
            os.chown(folder, *_numbers_of(_USER))
        source = f"host=127.0.0.1 port={primary.port} user={_USER}"
        words = [
            "-D",
            str(folder / "data"),
            "-d",
            source,
            "-X",
            "stream",
            "-c",
            "fast",
            "--no-sync",
        ]
        _checked([*_as_its_user(), _tool("pg_basebackup"), *words, "--write-recovery-conf"])
        standby = Postgres(free_port(), folder)
        with serving(standby):
            yield standby


def cut_off(standby: Postgres) -> None:
    """Have a standby hear nothing more of its primary."""
    standby.say("ALTER SYSTEM SET primary_conninfo = ''")
    standby.say("SELECT pg_reload_conf()")
    pause = Event()
    while standby.ask("SELECT count(*) FROM pg_stat_wal_receiver"):
        pause.wait(A_MOMENT)


def promote(standby: Postgres) -> None:
    """Have a standby take over, with what it has."""
    standby.say("SELECT pg_promote()")


@contextmanager
def serving(server: Postgres, *, waits_for_the_disk: bool = False) -> Iterator[None]:
    """Run a server that is laid out, on the port it had before."""
    chosen = _SETTINGS | dict.fromkeys(_OF_THE_DISK, "on" if waits_for_the_disk else "off")
    settings = [word for name, value in chosen.items() for word in ("-c", f"{name}={value}")]
    data = server.folder / "data"
    command = [*_as_its_user(), _tool("postgres"), "-D", str(data), "-k", ""]
    command += ["-p", str(server.port), *settings]
    with running(command, port=server.port, folder=server.folder) as process:
        _wait_until_it_takes_statements(server)
        try:
            yield
        finally:
            process.send_signal(2)  # a fast shutdown: connections are cut
            end(process)


def _wait_until_it_takes_statements(server: Postgres) -> None:
    """Return once the server is through with its start; the port is open before that."""
    pause = Event()
    asking = [_tool("pg_isready"), "-q", "-h", "127.0.0.1", "-p", str(server.port)]
    for _ in range(_TRIES):
        if run(asking, check=False).returncode == 0:  # noqa: S603 - of the tests themselves
            return
        pause.wait(A_MOMENT)
    raise RuntimeError(f"PostgreSQL on port {server.port} does not come up")


def _as_its_user() -> list[str]:
    if os.geteuid() != 0:
        return []
    uid, gid = _numbers_of(_USER)
    return [program("setpriv"), f"--reuid={uid}", f"--regid={gid}", "--clear-groups"]


def _numbers_of(user: str) -> tuple[int, int]:
    rows = [
        line.split(":") for line in Path("/etc/passwd").read_text(encoding="utf-8").splitlines()
    ]
    return next((int(row[2]), int(row[3])) for row in rows if row[0] == user)


def _tool(name: str) -> str:
    """Give the path of one of PostgreSQL's own programs, of the newest release there is."""
    found = sorted(
        Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=lambda path: int(path.parts[-3])
    )
    return str(found[-1]) if found else program(name)


def _checked(command: list[str]) -> None:
    done = run(command, capture_output=True, cwd="/", check=False)  # noqa: S603 - of the tests themselves
    if done.returncode:
        raise RuntimeError(done.stderr.decode(errors="replace"))
