"""One person under a clock that jumps from one due moment to the next.

Simulation and agenda are made of lives. What is due is done at once, exactly as the live tick and
the performer would write it down, and what the person does about it is asked of a `Behaviour`.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from heapq import heappop, heappush
from typing import NamedTuple

from worker.domain.cases import DUE, SILENT, Case, Decision, Enrollment, Note, settled_fact
from worker.domain.decide import Watch
from worker.domain.facts import (
    Fact,
    Person,
    PersonId,
    PlaybookId,
    StepId,
    Value,
)
from worker.domain.intents import FACT_WORD, KIND, EnrollmentId, Intent, fact_name
from worker.domain.outcomes import Done
from worker.domain.plan import Enroll, Meeting, Plan, Update
from worker.domain.reasons import Reason
from worker.domain.sight import belongs, belongs_next
from worker.engine.behaviour import Behaviour, answers, release
from worker.engine.meetings.imagine import Times
from worker.engine.meetings.talks import Came, Talks, is_wish

_DONE = Done()
_NO_STEP = StepId("")
_COLUMNS = frozenset({"kind", "department", "pace", "locale", "timezone"})


class Event(NamedTuple):
    """Something that happens to one person. A tuple, because a year of many people makes millions.

    `kind` is the word of an action (`mail`, `task`, …), `draft` for one that waits for a release,
    `enrolled`, or the last word of a fact: what was found (`silent`, `skipped`, `missed`) or what
    the person did (`replied`, `declined`). `given` names the answers that did not come for this to
    happen: they still may.
    """

    person: PersonId
    at: datetime
    kind: str
    playbook: PlaybookId
    step: StepId = _NO_STEP
    occurrence: int = 0
    rung: int = 0
    value: Value = None
    why: tuple[Reason, ...] = ()
    intent: Intent | None = None
    given: tuple[str, ...] = ()


class Life:
    """One person's future: `run` it once."""

    __slots__ = (
        "_ahead",
        "_assumed",
        "_behaviour",
        "_count",
        "_is_changed",
        "_looks_ahead",
        "_marks",
        "_next_at",
        "_plans",
        "_talks",
        "_turns_at",
        "_watch",
    )

    def __init__(
        self,
        case: Case,
        plans: Iterable[Plan],
        behaviour: Behaviour,
        *,
        times: Times | None = None,
        marks_assumptions: bool = False,
    ) -> None:
        """Begin a life.

        Args:
            case: Who it is of, and what is known of them.
            plans: What may take them in.
            behaviour: What they do about what reaches them.
            times: Who finds times for meetings; None: nobody, so that none comes to be booked.
            marks_assumptions: Say of events which answers they take for granted not to come.
        """
        self._talks = Talks(behaviour, times)
        self._watch = Watch(case)
        self._behaviour = behaviour
        self._ahead: list[tuple[datetime, int, Fact]] = []
        self._count = 0  # keeps facts of one instant in the order in which they were expected
        self._assumed: dict[tuple[PlaybookId, str], tuple[str, ...]] = {}
        self._marks = marks_assumptions
        self._plans = {plan.playbook: plan for plan in plans}
        self._looks_ahead: datetime | None = None  # more may be promised by time alone
        self._turns_at: datetime | None = None  # a playbook may take the person in by time alone
        self._is_changed = True  # who they are: a playbook may take them in
        self._next_at: datetime | None = None

    @property
    def case(self) -> Case:
        """The person as of the event that `run` gave last: what their mail is written from."""
        return self._watch.case

    def expect(self, facts: Iterable[Fact]) -> None:
        """Let *facts* come to be known at their instants."""
        for fact in facts:
            self._count += 1
            heappush(self._ahead, (fact.at, self._count, fact))

    @property
    def next_at(self) -> datetime | None:
        """Say when anything happens next, after what `at` gave last; None: nothing any more."""
        return self._next_at

    def run(self, since: datetime, until: datetime) -> Iterator[Event]:
        """Give what happens from *since* to *until*, in order of time."""
        now: datetime | None = since
        while now is not None and now <= until:
            yield from self.at(now)
            now = self._next_at

    def at(self, now: datetime) -> Iterator[Event]:
        """Give all that happens at *now*, which is not before what was given last."""
        while True:
            fresh = self._arrived(now)
            for fact in fresh:
                yield self._came(fact)
            talks = self._talks.turn(self._watch.case, now)
            yield from self._talked(talks, now)
            turns = self._turns_at is not None and self._turns_at <= now
            if self._is_changed or fresh or talks or turns:
                yield from self._admit(now)
            decision = self._watch.decide(now)
            for note in decision.notes:
                yield self._found(note)
            wished = [one for one in decision.intents if is_wish(one)]
            for intent in decision.intents:
                if not is_wish(intent):
                    yield self._done(intent, now)
            self._is_changed = False
            if decision.intents:
                self._is_changed = self._settle(decision, now)
                yield from self._talked(self._talks.wish(wished, self._watch.case, now), now)
                if self._is_changed or self._watch.is_busy(now):
                    continue
            self._looks_ahead = self._talks.foresee(self._watch.case, now)
            self._next_at = self._next(decision.wake_at)
            return

    def _next(self, wake_at: datetime | None) -> datetime | None:
        """Give the next instant at which anything happens."""
        next_at = wake_at
        if self._ahead and (next_at is None or self._ahead[0][0] < next_at):
            next_at = self._ahead[0][0]
        for at in (self._turns_at, self._talks.next_at, self._looks_ahead):
            if at is not None and (next_at is None or at < next_at):
                next_at = at
        return next_at

    def _arrived(self, now: datetime) -> list[Fact]:
        ahead, fresh = self._ahead, []
        while ahead and ahead[0][0] <= now:
            fresh.append(heappop(ahead)[2])
        if fresh:
            self._watch.note(fresh)
        return fresh

    def _talked(self, talks: Sequence[Came], now: datetime) -> Iterator[Event]:
        """Take in what became of talks, and tell it."""
        self._watch.note([one.fact for one in talks])
        for one in talks:
            if one.invited is not None:
                yield self._done(one.invited, now, one.fact.value)
            elif one.is_shown:
                yield self._came(one.fact)._replace(why=one.why)

    def _settle(self, decision: Decision, now: datetime) -> bool:
        """Let everything decided happen, but for talks; says whether it changed who they are."""
        changed = False
        facts: list[Fact] = []
        for intent in decision.intents:
            if intent.draft:
                self.expect(release(self._behaviour, intent, now))
                continue
            if isinstance(intent.action, Meeting):
                continue
            done = settled_fact(intent, _DONE, now)
            facts += () if done is None else (done,)
            match intent.action:
                case Update():
                    facts += _noted_by(intent.action, now)
                    self._change(intent.action)
                    changed = True
                case Enroll():
                    self._enter(intent.action.playbook, now)
                case _:
                    self.expect(answers(self._behaviour, intent, now))
        self._watch.note(facts)
        return changed

    def _change(self, update: Update) -> None:
        case = self._watch.case
        person = updated(case.person, update)
        self._watch = Watch(Case(person, case.facts, case.enrollments))

    def _enter(self, playbook: PlaybookId, now: datetime) -> bool:
        """Enroll the person, unless they are in already or nobody knows the playbook."""
        case = self._watch.case
        plan = self._plans.get(playbook)
        if plan is None or any(one.plan.playbook == playbook for one in case.enrollments):
            return False
        number = EnrollmentId(max((one.id for one in case.enrollments), default=0) + 1)
        entered = (*case.enrollments, Enrollment(number, plan, now))
        self._watch = Watch(Case(case.person, case.facts, entered))
        return True

    def _admit(self, now: datetime) -> Iterator[Event]:
        """Enroll the person where a playbook takes them in by itself."""
        case = self._watch.case
        entered = {one.plan.playbook for one in case.enrollments}
        turns = []
        for plan in self._plans.values():
            if plan.audience is None or plan.playbook in entered:
                continue
            verdict = belongs(plan, case.person, self._watch.facts, now)
            if verdict.holds and self._enter(plan.playbook, now):
                yield Event(case.person.id, now, "enrolled", plan.playbook, why=(verdict.reason,))
            elif (at := belongs_next(plan, case.person, self._watch.facts, now)) is not None:
                turns.append(at)
        self._turns_at = min(turns, default=None)

    def _found(self, note: Note) -> Event:
        fact = note.fact
        given = self._assumptions(fact.playbook, note.why)
        if fact.name.endswith(f".{SILENT}"):
            given = (*given, *self._unanswered(fact.playbook, note.step))
        self._assume(fact.playbook, fact.name, given)
        return Event(
            self._watch.person.id,
            fact.at,
            fact.name.rpartition(".")[2],
            fact.playbook,
            note.step,
            fact.occurrence,
            value=fact.value,
            why=note.why,
            given=given,
        )

    def _done(self, intent: Intent, now: datetime, value: Value = None) -> Event:
        kind = KIND[type(intent.action)]
        given = self._assumptions(intent.playbook, intent.why)
        if given:
            for word in (DUE, FACT_WORD[type(intent.action)]):
                name = fact_name(intent.step.id, intent.rung, word)
                self._assume(intent.playbook, name, given)
        return Event(
            intent.person,
            now,
            "draft" if intent.draft else kind,
            intent.playbook,
            intent.step.id,
            intent.occurrence,
            intent.rung,
            value=value,
            why=intent.why,
            intent=intent,
            given=given,
        )

    def _came(self, fact: Fact) -> Event:
        step, _, word = fact.name.rpartition(".")
        return Event(
            self._watch.person.id,
            fact.at,
            word,
            fact.playbook,
            StepId(step),
            fact.occurrence,
            value=fact.value,
        )

    def _assumptions(self, playbook: PlaybookId, why: tuple[Reason, ...]) -> tuple[str, ...]:
        """Give what the first reason takes for granted: the fact that a moment counts from."""
        if not self._assumed or not why:
            return ()
        return self._assumed.get((playbook, why[0].value("fact")), ())

    def _assume(self, playbook: PlaybookId, name: str, given: tuple[str, ...]) -> None:
        if given and self._marks:
            self._assumed[playbook, name] = given

    def _unanswered(self, playbook: PlaybookId, step: StepId) -> tuple[str, ...]:
        """Name the answers whose absence is silence."""
        plans = (one.plan for one in self._watch.case.enrollments)
        return tuple(
            name
            for plan in plans
            if self._marks and plan.playbook == playbook
            for one in plan.steps
            if one.id == step and one.expect is not None
            for name in (f"{one.id}.{one.expect.answer}", *one.expect.or_facts)
        )


def updated(person: Person, update: Update) -> Person:
    """Give *person* as an `update` step leaves them."""
    columns = {name: str(value) for name, value in update.attributes.items() if name in _COLUMNS}
    others = {name: value for name, value in update.attributes.items() if name not in _COLUMNS}
    return replace(
        person,
        tags=(person.tags | frozenset(update.add_tags)) - frozenset(update.remove_tags),
        attributes={**person.attributes, **others},
        **columns,  # type: ignore[arg-type]  # all of them are text
    )


def _noted_by(update: Update, now: datetime) -> tuple[Fact, ...]:
    return (Fact(update.fact, now),) if update.fact else ()
