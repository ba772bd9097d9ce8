"""Time and people for a rehearsal or a demonstration: the real engine, under a clock that jumps.

The engine is the one that `up` runs. Only the clock is turned, from one due moment to the next,
and what people do (answer, decline, stay silent, finish a task) is noted when its time has come.
"""

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from heapq import heappop, heappush

from worker.domain.cases import APPROVED
from worker.domain.facts import Fact, PersonId
from worker.domain.intents import KIND, EnrollmentId, Intent, State
from worker.domain.plan import Action, Step
from worker.engine.behaviour import Behaviour, answers, of_their_own
from worker.engine.engine import Engine
from worker.engine.journal.desk import TaskItem, Wish
from worker.engine.journal.lanes import RATE, Closed

SOURCE = "rehearsal"
# What a playbook names, and a person reads: not what staff is told, nor what follows from a step.
_REACTED_TO = frozenset(KIND.values()) - {"alert", "task"}
_SOON = timedelta(seconds=1)
_DAY = timedelta(days=1)


class JumpingClock:
    """A clock that shows what it was turned to last."""

    def __init__(self, at: datetime) -> None:
        self._at = at

    def now(self) -> datetime:
        """Give the instant it shows."""
        return self._at

    def turn_to(self, at: datetime) -> None:
        """Show *at* from now on; it is never turned back."""
        self._at = max(self._at, at)


class Play:
    """An engine, a jumping clock, and people who behave."""

    def __init__(
        self,
        engine: Engine,
        clock: JumpingClock,
        behaviour: Behaviour,
        *,
        finishes_tasks_after: timedelta = 2 * _DAY,
    ) -> None:
        self.engine = engine
        self.clock = clock
        self._behaviour = behaviour
        self._finishes_after = finishes_tasks_after
        self._ahead: list[tuple[datetime, int, PersonId, Fact]] = []
        self._tasks_ahead: list[tuple[datetime, int]] = []
        self._count = 0
        self._looked_at = clock.now()
        self._seen: set[str] = set()
        self._seen_tasks: set[int] = set()

    def expect(self, person: PersonId, facts: Iterable[Fact]) -> None:
        """Let *facts* of somebody come to be known at their instants."""
        for fact in facts:
            self._count += 1
            heappush(self._ahead, (fact.at, self._count, person, fact))

    def expect_of_their_own(self, person: PersonId, begins: datetime, *, accepts: bool) -> None:
        """Let somebody accept or decline without being asked, as the behaviour has it."""
        self.expect(person, of_their_own(self._behaviour, person, begins, accepts=accepts))

    def run(
        self,
        until: datetime,
        *,
        on_turn: Callable[[datetime], None] | None = None,
        stops: Callable[[], bool] | None = None,
    ) -> None:
        """Live through the time until *until*, or until *stops* says so.

        Nothing of a moment is left when the clock jumps to the next.
        """
        while True:
            self.engine.run_until_idle()
            self._react()
            if on_turn is not None:
                on_turn(self.clock.now())
            if stops is not None and stops():
                return
            following = self._next()
            if following is None or following > until:
                self.clock.turn_to(until)
                return
            self.clock.turn_to(max(following, self.clock.now() + _SOON))
            self._deliver()

    def stopped_lanes(self) -> list[Closed]:
        """Give the ways out that do not work: a server that cannot be reached, a wrong password."""
        return [closed for closed in self.engine.journal.lanes.all() if closed.code != RATE]

    def _next(self) -> datetime | None:
        """Give the next instant at which anything happens."""
        instants = [self.engine.journal.overview.next_wake(self.clock.now())]
        instants += [heap[0][0] for heap in (self._ahead, self._tasks_ahead) if heap]
        return min((at for at in instants if at is not None), default=None)

    def _deliver(self) -> None:
        """Note what people did by now, and finish tasks whose time has come."""
        now, journal = self.clock.now(), self.engine.journal
        facts = []
        while self._ahead and self._ahead[0][0] <= now:
            _, _, person, fact = heappop(self._ahead)
            facts.append((person, fact))
        if facts:
            journal.facts.note(facts, now, source=SOURCE)
        while self._tasks_ahead and self._tasks_ahead[0][0] <= now:
            journal.desk.finish(heappop(self._tasks_ahead)[1], now, by=SOURCE)

    def _react(self) -> None:
        """Let people take in what reached them since the last look."""
        journal, now = self.engine.journal, self.clock.now()
        for wish in self._fresh(journal.desk.settled(self._looked_at, State.DONE)):
            self.expect(wish.person, self._answers(wish))
        self._looked_at = now
        for draft in journal.desk.in_state(State.DRAFT, most=1_000_000):
            if draft.key not in self._seen and self._behaviour.releases_after is not None:
                self._seen.add(draft.key)
                at = now + self._behaviour.releases_after
                fact = Fact(f"{draft.step}.{APPROVED}", at, draft.playbook, draft.occurrence)
                self.expect(draft.person, (fact,))
        for task in journal.desk.tasks():
            self._take_up(task, now)

    def _fresh(self, wishes: Iterable[Wish]) -> list[Wish]:
        fresh = [wish for wish in wishes if f"{wish.key}/done" not in self._seen]
        self._seen.update(f"{wish.key}/done" for wish in fresh)
        return fresh

    def _answers(self, wish: Wish) -> list[Fact]:
        """Give what a person does about something that reached them."""
        if wish.kind not in _REACTED_TO or wish.settled_at is None:
            return []
        edition = self.engine.editions.of(wish.digest)
        step = edition.steps[wish.step]
        action = edition.action(wish.step, wish.rung, wish.kind)
        return list(answers(self._behaviour, _intent(wish, step, action), wish.settled_at))

    def _take_up(self, task: TaskItem, now: datetime) -> None:
        if task.id in self._seen_tasks:
            return
        self._seen_tasks.add(task.id)
        heappush(self._tasks_ahead, (now + self._finishes_after, task.id))


def _intent(wish: Wish, step: Step, action: Action) -> Intent:
    """Give the intent that a row of the journal was."""
    return Intent(
        EnrollmentId(wish.enrollment),
        wish.person,
        wish.playbook,
        step,
        action,
        wish.occurrence,
        wish.rung,
        wish.due_at,
        wish.deadline,
        draft=False,
        why=wish.why,
    )
