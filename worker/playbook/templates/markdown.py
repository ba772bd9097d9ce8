"""Markdown with expressions in it → HTML and text that say the same, still with expressions.

While Markdown is read, every expression stands in as one private-use character: `{{ … }}` is a
letter of the text, `{% … %}` on a line of its own a block of its own. What a value will hold is
never seen by Markdown, so no value can become a link or a heading.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from markdown_it.token import Token

from worker.playbook.templates.buttons import with_buttons
from worker.playbook.templates.joined import joined_lists, joined_paragraphs, row_blocks
from worker.playbook.templates.marks import Marks, is_value
from worker.playbook.templates.plain import PlainWriter
from worker.playbook.templates.reader import reader


@dataclass(frozen=True, slots=True)
class Written:
    """A body in both forms, its expressions still characters of `Marks`."""

    html: str
    text: str
    images: tuple[tuple[str, str], ...]  # content id and file of each picture
    counters: int  # ordered lists, each of which counts in the text


def write(marked: str, marks: Marks, language: str) -> Written:
    """Turn a marked body into HTML and text."""
    read = reader()
    images: dict[str, str] = {}
    tokens = joined_paragraphs(read.parse(marked), marks)
    tokens = joined_lists(row_blocks(tokens), marks)
    for token in _everything(tokens):
        if token.type == "link_open":
            token.attrSet("href", _target(str(token.attrGet("href") or ""), marks))
        elif token.type == "image":
            path = str(token.attrGet("src") or "")
            if not path.startswith("https://"):
                content_id = f"{sha256(path.encode()).hexdigest()[:20]}@picture"
                images[content_id] = path
                token.attrSet("src", f"cid:{content_id}")
    html = read.renderer.render(with_buttons(tokens), read.options, {})
    writer = PlainWriter(language)
    text = writer.blocks(tokens)
    return Written(html, text, tuple(images.items()), writer.counters)


def _target(url: str, marks: Marks) -> str:
    """Guard the values in an address: the first may be a whole one, the others are parts."""
    guarded = []
    for at, sign in enumerate(url):
        if is_value(sign) and (inner := marks.inner(sign)):
            guarded.append(marks.value(f"({inner}) | {'_url' if at == 0 else '_part'}"))
        else:
            guarded.append(sign)
    return "".join(guarded)


def _everything(tokens: Sequence[Token]) -> list[Token]:
    return [one for token in tokens for one in (token, *(token.children or ()))]
