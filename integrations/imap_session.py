"""One connection's talk: folders are opened read-only, mails looked for, pulled and waited for.

Every answer is either what was asked for, or one of the exceptions in `imap_connect.BROKEN`. What
the server says of its own accord on the way (a mail came, one went) is kept, so that nothing that
comes between looking and listening is overlooked. It refuses to send any command that writes.
"""

import imaplib
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date, timedelta
from time import monotonic
from typing import Any, Literal, TypeAlias

from imapclient.response_parser import parse_response  # type: ignore[import-untyped] # as above

from integrations.imap_answer import Given, Part, Status, day, given, number, status, uid_set, uids
from integrations.imap_connect import UNREADABLE, Connected
from integrations.imap_folders import Folder, Listed, quoted
from integrations.imap_trouble import Denied, Garbled, Step
from integrations.imap_wire import Stopped

_A_MAIL_MORE = 4096  # octets around the body of one
_SLACK = 1024 * 1024
_TAG = b"LISTEN"
_NEWEST = 2**32 - 1
_CHANGE = re.compile(rb"\* (\d{1,10}) (EXISTS|EXPUNGE)\r\n", re.IGNORECASE)
_BYE = re.compile(rb"\* BYE ?(.*)", re.IGNORECASE)
_LITERAL = re.compile(rb"\{(\d{1,10})\}\r\n$")

Asked: TypeAlias = Literal["sizes", "body", "beginning", "header"]


