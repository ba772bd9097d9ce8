"""One call of the command: what was typed, where the workspace lies, what opens only when asked.

Verbs take everything they touch from here, so that each opens no more than it needs: `schema`
needs no workspace, `check` no database, `status` no playbooks.
"""

from argparse import Namespace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from worker.cli.mistakes import Wrong
from worker.cli.output import Output
from worker.cli.phrases import Phrases
from worker.domain.errors import StoreError
from worker.domain.facts import PersonId
from worker.ports import Clock, Stopwatch
from worker.problems import nearest
from worker.settings.load import Loaded, find_workspace, load_settings
from worker.settings.model import Settings
from worker.wiring.clock import SystemClock, SystemStopwatch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from worker.cli.library import Library
    from worker.cli.tables import Tables
    from worker.engine.journal.journal import Journal
    from worker.people.records import PersonRecord, StaffRecord


_MANY = 200  # people: more of them are read in one go


class Session:
    """What a verb works with. Opened at most once each, and only when asked for."""

    def __init__(self, arguments: Namespace, language: str, clock: Clock | None = None) -> None:
        self.arguments = arguments
        self.clock: Clock = clock if clock is not None else SystemClock()
        # a clock that is turned by hand has nothing to be compared with
        self.stopwatch: Stopwatch | None = None if clock is not None else SystemStopwatch()
        self.now = self.clock.now()
        self._language = language
        self._named = Path(arguments.workspace) if arguments.workspace else None

    @cached_property
    def out(self) -> Output:
        """Where to write, in the language asked for, the terminal's, or the workspace's."""
        zone, language = None, self._language
        loaded = self._loaded_if_there
        if loaded is not None and loaded.settings is not None:
            zone = ZoneInfo(loaded.settings.company.timezone)
            language = language or loaded.settings.company.language
        return Output(Phrases(language or "en", zone))

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone: where days begin and end."""
        return ZoneInfo(self.settings.company.timezone)

    @cached_property
    def settings_path(self) -> Path:
        """Where `tsunagu.yaml` lies."""
        return find_workspace(Path.cwd(), self._named)

    @cached_property
    def loaded(self) -> Loaded:
        """The settings with their problems; a secret that is missing is a warning here."""
        return load_settings(self.settings_path, needs_secrets=False)

    @property
    def settings(self) -> Settings:
        """The settings; raises with every mistake in them."""
        return self.loaded.standing()

    @cached_property
    def whole_settings(self) -> Settings:
        """The settings for verbs that send: a secret that is missing is a mistake."""
        return load_settings(self.settings_path).standing()

    @property
    def has_workspace(self) -> bool:
        """Say whether there is a workspace here."""
        return self._loaded_if_there is not None

    @cached_property
    def journal(self) -> "Journal":
        """The journal of this workspace, brought up to this release."""
        from worker.engine.journal.journal import open_journal  # noqa: PLC0415 - heavy; not every verb

        return open_journal(self.settings.store.url.reveal())

    def close(self) -> None:
        """Give the journal back, if it was opened."""
        if "journal" in self.__dict__:
            self.journal.close()

    @cached_property
    def _loaded_if_there(self) -> Loaded | None:
        """Give the settings if there is a workspace; a verb that needs it says what is wrong."""
        try:
            path = find_workspace(Path.cwd(), self._named)
        except Exception:  # noqa: BLE001 - only the language and the zone hang on it
            return None
        self.settings_path = path
        return self.loaded

    @cached_property
    def library(self) -> "Library":
        """The playbooks of this workspace."""
        from worker.cli.library import Library  # noqa: PLC0415 - compiles; not every verb needs it

        return Library(self)

    @cached_property
    def tables(self) -> "Tables":
        """The tables of people and staff beside the settings."""
        from worker.cli.tables import Tables  # noqa: PLC0415 - not every verb reads tables

        return Tables(self)

    @property
    def has_store(self) -> bool:
        """Say whether a journal is there; one in a file is not made by looking."""
        path = self.settings.store.path
        return path is None or path.exists()

    @cached_property
    def store_trouble(self) -> str:
        """Say why the journal that is there cannot be used; empty where it can.

        Below stands what to type, if that is known.
        """
        if not self.has_store:
            return ""
        try:
            self.journal.overview.next_wake(self.now)
        except StoreError as error:
            return str(error)
        return ""

    @property
    def can_read_store(self) -> bool:
        """Say whether there is a journal that can be read."""
        return self.has_store and not self.store_trouble

    @cached_property
    def known(self) -> "tuple[list[StaffRecord], list[PersonRecord]]":
        """Give the staff and the people: those imported, else those of the tables beside.

        Nobody is known outside a workspace.
        """
        if not self.has_workspace:
            return [], []
        if self.has_store:
            staff, people = self.journal.staff.all(), self.journal.people.all()
            if people:
                return staff, people
        return self.tables.staff(), self.tables.people()

    def instant(self, text: str, person: "PersonRecord | None" = None) -> datetime:
        """Read a date or an instant as typed, in the person's zone, else the company's."""
        from worker.people.dates import instant, read_date  # noqa: PLC0415 - not every verb

        read = read_date(text)
        if read is None:
            raise Wrong("when.unreadable", text=text)
        zone = person.timezone if person is not None and person.timezone else str(self.zone)
        return instant(read, zone)

    def playbook_name(self, word: str) -> str:
        """Give the name of a playbook that is in the folder, or that somebody is in."""
        known = {str(version.playbook) for version in self.journal.versions.all()}
        if word in known:
            return word
        shelf = self.library.find(word)  # a folder: people are enrolled in what the file says
        plan = self.library.compiled(shelf).plan
        return shelf.name if plan is None else str(plan.playbook)

    def names(self, people: "Iterable[str]") -> dict[str, str]:
        """Give the names of people by id, as lists show them."""
        from worker.cli.show import person_label  # noqa: PLC0415 - it needs the journal's words

        wanted = set(people)
        if len(wanted) > _MANY:
            records = self.journal.people.all()
        else:
            found = (self.journal.people.get(PersonId(id_)) for id_ in wanted)
            records = [record for record in found if record is not None]
        known = {str(record.id): person_label(record) for record in records}
        return {id_: known.get(id_, id_) for id_ in wanted}

    def person(self, word: str) -> "PersonRecord":
        """Find somebody by id or address, or say who was probably meant."""
        found = self.journal.people.find(word)
        if found is not None:
            return found
        ids = [str(id_) for id_ in self.journal.people.ids()]
        if not ids:
            raise Wrong("nobody")
        raise Wrong("person.unknown", _who_was_meant(word, ids), name=word)


def _who_was_meant(word: str, ids: list[str]) -> Wrong:
    """Name the id that is nearest to *word*, else where to look."""
    meant = nearest(word, ids)
    return Wrong("person.meant", names=meant) if meant else Wrong("person.look")
