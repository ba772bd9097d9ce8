"""The links in mails: short, signed, and of use to whoever got the mail and to nobody else.

A token names an intent and is signed together with the person it was for. Whoever is erased takes
the meaning of their links along: a token of theirs is then one like any other that nobody signed.
"""

import hmac
from base64 import b32decode, b32encode
from dataclasses import dataclass
from enum import Enum
from hashlib import sha256

from worker.domain.facts import PersonId
from worker.domain.intents import Key

LENGTH = 32  # letters: a List-Unsubscribe header must stay one short line
OURS = "X-Tsunagu"  # a header of every page: how we know the way to it is right
_NUMBER = 5  # bytes that name the intent
_SIGNATURE = 15  # bytes: 120 bits


class Door(Enum):
    """What a link opens; a token for one door opens no other."""

    SURVEY = "s"
    STOP = "u"


class Standin(Enum):
    """The last word of a link that only shows where a real one will stand."""

    PREVIEW = "preview"
    REHEARSAL = "rehearsal"


@dataclass(frozen=True, slots=True)
class Named:
    """The intent that a link leads back to, and whom its mail was for."""

    number: int
    person: PersonId
    key: Key


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links. Without a secret they lead to a page that says whose they are."""

    url: str  # where people's browsers reach us, without a slash at the end
    secret: bytes = b""
    standin: Standin = Standin.PREVIEW

    @property
    def are_real(self) -> bool:
        """Say whether these links lead to somebody's own page."""
        return bool(self.secret)

    def to(self, door: Door, named: Named | None) -> str:
        """Give the link that opens *door* for whoever gets the mail of an intent."""
        if not self.secret or named is None:
            return f"{self.url}/{door.value}/{self.standin.value}"
        return f"{self.url}/{door.value}/{token(door, named, self.secret)}"


def token(door: Door, named: Named, secret: bytes) -> str:
    """Sign an intent: 32 small letters and digits, which no mail program folds or changes.

    >>> token(Door.STOP, Named(7, PersonId("aoi"), Key("1/welcome/0/0/mail")), b"secret")
    'aaaaaaahezjq56kaasuc44pkkt4kgw5u'
    """
    number = named.number.to_bytes(_NUMBER)
    said = "\0".join(("tsunagu link", door.value, str(named.number), named.person, named.key))
    signature = hmac.new(secret, said.encode(), sha256).digest()[:_SIGNATURE]
    return b32encode(number + signature).decode("ascii").lower()


def number_in(written: str) -> int | None:
    """Give the intent that a token claims to be of; None if it is no token at all.

    A claim and no proof: see `is_signed`.
    """
    if len(written) != LENGTH or not written.isascii():
        return None
    try:
        return int.from_bytes(b32decode(written.upper())[:_NUMBER])
    except ValueError:
        return None


def is_signed(written: str, door: Door, named: Named, secret: bytes) -> bool:
    """Say whether a token is what we would have written for *named*; takes as long either way."""
    return hmac.compare_digest(written.lower().encode(), token(door, named, secret).encode())
