"""Tables of people and staff → records: all of them, or every mistake with its row and column.

    staff = read_staff(Path("staff.csv")).standing()
    people = read_people(Path("people.csv"), zone="Asia/Tokyo", staff=staff).standing()

Names of members of staff are resolved to ids. `columns` says what the table has; what it does not
have says nothing about anybody (`worker.people.changes` puts it beside what is known).
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from worker.people.cells import text_of
from worker.people.columns import Headed, people_columns, staff_columns
from worker.people.fields import Fields
from worker.people.notes import Notes
from worker.people.person import PersonRows
from worker.people.records import PersonRecord, StaffRecord
from worker.people.roster import Roster
from worker.people.sheets import Sheet, letters, open_sheet
from worker.people.staff import StaffRows
from worker.problems import Mistakes, Problem

Progress = Callable[[int, int], None]  # rows read, rows there are about (0: not known)
Record = TypeVar("Record")
Given_co = TypeVar("Given_co", covariant=True)

_PROGRESS_EVERY = 500


@dataclass(frozen=True, slots=True)
class Reading(Generic[Record]):
    """A table that was read: its records, or none if there is a mistake; warnings with either."""

    shown: str
    records: tuple[Record, ...]
    columns: frozenset[str]  # fields, `facts.NAME` and `attributes.NAME` that the table has
    problems: tuple[Problem, ...] = ()

    def standing(self) -> tuple[Record, ...]:
        """Give the records.

        Raises:
            Mistakes: The table has mistakes, and these are they.
        """
        if any(not problem.warning for problem in self.problems):
            raise Mistakes(self.problems)
        return self.records


class _Rows(Protocol[Given_co]):
    """What makes a record of the row that is turned to."""

    def record(self) -> Given_co: ...


def read_people(
    path: Path,
    *,
    zone: str,
    staff: Iterable[StaffRecord] | None = None,
    facts: Iterable[str] = (),
    shown: str = "",
    progress: Progress | None = None,
) -> Reading[PersonRecord]:
    """Read a table of people, CSV or .xlsx.

    Args:
        path: Of the table.
        zone: The company's; a date without time begins there at 00:00.
        staff: Whom mentors and managers are looked up among; None leaves the names unresolved.
        facts: Names of dated facts that playbooks use, so that a column `visa` is read as one.
        shown: What problems call the file; its name by default.
        progress: Told now and then how many rows have been read, and of about how many.
    """
    roster = None if staff is None else Roster(staff)

    def rows(headed: Headed, fields: Fields) -> PersonRows:
        return PersonRows(headed.columns, fields, zone, roster)

    return _read(path, shown, lambda sheet: people_columns(sheet, frozenset(facts)), rows, progress)


def read_staff(
    path: Path, *, shown: str = "", progress: Progress | None = None
) -> Reading[StaffRecord]:
    """Read a table of staff, CSV or .xlsx."""

    def rows(_: Headed, fields: Fields) -> StaffRows:
        return StaffRows(fields)

    return _read(path, shown, staff_columns, rows, progress)


def _read(
    path: Path,
    shown: str,
    understand: Callable[[Sheet], Headed],
    rows_of: Callable[[Headed, Fields], _Rows[Record]],
    progress: Progress | None,
) -> Reading[Record]:
    name = shown or path.name
    try:
        sheet = open_sheet(path, name)
        headed = understand(sheet)
        notes = Notes(name)
        records = _records(sheet, headed, notes, rows_of, progress) if headed.columns else []
    except Mistakes as mistakes:
        return Reading(name, (), frozenset(), mistakes.problems)
    if not records and not headed.problems and not notes.mistakes:
        notes.report("people.no_rows", headed.row)
    columns = frozenset(
        column.name if column.what == "field" else f"{column.what}s.{column.name}"
        for column in headed.columns
    )
    problems = tuple(sorted((*headed.problems, *notes.problems)))
    wrong = any(not problem.warning for problem in problems)
    return Reading(name, () if wrong else tuple(records), columns, problems)


def _records(
    sheet: Sheet,
    headed: Headed,
    notes: Notes,
    rows_of: Callable[[Headed, Fields], _Rows[Record]],
    progress: Progress | None,
) -> list[Record]:
    """Read every row; of a table with mistakes no record is kept, and all rows are looked at."""
    fields = Fields(headed.columns, notes)
    rows = rows_of(headed, fields)
    records: list[Record] = []
    told: set[int] = set()
    done = 0
    for number, cells in headed.rows:
        if not any(cells) or not any(map(text_of, cells)):
            continue
        if len(cells) > headed.width or headed.unheaded:
            _look_beside(number, cells, headed, told, notes)
        fields.turn_to(number, cells)
        record = rows.record()
        if notes.mistakes:
            records.clear()
        else:
            records.append(record)
        done += 1
        if progress is not None and done % _PROGRESS_EVERY == 0:
            progress(done, max(done, sheet.about))
    if progress is not None:
        progress(done, done)
    return records


def _look_beside(
    number: int, cells: list[object], headed: Headed, told: set[int], notes: Notes
) -> None:
    """Report data in a column without a heading, once for each column."""
    for index in (*headed.unheaded, *range(headed.width, len(cells))):
        if index not in told and index < len(cells) and text_of(cells[index]):
            told.add(index)
            cell = f"{letters(index + 1)}{number}"
            notes.report("people.no_heading", number, None, {"cell": cell})
