"""The future of one real person, as far as it is known: what `plan` and `preview` show.

It is a life in which nobody answers, nothing new comes to be known and every draft lies where it
is. What happens only because an answer did not come says so (`Event.given`).
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from worker.domain.cases import Case, Enrollment
from worker.domain.facts import Fact, Facts
from worker.domain.plan import Plan
from worker.domain.tracks import tracks_of
from worker.engine.behaviour import NOBODY_ANSWERS
from worker.engine.life import Event, Life
from worker.engine.meetings.imagine import Times


def agenda(
    case: Case,
    now: datetime,
    until: datetime,
    *,
    plans: Sequence[Plan] = (),
    times: Times | None = None,
) -> Iterator[Event]:
    """Give what will happen to one person from *now* to *until*, in order of time.

    What is on its way counts as arriving now. Of *plans*, those are entered that take the person
    in or that an `enroll` step names.
    """
    arriving = [
        fact for enrollment in case.enrollments for fact in _arriving(enrollment, case.facts, now)
    ]
    known = Case(case.person, case.facts.plus(arriving), case.enrollments)
    life = Life(known, plans, NOBODY_ANSWERS, times=times, marks_assumptions=True)
    yield from life.run(now, until)


def _arriving(enrollment: Enrollment, facts: Facts, now: datetime) -> Iterable[Fact]:
    """Give the outcome of each step that was written down and is not settled."""
    for slot in tracks_of(enrollment.plan).slots:
        track, noted = slot.track, facts.noted
        if slot.ladder:
            continue
        settled = {
            fact.occurrence
            for key in (track.sent, track.failed, track.doubtful)
            for fact in noted(key) or ()
        }
        for due in noted(track.due) or ():
            if due.occurrence not in settled:
                yield Fact(track.sent[1], now, playbook=due.playbook, occurrence=due.occurrence)
