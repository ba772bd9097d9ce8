"""`tsunagu doctor`: one line for each thing that must work, and what to type where it does not."""

from argparse import Namespace
from collections.abc import Iterator

from worker.cli.disk import TOO_LITTLE, left, size_told
from worker.cli.doctor_around import channel_lines, clock_lines, domain_lines
from worker.cli.doctor_calendars import calendar_lines
from worker.cli.doctor_mailboxes import mailbox_lines
from worker.cli.doctor_shared import broker_lines, database_lines, reaching
from worker.cli.lines import BROKEN, FINE, WARNING, Line
from worker.cli.session import Session
from worker.cli.status import at_work, findings_of
from worker.domain.errors import TsunaguError
from worker.playbook.compile import performed_later
from worker.wiring.asking import ask_pages

_LITTLE = 500_000_000  # bytes of disk: below that it is worth a word
_OTHERS = 0o077
_MARKS = {FINE: ("✓", "green"), WARNING: ("!", "yellow"), BROKEN: ("✗", "bold red")}
# What of `status` keeps something from going on; the rest waits for somebody to look.
_BROKEN = frozenset(
    {"fuse", "clock", "clock_wrong", "journal", "lane_stopped", "quiet", "parked", "lacking"}
)


def run(arguments: Namespace, session: Session) -> int:
    """Look at everything; exit 2 if anything is broken."""
    lines = []
    for line in _examination(arguments, session):
        lines.append(line)
        if not arguments.json:
            _tell(line, session)
    if arguments.json:
        session.out.json(
            [
                {"about": one.about, "how": one.how, "sentence": one.sentence, "do": one.do}
                for one in lines
            ]
        )
    return 2 if any(line.how == BROKEN for line in lines) else 0


def _tell(line: Line, session: Session) -> None:
    mark, style = _MARKS[line.how]
    session.out.line(f"{mark} {line.about}: {line.sentence}", style)
    if line.do:
        session.out.indented(line.do, 4)


def _examination(arguments: Namespace, session: Session) -> Iterator[Line]:
    yield from _settings(session)
    if session.loaded.settings is None:
        return
    yield from _files(session)
    if session.store_trouble:
        sentence = session.out.say("doctor.not_looked_at")
        yield Line(session.out.say("doctor.playbooks"), WARNING, sentence)
    else:
        yield from _playbooks(session)
    yield from _disk(session)
    yield from _store(session)
    yield from database_lines(session)
    yield from broker_lines(session)
    if not session.store_trouble:
        yield from _pages(session, offline=arguments.offline)
    for mailbox in session.settings.mailboxes.values():
        yield from mailbox_lines(mailbox, session, offline=arguments.offline)
    if not arguments.offline:
        yield from domain_lines(session, server=arguments.dns)
    if not session.store_trouble:
        yield from calendar_lines(session, offline=arguments.offline)
        yield from _replies(session)
    yield from channel_lines(session)
    if not arguments.offline:
        yield from clock_lines(session)


def _settings(session: Session) -> Iterator[Line]:
    say, path = session.out.say, session.settings_path
    about = say("doctor.settings")
    errors = [problem for problem in session.loaded.problems if not problem.warning]
    if errors:
        yield Line(about, BROKEN, say("doctor.mistakes", n=len(errors)), "tsunagu check")
    elif session.loaded.problems:
        n = len(session.loaded.problems)
        yield Line(about, WARNING, say("doctor.warnings", n=n), "tsunagu check")
    else:
        yield Line(about, FINE, str(path))


def _files(session: Session) -> Iterator[Line]:
    """Look whether files that hold secrets or people can be read by others."""
    say, root = session.out.say, session.settings.root
    for name in (".env", ".tsunagu/store.db"):
        path = root / name
        if path.exists() and path.stat().st_mode & _OTHERS:
            yield Line(name, WARNING, say("doctor.readable"), f"chmod 600 {path}")


