"""What stands around the engine on a stage: its store, its clock, nudges, mail and calendars.

The statements are the engine's own and SQLite runs them. Everything here only adds points at which
somebody else moves, and answers that are lost.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from integrations.memory import MemoryInbox
from integrations.memory_calendar import MemoryBook, MemoryCalendars
from integrations.smtp import DEFAULT_LIMITS
from tests.simulator.dice import Dice
from tests.simulator.stage import SECOND, Machine, Stage, Strand
from worker.domain.errors import StoreError
from worker.domain.intents import Key
from worker.domain.meetings import Busy, Invitation, Span, Unknown
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Scope
from worker.engine.journal.store import Store
from worker.ports import (
    BookTrouble,
    Changed,
    Cursor,
    Envelope,
    Fetched,
    Heard,
    InboxTrouble,
    Seen,
)

LOCK_PATIENCE = timedelta(seconds=30)
_LAY_TOO_LONG = Later("it waited too long to be begun", scope=Scope.SERVER)
_LAG = timedelta(minutes=10)  # of a sent folder
_MINUTE = timedelta(minutes=1)


class StagedClock:
    """A machine's clock, which may be wrong."""

    def __init__(self, stage: Stage, machine: Machine) -> None:
        self._stage = stage
        self._machine = machine

    def now(self) -> datetime:
        """Give the time as this machine has it."""
        self._stage.point("at a look at the clock")
        return self._stage.now + self._machine.offset


class StagedStopwatch:
    """What nobody can set: the time of the stage itself."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._began = stage.now

    def passed(self) -> timedelta:
        """Say how much has passed."""
        return self._stage.now - self._began


class Readers:
    """Connections that only read, kept open: a run reads very often."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._free: list[Connection] = []

    @contextmanager
    def one(self) -> Iterator[Connection]:
        """Open a transaction on any of them."""
        connection = self._free.pop() if self._free else self._engine.connect()
        try:
            with connection.begin():
                yield connection
        finally:
            self._free.append(connection)

    def close(self) -> None:
        """Give them all back."""
        for connection in self._free:
            connection.close()


class StagedStore(Store):
    """One machine's way into a store that all of them share: one writer at a time, as SQLite has.

    Before and after each transaction, and before its commit, somebody else may move. A commit may
    fail, and one that was made may be told as one that failed.
    """

    def __init__(self, shared: Store, stage: Stage, readers: "Readers") -> None:
        vars(self).update(vars(shared))
        self._turn = nullcontext()
        self._stage = stage
        self._readers = readers
        self.wrote: Callable[[Strand], None] = lambda _: None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write as ever, if nothing befalls us."""
        stage = self._stage
        strand = stage.current
        if strand is None:
            with super().write() as connection:
                yield connection
            return
        stage.point("before a transaction")
        if not stage.wait_for(lambda: stage.pen is None, LOCK_PATIENCE):
            raise StoreError("The journal cannot be used just now: database is locked")
        stage.pen = strand
        try:
            with super().write() as connection:
                yield connection
                stage.point("just before a commit")
                if stage.strikes_now("a commit fails", stage.weather.commit_fails, ""):
                    raise StoreError("The journal cannot be used just now: disk I/O error")
            self.wrote(strand)
        finally:
            stage.pen = None
        stage.committed()
        if stage.strikes_now("a commit goes unheard", stage.weather.commit_unheard, ""):
            raise StoreError("The journal's database went away: server closed the connection")
        stage.point("just after a commit")

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Read as ever, from one snapshot, however long it takes."""
        with self.translated(), self._readers.one() as connection:
            yield connection
        if self._stage.pen is not self._stage.current:
            self._stage.point("after a look at the journal")


class Nudges:
    """A broker of names of lanes, which loses, doubles and reorders them."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._lanes: list[str] = []

    def send(self, lane: str) -> None:
        """Say "look there", which may be lost."""
        weather = self._stage.weather
        self._stage.point("at a nudge")
        if self._stage.strikes_now("a nudge is lost", weather.nudge_lost, lane):
            return
        if lane not in self._lanes or len(self._lanes) < 40:
            self._lanes.append(lane)
        if self._stage.strikes_now("a nudge comes twice", weather.nudge_doubled, lane):
            self._lanes.append(lane)

    def take(self) -> str:
        """Wait for any of them; in no order."""
        while not self._stage.wait_for(lambda: bool(self._lanes), timedelta(days=1)):
            pass
        return self._lanes.pop(self._stage.dice.throw(len(self._lanes)))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A mail that a recipient has, whatever its sender knows of that."""

    envelope: Envelope
    at: datetime
    mailbox: str


@dataclass
class PostOffice:
    """The mail server of everybody, and the mailboxes of those written to."""

    stage: Stage
    arrivals: dict[Key, list[Arrival]] = field(default_factory=dict)
    on_hand_over: Callable[[Envelope], None] = lambda _: None
    on_arrival: Callable[[Arrival], None] = lambda _: None
    on_counted: Callable[[str], None] = lambda _: None  # a mail that a server counts

    def take(self, mailbox: str, envelope: Envelope) -> Outcome:
        """Take a mail, or say that it cannot be taken now."""
        stage, weather = self.stage, self.stage.weather
        self.on_hand_over(envelope)
        if stage.strikes_now("the server is away", weather.server_away, mailbox):
            return Later("connection refused", scope=Scope.SERVER)
        self.on_counted(mailbox)
        if stage.strikes_now("the server puts a mail off", weather.put_off, envelope.key):
            return Later("451 4.7.1 greylisted")
        if stage.strikes_now("a mail is lost on its way", weather.call_lost, envelope.key):
            return InDoubt("the connection was lost after the final dot")
        arrival = Arrival(envelope, stage.now, mailbox)
        self.arrivals.setdefault(envelope.key, []).append(arrival)
        self.on_arrival(arrival)
        if stage.strikes_now("a server's answer is lost", weather.answer_lost, envelope.key):
            return InDoubt("the connection was lost after the final dot")
        return Done("250 2.0.0 queued")


