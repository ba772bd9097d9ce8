"""HTML to the text a person reads, in linear time whatever is sent.

The standard library's parser takes quadratic time on tags that never end, so a mail's HTML is cut
at its angle brackets here. Leaves out what mailers mark as quoted (Gmail, Outlook, Apple Mail,
Thunderbird, Yahoo); any other `blockquote` is marked with `>`, as a plain text would be.
"""

import re
from html import unescape

_BLOCKS = frozenset(
    {
        *("address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt"),
        *("fieldset", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li"),
        *("ol", "p", "pre", "section", "table", "tbody", "td", "th", "tr", "ul"),
    }
)
_VOID = frozenset(
    {
        *("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta"),
        *("source", "track", "wbr"),
    }
)
_SILENT = frozenset({"script", "style", "head", "title"})
_QUOTE_CLASSES = (
    *("gmail_quote", "moz-cite-prefix", "yahoo_quoted", "protonmail_quote", "gmail_attr"),
    *(
        "zmail_extra",
        "zimbra_quote",
        "tutanota_quote",
        "yahoo-quoted",
        "ms-outlook-mobile-reference-message",
    ),
)
_QUOTE_IDS = frozenset(
    {
        *("divrplyfwdmsg", "olk_src_body_section", "mail-editor-reference-message-container"),
        *("appendonsend", "reply-intro", "isforwardcontent", "isreplycontent", "origbody"),
    }
)
_CUTS = frozenset({"divrplyfwdmsg", "appendonsend", "olk_src_body_section", "stopspelling"})
_ATTRIBUTE = re.compile(
    r"\b(class|id|type|border|style)\s{0,3}=\s{0,3}(?:\"([^\"]{0,500})|'([^']{0,500})|([^\s\"'>]{1,200}))"
)
_NAME = re.compile(r"/?[a-z][a-z0-9:]{0,20}")
_SPACE = re.compile(r"[ \t\r\n\f]+")
_DEPTH_CAP = 200
_TAGS_CAP = 100_000


def text_of_html(html: str, *, keep_quotes: bool = False) -> str:
    """Give the text of *html*; without quoted parts unless *keep_quotes*. Never raises."""
    reader = _Reader(keep_quotes=keep_quotes)
    head, *chunks = _without_comments(html).split("<", _TAGS_CAP)
    reader.read(head)
    for chunk in chunks:
        if reader.is_cut:
            break
        reader.enter(chunk)
    return reader.text()


def _without_comments(html: str) -> str:
    """Leave `<!-- … -->` out; one that never ends ends the text."""
    pieces = []
    end = 0
    while (begin := html.find("<!--", end)) >= 0:
        pieces.append(html[end:begin])
        close = html.find("-->", begin + 4)
        if close < 0:
            return "".join(pieces)
        end = close + 3
    pieces.append(html[end:])
    return "".join(pieces)


class _Reader:
    """Collects text; `_hidden` is the depth at which something left out was entered."""

    def __init__(self, *, keep_quotes: bool) -> None:
        self.is_cut = False
        self._lines: list[tuple[int, list[str]]] = [(0, [])]
        self._keep_quotes = keep_quotes
        self._open: list[str] = []
        self._hidden = 0
        self._quotes = 0
        self._pre = 0

    def enter(self, chunk: str) -> None:
        """Take what stood after a `<`: the tag up to its `>`, and the text behind it."""
        tag, closed, data = chunk.partition(">")
        named = _NAME.match(tag[:40].lower())
        if named is None:
            if tag[:1] in "!?/":
                self.read(data)
            else:  # a bare `<` in a text
                self.read("<" + chunk)
            return
        if not closed:
            return
        name = named[0]
        if name.startswith("/"):
            self._leave(name[1:])
        else:
            self._begin(name, tag)
        self.read(data)

    def read(self, data: str) -> None:
        """Take text as it is shown: white space folded unless it is preformatted."""
        if self._hidden or not data:
            return
        if self._pre:
            first, *more = data.split("\n")
            self._lines[-1][1].append(first)
            self._lines += [(self._quotes, [line]) for line in more]
        else:
            self._lines[-1][1].append(_SPACE.sub(" ", data))

    def text(self) -> str:
        """Give what was collected."""
        lines = []
        for quotes, pieces in self._lines:
            line = unescape("".join(pieces)).replace("\xa0", " ").strip()
            lines.append(f"{'>' * quotes} {line}" if quotes and line else line)
        return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()

    def _begin(self, name: str, tag: str) -> None:
        if name in _BLOCKS and not self._hidden:
            self._break(twice=name == "p")
        if name in _VOID:
            if name == "hr" and not self._keep_quotes and "stopspelling" in tag.lower():
                self.is_cut = True
            return
        if tag.endswith("/") or len(self._open) >= _DEPTH_CAP:
            return
        self._open.append(name)
        if self._hidden:
            return
        if name in _SILENT or self._is_quote(name, tag):
            self._hidden = len(self._open)
        elif name == "blockquote":
            self._quotes += 1
            self._lines[-1] = (self._quotes, self._lines[-1][1])
        elif name == "pre":
            self._pre += 1

    def _leave(self, name: str) -> None:
        if name not in self._open[-50:]:
            return
        while self._open:
            left = self._open.pop()
            if self._hidden and len(self._open) < self._hidden:
                self._hidden = 0
            elif not self._hidden and left == "blockquote":
                self._quotes -= 1
            elif not self._hidden and left == "pre":
                self._pre -= 1
            if left == name:
                break
        if name in _BLOCKS and not self._hidden:
            self._break(twice=name == "p")

    def _break(self, *, twice: bool) -> None:
        if twice and self._lines[-1][1]:
            self._lines.append((self._quotes, []))
        self._lines.append((self._quotes, []))

    def _is_quote(self, name: str, tag: str) -> bool:
        """Say whether an element is what the mailer marked as the earlier mail."""
        if self._keep_quotes or len(tag) <= len(name) + 3:
            return False
        said = {
            found[1]: found[2] or found[3] or found[4] or ""
            for found in _ATTRIBUTE.finditer(tag[:2_000].lower())
        }
        classes, id_ = said.get("class", ""), said.get("id", "")
        if any(known in classes for known in _QUOTE_CLASSES) or id_ in _QUOTE_IDS:
            self.is_cut = self.is_cut or id_ in _CUTS
            return True
        return name == "blockquote" and said.get("type") == "cite"
