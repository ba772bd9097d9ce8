"""Who watches a run: what was promised to candidates and to HR, looked at after every commit.

It reads the journal's own tables and what recipients have; it asks the engine nothing.
"""

import sqlite3
from collections import Counter, deque
from datetime import datetime, timedelta
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING

from sqlalchemy import text

from tests.simulator.outside import Arrival
from tests.simulator.stage import Found, Strand
from tests.simulator.story import ASKS, NAITEI
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.domain.meetings import Span, Word
from worker.engine.journal.lanes import mailbox_of
from worker.engine.tables import moment, stamp
from worker.ports import Envelope

if TYPE_CHECKING:
    from tests.simulator.company import Company

OFF = timedelta(minutes=2)  # by so much a clock may be wrong without being noticed
_HELD = {State.CLAIMED.value, State.BEGUN.value}
CANDIDATES = "@mail.example"
_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)

_WATCH = (
    (
        "CREATE TABLE watched (n INTEGER PRIMARY KEY, id INTEGER, was TEXT, is_now TEXT,"
        " old_fence INTEGER, fence INTEGER, lease INTEGER, key TEXT, person TEXT)"
    ),
    (
        "CREATE TRIGGER watch_intents AFTER UPDATE OF state, fence ON intent"
        " WHEN OLD.state <> NEW.state OR OLD.fence <> NEW.fence BEGIN"
        " INSERT INTO watched (id, was, is_now, old_fence, fence, lease, key, person)"
        " VALUES (NEW.id, OLD.state, NEW.state, OLD.fence, NEW.fence, OLD.next_at, NEW.key,"
        " NEW.person_id); END"
    ),
)
_CHANGES = (
    "SELECT n, was, is_now, old_fence, fence, lease, key, person FROM watched WHERE n > ?"
    " ORDER BY n"
)
_FACTS = "SELECT id, person_id, name FROM fact WHERE id > ? ORDER BY id"
_ROW = (
    "SELECT state, due_at, deadline, step, occurrence, rung, kind, resent FROM intent WHERE key = ?"
)


def _named(cursor: sqlite3.Cursor, row: tuple[object, ...]) -> SimpleNamespace:
    """Give a row whose columns are attributes."""
    return SimpleNamespace(
        **{of[0]: value for of, value in zip(cursor.description, row, strict=True)}
    )


_HELD_FOR_NOTHING = text(
    "SELECT hold.meeting_id, meeting.state FROM hold"
    " LEFT JOIN meeting ON meeting.id = hold.meeting_id"
    " WHERE meeting.id IS NULL OR meeting.state IN ('cancelled', 'human', 'lost')"
)


