"""The same question to what is long done: whoever reads what is over asks both.

A query on `intent` and `letter` is written once, for where they lie until they are moved; this
module asks it of the history as well, where there is one. What is there is never changed. The
highest number stays where numbers are given out, so that none is given twice.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Select, Table, delete, func, insert, literal, select
from sqlalchemy.sql.visitors import ExternallyTraversible, replacement_traverse

from worker.engine import tables
from worker.engine.journal.statement import Statement

_MOVED: dict[Table, Table] = {
    tables.intent: tables.intent_history,
    tables.letter: tables.letter_history,
}
_ANYTHING = Statement(select(literal(1)).select_from(tables.intent_history).limit(1))


def in_history(query: Select[Any]) -> Select[Any]:
    """Give the same query, of what was moved."""
    moved: Select[Any] = replacement_traverse(query, {}, _moved)  # type: ignore[assignment] # the same kind
    return moved


def of_both(connection: Connection, query: Select[Any]) -> list[Any]:
    """Give the rows of a query from both places, those that were moved last."""
    rows: list[Any] = list(connection.execute(query))
    if _ANYTHING.rows(connection, {}):
        rows += connection.execute(in_history(query))
    return rows


def first_of_both(connection: Connection, query: Select[Any]) -> Any:  # noqa: ANN401 - a row
    """Give the first row, from the history only where there is none but there; else None."""
    row = connection.execute(query).first()
    if row is None and _ANYTHING.rows(connection, {}):
        row = connection.execute(in_history(query)).first()
    return row


def put_away(connection: Connection, ids: Sequence[int]) -> None:
    """Move intents and their letters into the history, all of them or none."""
    for table, history, id_ in _PAIRS:
        _carry(connection, table, history, table.c[id_], ids)


def keep_the_highest(connection: Connection) -> None:
    """Bring the highest number back, where those above it were erased."""
    highest = connection.scalar(select(func.max(tables.intent_history.c.id)))
    standing = connection.scalar(select(func.max(tables.intent.c.id))) or 0
    if highest is None or highest < standing:
        return
    for table, history, id_ in reversed(_PAIRS):
        _carry(connection, history, table, history.c[id_], [highest])


_PAIRS = (
    (tables.letter, tables.letter_history, "intent_id"),
    (tables.intent, tables.intent_history, "id"),
)


def _carry(
    connection: Connection, table: Table, to: Table, id_: Column[Any], ids: Sequence[int]
) -> None:
    if not ids:
        return
    names = [column.name for column in table.columns]
    wanted = select(*table.columns).where(id_.in_(ids))
    connection.execute(insert(to).from_select(names, wanted))
    connection.execute(delete(table).where(id_.in_(ids)))


def _moved(element: ExternallyTraversible, **_: object) -> ExternallyTraversible | None:
    if isinstance(element, Table):
        return _MOVED.get(element)
    if isinstance(element, Column) and isinstance(element.table, Table):
        moved = _MOVED.get(element.table)
        return None if moved is None else moved.c[element.name]
    return None
