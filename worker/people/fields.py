"""What the cells of one row say, column by column: the readers that people and staff share."""

import re
from collections.abc import Mapping, Sequence

from worker.domain.facts import Value
from worker.people.addresses import Unusable, address_key, read_address
from worker.people.cells import is_error, text_of, value_of
from worker.people.columns import Column
from worker.people.headings import folded
from worker.people.notes import Notes
from worker.people.sheets import Cell, letters
from worker.problems import nearest

# An address of plain letters at a domain that has been read before needs no second look.
_PLAIN = re.compile(r"[A-Za-z0-9_+-]{1,30}(?:\.[A-Za-z0-9_+-]{1,30}){0,1}@(?P<domain>[a-z0-9.-]+)")
_EMPTIED = frozenset("-－ー―—‐−")  # a cell that says so empties the field
_NOTHING: frozenset[str] = frozenset()
_LONGEST = 200  # characters of a name
NO_ATTRIBUTES: Mapping[str, Value] = {}
_POLITE = re.compile(r"(?:様|さん|殿|\s(?:氏|君|くん))$|^(?:Mr|Mrs|Ms|Miss)\b\.?(?=\s)")
_SPACES = {0x3000: " ", 0xA0: " "}  # 「山田　葵」 is what a Japanese keyboard writes
_JOINERS = {0x200C: None, 0x200D: None}  # unseen; Persian and Indic names are written with them
_KANJI_APART = re.compile(r"[\x20-\x7e]*")


