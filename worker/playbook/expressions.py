"""The text of `if:` and `for:` to conditions: own tokens, a Pratt parser, every column kept.

There is no call, no arithmetic and no attribute of Python in this language, so there is nothing
to escape from. Names are not judged here: they are handed back with their place.
"""

import re
from dataclasses import dataclass, field
from typing import TypeAlias

from worker.domain.conditions import (
    All,
    AnyOf,
    Compare,
    Condition,
    Literal,
    Name,
    Not,
    Truth,
    text_of,
)
from worker.domain.facts import Value
from worker.playbook.slips import Slip, plain

_OPERATORS = ("==", "!=", "<=", ">=", "<", ">", "in", "not in")
_JOINING = ("and", "or")
_BINDS = {"or": 1, "and": 2, "not": 3}
_COMPARES = 4
_DEEPEST = 30
_FOREIGN_SIGNS = {
    "=": "==",
    "===": "==",
    "<>": "!=",
    "=<": "<=",
    "=>": ">=",
    "&&": "and",
    "&": "and",
    "||": "or",
    "|": "or",
    "!": "not",
    "AND": "and",
    "OR": "or",
    "NOT": "not",
    "IN": "in",
}
_QUOTES = {"“": "”", "”": "”", "「": "」", "『": "』", "‘": "’", "’": "’"}
_TOKEN = re.compile(
    r"""(?P<text>"[^"]*"|'[^']*')"""
    r"|(?P<date>\d{4}-\d{2}-\d{2}(?![\w.-]))"
    r"|(?P<number>-?\d+(?:\.\d+)?(?![\w.-]))"
    r"|(?P<name>\w+(?:-\w+)*(?:\.\w+(?:-\w+)*)*)"
    r"|(?P<sign>===|[=!<>]=|=[<>]|<>|&&|\|\||[<>=!&|])"
    r"|(?P<bracket>[()\[\],])"
    r"|(?P<quote>[“”「」『』‘’\"'])"
    r"|(?P<other>[^\s])"
)
_WORDS: dict[str, Value] = {"true": True, "false": False, "True": True, "False": False}

_Tree: TypeAlias = Condition | Literal | Name


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a condition, with its place, and the texts it is compared with."""

    path: tuple[str, ...]
    offset: int
    length: int
    against: tuple[tuple[str, int, int], ...] = ()  # each with offset and length, quotes included

    @property
    def written(self) -> str:
        """Give the name as the author wrote it."""
        return ".".join(self.path)


@dataclass(frozen=True, slots=True)
class Expression:
    """A condition and every name it mentions."""

    condition: Condition
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    offset: int

    @property
    def length(self) -> int:
        return len(self.text)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of the tree with the stretch of text it came from."""

    tree: _Tree
    begin: int
    end: int
    texts: tuple[tuple[str, int, int], ...] = ()
    enclosed: bool = False  # stands in brackets of its own


def looks_like_condition(text: str) -> bool:
    """Tell a condition from a moment, where either may stand.

    >>> looks_like_condition("pulse.ease <= 2"), looks_like_condition("offer + 1 hour")
    (True, False)
    """
    return bool(
        re.search(r"[<>=!()\"'\[\]&|“「]|\b(?:and|or|not)\b|\bin\b(?!\s+year)", plain(text))
    )


def read_expression(text: str) -> Expression:
    """Read a condition, or raise one `Slip`.

    >>> read_expression('person.kind == "offer_holder"').condition.operator
    '=='
    """
    parser = _Parser(text, _tokens(text))
    part = parser.expression(0, 0)
    if parser.next is not None:
        raise parser.unexpected()
    if not parser.mentions:
        raise Slip("if.constant", 0, len(text), {"found": text})
    return Expression(_condition(part), tuple(parser.mentions))


