"""Bytes to text as mail really has them: wrong labels, Outlook's Japanese, no label at all.

Never raises. Python's ISO-2022-JP codec cannot read what Outlook sends under that name (CP50220:
NEC and IBM extensions, half-width kana), so it is read by hand here.
"""

import codecs
import re
from base64 import b64decode
from binascii import Error as Base64Error
from binascii import a2b_qp
from unicodedata import normalize

_ALIASES = {
    "windows-31j": "cp932",
    "cswindows31j": "cp932",
    "x-sjis": "cp932",
    "sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "ms_kanji": "cp932",
    "x-ms-cp932": "cp932",
    "cp50220": "iso-2022-jp",
    "cp50221": "iso-2022-jp",
    "cp50222": "iso-2022-jp",
    "iso-2022-jp-ms": "iso-2022-jp",
    "iso-2022-jp-1": "iso-2022-jp",
    "iso-2022-jp-2": "iso-2022-jp",
    "csiso2022jp": "iso-2022-jp",
    "x-euc-jp": "euc_jp",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "iso-8859-1": "cp1252",
    "latin1": "cp1252",
    "iso-8859-8-i": "iso-8859-8",
    "unicode-1-1-utf-7": "utf-7",
    "utf8": "utf-8",
    "x-unknown": "",
    "unknown": "",
    "unknown-8bit": "",
    "default": "",
    "ansi_x3.4-1968": "us-ascii",
    "ascii": "us-ascii",
}
_TELLS_NOTHING = frozenset({"", "utf-8", "us-ascii"})  # labels that are there by default
# Python's codecs that are no charsets of mails; some take quadratic time.
_NO_CHARSETS = frozenset(
    {"idna", "punycode", "unicode-escape", "unicode_escape", "raw-unicode-escape", "undefined"}
    | {"raw_unicode_escape"}
)
_LAST_CONTROL = 0x1F
_FOREIGN = re.compile(r"[^\x00-\x7f]")
_LIKELY = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff、。「」！？ー・～　]")
_ESCAPE = re.compile(rb"\x1b(\$@|\$B|\$\(D|\(B|\(J|\(I|\$A|\$\(C)")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]*)?\?([bBqQ])\?([^?]{0,2000})\?=")


def decode(content: bytes, label: str = "") -> str:
    """Read *content*, labelled *label* (which may be wrong or empty). Never raises."""
    return plain(_decoded(content, label))


def plain(text: str) -> str:
    """Give a text as any database keeps it: no zeros, and no halves of a character.

    Both come out of bytes that are labelled wrongly, and out of UTF-7.

    >>> plain(b"+2AA-a".decode("utf-7") + chr(0))
    '?a'
    """
    text = text.replace("\0", "")
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def _decoded(content: bytes, label: str) -> str:
    name = label.strip().strip("\"'").lower()
    name = _ALIASES.get(name, name)
    if name == "iso-2022-jp" or (b"\x1b$" in content and not name.startswith("utf")):
        return _iso_2022_jp(content)
    if name in _TELLS_NOTHING and (name != "us-ascii" or not content.isascii()):
        return _guess(content)
    try:
        decoder = codecs.lookup(name)
        if decoder.name in _NO_CHARSETS or not getattr(decoder, "_is_text_encoding", True):
            return _guess(content)
        return content.decode(name)
    except LookupError:
        return _guess(content)
    except (UnicodeError, ValueError):
        return _mislabelled(content, name)


def _mislabelled(content: bytes, name: str) -> str:
    """Read what does not fit its label: UTF-8 under another name, else with the holes marked."""
    if name == "cp1252":
        return content.decode("latin-1")
    try:
        return _guess(content) if _is_utf8(content) else content.decode(name, "replace")
    except (UnicodeError, ValueError):
        return _guess(content)


def header(value: str) -> str:
    """Read a header value: RFC 2047 words, raw eight-bit text, folding. Never raises."""
    value = written(value)
    if "=?" not in value:
        return _unfolded(value)
    pieces: list[str] = []
    pending: list[bytes] = []
    pending_label = ""
    end = 0
    for word in _ENCODED_WORD.finditer(value):
        between = value[end : word.start()]
        label, kind, text = word[1], word[2].lower(), word[3]
        # RFC 2047 §6.2: white space between two encoded words is not displayed; and mailers cut
        # in the middle of a character, so bytes of one charset are joined before they are read.
        if pending and (between.strip() or label.lower() != pending_label):
            pieces.append(decode(b"".join(pending), pending_label))
            pending = []
        if between.strip() or (end == 0 and between):
            pieces.append(between)
        pending.append(_b(text) if kind == "b" else _q(text))
        pending_label = label.lower()
        end = word.end()
    if pending:
        pieces.append(decode(b"".join(pending), pending_label))
    pieces.append(value[end:])
    return _unfolded("".join(pieces))


