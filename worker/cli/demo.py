"""`tsunagu demo`: a year of the reference playbook on this machine, with people who do not exist.

Real are: the workspace, the texts, the engine, its journal, and every mail, which is handed over
by SMTP to a server on this machine. Imagined are the people and the time. At the end it looks
whether what it promises was kept, and does not pass in silence over what was not.
"""

import re
from argparse import Namespace
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, nullcontext
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic
from zoneinfo import ZoneInfo

from integrations.localmail import LocalMail, LocalMailServer
from worker.cli import demo_people
from worker.cli.init import make_workspace
from worker.cli.mistakes import Wrong
from worker.cli.output import Output
from worker.cli.phrases import Phrases
from worker.cli.play import JumpingClock, Play
from worker.cli.session import Session
from worker.domain.errors import BrokenPromise
from worker.domain.facts import Facts, PersonId, PlaybookId
from worker.domain.intents import BY_MAIL, STAFF_MAIL, State
from worker.domain.plan import Plan
from worker.engine.behaviour import Behaviour
from worker.engine.enroll import publish
from worker.engine.journal.desk import Wish
from worker.engine.journal.journal import Journal, open_journal
from worker.people.reading import read_staff
from worker.people.records import PersonRecord
from worker.playbook.bundle import read_bundle
from worker.settings.load import load_settings
from worker.settings.model import Fuse, Settings, Smtp
from worker.wiring.engine import engine_of

_PLAYBOOK = PlaybookId("naitei-follow")
_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_MANY = 1_000_000
_HABITS = Behaviour(
    answers=0.7,
    latest=timedelta(days=8),
    accepts=0.95,
    declines=0.12,
    seed="demo",
)


@dataclass(frozen=True, slots=True)
class Year:
    """What there is to look at when the year is over."""

    journal: Journal
    plan: Plan
    people: tuple[PersonRecord, ...]
    arrived: tuple[LocalMail, ...]
    zone: ZoneInfo
    seconds: float


def run(arguments: Namespace, session: Session) -> int:
    """Live through the year, show it, and check the promises."""
    out = Output(Phrases(session.out.language, ZoneInfo("Asia/Tokyo")))
    began = monotonic()
    with _folder(arguments.keep) as folder:
        make_workspace(folder, out.language)
        maildir = folder / "mails" if arguments.keep else None
        with LocalMailServer(maildir=maildir) as server:
            settings = _settings(folder, server.port)
            with _journal(settings) as journal:
                if not arguments.json:
                    out.tell("demo.begins", port=server.port, n=demo_people.COUNT)
                year = _live(settings, journal, server, out, began)
                kept = _promises(year)
                if arguments.json:
                    out.json(_as_json(year, kept))
                else:
                    _tell(year, kept, out)
                    if arguments.keep:
                        out.tell("demo.kept", folder=folder, person=year.people[0].id)
    broken = [name for name, wrong in kept.items() if wrong]
    if broken:
        raise BrokenPromise("; ".join(f"{name}: {kept[name][0]}" for name in broken))
    return 0


@contextmanager
def _folder(kept: str) -> Iterator[Path]:
    """Give the folder of the workspace: one to keep, or one that is gone afterwards."""
    if kept and Path(kept).exists():
        raise Wrong("demo.there", folder=kept)
    with nullcontext(kept) if kept else TemporaryDirectory(prefix="tsunagu-demo-") as name:
        yield Path(name)


@contextmanager
def _journal(settings: Settings) -> Iterator[Journal]:
    journal = open_journal(settings.store.url.reveal())
    try:
        yield journal
    finally:
        journal.close()


def _settings(folder: Path, port: int) -> Settings:
    """Read the workspace's settings, and let its mailboxes send to the server on this machine."""
    settings = load_settings(folder / "tsunagu.yaml", {"SMTP_PASSWORD": "none"}).standing()
    here = Smtp(host="127.0.0.1", port=port, tls="none")
    mailboxes = {
        id_: replace(mailbox, smtp=here, limits=replace(mailbox.limits, per_minute=None))
        for id_, mailbox in settings.mailboxes.items()
    }
    # Its clock jumps by weeks, which is what the fuse is there to notice.
    return replace(settings, mailboxes=mailboxes, fuse=Fuse(least=1_000, times=3.0))


