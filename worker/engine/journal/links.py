"""What a link in a mail leads back to: the intent it names, if we signed it for that person."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from worker.domain.facts import Digest, PersonId, PlaybookId, StepId
from worker.domain.intents import Key
from worker.domain.links import Door, Named, is_signed, number_in
from worker.engine import tables
from worker.engine.journal.history import first_of_both

_intent, _person = tables.intent.c, tables.person.c
_FOUND = (
    select(
        _intent.id,
        _intent.key,
        _intent.person_id,
        _intent.playbook,
        _intent.digest,
        _intent.step,
        _intent.occurrence,
        _intent.due_at,
        _intent.settled_at,
        _person.locale,
        _person.timezone,
    )
    .select_from(tables.intent)
    .join(tables.person, _person.id == _intent.person_id)
)


@dataclass(frozen=True, slots=True)
class Linked:
    """Whose link it is, and the mail it came with."""

    number: int
    person: PersonId
    playbook: PlaybookId
    digest: Digest
    step: StepId
    occurrence: int
    sent_at: int  # the journal's number
    locale: str
    timezone: str


def linked(connection: Connection, door: Door, token: str, secret: bytes) -> Linked | None:
    """Find whose token it is. None of a forged one, and of anybody who is not known any more."""
    number = number_in(token)
    if number is None:
        return None
    row = first_of_both(connection, _FOUND.where(_intent.id == number))
    if row is None:
        return None
    named = Named(number, PersonId(row.person_id), Key(row.key))
    return _linked(row) if is_signed(token, door, named, secret) else None


def _linked(row: Any) -> Linked:  # noqa: ANN401 - a row
    return Linked(
        row.id,
        PersonId(row.person_id),
        PlaybookId(row.playbook),
        Digest(row.digest),
        StepId(row.step),
        row.occurrence,
        row.due_at if row.settled_at is None else row.settled_at,
        row.locale,
        row.timezone,
    )
