"""The walk of docs/operating.md from one machine to four, typed as it stands there."""

import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from integrations.localimap import PASSWORD
from tests.bench.measure import ROOT
from tests.bench.workspace import Layout, lay_out
from tests.chaos.members import Member
from tests.chaos.network import Place, has_namespaces, machines
from tests.servers import dovecot
from tests.servers.certificates import make_certificates
from tests.servers.postgres import Postgres, postgres
from tests.servers.recorder import Recorder, recorder
from tests.servers.redis import redis_server
from tests.servers.worker import TSUNAGU, until

pytestmark = pytest.mark.services

PEOPLE = 60
MACHINES = ("hr1", "hr2", "work1", "work2")
DATABASE = "db.example.co.jp"
POSTGRES, REDIS, SMTP, IMAP = 5432, 6379, 2525, 9930  # as the machines see them
HEADING = "#### From one machine to four, step by step"
LASTING = ("beat", "work", "listen")
PATIENCE = 60.0

# What leads to other machines and users, where these are folders of one.
SHIMS = {
    "sudo": '#!/bin/sh\nshift 2\nexec "$@"\n',
    "rsync": """#!/bin/sh
# rsync -a --exclude .tsunagu ./ MACHINE:my-hr/
target="$MACHINES/$(echo "$5" | cut -d: -f1)/my-hr"
mkdir -p "$target"
tar -c --exclude ./.tsunagu . | tar -x -C "$target"
""",
}


@dataclass(frozen=True, slots=True)
class Typed:
    """Something that somebody types on a machine."""

    machine: str
    words: str

    @property
    def lasting(self) -> str:
        """Give the verb of what is not done until somebody ends it; empty for the rest."""
        verb = self.words.rpartition(" ")[2]
        return verb if verb in LASTING else ""


def walk() -> tuple[list[Typed], str]:
    """Read what is typed, in order, and what goes into the settings."""
    page = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    section = page.partition(HEADING)[2].partition("\n### ")[0]
    [settings] = re.findall(r"```yaml\n(.*?)```", section, re.DOTALL)
    blocks = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    parts = [part.partition("\n") for block in blocks for part in block.split("# on ")[1:]]
    return [Typed(machine, words.strip()) for machine, _, words in parts], settings


