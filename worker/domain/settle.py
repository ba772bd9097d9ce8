"""What becomes of a step that has come to its moment: it goes, waits, is skipped or is missed.

Candidates of all playbooks are settled one after the other, in the order of `precedence`, because
each message that goes leaves less of the person's budget to the next.
"""

from bisect import insort
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from worker.domain.cases import MISSED, SKIPPED, Note, is_message
from worker.domain.conditions import evaluate
from worker.domain.course import NEVER, Candidate, Sweep
from worker.domain.declined import is_for_decliners
from worker.domain.intents import Intent
from worker.domain.plan import Action, Alert
from worker.domain.reasons import Because, Reason

PUNCTUAL = timedelta(minutes=15)  # a tick this late keeps the instant that was meant
_NO_DEADLINE = datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Going:
    """What goes at one instant: fills while candidates are settled one after the other."""

    now: datetime
    contacts: list[datetime]  # of all playbooks, sorted; grows with each message that goes
    is_reachable: bool
    is_asking: bool = False  # a mail of theirs waits for a human
    has_declined: bool = False
    reacted_at: datetime | None = None  # when something went last because of a mail of theirs
    intents: list[Intent] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


def precedence(candidate: Candidate) -> tuple[datetime, int, datetime, str, str, int, int]:
    """Say whose turn it is where budgets collide: the earliest deadline, priority, age, name."""
    step = candidate.slot.track.step
    return (
        candidate.deadline or candidate.latest or _NO_DEADLINE,
        -step.priority,
        candidate.moment,
        candidate.course.playbook,
        step.id,
        candidate.occurrence,
        candidate.rung,
    )


def settle(candidate: Candidate, going: Going, found: Sweep) -> datetime:
    """Let one candidate go, skip or miss it; give when to look at it again."""
    if candidate.rung == 0 and not candidate.approved:
        early = _from_before(candidate, going)
        if early is not None:
            going.notes.append(early)
            return NEVER
    if candidate.is_to_be_drafted:
        return _write_draft(candidate, going, found)
    placed, why = _place(candidate, candidate.moment, going, found)
    if placed is not None and placed <= going.now - PUNCTUAL:
        if _is_late(candidate, placed, going.now):
            return _miss(candidate, going, found, why)
        placed, again = _place(candidate, going.now, going, found)
        why = (*why, *again)
    return _go_or_wait(candidate, placed, why, going, found)


def _go_or_wait(
    candidate: Candidate,
    placed: datetime | None,
    why: tuple[Reason, ...],
    going: Going,
    found: Sweep,
) -> datetime:
    """Let a candidate go at *placed*, if that has come and nothing else is in the way."""
    deadline, now = candidate.deadline, going.now
    if deadline is not None and (now > deadline or (now == deadline and placed is None)):
        return _miss(candidate, going, found, why)
    if placed is None or placed > now:
        candidate.course.tell(found, candidate, placed, (candidate.reason(), *why))
        return deadline if placed is None and deadline is not None else placed or NEVER
    look_at = _kept_back(candidate, why, going, found)
    if look_at is not None:
        return look_at
    if _is_skipped(candidate, placed, going):
        return NEVER
    if going.is_asking and _needs_address(candidate):
        why = (*why, Reason(Because.EVEN_IF_WAITING))
    for action in candidate.actions:
        _let_go(candidate, action, placed, (candidate.reason(), *why), going)
    if _is_reaction(candidate):
        going.reacted_at = now
    return NEVER


def _kept_back(
    candidate: Candidate, why: tuple[Reason, ...], going: Going, found: Sweep
) -> datetime | None:
    """Give when to look again at what is due and must not go now; None if it may go."""
    deadline, now = candidate.deadline, going.now
    again: datetime | None = None
    obstacle = _obstacle(candidate, going)
    if obstacle is not None:
        reason = Reason(obstacle)
    else:
        again = _react_again(candidate, going)
        if again is None or again <= now:
            return None
        text = candidate.course.times.workdays.text(again)
        reason = Reason(Because.REACTED, (("until", text),))
    if deadline is not None and now >= deadline:
        return _miss(candidate, going, found, why)
    candidate.course.tell(found, candidate, again, (candidate.reason(), reason))
    return min(again or NEVER, deadline or NEVER)


def _is_reaction(candidate: Candidate) -> bool:
    return candidate.rung == 0 and candidate.slot.track.due in candidate.course.tracks.reactions


def _react_again(candidate: Candidate, going: Going) -> datetime | None:
    """Say when the next automatic answer may go to them, so that no robot can keep us talking.

    None where it is none, or the first.
    """
    if going.reacted_at is None or not _is_reaction(candidate):
        return None
    return going.reacted_at + candidate.course.enrollment.plan.sending.react_every


def _write_draft(candidate: Candidate, going: Going, found: Sweep) -> datetime:
    """Write a draft at the step's own moment: guards count from its release."""
    deadline, now = candidate.deadline, going.now
    if deadline is not None and now > deadline:
        return _miss(candidate, going, found, ())
    if _is_late(candidate, candidate.moment, now):
        return _miss(candidate, going, found, ())
    at = candidate.moment if candidate.moment > now - PUNCTUAL else now
    if _is_skipped(candidate, at, going):
        return NEVER
    role = (("role", candidate.slot.track.step.approve),)
    why = (candidate.reason(), Reason(Because.APPROVAL, role))
    going.intents.append(_intent(candidate, candidate.actions[0], at, why, draft=True))
    return NEVER


