"""Asks Graph one thing, once, and says what came back. Everything of HTTP is known here.

It refuses to repeat a call that may have changed something, to follow a redirect, and to carry the
token to any place but the one it was made for: links out of answers are taken for their path only.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode, urlsplit

from integrations.microsoft.gate import Gate
from integrations.microsoft.meaning import Kind, Problem, problem_of_answer, problem_of_failure
from integrations.microsoft.tokens import Tokens
from integrations.tls import trust
from worker.ports import Clock

if TYPE_CHECKING:
    import httpx

# Ids that stay what they are when an item is moved, and instants that need no table of zones.
# https://learn.microsoft.com/graph/outlook-immutable-id: on every call, or two ids name one thing.
_PREFER = 'IdType="ImmutableId", outlook.timezone="UTC"'
_MOST_IN_BATCH = 20
_NOT_OF_GRAPH = "with a body that is no answer of Graph's"  # a gateway's page, or cut short
_CONNECT = timedelta(seconds=10)
_ANSWER = timedelta(seconds=60)  # Exchange takes its time over free/busy of many


@dataclass(frozen=True, slots=True)
class Answer:
    """What Graph answered with a 2xx."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict)
    content: bytes = b""  # as it came

    @property
    def values(self) -> list[dict[str, object]]:
        """Give the entries of a list; what is no entry is none."""
        found = self.body.get("value")
        return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


@dataclass(frozen=True, slots=True)
class Octets:
    """What was asked for, as it is; where it was too much, its beginning."""

    content: bytes
    size: int  # of the whole, as far as that is told


@dataclass(frozen=True, slots=True)
class Call:
    """One thing to ask. *path* begins below the version: `/users/…`."""

    method: str
    path: str
    mailbox: str  # whose limits it counts against
    params: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    content: bytes | None = None  # instead of a body: text/plain
    headers: Mapping[str, str] = field(default_factory=dict)
    prefer: str = ""  # beside what is always preferred


