"""A template whose words only stand where they are shown, as four strings to be filled.

Most mails choose nothing by the person: they show a name, a department, a day. Everything else of
such a template is the same for every mail of a batch, so Jinja writes it once, with a private-use
character for each word, and what is left for a mail is to put its words into four strings. What
does not fit (a word that is missing, is no text, or holds a line break) goes the long way.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from html import escape
from operator import itemgetter
from typing import TypeAlias

from jinja2 import nodes

from worker.domain.errors import MailError
from worker.playbook.templates.words import Words

Word: TypeAlias = tuple[str, str]  # `person.name`: the root, and what is asked of it

_SET = frozenset({"language", "preheader"})  # by the template itself
_SAME_FOR_ALL = frozenset({"company", "sender"})  # one mapping each for all mails of a batch
_ABSENT = frozenset({"unsubscribe"})  # a frame holds as long as there is none
_FIRST = 0xF0000  # Supplementary Private Use Area-A; what is no text of a mail
_MOST = 0xFFFD
_MARKS = re.compile("[\U000f0000-\U000ffffd]")
_UNFIT = re.compile("[\n\U0010fffe\U000f0000-\U000ffffd]")
_ESCAPED = re.compile("[&<>'\"]")


@dataclass(frozen=True, slots=True)
class _Filled:
    """One part of a mail, and which words go into its gaps."""

    text: str  # for `%`
    words: Callable[[list[str]], tuple[str, ...]]

    def fill(self, values: list[str]) -> str:
        """Put the words in."""
        return self.text % self.words(values)


class Frame:
    """What is the same in all mails of one template and one setting."""

    __slots__ = ("_given", "_html", "_others", "_words")

    def __init__(
        self, words: tuple[Word, ...], given: Mapping[str, object], parts: Iterable[str]
    ) -> None:
        self._words = words
        self._given = tuple((name, _values(one)) for name, one in given.items())
        *others, html = parts
        self._others = tuple(_filled(part) for part in others)
        self._html = _filled(html)

    def fits(self, given: Mapping[str, object]) -> bool:
        """Say whether it was written with the same company and sender."""
        return all(_values(given.get(name)) is known for name, known in self._given)

    def fill(self, given: Mapping[str, object]) -> list[str] | None:
        """Give the parts of one mail; None if one of its words wants a closer look."""
        values = []
        for root, asked in self._words:
            holder = given.get(root)
            value = holder.values.get(asked) if type(holder) is Words else None
            if type(value) is not str or not value:
                return None
            values.append(value)
        together = "".join(values)
        if _UNFIT.search(together):
            return None
        parts = [part.fill(values) for part in self._others]
        if _ESCAPED.search(together):
            values = [_in_html(value) for value in values]
        parts.append(self._html.fill(values))
        return parts


class Frames:
    """The frames of one template: the one that was used last is kept."""

    __slots__ = ("_frame", "_words", "_write")

    def __init__(
        self, words: tuple[Word, ...], write: Callable[[Mapping[str, object]], list[str]]
    ) -> None:
        self._words = words
        self._write = write
        self._frame: Frame | None = None

    def fill(self, given: Mapping[str, object]) -> list[str] | None:
        """Give the parts of one mail; None if this mail has to go the long way."""
        if not _ABSENT.isdisjoint(given):
            return None
        frame = self._frame
        if frame is None or not frame.fits(given):
            same = {name: given.get(name) for name in _SAME_FOR_ALL}
            marked: dict[str, dict[str, object]] = {}
            for number, (root, asked) in enumerate(self._words):
                marked.setdefault(root, {})[asked] = chr(_FIRST + number)
            known = {name: one for name, one in same.items() if one is not None}
            stand_ins = {root: Words(root, inside) for root, inside in marked.items()}
            try:
                parts = self._write({**known, **stand_ins})
            except MailError:  # the long way tells it of the mail that is asked for
                return None
            self._frame = frame = Frame(self._words, same, parts)
        return frame.fill(given)


def words_shown(tree: nodes.Template) -> tuple[Word, ...] | None:
    """Give the words a template shows as they are; None if any of them decides anything."""
    shown: dict[Word, None] = {}
    if next(tree.find_all((nodes.For, nodes.With)), None) is not None:
        return None
    for output in tree.find_all(nodes.Output):
        for node in output.nodes:
            if isinstance(node, nodes.Getattr) and isinstance(node.node, nodes.Name):
                root = node.node.name
                if root not in _SAME_FOR_ALL | _SET | _ABSENT:
                    shown[root, node.attr] = None
    roots = {root for root, _ in shown}
    plain = sum(_is_shown(node, roots) for node in _shown_nodes(tree))
    named = [node for node in tree.find_all(nodes.Name) if node.ctx == "load"]
    if sum(node.name in roots for node in named) != plain or len(shown) > _MOST:
        return None  # one is also asked about, or passed through a filter
    allowed = roots | _SET | _SAME_FOR_ALL | _ABSENT
    return tuple(shown) if all(node.name in allowed for node in named) else None


def _shown_nodes(tree: nodes.Template) -> Iterable[nodes.Expr]:
    return (node for output in tree.find_all(nodes.Output) for node in output.nodes)


def _is_shown(node: nodes.Expr, roots: set[str]) -> bool:
    """Say whether a word stands where it is shown, with nothing around it."""
    return (
        isinstance(node, nodes.Getattr)
        and isinstance(node.node, nodes.Name)
        and node.node.name in roots
    )


def _values(one: object) -> object:
    return one.values if type(one) is Words else one


def _filled(part: str) -> _Filled:
    """Cut a part at its marks."""
    numbers = [ord(mark) - _FIRST for mark in _MARKS.findall(part)]
    text = _MARKS.sub("%s", part.replace("%", "%%"))
    if len(numbers) > 1:
        return _Filled(text, itemgetter(*numbers))
    return _Filled(text, lambda values: tuple(values[number] for number in numbers))


def _in_html(value: str) -> str:
    """Escape as Jinja does: markupsafe writes quotes by number."""
    return escape(value, quote=False).replace('"', "&#34;").replace("'", "&#39;")
