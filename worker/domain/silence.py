"""When silence becomes a fact, and which rung of the ladder is next."""

from dataclasses import dataclass
from datetime import datetime

from worker.domain.contact import AWAY, day_of, standing_still
from worker.domain.facts import Fact, Facts, PlaybookId
from worker.domain.plan import Step
from worker.domain.track import RungTrack, Track
from worker.domain.tracks import Times
from worker.domain.workdays import Workdays


@dataclass(frozen=True, slots=True)
class Asked:
    """A question that was put and has been waiting for its answer since `at`."""

    occurrence: int
    at: datetime
    silent_at: datetime
    is_noted: bool  # the silence is a fact already


@dataclass(frozen=True, slots=True)
class Climb:
    """The next rung, and the fact it is counted from."""

    rung: RungTrack
    at: datetime
    fact: str
    fact_at: datetime


def asked(track: Track, facts: Facts, times: Times) -> Asked | None:
    """Give the open question of a step: the latest that went out, unless it failed after all.

    A mail that was refused, bounced or may not have gone asks nothing: no clock runs for it.
    """
    sent = facts.noted(track.sent)
    if not sent or track.within is None:
        return None
    last = sent[-1]
    if _since(facts.noted(track.failed) or (), last) is not None:
        return None
    for silent in facts.noted(track.silent) or ():
        if silent.occurrence == last.occurrence:
            return Asked(last.occurrence, last.at, silent.at, is_noted=True)
    silent_at = times.after(track.within, last.at)
    if facts.all(AWAY):
        silent_at = standing_still(facts, last.at, silent_at, times)
    return Asked(last.occurrence, last.at, silent_at, is_noted=False)


def answer(
    step: Step,
    asked_at: datetime,
    facts: Facts,
    workdays: Workdays,
    playbook: PlaybookId,
    now: datetime,
) -> Fact | None:
    """Give what ends the wait of *step*: its answer, or one of the further facts it names.

    Facts of steps count since the question was put, or if noted for that very day: HR notes an
    answer by its date alone, which is the midnight before the question. A fact of the person
    counts whenever it came: who has accepted is not reminded to.
    """
    if step.expect is None:
        return None
    since: datetime | None = None
    for name in (f"{step.id}.{step.expect.answer}", *step.expect.or_facts):
        noted = facts.all(name, playbook)
        if not noted:
            continue
        if "." not in name:
            if noted[0].at <= now:
                return noted[0]
            continue
        if since is None:
            since = workdays.instant(workdays.local(asked_at).date())
        for fact in noted:
            if fact.at >= since:
                return fact
    return None


def taken_over(track: Track, occurrence: int, asked_at: datetime, facts: Facts) -> Fact | None:
    """Give the word of a member of staff that ends a ladder: they have seen to the person.

    Where it is a task that is awaited, nothing but its being done ends the wait.
    """
    if track.of_staff:
        return None
    for rung in track.rungs:
        for key in rung.seen_to:
            for fact in facts.noted(key) or ():
                if fact.occurrence == occurrence and fact.at >= asked_at:
                    return fact
    return None


def next_rung(track: Track, question: Asked, facts: Facts, times: Times) -> Climb | None:
    """Give the next rung of the ladder, counted from when the one before it was due.

    A member of staff who has the one before it in hand moves the next: it counts from the day
    until which they put it off, and where a task is awaited from the day they saw to it.
    """
    before, fact = question.silent_at, track.silent[1]
    for rung in track.rungs:
        due = facts.noted(rung.due) or ()
        climbed = [one for one in due if one.occurrence == question.occurrence]
        if not climbed:
            at = before if rung.after is None else times.after(rung.after, before)
            if facts.all(AWAY) and rung.after is not None:
                at = standing_still(facts, before, at, times)
            return Climb(rung, at, fact, before)
        before, fact = _in_hand(rung, question.occurrence, climbed[-1].at, facts, times)
    return None


def _in_hand(
    rung: RungTrack, occurrence: int, climbed_at: datetime, facts: Facts, times: Times
) -> tuple[datetime, str]:
    """Give what the next rung counts from: this one, or what staff answered to it."""
    at, name = climbed_at, rung.due[1]
    for key in rung.seen_to:
        for fact in facts.noted(key) or ():
            if fact.occurrence == occurrence and fact.at > at:
                at, name = fact.at, key[1]
    for fact in facts.noted(rung.put_off) or ():
        until = day_of(fact)
        if fact.occurrence != occurrence or until is None:
            continue
        days = times.workdays
        moved = days.instant(until, days.local(climbed_at).time())
        if moved > at:
            at, name = moved, rung.put_off[1]
    return at, name


def _since(facts: tuple[Fact, ...], sent: Fact) -> Fact | None:
    return next(
        (fact for fact in facts if fact.at >= sent.at and fact.occurrence == sent.occurrence), None
    )
