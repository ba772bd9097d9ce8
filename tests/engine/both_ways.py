"""The same people with the same habits, once simulated and once through the real engine."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from heapq import heappop, heappush
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select

from tests.world import TOKYO, World
from worker.domain.appointments import DEBOUNCE, LETTER_WORD, Appointment, Stage
from worker.domain.cases import APPROVED, FAILED, MISSED, SILENT, SKIPPED
from worker.domain.facts import Fact, PersonId, PlaybookId, StaffId
from worker.domain.intents import STAFF_MAIL, EnrollmentId, Intent, State
from worker.domain.meetings import Said, Word
from worker.domain.plan import Plan
from worker.domain.rounds import rounds_of
from worker.engine import tables
from worker.engine.behaviour import Behaviour, Subject, answers, meets, release
from worker.engine.journal.desk import Wish
from worker.engine.journal.facts import Noted
from worker.engine.journal.statement import Statement
from worker.engine.meetings.imagine import Times
from worker.engine.simulate import simulate
from worker.people.records import PersonRecord, StaffRecord

FOUND = (SILENT, SKIPPED, MISSED, FAILED)
OF_A_TALK = ("accepted", "declined", "moved", "cancelled", "held")
TEMPLATES = {"letter": "お便り", "welcome": "ようこそ", "reminder": "その後いかがですか"}
_INTENTS = Statement(select(tables.intent.c.id, tables.intent.c.state))
_MEETINGS = Statement(
    select(*(tables.meeting.c[name] for name in ("id", "state", "starts_at", "tried")))
)


@dataclass(frozen=True, slots=True)
class Someone:
    """Who somebody is, what is known of them at once, and what comes to be known when."""

    known: tuple[Fact, ...]
    coming: tuple[Fact, ...] = ()
    pace: str = "standard"
    timezone: str = ""
    tags: frozenset[str] = frozenset()


class Deed(NamedTuple):
    """What happened to somebody, when: an action done, a draft written, something found."""

    at: datetime
    person: str
    what: str
    playbook: str
    step: str
    occurrence: int
    rung: int


@dataclass(frozen=True, slots=True)
class Story:
    """Playbooks, people, and how they behave. People enter the first playbook at *since*."""

    plans: Sequence[Plan]
    people: Sequence[Someone]
    habits: Behaviour
    since: datetime
    until: datetime
    shares_colleagues: bool = False  # one mentor for all: only where they want them together


def both_ways(story: Story, folder: Path) -> tuple[list[Deed], list[Deed]]:
    """Give what happens in the simulation, and what happens in the real engine."""
    world = World(folder, start=story.since.astimezone(TOKYO).replace(tzinfo=None).isoformat())
    try:
        return _together(story, world)
    finally:
        world.close()


def _together(story: Story, world: World) -> tuple[list[Deed], list[Deed]]:
    plans = [world.publish(plan, TEMPLATES) for plan in story.plans]
    people = [
        _record(number, one, 0 if story.shares_colleagues else number)
        for number, one in enumerate(story.people)
    ]
    staff = [each for number in range(len(people)) for each in _colleagues(number)]
    world.journal.staff.put(staff, world.now)
    world.journal.people.put(people, world.now)
    first = plans[0]
    for record, one in zip(people, story.people, strict=True):
        known = [(record.id, fact) for fact in one.known]
        world.journal.facts.note(known, world.now, source="import")
    ids = [record.id for record in people]
    cases = world.journal.cases.of(ids, world.engine.editions.plan)
    subjects = [
        Subject(case.person, case.facts, one.coming)
        for case, one in zip(cases, story.people, strict=True)
    ]
    imagined = _imagined(story, plans, subjects, world)
    world.journal.enrollments.enroll(ids, first.playbook, first.digest, world.now, world.now)
    _live(story, world, {record.id: one for record, one in zip(people, story.people, strict=True)})
    return imagined, _happened(world, ids)


def _record(number: int, one: Someone, colleagues: int) -> PersonRecord:
    return PersonRecord(
        PersonId(f"p{number}"),
        f"葵{number}",
        f"p{number}@mail.example",
        department="開発部",
        mentor=(StaffId(f"m-{colleagues}"),),
        manager=(StaffId(f"b-{colleagues}"),),
        pace=one.pace,
        timezone=one.timezone,
        tags=one.tags,
    )


def _colleagues(number: int) -> Iterator[StaffRecord]:
    """Give everybody a mentor and a manager of their own: nobody is in anybody else's way.

    Of two who want the same colleague at one instant, a wave may give either the earlier time.
    """
    for id_, name, role in (("m", "先輩", "mentor"), ("b", "上司", "manager")):
        address = f"{role}{number}@tsunagu.example"
        yield StaffRecord(StaffId(f"{id_}-{number}"), f"{name}{number}", address, (role,), "開発部")


def _imagined(
    story: Story, plans: Sequence[Plan], subjects: Iterable[Subject], world: World
) -> list[Deed]:
    events = simulate(
        plans,
        subjects,
        since=story.since,
        until=story.until,
        behaviour=story.habits,
        entering=[plans[0].playbook],
        times=Times(world.solver, world.rules.calendars),
    )
    return sorted(
        Deed(one.at, one.person, one.kind, one.playbook, one.step, one.occurrence, one.rung)
        for one in events
        if one.intent is not None or one.kind in FOUND or (one.playbook and one.kind in OF_A_TALK)
    )


class _Habits:
    """Does to the real engine what people do in a simulation, at the same instants."""

    def __init__(self, world: World, habits: Behaviour) -> None:
        self._world = world
        self._habits = habits
        self._ahead: list[tuple[datetime, int, str, Fact]] = []
        self._seen: set[tuple[str, bool]] = set()
        self._answered: set[tuple[str, str, int]] = set()  # by how many times did not suit
        self._answers: list[tuple[datetime, int, str, str, bool]] = []
        self._stood: tuple[list[object], list[object]] = ([], [])  # at the last look

    @property
    def next_at(self) -> datetime | None:
        """Say when somebody does something next."""
        instants = [ahead[0][0] for ahead in (self._ahead, self._answers) if ahead]
        return min(instants, default=None)

    def expect(self, person: str, facts: Iterable[Fact]) -> None:
        """Let *facts* come to be known at their instants."""
        for fact in facts:
            heappush(self._ahead, (fact.at, len(self._ahead) + len(self._seen), person, fact))

    def notice(self, people: Iterable[str]) -> None:
        """Look at what reached people since the last time, if anything may have."""
        with self._world.journal.store.read() as connection:
            stands = _INTENTS.rows(connection, {}), _MEETINGS.rows(connection, {})
        if stands == self._stood:
            return
        self._stood = stands
        for person in people:
            self._reached(person)
            self._invited(person)

    def _reached(self, person: str) -> None:
        """Look at what was done for somebody since the last time."""
        for wish in self._world.wishes(person):
            if wish.kind in STAFF_MAIL:
                continue
            mark = (wish.key, wish.state is State.DRAFT)
            if mark in self._seen or wish.state not in {State.DONE, State.DRAFT}:
                continue
            self._seen.add(mark)
            if wish.kind in LETTER_WORD:
                continue
            intent = self._intent(wish)
            made = release if wish.state is State.DRAFT else answers
            self.expect(person, made(self._habits, intent, self._world.now))

    def _invited(self, person: str) -> None:
        """Look at the times that somebody was given since the last time."""
        if self._world.engine.meetings is None:
            return
        for known in self._world.engine.meetings.of(PersonId(person)):
            round_ = self._round(person, known)
            mark = (known.id, person, round_)
            if known.stage is not Stage.BOOKED or mark in self._answered or known.when is None:
                continue
            self._answered.add(mark)
            of_it = (known.playbook, known.step, known.occurrence)
            wish = next(
                one
                for one in self._world.wishes(person)
                if (one.playbook, one.step, one.occurrence) == of_it and one.kind == "meeting"
            )
            now = self._world.now
            answer = meets(self._habits, self._intent(wish), now, round_)
            if answer is not None:
                at, comes = answer
                if at + (timedelta() if comes else DEBOUNCE) < known.when.start:
                    entry = (at, len(self._answered), known.id, person, comes)
                    heappush(self._answers, entry)

    def _round(self, person: str, known: Appointment) -> int:
        """Count the times that did not suit somebody: of many, each has left another session."""
        if not known.cohort:
            return len(known.tried)
        history = self._world.journal.facts.history(PersonId(person))
        noted = (one.fact for one in history)
        return rounds_of(noted, known.step, known.playbook, known.occurrence).number

    def _answer(self) -> None:
        """Answer the invitations whose time has come, in the person's own calendar."""
        while self._answers and self._answers[0][0] <= self._world.now:
            _, _, id_, person, comes = heappop(self._answers)
            engine = self._world.engine.meetings
            if engine is None:
                continue
            known = next(one for one in engine.of(PersonId(person)) if one.id == id_)
            if known.stage is not Stage.BOOKED:
                continue
            word = Word.ACCEPTED if comes else Word.DECLINED
            self._world.calendars.answer(known.event_key, f"{person}@mail.example", Said(word))
            engine.hear(known.address, self._world.now)

    def act(self) -> None:
        """Do what people do now."""
        self._answer()
        while self._ahead and self._ahead[0][0] <= self._world.now:
            _, _, person, fact = heappop(self._ahead)
            step, _, word = fact.name.rpartition(".")
            if word == APPROVED:
                for wish in self._world.wishes(person):
                    of_it = (wish.playbook, wish.step, wish.occurrence)
                    if wish.state is State.DRAFT and of_it == (
                        fact.playbook,
                        step,
                        fact.occurrence,
                    ):
                        self._world.journal.desk.approve(wish.key, self._world.now)
            else:
                noted = [(PersonId(person), fact)]
                self._world.journal.facts.note(noted, self._world.now, source="human")

    def _intent(self, wish: Wish) -> Intent:
        edition = self._world.engine.editions.of(wish.digest)
        return Intent(
            EnrollmentId(wish.enrollment),
            wish.person,
            PlaybookId(wish.playbook),
            edition.steps[wish.step],
            edition.action(wish.step, wish.rung, wish.kind),
            wish.occurrence,
            wish.rung,
            wish.due_at,
            None,
            draft=wish.state is State.DRAFT,
            why=(),
        )


