"""Tokens put together again that blocks on lines of their own had cut apart.

A loop around list items makes one list of many items and not many lists; a choice in the middle
of lines the author wrote together does not make paragraphs of them.
"""

import re
from collections.abc import Sequence

from markdown_it.token import Token

from worker.playbook.templates.marks import BLOCK_LINE, Marks
from worker.playbook.templates.reader import text_token


def row_blocks(tokens: list[Token]) -> list[Token]:
    """Take blocks out of the table rows they were read as."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        if tokens[at].type == "tr_open":
            end = next(n for n in range(at, len(tokens)) if tokens[n].type == "tr_close")
            content = "".join(t.content for t in tokens[at:end] if t.type == "inline")
            if found := BLOCK_LINE.fullmatch(content):
                kept.append(Token("jinja", "", 0, content=re.sub(r"\s", "", found[1])))
                at = end + 1
                continue
        kept.append(tokens[at])
        at += 1
    return kept


def joined_paragraphs(tokens: list[Token], marks: Marks) -> list[Token]:
    """Keep lines together that the author wrote together, with blocks on lines between them."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        end = _run_of_lines(tokens, at, marks)
        if end > at + 3:
            kept += [tokens[at], _one_inline(tokens[at:end]), tokens[at + 2]]
            at = end
        else:
            kept.append(tokens[at])
            at += 1
    return kept


def _run_of_lines(tokens: list[Token], start: int, marks: Marks) -> int:
    """Give the end of the longest run `paragraph (block | paragraph)…` that holds together."""
    if tokens[start].type != "paragraph_open":
        return start
    at, best, depth = start, start, 0
    line = (tokens[start].map or [0, 0])[0]
    while at < len(tokens) and (tokens[at].map or [-1])[0] == line:
        if tokens[at].type == "paragraph_open":
            line = (tokens[at].map or [0, 0])[1]
            at += 3
        elif tokens[at].type == "jinja":
            depth += sum(map(marks.opens, tokens[at].content))
            line = (tokens[at].map or [0, 0])[1]
            at += 1
        else:
            break
        if depth < 0:
            break
        if depth == 0:
            best = at
    return best


def _one_inline(tokens: list[Token]) -> Token:
    """Make one line of text of a run; each line break stands with the line that follows it."""
    children: list[Token] = []
    for token in tokens:
        if token.type == "jinja":
            children.append(text_token(token.content))
        elif token.type == "inline":
            if children:
                children.append(Token("softbreak", "br", 0))
            children += token.children or []
    return Token("inline", "", 0, children=children)


def joined_lists(tokens: list[Token], marks: Marks) -> list[Token]:
    """Make one list of the lists that loops and choices cut into pieces."""
    kept: list[Token] = []
    at = 0
    while at < len(tokens):
        end, kind, pieces = _run_of_lists(tokens, at, marks)
        if pieces:
            inside = [t for t in tokens[at:end] if not _is_border(t, kind, tokens[at:end])]
            opening = next(t for t in tokens[at:end] if t.type == f"{kind}_open")
            closing = next(t for t in reversed(tokens[at:end]) if t.type == f"{kind}_close")
            kept += [opening, *joined_lists(inside, marks), closing]
            at = end
        else:
            kept.append(tokens[at])
            at += 1
    return kept


def _is_border(token: Token, kind: str, run: Sequence[Token]) -> bool:
    return token.type in {f"{kind}_open", f"{kind}_close"} and token.level == min(
        one.level for one in run if one.type == f"{kind}_open"
    )


def _run_of_lists(tokens: list[Token], start: int, marks: Marks) -> tuple[int, str, bool]:
    """Give the end of a run of blocks and lists of one kind that should be one list."""
    at, best, depth, lists, loops, kind = start, start, 0, 0, 0, ""
    joined = False
    while at < len(tokens):
        token = tokens[at]
        if token.type == "jinja":
            depth += sum(map(marks.opens, token.content))
            loops += sum(marks.word(mark) == "for" for mark in token.content)
            at += 1
        elif token.type in {"bullet_list_open", "ordered_list_open"}:
            if kind not in {"", token.type.removesuffix("_open")}:
                break
            kind = token.type.removesuffix("_open")
            lists += 1
            at = closing(tokens, at) + 1
        else:
            break
        if depth < 0:
            break
        if depth == 0 and lists:
            best = at
            joined = lists > 1 or loops > 0
    return best, kind, joined


def closing(tokens: Sequence[Token], start: int) -> int:
    """Give the place of the token that closes the one at *start*."""
    depth = 0
    for at in range(start, len(tokens)):
        depth += tokens[at].nesting
        if depth == 0:
            return at
    return len(tokens) - 1
