"""The playbooks of a workspace: found by what was typed, read and compiled once each."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from worker.cli.mistakes import Wrong
from worker.domain.errors import TsunaguError
from worker.domain.facts import Digest, Fact, Facts
from worker.domain.plan import Plan
from worker.domain.sight import belongs
from worker.engine.render import Editions
from worker.people.changes import Need
from worker.playbook.bundle import PLAYBOOK_FILE, Bundle, read_bundle
from worker.playbook.compile import Compiled, compile_playbook
from worker.playbook.workspace import STANDARD_ROLES, Workspace
from worker.problems import nearest
from worker.wiring.workspace import layouts_of, playbook_folders, workspace_of

if TYPE_CHECKING:
    from worker.cli.tables import Tables
    from worker.engine.journal.journal import Journal
    from worker.people.records import PersonRecord, StaffRecord
    from worker.settings.model import Settings


# What stands behind these words is counted from, needed, or an end.
_SPEAKS_OF_FACTS = re.compile(
    r"^[\s-]*(?:when|every|needs|facts|stop_on|no_later_than):(.*(?:\n\s*- [\w-]+\s*$)*)",
    re.MULTILINE,
)
_WORD = re.compile(r"(?<![\w.-])[A-Za-z_][\w-]*(?![\w.-]*\.)(?![\w-])")
_OTHER_WORDS = frozenset(
    {
        *("minute", "minutes", "hour", "hours", "day", "days", "business", "week", "weeks"),
        *("month", "months", "at", "in", "year", "of", "from", "until"),
        *("and", "or", "not", "if", "person", "now"),
    }
)


@dataclass(frozen=True, slots=True)
class Shelf:
    """One playbook's folder, and the name people type for it."""

    name: str
    folder: Path


class Workplace(Protocol):
    """What the library asks of the session it serves."""

    @property
    def now(self) -> datetime:
        """The instant of the command."""
        ...

    @property
    def has_workspace(self) -> bool:
        """Whether there is a workspace here."""
        ...

    @property
    def settings_path(self) -> Path:
        """Where `tsunagu.yaml` lies."""
        ...

    @property
    def settings(self) -> "Settings":
        """What the workspace is set to."""
        ...

    @property
    def known(self) -> "tuple[list[StaffRecord], list[PersonRecord]]":
        """The staff and the people."""
        ...

    @property
    def tables(self) -> "Tables":
        """The tables beside the settings."""
        ...

    @property
    def journal(self) -> "Journal":
        """The memory."""
        ...


