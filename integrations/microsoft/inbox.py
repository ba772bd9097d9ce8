"""A mailbox's way in through Graph: its inbox, its junk and what people sent, folder by folder.

What came into a folder is told by `messages/delta`, page by page, each with the address of the next
(https://learn.microsoft.com/graph/api/message-delta); mails are taken as their very octets
(`$value`). Such an address has no fixed life: where Exchange has forgotten it (410), everything
since a day is given anew, so that nothing is lost. An immutable id makes a mail's `uid`; how many
were given so far stands in the cursor's. It refuses to change anything in the mailbox.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from threading import Event
from time import monotonic

from integrations.microsoft.headers import header_of
from integrations.microsoft.meaning import Kind, Problem, inbox_trouble_of
from integrations.microsoft.times import instant, query
from integrations.microsoft.wire import Answer, Call, GraphWire, in_path
from integrations.patience import no_news, told_within
from integrations.renewals import counted
from worker.ports import Clock, Cursor, Fetched, Heard, InboxTrouble, Incoming, Place

_PAGE = 50  # mails between two cursors: so many are asked for again where one breaks off
_ZONES = timedelta(hours=14)  # a day begins so much earlier somewhere
_FIELDS = "receivedDateTime,conversationId"
_TRIES = 3  # of a mail that Exchange fails to give; then its header has to do
_VOID = frozenset({Kind.STALE, Kind.MISTAKE})
_NOT_THERE = frozenset({Kind.GONE})


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder as we call it, and by the name that every mailbox has for it."""

    name: str
    known_as: str
    place: Place


