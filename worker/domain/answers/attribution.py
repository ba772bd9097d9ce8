"""The lines that introduce a quoted mail: "On …, somebody wrote:", a block of headers, a rule.

Every pattern is anchored or bounded, every line is looked at a bounded number of times.
"""

import re

from worker.domain.answers.words import quotes

LONGEST = 400  # characters of an attribution, over all its lines
_MOST_LINES = 4
_LOOK_AHEAD = 8
_VERB = 30

_LABEL_OF = {word: label for label, words in quotes.LABELS.items() for word in words}
_HEADER_LINE = re.compile(
    r"[ \t>|*_]{0,6}([^\s:*][^:*]{0,24}?)\*{0,2}[ \t]{0,4}:\*{0,2}(?=[ \t<\[\"(]|\S|$)"
)
_WROTE = "|".join(quotes.WROTE)
_WROTE_END = re.compile(rf"(?:{_WROTE})[\s:\-–—.>*_]{{0,12}}$")
_WROTE_SOMEWHERE = re.compile(rf"(?:^|[\s,)>\]])(?:{_WROTE})(?=[\s:,(<]|$)")
_DATE = re.compile(
    r"\b(?:19|20)\d\d\b|\b\d{1,2}[:.]\d\d\b|\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}月\d{1,2}日|"
    r"\b\d{1,2}h\d\d\b|(?:19|20)\d\d[年년]"
)
_TIME = re.compile(r"\b\d{1,2}[:.時시]\s?\d\d|\d{1,2}h\d\d|\d{1,2}時")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)|\b\d{1,2}/\d{1,2}/\d\d\b")
_ADDRESS = re.compile(r"[^\s<>()\"]{1,64}@[^\s<>()\"]{1,255}")
_OPENING = re.compile(rf"[ \t*\-_>]{{0,8}}(?:{'|'.join(quotes.OPENINGS)})")
_JAPANESE = re.compile(
    r"[ \t>]{0,4}(?:on )?(?:\d{4}年\d{1,2}月\d{1,2}日|\d{4}[/.-]\d{1,2}[/.-]\d{1,2}|"
    r"\d{1,2}月\d{1,2}日|(?:令和|平成) ?(?:\d{1,2}|元)年 ?\d{1,2}月 ?\d{1,2}日)"
    r" {0,3}(?:\(.{1,4}\))?.{0,250}[:>]\s*$"
)
_SEPARATOR = re.compile(
    rf"[\s>]{{0,4}}[-_=–—*─━]{{2,40}}\s{{0,4}}(?:{'|'.join(quotes.SEPARATORS)})\s{{0,4}}"
    r"[-_=–—*─━:]{0,40}\s*$"
)
_WROTE_RULE = re.compile(
    rf"[\s>]{{0,4}}-{{2,20}}\s{{0,3}}.{{1,200}}(?:{_WROTE})\s{{0,3}}-{{2,20}}\s*$"
)
_FORWARD = re.compile(rf"[\s>]{{0,4}}(?:{'|'.join(quotes.FORWARDS)})[^\n]{{0,40}}:?\s*$")
_ABOVE = re.compile(rf"[\s#>\-—–_*=]{{0,10}}(?:{'|'.join(quotes.ABOVE)})")
# "…, fine. --- On Wed, Apr 4, 2012 at 3:59 PM, somebody wrote:": a mailer without line ends.
_BEHIND = re.compile(
    r"(?<=\S)[ \t]{0,4}-{0,5}[ \t]{1,4}(?P<on>on|le|am|el|il|op|den|em) "
    r"(?:mon|tue|wed|thu|fri|sat|sun|\d{1,2}|lun|mar|mer|jeu|ven|sam|dim)[^\n]{0,20}\d"
)
_LAST = frozenset(":>-.—–*_")
_FRAMED = re.compile(
    r"[\s>]{0,4}[-_=–—*]{2,40}\s{0,4}[^\s\-_=–—*].{2,50}?\s{0,4}[-_=–—*]{2,40}\s*$"
)
_QUOTE = re.compile(r"[ \t]{0,3}(?:>|»|\||｜|&gt;)")
_DRAWN = frozenset("_-—–─━=")
_SHORTEST_RULE = 3
_NAMED_LABELS = 3  # of a block; nobody writes so many by chance


def is_quoted(line: str) -> bool:
    """Say whether a folded line is marked as quoted."""
    return line[:4].lstrip()[:1] in {">", "»", "|", "｜", "&"} and bool(_QUOTE.match(line))


def ends_here(lines: list[str], at: int, *, kept_any: bool) -> bool:
    """Say whether the rest from *at* is somebody's earlier mail."""
    line = lines[at]
    first = line.lstrip(" \t>")[:1]
    if not first:
        return False
    if first in "-_=–—*─━#" and (
        _SEPARATOR.match(line) or (first == "-" and _WROTE_RULE.match(line))
    ):
        return True
    if first in _DRAWN and _FRAMED.match(line):
        below = _next_written(lines, at + 1, 3)
        if below and _header_block(lines, below):
            return True
    if _FORWARD.match(line) or _ABOVE.match(line):
        return True
    if first in _DRAWN and len(line.strip()) >= _SHORTEST_RULE and _DRAWN.issuperset(line.strip()):
        below = _next_written(lines, at + 1, 3)
        return below > 0 and _header_block(lines, below)
    return (
        ":" in line and _header_block(lines, at) and (kept_any or at > 0 or len(lines) > 6)  # noqa: PLR2004 - a form of six lines is a text
    )


