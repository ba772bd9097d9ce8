"""Whether a text puts pressure on a candidate (オワハラ): turns of phrase, each with its reason.

The rules are data: `pressure.yaml` beside this file, and a workspace's own, which adds to them. A
rule is written in words, not as a regular expression, so that HR can write one, and so that no rule
can take long: `…` is a gap of at most 24 characters within a sentence, `(a|b)` a choice.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from worker.playbook.source import Node, Series, Source, Table, Text, read
from worker.problems import Mistakes, nearest

FILE = "pressure.yaml"  # in a workspace
GAP = 24  # characters that `…` may stand for
_MOST = 3  # gaps of one turn of phrase, so that looking for it stays linear
_LONGEST = 600  # characters of one turn of phrase

_WORDS = ("id", "find", "unless", "why", "instead", "source", "example", "off")
_LANGUAGES = ("ja", "en")
_ENDS = "。．！？!?"
_SENTENCE = re.compile(f"[^{_ENDS}]*[{_ENDS}]?")
_PARAGRAPH = re.compile(r"\n(?=[ \t\u3000]*\n)")
_ABBREVIATED = re.compile(r"\. (?=[A-Z])|\.(?=\n|$)")


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of putting pressure on somebody."""

    id: str
    find: tuple[re.Pattern[str], ...]
    unless: tuple[str, ...]  # in small letters
    why: tuple[str, str]  # Japanese, English
    instead: tuple[str, str]
    source: str
    example: str


@dataclass(frozen=True, slots=True)
class Finding:
    """A place where a text may be read as pressure."""

    rule: Rule
    at: int
    found: str


def pressure_in(text: str, rules: Sequence[Rule]) -> tuple[Finding, ...]:
    """Find every place of *text* that a rule names, at most one a rule and sentence.

    >>> [finding.rule.id for finding in pressure_in("就職活動を終えてください。", shipped_rules())]
    ['stop-job-hunting']
    >>> pressure_in("就職活動を終える必要はありません。", shipped_rules())
    ()
    """
    findings = []
    for sentence in _SENTENCE.finditer(_with_ends(text)):
        small = sentence[0].lower()
        if not small.strip():
            continue
        for rule in rules:
            if (found := _first(rule, small)) and not any(word in small for word in rule.unless):
                at = sentence.start() + found.start()
                findings.append(Finding(rule, at, text[at : at + len(found[0])]))
    return tuple(findings)


def _with_ends(text: str) -> str:
    """Mark where sentences end that have no Japanese mark: an empty line, an English full stop."""
    return _ABBREVIATED.sub(lambda found: "。" + found[0][1:], _PARAGRAPH.sub("。", text))


def _first(rule: Rule, sentence: str) -> re.Match[str] | None:
    for pattern in rule.find:
        if found := pattern.search(sentence):
            return found
    return None


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Give the rules that come with the program."""
    content = (Path(__file__).parent / FILE).read_bytes()
    return read_rules(FILE, content)


def with_own(own: Sequence[Rule]) -> tuple[Rule, ...]:
    """Give the shipped rules and a workspace's; the same id replaces, nothing to find removes."""
    rules = {rule.id: rule for rule in (*shipped_rules(), *own)}
    return tuple(rule for rule in rules.values() if rule.find)


def read_rules(path: str, content: bytes) -> tuple[Rule, ...]:
    """Read a file of rules.

    Raises:
        Mistakes: Everything that is wrong with it.
    """
    source, root = read(path, content)
    rules: list[Rule] = []
    if isinstance(root, Table):
        for key, node in root.entries:
            if key.text != "rules" or not isinstance(node, Series):
                source.report("pressure.file", key, nearest=nearest(key.text, ("rules",)))
                continue
            rules += [rule for item in node.items if (rule := _rule(source, item)) is not None]
    elif root is not None:
        source.report("pressure.file", root)
    if source.problems:
        raise Mistakes(source.problems)
    return tuple(rules)


def _rule(source: Source, node: Node) -> Rule | None:
    if not isinstance(node, Table):
        source.report("pressure.file", node)
        return None
    for key, _ in node.entries:
        if key.text not in _WORDS:
            source.report(
                "pressure.word", key, {"word": key.text},
                expected=_WORDS, nearest=nearest(key.text, _WORDS),
            )  # fmt: skip
    name = node.get("id")
    if not isinstance(name, Text) or not name.text:
        source.report("pressure.id", node)
        return None
    if _said(node, "off") == "true":
        return Rule(name.text, (), (), ("", ""), ("", ""), "", "")
    find = tuple(
        pattern
        for text in _texts(node.get("find"))
        if (pattern := _pattern(source, text)) is not None
    )
    why = _both(node, "why")
    if not find or not any(why):
        source.report("pressure.needed", name, {"rule": name.text})
        return None
    return Rule(
        name.text,
        find,
        tuple(text.text.lower() for text in _texts(node.get("unless"))),
        why,
        _both(node, "instead"),
        _said(node, "source"),
        _said(node, "example"),
    )


def _texts(node: Node | None) -> Iterator[Text]:
    match node:
        case Text():
            yield node
        case Series(items=items):
            yield from (item for item in items if isinstance(item, Text))
        case _:
            pass


def _said(node: Table, word: str) -> str:
    said = node.get(word)
    return said.text if isinstance(said, Text) else ""


def _both(node: Table, word: str) -> tuple[str, str]:
    """Give a sentence in both languages; one written only once serves both."""
    said = node.get(word)
    if isinstance(said, Text):
        return said.text, said.text
    if not isinstance(said, Table):
        return "", ""
    ja, en = (_said(said, language) for language in _LANGUAGES)
    return ja or en, en or ja


def _pattern(source: Source, written: Text) -> re.Pattern[str] | None:
    """Make a pattern of a turn of phrase; words and gaps, nothing that could take long."""
    text = written.text.lower().replace("...", "…")
    gaps = text.count("…")
    literal = re.sub(r"[…()|\s]", "", text)
    pieces = re.split(r"(…|\(|\)|\||\s+)", text)
    depth = 0
    for piece in pieces:
        depth += (piece == "(") - (piece == ")")
        if depth not in {0, 1} or (piece == "|" and depth == 0) or (piece == "…" and depth):
            source.report("pressure.pattern", written)
            return None
    if depth or not literal or gaps > _MOST or len(text) > _LONGEST or "||" in text or "()" in text:
        source.report("pressure.pattern", written)
        return None
    return re.compile("".join(map(_piece, pieces)))


def _piece(piece: str) -> str:
    match piece:
        case "…":
            return f"[^{_ENDS}]{{0,{GAP}}}?"
        case "(":
            return "(?:"
        case ")" | "|":
            return piece
        case _:
            return r"\s{1,3}" if piece.isspace() else re.escape(piece)
