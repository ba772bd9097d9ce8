"""The one place where a status code, or the lack of one, becomes an outcome.

A POST whose answer was lost may have been obeyed, and so may one that was answered by a gateway's
502 or 504 or a server's 500: these are in doubt. It refuses to retry anything: who repeats a POST
blindly does things twice.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope

if TYPE_CHECKING:
    import httpx

_LONGEST_WAIT = timedelta(days=1)

# What a status means where it is no 2xx (RFC 9110 15, RFC 6585); what is not named here goes by
# its first digit. 409: the request of the same Idempotency-Key is still being worked on
# (draft-ietf-httpapi-idempotency-key-header 2.6).
_BY_STATUS: Mapping[int, tuple[type[Later] | type[Refused] | type[InDoubt], Scope]] = {
    401: (Refused, Scope.MAILBOX),
    403: (Refused, Scope.MAILBOX),
    407: (Refused, Scope.MAILBOX),
    408: (Later, Scope.SERVER),
    409: (Later, Scope.MESSAGE),
    413: (Refused, Scope.MESSAGE),
    421: (Later, Scope.SERVER),
    425: (Later, Scope.SERVER),
    429: (Later, Scope.MAILBOX),
    501: (Refused, Scope.MESSAGE),
    503: (Later, Scope.SERVER),
    505: (Refused, Scope.MESSAGE),
    511: (Later, Scope.SERVER),
}


_ANY_TIME = datetime(2026, 1, 1, tzinfo=UTC)
_BUSY = frozenset({408, 421, 425, 429})  # not now, whatever it is


def outcome_of_status(
    status: int, *, retry_after: str = "", now: datetime, said: str = ""
) -> Outcome:
    """Say what an answered request came to; *retry_after* is the header as it came.

    >>> from datetime import UTC
    >>> outcome_of_status(429, retry_after="90", now=datetime(2026, 4, 1, tzinfo=UTC)).wait
    datetime.timedelta(seconds=90)
    """
    why = f"HTTP {status} {said}".strip()
    if 200 <= status < 300:  # noqa: PLR2004 - RFC 9110 15.3: successful
        return Done(why)
    verdict, scope = _BY_STATUS.get(status, (_by_first_digit(status), Scope.MESSAGE))
    if verdict is Later:
        return Later(why, wait_of(retry_after, now), scope)
    if verdict is Refused:
        return Refused(why, scope, str(status))
    return InDoubt(why)


def _by_first_digit(status: int) -> type[Refused] | type[InDoubt]:
    """A 3xx is not followed and a 4xx not obeyed; the rest may have been."""
    return Refused if 300 <= status < 500 else InDoubt  # noqa: PLR2004 - RFC 9110 15


def wait_of(retry_after: str, now: datetime) -> timedelta | None:
    """Read Retry-After, in seconds or as a date (RFC 9110 10.2.3); None where it says nothing.

    >>> from datetime import UTC
    >>> wait_of("Wed, 01 Apr 2026 00:02:00 GMT", datetime(2026, 4, 1, tzinfo=UTC))
    datetime.timedelta(seconds=120)
    """
    asked = retry_after.strip()
    if asked.isascii() and asked.isdigit():
        seconds = int(asked[:9])
        return min(timedelta(seconds=seconds), _LONGEST_WAIT)
    try:
        until = parsedate_to_datetime(asked)
    except (ValueError, OverflowError):  # no date, or one of numbers without end
        return None
    if until.tzinfo is None:
        return None
    return min(max(until - now, timedelta(0)), _LONGEST_WAIT)


def outcome_of_failure(problem: "httpx.RequestError | httpx.InvalidURL | UnicodeError") -> Outcome:
    """Say what a request without an answer came to: certainly not sent, or in doubt."""
    import httpx  # noqa: PLC0415 - a sixth of a second that only callers pay

    why = f"{type(problem).__name__}: {problem}"
    match problem:
        case httpx.InvalidURL() | httpx.UnsupportedProtocol() | httpx.LocalProtocolError():
            return Refused(why)
        case UnicodeError():  # a host that no name server can be asked for: `a..b`
            return Refused(why)
        case (
            httpx.ConnectError() | httpx.ConnectTimeout() | httpx.PoolTimeout() | httpx.ProxyError()
        ):
            return Later(why, scope=Scope.SERVER)
        case _:  # time-outs and errors of reading and writing, answers that are none
            return InDoubt(why)


def wait_by_its_own_clock(headers: "httpx.Headers") -> timedelta | None:
    """Read `Retry-After` where nobody knows the time but who answers: a date counts from `Date`."""
    asked, date = headers.get("retry-after", ""), headers.get("date", "")
    try:
        now = parsedate_to_datetime(date or asked)
    except (ValueError, OverflowError):
        now = _ANY_TIME  # a number of seconds counts from whenever it is
    return wait_of(asked, now if now.tzinfo is not None else _ANY_TIME)


def is_word_of_sign_in(status: int, content: bytes, *names: str) -> bool:
    """Say whether an answer is a sign-in's own word (RFC 6749 5): one of *names* is in it, or any.

    A gateway's page is not, nor half an answer, nor one that says no more than that it is busy.

    >>> is_word_of_sign_in(400, b'{"error": "invalid_grant"}', "error", "access_token")
    True
    >>> is_word_of_sign_in(502, b'<html>Bad gateway</html>')
    False
    """
    if status >= 500 or status in _BUSY:  # noqa: PLR2004 - RFC 9110 15.6: of a server
        return False
    try:
        told = json.loads(content)
    except ValueError:
        return False
    return isinstance(told, dict) and (any(name in told for name in names) if names else bool(told))
