"""What we mean to do, with the key that names it. Written before it is tried."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NewType

from worker.domain.facts import PersonId, PlaybookId, StepId
from worker.domain.plan import (
    Action,
    Alert,
    Enroll,
    Mail,
    Meeting,
    Message,
    Step,
    Survey,
    Task,
    Update,
    Webhook,
)
from worker.domain.reasons import Reason

Key = NewType("Key", str)
EnrollmentId = NewType("EnrollmentId", int)


class State(Enum):
    """Where an intent stands. The database holds these words."""

    DRAFT = "draft"  # waits for somebody's approval
    READY = "ready"  # to be tried at `next_at`
    CLAIMED = "claimed"  # a worker has it under a lease; certainly not handed over
    BEGUN = "begun"  # being handed over: after a crash it is in doubt
    DOUBT = "doubt"  # may have happened: asked, or shown to a human
    ARRANGED = "arranged"  # of a meeting: how that goes stands in its own row
    DONE = "done"
    REFUSED = "refused"  # for good; shown, and holds only its own person
    PARKED = "parked"  # a fault of ours, or a process that died over it again and again
    CANCELLED = "cancelled"  # an answer or a stop came before it was handed over


# What a finished action is called as a fact: `welcome.sent`, `call.opened`.
FACT_WORD: dict[type[Action], str] = {
    Mail: "sent",
    Meeting: "booked",
    Survey: "sent",
    Message: "sent",
    Task: "opened",
    Alert: "alerted",
    Update: "updated",
    Enroll: "enrolled",
    Webhook: "called",
}

# The word of each kind in a playbook, and in a key.
KIND: dict[type[Action], str] = {
    Mail: "mail",
    Meeting: "meeting",
    Survey: "survey",
    Message: "message",
    Task: "task",
    Alert: "alert",
    Update: "update",
    Enroll: "enroll",
    Webhook: "webhook",
}

# Mails to staff that no playbook names; each is sent once, and with this word as its fact.
TASK_MAIL = "task_mail"  # of a task, to its owner
NUDGE = "nudge"  # of a task that is overdue, or on the day until which somebody put it off
STAFF_MAIL: dict[str, str] = {TASK_MAIL: "told", NUDGE: "reminded"}

# What goes to the person by mail: an address, hours of the day, an open question hold it.
BY_MAIL: frozenset[str] = frozenset({KIND[Mail], KIND[Survey]})


@dataclass(frozen=True, slots=True)
class Intent:
    """One action on one person, once: `key` is the same however often it is decided.

    `rung` 0 is the step itself; 1, 2, … are the rungs of its ladder.
    """

    enrollment: EnrollmentId
    person: PersonId
    playbook: PlaybookId
    step: Step
    action: Action
    occurrence: int
    rung: int
    due_at: datetime  # when it became due, with every delay counted in
    deadline: datetime | None  # no_later_than, resolved
    draft: bool  # held until somebody approves
    why: tuple[Reason, ...]

    @property
    def key(self) -> Key:
        """Name this intent for ever: enrollment, step, occurrence, rung, kind."""
        return key_of(self.enrollment, self.step.id, self.occurrence, self.rung, self.action)


def key_of(
    enrollment: EnrollmentId, step: StepId, occurrence: int, rung: int, action: Action
) -> Key:
    """Name an intent: the same five things always give the same key."""
    return Key(f"{enrollment}/{step}/{occurrence}/{rung}/{KIND[type(action)]}")


def fact_name(step: StepId, rung: int, word: str) -> str:
    """Name the fact an intent brings about: `welcome.sent`, on a rung `welcome.rung1.sent`.

    >>> fact_name(StepId("welcome"), 0, "sent")
    'welcome.sent'
    >>> fact_name(StepId("welcome"), 2, "alerted")
    'welcome.rung2.alerted'
    """
    return f"{step}.{word}" if rung == 0 else f"{step}.rung{rung}.{word}"
