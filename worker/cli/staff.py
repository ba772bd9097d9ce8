"""`tsunagu staff`: read a table of staff, show who is known, and take out who has left."""

from argparse import Namespace

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.domain.facts import StaffId
from worker.problems import render_all

_NAMED = 10  # people whose colleague has left; the others are counted


def run(arguments: Namespace, session: Session) -> int:
    """Do `import`, `list` or `remove`."""
    if arguments.verb == "staff import":
        return _import(arguments, session)
    if arguments.verb == "staff remove":
        return _remove(arguments, session)
    records = session.journal.staff.all()
    if arguments.json:
        session.out.json(
            [
                {
                    "id": record.id,
                    "name": record.name,
                    "email": record.email,
                    "role": list(record.role),
                    "department": record.department,
                    "attributes": dict(record.attributes),
                }
                for record in records
            ]
        )
        return 0
    out, say = session.out, session.out.say
    if not records:
        out.tell("staff.nobody")
        return 0
    rows = [
        (
            record.id,
            record.name,
            record.email,
            ", ".join(map(say.role, record.role)),
            record.department,
        )
        for record in records
    ]
    keys = ("people.id", "name", "people.email", "staff.role", "people.department")
    out.table([say(key) for key in keys], rows, whole=(0,))
    return 0


def _remove(arguments: Namespace, session: Session) -> int:
    """Take somebody out; a worker arranges their meetings with others."""
    known = {record.id: record for record in session.journal.staff.all()}
    record = known.get(StaffId(arguments.staff))
    if record is None:
        raise Wrong("staff.unknown", name=arguments.staff, known=", ".join(sorted(known)) or "-")
    session.journal.staff.remove(record.id, session.now)
    left = [
        str(person.id)
        for person in session.journal.people.all()
        if record.id in (*person.mentor, *person.manager)
    ]
    session.out.tell("staff.removed", name=record.name, id=record.id)
    if left:
        named = ", ".join(left[:_NAMED])
        if len(left) > _NAMED:
            named += session.out.say("plan.more", n=len(left) - _NAMED)
        session.out.tell("staff.left_behind", name=record.name, n=len(left), people=named)
    return 0


def _import(arguments: Namespace, session: Session) -> int:
    path = session.tables.path("staff", arguments.file)
    reading = session.tables.read_staff(path)
    records = reading.standing()
    if reading.problems and not arguments.json:
        session.out.aside(render_all(reading.problems, session.out.language))
    changes = session.journal.staff.put(records, session.now, dry_run=arguments.dry_run)
    if arguments.json:
        session.out.json(
            {
                "imported": not arguments.dry_run,
                "added": list(changes.added),
                "changed": list(changes.changed),
                "same": changes.same,
            }
        )
        return 0
    session.out.tell(
        "people.would" if arguments.dry_run else "people.did",
        added=len(changes.added),
        changed=len(changes.changed),
        same=changes.same,
    )
    return 0
