"""Whom a notice without a report is about, by where addresses stand in it."""

import re
from collections.abc import Iterable, Iterator

from worker.domain.answers.letter import Letter
from worker.domain.answers.words import bounces
from worker.domain.answers.words.patterns import any_of

_ADDRESS = (
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.\-]{0,250}[A-Za-z0-9])?"
)
ADDRESS = re.compile(_ADDRESS)
SENDER = any_of(*bounces.SENDERS)

_MOST = 20
_CAP = 20_000
_LOCAL_BEFORE = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-]{1,64}$")
_DOMAIN_AFTER = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9\-]{0,62}\.?){1,12}")
_LABELLED = re.compile(
    rf"^[ \t>*]{{0,6}}(?:{'|'.join(bounces.LABELS)})[ \t(s)]{{0,4}}[:：].{{0,70}}$", re.IGNORECASE
)
_LINE_START = re.compile(r"^[ \t>*•\-]{0,12}(?:\"[^\"]{0,80}\" {1,4}<|[\[<\"']?)$")
_AFTER_NAME = re.compile(r"^[>\]\"']?[ \t]{0,8}(?:[:：(\[,;\-.]|on |$)")
_HEADING = re.compile(
    r"^.{0,120}(?:following (?:recipient|address|user|mailbox)|these (?:recipient|address)|"
    r"did not reach|(?:address|recipient).{0,40}failed|"
    r"以下の.{0,20}(?:アドレス|宛先|あて先)|次の.{0,12}(?:アドレス|宛先|あて先|受信者))"
    r".{0,120}[:：。]?[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
# From here on it is told what was sent, and no longer what became of it.
_ORIGINAL = re.compile(
    r"^[ \t>*\-]{0,8}(?:(?:the )?original message(?: details| headers?| follows)?|元のメッセージ|"
    r"(?:以下|下記)は?元のメール)[ \t\-]{0,8}[:：]?[ \t\-]{0,8}$",
    re.IGNORECASE | re.MULTILINE,
)
_BELOW = 1_500  # characters below a heading
_ADDRESSED = re.compile(
    r"(?:rcpt to:|recipient|user|account|address|mailbox|deliver(?:ed|y|able)? to|sent to|"
    r"message to|mail to|\bto:?)"
    r"[ \t(]{0,4}['\"“<(\[]{0,3}$",
    re.IGNORECASE,
)
_AFTER_FAILED = re.compile(
    r"^>[^\n]{0,80}?(?:unknown|not|reject|fail|full|deni|invalid|disab|unavail|quota|does|no )",
    re.IGNORECASE,
)
_CODE_BEFORE = re.compile(r"(?:\b[45]\d\d\b|\b[45]\.\d\.\d)[^\n]{0,120}$")
_OF_THE_RETURNED = (
    re.compile(
        r"^[ \t>]{0,4}(?:x-failed-recipients|x-actual-recipient|original-rcpt-to|envelope-to|"
        rf"x-original-to|delivered-to)[ \t]*:[^\n]{{0,80}}?({_ADDRESS})",
        re.IGNORECASE | re.MULTILINE,
    ),
    re.compile(rf"^[ \t>]{{0,4}}to[ \t]*:[^\n]{{0,80}}?({_ADDRESS})", re.IGNORECASE | re.MULTILINE),
)
_OUR_ENDS = ("from", "to", "delivered-to", "reply-to")
_PLACES = 7


def named_in(notice: str, letter: Letter) -> tuple[str, ...]:
    """Find whom *notice* is about: what stands in the most telling place; else whom we wrote to."""
    ours = _addresses_of(letter, _OUR_ENDS)
    heading = _HEADING.search(notice)
    if heading:
        below = _ORIGINAL.split(notice[heading.end() : heading.end() + _BELOW], maxsplit=1)[0]
        named = _told(below, ours, within=3) or _told(
            below, _addresses_of(letter, ("from",)), within=3
        )
        if named:
            return named
    return _told(notice[:_CAP], ours, within=_PLACES) or _returned_to(letter, ours)


def _addresses_of(letter: Letter, names: Iterable[str]) -> set[str]:
    return {
        address.lower()
        for name in names
        for value in letter.all(name)
        for address in ADDRESS.findall(value)
    }


def _told(text: str, ours: set[str], *, within: int) -> tuple[str, ...]:
    """Give the addresses of the most telling place, if it is *within* so many."""
    places: list[dict[str, str]] = [{} for _ in range(_PLACES)]
    for address, before, after in _addresses(text):
        lower = address.lower()
        if lower not in ours and not SENDER.search(lower):
            places[_place(before, after)].setdefault(lower, address)
    return next((tuple(named.values())[:_MOST] for named in places[:within] if named), ())


def names_somebody_first(notice: str) -> bool:
    """Say whether an address stands where notices put whom they are about."""
    return any(_place(before, after) in {1, 2} for _, before, after in _addresses(notice[:2_000]))


def _returned_to(letter: Letter, ours: set[str]) -> tuple[str, ...]:
    """Find whom the returned mail was written to."""
    whole = letter.whole_text
    found = [each[1] for pattern in _OF_THE_RETURNED for each in pattern.finditer(whole)]
    found += letter.returned_to
    theirs = [address for address in found if address.lower() not in ours]
    return tuple((theirs or found)[:1])


def _addresses(text: str) -> Iterator[tuple[str, str, str]]:
    """Give every address with what stands before and after it in its line; linear in *text*."""
    for line in text.split("\n"):
        at = line.find("@")
        while at >= 0:
            local = _LOCAL_BEFORE.search(line, max(0, at - 64), at)
            domain = _DOMAIN_AFTER.match(line, at + 1, at + 256)
            if local and domain:
                end = domain.end()
                while line[end - 1] in ".-":
                    end -= 1
                start = local.start()
                while line[start] in "'*=/" and start < at - 1:
                    start += 1
                before = line[max(0, local.start() - 200) : local.start()]
                yield line[start:end], before, line[end : end + 200]
            at = line.find("@", at + 1)


def _place(before: str, after: str) -> int:
    """Say how much the place of an address tells that the notice is about it; 0 tells most."""
    if _LABELLED.match(before):
        return 0
    starts = bool(_LINE_START.match(before)) and bool(_AFTER_NAME.match(after))
    if starts:
        return 1 if before.endswith("<") else 2
    if _ADDRESSED.search(before):
        return 3
    if before.endswith("<") and _AFTER_FAILED.match(after):
        return 4
    return 5 if _CODE_BEFORE.search(before) else 6
