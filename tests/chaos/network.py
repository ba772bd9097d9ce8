"""Machines of their own on this one: network namespaces, joined with the servers' room by a cable.

As root every machine has a network of its own, and its cable can be pulled: packets vanish and
nobody is told, as on a real network. Elsewhere a machine sees the servers through a door of its own
whose process is stopped instead: connections hang, and new ones get no answer.
"""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.bench.measure import ROOT
from tests.servers.process import answers, end, program
from tests.servers.worker import until

MOST = 200  # networks of tests side by side
NAMED = 'echo "$0" > /proc/sys/kernel/hostname && exec "$@"'


class Place(Protocol):
    """Where a machine stands."""

    @property
    def address(self) -> str:
        """Give the address at which it sees the servers."""
        ...

    def within(self, command: list[str]) -> list[str]:
        """Give the command that runs *command* on this machine."""
        ...

    def cut(self) -> None:
        """Pull the cable."""
        ...

    def mend(self) -> None:
        """Put it back."""
        ...


@dataclass(frozen=True, slots=True)
class Namespace:
    """A machine with a network of its own."""

    name: str
    cable: str
    address: str

    def within(self, command: list[str]) -> list[str]:
        """Give the command that runs *command* here; its process is the command's own."""
        inside = [program("ip"), "netns", "exec", self.name, program("unshare"), "--uts"]
        return [*inside, "/bin/sh", "-c", NAMED, self.name, *command]

    def cut(self) -> None:
        """Pull the cable."""
        _ip("link", "set", self.cable, "down")

    def mend(self) -> None:
        """Put it back."""
        _ip("link", "set", self.cable, "up")


@dataclass(frozen=True, slots=True)
class Door:
    """This very machine, which sees the servers through a door of its own."""

    address: str
    relay: "subprocess.Popen[bytes]"

    def within(self, command: list[str]) -> list[str]:
        """Give the command as it is."""
        return command

    def cut(self) -> None:
        """Let nothing through."""
        self.relay.send_signal(signal.SIGSTOP)

    def mend(self) -> None:
        """Let everything through."""
        self.relay.send_signal(signal.SIGCONT)


def has_namespaces() -> bool:
    """Say whether this user may make networks here."""
    return os.geteuid() == 0


@contextmanager
def machines(count: int) -> Iterator["Room"]:
    """Give so many machines, which see the servers once the room's door is open."""
    with ExitStack() as stack:
        if has_namespaces():
            yield stack.enter_context(_namespaces(count))
        else:
            number = os.getpid() % 250 + 2
            addresses = tuple(f"127.0.{number}.{place + 1}" for place in range(count))
            yield Room(addresses, (), stack)


@dataclass
class Room:
    """The servers' room, and the places that are joined with it."""

    addresses: tuple[str, ...]  # at which the servers are seen
    namespaces: tuple[Namespace, ...]
    stack: ExitStack

    def open(self, folder: Path, ports: Iterable[int], names: Iterable[str] = ()) -> list[Place]:
        """Let the machines see the servers on *ports*; gives where they stand."""
        return self.open_as(folder, {port: port for port in ports}, names)

    def open_as(
        self, folder: Path, ports: Mapping[int, int], names: Iterable[str] = ()
    ) -> list[Place]:
        """Let the machines see the servers on ports of their choice, and under *names*.

        Only a machine with a network of its own knows names of its own.
        """
        for namespace in self.namespaces:
            self.stack.enter_context(_knowing(namespace, names))
        doors = [
            self.stack.enter_context(_relay(address, ports, folder)) for address in self.addresses
        ]
        if self.namespaces:
            return list(self.namespaces)
        return [Door(address, door) for address, door in zip(self.addresses, doors, strict=True)]


@contextmanager
def _namespaces(count: int) -> Iterator[Room]:
    """Make networks whose numbers nobody else has."""
    with ExitStack() as stack:
        number = next(one for one in range(MOST) if _is_ours(f"tsunagu-{one}-0"))
        room = f"10.77.{number}.254"
        places = []
        for place in range(count):
            name, cable = f"tsunagu-{number}-{place}", f"tsu{number}-{place}"
            here, there = f"10.77.{number}.{4 * place + 1}", f"10.77.{number}.{4 * place + 2}"
            if place:
                _ip("netns", "add", name)
            stack.callback(_ip, "netns", "del", name)
            _ip("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name)
            # A network that is removed takes its cable along later, and the name is wanted before.
            stack.callback(_ip, "link", "del", cable)
            _ip("addr", "add", f"{here}/30", "dev", cable)
            _ip("link", "set", cable, "up")
            _ip("-n", name, "addr", "add", f"{there}/30", "dev", "eth0")
            _ip("-n", name, "link", "set", "eth0", "up")
            _ip("-n", name, "link", "set", "lo", "up")
            _ip("-n", name, "route", "add", "default", "via", here)
            places.append(Namespace(name, cable, room))
        _ip("addr", "replace", f"{room}/32", "dev", "lo")
        stack.callback(_ip, "addr", "del", f"{room}/32", "dev", "lo")
        yield Room((room,), tuple(places), stack)


def _is_ours(name: str) -> bool:
    """Make a network; whether nobody has one of that name."""
    done = subprocess.run(_words("netns", "add", name), check=False, capture_output=True)  # noqa: S603 - the system's own
    return done.returncode == 0


def _ip(*words: str) -> None:
    subprocess.run(_words(*words), check=True, capture_output=True)  # noqa: S603 - the system's own


def _words(*words: str) -> list[str]:
    return [program("ip"), *words]


@contextmanager
def _knowing(namespace: Namespace, names: Iterable[str]) -> Iterator[None]:
    """Let a machine know the servers by *names*: `ip netns exec` shows it hosts of its own."""
    folder = Path("/etc/netns") / namespace.name
    folder.mkdir(parents=True, exist_ok=True)  # of a run that was killed
    said = "".join(f"{namespace.address} {name}\n" for name in names)
    (folder / "hosts").write_text(f"127.0.0.1 localhost\n{said}", encoding="ascii")
    try:
        yield
    finally:
        shutil.rmtree(folder)


@contextmanager
def _relay(
    address: str, ports: Mapping[int, int], folder: Path
) -> Iterator["subprocess.Popen[bytes]"]:
    words = [f"{outer}:{inner}" for outer, inner in ports.items()]
    command = [sys.executable, "-m", "tests.chaos.relay", address, *words]
    with (folder / "door.log").open("ab") as said:
        process = subprocess.Popen(command, cwd=ROOT, stdout=said, stderr=said)  # noqa: S603 - of the tests themselves
    try:
        until(lambda: all(answers(port, address) for port in ports))
        yield process
    finally:
        process.send_signal(signal.SIGCONT)
        end(process)
