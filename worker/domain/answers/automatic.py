"""Mails that answer by themselves: out of office, acknowledgements; and mails that went to many."""

import re

from worker.domain.answers.charset import folded
from worker.domain.answers.letter import Letter
from worker.domain.answers.quoting import Reply
from worker.domain.answers.words import automatic
from worker.domain.answers.words.patterns import any_of

_PREFIX = re.compile(
    r"(?:\s*(?:re|aw|sv|vs|antw|ant|res|rv|r|回复|回覆|答复|返信|odp|ynt|vá)\s*(?:\[\d+\])?\s*:)+\s*"
)
_LEAD = r"[\s\[【(<]{0,3}"
_TWICE = re.compile(r"\s*(?:re|返信)\s*:\s*(?:re|返信)\s*:")
_SUBJECT = re.compile(f"{_LEAD}(?:{'|'.join(automatic.SUBJECTS)})")
_RECEIPT = re.compile(f"{_LEAD}(?:{'|'.join(automatic.RECEIPTS)})")
_RECEIPT_JA = re.compile(f"{_LEAD}(?:{'|'.join(automatic.RECEIPTS_JA)})")
_AWAY = any_of(*automatic.AWAY)
_LATER = any_of(*automatic.LATER)
_BODY = any_of(*automatic.BODIES)
_CHALLENGE = any_of(*automatic.CHALLENGES)
_CHANGED = any_of(*automatic.CHANGED)
_NOBODY = any_of(*automatic.NOBODY)
_UNSUBSCRIBE = re.compile("|".join(automatic.UNSUBSCRIBE))
_SAYS_SO_ITSELF = re.compile(
    r"(?:本|この|当)(?:e-?)?メール(?:は|ハ).{0,30}自動(?:返信|送信|応答|配信|的に|で)"
)
_RETURN_PATH_OF_NOBODY = re.compile(r"no-?_?reply@|bounces?[-+@.]")
_NAMES_LOOP = re.compile(r"x-[a-z0-9-]{1,40}-loop")
_YES = frozenset({"yes", "true", "1"})
_NO = frozenset({"no", "false", "0", ""})
_BULK = frozenset({"bulk", "junk", "list"})
_REPLY = frozenset({"auto_reply", "auto-reply", "autoreply"})
_PRECEDENCE = ("precedence", "x-precedence", "preference")
_OPENING = 1_500  # characters in which an automatic answer says what it is
_BODY_CAP = 4_000


def auto_reply_rule(letter: Letter, body: str) -> str:
    """Give the rule by which *letter* is an automatic answer; empty if none says so.

    `X-Auto-Response-Suppress` and `Precedence` alone prove nothing: people's mails carry them.
    """
    return _strong_sign(letter) or _by_words(letter, folded(body[:_BODY_CAP]))


def _by_words(letter: Letter, body: str) -> str:
    """Ask the subject, then the first lines; words alone never do, they need a sign beside."""
    bare = _bare(letter.subject)
    if _SUBJECT.match(bare) and not _is_answered(letter, bare):
        return "auto.subject"
    opening = body[:_OPENING]
    weak = _weak_sign(letter)
    says_so = bool(_BODY.search(opening))
    if weak and (says_so or _CHANGED.search(opening)):
        return f"auto.body+{weak}"
    for rule, fits in (
        ("auto.receipt", _RECEIPT.match(bare) and (_RECEIPT_JA.match(bare) or _BODY.search(body))),
        ("auto.challenge", _CHALLENGE.search(body)),
        ("auto.body_first", _SAYS_SO_ITSELF.search(opening[:400])),
        ("auto.away", _AWAY.search(opening[:600]) and _LATER.search(opening)),
        ("auto.suppress_alone", weak == "suppress" and not _answers(letter)),
    ):
        if fits:
            return rule
    return ""


def _bare(subject: str) -> str:
    """Give a subject without the "Re:" before it."""
    prefix = _PREFIX.match(subject)
    return subject[prefix.end() :] if prefix else subject


