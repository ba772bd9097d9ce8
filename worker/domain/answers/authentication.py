"""What our own receiver found out about a mail's sender: Authentication-Results (RFC 8601).

Only the topmost header counts, and only if our receiver wrote it: anybody can send a header of
that name, and it then lies below (RFC 8601 §5). Tolerant, because Exchange names no server and
Yahoo! JAPAN writes what the grammar does not allow.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

_CAP = 4_000
_QUOTED = re.compile(r"\"((?:[^\"\\]|\\.){0,998})\"")
_SIGNS = re.compile(r"[\s;=()\\]")  # by which a header is taken apart
_COMMENT = re.compile(r"\([^()]{0,500}\)")
_RESULT = re.compile(r"^\s*(?P<method>[a-z][a-z0-9-]{0,20})(?:/\d+)?\s*=\s*(?P<result>[a-z]{1,20})")
_PROPERTY = re.compile(
    r"\b(?P<name>(?:header|smtp|policy)\.[a-z]{1,20})\s*=\s*\"?(?P<value>[^\s;\"]{1,320})"
)
_SERVER = re.compile(r"^\s*(?P<id>[a-z0-9](?:[a-z0-9._-]{0,250}))(?:\s+\d{1,4})?\s*$")
_GOOD = "pass"
_BAD = frozenset({"fail", "softfail", "permerror"})


class Verdict(Enum):
    """What our receiver says of the address in From."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"  # it says nothing, or it was not our receiver that spoke


@dataclass(frozen=True, slots=True)
class Authentication:
    """The results of one header; a method that is not named there is empty."""

    verdict: Verdict
    server: str = ""  # authserv-id; Exchange Online names none
    spf: str = ""
    dkim: str = ""
    dmarc: str = ""
    compauth: str = ""  # Exchange's own sum of it all
    domain: str = ""  # header.from, as the receiver saw it


def authentication(headers: Sequence[str], receivers: Sequence[str]) -> Authentication:
    """Read the topmost of *headers*, if one of *receivers* wrote it.

    Args:
        headers: Every Authentication-Results of the mail, from the top.
        receivers: The authserv-ids of our own receiver, such as `mx.google.com`; an empty one
            stands for a receiver that names none (Exchange Online).

    >>> ours = ["mx.google.com"]
    >>> authentication(["mx.google.com; dmarc=pass header.from=example.jp"], ours).verdict
    <Verdict.PASSED: 'passed'>
    >>> authentication(["mx.evil.example; dmarc=pass"], ours).verdict
    <Verdict.UNKNOWN: 'unknown'>
    """
    if not headers:
        return Authentication(Verdict.UNKNOWN)
    # A sender's own address is quoted there: nothing in quotes is a result, or ends a comment.
    text = _QUOTED.sub(lambda found: _SIGNS.sub("", found[1]), headers[0][:_CAP].lower())
    text = _without_comments(text)
    pieces = text.split(";")
    named = _SERVER.match(pieces[0])
    server = named["id"] if named and "=" not in pieces[0] else ""
    if server not in {receiver.lower() for receiver in receivers}:
        return Authentication(Verdict.UNKNOWN, server)
    results: dict[str, str] = {}
    signed: list[str] = []  # by whom, of the signatures that are good: anybody may add a bad one
    for piece in pieces[1:] if server else pieces:
        found = _RESULT.match(piece)
        if found and (found["method"] not in results or found["result"] == _GOOD):
            results[found["method"]] = found["result"]
        if found and (found["method"], found["result"]) == ("dkim", _GOOD):
            signed.append(_signer(piece))
    properties = {found["name"]: found["value"] for found in _PROPERTY.finditer(text)}
    return Authentication(
        _verdict(results, properties, signed),
        server,
        spf=results.get("spf", ""),
        dkim=results.get("dkim", ""),
        dmarc=results.get("dmarc", ""),
        compauth=results.get("compauth", ""),
        domain=properties.get("header.from", ""),
    )


def _without_comments(text: str) -> str:
    """Leave comments out, also those in comments; a few rounds are enough for honest ones."""
    for _ in range(4):
        shorter = _COMMENT.sub(" ", text)
        if shorter == text:
            break
        text = shorter
    return text


def _signer(piece: str) -> str:
    said = {found["name"]: found["value"] for found in _PROPERTY.finditer(piece)}
    return said.get("header.d") or said.get("header.i", "").rpartition("@")[2]


def _verdict(results: dict[str, str], properties: dict[str, str], signed: Sequence[str]) -> Verdict:
    """Sum the results up: DMARC speaks of From; without it, an aligned DKIM or SPF does."""
    dmarc = results.get("dmarc", "")
    if dmarc == _GOOD or results.get("compauth") == _GOOD:
        return Verdict.PASSED
    if dmarc in _BAD or results.get("compauth") in _BAD:
        return Verdict.FAILED
    visible = properties.get("header.from", "")
    sent = properties.get("smtp.mailfrom", "").rpartition("@")[2]
    if visible and any(_aligned(visible, one) for one in signed):
        return Verdict.PASSED
    if visible and results.get("spf") == _GOOD and _aligned(visible, sent):
        return Verdict.PASSED
    return Verdict.UNKNOWN


def _aligned(visible: str, other: str) -> bool:
    """Say whether one domain is the other or lies below it."""
    if not other or "." not in other or "." not in visible:
        return False
    return visible == other or visible.endswith(f".{other}") or other.endswith(f".{visible}")
