"""Mails to staff that no playbook names: a task reaches its owner, and comes back when it is due.

They are written in the transaction of what they follow from, as wishes like any other: looked at
again when their time has come, and cancelled if the task is done by then.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from worker.domain.facts import Staff, StepId
from worker.domain.intents import NUDGE, TASK_MAIL, State
from worker.domain.plan import Alert, Plan, Step, Task
from worker.domain.reasons import Because, Reason
from worker.domain.tracks import tracks_of
from worker.engine.journal.as_text import why_json
from worker.engine.tables import stamp


@dataclass(frozen=True, slots=True)
class Origin:
    """The task or alert of which staff is told: an intent, and whose it is."""

    key: str
    person: str
    enrollment: int
    playbook: str
    digest: str
    step: StepId
    occurrence: int
    rung: int
    line: int = 0


def of_a_task(
    origin: Origin,
    task: Task,
    roles: Mapping[str, tuple[Staff, ...]],
    plan: Plan,
    lane: str,
    now: datetime,
) -> list[dict[str, Any]]:
    """Tell the owners of a task of it in office hours, and once more when it is overdue.

    Whom an alert of the same rung tells of it is not told twice. Where nobody holds the role, that
    is shown as a mail that could not go.
    """
    step = tracks_of(plan).of(origin.step).step
    told = {one.id for role in _alerted(step, origin.rung) for one in roles.get(role, ())}
    owners: list[str] = [one.id for one in roles.get(task.owner, ())] or [""]
    at = in_office(plan, now)
    rows = [mail_to(origin, TASK_MAIL, id_, lane, at, now) for id_ in owners if id_ not in told]
    if task.due is not None:
        due = tracks_of(plan).times("").workdays.after(now, task.due)
        at = in_office(plan, due)
        rows += (mail_to(origin, NUDGE, id_, lane, at, due) for id_ in owners if id_)
    return rows


def mail_to(
    origin: Origin,
    kind: str,
    staff: str,
    lane: str,
    at: datetime,
    since: datetime,
    *,
    number: int = 0,
) -> dict[str, Any]:
    """Write one mail to one member of staff, for *at*, as the row of an intent."""
    key = f"{origin.key}/{kind}/{staff}"
    why = Reason(Because.DUE, (("moment", since.isoformat(timespec="minutes")),))
    return {
        "key": f"{key}/{number}" if number else key,
        "person_id": origin.person,
        "enrollment_id": origin.enrollment,
        "playbook": origin.playbook,
        "digest": origin.digest,
        "step": origin.step,
        "occurrence": origin.occurrence,
        "rung": origin.rung,
        "kind": kind,
        "recipient": staff,
        "lane": lane,
        "state": State.READY.value,
        "next_at": stamp(at),
        "priority": 0,
        "due_at": stamp(at),
        "deadline": None,
        "why": why_json((why,)),
        "line": origin.line,
    }


def in_office(plan: Plan, at: datetime) -> datetime:
    """Give the first instant from *at* on at which staff is written to."""
    return tracks_of(plan).times("").alerts.earliest(at) or at


def _alerted(step: Step, rung: int) -> frozenset[str]:
    """Give the roles that an alert of the same rung tells of a task."""
    if not rung:
        return frozenset()
    actions = step.ladder[rung - 1].actions
    return frozenset(role for one in actions if isinstance(one, Alert) for role in one.to)
