"""Is it still right? What was decided is looked at again with the facts as they are now.

Minutes or days may lie between a decision and the moment somebody can be written to: a server was
away, a mailbox had its limit. An answer, a decline or a hold that came meanwhile wins.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TypeAlias

from worker.domain.cases import APPROVED, Case, Enrollment
from worker.domain.contact import has_open_question
from worker.domain.decide import SUPPRESSED, held_until
from worker.domain.facts import StepId
from worker.domain.guards import Guard, Window
from worker.domain.intents import KIND
from worker.domain.plan import Alert, Mail, Sending, Step
from worker.domain.reasons import Because
from worker.domain.silence import answer
from worker.domain.workdays import Workdays, workdays
from worker.engine.journal.intents import Work
from worker.engine.render import Edition
from worker.engine.retry import gives_up_at
from worker.engine.tables import moment, moment_or_none

_AT_ONCE = timedelta(minutes=15)  # what leaves so soon after its moment keeps to its moment's hours
_KEEP_HOURS = frozenset({KIND[Mail], KIND[Alert]})


@dataclass(frozen=True, slots=True)
class Go:
    """It is still right."""


@dataclass(frozen=True, slots=True)
class Withdraw:
    """It is not right now; the decision is taken back and will be made anew from the facts."""

    because: Because


@dataclass(frozen=True, slots=True)
class Cancel:
    """It will never be right again."""

    because: Because


@dataclass(frozen=True, slots=True)
class GiveUp:
    """It was tried for as long as its step allows."""


@dataclass(frozen=True, slots=True)
class Wait:
    """It is right, at another hour."""

    until: datetime


Verdict: TypeAlias = Go | Withdraw | Cancel | GiveUp | Wait


def look_again(work: Work, case: Case, edition: Edition, now: datetime) -> Verdict:
    """Say whether an intent may be carried out at *now*."""
    step = edition.steps.get(StepId(work.step))
    enrollment = next((one for one in case.enrollments if one.id == work.enrollment), None)
    if enrollment is not None and edition.plan.lacks:
        return Withdraw(Because.LACKING)
    if step is None or enrollment is None:
        return Cancel(Because.NEW_IN_VERSION)
    facts, playbook = case.facts, edition.plan.playbook
    stops = (facts.first(word, playbook) for word in edition.plan.stop_on)
    if any(fact is not None and fact.at <= now for fact in stops):
        return Cancel(Because.STOPPED)
    if work.rung and _is_answered(work, case, enrollment, step, now):
        return Cancel(Because.ANSWERED)
    if obstacle := _obstacle(work, case, enrollment, step, now):
        return Withdraw(obstacle)
    return _in_time(work, case, edition, step, now)


def _obstacle(
    work: Work, case: Case, enrollment: Enrollment, step: Step, now: datetime
) -> Because | None:
    """Name what a human has said since, or what became of the address."""
    facts, playbook = case.facts, enrollment.plan.playbook
    if held_until(facts, now) is not None:
        return Because.HELD
    if enrollment.paused:
        return Because.PAUSED
    to_the_person = work.kind == KIND[Mail]
    if to_the_person and (not case.person.email or facts.first(SUPPRESSED) is not None):
        return Because.UNREACHABLE
    if to_the_person and has_open_question(facts):
        return Because.OPEN_QUESTION
    if step.approve and not work.rung and work.kind == KIND[type(step.action)]:
        approved = facts.first(f"{step.id}.{APPROVED}", playbook, occurrence=work.occurrence)
        if approved is None:
            return Because.APPROVAL
    return None


def _in_time(work: Work, case: Case, edition: Edition, step: Step, now: datetime) -> Verdict:
    """Look at the clock: the deadline, how long it has been tried, hours and days."""
    deadline = moment_or_none(work.deadline)
    zone = case.person.timezone if work.kind == KIND[Mail] else ""
    days = workdays(edition.plan.calendar, zone)
    if work.first_tried_at is not None:
        if now >= gives_up_at(step, moment(work.first_tried_at), deadline, days):
            return GiveUp()
    elif deadline is not None and now > deadline:
        return Withdraw(Because.TOO_LATE)
    if work.kind not in _KEEP_HOURS or now - moment(work.due_at) < _AT_ONCE:
        return Go()
    at, _ = _guard(step.sending or edition.plan.sending, days).place(now, deadline=deadline)
    return Go() if at is None or at <= now else Wait(at)


@lru_cache(maxsize=512)
def _guard(sending: Sending, days: Workdays) -> Guard:
    return Guard(days, window=Window(sending, days))


def _is_answered(work: Work, case: Case, enrollment: Enrollment, step: Step, now: datetime) -> bool:
    """Say whether what a ladder waits for is there: the answer, or a fact that is as good."""
    facts, plan = case.facts, enrollment.plan
    sent = facts.first(f"{step.id}.sent", plan.playbook, occurrence=work.occurrence)
    since = sent.at if sent is not None else moment(work.due_at)
    days = workdays(plan.calendar, case.person.timezone)
    return answer(step, since, facts, days, plan.playbook, now) is not None
