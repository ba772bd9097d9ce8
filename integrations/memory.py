"""A twin of every port, without a world behind it.

It ships: tests, `tsunagu simulate` and demonstrations use it. A twin passes the contract suite of
its port, obeys the fault addresses of `integrations.faults`, and keeps what was handed to it.
It refuses to be patched: what should go wrong is asked for by address or by a switch.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from threading import Condition

from integrations.faults import Fault, fault_of
from integrations.imap_cursor import begun, is_void, renewed
from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import LATE, Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import (
    Clock,
    Cursor,
    Envelope,
    Fetched,
    Heard,
    InboxTrouble,
    Incoming,
    Place,
)

Answer = Callable[[Envelope], Outcome | None]


class MemoryMailer:
    """A `Mailer` whose mails arrive in a list.

    `handed_over` holds every attempt in order; `arrived` what a recipient would find in the
    mailbox, so also a mail whose answer was lost. `answer` is a switch: while it is set it decides
    instead of the address; None from it means that the server stays silent, and the mail is in
    doubt once the mailer is closed. `down` is the other switch: while it holds a text, no server
    can be reached, for that reason.
    """

    def __init__(
        self, *, connections: int = 1, answer: Answer | None = None, clock: Clock | None = None
    ) -> None:
        self._clock = clock  # None: nobody stands still, so that nothing is late
        self.handed_over: list[Envelope] = []
        self.arrived: list[Envelope] = []
        self.answer = answer
        self.down = ""
        self._connections = connections
        self._attempts: Counter[Key] = Counter()
        self._results: dict[Key, Outcome] = {}
        self._silent: dict[Key, Envelope] = {}
        self._closed = False

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        if self._closed:
            return 0
        return max(0, 2 * self._connections - len(self._results) - len(self._silent))

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Take envelopes; their outcomes are ready at once."""
        group = list(envelopes)
        if len(group) > self.room:
            raise BrokenPromise(
                f"{len(group)} envelopes were handed over where there was room for {self.room}"
            )
        for envelope in group:
            if self._clock is not None and envelope.is_late(self._clock):
                self._results[envelope.key] = LATE
                continue
            self.handed_over.append(envelope)
            outcome = self._judge(envelope)
            if outcome is None:
                self._silent[envelope.key] = envelope
            else:
                self._results[envelope.key] = outcome

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:  # noqa: ARG002 - the port's promise; nothing is slow here
        """Give what became of envelopes, each once; never waits."""
        results, self._results = self._results, {}
        return results

    def meanwhile(self) -> AbstractContextManager[None]:
        """Have nothing to go on with: every outcome is ready at once."""
        return nullcontext()

    def close(self) -> None:
        """Close; what was met with silence is in doubt."""
        self._closed = True
        for key in self._silent:
            self._results[key] = InDoubt("the server had not answered when we closed")
        self._silent.clear()

    def _judge(self, envelope: Envelope) -> Outcome | None:
        if self.down:
            return Later(self.down, scope=Scope.SERVER)
        if self.answer is not None:
            outcome = self.answer(envelope)
            if isinstance(outcome, Done):
                self.arrived.append(envelope)
            return outcome
        return self._judge_address(envelope)

    def _judge_address(self, envelope: Envelope) -> Outcome:
        self._attempts[envelope.key] += 1
        found = fault_of(envelope.recipient)
        if found is None or found.fault is Fault.SILENT:
            return self._arrive(envelope)
        match found.fault:
            case Fault.TEMPORARY:
                if found.times is not None and self._attempts[envelope.key] > found.times:
                    return self._arrive(envelope)
                return Later("451 4.3.0 temporary error, as the address asks")
            case Fault.PERMANENT:
                return Refused(
                    "550 5.1.1 no such user, as the address asks", Scope.ADDRESS, "5.1.1"
                )
            case Fault.DOUBT:
                self._arrive(envelope)
                return InDoubt("the connection was lost after the mail, as the address asks")
            case Fault.LOST:
                return InDoubt("the connection was lost after the mail, as the address asks")

    def _arrive(self, envelope: Envelope) -> Done:
        self.arrived.append(envelope)
        return Done(f"250 2.0.0 kept as {len(self.arrived)}")


class MemorySentFolder:
    """A `SentFolder` that knows what arrived through a `MemoryMailer`.

    The switch `blind` makes it unable to tell.
    """

    def __init__(self, mailer: MemoryMailer) -> None:
        self.blind = False
        self._mailer = mailer

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail of that Message-ID arrived; None while blind."""
        if self.blind:
            return None
        return any(envelope.message_id == message_id for envelope in self._mailer.arrived)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was made."""

    url: str
    key: Key
    secret: str
    body: Mapping[str, object]


class MemoryCaller:
    """A `Caller` that keeps its calls.

    `answer` is a switch: while it is set it decides how a call goes.
    """

    def __init__(self, *, answer: Callable[[Call], Outcome] | None = None) -> None:
        self.calls: list[Call] = []
        self.answer = answer

    def call(self, url: str, *, key: Key, secret: str, body: Mapping[str, object]) -> Outcome:
        """Keep the call; `Done` unless the switch says otherwise."""
        call = Call(url, key, secret, dict(body))
        self.calls.append(call)
        return Done("200") if self.answer is None else self.answer(call)


