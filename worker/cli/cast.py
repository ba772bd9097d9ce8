"""Who takes part in a preview, simulation or rehearsal, and from when until when."""

from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from worker.cli.mistakes import Wrong
from worker.cli.subjects import subjects_of
from worker.domain.facts import PersonId
from worker.domain.plan import Enroll, Plan
from worker.domain.sight import belongs
from worker.engine.behaviour import EVERYBODY_ANSWERS, NOBODY_ANSWERS, Behaviour, Subject
from worker.people.records import PersonRecord, StaffRecord
from worker.problems import nearest

if TYPE_CHECKING:
    from worker.cli.library import Shelf
    from worker.cli.session import Session

BEHAVIOURS = {
    "mixed": Behaviour(),
    "answers": EVERYBODY_ANSWERS,
    "silent": replace(NOBODY_ANSWERS, accepts=1, releases_after=Behaviour().releases_after),
}
_A_YEAR = timedelta(days=365)
_A_WEEK = timedelta(days=7)
_SPREAD = 45  # days over which the offers of multiplied people lie


@dataclass(frozen=True, slots=True)
class Cast:
    """The people of a run, its playbooks, and its time."""

    plans: tuple[Plan, ...]
    records: tuple[PersonRecord, ...]
    staff: tuple[StaffRecord, ...]
    since: datetime
    until: datetime

    def subjects(self) -> Iterator[Subject]:
        """Give the people as decisions see them."""
        return subjects_of(self.records, self.staff)


def cast_of(arguments: Namespace, session: "Session", shelf: "Shelf", plan: Plan) -> Cast:
    """Gather who is meant: a table, a number, those known, or the playbook's own examples."""
    records, staff = _people(arguments.people, session, shelf, plan)
    plans = (plan, *_entered_by(plan, session))
    since, until = _span(arguments, session, records)
    return Cast(plans, tuple(records), tuple(staff), since, until)


def _people(
    given: str, session: "Session", shelf: "Shelf", plan: Plan
) -> tuple[list[PersonRecord], list[StaffRecord]]:
    if given.isdecimal():
        records, staff = _examples(session, shelf)
        return _multiplied(records, int(given)), staff
    if given:
        path = session.tables.path("people", given)
        staff = _staff_beside(path, session)
        return list(session.tables.read_people(path, staff or None).standing()), staff
    staff, people = session.known
    fitting = [
        record
        for record, subject in zip(people, subjects_of(people, staff), strict=True)
        if plan.audience is None or belongs(plan, subject.person, subject.facts, session.now)
    ]
    return (fitting, staff) if fitting else _examples(session, shelf)


def _examples(session: "Session", shelf: "Shelf") -> tuple[list[PersonRecord], list[StaffRecord]]:
    """Give the people who come with a playbook, and do not exist."""
    path = shelf.folder / "people.csv"
    if not path.is_file():
        raise Wrong("cast.nobody", playbook=shelf.name)
    staff = _staff_beside(path, session)
    return list(session.tables.read_people(path, staff or None).standing()), staff


def _staff_beside(path: Path, session: "Session") -> list[StaffRecord]:
    """Give the staff a table of people speaks of: the table beside it, else those known."""
    beside = path.with_name("staff.csv")
    if beside.is_file():
        return list(session.tables.read_staff(beside).standing())
    return session.known[0] if session.has_workspace else []


def _multiplied(records: list[PersonRecord], count: int) -> list[PersonRecord]:
    """Make so many people of a few: other ids and addresses, offers spread over some weeks."""
    if not records:
        return []
    many = []
    for number in range(count):
        like, turn = records[number % len(records)], number // len(records)
        shift = timedelta(days=turn % _SPREAD)
        facts = {
            name: at + shift if name in {"offer", "accept"} else at
            for name, at in like.facts.items()
        }
        local, _, domain = like.email.partition("@")
        many.append(
            replace(
                like,
                id=PersonId(f"{like.id}-{turn + 1}" if turn else like.id),
                email=f"{local}+{turn}@{domain}" if turn else like.email,
                facts=facts,
            )
        )
    return many


def _entered_by(plan: Plan, session: "Session") -> Iterator[Plan]:
    """Give the playbooks that steps of this one enroll people in."""
    wanted = {
        action.playbook
        for step in plan.steps
        for action in (step.action, *(one for rung in step.ladder for one in rung.actions))
        if isinstance(action, Enroll)
    }
    yield from (
        other
        for _, other in session.library.sound()
        if other.playbook in wanted and other.playbook != plan.playbook
    )


def _span(
    arguments: Namespace, session: "Session", records: list[PersonRecord]
) -> tuple[datetime, datetime]:
    """Give the first and the last instant: as asked for, else a year from the earliest fact."""
    known = [at for record in records for at in record.facts.values()]
    since = (
        session.instant(arguments.since)
        if arguments.since
        else min(known, default=session.now) - timedelta(minutes=1)
    )
    until = (
        session.instant(arguments.until) + timedelta(days=1)
        if arguments.until
        else max(since + _A_YEAR, max(known, default=since) + _A_WEEK)
    )
    if until <= since:
        say = session.out.say
        raise Wrong("span.backwards", since=say.instant(since), until=say.instant(until))
    return since, until


def one_of(cast: Cast, word: str) -> PersonRecord:
    """Find one of the cast by id, address or name; the first if nobody is named."""
    if not cast.records:
        raise Wrong("cast.empty")
    if not word:
        return cast.records[0]
    for record in cast.records:
        if word in {record.id, record.email, record.name}:
            return record
    meant = nearest(word, [str(record.id) for record in cast.records])
    more = (Wrong("person.meant", names=meant),) if meant else ()
    shown = ", ".join(str(record.id) for record in cast.records[:10])
    raise Wrong("cast.unknown", *more, name=word, known=shown)
