"""`tsunagu check`: every mistake in settings, playbooks, texts and people, with its place."""

from argparse import Namespace
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

from worker.cli.library import Shelf
from worker.cli.mistakes import Wrong
from worker.cli.session import Session
from worker.cli.subjects import subjects_of
from worker.domain.plan import Mail, Meeting, Plan, Survey
from worker.domain.sight import belongs
from worker.engine.invitation import NAME as SURVEY
from worker.engine.invitation import as_mail
from worker.engine.meetings.beside import NAME as MEETING
from worker.engine.render import file_for, template_path
from worker.people.changes import compare, lacking
from worker.people.records import PersonRecord, StaffRecord
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle
from worker.playbook.circles import enroll_circles
from worker.playbook.compile import performed_later
from worker.playbook.namesakes import namesakes
from worker.playbook.pressure import Rule, read_rules, shipped_rules, with_own
from worker.playbook.templates.check import check_mails, check_person, known_words, outside_meetings
from worker.playbook.templates.inline import check_inline
from worker.playbook.templates.mail import CompiledMail
from worker.playbook.templates.words import Setting
from worker.problems import Mistakes, Problem, as_json, render
from worker.wiring.office import office_of
from worker.wiring.workspace import layouts_of, playbook_folders

_MOST_OF_ONE_WORD = 3  # people named for one word of one text that they lack
_RULES = "pressure.yaml"
_OFTEN = 100  # people between two looks at the bar


def run(arguments: Namespace, session: Session) -> int:
    """Look at everything, or at the playbooks named, and show all that is wrong."""
    checker = _Checker(session)
    problems = list(checker.everything(arguments.playbooks))
    problems = sorted(dict.fromkeys(problems))
    errors = [problem for problem in problems if not problem.warning]
    out = session.out
    if arguments.json:
        out.json(
            {
                "problems": [as_json(problem, out.language) for problem in problems],
                "errors": len(errors),
                "warnings": len(problems) - len(errors),
                "files": checker.files,
            }
        )
    else:
        for problem in problems:
            out.line(render(problem, out.language))
            out.line()
        if problems:
            warnings = len(problems) - len(errors)
            out.tell("check.counts", errors=len(errors), warnings=warnings, style="bold")
        else:
            out.tell("check.fine", files=checker.files, style="green")
    return 1 if errors or (arguments.strict and problems) else 0


