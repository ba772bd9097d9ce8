"""Whose an access token is, told to a mail server that asks (RFC 7662), as a provider does."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit


@dataclass
class Introspection:
    """Where it is asked, and what mailboxes are called at the server."""

    url: str
    known_as: dict[str, str] = field(default_factory=dict)


@contextmanager
def introspection(whose: Callable[[str], str]) -> Iterator[Introspection]:
    """Answer until the block ends."""
    asked = Introspection("")

    class Handler(BaseHTTPRequestHandler):
        """One question."""

        def do_GET(self) -> None:
            """Say whose the token is."""
            token = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
            account = whose(token)
            said = {"active": bool(account), "email": asked.known_as.get(account, account)}
            body = json.dumps(said).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's word
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    asked.url = f"http://127.0.0.1:{server.server_address[1]}/introspect?token="
    try:
        yield asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
