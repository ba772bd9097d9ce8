"""`tsunagu approve`: look at what waits for a human's word, and let it go or never send it."""

from argparse import Namespace

from worker.cli.letters import draft_of
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, who_types, wish_label
from worker.domain.intents import State
from worker.engine.journal.desk import Wish


def run(arguments: Namespace, session: Session) -> int:
    """List drafts, show their text, or decide on them."""
    drafts = session.journal.desk.in_state(State.DRAFT, most=100_000)
    if arguments.person:
        person = session.person(arguments.person)
        drafts = [wish for wish in drafts if wish.person == person.id]
        if arguments.step:
            drafts = _of_step(drafts, arguments.step)
    elif not arguments.all or arguments.show:
        return _list(drafts, session, show=arguments.show)
    if arguments.show:
        return _list(drafts, session, show=True)
    return _decide(drafts, session, reject=arguments.reject)


def _of_step(drafts: list[Wish], step: str) -> list[Wish]:
    found = [wish for wish in drafts if wish.step == step]
    if not found and drafts:
        known = ", ".join(dict.fromkeys(wish.step for wish in drafts))
        raise Wrong("step.unknown", name=step, known=known)
    return found


def _list(drafts: list[Wish], session: Session, *, show: bool) -> int:
    out, say = session.out, session.out.say
    if session.arguments.json:
        out.json([_as_json(wish, session) for wish in drafts])
        return 0
    if not drafts:
        out.tell("approve.none")
        return 0
    names = session.names(wish.person for wish in drafts)
    if show:
        for wish in drafts:
            out.heading(f"{names[wish.person]} {wish_label(say, wish)}")
            out.line(_text(wish, session))
            out.line()
        return 0
    rows = [
        (wish.person, names[wish.person], wish_label(say, wish), say.instant(wish.due_at))
        for wish in drafts
    ]
    out.table((say("people.id"), say("who"), say("step"), say("approve.since")), rows, whole=(3,))
    out.line()
    out.tell("approve.how", person=drafts[0].person, step=drafts[0].step)
    return 0


def _decide(drafts: list[Wish], session: Session, *, reject: bool) -> int:
    out, desk = session.out, session.journal.desk
    if not drafts:
        raise Wrong("approve.nothing")
    decide = desk.discard if reject else desk.approve
    done = [wish for wish in drafts if decide(wish.key, session.now, by=who_types())]
    verb = "rejected" if reject else "approved"
    if session.arguments.json:
        out.json([{**_as_json(wish, session), "did": verb} for wish in done])
        return 0
    names = session.names(wish.person for wish in done)
    for wish in done:
        out.tell(f"approve.{verb}", who=names[wish.person], step=wish_label(out.say, wish))
    return 0


def _text(wish: Wish, session: Session) -> str:
    """Give the text of a draft as its reader would get it."""
    letter = draft_of(session, wish)
    if letter is None:
        return session.out.say("approve.textless")
    return f"{letter.parts.subject}\n\n{letter.parts.text.rstrip()}"


def _as_json(wish: Wish, session: Session) -> dict[str, object]:
    return {
        "key": wish.key,
        "person": wish.person,
        "playbook": wish.playbook,
        "step": wish.step,
        "occurrence": wish.occurrence,
        "rung": wish.rung,
        "kind": wish.kind,
        "due_at": json_instant(wish.due_at, session.zone),
    }
