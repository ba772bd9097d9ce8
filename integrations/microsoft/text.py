"""The text of an invitation inside the body of an Outlook event. Pure.

Outlook writes the way into an online meeting into the same body; whoever replaces the body without
it switches the meeting off (https://learn.microsoft.com/graph/api/event-update, "body property and
online meetings"). So what is not ours is found and kept.
"""

import re
from html import escape

# The way into the meeting begins with a rule of underscores inside an element of its own, or, in
# newer ones, with an element of a class of its own.
_RULE = re.compile(r"_{20,}")
_HEADLINE = re.compile(r"<div\b[^>]*\bclass=\"?[^\">]*\bme-email-", re.IGNORECASE)
_JOIN = re.compile(r"meetup-join|teams\.microsoft\.com/meet/|teams\.live\.com/meet/", re.IGNORECASE)
_OPENING = re.compile(r"<(?:div|p|table|span|br)\b[^>]*>\s*$", re.IGNORECASE)
_INLINE = re.compile(r"<(?:span|br)\b", re.IGNORECASE)
_END = re.compile(r"</body\s*>", re.IGNORECASE)
_BEGIN = re.compile(r"<body\b[^>]*>", re.IGNORECASE)


def html_of(description: str) -> str:
    r"""Write plain text as HTML, line by line.

    >>> html_of("a < b\nc")
    '<div>a &lt; b<br>c</div>'
    """
    lines = description.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "<div>" + "<br>".join(escape(line, quote=False) for line in lines) + "</div>"


def with_way_in(description: str, body: str) -> str:
    """Write *description* before what leads into the meeting in *body*.

    Where the two cannot be told apart, all of *body* stays: a text that is there twice is better
    than a link that is dead.
    """
    return html_of(description) + way_into(body)


def way_into(body: str) -> str:
    """Give the part of *body* that leads into the online meeting; empty where none does."""
    begun = _BEGIN.search(body)
    ended = _END.search(body)
    inner = body[begun.end() if begun else 0 : ended.start() if ended else len(body)]
    if not _JOIN.search(inner):
        return ""
    rule, headline = _RULE.search(inner), _HEADLINE.search(inner)
    starts = [found.start() for found in (rule, headline) if found]
    if not starts:
        return inner
    return inner[_start_of_element(inner, min(starts)) :]


def _start_of_element(html: str, place: int) -> int:
    """Go back over the tags that open right before *place*, up to one that stands in lines."""
    while found := _OPENING.search(html, 0, place):
        place = found.start()
        if not _INLINE.match(found[0]):
            break
    return place
