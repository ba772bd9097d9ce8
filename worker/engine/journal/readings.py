"""How a mail that came in stands, what was read in it, and what becomes of mails of ours by it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection

from worker.domain.facts import Fact, PersonId, PlaybookId, StaffId, StepId
from worker.engine.journal.notices import Notice
from worker.engine.journal.redelivery import Delivery
from worker.ports import Place

ANSWER = "answer"  # the kind of a mail in which somebody of ours answers
STAFF_REPLY = "staff_reply"  # what led to the person: a colleague answered an alert or a task
ANSWERED_BY = "answered by "  # and the number of the mail in which a human did


class MailState(StrEnum):
    """How an incoming mail stands."""

    NEW = "new"  # stored, not yet read
    TRAY = "tray"  # a human says whose it is, or whether it may count
    OPEN = "open"  # it is known whom it answers; a human has to answer it
    DONE = "done"  # nothing is left to do
    IGNORED = "ignored"  # our own, a robot's, or seen before


# What nobody waits for an answer to, though a human may have to see to it.
OF_NO_PERSON = ("bounce_hard", "bounce_soft", "complaint", "auto_reply")
WAITING = (MailState.TRAY, MailState.OPEN)


@dataclass(frozen=True, slots=True)
class Stored:
    """A mail that was stored and has not been read."""

    id: int
    received_at: datetime
    raw: bytes
    place: Place = Place.INBOX
    thread: str = ""  # the provider's


@dataclass(frozen=True, slots=True)
class Question:
    """Who answers a mail that waits, by when, and who is told of it when."""

    owner: StaffId
    due_at: datetime
    lane: str  # by which the notices leave
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class PutOff:
    """A mail of ours did not arrive: hand it over again at `next_at`, or give it up (None)."""

    delivery: Delivery
    next_at: datetime | None
    why: str


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail of ours that waits to be handed over again did arrive."""

    delivery: Delivery


@dataclass(frozen=True, slots=True)
class AskAddress:
    """A mail of ours will never arrive: somebody is to ask for another address."""

    delivery: Delivery
    text: str
    owner: str  # a role
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a mail is, whom it answers, and what follows."""

    state: MailState
    kind: str
    rule: str
    match_rule: str
    confidence: str
    message_key: str = ""
    sender: str = ""
    failed: tuple[str, ...] = ()
    subject: str = ""
    text: str = ""
    intent: str = ""
    person: PersonId | None = None
    playbook: PlaybookId = PlaybookId("")  # noqa: RUF009 - a text
    step: StepId = StepId("")  # noqa: RUF009 - a text
    facts: tuple[Fact, ...] = ()
    question: Question | None = None  # of one that waits for a human
    address: str = ""  # a new one that it tells
    closes: tuple[int, ...] = ()  # mails that it answers, where a human of ours wrote it
    answered_at: datetime | None = None  # the wait ends then, unless another mail of theirs waits
    ended: str = ""  # why it waits for nobody
    is_ours: bool = False  # written by the engine: nothing but its header is kept
    deed: PutOff | Arrived | AskAddress | None = None  # what becomes of a mail of ours
    ends_ladder: bool = False  # a reply is what its step waits for
    reason: str = ""  # why something did not arrive
    answers: tuple[str, ...] = ()  # the ids its headers name
    also: Callable[[Connection, datetime], None] | None = None  # to be written with it