class Library:
    """Playbooks by name or folder. What nobody asks for is not read."""

    def __init__(self, session: Workplace) -> None:
        self._session = session
        self._bundles: dict[Path, Bundle] = {}
        self._compiled: dict[Digest, Compiled] = {}

    @cached_property
    def shelves(self) -> list[Shelf]:
        """Every playbook of the workspace, by name."""
        if not self._session.has_workspace:
            return []
        folders = playbook_folders(self._session.settings_path.parent / "playbooks")
        return [Shelf(folder.name, folder) for folder in folders]

    def find(self, word: str) -> Shelf:
        """Find a playbook by its name, its folder, or the path of its file."""
        for shelf in self.shelves:
            if shelf.name == word:
                return shelf
        path = Path(word)
        if path.is_file() and path.name == PLAYBOOK_FILE:
            path = path.parent
        if (path / PLAYBOOK_FILE).is_file():
            return Shelf(path.resolve().name, path)
        known = [shelf.name for shelf in self.shelves]
        if not known:
            raise Wrong("playbook.none", folder=self._session.settings.playbooks)
        meant = nearest(word, known)
        more = (Wrong("playbook.meant", name=meant),) if meant else ()
        raise Wrong("playbook.unknown", *more, name=word, known=", ".join(known))

    def bundle(self, shelf: Shelf) -> Bundle:
        """Read a playbook's files."""
        bundle = self._bundles.get(shelf.folder)
        if bundle is None:
            bundle = self._bundles[shelf.folder] = read_bundle(shelf.folder, _shown(shelf.folder))
        return bundle

    def compiled(self, shelf: Shelf) -> Compiled:
        """Compile a playbook: its plan or its mistakes."""
        return self.compile(self.bundle(shelf))

    def compile(self, bundle: Bundle) -> Compiled:
        """Compile a version of a playbook, once."""
        compiled = self._compiled.get(bundle.digest)
        if compiled is None:
            compiled = compile_playbook(bundle, self.workspace)
            self._compiled[bundle.digest] = compiled
        return compiled

    def plan(self, shelf: Shelf) -> Plan:
        """Give a playbook's plan, or raise with its mistakes."""
        return self.compiled(shelf).standing()

    def sound(self) -> Iterator[tuple[Shelf, Plan]]:
        """Give every playbook of the workspace that can be compiled, with its plan."""
        for shelf in self.shelves:
            try:
                plan = self.compiled(shelf).plan
            except TsunaguError:
                continue  # `check` says what is wrong with it; the others go on
            if plan is not None:
                yield shelf, plan

    def version(self, digest: Digest) -> Bundle:
        """Give the files of a version: one in the folder, else one of the journal."""
        for bundle in self._bundles.values():
            if bundle.digest == digest:
                return bundle
        return self._session.journal.versions.bundle(digest)

    @cached_property
    def editions(self) -> Editions:
        """The versions in use, ready to be decided on and rendered."""
        settings = self._session.settings
        return Editions(
            self.version,
            replace(self.workspace, attributes=None),
            layouts=layouts_of(settings.root),
            language=settings.company.language,
        )

    @cached_property
    def facts(self) -> frozenset[str]:
        """Name every fact of a person that some playbook counts from, needs or stops on.

        Found by their place in the text: a table is read before any playbook is compiled, and
        asks only whether a column `visa` is a date that matters.
        """
        texts = (self.bundle(shelf).files.get(PLAYBOOK_FILE, b"") for shelf in self.shelves)
        return (
            frozenset(
                word
                for text in texts
                for line in _SPEAKS_OF_FACTS.findall(text.decode("utf-8-sig", "replace"))
                for word in _WORD.findall(line)
            )
            - _OTHER_WORDS
        )

    def needs(self) -> list[Need]:
        """Give what each playbook needs to know of those it would take in."""
        return [
            Need(shelf.name, plan.needs, _applies(plan, self._session.now))
            for shelf, plan in self.sound()
            if plan.needs
        ]

    @cached_property
    def workspace(self) -> Workspace:
        """What the playbooks may name."""
        if not self._session.has_workspace:
            return _ANY_WORKSPACE
        staff, people = self._session.known
        named = workspace_of(self._session.settings, staff=staff, people=people or None)
        if named.attributes is None:
            return named
        return replace(named, attributes=named.attributes | self._columns())

    def _columns(self) -> frozenset[str]:
        """Name the attributes that a table has a column for, though nobody has a value so far.

        A playbook's own `people.csv` says what it expects of a table.
        """
        paths = [self._session.tables.beside("people")]
        paths += [shelf.folder / "people.csv" for shelf in self.shelves]
        columns = {
            column
            for path in paths
            if path is not None and path.is_file()
            for column in self._session.tables.attributes_of(path)
        }
        return frozenset(columns)


def _applies(plan: Plan, now: datetime) -> "Callable[[PersonRecord], bool]":
    """Say of a record whether the playbook would take the person in."""

    def applies(record: "PersonRecord") -> bool:
        facts = Facts(Fact(name, at) for name, at in record.facts.items())
        return bool(belongs(plan, record.as_person(), facts, now))

    return applies


# Playbooks that lie outside any workspace may name what every workspace has.
_ANY_WORKSPACE = Workspace(
    mailboxes=frozenset({"hr", "president"}), roles=STANDARD_ROLES | {"young_members"}
)


def _shown(folder: Path) -> str:
    """Give a folder as one would type it from here."""
    try:
        return folder.resolve().relative_to(Path.cwd()).as_posix()
    except ValueError:
        return folder.as_posix()
