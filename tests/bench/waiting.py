"""What a tick with nothing due costs, by how many wait; and beside a snapshot that was forgotten.

Rows are made by the database itself, in the shape the engine gives them. On PostgreSQL a session
that was left in the middle of a transaction keeps every dead row alive: whoever looks for what is
due then walks over all that was done since.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter

from sqlalchemy import text

from integrations.mime.check import MimeWriter
from tests.bench import letter
from tests.bench.measure import Figure
from tests.bench.workspace import PLAYBOOK
from tests.servers.postgres import Postgres, laid_out, serving
from worker.cli.beat import LONGEST
from worker.domain.errors import BrokenPromise
from worker.domain.facts import PlaybookId
from worker.engine.engine import Engine, Outside
from worker.engine.enroll import publish
from worker.engine.journal.journal import Journal, open_journal
from worker.engine.render import Office
from worker.engine.tables import stamp
from worker.playbook.bundle import Bundle
from worker.playbook.workspace import Workspace
from worker.ports import Address, Mailer
from worker.wiring.clock import SystemClock

SIZES = (10_000, 100_000, 1_000_000, 10_000_000)
TICKS = 300
DONE = 200_000  # people who were due, and intents that were done, while a snapshot was open

_NUMBERS = {
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {n})",
    "postgresql": "WITH n(i) AS (SELECT generate_series(0, {n} - 1))",
}
_PEOPLE = """
INSERT INTO person (id, name, email, email_key, kana, locale, kind, department, mentor, manager,
  pace, timezone, tags, attributes, next_at)
{numbers} SELECT 'p' || i, 'Aoi Sato', 'p' || i || '@example.jp', 'p' || i || '@example.jp', '',
  'ja', 'offer_holder', 'Sales', '[]', '[]', 'standard', '', '[]', '{{}}', {first} + i * {step}
FROM n
"""
_INTENTS = """
INSERT INTO intent (key, person_id, enrollment_id, playbook, digest, step, occurrence, rung, kind,
  recipient, lane, state, next_at, fence, attempts, crashes, priority, due_at, resent, why, line)
{numbers} SELECT 'k' || i, 'p' || i, 1, 'letter', 'd', 'letter', 0, 0, 'mail', '', 'mail:hr',
  'ready', {first} + i * {step}, 0, 0, 0, 0, {first}, {no}, '[]', 1
