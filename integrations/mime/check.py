"""A second opinion before bytes are frozen: parsed by the standard library, compared word by word.

Parsing one mail back costs as much as writing seventy, so `MimeWriter` does it for the first mail
of each shape. What differs between mails of one shape are values: `build` refuses controls in
them and looks at the whole header block of every mail, and their encoding is proved by properties.
"""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.headerregistry import AddressHeader
from email.message import EmailMessage
from email.utils import getaddresses

from integrations.mime.build import build, files_of
from integrations.mime.fields import shown_name
from worker.domain.errors import BrokenPromise
from worker.ports import Address, MailParts

_REMEMBERED = 10_000  # shapes; more than a workspace has


class MimeWriter:
    """A `MailWriter`: builds, and parses back the first mail of every shape."""

    def __init__(self) -> None:
        self._looked_at: set[tuple[object, ...]] = set()

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write a mail; `BrokenPromise` if it would not be read as it was meant."""
        content = build(parts)
        seen = (
            shape,
            parts.sender,
            parts.reply_to is None,
            parts.in_reply_to == "",
            len(parts.references),
            parts.unsubscribe == "",
            parts.unsubscribe_mail == "",
            len(parts.marks),
            parts.attachments != (),
            None if parts.calendar is None else parts.calendar.method,
        )
        if seen not in self._looked_at:
            check(content, parts)
            if len(self._looked_at) >= _REMEMBERED:
                self._looked_at.clear()
            self._looked_at.add(seen)
        return content


def check(content: bytes, parts: MailParts) -> None:
    """Parse a mail and compare it with what it was made of.

    Raises:
        BrokenPromise: They differ; the text says in what, without showing any of it.
    """
    if different := differences(content, parts):
        raise BrokenPromise(
            f"the mail {parts.message_id} would not be read as it was meant: "
            + ", ".join(different)
        )


def differences(content: bytes, parts: MailParts) -> list[str]:
    """Name what a reader of *content* would see otherwise than *parts* have it."""
    message = message_from_bytes(content, policy=policy.default)
    return [
        what
        for what, expected, actual in (
            ("defects", [], [*message.defects, *_defects(message)]),
            ("From", [_shown(parts.sender)], _addresses(message, "From")),
            ("To", [_shown(parts.to)], _addresses(message, "To")),
            (
                "Reply-To",
                [] if parts.reply_to is None else [_shown(parts.reply_to)],
                _addresses(message, "Reply-To"),
            ),
            ("Subject", parts.subject, _header(message, "Subject")),
            ("Message-ID", parts.message_id, _header(message, "Message-ID")),
            ("In-Reply-To", parts.in_reply_to, _header(message, "In-Reply-To")),
            ("References", " ".join(parts.references), _header(message, "References")),
            ("text", _lines(parts.text), _body(message, "plain")),
            ("html", _lines(parts.html), _body(message, "html")),
            ("calendar", _expected_calendar(parts), _calendars(message)),
            ("attachments", _expected_files(parts), _files(message)),
        )
        if expected != actual
    ]


def _defects(message: EmailMessage) -> list[object]:
    return [defect for value in message.values() for defect in getattr(value, "defects", ())]


def _shown(who: Address) -> tuple[str, str, str]:
    local, _, domain = who.address.rpartition("@")
    if local.startswith('"'):
        local = re.sub(r"\\(.)", r"\1", local[1:-1])
    return shown_name(who.name), local, domain


def _addresses(message: EmailMessage, name: str) -> list[tuple[str, str, str]]:
    header = message[name]
    if not isinstance(header, AddressHeader):
        return []
    # A name of several encoded-words: policy.default puts spaces between them (RFC 2047 §6.2 does
    # not), so names are read by the older decoder.
    raw = next(value for key, value in message.raw_items() if key == name)
    names = [read_name(shown) for shown, _ in getaddresses([str(raw)])]
    return [
        (shown, one.username, one.domain)
        for shown, one in zip(names, header.addresses, strict=True)
    ]


def read_name(written: str) -> str:
    """Read a display name that may be in encoded-words."""
    return str(make_header(decode_header(written.replace("\r\n", "")))) if written else ""


def _header(message: EmailMessage, name: str) -> str:
    value = message[name]
    return "" if value is None else str(value)


def _lines(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _body(message: EmailMessage, subtype: str) -> list[str]:
    for part in message.walk():
        if part.get_content_type() == f"text/{subtype}" and part.get_filename() is None:
            content = part.get_payload(decode=True)
            return _lines(content.decode()) if isinstance(content, bytes) else []
    return [""]


def _expected_calendar(parts: MailParts) -> list[tuple[str, bytes]]:
    return [] if parts.calendar is None else [(parts.calendar.method, parts.calendar.content)]


def _calendars(message: EmailMessage) -> list[tuple[str, bytes]]:
    return [
        (str(part.get_param("method")), content)
        for part in message.walk()
        if part.get_content_type() == "text/calendar"
        and isinstance(content := part.get_payload(decode=True), bytes)
    ]


def _expected_files(parts: MailParts) -> list[tuple[str, bytes]]:
    images = [image for image in parts.attachments if image.content_id]
    return sorted((file.name, file.content) for file in (*images, *files_of(parts)))


def _files(message: EmailMessage) -> list[tuple[str, bytes]]:
    found = []
    for part in message.walk():
        name = part.get_filename()
        content = part.get_payload(decode=True)
        if name is not None and isinstance(content, bytes):
            found.append((name, content))
    return sorted(found)
