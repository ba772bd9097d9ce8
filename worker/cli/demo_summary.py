"""What the year of the demonstration came to, person by person and step by step."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from worker.cli.demo_promises import Year
from worker.cli.demo_talks import as_json as meetings_as_json
from worker.cli.demo_talks import talks, tell_talks
from worker.cli.output import Output
from worker.domain.facts import Facts
from worker.domain.intents import BY_MAIL, KIND, State
from worker.engine.journal.desk import Wish
from worker.people.records import PersonRecord

_ACTIONS = frozenset(KIND.values())  # not what follows from one: a task's mail, an invitation
_BROKEN = 3  # places shown of a promise that was not kept


@dataclass(frozen=True, slots=True)
class Story:
    """One person's year."""

    person: PersonRecord
    mails: int
    reminders: int
    answers: int
    silences: int
    told: tuple[str, ...]  # members of staff who were alerted, in turn
    end: str  # a fact: declined, joined; else empty
    end_at: datetime | None
    refused: int


def stories(year: Year) -> list[Story]:
    """Tell everybody's year."""
    expects = ((step.id, step.expect) for step in year.plan.steps)
    asked = {f"{id_}.replied" for id_, one in expects if one and one.answer == "replied"}
    return [_story(year, person, asked) for person in year.people]


def _story(year: Year, person: PersonRecord, asked: set[str]) -> Story:
    facts = year.journal.facts.of(person.id)
    wishes = year.journal.desk.wishes(person.id)
    mails = [one for one in wishes if one.kind in BY_MAIL and one.state is State.DONE]
    end = next((fact for name in ("declined", "joined") for fact in facts.all(name)), None)
    return Story(
        person,
        len(mails),
        sum(bool(one.rung) for one in mails),
        sum(fact.name in asked for fact in facts),
        sum(fact.name.endswith(".silent") for fact in facts),
        _told(year, wishes),
        end.name if end else "",
        end.at if end else None,
        _unreached(facts, wishes),
    )


def _told(year: Year, wishes: list[Wish]) -> tuple[str, ...]:
    """Name whom a silence was told, in the order of the telling."""
    names = {record.id: record.name for record in year.staff}
    alerts = [one for one in wishes if one.kind == "alert" and one.rung and one.state is State.DONE]
    return tuple(dict.fromkeys(names.get(one.recipient, one.recipient) for one in alerts))  # type: ignore[call-overload] # an id


def _unreached(facts: Facts, wishes: list[Wish]) -> int:
    """Count the mails that never arrived: refused at the door, or returned later."""
    refused = sum(one.state is State.REFUSED and one.kind in BY_MAIL for one in wishes)
    return refused + len(facts.all("person.bounced"))


def tell(year: Year, kept: dict[str, list[str]], out: Output) -> None:
    """Show the year, and whether its promises were kept."""
    told = stories(year)
    out.line()
    out.heading(out.say("demo.by_person"))
    _tell_people(year, told, out)
    out.line()
    out.heading(out.say("demo.by_step"))
    out.table(
        [out.say(f"demo.{name}") for name in ("step", "done", "answers", "silent", "rungs")],
        by_step(year),
        right=(1, 2, 3),
        whole=(0, 1, 2, 3),
    )
    meetings = talks(year)
    if meetings:
        out.line()
        tell_talks(meetings, out)
    out.line()
    staff = {record.email for record in year.staff}
    alerts = sum(mail.recipient in staff for mail in year.arrived)
    done = len(year.arrived) - alerts
    seconds = f"{year.seconds:.0f}"
    out.tell("demo.total", mails=done, alerts=alerts, seconds=seconds, style="bold")
    if year.missing:
        out.tell("demo.noted", missing=year.missing, style="yellow")
    else:
        how = out.say(f"demo.reads.{year.place}")
        out.tell("demo.read", n=len(year.written), how=how, style="bold")
    for name, wrong in kept.items():
        mark, style = ("✗", "bold red") if wrong else ("✓", "green")
        out.line(f"{mark} {out.say(f'demo.promise.{name}')}", style)
        for each in wrong[:_BROKEN]:
            out.indented(each)


def _tell_people(year: Year, told: list[Story], out: Output) -> None:
    say = out.say
    names = ["who", "manner", "mails", "reminders", "answers", "told", "end"]
    rows = []
    for story in told:
        manner = year.manners.get(story.person.id, "")
        rows.append(
            (
                story.person.name,
                say(f"demo.manner.{manner}") if manner else "",
                str(story.mails),
                str(story.reminders),
                str(story.answers),
                "、".join(story.told) if say.language == "ja" else ", ".join(story.told),
                _ending(story, out),
            )
        )
    out.table([say(f"demo.{name}") for name in names], rows, right=(2, 3, 4), whole=(2, 3, 4))


def _ending(story: Story, out: Output) -> str:
    """Say how somebody's year ended."""
    say = out.say
    if story.refused:
        return say("demo.unreachable")
    if story.end_at is None:
        return ""
    return say(f"demo.end.{story.end}", day=say.short_day(story.end_at.astimezone(say.zone).date()))


def by_step(year: Year) -> list[tuple[str, ...]]:
    """Count each step, its answers and silences, and how many were on each rung."""
    done: Counter[tuple[str, int]] = Counter()
    people: dict[tuple[str, int], set[str]] = {}
    found: Counter[tuple[str, str]] = Counter()
    for person in year.people:
        for wish in year.journal.desk.wishes(person.id):
            if wish.state is State.DONE and wish.kind in _ACTIONS:
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


def as_json(year: Year, kept: dict[str, list[str]]) -> dict[str, object]:
    """Give the same for a program."""
    return {
        "people": [
            {
                "person": story.person.id,
                "manner": year.manners.get(story.person.id, ""),
                "mails": story.mails,
                "reminders": story.reminders,
                "answers": story.answers,
                "silences": story.silences,
                "told": list(story.told),
                "end": story.end,
                "refused": story.refused,
            }
            for story in stories(year)
        ],
        "arrived": len(year.arrived),
        "read": len(year.written),
        "provider": year.place,
        "missing": year.missing,
        "seconds": round(year.seconds, 1),
        "steps": [
            dict(zip(("step", "done", "answers", "silent", "rungs"), row, strict=True))
            for row in by_step(year)
        ],
        "meetings": meetings_as_json(talks(year)),
        "promises": {name: not wrong for name, wrong in kept.items()},
    }
