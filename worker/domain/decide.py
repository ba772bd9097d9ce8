"""What is due for this person now, what waits for what, and why? The heart.

`decide` reads one person's facts, all their enrollments and the time, and nothing else. The live
tick, preview, simulation and rehearsal all call it, so what HR was shown is what will happen.

A decision is complete: what follows from its own notes and intents is in it already, so whoever
writes it down may sleep until `wake_at` or until the next fact.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from worker.domain.cases import Case, Decision, Waiting, due_fact
from worker.domain.course import NEVER, Course, Sweep
from worker.domain.facts import Fact, Facts
from worker.domain.reasons import Because, Reason
from worker.domain.settle import Going, precedence, settle

HELD = "person.held"
RELEASED = "person.released"
SUPPRESSED = "person.suppressed"
_OF_EVERYTHING = frozenset({HELD, RELEASED, SUPPRESSED})


def decide(case: Case, now: datetime) -> Decision:
    """Say what is due for one person at *now*, and when to look again.

    Pure, total, deterministic, and the same for any order of facts of equal instants.
    """
    return Watch(case).decide(now)


class Watch:
    """One person's case under way: only what a fact or the time has changed is looked at again.

    `Watch(case).decide(now)` is `decide(case, now)`. To go on, `note` what came to be known and
    decide again at a later instant; a watch has taken its own decisions into account.
    """

    __slots__ = ("_courses", "_is_reachable", "case")

    def __init__(self, case: Case) -> None:
        self.case = case
        self._courses = tuple(Course(one, case.person, case.facts) for one in case.enrollments)
        self._is_reachable = _is_reachable(case)

    def note(self, facts: Iterable[Fact]) -> None:
        """Take in what came to be known."""
        fresh = tuple(facts)
        known = self.case.facts.plus(fresh)
        self.case = Case(self.case.person, known, self.case.enrollments)
        for course in self._courses:
            course.note(known, fresh)
        if any(fact.name in _OF_EVERYTHING for fact in fresh):
            self._is_reachable = _is_reachable(self.case)
            for course in self._courses:
                course.look_at_everything()

    def decide(self, now: datetime) -> Decision:
        """Say what is due at *now*, and take it as written."""
        gone = Going(now, [], self._is_reachable)
        held = held_until(self.case.facts, now)
        while held is None:
            going = self._settle_all(Sweep(now, [], []), self._courses)
            if not going.notes and not going.intents:
                break
            gone.intents += going.intents
            gone.notes += going.notes
            # a rung of several actions is written down once
            due = dict.fromkeys(due_fact(intent) for intent in going.intents)
            self.note([*(note.fact for note in going.notes), *due])
        wake_at = self._next_look(now) if held is None else held
        case = self.case
        return Decision(
            tuple(gone.intents),
            tuple(gone.notes),
            None if wake_at == NEVER else wake_at,
            lambda: waiting(case, now),
        )

    def _settle_all(self, found: Sweep, courses: Iterable[Course]) -> Going:
        """Look at everything whose time has come, and settle it in the order of precedence."""
        for course in courses:
            if course.blocked(found.now) is None:
                course.sweep(found)
        going = Going(
            found.now, list(self.case.facts.contacts), self._is_reachable, notes=found.notes
        )
        for candidate in sorted(found.candidates, key=precedence):
            look_at = settle(candidate, going, found)
            candidate.course.look[candidate.slot.number] = look_at
        return going

    def _next_look(self, now: datetime) -> datetime:
        looks = (course.next_look() for course in self._courses if course.blocked(now) is None)
        return min(looks, default=NEVER)


def waiting(case: Case, now: datetime) -> tuple[Waiting, ...]:
    """Say for every unfinished step, and for the next rung of each ladder, what it waits for.

    In the order of the enrollments, and of the steps in each.
    """
    held = held_until(case.facts, now)
    told: list[tuple[int, Waiting]] = []
    free = Sweep(now, [], [], waiting=[])
    for course in (Course(one, case.person, case.facts) for one in case.enrollments):
        block = course.blocked(now)
        if block is None and held is not None:
            block = Reason(Because.HELD)
        if block is None:
            course.sweep(free)
            continue
        found = Sweep(now, [], [], waiting=[])
        course.sweep(found)
        for candidate in found.candidates:
            course.tell(found, candidate, None, (candidate.reason(),))
        until = held if block.because is Because.HELD and held != NEVER else None
        told += _blocked(found, block, until)
    going = Going(now, list(case.facts.contacts), _is_reachable(case))
    for candidate in sorted(free.candidates, key=precedence):
        settle(candidate, going, free)
    told += free.waiting or ()
    order = {one.id: place for place, one in enumerate(case.enrollments)}
    told.sort(key=lambda one: (order[one[1].enrollment], one[0], one[1].occurrence))
    return tuple(one for _, one in told)


def held_until(facts: Facts, now: datetime) -> datetime | None:
    """Say until when a human holds everything for this person; None if nobody does.

    NEVER if nobody has said when it ends.
    """
    turns = [(fact.at, True) for fact in facts.all(HELD)]
    if not turns:
        return None
    turns = sorted([*turns, *((fact.at, False) for fact in facts.all(RELEASED))])
    past = [is_held for at, is_held in turns if at <= now]
    if not past or not past[-1]:
        return None
    return next((at for at, is_held in turns if at > now and not is_held), NEVER)


def _blocked(found: Sweep, block: Reason, until: datetime | None) -> Iterator[tuple[int, Waiting]]:
    """Put what blocks everything before what each step would wait for by itself."""
    for number, one in found.waiting or ():
        yield number, replace(one, until=until, fact="", why=(block, *one.why))


def _is_reachable(case: Case) -> bool:
    return bool(case.person.email) and not case.facts.all(SUPPRESSED)
