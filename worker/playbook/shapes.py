"""What an author may write in a place, as data: read from it, and published from it.

A shape does two things: it reads a node into a typed value, reporting every mistake at its place,
and it says the same as JSON Schema. So what editors complete and what `check` accepts are one.
Every value that is read keeps the text it came from, for the checks that need more than it.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, Generic, Protocol, TypeVar, cast

from worker.domain.facts import Value
from worker.domain.plan import Worded
from worker.playbook.slips import Slip, plain
from worker.playbook.source import Node, Series, Source, Table, Text
from worker.problems import nearest

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

_YES = frozenset({"true", "yes", "on"})
_NO = frozenset({"false", "no", "off"})
LANGUAGES = ("ja", "en")  # that people can be written to in
_NAMES = {"ja": ("日本語で", "英語で"), "en": ("in Japanese", "in English")}


@dataclass(frozen=True, slots=True)
class Said(Generic[T]):
    """A value, and the text that says it."""

    value: T
    node: Text


class Shape(Protocol[T_co]):
    """What may stand in one place."""

    def read(self, source: Source, node: Node) -> T_co | None:
        """Give what *node* says; None if it cannot be read, and then the source knows why."""
        ...

    def schema(self, language: str, /) -> dict[str, object]:
        """Say the same in JSON Schema, described in *language*."""
        ...


@dataclass(frozen=True, slots=True)
class AnyText:
    """A text that is not empty."""

    def read(self, source: Source, node: Node) -> Said[str] | None:
        """Give the text as written."""
        if not isinstance(node, Text):
            source.report("shape.text", node)
            return None
        if not node.text.strip():
            source.report("shape.empty", node)
            return None
        return Said(node.text, node)

    def schema(self, _language: str, /) -> dict[str, object]:
        """A text, or a number that is taken as written."""
        return {"type": ["string", "number"], "minLength": 1}


@dataclass(frozen=True, slots=True)
class Tongues:
    """A text for readers of every language, or one for each: `{ja: …, en: …}`."""

    def read(self, source: Source, node: Node) -> Said[Worded] | None:
        """Give the text, or the texts by language; at the place of the first."""
        if not isinstance(node, Table):
            said = AnyText().read(source, node)
            return None if said is None else Said(said.value, said.node)
        texts: dict[str, str] = {}
        for key, value in node.entries:
            if key.text not in LANGUAGES:
                near = nearest(key.text, LANGUAGES)
                found = {"found": key.text}
                source.report("shape.language", key, found, expected=LANGUAGES, nearest=near)
            elif (said := AnyText().read(source, value)) is not None:
                texts[key.text] = said.value
        if not node.entries:
            source.report("shape.empty", node)
        return Said(texts, node.entries[0][0]) if texts else None

    def schema(self, language: str, /) -> dict[str, object]:
        """A text, or an object with a text for each language."""
        text = {"type": ["string", "number"], "minLength": 1}
        names = _NAMES[language if language in _NAMES else "en"]
        many = {
            "type": "object",
            "properties": {
                one: {"description": name, **text}
                for one, name in zip(LANGUAGES, names, strict=True)
            },
            "additionalProperties": False,
            "minProperties": 1,
        }
        return {"anyOf": [text, many]}


@dataclass(frozen=True, slots=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, source: Source, node: Node) -> Said[str] | None:
        """Give the word."""
        said = AnyText().read(source, node)
        if said is None or said.value in self.words:
            return said
        near = nearest(said.value, self.words)
        found = {"found": said.value}
        source.report("shape.one_of", said.node, found, expected=self.words, nearest=near)
        return None

    def schema(self, _language: str, /) -> dict[str, object]:
        """An enumeration."""
        return {"enum": list(self.words)}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number between two others."""

    least: int
    most: int

    def read(self, source: Source, node: Node) -> Said[int] | None:
        """Give the number."""
        said = AnyText().read(source, node)
        if said is None:
            return None
        written = plain(said.value).strip()
        values = {"found": said.value, "least": str(self.least), "most": str(self.most)}
        digits = written.removeprefix("-")
        if not (digits.isascii() and digits.isdigit() and len(digits) < 10):  # noqa: PLR2004 - far above any limit
            source.report("shape.whole", said.node, values)
            return None
        if not self.least <= int(written) <= self.most:
            source.report("shape.bounds", said.node, values)
            return None
        return Said(int(written), said.node)

    def schema(self, _language: str, /) -> dict[str, object]:
        """An integer with its bounds."""
        return {"type": "integer", "minimum": self.least, "maximum": self.most}


@dataclass(frozen=True, slots=True)
class YesNo:
    """`true` or `false`; `yes`, `no`, `on` and `off` are read as what they mean here."""

    def read(self, source: Source, node: Node) -> Said[bool] | None:
        """Give the answer."""
        said = AnyText().read(source, node)
        if said is None:
            return None
        word = said.value.casefold()
        if word in _YES or word in _NO:
            return Said(word in _YES, said.node)
        near = nearest(word, ("true", "false"))
        found = {"found": said.value}
        source.report("shape.yes_no", said.node, found, expected=("true", "false"), nearest=near)
        return None

    def schema(self, _language: str, /) -> dict[str, object]:
        """A boolean, or a word that means one."""
        return {"enum": [True, False, "yes", "no", "on", "off"]}


