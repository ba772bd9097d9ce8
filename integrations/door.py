"""A door on this machine at which a browser comes back, once, with what somebody allowed."""

from html import escape
from http.server import BaseHTTPRequestHandler, HTTPServer
from time import monotonic
from types import TracebackType
from typing import Self
from urllib.parse import parse_qs, urlsplit

_GLANCE = 0.2  # seconds
_LARGEST = 20_000  # octets of a form
_PAGE = (
    '<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    '<title>Tsunagu</title><body style="font: 18px/1.8 system-ui, sans-serif; margin: 3em auto;'
    ' max-width: 30em; padding: 0 1em">{sentence}</body>'
)


class Door:
    """Listens at 127.0.0.1 until somebody comes with a code or a refusal; tells them *sentence*."""

    def __init__(self, sentence: str) -> None:
        page = _PAGE.format(sentence=escape(sentence))
        self._came = ""
        door = self

        class Handler(BaseHTTPRequestHandler):
            """One visit; a browser also asks for icons, which are nothing to us."""

            timeout = 5

            def do_GET(self) -> None:
                """Take what the browser brings in its address."""
                self._take(urlsplit(self.path).query)

            def do_POST(self) -> None:
                """Take what it brings in a form, which no history of a browser holds."""
                size = min(int(self.headers.get("content-length", "0")), _LARGEST)
                self._take(self.rfile.read(size).decode("ascii", "replace"))

            def _take(self, said: str) -> None:
                brings = parse_qs(said)
                is_it = "code" in brings or "error" in brings
                body = page.encode() if is_it else b""
                self.send_response(200 if is_it else 404)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(body)))
                self.send_header("Referrer-Policy", "no-referrer")
                self.end_headers()
                self.wfile.write(body)
                if is_it:
                    door.open_to(f"/?{said}")

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's word
                """Say nothing: the address holds a code."""

        self._server = HTTPServer(("127.0.0.1", 0), Handler)
        self._server.timeout = _GLANCE

    @property
    def address(self) -> str:
        """Give where the browser is to come back to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def by_name(self) -> str:
        """Give the same by name: of that one alone Microsoft takes every port."""
        return f"http://localhost:{self._server.server_address[1]}"

    def open_to(self, path: str) -> None:
        """Note who came."""
        self._came = f"{self.address}{path}"

    def wait(self, seconds: float) -> str:
        """Give the address that the browser came back to; empty if it did not in time."""
        until = monotonic() + seconds
        while not self._came and monotonic() < until:
            self._server.handle_request()
        return self._came

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.server_close()
