"""`tsunagu doubts`: mails that may or may not have gone, and mails that certainly did not.

The connection broke after the final dot, or the process died there. Nobody but a human who asks,
or looks into the mailbox's sent folder, can tell; so it is asked and never guessed.
"""

from argparse import Namespace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import json_instant, who_types, wish_label
from worker.domain.intents import State
from worker.engine.journal.desk import Wish

_SHOWN = (State.DOUBT, State.REFUSED, State.PARKED)


def run(arguments: Namespace, session: Session) -> int:
    """Settle doubts, or list them with what to type."""
    if arguments.sent or arguments.resend:
        return _settle(arguments, session)
    wishes = session.journal.desk.in_state(*_SHOWN)
    if arguments.json:
        session.out.json([_as_json(wish, session) for wish in wishes])
        return 0
    out, say = session.out, session.out.say
    if not wishes:
        out.tell("doubts.none")
        return 0
    names = session.names(wish.person for wish in wishes)
    for state in _SHOWN:
        group = [wish for wish in wishes if wish.state is state]
        if not group:
            continue
        out.heading(say(f"doubts.{state.value}"))
        heads = (say("number"), say("who"), say("step"), say("when"), say("doubts.said"))
        rows = [
            (
                str(wish.id),
                names[wish.person],
                wish_label(say, wish),
                say.instant(wish.settled_at or wish.due_at),
                wish.outcome,
            )
            for wish in group
        ]
        out.table(heads, rows, right=(0,), whole=(0, 3))
        out.tell(f"doubts.{state.value}.how", number=group[0].id)
        out.line()
    return 0


def _settle(arguments: Namespace, session: Session) -> int:
    desk = session.journal.desk
    wishes = {wish.id: wish for wish in desk.in_state(*_SHOWN, most=100_000)}
    for number in (*arguments.sent, *arguments.resend):
        if number not in wishes:
            raise Wrong("doubts.unknown", number=number)
    told: list[dict[str, object]] = []
    for numbers, verb in ((arguments.sent, "sent"), (arguments.resend, "resend")):
        for number in numbers:
            wish = wishes[number]
            done = (
                desk.mark_sent(wish.key, session.now, by=who_types())
                if verb == "sent"
                else desk.send_again(wish.key, session.now)
            )
            if not done:
                raise Wrong("doubts.not_so", number=number)
            told.append({"number": number, "did": verb})
            if not arguments.json:
                session.out.tell(
                    f"doubts.did.{verb}", number=number, step=wish_label(session.out.say, wish)
                )
    if arguments.json:
        session.out.json(told)
    return 0


def _as_json(wish: Wish, session: Session) -> dict[str, object]:
    return {
        "number": wish.id,
        "key": wish.key,
        "state": wish.state.value,
        "person": wish.person,
        "playbook": wish.playbook,
        "step": wish.step,
        "occurrence": wish.occurrence,
        "rung": wish.rung,
        "kind": wish.kind,
        "subject": wish.subject,
        "message_id": wish.message_id,
        "at": json_instant(wish.settled_at or wish.due_at, session.zone),
        "said": wish.outcome,
    }
