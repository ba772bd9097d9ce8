"""Access tokens as mail servers want them (XOAUTH2), from whoever keeps the sign-in.

https://developers.google.com/gmail/imap/xoauth2-protocol, which Exchange Online speaks, too. A
server says of a token that has run out what it says of one that was never good, so that the first
refusal is answered by another token, and only the second is a human's business.
"""

from collections.abc import Callable
from threading import Lock
from typing import Protocol


class NoToken(Exception):  # noqa: N818 - becomes a value before anybody sees it
    """There is no token for us, and a human must act."""


class Bearer(Protocol):
    """Who has tokens for one mailbox. Any number of threads share one."""

    def token(self) -> str:
        """Give a token that is valid now, as far as is known here.

        Raises:
            OSError: It cannot be had now.
            NoToken: It cannot be had until somebody acts.
        """
        ...

    def accepted(self) -> None:
        """Hear that a server took a token."""
        ...

    def refused(self, token: str) -> bool:
        """Hear that a server did not take *token*; says whether to come back with another."""
        ...


class GivenTokens:
    """Tokens that somebody else looks after, and gives when asked."""

    def __init__(self, give: Callable[[], str]) -> None:
        self._give = give

    def token(self) -> str:
        """Give what there is now."""
        return self._give()

    def accepted(self) -> None:
        """Nothing follows from it."""

    def refused(self, token: str) -> bool:  # noqa: ARG002 - whichever it was, we have no other
        """Say that a human must act."""
        return False


class Refusals:
    """What was refused lately, for those `Bearer`s that can have another token made."""

    def __init__(self) -> None:
        self._last = ""
        self._one = Lock()

    def clear(self) -> None:
        """Note that a token was taken."""
        with self._one:
            self._last = ""

    def is_first(self, token: str) -> bool:
        """Note that *token* was refused; says whether another may be better."""
        with self._one:
            is_second, self._last = bool(self._last) and self._last != token, token
            return not is_second


def proof_of(user: str, token: str) -> bytes:
    """Write what is said to sign in by XOAUTH2."""
    return f"user={user}\x01auth=Bearer {token}\x01\x01".encode()
