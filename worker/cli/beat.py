"""The loop that watches the time: tick, tell the lanes, sleep until the next moment.

It decides nothing. The longest sleep is a second, so that what another process noted (a fact, an
import, an approval) is seen a second later; with nothing due a turn is a few looks at an index.
"""

import select
import signal
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic
from types import FrameType
from typing import Self

from worker import logs
from worker.domain.errors import StoreError
from worker.engine.engine import Engine
from worker.engine.journal.lanes import RATE
from worker.engine.journal.overview import Overview
from worker.engine.tick import BATCH, EVERYBODY, Ticked

LONGEST = timedelta(seconds=1)
_DRAINING = timedelta(milliseconds=10)  # while something is due or in flight
_FULL = timedelta(milliseconds=40)  # while somebody has enough to do
_AFTER_TROUBLE = timedelta(seconds=2)
_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Ending:
    """Hears the signals that ask this process to end: the first politely, the second at once."""

    def __init__(self) -> None:
        self.heard = ""  # the name of the signal that has come
        self._tell: Callable[[], None] | None = None
        # A pipe wakes whoever waits: setting a `threading.Event` inside a signal handler can
        # wait for ever on the very thread it interrupts.
        self._ear, self._mouth = socket.socketpair()

    def __enter__(self) -> Self:
        """Listen from now on."""
        self._mouth.setblocking(False)  # noqa: FBT003 - the socket's own signature
        self._before = signal.set_wakeup_fd(self._mouth.fileno(), warn_on_full_buffer=False)
        self._handlers = {each: signal.signal(each, self._heard) for each in _SIGNALS}
        return self

    def __exit__(self, *_: object) -> None:
        """Leave signals as they were found."""
        for each, handler in self._handlers.items():
            signal.signal(each, handler)
        signal.set_wakeup_fd(self._before)
        self._ear.close()
        self._mouth.close()

    def tell(self, who: Callable[[], None]) -> None:
        """Have *who* called as soon as a signal comes, or now if one has come."""
        self._tell = who
        if self.heard:
            who()

    def wait(self, longest: timedelta) -> bool:
        """Sleep, at most *longest*; says whether somebody has asked to end."""
        if not self.heard:
            select.select([self._ear], [], [], max(0.0, longest.total_seconds()))
        return bool(self.heard)

    def _heard(self, number: int, frame: FrameType | None) -> None:  # noqa: ARG002 - Python's own signature
        self.heard = signal.Signals(number).name
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)
        if self._tell is not None:
            self._tell()


class Beat:
    """Ticks, and has lanes looked at. `look` tells somebody to; `is_resting` says nobody is.

    `turned` is told of every turn of the loop.
    """

    def __init__(
        self,
        engine: Engine,
        *,
        look: Callable[[str], object],
        is_resting: Callable[[], bool],
        turned: Callable[[], None] = lambda: None,
    ) -> None:
        self._engine = engine
        self._look = look
        self._is_resting = is_resting
        self._turned = turned

    def run(self, ending: Ending, *, until_idle: bool = False) -> None:
        """Go on until *ending* says so, or until nothing is due and nothing in flight."""
        pause, most = timedelta(), BATCH
        while not ending.wait(pause):
            self._turned()
            try:
                now = self._engine.clock.now()
                ticked = self._tick(now, most)
                most = EVERYBODY if ticked.people else BATCH  # the first leave while more are due
                for lane in sorted(ticked.lanes):
                    if not self._engine.performer.is_at(lane):
                        self._look(lane)
                if not ticked.lanes and not ticked.full:
                    self._tidy(now)
                if until_idle and self._is_idle(ticked, now):
                    return
                pause = self._pause(ticked, now, until_idle=until_idle)
            except StoreError as trouble:
                logs.store_unusable(doing="tick", why=str(trouble))
                pause = _AFTER_TROUBLE

    def _tick(self, now: datetime, most: int) -> Ticked:
        """Tick, and write a line if somebody's time had come."""
        began = monotonic()
        ticked = self._engine.ticker.tick(now, most=most)
        took = timedelta(seconds=monotonic() - began)
        if ticked.clock_is_back:
            logs.clock_back(now=now)
        elif ticked.people:
            notes = len(ticked.parked)
            logs.tick(now=now, people=ticked.people, intents=ticked.intents, notes=notes, took=took)
        if ticked.held:
            logs.fuse_blown(people=ticked.held)
        return ticked

    def _tidy(self, now: datetime) -> None:
        """Put away a little of what is long done, while nothing else is to be done."""
        if count := self._engine.retention.tidy(now):
            logs.put_away(rows=count)

    def _pause(self, ticked: Ticked, now: datetime, *, until_idle: bool) -> timedelta:
        """Say how long nothing needs to be looked at."""
        if ticked.clock_is_wrong:
            return LONGEST
        if ticked.full:
            return _FULL
        if ticked.people >= BATCH:
            return timedelta()
        if until_idle and not self._is_resting():
            return _DRAINING
        if ticked.lanes:  # somebody was told of what is due
            return _FULL
        wake = self._engine.next_wake(now, LONGEST)
        left = LONGEST if wake is None else wake - self._engine.clock.now()
        return min(LONGEST, max(_DRAINING, left))

    def _is_idle(self, ticked: Ticked, now: datetime) -> bool:
        """Say whether nothing is due and nothing in flight, here or in another process."""
        if ticked.clock_is_back or ticked.is_behind or ticked.clock_is_wrong:
            return True
        if ticked.lanes or ticked.full or not self._is_resting():
            return False
        overview = self._engine.journal.overview.at(now)
        if overview.next_wake is not None and overview.next_wake <= now:
            return False
        return not any(lane.in_flight for lane in overview.lanes) and not _is_rationed(overview)


def _is_rationed(overview: Overview) -> bool:
    """Whether something is due and waits for nothing but a mailbox's own limits."""
    rationed = {closed.lane for closed in overview.closed if closed.code == RATE}
    return any(lane.ready and lane.lane in rationed for lane in overview.lanes)
