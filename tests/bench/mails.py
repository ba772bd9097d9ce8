"""Mails a second through the whole path, beside what else an officer could take.

Decide, write the wish down, freeze the bytes, hand over by SMTP, write the outcome down: 5,000
people due at once, SQLite that waits for its disk, one process, Postfix's smtp-sink.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.bench import letter
from tests.bench.measure import BENCH_PYTHON, MB, ROOT, Figure, Run, interleaved, run
from tests.bench.workspace import Layout, lay_out
from tests.servers.process import program
from tests.servers.sink import Sink, smtp_sink

PEOPLE = 5_000
ROUNDS = 5
SOURCE_MAILS = 20_000  # smtp-source is through with 5,000 before the machine has noticed
SIZE = 5_800
PREPARING = timedelta(milliseconds=2)  # a person: imported, enrolled and planned
PEER = Path(__file__).parent / "peers" / "send_by_post_office.py"
TSUNAGU = ROOT / ".venv" / "bin" / "tsunagu"


@contextmanager
def _folder_and_sink(*options: str) -> Iterator[tuple[Path, Sink]]:
    with tempfile.TemporaryDirectory() as name, smtp_sink(Path(name), *options) as sink:
        yield Path(name), sink


def smtp_source() -> float:
    """Mails a second of Postfix's own source with 10 sessions that are used again and again."""
    with _folder_and_sink() as (_, sink):
        words = ["-s", "10", "-m", str(SOURCE_MAILS), "-l", str(SIZE), "-d"]
        ends = ["-f", "saiyo@example.co.jp", "-t", "person@example.jp", f"127.0.0.1:{sink.port}"]
        done = run([program("smtp-source"), *words, *ends])
        _demand(sink.received, SOURCE_MAILS)
    return SOURCE_MAILS / done.wall


def post_office(people: int = PEOPLE) -> Run:
    """One run of django-post_office: `send_many`, then its sender with five threads."""
    with _folder_and_sink() as (folder, sink):
        letter.write_for_post_office(folder, people)
        done = run([BENCH_PYTHON, PEER, folder, str(sink.port), str(people)], reads_json=True)
        _demand(sink.received, people)
    return done


def ours(*options: str, people: int = PEOPLE, connections: int = 10) -> Run:
    """One run of ours: people imported and enrolled, and then all due at the same moment."""
    with _folder_and_sink(*options) as (folder, sink):
        now = datetime.now(UTC)  # noqa: TID251 - due as this machine sees it
        moment = now + timedelta(seconds=10) + people * PREPARING
        lay_out(folder, Layout(sink.port, people, moment, connections=connections))
        run([TSUNAGU, "people", "import"], cwd=folder)
        run([TSUNAGU, "up", "--until-idle"], cwd=folder)
        if datetime.now(UTC) > moment:  # noqa: TID251 - as above
            raise RuntimeError("the machine is too slow to prepare so many people in time")
        done = run([sys.executable, "-m", "tests.bench.drive", folder], reads_json=True)
        _demand(sink.received, people)
    return done


def _demand(received: int, sent: int) -> None:
    if received != sent:
        raise RuntimeError(f"the server took {received} of {sent} mails")


def figures() -> list[Figure]:
    """Measure all of them in turn, round by round."""
    costs: dict[str, list[Run]] = {"ours": [], "post_office": []}

    def rate(name: str, contend: Callable[[], Run]) -> Callable[[], float]:
        def once() -> float:
            done = contend()
            costs.setdefault(name, []).append(done)
            return PEOPLE / done.said["wall"]

        return once

    seen = interleaved(
        ROUNDS,
        {
            "smtp-source": smtp_source,
            "post_office": rate("post_office", post_office),
            "ours": rate("ours", ours),
            "ours, no PIPELINING": rate("plain", lambda: ours("-p")),
        },
    )
    source, peer, mine, plain = seen.values()
    cpu, peer_cpu = (_median_cpu(costs[name]) for name in ("ours", "post_office"))
    peak, peer_peak = (max(each.peak for each in costs[name]) for name in ("ours", "post_office"))
    return [
        Figure(
            "mails a second, whole path",
            f"{mine:,.0f} ({mine / peer:.1f} x)",
            f"django-post_office {peer:,.0f}",
            "at least 10 x",
            mine >= 10 * peer,
        ),
        Figure(
            "the same beside bare SMTP",
            f"{mine:,.0f} ({mine / source:.2f} x)",
            f"smtp-source, 10 sessions {source:,.0f}",
            "at least 0.25 x",
            mine >= 0.25 * source,
        ),
        Figure(
            "the same where the server has no PIPELINING",
            f"{plain:,.0f} ({plain / peer:.1f} x)",
            f"django-post_office {peer:,.0f}",
            "at least 4 x",
            plain >= 4 * peer,
        ),
        Figure(
            "CPU a mail",
            f"{cpu:.2f} ms",
            f"django-post_office {peer_cpu:.2f} ms",
            "at most 0.5 ms",
            cpu <= 0.5,
        ),
        Figure(
            f"peak memory, {PEOPLE:,} due",
            f"{peak / MB:.0f} MB",
            f"django-post_office {peer_peak / MB:.0f} MB",
            "at most 150 MB",
            peak <= 150 * MB,
        ),
    ]


def _median_cpu(runs: list[Run]) -> float:
    """Give the milliseconds of CPU a mail, of the median run."""
    return sorted(each.said["cpu"] for each in runs)[len(runs) // 2] / PEOPLE * 1000
