"""One incoming mail, read under caps: headers, parts, the text a person would read.

`policy.default` costs seven times as much as `compat32` and raises on hostile headers, so the
bytes are parsed with `compat32` and only what is needed is decoded, by `charset`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from email.utils import parsedate_tz
from functools import cached_property
from typing import Any

from worker.domain.answers import charset, quoting
from worker.domain.answers.html import text_of_html

SIZE_CAP = 2_000_000  # bytes looked at; what lies beyond are attachments
LINES_CAP = 40_000
TEXT_CAP = 256_000  # characters of one text
PARTS_CAP = 200
DEPTH_CAP = 20
HEADERS_CAP = 1_000
VALUE_CAP = 20_000
_NESTED_CAP = 60  # multiparts a mail may claim to have

_MULTIPART = re.compile(rb"(?i)multipart/")
_IN_TO = re.compile(r"[^\s<>,;\"()]{1,64}@[^\s<>,;\"()]{1,255}")
_PARSER = BytesParser(policy=compat32)
# One of these stands in every mail that came from a server, and in most that lie in files.
_KNOWN = frozenset(
    {
        *("from", "to", "subject", "date", "received", "message-id", "content-type", "return-path"),
        *("mime-version", "delivered-to", "sender", "reply-to", "in-reply-to", "auto-submitted"),
        *("cc", "references", "content-transfer-encoding", "precedence", "resent-from"),
    }
)
_TNEF = ("application/ms-tnef", "application/vnd.ms-tnef")


@dataclass(frozen=True)
class Part:
    """One leaf of a mail's MIME tree."""

    type: str
    message: Message = field(repr=False)
    is_returned: bool = False  # it is, or lies in, a mail that came along with this one

    @cached_property
    def params(self) -> dict[str, str]:
        """Give the parameters of Content-Type; names in lower case."""
        if ";" not in str(self.message.get("content-type", "")):
            return {}
        try:
            found = self.message.get_params(failobj=[])
        except (ValueError, TypeError, LookupError):
            return {}
        return {str(name).lower(): _plain(value) for name, value in found[1:]}

    @cached_property
    def filename(self) -> str:
        """Give the file name, if the part has one."""
        try:
            return charset.header(_plain(self.message.get_filename("") or ""))
        except (ValueError, TypeError, LookupError):
            return ""

    @cached_property
    def is_attachment(self) -> bool:
        """Say whether the sender marked this part as an attachment."""
        disposition = str(self.message.get("content-disposition", "")).lower()
        return disposition.startswith("attachment") or bool(self.filename)

    @property
    def content(self) -> bytes:
        """Give the part's bytes with the transfer encoding undone."""
        try:
            payload: Any = self.message.get_payload(decode=True)
        except (ValueError, TypeError, LookupError, AssertionError):
            return b""
        return payload if isinstance(payload, bytes) else b""

    @cached_property
    def text(self) -> str:
        """Give the part's text; `format=flowed` is joined again (RFC 3676)."""
        inside = _inside(self.message)
        if inside:  # blocks of a report, or a mail
            return "\n\n".join(_source(block) for block in inside[:PARTS_CAP])[:TEXT_CAP]
        params = self.params
        read = charset.decode(self.content[: TEXT_CAP * 4], params.get("charset", ""))[:TEXT_CAP]
        read = read.replace("\r\n", "\n").replace("\r", "\n")
        if params.get("format", "").lower() == "flowed":
            return _unflow(read, delsp=params.get("delsp", "").lower() == "yes")
        return read

    @cached_property
    def shown(self) -> str:
        """Give the part's text as a person sees it, quotes included."""
        return text_of_html(self.text, keep_quotes=True) if self.type == "text/html" else self.text