def _live(
    settings: Settings, journal: Journal, server: LocalMailServer, out: Output, began: float
) -> Year:
    zone = ZoneInfo(settings.company.timezone)
    folder = settings.playbooks / _PLAYBOOK
    staff = read_staff(folder / "staff.csv").standing()
    people = demo_people.cast(zone, staff)
    since, until = demo_people.span(zone)
    clock = JumpingClock(since)
    journal.staff.put(staff, since)
    engine = engine_of(settings, journal, clock)
    publish(journal, _PLAYBOOK, read_bundle(folder, f"playbooks/{_PLAYBOOK}"), since)
    engine.read_versions()
    journal.people.put(people, since)
    play = Play(engine, clock, _HABITS)
    for person in people:
        begins = person.facts["offer"]
        play.expect_of_their_own(person.id, begins, accepts="accept" not in person.facts)
    with (
        closing(engine.performer),
        out.progress(out.say("demo.progress"), 1000) as advance,
    ):
        play.run(
            until, on_turn=lambda now: advance(round(1000 * ((now - since) / (until - since))))
        )
    digest = journal.enrollments.all(_PLAYBOOK)[0].digest
    plan = engine.editions.plan(digest)
    return Year(journal, plan, tuple(people), tuple(server.mails), zone, monotonic() - began)


# What it came to.


@dataclass(frozen=True, slots=True)
class Story:
    """One person's year."""

    person: PersonRecord
    mails: int
    reminders: int
    answers: int
    silences: int
    end: str  # a fact: declined, joined; else empty
    end_at: datetime | None
    refused: int


def _stories(year: Year) -> list[Story]:
    asked = {f"{step.id}.{step.expect.answer}" for step in year.plan.steps if step.expect}
    stories = []
    for person in year.people:
        facts = year.journal.facts.of(person.id)
        wishes = year.journal.desk.wishes(person.id)
        mails = [one for one in wishes if one.kind in BY_MAIL and one.state is State.DONE]
        end = next((fact for name in ("declined", "joined") for fact in facts.all(name)), None)
        stories.append(
            Story(
                person,
                len(mails),
                sum(bool(one.rung) for one in mails),
                sum(fact.name in asked for fact in facts),
                sum(fact.name.endswith(".silent") for fact in facts),
                end.name if end else "",
                end.at if end else None,
                sum(one.state is State.REFUSED for one in wishes),
            )
        )
    return stories


def _tell(year: Year, kept: dict[str, list[str]], out: Output) -> None:
    say = out.say
    stories = _stories(year)
    out.line()
    out.heading(say("demo.by_person"))
    heads = [
        say(f"demo.{name}") for name in ("who", "mails", "reminders", "answers", "silent", "end")
    ]
    rows = [
        (
            story.person.name,
            str(story.mails),
            str(story.reminders),
            str(story.answers),
            str(story.silences),
            _ending(story, out),
        )
        for story in stories
    ]
    out.table(heads, rows, right=(1, 2, 3, 4), whole=(1, 2, 3, 4))
    out.line()
    out.heading(say("demo.by_step"))
    out.table(
        [say(f"demo.{name}") for name in ("step", "done", "answers", "silent", "rungs")],
        _by_step(year),
        right=(1, 2, 3),
        whole=(0, 1, 2, 3),
    )
    out.line()
    done = sum(story.mails for story in stories)
    alerts = len(year.arrived) - done
    out.tell("demo.total", mails=done, alerts=alerts, seconds=f"{year.seconds:.0f}", style="bold")
    for name, wrong in kept.items():
        mark, style = ("✗", "bold red") if wrong else ("✓", "green")
        out.line(f"{mark} {say(f'demo.promise.{name}')}", style)
        for each in wrong[:3]:
            out.indented(each)


def _ending(story: Story, out: Output) -> str:
    """Say how somebody's year ended."""
    say = out.say
    if story.refused:
        return say("demo.unreachable")
    if story.end_at is None:
        return ""
    return say(f"demo.end.{story.end}", day=say.short_day(story.end_at.astimezone(say.zone).date()))


