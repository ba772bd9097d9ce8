"""Whose mailbox it is, and how its IMAP server is reached and signed in to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from integrations.tls import Tls


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """One mailbox's way to its IMAP server. `token` gives an OAuth 2 access token when asked.

    A token that cannot be had is told by an OSError out of `token`.
    """

    host: str
    port: int = 993
    user: str = ""
    tls: Tls = Tls.IMPLICIT
    password: str = field(default="", repr=False)
    token: Callable[[], str] | None = field(default=None, repr=False)
    ca_file: str = ""
