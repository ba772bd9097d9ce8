"""`tsunagu people`: read a table of people, look at records, write them out."""

import io
import json
import os
from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from worker.cli.mistakes import Wrong
from worker.cli.record import person_as_json, person_rows
from worker.cli.session import Session
from worker.cli.show import person_label
from worker.domain.errors import Crossed
from worker.engine.enroll import current
from worker.people.changes import Changes, compare, lacking
from worker.people.exporting import write_people
from worker.people.reading import Reading
from worker.people.records import PersonRecord
from worker.problems import Mistakes, Problem, render_all

_SHOWN = 10
_TRIES = 5
_OWNER_ONLY = 0o600


def run(arguments: Namespace, session: Session) -> int:
    """Do one of `import`, `list`, `show`, `export`."""
    verbs = {"import": _import, "list": _list, "show": _show, "export": _export}
    return verbs[arguments.verb.partition(" ")[2]](arguments, session)


def _import(arguments: Namespace, session: Session) -> int:
    path = session.tables.path("people", arguments.file)
    reading = session.tables.read_people(path, session.journal.staff.all() or None)
    reading.standing()
    tries = _TRIES
    while True:
        changes, problems = _compared(reading, path, session)
        tries -= 1
        try:
            _write(changes, session)
            break
        except Crossed:  # workers, or another import, changed somebody since they were compared
            if not tries:
                raise
    if problems and not arguments.json:
        session.out.aside(render_all(problems, session.out.language), "yellow")
    return _told(changes, session)


def _compared(
    reading: Reading[PersonRecord], path: Path, session: Session
) -> tuple[Changes, Sequence[Problem]]:
    """Say what a table would change, and what is to be told of it; mistakes end the import."""
    changes = compare(reading, session.journal.people.all(), zone=str(session.zone))
    wanting = lacking(changes, session.library.needs(), path.as_posix())
    problems = tuple(sorted((*reading.problems, *changes.problems, *wanting)))
    if any(not problem.warning for problem in problems):
        raise Mistakes(problems)
    return changes, problems


def _write(changes: Changes, session: Session) -> None:
    if session.arguments.dry_run:
        return
    say = session.out.say
    with session.out.progress(say("people.writing"), len(changes.records)) as advance:
        session.journal.people.put(
            changes.records, session.now, before=changes.before, on_progress=advance
        )


def _told(changes: Changes, session: Session) -> int:
    """Say what an import changed, or would."""
    out, say = session.out, session.out.say
    did = not session.arguments.dry_run
    was_erased = session.journal.people.was_erased
    erased = [one.name for one in changes.new if one.email and was_erased(one.email)]
    if session.arguments.json:
        out.json(
            {
                "imported": did,
                "added": [record.id for record in changes.new],
                "changed": [
                    {
                        "id": one.after.id,
                        "fields": {
                            field.field: [field.before, field.after] for field in one.fields
                        },
                    }
                    for one in changes.changed
                ],
                "same": changes.unchanged,
                "missing": list(changes.missing),
                "erased_before": erased,
            }
        )
        return 0
    out.tell(
        "people.did" if did else "people.would",
        added=len(changes.new),
        changed=len(changes.changed),
        same=changes.unchanged,
    )
    if not did:
        _tell_changes(changes, session)
    if changes.missing:
        out.tell("people.missing", n=len(changes.missing))
    if erased:
        out.aside(say("people.erased.before", names=", ".join(erased)), "yellow")
    return 0


def _tell_changes(changes: Changes, session: Session) -> None:
    """Show whom a table would add, and what it would change, field by field."""
    out, say = session.out, session.out.say
    for record in changes.new[:_SHOWN]:
        out.indented(say("people.added", who=person_label(record)))
    for one in changes.changed[:_SHOWN]:
        fields = ", ".join(
            f"{field.field}: {field.before or '-'} → {field.after or '-'}" for field in one.fields
        )
        out.indented(say("people.changed", who=person_label(one.after), fields=fields))
    rest = max(0, len(changes.new) - _SHOWN) + max(0, len(changes.changed) - _SHOWN)
    if rest:
        out.indented(say("people.more", n=rest))


