"""What is due, a hundred people at a time: facts in, decisions, intents out, in one transaction.

Whoever dies in the middle leaves nothing half written: either the intents, the facts that say so
and the instant at which to look again stand together, or the same people are looked at again.
"""

import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, null, select, update

from worker import logs
from worker.domain.cases import Case, Decision, due_fact, is_message
from worker.domain.decide import decide
from worker.domain.errors import BrokenPromise, StoreError
from worker.domain.facts import PersonId
from worker.domain.intents import KIND, Intent, State
from worker.domain.plan import Alert, Enroll, Mail, Meeting, Survey, Task, Update, Webhook
from worker.engine import fuse, tables
from worker.engine.clock_guard import ClockGuard
from worker.engine.enroll import Audience
from worker.engine.fuse import LOOK_AGAIN, FuseSetting
from worker.engine.herald import Herald
from worker.engine.journal.as_text import to_json, why_json
from worker.engine.journal.cases import load_cases
from worker.engine.journal.facts import write_facts
from worker.engine.journal.intents import has_due, write_intents
from worker.engine.journal.lanes import (
    CLOCK,
    LOCAL,
    MEETINGS,
    WEBHOOK,
    Closed,
    close_lane,
    is_closed,
    mail_lane,
    open_lane,
    read_lane,
)
from worker.engine.journal.lookout import Lookout, Sight
from worker.engine.journal.marks import LAST_TICK, read_mark, write_mark
from worker.engine.journal.rows import fact_row
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store
from worker.engine.meetings.meetings import Meetings
from worker.engine.meetings.promises import Outlook
from worker.engine.render import Editions, Office
from worker.engine.tables import moment, stamp

BATCH = 100
EVERYBODY = 100_000
FULL = 400  # ready intents of one open lane: planning waits for them to leave

_BACK = timedelta(minutes=2)  # a clock may be corrected by so much
_AHEAD = timedelta(days=1)
_MARK_EVERY = timedelta(minutes=1)
_MARK_JUMP = "clock.jumped"

_person = tables.person.c

Decide = Callable[[Case, datetime], Decision]


@dataclass(frozen=True, slots=True)
class Ticked:
    """What one tick did."""

    people: int = 0  # looked at
    intents: int = 0  # written
    lanes: frozenset[str] = frozenset()  # in which something is due: to be nudged
    held: int = 0  # by the fuse
    parked: tuple[PersonId, ...] = ()  # for a fault of ours
    full: bool = False  # stopped early, because a lane has enough to do
    clock_is_back: bool = False  # nothing was done: the clock shows an earlier time than before
    is_behind: bool = False  # nothing was done: the journal is older than what was done
    clock_is_wrong: bool = False  # nothing is begun in this process


@dataclass(slots=True)
class _Batch:
    """What one batch is about to write."""

    now: int
    intents: list[dict[str, Any]] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)
    wakes: list[dict[str, Any]] = field(default_factory=list)
    parked: list[dict[str, Any]] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    outlooks: list[Outlook] = field(default_factory=list)
    lanes: set[str] = field(default_factory=set)


