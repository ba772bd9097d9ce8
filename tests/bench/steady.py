"""How near the engine comes to what a slow provider allows: 50 ms a mail, eight at a time."""

import tempfile
from pathlib import Path

from tests.bench.many import Place, rate
from tests.bench.measure import Figure
from tests.servers.postgres import laid_out, serving
from tests.servers.recorder import recorder
from tests.servers.redis import redis_server

PEOPLE = 1_600
AT_ONCE, MILLISECONDS = 8, 50
ALLOWED = AT_ONCE * 1000 / MILLISECONDS


def figures() -> list[Figure]:
    """Measure it on each pair of a store and a broker."""
    eight = ["--threads", str(AT_ONCE)]
    with (
        tempfile.TemporaryDirectory() as name,
        recorder(Path(name), "--slow", str(MILLISECONDS / 1000)) as provider,
        laid_out() as server,
        serving(server, waits_for_the_disk=True),
        redis_server(Path(name)) as redis,
    ):
        in_a_file = "sqlite:///{home}/.tsunagu/store.db"
        places = {
            "SQLite, in one process": Place(in_a_file, "embedded", [["up", *eight]], AT_ONCE),
            "PostgreSQL, in one process": Place(
                server.database(), "embedded", [["up", *eight]], AT_ONCE
            ),
            "PostgreSQL and Redis": Place(
                server.database(), redis, [["beat"], ["work", *eight]], AT_ONCE
            ),
        }
        return [_figure(name, rate(place, provider.port, PEOPLE)) for name, place in places.items()]


def _figure(name: str, found: float) -> Figure:
    return Figure(
        f"mails a second to a provider of {MILLISECONDS} ms, {AT_ONCE} at a time: {name}",
        f"{found:.0f} ({100 * found / ALLOWED:.0f} %)",
        f"what it allows: {ALLOWED:.0f}",
        "at least 90 %",
        found >= 0.9 * ALLOWED,
    )
