"""A paragraph that is one link becomes a button, as thumbs want it."""

from collections.abc import Sequence
from html import escape

from markdown_it.token import Token

from worker.playbook.templates.marks import is_value


def with_buttons(tokens: Sequence[Token]) -> list[Token]:
    """Make a button of a paragraph that is one link with words, as thumbs want it."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        inline = tokens[at + 1] if at + 2 < len(tokens) else None
        if tokens[at].type == "paragraph_open" and inline is not None and is_button(inline):
            href = escape(str((inline.children or [])[0].attrGet("href")))
            label = "".join(escape(t.content) for t in (inline.children or [])[1:-1])
            content = (
                '<table role="presentation" class="action" cellpadding="0" cellspacing="0">'
                f'<tr><td class="button"><a class="button" href="{href}">{label}</a></td></tr>'
                "</table>\n"
            )
            kept.append(Token("written", "", 0, content=content))
            at += 3
        else:
            kept.append(tokens[at])
            at += 1
    return kept


def is_button(inline: Token) -> bool:
    """Say whether a paragraph is a link to the web with words, and nothing else."""
    children = inline.children or []
    return (
        len(children) > 2  # noqa: PLR2004 - opening, words, closing
        and children[0].type == "link_open"
        and children[0].info != "auto"
        and children[-1].type == "link_close"
        and all(child.type == "text" for child in children[1:-1])
        and _is_web(str(children[0].attrGet("href")))
    )


def _is_web(href: str) -> bool:
    return href.startswith("http") or is_value(href[:1] or " ")
