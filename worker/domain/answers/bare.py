"""Whether a text is bare: thanks, or "understood", and nothing that a human would have to answer.

Read as HR would: such an answer counts, and needs none. The rule errs towards a human: every piece
of the text must be one of a closed list of courtesies, and one of them must be an answer.
"""

import re
from collections.abc import Iterable, Iterator

from worker.domain.answers.charset import folded
from worker.domain.answers.words import bare as words
from worker.domain.answers.words.meaning import NO_DOUBT_YET
from worker.domain.answers.words.patterns import any_of

_LONGEST = 400
_ASKS = re.compile(r"[?？]")
_LINE_END = re.compile(r"\n+")
_PIECE_END = re.compile(r"[。．.!！、,，;；\n]+")
_MARKS = re.compile(
    r"[\u2190-\u21ff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff♪☆★…~〜～]+|ー+(?=$|[。．.!！、,\s])|\([^()\w]{1,12}\)|:\)|;\)|:d\b"
)
_ANSWER = re.compile(any_of(*words.ANSWERS).pattern)
_COURTESY = re.compile(any_of(*words.COURTESIES).pattern)
_ADDRESSED = re.compile(any_of(*words.ADDRESSED).pattern)
_NO_DOUBT_YET = any_of(*NO_DOUBT_YET)
_SHORTEST_NAME = 2


def is_bare(text: str, names: Iterable[str] = ()) -> bool:
    r"""Say whether *text* needs no answer; *names* are the writer's own, with which they sign.

    >>> is_bare("鈴木様\n\nお世話になっております。田中です。\n承知いたしました。", ["田中 葵"])
    True
    >>> is_bare("はい、参加します。"), is_bare("Thanks! Where is it?"), is_bare("田中です。")
    (False, False, False)
    """
    text = _NO_DOUBT_YET.sub("", folded(text.strip()))
    if not text or len(text) > _LONGEST or _ASKS.search(text):
        return False
    signed = _signed(names)
    has_answer = False
    for piece in _pieces(text):
        if _ANSWER.fullmatch(piece):
            has_answer = True
        elif not (_COURTESY.fullmatch(piece) or (signed and signed.fullmatch(piece))):
            return False
    return has_answer


def _pieces(text: str) -> Iterator[str]:
    """Give what stands between marks, line by line; a line that addresses somebody is none."""
    for line in _LINE_END.split(text):
        line = _MARKS.sub("\u3002", line).strip()  # noqa: PLW2901 - the same line, without its marks
        if not line or _ADDRESSED.fullmatch(line):
            continue
        for piece in _PIECE_END.split(line):
            if stripped := piece.strip(" \t\u3000-_*\"'「」"):
                yield stripped


def _signed(names: Iterable[str]) -> re.Pattern[str] | None:
    """Give what fits a line in which somebody says who they are."""
    known = set()
    for name in names:
        whole = folded(name).strip()
        known |= {whole, whole.replace(" ", "").replace("\u3000", ""), *whole.split()}
    known = {name for name in known if len(name) >= _SHORTEST_NAME or not name.isascii()}
    if not known - {""}:
        return None
    either = "|".join(re.escape(name) for name in sorted(known - {""}, key=len, reverse=True))
    return re.compile(rf"{words.OF_A_NAME}(?:{either}){words.SAYS_NAME}")
