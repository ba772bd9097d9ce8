"""What an answer to an invitation by mail says (iTIP, RFC 5546), and whether it still counts.

An answer is matched by our UID and its attendee, never by an organiser: Exchange leaves that out.
Whether the mail may be believed, and whose alias an address is, is decided where mails are
attributed to people.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from worker.domain.meetings import Span, Word


class Unclear(Enum):
    """Why an answer must be looked at by a human."""

    TOO_LARGE = "too_large"
    UNREADABLE = "unreadable"
    SEVERAL_EVENTS = "several_events"
    SEVERAL_PEOPLE = "several_people"  # a reply speaks for one
    NO_PERSON = "no_person"
    NO_WORD = "no_word"  # neither yes nor no nor maybe: delegated, or nothing
    NO_ZONE = "no_zone"  # a time without a zone that we know
    NO_TIME = "no_time"  # another time is proposed, and none is said
    ONE_OF_A_SERIES = "one_of_a_series"


@dataclass(frozen=True, slots=True)
class Reply:
    """One person's answer to one event of ours."""

    event_key: str
    attendee: str  # in lower case; maybe another address than the one invited
    word: Word
    sequence: int  # of the invitation that was answered
    stamp: datetime | None = None  # when it was written, as the answering calendar says
    comment: str = ""
    proposed: Span | None = None  # another time that suits them (COUNTER)
    sent_by: str = ""  # who answered for them, where it says so


@dataclass(frozen=True, slots=True)
class Puzzle:
    """An answer to an event of ours that a program must not decide on."""

    event_key: str  # empty: not even that can be read
    why: Unclear
    attendee: str = ""


def is_current(
    reply: Reply, revision: int, *, sequence: int = -1, stamp: datetime | None = None
) -> bool:
    """Say whether an answer counts, beside the last one of that person that did.

    Args:
        reply: What came.
        revision: Of our event: who answered an older invitation has not accepted the new time.
        sequence: Of the last answer that counted; negative: there was none.
        stamp: When that was written.

    Answers come late and in any order. Of the same invitation the one written last counts, and one
    written in the same second as the last does; RFC 5546 §2.1.5 orders by SEQUENCE, then DTSTAMP.
    """
    if reply.sequence < revision or reply.sequence < sequence:
        return False
    if reply.sequence > sequence or stamp is None or reply.stamp is None:
        return True
    return reply.stamp >= stamp