def _playbooks(session: Session) -> Iterator[Line]:
    say, library = session.out.say, session.library
    if not library.shelves:
        sentence = say("doctor.no_playbook", folder=session.settings.playbooks)
        yield Line(say("doctor.playbooks"), WARNING, sentence)
    for shelf in library.shelves:
        try:
            compiled = library.compiled(shelf)
        except TsunaguError:
            yield Line(shelf.name, BROKEN, say("doctor.unreadable"), f"tsunagu check {shelf.name}")
            continue
        errors = sum(not problem.warning for problem in compiled.problems)
        if compiled.plan is None or errors:
            sentence = say("doctor.mistakes", n=errors)
            yield Line(shelf.name, BROKEN, sentence, f"tsunagu check {shelf.name}")
            continue
        later = len(performed_later(compiled.plan, library.bundle(shelf)))
        if later:
            sentence = say("doctor.later", n=later)
            yield Line(shelf.name, BROKEN, sentence, f"tsunagu check {shelf.name}")
        else:
            yield Line(shelf.name, FINE, say("doctor.steps", n=len(compiled.plan.steps)))


def _disk(session: Session) -> Iterator[Line]:
    say, store, room = session.out.say, session.settings.store.path, left(session)
    if store is None or room is None:
        return
    folder, free = room
    size = store.stat().st_size if store.exists() else 0
    sentence = say("doctor.free", free=size_told(free), size=size_told(size))
    how = BROKEN if free < TOO_LITTLE else WARNING if free < _LITTLE else FINE
    yield Line(say("doctor.disk"), how, sentence, f"df -h {folder}" if how != FINE else "")


def _store(session: Session) -> Iterator[Line]:
    say, settings = session.out.say, session.settings
    about = say("doctor.store")
    if not session.has_store:
        yield Line(about, WARNING, say("doctor.no_store"), "tsunagu people import people.csv")
        return
    if session.store_trouble:
        sentence, _, do = session.store_trouble.partition("\n")
        path = settings.store.path
        look = f"ls -l {path}" if path is not None else reaching(settings.store, sentence, say)
        yield Line(about, BROKEN, sentence, do or look)
        return
    findings = [one for one in findings_of(session) if one[0] != "disk"]  # it has a line of its own
    pid = at_work(session)
    sentence = say("doctor.worker", pid=pid) if pid else say("doctor.no_worker")
    yield Line(about, FINE, f"{settings.store.shown} {sentence}")
    for key, values in findings:
        broken = key in _BROKEN
        yield Line(
            say("doctor.now"),
            BROKEN if broken else WARNING,
            say(f"status.{key}", **values),
            say(f"status.{key}.do", **values),
        )


def _pages(session: Session, *, offline: bool) -> Iterator[Line]:
    """Look whether the links in mails lead to our pages."""
    say, settings = session.out.say, session.settings
    about, url = say("doctor.pages"), settings.public_url
    if not url:
        if any(plan.has_links for _, plan in session.library.sound()):
            yield Line(about, WARNING, say("doctor.no_pages"), say("doctor.no_pages.do"))
        return
    if settings.is_only_here:
        sentence = say("doctor.pages_here", url=url)
        yield Line(about, WARNING, sentence, say("doctor.no_pages.do"))
        return
    if url.startswith("http://"):
        sentence = say("doctor.pages_plain", url=url)
        yield Line(about, WARNING, sentence, say("doctor.no_pages.do"))
    why = "" if offline else ask_pages(url)
    if why:
        sentence = say("doctor.pages_away", url=url, why=why)
        yield Line(about, WARNING, sentence, "tsunagu up")
    else:
        place = f"{settings.pages.host}:{settings.pages.port}"
        yield Line(about, FINE, say("doctor.pages_fine", url=url, place=place))


def _replies(session: Session) -> Iterator[Line]:
    """Say who answers what people write, and whether answers carry our tag."""
    say, settings = session.out.say, session.settings
    roles = {settings.replies.owner, settings.replies.then}
    roles |= {one.owner for one in settings.mailboxes.values() if one.owner}
    path = settings.store.path
    if path is None or path.exists():
        held = {role for member in session.journal.staff.all() for role in member.role}
        for role in sorted(roles - held):
            sentence = say("doctor.no_role", role=role)
            yield Line(say("doctor.replies"), WARNING, sentence, say("doctor.no_role.do"))
    for mailbox in settings.mailboxes.values():
        about = f"{mailbox.id} <{mailbox.address}>"
        if mailbox.reply_tag:
            key = say("doctor.key.said" if settings.replies.key else "doctor.key.own")
            local, _, domain = mailbox.address.partition("@")
            form = f"{local}+…@{domain}" if mailbox.reply_tag == "plus" else f"…{mailbox.reply_tag}"
            yield Line(about, FINE, say("doctor.tag", form=form, by=key))
        elif mailbox.imap is not None:
            yield Line(about, FINE, say("doctor.no_tag"))
