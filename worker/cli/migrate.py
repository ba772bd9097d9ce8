"""`tsunagu migrate PLAYBOOK`: move running people to the version in the folder, or take it back."""

from argparse import Namespace

from worker.cli.diff import as_json, compare, tell
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.domain.facts import PlaybookId
from worker.engine.enroll import publish


def run(arguments: Namespace, session: Session) -> int:
    """Show what it means, ask, and move; or undo the last move."""
    if arguments.undo:
        return _undo(arguments, session)
    only = [session.person(word).id for word in arguments.person] or None
    comparison = compare(session, arguments.playbook, only)
    out = session.out
    if not arguments.json:
        tell(comparison, session)
    if not comparison.people:
        if arguments.json:
            out.json({**as_json(comparison, session), "moved": 0})
        return 0
    if not arguments.yes:
        answer = out.confirm(out.say("sure"))
        if answer is None:
            raise Wrong("yes.needed")
        if not answer:
            out.tell("left.alone")
            return 0
    plan, journal = comparison.plan, session.journal
    publish(journal, plan.playbook, comparison.bundle, session.now)
    steps_before = {
        digest: frozenset(step.id for step in session.library.editions.plan(digest).steps)
        for digest in {moved.version for moved in comparison.people}
    }
    moved = journal.enrollments.move(
        [one.person for one in comparison.people],
        plan.playbook,
        plan.digest,
        steps_before,
        session.now,
    )
    if arguments.json:
        out.json({**as_json(comparison, session), "moved": moved})
    else:
        out.tell("migrate.done", n=moved, playbook=arguments.playbook, style="bold")
    return 0


def _undo(arguments: Namespace, session: Session) -> int:
    playbook = PlaybookId(session.playbook_name(arguments.playbook))
    back = session.journal.enrollments.undo(playbook, session.now)
    if arguments.json:
        session.out.json({"playbook": playbook, "back": back})
    else:
        session.out.tell("migrate.undone" if back else "migrate.nothing", n=back, playbook=playbook)
    return 0
