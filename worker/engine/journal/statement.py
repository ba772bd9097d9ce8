"""A statement written once in SQLAlchemy Core, compiled once for each database, run bare.

The engine says the same twenty sentences a million times. Compiled text and the driver's own
cursor cost a tenth of what building, hashing and unwrapping a statement costs each time; the
transaction around it stays SQLAlchemy's. A test compiles every one of them for both databases.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from operator import itemgetter
from re import Match
from typing import Any, ClassVar

from sqlalchemy import Boolean, Column, Connection, Dialect, Insert, LargeBinary, Table, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.elements import BindParameter, ClauseElement, ColumnElement

Values = Mapping[str, Any]

_ROWS = "the_rows"
_COUNT = "how_many"
_PARAMETER = re.compile(r"%\((\w+)\)s(?:::[A-Z]+)?")  # as psycopg's dialect writes it
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
    parameter = compiler.process(element.parameter, **words)
    kind = element.column.type.compile(dialect=compiler.dialect)
    # SQLAlchemy's own text: a column's name and type, and a parameter; the driver writes an array
    # in Python, thing by thing, and JSON at once
    things = f"SELECT json_array_elements_text({parameter}::json)::{kind}"
    return f"{column} = ANY(ARRAY({things}))"


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
        if isinstance(clause, Insert):
            clause = clause.inline()  # nobody asks for the numbers that rows are given
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
        self._at_once: dict[str, str] = {}
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
        """Run it once for each of *rows*, and say how many rows were touched in all.

        An update names each row of its table once: PostgreSQL is told all of them in one sentence.
        """
        compiled = self.compiled(connection.dialect)
        if text := self._told_at_once(connection.dialect):
            return self._tell_at_once(connection, text, [*rows])
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

    def _told_at_once(self, dialect: Dialect) -> str:
        """Give the text for any number of rows; empty where row after row is better."""
        text = self._at_once.get(dialect.name)
        if text is None:
            is_near = dialect.name == "sqlite"
            self._at_once[dialect.name] = text = "" if is_near else _at_once(self.clause, dialect)
        return text

    def _tell_at_once(self, connection: Connection, text: str, rows: list[Values]) -> int:
        if not rows:
            return 0
        constants = self.compiled(connection.dialect).constants
        cursor = connection.connection.cursor()
        try:
            told = {_ROWS: json.dumps(rows, ensure_ascii=False), _COUNT: len(rows)}
            cursor.execute(text, {**constants, **told})
            return int(cursor.rowcount)
        finally:
            cursor.close()


def _at_once(clause: ClauseElement, dialect: Dialect) -> str:
    """Give the text of an insert or update for any number of rows, as one parameter in JSON.

    PostgreSQL and its driver take a third of the time for it that they take for row after row.
    Bytes are better off row by row.
    """
    is_insert = isinstance(clause, Insert)
    compiled = (clause.inline() if isinstance(clause, Insert) else clause).compile(dialect=dialect)
    text = str(compiled)
    binds: Mapping[str, BindParameter[Any]] = getattr(compiled, "binds", {})
    given = {bind.key: bind.type for bind in binds.values() if bind.required}
    if any(isinstance(one, LargeBinary) for one in given.values()):
        return ""
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(f"{quote(name)} {one.compile(dialect)}" for name, one in given.items())
    rows = f"json_to_recordset(%({_ROWS})s::json) AS given({columns})"

    def of_its_row(found: Match[str]) -> str:
        return f"given.{quote(found[1])}" if found[1] in given else found[0]

    # what follows is SQLAlchemy's own text, cut in two
    one, _, other = text.partition(" VALUES " if is_insert else " WHERE ")
    one, other = (_PARAMETER.sub(of_its_row, part) for part in (one, other))
    if is_insert:
        return f"{one} SELECT {other[1:-1]} FROM {rows}"  # noqa: S608 - see above
    # PostgreSQL takes a text in JSON for a hundred rows, and rather walks over a table that is
    # small, or was when it was last looked at, than look them up. A limit whose number it learns
    # too late is a tenth of that.
    few = f"(SELECT * FROM {rows} LIMIT %({_COUNT})s) AS given"  # noqa: S608 - see above
    return f"{one} FROM {few} WHERE {other}"


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


def copy_in(connection: Connection, table: Table, rows: Sequence[Values]) -> None:
    """Insert whole *rows* of a table into PostgreSQL as it likes them best.

    For rows that hold bytes: they travel as they are, and one sentence takes all of them.
    """
    if not rows:
        return
    columns, dialect = list(table.c), connection.dialect
    names = ", ".join(dialect.identifier_preparer.quote(column.name) for column in columns)
    in_order = itemgetter(*(column.name for column in columns))
    cursor: Any = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([column.type.compile(dialect).lower() for column in columns])
            for row in rows:
                copy.write_row(in_order(row))
    finally:
        cursor.close()


def listed(things: Iterable[Any]) -> str:
    """Give a list as the parameter of `one_of`."""
    return json.dumps(list(things), ensure_ascii=False)


def written(table: Any) -> dict[str, Any]:  # noqa: ANN401 - a table
    """Give the parameters of an insert: one of each column's name."""
    return {column.name: bindparam(column.name) for column in table.c}
