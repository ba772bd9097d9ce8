"""What somebody newly wrote: the text of a mail without quotes, signature and device lines.

A scanner over lines, linear in their number. The whole text is kept by the caller: this feeds
reading and display, it never deletes anything.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from worker.domain.answers import attribution, signature
from worker.domain.answers.charset import folded

LINE_CAP = 2_000
LINES_CAP = 10_000
_LINE_END = re.compile(r"\r\n?|\n|\u2028|\u2029")
_INVISIBLE = re.compile("[\ufeff\u200b\u200c\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\x00\xad]")


@dataclass(frozen=True, slots=True)
class Reply:
    """What was newly written, and what was left out of it."""

    text: str
    quoted: bool = False  # something of an earlier mail was left out
    signature: str = ""
    said_by_device: bool = False  # a line of a phone was left out


def newly_written(whole: str) -> Reply:
    """Give what somebody newly wrote in *whole*. Linear; never raises; may be empty."""
    shown = _lines(whole)
    lines = [folded(_INVISIBLE.sub("", line)).rstrip() for line in shown]
    kept, quoted = _own(lines, shown)
    while kept and not lines[kept[-1]].strip():
        kept.pop()
    with_device = len(kept)
    kept = _without_device_lines(lines, kept)
    with_device -= len(kept)
    begin = signature.where_it_begins([lines[at] for at in kept])
    text = _joined(shown[at] for at in kept[:begin])
    return Reply(text, quoted, _joined(shown[at] for at in kept[begin:]), with_device > 0)


def _lines(whole: str) -> list[str]:
    text = whole.replace("\ufeff", "").replace("\x00", "").replace("\xa0", " ")
    return [line[:LINE_CAP].rstrip() for line in _LINE_END.split(text, LINES_CAP)[:LINES_CAP]]


def _own(lines: list[str], shown: list[str]) -> tuple[list[int], bool]:
    """Find the lines that are neither quoted nor introduce a quote."""
    kept: list[int] = []
    quoted = kept_any = False
    at = 0
    while at < len(lines):
        line = lines[at]
        if line and (attribution.is_quoted(line) or _is_tail_of_a_quote(lines, at)):
            quoted = True
            at += 1
            continue
        if line and attribution.ends_here(lines, at, kept_any=kept_any):
            return kept, True
        span = attribution.attribution(lines, at) if line else 0
        if span:
            quoted = True
            behind = attribution.on_one_line(line)
            if behind:
                shown[at] = shown[at][:behind]
                kept.append(at)
                kept_any = True
            at = _next_written(lines, at + span)
            if kept_any and at < len(lines) and not attribution.is_quoted(lines[at]):
                return kept, True  # the earlier mail stands here without marks
            continue
        kept.append(at)
        kept_any = kept_any or bool(line)
        at += 1
    return kept, quoted


def _next_written(lines: list[str], at: int) -> int:
    while at < len(lines) and not lines[at]:
        at += 1
    return at


def _is_tail_of_a_quote(lines: list[str], at: int) -> bool:
    """Say whether a mailer wrapped a quoted line here: it ends what the line above began."""
    if not 0 < at < len(lines) - 1:
        return False
    between = attribution.is_quoted(lines[at - 1]) and attribution.is_quoted(lines[at + 1])
    line = lines[at]
    return between and (line.count(")") > line.count("(") or line.endswith(" >"))


def _without_device_lines(lines: list[str], kept: list[int]) -> list[int]:
    """Leave out the line of a phone at the end, or where a blank line follows it."""
    left = list(kept)
    while left and (not lines[left[-1]].strip() or signature.is_device_line(lines[left[-1]])):
        left.pop()
    for place, at in enumerate(left):
        below = left[place + 1 : place + 2]
        alone = not below or not lines[below[0]].strip()
        if alone and lines[at].strip() and signature.is_device_line(lines[at]):
            return left[:place] + left[place + 1 :]
    return left


def _joined(lines: Iterable[str]) -> str:
    return "\n".join(lines).strip("\n \t　")
