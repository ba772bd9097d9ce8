"""`tsunagu inbox`: mails that wait for a human, whose they are, who answers them, and by when."""

from argparse import Namespace
from dataclasses import replace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, who_types
from worker.cli.words.replies import INTENTS, KINDS
from worker.domain.answers.answer import Kind
from worker.domain.answers.cannot import told_in
from worker.domain.consequences import BARE, FORGED, REPLIED
from worker.domain.contact import ANSWERED, CANNOT_COME, COMPLAINED, CONTACTED, WROTE
from worker.domain.decide import HELD, RELEASED
from worker.domain.declined import DECLINED, DECLINES
from worker.domain.facts import Fact, PersonId, PlaybookId, StepId
from worker.domain.unavailable import EXAMPLE, as_cell
from worker.engine.journal.crossings import CROSSED
from worker.engine.journal.readings import ANSWERED_BY, OF_NO_PERSON, MailState, Question
from worker.engine.journal.tray import Lying
from worker.engine.questions import question_of
from worker.people.addresses import Usable, read_address
from worker.people.records import PersonRecord
from worker.wiring.answering import rules_of

_NEEDS_NONE = "needs none"
_LATELY = 50
_HELD_BY_MAIL = frozenset({FORGED, DECLINES, COMPLAINED})


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
    if arguments.address is not None:
        _readdress(lying, arguments.address, session)
    elif arguments.declined:
        _decline(lying, session)
    elif arguments.answered or arguments.needs_none:
        _finish(lying, session, needs_none=arguments.needs_none)
    elif not arguments.to:
        _show(lying, session)
    return 0


def _list(session: Session) -> int:
    mails = session.journal.mails
    everything = session.arguments.all
    lying = mails.lately(_LATELY) if everything else mails.waiting()
    if session.arguments.json:
        session.out.json([_as_json(one, session) for one in lying])
        return 0
    out, say = session.out, session.out.say
    if not lying:
        out.tell("inbox.none")
        return 0
    owners = {one.id: one.name for one in session.journal.staff.all()}
    rows = [
        (
            str(one.id),
            say.instant(one.received_at),
            _who(one, session),
            _what(one, session),
            _stand(one, session, owners.get(one.owner, "")),
            one.subject,
        )
        for one in lying
    ]
    names = ("number", "when", "who", "what", "stands", "subject")
    out.table([say(f"inbox.{name}") for name in names], rows, right=(0,), whole=(0, 1))
    out.line()
    out.tell("inbox.how")
    return 0


def _stand(lying: Lying, session: Session, owner: str) -> str:
    """Say who answers a mail and by when, or what ended its wait."""
    say = session.out.say
    if lying.state in {MailState.TRAY, MailState.OPEN}:
        if lying.due_at is None or not owner:
            return say("inbox.no_owner")
        key = "inbox.late" if lying.due_at <= session.now else "inbox.due"
        return say(key, owner=owner, when=say.instant(lying.due_at))
    if lying.ended == BARE:
        return say("inbox.bare")
    if lying.ended.startswith(ANSWERED_BY) or lying.ended == CONTACTED:
        return say("inbox.was_answered")
    return say("inbox.over")


def _who(lying: Lying, session: Session) -> str:
    say = session.out.say
    if lying.person is None:
        return say("inbox.unassigned", sender=lying.sender)
    name = session.names([lying.person])[lying.person]
    return say("inbox.confirm", person=name) if lying.state is MailState.TRAY else name


def _what(lying: Lying, session: Session) -> str:
    """Say what it is, what it wants, and whether it crossed a reminder of ours."""
    place = 0 if session.out.say.language == "ja" else 1
    kind = KINDS[lying.kind][place]
    told = f"{kind}: {INTENTS[lying.intent][place]}" if lying.intent in INTENTS else kind
    if _noted_times(lying, session):
        told += session.out.say("inbox.times")
    elif _unclear_times(lying, session):
        told += session.out.say("inbox.unclear_times")
    return told + session.out.say("inbox.crossed") if _has_crossed(lying, session) else told


def _noted_times(lying: Lying, session: Session) -> str:
    """Give what was noted of a mail: the times at which its writer cannot come."""
    if lying.person is None:
        return ""
    told = session.journal.facts.of(lying.person).all(CANNOT_COME)
    return next((str(one.value) for one in told if one.at == lying.received_at), "")


