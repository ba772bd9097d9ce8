"""`tsunagu fact PERSON NAME [WHEN]`: a human notes what came to be known."""

from argparse import Namespace
from collections.abc import Sequence

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, person_label, zone_of
from worker.domain.contact import CANNOT_COME
from worker.domain.facts import KNOWN_OF_THE_PERSON, RETRACTED, Fact, PlaybookId, Value
from worker.domain.intents import KIND
from worker.domain.plan import Plan, Survey
from worker.domain.unavailable import EXAMPLE, Unread, as_cell, read_unavailable
from worker.engine.journal.desk import HUMAN
from worker.people.records import PersonRecord
from worker.playbook.names import ALWAYS, FACT_WORDS
from worker.problems import nearest


def run(arguments: Namespace, session: Session) -> int:
    """Note a fact, or withdraw it; twice changes nothing."""
    person = session.person(arguments.person)
    plans = _plans_of(person, session)
    playbook = _playbook_of(arguments, plans)
    if not playbook:
        _refuse_unknown(arguments.name, session, plans)
    at = session.instant(arguments.when, person) if arguments.when else session.now
    if arguments.retract:
        return _retract(arguments, session, person, playbook)
    _refuse_what_no_step_brings_about(arguments.name, playbook, plans)
    value = _cell(arguments.value) if arguments.name == CANNOT_COME else _value(arguments.value)
    fact = Fact(arguments.name, at, playbook, value=value)
    new = session.journal.facts.note([(person.id, fact)], session.now, source=HUMAN)
    stops = [plan.playbook for plan in plans if fact.name in plan.stop_on]
    if arguments.json:
        session.out.json(
            {
                "person": person.id,
                "name": fact.name,
                "at": json_instant(at, session.zone),
                "playbook": playbook,
                "value": fact.value,
                "noted": bool(new),
                "stops": stops,
            }
        )
        return 0
    say = session.out.say
    session.out.tell(
        "fact.noted" if new else "fact.known",
        name=person_label(person),
        fact=say.fact(fact.name),
        when=say.instant(at, zone_of(person, session.zone)),
    )
    if stops and new:
        when = say.instant(at, zone_of(person, session.zone))
        key = "fact.stops_then" if at > session.now else "fact.stops"
        session.out.tell(key, playbooks=", ".join(stops), when=when)
    return 0


def _plans_of(person: PersonRecord, session: Session) -> list[Plan]:
    """Give the plans a person is in, as they are pinned."""
    enrolled = session.journal.enrollments.all(person=person.id)
    return [session.library.editions.plan(one.digest) for one in enrolled]


def _playbook_of(arguments: Namespace, plans: list[Plan]) -> PlaybookId:
    """Say which playbook a step's fact is of: the one named, else the only one with that step."""
    step, dot, _ = arguments.name.partition(".")
    if arguments.playbook:
        known = [str(plan.playbook) for plan in plans]
        if arguments.playbook not in known:
            raise Wrong("playbook.unknown", name=arguments.playbook, known=", ".join(known))
        return PlaybookId(arguments.playbook)
    if not dot or step == "person":
        return KNOWN_OF_THE_PERSON
    having = [plan.playbook for plan in plans if any(one.id == step for one in plan.steps)]
    if len(having) > 1:
        raise Wrong("fact.several", fact=arguments.name, known=", ".join(having))
    if not having:
        steps = sorted({str(one.id) for plan in plans for one in plan.steps})
        meant = nearest(step, steps)
        more = (
            (Wrong("playbook.meant", name=arguments.name.replace(step, meant, 1)),) if meant else ()
        )
        raise Wrong("step.unknown", *more, name=step, known=", ".join(steps) or "-")
    return having[0]


def _refuse_unknown(name: str, session: Session, plans: list[Plan]) -> None:
    """Refuse a word that no playbook and no rule of ours speaks of: a slip of the keyboard."""
    known = {
        *session.library.workspace.facts,
        *session.library.facts,
        *(stop for plan in plans for stop in plan.stop_on),
        *(need for plan in plans for need in plan.needs),
    }
    if name in known:
        return
    meant = nearest(name, sorted(known))
    more = (Wrong("playbook.meant", name=meant),) if meant else ()
    raise Wrong("fact.unknown", *more, fact=name)


def _refuse_what_no_step_brings_about(
    name: str, playbook: PlaybookId, plans: Sequence[Plan]
) -> None:
    """Refuse a word that the step never has: `welcome.repllied` would let the reminder go."""
    id_, _, word = name.rpartition(".")
    for step in (one for plan in plans if plan.playbook == playbook for one in plan.steps):
        if step.id != id_:
            continue
        known = [*FACT_WORDS[KIND[type(step.action)]], *ALWAYS]
        if isinstance(step.action, Survey):
            known += [question.id for question in step.action.questions]
        if word not in known:
            near = nearest(word, known)
            more = (Wrong("playbook.meant", name=f"{id_}.{near}"),) if near else ()
            shown = ", ".join(f"{id_}.{one}" for one in known)
            raise Wrong("fact.not_of_step", *more, fact=name, known=shown)


def _retract(
    arguments: Namespace, session: Session, person: PersonRecord, playbook: PlaybookId
) -> int:
    facts = session.journal.facts.of(person.id)
    standing = facts.first(arguments.name, playbook)
    done = standing is not None
    if standing is not None:
        gone = Fact(
            arguments.name,
            session.now,
            standing.playbook,
            standing.occurrence,
            value=RETRACTED,
        )
        session.journal.facts.note([(person.id, gone)], session.now, source=HUMAN)
    if arguments.json:
        session.out.json({"person": person.id, "name": arguments.name, "retracted": done})
        return 0
    label = session.out.say.fact(arguments.name)
    key = "fact.retracted" if done else "fact.none"
    session.out.tell(key, name=person_label(person), fact=label)
    return 0


def _cell(text: str) -> str:
    """Take the times at which somebody cannot come, if they can be read."""
    told = read_unavailable(text)
    if isinstance(told, Unread) or not told:
        found = told.part if isinstance(told, Unread) else text
        raise Wrong("fact.unavailable", found=found, example=EXAMPLE)
    return as_cell(told)


def _value(text: str) -> Value:
    """Read a value: a number where it is one, so that `pulse.ease <= 2` can be asked."""
    if not text:
        return None
    try:
        return int(text)
    except ValueError:
        pass
    try:
        return float(text)
    except ValueError:
        return text