@dataclass(frozen=True, slots=True)
class Phrase(Generic[T]):
    """A short text in a language of its own, read by a function that raises `Slip`."""

    reader: Callable[[str], T]
    examples: tuple[str, ...]
    pattern: str = ""  # what every right text fits

    def read(self, source: Source, node: Node) -> Said[T] | None:
        """Give what the text means."""
        said = AnyText().read(source, node)
        if said is None:
            return None
        try:
            return Said(self.reader(said.value), said.node)
        except Slip as slip:
            values = {"example": self.examples[0], **slip.values}
            source.report(
                slip.code,
                said.node,
                values,
                expected=slip.expected,
                nearest=slip.nearest,
                part=(slip.offset, slip.length),
            )
            return None

    def schema(self, _language: str, /) -> dict[str, object]:
        """A text with examples."""
        known: dict[str, object] = {"type": "string", "examples": list(self.examples)}
        return known | {"pattern": self.pattern} if self.pattern else known


@dataclass(frozen=True, slots=True)
class Each(Generic[T]):
    """A list of things of one shape; one alone may stand without a list."""

    shape: Shape[T]
    alone: bool = True
    least: int = 0

    def read(self, source: Source, node: Node) -> tuple[T, ...] | None:
        """Give the things that could be read."""
        if not isinstance(node, Series):
            if not self.alone or (isinstance(node, Text) and not node.text):
                empty = isinstance(node, Text) and not node.text
                source.report("shape.empty" if empty else "shape.list", node)
                return None
            one = self.shape.read(source, node)
            return () if one is None else (one,)
        if len(node.items) < self.least:
            source.report("shape.empty_list", node)
            return None
        read = (self.shape.read(source, item) for item in node.items)
        return tuple(item for item in read if item is not None)

    def schema(self, language: str, /) -> dict[str, object]:
        """An array, or one of its items."""
        item = self.shape.schema(language)
        many: dict[str, object] = {"type": "array", "items": item}
        if self.least:
            many["minItems"] = self.least
        return {"anyOf": [item, many]} if self.alone else many


@dataclass(frozen=True, slots=True)
class Pairs:
    """Any words with plain values: text, numbers, true and false."""

    def read(self, source: Source, node: Node) -> tuple[tuple[Text, Value], ...] | None:
        """Give the words with their values."""
        if not isinstance(node, Table):
            source.report("shape.table", node)
            return None
        pairs: list[tuple[Text, Value]] = []
        for key, value in node.entries:
            if isinstance(value, Text):
                pairs.append((key, _value(value)))
            else:
                source.report("shape.text", value)
        return tuple(pairs)

    def schema(self, _language: str, /) -> dict[str, object]:
        """An object with plain values."""
        plain_value = {"type": ["string", "number", "boolean", "null"]}
        return {"type": "object", "additionalProperties": plain_value}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a table: what it holds, and what an editor says about it."""

    shape: Shape[object]
    ja: str
    en: str
    example: str = ""  # a whole line to type where it is missing
    required: bool = False
    empty: object = None  # what stands for it where it is not written
    written: str = ""  # the author's word where it is not the field's name


def word(
    shape: Shape[object],
    *,
    ja: str,
    en: str,
    example: str = "",
    required: bool = False,
    many: bool = False,
    written: str = "",
) -> Any:  # noqa: ANN401 - as dataclasses.field, it stands for a value of the field's type
    """Declare one word of a table's dataclass; *many*: where it is not written it is `()`."""
    known = Word(shape, ja, en, example, required, () if many else None, written)
    return field(metadata={"word": known})


@dataclass(frozen=True, slots=True)
class Choice:
    """Words of a table of which exactly one (or at least one) is written."""

    words: tuple[str, ...]
    code: str  # of the problem where none is written
    single: bool = True


@cache
def words_of(table: Hashable) -> Mapping[str, tuple[str, Word]]:
    """Give a table's words as authors write them, each with its field's name."""
    known: dict[str, tuple[str, Word]] = {}
    for one in fields(cast("type[Any]", table)):
        said: Word | None = one.metadata.get("word")
        if said is not None:
            known[said.written or one.name] = (one.name, said)
    return known


