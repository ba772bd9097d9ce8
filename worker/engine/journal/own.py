"""Our own mails, as they come back to us: copies in the Sent folder, and what other servers show.

Any mail of ours, to whomever: what we wrote ourselves must never be taken for somebody's answer.
"""

from dataclasses import dataclass

from sqlalchemy import Connection, or_, select, update

from worker.domain.facts import PersonId
from worker.domain.observed import keys_of
from worker.engine import tables
from worker.engine.journal.history import first_of_both
from worker.engine.journal.store import Store

_intent, _letter = tables.intent.c, tables.letter.c


@dataclass(frozen=True, slots=True)
class OwnMail:
    """A mail of ours, whom it is about, and the id we gave it."""

    intent: int
    person: PersonId
    message_id: str


class OwnMails:
    """Looks our own mails up."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def by_key(self, key: str) -> OwnMail | None:
        """Find the mail that has this id, ours or the one a server gave it."""
        if not key:
            return None
        return self._one(or_(_letter.message_id == f"<{key}>", _letter.observed.in_(keys_of(key))))

    def by_name(self, name: str) -> OwnMail | None:
        """Find the mail whose Message-ID has this left part."""
        if not name:
            return None
        return self._one(_letter.message_id.between(f"<{name}@", f"<{name}A"))

    def observe(self, intent: int, key: str, thread: str = "") -> None:
        """Remember the id that a server gave to a mail of ours, and in which thread it lies."""
        with self._store.write() as connection:
            observe(connection, intent, key, thread)

    def _one(self, where: object) -> OwnMail | None:
        query = (
            select(_intent.id, _intent.person_id, _letter.message_id)
            .join(tables.letter, _letter.intent_id == _intent.id)
            .where(where)  # type: ignore[arg-type] # a condition
            .limit(1)
        )
        with self._store.read() as connection:
            row = first_of_both(connection, query)
        return None if row is None else OwnMail(row[0], PersonId(row[1]), row[2])


def observe(connection: Connection, intent: int, key: str, thread: str = "") -> None:
    """Remember an observed id and thread, where there is one, within a transaction of others."""
    of_it = update(tables.letter).where(_letter.intent_id == intent)
    if key:
        changed = of_it.where(_letter.observed != key, _letter.message_id != f"<{key}>")
        connection.execute(changed.values(observed=key))
    if thread:
        connection.execute(of_it.where(_letter.conversation != thread).values(conversation=thread))
