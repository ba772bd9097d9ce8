"""Nodes of `tsunagu.yaml` → values, or every mistake in them at once.

What comes out is a plain table of values by word, in which nothing is missing that is needed and
nothing stands that is not known; `build` makes `Settings` of it.
"""

import re
from collections.abc import Mapping
from typing import cast
from urllib.parse import quote

from worker.playbook.slips import Slip
from worker.playbook.source import Node, Series, Source, Table, Text
from worker.problems import nearest
from worker.settings.secret import Secret
from worker.settings.shape import SETTINGS, Group, Kind, Named, Scalar, Several

_VARIABLE = re.compile("\\$\ue000([^\ue001]*)\ue001")  # as `load` puts the braces aside
# `postgresql://hr:hunter2@db/hr`: what stands between the colon and the @, if it is written out.
PASSWORD_IN_URL = re.compile("(?P<word>://[^:/@\\s]*:)(?P<value>(?!\\$[{\ue000])[^@\\s]+)(?=@)")
_WHO_IN_URL = re.compile(r"(?<=://)[^/@\s]*(?=@)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_WORD = re.compile(r"[^\s:{}\[\],]+")
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


class Reader:
    """One reading of one file."""

    def __init__(
        self, source: Source, environ: Mapping[str, str], *, needs_secrets: bool = True
    ) -> None:
        self._source = source
        self._environ = environ
        self._needs_secrets = needs_secrets
        self.written: list[str] = []  # secrets that stand in the file itself

    def settings(self, root: Node) -> dict[str, object] | None:
        """Give all values by word; None where something is wrong, and then the source says what."""
        values = self._read(root, SETTINGS, "tsunagu.yaml")
        wrong = any(not problem.warning for problem in self._source.problems)
        return None if wrong or values is None else cast("dict[str, object]", values)

    def _read(self, node: Node, kind: Kind, where: str) -> object | None:
        match kind:
            case Scalar():
                return self._scalar(node, kind, where)
            case Several():
                return self._several(node, kind, where)
            case Named():
                return self._named(node, kind, where)
            case Group():
                return self._group(node, kind, where)

    def _group(self, node: Node, group: Group, where: str) -> dict[str, object] | None:
        if group.short and isinstance(node, Text):
            value = self._read(node, group.words[group.short].kind, where)
            return None if value is None else {group.short: value}
        if not isinstance(node, Table):
            self._source.report("settings.table", node, {"word": where})
            return None
        values: dict[str, object] = {}
        unknown: list[str] = []
        for key, said in node.entries:
            word = group.words.get(key.text)
            if word is None:
                unknown.append(self._unknown(key, group, where))
            elif (
                not _is_nothing(said)
                and (value := self._read(said, word.kind, key.text)) is not None
            ):
                values[key.text] = value
        for name, word in group.words.items():
            said_nothing = node.get(name) is None or _is_nothing(cast("Node", node.get(name)))
            if word.needed and said_nothing and name not in unknown:
                place = self._key_of(node, name)
                self._source.report("settings.needed", place, {"word": name, "where": where})
        return values

    def _unknown(self, key: Text, group: Group, where: str) -> str:
        """Report a word that is not known; give the one that was probably meant."""
        meant = nearest(key.text, group.words)
        self._source.report(
            "settings.unknown",
            key,
            {"found": key.text, "where": where},
            expected=tuple(group.words),
            nearest=meant,
        )
        return meant

    @staticmethod
    def _key_of(table: Table, name: str) -> Node:
        """Give what to point at where *name* is missing: its own empty key, else the table."""
        for key, _ in table.entries:
            if key.text == name:
                return key
        return table.entries[0][0] if table.entries else table

    def _named(self, node: Node, named: Named, where: str) -> dict[str, object] | None:
        if not isinstance(node, Table):
            self._source.report("settings.table", node, {"word": where})
            return None
        values = {}
        for key, said in node.entries:
            if not _WORD.fullmatch(key.text):
                self._source.report("settings.name", key, {"found": key.text})
            elif (value := self._read(said, named.item, key.text)) is not None:
                values[key.text] = value
        return values

    def _several(self, node: Node, several: Several, where: str) -> tuple[object, ...] | None:
        if isinstance(node, Table):
            self._source.report("settings.list", node, {"word": where})
            return None
        items = node.items if isinstance(node, Series) else (node,)
        return tuple(
            value
            for item in items
            if (value := self._scalar(item, several.item, where)) is not None
        )

    def _scalar(self, node: Node, kind: Scalar, where: str) -> object | None:
        if not isinstance(node, Text):
            self._source.report("settings.text", node, {"word": where})
            return None
        text = self._expanded(node, is_secret=kind.secret)
        if text is None:
            return Secret("") if kind.secret and not self._needs_secrets else None
        if kind.secret:
            self._warn_of_secret(node, where)
            return Secret(text)
        if found := PASSWORD_IN_URL.search(node.text):
            self._warn_of_secret(Text(found["value"], node.line, node.column, node.end), where)
        try:
            return kind.read(text)
        except Slip as slip:
            self._source.report(
                slip.code,
                node,
                {**slip.values, "word": where},
                expected=slip.expected,
                nearest=slip.nearest,
                part=(slip.offset, slip.length) if text == node.text else None,
            )
            return None

    def _expanded(self, node: Text, *, is_secret: bool) -> str | None:
        """Put in what the environment says for each `${NAME}`; None where it does not say."""
        if "\ue000" not in node.text and "${" not in node.text:
            return node.text
        complete = True
        for found in _VARIABLE.finditer(node.text):
            name = found[1]
            part = (found.start(), len(found[0]))
            if not _NAME.fullmatch(name):
                complete = False
                self._source.report("settings.variable_name", node, {"found": name}, part=part)
            elif name not in self._environ:
                complete = False
                self._source.report(
                    "settings.variable",
                    node,
                    {"found": name},
                    nearest=nearest(name, self._environ),
                    part=part,
                    warning=is_secret and not self._needs_secrets,
                )
        if "${" in _VARIABLE.sub("", node.text):
            complete = False
            self._source.report("settings.variable_open", node)
        if not complete:
            return None
        who = _WHO_IN_URL.search(node.text)
        first, end = who.span() if who is not None else (0, 0)

        def said(found: re.Match[str]) -> str:
            """Give a value; as a user or password of an address with its `@`, `/` and `:` coded."""
            value = self._environ[found[1]]
            return quote(value, safe="") if first <= found.start() < end else value

        return _VARIABLE.sub(said, node.text)

    def _warn_of_secret(self, node: Text, where: str) -> None:
        plain = _VARIABLE.sub("", node.text)
        if plain:
            self.written.append(plain)
            name = re.sub(r"\W", "_", where).upper()
            self._source.report(
                "settings.secret", node, {"word": where, "name": name}, warning=True
            )


def _is_nothing(node: Node) -> bool:
    """`endpoint:` and `endpoint: null` say as much as a line that is not there."""
    return isinstance(node, Text) and node.plain and node.text in _NOTHING
