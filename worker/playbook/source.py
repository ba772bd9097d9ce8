"""YAML as its author wrote it: every text kept to the letter, every node with its place.

The only module that knows YAML. It refuses what lets a file mean something else than it says:
repeated keys, anchors, merge keys, tags, several documents, and files too large or too deep to
have been written by a person. `10:00`, `no` and `012` stay the text they are; what they mean is
for the reader of the words to say.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias, cast

import yaml

from worker.playbook import traps
from worker.problems import Problem, cells

MAX_BYTES = 1_000_000
MAX_DEPTH = 32
MAX_NODES = 60_000
MAX_PROBLEMS = 200
_HARMLESS = frozenset({"yaml.repeated"})  # the rest of the file can be read all the same

# YAML 1.2 §5.1: what may not stand in a file (in few ranges, so that it compiles fast); and the
# line ends that libyaml counts.
_FOREIGN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufeff\ufffe\uffff]"
)
_LINE_END = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Text:
    """A scalar, as written; `plain` if it stands without quotes."""

    text: str
    line: int  # 1-based
    column: int  # 0-based, in characters
    end: int  # the column after it, or of the line's end where it runs over several
    plain: bool = True
    long: bool = False  # runs over several lines


@dataclass(frozen=True, slots=True)
class Series:
    """A list."""

    items: tuple["Node", ...]
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """Words with what is said about each, in the order written; no word twice."""

    entries: tuple[tuple[Text, "Node"], ...]
    line: int
    column: int

    def get(self, key: str) -> "Node | None":
        """Give what is said about *key*, if anything is."""
        for written, node in self.entries:
            if written.text == key:
                return node
        return None


Node: TypeAlias = Text | Series | Table


@dataclass(slots=True)
class Source:
    """One file being read: its lines, and the problems found in it so far."""

    path: str
    lines: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def report(
        self,
        code: str,
        node: Node | None = None,
        values: Mapping[str, str] | None = None,
        *,
        expected: tuple[str, ...] = (),
        nearest: str = "",
        part: tuple[int, int] | None = None,
        warning: bool = False,
    ) -> None:
        """Note a mistake at *node*; *part* is the stretch of its text (offset, length) meant.

        Without a node the whole file is meant. After very many problems the rest is left out.
        """
        place = (0, 0, 0)
        if isinstance(node, Text):
            place = self._place_in(node, part) if part else _span(node)
        elif node is not None:
            place = (node.line, node.column, len(self._line(node.line).rstrip()))
        self.report_at(code, place, values, expected=expected, nearest=nearest, warning=warning)

    def hide(self) -> None:
        """Take the line out of the last problem: what stands there may be a secret."""
        self.problems[-1] = replace(self.problems[-1], source="")

    def report_at(
        self,
        code: str,
        place: tuple[int, int, int],
        values: Mapping[str, str] | None = None,
        *,
        expected: tuple[str, ...] = (),
        nearest: str = "",
        warning: bool = False,
    ) -> None:
        """Note a mistake at a place: 1-based line, 0-based first column and the one after it."""
        line, column, end = place
        if len(self.problems) == MAX_PROBLEMS:
            self.problems.append(Problem(self.path, line, 0, "file.many"))
        if len(self.problems) > MAX_PROBLEMS:
            return
        source = self._line(line)
        self.problems.append(
            Problem(
                path=self.path,
                line=line,
                column=cells(source[:column]) + 1 if line else 0,
                code=code,
                values=tuple((values or {}).items()),
                expected=expected,
                nearest=nearest,
                source=source,
                width=max(1, cells(source[column:end])),
                warning=warning,
            )
        )

    def _line(self, number: int) -> str:
        return self.lines[number - 1] if 0 < number <= len(self.lines) else ""

    def _place_in(self, node: Text, part: tuple[int, int]) -> tuple[int, int, int]:
        """Find the place of a stretch of a text; where escapes hide it, the text as a whole."""
        offset, length = part
        wanted = node.text[offset : offset + length]
        column = node.column + offset + (not node.plain)
        if self._line(node.line)[column : column + length] == wanted:
            return node.line, column, column + max(1, length)
        if wanted:
            for number in range(node.line, min(node.line + 50, len(self.lines) + 1)):
                begin = node.column if number == node.line else 0
                found = self._line(number).find(wanted, begin)
                if found >= 0:
                    return number, found, found + length
        return _span(node)


def _span(node: Text) -> tuple[int, int, int]:
    return node.line, node.column, max(node.end, node.column + 1)


def read(path: str, content: bytes) -> tuple[Source, Node | None]:
    """Read one file; None where it cannot be read, and then the source's problems say why.

    An empty file is an empty table. Large and deep files are refused before they cost anything.
    """
    source = Source(path)
    text = _decoded(source, content)
    if text is None:
        return source, None
    source.lines = _LINE_END.split(text)
    if foreign := _FOREIGN.search(text):
        before = _LINE_END.split(text[: foreign.start()])
        found = {"found": f"U+{ord(foreign.group()):04X}"}
        column = len(before[-1])
        source.report_at("yaml.control", (len(before), column, column + 1), found)
        return source, None
    try:
        root = _composed(source, text)
    except yaml.YAMLError as error:
        _explain(source, error)
        return source, None
    except _RefusedError:
        return source, None
    if any(problem.code not in _HARMLESS for problem in source.problems):
        return source, None  # the file does not say what its author sees
    return source, root


def _decoded(source: Source, content: bytes) -> str | None:
    if len(content) > MAX_BYTES:
        found = {"size": f"{len(content) / 1_000_000:.1f}"}
        source.report("file.large", None, found)
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        source.report("file.encoding", None, {"found": "UTF-16"})
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        try:
            source.lines = _LINE_END.split(content.decode("cp932"))
        except UnicodeDecodeError:
            source.report("file.encoding", None, {"found": "?"})
        else:
            source.report_at("file.encoding", (line, 0, 0), {"found": "Shift_JIS (CP932)"})
        return None


class _RefusedError(Exception):
    """The file is refused as a whole; the problem has been noted."""


@dataclass(slots=True)
class _Open:
    """A list or table that is being read."""

    line: int
    column: int
    is_table: bool
    nodes: list[Node] = field(default_factory=list)


def _composed(source: Source, text: str) -> Node:
    """Build the nodes from libyaml's events, without recursion."""
    stack: list[_Open] = []
    root: Node | None = None
    seen = 0
    for event in _events(text):
        line, column = _begin(event)
        node: Node
        if isinstance(event, yaml.ScalarEvent):
            _refuse_anchor(source, event)
            node = _text(event)
        elif isinstance(event, yaml.CollectionStartEvent):
            _refuse_anchor(source, event)
            if len(stack) >= MAX_DEPTH:
                source.report_at("file.deep", (line, column, 0), {"most": str(MAX_DEPTH)})
                raise _RefusedError
            stack.append(_Open(line, column, isinstance(event, yaml.MappingStartEvent)))
            continue
        elif isinstance(event, yaml.CollectionEndEvent):
            node = _closed(source, stack.pop())
        elif isinstance(event, yaml.AliasEvent):
            end = _end(event)[1]
            source.report_at("yaml.alias", (line, column, end))
            node = Text("", line, column, end)
        elif isinstance(event, yaml.DocumentStartEvent) and root is not None:
            source.report_at("yaml.documents", (line, column, column + 3))
            raise _RefusedError
        else:
            continue
        seen += 1
        if seen > MAX_NODES:
            source.report_at("file.long", (line, column, 0))
            raise _RefusedError
        if stack:
            stack[-1].nodes.append(node)
        else:
            root = node
    return root if root is not None else Table((), 1, 0)


