"""One enrollment under way: its facts, what stops it, and when each step must be looked at again.

What a look finds is `domain.looking`'s business.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from worker.domain.cases import Enrollment, Note, Waiting
from worker.domain.facts import RETRACTED, Fact, Facts, Person
from worker.domain.guards import Guard
from worker.domain.intents import fact_name
from worker.domain.plan import Action, Step
from worker.domain.reasons import Because, Reason
from worker.domain.sight import Sight
from worker.domain.track import Point, Slot
from worker.domain.tracks import tracks_of

NEVER = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Candidate:
    """A step or a rung that has come, or will come, to its moment."""

    course: "Course"
    slot: Slot
    guard: Guard
    actions: tuple[Action, ...]
    moment: datetime
    fact: str  # what the moment is counted from; empty for a date
    fact_at: datetime
    occurrence: int = 0
    rung: int = 0
    deadline: datetime | None = None
    latest: datetime | None = None  # the greatest gap of a cadence: only for whose turn it is
    approved: bool = False
    look_by: datetime = NEVER  # when its moment may be another, because the time goes on

    @property
    def is_to_be_drafted(self) -> bool:
        """Whether somebody must release this before it goes, and nobody has."""
        return bool(self.slot.track.step.approve) and self.rung == 0 and not self.approved

    def reason(self) -> Reason:
        """Say what the moment comes from."""
        text = self.course.times.workdays.text
        moment = ("moment", text(self.moment))
        if not self.fact:
            return Reason(Because.DUE, (moment,))
        return Reason(Because.DUE, (("fact", self.fact), ("at", text(self.fact_at)), moment))


@dataclass(slots=True)
class Sweep:
    """What one look at everybody's slots brings to light.

    `waiting` is None unless somebody wants to know; then it has the slot's number with each.
    """

    now: datetime
    candidates: list[Candidate]
    notes: list[Note]
    waiting: list[tuple[int, Waiting]] | None = None


class Course:
    """One enrollment under way.

    `look` has for each slot the instant from which on it must be looked at again: a lower bound,
    so that looking earlier changes nothing. `_fresh` are the slots that a fact has touched.
    """

    __slots__ = (
        "_fresh",
        "_next",
        "enrollment",
        "facts",
        "gentle",
        "look",
        "person",
        "playbook",
        "stop",
        "times",
        "tracks",
    )

    def __init__(self, enrollment: Enrollment, person: Person, facts: Facts) -> None:
        self.enrollment = enrollment
        self.playbook = enrollment.plan.playbook
        self.person = person
        self.gentle = person.pace == "gentle"
        self.facts = facts
        self.tracks = tracks_of(enrollment.plan)
        self.times = self.tracks.times(person.timezone)
        self.look = [LONG_AGO] * len(self.tracks.slots)
        self._fresh: list[int] = []
        self._next = LONG_AGO
        self.stop = self._first_stop()

    def note(self, facts: Facts, fresh: Iterable[Fact]) -> None:
        """Take in *fresh* facts, which are among *facts* already."""
        self.facts = facts
        effects = self.tracks.effects
        for fact in fresh:
            effect = effects.get(fact.name)
            if effect is None or (fact.playbook and fact.playbook != self.playbook):
                continue
            if effect.closes is not None:
                if fact.value == RETRACTED:
                    self._fresh.append(effect.closes)
                else:
                    self.look[effect.closes] = NEVER
            if effect.touches:
                self._fresh += effect.touches
            if effect.stops:
                self.stop = self._first_stop()
                self._next = LONG_AGO

    def look_at_everything(self) -> None:
        """Forget what was worked out."""
        self.look = [LONG_AGO] * len(self.look)
        self._next = LONG_AGO

    def is_quiet(self, now: datetime) -> bool:
        """Say whether there is nothing to look at: neither the time nor a fact has changed it."""
        return self._next > now and not self._fresh

    def next_look(self) -> datetime:
        """Say when the time alone can change anything here."""
        if self._next == NEVER:
            self._next = min(self.look, default=NEVER)
        return self._next if self.stop is None else min(self._next, self.stop.at)

    def blocked(self, now: datetime) -> Reason | None:
        """Say why nothing at all happens here; None if it may."""
        if self.stop is not None and self.stop.at <= now:
            at = self.times.workdays.text(self.stop.at)
            return Reason(Because.STOPPED, (("fact", self.stop.name), ("at", at)))
        if self.enrollment.plan.lacks:
            names = ", ".join(self.enrollment.plan.lacks)
            return Reason(Because.LACKING, (("names", names), ("playbook", self.playbook)))
        if self.enrollment.paused:
            return Reason(Because.PAUSED, (("playbook", self.playbook),))
        return None

    def take_due(self, now: datetime) -> Iterable[int]:
        """Give the slots to be looked at now; all of them are taken to be looked at then."""
        due = self._fresh
        if self._next <= now:
            look = self.look
            due = [number for number, at in enumerate(look) if at <= now]
            due += (number for number in self._fresh if look[number] > now)
        self._fresh = []
        self._next = NEVER  # for as long as it takes to settle what is found
        return dict.fromkeys(due)

    def sight(self, now: datetime) -> Sight:
        """Give what conditions of this playbook see."""
        return Sight(
            self.person,
            self.facts,
            playbook=self.playbook,
            workdays=self.times.workdays,
            now=now,
        )

    def _first_stop(self) -> Fact | None:
        stops = [self.facts.first(name, self.playbook) for name in self.tracks.plan.stop_on]
        return min(
            (stop for stop in stops if stop is not None),
            key=lambda stop: (stop.at, stop.name),
            default=None,
        )

    def is_old(self, at: datetime) -> bool:
        """Say whether *at* lies so long before a migration that the version before saw to it."""
        moved_at = self.enrollment.moved_at
        return moved_at is not None and at < moved_at - self.enrollment.plan.sending.grace

    def is_new(self, step: Step) -> bool:
        """Say whether *step* came with a migration."""
        enrollment = self.enrollment
        return enrollment.moved_at is not None and step.id not in enrollment.steps_before

    def resolve(self, point: Point) -> tuple[datetime, datetime] | None:
        """Give the instant of a moment and of its fact; None while the fact is not known."""
        if not point.fact:
            return self.times.moment(point, LONG_AGO), self.enrollment.since
        facts = self.facts.noted(point.own)
        if facts is None:
            facts = self.facts.noted(point.of_person)
        if not facts:
            return None
        fact_at = facts[0].at
        return self.times.moment(point, fact_at), fact_at

    def noted(self, candidate: Candidate, word: str, at: datetime, why: tuple[Reason, ...]) -> Note:
        """Give the note that a candidate is done with, for the last of the reasons."""
        step = candidate.slot.track.step
        fact = Fact(
            fact_name(step.id, 0, word),
            at,
            playbook=self.playbook,
            occurrence=candidate.occurrence,
            value=why[-1].because.value,
        )
        return Note(self.enrollment.id, step.id, fact, why)

    def tell(
        self,
        found: Sweep,
        candidate: Candidate,
        until: datetime | None,
        why: tuple[Reason, ...],
        *,
        fact: str = "",
    ) -> None:
        """Write down what a candidate waits for, where somebody wants to know."""
        self.tell_slot(
            candidate.slot,
            found,
            why,
            until=until,
            fact=fact,
            occurrence=candidate.occurrence,
            rung=candidate.rung,
        )

    def tell_slot(
        self,
        slot: Slot,
        found: Sweep,
        why: tuple[Reason, ...],
        *,
        until: datetime | None = None,
        fact: str = "",
        occurrence: int = 0,
        rung: int = 0,
    ) -> None:
        """Write down what a slot waits for, where somebody wants to know."""
        if found.waiting is None:
            return
        if until is not None and self.stop is not None and until >= self.stop.at:
            at = self.times.workdays.text(self.stop.at)
            why = (*why, Reason(Because.STOPPED, (("fact", self.stop.name), ("at", at))))
        step = slot.track.step.id
        waiting = Waiting(self.enrollment.id, step, occurrence, rung, until, fact, why)
        found.waiting.append((slot.number, waiting))
