"""What a template may name: the person, their staff, their facts, the company, the sender.

Values are handed over as they are; nothing of them is ever read as Markdown or as an expression.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from worker.domain.facts import Facts, Person, PlaybookId, Staff


class Words:
    """Something with named values: `person`, `mentor`, `company`. Immutable for templates."""

    __slots__ = ("name", "values")

    def __init__(self, name: str, values: Mapping[str, object]) -> None:
        self.name = name
        self.values = values

    def __str__(self) -> str:
        """Give the name of who it is, so that `{{ mentor }}` reads as one expects."""
        return str(self.values.get("name", ""))

    def __bool__(self) -> bool:
        return bool(self.values)


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every mail of a batch."""

    company: Mapping[str, object]  # `company.name`, …
    sender: Mapping[str, object]  # `sender.name`, `sender.address` of the step's mailbox
    zone: ZoneInfo  # of the playbook; a person's own replaces it
    extra: Mapping[str, object] = field(default_factory=dict)  # `unsubscribe` and the like


def words_of(
    person: Person,
    facts: Facts,
    playbook: PlaybookId,
    *,
    setting: Setting,
    now: datetime,
    names: Collection[str],
) -> dict[str, object]:
    """Give the words of one mail: those of *names* (`CompiledMail.roots`) that are known.

    A fact is its instant in the person's zone, a survey's answer its value.
    """
    zone = ZoneInfo(person.timezone) if person.timezone else setting.zone
    known: dict[str, object] = {}
    for name in names:
        if name == "person":
            known[name] = Words(name, _of_person(person))
        elif name in {"now", "today"}:
            known[name] = now.astimezone(zone)
        elif (value := _around(name, person, setting)) is not None or (
            value := _fact(name, facts, playbook, zone)
        ) is not None:
            known[name] = value
    return known


def _around(name: str, person: Person, setting: Setting) -> object:
    """Give who or what stands around the person; None if the name means nothing of the kind."""
    if holders := person.roles.get(name):
        return Words(name, _of_staff(holders[0]))
    match name:
        case "company":
            return Words(name, setting.company)
        case "sender":
            return Words(name, setting.sender)
        case "department":
            return Words(name, {"name": person.department})
        case _:
            return setting.extra.get(name)


def _of_person(person: Person) -> dict[str, object]:
    return {
        **person.attributes,
        "id": person.id,
        "name": person.name,
        "email": person.email,
        "locale": person.locale,
        "kind": person.kind,
        "department": person.department,
        "pace": person.pace,
        "tags": tuple(sorted(person.tags)),
    }


def _of_staff(staff: Staff) -> dict[str, object]:
    return {
        **staff.attributes,
        "id": staff.id,
        "name": staff.name,
        "email": staff.email,
        "role": staff.role,
        "department": staff.department,
    }


def _fact(name: str, facts: Facts, playbook: PlaybookId, zone: ZoneInfo) -> object:
    """Give a fact's instant; for a step's id, its facts as words; for `facts`, all of them."""
    if name == "facts":
        return Words(name, _all_facts(facts, playbook, zone))
    if fact := facts.first(name, playbook):
        return fact.at.astimezone(zone)
    lead = f"{name}."
    if not facts.has_under(lead):
        return None
    inside = {
        fact.name.removeprefix(lead): _value(fact.value, fact.at, zone)
        for fact in facts
        if fact.name.startswith(lead) and fact.playbook in {playbook, ""}
    }
    return Words(name, inside) if inside else None


def _all_facts(facts: Facts, playbook: PlaybookId, zone: ZoneInfo) -> dict[str, object]:
    return {
        fact.name: fact.at.astimezone(zone) for fact in facts if fact.playbook in {playbook, ""}
    }


def _value(value: object, at: datetime, zone: ZoneInfo) -> object:
    return at.astimezone(zone) if value is None else value