def _tokens(text: str) -> list[_Token]:
    written = plain(text)
    tokens: list[_Token] = []
    for found in _TOKEN.finditer(written):
        kind, said, offset = str(found.lastgroup), found.group(), found.start()
        if kind == "quote":
            closing = _QUOTES.get(said, said)
            end = written.find(closing, offset + 1)
            if said in _QUOTES and end > 0:
                inner = written[offset + 1 : end]
                stretch = written[offset : end + 1]
                raise Slip("if.quotes", offset, len(stretch), {"found": stretch}, (), f'"{inner}"')
            raise Slip("if.unclosed", offset, len(written) - offset, {"found": said})
        if kind == "text":  # a text keeps its full-width letters
            said = text[offset : offset + len(said)]
        tokens.append(_Token(kind, said, offset))
    return tokens


@dataclass(slots=True)
class _Parser:
    text: str
    tokens: list[_Token]
    at: int = 0
    mentions: list[Mention] = field(default_factory=list)

    @property
    def next(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def unexpected(self) -> Slip:
        """Say that the next token cannot stand where it stands."""
        token = self.next
        if token is None:
            return Slip("if.ends", len(self.text), 0, {"found": self.text})
        near = _FOREIGN_SIGNS.get(token.text, "")
        found = {"found": token.text}
        if near:
            return Slip("if.sign", token.offset, token.length, found, (), near)
        if token.kind in {"text", "number", "date", "name"} and self.at:
            expected = (*_OPERATORS, *_JOINING)
            return Slip("if.operator", token.offset, token.length, found, expected)
        return Slip("if.unexpected", token.offset, token.length, found)

    def expression(self, binding: int, depth: int) -> _Part:
        """Read as much as binds more tightly than *binding*."""
        if depth > _DEEPEST:
            raise Slip("if.deep", 0, len(self.text), {})
        left = self._operand(depth)
        while (token := self.next) is not None:
            operator = self._operator()
            if operator in _JOINING and _BINDS[operator] > binding:
                self.at += 1
                right = self.expression(_BINDS[operator], depth + 1)
                left = _joined(operator, left, right)
            elif operator in _OPERATORS and binding < _COMPARES:
                self.at += 1 + (operator == "not in")
                right = self.expression(_COMPARES, depth + 1)
                left = self._compared(left, operator, right, token)
            else:
                break
        return left

    def _operator(self) -> str:
        token = self.next
        if token is None or token.kind not in {"sign", "name"}:
            return ""
        following = self.tokens[self.at + 1 : self.at + 2]
        if token.text == "not" and following and following[0].text == "in":
            return "not in"
        return token.text

    def _operand(self, depth: int) -> _Part:
        token = self.next
        if token is None:
            raise self.unexpected()
        if token.text == "not" and token.kind == "name":
            self.at += 1
            inner = self.expression(_BINDS["not"], depth + 1)
            return _Part(Not(_condition(inner)), token.offset, inner.end)
        if token.text == "(":
            return self._bracket(depth)
        if token.text == "[":
            return self._list(token)
        if token.kind == "name" and (token.text in _JOINING or token.text in _FOREIGN_SIGNS):
            raise self.unexpected()
        return self._value(token)

    def _value(self, token: _Token) -> _Part:
        end = token.offset + token.length
        texts: tuple[tuple[str, int, int], ...] = ()
        tree: Literal | Name
        if token.kind == "text":
            tree = Literal(token.text[1:-1])
            texts = ((token.text[1:-1], token.offset, token.length),)
        elif token.kind == "date":
            tree = Literal(token.text)
        elif token.kind == "number":
            tree = Literal(float(token.text) if "." in token.text else int(token.text))
        elif token.kind == "name" and token.text in _WORDS:
            tree = Literal(_WORDS[token.text])
        elif token.kind == "name":
            path = tuple(token.text.split("."))
            self.mentions.append(Mention(path, token.offset, token.length))
            tree = Name(path)
        else:
            raise self.unexpected()
        self.at += 1
        return _Part(tree, token.offset, end, texts)

    def _bracket(self, depth: int) -> _Part:
        opening = self.tokens[self.at]
        self.at += 1
        inner = self.expression(0, depth + 1)
        closing = self.next
        if closing is None:
            raise Slip("if.bracket", opening.offset, 1, {"found": "("})
        if closing.text == ",":
            end = self.text.find(")", closing.offset)
            end = len(self.text) if end < 0 else end
            inside = self.text[opening.offset + 1 : end]
            length = end + 1 - opening.offset
            found = {"found": f"({inside})"}
            raise Slip("if.list", opening.offset, length, found, (), f"[{inside}]")
        if closing.text != ")":
            raise self.unexpected()
        self.at += 1
        return _Part(inner.tree, opening.offset, closing.offset + 1, inner.texts, enclosed=True)

    def _list(self, opening: _Token) -> _Part:
        self.at += 1
        values: list[Value] = []
        texts: list[tuple[str, int, int]] = []
        while (token := self.next) is not None and token.text != "]":
            part = self._operand(0)
            if not isinstance(part.tree, Literal) or isinstance(part.tree.value, tuple):
                self.at -= 1
                raise Slip("if.list_value", token.offset, token.length, {"found": token.text})
            values.append(part.tree.value)
            texts.extend(part.texts)
            token = self.next
            if token is not None and token.text == ",":
                self.at += 1
            elif token is not None and token.text != "]":
                raise self.unexpected()
        closing = self.next
        if closing is None:
            raise Slip("if.bracket", opening.offset, 1, {"found": "["})
        self.at += 1
        return _Part(Literal(tuple(values)), opening.offset, closing.offset + 1, tuple(texts))

    def _compared(self, left: _Part, operator: str, right: _Part, sign: _Token) -> _Part:
        if isinstance(left.tree, Compare) and not left.enclosed:
            found = {"found": self.text[left.begin : right.end]}
            near = f"{self.text[left.begin : left.end]} and {text_of(left.tree.right)}"
            near += f" {operator} {self.text[right.begin : right.end]}"
            raise Slip("if.chain", left.begin, right.end - left.begin, found, (), near)
        for side in (left, right):
            if not isinstance(side.tree, Literal | Name):
                found = {"found": self.text[side.begin : side.end]}
                raise Slip("if.compared", side.begin, side.end - side.begin, found)
        if operator in {"in", "not in"} and _is_single(right.tree):
            found = {"found": self.text[right.begin : right.end]}
            near = f"[{found['found']}]"
            raise Slip("if.in", right.begin, right.end - right.begin, found, (), near)
        if operator not in {"in", "not in"} and _is_many((left.tree, right.tree)):
            raise Slip("if.sign", sign.offset, sign.length, {"found": operator}, (), "in")
        self._remember(left, right)
        self._remember(right, left)
        a, b = (tree for tree in (left.tree, right.tree) if isinstance(tree, Literal | Name))
        return _Part(Compare(a, operator, b), left.begin, right.end)

    def _remember(self, named: _Part, other: _Part) -> None:
        """Keep with a name the texts it is compared with: some names know their values."""
        if not isinstance(named.tree, Name) or not other.texts:
            return
        for at, mention in enumerate(self.mentions):
            if mention.offset == (named.end - mention.length):
                self.mentions[at] = Mention(
                    mention.path, mention.offset, mention.length, other.texts
                )


def _is_single(tree: _Tree) -> bool:
    return isinstance(tree, Literal) and not isinstance(tree.value, tuple)


def _is_many(trees: tuple[_Tree, _Tree]) -> bool:
    return any(isinstance(tree, Literal) and isinstance(tree.value, tuple) for tree in trees)


def _joined(operator: str, left: _Part, right: _Part) -> _Part:
    kind = All if operator == "and" else AnyOf
    parts: list[Condition] = []
    for side in (left, right):
        condition = _condition(side)
        if isinstance(condition, kind) and not side.enclosed:
            parts.extend(condition.conditions)
        else:
            parts.append(condition)
    return _Part(kind(tuple(parts)), left.begin, right.end)


def _condition(part: _Part) -> Condition:
    tree = part.tree
    return Truth(tree) if isinstance(tree, Literal | Name) else tree
