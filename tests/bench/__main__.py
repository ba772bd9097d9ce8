"""Take the figures, each beside its yardstick in the same run; `make bench`.

    python -m tests.bench [PART …]

Parts: commands, mails, replies, inbox, google, gmail, microsoft, exchange, steady, many, waiting,
memory, growth, crash, redelivery, soak, rivals, slots, year. All of them take about an hour. The
table is written to standard output and to `.cache/figures.md`. Ends with 1 if a promise was not
kept.
"""

import os
import platform
import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

from tests.bench.measure import CACHE, Figure, table

PARTS: Mapping[str, str] = {
    "commands": "tests.bench.commands",
    "mails": "tests.bench.mails",
    "replies": "tests.bench.replies",
    "inbox": "tests.bench.inbox",
    "answers": "tests.bench.answers",
    "google": "tests.bench.google_calendar",
    "gmail": "tests.bench.gmail",
    "microsoft": "tests.bench.outlook_calendar",
    "exchange": "tests.bench.exchange",
    "steady": "tests.bench.steady",
    "many": "tests.bench.many",
    "waiting": "tests.bench.waiting",
    "memory": "tests.bench.memory",
    "growth": "tests.bench.growth",
    "crash": "tests.bench.crash_price",
    "redelivery": "tests.bench.redelivery",
    "soak": "tests.bench.soak",
    "rivals": "tests.bench.rivals",
    "slots": "tests.bench.slots",
    "year": "tests.bench.year",
}


def machine() -> str:
    """Say on what the figures were taken."""
    told = Path("/proc/meminfo").read_text(encoding="ascii").split()[1]
    return (
        f"{os.cpu_count()} cores, {int(told) / 1_048_576:.0f} GB, {platform.system()}"
        f" {platform.release()}, Python {platform.python_version()}; load before"
        f" {os.getloadavg()[0]:.1f}"
    )


def main(wanted: list[str]) -> int:
    """Take the figures of the parts that are wanted: all, if none is named."""
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.stderr.write(f"There is no part {', '.join(unknown)}. Parts: {', '.join(PARTS)}\n")
        return 2
    told = machine()
    figures: list[Figure] = []
    for part in wanted or PARTS:
        sys.stderr.write(f"{part}\n")
        take: Callable[[], list[Figure]] = import_module(PARTS[part]).figures
        figures += take()
    page = f"{told}\n\n{table(figures)}"
    CACHE.mkdir(exist_ok=True)
    (CACHE / "figures.md").write_text(page, encoding="utf-8")
    sys.stdout.write(page)
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
