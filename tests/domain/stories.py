"""Small playbooks and the lives of people in them, told in local time.

A `Story` does what the tick and the performer do: it asks `decide`, writes down what is due, lets
it go well at the same instant, and sleeps until it has to look again.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

from worker.domain.cases import Case, Decision, Enrollment, Waiting, due_fact, settled_fact
from worker.domain.conditions import Compare, Literal, Name
from worker.domain.decide import decide
from worker.domain.facts import Digest, Fact, Facts, Person, PersonId, PlaybookId, StepId, Value
from worker.domain.intents import EnrollmentId, Intent
from worker.domain.outcomes import Done, Outcome
from worker.domain.plan import (
    Alert,
    Budget,
    Calendar,
    Expect,
    Mail,
    Plan,
    Rung,
    Sending,
    Step,
    Task,
)
from worker.domain.reasons import Because
from worker.domain.when import Distance, FromFact, Unit

HOUR = Distance(1, Unit.HOURS)
TOKYO = ZoneInfo("Asia/Tokyo")
OFFICE_HOURS = (time(9, 30), time(18, 30))
OFFICE = Sending(hours=OFFICE_HOURS, days="business")
AOI = Person(PersonId("aoi"), "葵", "aoi@example.jp")
LADDER = (
    Rung((Mail("reminder", "hr"),)),
    Rung((Alert(("mentor",)),), Distance(2, Unit.BUSINESS_DAYS)),
    Rung((Alert(("hr_manager",)), Task("電話で様子を聞く")), Distance(2, Unit.BUSINESS_DAYS)),
)
REPLY_IN_THREE_DAYS = Expect("replied", Distance(3, Unit.BUSINESS_DAYS))


def at(text: str, zone: ZoneInfo = TOKYO) -> datetime:
    """Give the instant of a local time: `2026-04-02 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


def days(count: int) -> Distance:
    """Give so many days."""
    return Distance(count, Unit.DAYS)


def business_days(count: int) -> Distance:
    """Give so many business days."""
    return Distance(count, Unit.BUSINESS_DAYS)


def after(fact: str, *distances: Distance, clock: str = "") -> FromFact:
    """Give a moment some distances after a fact."""
    return FromFact(fact, distances, time.fromisoformat(clock) if clock else None)


def mail(name: str, when: object, **more: object) -> Step:
    """Give a step that writes to the person."""
    return Step(StepId(name), when, Mail(name, "hr"), **more)  # type: ignore[arg-type]  # any step


def step(name: str, when: object, action: object, **more: object) -> Step:
    """Give a step of any kind."""
    return Step(StepId(name), when, action, **more)  # type: ignore[arg-type]  # as above


def playbook(
    *steps: Step,
    name: str = "naitei",
    sending: Sending | None = None,
    calendar: Calendar | None = None,
) -> Plan:
    """Give a playbook that stops when somebody declines."""
    return Plan(
        PlaybookId(name),
        Digest(name),
        name,
        steps,
        stop_on=("declined", "joined"),
        sending=sending or Sending(),
        calendar=calendar or Calendar(),
    )


def per_day(count: int) -> Budget:
    """Give a budget of so many messages a day."""
    return Budget(count, days(1))


def person_is(name: str, operator: str, value: Value) -> Compare:
    """Give a condition on an attribute of the person."""
    return Compare(Name(("person", name)), operator, Literal(value))


def fact_is(name: str, operator: str, value: Value) -> Compare:
    """Give a condition on the value of a fact."""
    return Compare(Name(tuple(name.split("."))), operator, Literal(value))


@dataclass
class Story:
    """One person's life in some playbooks; facts may come later than the story begins."""

    plans: tuple[Plan, ...]
    facts: Facts
    now: datetime
    person: Person = AOI
    enrollments: tuple[Enrollment, ...] = ()
    later: list[Fact] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)  # by step; everything else is Done
    told: list[Intent] = field(default_factory=list)
    zone: ZoneInfo = TOKYO

    @classmethod
    def of(cls, *plans: Plan, person: Person = AOI, since: str = "", **facts: str) -> "Story":
        """Begin a story at the first fact, or at *since*, with all dated facts known."""
        known = [Fact(name.replace("__", "."), at(when)) for name, when in facts.items()]
        begins = at(since) if since else min(fact.at for fact in known)
        enrollments = tuple(
            Enrollment(EnrollmentId(number), plan, begins)
            for number, plan in enumerate(plans, start=1)
        )
        return cls(plans, Facts(known), begins, person, enrollments)

    @property
    def case(self) -> Case:
        """The case as it stands."""
        return Case(self.person, self.facts, self.enrollments)

    def comes(self, name: str, when: str, *, value: Value = None, **more: object) -> "Story":
        """Let a fact come to be known at its instant."""
        playbook_id = self.plans[0].playbook if "." in name and "person." not in name else ""
        self.later.append(
            Fact(name, at(when), PlaybookId(playbook_id), value=value, **more)  # type: ignore[arg-type]  # as a fact has them
        )
        return self

    def until(self, when: str | datetime) -> "Story":
        """Live on until then."""
        end = at(when) if isinstance(when, str) else when
        while self.now <= end:
            due = [fact for fact in self.later if fact.at <= self.now]
            self.later = [fact for fact in self.later if fact.at > self.now]
            self.facts = self.facts.plus(due)
            decision = self.decide()
            self._write(decision)
            if decision.intents:
                continue
            coming = [fact.at for fact in self.later]
            if decision.wake_at is not None:
                coming.append(decision.wake_at)
            if not coming or min(coming) > end:
                break
            self.now = min(coming)
        self.now = end
        return self

    def decide(self) -> Decision:
        """Decide on the case as it stands."""
        return decide(self.case, self.now)

    def _write(self, decision: Decision) -> None:
        written = [note.fact for note in decision.notes]
        for intent in decision.intents:
            written.append(due_fact(intent))
            if not intent.draft:
                outcome = self.outcomes.get(intent.step.id, Done())
                settled = settled_fact(intent, outcome, self.now)
                written += [] if settled is None else [settled]
        self.facts = self.facts.plus(dict.fromkeys(written))
        self.told += decision.intents

    @property
    def went(self) -> list[str]:
        """What went, in local time: `2026-04-02 10:00 welcome`, a rung as `welcome/1 mail`."""
        return [
            f"{intent.due_at.astimezone(self.zone):%Y-%m-%d %H:%M} {_name(intent)}"
            for intent in self.told
        ]

    def noted(self, name: str) -> Fact | None:
        """Give a fact that a decision noted."""
        return self.facts.first(name, self.plans[0].playbook)

    def waits(self, name: str, rung: int = 0) -> Waiting:
        """Say what a step, or that rung of it, waits for; it must wait."""
        waits = (one for one in self.decide().waiting if one.step == name)
        return next(one for one in waits if rung in {0, one.rung})

    def reasons(self, name: str) -> list[Because]:
        """Say why a step went, or why it waits."""
        for intent in self.told:
            if intent.step.id == name:
                return [reason.because for reason in intent.why]
        return [reason.because for reason in self.waits(name).why]


def local(when: datetime | None, zone: ZoneInfo = TOKYO) -> str:
    """Give an instant in local time."""
    return "" if when is None else f"{when.astimezone(zone):%Y-%m-%d %H:%M}"


def names(intents: Iterable[Intent]) -> list[str]:
    """Name the steps of intents."""
    return [intent.step.id for intent in intents]


def _name(intent: Intent) -> str:
    name = f"{intent.step.id}"
    if intent.occurrence:
        name += f"#{intent.occurrence}"
    if intent.rung:
        name += f"/{intent.rung} {type(intent.action).__name__.lower()}"
    return f"{name} (draft)" if intent.draft else name
