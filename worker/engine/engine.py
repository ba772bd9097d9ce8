"""The parts of the engine joined, and one turn of it: tick, then every lane that has something.

No thread and no broker is needed: whoever holds a clock can turn it. `up` turns it by the
machine's clock and lets a crew of threads look at the lanes; a rehearsal, a demonstration and the
tests turn it by a clock that jumps from one moment to the next.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from worker.domain.plan import Plan
from worker.engine.allowance import Allowance
from worker.engine.begun import Begun
from worker.engine.claim import Claims
from worker.engine.clock_guard import ClockGuard
from worker.engine.enroll import Audience, current
from worker.engine.fuse import Fuse, FuseSetting
from worker.engine.herald import Herald, TellRules
from worker.engine.hints import Hints, Watcher
from worker.engine.journal.journal import Journal
from worker.engine.journal.lanes import LOCAL, WEBHOOK, mail_lane
from worker.engine.lacking import take_stock
from worker.engine.ledger import Limits
from worker.engine.local import Local
from worker.engine.meetings.calendars import Books, CalendarRules
from worker.engine.meetings.meetings import Meetings
from worker.engine.perform import Performer
from worker.engine.render import Editions, Office
from worker.engine.retention import Retention, RetentionRules
from worker.engine.settle import Recorder
from worker.engine.sweep import Sweeper
from worker.engine.tick import Ticked, Ticker
from worker.engine.unfinished import Unfinished
from worker.playbook.bundle import Bundle
from worker.playbook.workspace import Workspace
from worker.ports import (
    CalendarBook,
    Caller,
    Clock,
    InvitationPost,
    Mailer,
    MailWriter,
    SentFolder,
    Solver,
)

_SOON = timedelta(seconds=1)


class TurnedClock(Clock, Protocol):
    """A clock that somebody turns."""

    def turn_to(self, at: datetime) -> None:
        """Show *at* from now on."""
        ...


@dataclass(frozen=True, slots=True)
class Outside:
    """The ways into the world, and what signs a call of a web address."""

    mailer_of: Callable[[str], Mailer]
    write: MailWriter
    sent_folder_of: Callable[[str], SentFolder | None] | None = None
    caller: Caller | None = None
    secrets: Mapping[str, str] = field(default_factory=dict)
    calendar_of: Callable[[str], CalendarBook | None] | None = None  # by provider
    solver: Solver | None = None  # of times for meetings
    post_of: Callable[[str], InvitationPost] | None = None  # by the domain that names events
    hints: Hints | None = None  # of changes in calendars and of mail


@dataclass(frozen=True, slots=True)
class Rules:
    """What the settings allow."""

    limits: Mapping[str, Limits] = field(default_factory=dict)  # by mailbox
    fuse: FuseSetting = FuseSetting()  # noqa: RUF009 - frozen
    calendars: CalendarRules = CalendarRules()  # noqa: RUF009 - frozen
    retention: RetentionRules = RetentionRules()  # noqa: RUF009 - frozen
    telling: TellRules = TellRules()  # noqa: RUF009 - frozen
    relives: bool = False  # lost time is lived through again: nothing leaves, all is asked


class Engine:
    """Everything that moves facts, on one journal."""

    def __init__(  # noqa: PLR0913 - what wiring joins here, by name
        self,
        journal: Journal,
        office: Office,
        outside: Outside,
        *,
        clock: Clock,
        workspace: Workspace | Callable[[Bundle], Plan],
        rules: Rules | None = None,
        layouts: Mapping[str, bytes] | None = None,
        begun: Begun | None = None,
        guard: ClockGuard | None = None,
    ) -> None:
        """Join the parts.

        Args:
            journal: The memory.
            office: Who writes mail, in which language.
            outside: The ways into the world.
            clock: The time.
            workspace: What playbooks may name here, or the way from files to a plan.
            rules: Limits of mailboxes, and the fuse.
            layouts: HR's own layouts by path, for versions that have none.
            begun: Who counts what is begun, beside the journal as well.
            guard: Who watches the clock; then it is *guard* that tells the time.
        """
        clock = clock if guard is None else guard
        rules = rules or Rules()
        store = journal.store
        self.journal = journal
        self.clock = clock
        self.guard = guard
        self.audience = Audience()
        self.editions = Editions(
            journal.versions.bundle, workspace, layouts=layouts, language=office.language
        )
        self.fuse = Fuse(store)
        self.retention = Retention(store, rules.retention)
        self.sweeper = Sweeper(store, self.editions, sent_folder_of=outside.sent_folder_of)
        allowance = Allowance(rules.limits)
        unfinished = Unfinished(store, allowance)
        recorder = Recorder(self.editions, allowance)
        self.watcher = Watcher(journal, outside.hints, clock=clock)
        self.meetings: Meetings | None = None
        post = None
        if outside.post_of is not None:
            post = outside.post_of(office.domain(office.alerts_from))
        if outside.calendar_of is not None and outside.solver is not None:
            self.meetings = Meetings(
                journal,
                self.editions,
                office,
                Books(outside.calendar_of),
                rules.calendars,
                solver=outside.solver,
                clock=clock,
                unfinished=unfinished,
                watcher=self.watcher,
                post=post,
                begun=begun,
                relives=rules.relives,
            )
        herald = None
        if not rules.relives:  # it tells of what is now, and nothing leaves there
            herald = Herald(
                store,
                office,
                rules.telling,
                clock=clock,
                write=outside.write,
                allowance=allowance,
                sent_folder_of=outside.sent_folder_of,
                begun=begun,
                post=post,
            )
        self.performer = Performer(
            store,
            clock=clock,
            claims=Claims(
                store,
                self.editions,
                office,
                write=outside.write,
                allowance=allowance,
                unfinished=unfinished,
                post_of=outside.post_of,
                relives=rules.relives,
            ),
            unfinished=unfinished,
            allowance=allowance,
            recorder=recorder,
            sweeper=self.sweeper,
            local=Local(
                store,
                self.editions,
                recorder,
                staff_lane=mail_lane(office.alerts_from),
                audience=self.audience,
                relives=rules.relives,
            ),
            mailer_of=outside.mailer_of,
            caller=outside.caller,
            secrets=outside.secrets,
            meetings=self.meetings,
            begun=begun,
            guard=guard,
            herald=herald,
        )
        self.ticker = Ticker(
            store,
            self.editions,
            office,
            audience=self.audience,
            fuse_setting=rules.fuse,
            unfinished=self.performer.unfinished,
            meetings=self.meetings,
            relives=rules.relives,
            guard=guard,
            herald=herald,
        )
        own = () if self.meetings is None else self.meetings.lanes
        self.lanes = (*(mail_lane(mailbox) for mailbox in office.mailboxes), WEBHOOK, LOCAL, *own)
        self.read_versions()

    def read_versions(self) -> None:
        """Take up which version of each playbook newcomers enter: after `enroll.publish`.

        Nobody enters one that names what the workspace does not have.
        """
        lacking = take_stock(self.journal, self.editions, self.clock.now())
        self.audience.current = {
            playbook: digest
            for playbook, digest in current(self.journal).items()
            if digest not in lacking
        }

    def recover(self) -> int:
        """Take back what a dead worker held, at once; only where no other worker can be alive.

        What was claimed is due again; what was being handed over is in doubt. Says how much.
        """
        now = self.clock.now()
        count = sum(self.sweeper.sweep(lane, now, everything=True) for lane in self.lanes)
        return count if self.meetings is None else count + self.meetings.recover(now)

    def next_wake(self, now: datetime, within: timedelta) -> datetime | None:
        """Say when to look again, None if not *within* that: for the loop of this process."""
        return self.ticker.lookout.look(now, within).next_at(now)

    def turn(self) -> bool:
        """Tick once and look at every lane that has something; False if there was nothing."""
        ticked = self.ticker.tick(self.clock.now())
        if ticked.clock_is_back or ticked.is_behind:
            return False
        did = self.perform(ticked)
        return did or ticked.people > ticked.held

    def perform(self, ticked: Ticked) -> bool:
        """Look at the lanes that a tick has named; False if nothing came of it."""
        done = [self.performer.perform(lane) for lane in sorted(ticked.lanes)]
        return any(one.handed_over or one.settled for one in done)

    def run_until_idle(self) -> None:
        """Turn until nothing is due and nothing is in flight."""
        while self.turn():
            pass

    def run_until(self, until: datetime, clock: TurnedClock) -> None:
        """Live through the time until *until*, jumping from one due moment to the next."""
        while True:
            self.run_until_idle()
            now = self.clock.now()
            wake = self.journal.overview.next_wake(now)
            if wake is None or wake > until:
                break
            clock.turn_to(max(wake, now + _SOON))
        clock.turn_to(max(until, self.clock.now()))
