"""`tsunagu coverage`: who has had no talk for how long, the longest first.

Everybody of a playbook is to be met alike; whom nobody has met is not to be found out in March.
"""

from argparse import Namespace
from dataclasses import dataclass
from datetime import datetime

from worker.cli.session import Session
from worker.cli.show import json_instant
from worker.domain.cases import Case
from worker.domain.declined import has_declined
from worker.engine.journal.meeting_book import Talks

_LONG = 90  # days without a talk: HR should look
_SINCE = ("accept", "offer")  # from when somebody waits for a first talk


@dataclass(frozen=True, slots=True)
class Covered:
    """How somebody was met."""

    id: str
    name: str
    department: str
    talks: Talks
    since: datetime  # the last talk, or from when on there might have been one
    days: int


def run(arguments: Namespace, session: Session) -> int:
    """Show everybody who is in a playbook that is not over for them."""
    rows = sorted(_covered(session), key=lambda one: (-one.days, one.id))
    if arguments.json:
        session.out.json([_as_json(one, session) for one in rows])
        return 0
    out, say = session.out, session.out.say
    if not rows:
        out.tell("coverage.nobody")
        return 0
    heads = [
        say("who"),
        say("people.department"),
        say("coverage.count"),
        say("coverage.last"),
        say("coverage.days"),
        say("coverage.ahead"),
    ]
    table = [
        (
            f"{one.name} ({one.id})",
            one.department,
            str(one.talks.times),
            _day(one.talks.last, session) or say("none"),
            str(one.days),
            _next(one.talks, session),
        )
        for one in rows
    ]
    out.table(heads, table, right=(2, 4), whole=(0,))
    planned = [one for one in rows if one.talks.ahead or one.talks.held]
    late = [one for one in rows if one.days >= _LONG and one not in planned]
    if late:
        out.line()
        out.tell("coverage.late", n=len(late), days=_LONG, style="yellow")
    return 0


def _covered(session: Session) -> list[Covered]:
    talks = session.journal.meetings.talks(session.now)
    ids = session.journal.people.ids()
    found = []
    for case in session.journal.cases.of(ids, session.library.editions.plan):
        if not case.enrollments or _is_over(case, session.now):
            continue
        known = talks.get(case.person.id, Talks())
        since = known.last or _since(case)
        days = max(0, (session.now - since).days)
        person = case.person
        found.append(Covered(person.id, person.name, person.department, known, since, days))
    return found


def _is_over(case: Case, now: datetime) -> bool:
    """Say whether nothing goes on with somebody any more."""
    if has_declined(case.facts, now):
        return True
    for one in case.enrollments:
        stops = (case.facts.first(word, one.plan.playbook) for word in one.plan.stop_on)
        if not any(fact is not None and fact.at <= now for fact in stops):
            return False
    return True


def _since(case: Case) -> datetime:
    for name in _SINCE:
        fact = case.facts.first(name)
        if fact is not None:
            return fact.at
    return min(one.since for one in case.enrollments)


def _day(at: datetime | None, session: Session) -> str:
    return "" if at is None else session.out.say.day(at.astimezone(session.zone).date())


def _next(talks: Talks, session: Session) -> str:
    """Say when somebody is met next; of a time that is only held, that it is."""
    if talks.ahead is None and talks.held is not None:
        return session.out.say("coverage.held", day=_day(talks.held, session))
    return _day(talks.ahead, session)


def _as_json(one: Covered, session: Session) -> dict[str, object]:
    zone = session.zone
    return {
        "id": one.id,
        "name": one.name,
        "department": one.department,
        "talks": one.talks.times,
        "last": json_instant(one.talks.last, zone),
        "since": json_instant(one.since, zone),
        "days": one.days,
        "ahead": json_instant(one.talks.ahead, zone),
        "held": json_instant(one.talks.held, zone),
    }
