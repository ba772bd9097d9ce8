"""A plan made ready for decisions: the names of its facts, its guards, who listens to what.

Everything here follows from the plan alone, or from the plan and a zone, and is worked out once.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache
from typing import TypeAlias

from worker.domain.cases import (
    APPROVED,
    DOUBTFUL,
    DUE,
    FAILED,
    MISSED,
    SILENT,
    SKIPPED,
    draft_word,
    is_message,
)
from worker.domain.conditions import Condition, names
from worker.domain.facts import KNOWN_OF_THE_PERSON, PlaybookId, StepId
from worker.domain.guards import Guard, Window
from worker.domain.intents import FACT_WORD, fact_name
from worker.domain.moments import fact_of, on_grid, resolve
from worker.domain.plan import Action, Alert, Mail, Message, Plan, Rung, Step, Survey
from worker.domain.when import Distance, Every, Moment, OnceTrue
from worker.domain.workdays import workdays

FactKey: TypeAlias = tuple[PlaybookId, str]

_REMEMBERED = 1 << 16
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
        "least",
        "limit",
        "missed",
        "needs_address",
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
        self.limit = Point(playbook, step.no_later_than) if step.no_later_than else None
        if isinstance(when, Every):
            self.start = Point(playbook, when.start)
            self.until = Point(playbook, when.until) if when.until else None
            if when.greatest is not None:
                self.least, self.greatest = Pace(when.least), Pace(when.greatest)
        elif not isinstance(when, OnceTrue):
            self.start = Point(playbook, when)
        self.due = _key(playbook, step.id, DUE)
        self.draft = _key(playbook, step.id, draft_word(step.action))
        self.approved = _key(playbook, step.id, APPROVED)
        self.skipped = _key(playbook, step.id, SKIPPED)
        self.missed = _key(playbook, step.id, MISSED)
        self.sent = _key(playbook, step.id, FACT_WORD[type(step.action)])
        self.failed = _key(playbook, step.id, FAILED)
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

    __slots__ = ("after", "due", "needs_address", "number", "rung")

    def __init__(self, playbook: PlaybookId, step: StepId, number: int, rung: Rung) -> None:
        self.number = number
        self.rung = rung
        self.after = Pace(rung.after) if rung.after else None
        self.due = (playbook, fact_name(step, number, DUE))
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


class Effect:
    """What a fact of some name does to an enrollment."""

    __slots__ = ("closes", "stops", "touches")

    def __init__(self) -> None:
        self.closes: int | None = None  # the slot of a plain step that is done with it
        self.touches: list[int] = []  # slots to be looked at again
        self.stops = False


class Tracks:
    """A plan made ready.

    `effects` are by the name of a fact; `listeners` are the names of facts that may bring about
    something, besides those that only close a step.
    """

    __slots__ = ("_times", "effects", "listeners", "plan", "slots")

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        tracks = [Track(plan.playbook, step) for step in plan.steps]
        wanted = [(track, False) for track in tracks]
        wanted += [(track, True) for track in tracks if track.step.expect]
        self.slots = tuple(
            Slot(number, track, ladder=ladder) for number, (track, ladder) in enumerate(wanted)
        )
        self.effects: dict[str, Effect] = {}
        for slot in self.slots:
            for key in _closes(slot):
                self._effect(key[1]).closes = slot.number
            for name in sorted(_listens_to(slot)):
                self._effect(name).touches.append(slot.number)
        for name in plan.stop_on:
            self._effect(name).stops = True
        self.listeners = frozenset(name for name, one in self.effects.items() if one.touches)
        self._times: dict[str, Times] = {}

    def _effect(self, name: str) -> "Effect":
        return self.effects.setdefault(name, Effect())

    def times(self, zone: str) -> "Times":
        """Give the guards and moments of the people of one zone (empty: the calendar's)."""
        found = self._times.get(zone)
        if found is None:
            found = self._times[zone] = Times(self, zone)
        return found


class Times:
    """What a plan's words for time mean in one zone.

    `guards` has the guard of each slot's step and, for its ladder, of each rung.
    """

    __slots__ = ("after", "ahead", "alerts", "grid", "guards", "moment", "workdays")

    def __init__(self, tracks: Tracks, zone: str) -> None:
        plan = tracks.plan
        self.workdays = workdays(plan.calendar, zone)
        office = workdays(plan.calendar)
        windows: dict[object, Window] = {}
        guards: dict[object, Guard] = {}  # equal ones are one, so that they remember together

        def guard(step: Step, actions: tuple[Action, ...], *, rung: bool) -> Guard:
            sending = step.sending or plan.sending
            season = None if rung else step.season
            if not any(_keeps_hours(action) for action in actions):
                return guards.setdefault(season, Guard(self.workdays, season=season))
            message = any(is_message(action) for action in actions)
            place = self.workdays if message else office  # an alert keeps to the staff's day
            window = windows.setdefault(
                (sending.hours, sending.days, message), Window(sending, place)
            )
            budgets = sending.at_most if message else ()
            return guards.setdefault(
                (id(window), budgets, season),
                Guard(place, window=window, budgets=budgets, season=season),
            )

        self.guards = tuple(
            tuple(guard(slot.track.step, rung.rung.actions, rung=True) for rung in slot.track.rungs)
            if slot.ladder
            else (guard(slot.track.step, (slot.track.step.action,), rung=False),)
            for slot in tracks.slots
        )
        self.alerts = Guard(office, window=Window(plan.sending, office))

        def moment(point: Point, fact_at: datetime) -> datetime:
            return resolve(point.moment, fact_at, self.workdays)

        def ahead(slot: Slot, fact_at: datetime) -> tuple[datetime, datetime]:
            """Give the moment of a plain step, and when it may leave if no budget is used up."""
            at = resolve(slot.plain.moment, fact_at, self.workdays) if slot.plain else fact_at
            return at, at if slot.track.limit else self.guards[slot.number][0].opens(at)

        def grid(slot: Slot, start: datetime, number: int) -> datetime:
            """Give a point of the grid of a cadence."""
            every = slot.track.every
            return start if every is None else on_grid(every, start, number, self.workdays)

        def after(pace: Pace, at: datetime) -> datetime:
            """Give the instant one pace later."""
            return self.workdays.after(at, pace.distance)

        self.after = lru_cache(_REMEMBERED)(after)
        self.grid = lru_cache(_REMEMBERED)(grid)
        self.moment = lru_cache(_REMEMBERED)(moment)
        self.ahead = lru_cache(_REMEMBERED)(ahead)


class _Same:
    """A plan as a key: the same object, not an equal one, because comparing plans is dear."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and other.plan is self.plan

    def __hash__(self) -> int:
        return id(self.plan)


def tracks_of(plan: Plan) -> Tracks:
    """Give *plan* made ready; the same again for the same object."""
    return _tracks(_Same(plan))


@lru_cache(maxsize=256)
def _tracks(same: _Same) -> Tracks:
    return Tracks(same.plan)


def fact_names(condition: Condition) -> frozenset[str]:
    """Name the facts a condition may look at; a role is taken for one, which does no harm."""
    return frozenset(
        ".".join(path[1:] if path[0] == "facts" else path)
        for path in names(condition)
        if path[0] not in _NOT_OF_FACTS
    )


def _key(playbook: PlaybookId, step: StepId, word: str) -> FactKey:
    return (playbook, fact_name(step, 0, word))


def _keeps_hours(action: Action) -> bool:
    return is_message(action) or isinstance(action, Alert | Message)


def _needs_address(actions: Iterable[Action]) -> bool:
    return any(isinstance(action, Mail | Survey) for action in actions)


def _closes(slot: Slot) -> tuple[FactKey, ...]:
    """Name the facts after which a plain step is done for good."""
    track = slot.track
    return (track.due, track.skipped, track.missed) if slot.plain else ()


def _listens_to(slot: Slot) -> set[str]:
    """Name the facts, besides those that close it, that may change what a slot waits for."""
    track, step = slot.track, slot.track.step
    if slot.ladder:
        own = {track.sent, track.failed, track.silent, track.answer}
        return {key[1] for key in own | {rung.due for rung in track.rungs}}
    points = (track.start, track.until, track.limit)
    heard = {point.fact for point in points if point is not None and point.fact}
    if not slot.plain:
        own = {track.due, track.draft, track.approved, track.skipped, track.missed}
        heard |= {key[1] for key in own}
    if isinstance(step.when, OnceTrue):
        heard |= fact_names(step.when.condition)
    return heard
