"""`tsunagu tasks`: what humans are asked to do, and that it is done."""

from argparse import Namespace
from datetime import date

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, who_types
from worker.domain.cases import PUT_OFF
from worker.domain.contact import day_of
from worker.domain.intents import fact_name
from worker.engine.journal.desk import TaskItem


def run(arguments: Namespace, session: Session) -> int:
    """Mark tasks as done, or list what is open, the most urgent first."""
    if arguments.done:
        return _finish(arguments.done, session)
    items = session.journal.desk.tasks(everything=arguments.all)
    if arguments.json:
        session.out.json([_as_json(item, session) for item in items])
        return 0
    out, say = session.out, session.out.say
    if not items:
        out.tell("tasks.none")
        return 0
    names = session.names(item.person for item in items)
    rows = [
        (
            str(item.id),
            _until(item, session),
            names[item.person],
            item.text,
            say.role(item.owner),
        )
        for item in items
    ]
    heads = [say(f"tasks.{name}") for name in ("number", "until", "about", "text", "owner")]
    out.table(heads, rows, right=(0,), whole=(0, 1))
    out.line()
    out.tell("tasks.how")
    return 0


def _finish(numbers: list[int], session: Session) -> int:
    known = {item.id: item for item in session.journal.desk.tasks(everything=True)}
    for number in numbers:
        if number not in known:
            raise Wrong("tasks.unknown", number=number)
    told = []
    for number in numbers:
        new = session.journal.desk.finish(number, session.now, by=who_types())
        told.append({"number": number, "did": "done" if new else "was done"})
        if not session.arguments.json:
            key = "tasks.done" if new else "tasks.was_done"
            session.out.tell(key, number=number, text=known[number].text)
    if session.arguments.json:
        session.out.json(told)
    return 0


def _until(item: TaskItem, session: Session) -> str:
    say = session.out.say
    if item.done_at is not None:
        return say("tasks.done_at", when=say.instant(item.done_at))
    put_off = _put_off(item, session)
    if put_off is not None and put_off > session.now.astimezone(session.zone).date():
        return say("tasks.put_off", day=say.short_day(put_off))
    if item.due_at is None:
        return ""
    late = say("tasks.late") if item.due_at <= session.now else ""
    return f"{say.instant(item.due_at)}{late}"


def _put_off(item: TaskItem, session: Session) -> date | None:
    """Give the day until which a member of staff has put it off, in an answer by mail."""
    name = fact_name(item.step, item.rung, PUT_OFF)
    facts = session.journal.facts.of(item.person).all(name, item.playbook)
    days = [day_of(fact) for fact in facts if fact.occurrence == item.occurrence]
    return max((day for day in days if day is not None), default=None)


def _as_json(item: TaskItem, session: Session) -> dict[str, object]:
    zone, put_off = session.zone, _put_off(item, session)
    return {
        "number": item.id,
        "person": item.person,
        "playbook": item.playbook,
        "step": item.step,
        "occurrence": item.occurrence,
        "rung": item.rung,
        "text": item.text,
        "owner": item.owner,
        "opened_at": json_instant(item.opened_at, zone),
        "due_at": json_instant(item.due_at, zone),
        "put_off": "" if put_off is None else put_off.isoformat(),
        "done_at": json_instant(item.done_at, zone),
        "done_by": item.done_by,
        "late": item.done_at is None and item.due_at is not None and item.due_at <= session.now,
    }
