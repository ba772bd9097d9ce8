"""A wish in hand: what whoever performs it, or decides about it again, has of it."""

from typing import NamedTuple


class Work(NamedTuple):
    """A claimed intent, as a row has it; instants are the journal's numbers."""

    id: int
    key: str
    person: str
    enrollment: int
    playbook: str
    digest: str
    step: str
    occurrence: int
    rung: int
    kind: str
    recipient: str
    lane: str
    fence: int
    attempts: int
    crashes: int
    due_at: int
    deadline: int | None
    first_tried_at: int | None
    settled_at: int | None
    outcome: str | None
    resent: bool
