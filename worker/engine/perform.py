"""Carry out what is due in one lane: claim, look again, hand over, record.

`perform(lane)` may be called at any time, by any number of processes: the journal gives an intent
to one of them. Mails go through a sliding window: while some are on their way, the outcomes of
others are recorded and the next ones are written down as begun, in one transaction.
"""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Event, Lock

from sqlalchemy import Connection

from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import Later, Outcome, Scope
from worker.engine.allowance import BEGUN_LEASE, Allowance
from worker.engine.begun import Begun
from worker.engine.claim import Claims, Prepared, PreparedCall
from worker.engine.clock_guard import ClockGuard
from worker.engine.herald import Herald
from worker.engine.journal.intents import NONE_SEEN, begin, facts_seen, unclaim
from worker.engine.journal.lanes import LOCAL, MEETINGS, WEBHOOK, mailbox_of, provider_of
from worker.engine.journal.store import Store
from worker.engine.local import Local
from worker.engine.meetings.meetings import Meetings
from worker.engine.settle import Answered, Recorder
from worker.engine.sweep import Sweeper
from worker.engine.tables import stamp
from worker.engine.telling import tell
from worker.engine.unfinished import Unfinished, give_back
from worker.ports import Caller, Clock, Mailer

CLAIMED_AT_ONCE = 200  # at most
_FEW = 32  # to begin with, and for a server that takes its time
_FORESIGHT = timedelta(milliseconds=250)  # so much work is claimed: to write it takes a part of it

# Who stands still for longer between writing down that a mail is begun and handing it over does not
# hand it over: its lease may be over, and another worker about to send it again.
HESITATION = timedelta(minutes=5)
_STOOD_STILL = Later("the worker stood still before it was handed over", scope=Scope.SERVER)

_MOMENT = timedelta(milliseconds=2)  # in which a quick server answers what is on its way
_BREATH = timedelta(milliseconds=20)  # in which a slow one answers for some more
_PATIENCE = timedelta(seconds=1)  # of one look at the mailer; then others are looked after


@dataclass(frozen=True, slots=True)
class Performed:
    """What one call did."""

    handed_over: int = 0
    settled: int = 0
    busy: bool = False  # somebody else of this process is at this lane


@dataclass(slots=True)
class _Window:
    """What one lane has in hand; kept between calls, so that no outcome is lost to a full disk."""

    lock: Lock = field(default_factory=Lock)
    queue: deque[Prepared] = field(default_factory=deque)  # claimed and frozen, not begun
    in_flight: dict[Key, Prepared] = field(default_factory=dict)
    answered: list[Answered] = field(default_factory=list)  # not recorded yet
    claimed: int = 0  # the last time
    claimed_at: datetime | None = None


