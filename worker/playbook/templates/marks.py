"""Private-use characters that stand in for expressions while Markdown and HTML are read."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from worker.playbook.templates.source import Segment

VALUES = 0xF0000  # Supplementary Private Use Area-A: one character for each `{{ … }}`
BLOCKS = 0x100000  # -B: one for each `{% … %}`
BLOCK_LINE = re.compile("[ \t\u3000]*([\U00100000-\U0010fffd][\U00100000-\U0010fffd \t\u3000]*)")

_MARKS = re.compile("[\U000f0000-\U0010fffd]")
_MARKED_OR_TAG = re.compile(
    # what stands in a title or a textarea is text alone: there a comment would be read as one
    "(<(title|textarea)\\b.*?</\\2>|<[^>]*>)|([\U00100000-\U0010fffd])",
    re.DOTALL | re.IGNORECASE,
)
_LITERAL = re.compile(r"\{(?=[{%#])")
_OPENING = ("if", "for", "with")
_MIDDLE = ("else", "elif", "set")


@dataclass(slots=True)
class Marks:
    """Which expression each private-use character stands for. Filled while a file is read."""

    values: list[str] = field(default_factory=list)  # what is between `{{` and `}}`
    blocks: list[str] = field(default_factory=list)  # what is between `{%` and `%}`

    def value(self, inner: str) -> str:
        """Give the character of one more `{{ inner }}`."""
        self.values.append(inner)
        return chr(VALUES + len(self.values) - 1)

    def block(self, inner: str) -> str:
        """Give the character of one more `{% inner %}`."""
        self.blocks.append(inner)
        return chr(BLOCKS + len(self.blocks) - 1)

    def marked(self, segments: Sequence[Segment]) -> str:
        """Put a character in the place of every expression."""
        return "".join(map(self._mark, segments))

    def _mark(self, segment: Segment) -> str:
        if segment.kind in {"text", "raw"}:
            return segment.text
        inner = segment.tokens[1:-1]
        said = "".join(token.text for token in inner).strip()
        return self.value(said) if segment.kind == "value" else self.block(said)

    def restored(self, text: str, *, wrap: Callable[[str], str] | None = None) -> str:
        """Put the expressions back; *wrap* may pass each value through a filter."""
        return _MARKS.sub(lambda found: self._restored(found[0], wrap), text)

    def _restored(self, mark: str, wrap: Callable[[str], str] | None) -> str:
        code = ord(mark)
        if code >= BLOCKS:
            at = code - BLOCKS
            return f"{{% {self.blocks[at]} %}}" if at < len(self.blocks) else ""
        at = code - VALUES
        if at >= len(self.values):
            return ""
        inner = self.values[at]
        return f"{{{{ {wrap(inner) if wrap else inner} }}}}"

    def inner(self, mark: str) -> str:
        """Give what stands between `{{` and `}}`; nothing for a character that marks none."""
        at = ord(mark) - VALUES
        return self.values[at] if 0 <= at < len(self.values) else ""

    def opens(self, mark: str) -> int:
        """Say whether a block opens (1), closes (-1) or stands between (0)."""
        word = self.word(mark)
        return 1 if word in _OPENING else 0 if word in _MIDDLE else -1

    def word(self, mark: str) -> str:
        """Give the first word of a block: if, for, endif or another."""
        at = ord(mark) - BLOCKS
        return self.blocks[at].split(None, 1)[0] if at < len(self.blocks) else "endif"


def is_value(sign: str) -> bool:
    """Say whether a character stands for a `{{ … }}`."""
    return VALUES <= ord(sign) < BLOCKS


def literal(text: str) -> str:
    """Keep Jinja from reading what was written out (`{% raw %}`)."""
    return _LITERAL.sub('{{ "{" }}', text)


def in_html(html: str) -> str:
    """Hide blocks in comments, which stand anywhere in HTML, also between rows of a table."""
    return _MARKED_OR_TAG.sub(
        lambda found: found[1] or f"<!--block{ord(found[3]) - BLOCKS}-->", html
    )


def out_of_html(html: str) -> str:
    """Bring back what `in_html` hid."""
    return re.sub(r"<!--block(\d+)-->", lambda found: chr(BLOCKS + int(found[1])), html)