def _from_before(candidate: Candidate, going: Going) -> Note | None:
    """Give the note on a step whose moment lies before the enrollment or the migration."""
    course, step = candidate.course, candidate.slot.track.step
    enrollment, text = course.enrollment, course.times.workdays.text
    moved_at = enrollment.moved_at
    if moved_at is not None and course.is_new(step) and candidate.moment < moved_at:
        values = (("moment", text(candidate.moment)), ("moved_at", text(moved_at)))
        new = Reason(Because.NEW_IN_VERSION, values)
        return course.noted(candidate, SKIPPED, moved_at, (candidate.reason(), new))
    if candidate.deadline is None and candidate.moment < enrollment.since - _grace(candidate):
        values = (("moment", text(candidate.moment)), ("since", text(enrollment.since)))
        late = Reason(Because.TOO_LATE, values)
        return course.noted(candidate, MISSED, going.now, (candidate.reason(), late))
    return None


def _place(
    candidate: Candidate, at: datetime, going: Going, found: Sweep
) -> tuple[datetime | None, tuple[Reason, ...]]:
    """Find the instant for *at*; without the reasons where nobody will read them."""
    guard, deadline, gentle = candidate.guard, candidate.deadline, candidate.course.gentle
    overdue = at != candidate.moment  # then it must not matter when somebody looks
    if found.waiting is None:
        placed = guard.earliest(
            at, going.contacts, deadline=deadline, gentle=gentle, overdue=overdue
        )
        is_plain = placed == at and deadline is None
        if is_plain or (placed is not None and placed > going.now):
            return placed, ()
    return guard.place(at, going.contacts, deadline=deadline, gentle=gentle, overdue=overdue)


def _is_late(candidate: Candidate, placed: datetime, now: datetime) -> bool:
    """Say whether a step without a deadline comes so late that its author does not want it."""
    step = candidate.slot.track.step
    wanted = candidate.rung > 0 or candidate.deadline is not None or step.late == "send"
    return not wanted and now - placed > _grace(candidate)


def _grace(candidate: Candidate) -> timedelta:
    """Give how late a step without a deadline may be."""
    return candidate.course.enrollment.plan.sending.grace


def _miss(candidate: Candidate, going: Going, found: Sweep, why: tuple[Reason, ...]) -> datetime:
    """Note that a step is missed; tell HR at the next working hour if its author wants that."""
    course, step = candidate.course, candidate.slot.track.step
    text = course.times.workdays.text
    values = [("moment", text(candidate.moment))]
    if candidate.deadline is not None:
        values.append(("deadline", text(candidate.deadline)))
    reasons = (
        candidate.reason(),
        *(reason for reason in why if reason.because is not Because.TOO_LATE),
        Reason(Because.TOO_LATE, tuple(values)),
    )
    if step.late == "escalate":
        opens = course.times.alerts.earliest(going.now, overdue=True)
        if opens is not None and opens > going.now:
            course.tell(found, candidate, opens, reasons)
            return opens
        alert = Alert(to=("hr",))
        told = _intent(candidate, alert, going.now, reasons)
        going.intents.append(replace(told, deadline=None))  # it is passed: that is what HR is told
    going.notes.append(course.noted(candidate, MISSED, going.now, reasons))
    return NEVER


def _is_skipped(candidate: Candidate, at: datetime, going: Going) -> bool:
    """Evaluate `if:` at the instant the step would go, and note it where it does not hold."""
    step = candidate.slot.track.step
    if candidate.rung > 0 or candidate.approved or step.condition is None:
        return False
    course = candidate.course
    verdict = evaluate(step.condition, course.sight(going.now).look_up)
    if verdict.holds:
        return False
    why = (candidate.reason(), verdict.reason)
    going.notes.append(course.noted(candidate, SKIPPED, at, why))
    return True


def _let_go(
    candidate: Candidate,
    action: Action,
    at: datetime,
    why: tuple[Reason, ...],
    going: Going,
) -> None:
    going.intents.append(_intent(candidate, action, at, why))
    if is_message(action):
        insort(going.contacts, at)


def _intent(
    candidate: Candidate,
    action: Action,
    at: datetime,
    why: tuple[Reason, ...],
    *,
    draft: bool = False,
) -> Intent:
    course = candidate.course
    return Intent(
        enrollment=course.enrollment.id,
        person=course.person.id,
        playbook=course.playbook,
        step=candidate.slot.track.step,
        action=action,
        occurrence=candidate.occurrence,
        rung=candidate.rung,
        due_at=at,
        deadline=candidate.deadline,
        draft=draft,
        why=why,
    )


def _obstacle(candidate: Candidate, going: Going) -> Because | None:
    """Say what keeps it back until somebody has done something.

    A ladder stands still as a whole while a mail of theirs waits: who wrote is not silent.
    """
    if going.is_reachable and not going.is_asking and not going.has_declined:
        return None
    to_the_person = _needs_address(candidate)
    if to_the_person and not going.is_reachable:
        return Because.UNREACHABLE
    course, step = candidate.course, candidate.slot.track.step
    if going.has_declined and to_the_person and not is_for_decliners(course.enrollment.plan, step):
        return Because.DECLINED
    of_silence = candidate.rung > 0 and not candidate.slot.track.of_staff
    is_kept = of_silence or (to_the_person and (candidate.rung > 0 or not step.even_if_waiting))
    return Because.OPEN_QUESTION if going.is_asking and is_kept else None


def _needs_address(candidate: Candidate) -> bool:
    track = candidate.slot.track
    if candidate.rung == 0:
        return track.needs_address
    return track.rungs[candidate.rung - 1].needs_address