class StagedMailer:
    """A `Mailer` of one machine: some connections, each of which takes its time."""

    def __init__(self, stage: Stage, office: PostOffice, mailbox: str, connections: int) -> None:
        self._stage = stage
        self._office = office
        self._mailbox = mailbox
        self._connections = connections
        self._flying: dict[Key, tuple[datetime, Outcome]] = {}

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        return 2 * self._connections - len(self._flying)

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Hand over one after the other; between two of them anything may happen."""
        handed_at = self._stage.now
        for envelope in envelopes:
            outcome: Outcome = _LAY_TOO_LONG
            if self._stage.now - handed_at <= DEFAULT_LIMITS.wait:
                outcome = self._office.take(self._mailbox, envelope)
            takes = timedelta(milliseconds=20 + self._stage.dice.throw(400))
            self._flying[envelope.key] = (self._stage.now + takes, outcome)
            self._stage.point("just after a mail was handed over")

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what has been answered by now; waits for the first."""
        if not self._flying:
            return {}
        first = min(at for at, _ in self._flying.values())
        if first > self._stage.now:
            self._stage.sleep(min(wait, first - self._stage.now))
        now = self._stage.now
        told = {key: outcome for key, (at, outcome) in self._flying.items() if at <= now}
        for key in told:
            del self._flying[key]
        self._stage.point("with answers in hand")
        return told

    def meanwhile(self) -> AbstractContextManager[None]:
        """Go on while the caller does something else: every answer has its moment already."""
        return nullcontext()

    def close(self) -> None:
        """Say goodbye; what was not answered is in doubt."""
        self._flying = {
            key: (self._stage.now, InDoubt("closed before the answer")) for key in self._flying
        }


class StagedSent:
    """A sent folder, which lags behind and sometimes cannot be read."""

    def __init__(self, stage: Stage, office: PostOffice, dice: Dice) -> None:
        self._stage = stage
        self._office = office
        self._dice = dice

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail was sent; None where that cannot be told."""
        self._stage.point("before a look at the sent folder")
        if self._stage.weather.answer_lost and self._dice.happens(5):
            return None
        lagging = self._stage.now - _LAG
        found = any(
            one.envelope.message_id == message_id and one.at <= lagging
            for arrivals in self._office.arrivals.values()
            for one in arrivals
        )
        self._stage.point("after a look at the sent folder")
        return found


class StagedInbox:
    """One machine's way to a mailbox; idle looks are left out."""

    def __init__(self, stage: Stage, inbox: MemoryInbox, arrived: Callable[[], int]) -> None:
        self._stage = stage
        self._inbox = inbox
        self._arrived = arrived
        self._seen = -1

    def fetch(
        self, cursors: Iterable[Cursor], *, since: date, most: int = 500
    ) -> Fetched | InboxTrouble:
        """Give what lies behind the cursors."""
        known = list(cursors)
        self._stage.point("before mails are fetched")
        self._seen = self._arrived()
        fetched = self._inbox.fetch(known, since=since, most=most)
        self._stage.point("with fetched mails in hand")
        return fetched

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:  # noqa: ARG002 - the port's promise; nothing comes of looks at an empty mailbox
        """Return as soon as there is something to fetch."""
        while not self._stage.wait_for(lambda: self._arrived() > self._seen, timedelta(days=1)):
            pass
        return Heard.NEWS

    def stop(self) -> None:
        """Nobody is told to stop here: processes end."""

    def close(self) -> None:
        """Say goodbye to nobody."""


class StagedBook:
    """One machine's connection to calendars; each request may be lost, or its answer."""

    def __init__(self, stage: Stage, calendars: MemoryCalendars, wrote: Callable[[], None]) -> None:
        self._stage = stage
        self._book = MemoryBook(calendars)
        self._wrote = wrote

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str] = ()
    ) -> Mapping[str, Busy | Unknown]:
        """Say when people are taken."""
        self._stage.point("before calendars are asked")
        told = self._book.busy(addresses, within, leaving_out=leaving_out)
        self._stage.point("after calendars were asked")
        return told

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event."""
        return self._asked("an invitation", lambda: self._book.book(invitation))

    def see(self, invitation: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look an event up."""
        self._stage.point("before an event is looked up")
        return self._book.see(invitation, ref)

    def change(self, invitation: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Bring the event to what is wished now."""
        return self._asked("a change", lambda: self._book.change(invitation, ref, stands=stands))

    def cancel(self, invitation: Invitation, ref: str, *, note: str = "") -> Outcome:
        """Take the event back."""
        return self._asked("a cancellation", lambda: self._book.cancel(invitation, ref, note=note))

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Say what became of events."""
        self._stage.point("before a calendar is read")
        return self._book.changes(organiser, cursor)

    def close(self) -> None:
        """Say goodbye to nobody."""

    def _asked(self, what: str, ask: Callable[[], Outcome]) -> Outcome:
        stage, weather = self._stage, self._stage.weather
        stage.point(f"before {what}")
        if stage.strikes_now("a call is lost", weather.call_lost, what):
            return InDoubt("the line was cut")
        outcome = ask()
        self._wrote()
        if stage.strikes_now("an answer is lost", weather.answer_lost, what):
            return InDoubt("the line was cut before the answer")
        stage.sleep(SECOND * stage.dice.throw(20) / 10)
        return outcome
