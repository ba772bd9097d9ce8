"""A year of the reference playbook for 10,000 people, beside a loop that only computes moments."""

import sys
import tempfile
from pathlib import Path

from tests.bench.measure import MB, ROOT, Figure, Run, interleaved, run

PEOPLE = 10_000
ROUNDS = 3
PLAYBOOK = ROOT / "playbooks" / "naitei-follow"
TSUNAGU = ROOT / ".venv" / "bin" / "tsunagu"


def figures() -> list[Figure]:
    """Measure both as whole commands."""
    runs: list[Run] = []
    command: list[str | Path] = [
        TSUNAGU,
        "simulate",
        PLAYBOOK.name,
        "--people",
        str(PEOPLE),
        "--json",
    ]

    def simulated() -> float:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder) / "hr"
            run([TSUNAGU, "init", home])
            runs.append(run(command, cwd=home))
        return runs[-1].wall

    def bare() -> float:
        return run([sys.executable, "-m", "tests.bench.bare_year", PLAYBOOK, str(PEOPLE)]).wall

    seen = interleaved(ROUNDS, {"bare": bare, "simulate": simulated})
    peak = max(each.peak for each in runs)
    ours, yardstick = seen["simulate"], seen["bare"]
    return [
        Figure(
            f"`tsunagu simulate` of a year, {PEOPLE:,} people",
            f"{ours:.1f} s ({ours / yardstick:.1f} x), {peak / MB:.0f} MB",
            f"a bare loop over the same moments {yardstick:.1f} s",
            "at most 10 x and 500 MB",
            ours <= 10 * yardstick and peak <= 500 * MB,
        )
    ]