def written(value: str) -> str:
    """Read a header value as it is written, its RFC 2047 words left as they are. Never raises."""
    return plain(value) if value.isascii() else decode(value.encode("utf-8", "surrogateescape"))


def folded(text: str) -> str:
    """Bring *text* into the form in which rules compare: full width made half, lower case.

    >>> folded("ＲＥ： Ｒｅ［２］")
    're: re[2]'
    """
    return text.lower() if text.isascii() else normalize("NFKC", text).lower()


def _unfolded(value: str) -> str:
    value = plain(value)
    return " ".join(value.split()) if "\n" in value else value.strip()


def _b(text: str) -> bytes:
    kept = re.sub(r"[^A-Za-z0-9+/]", "", text)
    try:
        return b64decode(kept + "=" * (-len(kept) % 4))
    except (Base64Error, ValueError):
        return text.encode("utf-8", "replace")


def _q(text: str) -> bytes:
    return a2b_qp(text.encode("utf-8", "replace"), header=True)


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _guess(content: bytes) -> str:
    """Read bytes without a usable label: the strictest reading that fits wins."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # A body cut in the middle of a character at its end is UTF-8 all the same.
        if error.start > 0 and error.start >= len(content) - 3:
            return content.decode("utf-8", "replace")
    best = ""
    best_score = -1.0
    for name in ("cp932", "euc_jp"):
        try:
            text = content.decode(name)
        except UnicodeDecodeError:
            continue
        score = _japaneseness(text)
        if score > best_score:
            best, best_score = text, score
    if best_score > 0.5:  # noqa: PLR2004 - more than half of the foreign letters are kana or kanji
        return best
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        return content.decode("utf-8", "replace")


def _japaneseness(text: str) -> float:
    foreign = len(_FOREIGN.findall(text[:20_000]))
    return len(_LIKELY.findall(text[:20_000])) / foreign if foreign else 0.0


def _iso_2022_jp(content: bytes) -> str:
    """Read ISO-2022-JP as Outlook means it: JIS X 0208 through CP932, half-width kana."""
    pieces: list[str] = []
    mode = b"(B"
    at = 0
    for escape in _ESCAPE.finditer(content):
        pieces.append(_jis(content[at : escape.start()], mode))
        mode = escape[1]
        at = escape.end()
    pieces.append(_jis(content[at:], mode))
    return "".join(pieces)


def _jis(chunk: bytes, mode: bytes) -> str:
    if not chunk:
        return ""
    if mode in {b"(B", b"(J"}:
        if chunk.isascii() and b"\x0e" not in chunk:
            return chunk.decode("ascii")
        return _guess(chunk)
    if mode == b"(I":
        end = next((at for at, octet in enumerate(chunk) if octet in b"\r\n"), len(chunk))
        kana = bytes(octet | 0x80 for octet in chunk[:end] if octet > _LAST_CONTROL)
        return kana.decode("cp932", "replace") + chunk[end:].decode("ascii", "replace")
    if mode in {b"$B", b"$@"}:
        return _jis_x_0208(chunk)
    name = {b"$(D": "iso-2022-jp-1", b"$A": "iso-2022-jp-2", b"$(C": "iso-2022-jp-2"}[mode]
    return (b"\x1b" + mode + chunk + b"\x1b(B").decode(name, "replace")


def _jis_x_0208(chunk: bytes) -> str:
    """Read pairs of JIS X 0208 by the arithmetic of Shift_JIS; a line end resets the mode."""
    out = bytearray()
    at = 0
    while at < len(chunk):
        first = chunk[at]
        if first in b"\r\n" or at + 1 == len(chunk):
            return out.decode("cp932", "replace") + chunk[at:].decode("ascii", "replace")
        if not 0x21 <= first <= 0x7E:  # noqa: PLR2004 - the rows of the 94 by 94 table
            at += 1
            continue
        second = chunk[at + 1]
        row = (first - 0x21) // 2
        lead = row + (0x81 if row < 0x1F else 0xC1)  # noqa: PLR2004 - two ranges of lead bytes
        trail = second + (0x1F if first % 2 else 0x7E)
        if first % 2 and trail >= 0x7F:  # noqa: PLR2004 - DEL is no trail byte
            trail += 1
        if lead <= 0xFC and trail <= 0xFC:  # noqa: PLR2004 - the last byte of Shift_JIS
            out += bytes((lead, trail))
        at += 2
    return out.decode("cp932", "replace")