def _is_answered(letter: Letter, bare: str) -> bool:
    """Say whether a person answered a mail whose subject sounds automatic: 「Re: 【自動返信】」."""
    if _TWICE.match(letter.subject):
        return True
    return bare != letter.subject and letter.newly_written.quoted


def _strong_sign(letter: Letter) -> str:
    """Give the header that says it: RFC 3834 first, then what providers and scripts write."""
    submitted = letter.header("auto-submitted").lower().partition(";")[0].strip()
    if submitted and submitted != "no":
        return "auto.rfc3834"
    for name in automatic.HEADERS:
        if name in letter.headers and letter.header(name).strip().lower() not in _NO:
            return f"auto.{name}"
    classes = letter.header("x-post-messageclass") + letter.header("delivered-to")
    marked = letter.headers.get("x-ms-exchange-inbox-rules-loop")
    suppressed = letter.headers.get("x-auto-response-suppress")
    for rule, fits in (
        ("auto.apple", "vacation" in letter.header("x-apple-action").lower()),
        ("auto.precedence", any(letter.header(name).lower() in _REPLY for name in _PRECEDENCE)),
        ("auto.messageclass", "autoresponder" in classes.lower()),
        ("auto.machine", letter.header("x-fc-machinegenerated").lower() == "true"),
        ("auto.exchange", marked and (suppressed or not letter.headers.get("references"))),
        ("auto.loop", _is_marked_against_loops(letter)),
    ):
        if fits:
            return rule
    return ""


def _is_marked_against_loops(letter: Letter) -> bool:
    """Say whether a system marked it as its own, so as to know it when it comes back."""
    return letter.header("x-loop").lower() in _YES or any(
        values[0].strip().lower() in _YES
        for name, values in letter.headers.items()
        if _NAMES_LOOP.fullmatch(name)
    )


def _weak_sign(letter: Letter) -> str:
    """Give a sign that goes well with an automatic answer, and with other mails as well."""
    if letter.headers.get("x-auto-response-suppress"):
        return "suppress"
    if letter.header("precedence").lower() in _BULK:
        return "precedence"
    if _NOBODY.search(letter.sender):
        return "no_reply"
    path = (letter.all("return-path") or ("",))[0].strip().lower()
    if _RETURN_PATH_OF_NOBODY.search(path):
        return "no_reply"
    return "null_path" if path == "<>" else ""


def _answers(letter: Letter) -> bool:
    return bool(letter.headers.get("in-reply-to") or letter.headers.get("references"))


def mailing_rule(letter: Letter, written: Reply) -> str:
    """Give the rule by which *letter* went to many and answers nobody; empty if none says so."""
    if _answers(letter) or _PREFIX.match(letter.subject) or written.quoted:
        return ""
    if letter.headers.get("list-unsubscribe") or letter.header("precedence").lower() == "bulk":
        return "mailing.list"
    if _weak_sign(letter) == "no_reply":
        return "mailing.no_reply"
    if letter.headers.get("x-campaign-id") or letter.headers.get("feedback-id"):
        return "mailing.campaign"
    if letter.header("x-spam-flag").strip().lower() == "yes":
        return "mailing.spam"
    return ""


def asks_to_unsubscribe(letter: Letter, body: str) -> bool:
    """Say whether a person asks to be taken off: a few words, in the text or the subject."""
    text = folded(body).strip()
    subject = _bare(letter.subject).strip()
    if len(text) <= 60 and _UNSUBSCRIBE.match(text.replace("\n", " ")):  # noqa: PLR2004 - a few words
        return True
    first = text.partition("\n")[0].strip()
    if first.startswith("unsubscribe") and len(first) <= 40 and len(text) <= 200:  # noqa: PLR2004 - a few
        return True
    return len(subject) <= 40 and len(text) <= 200 and bool(_UNSUBSCRIBE.match(subject))  # noqa: PLR2004 - a few