FOLDERS = (
    Folder("INBOX", "inbox", Place.INBOX),
    Folder("Junk", "junkemail", Place.JUNK),
    Folder("Sent", "sentitems", Place.SENT),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is read of one mail, and how often a mailbox is asked for news."""

    largest: int = 4 * 1024 * 1024  # octets
    poll: timedelta = timedelta(seconds=20)


DEFAULT_LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class _Came:
    """A mail that came into a folder."""

    id: str
    received_at: datetime | None
    conversation: str


@dataclass(frozen=True, slots=True)
class _Step:
    """One page further in a folder: what is wanted of it, and the cursor behind it."""

    cursor: Cursor
    came: list[_Came] = field(default_factory=list)
    more: bool = False  # there are further pages


class GraphInbox:
    """An `Inbox` at Microsoft; see the port for its promises."""

    def __init__(
        self,
        wire: GraphWire,
        mailbox: str,
        clock: Clock,
        *,
        limits: Limits = DEFAULT_LIMITS,
        folders: tuple[Folder, ...] = FOLDERS,
        may_have_news: Callable[[], bool] = no_news,
    ) -> None:
        self._may_have_news = may_have_news
        self._wire = wire
        self._mailbox = mailbox
        self._clock = clock
        self._limits = limits
        self._folders = folders
        self._stopped = Event()
        self._inbox_link = ""  # how to go on in the inbox since it was looked at last
        self._failures: dict[str, int] = {}  # of single mails

    # The port.

    def fetch(
        self, cursors: Iterable[Cursor], *, since: date, most: int = 500
    ) -> Fetched | InboxTrouble:
        """Give at most *most* mails that lie behind *cursors*."""
        known = {cursor.folder: cursor for cursor in cursors}
        renewals: list[str] = []
        left_out: list[InboxTrouble] = []
        for folder in self._folders:
            before = known.get(folder.name)
            found = self._look(folder, before, since, min(most, _PAGE))
            if self._stopped.is_set():
                return Fetched((), tuple(known.values()))
            if isinstance(found, InboxTrouble):
                if folder.place is Place.INBOX:
                    self._inbox_link = ""
                    return found
                left_out.append(found)
                continue
            if found is None:
                continue
            mails, step, behind = found
            if before is not None and step.cursor.renewals != before.renewals:
                renewals.append(folder.name)
            known[folder.name] = step.cursor
            if folder.place is Place.INBOX:
                self._inbox_link = step.cursor.link
            if mails:
                told = (tuple(renewals), tuple(left_out))
                return Fetched(tuple(mails), tuple(known.values()), True, behind, *told)  # noqa: FBT003 - more
        return Fetched((), tuple(known.values()), renewed=tuple(renewals), left_out=tuple(left_out))

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:
        """Ask now and then whether something came, for at most *timeout*."""
        until = monotonic() + timeout.total_seconds()
        while not self._stopped.is_set():
            if not self._inbox_link:
                return Heard.NEWS
            heard = self._asked()
            if heard is not None:
                return heard
            left = until - monotonic()
            if left <= 0:
                return Heard.NOTHING
            pause = min(left, self._limits.poll.total_seconds())
            if told_within(pause, self._stopped, self._may_have_news):
                return Heard.NEWS
        return Heard.STOPPED

    def stop(self) -> None:
        """End a `wait` or `fetch` of another thread soon, and every later one at once."""
        self._stopped.set()

    def close(self) -> None:
        """Say goodbye."""
        self.stop()
        self._wire.close()

    # Reading.

    def _asked(self) -> Heard | InboxTrouble | None:
        """Ask once whether something came into the inbox; None: nothing did."""
        call = self._call(self._inbox_link, prefer="odata.maxpagesize=1")
        answer = self._wire.ask(call)
        if isinstance(answer, Answer):
            return Heard.NEWS if answer.values else None
        if answer.kind in _VOID | _NOT_THERE:
            return Heard.NEWS  # reading finds out what to do
        return inbox_trouble_of(answer)

    def _look(
        self, folder: Folder, cursor: Cursor | None, since: date, most: int
    ) -> tuple[list[Incoming], _Step, int] | InboxTrouble | None:
        """Go on in a folder until it has something to give; None where it is not there."""
        while not self._stopped.is_set():
            step = self._step(folder, cursor, since, most)
            if not isinstance(step, _Step):
                return step
            mails = self._pulled(folder, step)
            if isinstance(mails, InboxTrouble):
                return mails
            cursor = replace(step.cursor, uid=step.cursor.uid + len(mails))
            if mails or not step.more:
                behind = self._behind(folder, cursor) if step.more else 0
                return mails, replace(step, cursor=cursor), behind
        return None

    def _step(
        self, folder: Folder, cursor: Cursor | None, since: date, most: int
    ) -> _Step | InboxTrouble | None:
        """Read one page behind a cursor; anew where nobody can go on from it."""
        begun = cursor or Cursor(folder.name, 1, since=since, until=1)
        answer = self._page(folder, begun, most)
        if isinstance(answer, Problem) and answer.kind in _VOID and begun.link:
            now = self._clock.now()
            anew = Cursor(folder.name, begun.uidvalidity + 1, since=since, until=1)
            why = f"Exchange forgets how far the folder {folder.name!r} was read"
            fresh = counted(begun, anew, why, now)
            if isinstance(fresh, InboxTrouble):
                return fresh
            begun = fresh
            answer = self._page(folder, begun, most)
        if isinstance(answer, Problem):
            return None if answer.kind in _NOT_THERE else inbox_trouble_of(answer)
        return self._read(begun, answer)

    def _page(self, folder: Folder, cursor: Cursor, most: int) -> Answer | Problem:
        prefer = f"odata.maxpagesize={most}"
        if cursor.link:
            return self._wire.ask(self._call(cursor.link, prefer=prefer))
        path = f"{self._path}/mailFolders/{folder.known_as}/messages/delta"
        params = {"changeType": "created", "$select": _FIELDS}
        return self._wire.ask(Call("GET", path, self._mailbox.lower(), params, prefer=prefer))

    def _read(self, cursor: Cursor, answer: Answer) -> _Step | InboxTrouble:
        further = answer.body.get("@odata.nextLink")
        link = further or answer.body.get("@odata.deltaLink")
        if not isinstance(link, str):  # whatever that was, nobody could go on behind it
            return inbox_trouble_of(Problem(Kind.BROKEN, "a list that says not how to go on"))
        came = [
            _Came(
                str(one.get("id")),
                instant(one.get("receivedDateTime")),
                str(one.get("conversationId") or ""),
            )
            for one in answer.values
            if "@removed" not in one
        ]
        if cursor.until and cursor.since is not None:
            earliest = datetime.combine(cursor.since, time(), UTC) - _ZONES
            came = [one for one in came if one.received_at is None or one.received_at >= earliest]
        path = self._wire.link(self._call(""), link).path
        # The first part ends with the first deltaLink: from there on every mail is a new one.
        until = cursor.until if further else 0
        return _Step(replace(cursor, link=path, until=until), came, bool(further))

    def _pulled(self, folder: Folder, step: _Step) -> list[Incoming] | InboxTrouble:
        """Take mails as they are; one that vanished meanwhile is none."""
        mails: list[Incoming] = []
        for one in step.came:
            if self._stopped.is_set():
                return []
            mail = self._taken(folder, step.cursor, one)
            if isinstance(mail, InboxTrouble):
                return mail
            if mail is not None:
                mails.append(mail)
        return mails

    def _taken(self, folder: Folder, cursor: Cursor, came: _Came) -> Incoming | InboxTrouble | None:
        path = f"{self._path}/messages/{in_path(came.id)}"
        plain = {"Accept-Encoding": "identity"}  # so that Content-Length is the mail's own
        call = Call("GET", f"{path}/$value", self._mailbox.lower(), headers=plain)
        octets = self._wire.octets(call, self._limits.largest)
        if not isinstance(octets, Problem):
            self._failures.pop(came.id, None)
            return self._incoming(folder, cursor, came, octets.content, octets.size)
        if octets.kind is Kind.GONE:
            return None
        self._failures[came.id] = self._failures.get(came.id, 0) + 1
        is_its_own = octets.kind is Kind.MISTAKE or (
            octets.kind is Kind.BROKEN and self._failures[came.id] >= _TRIES
        )
        if not is_its_own:
            return inbox_trouble_of(octets)
        # Exchange cannot write this one as MIME: what it says of its header has to do.
        params = {"$select": "internetMessageHeaders,internetMessageId,subject,from"}
        answer = self._wire.ask(Call("GET", path, self._mailbox.lower(), params))
        header = header_of(answer.body) if isinstance(answer, Answer) else b""
        return self._incoming(folder, cursor, came, header, len(header) + 1)

    def _incoming(
        self, folder: Folder, cursor: Cursor, came: _Came, raw: bytes, size: int
    ) -> Incoming:
        return Incoming(
            folder.name,
            folder.place,
            cursor.uidvalidity,
            _number(came.id),
            raw,
            size,
            came.received_at,
            len(raw) >= size,
            came.conversation,
        )

    def _behind(self, folder: Folder, cursor: Cursor) -> int:
        """Say how many mails of the first part are still to be given; 0 where that is not told."""
        if cursor.since is None or not cursor.until:
            return 0
        since = datetime.combine(cursor.since, time(), UTC) - _ZONES
        path = f"{self._path}/mailFolders/{folder.known_as}/messages"
        params = {
            "$filter": f"receivedDateTime ge {query(since)}",
            "$count": "true",
            "$top": "1",
            "$select": "id",
        }
        answer = self._wire.ask(Call("GET", path, self._mailbox.lower(), params))
        count = answer.body.get("@odata.count") if isinstance(answer, Answer) else None
        return max(0, count - cursor.uid) if isinstance(count, int) else 0

    @property
    def _path(self) -> str:
        return f"/users/{in_path(self._mailbox)}"

    def _call(self, path: str, *, prefer: str = "") -> Call:
        return Call("GET", path, self._mailbox.lower(), prefer=prefer)


def _number(id_: str) -> int:
    """Give a number that is the id's own, as large as a journal keeps one."""
    return int.from_bytes(sha256(id_.encode()).digest()[:8], "big") >> 1
