"""Everybody's mail at the stand-in: folders, drafts, what was sent, and what arrived with whom.

It obeys the fault addresses of `integrations.faults` at the moment of sending.
"""

import base64
import binascii
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.mime.application import MIMEApplication
from email.parser import BytesHeaderParser
from email.utils import getaddresses
from hashlib import sha256

from integrations.faults import Fault, fault_of
from integrations.localgraph.office import Office

_INDEX = 22  # octets of a thread's index that name the conversation
# https://learn.microsoft.com/graph/api/resources/mailfolder, well-known names
FOLDERS = {"inbox": "受信トレイ", "junkemail": "迷惑メール", "sentitems": "送信済みアイテム",
           "drafts": "下書き"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """A file that was attached to a draft after it was made."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Message:
    """One message in one mailbox."""

    id: str
    owner: str
    folder: str
    raw: bytes
    received: datetime
    is_draft: bool = False
    internet_id: str = ""
    properties: tuple[tuple[str, str], ...] = ()
    number: int = 0  # of its last change
    arrived: int = 0  # the number of its coming into this folder
    conversation: str = ""
    sheets: tuple[Sheet, ...] = ()

    @property
    def whole(self) -> bytes:
        """Give the mail with what was attached to it, as it leaves."""
        return _with_sheets(self.raw, self.sheets)

    @property
    def thread_index(self) -> str:
        """Give the header that Exchange writes into what is sent, and Outlook into its answers.

        Its first 22 octets name the conversation (MS-OXOMSG 2.2.1.3).
        """
        return base64.b64encode(_index_of(self.conversation) + bytes(5)).decode()


@dataclass(frozen=True, slots=True)
class Delivered:
    """A message as it arrived somewhere else."""

    sender: str
    recipient: str
    raw: bytes


@dataclass
class Habits:
    """What Exchange does or does not, as was seen of it: switches.

    `looks_like_a_draft` says how often a message that was taken is still shown as a draft;
    `renames_sent` gives what was sent another id, as some have seen; `own_message_ids` has
    Exchange write a Message-ID of its own; `unwritable` are ids of what it cannot write as MIME;
    `drops_files` has it lose what is attached to a draft, without a word.
    """

    looks_like_a_draft: int = 0
    renames_sent: bool = False
    own_message_ids: bool = False
    unwritable: set[str] = field(default_factory=set)
    drops_files: bool = False


class CutAfter(Exception):  # noqa: N818 - becomes a line that breaks
    """The work was done, or not, and nobody will hear of it."""


class NotTaken(Exception):  # noqa: N818 - becomes an answer before anybody sees it
    """A message that is not sent: why, as Exchange calls it."""

    def __init__(self, status: int, code: str, said: str) -> None:
        super().__init__(said)
        self.status, self.code, self.said = status, code, said


@dataclass
class Letterbox:
    """One mailbox's mail; `gone` is what left a folder, by number of the change."""

    messages: dict[str, Message] = field(default_factory=dict)
    gone: dict[tuple[str, str], int] = field(default_factory=dict)  # folder and id
    folders: set[str] = field(default_factory=lambda: set(FOLDERS))
    waiting: dict[str, int] = field(default_factory=dict)  # looks until a sent draft is none


class Mailroom:
    """All mail. It shares the lock, the clock and the numbers of the office."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.habits = Habits()
        self.delivered: list[Delivered] = []
        self.sends: list[str] = []  # the ids of what was to be sent, each request once
        self.arrived: Callable[[str, str], None] = lambda _owner, _folder: None  # into a folder
        self._boxes: dict[str, Letterbox] = {}
        self._tries: Counter[str] = Counter()

    def box(self, address: str) -> Letterbox:
        """Give somebody's mail."""
        return self._boxes.setdefault(address.lower(), Letterbox())

    def put(self, message: Message, *, is_new: bool = False) -> Message:
        """Write a message into its owner's mailbox."""
        number = self.office.latest()
        arrived = number if is_new else message.arrived
        message = replace(message, number=number, arrived=arrived)
        self.box(message.owner).messages[message.id] = message
        if is_new:
            self.arrived(message.owner, message.folder)
        return message

    def draft(self, owner: str, raw: bytes) -> Message:
        """Keep a draft."""
        known = head(raw).get("message-id", "")
        number = self.office.latest()
        own = f"<TY0P{number:08d}@apcprd01.prod.outlook.example>"
        internet_id = own if self.habits.own_message_ids or not known else known
        new = Message(
            self.office.new_id(),
            owner.lower(),
            "drafts",
            raw,
            self.office.now(),
            is_draft=True,
            internet_id=internet_id,
            conversation=_new_conversation(number),
        )
        return self.put(new, is_new=True)

    def send(self, message: Message) -> None:
        """Send a draft: it moves to the sent items and arrives with whom its headers name.

        Raises:
            NotTaken: It is not sent.
            CutAfter: Nobody will hear what became of it.
        """
        self.sends.append(message.id)
        recipients = named(message.raw)
        if not message.is_draft:
            raise NotTaken(400, "ErrorInvalidOperation", "The message is no draft.")
        if not recipients:
            raise NotTaken(400, "ErrorInvalidRecipients", "At least one recipient is needed.")
        faults = [found for one in recipients if (found := fault_of(one))]
        for found in faults:
            name = ",".join(recipients)
            self._tries[name] += 1
            if found.fault is Fault.PERMANENT:
                said = "At least one recipient isn't valid."
                raise NotTaken(400, "ErrorInvalidRecipients", said)
            is_over = found.times is not None and self._tries[name] > found.times
            if found.fault is Fault.TEMPORARY and not is_over:
                said = "The send or update operation could not be performed."
                raise NotTaken(409, "ErrorIrresolvableConflict", said)
            if found.fault is Fault.LOST and not is_over:
                raise CutAfter
        self._leave(message, recipients)
        if any(found.fault is Fault.DOUBT for found in faults):
            raise CutAfter

    def _leave(self, message: Message, recipients: list[str]) -> None:
        box = self.box(message.owner)
        self.delivered += [Delivered(message.owner, one, message.whole) for one in recipients]
        if self.habits.looks_like_a_draft:
            box.waiting[message.id] = self.habits.looks_like_a_draft
        else:
            self.file_as_sent(message)
        for one in recipients:
            if self.office.calendar(one) is not None:
                self.deliver(one, message.whole)

    def file_as_sent(self, message: Message) -> None:
        """Move what was sent to the sent items."""
        box = self.box(message.owner)
        box.waiting.pop(message.id, None)
        box.gone[message.folder, message.id] = self.office.latest()
        del box.messages[message.id]
        id_ = self.office.new_id() if self.habits.renames_sent else message.id
        sent = replace(message, id=id_, folder="sentitems", is_draft=False)
        self.put(sent, is_new=True)

    def looked_at(self, message: Message) -> Message:
        """Have somebody look at a message: what waits to be sent looks like a draft for a while."""
        box = self.box(message.owner)
        left = box.waiting.get(message.id)
        if left is None:
            return message
        box.waiting[message.id] = left - 1
        if left > 1:
            return message
        self.file_as_sent(message)
        return box.messages.get(message.id, message)

    def deliver(
        self, address: str, raw: bytes, *, folder: str = "inbox", at: datetime | None = None
    ) -> Message:
        """Have a mail arrive."""
        with self.office.lock:
            self.box(address).folders.add(folder)
            internet_id = head(raw).get("message-id", "")
            received = at or self.office.now()
            new = Message(
                self.office.new_id(),
                address.lower(),
                folder,
                raw,
                received,
                internet_id=internet_id,
                conversation=self._joined(address, raw) or _new_conversation(self.office.latest()),
            )
            return self.put(new, is_new=True)

    def _joined(self, address: str, raw: bytes) -> str:
        """Give the conversation that a mail joins: by the ids in its header, or by its index."""
        headers = head(raw)
        told = f"{headers.get('in-reply-to', '')} {headers.get('references', '')}"
        index = _decoded(headers.get("thread-index", ""))[:_INDEX]
        for one in self.box(address).messages.values():
            is_answered = bool(one.internet_id) and one.internet_id in told
            if is_answered or (index and index == _index_of(one.conversation)):
                return one.conversation
        return ""

    def move(self, message: Message, folder: str) -> None:
        """Have somebody move a mail; its id stays what it is."""
        with self.office.lock:
            self.box(message.owner).gone[message.folder, message.id] = self.office.latest()
            self.put(replace(message, folder=folder), is_new=True)

    def discard(self, message: Message) -> None:
        """Delete a message."""
        with self.office.lock:
            box = self.box(message.owner)
            del box.messages[message.id]
            box.waiting.pop(message.id, None)
            box.gone[message.folder, message.id] = self.office.latest()

    def remove_folder(self, address: str, folder: str) -> None:
        """Have a folder deleted with what lies in it."""
        with self.office.lock:
            box = self.box(address)
            box.folders.discard(folder)
            for message in [one for one in box.messages.values() if one.folder == folder]:
                del box.messages[message.id]


def _with_sheets(raw: bytes, sheets: tuple[Sheet, ...]) -> bytes:
    """Write files behind the parts of a mail, each as a part of its own."""
    if not sheets:
        return raw
    head_, _, body = raw.partition(b"\r\n\r\n")
    parsed = BytesHeaderParser().parsebytes(head_)
    fence = b"--" + str(parsed.get_boundary()).encode()
    inner, _, _ = body.rpartition(fence + b"--")
    for sheet in sheets:
        part = MIMEApplication(sheet.content, sheet.media_type.partition("/")[2] or "octet-stream")
        part.add_header("Content-Disposition", "attachment", filename=("utf-8", "", sheet.name))
        inner += fence + b"\r\n" + part.as_bytes().replace(b"\n", b"\r\n") + b"\r\n"
    return head_ + b"\r\n\r\n" + inner + fence + b"--\r\n"


def _new_conversation(number: int) -> str:
    """Give the name of a conversation that begins: as long as those of Exchange, and as odd."""
    return base64.b64encode(f"conversation {number:020d} of the mailroom".encode()).decode()


def _index_of(conversation: str) -> bytes:
    return sha256(conversation.encode()).digest()[:_INDEX]


def _decoded(index: str) -> bytes:
    try:
        return base64.b64decode(index, validate=True)
    except (binascii.Error, ValueError):
        return b""


def head(raw: bytes) -> Mapping[str, str]:
    """Give the headers of a mail, names in lower case."""
    parsed = BytesHeaderParser().parsebytes(raw)
    return {name.lower(): str(value).strip() for name, value in parsed.items()}


def named(raw: bytes) -> list[str]:
    """Give whom the headers of a mail name as recipients."""
    headers = head(raw)
    told = [headers[name] for name in ("to", "cc", "bcc") if name in headers]
    return [address.lower() for _, address in getaddresses(told) if address]


def change_key(message: Message) -> str:
    """Give what changes with every change."""
    return sha256(f"{message.id}{message.number}".encode()).hexdigest()[:16]
