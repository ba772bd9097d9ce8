"""`tsunagu hold` and `release`: a human stops everything for somebody, and lets it go again."""

from argparse import Namespace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.show import person_label
from worker.domain.facts import Fact
from worker.engine.fuse import Fuse
from worker.engine.journal.desk import HUMAN
from worker.engine.journal.lanes import CLOCK, mail_lane

HELD = "person.held"
RELEASED = "person.released"


def run(arguments: Namespace, session: Session) -> int:
    """Hold a person, or release a person, the fuse or a mailbox."""
    if arguments.verb == "hold":
        return _hold(arguments, session)
    if arguments.fuse:
        return _release_fuse(session)
    if arguments.clock:
        right = session.journal.lanes.release(CLOCK, session.now)
        return _done(session, "release.clock_done" if right else "release.clock_right")
    if arguments.lane:
        return _release_lane(arguments.lane, session)
    if not arguments.person:
        raise Wrong("release.what")
    return _release(arguments, session)


def _hold(arguments: Namespace, session: Session) -> int:
    person = session.person(arguments.person)
    value = arguments.because or None
    session.journal.facts.note(
        [(person.id, Fact(HELD, session.now, value=value))], session.now, source=HUMAN
    )
    return _done(session, "hold.done", person=person_label(person), id=person.id)


def _release(arguments: Namespace, session: Session) -> int:
    person = session.person(arguments.person)
    facts = session.journal.facts.of(person.id)
    held, released = facts.last(HELD), facts.last(RELEASED)
    is_held = held is not None and (released is None or released.at < held.at)
    was_parked = session.journal.people.release_parked(person.id, session.now)
    if not is_held:
        key = "release.parked" if was_parked else "release.not_held"
        return _done(session, key, person=person_label(person))
    session.journal.facts.note(
        [(person.id, Fact(RELEASED, session.now))], session.now, source=HUMAN
    )
    return _done(session, "release.done", person=person_label(person))


def _release_fuse(session: Session) -> int:
    people = Fuse(session.journal.store).release(session.now)
    if people is None:
        return _done(session, "release.fuse_whole")
    return _done(session, "release.fuse_done", n=people)


def _release_lane(name: str, session: Session) -> int:
    known = {mailbox: mail_lane(mailbox) for mailbox in session.settings.mailboxes}
    lane = known.get(name, name)
    lanes = {closed.lane for closed in session.journal.lanes.all()}
    if lane not in lanes and name not in known:
        raise Wrong("release.lane_unknown", name=name, known=", ".join(sorted(known)))
    opened = session.journal.lanes.release(lane, session.now)
    return _done(session, "release.lane_done" if opened else "release.lane_open", lane=name)


def _done(session: Session, key: str, **values: object) -> int:
    """Say what was done, or write it as JSON."""
    if session.arguments.json:
        session.out.json({"did": key, **{name: str(value) for name, value in values.items()}})
    else:
        session.out.tell(key, **values)
    return 0
