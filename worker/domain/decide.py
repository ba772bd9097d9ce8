"""What is due for this person now, what waits for what, and why? The heart.

`decide` reads one person's facts, all their enrollments and the time, and nothing else. The live
tick, preview, simulation and rehearsal all call it, so what HR was shown is what will happen.

A decision is complete: what follows from its own notes and intents is in it already, so whoever
writes it down may sleep until `wake_at` or until the next fact.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

from worker.domain.cases import Case, Decision, Enrollment, Waiting, due_fact
from worker.domain.contact import ANSWERED, AWAY, WROTE, has_open_question
from worker.domain.course import NEVER, Course, Sweep
from worker.domain.declined import DECLINED, DECLINES, has_declined, turns_at
from worker.domain.facts import RETRACTED, Fact, Facts, Person
from worker.domain.looking import sweep
from worker.domain.reasons import Because, Reason
from worker.domain.settle import Going, precedence, settle

HELD = "person.held"
RELEASED = "person.released"
SUPPRESSED = "person.suppressed"
_HOLDS = frozenset({HELD, RELEASED})
_OF_EVERYTHING = _HOLDS | {SUPPRESSED, WROTE, ANSWERED, AWAY, DECLINED}


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

    __slots__ = (
        "_courses",
        "_has_holds",
        "_is_reachable",
        "_turns_at",
        "enrollments",
        "facts",
        "person",
    )

    def __init__(self, case: Case) -> None:
        self.person = case.person
        self.facts = case.facts
        self.enrollments = case.enrollments
        self._courses = tuple(Course(one, case.person, case.facts) for one in case.enrollments)
        self._is_reachable = _is_reachable(case)
        self._has_holds = bool(case.facts.all(HELD))
        self._turns_at = NEVER  # when a decline, or a second thought, that is known of comes

    @property
    def case(self) -> Case:
        """The case as it stands, with everything noted so far."""
        return Case(self.person, self.facts, self.enrollments)

    def note(self, facts: Sequence[Fact]) -> None:
        """Take in what came to be known."""
        self.facts = self.facts.plus(facts)
        for course in self._courses:
            course.note(self.facts, facts)
        for fact in facts:
            # a message that is taken back leaves its place in the budget to any other
            if fact.name in _OF_EVERYTHING or fact.value == RETRACTED:
                self._is_reachable = _is_reachable(self.case)
                self._has_holds = self._has_holds or fact.name in _HOLDS
                for course in self._courses:
                    course.look_at_everything()

    def is_busy(self, now: datetime) -> bool:
        """Say whether the time or a fact has changed anything since the last decision."""
        return any(not course.is_quiet(now) for course in self._courses)

    def decide(self, now: datetime) -> Decision:
        """Say what is due at *now*, and take it as written."""
        if self._turns_at <= now:
            for course in self._courses:
                course.look_at_everything()
        self._turns_at = turns_at(self.facts, now) or NEVER
        gone: Going | None = None
        held = held_until(self.facts, now) if self._has_holds else None
        while held is None:
            going = self._settle_all(now)
            if going is None:
                break
            due = [due_fact(intent) for intent in going.intents]
            if len(due) > 1:  # a rung of several actions is written down once
                due = list(dict.fromkeys(due))
            self.note([*[note.fact for note in going.notes], *due])
            if gone is None:
                gone = going
            else:
                gone.intents += going.intents
                gone.notes += going.notes
        wake_at = min(self._next_look(now) if held is None else held, self._turns_at)
        return Decision(
            () if gone is None else tuple(gone.intents),
            () if gone is None else tuple(gone.notes),
            None if wake_at == NEVER else wake_at,
            partial(_waiting, self.person, self.facts, self.enrollments, now),
        )

    def _settle_all(self, now: datetime) -> Going | None:
        """Settle everything whose time has come, in the order of precedence; None if it is nothing.

        What only waits again is nothing: its slot knows until when.
        """
        busy = [course for course in self._courses if not course.is_quiet(now)]
        if not busy:
            return None
        found = Sweep(now, [], [])
        for course in busy:
            if course.blocked(now) is None:
                sweep(course, found)
        if not found.candidates and not found.notes:
            return None
        going = Going(
            now,
            list(self.facts.contacts),
            self._is_reachable,
            has_open_question(self.facts),
            has_declined(self.facts, now),
            _reacted_at(self._courses, self.facts),
            notes=found.notes,
        )
        for candidate in sorted(found.candidates, key=precedence):
            look_at = min(settle(candidate, going, found), candidate.look_by)
            candidate.course.look[candidate.slot.number] = look_at
        return going if going.intents or going.notes else None

    def _next_look(self, now: datetime) -> datetime:
        wake_at = NEVER
        for course in self._courses:
            if course.blocked(now) is None:
                wake_at = min(wake_at, course.next_look())
        return wake_at


def _waiting(
    person: Person, facts: Facts, enrollments: tuple[Enrollment, ...], now: datetime
) -> tuple[Waiting, ...]:
    return waiting(Case(person, facts, enrollments), now)


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
            sweep(course, free)
            continue
        found = Sweep(now, [], [], waiting=[])
        sweep(course, found)
        for candidate in found.candidates:
            course.tell(found, candidate, None, (candidate.reason(),))
        until = held if block.because is Because.HELD and held != NEVER else None
        told += _blocked(found, block, until)
    is_asking, declined = has_open_question(case.facts), has_declined(case.facts, now)
    courses = tuple(Course(one, case.person, case.facts) for one in case.enrollments)
    reacted_at = _reacted_at(courses, case.facts)
    contacts = list(case.facts.contacts)
    going = Going(now, contacts, _is_reachable(case), is_asking, declined, reacted_at)
    for candidate in sorted(free.candidates, key=precedence):
        settle(candidate, going, free)
    told += free.waiting or ()
    order = {one.id: place for place, one in enumerate(case.enrollments)}
    told.sort(key=lambda one: (order[one[1].enrollment], one[0], one[1].occurrence))
    return tuple(one for _, one in told)


def held_until(facts: Facts, now: datetime) -> datetime | None:
    """Say until when a human holds everything for this person; None if nobody does.

    NEVER if nobody has said when it ends. What was held because of a wish to decline is free once
    HR has said that the person declined.
    """
    held = facts.all(HELD)
    if held and has_declined(facts, now):
        held = tuple(fact for fact in held if fact.value != DECLINES)
    turns = [(fact.at, True) for fact in held]
    if not turns:
        return None
    turns = sorted([*turns, *((fact.at, False) for fact in facts.all(RELEASED))])
    past = [is_held for at, is_held in turns if at <= now]
    if not past or not past[-1]:
        return None
    return next((at for at, is_held in turns if at > now and not is_held), NEVER)


def _reacted_at(courses: Sequence[Course], facts: Facts) -> datetime | None:
    """Say when anything went last to the person because of their own mail."""
    keys = (key for course in courses for key in course.tracks.reactions)
    return max((fact.at for key in keys for fact in facts.noted(key) or ()), default=None)


def _blocked(found: Sweep, block: Reason, until: datetime | None) -> Iterator[tuple[int, Waiting]]:
    """Put what blocks everything before what each step would wait for by itself."""
    for number, one in found.waiting or ():
        yield number, replace(one, until=until, fact="", why=(block, *one.why))


def _is_reachable(case: Case) -> bool:
    return bool(case.person.email) and not case.facts.all(SUPPRESSED)
