"""The worker itself as a child process, to be watched, asked to end, or killed."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

PATIENCE = 60.0
TSUNAGU = Path(sys.executable).with_name("tsunagu")


@contextmanager
def worker(folder: Path, *arguments: str, verb: str = "up") -> Iterator["subprocess.Popen[bytes]"]:
    """Run `tsunagu up` in the workspace *folder*; killed at the end if it still runs.

    What it says goes into `up.log` of the folder.
    """
    with (folder / f"{verb}.log").open("ab") as said:
        child = subprocess.Popen(  # noqa: S603 - the command of this project
            [str(TSUNAGU), verb, "--language", "en", *arguments],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=said,
            env={"PATH": os.defpath, "PYTHONUNBUFFERED": "1"},
        )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.send_signal(signal.SIGKILL)
        child.wait(PATIENCE)


def tsunagu(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a verb of the command in the workspace *folder*, to its end."""
    return subprocess.run(  # noqa: S603 - the command of this project
        [str(TSUNAGU), *words, "--language", "en"],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
        env={"PATH": os.defpath},
    )


def until(is_so: Callable[[], bool], *, patience: float = PATIENCE) -> None:
    """Return as soon as *is_so*; raise if that takes too long."""
    end = monotonic() + patience
    pause = Event()
    while not is_so():
        if monotonic() > end:
            raise TimeoutError(is_so)
        pause.wait(0.005)


def said(folder: Path, verb: str = "up") -> str:
    """Give everything that workers of this verb have said so far."""
    log = folder / f"{verb}.log"
    return log.read_text(encoding="utf-8") if log.exists() else ""