class Ticker:
    """Looks at everybody whose time has come. Safe to run beside others like it."""

    def __init__(  # noqa: PLR0913 - what the engine joins here, by name
        self,
        store: Store,
        editions: Editions,
        office: Office,
        *,
        audience: Audience | None = None,
        fuse_setting: FuseSetting | None = None,
        unfinished: Callable[[], frozenset[str]] = frozenset,
        meetings: Meetings | None = None,
        decision: Decide = decide,
        relives: bool = False,
        guard: ClockGuard | None = None,
        herald: Herald | None = None,
    ) -> None:
        """Join what a tick needs.

        Args:
            store: The journal's database.
            editions: The versions of playbooks.
            office: Which mailboxes there are, and which one alerts leave from.
            audience: Whom playbooks take in by themselves; nobody if nothing is said.
            fuse_setting: When the fuse blows.
            unfinished: Lanes in which somebody should look although nothing is due there.
            meetings: Who looks after meetings; None: nobody does.
            decision: What decides.
            relives: It is lost time that is lived through again.
            guard: Who watches the clock; None: it is turned by hand.
            herald: Who tells HR of ways that stopped; None: nobody does.
        """
        self._guard = guard
        self._herald = herald
        self._store = store
        self._editions = editions
        self._office = office
        self._audience = audience or Audience()
        self._fuse = fuse_setting or FuseSetting()
        self._unfinished = unfinished
        self._decide = decision
        self._meetings = meetings
        self._lanes = (
            *(() if meetings is None else meetings.lanes),
            *(mail_lane(mailbox) for mailbox in sorted(office.mailboxes)),
            WEBHOOK,
            LOCAL,
        )
        self.lookout = Lookout(store, self._lanes, relives=relives)
        self._last: datetime | None = None  # tick, as this process knows it
        self._marked: datetime | None = None

    def tick(self, now: datetime, *, most: int = EVERYBODY) -> Ticked:
        """Decide on everybody who is due at *now*, at most *most*, and write what follows.

        Stops early while a lane has enough to do. With nothing due it is one look at each index.
        """
        is_wrong = self._guard is not None and not self._guard.look()
        if self._last is None and self.lookout.look(now).is_behind(now):
            return Ticked(is_behind=True)
        if not self._clock_holds(now):
            return Ticked(clock_is_back=True)
        people = intents = held = 0
        lanes: set[str] = set()
        parked: list[PersonId] = []
        full = False
        if self._meetings is not None:
            self._meetings.mind_the_clocks(now)
        sight = self.lookout.look(now)
        while people < most and sight.has_people(now):
            if sight.is_behind(now):
                return Ticked(is_behind=True)
            if full := self._is_full(sight, now):
                break
            looked_at, batch = self._batch(now, min(BATCH, most - people))
            if not looked_at:
                break
            people += looked_at
            intents += len(batch.intents)
            held += len(batch.held)
            lanes |= batch.lanes
            parked += (PersonId(row["the_id"]) for row in batch.parked)
            sight = self.lookout.look(now)
        due = frozenset(lanes) | sight.due_lanes(now) | self._unfinished()
        if self._herald is not None and sight.has_bulletins(now):
            due |= self._herald.lanes_due(now)
        return Ticked(people, intents, due, held, tuple(parked), full=full, clock_is_wrong=is_wrong)

    def _is_full(self, sight: Sight, now: datetime) -> bool:
        with self._store.look() as connection:
            due = sight.due_lanes(now)
            return any(has_due(connection, lane, stamp(now), FULL) for lane in sorted(due))

    def _batch(self, now: datetime, size: int) -> tuple[int, _Batch]:
        """Look at *size* people in one transaction."""
        batch = _Batch(stamp(now))
        with self._store.write() as connection:
            due = _DUE_PEOPLE.rows(connection, {"now": batch.now, "most": size})
            people = [row[0] for row in due]
            if people:
                cases = load_cases(connection, people, self._editions.plan)
                cases = self._audience.admit(connection, cases, self._editions.plan, now)
                decisions = [(case, self._decided(case, now, batch)) for case in cases.values()]
                self._collect(connection, decisions, now, batch)
                _write(connection, batch)
                if self._meetings is not None:
                    self._meetings.withdraw(connection, cases, now)
                    self._meetings.keep_promises(connection, batch.outlooks, now)
        return len(people), batch

    def _decided(self, case: Case, now: datetime, batch: _Batch) -> Decision | None:
        """Decide on one person; a fault of ours parks this person and nobody else."""
        try:
            decision = self._decide(case, now)
            for intent in decision.intents:
                self._lane_of(intent)
            _refuse_to_spin(decision, now)
            again = self._audience.looks_again(case, self._editions.plan, now)
        except StoreError:  # nothing of ours is wrong: it goes on when the journal is back
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is ours, and of one person
            logs.bug(doing=f"person {case.person.id}", error=error)
            batch.parked.append({"the_id": case.person.id, "why": traceback.format_exc(limit=-6)})
            return None
        if again is None:
            return decision
        return replace(decision, wake_at=min(again, decision.wake_at or again))

    def _collect(
        self,
        connection: Connection,
        decisions: Sequence[tuple[Case, Decision | None]],
        now: datetime,
        batch: _Batch,
    ) -> None:
        """Gather what is to be written, unless the fuse holds those who would be written to."""
        written_to = sum(
            decision is not None and any(map(_writes_to_the_person, decision.intents))
            for _, decision in decisions
        )
        admitted = fuse.admit(
            connection, written_to, self._fuse, now, jumped=self._has_jumped(connection, now)
        )
        for case, decision in decisions:
            if decision is None:
                continue
            person = case.person.id
            if not admitted and any(map(_writes_to_the_person, decision.intents)):
                batch.held.append(person)
                batch.wakes.append({"the_id": person, "wake_at": stamp(now + LOOK_AGAIN)})
                continue
            seen = set()
            for intent in decision.intents:
                batch.intents += self._rows(intent, case, batch)
                fact = due_fact(intent)
                if fact not in seen:
                    seen.add(fact)
                    batch.facts.append(fact_row(person, fact, batch.now, "tick"))
            for note in decision.notes:
                batch.facts.append(fact_row(person, note.fact, batch.now, "tick"))
            looks = (
                decision.wake_at,
                self._looks_ahead(case, decision, now, batch),
            )
            wake_at = min((stamp(at) for at in looks if at is not None), default=None)
            batch.wakes.append({"the_id": person, "wake_at": wake_at})

    def _looks_ahead(
        self, case: Case, decision: Decision, now: datetime, batch: _Batch
    ) -> datetime | None:
        """Take down what is promised to a person; says when there may be more of it."""
        outlook = None if self._meetings is None else self._meetings.foresee(case, decision, now)
        if outlook is None:
            return None
        batch.outlooks.append(outlook)
        return outlook.foreseen.look_at

    def _rows(self, intent: Intent, case: Case, batch: _Batch) -> Iterable[dict[str, Any]]:
        """Write an intent as rows: one, and an alert as one for each member of staff."""
        lane = self._lane_of(intent)
        if not intent.draft:
            batch.lanes.add(lane)
        row = {
            "key": intent.key,
            "person_id": intent.person,
            "enrollment_id": intent.enrollment,
            "playbook": intent.playbook,
            "digest": _digest_of(intent, case),
            "step": intent.step.id,
            "occurrence": intent.occurrence,
            "rung": intent.rung,
            "kind": KIND[type(intent.action)],
            "recipient": "",
            "lane": lane,
            "state": State.DRAFT.value if intent.draft else State.READY.value,
            "next_at": None if intent.draft else batch.now,
            "priority": intent.step.priority,
            "due_at": stamp(intent.due_at),
            "deadline": None if intent.deadline is None else stamp(intent.deadline),
            "why": why_json(intent.why),
            "line": _line_of(intent),
        }
        if not isinstance(intent.action, Alert):
            return (row,)
        staff = {one.id for role in intent.action.to for one in case.person.roles.get(role, ())}
        if not staff:
            return (row,)
        return tuple(
            {**row, "key": f"{intent.key}/{id_}", "recipient": id_} for id_ in sorted(staff)
        )

    def _lane_of(self, intent: Intent) -> str:
        match intent.action:
            case Mail():
                return mail_lane(intent.action.sender)
            case Survey():
                return mail_lane(intent.action.sender or self._office.alerts_from)
            case Alert():
                return mail_lane(self._office.alerts_from)
            case Webhook():
                return WEBHOOK
            case Task() | Update() | Enroll():
                return LOCAL
            case Meeting() if self._meetings is not None:
                return MEETINGS
            case _:
                raise BrokenPromise(
                    f"{intent.key}: this release does not perform {KIND[type(intent.action)]!r}, "
                    "and should not have started on this playbook."
                )

    def _clock_holds(self, now: datetime) -> bool:
        """Look at the clock: back by minutes, nothing is done until it has caught up."""
        if self._last is not None and self._last <= now < self._last + _AHEAD:
            self._last = now
            if self._marked is not None and now < self._marked + _MARK_EVERY:
                return True
        with self._store.write() as connection:
            fuse.forecast(connection, now)
            known = read_mark(connection, LAST_TICK)
            last = None if known is None else moment(int(known))
            if last is not None and now < last - _BACK:
                if not is_closed(read_lane(connection, CLOCK), now):
                    why = to_json({"was": last.isoformat(), "is": now.isoformat()})
                    close_lane(connection, Closed(CLOCK, last, now, 1, CLOCK, why))
                return False
            open_lane(connection, CLOCK)  # it has caught up
            if last is not None and now > last + _AHEAD:
                write_mark(connection, _MARK_JUMP, str(stamp(now)))
            write_mark(connection, LAST_TICK, str(max(stamp(now), stamp(last or now))))
        self._last = self._marked = now
        return True

    def _has_jumped(self, connection: Connection, now: datetime) -> bool:
        """Say whether the clock leapt ahead within the last day, or nobody ticked for one."""
        jumped = read_mark(connection, _MARK_JUMP)
        return jumped is not None and now - moment(int(jumped)) < _AHEAD


