"""Whom the tick looks at next. Noting anything of somebody wakes them; time does the rest."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

from sqlalchemy import Connection, update

from worker.engine import tables

BATCH = 500  # people of one statement: well below any database's limit of parameters

_T = TypeVar("_T")
_person = tables.person.c


def wake(connection: Connection, people: Iterable[str], now: int) -> None:
    """Have the tick look at *people* at *now*, if it would not do so earlier."""
    later = _person.next_at.is_(None) | (_person.next_at > now)
    for batch in batches(people, BATCH):
        waking = update(tables.person).where(_person.id.in_(batch), later, _person.parked.is_(None))
        connection.execute(waking.values(next_at=now))


def batches(things: Iterable[_T], size: int) -> Iterator[list[_T]]:
    """Cut *things* into lists of at most *size*.

    >>> list(batches("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    left = iter(things)
    while batch := list(islice(left, size)):
        yield batch
