"""`tsunagu pause` and `resume`: a playbook rests, for one person or for everybody in it."""

from argparse import Namespace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import person_label, who_types
from worker.domain.facts import PlaybookId


def run(arguments: Namespace, session: Session) -> int:
    """Pause or resume and say for how many."""
    enrollments = session.journal.enrollments
    playbook = PlaybookId(session.playbook_name(arguments.playbook))
    person = session.person(arguments.person) if arguments.person else None
    if person is not None and not _is_in(session, playbook, person.id):
        raise Wrong("pause.not_in", person=person_label(person), playbook=playbook)
    change = enrollments.pause if arguments.verb == "pause" else enrollments.resume
    count = change(playbook, session.now, person=person.id if person else "", by=who_types())
    if arguments.json:
        session.out.json({"did": arguments.verb, "playbook": playbook, "people": count})
    else:
        key = f"{arguments.verb}.{'one' if person else 'all'}"
        name = person_label(person) if person else ""
        session.out.tell(key, playbook=playbook, n=count, person=name)
    return 0


def _is_in(session: Session, playbook: PlaybookId, person: str) -> bool:
    return bool(
        [one for one in session.journal.enrollments.all(playbook, person) if one.person == person]
    )