@dataclass(frozen=True)
class Letter:
    """A mail as far as the questions of `answer` need it."""

    message: Message = field(repr=False)
    headers: dict[str, tuple[str, ...]] = field(repr=False)

    def header(self, name: str) -> str:
        """Give the first header *name* as text; empty where there is none."""
        values = self.headers.get(name)
        return charset.header(values[0]) if values else ""

    def all(self, name: str) -> tuple[str, ...]:
        """Give every header *name* as text."""
        return tuple(charset.header(value) for value in self.headers.get(name, ()))

    def written(self, name: str) -> tuple[str, ...]:
        """Give every header *name* as it is written: what is encoded in it is a name, or none."""
        return tuple(charset.written(value) for value in self.headers.get(name, ()))

    @cached_property
    def subject(self) -> str:
        """Give the subject as rules compare it."""
        return charset.folded(self.header("subject"))

    @cached_property
    def sender(self) -> str:
        """Give From as rules compare it."""
        return charset.folded(self.header("from"))

    @cached_property
    def written_on(self) -> date | None:
        """Give the day the mail says it was written, in its writer's zone."""
        try:
            told = parsedate_tz(self.header("date")[:200])
            return date(*told[:3]) if told else None
        except (ValueError, TypeError, OverflowError, IndexError):
            return None

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Give the leaves of the MIME tree in order, and messages within as leaves as well."""
        return tuple(_leaves(self.message))

    @cached_property
    def text(self) -> str:
        """Give the text a person reads: the plain part, else the HTML part's text."""
        plain = [p.text for p in self._bodies if p.type != "text/html"]
        joined = "\n".join(text for text in plain if text.strip())
        return joined[:TEXT_CAP] if joined.strip() else self.html_text

    @cached_property
    def html_text(self) -> str:
        """Give the text of the HTML parts, without what the mailer marked as quoted."""
        html = [part for part in self._bodies if part.type == "text/html"]
        text = "\n".join(text_of_html(part.text) for part in html)
        if not text.strip():  # somebody answered inside what is marked as quoted
            text = "\n".join(part.shown for part in html)
        return text[:TEXT_CAP]

    @cached_property
    def newly_written(self) -> quoting.Reply:
        """Give what somebody newly wrote."""
        return quoting.newly_written(self.text)

    @cached_property
    def whole_text(self) -> str:
        """Give every text in the mail, attached reports included: where bounces are looked for."""
        texts = [
            part.shown
            for part in self.parts
            if part.type.startswith("text/") or part.type.endswith("delivery-status")
        ]
        return "\n".join(texts)[:TEXT_CAP]

    @property
    def inner_headers(self) -> Iterator[list[str]]:
        """Give, of each mail inside this one, the headers that name it and what it answers."""
        for part in self.parts:
            inner = _inside(part.message)
            if part.type == "message/rfc822" and inner:
                yield [
                    charset.header(str(value)[:VALUE_CAP])
                    for name in ("message-id", "in-reply-to", "references")
                    for value in inner[0].get_all(name, [])
                ]

    @property
    def returned_to(self) -> Iterator[str]:
        """Give the addresses in To of each mail inside this one."""
        for part in self.parts:
            inner = _inside(part.message)
            if part.type == "message/rfc822" and inner:
                yield from _IN_TO.findall(charset.header(str(inner[0].get("to", ""))[:VALUE_CAP]))

    @property
    def has_attachment(self) -> bool:
        """Say whether anything but text came with it; Outlook's winmail.dat is such a thing."""
        return any(
            (part.is_attachment and not part.type.endswith("-signature"))
            or part.type in _TNEF
            or part.type == "message/rfc822"
            or (
                part.type.partition("/")[0] in {"image", "application", "audio", "video"}
                and not part.type.endswith("-signature")
            )
            for part in self.parts
        )

    @cached_property
    def _bodies(self) -> tuple[Part, ...]:
        """Give the texts that are the mail itself: neither attached nor inside a returned one."""
        return tuple(
            part
            for part in self.parts
            if part.type in {"text/plain", "text/html", "text/enriched"}
            and not part.is_returned
            and not part.is_attachment
        )


def read(raw: bytes) -> Letter:
    """Read a mail's bytes under caps. Never raises; a broken mail has fewer parts."""
    raw = _under_caps(_from_line_dropped(raw[:SIZE_CAP]))
    try:
        message = _PARSER.parsebytes(raw)
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
        message = _PARSER.parsebytes(raw, headersonly=True)
    if not _KNOWN.intersection(name.lower() for name in message.keys()[:HEADERS_CAP]):
        message = _of_a_body(raw)
    headers: dict[str, list[str]] = {}
    for name, value in list(message.raw_items())[:HEADERS_CAP]:
        headers.setdefault(name.lower(), []).append(str(value)[:VALUE_CAP])
    return Letter(message, {name: tuple(values) for name, values in headers.items()})


