"""Processes that fight for the same times of the same people; started by tests and the benchmark.

    python -m tests.engine.rivals URL NUMBER ATTEMPTS

Tries so often to hold a time for a meeting of four people, and says as JSON how often it could,
how often somebody had been quicker, and how often the database gave up.
"""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from itertools import pairwise
from pathlib import Path
from time import perf_counter

from sqlalchemy import select

from tests.world import at
from worker.domain.errors import StoreError
from worker.domain.meetings import MeetingId, Span
from worker.engine import tables
from worker.engine.journal.holds import lock_diaries, take
from worker.engine.journal.store import Store
from worker.engine.tables import moment

ROOT = Path(__file__).parents[2]
PEOPLE = 16
TIMES = 40
_BEGINS = "2026-04-01 09:00"
_READY = b"ready\n"


@dataclass(frozen=True, slots=True)
class Fought:
    """How a fight ended."""

    taken: int
    refused: int
    failed: int  # deadlocks, and whatever else a database gives up for
    seconds: float


def attempt(store: Store, number: int, count: int) -> bool:
    """Try once to hold a time of four people, as a wave does."""
    digest = sha256(f"{number}/{count}".encode()).digest()
    whos = {f"staff/s{byte % PEOPLE}" for byte in digest[:4]}
    start = at(_BEGINS) + timedelta(minutes=15) * (digest[4] % TIMES)  # half of them overlap
    when = Span(start, start + timedelta(minutes=30))
    with store.write() as connection:
        lock_diaries(connection, whos)
        meeting = MeetingId(f"{number}/{count}")
        return take(connection, meeting, whos, [when], now=at(_BEGINS), expires_at=None)


def fight(url: str, processes: int, attempts: int) -> Fought:
    """Have *processes* fight, each for *attempts* times; they begin together."""
    children = [
        subprocess.Popen(  # noqa: S603 - this very module
            [sys.executable, "-m", "tests.engine.rivals", url, str(number), str(attempts)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        for number in range(processes)
    ]
    for child in children:
        if child.stdout is None or child.stdout.readline() != _READY:
            raise RuntimeError("a rival did not come to the fight")
    began = perf_counter()
    for child in children:
        if child.stdin is not None:
            child.stdin.write(b"go\n")
            child.stdin.flush()
    said = [json.loads(child.communicate()[0]) for child in children]
    sums = {key: sum(one[key] for one in said) for key in ("taken", "refused", "failed")}
    return Fought(**sums, seconds=perf_counter() - began)


def overlaps(url: str) -> list[tuple[str, Span, Span]]:
    """Give everybody who has two meetings at once."""
    store = Store(url)
    hold = tables.hold.c
    with store.read() as connection:
        query = select(hold.who, hold.starts_at, hold.ends_at).order_by(hold.who, hold.starts_at)
        rows = [
            (who, Span(moment(start), moment(end))) for who, start, end in connection.execute(query)
        ]
    store.close()
    return [
        (one, span, other_span)
        for (one, span), (other, other_span) in pairwise(rows)
        if one == other and other_span.start < span.end
    ]


def main(words: Sequence[str]) -> None:
    """Fight, and say how it went."""
    url, number, attempts = words[0], int(words[1]), int(words[2])
    store = Store(url)
    sys.stdout.write(_READY.decode())
    sys.stdout.flush()
    sys.stdin.readline()
    said = {"taken": 0, "refused": 0, "failed": 0}
    for count in range(attempts):
        try:
            said["taken" if attempt(store, number, count) else "refused"] += 1
        except StoreError:
            said["failed"] += 1
    store.close()
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    main(sys.argv[1:])
