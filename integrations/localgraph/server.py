"""The stand-in's sockets: HTTPS on this machine, many connections kept open, and cut on demand."""

import json
import ssl
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socket import SHUT_RDWR, socket
from threading import Lock, Thread
from typing import Self
from urllib.parse import SplitResult, parse_qsl, urlsplit

from integrations.faults import Cuts, Moment, never
from integrations.localgraph.graph import Graph, unreadable
from integrations.localgraph.login import Login
from integrations.localgraph.mailroom import CutAfter
from integrations.localgraph.replies import Asked, Reply, error
from integrations.localgraph.uploads import PLACE

_VERSION = "/v1.0/"
_CHANGING = frozenset({"POST", "PATCH", "PUT", "DELETE"})
_ASKING = ("getSchedule", "$batch")  # a POST that changes nothing: of batches only GETs are known


class GraphServer:
    """A running stand-in while used as a context; `url` is its authority and its endpoint.

    `loses_answers` cuts the line at so many changing requests, after they were obeyed;
    `cuts_before` at so many, before. `cuts` is asked at every request, before it is obeyed and
    after. `silence` and `speak` take it off the network and back, on
    the same port. `thinking` is called by every request while it holds a place; `before` may give
    the status that a request is answered with instead of being obeyed (0: it is obeyed). `shown` is
    the date over its answers; None: this machine's, whatever day it is in the office.
    """

    def __init__(self, tls: ssl.SSLContext, now: Callable[[], datetime], *, port: int = 0) -> None:
        self.login = Login()
        self.graph = Graph(now, self.login)
        self.port = port
        self.loses_answers = 0
        self.cuts_before = 0
        self.cuts: Cuts = never
        self.thinking: Callable[[], object] = lambda: None
        self.before: Callable[[str, str], int] = lambda _method, _path: 0
        self.shown: Callable[[], datetime] | None = None
        self._tls = tls
        self._mistakes: list[Exception] = []
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """Give its address."""
        return f"https://localhost:{self.port}"

    def __enter__(self) -> Self:
        """Start to listen; the port is known when this returns."""
        self.speak()
        return self

    def __exit__(self, *_: object) -> None:
        """End every connection, and listen no more; a mistake of the stand-in's own comes out."""
        self.silence()
        if self._mistakes:
            raise self._mistakes[0]

    def speak(self) -> None:
        """Listen."""
        self._server = _Server(self)
        self.port = self._server.server_address[1]
        self._thread = Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})
        self._thread.start()

    def silence(self) -> None:
        """Listen no more, and cut whoever is connected."""
        server, self._server = self._server, None
        if server is None or self._thread is None:
            return
        server.shutdown()
        self._thread.join()
        server.cut_all()
        server.server_close()

    def reply(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Reply | None:
        """Answer a request, whatever happens; None: the line is cut."""
        try:
            return self.answer(method, target, headers, raw)
        except Exception as mistake:  # noqa: BLE001 - kept, and raised when the block ends
            self._mistakes.append(mistake)
            return Reply(500, {"error": {"code": "generalException", "message": "our mistake"}})

    def answer(self, method: str, target: str, headers: dict[str, str], raw: bytes) -> Reply | None:
        """Answer a request; None: the line is cut."""
        parts = urlsplit(target)
        request = f"{method} {parts.path}"
        if self.cuts(request, Moment.BEFORE):
            return None
        reply = self._answered(method, parts, headers, raw)
        return None if self.cuts(request, Moment.AFTER) else reply

    def _answered(
        self, method: str, parts: SplitResult, headers: dict[str, str], raw: bytes
    ) -> Reply | None:
        if parts.path.startswith(PLACE):
            return self._of_a_session(method, parts, headers, raw)
        if not parts.path.startswith(_VERSION):
            form = dict(parse_qsl(raw.decode("utf-8", "replace") or parts.query))
            found = self.login.answer(self._asked_at(headers), parts.path, form)
            return found or Reply(404, {"error": "not found"})
        return self._of_graph(method, parts, headers, raw)

    def _of_a_session(
        self, method: str, parts: SplitResult, headers: dict[str, str], raw: bytes
    ) -> Reply | None:
        if self.cuts_before:
            self.cuts_before -= 1
            return None
        if method != "PUT":
            return error(405, "MethodNotAllowed", "Only PUT is taken here.")
        asked = Asked(method, parts.path, dict(parse_qsl(parts.query)), headers, None, raw)
        reply = self.graph.taken(asked)
        if self.loses_answers and reply.status < 300:  # noqa: PLR2004 - RFC 9110
            self.loses_answers -= 1
            return None
        return reply

    def _asked_at(self, headers: dict[str, str]) -> str:
        """Give the address by which we were asked: links lead where their reader is."""
        return f"https://{headers['host']}" if "host" in headers else self.url

    def _of_graph(
        self, method: str, parts: SplitResult, headers: dict[str, str], raw: bytes
    ) -> Reply | None:
        is_change = method in _CHANGING and not parts.path.endswith(_ASKING)
        if is_change and self.cuts_before:
            self.cuts_before -= 1
            return None
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        path = "/" + "/".join(parts.path.split("/")[2:])
        status = self.before(method, path)
        if status:
            wait = {"Retry-After": "1"}
            return error(status, "UnknownError", "It is not our day.", headers=wait)
        asked = Asked(method, path, query, headers, None, raw)
        if raw and headers.get("content-type", "").startswith("application/json"):
            try:
                asked = Asked(method, path, query, headers, json.loads(raw), raw)
            except ValueError:
                return unreadable()
        try:
            reply = self.graph.answer(self._asked_at(headers), asked, self.thinking)
        except CutAfter:
            return None
        if is_change and self.loses_answers and reply.status < 300:  # noqa: PLR2004 - RFC 9110
            self.loses_answers -= 1
            return None
        return reply


class _Server(ThreadingHTTPServer):
    """Threads that end with their connections, and connections that can be ended."""

    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def __init__(self, stand_in: GraphServer) -> None:
        self.stand_in = stand_in
        self._open: set[socket] = set()
        self._guard = Lock()
        super().__init__(("127.0.0.1", stand_in.port), _Handler)

    def get_request(self) -> tuple[socket, object]:
        """Take a connection; the handshake is the business of its own thread."""
        plain, address = super().get_request()
        wrapped = self.stand_in._tls.wrap_socket(  # noqa: SLF001 - two halves of one thing
            plain, server_side=True, do_handshake_on_connect=False
        )
        with self._guard:
            self._open.add(wrapped)
        return wrapped, address

    def shutdown_request(self, request: socket | tuple[bytes, socket]) -> None:
        """Forget a connection that ended."""
        with self._guard:
            self._open.discard(request)
        super().shutdown_request(request)

    def cut_all(self) -> None:
        """End every connection now."""
        with self._guard:
            connections = list(self._open)
        for one in connections:
            try:
                one.shutdown(SHUT_RDWR)
            except OSError:
                continue  # it ended by itself meanwhile

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever hangs up or refuses our certificate is no fault of ours."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else every second answer waits 40 ms for a delayed ACK
    server: _Server

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    do_POST = do_PATCH = do_DELETE = do_PUT = do_HEAD = do_GET  # noqa: N815 - the names http.server looks for

    def _answer(self) -> None:
        raw = self.rfile.read(int(self.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.stand_in.reply(self.command, self.path, headers, raw)
        if reply is None:
            self.close_connection = True
            self.connection.shutdown(SHUT_RDWR)
            return
        content = reply.raw if reply.raw is not None else _written(reply.body)
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.body is not None:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Write the date that is over every answer."""
        shown = self.server.stand_in.shown
        if shown is None:
            return super().date_time_string(timestamp)
        return format_datetime(shown(), usegmt=True)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's word
        """Say nothing."""


def _written(body: object) -> bytes:
    return b"" if body is None else json.dumps(body, ensure_ascii=False).encode()
