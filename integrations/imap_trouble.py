"""What it means when an IMAP server does not do what it was asked. Pure; the one place for it.

Servers say why in a response code (RFC 5530), many in words of their own. What nobody recognises is
the fault of the step in which it was said.
"""

import imaplib
import re
import ssl
from datetime import timedelta
from enum import Enum

from integrations.bearer import NoToken
from integrations.imap_wire import TooMuch
from integrations.replies import quotable
from worker.ports import InboxTrouble, Trouble


class Step(Enum):
    """What we were about when it happened."""

    CONNECT = "connect"
    SIGN_IN = "sign in"
    OPEN = "open the folder"
    READ = "read"
    LISTEN = "listen"


class Garbled(Exception):  # noqa: N818 - becomes a value before anybody sees it
    """An answer that cannot be read as IMAP."""


class Denied(Exception):  # noqa: N818 - becomes a value before anybody sees it
    """The server said NO, or offers no way to do it."""


class RanOut(Exception):  # noqa: N818 - as above
    """The server did not take an access token, and another may be better."""


_CODES = {
    "UNAVAILABLE": Trouble.NETWORK,  # RFC 5530: a subsystem of the server is down
    "SERVERBUG": Trouble.NETWORK,
    "INUSE": Trouble.LIMITS,
    "LIMIT": Trouble.LIMITS,
    "OVERQUOTA": Trouble.LIMITS,  # Gmail: too much was downloaded today
    "THROTTLED": Trouble.LIMITS,
    "AUTHENTICATIONFAILED": Trouble.CREDENTIALS,
    "AUTHORIZATIONFAILED": Trouble.CREDENTIALS,
    "EXPIRED": Trouble.CREDENTIALS,
    "PRIVACYREQUIRED": Trouble.CREDENTIALS,
    "CONTACTADMIN": Trouble.MAILBOX,
    "NOPERM": Trouble.MAILBOX,
    "NONEXISTENT": Trouble.MAILBOX,
    "CORRUPTION": Trouble.MAILBOX,
}
_WORDS = (
    (
        re.compile(r"too many|throttl|rate limit|bandwidth|try again later|backoff", re.IGNORECASE),
        Trouble.LIMITS,
    ),
    (
        re.compile(
            r"temporar|internal error|server error|not connected|unavailable", re.IGNORECASE
        ),
        Trouble.NETWORK,
    ),
)
_CODE = re.compile(r"\[([A-Z]+)[\] ]")
# Exchange says "Request is throttled", and how many milliseconds it suggests.
_BACK_OFF = re.compile(r"backoff time: (\d{1,9}) milliseconds", re.IGNORECASE)
_BYTES = re.compile(r"""\bb(['"])(.*?)\1""")
_LONGEST = 1000  # characters of what a server says; somebody is to read it
_OF_STEP = {
    Step.CONNECT: Trouble.NETWORK,
    Step.SIGN_IN: Trouble.CREDENTIALS,
    Step.OPEN: Trouble.MAILBOX,
    Step.READ: Trouble.MAILBOX,
    Step.LISTEN: Trouble.NETWORK,
}


def trouble_of(problem: Exception, step: Step, place: str) -> InboxTrouble:
    """Say who can do something about *problem*, which came up at *step* with the server *place*."""
    said = quotable(words_of(problem))
    why = f"{step.value}, {place}: {said}"
    match problem:
        case ssl.SSLError():
            return InboxTrouble(Trouble.NETWORK, f"no trusted encryption with {place}: {said}")
        case TooMuch() | Garbled():
            return InboxTrouble(Trouble.MAILBOX, why)
        case imaplib.IMAP4.abort():  # also a BYE, which may say why
            return InboxTrouble(_recognised(said) or Trouble.NETWORK, why, _wait(said))
        case OSError() | RanOut():
            return InboxTrouble(Trouble.NETWORK, why)
        case NoToken():
            return InboxTrouble(Trouble.CREDENTIALS, why)
        case _:
            return InboxTrouble(_recognised(said) or _OF_STEP[step], why, _wait(said))


def words_of(problem: Exception) -> str:
    r"""Give what was said, without the marks of Python's that the library leaves in it.

    >>> words_of(imaplib.IMAP4.error(b"[LIMIT] Too many \x82"))
    '[LIMIT] Too many \ufffd'
    >>> words_of(imaplib.IMAP4.error("EXAMINE command error: BAD [b'What?']"))
    'EXAMINE command error: BAD [What?]'
    """
    said = problem.args[0] if problem.args else ""
    if isinstance(problem, OSError):
        text = problem.strerror or str(problem)
    elif isinstance(said, bytes):
        text = said[:_LONGEST].decode("utf-8", "replace")
    else:
        text = _BYTES.sub(r"\2", str(said)[:_LONGEST])
    return text[:_LONGEST] or type(problem).__name__


def says_limits(problem: Exception) -> bool:
    """Say whether a server refused for being asked too much, whoever it was that asked."""
    said = quotable(words_of(problem))
    return _recognised(said) in {Trouble.LIMITS, Trouble.NETWORK}


def _recognised(said: str) -> Trouble | None:
    for code in _CODE.findall(said):
        if code in _CODES:
            return _CODES[code]
    return next((trouble for words, trouble in _WORDS if words.search(said)), None)


def _wait(said: str) -> timedelta | None:
    asked = _BACK_OFF.search(said)
    return timedelta(milliseconds=int(asked[1])) if asked else None
