"""A meeting as a calendar should hold it, and as a calendar says it stands.

An instant is aware and UTC. A meeting has one organiser in whose calendar it is made, and one
event; everybody else is a guest of it. It is never copied into a second calendar by us.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from hashlib import sha256
from typing import NamedTuple, NewType

MeetingId = NewType("MeetingId", str)


class Span(NamedTuple):
    """A half-open stretch of time: what ends at an instant leaves that instant free."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody a meeting is with."""

    address: str
    name: str = ""
    is_optional: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """What one event should look like. The same invitation always gives the same event.

    `id` and `incarnation` name the event for ever: whoever asks for them twice finds the first.
    A higher `incarnation` is another event, after somebody deleted the one before by hand;
    `revision` counts our own changes of one event (iCalendar's SEQUENCE).
    """

    id: MeetingId
    organiser: Guest  # in whose calendar it is made
    guests: tuple[Guest, ...]  # without the organiser
    title: str
    when: Span
    timezone: str  # in which the organiser reads it; an IANA name
    description: str = ""  # plain text that everybody invited may read
    place: str = ""  # a room or an address, or google_meet, teams: a link is made
    hides_guests: bool = False  # from one another: offer-holders do not see each other's addresses
    incarnation: int = 1
    revision: int = 0

    @property
    def event_key(self) -> str:
        """Name the event for every provider: 52 signs of a-v and 0-9."""
        return event_key(self.id, self.incarnation)


def event_key(meeting: MeetingId, incarnation: int) -> str:
    """Name one event of a meeting, in an alphabet that every provider takes.

    base32hex in lower case, which Google asks of a client's own event id (Calendar API v3, `id`).

    >>> key = event_key(MeetingId("1/first-1on1/0"), 1)
    >>> len(key), set(key) <= set("0123456789abcdefghijklmnopqrstuv")
    (52, True)
    """
    number = int.from_bytes(sha256(f"{meeting}:{incarnation}".encode()).digest(), "big") << 4
    return "".join(_DIGITS[number >> place & 31] for place in range(255, -1, -5))


_DIGITS = "0123456789abcdefghijklmnopqrstuv"


class Word(Enum):
    """What somebody invited said."""

    NOTHING = "nothing"
    ACCEPTED = "accepted"
    TENTATIVE = "tentative"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Said:
    """The answer of one guest, as the calendar has it."""

    word: Word = Word.NOTHING
    at: datetime | None = None  # None: the calendar does not tell when
    comment: str = ""
    proposed: Span | None = None  # another time that suits them
    is_automatic: bool = False  # a calendar declined by itself: no person's decision


@dataclass(frozen=True, slots=True)
class Entry:
    """An event of ours, as the calendar says it stands."""

    ref: str  # what the provider calls it; with the organiser's address it names the event
    organiser: str
    when: Span | None  # None: gone, or the calendar tells no more of it than that
    is_cancelled: bool = False  # deleted or cancelled there, by whomever
    event_key: str = ""  # ours, as it was written into the event; empty: the calendar does not tell
    revision: int = 0  # ours, as it was written into the event
    etag: str = ""
    title: str = ""
    place: str = ""
    link: str = ""  # of the online meeting
    is_link_pending: bool = False  # it is being made: look again
    said: Mapping[str, Said] = field(default_factory=dict)  # by address, in lower case


@dataclass(frozen=True, slots=True)
class Busy:
    """When somebody is taken: sorted, without overlaps."""

    spans: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody can say when somebody is free; never to be taken for free."""

    why: str
    is_permanent: bool = False  # no such calendar, or no right to see it: asking again is no use
    wait: timedelta | None = None  # what the other side asked for


NO_CALENDAR = Unknown("gave no calendar", is_permanent=True)
"""Of somebody who has none that we could read: the asker decides whether hours alone will do."""


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Give *spans* sorted, with those that touch or overlap made one.

    >>> from datetime import UTC
    >>> at = lambda hour: datetime(2026, 4, 1, hour, tzinfo=UTC)
    >>> [(s.start.hour, s.end.hour) for s in merged([Span(at(3), at(5)), Span(at(1), at(3))])]
    [(1, 5)]
    """
    done: list[Span] = []
    for span in sorted(spans):
        if done and span.start <= done[-1].end:
            done[-1] = Span(done[-1].start, max(done[-1].end, span.end))
        elif span.start < span.end:
            done.append(span)
    return tuple(done)