FROM n
"""
_ENROLLED = (
    "INSERT INTO enrollment (id, person_id, playbook, digest, since, paused) "
    "VALUES (1, 'p0', 'letter', :digest, 0, {no})"
)
_BUNDLE = Bundle(
    {
        "playbook.yaml": PLAYBOOK.format(when="offer", in_doubt="ask").encode(),
        "mails/letter.md": letter.markdown().encode(),
    }
)


def figures() -> list[Figure]:
    """Measure both stores."""
    with (
        tempfile.TemporaryDirectory() as name,
        laid_out() as server,
        serving(server, waits_for_the_disk=True),
    ):
        found = [
            _flat("SQLite", lambda size: _sqlite(Path(name), size)),
            _flat("PostgreSQL", lambda _: server.database()),
        ]
        return [*found, _beside_a_snapshot(server)]


def _nobody(mailbox: str) -> Mailer:
    raise BrokenPromise(f"nothing is due, and somebody asks for the mailer of {mailbox}")


def _sqlite(folder: Path, size: int) -> str:
    return f"sqlite:///{folder / f'{size}.db'}"


def _filled(url: str, size: int) -> Journal:
    """Make a journal in which so many people and a tenth as many mails wait."""
    journal = open_journal(url)
    store = journal.store
    kind = "sqlite" if store.is_sqlite else "postgresql"
    no = "0" if store.is_sqlite else "false"
    publish(journal, PlaybookId("letter"), _BUNDLE, datetime.now(UTC))  # noqa: TID251 - as below
    step = "CAST(1000000 AS bigint)"
    first = stamp(datetime.now(UTC) + timedelta(days=30))  # noqa: TID251 - of a real clock
    people, mails = (_NUMBERS[kind].format(n=count) for count in (size, max(1, size // 10)))
    with store.writer.connect() as connection:
        if not store.is_sqlite:
            connection.execute(text("SET statement_timeout = 0"))
        connection.execute(text(_PEOPLE.format(numbers=people, first=first, step=step)))
        connection.execute(text(_ENROLLED.format(no=no)), {"digest": _BUNDLE.digest})
        connection.execute(text(_INTENTS.format(numbers=mails, first=first, no=no, step=step)))
        connection.commit()
    with store.writer.connect() as connection:
        if store.is_sqlite:
            connection.execute(text("ANALYZE"))
        else:
            connection.connection.dbapi_connection.autocommit = True  # type: ignore[union-attr] # psycopg's own
            connection.connection.cursor().execute("VACUUM ANALYZE")
    return journal


def _engine(journal: Journal) -> Engine:
    return Engine(
        journal,
        Office({"hr": Address("saiyo@example.co.jp")}),
        Outside(mailer_of=_nobody, write=MimeWriter()),
        clock=SystemClock(),
        workspace=Workspace(mailboxes=frozenset({"hr"})),
    )


def _ticks(engine: Engine, count: int = TICKS) -> list[float]:
    """Give the milliseconds of so many turns of the loop: tick, and when to look again."""
    seen = []
    for _ in range(count):
        now = engine.clock.now()
        began = perf_counter()
        engine.ticker.tick(now)
        engine.next_wake(now, LONGEST)
        seen.append(1000 * (perf_counter() - began))
    return seen


def _flat(name: str, place: Callable[[int], str]) -> Figure:
    costs: dict[int, float] = {}
    for size in SIZES:  # one after the other: ten million rows want the disk for themselves
        journal = _filled(place(size), size)
        engine = _engine(journal)
        _ticks(engine, 50)
        costs[size] = median(_ticks(engine))
        sys.stderr.write(f"  {name}, {size:,}: {costs[size]:.3f} ms\n")
        journal.close()
        path = journal.store.path
        if path is not None:
            path.unlink()
    told = ", ".join(f"{size:,}: {cost:.3f} ms" for size, cost in costs.items())
    least = costs[SIZES[0]]
    return Figure(
        f"a turn with nothing due, {name}, by people who wait",
        told,
        f"itself with {SIZES[0]:,}",
        "the same, ± 50 %",
        all(0.5 * least <= cost <= 1.5 * least for cost in costs.values()),
    )


@contextmanager
def _forgotten(journal: Journal) -> Iterator[None]:
    """Leave a session in the middle of a transaction that has seen the journal."""
    with ExitStack() as stack:
        connection = stack.enter_context(journal.store.writer.connect())
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        connection.execute(text("SET idle_in_transaction_session_timeout = 0"))
        connection.execute(text("SELECT count(*) FROM mark"))
        yield
        connection.rollback()


def _do_it_all(journal: Journal) -> None:
    """Have many people fall due and be looked at, and many mails be claimed, begun and done."""
    now = stamp(datetime.now(UTC) - timedelta(minutes=5))  # noqa: TID251 - of a real clock
    lives = (
        (
            "person",
            "next_at = :at",
            "id IN (SELECT 'p' || i FROM generate_series(CAST(:a AS int), CAST(:b AS int)) i)",
        ),
        ("intent", "next_at = :at, state = :state", "id BETWEEN :a AND :b"),
    )
    far = now + 10**15
    for table, change, which in lives:
        for state, at in (("ready", now), ("claimed", now + 1), ("begun", now + 2), ("done", far)):
            for begin in range(1, DONE, 5_000):
                said = f"UPDATE {table} SET {change} WHERE {which}"  # noqa: S608 - words of our own
                when = at if table == "person" or state != "done" else None
                values = {"at": when, "state": state, "a": begin, "b": begin + 4_999}
                with journal.store.write() as connection:
                    connection.execute(text(said), values)


def _beside_a_snapshot(server: Postgres) -> Figure:
    """Look while a forgotten session keeps all that was done from being swept away."""
    journal = _filled(server.database(), 10 * DONE)
    engine = _engine(journal)
    _ticks(engine, 50)
    before = median(_ticks(engine))
    with _forgotten(journal):
        _do_it_all(journal)
        _ticks(engine, 5)
        during = _ticks(engine)
    journal.close()
    worst = quantiles(during, n=100)[98]
    return Figure(
        f"the same beside a forgotten snapshot, {DONE:,} people and mails done since",
        f"{median(during):.2f} ms, 99 % within {worst:.2f} ms",
        f"before it {before:.2f} ms",
        "at most 1 ms",
        median(during) <= 1,
    )
