"""`tsunagu people erase PERSON`: forget somebody everywhere, and say what was done.

Reached are all tables of the journal, the tables of people beside the settings, files of a
playbook that are this person's own, and our log. What lies elsewhere is named, not passed over.
"""

import csv
import io
import os
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.domain.facts import Digest
from worker.domain.intents import State
from worker.domain.plan import Mail, Plan
from worker.people.addresses import address_key
from worker.people.cells import text_of
from worker.people.records import PersonRecord
from worker.playbook.compile import compile_playbook

_IN_FLIGHT = (State.CLAIMED, State.BEGUN)
_ENCODINGS = ("utf-8-sig", "cp932")
_SHORT = 3  # letters: too few to look for in a log without hitting other words


def run(arguments: Namespace, session: Session) -> int:
    """Ask, erase, and report every place."""
    person = session.person(arguments.person)
    wishes = session.journal.desk.wishes(person.id)
    if any(wish.state in _IN_FLIGHT for wish in wishes):
        raise Wrong("erase.held", id=person.id)
    if not arguments.yes and not _is_meant(person, session):
        return 0
    own = list(_own_files(person, session))
    in_versions = list(_in_versions(person, session))
    erased = session.journal.people.erase(person.id, session.now)
    rows = dict(erased.rows) if erased is not None else {}
    removed = [path.as_posix() for path in own if _removed(path)]
    rewritten = dict(_rewritten(person, session))
    by_hand = [path.as_posix() for path in _by_hand(session)]
    if arguments.json:
        session.out.json(
            {
                "person": person.id,
                "rows": rows,
                "removed": removed,
                "rewritten": rewritten,
                "by_hand": [*by_hand, *in_versions],
            }
        )
        return 0
    out = session.out
    out.tell("erase.done", id=person.id, style="bold")
    for table, count in rows.items():
        if count:
            out.indented(out.say("erase.rows", table=out.say(f"table.{table}"), n=count))
    for path, count in rewritten.items():
        out.indented(out.say("erase.file", path=path, n=count))
    for path in removed:
        out.indented(out.say("erase.removed", path=path))
    for name in (*by_hand, *in_versions):
        out.indented(out.say("erase.by_hand", path=name), style="yellow")
    out.tell("erase.left")
    out.tell("erase.elsewhere")
    if session.settings.store.path is None:
        out.tell("erase.machines")
    return 0


def _is_meant(person: PersonRecord, session: Session) -> bool:
    """Ask whether it is meant; without anybody to ask it needs `--yes`."""
    out = session.out
    question = out.say("erase.question", name=person.name, id=person.id)
    answer = out.confirm(f"{question} {out.say('sure')}")
    if answer is None:
        raise Wrong("yes.needed")
    if not answer:
        out.tell("left.alone")
    return answer


def _own_files(person: PersonRecord, session: Session) -> Iterator[Path]:
    """Give the files of playbooks that go to this person alone: `letters/{{ person.id }}.pdf`."""
    for shelf, plan in session.library.sound():
        for written in _attached(plan):
            path = shelf.folder / _for(written, person)
            if path.is_file():
                yield path


def _in_versions(person: PersonRecord, session: Session) -> Iterator[str]:
    """Name the stored versions that hold such a file: versions are never changed."""
    for version in session.journal.versions.all():
        bundle = session.journal.versions.bundle(Digest(version.digest))
        plan = compile_playbook(bundle, session.library.workspace).plan
        for written in _attached(plan) if plan else ():
            if _for(written, person) in bundle.files:
                yield f"{version.playbook} {version.serial}: {_for(written, person)}"


def _attached(plan: Plan) -> Iterator[str]:
    """Give what mails attach that differs from person to person."""
    for step in plan.steps:
        for action in (step.action, *(one for rung in step.ladder for one in rung.actions)):
            if isinstance(action, Mail):
                yield from (written for written in action.attach if "person.id" in written)


def _for(written: str, person: PersonRecord) -> str:
    return written.replace("{{ person.id }}", person.id).replace("{{person.id}}", person.id)


def _removed(path: Path) -> bool:
    path.unlink(missing_ok=True)
    return True


def _rewritten(person: PersonRecord, session: Session) -> Iterator[tuple[str, int]]:
    """Take the person out of tables and logs that are text; give how many lines each lost."""
    root = session.settings.root
    for path in sorted({*root.glob("people*.csv"), *root.glob("playbooks/*/people*.csv")}):
        if count := _without_rows(path, person):
            yield path.relative_to(root).as_posix(), count
    log = root / ".tsunagu" / "faults.log"
    if log.is_file() and (count := _without_lines(log, person)):
        yield log.relative_to(root).as_posix(), count


def _by_hand(session: Session) -> Iterator[Path]:
    """Give what only its owner should write or remove: Excel's tables, and a journal that moved.

    Whoever was in it when it went elsewhere is in it still.
    """
    root, store = session.settings.root, session.settings.store.path
    yield from sorted({*root.glob("people*.xls*")})
    yield from (path for path in sorted(root.glob(".tsunagu/*.db")) if path != store)


def _without_rows(path: Path, person: PersonRecord) -> int:
    """Take rows of this id or address out of a CSV; every other byte of it stays."""
    content = path.read_bytes()
    encoding = next((name for name in _ENCODINGS if _reads(content, name)), "")
    if not encoding:
        return 0
    text = content.decode(encoding)
    lines = text.splitlines(keepends=True)
    reader = csv.reader(io.StringIO(text, newline=""))
    gone: set[int] = set()
    before = 0
    for row in reader:
        if _is_of(row, person):
            gone.update(range(before, reader.line_num))
        before = reader.line_num
    if not gone:
        return 0
    kept = "".join(line for number, line in enumerate(lines) if number not in gone)
    _replace(path, kept.encode("utf-8-sig" if content.startswith(b"\xef\xbb\xbf") else encoding))
    return len(gone)


def _is_of(row: list[str], person: PersonRecord) -> bool:
    """Say whether a row is this person's: its id or its address stands in it."""
    cells = [text_of(cell) for cell in row]
    address = address_key(person.email) if person.email else ""
    return person.id in cells[:1] or (
        bool(address) and any("@" in cell and address_key(cell) == address for cell in cells)
    )


def _without_lines(path: Path, person: PersonRecord) -> int:
    """Take the lines that name the person out of a log."""
    words = [word for word in (person.email, person.name, person.id) if len(word) >= _SHORT]
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True)
    kept = [line for line in lines if not any(word in line for word in words)]
    if len(kept) < len(lines):
        _replace(path, "".join(kept).encode())
    return len(lines) - len(kept)


def _replace(path: Path, content: bytes) -> None:
    """Write a file anew as a whole, with the rights it had."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    held = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, path.stat().st_mode & 0o777)
    with os.fdopen(held, "wb") as file:
        file.write(content)
    beside.replace(path)


def _reads(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True
