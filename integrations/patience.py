"""Waiting until a mailbox is asked again, or somebody says that it may have news."""

from collections.abc import Callable
from threading import Event
from time import monotonic

_EVERY = 1.0  # seconds between two looks whether anybody said so


def no_news() -> bool:
    """Say that nobody ever says so."""
    return False


def told_within(seconds: float, stopped: Event, may_have_news: Callable[[], bool]) -> bool:
    """Wait for *seconds*, or until *stopped*; True at once where there may be news."""
    until = monotonic() + seconds
    while not stopped.is_set():
        if may_have_news():
            return True
        left = until - monotonic()
        if left <= 0:
            return False
        stopped.wait(min(left, _EVERY))
    return False
