"""Mails a second of one, two and four workers on PostgreSQL and Redis, beside what else there is.

    python -m tests.bench many

All stand on the same two servers and send the same 5,000 mails to the same sink. Ours decide, write
the wish down, freeze the bytes, hand over and write the outcome down; who works is counted from the
moment at which everybody is due until the journal says that the last mail is done.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from time import perf_counter

from sqlalchemy import func, select

from tests.bench import letter
from tests.bench.measure import BENCH_PYTHON, ROOT, Figure, interleaved, run
from tests.bench.workspace import Layout, lay_out
from tests.servers.postgres import Postgres, laid_out, serving
from tests.servers.redis import redis_server
from tests.servers.sink import Sink, smtp_sink
from tests.servers.worker import said, until, worker
from worker.engine.journal.store import Store
from worker.engine.tables import intent

PEOPLE = 5_000
FEW = 1_000  # for peers that need half a minute for it
ROUNDS = 3
WORKERS = (1, 2, 4)
PREPARING = timedelta(seconds=20)
PEERS = Path(__file__).parent / "peers"
TSUNAGU = ROOT / ".venv" / "bin" / "tsunagu"
PATIENCE = 180.0


@contextmanager
def _servers() -> Iterator[tuple[Postgres, Path]]:
    with (
        tempfile.TemporaryDirectory() as name,
        laid_out() as server,
        serving(server, waits_for_the_disk=True),
    ):
        yield server, Path(name)


@contextmanager
def _sink() -> Iterator[tuple[Path, Sink]]:
    with tempfile.TemporaryDirectory() as name, smtp_sink(Path(name)) as sink:
        yield Path(name), sink


@dataclass(frozen=True, slots=True)
class Place:
    """Where a workspace is, and who works on it."""

    store: str  # an address; {home} is where it lies
    broker: str
    parts: Sequence[Sequence[str]]  # verbs and their words: a process each
    connections: int = 10


def rate(place: Place, port: int, people: int) -> float:
    """Give how many mails a second are done, from the moment at which all are due."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as running:
        home = Path(name)
        moment = _now() + PREPARING + people * timedelta(milliseconds=6)
        moment = moment.replace(microsecond=0)  # as the table of people has it
        lay_out(home, Layout(port, people, moment, connections=place.connections))
        url = place.store.format(home=home)
        with (home / "tsunagu.yaml").open("a", encoding="utf-8") as settings:
            settings.write(f"store: {url}\nbroker: {place.broker}\n")
        run([TSUNAGU, "upgrade"], cwd=home)
        run([TSUNAGU, "people", "import"], cwd=home)
        run([TSUNAGU, "up", "--until-idle"], cwd=home)  # everybody is enrolled and planned
        for verb, *words in place.parts:
            running.enter_context(worker(home, *words, verb=verb))
        verbs = {verb for verb, *_ in place.parts}
        until(lambda: sum(said(home, one).count("Working") for one in verbs) == len(place.parts))
        if _now() > moment:
            raise RuntimeError("the machine is too slow to prepare so many people in time")
        pause = Event()
        pause.wait((moment - _now()).total_seconds())
        began = perf_counter()
        with closing(Store(url)) as store:
            while _done(store) < people:
                if perf_counter() - began > PATIENCE:
                    raise RuntimeError(f"not all of {people} mails went: {said(home, 'work')}")
                pause.wait(0.05)  # to count is work for the server, too
        return people / (perf_counter() - began)


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - as this machine sees it


def _done(store: Store) -> int:
    done = select(func.count()).select_from(intent).where(intent.c.state == "done")
    with store.read() as connection:
        return connection.scalar(done) or 0


def ours(server: Postgres, redis: str, workers: int, people: int = PEOPLE) -> float:
    """Give the rate of one beat and so many workers."""
    with _sink() as (_, sink):
        place = Place(server.database(), redis, [["beat"], *[["work"]] * workers])
        found = rate(place, sink.port, people)
        if sink.received != people:
            raise RuntimeError(f"the server took {sink.received} of {people} mails")
    return found


def peer(script: str, server: Postgres, redis: str, people: int = FEW) -> float:
    """Give the rate of something else, which says itself how long it took."""
    with _sink() as (folder, sink):
        letter.write_for_post_office(folder, people)
        command: list[str | Path] = [BENCH_PYTHON, PEERS / script, folder, str(sink.port)]
        done = run([*command, str(people), server.database(), redis], reads_json=True)
        if sink.received != people:
            raise RuntimeError(f"{script}: the server took {sink.received} of {people} mails")
    return people / done.said["wall"]


def figures() -> list[Figure]:
    """Measure all of them in turn, round by round."""
    with _servers() as (server, folder), redis_server(folder) as redis:
        contenders: dict[str, Callable[[], float]] = {
            "post_office": lambda: peer("send_by_post_office.py", server, redis),
            "tutorial": lambda: peer("send_by_tutorial.py", server, redis),
            "celery": lambda: peer("send_by_celery.py", server, redis),
        }
        for count in WORKERS:
            contenders[str(count)] = lambda count=count: ours(server, redis, count)  # type: ignore[misc] # bound now
        seen = interleaved(ROUNDS, contenders)
    office, one, two = seen["post_office"], seen["1"], seen["2"]
    others = f"the tutorial's design {seen['tutorial']:,.0f}, celery {seen['celery']:,.0f}"
    sys.stderr.write(f"  {seen}\n")
    return [
        Figure(
            "mails a second on PostgreSQL and Redis, one worker",
            f"{one:,.0f} ({one / office:.1f} x)",
            f"django-post_office {office:,.0f}; {others}",
            "at least 8 x",
            one >= 8 * office,
        ),
        Figure(
            "the same, two workers",
            f"{two:,.0f} ({two / one:.2f} x of one)",
            f"one {one:,.0f}",
            "at least 1.6 x",
            two >= 1.6 * one,
        ),
        Figure(
            "the same, four workers",
            f"{seen['4']:,.0f} ({seen['4'] / one:.2f} x of one)",
            f"one {one:,.0f}",
            "-",
            kept=True,
        ),
    ]
