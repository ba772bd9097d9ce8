"""One row of a table of staff → one record."""

from worker.domain.facts import StaffId, Value
from worker.people.cells import parts_of, value_of
from worker.people.fields import NO_ATTRIBUTES, Fields
from worker.people.headings import folded
from worker.people.records import StaffRecord
from worker.people.words import CALENDAR, role_of
from worker.playbook.slips import Slip
from worker.playbook.timewords import read_hours
from worker.problems import nearest

_CALENDARS = ("google", "microsoft", "mail")
_MOST_A_DAY, _MOST_A_WEEK = 50, 250


class StaffRows:
    """Makes a record of the row that *fields* is turned to."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def record(self) -> StaffRecord:
        """Give the record; what is wrong in the row has been noted."""
        fields = self._fields
        name = fields.name()
        id_ = fields.id()
        if not id_ and name:
            fields.notes.report("people.no_id", fields.row, fields.column("id"))
        own: dict[str, Value] = {
            "kana": fields.kana(),
            "calendar": self._calendar(),
            "hours": self._hours(),
            "per_day": self._number("per_day", _MOST_A_DAY),
            "per_week": self._number("per_week", _MOST_A_WEEK),
            "slack": fields.text("slack"),
        }
        given = {key: value for key, value in own.items() if value not in ("", None)}
        return StaffRecord(
            id=StaffId(id_),
            name=name,
            email=fields.email(),
            role=tuple(dict.fromkeys(map(role_of, parts_of(fields.text("role"))))),
            department=fields.same("department"),
            attributes={**fields.attributes(), **given} or NO_ATTRIBUTES,
            row=fields.row,
        )

    def _calendar(self) -> str:
        """Give whose calendar it is: a provider's, or the address of one that can be read."""
        text = self._fields.text("calendar")
        known = CALENDAR.get(folded(text), "")
        if text and not known and not text.startswith(("https://", "http://", "webcal://")):
            self._report("calendar", "people.choice", text, nearest(text, _CALENDARS))
        return known or text

    def _hours(self) -> str:
        """Give working hours as `09:30-18:30`."""
        text = self._fields.text("hours")
        if not text:
            return ""
        try:
            first, last = read_hours(text)
        except Slip as slip:
            self._report("hours", "people.hours", text, slip.nearest)
            return ""
        return f"{first:%H:%M}-{last:%H:%M}"

    def _number(self, name: str, most: int) -> int | None:
        text = self._fields.text(name)
        value = value_of(text)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= most:
            self._report(name, "people.number", text, most=str(most))
            return None
        return value

    def _report(self, name: str, code: str, found: str, near: str = "", **more: str) -> None:
        self._fields.notes.report(
            code,
            self._fields.row,
            self._fields.column(name),
            {"found": found[:60], **more},
            expected=_CALENDARS if name == "calendar" else (),
            nearest=near,
        )
