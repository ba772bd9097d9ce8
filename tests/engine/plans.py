"""Playbooks of the engine's tests, as plans."""

from dataclasses import replace
from datetime import time
from typing import Any

from worker.domain.facts import Digest, PlaybookId, StepId
from worker.domain.plan import Alert, Expect, Mail, Meeting, Plan, Rung, Sending, Step, Task
from worker.domain.when import Distance, FromFact, Unit

HOUR = Distance(1, Unit.HOURS)
TWO_BUSINESS_DAYS = Distance(2, Unit.BUSINESS_DAYS)
THREE_BUSINESS_DAYS = Distance(3, Unit.BUSINESS_DAYS)
OFFICE_HOURS = Sending(hours=(time(9, 30), time(18, 30)), days="business")


def plan_of(*steps: Step, name: str = "naitei", sending: Sending | None = None) -> Plan:
    """Give a playbook of these steps that stops when somebody declines."""
    return Plan(
        PlaybookId(name),
        Digest(""),
        "内定者フォロー",
        steps,
        stop_on=("declined", "joined"),
        sending=sending or Sending(),
    )


def mail_step(name: str = "welcome", *, template: str = "welcome", **more: object) -> Step:
    """Give a step that writes an hour after the offer."""
    return Step(
        StepId(name),
        FromFact("offer", (HOUR,)),
        Mail(template, "hr"),
        **{"line": 12, **more},  # type: ignore[arg-type]  # as above
    )


WELCOME = plan_of(mail_step())

LADDER = plan_of(
    mail_step(
        expect=Expect("replied", THREE_BUSINESS_DAYS),
        ladder=(
            Rung((Mail("reminder", "hr"),), line=20),
            Rung((Alert(("mentor",)),), TWO_BUSINESS_DAYS, line=22),
            Rung((Alert(("hr_manager",)), Task("電話で様子を聞く")), TWO_BUSINESS_DAYS, line=24),
        ),
    ),
    sending=OFFICE_HOURS,
)


def talk_step(name: str = "talk", **more: Any) -> Step:  # noqa: ANN401 - words of a meeting
    """Give a step that has the mentor talk with somebody who accepted; *more* of the meeting."""
    meeting = Meeting(
        "1on1",
        ("mentor",),
        30,
        Distance(10, Unit.BUSINESS_DAYS),
        between=(time(10), time(18)),
        place="google_meet",
    )
    return Step(StepId(name), FromFact("accept"), replace(meeting, **more), line=30)


TALK = plan_of(talk_step())
