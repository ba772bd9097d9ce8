"""Serve the pages: on a port of their own, in a thread that ends with whoever started it."""

import asyncio
import logging
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import h11
from starlette.types import ASGIApp
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

from worker import logs
from worker.domain.errors import TsunaguError

_BACKLOG = 128
_MOST_AT_ONCE = 200  # connections; who comes beyond is asked to come again
_HEAD = 10.0  # seconds for the head of a request
_KEEP = 5  # seconds between two requests of one connection
_GOODBYE = 5  # seconds for what is being answered
_START = 10.0


class PortError(TsunaguError):
    """Somebody listens there already, or may not be listened for."""

    def __init__(self, host: str, port: int, why: str) -> None:
        super().__init__(f"{host}:{port}: {why}")
        self.host, self.port, self.why = host, port, why


@contextmanager
def serving(
    app: ASGIApp, host: str, port: int, proxies: Sequence[str], *, patience: float = _HEAD
) -> Iterator[int]:
    """Serve *app* until the block ends; gives the port (of 0, a free one).

    Args:
        app: The pages.
        host: Where to listen.
        port: Where to listen.
        proxies: Whose word counts for where a request comes from.
        patience: Seconds for the head of a request.

    Raises:
        PortError: It cannot be listened there.
    """
    with _listening(host, port) as listener:
        config = Config(
            app,
            http=type("Patient", (_Patient,), {"patience": patience}),
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=True,
            forwarded_allow_ips=list(proxies),
            server_header=False,
            limit_concurrency=_MOST_AT_ONCE,
            timeout_keep_alive=_KEEP,
            timeout_graceful_shutdown=_GOODBYE,
        )
        _quiet()
        server = _Told(config)
        thread = Thread(target=_run, args=(server, listener), name="pages", daemon=True)
        thread.start()
        server.is_up.wait(_START)
        try:
            yield int(listener.getsockname()[1])
        finally:
            server.should_exit = True
            thread.join(_GOODBYE * 2)


class _Told(Server):
    """A server that says when it can be asked."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.is_up = Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, and say so."""
        await super().startup(sockets)
        self.is_up.set()


class _Patient(H11Protocol):
    """Waits for the head of a request, and not for ever: uvicorn itself has no such limit."""

    patience: float = _HEAD

    def __init__(self, *arguments: Any, **words: Any) -> None:  # noqa: ANN401 - uvicorn's own
        super().__init__(*arguments, **words)
        self._too_late: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Begin to wait."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        super().connection_lost(exc)
        self._stop()

    def handle_events(self) -> None:
        """Read what is there; wait on only while a head is not whole."""
        super().handle_events()
        if self.conn.their_state is not h11.IDLE:
            self._stop()
        elif self._too_late is None:
            self._wait()

    def on_response_complete(self) -> None:
        """Have the next head wait by the keep-alive limit until its first byte."""
        self._stop()
        super().on_response_complete()

    def _wait(self) -> None:
        self._too_late = self.loop.call_later(self.patience, self._leave)

    def _stop(self) -> None:
        if self._too_late is not None:
            self._too_late.cancel()
            self._too_late = None

    def _leave(self) -> None:
        if self.conn.their_state is h11.IDLE:
            self.transport.abort()


@contextmanager
def _listening(host: str, port: int) -> Iterator[socket.socket]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(_BACKLOG)
        except OSError as error:
            raise PortError(host, port, error.strerror or str(error)) from error
        listener.setblocking(False)  # noqa: FBT003 - the socket's own signature
        yield listener


def _run(server: Server, listener: socket.socket) -> None:
    """Serve until asked to end; a fault of ours is told, and ends no other thread."""
    try:
        server.run([listener])
    except Exception as error:  # noqa: BLE001 - the thread's own end, and told
        logs.bug(doing="pages", error=error)


def _quiet() -> None:
    """Have uvicorn write nothing: what is worth a line goes through our own log."""
    logger = logging.getLogger("uvicorn")
    logger.handlers = [logging.NullHandler()]
    logger.propagate = False
    for name in ("uvicorn.error", "uvicorn.access", "uvicorn.asgi"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
