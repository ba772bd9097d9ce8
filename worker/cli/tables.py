"""The tables of people and staff beside the settings, and any other that is named."""

from pathlib import Path
from typing import Protocol
from zoneinfo import ZoneInfo

from worker.cli.mistakes import Wrong
from worker.cli.output import Output
from worker.people.columns import people_columns
from worker.people.reading import Reading, read_people, read_staff
from worker.people.records import PersonRecord, StaffRecord
from worker.people.sheets import open_sheet
from worker.problems import Mistakes

_KINDS = (".csv", ".xlsx", ".xlsm")


class Shelves(Protocol):
    """What tables ask of the playbooks: which columns are dates that matter."""

    @property
    def facts(self) -> frozenset[str]:
        """The facts of a person that some playbook speaks of."""
        ...


class Workplace(Protocol):
    """What tables ask of the session they serve."""

    @property
    def settings_path(self) -> Path:
        """Where `tsunagu.yaml` lies."""
        ...

    @property
    def zone(self) -> ZoneInfo:
        """The company's zone."""
        ...

    @property
    def out(self) -> Output:
        """Where to show how far a long table is read."""
        ...

    @property
    def library(self) -> Shelves:
        """The playbooks."""
        ...


class Tables:
    """Reads tables as they stand on the disk; what is imported is the journal's."""

    def __init__(self, session: Workplace) -> None:
        self._session = session

    def path(self, name: str, given: str = "") -> Path:
        """Give the table that was named, else `people.csv` or `people.xlsx` of the workspace."""
        if given:
            path = Path(given)
            if not path.is_file():
                raise Wrong("table.none", path=given)
            return path
        found = self.beside(name)
        if found is None:
            raise Wrong("table.none_here", name=name, folder=self._session.settings_path.parent)
        return found

    def beside(self, name: str) -> Path | None:
        """Give the workspace's own table of that name, if it has one."""
        root = self._session.settings_path.parent
        paths = (root / f"{name}{kind}" for kind in _KINDS)
        return next((path for path in paths if path.is_file()), None)

    def read_people(
        self, path: Path, staff: list[StaffRecord] | None = None
    ) -> Reading[PersonRecord]:
        """Read a table of people, with a bar while somebody looks on."""
        say = self._session.out.say
        with self._session.out.progress(say("people.reading"), None) as advance:
            return read_people(
                path,
                zone=str(self._session.zone),
                staff=staff,
                facts=self._session.library.facts,
                shown=path.as_posix(),
                progress=lambda done, _about: advance(done),
            )

    def attributes_of(self, path: Path) -> set[str]:
        """Name the attributes a table of people has columns for, whether anybody has a value."""
        try:
            headed = people_columns(open_sheet(path, path.as_posix()), self._session.library.facts)
        except Mistakes:
            return set()  # reading it says what is wrong
        return {column.name for column in headed.columns if column.what == "attribute"}

    def read_staff(self, path: Path) -> Reading[StaffRecord]:
        """Read a table of staff."""
        return read_staff(path, shown=path.as_posix())

    def people(self) -> list[PersonRecord]:
        """Give the workspace's own people that can be read; nobody if there is no such table."""
        path = self.beside("people")
        return [] if path is None else list(self.read_people(path, self.staff() or None).records)

    def staff(self) -> list[StaffRecord]:
        """Give the workspace's own staff that can be read; nobody if there is no such table."""
        path = self.beside("staff")
        return [] if path is None else list(self.read_staff(path).records)
