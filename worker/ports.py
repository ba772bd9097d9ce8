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


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address, and the name it is shown with (empty: none)."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; with a `content_id` the HTML part shows it as an image."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    content_id: str = ""  # without brackets, as in `<img src="cid:…">`


@dataclass(frozen=True, slots=True)
class MailParts:
    """Everything one mail is made of. The same parts always give the same bytes."""

    sender: Address
    to: Address
    subject: str
    text: str
    html: str  # empty: a mail of text alone
    sent_at: datetime
    message_id: str  # with brackets, as `worker.domain.post` makes it
    references: tuple[str, ...] = ()  # the thread's anchor first
    in_reply_to: str = ""
    reply_to: Address | None = None
    auto_submitted: str = "auto-generated"  # RFC 3834; empty: not said
    suppress: str = "OOF, AutoReply, DR, RN, NRN"  # never All or NDR: we need the bounces
    unsubscribe: str = ""  # an https address for one-click unsubscribe (RFC 8058)
    unsubscribe_mail: str = ""  # a mailto: address beside it
    marks: tuple[tuple[str, str], ...] = ()  # further headers; names start with X-
    attachments: tuple[Attachment, ...] = ()


class MailWriter(Protocol):
    """What turns parts into the bytes of a mail, and looks at them before they are frozen."""

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write the mail; `MailError` where something must not stand in one.

        *shape* names what mails have in common (a version and template): the first of each
        is parsed back and compared word by word.
        """
        ...


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
