"""A mailbox's way in over IMAP: connects when it is asked something, and stays for the next time.

A round looks at the inbox first, and at the other folders only when nothing new lies there. Sizes
are asked for before bodies, so that no mail is larger than there is room for. A mail at which the
connection breaks again and again is asked for by itself, then for less and less of it, so that it
holds nobody else. It refuses to keep anything: how far it read stands in the caller's cursors.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from time import monotonic

from integrations.imap_account import ImapAccount
from integrations.imap_answer import Status
from integrations.imap_connect import BROKEN, Connector
from integrations.imap_cursor import begun, is_void, renewed
from integrations.imap_folders import Folder, Wanted, chosen
from integrations.imap_pull import Puller
from integrations.imap_session import Session
from integrations.imap_trouble import Denied, trouble_of
from integrations.imap_wire import Bell, Patience, Stopped, is_ready
from worker.ports import Clock, Cursor, Fetched, Heard, InboxTrouble, Incoming, Place

_WINDOW = 20_000  # uids that one SEARCH is about: its answer is one line
_WIDEST = 2**31
_LIST_EVERY = 3600.0  # seconds; folders are seldom made


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read at once, and how a mailbox is listened to.

    IDLE ends by itself after half an hour (RFC 2177), behind many a router after ten minutes.
    """

    largest: int = 4 * 1024 * 1024  # octets of one mail; of a larger one this much is read
    batch: int = 8 * 1024 * 1024  # octets of one fetch
    idle: timedelta = timedelta(minutes=9)
    alive: timedelta = timedelta(minutes=2)  # while listening, ask this often whether it is there
    poll: timedelta = timedelta(seconds=20)  # where a server cannot be listened to


