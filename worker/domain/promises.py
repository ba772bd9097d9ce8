"""What somebody is promised: a meeting that is not due yet, and whose invitation comes in time.

A `meeting` step with `no_later_than` promises its invitation by then, so that a time for it is held
before it is due (docs/adr/0018). Pure, and no part of the decision: what is held changes nothing
about which mail goes when.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from worker.domain.cases import Case, Enrollment, Waiting
from worker.domain.course import Course
from worker.domain.decide import SUPPRESSED, waiting
from worker.domain.declined import is_over
from worker.domain.facts import Facts, StepId
from worker.domain.intents import EnrollmentId
from worker.domain.plan import Meeting, Step
from worker.domain.reasons import Because
from worker.domain.track import Track
from worker.domain.tracks import tracks_of

_Key: TypeAlias = tuple[EnrollmentId, StepId]

# After these the invitation will not leave, or nobody knows when.
_OFF = frozenset(
    {
        Because.STOPPED,
        Because.HELD,
        Because.PAUSED,
        Because.LACKING,
        Because.DECLINED,
        Because.UNREACHABLE,
        Because.IN_FLIGHT,
        Because.TOO_LATE,
    }
)
_KEPT_BACK = frozenset({Because.OPEN_QUESTION, Because.APPROVAL})


@dataclass(frozen=True, slots=True)
class Promise:
    """A meeting of one person that is promised, and when its invitation will leave.

    `due_at` is None where somebody must do something first: at once after that.
    """

    enrollment: Enrollment
    step: Step
    action: Meeting
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Foreseen:
    """The promises within some span, and when more of them may come into it by time alone."""

    promises: tuple[Promise, ...] = ()
    look_at: datetime | None = None


def foresee(case: Case, now: datetime, ahead: timedelta) -> Foreseen:
    """Say which promised meetings of a person will be due within *ahead*, and are not yet."""
    looks: list[datetime] = []
    near: dict[_Key, tuple[Enrollment, Track]] = {}
    for enrollment, track, moment in _open(case, now):
        if moment - ahead > now:
            looks.append(moment - ahead)
        else:
            near[enrollment.id, track.step.id] = enrollment, track
    found: list[Promise] = []
    for one in waiting(case, now) if near else ():
        known = near.get((one.enrollment, one.step))
        if known is None or one.rung or not _will_leave(one):
            continue
        enrollment, step = known[0], known[1].step
        if one.until is not None and one.until - ahead > now:
            looks.append(one.until - ahead)
        elif isinstance(step.action, Meeting):
            due_at = None if one.until is None else max(one.until, now)
            found.append(Promise(enrollment, step, step.action, due_at))
    return Foreseen(tuple(found), min(looks, default=None))


def _open(case: Case, now: datetime) -> Iterator[tuple[Enrollment, Track, datetime]]:
    """Give the steps that promise a meeting, have not come about, and have a moment."""
    facts = case.facts
    if not case.person.email or facts.all(SUPPRESSED):
        return
    for enrollment in case.enrollments:
        tracks = [one for one in tracks_of(enrollment.plan).promised if _is_ahead(one, facts)]
        course = Course(enrollment, case.person, facts) if tracks else None
        for track in tracks:
            resolved = None if course is None or not track.start else course.resolve(track.start)
            if resolved and not is_over(enrollment.plan, track.step, facts, now):
                yield enrollment, track, resolved[0]


def _is_ahead(track: Track, facts: Facts) -> bool:
    """Say whether a step has neither come about nor been left out, and its moment may be known."""
    noted, start = facts.noted, track.start
    if start is None or noted(track.due) or noted(track.skipped) or noted(track.missed):
        return False
    return not start.fact or bool(noted(start.own) or noted(start.of_person))


def _will_leave(one: Waiting) -> bool:
    """Say whether an invitation leaves as soon as the time has come, or somebody has seen to it."""
    because = {reason.because for reason in one.why}
    return not because & _OFF and (one.until is not None or bool(because & _KEPT_BACK))
