"""A server of a test: started on a free port in a folder of its own, and stopped again."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from time import monotonic

from tests.servers.packages import find

PATIENCE = 20.0  # seconds for a server to come up or go down on a busy machine
A_MOMENT = 0.02


def free_port() -> int:
    """Give a port of this machine that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def program(name: str) -> str:
    """Give the path of an installed *name*, or say what to type."""
    path = find(name)
    if path is None:
        raise FileNotFoundError(f"{name} is missing on this machine; type: make servers")
    return path


def answers(port: int, address: str = "127.0.0.1") -> bool:
    """Whether somebody accepts a connection on *port*."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((address, port)) == 0


def wait_until_it_answers(port: int, server: "subprocess.Popen[bytes]") -> None:
    """Return once *port* is open; raise if *server* ended or took too long."""
    until = monotonic() + PATIENCE
    pause = Event()
    while not answers(port):
        if server.poll() is not None or monotonic() > until:
            raise RuntimeError(f"{server.args!r} does not answer on port {port}")
        pause.wait(A_MOMENT)


@contextmanager
def running(command: list[str], *, port: int, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    """Run *command* in *folder* until the block ends; it answers on *port* when the block begins.

    What it says goes into `server.log` of its folder.
    """
    log = folder / "server.log"
    with log.open("ab") as said:
        server = subprocess.Popen(  # noqa: S603 - a command of the tests themselves
            command, cwd=folder, stdin=subprocess.DEVNULL, stdout=said, stderr=said
        )
    try:
        wait_until_it_answers(port, server)
        yield server
    finally:
        end(server)


def end(server: "subprocess.Popen[bytes]") -> None:
    """Ask *server* to end; make it, if it does not."""
    if server.poll() is None:
        server.terminate()
    try:
        server.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