@dataclass(frozen=True, slots=True)
class Words(Generic[T]):
    """A table whose words are the fields of a dataclass.

    What could not be read is None (or empty) in it: the other mistakes of the same table are
    told as well. A word that is nearly one of them is told, and then read as that one.
    """

    table: type[T]
    name: str  # how it is called in a message
    short: str = ""  # a text or list alone stands for this word
    choices: tuple[Choice, ...] = ()
    homes: Mapping[str, str] = field(default_factory=dict)  # words that belong elsewhere
    refused: Mapping[str, str] = field(default_factory=dict)  # words with a problem of their own

    def read(self, source: Source, node: Node) -> T | None:
        """Give the table; None only where there is none."""
        known = words_of(cast("Hashable", self.table))
        if not isinstance(node, Table):
            return self._alone(source, node, known)
        values: dict[str, object] = {name: one.empty for name, one in known.values()}
        written = self._recognised(source, node, known)
        for said, (_, value) in written.items():
            name, one = known[said]
            read = one.shape.read(source, value)
            values[name] = one.empty if read is None else read
        lost = any(key.text not in known for key, _ in node.entries) and len(written) < len(
            node.entries
        )
        for said, (_, one) in known.items():
            if one.required and said not in written and not lost:
                missing = {"word": said, "where": self.name, "example": one.example}
                source.report("word.missing", node, missing)
        for choice in self.choices:
            _choose(source, node, choice, written, lost=lost)
        return self._made(values, node)

    def schema(self, language: str, /) -> dict[str, object]:
        """An object with exactly these words."""
        known = words_of(cast("Hashable", self.table))
        properties: dict[str, object] = {}
        for said, (_, one) in known.items():
            properties[said] = {
                "description": one.ja if language == "ja" else one.en,
                **one.shape.schema(language),
            }
        whole: dict[str, object] = {
            "type": "object",
            "properties": properties,
            "additionalProperties": False,
        }
        if required := [said for said, (_, one) in known.items() if one.required]:
            whole["required"] = required
        rules = [
            {"oneOf" if choice.single else "anyOf": [{"required": [said]} for said in choice.words]}
            for choice in self.choices
        ]
        if rules:
            whole["allOf"] = rules
        if not self.short:
            return whole
        return {"anyOf": [known[self.short][1].shape.schema(language), whole]}

    def _made(self, values: Mapping[str, object], node: Table) -> T:
        return cast("Callable[..., T]", self.table)(**values, node=node)

    def _alone(
        self, source: Source, node: Text | Series, known: Mapping[str, tuple[str, Word]]
    ) -> T | None:
        """Read a text or a list that stands for one word of the table."""
        if not self.short:
            _not_a_table(source, node, self.name, tuple(known))
            return None
        values: dict[str, object] = {name: one.empty for name, one in known.values()}
        name, one = known[self.short]
        read = one.shape.read(source, node)
        if read is not None:
            values[name] = read
        return self._made(values, Table((), node.line, node.column))

    def _recognised(
        self, source: Source, node: Table, known: Mapping[str, tuple[str, Word]]
    ) -> dict[str, tuple[Text, Node]]:
        """Sort what is written by the words it is meant as, telling what is not known here."""
        written = {key.text: (key, value) for key, value in node.entries if key.text in known}
        told: set[str] = set()  # of several words that belong to the same place, the first
        for key, value in node.entries:
            if key.text in known:
                continue
            free = sorted(
                (said for said in known if said not in written),
                key=lambda said: not known[said][1].required,
            )
            near = nearest(key.text, free)
            found = {"found": key.text, "where": self.name}
            if key.text in self.refused:
                source.report(self.refused[key.text], key, found)
                continue
            if home := self.homes.get(key.text, ""):
                if home not in told:
                    source.report("word.elsewhere", key, {**found, "home": home})
                told.add(home)
                continue
            expected = tuple(free)
            source.report("word.unknown", key, found, expected=expected, nearest=near)
            if near:
                written[near] = (key, value)
        return written


def _choose(
    source: Source,
    node: Table,
    choice: Choice,
    written: Mapping[str, tuple[Text, Node]],
    *,
    lost: bool,
) -> None:
    chosen = [written[said][0] for said in choice.words if said in written]
    if not chosen and not lost:
        source.report(choice.code, node, {}, expected=choice.words)
    elif choice.single and len(chosen) > 1:
        chosen.sort(key=lambda key: (key.line, key.column))
        values = {"first": chosen[0].text, "second": chosen[1].text}
        source.report("word.both", chosen[1], values)


def _not_a_table(source: Source, node: Text | Series, name: str, known: tuple[str, ...]) -> None:
    if isinstance(node, Text) and not node.text:
        source.report("shape.empty_table", node, {"where": name}, expected=known)
    elif isinstance(node, Text) and (at := node.text.find("：")) > 0 and node.plain:
        source.report("yaml.wide_colon", node, part=(at, 1))
    else:
        source.report("shape.table", node, {"where": name}, expected=known)


def _value(node: Text) -> Value:
    """Read a plain value as YAML 1.2 does: a number, true, false, null, else a text."""
    text = node.text
    if not node.plain:
        return text
    if text in {"true", "false"}:
        return text == "true"
    if text in {"", "null", "~"}:
        return None
    unsigned = text.removeprefix("-")
    digits = unsigned.replace(".", "", 1)
    if (
        digits.isascii()
        and digits.isdigit()
        and (unsigned == "0" or unsigned[0] != "0" or "." in unsigned)
    ):
        return float(text) if "." in text else int(text)
    return text
