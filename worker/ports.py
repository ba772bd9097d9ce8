"""What the engine needs of the world, and no wider.

An adapter satisfies these without inheriting. Whatever the other side may lawfully say comes
back as an `Outcome`; an exception out of an adapter is a bug of ours, and is treated as one.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum
from typing import Protocol

from worker.domain.intents import Key
from worker.domain.itip import Puzzle, Reply
from worker.domain.meetings import Busy, Entry, Guest, Invitation, Span, Unknown
from worker.domain.outcomes import Outcome
from worker.domain.wave import Gathering, Seating, Sessions, Wave


class Clock(Protocol):
    """The time. One implementation reads the machine; tests and rehearsals turn theirs by hand."""

    def now(self) -> datetime:
        """Give the present instant, aware and UTC."""
        ...


class Stopwatch(Protocol):
    """Time that passes, which nobody can set."""

    def passed(self) -> timedelta:
        """Say how much has passed since some moment, sleep of the machine included."""
        ...


@dataclass(frozen=True, slots=True)
class Envelope:
    """One mail, ready to hand over: frozen bytes for one recipient."""

    key: Key
    sender: str  # the envelope's MAIL FROM
    recipient: str  # one, and only one: a 250 after DATA speaks for the accepted only
    content: bytes  # CRLF line ends, complete; every attempt hands over these very bytes
    message_id: str
    until: datetime | None = None  # from then on others may act as if it had not gone

    def is_late(self, clock: Clock) -> bool:
        """Say whether it must not begin to leave any more."""
        return self.until is not None and clock.now() >= self.until


@dataclass(frozen=True, slots=True)
class Address:
    """A mail address, and the name it is shown with (empty: none)."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; with a `content_id` the HTML part shows it as an image."""

    name: str
    content: bytes
    media_type: str = "application/octet-stream"
    content_id: str = ""  # without brackets, as in `<img src="cid:…">`


@dataclass(frozen=True, slots=True)
class CalendarPart:
    """A calendar's message within a mail: what makes the buttons for yes and no."""

    method: str  # REQUEST | CANCEL | DECLINECOUNTER
    content: bytes  # CRLF line ends, UTF-8


@dataclass(frozen=True, slots=True)
class MailParts:
    """Everything one mail is made of. The same parts always give the same bytes."""

    sender: Address
    to: Address
    subject: str
    text: str
    html: str  # empty: a mail of text alone
    sent_at: datetime
    message_id: str  # with brackets, as `worker.domain.post` makes it
    references: tuple[str, ...] = ()  # the thread's anchor first
    in_reply_to: str = ""
    reply_to: Address | None = None
    auto_submitted: str = "auto-generated"  # RFC 3834; empty: not said
    suppress: str = "OOF, AutoReply, DR, RN, NRN"  # never All or NDR: we need the bounces
    unsubscribe: str = ""  # an https address for one-click unsubscribe (RFC 8058)
    unsubscribe_mail: str = ""  # a mailto: address, beside it or alone
    marks: tuple[tuple[str, str], ...] = ()  # further headers; names start with X-
    attachments: tuple[Attachment, ...] = ()
    calendar: CalendarPart | None = None  # also attached as a file, for who cannot show it


class MailWriter(Protocol):
    """What turns parts into the bytes of a mail, and looks at them before they are frozen."""

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write the mail; `MailError` where something must not stand in one.

        *shape* names what mails have in common (a version and template): the first of each
        is parsed back and compared word by word.
        """
        ...


class Mailer(Protocol):
    """One mailbox's way out. Used by one thread at a time.

    A caller writes down that an envelope is being handed over, and only then calls `hand_over`.
    What has not begun to leave by its `until` never does, and is `Later`: whoever stood still so
    long has been given up, and another may be sending it.
    """

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now.

        At most twice the connections, less those in flight. Nothing beyond it is accepted.
        """
        ...

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Start handing over; returns at once. Never repeats anything by itself."""
        ...

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, each once; waits for the first at most *wait*."""
        ...

    def meanwhile(self) -> AbstractContextManager[None]:
        """Go on with what is in flight while the caller does something else, inside the block.

        Nothing of it may be used in there. What became of envelopes is told by `outcomes`, later.
        """
        ...

    def close(self) -> None:
        """Say goodbye to the server. What is in flight and unanswered is `InDoubt` before this."""
        ...


