"""Which words a template uses, where, and which of them a person lacks."""

from collections import defaultdict, deque
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from jinja2 import TemplateSyntaxError, nodes

from worker.playbook.templates.sandbox import environment, refused
from worker.playbook.templates.source import Segment, Source, Text, Token
from worker.problems import Problem, nearest

_OWN = frozenset({"loop", "range", "language", "preheader", "subject", "content"})
_KEYWORDS = frozenset({"and", "or", "not", "in", "is", "if", "else", "true", "false", "none"})
_TAGS = frozenset({"if", "elif", "for", "set", "with", "else", "endif", "endfor", "endwith"})

_Use: TypeAlias = tuple[tuple[str, ...], int, bool]  # path, line, guarded


@dataclass(frozen=True, slots=True)
class Name:
    """A word as a template uses it: `person.name`, and where."""

    path: tuple[str, ...]
    line: int
    column: int
    width: int
    source: str  # the line as written
    guarded: bool  # by `default`, or asked for in an `if`

    @property
    def written(self) -> str:
        """The word as its author wrote it."""
        return ".".join(self.path)


def names_in(
    source: Source, text: Text, cut: Sequence[Segment], problems: list[Problem]
) -> list[Name]:
    """Give every word *text* uses; what it must not do is added to *problems*."""
    try:
        tree = environment("ja").parse(text.text)
    except TemplateSyntaxError as error:
        if all(problem.warning for problem in problems):  # else it is told already
            at = _start_of_line(text, error.lineno)
            problems.append(
                source.problem(
                    text, _first_bracket(text, at), "template.syntax", 2,
                    values=(("why", error.message or ""),),
                )
            )  # fmt: skip
        return []
    for line, word in refused(tree):
        at = _start_of_line(text, line or 1)
        found = text.text.find(word, at)
        problems.append(
            source.problem(
                text, found if found >= 0 else _first_bracket(text, at), "template.refused",
                max(1, len(word)), values=(("word", word),),
            )
        )  # fmt: skip
    places = _places(text, cut)
    names = []
    for path, line, guarded in _used(tree, frozenset(), guarded=False):
        row = places[line, path]
        at = row.popleft() if row else _first_bracket(text, _start_of_line(text, line))
        width = len(".".join(path))
        spot = source.problem(text, at, "", width)
        names.append(Name(path, spot.line, spot.column, spot.width, spot.source, guarded))
    return names


def unknown_names(
    names: Sequence[Name], known: Mapping[str, Collection[str] | None], path: str
) -> Iterator[Problem]:
    """Give a problem for each word that nobody has.

    Args:
        names: Of a compiled template.
        known: What may stand first, each with what may follow it; None: anything.
        path: Of the file, for the problems.
    """
    for name in names:
        first, *rest = name.path
        if first not in known:
            choices, word, lead = tuple(sorted(known)), first, ""
        elif rest and (inside := known[first]) is not None and rest[0] not in inside:
            choices, word, lead = tuple(sorted(inside)), rest[0], f"{first}."
        else:
            continue
        meant = nearest(word, choices)
        yield Problem(
            path, name.line, name.column, "template.unknown", (("word", name.written),),
            tuple(lead + choice for choice in choices), f"{lead}{meant}" if meant else "",
            source=name.source, width=name.width,
        )  # fmt: skip


def _used(node: nodes.Node, declared: frozenset[str], *, guarded: bool) -> Iterator[_Use]:
    """Walk a template as Jinja will, knowing what loops and `set` declare on the way."""
    match node:
        case nodes.For() | nodes.With():
            yield from _used_in_scope(node, declared, guarded=guarded)
        case nodes.If() | nodes.CondExpr():
            yield from _used(node.test, declared, guarded=True)
            rest = tuple(child for child in node.iter_child_nodes() if child is not node.test)
            yield from _all_used(rest, declared, guarded=guarded)
        case (
            nodes.Filter(name="default" | "d") | nodes.Test(name="defined" | "undefined" | "none")
        ) if node.node is not None:
            yield from _used(node.node, declared, guarded=True)
            yield from _all_used(node.args, declared, guarded=guarded)
        case nodes.Name() | nodes.Getattr() | nodes.Getitem() if path := _path(node):
            if path[0] not in declared | _OWN:
                yield path, node.lineno, guarded
        case nodes.Assign():
            yield from _used(node.node, declared, guarded=guarded)
        case _:
            yield from _all_used(tuple(node.iter_child_nodes()), declared, guarded=guarded)