DEFAULT_LIMITS = Limits()
DEFAULT_PATIENCE = Patience()
USUAL_FOLDERS = Wanted()


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Mails that lie behind a cursor, of that part of the folder that ends at `bound`."""

    cursor: Cursor
    uids: list[int]
    bound: int


class ImapInbox:
    """An `Inbox` over IMAP; see the port for its promises."""

    def __init__(
        self,
        account: ImapAccount,
        clock: Clock,
        *,
        folders: Wanted = USUAL_FOLDERS,
        limits: Limits = DEFAULT_LIMITS,
        patience: Patience = DEFAULT_PATIENCE,
    ) -> None:
        self._bell = Bell()
        self._connector = Connector(account, patience, self._bell)
        self._clock = clock
        self._wanted = folders
        self._limits = limits
        self._puller = Puller(largest=limits.largest, batch=limits.batch)
        self._session: Session | None = None
        self._folders: list[Folder] = []
        self._inbox = Status(0, 0)  # when it was opened last
        self._listed_at = 0.0
        self._ahead: _Ahead | None = None  # found on this connection, not yet pulled
        self._is_stale = False  # the inbox was opened a while ago
        self._has_looked = False  # everywhere, on this connection
        self._is_closed = False

    # The port.

    def fetch(
        self, cursors: Iterable[Cursor], *, since: date, most: int = 500
    ) -> Fetched | InboxTrouble:
        """Give at most *most* mails that lie behind *cursors*."""
        known = {cursor.folder: cursor for cursor in cursors}
        if self._bell.is_rung:
            return Fetched((), tuple(known.values()))
        try:
            session = self._session or self._connect()
            if isinstance(session, InboxTrouble):
                return session
            self._session = session
            return self._round(session, known, since, most)
        except Stopped:
            self._hang_up()
            return Fetched((), tuple(known.values()))
        except BROKEN as problem:
            return self._give_up(problem)

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:
        """Return as soon as there may be something to fetch, and after *timeout* at the latest."""
        if self._bell.is_rung:
            return Heard.STOPPED
        session = self._session
        if session is None or not self._has_looked:
            return Heard.NEWS  # whatever came while nobody was connected
        try:
            until = monotonic() + min(timeout, self._limits.idle).total_seconds()
            while not session.has_news and (left := until - monotonic()) > 0:
                self._listen(session, left)
        except Stopped:
            self._hang_up()
            return Heard.STOPPED
        except BROKEN as problem:
            return self._give_up(problem)
        if session.has_news:
            return Heard.NEWS
        self._is_stale = True
        return Heard.NOTHING

    def stop(self) -> None:
        """End a `wait` or `fetch` of another thread soon, and every later one at once."""
        self._bell.ring()

    def close(self) -> None:
        """Say goodbye to the server; the inbox cannot be used afterwards."""
        if not self._is_closed:
            self._is_closed = True
            self._bell.ring()
            self._hang_up()
            self._bell.close()

    # Connecting.

    def _connect(self) -> Session | InboxTrouble:
        connected = self._connector.connect()
        if isinstance(connected, InboxTrouble):
            return connected
        self._has_looked = False
        self._is_stale = True
        self._folders = []
        return Session(connected)

    def _hang_up(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
            self._ahead = None

    def _give_up(self, problem: Exception) -> InboxTrouble:
        """Say what went wrong; the next call connects anew."""
        if self._session is None:
            raise problem
        step = self._session.step
        self._hang_up()
        return trouble_of(problem, step, self._connector.place)

    # A round.

    def _round(
        self, session: Session, known: dict[str, Cursor], since: date, most: int
    ) -> Fetched | InboxTrouble:
        """Look at folder by folder until one has something to give."""
        self._list_folders(session)
        renewals: list[str] = []
        left_out: list[InboxTrouble] = []

        def fetched(mails: Sequence[Incoming], behind: int, *, more: bool = True) -> Fetched:
            cursors = tuple(known.values())
            return Fetched(tuple(mails), cursors, more, behind, tuple(renewals), tuple(left_out))

        for folder in self._folders:
            before = known.get(folder.name)
            ahead = self._look(session, folder, before, since)
            if isinstance(ahead, InboxTrouble):
                if folder.place is Place.INBOX:
                    return ahead
                left_out.append(ahead)
                continue
            if ahead is None:
                continue
            if before is not None and ahead.cursor.renewals != before.renewals:
                renewals.append(folder.name)
            known[folder.name] = ahead.cursor
            if ahead.uids:
                mails, known[folder.name], behind = self._pull(session, folder, ahead, most)
                return fetched(mails, behind)
        self._has_looked = self._is_back(session)
        return fetched((), 0, more=not self._has_looked)

    def _look(
        self, session: Session, folder: Folder, cursor: Cursor | None, since: date
    ) -> _Ahead | InboxTrouble | None:
        """Say what lies behind the cursor; None where nothing new does."""
        known, self._ahead = self._ahead, None
        if known is not None and known.cursor == cursor and session.folder == folder:
            return known
        try:
            opened = self._open(session, folder, cursor)
        except Denied as problem:
            return trouble_of(problem, session.step, f"{self._connector.place} {folder.name}")
        if opened is None:
            return None
        placed = self._placed(cursor, folder.name, opened, since)
        return placed if isinstance(placed, InboxTrouble) else _found(session, placed)

    def _pull(
        self, session: Session, folder: Folder, ahead: _Ahead, most: int
    ) -> tuple[list[Incoming], Cursor, int]:
        """Give the first of the mails ahead, the cursor behind them, and how many may be left."""
        going = self._puller.choose(session, folder, ahead.uids, most)
        mails = self._puller.pull(session, folder, going)
        rest = ahead.uids[len(going) :]
        last = going[-1].uid if rest else max(ahead.bound, going[-1].uid)
        cursor = replace(ahead.cursor, uid=last)
        if rest:  # so that a caller who goes on from here is not searched for again
            self._ahead = _Ahead(cursor, rest, ahead.bound)
        behind = len(rest) + max(0, session.opened.uidnext - 1 - max(ahead.bound, last))
        return mails, cursor, behind

    def _is_back(self, session: Session) -> bool:
        """Open the inbox again, to listen to it, and say whether nothing came meanwhile."""
        inbox = self._folders[0]
        if session.folder == inbox:
            return True
        before, self._inbox = self._inbox, session.examine(inbox)
        return before == self._inbox

    def _list_folders(self, session: Session) -> None:
        """See which folders there are: on a new connection, and now and then."""
        if self._folders and not (self._is_stale and monotonic() - self._listed_at > _LIST_EVERY):
            return
        self._folders = chosen(session.folders(), self._wanted)
        self._listed_at = monotonic()

    def _open(self, session: Session, folder: Folder, cursor: Cursor | None) -> Status | None:
        """Open a folder and say how it is numbered; None where nothing new lies in it."""
        if folder.place is not Place.INBOX and session.folder != folder and cursor is not None:
            there = session.status(folder)
            if there == Status(cursor.uidvalidity, cursor.uid + 1):
                return None
        if session.folder == folder and not self._is_stale:
            reached = 0 if cursor is None else cursor.uid
            if reached < session.opened.uidnext:
                if not session.has_news:
                    session.look_up()  # a server may search only what it has told of
                return session.opened
        opened = session.examine(folder)
        if folder.place is Place.INBOX:
            self._inbox = opened
            self._is_stale = False
        return opened

    def _placed(
        self, cursor: Cursor | None, name: str, opened: Status, since: date
    ) -> Cursor | InboxTrouble:
        """Give the cursor to go on from."""
        if cursor is None:
            return begun(name, opened.uidvalidity, opened.uidnext, since=since)
        if not is_void(cursor, opened.uidvalidity, opened.uidnext):
            return cursor
        return renewed(
            cursor, opened.uidvalidity, opened.uidnext, since=since, now=self._clock.now()
        )

    def _listen(self, session: Session, seconds: float) -> None:
        """Listen for a while; where that is not offered, look now and then."""
        if session.can_listen:
            session.listen(min(seconds, self._limits.alive.total_seconds()))
        else:
            is_ready(self._bell, min(seconds, self._limits.poll.total_seconds()))
            session.look_up()


def _found(session: Session, cursor: Cursor) -> _Ahead:
    """Look for what lies behind the cursor, part by part.

    What a folder does not hold below its next number, it will never hold.
    """
    width = _WINDOW
    while True:
        low, newest = cursor.uid + 1, session.opened.uidnext - 1
        high: int | None = low + width - 1
        since = None
        if low <= cursor.until:
            high, since = min(low + width - 1, cursor.until), cursor.since
        elif low + width > newest:
            high = None  # to the end, also what came a moment ago
        bound = newest if high is None else high
        found = session.search(low, high, since)
        if found:
            return _Ahead(cursor, found, bound)
        if bound > cursor.uid and not (found is None and high is None):
            cursor = replace(cursor, uid=bound)
        if high is None:
            return _Ahead(cursor, [], bound)
        width = min(2 * width, _WIDEST)
