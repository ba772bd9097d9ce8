"""One incoming mail, read under caps: headers, parts, the text a person would read.

`policy.default` costs seven times as much as `compat32` and raises on hostile headers, so the
bytes are parsed with `compat32` and only what is needed is decoded, by `charset`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from functools import cached_property
from typing import Any

from worker.domain.answers import charset
from worker.domain.answers.html import text_of_html

SIZE_CAP = 2_000_000  # bytes looked at; what lies beyond are attachments
TEXT_CAP = 256_000  # characters of one text
PARTS_CAP = 200
DEPTH_CAP = 20
HEADERS_CAP = 1_000

_MULTIPART = re.compile(rb"(?i)content-type:\s*multipart/")
_PARSER = BytesParser(policy=compat32)


@dataclass(frozen=True, slots=True)
class Part:
    """One leaf of a mail's MIME tree."""

    type: str
    message: Message = field(repr=False)
    depth: int

    @property
    def params(self) -> dict[str, str]:
        """Give the parameters of Content-Type; names in lower case."""
        try:
            found = self.message.get_params(failobj=[])
        except (ValueError, TypeError, LookupError):
            return {}
        return {str(name).lower(): _plain(value) for name, value in found[1:]}

    @property
    def filename(self) -> str:
        """Give the file name, if the part has one."""
        try:
            return charset.header(_plain(self.message.get_filename("") or ""))
        except (ValueError, TypeError, LookupError):
            return ""

    @property
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

    @property
    def text(self) -> str:
        """Give the part's text; `format=flowed` is joined again (RFC 3676)."""
        params = self.params
        read = charset.decode(self.content[: TEXT_CAP * 4], params.get("charset", ""))[:TEXT_CAP]
        read = read.replace("\r\n", "\n").replace("\r", "\n")
        if params.get("format", "").lower() == "flowed":
            return _unflow(read, delsp=params.get("delsp", "").lower() == "yes")
        return read


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

    @cached_property
    def parts(self) -> tuple[Part, ...]:
        """Give the leaves of the MIME tree in order, and messages within as leaves as well."""
        return tuple(_leaves(self.message))

    @cached_property
    def text(self) -> str:
        """Give the text a person reads: the plain part, else the HTML part's text."""
        plain = [p.text for p in self.parts if p.type == "text/plain" and not p.is_attachment]
        joined = "\n".join(text for text in plain if text.strip())
        if joined.strip():
            return joined[:TEXT_CAP]
        return self.html_text

    @cached_property
    def html_text(self) -> str:
        """Give the text of the HTML parts, without what the mailer marked as quoted."""
        html = (p.text for p in self.parts if p.type == "text/html" and not p.is_attachment)
        return "\n".join(text_of_html(text) for text in html)[:TEXT_CAP]

    @cached_property
    def whole_text(self) -> str:
        """Give every text in the mail, attached reports included: where bounces are looked for."""
        texts = []
        for part in self.parts:
            if part.type == "text/html":
                texts.append(text_of_html(part.text, keep_quotes=True))
            elif part.type.startswith("text/") or part.type.endswith("delivery-status"):
                texts.append(part.text)
        return "\n".join(texts)[:TEXT_CAP]

    @property
    def has_attachment(self) -> bool:
        """Say whether anything but text came with it."""
        return any(
            part.is_attachment
            or part.type.split("/")[0] in {"image", "application", "audio", "video"}
            for part in self.parts
        )


def read(raw: bytes) -> Letter:
    """Read a mail's bytes under caps. Never raises; a broken mail has fewer parts."""
    raw = _from_line_dropped(raw[:SIZE_CAP])
    if len(_MULTIPART.findall(raw)) > PARTS_CAP // 2:
        raw = raw[: raw.find(b"\n\n") + 20_000] if b"\n\n" in raw else raw[:20_000]
        raw = _MULTIPART.sub(b"Content-Type: text/", raw)
    try:
        message = _PARSER.parsebytes(raw)
    except (ValueError, TypeError, LookupError, RecursionError, AttributeError):
        message = _PARSER.parsebytes(raw, headersonly=True)
    headers: dict[str, list[str]] = {}
    for name, value in list(message.raw_items())[:HEADERS_CAP]:
        headers.setdefault(name.lower(), []).append(str(value)[:20_000])
    return Letter(message, {name: tuple(values) for name, values in headers.items()})


def _from_line_dropped(raw: bytes) -> bytes:
    """Drop what is not a header before the header: blank lines, an mbox `From ` line."""
    raw = raw.lstrip(b"\r\n")
    if raw.startswith((b"From ", b">From ")) and b"\n" in raw:
        return raw.split(b"\n", 1)[1]
    return raw


def _leaves(message: Message) -> Iterator[Part]:
    stack: list[tuple[Message, int]] = [(message, 0)]
    given = 0
    while stack and given < PARTS_CAP:
        here, depth = stack.pop()
        kind = here.get_content_type()
        payload: Any = here.get_payload()
        nested = isinstance(payload, list) and depth < DEPTH_CAP
        report = kind.startswith("message/") or kind == "text/rfc822-headers"
        if report or not nested:
            given += 1
            # A multipart whose boundary never comes is one text, and often the whole notice.
            yield Part("text/plain" if kind.startswith("multipart/") else kind, here, depth)
        if nested and (not report or kind == "message/rfc822"):
            stack.extend(
                (part, depth + 1) for part in reversed(payload) if isinstance(part, Message)
            )


def _unflow(text: str, *, delsp: bool) -> str:
    """Join the soft line breaks of RFC 3676 §4; the signature line `-- ` is never one."""
    out: list[str] = []
    open_depth = -1
    for line in text.split("\n"):
        depth = len(line) - len(line.lstrip(">"))
        body = line[depth:]
        body = body.removeprefix(" ")
        soft = body.endswith(" ") and body != "-- "
        if soft and delsp:
            body = body[:-1]
        if out and open_depth == depth and body != "-- ":
            out[-1] += body
        else:
            out.append(">" * depth + (" " if depth else "") + body)
        open_depth = depth if soft else -1
    return "\n".join(out)


def _plain(value: object) -> str:
    """Give a parameter's value as text, RFC 2231 triples included."""
    if isinstance(value, tuple):
        label, _, text = value
        raw = str(text).encode("latin-1", "replace")
        return charset.decode(raw, str(label or ""))
    return str(value)
