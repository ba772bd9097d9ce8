"""The stage of the demonstration: real servers, a clock that jumps, and people who write mails.

What reaches somebody over SMTP is read as they would read it, and what they do about it comes back
as a mail in the mailbox of the company, at its time: the engine's own listener reads it there.
HR answers by hand, in the Sent folder. Nobody notes a fact but HR, where a human's word is needed.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parseaddr
from functools import partial
from heapq import heappop, heappush

from integrations.faults import Fault, fault_of
from integrations.localmail import LocalMail
from worker.cli.demo_cast import (
    BY_HAND,
    BY_HAND_TO_DECLINE,
    HR_ANSWERS_AFTER,
    MANNERS,
    STAFF,
    Manner,
    StaffManner,
)
from worker.cli.demo_invitations import Card
from worker.cli.demo_mails import CLIENTS, Note, Original, absence, notice
from worker.cli.demo_post import Box, Post
from worker.cli.play import JumpingClock
from worker.domain.answers.answer import Kind
from worker.domain.answers.meaning import Intent
from worker.domain.errors import BrokenPromise
from worker.domain.facts import Fact, PersonId
from worker.domain.intents import BY_MAIL, NUDGE, STAFF_MAIL, TASK_MAIL, State
from worker.domain.plan import Step, Task
from worker.domain.post import id_key
from worker.domain.workdays import Workdays
from worker.engine.engine import Engine
from worker.engine.journal.desk import HUMAN, Wish
from worker.engine.journal.tray import Lying
from worker.engine.listen import Listener
from worker.people.records import PersonRecord, StaffRecord

_SOON = timedelta(seconds=1)
_MINUTE = timedelta(minutes=1)
_DAY = timedelta(days=1)
_OPENS, _CLOSES = 9, 18
_DECLINED = "declined"
_ANSWERED_BY_STAFF = frozenset({"alert", *STAFF_MAIL})  # by a plain reply


@dataclass(frozen=True, slots=True)
class Desk:
    """A mailbox of the company, and who reads it."""

    box: Box
    listener: Listener


@dataclass(frozen=True, slots=True)
class Expected:
    """What a mail of the cast has to be read as, and whom it is about."""

    kind: Kind
    person: PersonId


class Stage:
    """Lets the cast live through their time."""

    def __init__(
        self,
        engine: Engine,
        clock: JumpingClock,
        post: Post,
        desks: Sequence[Desk],
        people: Sequence[PersonRecord],
        staff: Sequence[StaffRecord],
        calendar: Workdays,
    ) -> None:
        self._engine = engine
        self._clock = clock
        self._post = post
        self._desks = desks
        self._people = {person.id: person for person in people}
        self._manners = {
            person.id: MANNERS[number % len(MANNERS)] for number, person in enumerate(people)
        }
        self._staff = {record.id: record for record in staff}
        self._workdays = calendar
        self._zone = calendar.zone
        self._ahead: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = 0
        self._looked_at = clock.now()
        self._seen: set[str] = set()
        self._arrived: dict[str, LocalMail] = {}
        self._taken = 0  # of what arrived
        self._turns: Counter[str] = Counter()  # how often somebody did something
        self._asked: dict[PersonId, Original] = {}  # by what somebody was asked last
        self._lying: set[int] = set()  # mails that HR has seen
        self._touched: dict[str, Desk] = {}
        self._watchers: list[Callable[[], None]] = []
        self.written: dict[str, Expected] = {}  # by the key of their Message-ID

    def manner(self, person: PersonId) -> Manner:
        """Give how somebody behaves."""
        return self._manners[person]

    def expect(self, at: datetime, deed: Callable[[], None]) -> None:
        """Let something be done when its time has come."""
        self._numbers += 1
        heappush(self._ahead, (at, self._numbers, deed))

    def watch(self, look: Callable[[], None]) -> None:
        """Have somebody look at what happened, whenever everybody does."""
        self._watchers.append(look)

    def answer_invitation(self, card: Card, content: bytes) -> None:
        """Let somebody's calendar program answer an invitation by mail."""
        for person in self._people.values():
            if person.email.lower() == card.address:
                key = id_key(str(message_from_bytes(content)["Message-ID"]))
                self.written[key] = Expected(Kind.CALENDAR_RESPONSE, person.id)
        self._arrive(card.address, card.organiser, content)

    def note(self, person: PersonId, name: str) -> None:
        """Let HR note a fact, as `tsunagu fact` does, unless the person has declined."""
        facts, now = self._engine.journal.facts, self._clock.now()
        if facts.of(person).first(_DECLINED) is None:
            facts.note([(person, Fact(name, now))], now, source=HUMAN)

    def run(self, until: datetime, on_turn: Callable[[datetime], None]) -> None:
        """Live until then; nothing of a moment is left when the clock jumps to the next."""
        while True:
            self._engine.run_until_idle()
            self._react()
            for desk in self._desks:
                if self._post.came_by_itself(desk.box):
                    self._touched[desk.box.id] = desk
            self._look()
            on_turn(self._clock.now())
            wakes = [self._engine.journal.overview.next_wake(self._clock.now())]
            wakes += [self._ahead[0][0]] if self._ahead else []
            following = min((at for at in wakes if at is not None), default=None)
            if following is None or following > until:
                self._clock.turn_to(until)
                return
            self._clock.turn_to(max(following, self._clock.now() + _SOON))
            self._act()

    def _act(self) -> None:
        """Do what is due, and have read what came of it."""
        while self._ahead and self._ahead[0][0] <= self._clock.now():
            heappop(self._ahead)[2]()
        self._look()

    def _look(self) -> None:
        """Have the mailboxes read that got something."""
        for desk in self._touched.values():
            trouble = desk.listener.look()
            if trouble is not None:
                raise BrokenPromise(f"The mailbox {desk.box.id} cannot be read: {trouble.why}")
        self._touched.clear()

    def _react(self) -> None:
        """Let everybody read what has reached them since the last look."""
        mails = self._post.arrived
        for mail in mails[self._taken :]:
            self._arrived[str(message_from_bytes(mail.content)["Message-ID"])] = mail
        self._taken = len(mails)
        for look in self._watchers:
            look()
        journal, now = self._engine.journal, self._clock.now()
        for wish in journal.desk.settled(self._looked_at, State.DONE):
            if wish.key not in self._seen and wish.message_id in self._arrived:
                self._seen.add(wish.key)
                self._read(wish, self._arrived[wish.message_id], wish.settled_at or now)
        self._looked_at = now
        for lying in journal.mails.waiting():
            if lying.id not in self._lying and lying.person is not None:
                self._lying.add(lying.id)
                at = self._in_office(now + HR_ANSWERS_AFTER)
                self.expect(at, partial(self._by_hand, lying, lying.person))

    def _read(self, wish: Wish, mail: LocalMail, at: datetime) -> None:
        """Let whoever got *mail* do something about it."""
        step = self._engine.editions.of(wish.digest).steps.get(wish.step)
        original = self._original(mail, at)
        if step is None:  # a notice that a mail waits: HR sees to the mail itself
            return
        if wish.kind in BY_MAIL:
            self._candidate(wish, step, mail, original, at)
        elif wish.kind in _ANSWERED_BY_STAFF and wish.recipient in self._staff:
            self._colleague(wish, step, original, at)

    # Candidates.

    def _candidate(
        self, wish: Wish, step: Step, mail: LocalMail, original: Original, at: datetime
    ) -> None:
        person, manner = self._people[wish.person], self._manners[wish.person]
        fault = fault_of(person.email)
        if fault is not None and fault.fault is Fault.PERMANENT:  # a provider has sent it back
            return
        if manner.bounces:
            self.expect(at + 20 * _MINUTE, partial(self._returned, mail, person.id))
            return
        if step.expect is None or step.expect.answer != "replied":
            return
        self._asked[person.id] = original
        if manner.only_called or manner.only_reminded is (wish.rung == 0):
            return
        answered_at = at + manner.after
        if manner.away and not wish.rung and not self._turns[f"{person.id}/away"]:
            self._turns[f"{person.id}/away"] += 1
            self.expect(at + _MINUTE, partial(self._absent, person, original))
            answered_at = at + timedelta(days=manner.away + 1) + manner.after
        self.expect(answered_at, partial(self._answer, person, original))

    def _answer(self, person: PersonRecord, original: Original) -> None:
        """Let somebody answer a mail, in the words whose turn it is."""
        manner = self._manners[person.id]
        if not manner.says or self._engine.journal.facts.of(person.id).first(_DECLINED):
            return
        self._turns[person.id] += 1
        turn = self._turns[person.id]
        says = manner.english if person.locale == "en" and manner.english else manner.says
        text = says[min(turn, len(says)) - 1]
        if manner.declines_with:
            text = says[-1] if turn == manner.declines_with else says[0]
        local, _, domain = person.email.rpartition("@")
        address = f"{local}.private@mail.example" if manner.elsewhere else f"{local}@{domain}"
        self._write(person, address, text, original, manner.client)

    def _write(
        self, person: PersonRecord, address: str, text: str, original: Original, client: str
    ) -> None:
        note = Note(person.name, address, original.address, text, self._wall_clock(), original)
        self._send(note, CLIENTS[client](note), Expected(Kind.HUMAN_REPLY, person.id))

    def _absent(self, person: PersonRecord, original: Original) -> None:
        """Let somebody's mailbox say that they are away."""
        now = self._wall_clock()
        until = now + timedelta(days=self._manners[person.id].away)
        subject = f"自動応答: {original.subject}"
        note = Note(person.name, person.email, original.address, "", now, original, subject)
        content = absence(note, until, until + _DAY)
        self._send(note, content, Expected(Kind.AUTO_REPLY, person.id))

    def _returned(self, mail: LocalMail, person: PersonId) -> None:
        """Let a server say that an address is none."""
        sent = message_from_bytes(mail.content)
        now = self._wall_clock()
        message_id, content = notice(sent, mail.recipient, mail.sender, now)
        self.written[id_key(message_id)] = Expected(Kind.BOUNCE_HARD, person)
        self._deliver(mail.sender, content)

    # The company.

    def _colleague(self, wish: Wish, step: Step, original: Original, at: datetime) -> None:
        """Let a member of staff answer an alert or the mail of a task by a plain reply."""
        record = self._staff[wish.recipient]  # type: ignore[index] # an id, as a row has it
        manner = STAFF.get(record.id, STAFF[""])
        says = self._says(wish, step, manner)
        turn = self._turns[f"{record.id}/{wish.kind}"] = self._turns[f"{record.id}/{wish.kind}"] + 1
        if wish.kind == TASK_MAIL and manner.forgets and turn % manner.forgets == 0:
            return
        text = says[(turn - 1) % len(says)]
        note_at = self._in_office(at + manner.after)
        self.expect(note_at, partial(self._reply, record, text, original, manner, wish.person))
        person = self._people[wish.person]
        if wish.kind != TASK_MAIL and self._manners[person.id].only_called:
            asked = self._asked.get(person.id)
            if asked is not None and not self._turns[f"{person.id}/called"]:
                self._turns[f"{person.id}/called"] += 1
                self.expect(note_at + _DAY, partial(self._answer, person, asked))

    @staticmethod
    def _says(wish: Wish, step: Step, manner: StaffManner) -> tuple[str, ...]:
        """Choose by what was told."""
        actions = step.ladder[wish.rung - 1].actions if wish.rung else (step.action,)
        is_task = any(isinstance(one, Task) for one in actions)
        if wish.kind == TASK_MAIL:
            return manner.task
        if wish.kind == NUDGE:
            return manner.overdue if is_task else manner.again
        return manner.alert

    def _reply(
        self,
        record: StaffRecord,
        text: str,
        original: Original,
        manner: StaffManner,
        person: PersonId,
    ) -> None:
        now = self._wall_clock()
        note = Note(record.name, record.email, original.address, text, now, original)
        expected = Expected(Kind.HUMAN_REPLY, person)
        self._send(note, CLIENTS[manner.client](note), expected)

    def _by_hand(self, lying: Lying, person_id: PersonId) -> None:
        """Let HR answer a mail that waits; a wish to decline becomes a fact by their word."""
        if all(one.id != lying.id for one in self._engine.journal.mails.waiting(person_id)):
            return
        person = self._people[person_id]
        declines = lying.intent == Intent.WISH_TO_DECLINE.value
        if declines:
            self.note(person_id, _DECLINED)
        desk = next(one for one in self._desks if one.box.id == lying.mailbox)
        if lying.kind == Kind.BOUNCE_HARD:  # there is nobody to write to: seen, and kept in mind
            self._engine.journal.mails.dismiss(lying.id, self._clock.now(), ended="needs none")
            return
        now = self._wall_clock()
        asked = Original(
            person.name, lying.sender, desk.box.address, lying.subject, now, lying.text,
            f"<{lying.message_key}>",
        )  # fmt: skip
        text = BY_HAND_TO_DECLINE if declines else BY_HAND
        note = Note(desk.box.name, desk.box.address, person.email, text, now, asked)
        self._post.file_as_sent(desk.box, CLIENTS["outlook"](note), self._clock.now())
        self._touched[desk.box.id] = desk

    # The post.

    def _send(self, note: Note, content: bytes, expected: Expected) -> None:
        """Have a mail arrive where it is addressed to."""
        self.written[id_key(note.message_id)] = expected
        self._arrive(note.address, note.to, content)

    def _arrive(self, sender: str, to: str, content: bytes) -> None:
        domain = sender.rpartition("@")[2]
        whose = f"{self._post.receiver}; " if self._post.receiver else ""
        said = f"Authentication-Results: {whose}dmarc=pass header.from={domain}\n"
        self._deliver(to, said.encode() + content)

    def _deliver(self, to: str, content: bytes) -> None:
        local, _, domain = to.rpartition("@")
        address = f"{local.partition('+')[0]}@{domain}".lower()
        for desk in self._desks:
            if desk.box.address.lower() == address:
                self._post.deliver(desk.box, content, self._clock.now())
                self._touched[desk.box.id] = desk
                return
        raise BrokenPromise("Somebody of the cast wrote to an address that is not ours.")

    def _original(self, mail: LocalMail, at: datetime) -> Original:
        """Read a mail as its reader's program shows it."""
        message = message_from_bytes(mail.content, policy=policy.default)
        if not isinstance(message, EmailMessage):
            raise BrokenPromise("A mail is none.")
        name, address = parseaddr(str(message["From"]))
        _, reply_to = parseaddr(str(message["Reply-To"] or message["From"]))
        body = message.get_body(("plain",))
        return Original(
            name,
            reply_to or address,
            mail.recipient,
            str(message["Subject"]),
            at.astimezone(self._zone),
            "" if body is None else str(body.get_content()),
            str(message["Message-ID"]).strip(),
            " ".join(str(message["References"] or "").split()),
        )

    def _wall_clock(self) -> datetime:
        return self._clock.now().astimezone(self._zone)

    def _in_office(self, at: datetime) -> datetime:
        """Give the first moment from *at* on at which a colleague sits at a desk."""
        local = self._workdays.local(at)
        day = self._workdays.business_day(local.date())
        if day == local.date() and local.hour < _CLOSES:
            return at if local.hour >= _OPENS else self._workdays.instant(day, time(_OPENS, 20))
        following = self._workdays.business_day(local.date(), 1) if day == local.date() else day
        return self._workdays.instant(following, time(_OPENS, 20))