class SentFolder(Protocol):
    """Where a mail that may have gone can be looked up by its Message-ID."""

    def has(self, message_id: str) -> bool | None:
        """Say whether it was sent; None where that cannot be told."""
        ...


class HighWater(Protocol):
    """A mark outside the journal of what was begun: whoever restores a backup does not restore it.

    It belongs to one journal, and knows nothing of any other.
    """

    def read(self) -> Mapping[str, int]:
        """Give the highest count of each process that is known here."""
        ...

    def rise(self, process: str, count: int) -> None:
        """Keep that *process* has begun *count* times; where it cannot be kept, say so in the log.

        It costs no mail its way that the mark cannot be written.
        """
        ...


class Caller(Protocol):
    """Somebody's web address that is told of something."""

    def call(self, url: str, *, key: Key, secret: str, body: Mapping[str, object]) -> Outcome:
        """POST *body* as JSON, signed with *secret*; the key is the Idempotency-Key."""
        ...


class Place(Enum):
    """What a folder of a mailbox is for."""

    INBOX = "inbox"
    JUNK = "junk"  # bounces and answers are taken for junk, too
    SENT = "sent"  # what people of the company wrote themselves


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far one folder was read: every mail with a uid up to `uid` was given out.

    A uid means something only beside its uidvalidity. While `uid` is below `until` the folder is
    read for the first time, or anew after its server numbered it anew: of that part only what
    arrived since the day `since` is given out. `renewals` counts how often it was numbered anew
    lately, the last time at `renewed_at`. Where a provider says by an address how to go on, that is
    `link`, and only its adapter reads it.
    """

    folder: str
    uidvalidity: int
    uid: int = 0
    since: date | None = None
    until: int = 0
    renewals: int = 0
    renewed_at: datetime | None = None
    link: str = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A mail as it lies in a mailbox; folder, uidvalidity and uid together name it.

    `raw` is the whole of it where `is_whole`. Of one that is too large it is the beginning, of one
    that the server cannot give out the header or nothing. `size` is what the server says.
    """

    folder: str
    place: Place
    uidvalidity: int
    uid: int
    raw: bytes
    size: int
    received_at: datetime | None = None  # by the server's clock; aware and UTC
    is_whole: bool = True
    thread: str = ""  # Gmail's threadId, Graph's conversationId; empty where nobody names one


@dataclass(frozen=True, slots=True)
class Fetched:
    """Mails, and the cursors to write down together with them, in one transaction.

    `more` says that there may be others waiting. `renewed` names folders that their server numbered
    anew: what is given out of them may have been given out before, under another uid. `left_out`
    tells of folders other than the inbox that could not be read.
    """

    mails: tuple[Incoming, ...]
    cursors: tuple[Cursor, ...]
    more: bool = False
    behind: int = 0  # at most so many mails wait behind these
    renewed: tuple[str, ...] = ()
    left_out: tuple["InboxTrouble", ...] = ()


class Trouble(Enum):
    """Who can do something about an inbox that cannot be read."""

    NETWORK = "network"  # nobody: try again
    CREDENTIALS = "credentials"  # who gave us the password or the token
    MAILBOX = "mailbox"  # who looks after the mailbox or its server
    LIMITS = "limits"  # nobody: the server wants to be asked less often


@dataclass(frozen=True, slots=True)
class InboxTrouble:
    """An inbox could not be read now; nothing is lost, and the cursors stand where they stood."""

    kind: Trouble
    why: str
    wait: timedelta | None = None  # what the other side asked for; None leaves it to our back-off


