"""Whom the tick looks at next. Noting anything of somebody wakes them; time does the rest."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, bindparam, select, update

from worker.engine import tables
from worker.engine.journal.statement import Statement, listed, one_of

BATCH = 500  # people of one statement: well below any database's limit of parameters

_T = TypeVar("_T")
_person = tables.person.c
_WAKE = Statement(
    update(tables.person)
    .where(
        one_of(_person.id, "people"),
        _person.next_at.is_(None) | (_person.next_at > bindparam("now")),
        _person.parked.is_(None),
    )
    .values(next_at=bindparam("now"))
)

_LOCK = Statement(
    select(_person.id)
    .where(
        one_of(_person.id, "people"),
        _person.next_at.is_(None) | (_person.next_at > bindparam("now")),
    )
    .order_by(_person.id)
    .with_for_update(key_share=True)
)


def wake(connection: Connection, people: Iterable[str], now: int) -> None:
    """Have the tick look at *people* at *now*, if it would not do so earlier."""
    for batch in batches(sorted(set(people)), BATCH):
        if connection.dialect.name != "sqlite":
            # two who wake the same people wait for one another in the same order, and never both
            _LOCK.rows(connection, {"people": listed(batch), "now": now})
        _WAKE.run(connection, {"people": listed(batch), "now": now})


def wake_everybody(connection: Connection, now: int) -> None:
    """Have the tick look at everybody at *now*, but for whom a fault of ours keeps it from."""
    is_standing = _person.parked.is_(None)
    if connection.dialect.name != "sqlite":
        in_order = select(_person.id).where(is_standing).order_by(_person.id)
        connection.execute(in_order.with_for_update(key_share=True)).close()
    connection.execute(update(tables.person).where(is_standing).values(next_at=now))


def batches(things: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Cut *things* into lists of at most *size*.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    left = iter(things)
    while batch := list(islice(left, size)):
        yield batch
