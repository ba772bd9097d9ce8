"""From the parts of a mail to its bytes: headers in one order, UTF-8, base64, nothing hidden.

Written by hand because the standard library's folding rewrites ids of 78 characters and more as
encoded-words, breaks mixed Japanese subjects, and costs a hundred times as much. The same parts
always give the same bytes.
"""

import re
from binascii import b2a_base64
from collections.abc import Iterable
from functools import lru_cache
from hashlib import sha256
from struct import Struct

from integrations.mime.fields import (
    FORBIDDEN,
    address_field,
    date,
    encoded,
    file_name,
    identifier,
    octets,
)
from worker.domain.errors import MailError
from worker.domain.post import ID_LIMIT
from worker.ports import Attachment, CalendarPart, MailParts

_CONTROLS = bytes({*range(32), 127} - {9, 10, 13})  # in a text; tab and line ends belong there
_URL = re.compile(r"https://[!-;=?-~]{1,900}")
_MAILTO = re.compile(r"mailto:[!-;=?-~]{1,900}")
_BASE64_LINE = 76
_LINES_OF_A_TEXT = 1000  # 57 kB; what is longer is a file, and cut as it comes
_MARK = re.compile(r"X-[A-Za-z0-9-]{1,60}")
_METHOD = re.compile(r"[A-Z]{3,20}")
_MEDIA = re.compile(r"[a-z]+/[a-z0-9.+-]{1,100}")
# A header block as we write it: names, printable ASCII, folded lines that are not empty.
_HEADERS = re.compile(
    rb"(?:[A-Za-z][A-Za-z-]*: [\x20-\x7e]{1,996}\r\n(?: [\x21-\x7e][\x20-\x7e]{0,996}\r\n)*)+"
)


def build(parts: MailParts) -> bytes:
    """Write a mail, complete with CRLF line ends; pure.

    Raises:
        MailError: Something in *parts* must not stand in a mail.
    """
    boundary = "=_" + sha256(parts.message_id.encode()).hexdigest()[:24]
    content_type, body = _content(parts, boundary)
    head = ("\r\n".join([*_headers(parts), content_type]) + "\r\n").encode("ascii")
    if not _HEADERS.fullmatch(head):
        raise MailError("headers", "a line is not what a header line may be")
    return head + body


def _headers(parts: MailParts) -> list[str]:
    """Write every header but Content-Type, always in this order."""
    _refuse_controls(parts)
    if not parts.subject.strip():
        raise MailError("subject", "is empty")
    if len(parts.message_id) > ID_LIMIT:
        raise MailError("message_id", f"is longer than {ID_LIMIT} bytes")
    lines = [
        address_field("From", parts.sender),
        address_field("To", parts.to),
    ]
    if parts.reply_to is not None:
        lines.append(address_field("Reply-To", parts.reply_to))
    lines += (
        encoded("Subject", parts.subject),
        f"Date: {date(parts.sent_at)}",
        f"Message-ID: {identifier('message_id', parts.message_id)}",
    )
    if parts.in_reply_to:
        lines.append(f"In-Reply-To: {identifier('in_reply_to', parts.in_reply_to)}")
    if parts.references:
        ids = [identifier("references", reference) for reference in parts.references]
        lines.append("References: " + "\r\n ".join(ids))
    lines += _said_of_itself(parts.auto_submitted, parts.suppress)
    if parts.unsubscribe or parts.unsubscribe_mail:
        lines += _unsubscribe(parts)
    lines += map(_mark, parts.marks)
    lines.append("MIME-Version: 1.0")
    return lines


def _mark(mark: tuple[str, str]) -> str:
    name, value = mark
    if not _MARK.fullmatch(name):
        raise MailError("marks", f"{name!r} is not a name that starts with X-")
    return encoded(name, value or "-")


def _refuse_controls(parts: MailParts) -> None:
    """Refuse what could end a header line, or make a mail that some server will not take."""
    if found := FORBIDDEN.search(parts.subject):
        raise MailError("subject", f"holds the control character U+{ord(found[0]):04X}")
    for what, value in parts.marks:
        if FORBIDDEN.search(value):
            raise MailError(what, "holds what a header must not")


@lru_cache(maxsize=64)
def _said_of_itself(auto_submitted: str, suppress: str) -> tuple[str, ...]:
    """Say that no human wrote this mail just now, and which answers it does not want."""
    lines = []
    for what, name, value in (
        ("auto_submitted", "Auto-Submitted", auto_submitted),
        ("suppress", "X-Auto-Response-Suppress", suppress),
    ):
        if FORBIDDEN.search(value) or not value.isascii():
            raise MailError(what, "holds what a header must not")
        if value:
            lines.append(f"{name}: {value}")
    return tuple(lines)


def _unsubscribe(parts: MailParts) -> list[str]:
    """Offer ways to stop; on one line, for relays that sign a folded one wrongly."""
    ways = []
    if parts.unsubscribe:
        if not _URL.fullmatch(parts.unsubscribe):
            raise MailError("unsubscribe", "must be an https address without spaces")
        ways.append(f"<{parts.unsubscribe}>")
    if parts.unsubscribe_mail:
        if not _MAILTO.fullmatch(parts.unsubscribe_mail):
            raise MailError("unsubscribe_mail", "must start with mailto:")
        ways.append(f"<{parts.unsubscribe_mail}>")
    lines = [f"List-Unsubscribe: {', '.join(ways)}"]
    if parts.unsubscribe:  # one click is an https address's alone (RFC 8058 §3.1)
        lines.append("List-Unsubscribe-Post: List-Unsubscribe=One-Click")
    return lines