def _unclear_times(lying: Lying, session: Session) -> tuple[tuple[str, str], ...]:
    """Give sentences about such times that a human must judge, each with what to note of it."""
    if lying.kind not in {Kind.HUMAN_REPLY, Kind.CALENDAR_RESPONSE}:
        return ()
    written_on = lying.received_at.astimezone(session.zone).date()
    told = told_in(lying.text, written_on)
    unclear = tuple((sentence, EXAMPLE) for sentence in told.unclear)
    if _noted_times(lying, session):
        return unclear
    return (*((sentence, as_cell(told.entries)) for sentence in told.said), *unclear)


def _tell_times(lying: Lying, session: Session) -> None:
    """Say what was understood of times at which somebody cannot come, and what was not."""
    noting = f"tsunagu fact {lying.person or 'ID'} {CANNOT_COME}"
    if times := _noted_times(lying, session):
        session.out.tell("inbox.times_noted", times=times, undo=f"{noting} --retract")
    for sentence, cell in _unclear_times(lying, session):
        session.out.tell("inbox.times_unclear", said=sentence, do=f'{noting} --value "{cell}"')


def _has_crossed(lying: Lying, session: Session) -> bool:
    if lying.person is None or not lying.step:
        return False
    facts = session.journal.facts.of(lying.person)
    crossed = facts.all(f"{lying.step}.{CROSSED}", lying.playbook)
    return any(one.at == lying.received_at for one in crossed)


def _show(lying: Lying, session: Session) -> None:
    """Show one mail with what was newly written in it."""
    if session.arguments.json:
        session.out.json({**_as_json(lying, session), "text": lying.text})
        return
    out, say = session.out, session.out.say
    owners = {one.id: one.name for one in session.journal.staff.all()}
    out.line(f"{lying.id}  {say.instant(lying.received_at)}  {_who(lying, session)}")
    out.line(f"{_what(lying, session)}  {lying.subject}")
    out.line(_stand(lying, session, owners.get(lying.owner, "")))
    if lying.step:
        out.tell("inbox.answers", step=lying.step, playbook=lying.playbook)
    if lying.address:
        out.tell("inbox.new_address", address=lying.address, number=lying.id)
    _tell_times(lying, session)
    out.line()
    out.line(lying.text)


def _assign(lying: Lying, person: PersonRecord, step: str, session: Session) -> None:
    """Note that a mail is somebody's, and which step it answers."""
    place = _step_of(person, step, session) if step else (lying.playbook, lying.step)
    facts = [Fact(WROTE, lying.received_at)]
    if place[1]:
        facts.append(Fact(f"{place[1]}.{REPLIED}", lying.received_at, playbook=place[0]))
    session.journal.mails.decide(
        lying.id,
        MailState.OPEN,
        session.now,
        person=person.id,
        facts=[*facts, *_released(lying, person.id, session, but=DECLINES)],
        step=place,
        question=_question(lying, person, session),
    )
    _say(session, "inbox.assigned", number=lying.id, person=person.name)


def _question(lying: Lying, person: PersonRecord, session: Session) -> Question | None:
    """Give a mail that is somebody's now its owner and a clock that starts now."""
    if lying.owner:
        return None
    case = next(iter(session.journal.cases.of([person.id], session.library.editions.plan)), None)
    if case is None:
        return None
    return question_of(
        rules_of(session.settings),
        lying.mailbox,
        case.person,
        intent=lying.intent,
        is_held=False,
        received_at=session.now,
        now=session.now,
    )


def _step_of(person: PersonRecord, step: str, session: Session) -> tuple[PlaybookId, StepId]:
    """Find which of the person's playbooks has sent *step*."""
    wishes = session.journal.desk.wishes(person.id, step)
    playbooks = {wish.playbook for wish in wishes}
    if len(playbooks) != 1:
        raise Wrong("inbox.which_step", step=step, person=person.name, id=person.id)
    return PlaybookId(playbooks.pop()), StepId(step)


