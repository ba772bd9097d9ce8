"""Tells somebody's web address of something, once, signed.

The receiver finds in `Tsunagu-Signature: t=<seconds>,v1=<hex>` the HMAC-SHA256, with the shared
secret as its key, of the seconds, a full stop and the body as it came; in `Idempotency-Key` the
name of what is told, the same if it should ever be told again. It refuses to follow redirects, to
retry, and to keep connections: a kept one may be closing while we write.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import quote

from integrations.http import outcome_of_failure, outcome_of_status
from integrations.tls import trust
from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Outcome, Scope
from worker.ports import Clock

if TYPE_CHECKING:
    import httpx

_CONNECT = timedelta(seconds=10)
_ANSWER = timedelta(seconds=30)


class WebhookCaller:
    """A `Caller` over HTTP.

    `answer` is how long the receiver may take for each of reading, writing and answering;
    `proxy` is the address of a proxy, and `ca_file` a file of certificates to trust beside the
    system's.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        connect: timedelta = _CONNECT,
        answer: timedelta = _ANSWER,
        proxy: str = "",
        ca_file: str = "",
    ) -> None:
        self._clock = clock
        self._connect = connect
        self._answer = answer
        self._proxy = proxy
        self._ca_file = ca_file
        self._client: httpx.Client | None = None

    def call(self, url: str, *, key: Key, secret: str, body: Mapping[str, object]) -> Outcome:
        """POST *body* as JSON, signed with *secret*.

        Whatever goes wrong concerns this call alone, never other addresses.
        """
        import httpx  # noqa: PLC0415 - a sixth of a second that only callers pay

        now = self._clock.now()
        octets = encoded(body)
        seconds = int(now.timestamp())
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": quote(key, safe="/:.@+=,;~"),
            "Tsunagu-Signature": f"t={seconds},v1={signature(secret, seconds, octets)}",
            "User-Agent": "tsunagu",
        }
        try:
            with self._open_client().stream("POST", url, content=octets, headers=headers) as answer:
                outcome = outcome_of_status(
                    answer.status_code,
                    retry_after=answer.headers.get("retry-after", ""),
                    now=now,
                    said=answer.reason_phrase,
                )
        except (httpx.RequestError, httpx.InvalidURL, UnicodeError) as problem:
            outcome = outcome_of_failure(problem)
        return _of_this_call(outcome)

    def close(self) -> None:
        """Let go of what a client holds."""
        if self._client is not None:
            self._client.close()
            self._client = None

    def _open_client(self) -> "httpx.Client":
        """Make the client at the first call: reading the system's certificates takes a while."""
        if self._client is None:
            import httpx  # noqa: PLC0415 - a sixth of a second that only callers pay

            self._client = httpx.Client(
                verify=trust(self._ca_file),
                timeout=httpx.Timeout(
                    self._answer.total_seconds(), connect=self._connect.total_seconds()
                ),
                limits=httpx.Limits(max_keepalive_connections=0),
                follow_redirects=False,
                proxy=self._proxy or None,
                trust_env=False,
            )
        return self._client


def signature(secret: str, seconds: int, body: bytes) -> str:
    """Sign a body sent at an instant; a receiver computes the same and compares.

    >>> signature("s3cret", 1775001600, b"{}")[:16]
    'b6126198489b7029'
    """
    told = b"%d." % seconds + body
    return hmac.new(secret.encode(), told, hashlib.sha256).hexdigest()


def encoded(body: Mapping[str, object]) -> bytes:
    """Write a body as JSON in UTF-8; dates and instants as ISO 8601.

    >>> encoded({"person": "葵", "on": date(2026, 4, 1)}).decode()
    '{"person":"葵","on":"2026-04-01"}'
    """
    write = partial(json.dumps, ensure_ascii=False, separators=(",", ":"), default=_as_text)
    return str(write(body)).encode()


def _as_text(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(f"a webhook's body holds a {type(value).__name__}, which JSON has no word for")


def _of_this_call(outcome: Outcome) -> Outcome:
    """Narrow an outcome to the call it belongs to: receivers do not share their troubles."""
    if isinstance(outcome, Done | InDoubt):
        return outcome
    return replace(outcome, scope=Scope.MESSAGE)
