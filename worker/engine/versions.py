"""What a changed playbook means for one running person: asked before they are moved to it.

Both versions are decided on with the person's own facts, so what `diff` shows is what the tick
would do after `migrate`. Nothing is ever sent twice: a step that happened has happened.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from worker.domain.cases import DUE, MISSED, SILENT, SKIPPED, Case, Enrollment
from worker.domain.decide import RELEASED, decide
from worker.domain.facts import Fact, StepId
from worker.domain.intents import fact_name
from worker.domain.plan import Plan, Step
from worker.domain.reasons import Because, Reason
from worker.domain.when import Every


class Change(Enum):
    """What a new version changes about one step for one person."""

    NEW = "new"  # it will come: it was not there before
    REMOVED = "removed"  # it would have come, and will not
    MOVED = "moved"  # it comes at another moment, or waits for another fact
    ALTERED = "altered"  # it comes at the same moment, and does something else
    SKIPPED = "skipped"  # it is new, and its moment is past: it will not come
    HAPPENED = "happened"  # it is altered or moved, and has happened: never again


@dataclass(frozen=True, slots=True)
class Awaited:
    """When a step comes as things stand, or for which fact it waits, and why."""

    at: datetime | None
    fact: str
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """One step, or one rung of its ladder, that is not for this person what it was."""

    step: StepId
    change: Change
    before: Awaited | None = None
    after: Awaited | None = None
    occurrence: int = 0
    rung: int = 0
    why: tuple[Reason, ...] = ()


def moved(enrollment: Enrollment, plan: Plan, now: datetime) -> Enrollment:
    """Give *enrollment* as a migration to *plan* leaves it."""
    before = frozenset(step.id for step in enrollment.plan.steps)
    return replace(enrollment, plan=plan, moved_at=now, steps_before=before)


def differences(case: Case, plan: Plan, now: datetime) -> tuple[Difference, ...]:
    """Say what would change for one person in the playbook of *plan* if they moved to it at *now*.

    In the order of the new version's steps, those removed last. Empty if the person is not in that
    playbook, has come to its end, or if nothing changes. A hold or a pause is looked through.
    """
    current = next((one for one in case.enrollments if one.plan.playbook == plan.playbook), None)
    if current is None:
        return ()
    before = _prospect(case, current, now)
    after = _prospect(case, moved(current, plan, now), now)
    if before is None or after is None:
        return ()
    old = {step.id: step for step in current.plan.steps}
    new = {step.id: step for step in plan.steps}
    return tuple(
        difference
        for step in dict.fromkeys((*new, *old))
        for difference in (
            *_of_step(step, (old.get(step), new.get(step)), before, after),
            *_of_ladder(step, before, after),
        )
    )


@dataclass(frozen=True, slots=True)
class _Prospect:
    """What one version has in store for a person."""

    awaited: Mapping[tuple[StepId, int], tuple[int, Awaited]]  # by step and rung, with occurrence
    refused: Mapping[StepId, tuple[Reason, ...]]  # skipped or missed at once
    happened: frozenset[StepId]


def _prospect(case: Case, enrollment: Enrollment, now: datetime) -> _Prospect | None:
    """Decide on one enrollment among the person's others; None if the playbook is over for them."""
    ours = replace(enrollment, paused=False)
    released = case.facts.plus([Fact(RELEASED, now)])
    others = [one if one.id != enrollment.id else ours for one in case.enrollments]
    decision = decide(Case(case.person, released, tuple(others)), now)
    awaited: dict[tuple[StepId, int], tuple[int, Awaited]] = {}
    for one in decision.waiting:
        if one.enrollment != enrollment.id or one.why[0].because is Because.IN_FLIGHT:
            continue
        if one.why[0].because is Because.STOPPED:
            return None
        awaited[one.step, one.rung] = (one.occurrence, Awaited(one.until, one.fact, one.why))
    for intent in decision.intents:
        if intent.enrollment == enrollment.id:
            key = (intent.step.id, intent.rung)
            awaited[key] = (intent.occurrence, Awaited(intent.due_at, "", intent.why))
    playbook = enrollment.plan.playbook
    happened = frozenset(
        step.id
        for step in enrollment.plan.steps
        for word in (DUE, SKIPPED, MISSED)
        if case.facts.noted((playbook, fact_name(step.id, 0, word)))
        and not isinstance(step.when, Every)
    )
    refused = {
        note.step: note.why
        for note in decision.notes
        if note.enrollment == enrollment.id and not note.fact.name.endswith(f".{SILENT}")
    }
    return _Prospect(awaited, refused, happened)


def _of_step(
    step: StepId,
    versions: tuple[Step | None, Step | None],
    before: _Prospect,
    after: _Prospect,
) -> Iterator[Difference]:
    """Compare one step of both versions."""
    old, new = versions
    occurrence, earlier = before.awaited.get((step, 0), (0, None))
    _, later = after.awaited.get((step, 0), (0, None))
    if new is None:
        if earlier is not None:
            yield Difference(step, Change.REMOVED, before=earlier, occurrence=occurrence)
        return
    if step in after.happened:
        if old is None or _meaning(old) != _meaning(new):
            yield Difference(step, Change.HAPPENED, why=(Reason(Because.ALREADY),))
        return
    if step in after.refused and step not in before.refused:
        yield Difference(step, Change.SKIPPED, before=earlier, why=after.refused[step])
        return
    if later is None:
        if earlier is not None:
            yield Difference(step, Change.REMOVED, before=earlier, occurrence=occurrence)
        return
    change = _change(old, new, earlier, later)
    if change is not None:
        number = after.awaited[step, 0][0]
        yield Difference(step, change, before=earlier, after=later, occurrence=number)


def _change(old: Step | None, new: Step, earlier: Awaited | None, later: Awaited) -> Change | None:
    if old is None or earlier is None:
        return Change.NEW
    if (earlier.at, earlier.fact) != (later.at, later.fact):
        return Change.MOVED
    return Change.ALTERED if _meaning(old) != _meaning(new) else None


def _of_ladder(step: StepId, before: _Prospect, after: _Prospect) -> Iterator[Difference]:
    """Compare what a ladder under way has in store."""
    for key in sorted(key for key in {*before.awaited, *after.awaited} if key[0] == step):
        _, rung = key
        if rung == 0:
            continue
        occurrence, earlier = before.awaited.get(key, (0, None))
        number, later = after.awaited.get(key, (0, None))
        if earlier is None:
            yield Difference(step, Change.NEW, after=later, occurrence=number, rung=rung)
        elif later is None:
            yield Difference(step, Change.REMOVED, before=earlier, occurrence=occurrence, rung=rung)
        elif earlier.at != later.at:
            yield Difference(step, Change.MOVED, earlier, later, number, rung)


def _meaning(step: Step) -> Step:
    """Give a step without its place in the file, which any edit above it changes."""
    return replace(step, line=0, ladder=tuple(replace(rung, line=0) for rung in step.ladder))
