"""One person: who they are, and every dated fact, in order.

A fact is known of the person (`offer`, `accept`, `join`: `playbook` is empty) or was brought
about by a step (`welcome.sent`: `playbook` names the playbook whose step it was, so that two
playbooks may both have a step `welcome`). Facts are append-only: a later fact of the same name
with `value` `"retracted"` withdraws the earlier ones of that name and occurrence.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NewType, TypeAlias

PersonId = NewType("PersonId", str)
StaffId = NewType("StaffId", str)
PlaybookId = NewType("PlaybookId", str)
StepId = NewType("StepId", str)
Digest = NewType("Digest", str)

Value: TypeAlias = str | int | float | bool | None

KNOWN_OF_THE_PERSON = PlaybookId("")
RETRACTED = "retracted"


@dataclass(frozen=True, slots=True)
class Fact:
    """Something true of one person since `at` (aware, UTC)."""

    name: str
    at: datetime
    playbook: PlaybookId = KNOWN_OF_THE_PERSON
    occurrence: int = 0  # of a cadence: 1, 2, …; everything else is 0
    value: Value = None
    contact: bool = False  # counts against the person's budget of messages (`at_most`)


class Facts:
    """All facts of one person, ordered by instant; immutable."""

    __slots__ = ("_by_name", "contacts", "noted")

    # The facts of exactly one playbook and name, without a look at the person's own: asked so
    # often that it is the dictionary's own method. None if there never were any.
    noted: Callable[[tuple[PlaybookId, str]], tuple[Fact, ...] | None]

    def __init__(self, facts: Iterable[Fact] = ()) -> None:
        by_name: dict[tuple[str, str], list[Fact]] = {}
        contacts: list[datetime] = []
        retracted = False
        for fact in facts:
            by_name.setdefault((fact.playbook, fact.name), []).append(fact)
            if fact.contact:
                contacts.append(fact.at)
            retracted = retracted or fact.value == RETRACTED
        self._by_name = {key: _standing(noted) for key, noted in by_name.items()}
        self.noted = self._by_name.get
        if retracted:  # a message that was withdrawn before it left used up nothing
            contacts = self._standing_contacts()
        self.contacts: tuple[datetime, ...] = tuple(sorted(contacts))

    def __iter__(self) -> Iterator[Fact]:
        """Every standing fact, by instant."""
        everything = (fact for noted in self._by_name.values() for fact in noted)
        return iter(sorted(everything, key=lambda fact: (fact.at, fact.playbook, fact.name)))

    def all(self, name: str, playbook: PlaybookId = KNOWN_OF_THE_PERSON) -> tuple[Fact, ...]:
        """Give the facts *name* as *playbook* sees them: its own, else those of the person."""
        own = self._by_name.get((playbook, name))
        if own is None and playbook:
            own = self._by_name.get(("", name))
        return own if own is not None else ()

    def first(
        self,
        name: str,
        playbook: PlaybookId = KNOWN_OF_THE_PERSON,
        *,
        occurrence: int | None = None,
    ) -> Fact | None:
        """Give the earliest fact *name*, of one *occurrence* where that is asked for."""
        for fact in self.all(name, playbook):
            if occurrence is None or fact.occurrence == occurrence:
                return fact
        return None

    def last(self, name: str, playbook: PlaybookId = KNOWN_OF_THE_PERSON) -> Fact | None:
        """Give the latest fact *name*."""
        facts = self.all(name, playbook)
        return facts[-1] if facts else None

    def has_under(self, lead: str) -> bool:
        """Say whether the name of any fact starts with *lead*."""
        return any(name.startswith(lead) for _, name in self._by_name)

    def plus(self, more: Iterable[Fact]) -> "Facts":
        """Give these facts and *more*; only the names that *more* touches are looked at again."""
        grown = Facts.__new__(Facts)
        by_name = dict(self._by_name)
        contacts = self.contacts
        retracted = False
        for fact in more:
            key = (fact.playbook, fact.name)
            known = by_name.get(key)
            if fact.value == RETRACTED:
                retracted = True
            if known or retracted:
                by_name[key] = _standing([*(known or ()), fact])
            else:
                by_name[key] = (fact,)
            if fact.contact:
                in_order = not contacts or contacts[-1] <= fact.at
                contacts = (*contacts, fact.at)
                contacts = contacts if in_order else tuple(sorted(contacts))
        grown._by_name = by_name  # noqa: SLF001 - another one of ourselves
        grown.noted = by_name.get
        if retracted:
            contacts = tuple(sorted(grown._standing_contacts()))  # noqa: SLF001 - as above
        grown.contacts = contacts
        return grown

    def _standing_contacts(self) -> list[datetime]:
        return [fact.at for noted in self._by_name.values() for fact in noted if fact.contact]


def _standing(noted: list[Fact]) -> tuple[Fact, ...]:
    """Give what still holds of facts of one name: a retraction withdraws what came before it."""
    if len(noted) == 1:
        return () if noted[0].value == RETRACTED else (noted[0],)
    standing: list[Fact] = []
    for fact in noted:
        if fact.value == RETRACTED:
            standing = [kept for kept in standing if kept.occurrence != fact.occurrence]
        else:
            standing.append(fact)
    return tuple(sorted(standing, key=lambda fact: fact.at))


@dataclass(frozen=True, slots=True)
class Staff:
    """One member of staff, as `staff.csv` has them."""

    id: StaffId
    name: str
    email: str
    role: str = ""
    department: str = ""
    attributes: Mapping[str, Value] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody the company keeps in touch with, as `people.csv` has them.

    `roles` are resolved before a decision is asked for: `mentor`, `manager`,
    `department_manager`, `hr`, … each to the members of staff who hold them for this person.
    """

    id: PersonId
    name: str
    email: str
    locale: str = "ja"
    kind: str = "offer_holder"
    department: str = ""
    pace: str = "standard"
    timezone: str = ""  # empty: the playbook's
    tags: frozenset[str] = frozenset()
    attributes: Mapping[str, Value] = field(default_factory=dict)
    roles: Mapping[str, tuple[Staff, ...]] = field(default_factory=dict)
