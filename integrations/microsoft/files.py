"""What of a mail is too much for one request: its largest files, cut out of its very bytes.

Graph takes 4 MB a request. What stays is the mail with every header as it was written; the files
are attached to its draft one by one. Cut is at the fences of a `multipart/mixed` alone (RFC 2046
5.1.1), so that no byte of what stays is written anew.
"""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.parser import BytesHeaderParser

_LONGEST_FENCE = 200


@dataclass(frozen=True, slots=True)
class File:
    """A file as somebody attached it."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Cut:
    """A mail that fits, and the files that belong to it."""

    rest: bytes
    files: tuple[File, ...] = ()


def cut(content: bytes, most: int) -> Cut | None:
    """Cut the largest files out until at most *most* octets are left; None where that never is."""
    if len(content) <= most:
        return Cut(content)
    head, gap, body = content.partition(b"\r\n\r\n")
    fence = _fence(head)
    if not fence:
        return None
    before, *parts = (b"\r\n" + body).split(b"\r\n--" + fence)
    files = {number: found for number, part in enumerate(parts) if (found := _file(part))}
    left = len(content)
    gone: list[int] = []
    for number in sorted(files, key=lambda one: len(parts[one]), reverse=True):
        if left <= most:
            break
        left -= len(parts[number]) + len(fence) + 4
        gone.append(number)
    if left > most:
        return None
    kept = [before, *(part for number, part in enumerate(parts) if number not in gone)]
    rest = head + gap + (b"\r\n--" + fence).join(kept).removeprefix(b"\r\n")
    return Cut(rest, tuple(files[number] for number in sorted(gone)))


def _fence(head: bytes) -> bytes:
    """Give what stands between the parts of a mail that holds files beside its text."""
    parsed = BytesHeaderParser(policy=policy.default).parsebytes(head)
    if parsed.get_content_type() != "multipart/mixed":
        return b""
    fence = str(parsed.get_boundary() or "")
    return fence.encode("ascii") if fence.isascii() and len(fence) <= _LONGEST_FENCE else b""


def _file(part: bytes) -> File | None:
    """Read a part that is attached; None where it is another one."""
    if not part.startswith(b"\r\n"):  # the last fence
        return None
    parsed = message_from_bytes(part[2:] + b"\r\n", policy=policy.default)
    if parsed.get_content_disposition() != "attachment":
        return None
    content = parsed.get_payload(decode=True)
    name = parsed.get_filename()
    if not isinstance(content, bytes) or not name:
        return None
    return File(name, parsed.get_content_type(), content)
