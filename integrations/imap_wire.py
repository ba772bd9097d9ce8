"""The octets between us and an IMAP server: bounded, timed, and given up when we are told to stop.

The standard library speaks the protocol; what it lacks is here. It would read a literal of any
length into memory, wait for ever behind a server that sends an octet now and then, and cannot be
woken. It refuses to know what the octets mean.
"""

import imaplib
import io
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from select import POLLIN, POLLOUT, poll
from time import monotonic
from typing import Any

_CHUNK = 256 * 1024
_LONGEST_LINE = 2 * 1024 * 1024  # a SEARCH is asked for so that its answer stays far below
_LINE = 64  # octets that a line costs us beside those it has
_ROOM = 4 * 1024 * 1024  # for the answer to anything but the mails themselves
_KEEP_ALIVE = 60  # seconds


@dataclass(frozen=True, slots=True)
class Patience:
    """How long to wait for a server."""

    connect: timedelta = timedelta(seconds=30)
    answer: timedelta = timedelta(seconds=60)  # without a single octet
    command: timedelta = timedelta(minutes=15)  # for the whole answer, however it drips


class TooMuch(Exception):  # noqa: N818 - becomes a value before anybody sees it
    """The server sends more than anybody asked for."""


class Stopped(Exception):  # noqa: N818 - no error: somebody asked for it
    """We were told to stop while waiting for the server."""


class Bell:
    """Wakes a thread that waits for a server; it stays rung."""

    def __init__(self) -> None:
        self._ear, self._button = socket.socketpair()
        self._button.setblocking(False)  # noqa: FBT003 - the standard library's own call
        self.is_rung = False

    def ring(self) -> None:
        """Wake whoever waits, now and from now on."""
        if not self.is_rung:
            self.is_rung = True
            self._button.send(b"!")

    def fileno(self) -> int:
        """Give what to wait on."""
        return self._ear.fileno()

    def close(self) -> None:
        """Give the sockets back; only when nobody waits any more."""
        self._ear.close()
        self._button.close()


def is_ready(
    bell: Bell, seconds: float, connected: socket.socket | None = None, *, event: int = POLLIN
) -> bool:
    """Wait until *connected* is ready, at most *seconds*; `Stopped` when the bell rings."""
    waiting = poll()
    waiting.register(bell, POLLIN)
    if connected is not None:
        waiting.register(connected, event)
    ready = waiting.poll(max(0.0, seconds) * 1000)
    if bell.is_rung:
        raise Stopped
    return bool(ready)


