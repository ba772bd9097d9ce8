"""Why YAML could not be read: the usual slips of somebody who writes Japanese in an editor.

A parser says where it gave up; the slip is often on a line before. This module knows the slips
and refuses to guess: where none fits, the parser's own place is told.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

_WIDE_COLON = re.compile(r"^[\s　]*(?:[-－]\s*)?[A-Za-z_][\w-]*[\s　]*(：)")
_BRACES = re.compile(r"(?:^|[:,\[-])\s+(\{\{)")
_NO_SPACE = re.compile(r"^\s*(?:- )?[A-Za-z_][\w-]*(:)[^\s:/]")
_NO_SPACE_AFTER_DASH = re.compile(r"^\s*(-)[A-Za-z_][\w-]*:(?:\s|$)")
_SECOND_COLON = re.compile(r"^\s*(?:- )?[A-Za-z_][\w-]*:\s+[^\s\"'\[{|>].*?(:)(?:\s|$)")
_AFTER_QUOTE = re.compile(r""":\s+(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')\s*([^\s,\]}#].*)$""")
_LINES_BACK = 3


@dataclass(frozen=True, slots=True)
class Trap:
    """A slip: its code, its place (1-based line, 0-based column in characters), its width."""

    code: str
    line: int
    column: int
    width: int = 1
    values: Mapping[str, str] = field(default_factory=dict)


def wide_colon(line: str) -> int | None:
    """Give the column of a full-width colon that stands where a `:` must."""
    found = _WIDE_COLON.match(line)
    return found.start(1) if found else None


def wide_start(text: str) -> str:
    """Give the code of the slip if *text* begins with a space that YAML does not take for one."""
    return "yaml.wide_space" if text[:1] in {"　", "\xa0"} else ""


def explain(
    lines: Sequence[str],
    problem: str,
    context: str,
    at: tuple[int, int],
    since: tuple[int, int] | None,
) -> Trap:
    """Name the slip behind a parser's complaint *at* a place, in something open *since* another."""
    line, column = at
    line = min(line, len(lines))
    first = max(1, min(line, since[0] if since else line, line) - _LINES_BACK)
    first = max(first, line - 50)
    near = [(number, lines[number - 1]) for number in range(line, first - 1, -1)]
    here = lines[line - 1] if line else ""
    return (
        _tab(near)
        or _wide(near, context)
        or _braces(near)
        or _no_comma(here, problem, (line, column), since)
        or _unclosed(lines, context, since)
        or _after_quote(near)
        or _reserved(here, problem, context, line, column)
        or _colon(near, problem, line, column)
        or _indented(here, problem, line, column)
        or Trap("yaml.unreadable", line, column, 1, {"found": problem})
    )


def _tab(near: Sequence[tuple[int, str]]) -> Trap | None:
    for number, text in near[:2]:
        margin = text[: len(text) - len(text.lstrip())]
        if "\t" in margin:
            return Trap("yaml.tab", number, margin.index("\t"), margin.count("\t"))
    return None


def _wide(near: Sequence[tuple[int, str]], context: str) -> Trap | None:
    for number, text in near:
        if (column := wide_colon(text)) is not None:
            return Trap("yaml.wide_colon", number, column)
        margin = text[: len(text) - len(text.lstrip())]
        if "　" in margin or "\xa0" in margin:
            return Trap("yaml.wide_space", number, 0, len(margin))
        if text.lstrip().startswith("－"):
            return Trap("yaml.wide_dash", number, len(margin))
    if "flow" in context:
        for number, text in near:
            for mark in "、，":
                if mark in text:
                    return Trap("yaml.wide_comma", number, text.index(mark), 1, {"found": mark})
    return None


def _braces(near: Sequence[tuple[int, str]]) -> Trap | None:
    for number, text in near:
        if found := _BRACES.search(text):
            return Trap("yaml.braces", number, found.start(1), len(text.rstrip()) - found.start(1))
    return None


def _no_comma(
    here: str, problem: str, at: tuple[int, int], since: tuple[int, int] | None
) -> Trap | None:
    """A line that closes what was opened above lacks a comma; one that closes its own does not."""
    line, column = at
    closed = re.search(r"[\]}]\s*(?:#.*)?$", here)
    if since is not None and since[0] < line:
        closed = closed if sum(map(here.count, "]}")) > sum(map(here.count, "[{")) else None
    if "did not find expected ','" in problem and closed and column < len(here):
        return Trap("yaml.no_comma", line, column)
    return None


def _unclosed(lines: Sequence[str], context: str, since: tuple[int, int] | None) -> Trap | None:
    if since is None or since[0] > len(lines) or since[1] >= len(lines[since[0] - 1]):
        return _last_opened(lines) if "flow" in context else None
    line, column = since
    if "quoted scalar" in context:
        return Trap("yaml.unclosed", line, column, 1, {"found": lines[line - 1][column]})
    if "flow" in context:
        found = lines[line - 1][column : column + 1]
        return Trap("yaml.unclosed", line, column, 1, {"found": found})
    return None


def _last_opened(lines: Sequence[str]) -> Trap | None:
    """The text ended inside brackets: the last one that was opened is the nearest guess."""
    for number in range(len(lines), 0, -1):
        column = max(lines[number - 1].rfind(sign) for sign in "[{")
        if column >= 0:
            found = {"found": lines[number - 1][column]}
            return Trap("yaml.unclosed", number, column, 1, found)
    return None


def _after_quote(near: Sequence[tuple[int, str]]) -> Trap | None:
    for number, text in near[:2]:
        if found := _AFTER_QUOTE.search(text):
            left = found.group(1).rstrip()
            return Trap("yaml.after_quote", number, found.start(1), len(left), {"found": left})
    return None


def _reserved(here: str, problem: str, context: str, line: int, column: int) -> Trap | None:
    opened = ("alias", "anchor", "tag", "block scalar")
    if "cannot start any token" in problem or any(word in context for word in opened):
        start = column
        if any(word in context for word in opened):
            start = max((here.rfind(mark, 0, column + 1) for mark in "*&!|>"), default=column)
        found = here[max(0, start) : max(0, start) + 1]
        return Trap("yaml.reserved", line, max(0, start), 1, {"found": found})
    return None


def _colon(near: Sequence[tuple[int, str]], problem: str, line: int, column: int) -> Trap | None:
    if "mapping values are not allowed" in problem:
        second = _SECOND_COLON.match(near[0][1])
        if second and second.start(1) == column:
            return Trap("yaml.second_colon", line, column)
    elif "could not find expected ':'" not in problem:
        return None
    for number, text in near[:3]:
        if found := _NO_SPACE.match(text):
            return Trap("yaml.no_space", number, found.start(1), 1, {"found": ":"})
        if found := _NO_SPACE_AFTER_DASH.match(text):
            return Trap("yaml.no_space", number, found.start(1), 1, {"found": "-"})
    return None


def _indented(here: str, problem: str, line: int, column: int) -> Trap | None:
    if "mapping values are not allowed" in problem or "did not find expected" in problem:
        margin = len(here) - len(here.lstrip())
        width = max(1, len(here.strip()))
        return Trap("yaml.indent", line, min(margin, column) if here else column, width)
    return None
