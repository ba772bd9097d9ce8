"""Markdown's tokens as plain text, for those who read mail without HTML."""

from collections.abc import Sequence

from markdown_it.token import Token

from worker.playbook.templates.buttons import is_button
from worker.playbook.templates.joined import closing
from worker.playbook.templates.marks import literal


class PlainWriter:
    """The same tokens as plain text, for those who read mail without HTML."""

    def __init__(self, language: str) -> None:
        self.bullet = "・" if language == "ja" else "- "
        self.heading = "■ " if language == "ja" else ""
        self.counters = 0

    def blocks(self, tokens: Sequence[Token], lead: str = "") -> str:
        """Write blocks, each ended by an empty line; *lead* stands before every line."""
        written, at = [], 0
        while at < len(tokens):
            token = tokens[at]
            end = closing(tokens, at) if token.nesting == 1 else at
            written.append(self._block(token, tokens[at + 1 : end], lead))
            at = end + 1
        return "".join(written)

    def _block(self, token: Token, inside: Sequence[Token], lead: str) -> str:  # noqa: PLR0911 - a table of kinds
        match token.type:
            case "jinja":
                return token.content
            case "paragraph_open":
                gap = "\n" if token.hidden else "\n\n"
                return lead + self._alone(inside[0], lead) + gap
            case "heading_open":
                return f"{lead}{self.heading}{self._inline(inside[0], lead)}\n\n"
            case "bullet_list_open" | "ordered_list_open":
                return self._list(inside, lead, ordered=token.type[0] == "o")
            case "blockquote_open":
                # an empty line without its mark would end the quote, and begin another one
                quoted = self.blocks(inside, f"{lead}> ")
                return quoted.replace(f"\n\n{lead}>", f"\n{lead}>\n{lead}>")
            case "fence":
                return "".join(f"{lead}{line}\n" for line in token.content.splitlines()) + "\n"
            case "hr":
                return f"{lead}----------\n\n"
            case "table_open":
                return self._table(inside, lead) + "\n"
            case _:
                return ""

    def _list(self, tokens: Sequence[Token], lead: str, *, ordered: bool) -> str:
        """Write a list; numbers are counted by the template, since a loop may repeat an item."""
        number = self.counters
        self.counters += ordered
        written = [f"{{% set _c{number} = _counter() %}}"] if ordered else []
        at = 0
        while at < len(tokens):
            token = tokens[at]
            if token.type == "jinja":
                written.append(token.content)
                at += 1
                continue
            end = closing(tokens, at)
            bullet = f"{{{{ _c{number}.next() }}}}. " if ordered else self.bullet
            item = self.blocks(tokens[at + 1 : end], lead + "  ").strip("\n")
            written.append(f"{lead}{bullet}{item.removeprefix(lead + '  ')}\n")
            at = end + 1
        return "".join(written) + "\n"

    def _table(self, tokens: Sequence[Token], lead: str) -> str:
        lines: list[str] = []
        cells: list[str] = []
        for token in tokens:
            if token.type == "jinja":
                lines.append(token.content)
            elif token.type == "inline":
                cells.append(self._inline(token, lead))
            elif token.type == "tr_close":
                if any(cells):
                    lines.append(lead + " | ".join(cells) + "\n")
                cells = []
        return "".join(lines)

    def _alone(self, inline: Token, lead: str) -> str:
        """Write a paragraph; one that is a single link has the address on a line of its own."""
        if is_button(inline):
            children = inline.children or []
            label = "".join(child.content for child in children[1:-1])
            return f"{literal(label)}\n{lead}{literal(str(children[0].attrGet('href')))}"
        return self._inline(inline, lead)

    def _inline(self, inline: Token, lead: str) -> str:
        written: list[str] = []
        href, since = "", 0
        for token in inline.children or []:
            match token.type:
                case "text" | "code_inline":
                    written.append(literal(token.content))
                case "softbreak" | "hardbreak":
                    written.append(f"\n{lead}")
                case "image":
                    written.append(literal(token.content))
                case "link_open":
                    href, since = literal(str(token.attrGet("href") or "")), len(written)
                case "link_close":
                    target = href.removeprefix("mailto:").removeprefix("tel:")
                    if target != "".join(written[since:]) and token.info != "auto":
                        written.append(f" <{target}> ")
                case _:
                    pass
        return "".join(written).rstrip(" ")