@dataclass
class _Folder:
    name: str
    place: Place
    uidvalidity: int
    uidnext: int = 1
    mails: list[Incoming] = field(default_factory=list)


class MemoryInbox:
    """An `Inbox` whose mails are put there by `arrive`.

    `trouble` is a switch: while it is set, the mailbox cannot be read for that reason. `renumber`
    and `remove` do to a folder what servers do; a removed one is back when a mail arrives in it.
    """

    def __init__(self, clock: Clock, *, largest: int = 4 * 1024 * 1024) -> None:
        self.trouble: InboxTrouble | None = None
        self._clock = clock
        self._largest = largest
        self._changed = Condition()
        self._folders: dict[str, _Folder] = {}
        self._numbering = 0
        self._has_news = True
        self._is_stopped = False
        self._folder("INBOX")
        self._folder("Junk")

    def arrive(
        self,
        raw: bytes,
        *,
        folder: str = "INBOX",
        at: datetime | None = None,
        thread: str = "",
    ) -> Incoming:
        """Put a mail into a folder."""
        with self._changed:
            there = self._folder(folder)
            mail = Incoming(
                there.name,
                there.place,
                there.uidvalidity,
                there.uidnext,
                raw[: self._largest],
                len(raw),
                (at or self._clock.now()).astimezone(UTC),
                len(raw) <= self._largest,
                thread,
            )
            there.uidnext += 1
            there.mails.append(mail)
            self._has_news = self._has_news or there.place is Place.INBOX
            self._changed.notify_all()
            return mail

    def renumber(self, folder: str) -> None:
        """Number the mails of a folder anew."""
        with self._changed:
            old = self._folders.pop(folder)
            new = self._folder(folder)
            for mail in old.mails:
                renumbered = replace(mail, uidvalidity=new.uidvalidity, uid=new.uidnext)
                new.mails.append(renumbered)
                new.uidnext += 1

    def remove(self, folder: str) -> None:
        """Delete a folder with its mails."""
        with self._changed:
            del self._folders[folder]

    def fetch(
        self, cursors: Iterable[Cursor], *, since: date, most: int = 500
    ) -> Fetched | InboxTrouble:
        """Give at most *most* mails that lie behind *cursors*."""
        known = {cursor.folder: cursor for cursor in cursors}
        with self._changed:
            if self._is_stopped:
                return Fetched((), tuple(known.values()))
            return self.trouble or self._look(known, since, most)

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:
        """Return as soon as there may be something to fetch, and after *timeout* at the latest."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._is_stopped or self._has_news or self.trouble,
                timeout.total_seconds(),
            )
            if self._is_stopped:
                return Heard.STOPPED
            if self.trouble is not None:
                return self.trouble
            return Heard.NEWS if self._has_news else Heard.NOTHING

    def stop(self) -> None:
        """End a `wait` of another thread, and every later one at once."""
        with self._changed:
            self._is_stopped = True
            self._changed.notify_all()

    def close(self) -> None:
        """Say goodbye to nobody."""
        self.stop()

    def _folder(self, name: str) -> _Folder:
        if name not in self._folders:
            self._numbering += 1
            place = {"INBOX": Place.INBOX, "Sent": Place.SENT}.get(name, Place.JUNK)
            self._folders[name] = _Folder(name, place, self._numbering)
        return self._folders[name]

    def _look(self, known: dict[str, Cursor], since: date, most: int) -> Fetched | InboxTrouble:
        """Look at folder by folder until one has something to give."""
        renewals: list[str] = []
        left_out: list[InboxTrouble] = []
        for folder in self._folders.values():
            before = known.get(folder.name)
            cursor = self._placed(before, folder, since)
            if isinstance(cursor, InboxTrouble):
                if folder.place is Place.INBOX:
                    return cursor
                left_out.append(cursor)
                continue
            if before is not None and cursor.renewals != before.renewals:
                renewals.append(folder.name)
            found = [mail for mail in folder.mails if _is_wanted(mail, cursor)]
            going, rest = found[:most], found[most:]
            reached = going[-1].uid if rest else folder.uidnext - 1
            known[folder.name] = replace(cursor, uid=reached)
            if going:
                cursors = tuple(known.values())
                told = (tuple(renewals), tuple(left_out))
                return Fetched(tuple(going), cursors, True, len(rest), *told)  # noqa: FBT003 - more
        self._has_news = False
        return Fetched((), tuple(known.values()), renewed=tuple(renewals), left_out=tuple(left_out))

    def _placed(self, cursor: Cursor | None, folder: _Folder, since: date) -> Cursor | InboxTrouble:
        if cursor is None:
            return begun(folder.name, folder.uidvalidity, folder.uidnext, since=since)
        if not is_void(cursor, folder.uidvalidity, folder.uidnext):
            return cursor
        now = self._clock.now()
        return renewed(cursor, folder.uidvalidity, folder.uidnext, since=since, now=now)


def _is_wanted(mail: Incoming, cursor: Cursor) -> bool:
    """Whether a mail lies behind the cursor, and in its first part not too long ago."""
    if mail.uid <= cursor.uid:
        return False
    if mail.uid > cursor.until or cursor.since is None or mail.received_at is None:
        return True
    return mail.received_at.date() >= cursor.since - timedelta(days=1)
