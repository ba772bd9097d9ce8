"""Markdown as Japanese mails are written.

Line breaks count, `**` works beside kanji, bare addresses become links, a line of `{% … %}` is a
block, and HTML is text.
"""

import re
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token

from worker.playbook.templates.marks import BLOCK_LINE

_BARE_URL = re.compile("https?://[!#$%&'()*+,\\-./0-9:;=?@A-Z\\[\\]_a-z~\U000f0000-\U000ffffd]+")


@cache
def reader() -> MarkdownIt:
    """Give the one reader; it keeps nothing between texts."""
    made = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("table")
    made.block.ruler.before(
        "code", "jinja", _jinja_line, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    made.inline.ruler.at("emphasis", _emphasis)
    made.core.ruler.push("bare_urls", _bare_urls)
    made.disable(["code", "html_block", "html_inline", "autolink", "lheading"])
    made.add_render_rule("jinja", lambda self, tokens, at, options, env: tokens[at].content)  # noqa: ARG005 - Markdown-it's own
    made.add_render_rule("written", lambda self, tokens, at, options, env: tokens[at].content)  # noqa: ARG005 - Markdown-it's own
    made.normalizeLink = lambda url: url  # type: ignore[method-assign]  # keeps our characters
    made.normalizeLinkText = lambda link: link  # type: ignore[method-assign]  # as above
    made.validateLink = _may_link  # type: ignore[method-assign]  # as above
    return made


def _may_link(url: str) -> bool:
    scheme = re.match(r"\s*([A-Za-z][A-Za-z0-9+.-]*):", url)
    return scheme is None or scheme[1].lower() in {"https", "http", "mailto", "tel"}


def _jinja_line(state: StateBlock, line: int, _: int, silent: bool) -> bool:  # noqa: FBT001 - Markdown-it's own
    """Read a line that holds blocks and nothing else; it ends whatever paragraph came before."""
    if state.parentType == "table" and silent:
        return False  # it becomes a row, and is taken out of the row afterwards
    text = state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]
    found = BLOCK_LINE.fullmatch(text)
    if found is None:
        return False
    if silent:
        return True
    state.line = line + 1
    token = state.push("jinja", "", 0)
    token.content = re.sub(r"\s", "", found[1])
    token.map = [line, line + 1]
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:  # noqa: FBT001 - Markdown-it's own
    """Read `**` beside Japanese too: by CommonMark's rules `**「約束」**です` is not bold."""
    start = state.pos
    marker = state.src[start]
    if silent or marker not in "_*":
        return False
    scanned = state.scanDelims(state.pos, marker == "*")
    before = state.src[start - 1] if start else " "
    end = start + scanned.length
    after = state.src[end] if end < len(state.src) else " "
    japanese = marker == "*" and (before >= "\u3000" or after >= "\u3000")
    can_open = scanned.can_open or (japanese and not after.isspace())
    can_close = scanned.can_close or (japanese and not before.isspace())
    for _ in range(scanned.length):
        token = state.push("text", "", 0)
        token.content = marker
        state.delimiters.append(
            Delimiter(
                marker=ord(marker),
                length=scanned.length,
                token=len(state.tokens) - 1,
                end=-1,
                open=can_open,
                close=can_close,
            )
        )
    state.pos += scanned.length
    return True


def _bare_urls(state: StateCore) -> None:
    """Make links of bare addresses; they end where Japanese begins."""
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        inside, kept = 0, []
        for token in block.children:
            inside += token.nesting if token.type.startswith("link_") else 0
            if token.type != "text" or inside:
                kept.append(token)
            else:
                kept += _linked(token)
        block.children = kept


def _linked(token: Token) -> list[Token]:
    pieces, at = [], 0
    for found in _BARE_URL.finditer(token.content):
        url = found[0]
        while url[-1] in ".,:;!?'" or (url[-1] == ")" and url.count("(") < url.count(")")):
            url = url[:-1]
        pieces.append(text_token(token.content[at : found.start()]))
        pieces.append(Token("link_open", "a", 1, attrs={"href": url}, info="auto"))
        pieces.append(text_token(url))
        pieces.append(Token("link_close", "a", -1, info="auto"))
        at = found.start() + len(url)
    return [*pieces, text_token(token.content[at:])] if pieces else [token]


def text_token(content: str) -> Token:
    """Make a token of plain text."""
    return Token("text", "", 0, content=content)
