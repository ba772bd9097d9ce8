"""A template file as its author wrote it: front matter, body, and every expression with its place.

Front matter is read line by line and not as YAML, where `subject: {{ person.name }}様` would be a
mapping of a mapping and `subject: 10:00` a number.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from jinja2 import TemplateSyntaxError

from worker.playbook.templates.sandbox import TAGS, environment, filter_names
from worker.problems import Mistakes, Problem, cells, nearest

KEYS = ("subject", "preheader")
LARGEST = 200_000  # characters; Gmail clips a mail of 102 kB

_KEY = re.compile(r"([^\s:：]+)\s*[:：]\s*(.*)")
_SUPPLEMENTARY = re.compile("[\U000f0000-\U0010ffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_WIDE = re.compile(r"｛{1,2}[^{}｛｝\n]*｝{1,2}|\{｛[^{}｛｝\n]*|｛\{[^{}｛｝\n]*")
_SINGLE = re.compile(r"(?<![{$])\{ ?[a-z_]+(?:\.[a-z_]+)* ?\}(?!\})")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of Jinja's, with its offset in the text."""

    kind: str
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of a template: plain text, or one `{{ … }}` or `{% … %}` with its words."""

    kind: str  # text | value | block | raw
    text: str
    at: int
    tokens: tuple[Token, ...] = ()

    @property
    def words(self) -> tuple[Token, ...]:
        """The tokens between the brackets, without spaces."""
        return tuple(
            token
            for token in self.tokens
            if token.kind != "whitespace" and not token.kind.endswith(("_begin", "_end"))
        )


@dataclass(frozen=True, slots=True)
class Text:
    """A piece of a file that Jinja reads: the subject, the preheader or the body."""

    text: str
    first: int  # the file's line on which it starts
    indent: int  # characters before it on that line


@dataclass(frozen=True, slots=True)
class Source:
    """A template file, taken apart."""

    path: str
    lines: tuple[str, ...]
    subject: Text
    preheader: Text
    body: Text

    def problem(self, text: Text, at: int, code: str, width: int = 1, **extra: object) -> Problem:
        """Make a problem of the offset *at* in *text*."""
        before = text.text[:at]
        down = before.count("\n")
        column = len(before) - (before.rfind("\n") + 1) + (0 if down else text.indent)
        number = text.first + down
        line = self.lines[number - 1] if number <= len(self.lines) else ""
        return Problem(
            self.path,
            number,
            cells(line[:column]) + 1,
            code,
            source=line,
            width=max(1, cells(line[column : column + width])),
            **extra,  # type: ignore[arg-type]  # the fields of Problem, named by the caller
        )


def read(text: str, path: str) -> Source:
    """Take a template apart.

    Raises:
        Mistakes: The front matter is missing something, or is not what it should be.
    """
    lines = tuple(text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    problems = list(_unusable(lines, path))
    end = _end_of_front_matter(lines)
    if end is None:
        problems.append(Problem(path, 1, 1, "template.front", source=lines[0]))
        raise Mistakes(problems)
    found: dict[str, Text] = {}
    key = ""
    for number, line in enumerate(lines[1:end], 2):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line[0] in " \t\u3000" and key:
            problems.append(Problem(path, number, 1, "template.continued", (("key", key),),
                                    source=line, width=cells(line)))  # fmt: skip
            continue
        match = _KEY.fullmatch(line)
        key = match[1].lower() if match else ""
        if match is None or key not in KEYS:
            problems.append(_unknown_key(path, number, line, match[1] if match else line))
            continue
        if key in found:
            problems.append(Problem(path, number, 1, "template.twice", (("key", key),),
                                    source=line, width=cells(match[1])))  # fmt: skip
        found[key] = _unquoted(match[2], number, match.start(2))
    if not found.get("subject", Text("", 0, 0)).text.strip():
        problems.append(Problem(path, 1, 1, "template.subject", source=lines[0], width=3))
    if problems:
        raise Mistakes(problems)
    body = Text("\n".join(lines[end + 1 :]).strip("\n") + "\n", 0, 0)
    skipped = next((i for i, line in enumerate(lines[end + 1 :]) if line), 0)
    return Source(
        path,
        lines,
        found["subject"],
        found.get("preheader", Text("", 1, 0)),
        Text(body.text, end + 2 + skipped, 0),
    )


def _unusable(lines: tuple[str, ...], path: str) -> Iterator[Problem]:
    if sum(map(len, lines)) > LARGEST:
        yield Problem(path, 0, 0, "template.large")
    for number, line in enumerate(lines, 1):
        for pattern in (_CONTROL, _SUPPLEMENTARY):
            if found := pattern.search(line):
                yield Problem(
                    path, number, cells(line[: found.start()]) + 1, "template.control",
                    (("sign", f"U+{ord(found[0]):04X}"),), source=line,
                )  # fmt: skip


def _end_of_front_matter(lines: tuple[str, ...]) -> int | None:
    if lines[0].strip() != "---":
        return None
    return next((n for n, line in enumerate(lines[1:], 1) if line.strip() in {"---", "..."}), None)


def _unknown_key(path: str, number: int, line: str, word: str) -> Problem:
    return Problem(
        path, number, 1, "template.key", (("word", word),), KEYS, nearest(word, KEYS),
        source=line, width=cells(word),
    )  # fmt: skip


def _unquoted(value: str, number: int, at: int) -> Text:
    """Drop quotes around a whole value, as YAML has them."""
    stripped = value.rstrip()
    for mark in "\"'":
        if len(stripped) > 1 and stripped[0] == stripped[-1] == mark:
            inner = stripped[1:-1]
            if mark == "'":
                return Text(inner.replace("''", "'"), number, at + 1)
            return Text(inner.replace('\\"', '"').replace("\\\\", "\\"), number, at + 1)
    return Text(stripped, number, at)


def segments(source: Source, text: Text, problems: list[Problem]) -> tuple[Segment, ...]:
    """Cut *text* at its expressions; what cannot be read is added to *problems*."""
    problems += _brackets_of_others(source, text)
    try:
        lexed = list(environment("ja").lex(text.text))
    except TemplateSyntaxError as error:
        problems.append(_syntax(source, text, error))
        return ()
    found: list[Segment] = []
    run: list[Token] = []
    at = 0
    for _, kind, value in lexed:
        at = text.text.index(value, at)  # `{%-` strips spaces: what is left out is stepped over
        token = Token(kind, value, at)
        at += len(value)
        run.append(token)
        if kind == "data" and len(run) == 1:
            found.append(Segment("text", value, token.at))
            run = []
        elif kind in {"variable_end", "block_end", "comment_end", "raw_end"}:
            if (segment := _segment(run)) is not None:
                found.append(segment)
            run = []
    problems += _unknown_tags_and_filters(source, text, found)
    return tuple(found)


def _segment(run: list[Token]) -> Segment | None:
    whole = "".join(token.text for token in run)
    match run[0].kind:
        case "variable_begin":
            return Segment("value", whole, run[0].at, tuple(run))
        case "block_begin":
            return Segment("block", whole, run[0].at, tuple(run))
        case "raw_begin":
            inner = "".join(token.text for token in run[1:-1])
            return Segment("raw", inner, run[0].at + len(run[0].text))
        case _:
            return None  # a comment


def _syntax(source: Source, text: Text, error: TemplateSyntaxError) -> Problem:
    """Point at the first bracket of the line Jinja complains about."""
    lines = text.text.split("\n")
    line = min(error.lineno, len(lines))
    start = sum(len(one) + 1 for one in lines[: line - 1])
    inside = re.search(r"\{[{%]|[%}]\}|[{}]", lines[line - 1])
    at = start + (inside.start() if inside else 0)
    return source.problem(
        text, at, "template.syntax", width=2, values=(("why", error.message or "?"),)
    )


def _brackets_of_others(source: Source, text: Text) -> Iterator[Problem]:
    """Find what an author meant to be filled in, and Jinja would leave as it stands."""
    for found in _WIDE.finditer(text.text):
        yield source.problem(
            text, found.start(), "template.wide", len(found[0]), values=(("found", found[0]),)
        )
    for found in _SINGLE.finditer(text.text):
        word = found[0][1:-1].strip()
        yield source.problem(
            text, found.start(), "template.single", len(found[0]),
            values=(("found", found[0]),), nearest=f"{{{{ {word} }}}}", warning=True,
        )  # fmt: skip


def _unknown_tags_and_filters(
    source: Source, text: Text, found: list[Segment]
) -> Iterator[Problem]:
    for segment in found:
        words = segment.words
        if segment.kind == "block" and words and words[0].text not in TAGS:
            yield _unknown(source, text, words[0], "template.tag", tuple(sorted(TAGS)))
        for before, word in pairwise(words):
            if before.text == "|" and word.text not in {*filter_names(), "e", "escape"}:
                yield _unknown(source, text, word, "template.filter", filter_names())


def _unknown(
    source: Source, text: Text, word: Token, code: str, choices: tuple[str, ...]
) -> Problem:
    return source.problem(
        text, word.at, code, len(word.text), values=(("word", word.text),),
        expected=choices, nearest=nearest(word.text, choices),
    )  # fmt: skip
