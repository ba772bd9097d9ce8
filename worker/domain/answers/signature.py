"""What stands below a text and is none of it: a signature, a company's block, a phone's line."""

import re

from worker.domain.answers.words import quotes

_LONGEST = 30  # lines of a signature below its mark
_BELOW_A_RULE = 14  # lines from the end within which a drawn line begins a signature
_SHORT_LINE = 40

_DEVICE = re.compile(rf"[\s_*\-—–\[(<]{{0,5}}(?:{'|'.join(quotes.DEVICES)})[\s\])>]{{0,3}}$")
_DEVICE_LENGTH = 160
_MARK = re.compile(r"(?:--|—|–|- -|__|－－|‐‐|-- \*)[ \t]?$")
_RULE_MARKS = frozenset("━─=＝*＊_-＿ー―—–~〜+＋・.･:◆◇■□☆★○●◎△▲▽▼※┏┗┌└┓┛┐┘│┃ 　✂×x#＃/\\")
_DRAWN_ONLY = frozenset("━─=＝*＊_-＿―~〜+＋◆◇■□☆★○●◎△▲▽▼※┏┗┌└┓┛┐┘")
_CONTACT = re.compile(
    r"@|\b(?:tel|phone|mobile|cell|fax|mob)\b|携帯|電話|e-?mail|メール|〒|https?://|www\.|"
    r"\d{2,4}-\d{2,4}-\d{3,4}|\+\d{1,3}[ .(-]"
)
_ENDS = ("。", "．", "！", "？", "?", "!", "ます", "です", "ません", "ください", ".", "した")


def is_device_line(line: str) -> bool:
    """Say whether a folded line was added by a phone or a mailer."""
    return len(line) <= _DEVICE_LENGTH and bool(_DEVICE.match(line))


def where_it_begins(lines: list[str]) -> int:
    """Give the line from which on it is a signature: `len(lines)` if there is none.

    Args:
        lines: The folded lines of a text without its quotes, nothing blank at the end.
    """
    for at, line in enumerate(lines):
        if _MARK.match(line.strip()) and len(lines) - at <= _LONGEST:
            return at
    for at in range(max(0, len(lines) - _BELOW_A_RULE), len(lines)):
        if at == 0 or not _is_rule(lines[at]):
            continue
        tail = [line for line in lines[at + 1 :] if line.strip() and not _is_rule(line)]
        if not tail or _looks_like_one(tail) or _is_set_off(lines[at], tail):
            return at
    return _tail(lines)


def _is_rule(line: str) -> bool:
    """Say whether a line is drawn and not written: `━━━━`, `*-*-*-*`, `====`."""
    drawn = line.strip()
    return (
        len(drawn) >= 4  # noqa: PLR2004 - `...` is written
        and len(set(drawn)) <= 5  # noqa: PLR2004 - so many different marks nobody draws with
        and _RULE_MARKS.issuperset(drawn)
        and not _DRAWN_ONLY.isdisjoint(drawn)
    )


def _looks_like_one(tail: list[str]) -> bool:
    if any(_CONTACT.search(line) for line in tail):
        return True
    return all(len(line.strip()) <= _SHORT_LINE and not _is_sentence(line) for line in tail)


def _is_set_off(rule: str, tail: list[str]) -> bool:
    """Say whether a long underscore sets a few words off: nobody divides a text so at its end."""
    drawn = rule.strip()
    return len(drawn) >= 8 and set(drawn) == {"_"} and sum(map(len, tail)) < 300  # noqa: PLR2004 - a few words


def _tail(lines: list[str]) -> int:
    """Find a last short paragraph with ways to reach somebody and no sentence in it."""
    start = len(lines)
    while start and lines[start - 1].strip():
        start -= 1
    tail = lines[start:]
    contacts = sum(1 for line in tail if _CONTACT.search(line))
    short = 2 <= len(tail) <= 8  # noqa: PLR2004 - one line is a sentence, nine are a text
    if start and short and contacts >= 2 and not any(_is_sentence(line) for line in tail):  # noqa: PLR2004 - one may be in a sentence
        return start
    return len(lines)


def _is_sentence(line: str) -> bool:
    return line.rstrip().endswith(_ENDS)
