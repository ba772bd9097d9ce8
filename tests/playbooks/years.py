"""A shipped playbook, its example people, and their year in seconds."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from integrations.seating import ExactSolver
from worker.domain.facts import Fact, Facts, Person, Staff, StaffId
from worker.domain.intents import BY_MAIL
from worker.domain.plan import Calendar, Closure, Mail, Plan, Survey
from worker.domain.when import Season
from worker.engine.behaviour import NOBODY_ANSWERS, Behaviour, Subject
from worker.engine.life import Event
from worker.engine.meetings.imagine import Times
from worker.engine.simulate import simulate
from worker.people.reading import read_people, read_staff
from worker.people.records import PersonRecord
from worker.playbook.almanac import holidays_of
from worker.playbook.bundle import Bundle, read_bundle
from worker.playbook.compile import Compiled, compile_playbook
from worker.playbook.templates.layout import shipped
from worker.playbook.templates.mail import RenderedMail, compile_template, render
from worker.playbook.templates.words import Setting, words_of
from worker.playbook.workspace import STANDARD_FACTS, Workspace

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
NAMES = ("naitei-follow", "talent-pool", "career-relay")
TOKYO = ZoneInfo("Asia/Tokyo")
CALENDAR = Calendar(
    holidays=holidays_of("JP"),
    closed=(Closure(Season((12, 29), (1, 3))), Closure(Season((8, 13), (8, 15)))),
)
WORKSPACE = Workspace(
    mailboxes=frozenset({"hr", "president"}), playbooks=frozenset(NAMES), calendar=CALENDAR
)
RELEASED = Behaviour(answers=0, accepts=0, declines=0, releases_after=timedelta(hours=4))


def local(text: str) -> datetime:
    """Read `2026-05-11 14:00` as a time in Tokyo."""
    return datetime.fromisoformat(text).replace(tzinfo=TOKYO)


@cache
def bundle_of(name: str) -> Bundle:
    """Read a shipped playbook's folder."""
    return read_bundle(PLAYBOOKS / name)


@cache
def compiled(name: str) -> Compiled:
    """Compile a shipped playbook."""
    return compile_playbook(bundle_of(name), WORKSPACE)


@cache
def subjects(name: str) -> Mapping[str, Subject]:
    """Read a playbook's example people, their staff resolved, by id."""
    staff = read_staff(PLAYBOOKS / name / "staff.csv").standing()
    facts = {*STANDARD_FACTS, "consent_ends"}
    read = read_people(PLAYBOOKS / name / "people.csv", zone="Asia/Tokyo", staff=staff, facts=facts)
    members = {member.id: member.as_staff() for member in staff}
    return {record.id: _subject(record, members) for record in read.standing()}


def _subject(record: PersonRecord, members: Mapping[StaffId, Staff]) -> Subject:
    roles = {
        "mentor": tuple(members[one] for one in record.mentor),
        "manager": tuple(members[one] for one in record.manager),
        "hr": tuple(one for one in members.values() if one.role == "hr"),
        "hr_manager": tuple(one for one in members.values() if one.role == "hr_manager"),
    }
    facts = Facts(Fact(name, at) for name, at in record.facts.items())
    return Subject(record.as_person(roles), facts)


@dataclass(frozen=True)
class Year:
    """What happened to one person."""

    person: Person
    events: tuple[Event, ...]

    def sent(self) -> list[str]:
        """Name the templates that were sent, in order."""
        return [mail.template for _, mail in self.mails()]

    def mails(self) -> list[tuple[datetime, Mail | Survey]]:
        """Give every mail, those that invite to a survey too, with the local time it left at."""
        return [
            (event.at.astimezone(TOKYO), event.intent.action)
            for event in self.events
            if event.kind in BY_MAIL
            and event.intent
            and isinstance(event.intent.action, Mail | Survey)
        ]

    def when(self, template: str) -> datetime:
        """Say when a template was sent first."""
        return next(at for at, mail in self.mails() if mail.template == template)

    def steps(self, kind: str) -> list[str]:
        """Name the steps of one kind of action, in order."""
        return [event.step for event in self.events if event.kind == kind]


def year_of(
    name: str,
    person: str,
    *more: Fact,
    since: str = "2026-05-01",
    until: str = "2027-04-30",
    behaviour: Behaviour = NOBODY_ANSWERS,
) -> Year:
    """Live one example person's year, with *more* facts known from the start."""
    subject = subjects(name)[person]
    known = Subject(subject.person, subject.facts.plus(more))
    plan: Plan = compiled(name).standing()
    events = simulate(
        [plan],
        [known],
        since=local(since),
        until=local(until),
        behaviour=behaviour,
        times=Times(ExactSolver()),
    )
    return Year(subject.person, tuple(events))


def written(
    name: str,
    template: str,
    person: Person,
    facts: Sequence[Fact] = (),
    extra: Mapping[str, object] | None = None,
) -> RenderedMail:
    """Write a shipped mail to somebody; *extra* are the words of a meeting or a survey."""
    path = f"mails/{template}.{person.locale}.md"
    mail = compile_template(bundle_of(name).files[path].decode(), path, shipped())
    setting = Setting(
        {"name": "株式会社つなぐ"},
        {"name": "採用担当", "address": "saiyo@example.jp"},
        TOKYO,
        extra or {},
    )
    playbook = compiled(name).standing().playbook
    known = subjects(name)[person.id].facts.plus(facts)
    words = words_of(
        person, known, playbook, setting=setting, now=local("2026-08-01"), names=mail.roots
    )
    return render(mail, words)
