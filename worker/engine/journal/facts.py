"""What is known of people, and since when. Written once, never changed: corrections are facts."""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, literal_column, select

from worker.domain.decide import SUPPRESSED
from worker.domain.facts import RETRACTED, Fact, Facts, PersonId
from worker.engine import tables
from worker.engine.journal.rows import FACT, fact_of, fact_row
from worker.engine.journal.statement import Statement, listed, one_of, written
from worker.engine.journal.store import Store
from worker.engine.journal.wake import batches, wake
from worker.engine.tables import moment, stamp

_fact = tables.fact.c
_LOAD = Statement(select(*FACT).where(one_of(_fact.person_id, "people")).order_by(_fact.id))
_WRITE = Statement(
    insert(tables.fact).values(
        {name: value for name, value in written(tables.fact).items() if name != "id"}
    )
)


@dataclass(frozen=True, slots=True)
class Noted:
    """A fact, when it was written down, and who or what wrote it."""

    fact: Fact
    noted_at: datetime
    source: str


class FactBook:
    """Every fact of everybody."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(
        self,
        facts: Iterable[tuple[PersonId, Fact]],
        now: datetime,
        *,
        source: str,
    ) -> int:
        """Write facts down, in this order, and have the tick look at their people.

        A fact that stands already (same name, instant, occurrence and value) is not written
        again, so that noting twice changes nothing. Says how many were new.
        """
        with self._store.write() as connection:
            return note(connection, list(facts), stamp(now), source)

    def of(self, person: PersonId) -> Facts:
        """Give the facts of one person."""
        with self._store.read() as connection:
            return Facts(load_facts(connection, [person]).get(person, ()))

    def suppressed(self) -> Counter[str]:
        """Count the people whom nothing is sent to any more, by the reason."""
        query = select(_fact.person_id, _fact.value, _fact.at).where(
            _fact.name == literal_column(f"'{SUPPRESSED}'")  # so that its index is taken
        )
        reasons: dict[str, str] = {}
        with self._store.read() as connection:
            for person, value, _ in connection.execute(query.order_by(_fact.id)):
                reasons[person] = "" if value is None else str(json.loads(value))
        return Counter(reason for reason in reasons.values() if reason != RETRACTED)

    def history(self, person: PersonId) -> list[Noted]:
        """Give every fact ever noted of one person, withdrawn ones too, in the order noted."""
        query = select(*FACT, _fact.noted_at, _fact.source).where(_fact.person_id == person)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(_fact.id))
            return [Noted(fact_of(row[:-2]), moment(row[-2]), row[-1]) for row in rows]


def load_facts(connection: Connection, people: Sequence[str]) -> dict[str, list[Fact]]:
    """Read the facts of *people* (at most a batch), each person's in the order noted."""
    facts: dict[str, list[Fact]] = {}
    for row in _LOAD.rows(connection, {"people": listed(people)}):
        of_one = facts.get(row[0])
        if of_one is None:
            facts[row[0]] = of_one = []
        of_one.append(fact_of(row))
    return facts


def write_facts(connection: Connection, rows: Iterable[Mapping[str, Any]]) -> None:
    """Write rows of facts (`rows.fact_row`) within a transaction of others."""
    _WRITE.many(connection, rows)


def note(
    connection: Connection, facts: Sequence[tuple[PersonId, Fact]], now: int, source: str
) -> int:
    """Write facts within a transaction of others, and wake their people."""
    new = 0
    for batch in batches(facts, 200):
        people = sorted({person for person, _ in batch})
        standing = {
            person: set(Facts(known)) for person, known in load_facts(connection, people).items()
        }
        rows = []
        for person, fact in batch:
            known = standing.setdefault(person, set())
            if fact not in known:
                known.add(fact)
                rows.append(fact_row(person, fact, now, source))
        if rows:
            write_facts(connection, rows)
            wake(connection, [row["person_id"] for row in rows], now)
        new += len(rows)
    return new
