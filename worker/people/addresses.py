"""Mail addresses as people type them, made usable and never guessed at in silence.

What is corrected is what a keyboard does by itself (full-width letters, spaces nobody sees, a
label such as `mailto:`), and every correction is said. What is left must be an address mail can be
handed over to; docomo's old `taro.@docomo.ne.jp` is one, against the standard, and stays.
"""

import re
import unicodedata
from dataclasses import dataclass
from enum import Enum

LOCAL_LIMIT = 64  # octets, RFC 5321 §4.5.3.1.1
LIMIT = 254  # of the whole, RFC 5321 §4.5.3.1.3 less the brackets

# Carriers that gave out addresses with `..` and `.@` until about 2009, and deliver to them still.
CARRIERS = frozenset({"docomo.ne.jp", "ezweb.ne.jp", "au.com", "softbank.ne.jp"})

# Spaces and characters without width that a copied address brings along.
_UNSEEN = re.compile(
    "[\\s\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u2064\u2066-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0]+"
)
_CARRIER_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_WRAPPED = re.compile(r"<([^<>]*)>")
_DOTS = str.maketrans({"。": ".", "｡": ".", "．": "."})
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−ー－", "-"))


class Correction(Enum):
    """What was done to an address on the way."""

    SPACES = "spaces"  # spaces or characters nobody sees were taken away
    WIDTH = "width"  # full-width letters were made plain ones
    LABEL = "label"  # `mailto:`, a name or a comma beside the address
    CASE = "case"  # the domain is written in small letters
    DASH = "dash"  # a Japanese dash or long vowel became a hyphen


class Fault(Enum):
    """Why something is no address."""

    EMPTY = "empty"
    NO_AT = "no_at"
    TWO_AT = "two_at"  # more than one, or two addresses in one cell
    LOCAL = "local"  # what stands before the @
    DOMAIN = "domain"  # what stands after it
    LONG = "long"


@dataclass(frozen=True, slots=True)
class Usable:
    """An address to write to, and what was corrected in it."""

    address: str
    corrected: tuple[Correction, ...] = ()


@dataclass(frozen=True, slots=True)
class Unusable:
    """What no mail can go to; *detail* is the part that is meant."""

    fault: Fault
    detail: str


def read_address(written: str) -> Usable | Unusable:
    """Read an address from a cell, a form or a command line.

    >>> read_address("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ　").address
    'taro@example.jp'
    >>> read_address("taro.@docomo.ne.jp")
    Usable(address='taro.@docomo.ne.jp', corrected=())
    """
    corrected: list[Correction] = []
    text = _bare(written, corrected)
    local, at, domain = text.rpartition("@")
    if not at:
        return Unusable(Fault.NO_AT if text else Fault.EMPTY, text)
    if "@" in local and not _is_quoted(local):
        return Unusable(Fault.TWO_AT, text)
    if len(local) > LOCAL_LIMIT or len(text) > LIMIT:
        return Unusable(Fault.LONG, text)
    plain = _domain(domain, corrected)
    address = f"{local}@{plain}"
    if not plain:
        return Unusable(Fault.DOMAIN, domain)
    if not (_is_of_a_carrier(local, plain) or (local.isascii() and _standard(address))):
        return Unusable(Fault.LOCAL, local)
    return Usable(address, tuple(dict.fromkeys(corrected)))


def same_address(one: str, other: str) -> bool:
    """Say whether two usable addresses are one: the domain knows no case, the local part does not.

    Mail hosts that tell `Aoi` from `aoi` are gone, so people are matched without case; what is
    sent to stays exactly as it was given.

    >>> same_address("Aoi@Example.jp", "aoi@example.jp")
    True
    """
    return address_key(one) == address_key(other)


def address_key(address: str) -> str:
    """Give what two spellings of one address have in common, to look people up by.

    >>> address_key('"taro."@docomo.ne.jp') == address_key("Taro.@DOCOMO.ne.jp")
    True
    """
    local, _, domain = address.rpartition("@")
    if _is_quoted(local):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return f"{local}@{domain}".casefold()


def _bare(written: str, corrected: list[Correction]) -> str:
    """Take away what is no part of an address: unseen characters, width, labels."""
    text = unicodedata.normalize("NFKC", written)
    if text != written and any(
        unicodedata.east_asian_width(sign) in "FH" and sign != "\u3000" for sign in written
    ):
        corrected.append(Correction.WIDTH)
    if wrapped := _WRAPPED.search(text):
        text = wrapped[1]
        corrected.append(Correction.LABEL)
    stripped = _UNSEEN.sub("", text) if not _is_quoted(text.rpartition("@")[0]) else text.strip()
    if stripped != text or written != written.strip():
        corrected.append(Correction.SPACES)
    label = re.match(r"(?i)(?:mailto:|e-?mail:|メール:|宛先:)", stripped)
    if label:
        stripped = stripped[label.end() :]
        corrected.append(Correction.LABEL)
    bare = stripped.rstrip(",;、。")
    if bare != stripped:
        corrected.append(Correction.LABEL)
    dotted = bare.translate(_DOTS)
    if "。" in stripped[: len(dotted)]:
        corrected.append(Correction.WIDTH)
    return dotted


def _domain(domain: str, corrected: list[Correction]) -> str:
    """Give the domain in small letters; one in kanji as the network knows it; empty for none."""
    dashed = domain.translate(_DASHES) if _looks_latin(domain) else domain
    if dashed != domain:
        corrected.append(Correction.DASH)
    small = dashed.lower().rstrip(".")
    if small != dashed:
        corrected.append(Correction.CASE)
    return _standard(f"a@{small}")


def _looks_latin(domain: str) -> bool:
    """Say whether a dash in it was meant as one: everything else is a plain letter."""
    return domain.translate(_DASHES).isascii()


def _is_quoted(local: str) -> bool:
    return len(local) > 2 and local[0] == local[-1] == '"'  # noqa: PLR2004 - two quotes and a letter


def _is_of_a_carrier(local: str, domain: str) -> bool:
    return domain in CARRIERS and _CARRIER_LOCAL.fullmatch(local) is not None


def _standard(address: str) -> str:
    """Give the domain of an address the standard knows, as the network has it; empty if none."""
    from email_validator import (  # noqa: PLC0415 - heavy, and only where people are read
        EmailNotValidError,
        validate_email,
    )

    try:
        known = validate_email(
            address,
            check_deliverability=False,
            allow_quoted_local=True,
            test_environment=True,  # `.test` is what rehearsals on one machine use
        )
    except EmailNotValidError:
        return ""
    return known.ascii_domain