def _list(arguments: Namespace, session: Session) -> int:
    playbook = session.playbook_name(arguments.playbook) if arguments.playbook else ""
    records = session.journal.people.all(playbook)
    if arguments.json:
        session.out.json([person_as_json(record, session.zone) for record in records])
        return 0
    out, say = session.out, session.out.say
    if not records:
        out.tell("nobody")
        return 0
    enrolled: dict[str, list[str]] = {}
    for one in session.journal.enrollments.all(playbook):
        enrolled.setdefault(one.person, []).append(one.playbook)
    rows = [
        (
            record.id,
            record.name,
            record.email,
            record.department,
            ", ".join(enrolled.get(record.id, [])),
        )
        for record in records
    ]
    heads = [
        say(key)
        for key in (
            "people.id",
            "name",
            "people.email",
            "people.department",
            "people.playbooks",
        )
    ]
    out.table(heads, rows, whole=(0,))
    out.line()
    out.tell("people.count", n=len(records))
    return 0


def _show(arguments: Namespace, session: Session) -> int:
    person = session.person(arguments.person)
    enrollments = session.journal.enrollments.all(person=person.id)
    versions = {version.digest: version for version in session.journal.versions.all()}
    if arguments.json:
        session.out.json(
            {
                **person_as_json(person, session.zone),
                "playbooks": [
                    {
                        "playbook": one.playbook,
                        "version": versions[one.digest].serial,
                        "digest": one.digest,
                        "since": one.since.astimezone(session.zone).isoformat(),
                        "paused": one.paused,
                        "current": current(session.journal).get(one.playbook) == one.digest,
                    }
                    for one in enrollments
                ],
            }
        )
        return 0
    out, say = session.out, session.out.say
    rows = person_rows(person, session)
    for one in enrollments:
        told = say(
            "people.enrolled",
            playbook=one.playbook,
            serial=versions[one.digest].serial,
            since=say.instant(one.since),
            paused=say("people.paused") if one.paused else "",
        )
        rows.append((say("playbook"), told))
    out.table(("", ""), rows, whole=(0,), head=False)
    return 0


def _export(arguments: Namespace, session: Session) -> int:
    if arguments.person:
        text = _everything_about(session.person(arguments.person), session)
        return _written(text, arguments, session, person=arguments.person)
    records = session.journal.people.all()
    if arguments.json:
        told = [person_as_json(record, session.zone) for record in records]
        text = json.dumps(told, ensure_ascii=False, indent=2) + "\n"
    else:
        file = io.StringIO()
        write_people(file, records, zone=str(session.zone), language=session.out.language)
        text = "\ufeff" + file.getvalue() if arguments.out else file.getvalue()
    return _written(text, arguments, session, count=len(records))


def _everything_about(person: PersonRecord, session: Session) -> str:
    """Write all that is kept of one person: what somebody who asks for their data is given."""
    zone = session.zone
    journal = session.journal
    letters = [(wish, journal.desk.letter(wish.key)) for wish in journal.desk.wishes(person.id)]
    told = {
        **person_as_json(person, zone),
        "facts": [
            {
                "name": noted.fact.name,
                "at": noted.fact.at.astimezone(zone).isoformat(),
                "playbook": noted.fact.playbook,
                "occurrence": noted.fact.occurrence,
                "value": noted.fact.value,
                "noted_at": noted.noted_at.astimezone(zone).isoformat(),
                "source": noted.source,
            }
            for noted in journal.facts.history(person.id)
        ],
        "messages": [
            {
                "playbook": wish.playbook,
                "step": wish.step,
                "kind": wish.kind,
                "state": wish.state.value,
                "due_at": wish.due_at.astimezone(zone).isoformat(),
                "subject": letter.subject if letter else "",
                "content": letter.content.decode("utf-8", "replace") if letter else "",
            }
            for wish, letter in letters
        ],
        "tasks": [
            {"text": task.text, "owner": task.owner, "done": task.done_at is not None}
            for task in journal.desk.tasks(person=person.id, everything=True)
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _written(
    text: str, arguments: Namespace, session: Session, *, person: str = "", count: int = 0
) -> int:
    """Write to the file that was named, for its owner's eyes, or show it."""
    if not arguments.out:
        print(text, end="")
        return 0
    path = Path(arguments.out)
    if path.is_dir():
        raise Wrong("table.folder", path=path)
    try:
        held = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _OWNER_ONLY)
        with os.fdopen(held, "w", encoding="utf-8", newline="") as file:
            file.write(text)
    except OSError as error:  # of a full disk the system does not say which file it was
        raise OSError(error.errno, error.strerror, arguments.out) from error
    if person:
        session.out.tell("people.exported.one", file=path, person=person)
    else:
        session.out.tell("people.exported", file=path, n=count)
    return 0