class Session:
    """A signed-in connection. `step` is what it is about, for whoever says what went wrong."""

    def __init__(self, connected: Connected) -> None:
        self.step = Step.OPEN
        self.folder: Folder | None = None  # the one that is open
        self.opened = Status(0, 0)
        self.has_news = False  # something came since the last search
        self.can_listen = "IDLE" in connected.offers
        self._sizes = "(UID RFC822.SIZE INTERNALDATE)"
        if "X-GM-EXT-1" in connected.offers:  # it is Gmail, which names its threads
            self._sizes = "(UID RFC822.SIZE INTERNALDATE X-GM-THRID)"
        self._wire = connected.wire
        self._count: int | None = None  # mails in the open folder; None: not sure

    def close(self) -> None:
        """Say goodbye without waiting for an answer, and hang up."""
        with suppress(OSError, imaplib.IMAP4.error, Stopped):
            self._wire.send(_TAG + b" LOGOUT\r\n")
        self._wire.shutdown()

    # Folders.

    def folders(self) -> list[Listed]:
        """List the mailbox's folders; what nobody can read is left out."""
        self.step = Step.OPEN
        rows = self._ask(self._wire.list)
        found = []
        for number_of, row in enumerate(rows):
            following = rows[number_of + 1 : number_of + 2] if isinstance(row, tuple) else []
            if row and (folder := _listed([row, *following])) is not None:
                found.append(folder)
        return found

    def examine(self, folder: Folder) -> Status:
        """Open a folder, so that nothing can be changed in it; say how it is numbered."""
        self.step = Step.OPEN
        self.folder = None
        name = quoted(folder.wire_name)
        said: dict[str, list[Any]] = {}

        def select() -> tuple[str, list[Any]]:
            answer = self._wire.select(name, readonly=True)
            for code in ("UIDVALIDITY", "UIDNEXT", "EXISTS"):
                said[code] = self._wire.response(code)[1]
            return answer

        self._ask(select)
        valid = number(said["UIDVALIDITY"])
        if valid is None:
            raise Denied("the server does not say how the mails of the folder are numbered")
        self._count = number(said["EXISTS"])
        self.folder = folder
        self.has_news = False
        following = number(said["UIDNEXT"])
        self.opened = Status(valid, following if following is not None else self._next())
        return self.opened

    def _next(self) -> int:
        """Find out where the numbers go on, where opening a folder did not tell."""
        if self._count == 0:
            return 1
        newest = self._searched("UID *", 1, _NEWEST)
        return newest[-1] + 1 if newest else 1

    def status(self, folder: Folder) -> Status | None:
        """Say how a folder is numbered that is not open; None where the server will not tell."""
        self.step = Step.OPEN
        name = quoted(folder.wire_name)
        try:
            return status(self._ask(lambda: self._wire.status(name, "(UIDNEXT UIDVALIDITY)")))
        except Denied:
            return None

    # Mails.

    def search(self, low: int, high: int | None, since: date | None = None) -> list[int] | None:
        """Give the uids from *low* to *high*, or to the newest; None where nothing was answered."""
        self.step = Step.READ
        self.has_news = False
        wanted = f"UID {low}:{'*' if high is None else high}"
        if since is not None:
            before = since - timedelta(days=1)  # the server's days begin when its zone says
            wanted += f" SINCE {day(before.year, before.month, before.day)}"
        found = self._searched(wanted, low, _NEWEST if high is None else high)
        if found:
            following = max(self.opened.uidnext, found[-1] + 1)
            self.opened = Status(self.opened.uidvalidity, following)
        return found

    def still_there(self, wanted: Sequence[int]) -> set[int]:
        """Say which of these uids there still are."""
        self.step = Step.READ
        found = self._searched(f"UID {uid_set(wanted)}", 1, _NEWEST)
        return set(wanted) if found is None else set(found) & set(wanted)

    def _searched(self, wanted: str, low: int, high: int) -> list[int] | None:
        answer = self._ask(lambda: self._wire.uid("SEARCH", wanted))
        with _readable():
            return uids(answer, low, high)

    def give(self, wanted: Sequence[int], asked: Asked, *, octets: int = 0) -> dict[int, Given]:
        """Fetch something of exactly these mails; no more than *octets* are expected."""
        self.step = Step.READ
        items = {
            "sizes": self._sizes,
            "body": "(UID BODY.PEEK[])",
            "beginning": f"(UID BODY.PEEK[]<0.{octets}>)",
            "header": "(UID BODY.PEEK[HEADER])",
        }[asked]
        room = 2 * octets + len(wanted) * _A_MAIL_MORE + _SLACK
        with self._wire.room_for(room):
            answer = self._ask(lambda: self._wire.uid("FETCH", uid_set(wanted), items))
        found = given(answer)
        return {uid: found[uid] for uid in wanted if uid in found}

    # Listening.

    def look_up(self) -> None:
        """Have the server tell what is new, and that it is alive."""
        self.step = Step.LISTEN
        self._ask(self._wire.noop)

    def listen(self, seconds: float) -> None:
        """Let the server tell for *seconds*, or until there is news; it must then be alive."""
        self.step = Step.LISTEN
        with _readable():
            self._wire.send(_TAG + b" IDLE\r\n")
            while not (line := self._line()).startswith(b"+"):
                if line.startswith(_TAG):
                    self.can_listen = False  # it said that it could
                    return
            until = monotonic() + seconds
            while not self.has_news and (left := until - monotonic()) > 0:
                if self._wire.has_octets(left):
                    self._line()
            self._wire.send(b"DONE\r\n")
            while not self._line().startswith(_TAG):
                pass

    def _line(self) -> bytes:
        """Read what the server says of its own accord, and keep what it means for us."""
        line = self._wire.readline()
        if not line.endswith(b"\r\n"):
            raise self._wire.abort("the connection ended")
        if (change := _CHANGE.fullmatch(line)) is not None:
            self._note([int(change[1])] if change[2].upper() == b"EXISTS" else [], _gone(change[2]))
        elif (bye := _BYE.match(line)) is not None:
            raise self._wire.abort(bye[1].decode("latin-1").strip())
        while (literal := _LITERAL.search(line)) is not None:
            self._wire.read(int(literal[1]))
            line = self._wire.readline()
        return line

    # How it is done.

    def _ask(self, command: Callable[[], tuple[str, list[Any]]]) -> list[Part]:
        """Have the library send a command and read its answer."""
        with _readable():
            said, answer = command()
        with _readable():
            exists, gone = (self._wire.response(word)[1] for word in ("EXISTS", "EXPUNGE"))
            self._wire.untagged_responses.clear()
            if self.folder is not None:
                self._note([int(one) for one in exists if one], len([one for one in gone if one]))
        if said != "OK":
            raise Denied(_text(answer))
        return answer

    def _note(self, exists: list[int], gone: int) -> None:
        """Keep how many mails there are; more than before are news."""
        if exists:
            if exists[-1] != self._count or gone:
                self.has_news = True
            self._count = None if gone else exists[-1]
        elif gone and self._count is not None:
            self._count -= gone


@contextmanager
def _readable() -> Iterator[None]:
    """Turn what the libraries raise over octets that are not IMAP into `Garbled`."""
    try:
        yield
    except OSError:  # some of which are ValueErrors, too
        raise
    except UNREADABLE as problem:
        raise Garbled(f"not understood: {problem!r}") from problem


def _gone(word: bytes) -> int:
    return 1 if word.upper() == b"EXPUNGE" else 0


def _text(answer: Sequence[object]) -> str:
    last = answer[-1] if answer else None
    return last.decode("utf-8", "replace") if isinstance(last, bytes) else "no reason was given"


def _listed(row: list[Part]) -> Listed | None:
    try:
        marks, delimiter, name = parse_response([part for part in row if part])
        return Listed(
            frozenset(mark.lower() for mark in marks if isinstance(mark, bytes)),
            delimiter.decode("latin-1") if isinstance(delimiter, bytes) else "",
            name if isinstance(name, bytes) else str(name).encode(),
        )
    except (*UNREADABLE, imaplib.IMAP4.error):
        return None