def _content(parts: MailParts, boundary: str) -> tuple[str, bytes]:
    """Give the Content-Type header of the whole, and everything that follows it."""
    plain = _text_part("plain", parts.text)
    if not parts.html:
        ways = [plain]
    else:
        html = _text_part("html", parts.html)
        images = [image for image in parts.attachments if image.content_id]
        if images:
            html = _multipart("related", f"{boundary}r", [html, *map(_image_part, images)])
        ways = [plain, html]
    if parts.calendar is not None:
        ways.append(_calendar_part(parts.calendar))
    inner = _multipart("alternative", f"{boundary}a", ways) if len(ways) > 1 else plain
    files = files_of(parts)
    if files:
        inner = _multipart("mixed", f"{boundary}m", [inner, *map(_file_part, files)])
    head, body = inner
    return head, body


def files_of(parts: MailParts) -> list[Attachment]:
    """Give everything that is attached as a file; an invitation is, beside its own part."""
    files = [file for file in parts.attachments if not file.content_id]
    if parts.calendar is not None:
        name = "cancel.ics" if parts.calendar.method == "CANCEL" else "invite.ics"
        files.append(Attachment(name, parts.calendar.content, "application/ics"))
    return files


def _calendar_part(part: CalendarPart) -> tuple[str, bytes]:
    """Write what shows buttons: last of the alternatives, and without a disposition.

    Gmail, Outlook and Apple Mail ask for a `method` that is the object's own (RFC 6047 §2.4); what
    is marked as inline or attached is not shown by Thunderbird.
    """
    if (
        not _METHOD.fullmatch(part.method)
        or f"METHOD:{part.method}\r\n".encode() not in part.content
    ):
        raise MailError("calendar", f"{part.method!r} is not the method of its object")
    head = (
        f'Content-Type: text/calendar; method={part.method}; charset="utf-8";\r\n'
        " component=VEVENT\r\nContent-Transfer-Encoding: base64"
    )
    return head, b"\r\n" + base64_lines(part.content)


def _text_part(subtype: str, text: str) -> tuple[str, bytes]:
    """Write a text in UTF-8 and base64: one Japanese paragraph may pass 998 octets a line."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = octets(text.replace("\n", "\r\n"))
    if len(lines.translate(None, _CONTROLS)) != len(lines):
        raise MailError("html" if subtype == "html" else "text", "holds a control character")
    head = f'Content-Type: text/{subtype}; charset="utf-8"\r\nContent-Transfer-Encoding: base64'
    return head, b"\r\n" + base64_lines(lines)


def base64_lines(content: bytes) -> bytes:
    """Give base64 in lines of 76 characters, each ended by CRLF (RFC 2045 §6.8)."""
    whole = b2a_base64(content, newline=False)
    full = len(whole) // _BASE64_LINE
    if full > _LINES_OF_A_TEXT:
        steps = range(0, len(whole), _BASE64_LINE)
        return b"\r\n".join([whole[at : at + _BASE64_LINE] for at in steps]) + b"\r\n"
    lines = _cut(full).unpack_from(whole)  # in C: four times as fast as slices
    rest = whole[full * _BASE64_LINE :]
    return b"\r\n".join((*lines, rest, b"") if rest or not lines else (*lines, b""))


@lru_cache(maxsize=512)
def _cut(lines: int) -> Struct:
    """Give what cuts octets into so many lines of base64."""
    return Struct(f"{_BASE64_LINE}s" * lines)


def _multipart(
    subtype: str, boundary: str, parts: Iterable[tuple[str, bytes]]
) -> tuple[str, bytes]:
    """Put parts beside each other; `=_` in the boundary stands in no base64 line."""
    fence = b"--" + boundary.encode("ascii")
    pieces = [b"\r\n"]
    for head, body in parts:
        pieces += (fence, b"\r\n", head.encode("ascii"), b"\r\n", body)
    pieces += (fence, b"--\r\n")
    kind = ' type="text/html";' if subtype == "related" else ""
    head = f'Content-Type: multipart/{subtype};{kind}\r\n boundary="{boundary}"'
    return head, b"".join(pieces)


def _image_part(image: Attachment) -> tuple[str, bytes]:
    """Write a picture that the HTML part names by `cid:`."""
    head, body = _attached(image, "inline")
    return f"{head}\r\nContent-ID: {identifier('content_id', f'<{image.content_id}>')}", body


def _file_part(file: Attachment) -> tuple[str, bytes]:
    return _attached(file, "attachment")


def _attached(file: Attachment, disposition: str) -> tuple[str, bytes]:
    """Write a file with its name twice: RFC 2231, and ASCII for who does not read that."""
    if not _MEDIA.fullmatch(file.media_type):
        raise MailError("attachments", f"{file.media_type!r} is not a media type")
    head = (
        f"Content-Type: {file.media_type}{file_name('name', file.name)}\r\n"
        f"Content-Transfer-Encoding: base64\r\n"
        f"Content-Disposition: {disposition}{file_name('filename', file.name)}"
    )
    return head, b"\r\n" + base64_lines(file.content)
