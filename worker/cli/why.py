"""`tsunagu why PERSON [STEP]`: why something happened, waits or did not, in one sentence each.

Told from what is on record: the reasons written down with each intent, the notes of what was
skipped or missed, and, for what is to come, the decision as it would be taken now.
"""

import re
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, tzinfo

from worker.cli.held import Whose, held_json, held_told, promised
from worker.cli.mistakes import Wrong
from worker.cli.questions import question_told
from worker.cli.session import Session
from worker.cli.show import json_instant, json_reasons, person_label, zone_of
from worker.domain.appointments import Appointment
from worker.domain.cases import MISSED, SKIPPED, Case
from worker.domain.contact import CANNOT_COME, COMPLAINED, UNSUBSCRIBED
from worker.domain.decide import decide
from worker.domain.facts import Digest, Facts
from worker.domain.intents import State
from worker.domain.reasons import Because, Reason
from worker.engine.journal.desk import Wish
from worker.engine.journal.notices import NOTICE
from worker.engine.meetings.advise import NOT_TOLD, Told, told_in
from worker.people.records import PersonRecord
from worker.problems import nearest

_NEAR = 6  # lines of a step in which it says when
_WHEN = re.compile(r"[\s-]*(when|every|after):")
_NEXT = re.compile(r"\s*- ")


@dataclass(frozen=True, slots=True)
class Account:
    """What there is to say about one step or rung of one person."""

    playbook: str
    step: str
    occurrence: int
    rung: int
    kind: str
    state: str  # done, ready, doubt, …; waiting; skipped; missed
    at: datetime | None  # when it went, or until when it waits
    fact: str  # what it waits for
    why: tuple[Reason, ...]
    line: int
    source: str  # that line of the playbook, as it was when this was decided
    said: str = ""  # by the other side
    no_time: Told = NOT_TOLD  # of a meeting
    held: Appointment | None = None  # of one that is promised: for which a time is held


def run(arguments: Namespace, session: Session) -> int:
    """Tell every account of a person, or those of one step."""
    person = session.person(arguments.person)
    case = next(iter(session.journal.cases.of([person.id], session.library.editions.plan)))
    accounts = [
        account
        for account in (*_past(case, session), *_ahead(case, session))
        if arguments.playbook in ("", account.playbook)
    ]
    if arguments.step and case.enrollments:  # of who is in no playbook there is that to tell
        accounts = _of_step(accounts, arguments.step, case)
    zone = zone_of(person, session.zone)
    if arguments.json:
        session.out.json([_as_json(account, session, zone) for account in accounts])
        return 0
    session.out.heading(person_label(person))
    _tell_what_blocks(person, case, session)
    if not accounts:
        session.out.tell("why.nothing" if case.enrollments else "why.in_none")
    playbook = ""
    for account in accounts:
        if account.playbook != playbook:
            session.out.line()
            session.out.heading(account.playbook)
            playbook = account.playbook
        _tell(account, session, zone)
    return 0


def _past(case: Case, session: Session) -> list[Account]:
    """Tell what was decided: intents, and what was skipped or missed."""
    arranged = {
        (one.playbook, one.step, one.occurrence): one
        for one in session.journal.meetings.of(case.person.id)
    }
    accounts = [
        Account(
            wish.playbook,
            wish.step,
            wish.occurrence,
            wish.rung,
            wish.kind,
            wish.state.value,
            wish.settled_at if wish.state is State.DONE else wish.due_at,
            "",
            wish.why,
            *_line(session, wish.digest, wish.line),
            *_said(wish, arranged.get((wish.playbook, wish.step, wish.occurrence))),
        )
        for wish in session.journal.desk.wishes(case.person.id)
        if wish.kind != NOTICE  # to staff, of a mail: no step says so
    ]
    for enrollment in case.enrollments:
        lines = {step.id: step.line for step in enrollment.plan.steps}
        for fact in case.facts:
            step, _, word = fact.name.partition(".")
            if fact.playbook != enrollment.plan.playbook or word not in {SKIPPED, MISSED}:
                continue
            line = next((number for id_, number in lines.items() if id_ == step), 0)
            accounts.append(
                Account(
                    fact.playbook,
                    step,
                    fact.occurrence,
                    0,
                    "",
                    word,
                    fact.at,
                    "",
                    _reason(str(fact.value)),
                    *_line(session, enrollment.plan.digest, line),
                )
            )
    order = {
        str(enrollment.plan.playbook): place for place, enrollment in enumerate(case.enrollments)
    }
    return sorted(accounts, key=lambda one: (order.get(one.playbook, 0), one.at or session.now))


def _ahead(case: Case, session: Session) -> list[Account]:
    """Tell what every other step waits for, as a decision taken now would say."""
    plans = {enrollment.id: enrollment.plan for enrollment in case.enrollments}
    accounts = []
    held = promised(session)
    for one in decide(case, session.now).waiting:
        plan = plans[one.enrollment]
        step = next(step for step in plan.steps if step.id == one.step)
        line = step.line
        if one.rung and one.rung <= len(step.ladder):
            line = step.ladder[one.rung - 1].line or line
        whose = Whose(str(case.person.id), plan.playbook, one.step, one.occurrence)
        theirs = None if one.rung else held.get(whose)
        accounts.append(
            Account(
                plan.playbook,
                one.step,
                one.occurrence,
                one.rung,
                "",
                "waiting",
                one.until,
                one.fact,
                one.why,
                *_line(session, plan.digest, line),
                no_time=NOT_TOLD if theirs is None else told_in(theirs.outcome),
                held=theirs,
            )
        )
    return accounts


