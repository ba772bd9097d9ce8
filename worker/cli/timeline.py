"""`tsunagu timeline PERSON`: everything that happened to somebody, in its order."""

from argparse import Namespace
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from worker.cli.questions import question_told
from worker.cli.session import Session
from worker.cli.show import json_instant, person_label, zone_of
from worker.domain.cases import ACKNOWLEDGED, COMMENTED, DUE, FINISHED, PUT_OFF, SILENT
from worker.domain.facts import RETRACTED, Fact, PersonId
from worker.domain.reasons import Because, Reason
from worker.engine.journal.desk import Wish
from worker.engine.journal.facts import Noted
from worker.engine.journal.tray import Lying
from worker.people.addresses import address_key

_BY_TICK = "tick"
_OF_STAFF = frozenset({ACKNOWLEDGED, COMMENTED, FINISHED, PUT_OFF})
_SHOWN = 60  # letters of what a member of staff answered


def run(arguments: Namespace, session: Session) -> int:
    """Show every fact of a person, who noted it, and what each mail's subject was."""
    person = session.person(arguments.person)
    zone = zone_of(person, session.zone)
    history = sorted(
        session.journal.facts.history(person.id), key=lambda noted: (noted.fact.at, noted.noted_at)
    )
    wishes = session.journal.desk.wishes(person.id)
    subjects = _subjects(wishes)
    said = _Said.about(person.id, session)
    if arguments.json:
        session.out.json(
            {
                "person": person.id,
                "name": person.name,
                "timezone": str(zone),
                "facts": [_as_json(noted, zone, subjects, said) for noted in history],
            }
        )
        return 0
    out, say = session.out, session.out.say
    out.heading(person_label(person))
    shown = [noted for noted in history if not _is_inner(noted)]
    if not shown:
        out.tell("timeline.none")
        return 0
    rows = []
    last = ""
    for noted in shown:
        day = say.day(noted.fact.at.astimezone(zone).date())
        rows.append(
            (
                day if day != last else "",
                say.clock(noted.fact.at, zone),
                say.fact(noted.fact.name, noted.fact.occurrence),
                _remark(noted, session, subjects, said),
            )
        )
        last = day
    heads = (say("timeline.day"), say("timeline.time"), say("what"), say("timeline.remark"))
    out.table(heads, rows, whole=(0, 1))
    ahead = [noted for noted in shown if noted.fact.at > session.now]
    if ahead:
        out.line()
        out.tell("timeline.ahead", n=len(ahead))
    for lying in session.journal.mails.waiting(person.id):
        out.line()
        out.line(question_told(lying, session), "yellow")
    return 0


def _is_inner(noted: Noted) -> bool:
    """Say whether a fact is the engine's own note, of no meaning to a reader."""
    return noted.source == _BY_TICK and noted.fact.name.endswith(f".{DUE}")


def _subjects(wishes: list[Wish]) -> dict[tuple[str, str, int], str]:
    """Give the subject of each mail by the fact that says it went."""
    return {
        (
            wish.playbook,
            f"{wish.step}.rung{wish.rung}.sent" if wish.rung else f"{wish.step}.sent",
            wish.occurrence,
        ): wish.subject
        for wish in wishes
        if wish.subject and wish.kind == "mail"
    }


@dataclass(frozen=True, slots=True)
class _Said:
    """What members of staff answered, by the instant and the step it is about; and their names."""

    answers: dict[tuple[datetime, str], Lying]
    names: dict[str, str]  # by address

    @classmethod
    def about(cls, person: PersonId, session: Session) -> "_Said":
        answers = session.journal.mails.of_staff(person)
        staff = session.journal.staff.all() if answers else []
        return cls(
            {(answer.received_at, answer.step): answer for answer in answers},
            {address_key(one.email): one.name for one in staff if one.email},
        )

    def of(self, fact: Fact) -> Lying | None:
        """Give the answer that a fact comes from."""
        step, _, word = fact.name.partition(".")
        is_theirs = word.rpartition(".")[2] in _OF_STAFF
        return self.answers.get((fact.at, step)) if is_theirs else None


def _remark(
    noted: Noted,
    session: Session,
    subjects: dict[tuple[str, str, int], str],
    said: _Said,
) -> str:
    """Say what a reader wants to know of a fact besides its name and time."""
    say, fact = session.out.say, noted.fact
    parts = []
    answer = said.of(fact)
    if answer is not None:
        who = said.names.get(answer.sender, answer.sender)
        parts.append(say("timeline.said", who=who, text=_brief(answer.text)))
    subject = subjects.get((fact.playbook, fact.name, fact.occurrence))
    if subject:
        parts.append(say("timeline.subject", subject=subject))
    if fact.value == RETRACTED:
        parts.append(say("timeline.retracted"))
    elif fact.name.endswith(f".{PUT_OFF}") and isinstance(fact.value, str):
        parts.append(say("timeline.until", day=say.short_day(date.fromisoformat(fact.value))))
    elif answer is None and fact.value is not None and not fact.name.endswith(f".{SILENT}"):
        parts.append(_value(str(fact.value), session))
    if noted.source not in {_BY_TICK, "perform", "engine"}:
        key = f"source.{noted.source}"
        parts.append(say(key) if say.knows(key) else noted.source)
    if fact.playbook:
        parts.append(fact.playbook)
    return " · ".join(parts)


def _value(value: str, session: Session) -> str:
    """Say a fact's value; the code of a reason as its sentence."""
    try:
        return session.out.say.reason(Reason(Because(value)))
    except ValueError:
        key = f"value.{value}"
        return session.out.say(key) if session.out.say.knows(key) else value


def _brief(text: str) -> str:
    """Give words on one line; `--json` has all of them."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else f"{line[: _SHOWN - 1]}…"


def _as_json(
    noted: Noted,
    zone: tzinfo,
    subjects: dict[tuple[str, str, int], str],
    said: _Said,
) -> dict[str, object]:
    fact = noted.fact
    answer = said.of(fact)
    return {
        "name": fact.name,
        "at": json_instant(fact.at, zone),
        "playbook": fact.playbook,
        "occurrence": fact.occurrence,
        "value": fact.value,
        "noted_at": json_instant(noted.noted_at, zone),
        "source": noted.source,
        "subject": subjects.get((fact.playbook, fact.name, fact.occurrence), ""),
        "said": "" if answer is None else answer.text,
    }
