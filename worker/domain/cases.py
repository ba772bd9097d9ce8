"""One person's case: everything a decision may read, and everything it can say.

The unit is the person with all their enrollments, so that a budget over all playbooks is decided
in one place. What a decision brings about is written as facts: `due_fact` when the intent is
written, `settled_fact` when it is done. The live tick and the simulation both take them from here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from worker.domain.facts import Fact, Facts, Person, StepId, Value
from worker.domain.intents import FACT_WORD, EnrollmentId, Intent, fact_name
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused
from worker.domain.plan import Action, Mail, Meeting, Message, Plan, Survey
from worker.domain.reasons import Reason

SKIPPED = "skipped"  # `if` was false, or the step came with a migration after its moment
MISSED = "missed"  # its time passed before it could go
SILENT = "silent"  # asked, and no answer within the time
DUE = "due"  # decided and written: never decided again
DRAFTED = "drafted"  # written, and waits for somebody to release it
APPROVED = "approved"  # somebody released the draft
FAILED = "failed"  # certainly not done, and not tried again
DOUBTFUL = "doubtful"  # may have been done
ACKNOWLEDGED = "acknowledged"  # of a rung: a member of staff says that they have seen to it
PUT_OFF = "put_off"  # of a rung or task: somebody has it in hand; its value: until which day
COMMENTED = "commented"  # somebody wrote something else about it
FINISHED = "done"  # of a task


@dataclass(frozen=True, slots=True)
class Enrollment:
    """One person in one version of a playbook.

    `moved_at` is when a migration brought this version, `steps_before` the ids of the steps the
    version before it had.
    """

    id: EnrollmentId
    plan: Plan
    since: datetime
    moved_at: datetime | None = None
    steps_before: frozenset[StepId] = frozenset()
    paused: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """One person, all their facts and all their enrollments."""

    person: Person
    facts: Facts
    enrollments: tuple[Enrollment, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A fact that a decision found to be true, to be written down as it is.

    Its name is `STEP.silent`, `STEP.skipped` or `STEP.missed`, its value the code of the first
    reason.
    """

    enrollment: EnrollmentId
    step: StepId
    fact: Fact
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A step, or a rung of its ladder, that is not due: until when or for which fact, and why.

    With neither an instant nor a fact it waits for a human, or for nothing any more.
    """

    enrollment: EnrollmentId
    step: StepId
    occurrence: int
    rung: int
    until: datetime | None
    fact: str
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What is due now, what was found to be true, and when to look again.

    `wake_at` is the earliest instant at which anything can change by time alone; None if only a
    fact can change it. `waiting` is worked out when it is asked for: the tick does not need it.
    """

    intents: tuple[Intent, ...] = ()
    notes: tuple[Note, ...] = ()
    wake_at: datetime | None = None
    explain: Callable[[], tuple[Waiting, ...]] = field(default=tuple, compare=False, repr=False)

    @property
    def waiting(self) -> tuple[Waiting, ...]:
        """Say for every unfinished step what it waits for."""
        return self.explain()


def is_message(action: Action) -> bool:
    """Say whether *action* writes to the person: it keeps to hours and days and counts.

    An invitation to a meeting does: somebody is asked for an answer.
    """
    return isinstance(action, Mail | Meeting | Survey) or (
        isinstance(action, Message) and not action.to
    )


def due_fact(intent: Intent) -> Fact:
    """Give the fact that is written together with *intent*, so that it is never decided twice."""
    word = DRAFTED if intent.draft else DUE
    return Fact(
        name=fact_name(intent.step.id, intent.rung, word),
        at=intent.due_at,
        playbook=intent.playbook,
        occurrence=intent.occurrence,
        contact=is_message(intent.action) and not intent.draft,
    )


def settled_fact(intent: Intent, outcome: Outcome, at: datetime) -> Fact | None:
    """Give the fact that *outcome* makes of *intent*; None while it will be tried again."""
    word: str
    value: Value
    match outcome:
        case Done():
            word, value = FACT_WORD[type(intent.action)], None
        case Refused():
            word, value = FAILED, outcome.why
        case InDoubt():
            word, value = DOUBTFUL, outcome.why
        case Later():
            return None
    return Fact(
        name=fact_name(intent.step.id, intent.rung, word),
        at=at,
        playbook=intent.playbook,
        occurrence=intent.occurrence,
        value=value,
    )
