"""A table as rows of cells: CSV of any kind Excel writes, or .xlsx. What cells mean comes later.

A table is read row by row and never held as a whole. What cannot be read at all is a `Problem`.
"""

import codecs
import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TypeAlias

from worker.problems import Mistakes, Problem

Cell: TypeAlias = object  # str | int | float | bool | datetime | date | time | None
Row: TypeAlias = tuple[int, list[Cell]]  # its number, as Excel counts

XLSX = (".xlsx", ".xlsm")
_LARGEST = 500_000_000  # bytes, of a CSV or of what an .xlsx unfolds to
_CHUNK = 1 << 16
_ROWS = 200  # read at a time
_WIDEST = 1_000_000  # characters of one cell
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_FORMULA = re.compile(rb"<f[\s>/]")
_SEPARATOR = re.compile(r"sep=(.)\r?\n?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table to read once, and about how many rows it has."""

    shown: str  # the file as problems call it
    rows: Iterator[Row]
    about: int  # rows, for the progress; 0: not known


def letters(column: int) -> str:
    """Give the letters of a column as Excel shows them, from 1.

    >>> letters(1), letters(28)
    ('A', 'AB')
    """
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def open_sheet(path: Path, shown: str = "") -> Sheet:
    """Open a table of people or staff.

    Raises:
        Mistakes: It is no table that can be read; the problem says what to save it as.
    """
    name = shown or path.name
    try:
        with path.open("rb") as file:
            start = file.read(8)
            size = path.stat().st_size
    except OSError as error:
        code = "file.missing" if isinstance(error, FileNotFoundError) else "file.unreadable"
        raise _refused(name, code, why=error.strerror or type(error).__name__) from error
    if size > _LARGEST:
        raise _refused(name, "people.large", size=f"{size / 1_000_000:.0f}")
    if start.startswith(_OLD_EXCEL):
        raise _refused(name, "people.old_excel")
    if start.startswith(_ZIP):
        return _open_xlsx(path, name)
    return _open_csv(path, name)


def _open_csv(path: Path, name: str) -> Sheet:
    encoding, about = _encoding(path, name)
    return Sheet(name, _csv_rows(path, name, encoding), about)


def _csv_rows(path: Path, name: str, encoding: str) -> Iterator[Row]:
    csv.field_size_limit(_WIDEST)
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(_CHUNK)
        file.seek(0)
        said = _SEPARATOR.match(head)
        if said:
            file.readline()
        reader = csv.reader(
            _without_nul(file), delimiter=said[1] if said else _delimiter(head), strict=True
        )
        number = 1 if said else 0
        while True:
            number += 1
            try:
                row: list[Cell] = list(next(reader))
            except StopIteration:
                return
            except csv.Error:
                raise _refused(name, "people.quote", line=number) from None
            yield number, row


def _without_nul(lines: Iterable[str]) -> Iterator[str]:
    return (line.replace("\0", "") if "\0" in line else line for line in lines)


def _delimiter(head: str) -> str:
    """Give what separates the cells of the first rows: the sign they have most of, unquoted."""
    bare = re.sub(r'"(?:[^"]|"")*"', "", head)
    lines = [line for line in bare.splitlines()[:20] if line.strip()]
    counts = {sign: sum(line.count(sign) for line in lines) for sign in "\t;,"}
    return max(counts, key=lambda sign: (counts[sign], sign == ","))


def _encoding(path: Path, name: str) -> tuple[str, int]:
    """Say what a text is written in, having looked at all of it, and how many lines it has."""
    with path.open("rb") as file:
        start = file.read(4096)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16", _decodes(path, "utf-16") or 0
    if start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif start.count(b"\0") > len(start) // 8:
        little = start[1::2].count(0) > start[::2].count(0)
        candidates = ["utf-16-le" if little else "utf-16-be"]
    else:
        candidates = ["utf-8", "cp932"]
    for encoding in candidates:
        lines = _decodes(path, encoding)
        if lines is not None:
            return encoding, lines
    raise _refused(name, "people.encoding")


def _decodes(path: Path, encoding: str) -> int | None:
    """Count the lines of a text in *encoding*; None if it is not written in that."""
    decoder = codecs.getincrementaldecoder(encoding)()
    lines = 0
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK):
                lines += decoder.decode(chunk).count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return None
    return lines


