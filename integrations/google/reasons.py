"""The one place where what Google says, or does not say, becomes a word of ours.

Google gives an error as a status and a `reason`; the reason counts, and a reason nobody has told us
of goes by its status. Sources: "Handle API errors" and "Manage quotas" of Calendar API v3,
"Resolve errors" of the Gmail API, "Calendar use limits in Google Workspace" (support 2905486), and
RFC 6749 5.2 for the signing in. Limits: 600 requests a minute and user, 10,000 a minute and
project; 10,000 invitations to guests outside the company in a short period, after which it takes
days to recover: that is `quotaExceeded`, and no business of the next minutes.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from worker.domain.meetings import Unknown
from worker.domain.outcomes import InDoubt, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Trouble


class Meaning(Enum):
    """What an answer that is no success means for us."""

    PAUSE = "too much in this minute: come back when told"
    SPENT = "used up for hours or days: close this mailbox for long, and tell a human"
    SIGN_IN = "who we are is not believed any more: a human must act"
    FORBIDDEN = "we may not do this with this mailbox: a human must act"
    MISSING = "there is no such thing"
    GONE = "it was there; or the cursor is too old"
    TAKEN = "the id is in use already"
    STALE = "somebody changed it since we looked"
    WRONG = "the request itself is not acceptable"
    AWAY = "certainly not done: nobody there, or asked to come back"
    LOST = "it may have been done: the answer is missing, or a server stumbled over it"


BY_REASON: Mapping[str, Meaning] = {
    # limits
    "rateLimitExceeded": Meaning.PAUSE,
    "userRateLimitExceeded": Meaning.PAUSE,
    "concurrentLimitExceeded": Meaning.PAUSE,
    "quotaExceeded": Meaning.SPENT,
    "dailyLimitExceeded": Meaning.SPENT,
    "limitExceeded": Meaning.SPENT,
    # who we are
    "authError": Meaning.SIGN_IN,
    "unauthorized": Meaning.SIGN_IN,
    "required_login": Meaning.SIGN_IN,
    "invalid_grant": Meaning.SIGN_IN,
    "invalid_client": Meaning.SIGN_IN,
    "unauthorized_client": Meaning.SIGN_IN,
    "access_denied": Meaning.SIGN_IN,
    "admin_policy_enforced": Meaning.SIGN_IN,
    "disabled_client": Meaning.SIGN_IN,
    "deleted_client": Meaning.SIGN_IN,
    "invalid_scope": Meaning.SIGN_IN,
    "insufficientPermissions": Meaning.SIGN_IN,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Meaning.SIGN_IN,
    # what we may do
    "accessNotConfigured": Meaning.FORBIDDEN,
    "domainPolicy": Meaning.FORBIDDEN,
    "failedPrecondition": Meaning.FORBIDDEN,  # Gmail: the mail service is not enabled for them
    "forbidden": Meaning.FORBIDDEN,
    "forbiddenForServiceAccounts": Meaning.FORBIDDEN,  # guests, but no domain-wide delegation
    "requiredAccessLevel": Meaning.FORBIDDEN,
    "push.webhookUrlUnauthorized": Meaning.FORBIDDEN,  # nobody has shown that the address is ours
    # what is there
    "notFound": Meaning.MISSING,
    "deleted": Meaning.GONE,
    "fullSyncRequired": Meaning.GONE,
    "updatedMinTooLongAgo": Meaning.GONE,
    "duplicate": Meaning.TAKEN,
    "conditionNotMet": Meaning.STALE,
    # how we asked
    "forbiddenForNonOrganizer": Meaning.WRONG,  # of this event: somebody else organises it by now
    "badRequest": Meaning.WRONG,
    "channelIdNotUnique": Meaning.WRONG,
    "push.webhookUrlNotHttps": Meaning.WRONG,
    "invalid": Meaning.WRONG,
    "invalidArgument": Meaning.WRONG,
    "invalidParameter": Meaning.WRONG,
    "parseError": Meaning.WRONG,
    "required": Meaning.WRONG,
    "timeRangeEmpty": Meaning.WRONG,
    "timeRangeTooLong": Meaning.WRONG,
    # how they are
    "backendError": Meaning.LOST,
    "internalError": Meaning.LOST,
    "internal_failure": Meaning.AWAY,  # of the signing in: the request itself was never made
    "server_error": Meaning.AWAY,
    "temporarily_unavailable": Meaning.AWAY,
}

BY_STATUS: Mapping[int, Meaning] = {
    400: Meaning.WRONG,
    401: Meaning.SIGN_IN,
    403: Meaning.FORBIDDEN,
    404: Meaning.MISSING,
    408: Meaning.AWAY,
    409: Meaning.TAKEN,
    410: Meaning.GONE,
    412: Meaning.STALE,
    413: Meaning.WRONG,
    429: Meaning.PAUSE,
}

LONG = timedelta(hours=6)
_LONGEST_REASON = 200
_LONGEST_WAIT = timedelta(days=1)
_RETRY_AFTER = re.compile(rb"Retry after (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?Z)")
_ADDRESS = re.compile(r"[^\s<>\"'(),:;]+@[^\s<>\"'(),:;]+")


@dataclass(frozen=True, slots=True)
class Problem:
    """What was said instead of a success, without anybody's address."""

    meaning: Meaning
    why: str
    wait: timedelta | None = None