class Heard(Enum):
    """What became of waiting at an inbox."""

    NEWS = "news"  # fetch now
    NOTHING = "nothing"  # fetch all the same: not every folder is listened to
    STOPPED = "stopped"


class Inbox(Protocol):
    """One mailbox's way in. It never changes anything in the mailbox, no flag either.

    Used by one thread at a time, but for `stop`. After trouble the next call connects anew.
    Round after round: `fetch`, write mails and cursors down, until there is no `more`; then `wait`.
    """

    def fetch(
        self, cursors: Iterable[Cursor], *, since: date, most: int = 500
    ) -> Fetched | InboxTrouble:
        """Give at most *most* mails that lie behind *cursors*, in the order of their arrival.

        The same cursors give the same mails, however often they are asked for. A folder without a
        cursor, or numbered anew, is read from the day *since*. Gives back a cursor for every folder
        there is and every one it was given.
        """
        ...

    def wait(self, timeout: timedelta) -> Heard | InboxTrouble:
        """Return as soon as there may be something to fetch, and after *timeout* at the latest."""
        ...

    def stop(self) -> None:
        """End a `wait` or `fetch` of another thread soon, and every later one at once."""
        ...

    def close(self) -> None:
        """Say goodbye to the server."""
        ...


@dataclass(frozen=True, slots=True)
class BookTrouble:
    """A calendar could not be asked now; nothing was changed by asking."""

    kind: Trouble
    why: str
    wait: timedelta | None = None  # what the other side asked for; None leaves it to our back-off