def attribution(lines: list[str], at: int) -> int:
    """Give how many lines from *at* are the line "On …, somebody wrote:"; 0 if none."""
    line = lines[at].strip()
    if not line or len(line) > LONGEST:
        return 0
    if _JAPANESE.match(line) and (
        _ADDRESS.search(line) or _TIME.search(line) or next_is_quoted(lines, at + 1)
    ):
        return 1
    opens = bool(_OPENING.match(line) or _ADDRESS.search(line))
    joined = line
    for lines_more in range(_MOST_LINES):
        span = lines_more + 1
        if lines_more:
            more = _continued(lines, at, span)
            if not more or len(joined) + len(more) > LONGEST:
                return 0
            joined += " " + more
        if joined[-1] in _LAST or _WROTE_END.search(joined):
            span += _verb_below(lines, at + span)
            marked = next_is_quoted(lines, at + span)
            if _introduces(joined, next_is_quote=marked):
                return 0 if span > 1 and _is_own(line, joined, marked=marked) else span
        if not opens:
            return 0
    return 0


def _verb_below(lines: list[str], at: int) -> int:
    """Count the line that holds but the verb: Polymail breaks before "> wrote:"."""
    below = lines[at].lstrip(" >") if at < len(lines) else ""
    return int(0 < len(below) <= _VERB and bool(_WROTE_END.match(below)))


def _continued(lines: list[str], at: int, span: int) -> str:
    """Give the line that may continue an attribution: no quote, and no blank but before a `<`."""
    here = at + span - 1
    if here >= len(lines):
        return ""
    more = lines[here].strip()
    if not more:
        below = lines[here + 1].strip() if here + 1 < len(lines) else ""
        return " " if below.startswith("<") and _DATE.search(lines[at]) else ""
    if is_quoted(more) and more not in {">", ">:", "> :"} and not _WROTE_END.search(more):
        return ""
    return more


def _is_own(line: str, joined: str, *, marked: bool) -> bool:
    """Say whether the first line is somebody's own text, and the attribution begins below it."""
    later = joined[len(line) + 1 :]
    return (
        not _DATE.search(line)
        and bool(_DATE.search(later))
        and bool(_OPENING.match(later))
        and _introduces(later, next_is_quote=marked)
    )


def on_one_line(line: str) -> int:
    """Give where an attribution begins behind somebody's own text in one line; 0 if none does."""
    if len(line) > LONGEST or not _WROTE_END.search(line):
        return 0
    found = _BEHIND.search(line)
    if found is None or not _DATE.search(line, found.start("on")):
        return 0
    return found.start() if any(letter.isalnum() for letter in line[: found.start()]) else 0


def _introduces(joined: str, *, next_is_quote: bool) -> bool:
    """Say whether a line introduces a quoted mail: its end, a date, an address, a verb."""
    dated, addressed = bool(_DATE.search(joined)), bool(_ADDRESS.search(joined))
    if _WROTE_END.search(joined):
        return dated or addressed or (next_is_quote and len(joined) < 120)  # noqa: PLR2004 - a line
    if not joined.endswith((":", ">", "> :")):
        return False
    opens = bool(_OPENING.match(joined))
    if opens and (dated or addressed) and _WROTE_SOMEWHERE.search(joined):
        return True
    if addressed and dated:
        return opens or next_is_quote
    # In whatever language: a year, a time, a colon, and then a quote.
    return next_is_quote and bool(_YEAR.search(joined) and _TIME.search(joined))


def next_is_quoted(lines: list[str], at: int) -> bool:
    """Say whether the next line that is not blank is marked as quoted."""
    below = _next_written(lines, at, 3)
    return below > 0 and is_quoted(lines[below])


def _next_written(lines: list[str], at: int, within: int) -> int:
    """Find the next line that is not blank; 0 if there is none *within* so many."""
    for below in range(at, min(at + within, len(lines))):
        if lines[below].strip():
            return below
    return 0


def _header_block(lines: list[str], at: int) -> bool:
    """Say whether a block like From/Sent/To/Subject begins at *at*: three labels, or two strong."""
    first = _label(lines[at])
    if first is None or first in {"cc", "to"}:
        return False
    seen = {first}
    strong = bool(_ADDRESS.search(lines[at])) or bool(_DATE.search(lines[at]))
    blank = 0
    for line in lines[at + 1 : at + 1 + _LOOK_AHEAD]:
        if not line.strip():
            blank += 1
            if blank > 2:  # noqa: PLR2004 - a block is held together
                break
            continue
        label = _label(line)
        if label is not None and label not in seen:
            seen.add(label)
            strong = strong or bool(_DATE.search(line))
    if len(seen) >= _NAMED_LABELS:
        return True
    return strong and ({"from", "date"} <= seen or (first == "date" and "to" in seen))


def _label(line: str) -> str | None:
    if ":" not in line[:40]:
        return None
    found = _HEADER_LINE.match(line)
    return _LABEL_OF.get(found[1].strip(" *_")) if found else None
