"""Run a program and say what it cost; keep a figure beside its yardstick and its promise."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from resource import struct_rusage
from statistics import median
from time import perf_counter

ROOT = Path(__file__).parents[2]
CACHE = ROOT / ".cache"
BENCH_PYTHON = CACHE / "bench-venv" / "bin" / "python"
MB = 1_000_000


@dataclass(frozen=True, slots=True)
class Run:
    """What one run of a program cost, and the JSON on its last line, if there was any."""

    wall: float  # seconds
    cpu: float  # seconds of user and system, children included
    peak: int  # bytes of memory at the worst moment
    said: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what was measured, and whether it is what was promised."""

    name: str
    ours: str
    yardstick: str  # what it is held against, as measured in the same run
    promise: str
    kept: bool


def run(
    command: Sequence[str | Path], *, cwd: Path = ROOT, reads_json: bool = False, expected: int = 0
) -> Run:
    """Run *command* to its end; raise if it did not end with the *expected* status."""
    began = perf_counter()
    with subprocess.Popen(  # noqa: S603 - a command of the benchmark itself
        [str(word) for word in command], cwd=cwd, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as child:
        out, complaint, cost = _wait(child)
    wall = perf_counter() - began
    if child.returncode != expected:
        raise RuntimeError(f"{command!r} ended with {child.returncode}:\n{complaint.decode()}")
    said = json.loads(out.splitlines()[-1]) if reads_json else {}
    return Run(wall, cost.ru_utime + cost.ru_stime, cost.ru_maxrss * 1024, said)


def _wait(child: "subprocess.Popen[bytes]") -> tuple[bytes, bytes, struct_rusage]:
    """Read what *child* says until it ends, and ask the system what it cost."""
    if child.stdout is None or child.stderr is None:
        raise RuntimeError("the child has no pipes")
    out = child.stdout.read()
    complaint = child.stderr.read()
    _, status, cost = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    return out, complaint, cost


def interleaved(
    rounds: int, contenders: Mapping[str, Callable[[], float]], *, tell: bool = True
) -> dict[str, float]:
    """Let every contender run once a round, and give the median of each."""
    seen: dict[str, list[float]] = {name: [] for name in contenders}
    for number in range(1, rounds + 1):
        for name, contend in contenders.items():
            seen[name].append(contend())
            if tell:
                sys.stderr.write(f"  round {number}: {name}: {seen[name][-1]:,.2f}\n")
    return {name: median(values) for name, values in seen.items()}


def table(figures: Sequence[Figure]) -> str:
    """Lay figures out as a Markdown table."""
    head = "| figure | ours | yardstick, same run | promised | kept |\n|---|---|---|---|---|\n"
    rows = (
        f"| {each.name} | {each.ours} | {each.yardstick} | {each.promise}"
        f" | {'yes' if each.kept else '**no**'} |\n"
        for each in figures
    )
    return head + "".join(rows)
