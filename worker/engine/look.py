"""Is it still right? What was decided is looked at again with the facts as they are now.

Minutes or days may lie between a decision and the moment somebody can be written to: a server was
away, a mailbox had its limit. An answer, a decline or a hold that came meanwhile wins.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Protocol, TypeAlias

from worker.domain.cases import (
    ACKNOWLEDGED,
    APPROVED,
    FINISHED,
    MISSED,
    PUT_OFF,
    Case,
    Enrollment,
)
from worker.domain.contact import away_until, day_of, has_open_question
from worker.domain.decide import SUPPRESSED, held_until
from worker.domain.declined import has_declined, is_for_decliners
from worker.domain.facts import Facts, StepId
from worker.domain.guards import Guard, Window
from worker.domain.intents import BY_MAIL, FACT_WORD, KIND, NUDGE, STAFF_MAIL, fact_name
from worker.domain.plan import Alert, Meeting, Plan, Sending, Step
from worker.domain.reasons import Because
from worker.domain.silence import answer, taken_over
from worker.domain.tracks import tracks_of
from worker.domain.workdays import Workdays, workdays
from worker.engine.retry import gives_up_at
from worker.engine.tables import moment, moment_or_none
from worker.engine.work import Work

_AT_ONCE = timedelta(minutes=15)  # what leaves so soon after its moment keeps to its moment's hours
_TO_THE_PERSON = BY_MAIL | {KIND[Meeting]}
_KEEP_HOURS = _TO_THE_PERSON | {KIND[Alert], *STAFF_MAIL}
_HELD_FOR = timedelta(days=1)  # until a hold is looked at again, of which nobody says when it ends


class Pinned(Protocol):
    """The version of a playbook that somebody is in: an `Edition`, or its plan alone."""

    @property
    def plan(self) -> Plan:
        """The plan."""
        ...

    @property
    def steps(self) -> Mapping[StepId, Step]:
        """Its steps by id."""
        ...


@dataclass(frozen=True)
class PinnedPlan:
    """A plan of which there are no files: that of a simulation."""

    plan: Plan

    @cached_property
    def steps(self) -> Mapping[StepId, Step]:
        """Its steps by id."""
        return {step.id: step for step in self.plan.steps}


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


def look_again(work: Work, case: Case, edition: Pinned, now: datetime) -> Verdict:
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
    is_of_an_answer = work.rung or work.resent
    sign = _sign_of_life(work, case, edition, step, now) if is_of_an_answer else None
    if sign is not None:
        return sign
    if work.kind in STAFF_MAIL:
        return _about_staff(work, case, edition, step, now)
    obstacle = _obstacle(work, case, enrollment, step, now)
    return Withdraw(obstacle) if obstacle else _in_time(work, case, edition, step, now)


def _sign_of_life(
    work: Work, case: Case, edition: Pinned, step: Step, now: datetime
) -> Verdict | None:
    """Name what has shown since that a rung is not needed, or not now.

    They have answered or somebody has seen to them; they have written, whatever it was; or they
    are away. What did not arrive at first is not sent again to who has answered it.
    """
    facts, plan = case.facts, edition.plan
    days, track = workdays(plan.calendar, case.person.timezone), tracks_of(plan).of(step.id)
    asked_at = _asked_at(work, facts, edition, step)
    if answer(step, asked_at, facts, days, plan.playbook, now) is not None:
        return Cancel(Because.ANSWERED)
    if work.kind in STAFF_MAIL or not work.rung:
        return None
    if taken_over(track, work.occurrence, asked_at, facts) is not None:
        return Cancel(Because.TAKEN_OVER)
    if not track.of_staff and has_open_question(facts):
        return Withdraw(Because.OPEN_QUESTION)
    if away_until(facts, now, days) is not None:
        return Withdraw(Because.AWAY)
    return None


def _about_staff(work: Work, case: Case, edition: Pinned, step: Step, now: datetime) -> Verdict:
    """Look again at a mail that follows from a task, or from what a member of staff answered."""
    facts, playbook = case.facts, edition.plan.playbook
    for word in (FINISHED, ACKNOWLEDGED):
        name = fact_name(step.id, work.rung, word)
        if facts.first(name, playbook, occurrence=work.occurrence) is not None:
            return Cancel(Because.ALREADY)
    if work.kind == NUDGE:
        days = workdays(edition.plan.calendar)
        put_off = facts.all(fact_name(step.id, work.rung, PUT_OFF), playbook)
        until = [day_of(fact) for fact in put_off if fact.occurrence == work.occurrence]
        if any(day is not None and day > days.local(now).date() for day in until):
            return Cancel(Because.TAKEN_OVER)  # another one comes on that day
        held = held_until(facts, now)
        if held is not None:
            return Wait(min(held, now + _HELD_FOR))
    return _in_time(work, case, edition, step, now)


def _obstacle(
    work: Work, case: Case, enrollment: Enrollment, step: Step, now: datetime
) -> Because | None:
    """Name what a human has said since, what the person has, or what became of the address."""
    facts, playbook = case.facts, enrollment.plan.playbook
    if held_until(facts, now) is not None:
        return Because.HELD
    if enrollment.paused:
        return Because.PAUSED
    if obstacle := _of_the_person(work, case, enrollment, step, now):
        return obstacle
    if step.approve and not work.rung and work.kind == KIND[type(step.action)]:
        approved = facts.first(f"{step.id}.{APPROVED}", playbook, occurrence=work.occurrence)
        missed = facts.first(f"{step.id}.{MISSED}", playbook, occurrence=work.occurrence)
        if approved is None and missed is None:  # that it was missed HR is told without asking
            return Because.APPROVAL
    return None


def _of_the_person(
    work: Work, case: Case, enrollment: Enrollment, step: Step, now: datetime
) -> Because | None:
    """Name what keeps a message from the person, and a rung from anybody: they wrote."""
    facts = case.facts
    to_the_person = work.kind in _TO_THE_PERSON
    if to_the_person and (not case.person.email or facts.first(SUPPRESSED) is not None):
        return Because.UNREACHABLE
    if to_the_person and has_declined(facts, now) and not is_for_decliners(enrollment.plan, step):
        return Because.DECLINED
    is_kept = to_the_person and (work.rung > 0 or not step.even_if_waiting)
    return Because.OPEN_QUESTION if is_kept and has_open_question(facts) else None


def _in_time(work: Work, case: Case, edition: Pinned, step: Step, now: datetime) -> Verdict:
    """Look at the clock: the deadline, how long it has been tried, hours and days."""
    deadline = moment_or_none(work.deadline)
    zone = case.person.timezone if work.kind in _TO_THE_PERSON else ""
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


def _asked_at(work: Work, facts: Facts, edition: Pinned, step: Step) -> datetime:
    """Give when the question was put whose ladder *work* belongs to."""
    name = fact_name(step.id, 0, FACT_WORD[type(step.action)])
    asked = facts.first(name, edition.plan.playbook, occurrence=work.occurrence)
    return asked.at if asked is not None else moment(work.due_at)
