"""A meeting that we look after: how it stands, and what follows from what its calendar says.

Pure: the engine reads rows and entries, asks here what they mean, and writes that down.

    RESERVED ─▶ SEEKING ──▶ BOOKING ──▶ BOOKED ──▶ OVER
                   ▲           │          │ ▲
                   └───────────┴──────────┤ └── CHANGING
                                          └───▶ CANCELLING ──▶ CANCELLED · LOST · HUMAN
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from typing import NamedTuple

from worker.domain.facts import Digest, PersonId, PlaybookId, StaffId, StepId
from worker.domain.intents import EnrollmentId
from worker.domain.meetings import Entry, MeetingId, Said, Span, Word, event_key

DEBOUNCE = timedelta(minutes=10)  # people misclick: a decline counts when it has stood so long
HAS_LEFT = "a colleague has left"  # the outcome of an event whose organiser did
ROUNDS = 3  # new times we look for by ourselves; then a human does


# The mails beside a meeting, as kinds of intents.
INVITATION = "invitation"  # to the person: a time
NEW_TIME = "new-time"  # to the person: another one
REMINDER = "reminder"  # to the person: it is near; asks for nothing
BRIEF = "brief"  # to a colleague: whom they will meet
ASKED = "asked-again"  # to a colleague who has not answered
CALLED_OFF = "called-off"  # to the person: everything that was arranged is taken back
REQUEST = "request"  # to a colleague without a calendar of a provider: a time, or another one
CANCELLATION = "cancellation"  # to anybody, where no calendar tells them: it is taken back
OTHER_TIMES = "other-times"  # to who asked for another time by mail: not then, but maybe then
HELP = "help"  # to HR: somebody must see to it
TEXT_FAILED = "text-failed"  # to HR: a text of the playbook's lacks a word for somebody

# The word of the fact that such a mail has gone.
LETTER_WORD: Mapping[str, str] = {
    INVITATION: "invited",
    NEW_TIME: "invited",
    REMINDER: "recalled",
    BRIEF: "briefed",
    ASKED: "asked-again",
    CALLED_OFF: "called-off",
    REQUEST: "requested",
    CANCELLATION: "taken-back",
    OTHER_TIMES: "other-times",
    HELP: "alerted",
    TEXT_FAILED: "alerted",
}


class Stage(Enum):
    """Where a meeting stands. The database holds these words."""

    RESERVED = "reserved"  # promised and not due: its time is held, and nobody is told
    SEEKING = "seeking"  # wants a time, or another one where it is in a calendar already
    BOOKING = "booking"  # its time is held; the event is to be made, and may have been made
    BOOKED = "booked"  # in the calendar as we want it
    CHANGING = "changing"  # the event is to be brought to what we want, and may have been
    CANCELLING = "cancelling"  # the event is to be taken back, and may have been
    CANCELLED = "cancelled"
    LOST = "lost"  # somebody deleted the event by hand: a human says what now
    HUMAN = "human"  # a human finds the time: we have given up looking
    OVER = "over"  # its end has passed


OPEN = frozenset({Stage.SEEKING, Stage.BOOKING, Stage.BOOKED, Stage.CHANGING})


class Unfit(NamedTuple):
    """A start that did not suit. Where somebody said so, the half-day is meant, not the minute."""

    at: datetime
    is_said: bool = False


class Wall(NamedTuple):
    """What a clock on the wall of a zone showed when people were told: `2026-04-02T10:00`."""

    zone: str
    shows: str


@dataclass(frozen=True, slots=True)
class Attendee:
    """Somebody a meeting is with: a person of ours, or a member of staff."""

    address: str
    name: str = ""
    person: PersonId | None = None
    staff: StaffId | None = None
    enrollment: EnrollmentId | None = None  # of a person: whose step it is
    intent: int | None = None  # of a person: the row of the wish it came from
    said: Said = Said()  # noqa: RUF009 - frozen
    heard_at: datetime | None = None  # when we came to know it
    is_new: bool = False  # came into a session that was booked, and is to be told of it

    @property
    def who(self) -> str:
        """Name them in the book of holds."""
        return f"person/{self.person}" if self.person is not None else f"staff/{self.staff}"

    @property
    def key(self) -> str:
        """Give the address as calendars compare it."""
        return self.address.lower()


@dataclass(frozen=True, slots=True)
class Appointment:
    """A meeting as its row has it. `when` is what we want, `stood` what the calendar last said."""

    id: MeetingId
    playbook: PlaybookId
    digest: Digest
    step: StepId
    occurrence: int
    stage: Stage
    organiser: StaffId | None  # None: HR's own mailbox
    address: str  # of the organiser: in whose calendar it is
    organiser_name: str
    provider: str  # google | microsoft | mail
    title: str
    minutes: int
    place: str
    timezone: str
    due_at: datetime  # of the step
    seek_until: datetime  # where `within` ends
    cohort: str = ""  # of `together:` the value that all share; empty: a meeting of one person
    when: Span | None = None
    stood: Span | None = None
    booked_at: datetime | None = None
    held_since: datetime | None = None  # of a promise: since when its time was held beforehand
    incarnation: int = 1
    revision: int = 0
    told: int = 0  # how often it was given a time: a mail beside is about one of them
    ref: str = ""
    link: str = ""
    rounds: int = 0
    tried: tuple[Unfit, ...] = ()  # what did not suit
    fence: int = 0
    attempts: int = 0  # to reach the calendar
    failures: int = 0  # in a row
    outcome: str = ""
    nudged_at: datetime | None = None
    briefed_at: datetime | None = None
    walls: tuple[Wall, ...] = ()  # at the time it stands at, in everybody's zone, as they were told
    attendees: tuple[Attendee, ...] = ()
    next_at: datetime | None = None  # when somebody looks next; while it is claimed, of its lease

    @property
    def event_key(self) -> str:
        """Name its event for every provider."""
        return event_key(self.id, self.incarnation)

    @property
    def may_exist(self) -> bool:
        """Say whether there may be an event of it in some calendar."""
        return bool(self.ref) or self.attempts > 0

    @property
    def people(self) -> tuple[Attendee, ...]:
        """Give those of the attendees who are not staff."""
        return tuple(one for one in self.attendees if one.person is not None)


@dataclass(frozen=True, slots=True)
class Told:
    """A fact of one person that follows: `STEP.word`."""

    attendee: Attendee
    word: str
    at: datetime
    value: str | None = None


@dataclass(frozen=True, slots=True)
class News:
    """What an entry of a calendar means for the appointment it is of."""

    attendees: tuple[Attendee, ...]
    facts: tuple[Told, ...] = ()
    is_gone: bool = False  # deleted by hand
    moved_to: Span | None = None  # by hand
    look_at: datetime | None = None  # a decline is looked at again then
    proposed: Span | None = None  # somebody asks for another time


def heard(known: Appointment, entry: Entry, now: datetime) -> News:
    """Say what *entry* tells that is not known. The same entry again tells nothing."""
    nothing = News(known.attendees)
    if known.stage not in {Stage.BOOKED, Stage.CHANGING}:
        return nothing
    if entry.is_cancelled or entry.when is None:
        return replace(nothing, is_gone=True)
    if entry.revision < known.revision:  # as it was before our own last change: answers to that
        return nothing
    by_hand = known.stage is Stage.BOOKED and entry.when != known.stood
    attendees: list[Attendee] = []
    facts: list[Told] = []
    look_at: datetime | None = None
    proposed: Span | None = None
    for one in known.attendees:
        said = entry.said.get(one.key, one.said if not entry.said else Said())
        before = Said() if by_hand and _is_given_since(said, one.said) else one.said
        if one.key not in entry.said or said == before:
            attendees.append(replace(one, said=before))
            continue
        fresh = replace(one, said=said, heard_at=now)
        attendees.append(fresh)
        if said.word is Word.DECLINED and before.word is not Word.DECLINED:
            settled = now if said.is_automatic else now + DEBOUNCE
            look_at = settled if look_at is None else min(look_at, settled)
        elif said.word in _WORDS and said.word is not before.word and one.person is not None:
            facts.append(Told(fresh, _WORDS[said.word], said.at or now))
        if said.proposed is not None and said.proposed != before.proposed:
            proposed = said.proposed
            look_at = now
    return News(
        tuple(attendees),
        tuple(facts),
        moved_to=entry.when if by_hand else None,
        look_at=look_at,
        proposed=proposed,
    )


def _is_given_since(said: Said, before: Said) -> bool:
    """Say whether an answer was given since the event was moved: a move asks everybody anew.

    Exchange and Google take the answers away then (facts of both: an answer that stands in a moved
    event is to its new time), unless it bears the very instant of the one before.
    """
    return said.at is None or said.at != before.at


_WORDS: Mapping[Word, str] = {Word.ACCEPTED: "accepted", Word.TENTATIVE: "tentative"}


class Todo(Enum):
    """What the time asks to be done about a meeting that is booked."""

    DECLINED = "declined"  # a decline has stood: the person's, or a colleague's
    BUSY = "busy"  # a calendar declined by itself: the time was not free
    PROPOSED = "proposed"  # somebody asks for another time
    NUDGE = "nudge"  # a colleague has not answered
    BRIEF = "brief"  # it is near
    OVER = "over"


@dataclass(frozen=True, slots=True)
class Times:
    """When what is due: worked out by whoever knows the calendar."""

    nudge_at: datetime
    brief_at: datetime


def due(known: Appointment, times: Times, now: datetime) -> tuple[Todo, ...]:
    """Say what is to be done at *now* about a booked meeting, the most telling first."""
    if known.stage is not Stage.BOOKED or known.stood is None:
        return ()
    if known.stood.end <= now:
        return (Todo.OVER,)
    found: list[Todo] = []
    declined = [one for one in known.attendees if one.said.word is Word.DECLINED]
    if any(one.said.is_automatic for one in declined):
        found.append(Todo.BUSY)
    elif any(one.said.proposed is not None for one in known.attendees):
        found.append(Todo.PROPOSED)
    elif any(stands(one, now) for one in declined):
        found.append(Todo.DECLINED)
    if times.nudge_at <= now and known.nudged_at is None and silent_staff(known):
        found.append(Todo.NUDGE)
    if times.brief_at <= now and known.briefed_at is None:
        found.append(Todo.BRIEF)
    return tuple(found)


def next_look(known: Appointment, times: Times, now: datetime) -> datetime | None:
    """Say when the time alone asks for something about a booked meeting."""
    if known.stage is not Stage.BOOKED or known.stood is None:
        return None
    looks = [known.stood.end]
    if known.nudged_at is None and silent_staff(known):
        looks.append(times.nudge_at)
    if known.briefed_at is None:
        looks.append(times.brief_at)
    looks += (
        one.heard_at + DEBOUNCE
        for one in known.attendees
        if one.said.word is Word.DECLINED and one.heard_at is not None
    )
    return max(min(looks), now)  # what is due already is looked at at once


def silent_staff(known: Appointment) -> tuple[Attendee, ...]:
    """Give the colleagues who were invited and have said nothing."""
    return tuple(
        one
        for one in known.attendees
        if one.staff is not None
        and one.address.lower() != known.address.lower()
        and one.said.word is Word.NOTHING
    )


def stands(one: Attendee, now: datetime) -> bool:
    """Say whether what somebody said has stood for so long that it is no slip."""
    return one.heard_at is not None and one.heard_at + DEBOUNCE <= now
