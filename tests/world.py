"""A whole engine in memory and one file, with a clock turned by hand."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from integrations.ics import IcsPost
from integrations.memory import MemoryCaller, MemoryInbox, MemoryMailer
from integrations.memory_calendar import MemoryBook, MemoryCalendars
from integrations.mime.check import MimeWriter
from integrations.seating import ExactSolver
from tests.stores import STORES
from worker.cli.phrases import Phrases
from worker.domain.facts import Digest, Fact, Facts, PersonId, PlaybookId, StaffId
from worker.domain.intents import State
from worker.domain.plan import Plan
from worker.engine.begun import Begun
from worker.engine.engine import Engine, Outside, Rules
from worker.engine.enroll import publish
from worker.engine.fuse import FuseSetting
from worker.engine.journal.desk import Wish
from worker.engine.journal.journal import Journal, journal_on
from worker.engine.journal.store import Store
from worker.engine.ledger import Limits
from worker.engine.meetings.calendars import CalendarRules
from worker.engine.reconcile import NoWayOut
from worker.engine.render import Office
from worker.people.records import PersonRecord, StaffRecord
from worker.playbook.bundle import Bundle
from worker.ports import (
    Address,
    CalendarBook,
    Clock,
    Envelope,
    Mailer,
    MailWriter,
    SentFolder,
    Solver,
)

if TYPE_CHECKING:
    from worker.engine.clock_guard import ClockGuard

TOKYO = ZoneInfo("Asia/Tokyo")
MAILBOXES = {
    "hr": Address("saiyo@tsunagu.example", "採用担当"),
    "president": Address("tanaka@tsunagu.example", "田中社長"),
}
STAFF = (
    StaffRecord(StaffId("m1"), "佐藤 花子", "hanako@tsunagu.example", ("mentor",), "開発部"),
    StaffRecord(StaffId("h1"), "鈴木 一郎", "ichiro@tsunagu.example", ("hr", "hr_manager")),
)
LETTER = "---\nsubject: {title}\n---\n\n{{{{ person.name }}}}さん\n\nお元気ですか。\n"


def at(written: str) -> datetime:
    """Read a time as the company's wall clock shows it.

    >>> at("2026-04-02 09:00").isoformat()
    '2026-04-02T00:00:00+00:00'
    """
    return datetime.fromisoformat(written).replace(tzinfo=TOKYO).astimezone(UTC)


class HandClock:
    """A clock that stands still until somebody turns it."""

    def __init__(self, written: str) -> None:
        self._now = at(written)

    def now(self) -> datetime:
        """Give the time it shows."""
        return self._now

    def turn_to(self, now: datetime) -> None:
        """Show *now* from now on; also backwards."""
        self._now = now


@dataclass(frozen=True, slots=True)
class Seen:
    """A mail as it arrived."""

    key: str
    to: str
    subject: str
    text: str
    headers: Mapping[str, str]


class World:
    """The real engine on a file, with twins around it."""

    def __init__(  # noqa: PLR0913 - what a test may want to be otherwise, by name
        self,
        folder: Path,
        *,
        start: str = "2026-04-01 09:00",
        limits: Limits | None = None,
        fuse: FuseSetting | None = None,
        store: Store | None = None,
        connections: int = 3,
        blind: bool = True,
        solver: Solver | None = None,
        calendars: str = "google",
        language: str = "ja",
        begun: Begun | None = None,
    ) -> None:
        """Make a world.

        Args:
            folder: Where its journal lies.
            start: What the clock shows, in Tokyo.
            limits: Of every mailbox.
            fuse: When it blows; not at all if nothing is said.
            store: One that is there already, or that fails on purpose.
            connections: Of each mailbox.
            blind: No sent folder can be looked into.
            calendars: Which provider has the calendars of staff.
            language: Of what is written to staff.
            begun: Who counts what is begun; nobody if nothing is said.
            solver: Who finds times for meetings; the one that ships if nothing is said.
        """
        self.solver = solver or ExactSolver()
        self.folder = folder
        self.begun = begun
        self.url = STORES.place(folder)
        self.clock = HandClock(start)
        self.journal = open_quickly(store or Store(self.url))
        self.office = Office(
            MAILBOXES,
            {"name": "株式会社つなぐ"},
            language=language,
            tell=Phrases(language).reasons,
        )
        self.rules = Rules(
            {name: limits or Limits() for name in MAILBOXES},
            fuse or FuseSetting(least=1_000_000),
            CalendarRules(default=calendars, look_every=timedelta(hours=6)),
        )
        self._connections = connections
        self.blind = blind
        self._gone: list[MemoryMailer] = []  # of earlier processes: what they sent has arrived
        self.mailers: dict[str, MemoryMailer] = {}
        self.caller = MemoryCaller()
        self.inbox = MemoryInbox(self.clock)  # of HR; who listens to it is for a test to say
        self.calendars = MemoryCalendars(self.clock)
        self.book_of: Callable[[], CalendarBook | None] = lambda: MemoryBook(self.calendars)
        self.writer: MailWriter = MimeWriter()
        self.plans: dict[Digest, Plan] = {}
        self.letters: dict[str, str] = {}  # templates that are not the usual one
        self.journal.staff.put(STAFF, self.clock.now())
        self.guard: ClockGuard | None = None  # the clock is turned by hand: nobody watches it
        self.engine = self.restarted()

    def restarted(self) -> Engine:
        """Give a new engine on the same journal, as after a crash: nothing else is remembered."""
        self._gone += self.mailers.values()
        self.mailers = {
            name: MemoryMailer(connections=self._connections, clock=self.clock)
            for name in MAILBOXES
        }
        self.engine = self._engine(self.clock, self.rules)
        return self.engine

    def reliving(self, clock: Clock) -> Engine:
        """Give an engine that lives through lost time again, and has no way out."""
        rules = replace(self.rules, limits={}, relives=True)
        return self._engine(clock, rules, mailer_of=lambda _: NoWayOut())

    def _engine(
        self,
        clock: Clock,
        rules: Rules,
        *,
        mailer_of: Callable[[str], Mailer] | None = None,
    ) -> Engine:
        return Engine(
            self.journal,
            self.office,
            Outside(
                mailer_of or self.mailers.__getitem__,
                self.writer,
                self._sent_folder,
                None if rules.relives else self.caller,
                {"crm": "s3cret"},
                lambda provider: None if provider == "mail" else self.book_of(),
                self.solver,
                IcsPost,
            ),
            clock=clock,
            workspace=lambda bundle: self.plans[bundle.digest],
            rules=rules,
            begun=self.begun,
            guard=self.guard,
        )

    def _sent_folder(self, _: str) -> SentFolder:
        return _Sent(self)

    def back_up(self) -> str:
        """Copy the journal as it stands; gives where the copy lies."""
        self.journal.close()
        copied = STORES.copy(self.url, self.folder)
        self.journal = open_quickly(Store(self.url))
        self.restarted()
        return copied

    def restore(self, copied: str) -> None:
        """Put a copy in the place of the journal, and start on it."""
        self.journal.close()
        self.url = copied
        self.journal = open_quickly(Store(self.url))
        self.restarted()

    @property
    def now(self) -> datetime:
        """The time."""
        return self.clock.now()

    def publish(self, plan: Plan, mails: Mapping[str, str] | None = None) -> Plan:
        """Make *plan* a version whose templates are *mails* (subjects by name)."""
        titles = mails or {"welcome": "ようこそ", "reminder": "その後いかがですか"}
        files = {
            f"mails/{name}.md": self.letters.get(name, LETTER.format(title=title)).encode()
            for name, title in titles.items()
        }
        bundle = Bundle({"playbook.yaml": repr(plan).encode(), **files})
        plan = replace(plan, digest=bundle.digest)
        self.plans[plan.digest] = plan
        publish(self.journal, plan.playbook, bundle, self.now)
        self.engine.read_versions()
        return plan

    def person(self, id_: str, *, email: str = "", mentor: str = "m1", **facts: str) -> PersonId:
        """Have somebody known, with dated facts."""
        record = PersonRecord(
            PersonId(id_),
            id_,
            email or f"{id_}@mail.example",
            department="開発部",
            mentor=(StaffId(mentor),),
            facts={name: at(written) for name, written in facts.items()},
        )
        self.journal.people.put([record], self.now)
        return record.id

    def enroll(
        self, id_: str, plan: Plan, *, email: str = "", mentor: str = "m1", **facts: str
    ) -> PersonId:
        """Have somebody known and enrolled."""
        person = self.person(id_, email=email, mentor=mentor, **facts)
        self.journal.enrollments.enroll([person], plan.playbook, plan.digest, self.now, self.now)
        return person

    def crowd(self, ids: Iterable[str], plan: Plan, **facts: str) -> list[PersonId]:
        """Have many people known and enrolled."""
        dated = {name: at(written) for name, written in facts.items()}
        records = [
            PersonRecord(PersonId(id_), id_, f"{id_}@mail.example", facts=dated) for id_ in ids
        ]
        people = [record.id for record in records]
        self.journal.people.put(records, self.now)
        self.journal.enrollments.enroll(people, plan.playbook, plan.digest, self.now, self.now)
        return people

    def note(self, id_: str, name: str, *, playbook: str = "", value: str | None = None) -> None:
        """Note a fact of somebody, as of now."""
        fact = Fact(name, self.now, PlaybookId(playbook), value=value)
        self.journal.facts.note([(PersonId(id_), fact)], self.now, source="human")

    def facts(self, id_: str) -> Facts:
        """Give what is known of somebody."""
        return self.journal.facts.of(PersonId(id_))

    def run_until(self, written: str) -> None:
        """Live until then."""
        self.engine.run_until(at(written), self.clock)

    def run(self) -> None:
        """Do what is due now."""
        self.engine.run_until_idle()

    def wishes(self, id_: str) -> list[Wish]:
        """Give all intents of somebody."""
        return self.journal.desk.wishes(PersonId(id_))

    def states(self, id_: str) -> list[State]:
        """Give how the intents of somebody stand."""
        return [wish.state for wish in self.wishes(id_)]

    def reopen(self, store: Store | None = None) -> None:
        """Open the journal anew, as another process would, and start an engine on it."""
        self.journal.close()
        self.journal = open_quickly(store or Store(self.url))
        self.restarted()

    def _everyone(self) -> list[MemoryMailer]:
        return [*self._gone, *self.mailers.values()]

    @property
    def envelopes(self) -> list[Envelope]:
        """What was handed over and accepted, as bytes."""
        return [one for mailer in self._everyone() for one in mailer.arrived]

    @property
    def arrived(self) -> list[Seen]:
        """What recipients would find in their mailboxes."""
        return [_seen(one) for mailer in self._everyone() for one in mailer.arrived]

    def close(self) -> None:
        """Give the journal back."""
        self.journal.close()
        STORES.give_back(self.url)


def open_quickly(store: Store) -> Journal:
    """Open a journal that does not wait for the disk: no test cuts the power of the machine."""
    return journal_on(STORES.open(store))


class _Sent:
    """The sent folder of every mailbox, over all lives of a world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail arrived; None while the world is blind."""
        if self._world.blind:
            return None
        ids = [mail.headers["Message-ID"] for mail in self._world.arrived]
        return message_id in ids


def _seen(envelope: Envelope) -> Seen:
    message = message_from_bytes(envelope.content)
    text = ""
    for part in message.walk():
        if part.get_content_type() == "text/plain":
            payload = part.get_payload(decode=True)
            text = payload.decode() if isinstance(payload, bytes) else ""
    subject = str(make_header(decode_header(message["Subject"])))
    headers = {name: str(value) for name, value in message.items()}
    return Seen(envelope.key, envelope.recipient, subject, text.replace("\r\n", "\n"), headers)
