"""What an expression in a template may do: name words, choose, repeat, format. Nothing else.

An allow-list of tags, filters, tests and node kinds stands in front of Jinja2's immutable
sandbox: calls, macros, includes and assignments of blocks are refused before anything runs, and
whatever repeats or grows is bounded.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time
from functools import cache
from typing import Any
from urllib.parse import quote

from jinja2 import StrictUndefined, nodes
from jinja2.compiler import CodeGenerator
from jinja2.exceptions import SecurityError, UndefinedError
from jinja2.filters import FILTERS as JINJA_FILTERS
from jinja2.runtime import Undefined
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.tests import TESTS as JINJA_TESTS

from worker.playbook.templates.words import Words

LOOP_DEPTH = 2  # a loop in a loop
LOOPS = 30  # in one file
TURNS = 366  # of one `range`: a day of a year each
GROWTH = 100_000  # characters of one value
SIZE = 400_000  # characters of one rendered mail, all parts together

TAGS = frozenset(
    {"if", "elif", "else", "endif", "for", "endfor", "set", "with", "endwith", "raw", "endraw"}
)
TESTS = frozenset(
    {"defined", "undefined", "none", "in", "even", "odd", "divisibleby", "string", "number"}
    | {"eq", "ne", "lt", "le", "gt", "ge", "equalto", "greaterthan", "lessthan", "true", "false"}
    | {"==", "!=", "<", "<=", ">", ">="}
)
_PLAIN_FILTERS = (
    "default", "d", "upper", "lower", "title", "capitalize", "trim", "join", "length", "count",
    "first", "last", "sort", "unique", "list", "round", "int", "float", "abs", "truncate",
    "e", "escape",
)  # fmt: skip

_NODES = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.If, nodes.For,
    nodes.CondExpr, nodes.Getattr, nodes.Getitem, nodes.Filter, nodes.Test, nodes.And, nodes.Or,
    nodes.Not, nodes.Compare, nodes.Operand, nodes.Add, nodes.Sub, nodes.Mul, nodes.Div,
    nodes.FloorDiv, nodes.Mod, nodes.Neg, nodes.Pos, nodes.Concat, nodes.Assign, nodes.With,
    nodes.List, nodes.Tuple, nodes.Keyword, nodes.Call,
)  # fmt: skip

_DAYS = "月火水木金土日"
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


class Missing(StrictUndefined):
    """A word that is not known: an error wherever it would be shown, false in an `if`.

    `mentor.name | default("担当者")` holds also where there is no mentor at all.
    """

    __slots__ = ()

    def __bool__(self) -> bool:  # type: ignore[override]  # theirs raises
        return False


class _BoundedCode(CodeGenerator):
    """Jinja's compiler, except that what `~` joins is measured."""

    def visit_Concat(self, node: nodes.Concat, frame: Any) -> None:  # noqa: ANN401, N802 - Jinja's own
        self.write("environment.measured(")
        super().visit_Concat(node, frame)
        self.write(")")


