"""Mails out of an open folder: as many as fit, and round the one that cannot be had.

A server may say NO to one mail of five hundred, leave it out of its answer, or break down over it.
Then the others are asked for without it, and it by itself: for its beginning, for its header, and
in the end it is given out empty, so that somebody looks and the mails behind it are read. It
refuses to give up a mail before it was asked for several times.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from integrations.imap_answer import Given
from integrations.imap_connect import BROKEN
from integrations.imap_folders import Folder
from integrations.imap_session import Asked, Session
from integrations.imap_trouble import Denied
from worker.ports import Incoming

_LONGEST_STRIDE = 10_000
_BEGINNING = 64 * 1024
# What to ask for of a mail at which the connection broke so many times in a row.
_LESS_AND_LESS: tuple[Asked, ...] = (
    "body",
    "body",
    "body",
    "beginning",
    "beginning",
    "header",
    "header",
)


@dataclass(frozen=True, slots=True)
class _Had:
    raw: bytes
    is_whole: bool


class Puller:
    """Pulls mails; remembers where it stumbled, to take smaller steps there."""

    def __init__(self, *, largest: int, batch: int) -> None:
        self._largest = largest
        self._batch = batch
        self._stride = 0  # mails in one go after stumbling; 0: as many as one likes
        self._stone: tuple[Folder, int, int] | None = None  # the one mail it stumbled over
        self._falls = 0

    def choose(
        self, session: Session, folder: Folder, found: Sequence[int], most: int
    ) -> list[Given]:
        """Give the first of the mails *found* that go in one go, with their sizes."""
        wanted = found[: min(most, self._stride or most)]
        sizes = self._sizes(session, folder, wanted)
        going: list[Given] = []
        octets = 0
        for uid in wanted:
            mail = sizes.get(uid, Given(uid))
            octets += self._octets(mail)
            if going and octets > self._batch:
                break
            going.append(mail)
        return going

    def _sizes(
        self, session: Session, folder: Folder, wanted: Sequence[int]
    ) -> Mapping[int, Given]:
        if len(wanted) == 1 and self._is_stone(session, folder, wanted[0]):
            return {}  # it may be this very question at which the connection breaks
        try:
            return session.give(wanted, "sizes")
        except Denied:
            return {}
        except BROKEN:
            self._stumble(folder, session.opened.uidvalidity, wanted)
            raise

    def pull(self, session: Session, folder: Folder, going: Sequence[Given]) -> list[Incoming]:
        """Give these mails, in their order; those that are gone meanwhile are left out."""
        uidvalidity = session.opened.uidvalidity
        try:
            had = self._had(session, folder, going)
        except BROKEN:
            self._stumble(folder, uidvalidity, [mail.uid for mail in going])
            raise
        self._stride *= 2
        if self._stride > _LONGEST_STRIDE:
            self._stride = 0
        self._stone, self._falls = None, 0
        return [
            Incoming(
                folder.name,
                folder.place,
                uidvalidity,
                mail.uid,
                had[mail.uid].raw[: self._largest],
                mail.size if mail.size is not None else len(had[mail.uid].raw),
                mail.received_at,
                had[mail.uid].is_whole and len(had[mail.uid].raw) <= self._largest,
                mail.thread,
            )
            for mail in going
            if mail.uid in had
        ]

    def _stumble(self, folder: Folder, uidvalidity: int, going: Sequence[int]) -> None:
        """Take half as many the next time; of a single mail, count how often."""
        self._stride = max(1, len(going) // 2)
        stone = (folder, uidvalidity, going[0]) if len(going) == 1 else None
        self._falls = self._falls + 1 if stone is not None and stone == self._stone else 1
        self._stone = stone

    def _had(self, session: Session, folder: Folder, going: Sequence[Given]) -> dict[int, _Had]:
        first = going[0]
        if len(going) == 1 and self._is_stone(session, folder, first.uid):
            if self._falls >= len(_LESS_AND_LESS):
                return {first.uid: _Had(b"", is_whole=False)}
            asked = _LESS_AND_LESS[self._falls]
            if asked != "body":
                return self._group(session, going, asked, _BEGINNING)
        small = [mail for mail in going if self._is_small(mail)]
        had = self._group(session, small, "body", sum(map(self._octets, small))) if small else {}
        for mail in going:
            if not self._is_small(mail):
                had |= self._group(session, [mail], "beginning", self._largest)
        return had

    def _group(
        self, session: Session, mails: Sequence[Given], asked: Asked, octets: int
    ) -> dict[int, _Had]:
        """Ask for all of them at once; where the server will not, for each half of them."""
        try:
            got = session.give([mail.uid for mail in mails], asked, octets=octets)
        except Denied:
            if len(mails) == 1:
                return {mails[0].uid: _less(session, mails[0], asked)}
            middle = len(mails) // 2
            first = self._group(session, mails[:middle], asked, octets)
            return first | self._group(session, mails[middle:], asked, octets)
        had = {
            uid: _Had(mail.body, _is_whole(asked, mail.body, octets))
            for uid, mail in got.items()
            if mail.body is not None
        }
        missing = [mail for mail in mails if mail.uid not in had]
        if missing:
            still = session.still_there([mail.uid for mail in missing])
            had |= {mail.uid: _less(session, mail, asked) for mail in missing if mail.uid in still}
        return had

    def _is_stone(self, session: Session, folder: Folder, uid: int) -> bool:
        return self._stone == (folder, session.opened.uidvalidity, uid)

    def _is_small(self, mail: Given) -> bool:
        return mail.size is not None and mail.size <= self._largest

    def _octets(self, mail: Given) -> int:
        return self._largest if mail.size is None else min(mail.size, self._largest)


def _less(session: Session, mail: Given, denied: Asked) -> _Had:
    """Ask for what the server may give of a mail that it does not give as it was asked to."""
    for asked in _lesser(denied):
        try:
            got = session.give([mail.uid], asked, octets=_BEGINNING)
        except Denied:
            continue
        if mail.uid in got and (body := got[mail.uid].body) is not None:
            return _Had(body, _is_whole(asked, body, _BEGINNING))
    return _Had(b"", is_whole=False)


def _is_whole(asked: Asked, body: bytes, octets: int) -> bool:
    """Whether that was all: of a mail shorter than the beginning of it that was asked for, too."""
    return asked == "body" or (asked == "beginning" and len(body) < octets)


def _lesser(denied: Asked) -> Iterator[Asked]:
    """Begin with the same again: it may have been left out among many."""
    ways: tuple[Asked, ...] = ("body", "beginning", "header")
    yield from ways[ways.index(denied) :]
