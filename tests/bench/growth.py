"""What a worker costs while nothing is due, and how late it is when fifty are due a second."""

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median, quantiles
from threading import Event
from time import perf_counter

from integrations.mime.check import MimeWriter
from tests.bench.crowd import crowd
from tests.bench.measure import MB, ROOT, Figure, run
from tests.bench.workspace import Layout, lay_out
from tests.servers.recorder import recorder
from tests.servers.worker import said, until, worker
from worker.domain.errors import BrokenPromise
from worker.engine.engine import Engine, Outside
from worker.engine.render import Office
from worker.playbook.workspace import Workspace
from worker.ports import Address, Mailer
from worker.wiring.clock import SystemClock

TSUNAGU = ROOT / ".venv" / "bin" / "tsunagu"
SIZES = (10_000, 100_000, 1_000_000)
TICKS = 300
IDLE_FOR = 30.0
WAITING = 100_000
A_SECOND = 50
WATCHED = 60  # seconds
PLANNING = timedelta(minutes=6)  # after which the first of the crowd is due
TICK_OF_CPU = os.sysconf("SC_CLK_TCK")


def figures() -> list[Figure]:
    """Measure all of them."""
    return [_tick(), _idle(), _lateness()]


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - a real process has a real clock


def _nobody(mailbox: str) -> Mailer:
    raise BrokenPromise(f"nothing is due, and somebody asks for the mailer of {mailbox}")


def _tick() -> Figure:
    """Time a tick with nothing due, at three sizes, round by round."""
    with tempfile.TemporaryDirectory() as name:
        engines = {}
        for size in SIZES:
            folder = Path(name) / str(size)
            folder.mkdir()
            engines[size] = Engine(
                crowd(folder, size, _now()),
                Office({"hr": Address("saiyo@example.co.jp")}),
                Outside(mailer_of=_nobody, write=MimeWriter()),
                clock=SystemClock(),
                workspace=Workspace(),
            )
        seen: dict[int, list[float]] = {size: [] for size in SIZES}
        for _ in range(TICKS):
            for size, engine in engines.items():
                began = perf_counter()
                engine.ticker.tick(engine.clock.now())
                seen[size].append(1000 * (perf_counter() - began))
        for engine in engines.values():
            engine.journal.close()
    costs = {size: median(times) for size, times in seen.items()}
    least, most = min(costs.values()), max(costs.values())
    told = ", ".join(f"{size:,}: {cost:.2f} ms" for size, cost in costs.items())
    return Figure(
        "a tick with nothing due, by people who wait",
        told,
        f"itself with {SIZES[0]:,}",
        "the same, ± 50 %",
        most <= 1.5 * costs[SIZES[0]] and least >= 0.5 * costs[SIZES[0]],
    )


def _cpu_of(pid: int) -> float:
    """Give the seconds of CPU a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK_OF_CPU


def _idle() -> Figure:
    """Watch a worker that has nothing to do for months."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        lay_out(home, Layout(25, 2_000, _now() + timedelta(days=90)))
        run([TSUNAGU, "people", "import"], cwd=home)
        with worker(home) as running:
            until(lambda: "Working" in said(home))
            Event().wait(5)  # it looks at everybody once
            before, began = _cpu_of(running.pid), perf_counter()
            Event().wait(IDLE_FOR)
            share = (_cpu_of(running.pid) - before) / (perf_counter() - began)
    return Figure(
        "idle worker, 2,000 people waiting",
        f"{100 * share:.2f} % of a core",
        "-",
        "at most 1 %",
        share <= 0.01,
    )


def _lateness() -> Figure:
    """Let 100,000 wait and 50 fall due every second; ask the server when each mail came."""
    with tempfile.TemporaryDirectory() as name, recorder(Path(name)) as server:
        home = Path(name) / "hr"
        home.mkdir()
        first = (_now() + PLANNING).replace(microsecond=0)
        lay_out(home, Layout(server.port, WAITING, first, a_second=A_SECOND))
        run([TSUNAGU, "people", "import"], cwd=home)
        with worker(home) as running:
            end = first + timedelta(seconds=WATCHED + 10)
            until(
                lambda: _now() > end or running.poll() is not None,
                patience=PLANNING.total_seconds() + WATCHED + 60,
            )
            peak = _peak_of(running.pid)
        late = [
            (mail.at - _moment_of(mail.recipient, first)).total_seconds()
            for mail in server.mails
            if _moment_of(mail.recipient, first) < first + timedelta(seconds=WATCHED)
        ]
    if len(late) < WATCHED * A_SECOND:
        raise RuntimeError(f"only {len(late)} of {WATCHED * A_SECOND} mails came: {said(home)}")
    worst = quantiles(late, n=100)
    return Figure(
        f"lateness, {WAITING:,} waiting and {A_SECOND} due a second",
        f"half within {median(late):.2f} s, 95 % within {worst[94]:.2f} s; {peak / MB:.0f} MB",
        "their moments",
        "95 % within 2 s",
        worst[94] <= 2,
    )


def _peak_of(pid: int) -> int:
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def _moment_of(recipient: str, first: datetime) -> datetime:
    """Say when somebody's mail was due, from the number in the address."""
    number = int(recipient.removeprefix("person").partition("@")[0])
    return first + timedelta(seconds=number // A_SECOND)
