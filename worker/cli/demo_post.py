"""The post of the demonstration: where mails arrive, and where people's answers are put.

Over SMTP and IMAP, at Gmail, or at Microsoft 365: what people do is the same.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from mailbox import Maildir
from pathlib import Path
from typing import Protocol

from integrations.localgoogle.mailboxes import LocalMailboxes
from integrations.localgraph.mailroom import Mailroom
from integrations.localimap import SENT, LocalMailbox
from integrations.localmail import LocalMail, LocalMailServer


@dataclass(frozen=True, slots=True)
class Box:
    """A mailbox of the company, as the settings have it."""

    id: str
    address: str
    name: str


class Post(Protocol):
    """Carries mails from us to people, and from people to us."""

    receiver: str  # what the company's own receiver calls itself; empty: it does not

    @property
    def arrived(self) -> list[LocalMail]:
        """Give what has reached anybody so far, in its order."""
        ...

    def came_by_itself(self, box: Box) -> bool:
        """Say whether a provider has put something into a mailbox since this was asked last."""
        ...

    def deliver(self, box: Box, content: bytes, at: datetime) -> None:
        """Have a mail arrive in a mailbox of the company."""
        ...

    def file_as_sent(self, box: Box, content: bytes, at: datetime) -> None:
        """Have somebody send a mail by hand: it lies among what was sent."""
        ...


class SmtpPost:
    """A server that takes mails by SMTP, and mailboxes that are read by IMAP."""

    receiver = "mx.tsunagu.invalid"

    def __init__(self, server: LocalMailServer, mailboxes: Mapping[str, LocalMailbox]) -> None:
        self._server = server
        self._mailboxes = mailboxes  # by the id that the settings give them

    @property
    def arrived(self) -> list[LocalMail]:
        """Give what the server took."""
        return self._server.mails

    def came_by_itself(self, box: Box) -> bool:  # noqa: ARG002 - as its fellows
        """Say no: a wrong address is refused at the door."""
        return False

    def deliver(self, box: Box, content: bytes, at: datetime) -> None:
        """Put a mail into the inbox."""
        self._mailboxes[box.id].deliver(content, at)

    def file_as_sent(self, box: Box, content: bytes, at: datetime) -> None:
        """Put a mail into the folder that the server marks as sent."""
        self._mailboxes[box.id].deliver(content, at, SENT)


class GmailPost:
    """Mailboxes at Gmail."""

    receiver = "mx.google.com"

    def __init__(self, mailboxes: LocalMailboxes) -> None:
        self._mailboxes = mailboxes
        self._arrived: list[LocalMail] = []
        self._looked_at: dict[str, int] = {}  # records of a mailbox, by its address

    @property
    def arrived(self) -> list[LocalMail]:
        """Give what Gmail has sent."""
        for one in self._mailboxes.arrived[len(self._arrived) :]:
            self._arrived.append(LocalMail(_sender(one.content), one.recipient, one.content))
        return self._arrived

    def came_by_itself(self, box: Box) -> bool:
        """Look for notices of what did not arrive."""
        there = self._mailboxes.box(box.address)
        records = there.records if there is not None else []
        fresh = records[self._looked_at.get(box.address, 0) :]
        self._looked_at[box.address] = len(records)
        return any("INBOX" in one.labels for one in fresh)

    def deliver(self, box: Box, content: bytes, at: datetime) -> None:
        """Have a mail come into the inbox."""
        self._mailboxes.receive(box.address, content, at=at)

    def file_as_sent(self, box: Box, content: bytes, at: datetime) -> None:
        """Label a mail as sent."""
        self._mailboxes.receive(box.address, content, label="SENT", at=at)


class OutlookPost:
    """Mailboxes at Microsoft 365."""

    receiver = ""

    def __init__(self, room: Mailroom) -> None:
        self._room = room
        self._arrived: list[LocalMail] = []

    @property
    def arrived(self) -> list[LocalMail]:
        """Give what Exchange has sent."""
        for one in self._room.delivered[len(self._arrived) :]:
            self._arrived.append(LocalMail(one.sender, one.recipient, one.raw))
        return self._arrived

    def came_by_itself(self, box: Box) -> bool:  # noqa: ARG002 - as its fellows
        """Say no: a wrong address is refused when it is sent to."""
        return False

    def deliver(self, box: Box, content: bytes, at: datetime) -> None:
        """Have a mail come into the inbox."""
        self._room.deliver(box.address, content, at=at)

    def file_as_sent(self, box: Box, content: bytes, at: datetime) -> None:
        """Have a mail lie in the sent items."""
        self._room.deliver(box.address, content, folder="sentitems", at=at)


def keep(mails: list[LocalMail], folder: Path) -> None:
    """Keep what arrived, in a folder that a mail program can open."""
    kept = Maildir(folder)
    for mail in mails:
        kept.add(b"Delivered-To: %b\n%b" % (mail.recipient.encode(), mail.content))


def _sender(content: bytes) -> str:
    headers = BytesHeaderParser().parsebytes(content)
    return parseaddr(str(headers["From"]))[1]
