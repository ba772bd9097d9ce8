"""Single header fields: RFC 2047 words, addresses, dates, ids, names of files.

Every function refuses what could start a header of its own.
"""

import re
from binascii import b2a_base64
from datetime import datetime, timedelta
from email.utils import format_datetime
from functools import lru_cache
from urllib.parse import quote

from worker.domain.errors import MailError
from worker.domain.post import on_the_wire
from worker.ports import Address

# What may never stand in a header: controls, and what others take for the end of a line.
FORBIDDEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_LINE = 76  # RFC 2047 §2: of a line that holds an encoded-word
_WORD = 75  # of an encoded-word
_FRAME = 12  # of it for "=?UTF-8?B?" and "?="
_CONTINUES = 0x80  # the two high bits of every byte of a character but the first
_NAME = 200  # characters of a file's name: what file systems keep

_ADDRESS = re.compile(
    r"(?:[^\s\x00-\x20\x7f-\U0010ffff<>()\[\]:;,@\\\"]{1,64}"
    r"|\"(?:[\x20-\x21\x23-\x5b\x5d-\x7e]|\\[\x20-\x7e]){1,62}\")"
    r"@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_ID = re.compile(r"<[!-;=?A-~]+@[!-;=?A-~]+>")
_SPACES = re.compile(r"\s+")
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?: [A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")


def encoded(name: str, text: str) -> str:
    """Write one unstructured header field, in encoded-words of RFC 2047 where it needs them.

    Words of at most 75 characters, lines of at most 76, no character cut in two.
    """
    if (
        text.isascii()
        and len(name) + 2 + len(text) <= _LINE
        and "=?" not in text
        and text.strip() == text
    ):
        return f"{name}: {text}"
    return f"{name}: " + "\r\n ".join(_words(text, len(name) + 2))


def _words(text: str, used: int) -> list[str]:
    """Cut *text* into encoded-words; *used* characters already stand on the first line."""
    raw = octets(text)
    words = []
    start, end = 0, len(raw)
    room = min(_WORD, _LINE - used)
    while start < end:
        stop = min(end, start + (room - _FRAME) // 4 * 3)
        while stop < end and raw[stop] & 0xC0 == _CONTINUES:  # RFC 2047 §5: no half character
            stop -= 1
        word = b2a_base64(raw[start:stop], newline=False).decode("ascii")
        words.append(f"=?UTF-8?B?{word}?=")
        start, room = stop, _WORD
    return words


def octets(text: str) -> bytes:
    """Give *text* in UTF-8."""
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise MailError("text", "holds half a character (a lone surrogate)") from error


@lru_cache(maxsize=512)
def address_field(name: str, who: Address) -> str:
    """Write one address header; a name in Japanese becomes encoded-words.

    Raises:
        MailError: The address is none, or the name holds a line break or control character.
    """
    wire = on_the_wire(who.address)
    if not _ADDRESS.fullmatch(wire):
        raise MailError(name, f"{who.address!r} is not an address a mail can go to")
    if found := FORBIDDEN.search(who.name):
        raise MailError(name, f"the name holds the control character U+{ord(found[0]):04X}")
    shown = shown_name(who.name)
    if not shown:
        return f"{name}: {wire}"
    field = _phrase(name, shown)
    last = len(field) - field.rfind("\n") - 1
    fold = " " if last + 3 + len(wire) <= _LINE else "\r\n "
    return f"{field}{fold}<{wire}>"


def shown_name(name: str) -> str:
    """Give a display name as readers show it: no spaces around it, and none doubled."""
    return _SPACES.sub(" ", name.strip())


def _phrase(name: str, shown: str) -> str:
    """Write a display name: bare atoms, a quoted string, or encoded-words (RFC 2047 §5.3)."""
    if shown.isascii() and "=?" not in shown and len(name) + 4 + len(shown) * 2 <= _LINE:
        if _ATOMS.fullmatch(shown):
            return f"{name}: {shown}"
        quoted = shown.replace("\\", "\\\\").replace('"', '\\"')
        return f'{name}: "{quoted}"'
    return f"{name}: " + "\r\n ".join(_words(shown, len(name) + 2))


def identifier(what: str, value: str) -> str:
    """Give a message id as it is; `MailError` where it is none."""
    if not _ID.fullmatch(value):
        raise MailError(what, f"{value!r} is not a message id in angle brackets")
    return value


def date(at: datetime) -> str:
    """Write an instant as `Date` has it, in its own zone."""
    offset = at.utcoffset()
    if offset is None:
        raise MailError("sent_at", "has no time zone")
    return _date(at, offset)


@lru_cache(maxsize=64)
def _date(at: datetime, _: timedelta) -> str:
    """Remember by offset too: equal instants of two zones are written differently."""
    return format_datetime(at.replace(microsecond=0))


@lru_cache(maxsize=512)
def file_name(parameter: str, name: str) -> str:
    """Write a file's name as a parameter, each on a line of its own.

    Content-Type gets an encoded-word (what Outlook and old carriers read), Content-Disposition
    RFC 2231 in pieces that keep lines short.

    Raises:
        MailError: The name is empty, too long, a path, or holds a control character.
    """
    if not name or name != name.strip() or FORBIDDEN.search(name) or "/" in name or "\\" in name:
        raise MailError("attachments", f"{name!r} is not the name of a file")
    if len(name) > _NAME:
        raise MailError("attachments", f"the name of a file is longer than {_NAME} characters")
    if name.isascii() and len(name) <= 60:  # noqa: PLR2004 - fits one line with its parameter
        quoted = name.replace('"', '\\"')
        return f';\r\n {parameter}="{quoted}"'
    if parameter == "name":
        words = "\r\n ".join(_words(name, len(' name="')))
        return f';\r\n {parameter}="{words}"'
    return "".join(
        f";\r\n {parameter}*{number}*={piece}" for number, piece in enumerate(_pieces(name))
    )


def _pieces(name: str) -> list[str]:
    """Cut a percent-encoded name into pieces of a line, never inside a `%XX` (RFC 2231 §4.1)."""
    pieces, current = [], "UTF-8''"
    for octet in octets(name):
        sign = quote(bytes((octet,)), safe="")
        if len(current) + len(sign) > 56:  # noqa: PLR2004 - with ` filename*12*=` within 76
            pieces.append(current)
            current = ""
        current += sign
    return [*pieces, current]