@dataclass
class Company:
    """Four machines, a database and the servers of a mail provider."""

    folder: Path
    places: dict[str, Place]
    server: Recorder
    database: Postgres

    @property
    def home(self) -> Path:
        """Give the workspace on the machine that has done everything so far."""
        return self.folder / "hr1" / "my-hr"

    @property
    def address(self) -> str:
        """Give where the machines see the servers."""
        return self.places["hr1"].address

    def type(self, typed: Typed) -> str:
        """Type something, wait until it is done, and give what it said."""
        shell = ["/bin/sh", "-euc", typed.words]
        place = self.places.get(typed.machine)
        shell_of = {
            "PATH": f"{self.folder / 'bin'}:{TSUNAGU.parent}:{os.defpath}",
            "LANG": "en_US.UTF-8",
            "MACHINES": str(self.folder),
        }
        at_database = {
            "PGHOST": "127.0.0.1",
            "PGPORT": str(self.database.port),
            "PGUSER": "postgres",
        }
        done = subprocess.run(  # noqa: S603 - what the page says
            shell if place is None else place.within(shell),
            cwd=self.folder / typed.machine,
            env=shell_of | (at_database if place is None else {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=PATIENCE,
        )
        assert done.returncode == 0, f"{typed}: {done.stdout}{done.stderr}"
        return done.stdout

    def start(self, machine: str, verb: str) -> Member:
        """Start what lasts."""
        command = [str(TSUNAGU), verb, "--language", "en"]
        home = self.folder / machine / "my-hr"
        member = Member(verb, home, self.places[machine], partial(list, command))
        member.start()
        return member

    def has(self, mails: int) -> None:
        """Wait until so many mails have arrived."""
        until(lambda: self.server.count >= mails, patience=PATIENCE)


@contextmanager
def company(folder: Path) -> Iterator[Company]:
    """Lay the machines out; `hr1` has a workspace whose journal is a file."""
    with ExitStack() as stack:
        room = stack.enter_context(machines(len(MACHINES)))
        names = ",".join(f"IP:{address}" for address in room.addresses)
        certificates = make_certificates(folder, names=names)
        database = stack.enter_context(postgres(waits_for_the_disk=True))
        broker = stack.enter_context(redis_server(folder))
        server = stack.enter_context(recorder(folder))
        imap = stack.enter_context(dovecot.laid_out())
        stack.enter_context(dovecot.serving(imap, certificates))
        inner = {
            POSTGRES: database.port,
            REDIS: int(broker.rpartition(":")[2].partition("/")[0]),
            SMTP: server.port,
            IMAP: imap.tls_port,
        }
        places = room.open_as(folder, inner, [DATABASE])
        for machine in ("bin", "db", *MACHINES):
            (folder / machine).mkdir()
        for name, text in SHIMS.items():
            (folder / "bin" / name).write_text(text, encoding="ascii")
            (folder / "bin" / name).chmod(0o755)
        there = Company(folder, dict(zip(MACHINES, places, strict=True)), server, database)
        begin(there)
        yield there


def begin(there: Company) -> None:
    """Give `hr1` what it works with: half of the people are due, the others half an hour later."""
    there.home.mkdir()
    now = datetime.now(UTC)  # noqa: TID251 - a real worker has a real clock
    lay_out(there.home, Layout(SMTP, PEOPLE, now - timedelta(hours=1), connections=2))
    offer(there, now + timedelta(minutes=30))
    (there.home / "ca.pem").write_bytes((there.folder / "ca.pem").read_bytes())
    (there.home / ".env").touch(mode=0o600)
    settings = there.home / "tsunagu.yaml"
    imap = f"host: {there.address}, port: {IMAP}, user: hr, password: {PASSWORD}, ca: ca.pem"
    said = settings.read_text(encoding="utf-8").replace("127.0.0.1", there.address)
    said = said.replace("    limits:", f"    imap: {{{imap}}}\n    limits:")
    settings.write_text(said, encoding="utf-8")


def offer(there: Company, at: datetime) -> None:
    """Write down that every other person had their offer at another moment."""
    table = there.home / "people.csv"
    head, *rows = table.read_text(encoding="utf-8").splitlines()
    when = at.isoformat(timespec="seconds")
    told = [f"{row.rpartition(',')[0]},{when}" if n % 2 else row for n, row in enumerate(rows)]
    table.write_text("\n".join([head, *told]) + "\n", encoding="utf-8")


@pytest.fixture
def there() -> Iterator[Company]:
    """The machines of a company."""
    with TemporaryDirectory(prefix="four-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # also for the users of servers
        with company(folder) as laid_out:
            yield laid_out


def test_one_machine_becomes_four_as_the_page_says(there: Company) -> None:
    """Typed as it stands there: everybody is written to once, though two machines fall over."""
    typed, settings = walk()
    with ExitStack() as stack:
        there.type(Typed("hr1", "cd my-hr && tsunagu people import"))
        alone = there.start("hr1", "up")
        stack.callback(alone.kill)
        there.has(PEOPLE // 2)
        assert alone.end() == 0

        team: dict[tuple[str, str], Member] = {}
        for one in typed:
            if one.lasting:
                team[one.machine, one.lasting] = there.start(one.machine, one.lasting)
                stack.callback(team[one.machine, one.lasting].kill)
                continue
            if "upgrade" in one.words:
                with (there.home / "tsunagu.yaml").open("a", encoding="utf-8") as written:
                    written.write(
                        settings if has_namespaces() else settings.replace(DATABASE, there.address)
                    )
            there.type(one)
        team["hr1", "beat"].kill()
        team["work1", "work"].kill()
        offer(there, datetime.now(UTC) - timedelta(minutes=1))  # noqa: TID251 - as above
        there.type(Typed("hr1", "cd my-hr && tsunagu people import"))
        there.has(PEOPLE)
        said = there.type(typed[-1])
        left = [one for who, one in team.items() if who not in DEAD]
        statuses = [one.end() for one in left]

    assert set(team) == TEAM
    assert "running, process" in said
    assert "Nothing needs looking at." in said
    assert statuses == [0] * len(left), "\n".join(one.said() for one in left)
    received = Counter(mail.recipient for mail in there.server.mails)
    assert (len(received), set(received.values())) == (PEOPLE, {1})
    assert not (there.folder / "work1" / "my-hr" / ".tsunagu" / "store.db").exists()


DEAD = {("hr1", "beat"), ("work1", "work")}
TEAM = {*DEAD, ("hr2", "beat"), ("hr2", "listen"), ("work2", "work")}
