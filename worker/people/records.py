"""One row of a table of people or staff, read and understood. What a name means is resolved.

A record knows only what a file said: `given` names the columns there were, so that a column that
a file does not have changes nothing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from worker.domain.facts import Person, PersonId, Staff, StaffId, Value

KINDS = ("offer_holder", "declined", "rejected")
PACES = ("gentle", "standard", "active")


@dataclass(frozen=True, slots=True)
class PersonRecord:
    """One person as HR's table has them."""

    id: PersonId  # empty: the table has none, and none is known yet
    name: str
    email: str = ""
    kana: str = ""
    locale: str = "ja"
    kind: str = "offer_holder"
    department: str = ""
    mentor: tuple[StaffId, ...] = ()
    manager: tuple[StaffId, ...] = ()
    pace: str = "standard"
    timezone: str = ""
    tags: frozenset[str] = frozenset()
    facts: Mapping[str, datetime] = field(default_factory=dict)  # aware, UTC
    attributes: Mapping[str, Value] = field(default_factory=dict)
    row: int = field(default=0, compare=False)  # in the file, for messages
    # What the row says about fields beside their values: emptied on purpose, or left open.
    cleared: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    unsaid: frozenset[str] = field(default=frozenset(), compare=False, repr=False)

    def as_person(self, roles: Mapping[str, tuple[Staff, ...]] | None = None) -> Person:
        """Give the person a decision is made on; *roles* as `people.roles` resolves them."""
        attributes = {**self.attributes, "kana": self.kana} if self.kana else self.attributes
        return Person(
            id=self.id,
            name=self.name,
            email=self.email,
            locale=self.locale,
            kind=self.kind,
            department=self.department,
            pace=self.pace,
            timezone=self.timezone,
            tags=self.tags,
            attributes=attributes,
            roles=roles if roles is not None else {},
        )


@dataclass(frozen=True, slots=True)
class StaffRecord:
    """One member of staff as HR's table has them."""

    id: StaffId
    name: str
    email: str = ""
    role: tuple[str, ...] = ()  # one or several: hr, mentor, manager
    department: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)  # calendar, hours, per_day, …
    row: int = field(default=0, compare=False)

    def as_staff(self) -> Staff:
        """Give the member of staff that roles resolve to; several roles are joined by commas."""
        return Staff(
            id=self.id,
            name=self.name,
            email=self.email,
            role=", ".join(self.role),
            department=self.department,
            attributes=self.attributes,
        )
