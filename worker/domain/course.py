"""One enrollment under way: which of its steps and rungs have come to their moment.

Whether what has come to its moment may also go (hours, budgets, conditions) is `domain.settle`'s
business, because the person's other playbooks have a say in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from worker.domain.cases import MISSED, Enrollment, Note, Waiting
from worker.domain.conditions import evaluate, turning_points
from worker.domain.facts import RETRACTED, Fact, Facts, Person
from worker.domain.guards import Guard
from worker.domain.intents import fact_name
from worker.domain.moments import Turn, next_on_grid
from worker.domain.plan import Action, Step
from worker.domain.reasons import Because, Reason
from worker.domain.sight import Sight
from worker.domain.silence import Asked, answer, asked, next_rung
from worker.domain.tracks import Point, Slot, fact_names, tracks_of
from worker.domain.when import Every, OnceTrue

NEVER = datetime.max.replace(tzinfo=UTC)
LONG_AGO = datetime.min.replace(tzinfo=UTC)
GRACE = timedelta(days=7)  # after this a step is late, and `late:` says what becomes of it


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
        return self._next if self.stop is None or self._next < self.stop.at else NEVER

    def blocked(self, now: datetime) -> Reason | None:
        """Say why nothing at all happens here; None if it may."""
        if self.stop is not None and self.stop.at <= now:
            at = self.times.workdays.text(self.stop.at)
            return Reason(Because.STOPPED, (("fact", self.stop.name), ("at", at)))
        if self.enrollment.paused:
            return Reason(Because.PAUSED, (("playbook", self.playbook),))
        return None

    def sweep(self, found: Sweep) -> None:
        """Look at every slot whose time has come, and at those that a fact has touched."""
        look, slots = self.look, self.tracks.slots
        if self._next <= found.now:
            due = [number for number, at in enumerate(look) if at <= found.now]
            due += (number for number in self._fresh if look[number] > found.now)
        else:
            due = self._fresh
        for number in dict.fromkeys(due):
            slot = slots[number]
            if slot.ladder:
                look[number] = self._ladder(slot, found)
            else:
                ahead = None if slot.plain is None else self._ahead(slot, slot.plain, found)
                look[number] = self._step(slot, found) if ahead is None else ahead
        self._fresh = []
        self._next = NEVER  # for as long as it takes to settle what was found

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

    def _ahead(self, slot: Slot, point: Point, found: Sweep) -> datetime | None:
        """Give when to look again at a plain step; None if it must be looked at closely.

        Most steps of most people are done or have long to go: this path is for them.
        """
        if found.waiting is not None:
            return None
        noted, track = self.facts.noted, slot.track
        if noted(track.due) or noted(track.skipped) or noted(track.missed):
            return NEVER
        facts = noted(point.own)
        if facts is None:
            facts = noted(point.of_person)
        if facts:
            moment, opens = self.times.ahead(slot, facts[0].at)
            return opens if moment > found.now else None
        return None if not point.fact else NEVER

    def _step(self, slot: Slot, found: Sweep) -> datetime:
        """Look at a step: give when to look again, or add it to the candidates."""
        track = slot.track
        if track.every is not None:
            candidate = self._turn_of(slot, track.every, found)
        else:
            candidate = self._once(slot, found)
        if not isinstance(candidate, Candidate):
            return candidate
        if track.limit is not None:
            resolved = self._resolve(track.limit)
            candidate.deadline = None if resolved is None else resolved[0]
        if track.step.approve and self._awaits_release(candidate, found):
            return NEVER if candidate.deadline is None else candidate.deadline
        return self._come(candidate, found)

    def _come(self, candidate: Candidate, found: Sweep) -> datetime:
        """Add a candidate whose moment has come; else give when to look again."""
        if candidate.moment <= found.now:
            found.candidates.append(candidate)
            return NEVER
        moment = candidate.moment
        if candidate.is_to_be_drafted:  # at its own moment: guards count from its release
            role = (("role", candidate.slot.track.step.approve),)
            why = (candidate.reason(), Reason(Because.APPROVAL, role))
            self.tell(found, candidate, moment, why)
            return moment
        if found.waiting is not None:
            at, delays = candidate.guard.place(
                moment, self.facts.contacts, deadline=candidate.deadline, gentle=self.gentle
            )
            self.tell(found, candidate, at, (candidate.reason(), *delays))
        return moment if candidate.deadline is not None else candidate.guard.opens(moment)

    def _once(self, slot: Slot, found: Sweep) -> Candidate | datetime:
        """Look at a step that happens once: it did, it waits for a fact, or it has a moment."""
        noted, track = self.facts.noted, slot.track
        if noted(track.due) or noted(track.skipped) or noted(track.missed):
            if found.waiting is not None:
                self._tell_in_flight(slot, found)
            return NEVER
        point = track.start
        if point is None:
            return self._once_true(slot, found)
        resolved = self._resolve(point)
        if resolved is None:
            return self._missing(slot, point, found)
        return self._candidate(slot, resolved[0], fact=point.fact, fact_at=resolved[1])

    def _once_true(self, slot: Slot, found: Sweep) -> Candidate | datetime:
        """Look at a condition: once true, its moment is that of the fact that made it so."""
        when = slot.track.step.when
        if not isinstance(when, OnceTrue):
            return NEVER
        sight = self.sight(found.now)
        verdict = evaluate(when.condition, sight.look_up)
        turns = [at.astimezone(UTC) for at in turning_points(when.condition, sight.look_up)]
        if not verdict.holds:
            ahead = min((at for at in turns if at > found.now), default=NEVER)
            if found.waiting is not None:
                until = None if ahead == NEVER else ahead
                why = Reason(Because.NOT_YET_TRUE, verdict.reason.values)
                self._tell_slot(slot, found, (why,), until=until)
            return ahead
        causes = [
            (fact.at, name)
            for name in fact_names(when.condition)
            for fact in self.facts.all(name, self.playbook)[-1:]
            if fact.at <= found.now
        ]
        causes += [(at, "") for at in turns if at <= found.now]
        since = self.enrollment.since
        if self.is_new(slot.track.step) and self.enrollment.moved_at is not None:
            since = self.enrollment.moved_at  # true of the record alone: nobody knows since when
        moment, name = max(causes, default=(since, ""))
        return self._candidate(slot, moment, fact=name, fact_at=moment)

    def _turn_of(self, slot: Slot, every: Every, found: Sweep) -> Candidate | datetime:
        """Look at a cadence: it has not begun, it is over, or its next occurrence has a moment."""
        if found.waiting is not None:
            self._tell_in_flight(slot, found)
        point, until = slot.track.start, slot.track.until
        started = None if point is None else self._resolve(point)
        if point is None or started is None:
            return NEVER if point is None else self._missing(slot, point, found)
        end = NEVER
        if until is not None:
            ended = self._resolve(until)
            end = NEVER if ended is None else ended[0]
        if every.least.count <= 0 or end < started[0]:
            return NEVER
        turn = self._next_turn(slot, started[0], min(found.now, end))
        if turn.at > end:
            return NEVER
        candidate = self._candidate(slot, turn.at, fact=point.fact, fact_at=started[1])
        candidate.occurrence = turn.number
        candidate.latest = turn.latest
        return candidate

    def _next_turn(self, slot: Slot, start: datetime, now: datetime) -> Turn:
        noted, track, times = self.facts.noted, slot.track, self.times
        past = [
            fact for key in (track.due, track.skipped, track.missed) for fact in noted(key) or ()
        ]
        last = max(past, key=lambda fact: (fact.occurrence, fact.at), default=None)
        number = 0 if last is None else last.occurrence
        if track.step.approve:  # one draft at a time waits for its release
            for draft in noted(track.draft) or ():
                if draft.occurrence > number:
                    return Turn(draft.occurrence, draft.at)
        if track.least is not None and track.greatest is not None:
            before = start if last is None else last.at
            latest = times.after(track.greatest, before)
            at = latest if self.gentle else times.after(track.least, before)
            return Turn(number + 1, at, latest)
        return next_on_grid(partial(times.grid, slot, start), number, now=now, gentle=self.gentle)

    def _awaits_release(self, candidate: Candidate, found: Sweep) -> bool:
        """Say whether a draft lies written and nobody has released it."""
        track, occurrence = candidate.slot.track, candidate.occurrence
        if not any(fact.occurrence == occurrence for fact in self.facts.noted(track.draft) or ()):
            return False
        name = track.approved[1]
        approved = self.facts.first(name, self.playbook, occurrence=occurrence)
        if approved is not None:
            candidate.approved = True
            candidate.moment = max(candidate.moment, approved.at)
            return False
        waits = Reason(Because.APPROVAL, (("role", track.step.approve),))
        if candidate.deadline is not None and candidate.deadline <= found.now:
            late = (("deadline", self.times.workdays.text(candidate.deadline)),)
            why = (waits, Reason(Because.TOO_LATE, late))
            found.notes.append(self.noted(candidate, MISSED, found.now, why))
        elif found.waiting is not None:
            self.tell(found, candidate, None, (candidate.reason(), waits), fact=name)
        return True

    def _ladder(self, slot: Slot, found: Sweep) -> datetime:
        """Look at a ladder: give when to look again, or add its next rung to the candidates."""
        track, days = slot.track, self.times.workdays
        question = asked(track, self.facts, self.times)
        if question is None or answer(track.answer, question, self.facts, days, self.playbook):
            return NEVER
        if question.silent_at > found.now:
            if found.waiting is not None:
                until = question.silent_at
                values = (("fact", track.answer[1]), ("until", days.text(until)))
                why = (Reason(Because.AWAITING_ANSWER, values),)
                self._tell_slot(slot, found, why, until=until, fact=track.answer[1], rung=1)
            return question.silent_at
        if self._is_old(question.silent_at):
            return NEVER
        if not question.is_noted:
            found.notes.append(self._silence(slot, question))
        climb = next_rung(track, question, self.facts, self.times)
        if climb is None or self._is_old(climb.at):
            return NEVER
        candidate = Candidate(
            self,
            slot,
            self.times.guards[slot.number][climb.rung.number - 1],
            climb.rung.rung.actions,
            climb.at,
            climb.fact,
            climb.fact_at,
            occurrence=question.occurrence,
            rung=climb.rung.number,
        )
        return self._come(candidate, found)

    def _is_old(self, at: datetime) -> bool:
        """Say whether *at* lies so long before a migration that the version before saw to it."""
        moved_at = self.enrollment.moved_at
        return moved_at is not None and at < moved_at - GRACE

    def _silence(self, slot: Slot, question: Asked) -> Note:
        track = slot.track
        values = (("fact", track.sent[1]), ("at", self.times.workdays.text(question.at)))
        fact = Fact(
            track.silent[1],
            question.silent_at,
            playbook=self.playbook,
            occurrence=question.occurrence,
            value=Because.AWAITING_ANSWER.value,
        )
        why = (Reason(Because.AWAITING_ANSWER, values),)
        return Note(self.enrollment.id, track.step.id, fact, why)

    def is_new(self, step: Step) -> bool:
        """Say whether *step* came with a migration."""
        enrollment = self.enrollment
        return enrollment.moved_at is not None and step.id not in enrollment.steps_before

    def _resolve(self, point: Point) -> tuple[datetime, datetime] | None:
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

    def _candidate(
        self, slot: Slot, moment: datetime, *, fact: str, fact_at: datetime
    ) -> Candidate:
        guard = self.times.guards[slot.number][0]
        return Candidate(self, slot, guard, (slot.track.step.action,), moment, fact, fact_at)

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
        self._tell_slot(
            candidate.slot,
            found,
            why,
            until=until,
            fact=fact,
            occurrence=candidate.occurrence,
            rung=candidate.rung,
        )

    def _tell_slot(
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
        if found.waiting is None:
            return
        if until is not None and self.stop is not None and until >= self.stop.at:
            at = self.times.workdays.text(self.stop.at)
            why = (*why, Reason(Because.STOPPED, (("fact", self.stop.name), ("at", at))))
        step = slot.track.step.id
        waiting = Waiting(self.enrollment.id, step, occurrence, rung, until, fact, why)
        found.waiting.append((slot.number, waiting))

    def _missing(self, slot: Slot, point: Point, found: Sweep) -> datetime:
        if found.waiting is not None:
            why = (Reason(Because.FACT_MISSING, (("fact", point.fact),)),)
            self._tell_slot(slot, found, why, fact=point.fact)
        return NEVER

    def _tell_in_flight(self, slot: Slot, found: Sweep) -> None:
        """Say that a step was written down and its outcome is not known."""
        track, noted = slot.track, self.facts.noted
        settled = {
            fact.occurrence
            for key in (track.sent, track.failed, track.doubtful)
            for fact in noted(key) or ()
        }
        for fact in noted(track.due) or ():
            if fact.occurrence not in settled:
                why = (Reason(Because.IN_FLIGHT, (("at", self.times.workdays.text(fact.at)),)),)
                self._tell_slot(slot, found, why, fact=track.sent[1], occurrence=fact.occurrence)
