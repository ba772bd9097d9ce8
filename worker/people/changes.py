"""What a table of people would change: who is new, whose record changes and how, who is missing.

People are matched by id, then by address, so that importing a table twice changes nothing. An
empty cell and a column that is not there say nothing; a cell of `-` empties the field. A dated
fact is never withdrawn by a table; another date corrects it.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from worker.domain.facts import PersonId, Value
from worker.people.addresses import address_key
from worker.people.dates import written
from worker.people.reading import Reading
from worker.people.records import PersonRecord
from worker.problems import Problem

_FIELDS = (
    "name", "kana", "email", "locale", "kind", "department", "mentor", "manager", "pace",
    "timezone", "tags",
)  # fmt: skip
_PARTS = {"name": ("family_name",), "kana": ("family_kana",)}  # columns that make up a field
_OURS = re.compile(r"p([1-9][0-9]{0,9})")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One thing that a record says otherwise than before, as text."""

    field: str  # a field, `facts.NAME` or `attributes.NAME`
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Changed:
    """One person whose record changes."""

    before: PersonRecord
    after: PersonRecord
    fields: tuple[FieldChange, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """What a table would change. `records` is what the journal is to be given."""

    new: tuple[PersonRecord, ...] = ()
    changed: tuple[Changed, ...] = ()
    unchanged: int = 0
    missing: tuple[PersonId, ...] = ()  # known, and not in the table; they stay as they are
    problems: tuple[Problem, ...] = ()
    _same: tuple[PersonRecord, ...] = field(default=(), repr=False)

    @property
    def records(self) -> tuple[PersonRecord, ...]:
        """Give everybody who is new or changed, as they will be."""
        return (*self.new, *(changed.after for changed in self.changed))

    @property
    def before(self) -> Mapping[PersonId, PersonRecord]:
        """Give how those who change were known."""
        return {changed.before.id: changed.before for changed in self.changed}

    @property
    def everybody(self) -> tuple[PersonRecord, ...]:
        """Give everybody the table names, as they will be."""
        return (*self.records, *self._same)


@dataclass(frozen=True, slots=True)
class Need:
    """Dated facts that a playbook needs of those it is for."""

    playbook: str
    facts: Sequence[str]
    applies: Callable[[PersonRecord], bool]


def compare(
    reading: Reading[PersonRecord], known: Iterable[PersonRecord] = (), *, zone: str
) -> Changes:
    """Put a table beside who is known. *known* is walked through once.

    Somebody new without an id is given the next free `p1`, `p2`, …
    """
    return _Comparison(reading, zone).of(known)


def lacking(changes: Changes, needs: Iterable[Need], shown: str) -> tuple[Problem, ...]:
    """Say, by row, whose dated facts a playbook needs and nobody has given so far."""
    return tuple(
        Problem(
            shown,
            record.row,
            0,
            "people.fact_needed",
            (("row", str(record.row)), ("fact", fact), ("playbook", need.playbook)),
            warning=True,
        )
        for need in needs
        for record in changes.everybody
        if any(fact not in record.facts for fact in need.facts) and need.applies(record)
        for fact in need.facts
        if fact not in record.facts
    )


class _Comparison:
    """One table beside the journal."""

    def __init__(self, reading: Reading[PersonRecord], zone: str) -> None:
        self._shown = reading.shown
        self._records = reading.records
        self._columns = reading.columns
        self._zone = zone
        self._by_id = {record.id: record for record in self._records if record.id}
        self._by_address = {
            address_key(record.email): record for record in self._records if record.email
        }
        self._matched: dict[int, PersonRecord] = {}  # the table's row → who is known
        self._missing: list[PersonId] = []
        self._problems: list[Problem] = []
        self._greatest = max((_number(id_) for id_ in self._by_id), default=0)

    def of(self, known: Iterable[PersonRecord]) -> Changes:
        """Match everybody who is known, then say what that leaves."""
        doubtful: list[tuple[PersonRecord, PersonRecord]] = []
        for person in known:
            self._greatest = max(self._greatest, _number(person.id))
            if (same := self._by_id.get(person.id)) is not None:
                self._matched[same.row] = person
                continue
            found = self._by_address.get(address_key(person.email)) if person.email else None
            if found is None:
                self._missing.append(person.id)
            elif not found.id:
                self._matched[found.row] = person
            else:
                doubtful.append((person, found))
        for person, found in doubtful:
            self._settle(person, found)
        return self._changes()

    def _settle(self, person: PersonRecord, found: PersonRecord) -> None:
        """The address is known under another id: of the same person, or taken by somebody else."""
        taken = found.row in self._matched
        code = "people.address_taken" if taken else "people.other_id"
        values = (("row", str(found.row)), ("known", str(person.id)))
        self._problems.append(Problem(self._shown, found.row, 0, code, values, warning=not taken))
        if taken:
            self._missing.append(person.id)
        else:
            self._matched[found.row] = person

    def _changes(self) -> Changes:
        new: list[PersonRecord] = []
        changed: list[Changed] = []
        same: list[PersonRecord] = []
        for record in self._records:
            known = self._matched.get(record.row)
            if known is None:
                new.append(record if record.id else replace(record, id=self._next_id()))
                continue
            after = self._merged(record, known)
            if fields := tuple(self._differences(known, after)):
                changed.append(Changed(known, after, fields))
            else:
                same.append(replace(known, row=record.row))
        return Changes(
            tuple(new),
            tuple(changed),
            len(same),
            tuple(self._missing),
            tuple(sorted(self._problems)),
            tuple(same),
        )

    def _next_id(self) -> PersonId:
        self._greatest += 1
        return PersonId(f"p{self._greatest}")

    def _merged(self, record: PersonRecord, known: PersonRecord) -> PersonRecord:
        """Give who is known, with what the table says put in."""
        said = {name: getattr(record, name) for name in _FIELDS if self._says(record, name)}
        attributes = {
            name: value
            for name, value in {**known.attributes, **record.attributes}.items()
            if f"attributes.{name}" not in record.cleared
        }
        for name, value in known.attributes.items():
            if name in attributes and str(attributes[name]) == str(value):
                attributes[name] = value  # a table cannot tell 2027 from the text "2027"
        return replace(
            known,
            **said,
            facts={**known.facts, **record.facts},
            attributes=attributes,
            row=record.row,
        )

    def _says(self, record: PersonRecord, name: str) -> bool:
        if name in record.cleared:
            return True
        columns = (name, *_PARTS.get(name, ()))
        if name in record.unsaid or not any(column in self._columns for column in columns):
            return False
        return bool(getattr(record, name))

    def _differences(self, before: PersonRecord, after: PersonRecord) -> Iterable[FieldChange]:
        if before == after:
            return
        for name in _FIELDS:
            old, new = getattr(before, name), getattr(after, name)
            if old != new:
                yield FieldChange(name, _shown(old), _shown(new))
        for name in sorted({*before.facts, *after.facts}):
            yield from self._difference(f"facts.{name}", before.facts, after.facts, name)
        for name in sorted({*before.attributes, *after.attributes}):
            yield from self._difference(
                f"attributes.{name}", before.attributes, after.attributes, name
            )

    def _difference(
        self,
        label: str,
        before: Mapping[str, Value | datetime],
        after: Mapping[str, Value | datetime],
        name: str,
    ) -> Iterable[FieldChange]:
        old, new = before.get(name), after.get(name)
        if old != new:
            yield FieldChange(label, self._text(old), self._text(new))

    def _text(self, value: Value | datetime) -> str:
        return written(value, self._zone) if isinstance(value, datetime) else _shown(value)


def _shown(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case tuple():
            return ", ".join(value)
        case frozenset():
            return ", ".join(sorted(value))
        case _:
            return str(value)


def _number(id_: str) -> int:
    found = _OURS.fullmatch(id_)
    return int(found[1]) if found else 0
