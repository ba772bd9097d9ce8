"""HR is told, once, that a mailbox or a calendar stopped, and once that it goes on again.

By mail, from another mailbox than the one that stopped: that of messages to staff if it works, else
the first that does. What was said stands in the journal before it is said, under a key that names
the stop; whoever carries it out holds it under a fence; and what may have gone is looked up, and
handed over a second time where nobody can tell, as every alert is: one that comes twice costs a
glance. Where no other mailbox works, nobody can be written to, and `status` and `doctor` say so.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from worker import logs
from worker.domain.errors import BrokenPromise, MailError
from worker.domain.intents import Key, State
from worker.domain.observed import MARK, name_of
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.plan import Calendar
from worker.domain.post import message_id, on_the_wire
from worker.domain.workdays import workdays
from worker.engine import tables
from worker.engine.allowance import BEGUN_LEASE, Allowance
from worker.engine.begun import Begun
from worker.engine.journal.bulletins import (
    INBOX,
    NO_WAY,
    OFF,
    Bulletin,
    Word,
    Written,
    begin_bulletin,
    due_bulletins,
    forget_bytes,
    frozen_bulletin,
    has_bulletins,
    move_bulletin,
    send_once_more,
    settle_together,
    standing_stops,
)
from worker.engine.journal.lanes import (
    MAIL,
    is_closed,
    is_held,
    mail_lane,
    mailbox_of,
    read_lane,
)
from worker.engine.journal.people import StaffBook
from worker.engine.journal.rewound import read_rewound
from worker.engine.journal.store import Store, take_turn
from worker.engine.meetings.off import off_parts
from worker.engine.render import Office, redirected
from worker.engine.retry import message_wait
from worker.engine.settle import PROBE_AFTER, RESEND_AFTER, closing_of, mind_the_lane
from worker.engine.tables import stamp
from worker.engine.words.bulletins import ENGLISH, JAPANESE, Stop
from worker.ports import (
    Address,
    Clock,
    Envelope,
    InvitationPost,
    Mailer,
    MailParts,
    MailWriter,
    SentFolder,
)

LOOK_AGAIN = timedelta(minutes=15)  # where nothing could carry it
_HESITATION = timedelta(minutes=5)
_PATIENCE = timedelta(seconds=1)
_TRIED_FOR = timedelta(days=3)
_MOST_SHOWN = 5  # stops of one mail: it is one screen
_OF_THE_LANE = frozenset({Scope.SERVER, Scope.MAILBOX})
_STOOD_STILL = Later("the worker stood still before it was handed over", scope=Scope.SERVER)

_intent = tables.intent.c


@dataclass(frozen=True, slots=True)
class TellRules:
    """Who is told of what stops, and what mends it."""

    roles: Sequence[str] = ("hr", "hr_manager")  # the first of them that somebody holds
    sign_ins: Mapping[str, str] = field(default_factory=dict)  # by mailbox: what signs in anew


class Herald:
    """Writes and sends bulletins. Used by one thread in each lane."""

    def __init__(  # noqa: PLR0913 - what the engine joins here, by name
        self,
        store: Store,
        office: Office,
        rules: TellRules,
        *,
        clock: Clock,
        write: MailWriter,
        allowance: Allowance,
        sent_folder_of: Callable[[str], SentFolder | None] | None = None,
        begun: Begun | None = None,
        post: InvitationPost | None = None,
    ) -> None:
        """Join what it takes; the arguments are those of `Performer` and of `Claims`."""
        self._post = post
        self._store = store
        self._office = office
        self._rules = rules
        self._clock = clock
        self._write = write
        self._allowance = allowance
        self._sent_folder_of = sent_folder_of or (lambda _: None)
        self._begun = begun
        self._staff = StaffBook(store)
        others = [one for one in office.mailboxes if one != office.alerts_from]
        self._lanes = tuple(mail_lane(one) for one in (office.alerts_from, *others))

    def lanes_due(self, now: datetime) -> frozenset[str]:
        """Name the lanes by which something is to be told now; what has no way waits for one."""
        with self._store.read() as connection:
            if not has_bulletins(connection, stamp(now)) or is_held(connection, now):
                return frozenset()
            ways = {one: self._way(connection, one, now) for one in self._due(connection, now)}
        waiting = [one for one, way in ways.items() if not way]
        if waiting:
            with self._store.write() as connection:
                for one in waiting:
                    move_bulletin(
                        connection,
                        one,
                        one.state,
                        next_at=now + LOOK_AGAIN,
                        now=now,
                        outcome=NO_WAY if one.state is State.READY else one.outcome,
                    )
        return frozenset(way for way in ways.values() if way)

    def perform(self, lane: str, mailer: Mailer, halts: Callable[[], bool]) -> int:
        """Tell what is to be told by *lane*; says of how many mails something became."""
        settled = 0
        while not halts():
            now = self._clock.now()
            with self._store.read() as connection:
                if not has_bulletins(connection, stamp(now)) or is_held(connection, now):
                    break
                due = [
                    one
                    for one in self._due(connection, now)
                    if self._way(connection, one, now) == lane
                ]
            if not due:
                break
            if due[0].state is State.READY:
                if not mailer.room or not self._tell(lane, mailer, now):
                    break
            else:
                self._look_up(due[0], now)
            settled += 1
        return settled

    def _due(self, connection: Connection, now: datetime) -> list[Bulletin]:
        return due_bulletins(connection, stamp(now))

    def _way(self, connection: Connection, one: Bulletin, now: datetime) -> str:
        """Name the lane by which a bulletin goes, or is looked up; empty where there is none."""
        if one.state is not State.READY or one.resent:  # it was handed over there
            way = one.lane if one.lane in self._lanes else self._lanes[0]
            return (
                way if one.state is not State.READY or self._is_open(connection, way, now) else ""
            )
        if one.word == Word.OFF:  # a calendar takes that from nobody else
            return self._lanes[0] if self._is_open(connection, self._lanes[0], now) else ""
        if one.word == Word.STOPPED and one.about.startswith(MAIL):
            closed = read_lane(connection, one.about)
            if closed is not None and closed.until is not None:
                return ""  # a human has seen to it: whether it is mended its next mail says
        for lane in self._lanes:
            if lane != one.about and self._is_open(connection, lane, now):
                return lane
        is_on_again = one.word == Word.GOES_ON and one.about in self._lanes
        return one.about if is_on_again and self._is_open(connection, one.about, now) else ""

    def _is_open(self, connection: Connection, lane: str, now: datetime) -> bool:
        return not is_closed(read_lane(connection, lane), now)

    def _tell(self, lane: str, mailer: Mailer, now: datetime) -> bool:
        """Hand one mail over; False where nothing may be, or nothing is left to be told."""
        asked_at = now
        to = self._reader()
        number: int | None = 0
        with self._store.write() as connection:
            self._allowance.take_turn(connection, lane)
            take_turn(connection, "bulletins")
            due = [
                one
                for one in self._due(connection, now)
                if one.state is State.READY and self._way(connection, one, now) == lane
            ]
            due = [one for one in due if not self._is_needless(connection, one, now)]
            if not due or not self._has_room(connection, lane, due[0], now):
                return False
            one = due[0]
            written = frozen_bulletin(connection, one.id) if one.resent else None
            if written is None:
                same = [other for other in due if other.word == one.word and not other.resent]
                if one.word == Word.OFF:
                    same = [one]
                    written = self._written_off(lane, one, now)
                else:
                    written = self._written(connection, lane, to, same, now)
                settle_together(connection, [other.id for other in same[1:]], one.id, now)
            if self._may_have_gone(connection, one):
                begun = begin_bulletin(connection, one, written, now=now, lease=now)
                moved = now + PROBE_AFTER
                move_bulletin(
                    connection, begun, State.DOUBT, next_at=moved, now=now, outcome="", untried=True
                )
                return True
            if self._begun is not None:
                number = self._begun.count(connection, now)
                if number is None:
                    return False
            self._allowance.claimed(connection, lane, 1, now)
            self._allowance.begun(connection, lane, 1, now)
            until = now + BEGUN_LEASE
            begun = begin_bulletin(connection, one, written, now=now, lease=until)
        if number and self._begun is not None:
            self._begun.confirm(number)
        envelope = Envelope(
            Key(begun.key),
            written.sender,
            written.recipient,
            written.content,
            written.message_id,
            until,
        )
        outcome: Outcome = _STOOD_STILL
        if self._clock.now() - asked_at <= _HESITATION:
            mailer.hand_over([envelope])
            outcome = _answer(mailer, envelope.key)
        self._record(lane, begun, outcome, now)
        return True

    def _is_needless(self, connection: Connection, one: Bulletin, now: datetime) -> bool:
        """Leave out what nobody is to be told any more."""
        if one.word == Word.OFF and (self._post is None or self._colleague(one) is None):
            move_bulletin(connection, one, State.CANCELLED, next_at=None, now=now, outcome="")
            return True  # they have left as well
        return self._is_told_with_sending(connection, one, now)

    def _colleague(self, one: Bulletin) -> Address | None:
        """Give whom it is for, where that is a colleague of whom we know."""
        id_ = one.about.removeprefix(OFF).rpartition("/")[0]
        member = next((each for each in self._staff.all() if each.id == id_), None)
        return None if member is None or not member.email else Address(member.email, member.name)

    def _is_told_with_sending(self, connection: Connection, one: Bulletin, now: datetime) -> bool:
        """Leave out that a mailbox cannot be read where HR knows that it cannot send."""
        if one.word != Word.STOPPED or not one.about.startswith(INBOX):
            return False
        sending = f"{MAIL}{one.about.removeprefix(INBOX)}"
        if all(other.about != sending for other in standing_stops(connection)):
            return False
        move_bulletin(connection, one, State.CANCELLED, next_at=None, now=now, outcome=sending)
        return True

    def _has_room(self, connection: Connection, lane: str, one: Bulletin, now: datetime) -> bool:
        """Keep to the limits of the mailbox, as every mail does."""
        free = self._allowance.room(connection, lane, now, 1)
        if free.count:
            return True
        move_bulletin(
            connection, one, one.state, next_at=free.opens_at, now=now, outcome=one.outcome
        )
        return False

    def _may_have_gone(self, connection: Connection, one: Bulletin) -> bool:
        """Say whether it may have been told in a time of which the journal knows nothing."""
        rewound = read_rewound(connection)
        if rewound is None or one.resent:
            return False
        return rewound.may_have_gone(stamp(one.due_at))

    def _record(self, lane: str, one: Bulletin, outcome: Outcome, begun_at: datetime) -> None:
        now = self._clock.now()
        with self._store.write() as connection:
            is_untried = isinstance(outcome, Later | Refused) and outcome.scope in _OF_THE_LANE
            self._allowance.answered(connection, lane, [begun_at], int(is_untried), now)
            match outcome:
                case Done():
                    self._settle(connection, one, State.DONE, now, outcome.receipt)
                    forget_bytes(connection, one)
                    mind_the_lane(connection, lane, None, now, is_open=True)
                case InDoubt():
                    again = now + PROBE_AFTER
                    self._settle(connection, one, State.DOUBT, now, outcome.why, again)
                case Later() | Refused() if outcome.scope in _OF_THE_LANE:
                    self._settle(connection, one, State.READY, now, outcome.why, now, untried=True)
                    closing = closing_of(None, lane, outcome, now)
                    mind_the_lane(connection, lane, closing, now, is_open=False)
                case Later():
                    wait = max(message_wait(one.attempts, one.key), outcome.wait or timedelta())
                    state = State.READY if now - one.due_at < _TRIED_FOR else State.REFUSED
                    again_at = now + wait if state is State.READY else None
                    self._settle(connection, one, state, now, outcome.why, again_at)
                case Refused():
                    self._settle(connection, one, State.REFUSED, now, outcome.why)
        logs.handed_over(
            key=one.key, kind="bulletin", lane=lane, outcome=outcome, attempt=one.attempts
        )

    def _settle(
        self,
        connection: Connection,
        one: Bulletin,
        state: State,
        now: datetime,
        outcome: str,
        next_at: datetime | None = None,
        *,
        untried: bool = False,
    ) -> None:
        move_bulletin(
            connection, one, state, next_at=next_at, now=now, outcome=outcome, untried=untried
        )

    def _look_up(self, one: Bulletin, now: datetime) -> None:
        """See what became of a bulletin that may have gone; else hand it over once more."""
        if one.state is State.BEGUN:  # whoever had it has ended
            with self._store.write() as connection:
                why = "the worker ended while this was on its way"
                self._settle(connection, one, State.DOUBT, now, why, now + PROBE_AFTER)
            logs.in_doubt(key=one.key, lane=one.lane, why=why)
            return
        with self._store.read() as connection:
            written = frozen_bulletin(connection, one.id)
        known = None if written is None else self._has_gone(one, written.message_id)
        since = one.settled_at or now
        with self._store.write() as connection:
            if known:
                self._settle(connection, one, State.DONE, now, "found in the sent folder")
                forget_bytes(connection, one)
            elif written is None or (known is None and one.resent):
                self._settle(connection, one, State.DOUBT, now, one.outcome)
            elif known is None and now < since + RESEND_AFTER:
                move_bulletin(
                    connection,
                    one,
                    State.DOUBT,
                    next_at=since + RESEND_AFTER,
                    now=since,
                    outcome=one.outcome,
                )
            else:
                self._settle(connection, one, State.READY, now, one.outcome, now)
                send_once_more(connection, one)

    def _has_gone(self, one: Bulletin, id_: str) -> bool | None:
        """Ask the mailbox it went by; every one, where that was in lost time."""
        said: list[bool | None] = []
        for lane in [one.lane] if one.attempts else self._lanes:
            folder = self._sent_folder_of(mailbox_of(lane) or "")
            said.append(None if folder is None else folder.has(id_))
            if said[-1]:
                return True
        return None if None in said else False

    def _reader(self) -> Address | None:
        """Give who is told: the first who holds a role that is; None: HR's own mailbox is."""
        members = sorted(self._staff.all(), key=lambda member: str(member.id))
        for role in self._rules.roles:
            for member in members:
                if role in member.role and member.email:
                    return Address(member.email, member.name)
        return None

    def _written(
        self,
        connection: Connection,
        lane: str,
        to: Address | None,
        told: Sequence[Bulletin],
        now: datetime,
    ) -> Written:
        """Write the mail that tells of *told*, from the mailbox of *lane*."""
        office = self._office
        sender = office.address(mailbox_of(lane) or "")
        words = JAPANESE if office.language == "ja" else ENGLISH
        stops = [self._shown(connection, one, now) for one in told[:_MOST_SHOWN]]
        first = told[0]
        subject, text = words.written(Word(first.word), stops, len(told) - len(stops))
        own_id = message_id(first.key, office.domain(office.alerts_from))
        parts = MailParts(
            sender=sender,
            to=to or office.address(office.alerts_from),
            subject=subject,
            text=text,
            html="",
            sent_at=now,
            message_id=own_id,
            marks=((MARK, name_of(own_id)),),
        )
        return self._frozen(lane, redirected(parts, office))

    def _written_off(self, lane: str, one: Bulletin, now: datetime) -> Written:
        """Write the mail that tells a colleague that a meeting is off."""
        to = self._colleague(one)
        if to is None or self._post is None:
            raise BrokenPromise(f"{one.key}: nobody is there to be told.")
        own_id = message_id(one.key, self._office.domain(self._office.alerts_from))
        parts = off_parts(one.why, to, self._office, self._post, own_id, now)
        return self._frozen(lane, redirected(parts, self._office))

    def _frozen(self, lane: str, parts: MailParts) -> Written:
        """Give the bytes of a mail; a rehearsal writes to nobody but who rehearses."""
        recipient = on_the_wire(parts.to.address)
        redirect = self._office.redirect_to
        if redirect and recipient != on_the_wire(redirect):
            raise MailError("to", "a rehearsal was about to write to somebody else")
        content = self._write(parts)
        return Written(lane, parts.sender.address, recipient, parts.message_id, content)

    def _shown(self, connection: Connection, one: Bulletin, now: datetime) -> Stop:
        """Give what is said of one way."""
        days = workdays(Calendar(timezone=self._office.timezone))
        kind, _, name = one.about.partition(":")
        mailbox = self._office.mailboxes.get(name)
        return Stop(
            kind=kind,
            name=name,
            address=name if mailbox is None else mailbox.address,
            trouble=one.trouble,
            why=one.why,
            since=days.local(one.since),
            goes_on_at=days.local(one.due_at),
            waiting=_waiting(connection, one.about, now),
            sign_in=self._rules.sign_ins.get(name, ""),
        )


def _waiting(connection: Connection, lane: str, now: datetime) -> int:
    """Count the mails that would have gone by a lane by now."""
    query = (
        select(func.count())
        .select_from(tables.intent)
        .where(
            _intent.lane == lane,
            _intent.next_at <= stamp(now),
            _intent.state == State.READY.value,
        )
    )
    return connection.scalar(query) or 0


def _answer(mailer: Mailer, key: Key) -> Outcome:
    """Wait for what becomes of the one mail that is on its way."""
    while True:
        answers = mailer.outcomes(_PATIENCE)
        if key in answers:
            return answers[key]
