"""How long to wait before trying again, and when to give up. The journal keeps the result.

Full jitter over an exponentially growing span keeps a thousand put-off mails from coming back
together; the die is the key's hash, so that a rehearsal and the live run agree.
"""

from datetime import datetime, timedelta
from hashlib import sha256

from tenacity import RetryCallState, Retrying, wait_exponential
from tenacity.wait import wait_base

from worker.domain.plan import Step
from worker.domain.workdays import Workdays

HORIZON = timedelta(days=3)

_LEAST = timedelta(seconds=30)
_MESSAGE = wait_exponential(multiplier=300, exp_base=2, max=6 * 3600)  # greylisting: minutes
_LANE = wait_exponential(multiplier=60, exp_base=2, max=1800)  # a server that is away
_PRECISION = 64


def message_wait(attempt: int, key: str) -> timedelta:
    """Say how long a message waits after its *attempt*-th attempt (1, 2, …).

    >>> message_wait(1, "7/welcome/0/0/mail") == message_wait(1, "7/welcome/0/0/mail")
    True
    >>> timedelta(seconds=30) <= message_wait(9, "7/welcome/0/0/mail") <= timedelta(hours=6)
    True
    """
    return _jittered(_MESSAGE, attempt, key)


def lane_wait(failures: int, lane: str) -> timedelta:
    """Say how long a lane stays closed after so many failures in a row; at most half an hour."""
    return _jittered(_LANE, failures, lane)


def gives_up_at(
    step: Step | None, first_tried: datetime, deadline: datetime | None, days: Workdays
) -> datetime:
    """Say when an intent of *step* is not tried any more.

    `no_later_than` ends it, else `try_for`, else the three days after which mail servers, too,
    give up.
    """
    if step is not None and step.try_for is not None:
        horizon = days.after(first_tried, step.try_for)
    else:
        horizon = first_tried + HORIZON
    return horizon if deadline is None else min(horizon, deadline)


def _jittered(wait: wait_base, attempt: int, key: str) -> timedelta:
    """Take a point of the span that *wait* allows, at least half a minute from its start."""
    state = RetryCallState(_NOTHING, None, (), {})
    state.attempt_number = max(1, attempt)
    seconds: float = wait(state)
    span = timedelta(seconds=seconds)
    digest = sha256(f"{key}#{attempt}".encode()).digest()
    fraction = int.from_bytes(digest[: _PRECISION // 8]) / 2**_PRECISION
    jittered: timedelta = span * fraction
    return max(_LEAST, jittered)


_NOTHING = Retrying()  # tenacity's waits ask for one; nothing is ever called through it