def _refuse_to_spin(decision: Decision, now: datetime) -> None:
    """Refuse a decision that would be asked for again at once, and give the same again."""
    idle = not decision.intents and not decision.notes
    if idle and decision.wake_at is not None and decision.wake_at <= now:
        raise BrokenPromise(f"A decision found nothing to do and wants to be asked again at {now}.")


def _writes_to_the_person(intent: Intent) -> bool:
    return is_message(intent.action) and not intent.draft


def _digest_of(intent: Intent, case: Case) -> str:
    return next(
        enrollment.plan.digest
        for enrollment in case.enrollments
        if enrollment.id == intent.enrollment
    )


def _line_of(intent: Intent) -> int:
    if intent.rung and intent.rung <= len(intent.step.ladder):
        return intent.step.ladder[intent.rung - 1].line or intent.step.line
    return intent.step.line


_DUE_PEOPLE = Statement(
    select(_person.id)
    .where(_person.next_at <= bindparam("now"))
    .order_by(_person.next_at, _person.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_WAKE = Statement(
    update(tables.person)
    .where(_person.id == bindparam("the_id"))
    .values(next_at=bindparam("wake_at"))
)
_PARK = Statement(
    update(tables.person)
    .where(_person.id == bindparam("the_id"))
    .values(next_at=null(), parked=bindparam("why"))
)


def _write(connection: Connection, batch: _Batch) -> None:
    write_intents(connection, batch.intents)
    write_facts(connection, batch.facts)
    _WAKE.many(connection, batch.wakes)
    _PARK.many(connection, batch.parked)
