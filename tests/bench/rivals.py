"""Eight processes that fight for the same times, a thousand attempts, on either database.

The yardstick is one process that does the same attempts alone, in the same run.
"""

from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure
from tests.engine.rivals import Fought, fight, overlaps
from tests.servers.postgres import postgres
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate

PROCESSES, ATTEMPTS = 8, 125


def figures() -> list[Figure]:
    """Take the figures."""
    with TemporaryDirectory() as folder, postgres() as server:
        places = {
            "SQLite": (f"sqlite:///{Path(folder)}/one.db", f"sqlite:///{Path(folder)}/eight.db"),
            "PostgreSQL": (server.database(), server.database()),
        }
        return [_figure(name, *urls) for name, urls in places.items()]


def _figure(name: str, alone: str, together: str) -> Figure:
    one = _fought(alone, 1, PROCESSES * ATTEMPTS)
    eight = _fought(together, PROCESSES, ATTEMPTS)
    twice = len(overlaps(together))
    ours = (
        f"{eight.seconds:.1f} s; {eight.taken} held, {eight.refused} refused, {twice} twice, "
        f"{eight.failed} given up"
    )
    return Figure(
        f"8 processes, 1,000 attempts at the same times, {name}",
        ours,
        f"{one.seconds:.1f} s by one process ({one.taken} held)",
        "nobody twice, no deadlock",
        kept=not twice and not eight.failed,
    )


def _fought(url: str, processes: int, attempts: int) -> Fought:
    store = Store(url)
    migrate(store)
    store.close()
    return fight(url, processes, attempts)
