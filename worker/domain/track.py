"""One step made ready for decisions: the names of its facts, its moments, what it listens to."""

from collections.abc import Iterable
from typing import TypeAlias

from worker.domain.cases import (
    ACKNOWLEDGED,
    APPROVED,
    DOUBTFUL,
    DRAFTED,
    DUE,
    FAILED,
    FINISHED,
    MISSED,
    PUT_OFF,
    SILENT,
    SKIPPED,
)
from worker.domain.conditions import Condition, names
from worker.domain.facts import KNOWN_OF_THE_PERSON, PlaybookId, StepId
from worker.domain.intents import FACT_WORD, fact_name
from worker.domain.moments import fact_of
from worker.domain.plan import Action, Mail, Meeting, Rung, Step, Survey
from worker.domain.when import Distance, Every, Moment, OnceTrue

FactKey: TypeAlias = tuple[PlaybookId, str]

_NOT_OF_FACTS = frozenset({"person", "now"})


class Point:
    """A moment of a plan, with the keys under which its fact is noted; compared by identity."""

    __slots__ = ("fact", "moment", "of_person", "own")

    def __init__(self, playbook: PlaybookId, moment: Moment) -> None:
        self.moment = moment
        self.fact = fact_of(moment)
        self.own = (playbook, self.fact)
        self.of_person = (KNOWN_OF_THE_PERSON, self.fact)


class Pace:
    """A distance of a plan; compared by identity, so that a cache need not look at it."""

    __slots__ = ("distance",)

    def __init__(self, distance: Distance) -> None:
        self.distance = distance


class Track:
    """One step of a plan, with the names of all facts it brings about or listens to."""

    __slots__ = (
        "answer",
        "approved",
        "doubtful",
        "draft",
        "due",
        "every",
        "failed",
        "greatest",
        "held",
        "least",
        "limit",
        "missed",
        "needs_address",
        "of_staff",
        "rungs",
        "sent",
        "silent",
        "skipped",
        "start",
        "step",
        "until",
        "within",
    )

    def __init__(self, playbook: PlaybookId, step: Step) -> None:
        self.step = step
        when = step.when
        self.every = when if isinstance(when, Every) else None
        self.start: Point | None = None  # of the step, or of its cadence
        self.until: Point | None = None
        self.least: Pace | None = None  # of a cadence that is a range
        self.greatest: Pace | None = None
        self.within = Pace(step.expect.within) if step.expect else None
        self.of_staff = step.expect is not None and step.expect.answer == FINISHED
        self.limit = Point(playbook, step.no_later_than) if step.no_later_than else None
        if isinstance(when, Every):
            self.start = Point(playbook, when.start)
            self.until = Point(playbook, when.until) if when.until else None
            if when.greatest is not None:
                self.least, self.greatest = Pace(when.least), Pace(when.greatest)
        elif not isinstance(when, OnceTrue):
            self.start = Point(playbook, when)
        self.due = _key(playbook, step.id, DUE)
        self.draft = _key(playbook, step.id, DRAFTED)
        self.approved = _key(playbook, step.id, APPROVED)
        self.skipped = _key(playbook, step.id, SKIPPED)
        self.missed = _key(playbook, step.id, MISSED)
        self.sent = _key(playbook, step.id, FACT_WORD[type(step.action)])
        self.failed = _key(playbook, step.id, FAILED)
        self.held = _key(playbook, step.id, "held") if isinstance(step.action, Meeting) else None
        self.doubtful = _key(playbook, step.id, DOUBTFUL)
        self.silent = _key(playbook, step.id, SILENT)
        self.answer = _key(playbook, step.id, step.expect.answer if step.expect else "")
        self.needs_address = _needs_address((step.action,))
        self.rungs = tuple(
            RungTrack(playbook, step.id, number, rung)
            for number, rung in enumerate(step.ladder, start=1)
        )


class RungTrack:
    """One rung of a step's ladder."""

    __slots__ = ("after", "due", "needs_address", "number", "put_off", "rung", "seen_to")

    def __init__(self, playbook: PlaybookId, step: StepId, number: int, rung: Rung) -> None:
        self.number = number
        self.rung = rung
        self.after = Pace(rung.after) if rung.after else None
        self.due = (playbook, fact_name(step, number, DUE))
        self.put_off = (playbook, fact_name(step, number, PUT_OFF))
        words = (ACKNOWLEDGED, FINISHED)
        self.seen_to = tuple((playbook, fact_name(step, number, word)) for word in words)
        self.needs_address = _needs_address(rung.actions)


class Slot:
    """One thing to look at: a step, or the ladder of a step.

    `plain` is the moment of a step that happens once and that nobody need release.
    """

    __slots__ = ("ladder", "number", "plain", "track")

    def __init__(self, number: int, track: Track, *, ladder: bool) -> None:
        self.number = number
        self.track = track
        self.ladder = ladder
        step = track.step
        once = not ladder and track.every is None and not step.approve
        self.plain = track.start if once else None


def closes(slot: Slot) -> tuple[FactKey, ...]:
    """Name the facts after which a plain step is done for good."""
    track = slot.track
    return (track.due, track.skipped, track.missed) if slot.plain else ()


def listens_to(slot: Slot) -> set[str]:
    """Name the facts, besides those that close it, that may change what a slot waits for."""
    track, step = slot.track, slot.track.step
    if slot.ladder:
        own = {track.sent, track.failed, track.silent, track.answer}
        others = step.expect.or_facts if step.expect else ()
        for rung in track.rungs:
            own |= {rung.due, rung.put_off, *rung.seen_to}
        return {key[1] for key in own}.union(others)
    points = (track.start, track.until, track.limit)
    heard = {point.fact for point in points if point is not None and point.fact}
    if not slot.plain:
        own = {track.due, track.draft, track.approved, track.skipped, track.missed}
        heard |= {key[1] for key in own}
    if isinstance(step.when, OnceTrue):
        heard |= fact_names(step.when.condition)
    return heard


def fact_names(condition: Condition) -> frozenset[str]:
    """Name the facts a condition may look at; a role is taken for one, which does no harm."""
    return frozenset(
        ".".join(path[1:] if path[0] == "facts" else path)
        for path in names(condition)
        if path[0] not in _NOT_OF_FACTS
    )


def _key(playbook: PlaybookId, step: StepId, word: str) -> FactKey:
    return (playbook, fact_name(step, 0, word))


def _needs_address(actions: Iterable[Action]) -> bool:
    return any(isinstance(action, Mail | Meeting | Survey) for action in actions)