class Wire(imaplib.IMAP4):
    """A connection; its methods below are those that the library means to be overridden."""

    debug = 0

    def __init__(
        self, host: str, port: int, context: ssl.SSLContext | None, patience: Patience, bell: Bell
    ) -> None:
        self._context = context
        self._patience = patience
        self._bell = bell
        self._room = _ROOM
        self._left = _ROOM
        self._until = monotonic() + patience.command.total_seconds()
        super().__init__(host, port)

    # What the library calls.

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Connect, and encrypt from the first byte where there is a context."""
        self.host, self.port = host, port
        seconds = self._patience.connect.total_seconds() if timeout is None else timeout
        connected = socket.create_connection((host, port), seconds)
        try:
            _keep_alive(connected)
            if self._context is not None:
                connected = self._context.wrap_socket(connected, server_hostname=host)
        except BaseException:
            connected.close()
            raise
        self._use(connected)

    def read(self, size: int) -> bytes:
        """Read a literal that the server announced, if it is one that we have room for."""
        self._take(size)
        octets = self._reader.read(size)
        if len(octets) < size:
            raise self.abort(f"the connection ended {size - len(octets)} octets early")
        return octets

    def readline(self) -> bytes:
        """Read a line, if it has an end."""
        line = self._reader.readline(_LONGEST_LINE)
        if len(line) == _LONGEST_LINE:
            raise TooMuch(f"a line of more than {_LONGEST_LINE} octets")
        self._take(len(line) + _LINE)
        return line

    def send(self, data: Any) -> None:  # noqa: ANN401 - as the library declares it
        """Send, and begin to count what is answered."""
        self._left = self._room
        self._until = monotonic() + self._patience.command.total_seconds()
        rest = memoryview(data)
        while rest:
            try:
                rest = rest[self.sock.send(rest) :]
            except (BlockingIOError, ssl.SSLWantWriteError):
                self._wait(POLLOUT)
            except ssl.SSLWantReadError:
                self._wait(POLLIN)

    def shutdown(self) -> None:
        """Close the connection, whatever state it is in."""
        self._reader.close()
        self.sock.close()

    def starttls(self, ssl_context: ssl.SSLContext | None = None) -> tuple[Any, list[Any]]:
        """Encrypt from here on. What was sent ahead, unencrypted, is not listened to."""
        if ssl_context is None:
            raise self.error("nothing to check the server's certificate with")
        status, said = self.xatom("STARTTLS")
        if status == "OK":
            if self._has_read_ahead():
                raise self.abort("the server sent something between STARTTLS and encryption")
            self.sock.settimeout(self._patience.connect.total_seconds())
            self._use(ssl_context.wrap_socket(self.sock, server_hostname=self.host))
        return status, said

    # What we call.

    def make_interruptible(self) -> None:
        """Wait by ourselves from here on; others may have set time-outs of their own."""
        self.sock.setblocking(False)  # noqa: FBT003 - the standard library's own call

    @contextmanager
    def room_for(self, octets: int) -> Iterator[None]:
        """Let the answers to commands of the block be longer than usual by so much."""
        self._room = _ROOM + octets
        try:
            yield
        finally:
            self._room = _ROOM

    def has_octets(self, seconds: float) -> bool:
        """Wait until something can be read, at most *seconds*."""
        if self._has_read_ahead():
            return True
        return is_ready(self._bell, seconds, self.sock)

    # How it is done.

    def _use(self, connected: socket.socket) -> None:
        connected.setblocking(False)  # noqa: FBT003 - the standard library's own call
        self.sock = connected
        self._raw = _Octets(self)
        self._reader = io.BufferedReader(self._raw, _CHUNK)

    def _take(self, octets: int) -> None:
        self._left -= octets
        if self._left < 0:
            raise TooMuch(f"an answer of more than {self._room} octets")

    def _has_read_ahead(self) -> bool:
        """Whether octets have come already, by a look that does not wait."""
        self._raw.may_wait = False
        try:
            return bool(self._reader.peek(1))
        finally:
            self._raw.may_wait = True

    def receive(self, into: memoryview, *, may_wait: bool) -> int | None:
        """Read what has come; with nothing there, wait for it or give None."""
        while True:
            try:
                return self.sock.recv_into(into)
            except (BlockingIOError, ssl.SSLWantReadError):
                event = POLLIN
            except ssl.SSLWantWriteError:
                event = POLLOUT
            if not may_wait:
                return None
            self._wait(event)

    def _wait(self, event: int) -> None:
        left = self._until - monotonic()
        seconds = min(left, self._patience.answer.total_seconds())
        if not is_ready(self._bell, seconds, self.sock, event=event):
            raise TimeoutError(f"no answer within {max(0.0, seconds):.0f} seconds")


class _Octets(io.RawIOBase):
    """A connection as a file, for the library's buffer."""

    def __init__(self, wire: Wire) -> None:
        super().__init__()
        self.may_wait = True
        self._wire = wire

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any) -> int | None:  # noqa: ANN401 - as the library declares it
        """Read what has come."""
        return self._wire.receive(memoryview(buffer), may_wait=self.may_wait)


def _keep_alive(connected: socket.socket) -> None:
    """Let the kernel notice a peer that is gone, and send our short commands at once."""
    connected.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    connected.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    for option in ("TCP_KEEPIDLE", "TCP_KEEPINTVL"):  # not on every system
        if hasattr(socket, option):
            connected.setsockopt(socket.IPPROTO_TCP, getattr(socket, option), _KEEP_ALIVE)