def _open_xlsx(path: Path, name: str) -> Sheet:
    try:
        with zipfile.ZipFile(path) as packed:
            unfolded = sum(entry.file_size for entry in packed.infolist())
            if unfolded > _LARGEST:
                raise _refused(name, "people.large", size=f"{unfolded / 1_000_000:.0f}")
            sheets = [entry for entry in packed.namelist() if entry.startswith("xl/worksheets/")]
            if not sheets:
                raise _refused(name, "people.no_table")
            looked = [_look_into(packed, entry) for entry in sheets]
    except (zipfile.BadZipFile, RuntimeError) as error:
        raise _refused(name, "people.no_table") from error
    about = looked[0][0] if len(looked) == 1 else 0
    rows = _xlsx_rows(path, name, formulas=False)
    if any(has_formula for _, has_formula in looked):
        return Sheet(name, _with_values(name, rows, _xlsx_rows(path, name, formulas=True)), about)
    return Sheet(name, rows, about)


def _look_into(packed: zipfile.ZipFile, entry: str) -> tuple[int, bool]:
    """Count the rows of one sheet, and say whether there is a formula in it."""
    rows, has_formula, tail = 0, False, b""
    with packed.open(entry) as sheet:
        while chunk := sheet.read(_CHUNK):
            rows += (tail + chunk).count(b"</row>")
            has_formula = has_formula or _FORMULA.search(tail + chunk) is not None
            tail = chunk[-5:]  # one short of what is counted
    return rows, has_formula


def _with_values(name: str, rows: Iterator[Row], formulas: Iterator[Row]) -> Iterator[Row]:
    """Give the rows; a formula that nobody has calculated is a mistake and not an empty cell."""
    for (number, cells), (_, asked) in zip(rows, formulas, strict=True):
        for column, (value, formula) in enumerate(zip(cells, asked, strict=True), 1):
            if value is None and isinstance(formula, str) and formula.startswith("="):
                place = (("cell", f"{letters(column)}{number}"),)
                raise Mistakes((Problem(name, number, column, "people.formula", place),))
        yield number, cells


def _xlsx_rows(path: Path, name: str, *, formulas: bool) -> Iterator[Row]:
    with closing(_workbook(path, name, formulas=formulas)) as book:
        sheet = _sheet_of(book, name)
        sheet.reset_dimensions()  # some writers say A1:A1 of every sheet
        rows = sheet.iter_rows(values_only=True)
        number = 0
        while chunk := _some(rows, name):
            for row in chunk:
                number += 1
                yield number, list(row)


def _some(rows: Iterator[tuple[Cell, ...]], name: str) -> list[tuple[Cell, ...]]:
    """Give the next rows, without openpyxl's remarks on styles that are nobody's business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return list(islice(rows, _ROWS))
        except (ValueError, KeyError, TypeError, SyntaxError) as error:
            raise _refused(name, "people.no_table") from error


def _workbook(path: Path, name: str, *, formulas: bool):  # type: ignore[no-untyped-def] # noqa: ANN202 - openpyxl's own, heavy
    from openpyxl import load_workbook  # noqa: PLC0415 - heavy, and only for .xlsx
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415 - as above

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return load_workbook(
                io.BytesIO(path.read_bytes()), read_only=True, data_only=not formulas
            )
        except (
            InvalidFileException,
            KeyError,
            ValueError,
            TypeError,
            SyntaxError,
            OSError,
        ) as error:
            raise _refused(name, "people.no_table") from error


def _sheet_of(book, name: str):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as above
    """Give the first sheet that is shown."""
    for sheet in book.worksheets:
        if sheet.sheet_state == "visible":
            return sheet
    raise _refused(name, "people.no_table")


def _refused(name: str, code: str, line: int = 0, **values: str) -> Mistakes:
    return Mistakes((Problem(name, line, 0, code, tuple(values.items())),))
