"""A plan made ready for decisions: what each fact does to it, its guards, its moments in a zone.

Everything here follows from the plan alone, or from the plan and a zone, and is worked out once.
"""

from datetime import datetime
from functools import lru_cache

from worker.domain.cases import is_message
from worker.domain.facts import StepId
from worker.domain.guards import Guard, Window
from worker.domain.moments import on_grid, resolve
from worker.domain.plan import Action, Alert, Meeting, Message, Plan, Step
from worker.domain.track import Pace, Point, Slot, Track, closes, listens_to
from worker.domain.workdays import workdays

_REMEMBERED = 1 << 16
_VERSIONS = 256  # more than are in use at a time


_OF_A_MAIL = ".replied"
_OF_A_PERSONS_MAIL = frozenset({"person.wrote", "person.away", "person.answered"})


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

    __slots__ = ("_times", "effects", "listeners", "plan", "promised", "reactions", "slots")

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
            for key in closes(slot):
                self._effect(key[1]).closes = slot.number
            for name in sorted(listens_to(slot)):
                self._effect(name).touches.append(slot.number)
        for name in plan.stop_on:
            self._effect(name).stops = True
        self.listeners = frozenset(name for name, one in self.effects.items() if one.touches)
        # what goes to a person because of their own mail: the facts that say that it did
        self.reactions = frozenset(track.due for track in tracks if _reacts(track))
        # whose time is held before it is due: see worker.domain.promises
        self.promised = tuple(track for track in tracks if _is_promised(track.step))
        self._times: dict[str, Times] = {}

    def of(self, step: StepId) -> Track:
        """Give one step."""
        return next(slot.track for slot in self.slots if slot.track.step.id == step)

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


def tracks_of(plan: Plan) -> Tracks:
    """Give *plan* made ready; the same again for the same object.

    Known by the object, because comparing plans is dear: tracks hold their plan, so that as long as
    they are known no other plan can have its number.
    """
    known = _known.get(id(plan))
    if known is None:
        if len(_known) >= _VERSIONS:
            _known.clear()
        _known[id(plan)] = known = Tracks(plan)
    return known


_known: dict[int, Tracks] = {}


def _keeps_hours(action: Action) -> bool:
    return is_message(action) or isinstance(action, Alert | Message)


def _is_promised(step: Step) -> bool:
    is_of_one = isinstance(step.action, Meeting) and not step.action.together
    return is_of_one and step.no_later_than is not None


def _reacts(track: Track) -> bool:
    """Say whether a step writes to somebody because a mail of theirs came in."""
    if track.start is None or track.every is not None or not track.needs_address:
        return False
    return track.start.fact.endswith(_OF_A_MAIL) or track.start.fact in _OF_A_PERSONS_MAIL
