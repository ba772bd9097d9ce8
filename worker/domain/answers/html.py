"""HTML to the text a person reads, in linear time, with a standard library parser.

Leaves out what mailers mark as quoted (Gmail, Outlook, Apple Mail, Thunderbird, Yahoo).
"""

import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    "address article blockquote center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr li"
    " ol p pre section table tbody td th tr ul".split()
)
_VOID = frozenset("area base br col embed hr img input link meta source track wbr".split())
_SILENT = frozenset({"script", "style", "head", "title"})
_QUOTE_CLASSES = (
    "gmail_quote",
    "moz-cite-prefix",
    "yahoo_quoted",
    "gmail_extra",
    "protonmail_quote",
)
_QUOTE_IDS = frozenset(
    {
        "divrplyfwdmsg",
        "appendonsend",
        "olk_src_body_section",
        "mail-editor-reference-message-container",
    }
)
_DEPTH_CAP = 2_000


class _Reader(HTMLParser):
    """Collects text; `hidden` is the depth at which something left out was entered."""

    def __init__(self, *, keep_quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._keep_quotes = keep_quotes
        self._open: list[str] = []
        self._hidden: int | None = None
        self._cut = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Enter an element; find out whether it is one that is left out."""
        if tag in {"br", "hr"} or tag in _BLOCKS:
            self._break(tag)
        if tag in _VOID:
            if tag == "hr" and self._hidden is None and dict(attrs).get("id") == "stopSpelling":
                self._cut = not self._keep_quotes
            return
        if len(self._open) < _DEPTH_CAP:
            self._open.append(tag)
        if self._hidden is None and (tag in _SILENT or self._is_quote(tag, dict(attrs))):
            self._hidden = len(self._open)

    def handle_endtag(self, tag: str) -> None:
        """Leave an element, and whatever was left open inside it."""
        if tag in _BLOCKS:
            self._break(tag)
        if tag not in self._open[-50:]:
            return
        while self._open and self._open.pop() != tag:
            pass
        if self._hidden is not None and len(self._open) < self._hidden:
            self._hidden = None

    def handle_data(self, data: str) -> None:
        """Take text as it is shown: white space folded unless it is preformatted."""
        if self._hidden is None and not self._cut:
            self.pieces.append(data if "pre" in self._open[-5:] else re.sub(r"\s+", " ", data))

    def _break(self, tag: str) -> None:
        if self._hidden is None and not self._cut:
            self.pieces.append("\n\n" if tag == "p" else "\n")

    def _is_quote(self, tag: str, attrs: dict[str, str | None]) -> bool:
        if self._keep_quotes:
            return False
        classes = (attrs.get("class") or "").lower()
        if any(name in classes for name in _QUOTE_CLASSES):
            return True
        if (attrs.get("id") or "").lower() in _QUOTE_IDS:
            self._cut = True
        return tag == "blockquote" and (attrs.get("type") or "").lower() == "cite"


def text_of_html(html: str, *, keep_quotes: bool = False) -> str:
    """Give the text of *html*; without quoted parts unless *keep_quotes*. Never raises."""
    reader = _Reader(keep_quotes=keep_quotes)
    try:
        reader.feed(html)
        reader.close()
    except (AssertionError, ValueError, RecursionError):
        return re.sub(r"<[^>]{0,1000}>", " ", html)
    text = "".join(reader.pieces).replace("\xa0", " ")
    lines = [line.strip() for line in text.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
