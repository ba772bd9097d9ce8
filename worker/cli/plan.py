"""`tsunagu plan`: what happens to real people next, day by day, and what waits for what.

It is the decision itself, under a clock that runs ahead: nobody answers, nothing new comes to be
known. What would only happen because an answer did not come says so.
"""

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta, tzinfo
from itertools import groupby
from typing import Self

from worker.cli.held import Whose, held_json, held_told, promised
from worker.cli.mistakes import Wrong
from worker.cli.rationed import Put, rationed, tell_puts
from worker.cli.session import Session
from worker.cli.show import (
    at_least,
    json_instant,
    json_reasons,
    person_label,
    zone_of,
)
from worker.domain.appointments import Appointment, Stage
from worker.domain.cases import Case
from worker.domain.decide import decide
from worker.domain.guards import Window
from worker.domain.plan import Plan
from worker.domain.reasons import Because, Reason
from worker.domain.workdays import workdays
from worker.engine.agenda import agenda
from worker.engine.life import Event
from worker.engine.meetings.advise import Told, told_in
from worker.wiring.engine import imagined_times

_ACTIONS = frozenset(
    {"mail", "meeting", "survey", "message", "task", "alert", "update", "enroll", "webhook"}
)
_SHOWN = _ACTIONS | {"draft", "missed", "failed"}
_TOGETHER = 4  # people of one step at one moment: more are told in one line
_NAMED = 6  # of those, so many by name


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that will happen to one person."""

    person: str
    name: str
    zone: tzinfo
    event: Event
    window: Window  # the hours and days of their mails
    held: Appointment | None = None  # of a meeting: for which a time is held, or wanted

    def moved(self, event: Event) -> Self:
        """Give the same, happening otherwise."""
        return replace(self, event=event)


@dataclass(frozen=True, slots=True)
class Wait:
    """One thing that has no date so far."""

    person: str
    playbook: str
    step: str
    rung: int
    fact: str
    why: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A meeting of one person for which no time was found so far."""

    person: str
    name: str
    playbook: str
    step: str
    occurrence: int
    told: Told


def run(arguments: Namespace, session: Session) -> int:
    """Look ahead for everybody, or for one person."""
    at_least("--days", arguments.days, 1)
    until = session.now + timedelta(days=arguments.days)
    people = (
        [session.person(arguments.person).id] if arguments.person else session.journal.people.ids()
    )
    if not people:
        raise Wrong("nobody")
    plans = [plan for _, plan in session.library.sound()]
    entries: list[Entry] = []
    waits: list[Wait] = []
    cases = session.journal.cases.of(people, session.library.editions.plan)
    held = promised(session)
    with session.out.progress(session.out.say("plan.progress"), len(cases)) as advance:
        for number, case in enumerate(cases, 1):
            entries += _entries(case, session, until, plans, held)
            waits += _waits(case, session)
            advance(number)
    entries.sort(key=_order)
    entries, puts = rationed(entries, session)
    entries.sort(key=_order)
    left = _left_out(people, session)
    if arguments.json:
        session.out.json(_as_json(entries, waits, left, session, until))
    else:
        _tell(entries, waits, session, until, puts)
        _tell_left_out(left, session)
    return 0


def _entries(
    case: Case,
    session: Session,
    until: datetime,
    plans: Sequence[Plan],
    held: Mapping[Whose, Appointment],
) -> Iterable[Entry]:
    zone = zone_of(case.person, session.zone)
    name = person_label(case.person)
    known = {one.playbook: one for one in plans}
    known |= {one.plan.playbook: one.plan for one in case.enrollments}
    for event in agenda(
        case, session.now, until, plans=plans, times=imagined_times(session.settings)
    ):
        if event.kind in _SHOWN:
            plan = known[event.playbook]
            window = Window(plan.sending, workdays(plan.calendar, case.person.timezone))
            id_ = str(case.person.id)
            whose = Whose(id_, event.playbook, event.step, event.occurrence)
            theirs = held.get(whose) if event.kind == "meeting" else None
            yield Entry(id_, name, zone, event, window, theirs)


def _waits(case: Case, session: Session) -> Iterable[Wait]:
    """Give what has no date: it waits for a fact, or for somebody."""
    playbooks = {one.id: str(one.plan.playbook) for one in case.enrollments}
    for one in decide(case, session.now).waiting:
        if one.until is None and not _is_over(one.why):
            yield Wait(
                str(case.person.id),
                playbooks[one.enrollment],
                one.step,
                one.rung,
                one.fact,
                one.why,
            )


def _is_over(why: Sequence[Reason]) -> bool:
    return any(reason.because is Because.STOPPED for reason in why)


def _left_out(people: Sequence[str], session: Session) -> list[LeftOut]:
    """Give the meetings for which no time was found so far, with why and what would help."""
    asked = frozenset(people)
    return [
        LeftOut(str(one.person), one.name, known.playbook, known.step, known.occurrence, told)
        for known in session.journal.meetings.standing(Stage.RESERVED, Stage.SEEKING)
        for told in (told_in(known.outcome),)
        if told.why
        for one in known.people
        if one.person in asked
    ]


def _tell_left_out(left: Sequence[LeftOut], session: Session) -> None:
    """Show why each has no time, and below it what would help."""
    out, say = session.out, session.out.say
    if not left:
        return
    out.line()
    out.heading(say("plan.no_time"))
    for one in left:
        label = say.step(one.step, one.occurrence)
        out.indented(f"{label}  {one.name} ({one.person})  {say.reasons(one.told.why)}")
        if one.told.help:
            out.indented(say("plan.help", help=say.reasons(one.told.help)), 9, "dim")