def _events(text: str) -> Iterator[yaml.Event]:
    return iter(yaml.parse(text, Loader=yaml.CBaseLoader))


def _begin(event: yaml.Event) -> tuple[int, int]:
    mark = cast("yaml.Mark", event.start_mark)  # every event that is parsed has both
    return mark.line + 1, mark.column


def _end(event: yaml.Event) -> tuple[int, int]:
    mark = cast("yaml.Mark", event.end_mark)
    return mark.line + 1, mark.column


def _text(event: yaml.ScalarEvent) -> Text:
    line, column = _begin(event)
    last, end = _end(event)
    return Text(
        event.value,
        line,
        column,
        end if last == line else column + 1,
        plain=not event.style,
        long=last != line,
    )


def _refuse_anchor(source: Source, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
    """An anchor or a tag makes a value mean something else than it says."""
    line, column = _begin(event)
    if event.anchor is not None:
        source.report_at("yaml.anchor", (line, column, column + len(event.anchor) + 1))
    elif event.tag is not None and event.tag != "!":
        source.report_at("yaml.tag", (line, column, 0), {"found": str(event.tag)})


def _closed(source: Source, held: _Open) -> Node:
    if not held.is_table:
        return Series(tuple(held.nodes), held.line, held.column)
    entries: list[tuple[Text, Node]] = []
    first: dict[str, Text] = {}
    for key, value in zip(held.nodes[::2], held.nodes[1::2], strict=True):
        if not isinstance(key, Text):
            braces = source.lines[key.line - 1][: key.column + 1].endswith("{{")
            source.report("yaml.braces" if braces else "yaml.key", key)
            continue
        if key.plain and (wide := traps.wide_start(key.text)):
            end = key.column + len(key.text) - len(key.text.lstrip())
            source.report_at(wide, (key.line, key.column, end))
            continue
        if key.plain and key.text == "<<":
            source.report("yaml.merge", key)
            continue
        if key.text in first:
            values = {"found": key.text, "first": str(first[key.text].line)}
            source.report("yaml.repeated", key, values)
            continue
        if isinstance(value, Text) and value.plain and value.long:
            _look_for_swallowed_line(source, value)
        first[key.text] = key
        entries.append((key, value))
    return Table(tuple(entries), held.line, held.column)


def _look_for_swallowed_line(source: Source, value: Text) -> None:
    """A line whose colon is full-width reads as a part of the value before it."""
    for number in range(value.line + 1, min(value.line + 8, len(source.lines) + 1)):
        if (found := traps.wide_colon(source.lines[number - 1])) is not None:
            source.report_at("yaml.wide_colon", (number, found, found + 1))
            return


def _explain(source: Source, error: yaml.YAMLError) -> None:
    """Say in our own words why libyaml could not go on."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    if mark is None:
        source.report("yaml.unreadable", None, {"found": str(error)})
        return
    context = getattr(error, "context_mark", None)
    trap = traps.explain(
        source.lines,
        str(getattr(error, "problem", "")),
        str(getattr(error, "context", "") or ""),
        (mark.line + 1, mark.column),
        (context.line + 1, context.column) if context is not None else None,
    )
    if not any(told.line == trap.line and told.code == trap.code for told in source.problems):
        place = (trap.line, trap.column, trap.column + trap.width)
        source.report_at(trap.code, place, trap.values)