def _finish(lying: Lying, session: Session, *, needs_none: bool) -> None:
    """Note that nothing waits any more: robots may write again once the last mail is answered."""
    if lying.person is None:
        if not needs_none:
            raise Wrong("inbox.whose", number=lying.id)
        session.journal.mails.dismiss(lying.id, session.now, ended=_NEEDS_NONE)
    else:
        if needs_none:
            facts = _released(lying, lying.person, session)
        else:
            facts = [*_contact(session), *_counted(lying, session)]
        _end(lying, lying.person, session, facts, ended=_NEEDS_NONE if needs_none else ANSWERED)
    _say(session, "inbox.done", number=lying.id)


def _decline(lying: Lying, session: Session) -> None:
    """Take HR's word that the person declines: from now on only thanks go to them."""
    if lying.person is None:
        raise Wrong("inbox.whose", number=lying.id)
    _end(lying, lying.person, session, [Fact(DECLINED, lying.received_at)], ended=DECLINED)
    _say(session, "inbox.declined", number=lying.id, person=_who(lying, session))


def _readdress(lying: Lying, written: str, session: Session) -> None:
    """Take a human's word that the person has another address: the one given, or told there."""
    if lying.person is None:
        raise Wrong("inbox.whose", number=lying.id)
    record = session.journal.people.get(lying.person)
    if record is None or not (written or lying.address):
        raise Wrong("inbox.no_address", number=lying.id)
    found = read_address(written or lying.address)
    if not isinstance(found, Usable):
        raise Wrong("inbox.bad_address", address=written or lying.address)
    address = found.address
    session.journal.people.put([replace(record, email=address)], session.now, source="human")
    if lying.kind not in OF_NO_PERSON:
        _end(lying, lying.person, session, [], ended=_NEEDS_NONE)
    _say(session, "inbox.readdressed", person=record.name, address=address)


def _end(
    lying: Lying, person: PersonId, session: Session, facts: list[Fact], *, ended: str
) -> None:
    session.journal.mails.decide(
        lying.id,
        MailState.DONE,
        session.now,
        person=person,
        facts=[*facts, *_answered(lying, person, session, ended)],
        ended=ended,
    )


def _answered(lying: Lying, person: PersonId, session: Session, how: str) -> list[Fact]:
    """Give the fact that ends the wait, if no other mail of theirs waits."""
    others = (
        one
        for one in session.journal.mails.waiting(person)
        if one.id != lying.id and one.kind not in OF_NO_PERSON
    )
    if any(others):
        return []
    return [Fact(ANSWERED, session.now, value=how if how == _NEEDS_NONE else who_types() or None)]


def _contact(session: Session) -> list[Fact]:
    """Give the fact that somebody has been in touch, by whatever way."""
    return [Fact(CONTACTED, session.now, value=who_types() or None, contact=True)]


def _counted(lying: Lying, session: Session) -> list[Fact]:
    """Let a mail that had to be confirmed count as the answer: somebody has answered it."""
    is_forged = bool(_released(lying, lying.person or PersonId(""), session))
    if lying.state is not MailState.TRAY or not lying.step or is_forged:
        return []
    if lying.kind in OF_NO_PERSON:
        return []
    return [Fact(f"{lying.step}.{REPLIED}", lying.received_at, playbook=lying.playbook)]


def _released(lying: Lying, person: PersonId, session: Session, *, but: str = "") -> list[Fact]:
    """Give the fact that ends what this mail has held, if it has."""
    held = session.journal.facts.of(person).all(HELD)
    of_it = [one for one in held if one.at == lying.received_at and one.value in _HELD_BY_MAIL]
    return [Fact(RELEASED, session.now)] if any(one.value != but for one in of_it) else []


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
        "owner": lying.owner or None,
        "due_at": json_instant(lying.due_at, session.zone),
        "overdue": lying.due_at is not None
        and lying.due_at <= session.now
        and lying.state in {MailState.TRAY, MailState.OPEN},
        "ended": lying.ended or None,
        "matched_by": lying.match_rule,
        "confidence": lying.confidence,
        "crossed": _has_crossed(lying, session),
        "new_address": lying.address or None,
        "unavailable": _noted_times(lying, session) or None,
        "unclear_times": [sentence for sentence, _ in _unclear_times(lying, session)],
    }
