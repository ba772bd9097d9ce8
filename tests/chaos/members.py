"""Processes on machines of their own, each started again when it has ended: a supervisor."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic

from tests.bench.measure import ROOT
from tests.chaos.network import Place

PAUSE = 0.5  # seconds until what has ended is started again
WORKING = 90.0


@dataclass
class Member:
    """One process, and what happens to it. It is the first of a group of its own."""

    name: str
    home: Path
    place: Place
    command: Callable[[], list[str]]
    starts: int = 0
    statuses: list[int] = field(default_factory=list)  # of what ended by itself
    _process: "subprocess.Popen[bytes] | None" = None
    _ended_at: float = 0.0

    @property
    def log(self) -> Path:
        """Give the file it talks into."""
        return self.home / f"{self.name}.log"

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def memory(self) -> int:
        """Give how many bytes of memory it holds."""
        if self._process is None:
            return 0
        told = Path(f"/proc/{self._process.pid}/status").read_text(encoding="ascii")
        return int(told.partition("VmRSS:")[2].split()[0]) * 1024

    def start(self) -> None:
        """Start it."""
        self.starts += 1
        with self.log.open("ab") as said:
            self._process = subprocess.Popen(  # noqa: S603 - the command of this project
                self.place.within(self.command()),
                cwd=self.home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                start_new_session=True,
                env={"PATH": os.defpath, "PYTHONUNBUFFERED": "1", "PYTHONPATH": str(ROOT)},
            )

    def tend(self) -> None:
        """Start it again, if it has ended a moment ago."""
        process = self._process
        if process is not None and process.poll() is not None:
            self._process = None
            self._ended_at = monotonic()
            if process.returncode != -signal.SIGKILL:
                self.statuses.append(process.returncode)
            self._signal(process, signal.SIGKILL)  # whoever it has left behind
        elif process is None and monotonic() > self._ended_at + PAUSE:
            self.start()

    def kill(self) -> None:
        """Pull its plug."""
        if self._process is not None:
            self._signal(self._process, signal.SIGKILL)
            self._process.wait()

    def freeze(self) -> None:
        """Stop it where it stands."""
        if self._process is not None:
            self._signal(self._process, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        if self._process is not None:
            self._signal(self._process, signal.SIGCONT)

    def end(self) -> int | None:
        """Ask it to end; gives its status, None if it was not there."""
        process = self._process
        if process is None:
            return None
        self.thaw()
        process.terminate()
        try:
            return process.wait(WORKING)
        finally:
            self._signal(process, signal.SIGKILL)
            process.wait()

    @staticmethod
    def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, number)

    def said(self) -> str:
        """Give everything it has said."""
        return self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def ours(since: str, pace: float, *words: str) -> list[str]:
    """Give a command of ours, under a clock that hurries."""
    module = ["-m", "tests.chaos.hurry", since, str(pace)]
    return [sys.executable, *module, *words, "--language", "en"]
