"""A statement written once in SQLAlchemy Core, compiled once for each database, run bare.

The engine says the same twenty sentences a million times. Compiled text and the driver's own
cursor cost a tenth of what building, hashing and unwrapping a statement costs each time; the
transaction around it stays SQLAlchemy's. A test compiles every one of them for both databases.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from typing import Any, ClassVar

from sqlalchemy import Boolean, Column, Connection, Dialect, Insert, LargeBinary, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ClauseElement, ColumnElement

Values = Mapping[str, Any]

_TOGETHER = (50, 10)  # rows of one insert: few sizes, so that the driver keeps what it prepared


class one_of(ColumnElement[bool]):  # noqa: N801 - reads as a word of the statement
    """`column IN (…)` with a list of any length as one parameter, so that the text never changes.

    Hand the list over through `listed`.
    """

    inherit_cache = False
    _is_implicitly_boolean = True  # or SQLite's compiler would append `= 1`
    type = Boolean()

    def __init__(self, column: Column[Any], name: str) -> None:
        self.column = column
        self.parameter: BindParameter[Any] = bindparam(name)


@compiles(one_of)
def _one_of(element: one_of, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401 - SQLAlchemy's hook
    column = compiler.process(element.column, **words)
    return f"{column} = ANY({compiler.process(element.parameter, **words)})"


@compiles(one_of, "sqlite")
def _one_of_sqlite(element: one_of, compiler: SQLCompiler, **words: Any) -> str:  # noqa: ANN401 - as above
    column = compiler.process(element.column, **words)
    parameter = compiler.process(element.parameter, **words)
    # both are SQLAlchemy's own text: a column's name, and a question mark
    return f"{column} IN (SELECT value FROM json_each({parameter}))"  # noqa: S608 - see above


class _Compiled:
    """The text of a statement for one dialect, and the order of its parameters."""

    __slots__ = ("_in_order", "constants", "names", "text", "together")

    def __init__(self, clause: ClauseElement, dialect: Dialect) -> None:
        compiled = clause.compile(dialect=dialect)
        self.text = str(compiled)
        self.together = _together(clause, self.text) if dialect.name == "sqlite" else {}
        binds: Mapping[str, BindParameter[Any]] = getattr(compiled, "binds", {})
        self.constants = {name: bind.value for name, bind in binds.items() if not bind.required}
        order: Sequence[str] | None = getattr(compiled, "positiontup", None)
        self.names = None if order is None else tuple(order)
        self._in_order: Callable[[Values], Any] | None = None
        if self.names and len(self.names) > 1 and not self.constants:
            self._in_order = itemgetter(*self.names)  # C: of a hundred rows, each time

    def arguments(self, values: Values) -> Any:  # noqa: ANN401 - a tuple or a mapping, as the driver likes
        """Put the values in the driver's order."""
        if self._in_order is not None:
            return self._in_order(values)
        if self.names is None:
            return {**self.constants, **values}
        if not self.constants:
            return tuple([values[name] for name in self.names])
        known = self.constants
        return tuple([values[name] if name in values else known[name] for name in self.names])


class Statement:
    """One sentence of the journal. Parameters are handed over as the database keeps them."""

    every: ClassVar[list["Statement"]] = []

    def __init__(self, clause: ClauseElement) -> None:
        self.clause = clause
        self._compiled: dict[str, _Compiled] = {}
        self.every.append(self)

    def compiled(self, dialect: Dialect) -> _Compiled:
        """Give the statement's text for a database."""
        known = self._compiled.get(dialect.name)
        if known is None:
            self._compiled[dialect.name] = known = _Compiled(self.clause, dialect)
        return known

    def rows(self, connection: Connection, values: Values) -> list[Any]:
        """Run it and give all rows, as bare tuples."""
        compiled = self.compiled(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, compiled.arguments(values))
            return list(cursor.fetchall())
        finally:
            cursor.close()

    def run(self, connection: Connection, values: Values) -> int:
        """Run it and say how many rows it touched."""
        compiled = self.compiled(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, compiled.arguments(values))
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def many(self, connection: Connection, rows: Iterable[Values]) -> int:
        """Run it once for each of *rows*, and say how many rows were touched in all."""
        compiled = self.compiled(connection.dialect)
        arguments = [compiled.arguments(row) for row in rows]
        if not arguments:
            return 0
        cursor = connection.connection.cursor()
        touched = done = 0
        try:
            for size, text in compiled.together.items():
                while len(arguments) - done >= size:
                    cursor.execute(text, [*chain.from_iterable(arguments[done : done + size])])
                    touched += int(cursor.rowcount)
                    done += size
            if done < len(arguments):
                cursor.executemany(compiled.text, arguments[done:])
                touched += int(cursor.rowcount)
            return touched
        finally:
            cursor.close()


def _together(clause: ClauseElement, text: str) -> dict[int, str]:
    """Give the text of an insert of so many rows at once, the largest first.

    SQLite's driver lets go of Python's lock at every row of an `executemany`: one long statement is
    cheaper, and leaves the other threads a time they can use. Bytes are better off row by row.
    """
    if not isinstance(clause, Insert):
        return {}
    if any(isinstance(column.type, LargeBinary) for column in clause.table.c):
        return {}
    _, _, row = text.rpartition(" VALUES ")
    return {size: text + f", {row}" * (size - 1) for size in _TOGETHER}


def listed(connection: Connection, things: Iterable[Any]) -> Any:  # noqa: ANN401 - as the driver likes it
    """Give a list as the parameter of `one_of`."""
    everything = list(things)
    return json.dumps(everything) if connection.dialect.name == "sqlite" else everything


def written(table: Any) -> dict[str, Any]:  # noqa: ANN401 - a table
    """Give the parameters of an insert: one of each column's name."""
    return {column.name: bindparam(column.name) for column in table.c}
