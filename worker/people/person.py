"""One row of a table of people → one record."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from worker.domain.facts import PersonId, StaffId, Value
from worker.domain.unavailable import EXAMPLE, UNAVAILABLE, Unread, read_unavailable
from worker.people.cells import date_of, is_error, parts_of, text_of
from worker.people.columns import Column
from worker.people.dates import instant
from worker.people.fields import Fields
from worker.people.records import PersonRecord
from worker.people.roster import Roster
from worker.people.words import KIND, LOCALE, PACE
from worker.playbook.zones import is_zone, nearest_zone

NO_FACTS: Mapping[str, datetime] = {}
_NO_TAGS: frozenset[str] = frozenset()
_EARLIEST, _LATEST = 1990, 2100  # years in which a fact about an offer can lie


class PersonRows:
    """Makes a record of the row that *fields* is turned to."""

    def __init__(
        self, columns: Sequence[Column], fields: Fields, zone: str, roster: Roster | None
    ) -> None:
        self._fields = fields
        self._facts = [column for column in columns if column.what == "fact"]
        self._zone = zone
        self._roster = roster

    def record(self) -> PersonRecord:
        """Give the record; what is wrong in the row has been noted."""
        fields = self._fields
        return PersonRecord(
            id=PersonId(fields.id()),
            name=fields.name(),
            email=fields.email(),
            kana=fields.kana(),
            locale=fields.choice("locale", LOCALE, "ja"),
            kind=fields.choice("kind", KIND, "offer_holder"),
            department=fields.same("department"),
            mentor=self._staff("mentor"),
            manager=self._staff("manager"),
            pace=fields.choice("pace", PACE, "standard"),
            timezone=self._timezone(),
            tags=self._tags(),
            facts=self._dated(),
            attributes=self._attributes(),
            row=fields.row,
            cleared=fields.cleared(),
            unsaid=fields.unsaid(),
        )

    def _attributes(self) -> Mapping[str, Value]:
        """Give the attributes; when somebody cannot come must be readable for whoever plans."""
        found = self._fields.attributes()
        if (said := found.get(UNAVAILABLE)) is not None:
            told = read_unavailable(str(said))
            if isinstance(told, Unread):
                column = self._fields.attribute(UNAVAILABLE)
                values = {"found": told.part, "example": EXAMPLE}
                self._fields.notes.report("people.unavailable", self._fields.row, column, values)
        return found

    def _tags(self) -> frozenset[str]:
        text = self._fields.same("tags")
        return frozenset(parts_of(text)) if text else _NO_TAGS

    def _timezone(self) -> str:
        text = self._fields.same("timezone")
        if text and not is_zone(text):
            self._report("timezone", "people.zone", text, nearest=nearest_zone(text))
        return text

    def _staff(self, role: str) -> tuple[StaffId, ...]:
        """Resolve the members of staff that a cell names."""
        text = self._fields.same(role)
        if not text:
            return ()
        found: list[StaffId] = []
        for part in parts_of(text):
            if self._roster is None:
                found.append(StaffId(part))
                continue
            meant = self._roster.find(part)
            if meant.id is not None:
                found.append(meant.id)
            elif meant.several:
                several = ", ".join(meant.several)
                self._report(role, "people.staff_several", part, several=several)
            elif not self._roster:
                self._report(role, "people.staff_none", part)
            else:
                self._report(role, "people.staff", part, nearest=meant.nearest)
        return tuple(dict.fromkeys(found))

    def _dated(self) -> Mapping[str, datetime]:
        """Give the dated facts of the row; an empty cell is no fact."""
        facts: dict[str, datetime] = {}
        for column in self._facts:
            cell = self._fields.cell(column)
            if cell is None or cell == "":
                continue
            local = date_of(cell)
            if local is not None and _EARLIEST <= local.year <= _LATEST:
                facts[column.name] = instant(local, self._zone)
            elif text := text_of(cell):
                code = "people.date" if local is None else "people.date_far"
                code = "people.error" if is_error(text) else code
                self._fields.notes.report(code, self._fields.row, column, {"found": text[:40]})
        self._look_at_order(facts)
        return facts or NO_FACTS

    def _look_at_order(self, facts: Mapping[str, datetime]) -> None:
        """Warn of a first day before the offer: mostly a year that was typed wrong."""
        offer, join = facts.get("offer"), facts.get("join")
        if offer is None or join is None or offer <= join:
            return
        column = next(column for column in self._facts if column.name == "join")
        notes, row = self._fields.notes, self._fields.row
        notes.report("people.joins_before", row, column, warning=True)

    def _report(self, name: str, code: str, found: str, nearest: str = "", **more: str) -> None:
        self._fields.notes.report(
            code,
            self._fields.row,
            self._fields.column(name),
            {"found": found[:60], **more},
            nearest=nearest,
        )
