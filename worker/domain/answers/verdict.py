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
_SAYS_NOTHING = 12  # "550 5.1.1" alone says no more than the status does
_REPLY = 500  # characters of a server's reply
_LEAD = 100  # and of what it answers
_STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.])")
_CODE = re.compile(r"(?<![\d.:/\-])([45]\d\d)(?=[ \-](?:[45]\.|[a-z<#:(\[]))")
_HARD_STATUS = frozenset(
    {"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.4.4", "5.4.310"}
)
_FULL_STATUS = frozenset({"5.2.2", "4.2.2", "5.5.22"})

_BEFORE_ALL = (
    ("full", any_of(*bounces.FULL)),
    ("sender", any_of(*bounces.SENDER_AT_FAULT)),
    ("system", any_of(*bounces.LOCAL_PROGRAM)),
)
_MAY_PASS = (
    ("disabled", any_of(*bounces.DISABLED)),
    ("too_big", any_of(*bounces.TOO_BIG)),
    ("policy", any_of(*bounces.POLICY)),
)
_TEMPORARY = any_of(*bounces.TEMPORARY)
_ADDRESS = any_of(*bounces.UNKNOWN_ADDRESS)
_HOST = any_of(*bounces.UNKNOWN_HOST)
_BLOCKED_AT_THE_EDGE = re.compile(r"recipient address rejected: access denied")
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
    told, around = diagnostic[:_CAP], f"{diagnostic[:_CAP]}\n{notice[:_CAP]}"
    if len(told.strip()) < _SAYS_NOTHING:
        reply = _CODE.search(around) or _STATUS.search(around)
        told = around[max(0, reply.start() - _LEAD) : reply.start() + _REPLY] if reply else ""
    found = _by_words(status, told, around) if told else None
    return (
        found
        or _by_status(status)
        or _by_words(status, around, around)
        or Verdict("unknown", is_hard=False)
    )


def _by_words(status: str, told: str, around: str) -> Verdict | None:
    """Read the words: what speaks of us counts before all, then what they say first."""
    of_us = next((reason for reason, pattern in _BEFORE_ALL if pattern.search(told)), "")
    if of_us or status in _FULL_STATUS:
        return Verdict(of_us or "full", is_hard=False)
    if _BLOCKED_AT_THE_EDGE.search(told):  # Exchange Online says so of an address it does not know
        return Verdict("unknown_address", is_hard=True)
    address, host = _ADDRESS.search(told), _HOST.search(told)
    unknown = address or host or _MOVED.search(told)
    passing = bool(_TEMPORARY.search(told))
    for reason, pattern in _MAY_PASS:
        found = pattern.search(told)
        if found and (unknown is None or _says_more(found, unknown)):
            return Verdict(reason, is_hard=False)
    if unknown is None:
        return Verdict("temporary", is_hard=False) if passing else None
    if host is not None and (address is None or host.start() < address.start()):
        return Verdict("unknown_host", is_hard=not passing and not status.startswith("4."))
    return _of_an_address(status, around, passing=passing, moved=address is None)


def _of_an_address(status: str, around: str, *, passing: bool, moved: bool) -> Verdict:
    """Say why an address was refused that is said to be unknown, or to have moved."""
    if passing and status.startswith("4."):
        return Verdict("temporary", is_hard=False)
    if _was_after_data(around) and status not in _HARD_STATUS:
        return Verdict("filtered", is_hard=False)  # known at RCPT, refused for what it is
    return Verdict("moved" if moved else "unknown_address", is_hard=True)


def _was_after_data(around: str) -> bool:
    return bool(_AFTER_DATA.search(around)) and not _AFTER_RCPT.search(around)


def _says_more(found: re.Match[str], unknown: re.Match[str]) -> bool:
    """Say whether a reason that may pass outweighs "unknown": it stands first, or inside it."""
    vague = unknown[0] in {"recipient address rejected", "mailbox unavailable"}
    return vague or found.start() <= unknown.start()


def _by_status(status: str) -> Verdict | None:
    if status in _HARD_STATUS:
        return Verdict("unknown_address" if status[2] == "1" else "unknown_host", is_hard=True)
    if status.startswith("4.") and not status.endswith(".0.0"):
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
