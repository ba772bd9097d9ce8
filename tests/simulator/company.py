"""One run: several workers on one store, the people they write to, and whoever watches.

The workers are the engine, the beat, the hands at the lanes and the ear at the mailbox as they
ship. Only what lies around them is of the stage.
"""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from io import StringIO
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from integrations.ics import IcsPost
from integrations.memory import MemoryCaller, MemoryInbox
from integrations.memory_calendar import MemoryCalendars
from integrations.mime.check import MimeWriter
from integrations.seating import ExactSolver
from tests.simulator.dice import Dice
from tests.simulator.outside import (
    Arrival,
    Nudges,
    PostOffice,
    Readers,
    StagedBook,
    StagedClock,
    StagedInbox,
    StagedMailer,
    StagedSent,
    StagedStopwatch,
    StagedStore,
)
from tests.simulator.stage import FAIR, SECOND, Found, Machine, Stage, Strand, Weather
from tests.simulator.story import ASKS, LETTER, START, SUBJECTS, Story
from tests.simulator.watch import Watcher
from tests.stores import STORES
from tests.world import MAILBOXES, open_quickly
from worker import logs
from worker.cli.beat import LONGEST, Beat
from worker.cli.phrases import Phrases
from worker.cli.run import Hands
from worker.domain.errors import StoreError
from worker.domain.facts import Digest, Fact, PersonId
from worker.domain.meetings import Said, Word
from worker.engine.clock_guard import ClockGuard
from worker.engine.engine import Engine, Outside, Rules
from worker.engine.enroll import publish
from worker.engine.fuse import FuseSetting
from worker.engine.journal.journal import journal_on
from worker.engine.journal.lanes import CLOCK
from worker.engine.journal.store import Store
from worker.engine.listen import Listener, Ours
from worker.engine.meetings.calendars import CalendarRules
from worker.engine.render import Office
from worker.playbook.bundle import Bundle
from worker.ports import SentFolder

if TYPE_CHECKING:
    from worker.domain.plan import Plan

CALM = timedelta(days=6)  # without misfortune at the end: whatever is due goes out
_OURS = Ours(
    {mailbox.address: name for name, mailbox in MAILBOXES.items()},
    receivers=("mx.tsunagu.example",),
)
_RESTART = (SECOND, timedelta(hours=1))
_SECRETS = ("meetings.tenant", "meetings.hints")
_LONGEST_LOOK = timedelta(days=1)
_LOOK_AT_A_CLOSED_CLOCK = timedelta(minutes=30)
_GREETING = "ご連絡ありがとうございます。元気にしています。よろしくお願いいたします。"


@dataclass
class _Ending:
    """What the beat waits at: a moment, or until there is something to do."""

    stage: Stage
    heard: str = ""

    def wait(self, longest: timedelta) -> bool:
        """Sleep; the long sleep of an idle beat ends when there is something to look at."""
        if longest >= LONGEST:
            self.stage.rest()
        else:
            self.stage.sleep(longest)
        return False

    def tell(self, who: Callable[[], None]) -> None:
        """Nobody asks to end: processes are killed."""


class _Bugs(StringIO):
    """Where workers write their log: a fault of ours in it ends the run."""

    def __init__(self, stage: Stage) -> None:
        super().__init__()
        self._stage = stage

    def write(self, line: str, /) -> int:
        """Take a line."""
        if '"event": "bug"' in line:
            self._stage.bug = line
        return len(line)


