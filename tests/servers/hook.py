"""Somebody's web address: it keeps what is POSTed, and answers as a test tells it."""

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread


@dataclass(frozen=True, slots=True)
class Posted:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass
class Hook:
    """What a test may set, and look at. By its path a request asks for its status: `/503`."""

    answer_headers: dict[str, str] = field(default_factory=dict)
    reads_and_hangs_up: bool = False
    is_silent: bool = False
    port: int = 0
    scheme: str = "http"
    posted: list[Posted] = field(default_factory=list)
    ended: Event = field(default_factory=Event)

    def url(self, path: str = "/200") -> str:
        """Give an address of it."""
        return f"{self.scheme}://localhost:{self.port}{path}"


@contextmanager
def hook_server(hook: Hook, tls: ssl.SSLContext | None = None) -> Iterator[Hook]:
    """Run *hook* in a thread until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        """One request."""

        def do_POST(self) -> None:
            """Keep it and answer."""
            body = self.rfile.read(int(self.headers.get("content-length", "0")))
            headers = {name.lower(): value for name, value in self.headers.items()}
            hook.posted.append(Posted(self.path, headers, body))
            self.close_connection = True
            if hook.is_silent:
                hook.ended.wait()
            if hook.is_silent or hook.reads_and_hangs_up:
                return
            self.send_response(int(self.path.strip("/")[:3]))
            for name, value in hook.answer_headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's word
            """Say nothing."""

    class Server(ThreadingHTTPServer):
        """Whoever refuses our certificate is no fault of the server."""

        daemon_threads = False

        def handle_error(self, request: object, client_address: object) -> None:
            """Say nothing."""

    with Server(("127.0.0.1", 0), Handler) as server:
        if tls is not None:
            hook.scheme = "https"
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        hook.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield hook
        finally:
            hook.ended.set()
            server.shutdown()
            thread.join()
