"""Whose mailbox it is, and how its IMAP server is reached and signed in to."""

from dataclasses import dataclass, field

from integrations.bearer import Bearer
from integrations.tls import Tls


@dataclass(frozen=True, slots=True)
class ImapAccount:
    """One mailbox's way to its IMAP server; with a `bearer` it signs in by XOAUTH2."""

    host: str
    port: int = 993
    user: str = ""
    tls: Tls = Tls.IMPLICIT
    password: str = field(default="", repr=False)
    bearer: Bearer | None = field(default=None, repr=False)
    ca_file: str = ""