class Company:
    """Everybody and everything of one run."""

    def __init__(self, folder: Path, story: Story, seed: str, weather: Weather = FAIR) -> None:
        self.story = story
        self.stage = Stage(seed, START, weather, story.people)
        self.url = STORES.place(folder)
        self.shared = Store(self.url)
        self.journal = open_quickly(self.shared)
        self.readers = Readers(self.shared.reader)
        self.office = Office(
            MAILBOXES, {"name": "株式会社つなぐ"}, tell=Phrases("ja").reasons, language="ja"
        )
        self.rules = Rules(
            dict.fromkeys(MAILBOXES, story.limits),
            FuseSetting(least=1_000_000),
            CalendarRules(default="google", look_every=timedelta(days=1)),
        )
        true_clock = StagedClock(self.stage, Machine("world"))
        self.post = PostOffice(self.stage)
        self.nudges = Nudges(self.stage)
        self.caller = MemoryCaller()
        self.inbox = MemoryInbox(true_clock)
        self.mails = 0  # that have come
        self.calendars = MemoryCalendars(true_clock)
        self.plans: dict[Digest, Plan] = {}
        self._numbers = count(1)
        self._publish()
        self._people()
        self.watcher = Watcher(self)
        self.post.on_arrival = self._read_by_its_recipient
        self.stage.on_death = self._died
        for number in range(story.machines):
            self._start(f"worker-{chr(ord('a') + number)}")

    # --- what there is --------------------------------------------------------------------------

    def _publish(self) -> None:
        files = {
            f"mails/{name}.md": LETTER.format(title=title).encode()
            for name, title in SUBJECTS.items()
        }
        for name in _SECRETS:
            self.journal.marks.set(name, "5a" * 32)
        for plan in self.story.plans:
            bundle = Bundle({"playbook.yaml": repr(plan).encode(), **files})
            known = replace(plan, digest=bundle.digest)
            self.plans[known.digest] = known
            publish(self.journal, known.playbook, bundle, START)

    def _people(self) -> None:
        story, now = self.story, self.stage.now
        self.journal.staff.put(story.staff(), now)
        people = [story.person(number) for number in range(story.people)]
        self.journal.people.put(people, now)
        ids = [one.id for one in people]
        for plan in self.plans.values():
            self.journal.enrollments.enroll(ids, plan.playbook, plan.digest, now, now)
        for number, id_ in enumerate(ids):
            hold = story.hold_of(number, self.stage.dice)
            if hold is not None:
                since, until = hold
                self._noted(since, id_, "person.held")
                self._noted(until, id_, "person.released")
            declined_at = story.decline_of(number, self.stage.dice)
            if declined_at is not None:
                self._noted(declined_at, id_, "declined")

    def _noted(self, at: datetime, person: PersonId, name: str) -> None:
        """Have HR note something then."""

        def note() -> None:
            fact = Fact(name, self.stage.now)
            self.journal.facts.note([(person, fact)], self.stage.now, source="human")
            self.stage.tell(f"HR notes {name} of {person}")
            self.stage.committed()
            self.watcher.look()

        self.stage.at(at, note)

    # --- workers --------------------------------------------------------------------------------

    def _start(self, name: str) -> None:
        stage = self.stage
        machine = Machine(name)
        stage.machines.append(machine)
        store = StagedStore(self.shared, stage, self.readers)
        store.wrote = self.watcher.wrote
        machine.next_look = self._next_look
        machine.strands.append(Strand(stage, machine, lambda: self._work(machine, store)))

    def _died(self, machine: Machine) -> None:
        again = self.stage.now + self.stage.dice.between(*_RESTART)
        self.stage.at(again, lambda: self._start(machine.name))

    def _work(self, machine: Machine, store: Store) -> None:
        """Be one process: build an engine, then beat, look at lanes and listen."""
        stage = self.stage
        while True:
            with suppress(StoreError):
                engine = self._engine(machine, store)
                break
            stage.sleep(SECOND)
        hands = Hands(engine)
        listener = Listener(
            "hr",
            StagedInbox(stage, self.inbox, lambda: self.mails),
            engine.journal,
            engine.editions,
            clock=engine.clock,
            ours=_OURS,
        )
        for _ in range(self.story.crew):
            machine.strands.append(Strand(stage, machine, lambda: self._look(hands)))
        machine.strands.append(Strand(stage, machine, lambda: self._listen(listener)))
        beat = Beat(engine, look=self.nudges.send, is_resting=lambda: hands.rest)
        beat.run(_Ending(stage))  # type: ignore[arg-type]  # it waits as an `Ending` does

    def _look(self, hands: Hands) -> None:
        while True:
            hands.look(self.nudges.take())

    def _listen(self, listener: Listener) -> None:
        def pause(longest: timedelta) -> bool:
            self.stage.sleep(longest)
            return False

        while True:
            with suppress(StoreError):
                listener.listen(pause)
            self.stage.sleep(SECOND * 2)

    def _engine(self, machine: Machine, store: Store) -> Engine:
        stage, post = self.stage, self.post
        sent = StagedSent(stage, post, stage.dice)

        def sent_folder_of(mailbox: str) -> SentFolder | None:
            return sent if mailbox == "hr" else None

        clock = StagedClock(stage, machine)
        return Engine(
            journal_on(store),
            self.office,
            Outside(
                lambda mailbox: StagedMailer(stage, post, mailbox, connections=2),
                MimeWriter(),
                sent_folder_of,
                self.caller,
                {"crm": "s3cret"},
                lambda provider: (
                    None
                    if provider == "mail"
                    else StagedBook(stage, self.calendars, self.watcher.look_at_calendars)
                ),
                ExactSolver(),
                IcsPost,
            ),
            clock=clock,
            guard=ClockGuard(store, clock, StagedStopwatch(stage), machine.name),
            workspace=lambda bundle: self.plans[bundle.digest],
            rules=self.rules,
        )

    def _next_look(self) -> datetime | None:
        """Say when an idle machine must look again."""
        now = self.stage.now
        if any(one.code == CLOCK for one in self.journal.lanes.all()):
            return now + _LOOK_AT_A_CLOSED_CLOCK
        wake = self.journal.overview.next_wake(now)
        latest = now + _LONGEST_LOOK
        return latest if wake is None else min(wake, latest)

    # --- people ---------------------------------------------------------------------------------

    def _read_by_its_recipient(self, arrival: Arrival) -> None:
        envelope = arrival.envelope
        self.watcher.arrived(arrival)
        if envelope.key.partition("/")[2] != f"{ASKS}/0/0/mail":
            return
        dice = Dice(f"{envelope.key}/answers")
        if len(self.post.arrivals[envelope.key]) > 1 or dice.throw(100) >= self.story.answers:
            return
        after = dice.between(timedelta(minutes=2), timedelta(days=8))
        self.stage.at(self.stage.now + after, lambda: self._answers(arrival))

    def _answers(self, arrival: Arrival) -> None:
        envelope = arrival.envelope
        message = EmailMessage()
        message["From"], message["To"] = envelope.recipient, envelope.sender
        message["Subject"] = "Re: ようこそ"
        message["In-Reply-To"] = envelope.message_id
        message["Message-ID"] = f"<answer-{next(self._numbers)}@mail.example>"
        message.set_content(_GREETING)
        self.inbox.arrive(message.as_bytes(), at=self.stage.now)
        self.mails += 1
        self.watcher.answered(envelope)
        self.stage.tell(f"{envelope.recipient} answers")

    def talks_answered(self) -> None:
        """Have guests say yes to what they are invited to."""
        for entry in self.calendars.entries():
            if entry.is_cancelled:
                continue
            for address, said in entry.said.items():
                if said.word is Word.NOTHING:
                    self.calendars.answer(entry.event_key, address, Said(Word.ACCEPTED))

    # --- the run --------------------------------------------------------------------------------

    def play(self) -> None:
        """Live through the story, then some days without misfortune, and look at the accounts.

        Raises:
            Found: Something happened that must not.
        """
        self.stage.play(self.story.until)
        self.stage.weather = FAIR
        for machine in self.stage.machines:
            machine.offset = timedelta()
        self.stage.play(self.story.until + CALM)
        self.watcher.at_the_end()

    def close(self) -> None:
        """End everybody, and give the journal back."""
        self.stage.close()
        self.readers.close()
        self.watcher.close()
        self.journal.close()
        STORES.give_back(self.url)


@dataclass
class Played:
    """How a run went."""

    seed: str
    story: Story
    weather: Weather
    found: str = ""
    history: list[str] = field(default_factory=list)
    strikes: int = 0
    counts: dict[str, int] = field(default_factory=dict)
    points: int = 0
    mails: int = 0


def play(folder: Path, story: Story, seed: str, weather: Weather = FAIR) -> Played:
    """Play one seed."""
    company = Company(folder, story, seed, weather)
    played = Played(seed, story, weather)
    logs.begin(form="json", stream=_Bugs(company.stage))
    try:
        company.play()
    except Found as found:
        played.found = str(found)
    finally:
        logs.end()
        company.close()
    stage = company.stage
    played.history, played.strikes = stage.history, len(stage.strikes)
    played.counts, played.points = dict(stage.counts), stage.points
    played.mails = sum(len(one) for one in company.post.arrivals.values())
    return played