def _used_in_scope(
    node: nodes.For | nodes.With, declared: frozenset[str], *, guarded: bool
) -> Iterator[_Use]:
    if isinstance(node, nodes.With):
        yield from _all_used(node.values, declared, guarded=guarded)
        inside = declared.union(*map(_targets, node.targets))
        yield from _all_used(node.body, inside, guarded=guarded)
        return
    yield from _used(node.iter, declared, guarded=guarded)
    inside = declared | _targets(node.target)
    if node.test is not None:
        yield from _used(node.test, inside, guarded=guarded)
    yield from _all_used(node.body, inside, guarded=guarded)
    yield from _all_used(node.else_, declared, guarded=guarded)


def _all_used(
    children: Sequence[nodes.Node], declared: frozenset[str], *, guarded: bool
) -> Iterator[_Use]:
    known = declared
    for child in children:
        yield from _used(child, known, guarded=guarded)
        known |= _assigned(child)


def _assigned(node: nodes.Node) -> frozenset[str]:
    return _targets(node.target) if isinstance(node, nodes.Assign) else frozenset()


def _targets(node: nodes.Node) -> frozenset[str]:
    return frozenset(
        name.name for name in (node, *node.find_all(nodes.Name)) if isinstance(name, nodes.Name)
    )


def _path(node: nodes.Node) -> tuple[str, ...]:
    """Give `person.name` or `facts["offer"]` as a path; nothing for any other expression."""
    match node:
        case nodes.Name(name=str(name)):
            return (name,)
        case nodes.Getattr(node=inner, attr=str(attribute)) if lead := _path(inner):
            return (*lead, attribute)
        case nodes.Getitem(node=inner, arg=nodes.Const(value=str(key))) if lead := _path(inner):
            return (*lead, key)
        case _:
            return ()


def _places(
    text: Text, cut: Sequence[Segment]
) -> defaultdict[tuple[int, tuple[str, ...]], deque[int]]:
    """Find every word by line and path, since Jinja's tree knows lines and no columns."""
    places: defaultdict[tuple[int, tuple[str, ...]], deque[int]] = defaultdict(deque)
    for segment in cut:
        words = segment.words
        at = 0
        while at < len(words):
            path, after = _path_at(words, at)
            if path and not (at and words[at - 1].text in {".", "|"}):
                line = text.text.count("\n", 0, words[at].at) + 1
                places[line, path].append(words[at].at)
            at = max(after, at + 1)
    return places


def _path_at(words: Sequence[Token], at: int) -> tuple[tuple[str, ...], int]:
    word = words[at]
    if word.kind != "name" or word.text in _KEYWORDS or (at == 0 and word.text in _TAGS):
        return (), at
    path = [word.text]
    at += 1
    while at + 1 < len(words):
        if words[at].text == "." and words[at + 1].kind == "name":
            path.append(words[at + 1].text)
            at += 2
        elif words[at].text == "[" and words[at + 1].kind == "string":
            path.append(words[at + 1].text[1:-1])
            at += 3
        else:
            break
    return tuple(path), at


def _start_of_line(text: Text, line: int) -> int:
    at = 0
    for _ in range(line - 1):
        at = text.text.find("\n", at) + 1
    return at


def _first_bracket(text: Text, at: int) -> int:
    found = [place for sign in ("{{", "{%") if (place := text.text.find(sign, at)) >= 0]
    return min(found, default=at)
