"""How a mail that waits for a human is told wherever a person is shown."""

from worker.cli.session import Session
from worker.engine.journal.tray import Lying


def question_told(lying: Lying, session: Session) -> str:
    """Say in a line that a mail waits: its number, since when, who answers it and by when."""
    say = session.out.say
    owners = {one.id: one.name for one in session.journal.staff.all()}
    return say(
        "why.question",
        number=lying.id,
        when=say.instant(lying.received_at),
        owner=owners.get(lying.owner) or say("inbox.no_owner"),
        due=say("none") if lying.due_at is None else say.instant(lying.due_at),
    )
