"""The signed tag in the address we want answers sent to: `saiyo+<tag>@example.co.jp`.

It survives what loses headers: another sender, forwarding, a gateway. It is made of lower-case
letters and digits alone, because some gateways fold case, and is signed, because anybody can
write to an address. What it names is the left part of our own Message-ID, so that a tag and an
id lead to the same mail.
"""

import hmac
import re
from collections.abc import Iterable, Sequence
from hashlib import sha256

_LETTERS = "abcdefghijklmnopqrstuvwxyz234567"  # RFC 4648 §6
_SIGNATURE = 10  # letters: 50 bits
_SHORTEST, _LONGEST = 16, 26  # of what `worker.domain.post` makes
_LOCAL_CAP = 64  # RFC 5321 §4.5.3.1.1
_TAG = re.compile(
    rf"(?:^|[+\-=_.<\s\"])([a-z2-7]{{{_SHORTEST + _SIGNATURE},{_LONGEST + _SIGNATURE}}})\"?@"
)
_ID = re.compile(rf"<(?:t\.)?([a-z2-7]{{{_SHORTEST},{_LONGEST}}})@")


def tagged(address: str, message_id: str, secret: bytes) -> str:
    """Give *address* with the tag of the mail *message_id*, for Reply-To.

    An address that starts with `@` is a domain of its own, all of whose addresses are ours.

    >>> tagged("saiyo@example.co.jp", "<ux4nhcufypvmmhnqqc2goe56fe@example.co.jp>", b"secret")
    'saiyo+ux4nhcufypvmmhnqqc2goe56fez5yojtarxz@example.co.jp'
    """
    found = _ID.match(message_id)
    if found is None:
        raise ValueError(f"{message_id!r} is not a Message-ID of ours")
    tag = found[1] + _signature(found[1], secret)
    local, _, domain = address.rpartition("@")
    whole = f"{local}+{tag}" if local else tag
    if len(whole) > _LOCAL_CAP:
        raise ValueError(f"{address!r} leaves no room for a tag of {len(tag)} letters")
    return f"{whole}@{domain}"


def tag_in(addresses: Iterable[str], secrets: Sequence[bytes]) -> str:
    """Find our tag in *addresses* and give the left part of the Message-ID it names; else empty.

    A tag that none of *secrets* signed is no tag. Several secrets, so that one can be replaced.
    """
    for address in addresses:
        for found in _TAG.finditer(address.lower()[:2_000]):
            name, signature = found[1][:-_SIGNATURE], found[1][-_SIGNATURE:]
            for secret in secrets:
                if hmac.compare_digest(_signature(name, secret), signature):
                    return name
    return ""


def _signature(name: str, secret: bytes) -> str:
    digest = hmac.new(secret, b"tsunagu reply address\0" + name.encode("ascii"), sha256).digest()
    bits = int.from_bytes(digest[:8])
    return "".join(_LETTERS[bits >> shift & 31] for shift in range(59, 59 - 5 * _SIGNATURE, -5))
