"""The mailboxes of a company at Gmail, and the hands of the people who write to them.

`arrived` is what recipients found in theirs. A draft that is sent is deleted, and a new message
with another id and the label SENT takes its place in the same thread (doc: "Working with drafts").
"""

import base64
import re
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses
from itertools import count
from threading import RLock
from typing import Any

from worker.domain.errors import BrokenPromise
from worker.ports import Clock

_FIRST_ID = 0x1990_0000_0000_0000
_HEAD = re.compile(rb"\r?\n\r?\n")
_ID = re.compile(r"<[^<>\s]+>")
_RE = re.compile(r"^(?:\s*(?:re|fwd?|返信)\s*[:：])+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Arrived:
    """A mail in a recipient's mailbox."""

    recipient: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it lies in a mailbox."""

    id: str
    thread: str
    labels: frozenset[str]
    raw: bytes
    at: datetime  # internalDate
    history: int

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Give its headers, as they stand."""
        parsed = message_from_bytes(self.raw, policy=policy.compat32)
        return [(name, str(value)) for name, value in parsed.items()]

    def header(self, name: str) -> str:
        """Give one header; empty where there is none."""
        return next((value for one, value in self.headers if one.lower() == name.lower()), "")


@dataclass(frozen=True, slots=True)
class Record:
    """One thing that happened in a mailbox."""

    number: int
    kind: str  # messageAdded | messageDeleted | labelAdded
    message: Message
    labels: frozenset[str]


@dataclass
class Box:
    """One person's mailbox."""

    owner: str
    messages: dict[str, Message] = field(default_factory=dict)
    drafts: dict[str, str] = field(default_factory=dict)  # message by draft
    records: list[Record] = field(default_factory=list)
    forgotten: dict[str, int] = field(default_factory=dict)  # by label: older history is not known


@dataclass
class LocalMailboxes:
    """Everybody's mailboxes. The switches say what Gmail may do, or is said to do.

    `rewrites_ids`: Gmail gives sent mails Message-IDs of its own (contested); `index_lag`: so long
    the search does not find what was just sent (assumed: minutes).
    """

    clock: Clock
    rewrites_ids: bool = False
    index_lag: timedelta = timedelta(0)
    arrived: list[Arrived] = field(default_factory=list)
    changed: Callable[[str, Collection[str], int], None] = lambda _owner, _labels, _history: None

    def __post_init__(self) -> None:
        self.lock = RLock()
        self._boxes: dict[str, Box] = {}
        self._ids = count(_FIRST_ID, 7)
        self._drafts = count(1)
        self._history = count(1_003, 3)  # increasing, with gaps (doc)
        self.number = 1_000

    def employ(self, address: str) -> None:
        """Give somebody a mailbox."""
        with self.lock:
            self._boxes.setdefault(address.lower(), Box(address.lower()))

    def remove(self, address: str) -> Box:
        """Suspend somebody's mail; gives the mailbox, which may be put back."""
        with self.lock:
            return self._boxes.pop(address.lower())

    def put_back(self, box: Box) -> None:
        """Let somebody have their mail again."""
        with self.lock:
            self._boxes[box.owner] = box

    def box(self, address: str) -> Box | None:
        """Give somebody's mailbox; None where there is none."""
        return self._boxes.get(address.lower())

    # What people do.

    def receive(
        self,
        address: str,
        raw: bytes,
        *,
        label: str = "INBOX",
        at: datetime | None = None,
    ) -> Message:
        """Have a mail arrive."""
        with self.lock:
            box = self._standing(address)
            return self._add(box, raw, {label, "UNREAD"}, thread=_joined(box, raw), at=at)

    def move(self, address: str, id_: str, label: str) -> None:
        """Have a person move a message from one label to another."""
        with self.lock:
            box = self._standing(address)
            message = box.messages[id_]
            self.number = next(self._history)
            places = {"INBOX", "SPAM", "TRASH"}
            moved = replace(
                message, labels=(message.labels - places) | {label}, history=self.number
            )
            box.messages[id_] = moved
            self._note(box, "labelAdded", moved, frozenset({label}))

    def discard(self, address: str, id_: str) -> None:
        """Have a person delete a message, or a draft, for good."""
        with self.lock:
            box = self._standing(address)
            self._remove(box, id_)

    def expire_history(self, address: str, label: str = "") -> None:
        """Forget what happened in a mailbox so far, under one label or under all."""
        with self.lock:
            self.number = next(self._history)
            self._standing(address).forgotten[label] = self.number

    # What requests need.

    def draft(self, box: Box, raw: bytes) -> tuple[str, Message]:
        """Keep a draft."""
        message = self._add(box, raw, {"DRAFT"})
        id_ = f"r{next(self._drafts):019d}"
        box.drafts[id_] = message.id
        return id_, message

    def discard_draft(self, box: Box, id_: str) -> None:
        """Delete a draft for good."""
        self._remove(box, box.drafts[id_])

    def send(self, box: Box, id_: str) -> Message:
        """Send a draft: it is gone, and a message of another id is in its place."""
        draft = box.messages[box.drafts[id_]]
        self._remove(box, draft.id)
        raw = self._renamed(draft) if self.rewrites_ids else draft.raw
        sent = self._add(box, raw, {"SENT"}, thread=draft.thread)
        self.arrived.extend(Arrived(one, raw) for one in recipients(draft.raw))
        return sent

    def bounce(self, box: Box, message: Message, address: str) -> None:
        """Have the postmaster say that an address does not exist (RFC 3464)."""
        now = self.clock.now().astimezone(UTC)
        told = (
            f"From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\n"
            f"To: {box.owner}\r\nSubject: Delivery Status Notification (Failure)\r\n"
            f"Date: {now:%a, %d %b %Y %H:%M:%S} +0000\r\n"
            f"Message-ID: <{message.id}.bounce@mx.google.com>\r\n"
            f"In-Reply-To: {message.header('Message-ID')}\r\n"
            f"References: {message.header('Message-ID')}\r\n"
            "Auto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n'
            "--b\r\nContent-Type: text/plain\r\n\r\n** Address not found **\r\n"
            "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
            "Reporting-MTA: dns; googlemail.com\r\n\r\n"
            f"Final-Recipient: rfc822; {address}\r\nAction: failed\r\nStatus: 5.1.1\r\n"
            "Diagnostic-Code: smtp; 550-5.1.1 The email account that you tried to reach does not"
            " exist.\r\n--b--\r\n"
        )
        self._add(box, told.encode(), {"INBOX", "UNREAD"}, thread=message.thread)

    def found(self, box: Box, query: str, labels: Iterable[str], *, everywhere: bool) -> list[str]:
        """Search a mailbox; newest first (assumed). Only what the search knows of by now."""
        wanted = frozenset(labels)
        known = [
            message
            for message in box.messages.values()
            if wanted <= message.labels
            and (everywhere or not message.labels & {"SPAM", "TRASH"})
            and self._answers(message, query)
        ]
        return [one.id for one in sorted(known, key=lambda one: (one.at, one.id), reverse=True)]

    def _answers(self, message: Message, query: str) -> bool:
        """Whether a message is what was searched for."""
        words = query.split()
        if words and message.at > self.clock.now() - self.index_lag and self.index_lag:
            return False
        for word in words:
            name, _, value = word.partition(":")
            match name:
                case "rfc822msgid":
                    if message.header("Message-ID").strip("<> ") != value.strip("<>"):
                        return False
                case "after":
                    if message.at.timestamp() <= int(value):
                        return False
                case _:
                    raise BrokenPromise(f"this server has not learned to search for {word}")
        return True

    def _standing(self, address: str) -> Box:
        box = self.box(address)
        if box is None:
            raise BrokenPromise("nobody of that address has a mailbox")
        return box

    def _add(
        self,
        box: Box,
        raw: bytes,
        labels: set[str],
        *,
        thread: str = "",
        at: datetime | None = None,
    ) -> Message:
        id_ = f"{next(self._ids):x}"
        self.number = next(self._history)
        when = at or self.clock.now()
        message = Message(id_, thread or id_, frozenset(labels), raw, when, self.number)
        box.messages[id_] = message
        self._note(box, "messageAdded", message, message.labels)
        return message

    def _remove(self, box: Box, id_: str) -> None:
        message = box.messages.pop(id_)
        self.number = next(self._history)
        self._note(box, "messageDeleted", message, message.labels)
        for draft, one in list(box.drafts.items()):
            if one == id_:
                del box.drafts[draft]

    def _note(self, box: Box, kind: str, message: Message, labels: frozenset[str]) -> None:
        box.records.append(Record(self.number, kind, message, labels))
        self.changed(box.owner, labels, self.number)

    def _renamed(self, message: Message) -> bytes:
        """Give the octets of a message under an id of Gmail's own."""
        head, body = split(message.raw)
        kept: list[bytes] = []
        names: list[bytes] = []
        for line in head.split(b"\r\n"):
            is_id = line.lower().startswith(b"message-id:")
            (names if is_id else kept).append(line)
        kept.append(b"Message-ID: <CA+%s@mail.gmail.com>" % message.id.encode())
        kept += [b"X-Google-Original-" + name for name in names]
        return b"\r\n".join(kept) + b"\r\n\r\n" + body


def _joined(box: Box, raw: bytes) -> str:
    """Give the thread that a mail joins as it comes; empty where it begins one.

    By the ids in its header; and, as Gmail is seen to do, without them where it answers the same
    subject and comes from whom that thread was written to (assumed: the newest such thread).
    """
    headers = message_from_bytes(raw, policy=policy.compat32)
    told = " ".join(str(headers[name] or "") for name in ("In-Reply-To", "References"))
    ids = set(_ID.findall(told))
    subject, senders = str(headers["Subject"] or ""), _addresses(str(headers["From"] or ""))
    is_answer = _topic(subject) != subject.strip()
    for one in sorted(box.messages.values(), key=lambda one: one.id, reverse=True):
        if one.header("Message-ID").strip() in ids:
            return one.thread
        is_alike = _topic(one.header("Subject")) == _topic(subject)
        if is_answer and not ids and is_alike and senders & _addresses(one.header("To")):
            return one.thread
    return ""


def _topic(subject: str) -> str:
    """Give a subject without what answering puts before it."""
    return _RE.sub("", str(make_header(decode_header(subject)))).strip()


def _addresses(value: str) -> set[str]:
    return {address.lower() for _, address in getaddresses([value]) if address}


def recipients(raw: bytes) -> list[str]:
    """Give to whom a mail goes: to whom its headers say, and nobody else."""
    parsed = message_from_bytes(raw, policy=policy.compat32)
    told = [str(parsed[name]) for name in ("To", "Cc", "Bcc") if parsed[name]]
    return [address for _, address in getaddresses(told) if address]


def split(raw: bytes) -> tuple[bytes, bytes]:
    """Part the header of a mail from its body."""
    found = _HEAD.search(raw)
    return (raw, b"") if found is None else (raw[: found.start()], raw[found.end() :])


def resource(message: Message, how: str, only: Iterable[str] = ()) -> Mapping[str, Any]:
    """Write a message as Gmail shows it."""
    told: dict[str, Any] = {
        "id": message.id,
        "threadId": message.thread,
        "labelIds": sorted(message.labels),
        "historyId": str(message.history),
        "internalDate": str(int(message.at.timestamp() * 1000)),
        "sizeEstimate": len(message.raw),
        "snippet": "",
    }
    if how == "raw":
        told["raw"] = base64.urlsafe_b64encode(message.raw).decode()
    if how == "metadata":
        wanted = {one.lower() for one in only}
        told["payload"] = {
            "headers": [
                {"name": name, "value": value}
                for name, value in message.headers
                if not wanted or name.lower() in wanted
            ]
        }
    return told