def _tell(
    entries: list[Entry],
    waits: list[Wait],
    session: Session,
    until: datetime,
    puts: Sequence[Put],
) -> None:
    out, say = session.out, session.out.say
    out.tell("plan.until", until=say.day(until.astimezone(session.zone).date()))
    tell_puts(puts, session)
    if not entries:
        out.line()
        out.tell("plan.nothing")
    for day, of_day in groupby(entries, key=lambda one: _day(one, session)):
        out.line()
        out.heading(say.day(day))
        for _, same in groupby(of_day, key=_together):
            _tell_same(list(same), session)
    if waits:
        out.line()
        out.heading(say("plan.waits"))
        _tell_waits(waits, session)


def _day(entry: Entry, session: Session) -> date:
    return entry.event.at.astimezone(session.zone).date()


def _order(entry: Entry) -> tuple[object, ...]:
    event = entry.event
    step = (event.playbook, event.step, event.rung, event.kind, event.given)
    return (event.at, *step, entry.person)


def _together(entry: Entry) -> tuple[object, ...]:
    event = entry.event
    return (event.at, event.playbook, event.step, event.rung, event.kind, bool(event.given))


def _tell_same(same: list[Entry], session: Session) -> None:
    """Write a line for each, or one for many who get the same at the same moment."""
    out, say = session.out, session.out.say
    if len(same) > (1 if same[0].event.kind == "missed" else _TOGETHER):
        first = same[0].event
        named = ", ".join(one.person for one in same[:_NAMED])
        more = say("plan.more", n=len(same) - _NAMED) if len(same) > _NAMED else ""
        who = say("people.count", n=len(same))
        out.indented(f"{say.clock(first.at)}  {_what(first, session)}  {who}")
        out.indented(f"{named}{more}", 9, "dim")
        return
    for entry in same:
        clock = say.clock(entry.event.at, session.zone)
        out.indented(f"{clock}  {_what(entry.event, session)}  {entry.name}")
        for remark in _remarks(entry, session):
            out.indented(remark, 9, "dim")


def _what(event: Event, session: Session) -> str:
    say = session.out.say
    label = say.step(event.step, event.occurrence, event.rung)
    return f"{label} ({say('kind.' + event.kind)})"


def _remarks(entry: Entry, session: Session) -> Iterable[str]:
    """Say under which condition, and what delayed it."""
    say, event = session.out.say, entry.event
    if event.given:
        answers = ", ".join(say.fact(name) for name in dict.fromkeys(event.given))
        yield say("plan.given", facts=answers)
    delays = [reason for reason in event.why if reason.because is not Because.DUE]
    if delays:
        yield say.reasons(delays, session.zone)
    if entry.held is not None and (told := held_told("plan.held", entry.held, session, entry.zone)):
        yield told


def _tell_waits(waits: list[Wait], session: Session) -> None:
    """Show what waits, those for the same together."""
    say = session.out.say

    def key(wait: Wait) -> tuple[str, str, int, str, str]:
        blocks = wait.why[0].because.value if wait.why else ""
        return wait.playbook, wait.step, wait.rung, wait.fact, blocks

    rows: list[tuple[str, str, str]] = []
    places: dict[tuple[str, str, int, str, str], list[Wait]] = {}
    for wait in waits:
        places.setdefault(key(wait), []).append(wait)
    for (_, step, rung, fact, _), same in places.items():
        people = list(dict.fromkeys(wait.person for wait in same))
        named = ", ".join(people[:_NAMED])
        if len(people) > _NAMED:
            named += say("plan.more", n=len(people) - _NAMED)
        what = say("plan.for_fact", fact=say.fact(fact)) if fact else ""
        if not fact or same[0].why[0].because is not Because.FACT_MISSING:
            what = say.reasons(same[0].why[:1], session.zone)
        rows.append((say.step(step, rung=rung), what, named))
    session.out.table(("", "", ""), rows, head=False)


def _as_json(
    entries: list[Entry],
    waits: list[Wait],
    left: list[LeftOut],
    session: Session,
    until: datetime,
) -> dict[str, object]:
    say = session.out.say
    return {
        "from": json_instant(session.now, session.zone),
        "until": json_instant(until, session.zone),
        "events": [
            {
                "at": json_instant(entry.event.at, entry.zone),
                "person": entry.person,
                "playbook": entry.event.playbook,
                "step": entry.event.step,
                "occurrence": entry.event.occurrence,
                "rung": entry.event.rung,
                "kind": entry.event.kind,
                "if_not": list(dict.fromkeys(entry.event.given)),
                "why": json_reasons(say, entry.event.why, entry.zone),
                "held": held_json(entry.held, entry.zone),
            }
            for entry in entries
        ],
        "waiting": [
            {
                "person": wait.person,
                "playbook": wait.playbook,
                "step": wait.step,
                "rung": wait.rung,
                "fact": wait.fact,
                "why": json_reasons(say, wait.why, session.zone),
            }
            for wait in waits
        ],
        "no_time": [
            {
                "person": one.person,
                "playbook": one.playbook,
                "step": one.step,
                "occurrence": one.occurrence,
                "why": json_reasons(say, one.told.why, session.zone),
                "help": json_reasons(say, one.told.help, session.zone),
            }
            for one in left
        ],
    }