def _live(story: Story, world: World, people: dict[PersonId, Someone]) -> None:
    habits = _Habits(world, story.habits)
    for person, one in people.items():
        habits.expect(person, one.coming)
    while True:
        habits.act()
        world.run()
        habits.notice(people)
        instants = [world.journal.overview.next_wake(world.now), habits.next_at]
        next_at = min((one for one in instants if one is not None), default=None)
        if next_at is None or next_at > story.until:
            return
        world.clock.turn_to(max(next_at, world.now))


def _happened(world: World, people: Iterable[PersonId]) -> list[Deed]:
    """Tell what the journal says: what was done, drafts as they were written, what was found."""
    deeds: set[Deed] = set()  # an alert is one deed, however many members of staff it tells
    for person in people:
        for wish in world.wishes(person):
            deeds |= _done(wish, person)
        for noted in world.journal.facts.history(person):
            deeds |= _found(noted, person)
    return sorted(deeds)


def _done(wish: Wish, person: PersonId) -> set[Deed]:
    """Tell what became of a wish; nothing of what a simulation does not show."""
    if wish.kind in STAFF_MAIL:  # it shows the task, and not that staff is told
        return set()
    if wish.kind in LETTER_WORD:  # beside what was decided
        return set()
    where = (person, wish.kind, wish.playbook, wish.step, wish.occurrence, wish.rung)
    if wish.state is State.DONE and wish.settled_at is not None:
        return {Deed(wish.settled_at, *where)}
    if wish.kind == "meeting" and wish.state in {State.REFUSED, State.CANCELLED}:
        return set()  # no time came to be found: where that is given up, it is a fact
    if wish.state is State.DRAFT:
        return set()
    what = f"{wish.kind} {wish.state.value} {wish.outcome}"
    return {Deed(wish.due_at, *where)._replace(what=what)}


def _found(noted: Noted, person: PersonId) -> set[Deed]:
    """Tell what a fact says that a simulation shows, too."""
    fact = noted.fact
    name, _, word = fact.name.rpartition(".")
    if word in FOUND or (fact.playbook and word in OF_A_TALK):
        return {Deed(fact.at, person, word, fact.playbook, name, fact.occurrence, 0)}
    if word == "drafted" and noted.source == "tick":
        return {Deed(noted.noted_at, person, "draft", fact.playbook, name, fact.occurrence, 0)}
    return set()
