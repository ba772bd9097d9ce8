"""One person's record, for a reader and for a machine."""

from datetime import tzinfo

from worker.cli.session import Session
from worker.people.records import PersonRecord


def person_as_json(person: PersonRecord, zone: tzinfo) -> dict[str, object]:
    """Write a record with stable keys; instants in the company's zone."""
    return {
        "id": person.id,
        "name": person.name,
        "kana": person.kana,
        "email": person.email,
        "locale": person.locale,
        "kind": person.kind,
        "department": person.department,
        "mentor": list(person.mentor),
        "manager": list(person.manager),
        "pace": person.pace,
        "timezone": person.timezone,
        "tags": sorted(person.tags),
        "facts": {
            name: at.astimezone(zone).isoformat() for name, at in sorted(person.facts.items())
        },
        "attributes": dict(sorted(person.attributes.items())),
    }


def person_rows(person: PersonRecord, session: Session) -> list[tuple[str, str]]:
    """Give a record as names and values, what is empty left out."""
    say = session.out.say
    plain = (
        ("people.id", str(person.id)),
        ("name", person.name),
        ("people.kana", person.kana),
        ("people.email", person.email),
        ("people.locale", person.locale),
        ("people.kind", person.kind),
        ("people.department", person.department),
        ("people.mentor", ", ".join(person.mentor)),
        ("people.manager", ", ".join(person.manager)),
        ("people.pace", person.pace),
        ("people.timezone", person.timezone),
        ("people.tags", ", ".join(sorted(person.tags))),
    )
    rows = [(say(key), value) for key, value in plain if value]
    rows += [
        (say.fact(name), say.instant(at))
        for name, at in sorted(person.facts.items(), key=lambda one: one[1])
    ]
    rows += [(name, str(value)) for name, value in sorted(person.attributes.items())]
    return rows