@dataclass(frozen=True, slots=True)
class Seen:
    """One event of ours, and what else of its organiser lies in the same time."""

    entry: Entry | None  # None: certainly not there
    clashes: tuple[Span, ...] = ()  # other things that the organiser's calendar counts as busy


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of events of ours in one calendar since a cursor was given out.

    `is_anew`: reading began, or the provider could not go on from the cursor, so that `entries` are
    all there are, up to its end: compare with what is known, and send nothing because of it.
    """

    entries: tuple[Entry, ...]
    cursor: str  # to be written down together with what follows from the entries
    is_anew: bool = False
    more: bool = False  # ask again at once


class CalendarBook(Protocol):
    """One connection to the calendars of a provider. Used by one thread at a time.

    Nothing here is ever repeated by itself below this port, and no answer is taken for more than
    it says: what cannot be told is `Unknown`, trouble, or `InDoubt`.
    """

    def busy(
        self,
        addresses: Sequence[str],
        within: Span,
        *,
        leaving_out: Collection[str] = (),
    ) -> Mapping[str, Busy | Unknown]:
        """Say for every address when it is taken within a stretch of at most 62 days.

        Asks for as many calendars at once as the provider allows. With *leaving_out*, the time of
        the events with these `event_key`s does not count, so that a meeting is not in its own way;
        in a calendar that does not show its events one by one it does count.
        """
        ...

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event and let the provider invite; `Done.receipt` is its `ref`.

        Asked again with the same invitation it finds the event it made before and makes no other.
        `Refused` with the scope MESSAGE where the event of this incarnation was deleted by hand.
        `InDoubt` where the answer was lost: ask again with the same invitation, or `see`.
        """
        ...

    def see(self, invitation: Invitation, ref: str = "") -> Seen | BookTrouble:
        """Look the event up: by *ref*, else by its `event_key`, and what else lies in its time."""
        ...

    def change(self, invitation: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Bring the event to what *invitation* says now (its `revision` is a higher one).

        The provider tells the guests. Keeps the link of the online meeting, and the answers of
        guests unless the time is another. Asked again with the same revision it changes nothing
        more. *stands* is where the asker believes the event to be: where somebody has moved it
        away from there, or changes it in the same moment, nothing is changed and the outcome is
        `Later` with the scope MESSAGE. `Refused` with the scope MESSAGE where it is gone.
        """
        ...

    def cancel(self, invitation: Invitation, ref: str, *, note: str = "") -> Outcome:
        """Take the event back; the provider tells the guests. `Done` where it is gone already.

        *note* goes with what the guests are told where the provider has room for one.
        """
        ...

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Say what became of events of ours in *organiser*'s calendar.

        An empty *cursor* begins: everything of ours that lies ahead or lately was. The same
        cursor gives at least the same entries again; one that cannot be read begins anew.
        """
        ...

    def close(self) -> None:
        """Say goodbye. Who asks again connects anew."""
        ...


@dataclass(frozen=True, slots=True)
class WatchWish:
    """How a provider is to tell us of changes."""

    name: str  # a new one each time; a provider may give it another
    word: str = field(repr=False)  # every notification has to bear it
    address: str  # https


@dataclass(frozen=True, slots=True)
class Watch:
    """A provider tells us of changes until `expires_at`, which it has chosen."""

    id: str
    resource: str
    expires_at: datetime


class HintSource(Protocol):
    """Has a provider tell us that something changed. Used by one thread at a time.

    Nothing depends on it: whoever reads calendars and mailboxes now and then misses nothing if no
    notification ever comes, and a failure here is no more than trouble.
    """

    def watch(self, what: str, wish: WatchWish, known: Watch | None = None) -> Watch | BookTrouble:
        """Begin to watch *what*, an organiser's calendar or a folder of a mailbox, or watch on.

        *known* is prolonged where the provider can do that. Where it cannot there is another watch
        beside it: once that is written down, whoever asked ends *known*.
        """
        ...

    def end(self, what: str, known: Watch) -> BookTrouble | None:
        """Be told no more; None also where it was over already."""
        ...

    def close(self) -> None:
        """Say goodbye. Who asks again connects anew."""
        ...


@dataclass(frozen=True, slots=True)
class Knock:
    """A request that came to an address of ours, from whomever."""

    query: Mapping[str, str]
    headers: Mapping[str, str]  # names in lower case
    body: bytes


@dataclass(frozen=True, slots=True)
class Hint:
    """What a knock claims: that there is something to be read. Nothing else of it is believed."""

    watch: str  # the id of one
    word: str = field(repr=False)  # that it bears; whether it is ours, the reader does not know
    is_ending: bool = False  # the watch ends, or has ended


@dataclass(frozen=True, slots=True)
class Echo:
    """What the provider wants to hear before it believes that an address is ours."""

    text: str


ReadHints = Callable[[Knock], tuple[Hint, ...] | Echo]


class InvitationPost(Protocol):
    """Invitations as mails carry them (iMIP), and the answers that come back. It sends nothing.

    The *sender* is the mailbox the mail goes out from, and the organiser that calendars show and
    answer to: some show no buttons where the two differ. A mail names its one recipient, and nobody
    else who was invited. The same arguments always give the same bytes.
    """

    def request(
        self, invitation: Invitation, guest: Guest, sender: Address, *, at: datetime
    ) -> CalendarPart:
        """Invite *guest*, or tell them what changed: a higher `revision` replaces a lower one."""
        ...

    def cancel(
        self, invitation: Invitation, guest: Guest, sender: Address, *, at: datetime, note: str = ""
    ) -> CalendarPart:
        """Take back what *guest* was sent of *invitation* as it last was."""
        ...

    def decline_counter(
        self, invitation: Invitation, guest: Guest, sender: Address, *, at: datetime, note: str = ""
    ) -> CalendarPart:
        """Say that the other time *guest* proposed does not do: the meeting stays where it is."""
        ...

    def read(self, content: bytes) -> Reply | Puzzle | None:
        """Read an answer; None for what is no answer to an event of ours."""
        ...


class Solver(Protocol):
    """Who meets whom when. It asks nobody: the same question always has the same answer."""

    def seat(self, wave: Wave) -> Seating:
        """Give the best seating of *wave*, in the order of `worker.domain.wave`'s promises."""
        ...

    def gather(self, gathering: Gathering) -> Sessions:
        """Give the fewest sessions in which everybody is who can be."""
        ...
