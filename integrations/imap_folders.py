r"""Which folders of a mailbox matter: where mail comes in, what is taken for junk, what was sent.

Servers mark them (RFC 6154: \Junk, \Sent); where one does not, its folders go by the names that
mail programs give them, in the language of whoever set them up. Pure. It refuses to guess beyond
that: a folder of somebody's own is not ours to read.
"""

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imapclient import imap_utf7  # type: ignore[import-untyped] # it ships no types

from worker.ports import Place

_MARKS = {rb"\junk": Place.JUNK, rb"\sent": Place.SENT}
_NOT_TO_BE_OPENED = {rb"\noselect", rb"\nonexistent"}
_MOST = 5  # folders of one kind; a round asks each of them
_INBOX = "INBOX"

_NAMES = {
    Place.JUNK: (
        *("junk", "spam", "junk mail", "junk email", "junk e-mail", "bulk", "bulk mail"),
        *(
            "迷惑メール",
            "迷惑メールフォルダ",
            "迷惑メールフォルダー",
            "迷惑",
            "ジャンク",
            "ジャンクメール",
        ),
        *(
            "ジャンク メール",
            "スパム",
            "スパムメール",
            "垃圾邮件",
            "垃圾郵件",
            "垃圾箱",
            "広告メール",
        ),
        *(
            "스팸",
            "스팸함",
            "스팸메일함",
            "정크 메일",
            "courrier indésirable",
            "indésirables",
            "pourriel",
        ),
        *("spamverdacht", "junk-e-mail", "unerwünscht", "correo no deseado", "correo basura"),
        *(
            "posta indesiderata",
            "ongewenste e-mail",
            "lixo eletrônico",
            "нежелательная почта",
            "спам",
        ),
    ),
    Place.SENT: (
        *("sent", "sent items", "sent messages", "sent mail"),
        *(
            "送信済み",
            "送信済みアイテム",
            "送信済みメール",
            "送信済みトレイ",
            "送信トレイ(済)",
            "送信控え",
        ),
        *(
            "已发送",
            "已发送邮件",
            "寄件備份",
            "已寄郵件",
            "보낸편지함",
            "보낸 편지함",
            "보낸메일함",
        ),
        *("envoyés", "éléments envoyés", "messages envoyés", "gesendet", "gesendete elemente"),
        *("gesendete objekte", "enviados", "elementos enviados", "itens enviados", "inviata"),
        *("posta inviata", "verzonden items", "отправленные"),
    ),
}


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to read. `wire_name` is its name as the server writes it (modified UTF-7)."""

    name: str
    wire_name: bytes
    place: Place


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which folders to read; a name that is empty leaves it to marks and usual names."""

    inbox: str = _INBOX
    junk: str = ""
    sent: str = ""
    reads_junk: bool = True
    reads_sent: bool = False


@dataclass(frozen=True, slots=True)
class Listed:
    """A folder as the server lists it."""

    marks: frozenset[bytes]
    delimiter: str
    wire_name: bytes

    @property
    def name(self) -> str:
        """Give its name as people read it."""
        return decoded(self.wire_name)


def chosen(listed: Iterable[Listed], wanted: Wanted) -> list[Folder]:
    """Say which of a mailbox's folders to read: the inbox first, each once."""
    there = [folder for folder in listed if _can_be_opened(folder)]
    folders = [Folder(wanted.inbox, _named(there, wanted.inbox), Place.INBOX)]
    if wanted.reads_junk:
        folders.extend(_of_kind(there, Place.JUNK, wanted.junk))
    if wanted.reads_sent:
        folders.extend(_of_kind(there, Place.SENT, wanted.sent))
    return list({folder.wire_name: folder for folder in reversed(folders)}.values())[::-1]


def _can_be_opened(folder: Listed) -> bool:
    """Whether its name can stand in a command, and the server will have it opened."""
    text = folder.wire_name.decode("latin-1")
    return text.isascii() and text.isprintable() and not folder.marks & _NOT_TO_BE_OPENED


def _named(there: Iterable[Listed], name: str) -> bytes:
    """Give the name on the wire; the server's spelling of it, where it lists one."""
    same = (folder.wire_name for folder in there if name in (folder.name, _raw(folder)))
    return next(same, imap_utf7.encode(name))


def _of_kind(there: list[Listed], place: Place, name: str) -> Iterator[Folder]:
    if name:
        yield Folder(name, _named(there, name), place)
        return
    marked = [folder for folder in there if place in map(_MARKS.get, folder.marks)]
    usual = [folder for folder in there if folder not in marked and _is_usual(folder, place)]
    for folder in (marked + usual)[:_MOST]:
        yield Folder(folder.name, folder.wire_name, place)


def _is_usual(folder: Listed, place: Place) -> bool:
    last = folder.name.rpartition(folder.delimiter)[2] if folder.delimiter else folder.name
    return _plain(last) in _USUAL[place]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).casefold().strip()


_USUAL = {place: frozenset(map(_plain, names)) for place, names in _NAMES.items()}


def decoded(wire_name: bytes) -> str:
    """Give a folder's name as people read it; one that nobody can decode stays as it is.

    >>> decoded(b"&j,dg0TDhMPww6w-")
    '迷惑メール'
    """
    try:
        name = str(imap_utf7.decode(wire_name))
    except (UnicodeError, ValueError):
        return wire_name.decode("latin-1")
    return name if name.isprintable() else wire_name.decode("latin-1")


def _raw(folder: Listed) -> str:
    return folder.wire_name.decode("latin-1")


def quoted(wire_name: bytes) -> str:
    r"""Quote a folder's name for a command.

    >>> quoted(b'a "b" \\c')
    '"a \\"b\\" \\\\c"'
    """
    escaped = wire_name.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
    return f'"{escaped.decode("ascii")}"'
