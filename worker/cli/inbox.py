"""`tsunagu inbox`: mails that wait for a human, whose they are, and that they are answered."""

from argparse import Namespace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, who_types
from worker.cli.words.replies import INTENTS, KINDS
from worker.domain.consequences import REPLIED
from worker.domain.contact import ANSWERED, WROTE
from worker.domain.facts import Fact, PersonId, PlaybookId, StepId
from worker.engine.journal.mails import Lying, MailState
from worker.people.records import PersonRecord

_NEEDS_NONE = "needs none"


def run(arguments: Namespace, session: Session) -> int:
    """List what waits, show one mail, or take a human's word on it."""
    if arguments.number is None:
        return _list(session)
    lying = session.journal.mails.get(arguments.number)
    if lying is None or lying.state not in {MailState.TRAY, MailState.OPEN}:
        raise Wrong("inbox.unknown", number=arguments.number)
    if arguments.to:
        _assign(lying, session.person(arguments.to), arguments.step, session)
        lying = session.journal.mails.get(lying.id) or lying
    if arguments.answered or arguments.needs_none:
        _finish(lying, session, needs_none=arguments.needs_none)
    elif not arguments.to:
        _show(lying, session)
    return 0


def _list(session: Session) -> int:
    lying = session.journal.mails.waiting()
    if session.arguments.json:
        session.out.json([_as_json(one, session) for one in lying])
        return 0
    out, say = session.out, session.out.say
    if not lying:
        out.tell("inbox.none")
        return 0
    rows = [
        (
            str(one.id),
            say.instant(one.received_at),
            _who(one, session),
            _what(one, session),
            one.subject,
        )
        for one in lying
    ]
    heads = [say(f"inbox.{name}") for name in ("number", "when", "who", "what", "subject")]
    out.table(heads, rows, right=(0,), whole=(0, 1))
    out.line()
    out.tell("inbox.how")
    return 0


def _who(lying: Lying, session: Session) -> str:
    say = session.out.say
    if lying.person is None:
        return say("inbox.unassigned", sender=lying.sender)
    name = session.names([lying.person])[lying.person]
    return say("inbox.confirm", person=name) if lying.state is MailState.TRAY else name


def _what(lying: Lying, session: Session) -> str:
    """Say what it is, and what it wants."""
    place = 0 if session.out.say.language == "ja" else 1
    kind = KINDS[lying.kind][place]
    return f"{kind}: {INTENTS[lying.intent][place]}" if lying.intent in INTENTS else kind


def _show(lying: Lying, session: Session) -> None:
    """Show one mail with what was newly written in it."""
    if session.arguments.json:
        session.out.json({**_as_json(lying, session), "text": lying.text})
        return
    out, say = session.out, session.out.say
    out.line(f"{lying.id}  {say.instant(lying.received_at)}  {_who(lying, session)}")
    out.line(f"{_what(lying, session)}  {lying.subject}")
    if lying.step:
        out.tell("inbox.answers", step=lying.step, playbook=lying.playbook)
    out.line()
    out.line(lying.text)


def _assign(lying: Lying, person: PersonRecord, step: str, session: Session) -> None:
    """Note that a mail is somebody's, and which step it answers."""
    place = _step_of(person, step, session) if step else (lying.playbook, lying.step)
    facts = [Fact(WROTE, lying.received_at)]
    if place[1]:
        facts.append(Fact(f"{place[1]}.{REPLIED}", lying.received_at, playbook=place[0]))
    session.journal.mails.decide(
        lying.id, MailState.OPEN, session.now, person=person.id, facts=facts, step=place
    )
    _say(session, "inbox.assigned", number=lying.id, person=person.name)


def _step_of(person: PersonRecord, step: str, session: Session) -> tuple[PlaybookId, StepId]:
    """Find which of the person's playbooks has sent *step*."""
    wishes = session.journal.desk.wishes(person.id, step)
    playbooks = {wish.playbook for wish in wishes}
    if len(playbooks) != 1:
        raise Wrong("inbox.which_step", step=step, person=person.name, id=person.id)
    return PlaybookId(playbooks.pop()), StepId(step)


def _finish(lying: Lying, session: Session, *, needs_none: bool) -> None:
    """Note that nothing waits any more: robots may write again once the last mail is answered."""
    mails = session.journal.mails
    if lying.person is None:
        if not needs_none:
            raise Wrong("inbox.whose", number=lying.id)
        mails.dismiss(lying.id)
    else:
        mails.decide(
            lying.id,
            MailState.DONE,
            session.now,
            person=lying.person,
            facts=_answered(lying, lying.person, session, needs_none=needs_none),
        )
    _say(session, "inbox.done", number=lying.id)


def _answered(lying: Lying, person: PersonId, session: Session, *, needs_none: bool) -> list[Fact]:
    """Give the fact that ends the wait, if no other mail of theirs waits."""
    if any(one.id != lying.id for one in session.journal.mails.waiting(person)):
        return []
    value = _NEEDS_NONE if needs_none else who_types() or None
    return [Fact(ANSWERED, session.now, value=value)]


def _say(session: Session, key: str, **values: object) -> None:
    if session.arguments.json:
        session.out.json({"did": key, **{name: str(value) for name, value in values.items()}})
    else:
        session.out.tell(key, **values)


def _as_json(lying: Lying, session: Session) -> dict[str, object]:
    return {
        "number": lying.id,
        "mailbox": lying.mailbox,
        "received_at": json_instant(lying.received_at, session.zone),
        "state": lying.state.value,
        "class": lying.kind,
        "intent": lying.intent or None,
        "from": lying.sender,
        "person": lying.person,
        "playbook": lying.playbook or None,
        "step": lying.step or None,
        "subject": lying.subject,
    }