def _of_a_body(raw: bytes) -> Message:
    """Take bytes without any header of a mail as the body of one."""
    message = Message(policy=compat32)
    is_calendar = raw[:20].upper().startswith(b"BEGIN:VCALENDAR")
    message["Content-Type"] = "text/calendar" if is_calendar else "text/plain"
    message["Content-Transfer-Encoding"] = "8bit"
    message.set_payload(raw.decode("ascii", "surrogateescape"))
    return message


def _under_caps(raw: bytes) -> bytes:
    """Cut what has too many lines, and take a tree that is too deep or too wide for one text."""
    if raw.count(b"\n") > LINES_CAP:
        raw = b"\n".join(raw.split(b"\n", LINES_CAP)[:LINES_CAP])
    if raw.lower().count(b"multipart/") > _NESTED_CAP:
        end = raw.find(b"\n\n")
        raw = _MULTIPART.sub(b"text/", raw[: end + VALUE_CAP] if end >= 0 else raw[:VALUE_CAP])
    return raw


def _from_line_dropped(raw: bytes) -> bytes:
    """Drop what is not a header before the header: blank lines, an mbox `From ` line."""
    raw = raw.lstrip(b"\r\n")
    if raw.startswith((b"From ", b">From ")) and b"\n" in raw:
        return raw.split(b"\n", 1)[1]
    return raw


def _leaves(message: Message) -> Iterator[Part]:
    stack: list[tuple[Message, int, bool]] = [(message, 0, False)]
    given = 0
    while stack and given < PARTS_CAP:
        here, depth, returned = stack.pop()
        kind = (here.get_content_type().split() or ["text/plain"])[0]  # a ";" may be missing
        inside = _inside(here)
        nested = bool(inside) and depth < DEPTH_CAP
        is_report = kind.startswith("message/") or kind == "text/rfc822-headers"
        if is_report or not nested:
            given += 1
            # A multipart whose boundary never comes is one text, and often the whole notice.
            yield Part("text/plain" if kind.startswith("multipart/") else kind, here, returned)
        if nested and (not is_report or kind == "message/rfc822"):
            stack.extend((part, depth + 1, returned or is_report) for part in reversed(inside))


def _inside(message: Message) -> list[Message]:
    """Give the messages or parts inside one; never its text, which would be decoded to be given."""
    if not message.is_multipart():
        return []
    payload: Any = message.get_payload()
    return [part for part in payload if isinstance(part, Message)]


def _source(message: Message) -> str:
    """Write the headers of a block again, and its text; the library's own way may raise."""
    fields = [
        f"{name}: {charset.header(str(value)[:VALUE_CAP])}" for name, value in message.raw_items()
    ]
    below = Part("text/plain", message).text if not message.is_multipart() else ""
    return "\n".join(fields[:HEADERS_CAP]) + (f"\n\n{below}" if below.strip() else "")


def _unflow(text: str, *, delsp: bool) -> str:
    """Join the soft line breaks of RFC 3676 §4; the signature line `-- ` is never one."""
    out: list[tuple[int, list[str]]] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:].removeprefix(" ")
        soft = body.endswith(" ") and body != "-- "
        if soft and delsp:
            body = body[:-1]
        if out and open_depth == depth and body != "-- ":
            out[-1][1].append(body)
        else:
            out.append((depth, [body]))
        open_depth = depth if soft else -1
    return "\n".join(
        ">" * depth + (" " if depth else "") + "".join(pieces) for depth, pieces in out
    )


def _plain(value: object) -> str:
    """Give a parameter's value as text, RFC 2231 triples included."""
    if isinstance(value, tuple):
        label, _, text = value
        raw = str(text).encode("latin-1", "replace")
        return charset.decode(raw, str(label or ""))
    return str(value)