class _Checker:
    """Goes through a workspace, file by file; what cannot be read does not hide the rest."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.files = 0
        self._looked_at = 0  # people, each once for each playbook
        self._seen: Callable[[int], None] = lambda _: None

    def everything(self, named: Sequence[str]) -> Iterator[Problem]:
        """Give all problems: of the playbooks *named*, else of the whole workspace."""
        if not named:
            yield from self._settings()
            if self._session.loaded.settings is None:
                return
        elif self._session.has_workspace and self._session.loaded.settings is None:
            raise Mistakes(self._session.loaded.problems)
        shelves = self._shelves(named)
        rules, mistakes = self._rules()
        yield from mistakes
        if named or not self._session.has_workspace:
            people = self._session.known[1]
        else:
            tables, people = self._tables()
            yield from tables
        with self._session.out.progress(
            self._session.out.say("check.progress"), len(shelves) * len(people)
        ) as advance:
            self._seen = advance
            for shelf in shelves:
                yield from self._playbook(shelf, rules, people, self._session.known[0])
        yield from self._together(shelves)

    def _together(self, shelves: Sequence[Shelf]) -> Iterator[Problem]:
        """Give what only several playbooks show, where one of *shelves* is part of it."""
        library = self._session.library
        shown = {shelf.folder.resolve() for shelf in shelves}
        known = {
            library.bundle(shelf).shown(PLAYBOOK_FILE): (shelf, plan)
            for shelf, plan in library.sound()
        }
        playbooks = [(plan, library.bundle(shelf)) for shelf, plan in known.values()]
        for problem in (*enroll_circles(playbooks), *namesakes(playbooks)):
            if known[problem.path][0].folder.resolve() in shown:
                yield problem

    def of_playbook(
        self, shelf: Shelf, people: Sequence[PersonRecord], staff: Sequence[StaffRecord]
    ) -> Iterator[Problem]:
        """Give the problems of one playbook, and of its texts for *people*."""
        rules, mistakes = self._rules()
        yield from mistakes
        yield from self._playbook(shelf, rules, people, staff)

    def _settings(self) -> Iterator[Problem]:
        self.files += 1
        yield from self._session.loaded.problems

    def _shelves(self, named: Sequence[str]) -> list[Shelf]:
        """Give the playbooks named; a folder of playbooks stands for all in it."""
        if not named:
            return self._session.library.shelves
        shelves: list[Shelf] = []
        for word in named:
            below = playbook_folders(Path(word))
            if below:
                shelves += (Shelf(folder.name, folder) for folder in below)
            else:
                shelves.append(self._session.library.find(word))
        return shelves

    def _rules(self) -> tuple[tuple[Rule, ...], tuple[Problem, ...]]:
        """Give the rules against pressure, with the workspace's own."""
        if not self._session.has_workspace:
            return shipped_rules(), ()
        path = self._session.settings_path.parent / _RULES
        if not path.is_file():
            return shipped_rules(), ()
        self.files += 1
        try:
            return with_own(read_rules(_RULES, path.read_bytes())), ()
        except Mistakes as mistakes:
            return shipped_rules(), mistakes.problems

    def _tables(self) -> tuple[list[Problem], list[PersonRecord]]:
        """Read the tables beside the settings; give their problems, and the people."""
        session, problems = self._session, list[Problem]()
        tables = session.tables
        staff_path, people_path = tables.beside("staff"), tables.beside("people")
        staff = None
        if staff_path is not None:
            self.files += 1
            of_staff = tables.read_staff(staff_path)
            problems += of_staff.problems
            staff = list(of_staff.records)
        if people_path is None:
            return problems, session.known[1]
        self.files += 1
        reading = tables.read_people(people_path, staff)
        problems += reading.problems
        changes = compare(reading, zone=str(session.zone))
        problems += lacking(changes, session.library.needs(), people_path.as_posix())
        return problems, session.known[1] or list(changes.everybody)

    def _playbook(
        self,
        shelf: Shelf,
        rules: tuple[Rule, ...],
        people: Sequence[PersonRecord],
        staff: Sequence[StaffRecord],
    ) -> Iterator[Problem]:
        """Check one playbook, its texts, and its texts for everybody it is for."""
        library = self._session.library
        try:
            bundle = library.bundle(shelf)
        except Mistakes as mistakes:
            yield from mistakes.problems
            return
        self.files += sum(path.endswith((".md", ".yaml")) for path in bundle.files)
        compiled = library.compile(bundle)
        yield from compiled.problems
        plan = compiled.plan
        if plan is None:
            return
        yield from performed_later(plan, bundle)
        settings = self._session.settings if self._session.has_workspace else None
        known = known_words(plan, library.workspace)
        mails, problems = check_mails(
            bundle,
            known,
            layouts=layouts_of(settings.root) if settings else None,
            rules=rules,
            strict=settings is not None and settings.pressure == "error",
            language=settings.company.language if settings else "ja",
        )
        yield from problems
        yield from outside_meetings(plan, bundle, mails, known)
        yield from check_inline(plan, bundle, known)
        if settings is not None:
            yield from self._people(plan, mails, people, staff)
            yield from self._files(plan, bundle, people, staff)

    def _people(
        self,
        plan: Plan,
        mails: dict[str, CompiledMail],
        people: Sequence[PersonRecord],
        staff: Sequence[StaffRecord],
    ) -> Iterator[Problem]:
        """Find the words that somebody's mail would lack; the first few people of each."""
        session = self._session
        settings = session.settings
        steps = {str(step.id) for step in plan.steps}
        to_come = {
            *session.library.workspace.facts,
            *session.library.facts,
            *steps,
            SURVEY,
            MEETING,
        }
        office = office_of(settings)
        zone = ZoneInfo(plan.calendar.timezone)
        seen: dict[tuple[object, ...], int] = {}
        for subject in subjects_of(people, staff):
            person, facts = subject.person, subject.facts
            self._looked_at += 1
            if self._looked_at % _OFTEN == 0:
                self._seen(self._looked_at)
            if not belongs(plan, person, facts, session.now):
                continue
            wanted = {
                (template_path(mails, template, person.locale, office.language), sender)
                for template, sender in _letters(plan, office.alerts_from)
                if any(path.startswith(f"mails/{template}.") for path in mails)
            }
            for path, sender in sorted(wanted):
                address = office.address(sender)
                words = {"name": address.name, "address": address.address}
                for problem in check_person(
                    mails[path],
                    person,
                    facts,
                    plan.playbook,
                    setting=Setting(office.company, words, zone),
                    now=session.now,
                    to_come=to_come,
                ):
                    place = (problem.path, problem.line, problem.column, problem.code)
                    seen[place] = seen.get(place, 0) + 1
                    if seen[place] <= _MOST_OF_ONE_WORD:
                        yield problem

    def _files(
        self,
        plan: Plan,
        bundle: Bundle,
        people: Sequence[PersonRecord],
        staff: Sequence[StaffRecord],
    ) -> Iterator[Problem]:
        """Find who lacks a file of their own that a mail attaches."""
        wanted = _own_files(plan)
        if not wanted:
            return
        path = bundle.shown(PLAYBOOK_FILE)
        for subject in subjects_of(people, staff):
            person = subject.person
            if not belongs(plan, person, subject.facts, self._session.now):
                continue
            for line, written in wanted:
                file = file_for(written, person.id)
                if file not in bundle.files:
                    label = f"{person.name} ({person.id})"
                    values = (("found", file), ("person", label))
                    yield Problem(path, line, 0, "attach.missing_person", values)


def _own_files(plan: Plan) -> list[tuple[int, str]]:
    """Name the files that differ from person to person, with the line of their step."""
    return [
        (step.line, written)
        for step in plan.steps
        for one in (step.action, *(one for rung in step.ladder for one in rung.actions))
        if isinstance(one, Mail)
        for written in one.attach
        if "person.id" in written
    ]


def _letters(plan: Plan, otherwise: str) -> set[tuple[str, str]]:
    """Name every text that some step or rung sends to the person, with the mailbox it is from."""
    sent = (one for one in plan.actions() if isinstance(one, Mail | Survey) and one.template)
    mails = [as_mail(one, otherwise) for one in sent]
    mails += (one.mail for one in plan.actions() if isinstance(one, Meeting) and one.mail)
    return {(mail.template, mail.sender) for mail in mails}


def refuse_what_is_wrong(
    session: Session,
    shelf: Shelf,
    people: Sequence[PersonRecord] = (),
    staff: Sequence[StaffRecord] = (),
) -> Plan:
    """Give a playbook's plan, if it and its texts hold no mistake, nor lack a word for *people*."""
    plan = session.library.plan(shelf)
    checker = _Checker(session)
    problems = [
        problem for problem in checker.of_playbook(shelf, people, staff) if not problem.warning
    ]
    if problems:
        raise Mistakes(problems)
    if not plan.steps:
        raise Wrong("playbook.empty", name=shelf.name)
    return plan