class Watcher:
    """Sees every change of an intent, every mail, every event in a calendar."""

    def __init__(self, company: "Company") -> None:
        self._company = company
        self._stage = company.stage
        self._changes = self._facts = 0
        self._claimed_by: dict[int, str] = {}  # process, by fence
        self._looks = 0
        self._begun: dict[str, int] = {}  # the look at which an intent was seen to be begun
        self._known: dict[tuple[str, str], int] = {}  # at which a fact was seen
        self._is_held: dict[str, bool] = {}
        self._held_when_begun: dict[str, bool] = {}
        self._answered: Counter[str] = Counter()
        self._got: dict[tuple[str, ...], str] = {}  # the key of what somebody got, by what it is
        self._sent: dict[str, tuple[deque[datetime], deque[datetime]]] = {}
        company.post.on_hand_over = self.handed_over
        company.post.on_counted = self.counted
        with company.shared.write() as connection:
            for statement in _WATCH:
                connection.execute(text(statement))
        # Bare: it looks after every commit.
        self._journal = sqlite3.connect(company.shared.path or "", check_same_thread=False)
        self._journal.row_factory = _named

    def close(self) -> None:
        """Look no more."""
        self._journal.close()

    # --- after each commit ----------------------------------------------------------------------

    def wrote(self, strand: Strand) -> None:
        """Look at what a strand has just committed."""
        self._look(strand)

    def look(self) -> None:
        """Look at what HR has just noted."""
        self._look(None)

    def _look(self, strand: Strand | None) -> None:
        self._looks += 1
        for fact in self._journal.execute(_FACTS, (self._facts,)).fetchall():
            self._facts = fact.id
            self._known.setdefault((fact.person_id, fact.name), self._looks)
            if fact.name in {"person.held", "person.released"}:
                self._is_held[fact.person_id] = fact.name == "person.held"
        for row in self._journal.execute(_CHANGES, (self._changes,)).fetchall():
            self._changes = row.n
            self._changed(row, strand)

    def _row(self, key: str) -> SimpleNamespace:
        """Read how an intent stands."""
        row: SimpleNamespace = self._journal.execute(_ROW, (key,)).fetchone()
        return row

    def _changed(self, row: SimpleNamespace, strand: Strand | None) -> None:
        if strand is None:
            return
        name = f"{strand.machine.name}/{id(strand.machine)}"
        # Whoever found its clock set goes on by the time that has passed, which is the stage's.
        here = self._stage.now + max(strand.machine.offset, timedelta())
        if row.is_now == State.CLAIMED.value:
            if row.was != State.READY.value and row.fence != row.old_fence:
                raise Found(f"{row.key}: claimed although it was {row.was}, in somebody's hands")
            self._claimed_by.setdefault(row.fence, name)
        elif row.was in _HELD and row.is_now != State.DONE.value:
            is_over = row.lease is not None and row.lease <= stamp(here)
            owner = self._claimed_by.get(row.old_fence)
            if owner != name and not is_over:
                raise Found(
                    f"{row.key}: {strand.machine.name} made it {row.is_now} while another worker"
                    " had it"
                )
        if row.is_now == State.BEGUN.value:
            self._begun[row.key] = self._looks
            self._held_when_begun[row.key] = self._is_held.get(row.person, False)
        if row.was == State.DONE.value:
            raise Found(f"{row.key}: it was done, and became {row.is_now}")

    # --- mails ----------------------------------------------------------------------------------

    def handed_over(self, envelope: Envelope) -> None:
        """Look at a mail that is about to leave."""
        now = self._stage.now
        row = self._row(envelope.key)
        if row.state != State.BEGUN.value:
            raise Found(
                f"{envelope.key}: handed over although it is {row.state}, and not written"
                " down as begun"
            )
        if now + OFF < moment(row.due_at):
            early = moment(row.due_at) - now
            raise Found(f"{envelope.key}: leaves {early} before its moment")
        if row.deadline is not None and now > moment(row.deadline) + OFF:
            raise Found(f"{envelope.key}: leaves {now - moment(row.deadline)} after its deadline")
        if envelope.recipient.endswith(CANDIDATES):
            self._to_a_candidate(envelope, row.rung)

    def _to_a_candidate(self, envelope: Envelope, rung: int) -> None:
        person = envelope.recipient.partition("@")[0]
        begun = self._begun[envelope.key]
        answer = self._known.get((person, f"{ASKS}.replied"))
        if rung and answer is not None and answer < begun:
            raise Found(f"{envelope.key}: a reminder, although the answer was known")
        declined = self._known.get((person, "declined"))
        if declined is not None and declined < begun:
            raise Found(f"{envelope.key}: a mail to {person}, who was known to have declined")
        if self._held_when_begun.get(envelope.key):
            raise Found(f"{envelope.key}: a mail to {person}, for whom HR holds everything")

    def counted(self, mailbox: str) -> None:
        """Look at how many mails a server has been given."""
        now = self._stage.now
        limits = self._company.story.limits
        minute, day = self._sent.setdefault(mailbox, (deque(), deque()))
        for times, span, most in (
            (minute, _MINUTE, limits.per_minute),
            (day, _DAY, limits.per_day),
        ):
            times.append(now)
            while times and times[0] <= now - span:
                times.popleft()
            if most is not None and len(times) > most:
                raise Found(f"{mailbox}: {len(times)} mails within {span}, and {most} are allowed")

    def arrived(self, arrival: Arrival) -> None:
        """Look at a mail that has reached somebody."""
        key = arrival.envelope.key
        self._stage.tell(f"{arrival.envelope.recipient} gets {key}")
        copies = self._company.post.arrivals[key]
        if len({one.envelope.content for one in copies}) > 1:
            raise Found(f"{key}: two attempts sent different bytes")
        row = self._row(key)
        playbook = key.partition("/")[0]  # the enrollment
        what = (arrival.envelope.recipient, playbook, row.step, row.occurrence, row.rung, row.kind)
        first = self._got.setdefault(tuple(map(str, what)), key)
        if first != key and row.kind == "mail":
            raise Found(f"{key}: {arrival.envelope.recipient} got the same as {first}")
        if len(copies) > 1:
            if len(copies) > (2 if row.resent else 1):
                raise Found(
                    f"{key}: {arrival.envelope.recipient} gets it"
                    f" {len(copies)} times, and nobody was in doubt"
                )
            to = arrival.envelope.recipient
            if to.endswith(CANDIDATES) and arrival.mailbox == "hr":
                raise Found(f"{key}: {to} gets it twice, and its sent folder was there to ask")

    def answered(self, envelope: Envelope) -> None:
        """Remember that somebody has answered."""
        self._answered[envelope.recipient.partition("@")[0]] += 1

    # --- calendars ------------------------------------------------------------------------------

    def look_at_calendars(self) -> None:
        """Look at the calendars: nobody is in two meetings at once, or twice in the same one."""
        taken: dict[str, list[Span]] = {}
        for entry in self._company.calendars.entries():
            if entry.is_cancelled or entry.when is None:
                continue
            coming = {who for who, said in entry.said.items() if said.word is not Word.DECLINED}
            for who in {entry.organiser, *coming}:
                taken.setdefault(who, []).append(entry.when)
        for who, spans in taken.items():
            for one, other in pairwise(sorted(spans)):
                if other.start < one.end:
                    raise Found(f"{who}: two meetings of ours at {one.start} and {other.start}")

    # --- at the end -----------------------------------------------------------------------------

    def at_the_end(self) -> None:
        """Compare the accounts: the journal's, and the recipients'."""
        company, now = self._company, self._stage.now
        self.look_at_calendars()
        journal = company.journal
        with journal.store.read() as connection:
            for meeting, state in connection.execute(_HELD_FOR_NOTHING):
                raise Found(f"{meeting}: time is held for it, and it is {state or 'gone'}")
        closed = {one.lane for one in journal.lanes.all() if one.until is None}
        overdue = journal.overview.at(now).to_look_at
        if overdue:
            raise Found(f"{overdue} people are due, and nobody looks at them")
        for parked in journal.overview.at(now).parked:
            raise Found(f"{parked.person}: parked for a fault of ours: {parked.why}")
        for number in range(company.story.people):
            person = PersonId(f"p{number}")
            self._person(person, closed, now)

    def _person(self, person: PersonId, closed: set[str], now: datetime) -> None:
        company = self._company
        wishes = company.journal.desk.wishes(person)
        for wish in wishes:
            copies = company.post.arrivals.get(wish.key, [])
            is_mail = mailbox_of(wish.lane) is not None
            if wish.state is State.DONE and is_mail and not copies:
                raise Found(f"{wish.key}: said to be sent, and {person} never got it")
            if wish.state is State.PARKED and "a worker ended" not in wish.outcome:
                raise Found(f"{wish.key}: parked for a fault of ours: {wish.outcome}")
            waits = wish.state in {State.READY, State.CLAIMED, State.BEGUN}
            if waits and wish.lane not in closed and wish.due_at < now - _DAY * 4:
                raise Found(
                    f"{wish.key}: due since {wish.due_at}, {wish.state.value}, and nobody sends it"
                )
            if copies and wish.state not in {State.DONE, State.DOUBT, State.REFUSED}:
                raise Found(f"{wish.key}: {person} got it, and the journal says {wish.state.value}")
        self._what_came_too_late(person, {(wish.step, wish.kind) for wish in wishes})
        self._account_of_facts(person, {(wish.step, wish.rung, wish.occurrence) for wish in wishes})

    def _what_came_too_late(self, person: PersonId, wished: set[tuple[str, str]]) -> None:
        """Look at `late`: what may be skipped troubles nobody, what is to be escalated is told."""
        facts = self._company.journal.facts.of(person)
        missed = facts.first("form.missed", NAITEI.playbook) is not None
        if missed != (("form", "alert") in wished):
            raise Found(f"{person}: what came too late was to be told, and was not")
        if ("seat", "alert") in wished:
            raise Found(f"{person}: what may be skipped was told to staff")

    def _account_of_facts(self, person: PersonId, wished: set[tuple[str, int, int]]) -> None:
        names: Counter[str] = Counter()
        for noted in self._company.journal.facts.history(person):
            fact = noted.fact
            step, _, word = fact.name.rpartition(".")
            names[fact.name] += noted.source == "mail"
            if word == "due":
                step, _, rung = step.partition(".rung")
                if (step, int(rung or 0), fact.occurrence) not in wished:
                    raise Found(f"{person}: {fact.name} was noted, and nothing was wished")
        answers = names[f"{ASKS}.replied"]
        if answers != self._answered[person]:
            raise Found(
                f"{person}: answered {self._answered[person]} times, noted were {answers} answers"
            )
        has_declined = (person, "declined") in self._known
        if not has_declined and not any(step == ASKS for step, _, _ in wished):
            raise Found(f"{person}: forgotten: the first mail was never decided on")
