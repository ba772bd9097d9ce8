"""What it means when Graph, or the sign-in, does not do what it was asked. The one place for it.

Graph says why in `error.code` (https://learn.microsoft.com/graph/errors), Exchange behind it in
codes of its own; a sign-in in AADSTS numbers
(https://learn.microsoft.com/entra/identity-platform/reference-error-codes). What nobody recognises
goes by the status. It refuses to show an address: what is said is kept and logged.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from integrations.http import outcome_of_failure, wait_of
from worker.domain.meetings import Unknown
from worker.domain.outcomes import InDoubt, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, InboxTrouble, Trouble

if TYPE_CHECKING:
    import httpx


class Kind(Enum):
    """What stood in the way."""

    AWAY = "away"  # nobody was reached, or said it is not the moment: nothing happened
    LOST = "lost"  # there was no answer: it may have happened
    BROKEN = "broken"  # an answer that does not tell whether it happened
    LIMITS = "limits"  # asked too much
    TOKEN = "token"  # noqa: S105 - the token is not taken (any more): the next one may be
    SIGN_IN = "sign-in"  # there is no token for us
    DENIED = "denied"  # this application may not do that to this mailbox
    NO_MAILBOX = "no-mailbox"
    GONE = "gone"  # the mailbox is there, the thing in it is not
    CONFLICT = "conflict"  # somebody changed it since we read it
    DUPLICATE = "duplicate"  # it was made before
    STALE = "stale"  # a cursor from which nobody can go on
    MISTAKE = "mistake"  # refused for what it is


@dataclass(frozen=True, slots=True)
class Problem:
    """A call that was not answered as wished."""

    kind: Kind
    why: str
    wait: timedelta | None = None  # what the other side asked for
    code: str = ""
    status: int = 0  # of Graph's answer; 0: there was none
    existing: str = ""  # of a duplicate: what was made before, where that is told


# What an outcome is made of for what changes something, and who can do something about it.
IN_WORDS: Mapping[Kind, tuple[type[Later] | type[Refused] | type[InDoubt], Scope, Trouble]] = {
    Kind.AWAY: (Later, Scope.SERVER, Trouble.NETWORK),
    Kind.LOST: (InDoubt, Scope.MESSAGE, Trouble.NETWORK),
    Kind.BROKEN: (InDoubt, Scope.MESSAGE, Trouble.NETWORK),
    Kind.LIMITS: (Later, Scope.MAILBOX, Trouble.LIMITS),
    Kind.TOKEN: (Later, Scope.SERVER, Trouble.NETWORK),
    Kind.SIGN_IN: (Refused, Scope.MAILBOX, Trouble.CREDENTIALS),
    Kind.DENIED: (Refused, Scope.MAILBOX, Trouble.CREDENTIALS),
    Kind.NO_MAILBOX: (Refused, Scope.MAILBOX, Trouble.MAILBOX),
    Kind.GONE: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Kind.CONFLICT: (Later, Scope.MESSAGE, Trouble.NETWORK),
    Kind.DUPLICATE: (InDoubt, Scope.MESSAGE, Trouble.MAILBOX),
    Kind.STALE: (Later, Scope.MESSAGE, Trouble.NETWORK),
    Kind.MISTAKE: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
}
_FOR_EVER = frozenset({Kind.DENIED, Kind.NO_MAILBOX, Kind.GONE, Kind.MISTAKE})

CODES: Mapping[str, Kind] = {
    "ApplicationThrottled": Kind.LIMITS,
    "ErrorExceededConnectionCount": Kind.LIMITS,
    "ErrorExceededMessageLimit": Kind.LIMITS,
    "ErrorMessageSubmissionBlocked": Kind.LIMITS,
    "ErrorSendingQuotaExceeded": Kind.LIMITS,
    "MailboxConcurrency": Kind.LIMITS,
    "TooManyRequests": Kind.LIMITS,
    "activityLimitReached": Kind.LIMITS,
    "ErrorServerBusy": Kind.AWAY,
    "ErrorMailboxMoveInProgress": Kind.AWAY,
    "ErrorMailboxStoreUnavailable": Kind.AWAY,
    "ErrorConnectionFailed": Kind.AWAY,
    "serviceNotAvailable": Kind.AWAY,
    "ConcurrentItemSave": Kind.BROKEN,  # seen with the event made, and without our property
    "ErrorInternalServerError": Kind.BROKEN,
    "ErrorInternalServerTransientError": Kind.BROKEN,
    "ErrorTimeoutExpired": Kind.BROKEN,
    "UnknownError": Kind.BROKEN,
    "generalException": Kind.BROKEN,
    "InvalidAuthenticationToken": Kind.TOKEN,
    "CompactToken.Expired": Kind.TOKEN,
    "TokenExpired": Kind.TOKEN,
    "unauthenticated": Kind.TOKEN,
    # "Access to OData is disabled": an application access policy, or RBAC for applications,
    # keeps us from this mailbox (https://learn.microsoft.com/graph/auth-limit-mailbox-access).
    "ErrorAccessDenied": Kind.DENIED,
    "accessDenied": Kind.DENIED,
    "Authorization_RequestDenied": Kind.DENIED,
    "Authorization_IdentityNotFound": Kind.DENIED,
    "ErrorSendAsDenied": Kind.DENIED,
    "ErrorCalendarShareInviteDenied": Kind.DENIED,
    "NoPermissionsInAccessToken": Kind.DENIED,
    "ErrorInvalidUser": Kind.NO_MAILBOX,
    "ErrorNonExistentMailbox": Kind.NO_MAILBOX,
    "ErrorMailRecipientNotFound": Kind.NO_MAILBOX,
    "ErrorNoFreeBusyAccess": Kind.DENIED,
    "MailboxNotEnabledForRESTAPI": Kind.NO_MAILBOX,
    "MailboxNotHostedInExchangeOnline": Kind.NO_MAILBOX,
    "MailboxNotSupportedForRESTAPI": Kind.NO_MAILBOX,
    "Request_ResourceNotFound": Kind.NO_MAILBOX,
    "ResourceNotFound": Kind.NO_MAILBOX,
    "ErrorItemNotFound": Kind.GONE,
    "ErrorObjectNotFound": Kind.GONE,
    "itemNotFound": Kind.GONE,
    "ErrorIrresolvableConflict": Kind.CONFLICT,
    "ErrorStaleObject": Kind.CONFLICT,
    "ErrorDuplicateTransactionId": Kind.DUPLICATE,
    "SyncStateNotFound": Kind.STALE,
    "SyncStateInvalid": Kind.STALE,
    "resyncRequired": Kind.STALE,
    "ErrorInvalidSyncStateData": Kind.STALE,
}
STATUSES: Mapping[int, Kind] = {
    401: Kind.TOKEN,
    403: Kind.DENIED,
    404: Kind.GONE,
    408: Kind.AWAY,
    409: Kind.CONFLICT,
    410: Kind.STALE,
    412: Kind.CONFLICT,
    421: Kind.AWAY,
    425: Kind.AWAY,
    429: Kind.LIMITS,
    501: Kind.MISTAKE,
    503: Kind.AWAY,
    509: Kind.LIMITS,
}
_KIND_OF_CODE = {code.casefold(): kind for code, kind in CODES.items()}

# Who can do what about a sign-in that fails: an administrator at Microsoft, mostly.
SIGN_INS: Mapping[int, str] = {
    7000215: "the client's secret is a wrong one",
    7000222: "the client's secret has expired",
    7000112: "the application is switched off",
    700016: "this tenant has no such application",
    700027: "the certificate is not the one that was registered",
    700024: "the clock of this machine is wrong, or the certificate has expired",
    90002: "there is no such tenant",
    900023: "this is no name of a tenant",
    50020: "the account belongs to another tenant",
    50034: "there is no such account",
    50053: "the account is locked",
    50055: "the account's password has expired",
    50057: "the account is switched off",
    50076: "a second factor is asked for: sign in anew",
    50079: "a second factor has to be set up",
    50173: "the sign-in was withdrawn: sign in anew",
    53003: "a rule of conditional access forbids it",
    65001: "an administrator has not consented to it",
    70000: "the sign-in is no longer valid: sign in anew",
    70008: "the sign-in has expired: sign in anew",
    700082: "the sign-in was unused for too long: sign in anew",
    700084: "the sign-in has expired: sign in anew",
}
# https://learn.microsoft.com/entra/identity-platform/reference-error-codes: try again
PASSING_SIGN_INS = frozenset({90006, 90010, 90014, 90033, 90055, 90099, 50196})
_PASSING_WORDS = frozenset({"temporarily_unavailable", "server_error", "slow_down"})

_ADDRESS = re.compile(r"[^\s'\"<>(),;:=/]+@[^\s'\"<>(),;:/]+")
_LONGEST = 300  # characters of what is said; somebody is to read it


def problem_of_answer(
    status: int, body: Mapping[str, object], *, retry_after: str = "", now: datetime
) -> Problem:
    """Say what an answer other than 2xx means.

    >>> from datetime import UTC
    >>> at = datetime(2026, 4, 1, tzinfo=UTC)
    >>> problem_of_answer(404, {"error": {"code": "ErrorItemNotFound"}}, now=at).kind
    <Kind.GONE: 'gone'>
    """
    error = body.get("error")
    said = error if isinstance(error, Mapping) else {}
    code, message = str(said.get("code", "")), str(said.get("message", ""))
    kind = _KIND_OF_CODE.get(code.casefold()) or STATUSES.get(status) or _by_first_digit(status)
    # Throttling is told in several codes, and only sometimes in one of its own.
    if status == 429:  # noqa: PLR2004 - RFC 6585
        kind = Kind.LIMITS
    why = quotable(f"HTTP {status} {code} {message}")
    existing = str(said.get("@event.existingEventId", ""))
    return Problem(kind, why, wait_of(retry_after, now), code, status, existing)


def _by_first_digit(status: int) -> Kind:
    return Kind.MISTAKE if 300 <= status < 500 else Kind.BROKEN  # noqa: PLR2004 - RFC 9110 15


def problem_of_failure(failure: "httpx.RequestError | httpx.InvalidURL") -> Problem:
    """Say what a request without an answer came to."""
    outcome = outcome_of_failure(failure)
    if isinstance(outcome, Later):
        return Problem(Kind.AWAY, quotable(outcome.why))
    if isinstance(outcome, Refused):
        return Problem(Kind.MISTAKE, quotable(outcome.why))
    return Problem(Kind.LOST, quotable(f"{type(failure).__name__}: {failure}"))


def problem_of_sign_in(said: Mapping[str, object]) -> Problem:
    """Say what msal's answer without a token means.

    >>> problem_of_sign_in({"error": "invalid_client", "error_codes": [7000222]}).why
    "invalid_client AADSTS7000222: the client's secret has expired"
    """
    word = str(said.get("error", "no token"))
    told = said.get("error_codes")
    numbers = [number for number in (told if isinstance(told, list) else []) if number]
    number = next((number for number in numbers if number in SIGN_INS), next(iter(numbers), 0))
    known = SIGN_INS.get(number, "")
    first = str(said.get("error_description", "")).splitlines()[:1]
    described = known or re.sub(r"^AADSTS\d+: ?", "", first[0] if first else "")
    why = quotable(" ".join(filter(None, (word, f"AADSTS{number}:" if number else "", described))))
    is_passing = word in _PASSING_WORDS or number in PASSING_SIGN_INS
    return Problem(Kind.AWAY if is_passing else Kind.SIGN_IN, why, code=word)


def quotable(said: str) -> str:
    """Give what was said on one line, without an address and not too long.

    >>> quotable("HTTP 404 No aoi@example.jp here")
    'HTTP 404 No …@… here'
    """
    line = _ADDRESS.sub("…@…", " ".join(said.split()))
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def outcome_of(problem: Problem) -> Later | Refused | InDoubt:
    """Say how a call that should have changed something went."""
    verdict, scope, _ = IN_WORDS[problem.kind]
    if verdict is Later:
        return Later(problem.why, problem.wait, scope)
    if verdict is Refused:
        return Refused(problem.why, scope, problem.code)
    return InDoubt(problem.why)


def without_change(problem: Problem) -> Outcome:
    """Say how a call went that only asked, before anything was changed: never in doubt."""
    outcome = outcome_of(problem)
    if isinstance(outcome, InDoubt):
        return Later(problem.why, problem.wait, Scope.SERVER)
    return outcome


def trouble_of(problem: Problem) -> BookTrouble:
    """Say who can do something about a calendar that cannot be asked."""
    return BookTrouble(IN_WORDS[problem.kind][2], problem.why, problem.wait)


def inbox_trouble_of(problem: Problem) -> InboxTrouble:
    """Say who can do something about a mailbox that cannot be read."""
    return InboxTrouble(IN_WORDS[problem.kind][2], problem.why, problem.wait)


def unknown_of(problem: Problem) -> Unknown:
    """Say that nobody knows when somebody is free."""
    return Unknown(problem.why, problem.kind in _FOR_EVER, problem.wait)


def about(problem: Problem, what: str) -> Problem:
    """Put before what was said, what was being done."""
    return replace(problem, why=f"{what}: {problem.why}")
