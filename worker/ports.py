"""What the engine needs of the world, and no wider.

An adapter satisfies these without inheriting. Whatever the other side may lawfully say comes
back as an `Outcome`; an exception out of an adapter is a bug of ours, and is treated as one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from worker.domain.intents import Key
from worker.domain.outcomes import Outcome


class Clock(Protocol):
    """The time. One implementation reads the machine; tests and rehearsals turn theirs by hand."""

    def now(self) -> datetime:
        """Give the present instant, aware and UTC."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail, ready to hand over: frozen bytes for one recipient."""

    key: Key
    sender: str  # the envelope's MAIL FROM
    recipient: str  # one, and only one: a 250 after DATA speaks for the accepted only
    content: bytes  # CRLF line ends, complete; every attempt hands over these very bytes
    message_id: str


class Mailer(Protocol):
    """One mailbox's way out. Used by one thread at a time.

    A caller writes down that an envelope is being handed over, and only then calls `hand_over`.
    """

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now.

        At most twice the connections, less those in flight. Nothing beyond it is accepted.
        """
        ...

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Start handing over; returns at once. Never repeats anything by itself."""
        ...

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, each once; waits for the first at most *wait*."""
        ...

    def close(self) -> None:
        """Say goodbye to the server. What is in flight and unanswered is `InDoubt` before this."""
        ...


class SentFolder(Protocol):
    """Where a mail that may have gone can be looked up by its Message-ID."""

    def has(self, message_id: str) -> bool | None:
        """Say whether it was sent; None where that cannot be told."""
        ...


class Caller(Protocol):
    """Somebody's web address that is told of something."""

    def call(self, url: str, *, key: Key, secret: str, body: Mapping[str, object]) -> Outcome:
        """POST *body* as JSON, signed with *secret*; the key is the Idempotency-Key."""
        ...
