"""How much memory a worker holds after very many steps: whether it grows.

A beat and one worker on PostgreSQL and Redis, and people who get fifty mails each, all of which are
due. The worker's memory is looked at all the time. By itself:

    python -m tests.bench.soak STEPS
"""

import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, run
from threading import Event
from time import monotonic

from tests.bench.measure import MB, Figure, table
from tests.bench.redelivery import Here
from tests.bench.workspace import Layout, lay_out
from tests.chaos.members import Member
from tests.crash.many import servers
from tests.servers.sink import smtp_sink
from tests.servers.worker import TSUNAGU

STEPS = 100_000
EACH = 50  # mails of one person
MOST = 150 * MB
FLAT = 5 * MB  # what a process of Python breathes
PATIENCE = 3_600.0
A_LOOK = 0.5  # seconds
STEP = """\
  - id: letter-{number}
    when: offer
    mail: {{template: letter, from: hr}}
"""


def figures() -> list[Figure]:
    """Soak, and say what the worker held."""
    return [soak(STEPS)]


def soak(steps: int) -> Figure:
    """Let one worker do so many steps."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        settings, _ = stack.enter_context(servers())
        sink = stack.enter_context(smtp_sink(folder))
        home = folder / "hr"
        home.mkdir()
        yesterday = datetime.now(UTC) - timedelta(days=1)  # noqa: TID251 - of a real run
        lay_out(home, Layout(sink.port, steps // EACH, yesterday, connections=10))
        playbook = home / "playbooks" / "letter" / "playbook.yaml"
        head, _, _ = playbook.read_text(encoding="utf-8").partition("  - id: letter")
        written = head + "".join(STEP.format(number=number) for number in range(EACH))
        playbook.write_text(written, encoding="utf-8")
        with (home / "tsunagu.yaml").open("a", encoding="utf-8") as file:
            file.write(settings)
        typed = [str(TSUNAGU), "people", "import"]
        run(typed, cwd=home, check=True, stdout=DEVNULL)  # noqa: S603 - ours
        members = [
            Member(verb, home, Here(), partial(list, [str(TSUNAGU), verb]))
            for verb in ("beat", "work")
        ]
        for member in members:
            stack.callback(member.kill)
            member.start()
        held = _watched(members[1], lambda: sink.received, steps)
    tenths = [_held(held, steps * n / 10, steps * (n + 1) / 10) for n in range(10)]
    half, late = tenths[5], tenths[9]
    peak = max(one for _, one in held)
    return Figure(
        f"memory of a worker, {held[-1][0]:,} steps",
        f"at most {peak / MB:.0f} MB; by tenths: " + ", ".join(f"{one / MB:.0f}" for one in tenths),
        "-",
        f"at most {MOST // MB} MB, grown by less than {FLAT // MB} MB in the second half",
        kept=peak <= MOST and late - half < FLAT,
    )


def _held(held: list[tuple[int, int]], since: float, until: float) -> float:
    """Give what was held mostly while so much was done."""
    within = [one for done, one in held if since <= done <= until]
    return median(within or [one for done, one in held if done >= since][:1])


def _watched(member: Member, done: Callable[[], int], steps: int) -> list[tuple[int, int]]:
    """Look at how much is done and how many bytes are held, until everything is done."""
    held: list[tuple[int, int]] = []
    until, pause = monotonic() + PATIENCE, Event()
    while not held or held[-1][0] < steps:
        if monotonic() > until or not member.is_running:
            raise RuntimeError(f"{held[-1:]}: {member.said()[-2000:]}")
        pause.wait(A_LOOK)
        held.append((done(), member.memory))
    return held


if __name__ == "__main__":
    found = soak(int(sys.argv[1]))
    sys.stdout.write(table([found]))
    sys.exit(0 if found.kept else 1)