def _of_step(accounts: list[Account], step: str, case: Case) -> list[Account]:
    """Keep one step's accounts, or say which steps there are."""
    found = [account for account in accounts if account.step == step]
    if found:
        return found
    known = [str(one.id) for enrollment in case.enrollments for one in enrollment.plan.steps]
    if step in known:
        return []
    meant = nearest(step, known)
    more = (Wrong("playbook.meant", name=meant),) if meant else ()
    raise Wrong("step.unknown", *more, name=step, known=", ".join(known) or "-")


def _tell_what_blocks(person: PersonRecord, case: Case, session: Session) -> None:
    """Say first what keeps everything from this person."""
    if not case.person.email or _is_suppressed(case.facts):
        session.out.line(session.out.say.reason(Reason(Because.UNREACHABLE)), "yellow")
    for lying in session.journal.mails.waiting(person.id):
        session.out.line(question_told(lying, session), "yellow")
    for fact in case.facts.all(CANNOT_COME):
        when = session.out.say.instant(fact.at)
        session.out.tell("why.unavailable", when=when, times=fact.value)
    for name in (COMPLAINED, UNSUBSCRIBED):
        for fact in case.facts.all(name):
            when = session.out.say.instant(fact.at)
            told = session.out.say.fact(name)
            session.out.tell("why.for_good", what=told, when=when, style="yellow")
    parked = {one.person for one in session.journal.overview.at(session.now).parked}
    if person.id in parked:
        session.out.tell("why.parked", id=person.id, style="yellow")


def _is_suppressed(facts: Facts) -> bool:
    return bool(facts.all("person.suppressed"))


def _tell(account: Account, session: Session, zone: tzinfo) -> None:
    """Say one account: a sentence, and the line of the playbook it comes from."""
    out, say = session.out, session.out.say
    label = say.step(account.step, account.occurrence, account.rung)
    if account.kind:
        label = f"{label} ({say('kind.' + account.kind)})"
    reasons = say.reasons(_brief(account), zone) or say("why.no_reason")
    when = say.instant(account.at, zone) if account.at else ""
    key = "why.parked_state" if account.state == State.PARKED.value else f"why.{account.state}"
    if account.state == State.READY.value and account.at and account.at > session.now:
        key = "why.waiting"  # written down for later: what is told to staff in its time
    if account.state == "waiting" and not account.at:
        key = "why.waiting.fact" if account.fact else "why.waiting.human"
        if account.fact and all(one.because is Because.FACT_MISSING for one in account.why):
            key = "why.waiting.only"
        if any(one.because is Because.STOPPED for one in account.why):
            key = "why.stopped"
        if any(one.because is Because.TAKEN_OVER for one in account.why):
            key = "why.left"
    out.line(say(key, step=label, when=when, why=reasons, fact=account.fact))
    if account.said:
        out.indented(say("why.said", said=account.said))
    told = "" if account.held is None else held_told("why.held", account.held, session, zone)
    if told:
        out.indented(told)
    _tell_no_time(account.no_time, session, zone)
    if account.line:
        out.indented(say("why.line", line=account.line, source=account.source), style="dim")


def _tell_no_time(told: Told, session: Session, zone: tzinfo) -> None:
    """Say why a meeting has no time, and what would help."""
    say = session.out.say
    for key, reasons in (("why.no_time", told.why), ("why.help", told.help)):
        if reasons:
            session.out.indented(say(key, why=say.reasons(reasons, zone)))


def _brief(account: Account) -> Iterator[Reason]:
    """Give the reasons; the moment a step comes from is not told again where it is told already."""
    for reason in account.why:
        told = account.at is not None and reason.value("moment")
        if told and datetime.fromisoformat(told) == account.at:
            values = tuple(one for one in reason.values if one[0] != "moment")
            yield Reason(reason.because, values) if len(values) > 1 else reason
        else:
            yield reason


def _line(session: Session, digest: str, line: int) -> tuple[int, str]:
    """Give the line of `playbook.yaml`, as it stood in that version, that says when."""
    if not line:
        return 0, ""
    bundle = session.library.version(Digest(digest))
    lines = bundle.files["playbook.yaml"].decode("utf-8-sig", "replace").splitlines()
    for number, text in enumerate(lines[line - 1 : line + _NEAR], line):
        if number > line and _NEXT.match(text):
            break
        if _WHEN.match(text):
            return number, text.strip(" -")
    return (line, lines[line - 1].strip()) if line <= len(lines) else (0, "")


def _said(wish: Wish, meeting: Appointment | None) -> tuple[str, Told]:
    """Give what the other side said, of what did not simply work; or why there is no time."""
    outcome = "" if wish.state is State.DONE else wish.outcome
    if wish.state is State.ARRANGED and meeting is not None:
        outcome = meeting.outcome
    told = told_in(outcome)
    return ("", told) if told.why else (outcome, told)


def _reason(code: str) -> tuple[Reason, ...]:
    try:
        return (Reason(Because(code)),)
    except ValueError:
        return ()


def _as_json(account: Account, session: Session, zone: tzinfo) -> dict[str, object]:
    return {
        "playbook": account.playbook,
        "step": account.step,
        "occurrence": account.occurrence,
        "rung": account.rung,
        "kind": account.kind,
        "state": account.state,
        "at": json_instant(account.at, zone),
        "fact": account.fact,
        "why": json_reasons(session.out.say, account.why, zone),
        "line": account.line,
        "source": account.source,
        "said": account.said,
        "no_time": json_reasons(session.out.say, account.no_time.why, zone),
        "help": json_reasons(session.out.say, account.no_time.help, zone),
        "held": held_json(account.held, zone),
    }
