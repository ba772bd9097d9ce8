"""Whether a mail will never arrive at an address, or may later: a hard bounce or a soft one.

Hard is what says that the address itself is no address (any more): it is then suppressed and HR
is asked for another. Everything else is soft, whatever the first digit says: people come back
from holidays to full mailboxes, and a policy speaks of us and not of them.
"""

import re
from dataclasses import dataclass

from worker.domain.answers.words import bounces
from worker.domain.answers.words.patterns import any_of

_CAP = 6_000
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.:/\-])([45]\d\d)(?=[ \-](?:[45]\.|[a-z<#:(\[]))")
_HARD_STATUS = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.310"})
_FULL_STATUS = frozenset({"5.2.2", "4.2.2", "5.5.22"})

_SENDER = any_of(*bounces.SENDER_AT_FAULT)
_FULL = any_of(*bounces.FULL)
_TOO_BIG = any_of(*bounces.TOO_BIG)
_DISABLED = any_of(*bounces.DISABLED)
_POLICY = any_of(*bounces.POLICY)
_TEMPORARY = any_of(*bounces.TEMPORARY)
_ADDRESS = any_of(*bounces.UNKNOWN_ADDRESS)
_HOST = any_of(*bounces.UNKNOWN_HOST)
_MOVED = any_of(*bounces.MOVED)
_AFTER_DATA = any_of(*bounces.AFTER_DATA)
_AFTER_RCPT = any_of(*bounces.AFTER_RCPT)


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a mail did not arrive, and whether that is for good."""

    reason: str  # unknown_address, unknown_host, moved, full, too_big, disabled, policy, …
    is_hard: bool


def verdict(status: str, diagnostic: str, notice: str) -> Verdict:
    """Say why from the status and the words of the server, else from those of the notice.

    Args:
        status: RFC 3463; may be empty.
        diagnostic: What the refusing server said, folded; may be empty.
        notice: What the notice says, folded.
    """
    told = diagnostic[:_CAP]
    around = f"{told}\n{notice[:_CAP]}"
    if len(told.strip()) < 12:  # noqa: PLR2004 - "550 5.1.1" alone says nothing more than the status
        told = around
    found = _by_words(status, told, around)
    if found is None and told is not around:
        by_status = _by_status(status)
        found = by_status or _by_words(status, around, around)
    return found or _by_status(status) or Verdict("unknown", is_hard=False)


def _by_words(status: str, told: str, around: str) -> Verdict | None:
    """Read the words: what they say first counts, but what speaks of us counts before all."""
    if status in _FULL_STATUS or _FULL.search(told):
        return Verdict("full", is_hard=False)
    if _SENDER.search(told):
        return Verdict("sender", is_hard=False)
    address, host = _ADDRESS.search(told), _HOST.search(told)
    unknown = address or host or _MOVED.search(told)
    for reason, pattern in (("disabled", _DISABLED), ("too_big", _TOO_BIG), ("policy", _POLICY)):
        found = pattern.search(told)
        if found and (unknown is None or _says_more(found, unknown)):
            return Verdict(reason, is_hard=False)
    passing = _TEMPORARY.search(told)
    if unknown is None:
        return Verdict("temporary", is_hard=False) if passing else None
    if passing and status.startswith("4.") and address is None:
        return Verdict("temporary", is_hard=False)
    if address and _AFTER_DATA.search(around) and not _AFTER_RCPT.search(around):
        return Verdict("filtered", is_hard=False)  # known at RCPT, refused for what it is
    if host is not None and address is None:
        return Verdict("unknown_host", is_hard=not status.startswith("4."))
    return Verdict("unknown_address" if address else "moved", is_hard=True)


def _says_more(found: re.Match[str], unknown: re.Match[str]) -> bool:
    """Say whether a reason that may pass outweighs "unknown": it stands first, or inside it."""
    vague = unknown[0] in {"recipient address rejected", "mailbox unavailable"}
    return vague or found.start() <= unknown.start()


def _by_status(status: str) -> Verdict | None:
    if status in _HARD_STATUS:
        return Verdict("unknown_address" if status[2] == "1" else "unknown_host", is_hard=True)
    if status.startswith("4."):
        return Verdict("temporary", is_hard=False)
    if status.startswith("5.7."):
        return Verdict("policy", is_hard=False)
    return None


def status_in(text: str) -> str:
    """Give the status in *text* that says most: 5.1.1 before 5.0.0; empty if there is none."""
    negative = [found[0] for found in _STATUS.finditer(text[:20_000]) if found[1] != "2"]
    return next((each for each in negative if not each.endswith(".0.0")), "".join(negative[:1]))


def first_status(text: str) -> str:
    """Give the first status in *text*, whatever it says."""
    found = _STATUS.search(text)
    return found[0] if found else ""


def has_code(text: str) -> bool:
    """Say whether a server's code of failure stands in *text*."""
    return bool(_STATUS.search(text) or _CODE.search(text))


def speaks_of_an_address(text: str) -> bool:
    """Say whether *text* says that an address is none."""
    return bool(_ADDRESS.search(text) or _HOST.search(text))