def _by_step(year: Year) -> list[tuple[str, ...]]:
    """Count each step, its answers and silences, and how many were on each rung."""
    done: Counter[tuple[str, int]] = Counter()
    people: dict[tuple[str, int], set[str]] = {}
    found: Counter[tuple[str, str]] = Counter()
    for person in year.people:
        for wish in year.journal.desk.wishes(person.id):
            if wish.state is State.DONE:
                done[wish.step, wish.rung] += 1
                people.setdefault((wish.step, wish.rung), set()).add(str(person.id))
        for fact in year.journal.facts.of(person.id):
            name, _, word = fact.name.partition(".")
            found[name, word] += 1
    rows: list[tuple[str, ...]] = []
    for step in year.plan.steps:
        expects = step.expect is not None
        rungs = [len(people.get((step.id, n), ())) for n in range(1, len(step.ladder) + 1)]
        rows.append(
            (
                str(step.id),
                str(done[step.id, 0]),
                str(found[step.id, step.expect.answer]) if step.expect else "",
                str(found[step.id, "silent"]) if expects else "",
                " → ".join(map(str, rungs)) if expects else "",
            )
        )
    return rows


# What it promises.


def _promises(year: Year) -> dict[str, list[str]]:
    """Look at every promise; gives for each what breaks it, which is nothing."""
    facts = {person.id: year.journal.facts.of(person.id) for person in year.people}
    wishes = {person.id: year.journal.desk.wishes(person.id) for person in year.people}
    return {
        "answered": [
            wrong for id_ in facts for wrong in _after_an_answer(year.plan, facts[id_], wishes[id_])
        ],
        "declined": [wrong for id_ in facts for wrong in _after_the_end(facts[id_], wishes[id_])],
        "once": _twice(year.arrived),
        "account": _account(year.arrived, [one for each in wishes.values() for one in each]),
        "budget": [wrong for id_ in facts for wrong in _too_much(id_, facts[id_], year.zone)],
    }


def _after_an_answer(plan: Plan, facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find reminders and alerts that went although the answer was there."""
    expects = {str(step.id): step.expect for step in plan.steps if step.expect}
    for wish in wishes:
        if not wish.rung or wish.state is not State.DONE or wish.settled_at is None:
            continue
        expect = expects.get(wish.step)
        for fact in facts.all(f"{wish.step}.{expect.answer}" if expect else "", wish.playbook):
            if fact.at < wish.settled_at and fact.occurrence == wish.occurrence:
                yield f"{wish.key}"
        for name in expect.or_facts if expect else ():
            if "." not in name and any(
                one.at < wish.settled_at for one in facts.all(name, wish.playbook)
            ):
                yield f"{wish.key}"


def _after_the_end(facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find messages of the playbook that went after the person had declined."""
    declined = facts.first("declined")
    for wish in wishes:
        if (
            declined is not None
            and wish.kind in BY_MAIL
            and wish.state is State.DONE
            and wish.settled_at is not None
            and wish.settled_at > declined.at
        ):
            yield f"{wish.key}"


def _twice(arrived: tuple[LocalMail, ...]) -> list[str]:
    """Find mails that arrived twice."""
    ids = Counter(_id_of(mail) for mail in arrived)
    return [id_ for id_, count in ids.items() if count > 1]


def _account(arrived: tuple[LocalMail, ...], wishes: list[Wish]) -> list[str]:
    """Find what the journal counts as sent and the server does not have, or the other way."""
    by_mail = {*BY_MAIL, "alert", *STAFF_MAIL}
    ours = {
        one.message_id
        for one in wishes
        if one.state is State.DONE and one.kind in by_mail and one.message_id
    }
    return sorted(ours ^ {_id_of(mail) for mail in arrived})


def _too_much(person: PersonId, facts: Facts, zone: ZoneInfo) -> Iterator[str]:
    """Find days on which somebody was written to more than once."""
    days = Counter(at.astimezone(zone).date() for at in facts.contacts)
    yield from (f"{person} {day}" for day, count in days.items() if count > 1)


def _id_of(mail: LocalMail) -> str:
    found = _MESSAGE_ID.search(mail.content)
    return found[1].decode("ascii", "replace") if found else ""


def _as_json(year: Year, kept: dict[str, list[str]]) -> dict[str, object]:
    return {
        "people": [
            {
                "person": story.person.id,
                "mails": story.mails,
                "reminders": story.reminders,
                "answers": story.answers,
                "silences": story.silences,
                "end": story.end,
                "refused": story.refused,
            }
            for story in _stories(year)
        ],
        "arrived": len(year.arrived),
        "seconds": round(year.seconds, 1),
        "steps": [
            dict(zip(("step", "done", "answers", "silent", "rungs"), row, strict=True))
            for row in _by_step(year)
        ],
        "promises": {name: not wrong for name, wrong in kept.items()},
    }
