"""Time, turns and misfortune: real code runs in strands of which only one moves at a time.

A strand is a thread of a worker process. It gives up its turn at *points*: whenever it looks at the
clock, at the journal, or at anybody outside. There a die says who moves next, how much time has
passed, and whether the process dies, freezes or has its clock set. Nothing else decides anything,
so that one seed is one history.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from heapq import heappop, heappush
from itertools import count
from threading import Lock, Thread
from zoneinfo import ZoneInfo

from tests.simulator.dice import Dice

FAR = datetime(9999, 1, 1, tzinfo=UTC)
SECOND = timedelta(seconds=1)
_TOKYO = ZoneInfo("Asia/Tokyo")
# Turns that a handful of people are worth in an hour, and each of many: more than twice what the
# busiest hour of a history takes in which nothing goes in circles.
_IN_AN_HOUR = 1_200
_OF_EACH = 100


class Gone(BaseException):
    """The process is gone: nothing of it runs on."""


class Found(BaseException):
    """Something happened that must not. No worker that keeps faults to itself keeps this one."""


@dataclass(eq=False)
class Machine:
    """One worker process, from its start to its end."""

    name: str
    offset: timedelta = timedelta()  # of its clock
    strands: list["Strand"] = field(default_factory=list)
    is_gone: bool = False
    frozen_until: datetime | None = None
    next_look: Callable[[], datetime | None] = lambda: None


class Strand:
    """One thread of a machine."""

    def __init__(self, stage: "Stage", machine: Machine, work: Callable[[], None]) -> None:
        self.machine = machine
        self.turn = Lock()
        self.turn.acquire()
        self.wakes_at = stage.now
        self.waits_for: Callable[[], bool] | None = None
        self.is_idle = False  # nothing to do until somebody commits, or its machine's next look
        self.is_over = False
        self.fault: BaseException | None = None
        self._stage = stage
        self._work = work
        self.thread = Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self) -> None:
        self.turn.acquire()
        try:
            if not self.machine.is_gone:
                self._work()
        except Gone:
            pass
        except BaseException as fault:  # noqa: BLE001 - told by the stage, which ends the run
            self.fault = fault
        self.is_over = True
        self._stage.back.release()


@dataclass(frozen=True, slots=True)
class Weather:
    """How often each misfortune comes: once in so many points; 0: never.

    `only` names by number the strikes that happen; None: all of them.
    """

    kill: int = 0
    freeze: int = 0
    clock: int = 0
    commit_fails: int = 0
    commit_unheard: int = 0  # committed, and the answer was lost
    nudge_lost: int = 0
    nudge_doubled: int = 0
    call_lost: int = 0  # before anything was done
    answer_lost: int = 0  # after everything was done
    put_off: int = 0  # by a server
    server_away: int = 0
    shortest_freeze: timedelta = SECOND
    longest_freeze: timedelta = timedelta(hours=2)
    farthest: timedelta = timedelta(hours=3)  # a clock that is set wrong
    only: frozenset[int] | None = None


FAIR = Weather()


class Stage:
    """Whose turn it is, what time it is, and what befalls whom."""

    def __init__(self, seed: str, start: datetime, weather: Weather, people: int) -> None:
        self.now = start
        self._never_ends = _IN_AN_HOUR + _OF_EACH * people
        self.weather = weather
        self.machines: list[Machine] = []
        self.current: Strand | None = None
        self.back = Lock()
        self.back.acquire()
        self.points = 0
        self.commits = 0
        self.strikes: list[str] = []  # what befell whom, in order
        self.history: list[str] = []
        self.counts: Counter[str] = Counter()
        self.bug = ""  # a fault of ours, as a worker has told its log
        self.pen: Strand | None = None  # who has a writing transaction open
        self.on_death: Callable[[Machine], None] = lambda _: None
        self._turns = Dice(f"{seed}/turns")
        self._luck = Dice(f"{seed}/luck")
        self.dice = Dice(f"{seed}/people")
        self._ahead: list[tuple[datetime, int, Callable[[], None]]] = []
        self._numbers = count()
        self._is_closing = False

    # --- what happens ---------------------------------------------------------------------------

    def tell(self, text: str) -> None:
        """Write a line of the history."""
        self.history.append(f"{self.now.astimezone(_TOKYO):%Y-%m-%d %H:%M:%S}  {text}")

    def at(self, when: datetime, act: Callable[[], None]) -> None:
        """Have somebody outside do something then."""
        heappush(self._ahead, (when, next(self._numbers), act))

    def strikes_now(self, kind: str, one_in: int, where: str) -> bool:
        """Say whether misfortune strikes here and now; it is written down and counted."""
        if not self._luck.happens(one_in):
            return False
        only, number = self.weather.only, len(self.strikes)
        who = "" if self.current is None else f"{self.current.machine.name}: "
        self.strikes.append(f"{who}{kind}, {where}")
        if only is not None and number not in only:
            return False
        self.counts[kind] += 1
        self.tell(f"  !! {self.strikes[-1]}")
        return True

    # --- what strands do ------------------------------------------------------------------------

    def point(self, where: str) -> None:
        """Be at a place where anything may happen; somebody outside passes by."""
        strand = self.current
        if strand is None or self._is_closing:
            if self._is_closing and strand is not None:
                raise Gone
            return
        if strand.machine.is_gone:
            raise Gone
        self.points += 1
        self.now += timedelta(milliseconds=self._turns.throw(8))
        self._strike(strand, where)
        if strand.machine.frozen_until is not None or self._turns.throw(4) == 0:
            self._wait(strand, self.now)

    def sleep(self, span: timedelta) -> None:
        """Do nothing for so long."""
        if (strand := self.current) is not None:
            self._wait(strand, self.now + span)

    def rest(self) -> None:
        """Do nothing until somebody writes something, or until the machine's next look."""
        if (strand := self.current) is not None:
            strand.is_idle = True
            self._wait(strand, FAR)

    def wait_for(self, is_so: Callable[[], bool], longest: timedelta) -> bool:
        """Wait until *is_so*, at most so long; says whether it is."""
        strand = self.current
        if strand is None:
            return is_so()
        if not is_so():
            strand.waits_for = is_so
            self._wait(strand, self.now + longest)
        return is_so()

    def committed(self) -> None:
        """Note that something was written: whoever rests looks within a second."""
        self.commits += 1
        for machine in self.machines:
            for strand in machine.strands:
                if strand.is_idle and strand.wakes_at > self.now + SECOND:
                    strand.wakes_at = self.now + SECOND * (self._turns.throw(10) / 10)

    def _wait(self, strand: Strand, until: datetime) -> None:
        strand.wakes_at = until
        self.back.release()
        strand.turn.acquire()
        strand.waits_for, strand.is_idle = None, False
        if strand.machine.is_gone or self._is_closing:
            raise Gone

    def _strike(self, strand: Strand, where: str) -> None:
        weather, machine = self.weather, strand.machine
        if weather.kill and self.strikes_now("killed", weather.kill, where):
            self.kill(machine)
            raise Gone
        if weather.freeze and self.strikes_now("frozen", weather.freeze, where):
            span = self._luck.between(weather.shortest_freeze, weather.longest_freeze)
            machine.frozen_until = self.now + span
            self.tell(f"     for {span}")
        if weather.clock and self.strikes_now("clock set", weather.clock, where):
            wrong = self._luck.between(SECOND * 30, weather.farthest)
            machine.offset = wrong if self._luck.throw(2) else -wrong
            self.tell(f"     to {'+' if machine.offset > timedelta() else '-'}{wrong}")
            mended = self._luck.between(SECOND * 30, timedelta(hours=12))
            self.at(self.now + mended, lambda: self._mend_clock(machine))

    def _mend_clock(self, machine: Machine) -> None:
        machine.offset = timedelta()
        self.tell(f"{machine.name}: its clock is right again")

    def kill(self, machine: Machine) -> None:
        """End a machine at once; what it held in the journal is rolled back."""
        machine.is_gone = True
        self.counts["processes that ended"] += 1
        self.on_death(machine)

    # --- the loop -------------------------------------------------------------------------------

    def play(self, until: datetime) -> None:
        """Let time pass until *until*.

        Raises:
            Found: Something happened that must not.
        """
        stale, hour = 0, self.now
        while True:
            if self.now - hour > timedelta(hours=1):
                stale, hour = 0, self.now
            stale += 1
            if stale > self._never_ends:  # something runs in circles
                raise Found("the workers run in circles: an hour does not pass")
            self._bury()
            if self._ahead and self._ahead[0][0] <= self.now and self.pen is None:
                heappop(self._ahead)[2]()
                continue
            ready = [one for machine in self.machines for one in self._ready(machine)]
            if ready:
                self._turn(ready[self._turns.throw(len(ready))])
            elif not self._advance(until):
                return

    def _ready(self, machine: Machine) -> list[Strand]:
        if machine.frozen_until is not None:
            if machine.frozen_until > self.now:
                return []
            machine.frozen_until = None
            self.tell(f"{machine.name}: goes on")
        return [
            one
            for one in machine.strands
            if one.wakes_at <= self.now or (one.waits_for is not None and one.waits_for())
        ]

    def _advance(self, until: datetime) -> bool:
        """Go on to the next instant at which anything happens; False: there is none before."""
        instants = [until]
        if self._ahead and self.pen is None:
            instants.append(self._ahead[0][0])
        for machine in self.machines:
            if machine.frozen_until is not None:
                instants.append(machine.frozen_until)
                continue
            for strand in machine.strands:
                if strand.is_idle and strand.wakes_at == FAR:
                    look = machine.next_look()
                    if look is not None:
                        strand.wakes_at = max(look, self.now + SECOND)
                instants.append(strand.wakes_at)
        earliest = min(instants)
        if earliest >= until:
            self.now = until
            return False
        self.now = max(self.now, earliest)
        return True

    def _turn(self, strand: Strand) -> None:
        self.current = strand
        strand.turn.release()
        self.back.acquire()
        self.current = None
        if strand.fault is not None:
            raise strand.fault
        if self.bug:
            raise Found(f"a fault of ours: {self.bug}")

    def _bury(self) -> None:
        """Let the strands of dead machines unwind, before anything else moves."""
        for machine in [one for one in self.machines if one.is_gone]:
            self._unwind(machine)
            self.machines.remove(machine)
        for machine in self.machines:
            if any(one.is_over for one in machine.strands):
                machine.strands = [one for one in machine.strands if not one.is_over]

    def _unwind(self, machine: Machine) -> None:
        for strand in machine.strands:
            if not strand.is_over:
                self.current = strand
                strand.turn.release()
                self.back.acquire()
                self.current = None
            strand.thread.join()

    def close(self) -> None:
        """End every strand."""
        self._is_closing = True
        for machine in self.machines:
            machine.is_gone = True
            self._unwind(machine)
        self.machines.clear()