class GraphWire:
    """A way to Graph. All of a process share the tokens and the gate; threads may share one."""

    def __init__(
        self,
        tokens: Tokens,
        clock: Clock,
        *,
        endpoint: str,
        ca_file: str = "",
        gate: Gate | None = None,
        answer: timedelta = _ANSWER,
    ) -> None:
        self._tokens = tokens
        self._clock = clock
        self._base = f"{endpoint.rstrip('/')}/v1.0"
        self._ca_file = ca_file
        self._gate = gate or Gate()
        self._answer = answer
        self._client: httpx.Client | None = None
        self._opening = Lock()
        self._refused = ""  # the token that was not taken last

    def ask(self, call: Call) -> Answer | Problem:
        """Ask, and wait for the answer.

        A question whose token has just run out is asked a second time with another; whatever
        changes something is not, but may be asked again by who knows what it is.
        """
        answer = self._once(call)
        if isinstance(answer, Problem) and answer.kind is Kind.TOKEN and call.method == "GET":
            return self._once(call)
        return answer

    def ask_many(self, calls: Sequence[Call]) -> list[Answer | Problem]:
        """Ask several questions that change nothing, twenty in one request.

        https://learn.microsoft.com/graph/json-batching: each is answered for itself, and may be
        told to wait for itself; what is not answered is a problem.
        """
        found: list[Answer | Problem] = []
        for first in range(0, len(calls), _MOST_IN_BATCH):
            some = calls[first : first + _MOST_IN_BATCH]
            found += self._batch(some)
        return found

    def octets(self, call: Call, most: int) -> Octets | Problem:
        """Read at most *most* octets of something; the rest stays where it is."""
        found = self._octets(call, most)
        if isinstance(found, Problem) and found.kind is Kind.TOKEN:
            return self._octets(call, most)
        return found

    def _octets(self, call: Call, most: int) -> Octets | Problem:
        import httpx  # noqa: PLC0415 - as below

        token = self._tokens.token()
        if isinstance(token, Problem):
            return token
        with self._gate.place(call.mailbox) as is_let_in:
            if not is_let_in:
                return _NO_PLACE
            try:
                answer = self._open_client().send(self._request(call, token), stream=True)
                try:
                    if not answer.is_success:
                        answer.read()
                        problem = self._read(answer, token)
                        return problem if isinstance(problem, Problem) else _NO_PLACE
                    self._refused = ""
                    return _beginning(answer, most)
                finally:
                    answer.close()
            except (httpx.RequestError, httpx.InvalidURL) as failure:
                return problem_of_failure(failure)
            except OSError as failure:  # the file of certificates to trust cannot be read
                return Problem(Kind.SIGN_IN, f"certificates: {failure}")

    def upload(self, url: str, part: bytes, first: int, total: int, mailbox: str) -> Problem | None:
        """Send a stretch of a file to where Graph said; None where it was taken.

        The address bears a right of its own, and our token stays here: it may be a place of
        Exchange's beside Graph (https://learn.microsoft.com/graph/outlook-large-attachments).
        """
        import httpx  # noqa: PLC0415 - as below

        if urlsplit(url).scheme != "https":
            return Problem(Kind.BROKEN, "Graph named no address to send a file to")
        headers = {
            "Content-Type": "application/octet-stream",
            "Content-Range": f"bytes {first}-{first + len(part) - 1}/{total}",
        }
        with self._gate.place(mailbox) as is_let_in:
            if not is_let_in:
                return _NO_PLACE
            try:
                answer = self._open_client().put(url, content=part, headers=headers)
            except (httpx.RequestError, httpx.InvalidURL) as failure:
                return problem_of_failure(failure)
            except OSError as failure:  # the file of certificates to trust cannot be read
                return Problem(Kind.SIGN_IN, f"certificates: {failure}")
        if answer.is_success:
            return None
        wait = answer.headers.get("retry-after", "")
        said = _json_of(answer.content) or {}
        return problem_of_answer(answer.status_code, said, retry_after=wait, now=self._clock.now())

    def link(self, call: Call, url: str) -> Call:
        """Give the call that a link of an answer to *call* stands for.

        Raises nothing: a link to another place is taken for its path at ours.
        """
        parts = urlsplit(url)
        _, found, rest = parts.path.partition("/v1.0/")
        path = f"/{rest}" if found else parts.path
        with_query = f"{path}?{parts.query}" if parts.query else path
        return Call(call.method, with_query, call.mailbox, headers=call.headers, prefer=call.prefer)

    def _batch(self, calls: Sequence[Call]) -> list[Answer | Problem]:
        requests = [
            {
                "id": str(number),
                "method": "GET",
                "url": f"{call.path}?{urlencode(call.params)}" if call.params else call.path,
                "headers": {"Prefer": _PREFER},
            }
            for number, call in enumerate(calls)
        ]
        answer = self.ask(Call("POST", "/$batch", "", body={"requests": requests}))
        if isinstance(answer, Problem):
            return [answer] * len(calls)
        said = answer.body.get("responses")
        by_id = {
            str(one.get("id")): one
            for one in (said if isinstance(said, list) else ())
            if isinstance(one, dict)
        }
        return [self._part(by_id.get(str(number))) for number in range(len(calls))]

    def _part(self, said: Mapping[str, object] | None) -> Answer | Problem:
        if said is None or not isinstance(status := said.get("status"), int):
            return Problem(Kind.BROKEN, "a question of a batch was not answered")
        body, headers = said.get("body"), said.get("headers")
        inner = body if isinstance(body, dict) else {}
        if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110 15.3
            return Answer(status, inner)
        told = (
            {str(n).lower(): str(v) for n, v in headers.items()}
            if isinstance(headers, dict)
            else {}
        )
        wait = told.get("retry-after", "")
        return problem_of_answer(status, inner, retry_after=wait, now=self._clock.now())

    def close(self) -> None:
        """Let go of the connections; who asks again makes new ones."""
        with self._opening:
            client, self._client = self._client, None
        if client is not None:
            client.close()

    def _once(self, call: Call) -> Answer | Problem:
        import httpx  # noqa: PLC0415 - a sixth of a second that only callers pay

        token = self._tokens.token()
        if isinstance(token, Problem):
            return token
        with self._gate.place(call.mailbox) as is_let_in:
            if not is_let_in:
                return _NO_PLACE
            try:
                answer = self._open_client().send(self._request(call, token))
            except (httpx.RequestError, httpx.InvalidURL) as failure:
                return problem_of_failure(failure)
            except OSError as failure:  # the file of certificates to trust cannot be read
                return Problem(Kind.SIGN_IN, f"certificates: {failure}")
        return self._read(answer, token)

    def _request(self, call: Call, token: str) -> "httpx.Request":
        headers = {
            "Authorization": f"Bearer {token}",
            "Prefer": f"{_PREFER}, {call.prefer}" if call.prefer else _PREFER,
            **call.headers,
        }
        content = call.content
        if call.body is not None:
            headers["Content-Type"] = "application/json"
            content = json.dumps(call.body, ensure_ascii=False, separators=(",", ":")).encode()
        elif content is not None:
            headers["Content-Type"] = "text/plain"
        return self._open_client().build_request(
            call.method,
            self._base + call.path,
            params=dict(call.params) or None,
            content=content,
            headers=headers,
        )

    def _read(self, answer: "httpx.Response", token: str) -> Answer | Problem:
        body = _json_of(answer.content)
        if answer.is_success:
            self._refused = ""
            is_json = answer.headers.get("content-type", "").startswith("application/json")
            if (is_json or answer.content) and (body is None or "error" in body):
                return Problem(Kind.BROKEN, f"HTTP {answer.status_code} {_NOT_OF_GRAPH}")
            return Answer(answer.status_code, body or {}, answer.content)
        problem = problem_of_answer(
            answer.status_code,
            body or {},
            retry_after=answer.headers.get("retry-after", ""),
            now=self._clock.now(),
        )
        if problem.kind is Kind.TOKEN:
            return self._without_token(problem, token)
        return problem

    def _without_token(self, problem: Problem, token: str) -> Problem:
        """Have another token made; where the other is not taken either, a human has to look."""
        self._tokens.forget(token)
        is_second, self._refused = bool(self._refused) and self._refused != token, token
        return Problem(Kind.SIGN_IN, problem.why, code=problem.code) if is_second else problem

    def _open_client(self) -> "httpx.Client":
        """Make the client at the first call: reading the system's certificates takes a while."""
        with self._opening:
            if self._client is None:
                import httpx  # noqa: PLC0415 - a sixth of a second that only callers pay

                self._client = httpx.Client(
                    verify=trust(self._ca_file),
                    timeout=httpx.Timeout(
                        self._answer.total_seconds(), connect=_CONNECT.total_seconds()
                    ),
                    follow_redirects=False,
                )
            return self._client


_NO_PLACE = Problem(Kind.LIMITS, "too many calls of ours at once to one mailbox")


def _beginning(answer: "httpx.Response", most: int) -> Octets | Problem:
    if answer.headers.get("content-type", "").startswith("text/html"):
        return Problem(Kind.BROKEN, f"HTTP {answer.status_code} {_NOT_OF_GRAPH}")
    told = answer.headers.get("content-length", "")
    content = bytearray()
    for some in answer.iter_bytes():
        content += some
        if len(content) > most:
            break
    size = int(told) if told.isdigit() else len(content)
    return Octets(bytes(content[:most]), max(size, len(content)))


def in_path(name: str) -> str:
    """Write an id or an address as a part of a path; ids are told apart by case, and hold `/`.

    >>> in_path("aoi@example.jp"), in_path("AA/B=")
    ('aoi@example.jp', 'AA%2FB%3D')
    """
    return quote(name, safe="@")


def in_filter(text: str) -> str:
    """Write a text into a `$filter`.

    >>> in_filter("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _json_of(content: bytes) -> dict[str, object] | None:
    try:
        found = json.loads(content)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
