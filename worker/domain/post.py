"""Names a mail carries: its Message-ID, its thread's anchor, its address on the wire.

All are functions of a key or of a text, so that the id of a mail is known before it is written
and the id of a thread's first mail is known without looking it up.
"""

import re
from functools import lru_cache
from hashlib import sha256

ID_LIMIT = 64  # bytes with brackets: Hitachi Groupmax cuts longer ids and breaks the thread
KEY_LENGTH = 62  # what is left of an id of which 64 bytes were kept, less its brackets

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 §6
_PAIRS = tuple(first + second for first in _LETTERS for second in _LETTERS)
_SHORTEST = 16
_USUAL = 26
# RFC 5322 §3.2.3: what needs no quotes. `a..b` and `taro.` (docomo, before 2009) do need them.
_DOTS_ASTRAY = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+")
_DOT_ATOM = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def message_id(key: str, domain: str) -> str:
    """Name the mail of *key*, the same name for ever, of at most 64 bytes.

    >>> message_id("7/welcome/0/0/mail", "example.co.jp")
    '<ux4nhcufypvmmhnqqc2goe56fe@example.co.jp>'
    """
    return _name("", key, domain)


def thread_anchor(key: str, domain: str) -> str:
    """Name a thread by an id that is never sent, for the first place in `References`.

    Servers may replace a Message-ID; they leave References alone, and a reply copies it.

    >>> thread_anchor("7/welcome/0", "example.co.jp")
    '<t.gyabkqs6f5txdviurzjrhfbv6q@example.co.jp>'
    """
    return _name("t.", key, domain)


def _name(prefix: str, key: str, domain: str) -> str:
    room, host = _place(prefix, domain)
    return f"<{prefix}{_base32(sha256(key.encode()).digest())[:room]}@{host}>"


@lru_cache(maxsize=256)
def _place(prefix: str, domain: str) -> tuple[int, str]:
    """Give how many letters of a digest fit, and as much of a domain as there is room for."""
    host = domain.lower()
    while len(host) > ID_LIMIT - 3 - len(prefix) - _USUAL and host.count(".") > 1:
        host = host.partition(".")[2]
    room = min(_USUAL, ID_LIMIT - 3 - len(prefix) - len(host))
    if room < _SHORTEST or not host.isascii() or not _DOT_ATOM.fullmatch(host):
        raise ValueError(f"no Message-ID of at most {ID_LIMIT} bytes fits the domain {domain!r}")
    return room, host


def _base32(digest: bytes) -> str:
    """Write the first 130 bits, five a letter; the standard library takes five times as long."""
    high, middle, low = int.from_bytes(digest[:5]), int.from_bytes(digest[5:10]), digest[10:17]
    last = int.from_bytes(low) >> 6  # 50 of its 56 bits; small numbers are quicker than one great
    pair = _PAIRS
    return (
        f"{pair[high >> 30]}{pair[high >> 20 & 1023]}{pair[high >> 10 & 1023]}{pair[high & 1023]}"
        f"{pair[middle >> 30]}{pair[middle >> 20 & 1023]}{pair[middle >> 10 & 1023]}"
        f"{pair[middle & 1023]}{pair[last >> 40]}{pair[last >> 30 & 1023]}"
        f"{pair[last >> 20 & 1023]}{pair[last >> 10 & 1023]}{pair[last & 1023]}"
    )


def on_the_wire(address: str) -> str:
    """Give an address as SMTP and a header want it: quoted where its dots stand astray.

    Whatever else is wrong with an address is left as it is, for others to refuse.

    >>> on_the_wire("aoi@example.jp"), on_the_wire("taro.@docomo.ne.jp")
    ('aoi@example.jp', '"taro."@docomo.ne.jp')
    """
    local, _, domain = address.rpartition("@")
    if _DOT_ATOM.fullmatch(local) or not _DOTS_ASTRAY.fullmatch(local):
        return address
    return f'"{local}"@{domain}'


def id_key(message_id: str) -> str:
    """Bring a Message-ID into the form in which ids are compared and stored.

    >>> id_key("<ABC@Example.CO.JP>"), id_key("abc@example.co.jp")
    ('abc@example.co.jp', 'abc@example.co.jp')
    """
    return message_id.strip().strip("<>").strip().lower()[:KEY_LENGTH]
