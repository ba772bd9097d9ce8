"""What is played: playbooks, people who were made an offer, and what they and HR do."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta

from tests.simulator.dice import Dice
from worker.domain.facts import Digest, PersonId, PlaybookId, StaffId, StepId
from worker.domain.plan import (
    Action,
    Alert,
    Budget,
    Expect,
    Mail,
    Meeting,
    Plan,
    Rung,
    Sending,
    Step,
    Task,
    Update,
    Webhook,
)
from worker.domain.when import Distance, Every, FromFact, Unit
from worker.engine.ledger import Limits
from worker.people.records import PersonRecord, StaffRecord

START = datetime(2026, 3, 31, 22, tzinfo=UTC)  # 07:00 in Tokyo
DAY = timedelta(days=1)
LETTER = "---\nsubject: {title}\n---\n\n{{{{ person.name }}}}さん\n\nお元気ですか。\n"
SUBJECTS = {"welcome": "ようこそ", "news": "お便り", "reminder": "その後いかがですか"}
ASKS = "ask"


def _days(count: int) -> Distance:
    return Distance(count, Unit.DAYS)


def _hours(count: int) -> Distance:
    return Distance(count, Unit.HOURS)


def _step(name: str, after: Distance, action: Action, *, fact: str = "offer") -> Step:
    return Step(StepId(name), FromFact(fact, (after,)), action)


_LADDER = (
    Rung((Mail("reminder", "hr"),)),
    Rung((Alert(("mentor",)),), Distance(2, Unit.BUSINESS_DAYS)),
    Rung((Alert(("hr_manager",)), Task("電話で様子を聞く")), Distance(2, Unit.BUSINESS_DAYS)),
)
_TALK = Meeting(
    "1on1", ("mentor",), 30, Distance(10, Unit.BUSINESS_DAYS), between=(time(10), time(18))
)

NAITEI = Plan(
    PlaybookId("naitei"),
    Digest(""),
    "内定者フォロー",
    (
        replace(
            _step(ASKS, _hours(1), Mail("welcome", "hr")),
            expect=Expect("replied", Distance(3, Unit.BUSINESS_DAYS)),
            ladder=_LADDER,
        ),
        _step("hello", _hours(26), Mail("welcome", "president")),
        replace(
            _step("again", _hours(30), Mail("news", "president")),
            in_doubt="resend",
            priority=1,
        ),
        replace(
            _step("seat", _hours(50), Mail("news", "hr")),
            no_later_than=FromFact("offer", (_hours(56),)),
            late="skip",
        ),
        replace(
            _step("form", _hours(74), Mail("news", "hr")),
            no_later_than=FromFact("offer", (_hours(80),)),
            late="escalate",
        ),
        Step(
            StepId("news"),
            Every(Distance(3, Unit.WEEKS), FromFact("offer", (_hours(3),))),
            Mail("news", "hr"),
        ),
        _step("crm", _hours(0), Webhook("https://crm.example/in", "crm"), fact=f"{ASKS}.sent"),
        _step("mark", _hours(1), Update(("asked",)), fact=f"{ASKS}.sent"),
        _step("desk", _days(9), Task("席を用意する")),
    ),
    stop_on=("declined", "joined"),
    sending=Sending(
        hours=(time(9, 30), time(18, 30)),
        days="business",
        at_most=(Budget(4, Distance(2, Unit.WEEKS)),),
    ),
)
TALKS = replace(
    NAITEI,
    playbook=PlaybookId("talks"),
    title="面談",
    steps=(
        _step("talk", _days(1), _TALK),
        replace(  # promised: its time is held before it is due
            _step("second", _days(3), replace(_TALK, title="2on1", participants=("mentor", "hr"))),
            no_later_than=FromFact("offer", (_days(8),)),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Story:
    """Who is there and for how long.

    People come in cohorts: who was made an offer together is written to together.
    """

    people: int = 6
    cohorts: int = 3
    mentors: int = 2
    days: int = 21
    machines: int = 2
    crew: int = 2
    with_talks: bool = False
    limits: Limits = Limits()  # noqa: RUF009 - frozen
    answers: int = 60  # of a hundred
    declines: int = 8
    held: int = 15
    sudden: bool = False  # HR holds, and people decline, within minutes of the first mail

    @property
    def plans(self) -> tuple[Plan, ...]:
        """Give the playbooks."""
        return (NAITEI, TALKS) if self.with_talks else (NAITEI,)

    @property
    def until(self) -> datetime:
        """Give the end of it."""
        return START + DAY * self.days

    def staff(self) -> Iterator[StaffRecord]:
        """Give the colleagues."""
        for number in range(self.mentors):
            yield StaffRecord(
                StaffId(f"m{number}"),
                f"先輩{number}",
                f"mentor{number}@tsunagu.example",
                ("mentor",),
                "開発部",
            )
        yield StaffRecord(
            StaffId("h1"), "鈴木 一郎", "ichiro@tsunagu.example", ("hr", "hr_manager")
        )

    def person(self, number: int) -> PersonRecord:
        """Give one person, whose offer is made within the first week."""
        return PersonRecord(
            PersonId(f"p{number}"),
            f"葵{number}",
            f"p{number}@mail.example",
            department="開発部",
            mentor=(StaffId(f"m{number % self.mentors}"),),
            facts={"offer": self._offer(number)},
        )

    def _offer(self, number: int) -> datetime:
        cohort = number % self.cohorts
        return START + DAY * (1 + cohort % 7) + timedelta(hours=2 + cohort % 5)

    def _soon(self, number: int, dice: Dice) -> datetime:
        return self._offer(number) + timedelta(hours=1, seconds=dice.throw(300))

    def hold_of(self, number: int, dice: Dice) -> tuple[datetime, datetime] | None:
        """Say from when until when HR holds everything for somebody, if it does."""
        if dice.throw(100) >= self.held:
            return None
        if self.sudden:
            since = self._soon(number, dice)
            return since, since + DAY * 2
        since = START + DAY * dice.throw(max(1, self.days // 2)) + timedelta(hours=dice.throw(24))
        return since, since + dice.between(timedelta(hours=3), DAY * 4)

    def decline_of(self, number: int, dice: Dice) -> datetime | None:
        """Say when somebody declines, if they do."""
        if dice.throw(100) >= self.declines:
            return None
        if self.sudden:
            return self._soon(number, dice)
        return START + DAY * (1 + dice.throw(self.days)) + timedelta(minutes=dice.throw(1440))
