"""One mail as a server wants to hear of it: commands, and the body's octets. Pure.

What this server cannot take is refused here, before anything is said: an address that would change
the command it stands in, a body with line ends that servers read differently, a mail too big, an
address beyond ASCII where SMTPUTF8 is not offered.
"""

import re
from collections.abc import Mapping
from typing import TypeAlias

from integrations.replies import Phase
from worker.domain.outcomes import Refused, Scope
from worker.ports import Envelope

Command: TypeAlias = tuple[Phase, bytes]

DOT = b".\r\n"
_DATA: Command = (Phase.DATA, b"DATA\r\n")

# Lenient where carriers are (`a..b@docomo.ne.jp`, `taro.@docomo.ne.jp`), strict where a character
# could end the path or hide: control characters, any kind of space, what has no width.
_HIDDEN = r"\x00-\x20\x7f-\xa0\xad\s\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff"
_LOCAL = rf'(?:"(?:[^"\\\x00-\x1f\x7f-\x9f]|\\[!-~])*"|[^{_HIDDEN}"<>@()\[\],;:\\]+)'
_DOMAIN = rf"(?:\[[0-9A-Za-z:.]+\]|[^{_HIDDEN}\"<>@()\[\],;:\\]+)"
_ADDRESS = re.compile(f"{_LOCAL}@{_DOMAIN}")
_DOT_IN_FRONT = re.compile(rb"\n\.")


def fault_of_envelope(envelope: Envelope, offers: Mapping[str, str]) -> Refused | None:
    """Say why a server with these EHLO keywords cannot be given this mail; None if it can."""
    return _fault_of_addresses(envelope, offers) or _fault_of_content(envelope.content, offers)


def _fault_of_addresses(envelope: Envelope, offers: Mapping[str, str]) -> Refused | None:
    if _ADDRESS.fullmatch(envelope.recipient) is None:
        return Refused("the recipient is no address one can send to", Scope.ADDRESS, "5.1.3")
    if envelope.sender and _ADDRESS.fullmatch(envelope.sender) is None:
        return Refused("our sender is no address one can send from", Scope.MAILBOX, "5.1.7")
    if not envelope.recipient.isascii() and "smtputf8" not in offers:
        return Refused("the server does not take addresses beyond ASCII", Scope.ADDRESS, "5.6.7")
    if not envelope.sender.isascii() and "smtputf8" not in offers:
        return Refused("the server does not take senders beyond ASCII", Scope.MAILBOX, "5.6.7")
    return None


def _fault_of_content(content: bytes, offers: Mapping[str, str]) -> Refused | None:
    if not _has_clean_lines(content):
        return Refused(
            "the mail has a bare CR, a bare LF or a NUL (RFC 5321 2.3.8)", status="5.6.0"
        )
    if not content.isascii() and "8bitmime" not in offers:
        return Refused("the mail has 8-bit octets, which the server does not take", status="5.6.3")
    limit = offers.get("size", "")
    if limit.isdigit() and 0 < int(limit) < len(content):
        return Refused(
            f"the mail has {len(content)} octets, the server takes {limit}", status="5.3.4"
        )
    return None


def commands_of(envelope: Envelope, offers: Mapping[str, str]) -> tuple[Command, ...]:
    """Give MAIL, RCPT and DATA for a mail that has no fault."""
    options = ""
    if "size" in offers:
        options += f" SIZE={len(envelope.content)}"  # RFC 1870: without the stuffed dots
    if not envelope.content.isascii():
        options += " BODY=8BITMIME"
    if not (envelope.sender.isascii() and envelope.recipient.isascii()):
        options += " SMTPUTF8"
    return (
        (Phase.MAIL, f"MAIL FROM:<{envelope.sender}>{options}\r\n".encode()),
        (Phase.RCPT, f"RCPT TO:<{envelope.recipient}>\r\n".encode()),
        _DATA,
    )


def stuffed(content: bytes) -> bytes:
    r"""Give the octets of the body with its final dot.

    >>> stuffed(b"a\r\n.b\r\n")
    b'a\r\n..b\r\n.\r\n'
    """
    octets = content
    if _DOT_IN_FRONT.search(content):  # hardly ever: to look costs half of a replacement
        octets = content.replace(b"\r\n.", b"\r\n..")
    if octets.startswith(b"."):
        octets = b"." + octets
    return octets + (DOT if octets.endswith(b"\r\n") or not octets else b"\r\n" + DOT)


def _has_clean_lines(content: bytes) -> bool:
    """Whether every line ends by CR LF: else two servers may see two mails in one (smuggling)."""
    lines = content.splitlines()  # at CR LF, at a bare CR, and at a bare LF
    return b"\r\n".join(lines) == content.removesuffix(b"\r\n") and b"\0" not in content