class MailEnvironment(ImmutableSandboxedEnvironment):
    """Jinja2 for the mails of one language."""

    code_generator_class = _BoundedCode
    intercepted_binops = frozenset({"+", "*", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Give a word of *obj*; an empty one is as missing as one nobody has heard of."""
        if type(obj) is Words:
            value = obj.values.get(attribute)
            return Missing(name=f"{obj.name}.{attribute}") if value in _EMPTY else value
        if isinstance(obj, Undefined):
            return Missing(name=f"{obj._undefined_name}.{attribute}")  # noqa: SLF001 - Jinja's name
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Give `facts["welcome.sent"]`, or an element of a list."""
        if type(obj) is Words or isinstance(obj, Undefined):
            return self.getattr(obj, str(argument))
        return super().getitem(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:  # noqa: ANN401 - Jinja's own signature
        """Reckon with numbers only, save for `+`, and let nothing grow."""
        if operator == "+":
            return self.measured(left + right)
        if not (isinstance(left, int | float) and isinstance(right, int | float)):
            raise SecurityError(f"{operator} is for numbers")
        return super().call_binop(context, operator, left, right)

    def measured(self, value: Any) -> Any:  # noqa: ANN401 - whatever was joined
        """Give *value*, unless it has grown beyond what a mail could need."""
        if hasattr(value, "__len__") and len(value) > GROWTH:
            raise SecurityError(f"a value of more than {GROWTH} characters")
        return value


_EMPTY = (None, "")


class Counter:
    """The numbers of an ordered list in the text part."""

    __slots__ = ("_count",)

    def __init__(self) -> None:
        self._count = 0

    def next(self) -> int:
        """Count on."""
        self._count += 1
        return self._count


@cache
def environment(language: str) -> MailEnvironment:
    """Give the environment of a language (`ja`, `en`); made once."""
    made = MailEnvironment(
        autoescape=False,
        undefined=Missing,
        keep_trailing_newline=True,
        finalize=lambda value: value if type(value) is str else shown(value, language),
        extensions=(),
        cache_size=0,
    )
    made.filters = {name: JINJA_FILTERS[name] for name in _PLAIN_FILTERS} | _filters(language)
    made.tests = {name: JINJA_TESTS[name] for name in TESTS}
    made.globals = {"range": _range, "_counter": Counter}
    return made


@cache
def filter_names() -> tuple[str, ...]:
    """Name the filters an author may use."""
    return tuple(sorted({*_PLAIN_FILTERS, *_filters("ja")} - {"e", "escape", "_url", "_part"}))


def shown(value: object, language: str) -> object:
    """Turn what a template shows into what a reader expects: dates and lists in words.

    Raises:
        UndefinedError: There is nothing to show.
    """
    if value is None:
        raise UndefinedError("a value that is shown is empty")
    if isinstance(value, date):
        return _date(value, language)
    if isinstance(value, tuple | list | set | frozenset):
        return ("、" if language == "ja" else ", ").join(str(shown(one, language)) for one in value)
    return value


def refused(tree: nodes.Template) -> Iterator[tuple[int | None, str]]:
    """Give line and word of whatever a template must not do; nothing for a sound one.

    Some of Jinja's nodes have no line.
    """
    loops = list(tree.find_all(nodes.For))
    if len(loops) > LOOPS:
        yield loops[LOOPS].lineno, "for"
    for node in _within(tree, 0):
        match node:
            case nodes.For(recursive=True):
                yield node.lineno, "recursive"
            case nodes.Call(node=nodes.Name(name="range")):
                pass
            case nodes.Call():
                yield node.lineno, "()"
            case nodes.Name(name=str(name)) | nodes.Getattr(attr=str(name)) if name.startswith("_"):
                yield node.lineno, name
            case nodes.Getitem(arg=nodes.Const(value=str(name))) if name.startswith("_"):
                yield node.lineno, name
            case _:
                if not isinstance(node, _NODES):
                    yield node.lineno, type(node).__name__.lower()


def _within(node: nodes.Node, depth: int) -> Iterator[nodes.Node]:
    """Walk a tree; a loop too deep is given as a node nobody allows."""
    for child in node.iter_child_nodes():
        deeper = depth + isinstance(child, nodes.For)
        if deeper > LOOP_DEPTH:
            yield nodes.Slice(None, None, None, lineno=child.lineno)
            return
        yield child
        yield from _within(child, deeper)


def _range(*bounds: int) -> range:
    turns = range(*bounds)
    if len(turns) > TURNS:
        raise SecurityError(f"a range of more than {TURNS}")
    return turns


def _filters(language: str) -> dict[str, Any]:
    """Give our own filters: dates in words of the language, parts of a name, safe links."""
    return {
        "date": lambda value: _date(_instant(value), language),
        "day": lambda value: _day(_instant(value), language),
        "month": lambda value: _month(_instant(value), language),
        "weekday": lambda value: _weekday(_instant(value), language),
        "time": lambda value: _time(_instant(value)),
        "datetime": lambda value: f"{_date(_instant(value), language)} {_time(_instant(value))}",
        "family": lambda name: _family(_text(name)),
        "given": lambda name: _given(_text(name)),
        "replace": _replace,
        "_url": _url,
        "_part": lambda value: quote(_text(value), safe=""),
    }


def _text(value: object) -> str:
    return str(value)  # raises for a missing word


def _instant(value: object) -> date:
    if isinstance(value, Undefined):
        str(value)  # raises, naming the word
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    if isinstance(value, date):
        return value
    raise SecurityError(f"{type(value).__name__} is not a date")


def _date(at: date, language: str) -> str:
    if language == "ja":
        return f"{at.year}年{at.month}月{at.day}日({_DAYS[at.weekday()]})"
    return f"{_WEEKDAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]} {at.year}"


def _day(at: date, language: str) -> str:
    if language == "ja":
        return f"{at.month}月{at.day}日({_DAYS[at.weekday()]})"
    return f"{_WEEKDAYS[at.weekday()]}, {at.day} {_MONTHS[at.month - 1]}"


def _month(at: date, language: str) -> str:
    return f"{at.month}月" if language == "ja" else _MONTHS[at.month - 1]


def _weekday(at: date, language: str) -> str:
    return f"{_DAYS[at.weekday()]}曜日" if language == "ja" else _WEEKDAYS[at.weekday()]


def _time(at: date) -> str:
    moment = at.timetz() if isinstance(at, datetime) else time()
    return f"{moment:%H:%M}"


def _family(name: str) -> str:
    parts = name.split()
    return name if not parts else parts[0] if _eastern(name) else parts[-1]


def _given(name: str) -> str:
    parts = name.split()
    return name if not parts else parts[-1] if _eastern(name) else parts[0]


def _eastern(name: str) -> bool:
    """Say whether the family name stands first: kana, kanji or hangul."""
    return max(name) >= "\u3000"


def _replace(value: object, old: str, new: str) -> str:
    text = _text(value)
    if len(text) + text.count(old) * len(new) > GROWTH:
        raise SecurityError(f"a value of more than {GROWTH} characters")
    return text.replace(old, new)


def _url(value: object) -> str:
    """Let through addresses a mail may link to; never `javascript:`."""
    text = _text(value).strip()
    if not text.lower().startswith(("https://", "http://", "mailto:", "tel:")):
        raise SecurityError(f"{text[:40]!r} is not an address a mail may link to")
    return quote(text, safe="!#$%&'()*+,/:;=?@[]~-._")


def joined(pieces: Iterable[str]) -> str:
    """Join what a template gives, and stop as soon as it is more than a mail can be."""
    total, kept = 0, []
    for piece in pieces:
        total += len(piece)
        if total > SIZE:
            raise SecurityError(f"a mail of more than {SIZE} characters")
        kept.append(piece)
    return "".join(kept)