class Fields:
    """The rows of one table, one at a time, asked for by field."""

    def __init__(self, columns: Sequence[Column], notes: Notes) -> None:
        self.notes = notes
        self.row = 0
        self._fields = {column.name: column for column in columns if column.what == "field"}
        self._attributes = [column for column in columns if column.what == "attribute"]
        self._cells: Sequence[Cell] = ()
        self._domains: set[str] = set()
        self._texts: dict[str, str] = {}
        self._by_address: dict[str, int] = {}
        self._by_id: dict[str, int] = {}
        self._cleared: set[str] = set()
        self._unsaid: set[str] = set()
        self._sets: dict[frozenset[str], frozenset[str]] = {}

    def turn_to(self, row: int, cells: Sequence[Cell]) -> None:
        """Go on to the next row."""
        self.row = row
        self._cells = cells
        self._cleared.clear()
        self._unsaid.clear()

    def cleared(self) -> frozenset[str]:
        """Give the fields that the row empties by a `-`; ask when all has been read."""
        return self._kept(self._cleared)

    def unsaid(self) -> frozenset[str]:
        """Give the fields with a default whose cells are empty; ask when all has been read."""
        return self._kept(self._unsaid)

    def _kept(self, names: set[str]) -> frozenset[str]:
        if not names:
            return _NOTHING
        frozen = frozenset(names)
        return self._sets.setdefault(frozen, frozen)

    def has(self, name: str) -> bool:
        """Say whether the table has a column for *name*."""
        return name in self._fields

    def column(self, name: str) -> Column | None:
        """Give the column of a field."""
        return self._fields.get(name)

    def attribute(self, name: str) -> Column | None:
        """Give the column of an attribute."""
        return next((column for column in self._attributes if column.name == name), None)

    def cell(self, column: Column) -> Cell:
        """Give one cell of the row as it is."""
        return self._cells[column.index] if column.index < len(self._cells) else None

    def text(self, name: str) -> str:
        """Give what a field's cell says; a value Excel could not calculate is a mistake."""
        column = self._fields.get(name)
        return self.text_in(column) if column is not None else ""

    def text_in(self, column: Column) -> str:
        """Give what a cell says as text."""
        text = text_of(self.cell(column))
        if text[:1] == "#" and is_error(text):
            self.notes.report("people.error", self.row, column, {"found": text})
            return ""
        if len(text) == 1 and text in _EMPTIED:
            self._cleared.add(column.name)
            return ""
        return text

    def same(self, name: str) -> str:
        """Give a text that many rows share, kept once."""
        text = self.text(name)
        return self._texts.setdefault(text, text)

    def name(self) -> str:
        """Give the name, from one column or from two; a row without is a mistake."""
        name = self.text("name")
        if not name and self.has("family_name"):
            family, given = self.text("family_name"), self.text("given_name")
            western = _KANJI_APART.fullmatch(family + given)
            name = " ".join(
                part for part in ((given, family) if western else (family, given)) if part
            )
        name = name.translate(_SPACES)
        if not name:
            self.notes.report("people.no_name", self.row, self.column("name"))
        elif len(name) > _LONGEST or not name.translate(_JOINERS).isprintable():
            self.notes.report("people.name", self.row, self.column("name"))
        elif polite := _POLITE.search(name):
            word = {"found": polite[0].strip()}
            column = self.column("name") or self.column("given_name")
            self.notes.report("people.polite", self.row, column, word, warning=True)
        return name

    def kana(self) -> str:
        """Give the reading of the name."""
        kana = self.text("kana")
        if not kana and self.has("family_kana"):
            return f"{self.text('family_kana')} {self.text('given_kana')}".strip()
        return kana

    def id(self) -> str:
        """Give the id; one that stands twice is a mistake."""
        id_ = self.text("id")
        if not id_:
            return ""
        if len(id_) > _LONGEST or not id_.isprintable():
            self.notes.report("people.id", self.row, self.column("id"), {"found": id_[:40]})
        self._once(self._by_id, id_, "id", id_)
        return id_

    def email(self) -> str:
        """Give the address; what is none, or stands twice, is a mistake; none at all a warning."""
        written = self.text("email")
        column = self._fields.get("email")
        if not written:
            if column is not None:
                self.notes.report("people.no_address", self.row, column, warning=True)
            return ""
        plain = _PLAIN.fullmatch(written)
        if plain is None or plain["domain"] not in self._domains:
            read = read_address(written)
            if isinstance(read, Unusable):
                values = {"found": written[:80], "detail": read.detail[:80]}
                self.notes.report(f"people.address_{read.fault.value}", self.row, column, values)
                return ""
            written = read.address
            self._domains.add(written.rpartition("@")[2])
        self._once(self._by_address, address_key(written), "email", written)
        return written

    def _once(self, seen: dict[str, int], key: str, name: str, written: str) -> None:
        first = seen.setdefault(key, self.row)
        if first != self.row:
            column = self._fields[name]
            values = {"found": written[:80], "first": f"{letters(column.index + 1)}{first}"}
            self.notes.report("people.twice", self.row, column, values)

    def choice(self, name: str, words: Mapping[str, str], otherwise: str) -> str:
        """Give one of few known words."""
        text = self.text(name)
        if not text:
            if name not in self._cleared:
                self._unsaid.add(name)
            return otherwise
        meant = words.get(text) or words.get(folded(text))
        if meant is not None:
            return meant
        known = tuple(dict.fromkeys(words.values()))
        self.notes.report(
            "people.choice",
            self.row,
            self.column(name),
            {"found": text[:40]},
            expected=known,
            nearest=nearest(text, [*known, *words]),
        )
        return otherwise

    def attributes(self) -> Mapping[str, Value]:
        """Give everything that has no meaning of its own; empty cells are left out."""
        found: dict[str, Value] = {}
        for column in self._attributes:
            cell = self.cell(column)
            if cell is None or cell == "":
                continue
            value = value_of(cell)
            if isinstance(value, str):
                if value[:1] == "#" and is_error(value):
                    self.notes.report("people.error", self.row, column, {"found": value})
                    continue
                if len(value) == 1 and value in _EMPTIED:
                    self._cleared.add(f"attributes.{column.name}")
                    continue
                if len(value) < 40:  # noqa: PLR2004 - a school or a course, which many share
                    value = self._texts.setdefault(value, value)
            if value is not None:
                found[column.name] = value
        return found or NO_ATTRIBUTES
