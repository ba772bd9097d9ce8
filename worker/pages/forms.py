"""What a browser or a mail program posts, read within bounds: never more, longer, or files."""

import asyncio
from collections.abc import Mapping
from email.parser import BytesParser
from email.policy import HTTP
from urllib.parse import parse_qsl

from starlette.requests import ClientDisconnect, Request

MOST_BYTES = 64_000
MOST_OF_A_SURVEY = 256_000  # ten texts at their longest, of which a browser makes 24 kB each
MOST_FIELDS = 100
PATIENCE = 15.0  # seconds for a whole body

_TYPED = "application/x-www-form-urlencoded"
_MIXED = "multipart/form-data"


class Unreadable(Exception):  # noqa: N818 - says what it is where it is raised
    """What was posted is no form of ours; `status` says why, as HTTP does."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_form(
    request: Request, patience: float = PATIENCE, most: int = MOST_BYTES
) -> Mapping[str, str]:
    """Read a posted form within *patience* seconds, the last of several values of a name.

    Raises:
        Unreadable: It is too large, too slow, of another kind, or no form at all.
    """
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {_TYPED, _MIXED}:
        raise Unreadable(415)
    body = await read_body(request, patience, most)
    try:
        return _typed(body) if kind == _TYPED else _mixed(body, request.headers["content-type"])
    except (ValueError, LookupError) as error:
        raise Unreadable(400) from error


async def read_body(request: Request, patience: float = PATIENCE, most: int = MOST_BYTES) -> bytes:
    """Read what was posted, whatever it is, within *patience* seconds.

    Raises:
        Unreadable: It is too large, or too slow.
    """
    said = request.headers.get("content-length", "")
    if said.isascii() and said.isdigit() and int(said[:12]) > most:
        raise Unreadable(413)
    body = bytearray()
    try:
        async with asyncio.timeout(patience):
            async for part in request.stream():
                body += part
                if len(body) > most:
                    raise Unreadable(413)
    except TimeoutError as error:
        raise Unreadable(408) from error
    except ClientDisconnect as error:
        raise Unreadable(400) from error
    return bytes(body)


def _typed(body: bytes) -> dict[str, str]:
    text = body.decode("utf-8", "replace")
    return dict(
        parse_qsl(text, keep_blank_values=True, errors="replace", max_num_fields=MOST_FIELDS)
    )


def _mixed(body: bytes, content_type: str) -> dict[str, str]:
    """Read the texts of a form in parts, as some mail programs post their one click."""
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    parts = [part for part in message.iter_parts() if not part.is_multipart()]
    if not message.is_multipart() or len(parts) > MOST_FIELDS:
        raise ValueError(content_type)
    found = {}
    for part in parts:
        name = part.get_param("name", "", "content-disposition")
        payload = part.get_payload(decode=True)
        if isinstance(name, str) and name and isinstance(payload, bytes):
            found[name] = payload.decode("utf-8", "replace")
    return found