class Performer:
    """Carries out intents. Thread-safe: one thread at a time in each lane."""

    def __init__(  # noqa: PLR0913 - what wiring joins here, by name
        self,
        store: Store,
        *,
        clock: Clock,
        claims: Claims,
        unfinished: Unfinished,
        allowance: Allowance,
        recorder: Recorder,
        sweeper: Sweeper,
        local: Local,
        mailer_of: Callable[[str], Mailer],
        caller: Caller | None = None,
        secrets: Mapping[str, str] | None = None,
        meetings: Meetings | None = None,
        begun: Begun | None = None,
        guard: ClockGuard | None = None,
        herald: Herald | None = None,
    ) -> None:
        """Join what performing needs.

        Args:
            store: The journal's database.
            clock: The time; asked again before every group of mails.
            claims: What is claimed, and looked at again.
            unfinished: What was claimed when the journal went away.
            allowance: How much a mailbox may send.
            recorder: What becomes of it.
            sweeper: What others left behind.
            local: What needs nobody outside.
            mailer_of: The way out of a mailbox; called once for each.
            caller: The way to somebody's web address.
            secrets: What signs a webhook, by the name a playbook uses.
            meetings: Who looks after meetings; None: nobody does.
            begun: Who counts what is begun; None: nobody, where nobody will look tomorrow.
            guard: Who watches the clock; None: it is turned by hand.
            herald: Who tells HR of ways that stopped; None: nobody does.
        """
        self._herald = herald
        self._counts = begun
        self._guard = guard
        self._meetings = meetings
        self._store = store
        self._clock = clock
        self._claims = claims
        self._unfinished = unfinished
        self._allowance = allowance
        self._recorder = recorder
        self._sweeper = sweeper
        self._local = local
        self._mailer_of = mailer_of
        self._caller = caller
        self._secrets = secrets or {}
        self._mailers: dict[str, Mailer] = {}
        self._windows: dict[str, _Window] = {}
        self._opening = Lock()
        self._stopping = Event()

    def perform(self, lane: str) -> Performed:
        """Do what is due in *lane* now, all of it.

        Raises:
            StoreError: The journal cannot be written. What the other side had answered is kept
                and recorded first by the next call.
        """
        with self._opening:
            window = self._windows.setdefault(lane, _Window())
        if not window.lock.acquire(blocking=False):
            return Performed(busy=True)
        try:
            if self._guard is not None:
                self._guard.look()
            self._unfinished.give_back(lane, self._clock.now())
            self._sweeper.sweep(lane, self._clock.now())
            mailbox = mailbox_of(lane)
            if mailbox is not None:
                return self._mails(lane, mailbox, window)
            if lane == WEBHOOK:
                return self._calls(lane, window)
            if self._meetings is not None and (lane == MEETINGS or provider_of(lane) is not None):
                return Performed(settled=self._meetings.perform(lane, self._halts))
            if lane == LOCAL:
                return Performed(settled=self._local.perform(self._clock, self._halts))
            raise BrokenPromise(f"There is no lane {lane!r}.")
        finally:
            window.lock.release()

    def is_at(self, lane: str) -> bool:
        """Say whether a thread of this process looks at *lane*: it will see what is due there."""
        window = self._windows.get(lane)
        return window is not None and window.lock.locked()

    def unfinished(self) -> frozenset[str]:
        """Name the lanes in which something could not be written down: look there again."""
        held = (lane for lane, one in list(self._windows.items()) if one.answered or one.queue)
        return frozenset(held) | self._unfinished.lanes()

    def _halts(self) -> bool:
        """Say whether nothing may be begun: we are to end, or do not trust our clock."""
        return self._stopping.is_set() or (self._guard is not None and self._guard.is_wrong)

    def stop(self) -> None:
        """Begin nothing new: `perform` ends when what is on its way has been answered."""
        self._stopping.set()

    def close(self) -> None:
        """Say goodbye to every server, and record what is in doubt now. Call `stop` first."""
        self.stop()
        if self._meetings is not None:
            self._meetings.close()
        for lane, window in self._windows.items():
            with window.lock:
                mailer = self._mailers.pop(mailbox_of(lane) or "", None)
                if mailer is not None:
                    mailer.close()
                    self._gather(window, mailer, timedelta())
                if window.answered or window.queue:
                    self._turn(lane, window, [])

    def _mails(self, lane: str, mailbox: str, window: _Window) -> Performed:
        """Keep the window full until nothing is due and nothing is on its way."""
        mailer = self._mailer(mailbox)
        handed_over = settled = 0
        if self._herald is not None and not (window.in_flight or window.answered):
            settled += self._herald.perform(lane, mailer, self._halts)
        while True:
            is_slow = bool(window.in_flight)  # the server: it has not answered for all of them
            if not (window.queue or is_slow or self._halts()):
                if window.answered:  # before rendering others, which may go wrong
                    settled += len(window.answered)
                    self._turn(lane, window, [])
                self._claim(lane, window, mailer)
            group = self._group(window, mailer)
            if group or window.answered or (window.queue and self._halts()):
                settled += len(window.answered)
                handed_over += self._hand_over(lane, window, mailer, group)
            elif not window.in_flight:
                return Performed(handed_over, settled)
            if window.in_flight:
                is_short = len(window.queue) < len(window.in_flight)
                if is_slow and is_short and not self._halts():
                    self._claim(lane, window, mailer)  # now: it will be busy for the longest
                self._gather(window, mailer, _PATIENCE)

    def _hand_over(self, lane: str, window: _Window, mailer: Mailer, group: list[Prepared]) -> int:
        """Hand a group over, once that is written down; says how many of it were."""
        asked_at = self._clock.now()
        with mailer.meanwhile():
            begun = self._turn(lane, window, group)
        if begun and self._clock.now() - asked_at > HESITATION:
            window.answered += (_answered(one, _STOOD_STILL) for one in begun)
            return 0
        if begun:
            window.in_flight |= {one.envelope.key: one for one in begun}
            mailer.hand_over([one.envelope for one in begun])
        return len(begun)

    def _claim(self, lane: str, window: _Window, mailer: Mailer) -> None:
        """Claim what leaves within a moment, going by how long the last ones took.

        Mails are written while others are on their way. For a slow server two hundred would take
        longer than it takes for those, and it would wait.
        """
        now = self._clock.now()
        most = max(_FEW, mailer.room)
        if window.claimed_at is not None:
            passed = max(now - window.claimed_at, timedelta(milliseconds=1))
            most = max(most, int(window.claimed * (_FORESIGHT / passed)))
        with mailer.meanwhile():
            prepared = self._claims.claim(lane, now, min(CLAIMED_AT_ONCE, most))
        window.claimed, window.claimed_at = len(prepared), now
        window.queue.extend(prepared)

    def _group(self, window: _Window, mailer: Mailer) -> list[Prepared]:
        """Take as many out of the queue as there is room for; all go back when we are stopping."""
        if self._halts() or not window.queue:
            return []
        return [window.queue.popleft() for _ in range(min(mailer.room, len(window.queue)))]

    def _turn(self, lane: str, window: _Window, group: list[Prepared]) -> list[Prepared]:
        """In one transaction, record what was answered and write down what is handed over next.

        What may not leave now by the limits, and whoever was noted anything of since the mail was
        looked at, is not begun but given back.
        """
        now, halts = self._clock.now(), self._halts()
        number: int | None = 0
        try:
            with self._store.write() as connection:
                self._allowance.take_turn(connection, lane)
                closed = self._recorder.record(connection, lane, window.answered, now)
                if group and self._counts is not None:
                    number = self._counts.count(connection, now)
                    closed = closed or number is None
                if closed or halts:
                    begun: list[Prepared] = []
                    returned = [*group, *window.queue]
                else:
                    begun, returned = self._begun(connection, lane, group, now)
                works = [one.work for one in returned]
                give_back(connection, self._allowance, lane, works, now)
        except BaseException:
            window.queue.extendleft(reversed(group))
            raise
        if number and self._counts is not None:
            self._counts.confirm(number)
        tell(lane, window.answered)
        window.answered.clear()
        if closed or halts:
            window.queue.clear()
        return begun

    def _begun(
        self, connection: Connection, lane: str, group: list[Prepared], now: datetime
    ) -> tuple[list[Prepared], list[Prepared]]:
        """Write down what is handed over from now on; gives also what is to be looked at again."""
        if not group:
            return [], []
        until = now + BEGUN_LEASE
        seen = facts_seen(connection, [one.work.person for one in group])
        number = {one.work.person: seen.get(one.work.person, NONE_SEEN).number for one in group}
        fresh = [one for one in group if number[one.work.person] == one.facts]
        stale = [one for one in group if number[one.work.person] != one.facts]
        room = self._allowance.room(connection, lane, now, len(fresh)).count
        fresh, over = fresh[:room], fresh[room:]
        begun: list[Prepared] = []
        for fence in sorted({one.work.fence for one in fresh}):
            # What lay here until its lease was over may lie here once more, claimed anew.
            claimed = [one for one in fresh if one.work.fence == fence]
            ids = begin(
                connection,
                [one.work.id for one in claimed],
                fence=fence,
                now=stamp(now),
                lease=stamp(until),
            )
            begun += (_until(one, until) for one in claimed if one.work.id in ids)
        self._allowance.begun(connection, lane, len(begun), now)
        return begun, [*over, *stale]

    def _gather(self, window: _Window, mailer: Mailer, wait: timedelta) -> None:
        """Take the first answer, and those that come with it: two cost a transaction, as twenty do.

        A quick server answers all of them in a moment. A slow one would have nothing to do while
        we waited for the rest: it gets others to work at as soon as it has answered for some, a
        quarter, while as many lie ready for it. It ends without any when nobody answers for as
        long as *wait*.
        """
        patience = wait
        enough = len(window.in_flight) // 4
        while True:
            answers = mailer.outcomes(patience)
            for key, outcome in answers.items():
                one = window.in_flight.pop(key, None)
                if one is not None:
                    window.answered.append(_answered(one, outcome))
            if not answers or not window.in_flight:
                return
            patience = min(wait, _MOMENT if len(window.answered) >= enough else _BREATH)

    def _calls(self, lane: str, window: _Window) -> Performed:
        """Make the calls that are due, one by one."""
        settled = 0
        while True:
            if window.answered:
                with self._store.write() as connection:
                    self._recorder.record(connection, lane, window.answered, self._clock.now())
                settled += len(window.answered)
                tell(lane, window.answered)
                window.answered.clear()
            if self._halts():
                break
            calls = self._claims.claim_calls(lane, self._clock.now(), 1)
            if not calls:
                break
            with self._unfinished.kept(lane, [call.work for call in calls]):
                begun = [call for call in calls if self._is_begun(call)]
            window.answered += [Answered(call.work, self._called(call)) for call in begun]
        return Performed(settled, settled)

    def _is_begun(self, call: PreparedCall) -> bool:
        now = self._clock.now()
        number: int | None = 0
        with self._store.write() as connection:
            if self._counts is not None:
                number = self._counts.count(connection, now)
                if number is None:
                    unclaim(connection, [call.work.id], fence=call.work.fence, at=stamp(now))
                    return False
            lease = stamp(now + BEGUN_LEASE)
            ids = [call.work.id]
            is_ours = bool(
                begin(connection, ids, fence=call.work.fence, now=stamp(now), lease=lease)
            )
        if number and self._counts is not None:
            self._counts.confirm(number)
        return is_ours

    def _called(self, call: PreparedCall) -> Outcome:
        if self._caller is None:
            raise BrokenPromise("A webhook is due, and nobody was given to call it.")
        secret = self._secrets.get(call.action.secret, "")
        return self._caller.call(
            call.action.url, key=Key(call.work.key), secret=secret, body=call.body
        )

    def _mailer(self, mailbox: str) -> Mailer:
        mailer = self._mailers.get(mailbox)
        if mailer is None:
            self._mailers[mailbox] = mailer = self._mailer_of(mailbox)
        return mailer


def _answered(one: Prepared, outcome: Outcome) -> Answered:
    """Say what became of a mail that was begun."""
    until = one.envelope.until
    begun_at = None if until is None else until - BEGUN_LEASE
    return Answered(one.work, outcome, one.is_heard, begun_at)


def _until(one: Prepared, until: datetime) -> Prepared:
    """Say of a mail that is ours to hand over how long it is."""
    return replace(one, envelope=replace(one.envelope, until=until))
