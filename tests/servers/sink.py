"""Postfix's smtp-sink: takes every mail, throws it away, and counts."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import free_port, program, running

BACKLOG = "128"
COUNTED = re.compile(rb"mesg=(\d+)")


@dataclass(frozen=True, slots=True)
class Sink:
    """A running sink; `log` is where it counts."""

    port: int
    log: Path

    @property
    def received(self) -> int:
        """How many mails it took so far."""
        tail = self.log.read_bytes()[-4096:]
        counts = COUNTED.findall(tail)
        return int(counts[-1]) if counts else 0


@contextmanager
def smtp_sink(folder: Path, *options: str, port: int | None = None) -> Iterator[Sink]:
    """Run a sink until the block ends; `-p` among the *options* takes PIPELINING away."""
    chosen = port or free_port()
    command = [program("smtp-sink"), "-c", *_as_nobody(), *options, f"127.0.0.1:{chosen}", BACKLOG]
    with running(command, port=chosen, folder=folder):
        yield Sink(chosen, folder / "server.log")


def _as_nobody() -> list[str]:
    """Give the option without which it refuses to run as root."""
    return ["-u", "nobody"] if os.geteuid() == 0 else []
