"""The server itself: HTTP in, one of the methods, HTTP out; and what can go wrong on the way."""

import json
import socket
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from math import ceil
from threading import Event, Lock, Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from integrations.faults import Cuts, Fault, Moment, fault_of, never
from integrations.localgoogle.asked import Asked
from integrations.localgoogle.calendar_methods import CalendarMethods
from integrations.localgoogle.calendars import LocalCalendars
from integrations.localgoogle.discovery import Api, Method, api
from integrations.localgoogle.gmail_methods import UNITS, GmailMethods
from integrations.localgoogle.mailboxes import LocalMailboxes, recipients
from integrations.localgoogle.refusals import Refusal, not_found
from integrations.localgoogle.tokens import SignIns, Token

_READING = ("GET", "HEAD")
_INSERT, _SEND = "calendar.events.insert", "gmail.users.drafts.send"
_ASKING = frozenset({"calendar.freebusy.query"})  # a POST that changes nothing


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it came."""

    method: str  # calendar.events.insert
    person: str
    query: Mapping[str, Any]
    body: Mapping[str, Any]


@dataclass
class Faults:
    """What goes wrong, until it is set back.

    `refusal` answers everything; `throttled` has who is asked as somebody come again at a moment
    (`waits_as_date` says it as a date); `loses` cuts the line after so many requests that change
    something were obeyed, `drops` before they were; `slow`, where it is set, holds answers back
    until the event happens. `cuts` is asked at every request, before it is obeyed and after.
    """

    refusal: Refusal | None = None
    throttled: dict[str, datetime] = field(default_factory=dict)  # by person
    waits_as_date: bool = False
    loses: int = 0
    drops: int = 0
    slow: Event | None = None
    cuts: Cuts = never


@dataclass
class LocalGoogle:
    """Google on this machine. `requests` holds every request that reached it and was understood."""

    calendars: LocalCalendars
    mailboxes: LocalMailboxes
    sign_ins: SignIns = field(default_factory=SignIns)
    faults: Faults = field(default_factory=Faults)
    requests: list[Request] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.calendar_methods = CalendarMethods(self.calendars)
        self.gmail_methods = GmailMethods(self.mailboxes)
        self._methods = {**self.calendar_methods.by_id(), **self.gmail_methods.by_id()}
        self._apis = [api("calendar", "v3"), api("gmail", "v1")]
        self._lock = Lock()
        self._tried: Counter[str] = Counter()
        self._server: _Server | None = None
        self._thread: Thread | None = None
        self._port = 0

    @property
    def endpoint(self) -> str:
        """Give its base address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def token_uri(self) -> str:
        """Give where tokens are to be had."""
        return f"{self.endpoint}/token"

    def employ(self, *people: str) -> None:
        """Give people an account, a calendar and a mailbox."""
        for address in people:
            self.sign_ins.people.add(address.lower())
            self.calendars.employ(address)
            self.mailboxes.employ(address)

    @property
    def units(self) -> int:
        """Say what everything asked of Gmail so far has cost in quota units."""
        return sum(UNITS.get(one.method, 0) for one in self.requests)

    def start(self) -> None:
        """Listen; after a stop, on the same port as before."""
        self._server = _Server(self._port, self)
        self._port = self._server.server_address[1]
        self._thread = Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Listen no more, and hang up on everybody."""
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()
            self._server = None

    def answer(self, asked: "_Raw") -> tuple[int, Mapping[str, str], Any]:
        """Answer one request: status, headers, body.

        Raises:
            _HungUp: The line is cut instead of an answer.
        """
        request = f"{asked.verb} {asked.path}"
        if self.faults.cuts(request, Moment.BEFORE):
            raise _HungUp
        answer = self._answered(asked)
        if self.faults.cuts(request, Moment.AFTER):
            raise _HungUp
        return answer

    def _answered(self, asked: "_Raw") -> tuple[int, Mapping[str, str], Any]:
        if asked.path == "/token":
            if self.sign_ins.slow is not None:
                self.sign_ins.slow.wait()
            if self.sign_ins.page is not None:
                status, page = self.sign_ins.page
                return status, {}, page.encode()
            form = {name: values[0] for name, values in parse_qs(asked.content.decode()).items()}
            status, told = self.sign_ins.exchange(form)
            return status, {}, told
        if asked.path == "/auth":
            on = self.sign_ins.consent({name: values[0] for name, values in asked.query.items()})
            return (302, {"Location": on}, {}) if on else (400, {}, {"error": "invalid_request"})
        try:
            return 200, {}, self._obey(asked)
        except Refusal as refusal:
            with self._lock:
                self.refused.append(refusal)
            return refusal.status, refusal.headers, refusal.body()

    def _obey(self, asked: "_Raw") -> Any:  # noqa: ANN401 - as JSON goes
        found = next(
            (
                (one, method)
                for one in self._apis
                if (method := one.method(asked.verb, asked.path.lstrip("/"))) is not None
            ),
            None,
        )
        if found is None:
            raise not_found()
        its_api, method = found
        token = self._token(asked, method)
        read = self._read(asked, its_api, method, token)
        with self._lock:
            self.requests.append(Request(method.id, token.person, read.query, read.body))
        refusal = self.faults.refusal or self._throttled(token.person)
        if refusal is not None:
            raise refusal
        do = self._methods.get(method.id)
        if do is None:
            raise Refusal(501, "notImplemented", f"{method.id} is not known here")
        changes = asked.verb not in _READING and method.id not in _ASKING
        fault = self._fault(method, read)
        if changes and (self._counted("drops") or fault is Fault.LOST):
            raise _HungUp
        if fault is Fault.TEMPORARY:
            raise Refusal(429, "userRateLimitExceeded", "as the address asks")
        if fault is Fault.PERMANENT and method.id == _INSERT:
            raise Refusal(400, "invalid", "Invalid attendee email.")
        with self.calendars.lock, self.mailboxes.lock:
            told = do(read)
            if fault is Fault.PERMANENT and told is not None:
                self._bounce(token.person, told)
        if self.faults.slow is not None:
            self.faults.slow.wait()
        if changes and (self._counted("loses") or fault is Fault.DOUBT):
            raise _HungUp
        return told

    def _throttled(self, person: str) -> Refusal | None:
        """Have whoever asks as a person come again later."""
        now = self.mailboxes.clock.now()
        until = self.faults.throttled.get(person, now)
        if until <= now:
            return None
        seconds = str(ceil((until - now).total_seconds()))
        wait = format_datetime(until, usegmt=True) if self.faults.waits_as_date else seconds
        said = "User-rate limit exceeded."
        return Refusal(429, "rateLimitExceeded", said, {"Retry-After": wait})

    def _fault(self, method: Method, asked: Asked) -> Fault | None:
        """Give the fault that somebody's address asks for (`integrations.faults`).

        A temporary one is asked for as often as the address says.
        """
        for address in self._addressed(method, asked):
            found = fault_of(address)
            if found is None or found.fault is Fault.SILENT:
                continue
            with self._lock:
                self._tried[address] += 1
                if found.times is None or self._tried[address] <= found.times:
                    return found.fault
        return None

    def _addressed(self, method: Method, asked: Asked) -> list[str]:
        """Give to whom a request would bring something."""
        if method.id == _INSERT:
            return [str(one.get("email", "")) for one in asked.body.get("attendees", ())]
        box = self.mailboxes.box(asked.token.person)
        if method.id != _SEND or box is None or asked.body.get("id") not in box.drafts:
            return []
        return recipients(box.messages[box.drafts[asked.body["id"]]].raw)

    def _bounce(self, person: str, told: Mapping[str, Any]) -> None:
        """Have a mail to nobody come back."""
        box = self.mailboxes.box(person)
        if box is not None:
            message = box.messages[told["id"]]
            self.mailboxes.bounce(box, message, recipients(message.raw)[0])

    def _read(self, asked: "_Raw", its_api: Api, method: Method, token: Token) -> Asked:
        query = its_api.parameters(method, asked.query)
        body = its_api.body(method, asked.content)
        path = {name: unquote(value) for name, value in method.path.items()}
        return Asked(token, path, query, body, asked.headers.get("if-match", ""))

    def _token(self, asked: "_Raw", method: Method) -> Token:
        token = self.sign_ins.whose(asked.headers.get("authorization", ""))
        if token is None:
            raise Refusal(401, "authError", "Invalid Credentials")
        if not token.scopes & method.scopes:
            raise Refusal(
                403, "insufficientPermissions", "Request had insufficient authentication scopes."
            )
        return token

    def _counted(self, fault: str) -> bool:
        """Take one from a fault that is counted; whether there was one."""
        with self._lock:
            left: int = getattr(self.faults, fault)
            if left:
                setattr(self.faults, fault, left - 1)
            return left > 0


@contextmanager
def running(google: LocalGoogle) -> Iterator[LocalGoogle]:
    """Run a server until the block ends."""
    google.start()
    try:
        yield google
    finally:
        for slow in (google.faults.slow, google.sign_ins.slow):
            if slow is not None:
                slow.set()
        google.stop()


class _HungUp(Exception):  # noqa: N818 - it is what happens, and no error
    """The line is cut."""


@dataclass(frozen=True, slots=True)
class _Raw:
    """A request as it came in."""

    verb: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    content: bytes


class _Server(ThreadingHTTPServer):
    """Remembers its connections, so that it can hang up on everybody."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self, port: int, google: LocalGoogle) -> None:
        self.google = google
        self._open: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:  # noqa: ANN401 - as its parent has it
        """Note a connection."""
        self._open.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:  # noqa: ANN401 - as its parent has it
        """Forget a connection."""
        self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Cut every connection."""
        for one in tuple(self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whoever went away is no fault of the server."""


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    server: "_Server"
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its parent's word
        """Say nothing."""

    def _answer(self) -> None:
        content = self.rfile.read(int(self.headers.get("content-length") or "0"))
        parts = urlsplit(self.path)
        headers = {name.lower(): value for name, value in self.headers.items()}
        query = parse_qs(parts.query, keep_blank_values=True)
        try:
            status, more, told = self.server.google.answer(
                _Raw(self.command, parts.path, query, headers, content)
            )
        except _HungUp:
            self.close_connection = True
            return
        body, kind = b"", "application/json; charset=UTF-8"
        if isinstance(told, bytes):
            body, kind = told, "text/html; charset=UTF-8"
        elif told is not None:
            body = json.dumps(told, ensure_ascii=False).encode()
        self.send_response(204 if told is None else status)
        for name, value in more.items():
            self.send_header(name, value)
        if body:
            self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self) -> None:
        """Answer."""
        self._answer()

    def do_POST(self) -> None:
        """Answer."""
        self._answer()

    def do_PUT(self) -> None:
        """Answer."""
        self._answer()

    def do_PATCH(self) -> None:
        """Answer."""
        self._answer()

    def do_DELETE(self) -> None:
        """Answer."""
        self._answer()