class GoogleSays(Exception):  # noqa: N818 - it is no error of ours, and never leaves the adapters
    """Carries a problem from the line to the verb that was asked for."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.why)
        self.problem = problem


def problem_of(status: int, content: bytes, wait: timedelta | None) -> Problem:
    """Read an answer of Google's that is no success.

    >>> said = b'{"error": {"errors": [{"reason": "quotaExceeded"}], "message": "Limits."}}'
    >>> problem_of(403, said, None).meaning
    <Meaning.SPENT: 'used up for hours or days: close this mailbox for long, and tell a human'>
    """
    reason, message = _read(content)
    meaning = BY_REASON.get(reason) or BY_STATUS.get(status) or _by_first_digit(status)
    if meaning is Meaning.SPENT:
        wait = max(wait or LONG, LONG)
    return Problem(meaning, described(f"HTTP {status}", reason, message), wait)


def _by_first_digit(status: int) -> Meaning:
    return Meaning.WRONG if 300 <= status < 500 else Meaning.LOST  # noqa: PLR2004 - RFC 9110 15


def wait_in(content: bytes, now: datetime) -> timedelta | None:
    """Read how long to wait where only the message says so, as Gmail's does.

    >>> from datetime import UTC
    >>> said = b'{"message": "User-rate limit exceeded.  Retry after 2026-04-01T00:01:30.340Z"}'
    >>> wait_in(said, datetime(2026, 4, 1, tzinfo=UTC))
    datetime.timedelta(seconds=90, microseconds=340000)
    """
    found = _RETRY_AFTER.search(content)
    if found is None:
        return None
    until = datetime.fromisoformat(found[1].decode())
    return min(max(until - now, timedelta(0)), _LONGEST_WAIT)


def described(*words: str) -> str:
    """Put what was said into one line that names nobody.

    >>> described("HTTP 400", "invalid", "Invalid attendee email: aoi@example.jp.")
    'HTTP 400 invalid Invalid attendee email: …'
    """
    line = " ".join(" ".join(words).split())
    return _ADDRESS.sub("…", line)[:_LONGEST_REASON]


def _read(content: bytes) -> tuple[str, str]:
    """Give reason and message of an error, however much of it is there."""
    try:
        error = json.loads(content)["error"]
    except (ValueError, KeyError, TypeError):
        return "", ""
    if isinstance(error, str):  # of the signing in
        return error, ""
    if not isinstance(error, dict):
        return "", ""
    told = [one for one in _dicts(error.get("errors")) + _dicts(error.get("details")) if one]
    reason = next((str(one["reason"]) for one in told if one.get("reason")), "")
    return reason, str(error.get("message", ""))


def _dicts(value: object) -> list[dict[str, object]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def outcome_of(problem: Problem) -> Outcome:
    """Say how a request that should change something went."""
    why = problem.why
    match problem.meaning:
        case Meaning.PAUSE | Meaning.SPENT:
            return Later(why, problem.wait, Scope.MAILBOX)
        case Meaning.SIGN_IN | Meaning.FORBIDDEN:
            return Refused(why, Scope.MAILBOX)
        case Meaning.MISSING | Meaning.GONE | Meaning.TAKEN | Meaning.WRONG:
            return Refused(why)
        case Meaning.STALE:
            return Later(why)
        case Meaning.AWAY:
            return Later(why, problem.wait, Scope.SERVER)
        case Meaning.LOST:
            return InDoubt(why)


def kind_of(problem: Problem) -> Trouble:
    """Say who can do something about a request that should only tell something."""
    match problem.meaning:
        case Meaning.PAUSE | Meaning.SPENT:
            return Trouble.LIMITS
        case Meaning.SIGN_IN:
            return Trouble.CREDENTIALS
        case Meaning.FORBIDDEN | Meaning.MISSING | Meaning.GONE | Meaning.TAKEN | Meaning.WRONG:
            return Trouble.MAILBOX
        case Meaning.STALE | Meaning.AWAY | Meaning.LOST:
            return Trouble.NETWORK


def trouble_of(problem: Problem) -> BookTrouble:
    """Say that a calendar could not be asked."""
    return BookTrouble(kind_of(problem), problem.why, problem.wait)


def unknown_of(problem: Problem) -> Unknown:
    """Say that nobody can tell whether somebody is free."""
    is_permanent = kind_of(problem) in (Trouble.CREDENTIALS, Trouble.MAILBOX)
    return Unknown(problem.why, is_permanent, problem.wait)
