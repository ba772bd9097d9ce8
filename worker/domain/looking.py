"""Which steps and rungs of an enrollment have come to their moment.

Each look at a slot gives when to look again, or adds a candidate. Whether a candidate may also go
(hours, budgets, conditions) is `domain.settle`'s business, because the person's other playbooks
have a say in it.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial

from worker.domain.cases import MISSED, Note
from worker.domain.conditions import evaluate, turning_points
from worker.domain.contact import AWAY, away_until
from worker.domain.course import NEVER, Candidate, Course, Sweep
from worker.domain.facts import Fact
from worker.domain.moments import Turn, next_on_grid
from worker.domain.reasons import Because, Reason
from worker.domain.silence import Asked, Climb, answer, asked, next_rung, taken_over
from worker.domain.track import Point, Slot, Track, fact_names
from worker.domain.when import Every, OnceTrue


def sweep(course: Course, found: Sweep) -> None:
    """Look at every slot whose time has come, and at those that a fact has touched."""
    look, slots = course.look, course.tracks.slots
    for number in course.take_due(found.now):
        slot = slots[number]
        if slot.ladder:
            look[number] = _ladder(course, slot, found)
        else:
            ahead = None if slot.plain is None else _ahead(course, slot, slot.plain, found)
            look[number] = _step(course, slot, found) if ahead is None else ahead


def _ahead(course: Course, slot: Slot, point: Point, found: Sweep) -> datetime | None:
    """Give when to look again at a plain step; None if it must be looked at closely.

    Most steps of most people are done or have long to go: this path is for them.
    """
    if found.waiting is not None:
        return None
    noted, track = course.facts.noted, slot.track
    if noted(track.due) or noted(track.skipped) or noted(track.missed):
        return NEVER
    facts = noted(point.own)
    if facts is None:
        facts = noted(point.of_person)
    if facts:
        moment, opens = course.times.ahead(slot, facts[0].at)
        return opens if moment > found.now else None
    return None if not point.fact else NEVER


def _step(course: Course, slot: Slot, found: Sweep) -> datetime:
    """Look at a step: give when to look again, or add it to the candidates."""
    track = slot.track
    if track.every is not None:
        candidate = _turn_of(course, slot, track.every, found)
    else:
        candidate = _once(course, slot, found)
    if not isinstance(candidate, Candidate):
        return candidate
    if track.limit is not None:
        resolved = course.resolve(track.limit)
        candidate.deadline = None if resolved is None else resolved[0]
    if track.step.approve and _awaits_release(course, candidate, found):
        return NEVER if candidate.deadline is None else candidate.deadline
    return _come(course, candidate, found)


def _come(course: Course, candidate: Candidate, found: Sweep) -> datetime:
    """Add a candidate whose moment has come; else give when to look again."""
    if candidate.moment <= found.now:
        found.candidates.append(candidate)
        return NEVER
    moment = candidate.moment
    if candidate.is_to_be_drafted:  # at its own moment: guards count from its release
        role = (("role", candidate.slot.track.step.approve),)
        why = (candidate.reason(), Reason(Because.APPROVAL, role))
        course.tell(found, candidate, moment, why)
        return moment
    if found.waiting is not None:
        at, delays = candidate.guard.place(
            moment, course.facts.contacts, deadline=candidate.deadline, gentle=course.gentle
        )
        course.tell(found, candidate, at, (candidate.reason(), *delays))
    return moment if candidate.deadline is not None else candidate.guard.opens(moment)


def _once(course: Course, slot: Slot, found: Sweep) -> Candidate | datetime:
    """Look at a step that happens once: it did, it waits for a fact, or it has a moment."""
    noted, track = course.facts.noted, slot.track
    if noted(track.due) or noted(track.skipped) or noted(track.missed):
        if found.waiting is not None:
            _tell_in_flight(course, slot, found)
        return NEVER
    point = track.start
    if point is None:
        return _once_true(course, slot, found)
    resolved = course.resolve(point)
    if resolved is None:
        return _missing(course, slot, point, found)
    return _candidate(course, slot, resolved[0], fact=point.fact, fact_at=resolved[1])


def _once_true(course: Course, slot: Slot, found: Sweep) -> Candidate | datetime:
    """Look at a condition: once true, its moment is that of the fact that made it so."""
    when = slot.track.step.when
    if not isinstance(when, OnceTrue):
        return NEVER
    now, sight = found.now, course.sight(found.now)
    verdict = evaluate(when.condition, sight.look_up)
    turns = {at.astimezone(UTC): "" for at in turning_points(when.condition, sight.look_up)}
    for name in fact_names(when.condition):
        for fact in course.facts.all(name, course.playbook):
            if fact.value is not None or fact.at in turns:
                turns[fact.at] = max(turns.get(fact.at, ""), name)
    ahead = min((at for at in turns if at > now), default=NEVER)
    if not verdict.holds:
        if found.waiting is not None:
            until = None if ahead == NEVER else ahead
            why = Reason(Because.NOT_YET_TRUE, verdict.reason.values)
            course.tell_slot(slot, found, (why,), until=until)
        return ahead
    since = course.enrollment.since
    if course.is_new(slot.track.step) and course.enrollment.moved_at is not None:
        since = course.enrollment.moved_at  # true of the record alone: nobody knows since when
    moment = max((at for at in turns if at <= now), default=since)
    candidate = _candidate(course, slot, moment, fact=turns.get(moment, ""), fact_at=moment)
    candidate.look_by = ahead
    return candidate


def _turn_of(course: Course, slot: Slot, every: Every, found: Sweep) -> Candidate | datetime:
    """Look at a cadence: it has not begun, it is over, or its next occurrence has a moment."""
    if found.waiting is not None:
        _tell_in_flight(course, slot, found)
    point, until = slot.track.start, slot.track.until
    started = None if point is None else course.resolve(point)
    if point is None or started is None:
        return NEVER if point is None else _missing(course, slot, point, found)
    end = NEVER
    if until is not None:
        ended = course.resolve(until)
        end = NEVER if ended is None else ended[0]
    if every.least.count <= 0 or end < started[0]:
        return NEVER
    turn = _next_turn(course, slot, started[0], min(found.now, end))
    if turn.at > end:
        return NEVER
    candidate = _candidate(course, slot, turn.at, fact=point.fact, fact_at=started[1])
    candidate.occurrence = turn.number
    candidate.latest = turn.latest
    if turn.at <= found.now and every.greatest is None:
        following = course.times.grid(slot, started[0], turn.number + 1)
        if found.now < following <= end:  # it will take the place of this one
            candidate.look_by = following
    return candidate


def _next_turn(course: Course, slot: Slot, start: datetime, now: datetime) -> Turn:
    noted, track, times = course.facts.noted, slot.track, course.times
    past = [fact for key in (track.due, track.skipped, track.missed) for fact in noted(key) or ()]
    last = max(past, key=lambda fact: (fact.occurrence, fact.at), default=None)
    number = 0 if last is None else last.occurrence
    if track.step.approve:  # one draft at a time waits for its release
        for draft in noted(track.draft) or ():
            if draft.occurrence > number:
                return Turn(draft.occurrence, draft.at)
    if track.least is not None and track.greatest is not None:
        before = start if last is None else _took_place(course, track, last)
        latest = times.after(track.greatest, before)
        at = latest if course.gentle else times.after(track.least, before)
        return Turn(number + 1, at, latest)
    return next_on_grid(partial(times.grid, slot, start), number, now=now, gentle=course.gentle)


def _took_place(course: Course, track: Track, last: Fact) -> datetime:
    """Say from when the gap to the next turn counts: of a meeting, from the day it was held.

    One that was declined for good, or that nobody has held yet, counts from when it was due.
    """
    held = () if track.held is None else course.facts.noted(track.held) or ()
    return max((fact.at for fact in held if fact.occurrence == last.occurrence), default=last.at)


def _awaits_release(course: Course, candidate: Candidate, found: Sweep) -> bool:
    """Say whether a draft lies written and nobody has released it."""
    track, occurrence = candidate.slot.track, candidate.occurrence
    if not any(fact.occurrence == occurrence for fact in course.facts.noted(track.draft) or ()):
        return False
    name = track.approved[1]
    approved = course.facts.first(name, course.playbook, occurrence=occurrence)
    if approved is not None:
        candidate.approved = True
        candidate.moment = max(candidate.moment, approved.at)
        return False
    waits = Reason(Because.APPROVAL, (("role", track.step.approve),))
    if candidate.deadline is not None and candidate.deadline <= found.now:
        late = (("deadline", course.times.workdays.text(candidate.deadline)),)
        why = (waits, Reason(Because.TOO_LATE, late))
        found.notes.append(course.noted(candidate, MISSED, found.now, why))
    elif found.waiting is not None:
        course.tell(found, candidate, None, (candidate.reason(), waits), fact=name)
    return True


def _ladder(course: Course, slot: Slot, found: Sweep) -> datetime:
    """Look at a ladder: give when to look again, or add its next rung to the candidates."""
    track, days = slot.track, course.times.workdays
    question = asked(track, course.facts, course.times)
    if question is None:
        return NEVER
    if answer(track.step, question.at, course.facts, days, course.playbook, found.now):
        return NEVER
    if question.silent_at > found.now:
        if found.waiting is not None:
            until = question.silent_at
            values = (("fact", track.answer[1]), ("until", days.text(until)))
            why = (Reason(Because.AWAITING_ANSWER, values),)
            course.tell_slot(slot, found, why, until=until, fact=track.answer[1], rung=1)
        return question.silent_at
    if course.is_old(question.silent_at):
        return NEVER
    if not question.is_noted:
        found.notes.append(_silence(course, slot, question))
    climb = _climb(course, slot, question, found)
    if climb is None:
        return NEVER
    candidate = Candidate(
        course,
        slot,
        course.times.guards[slot.number][climb.rung.number - 1],
        climb.rung.rung.actions,
        climb.at,
        climb.fact,
        climb.fact_at,
        occurrence=question.occurrence,
        rung=climb.rung.number,
    )
    return _come(course, candidate, found)


def _climb(course: Course, slot: Slot, question: Asked, found: Sweep) -> Climb | None:
    """Give the next rung, unless the ladder is left; while they are away it waits for them."""
    track, facts, days = slot.track, course.facts, course.times.workdays
    climb = next_rung(track, question, facts, course.times)
    if climb is None or course.is_old(climb.at):
        return None
    if seen_to := taken_over(track, question.occurrence, question.at, facts):
        values = (("fact", seen_to.name), ("at", days.text(seen_to.at)))
        why = (Reason(Because.TAKEN_OVER, values),)
        occurrence, rung = question.occurrence, climb.rung.number
        course.tell_slot(slot, found, why, occurrence=occurrence, rung=rung)
        return None
    back = away_until(facts, found.now, days) if facts.all(AWAY) else None
    return climb if back is None or back <= climb.at else replace(climb, at=back, fact=AWAY)


def _silence(course: Course, slot: Slot, question: Asked) -> Note:
    track = slot.track
    values = (("fact", track.sent[1]), ("at", course.times.workdays.text(question.at)))
    fact = Fact(
        track.silent[1],
        question.silent_at,
        playbook=course.playbook,
        occurrence=question.occurrence,
        value=Because.AWAITING_ANSWER.value,
    )
    why = (Reason(Because.AWAITING_ANSWER, values),)
    return Note(course.enrollment.id, track.step.id, fact, why)


def _candidate(
    course: Course, slot: Slot, moment: datetime, *, fact: str, fact_at: datetime
) -> Candidate:
    guard = course.times.guards[slot.number][0]
    return Candidate(course, slot, guard, (slot.track.step.action,), moment, fact, fact_at)


def _missing(course: Course, slot: Slot, point: Point, found: Sweep) -> datetime:
    if found.waiting is not None:
        why = (Reason(Because.FACT_MISSING, (("fact", point.fact),)),)
        course.tell_slot(slot, found, why, fact=point.fact)
    return NEVER


def _tell_in_flight(course: Course, slot: Slot, found: Sweep) -> None:
    """Say that a step was written down and its outcome is not known."""
    track, noted = slot.track, course.facts.noted
    settled = {
        fact.occurrence
        for key in (track.sent, track.failed, track.doubtful)
        for fact in noted(key) or ()
    }
    for fact in noted(track.due) or ():
        if fact.occurrence not in settled:
            why = (Reason(Because.IN_FLIGHT, (("at", course.times.workdays.text(fact.at)),)),)
            course.tell_slot(slot, found, why, fact=track.sent[1], occurrence=fact.occurrence)
