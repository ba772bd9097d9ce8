"""How a call into the world went: four words, returned and never raised."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import TypeAlias


class Scope(Enum):
    """Whom a refusal or a delay concerns, so that one bad address never stops a mailbox."""

    MESSAGE = "message"  # this message only (too big, refused content)
    ADDRESS = "address"  # this recipient (no such mailbox): suppress
    MAILBOX = "mailbox"  # our account: credentials, quota, policy: stop the lane, tell a human
    SERVER = "server"  # the connection or host: back off the lane, no attempt is burned


@dataclass(frozen=True, slots=True)
class Done:
    """It happened, and the other side said so; `receipt` is what it called it.

    `observed` is the key of the Message-ID that the answer names: not ours where a server gives
    mails ids of its own. `thread` is the provider's name for the conversation that it lies in.
    """

    receipt: str = ""
    observed: str = ""
    thread: str = ""


@dataclass(frozen=True, slots=True)
class Later:
    """It certainly did not happen, and asking again may help."""

    why: str
    wait: timedelta | None = None  # what the other side asked for; None leaves it to our back-off
    scope: Scope = Scope.MESSAGE


@dataclass(frozen=True, slots=True)
class Refused:
    """It certainly did not happen, and asking again will not help."""

    why: str
    scope: Scope = Scope.MESSAGE
    status: str = ""  # the enhanced status code (RFC 3463), where there is one


@dataclass(frozen=True, slots=True)
class InDoubt:
    """It may have happened. Never repeated blindly: asked, or shown to a human."""

    why: str


Outcome: TypeAlias = Done | Later | Refused | InDoubt

LATE = Later("it stood still for so long that others may be sending it")
