"""A mailbox's way out over SMTP: a pool of connections behind the port `Mailer`.

The event loop lives in here and runs in the caller's thread, while it waits in `outcomes`; between
two calls nothing happens but what the kernel buffers. Only where the caller says that it will be
away (`meanwhile`) and mails are in flight, a thread of its own runs the loop until it is back: a
server would wait for us as long as a journal takes for a commit. Mails are driven by
`integrations.smtp_session`, connections opened by `integrations.smtp_connect`.

It refuses to repeat a mail: one whose body may have left is in doubt for ever. Only what an old
connection could not even begin is tried on a fresh one, once.
"""

import asyncio
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from integrations.cutting import cut
from integrations.replies import Phase
from integrations.smtp_connect import DEFAULT_TIMEOUTS, Connector, Opened, SmtpAccount, Timeouts
from integrations.smtp_session import Session
from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import Later, Outcome, Scope
from worker.ports import Clock, Envelope

_GLANCE = 1.0  # seconds after which the deadlines are looked at anew
_GOODBYE = 2.0  # seconds that closing may take
_DOUBLINGS = 16  # of the pause after failing to connect
_FEWER_FOR = 300.0  # seconds for which a crowded server sees fewer connections


@dataclass(frozen=True, slots=True)
class Limits:
    """How a mailbox's connections are used.

    Exchange allows three to a mailbox. `back_off` is the longest pause after failing to connect;
    the first is a second, and each next one twice as long. `wait` is how long a mail may lie here
    before it can be begun.
    """

    connections: int = 3
    messages: int = 100  # on one connection
    idle: timedelta = timedelta(seconds=60)
    ask_after: timedelta = timedelta(seconds=5)  # of rest: RSET first, to see if it is alive
    age: timedelta = timedelta(minutes=50)  # access tokens live for an hour
    back_off: timedelta = timedelta(seconds=60)
    wait: timedelta = timedelta(minutes=5)  # well below the time after which it is taken for lost


DEFAULT_LIMITS = Limits()


class SmtpMailer:
    """A `Mailer` over SMTP; see the port for its promises."""

    def __init__(
        self,
        account: SmtpAccount,
        clock: Clock,
        *,
        limits: Limits = DEFAULT_LIMITS,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
    ) -> None:
        self._connector = Connector(account, timeouts)
        self._clock = clock
        self._limits = limits
        self._patience = _patience(timeouts)
        self._block = timeouts.block.total_seconds()
        self._glance = min(_GLANCE, self._block, *self._patience.values())
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False
        self._bug: BaseException | None = None

        self._in_flight: dict[Key, Envelope] = {}
        self._results: dict[Key, Outcome] = {}
        self._queue: deque[Envelope] = deque()
        self._handed_back: set[Key] = set()
        self._handed_at: dict[Key, float] = {}

        self._sessions: set[Session] = set()
        self._resting: list[Session] = []  # the warmest last
        self._leaving: set[Session] = set()  # over, their transports not yet gone
        self._openings: set[asyncio.Task[Outcome | None]] = set()
        self._allowed = limits.connections
        self._fewer_until = 0.0
        self._stand_in: ThreadPoolExecutor | None = None  # runs the loop while the caller is away
        self._is_back = True
        self._failures = 0
        self._pause_until = 0.0
        self._failure: Outcome = Later("no connection was tried yet", scope=Scope.SERVER)

    # The port.

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        if self._closed:
            return 0
        return max(0, 2 * self._allowed - len(self._in_flight) - len(self._results))

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Queue envelopes and give resting connections their first; returns at once."""
        group = list(envelopes)
        if len(group) > self.room:
            raise BrokenPromise(
                f"{len(group)} envelopes were handed over where there was room for {self.room}"
            )
        again = [envelope.key for envelope in group if envelope.key in self._in_flight]
        if again:
            raise BrokenPromise(f"handed over while in flight: {', '.join(again)}")
        loop = self._own_loop()
        if self._resting:
            self._look(loop)
        for envelope in group:
            self._in_flight[envelope.key] = envelope
            self._handed_at[envelope.key] = loop.time()
        self._queue.extend(group)
        self._dispatch()

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:
        """Give what became of envelopes, each once; at once if none is in flight."""
        loop = self._loop
        if loop is not None and not self._closed:
            self._look(loop)
            self._dispatch()
            until = loop.time() + wait.total_seconds()
            while self._in_flight and not self._results and loop.time() < until:
                self._run(loop, until)
        self._raise_bug()
        results, self._results = self._results, {}
        return results

    @contextmanager
    def meanwhile(self) -> Iterator[None]:
        """Go on with what is in flight, in another thread, until the block ends."""
        loop = self._loop
        if loop is None or self._closed or not self._in_flight:
            yield
            return
        if self._stand_in is None:
            self._stand_in = ThreadPoolExecutor(1, thread_name_prefix="smtp")
        self._is_back = False
        going_on = self._stand_in.submit(self._go_on, loop)
        try:
            yield
        finally:
            self._is_back = True
            loop.call_soon_threadsafe(loop.stop)
            going_on.result()

    def close(self) -> None:
        """Say goodbye; what the server was asked to take and did not answer for is in doubt."""
        if self._closed:
            return
        self._closed = True
        loop = self._loop
        if loop is None:
            return
        for opening in self._openings:
            opening.cancel()
        while self._queue:
            self.settle(self._queue.popleft(), Later("closed before it began", scope=Scope.SERVER))
        for session in list(self._sessions):
            if session.is_idle:
                self._dismiss(session)
            else:
                session.abandon("we closed the connection")
        until = loop.time() + _GOODBYE
        while (self._leaving or self._openings) and loop.time() < until:
            self._run(loop, until)
        self._cut(loop)

    def _cut(self, loop: asyncio.AbstractEventLoop) -> None:
        """Let go of what has not ended by itself, and of what runs the loop."""
        for session in self._leaving:
            session.cut()
        for _ in range(3):  # TLS hands its end down layer by layer
            self._run(loop, loop.time())
        loop.close()
        if self._stand_in is not None:
            self._stand_in.shutdown()
        self._raise_bug()

    # What sessions call.

    def take(self) -> Envelope | None:
        """Give the next waiting mail.

        One that has waited too long is given up: whoever handed it over may have been frozen in
        between, and be taken for dead, so that another process is about to send the same mail.
        """
        while self._queue:
            envelope = self._queue.popleft()
            if self._now() - self._handed_at[envelope.key] <= self._limits.wait.total_seconds():
                return envelope
            self.settle(envelope, Later("it waited too long to be begun", scope=Scope.SERVER))
        return None

    def is_late(self, envelope: Envelope) -> bool:
        """Say whether others may act by now as if a mail had not gone."""
        return envelope.is_late(self._clock)

    def settle(self, envelope: Envelope, outcome: Outcome) -> None:
        """Keep what became of a mail."""
        del self._in_flight[envelope.key]
        del self._handed_at[envelope.key]
        self._handed_back.discard(envelope.key)
        self._results[envelope.key] = outcome
        if isinstance(outcome, Later) and outcome.scope is Scope.MAILBOX:
            self._use_fewer(self._allowed - 1)
        self._stop_waiting()

    def hand_back(self, envelope: Envelope, otherwise: Outcome) -> None:
        """Queue a mail for a fresh connection, unless that has been tried."""
        if self._closed or envelope.key in self._handed_back:
            self.settle(envelope, otherwise)
        else:
            self._handed_back.add(envelope.key)
            self._queue.appendleft(envelope)

    def idle(self, session: Session) -> None:
        """Keep a session for later, or let it go if it has served long enough."""
        if self._closed or self._is_worn(session) or len(self._sessions) > self._allowed:
            self._dismiss(session)
        else:
            self._resting.append(session)

    def gone(self, session: Session) -> None:
        """Forget a session and open another if mails wait."""
        self._sessions.discard(session)
        if session in self._resting:
            self._resting.remove(session)
        self._leaving.add(session)
        if not self._closed:
            self._dispatch()

    def closed(self, session: Session) -> None:
        """Forget a session's transport."""
        self._leaving.discard(session)
        self._stop_waiting(when=self._closed)

    # The pool.

    def _dispatch(self) -> None:
        """Give waiting mails to resting sessions, and open as many more as they are worth."""
        while self._resting and (envelope := self.take()) is not None:
            session = self._resting.pop()
            rested = self._now() - session.idle_since
            ask = rested > self._limits.ask_after.total_seconds()
            session.start(envelope, reset=ask)
        if not self._queue:
            return
        here = len(self._sessions) + len(self._openings)
        pause = self._pause_until - self._now()
        if pause <= 0:
            # The first one alone: a wrong password is tried once, not ten times at once.
            most = self._allowed if self._sessions else 1
            for _ in range(min(most - here, len(self._queue) - len(self._openings))):
                opening = self._own_loop().create_task(self._open())
                self._openings.add(opening)
                opening.add_done_callback(self._opened)
        elif not here:
            self._fail_waiting(_paused(self._failure, pause))

    async def _open(self) -> Outcome | None:
        """Open one connection and put it to work; give the outcome if it cannot be had."""
        opened = await self._connector.connect()
        if not isinstance(opened, Opened):
            return opened
        if self._closed:  # the cancellation came when the connection was there already
            cut(opened.transport)
            return None
        self._failures = 0
        session = Session(
            self,
            opened.offers,
            messages=self._limits.messages,
            patience=self._patience,
            block=self._block,
        )
        self._sessions.add(session)
        session.attach(opened.transport, self._own_loop())
        if session.is_over:
            return None
        if (envelope := self.take()) is not None:
            session.start(envelope)
        else:
            session.rest()
        return None

    def _opened(self, opening: asyncio.Task[Outcome | None]) -> None:
        """Go on after an attempt to connect."""
        self._openings.discard(opening)
        self._stop_waiting(when=self._closed)
        if opening.cancelled():
            return
        if (bug := opening.exception()) is not None:
            self._bug = self._bug or bug
        elif (failure := opening.result()) is not None:
            self._failure = failure
            if self._sessions:  # others work: the server is crowded, not gone
                self._use_fewer(len(self._sessions))
            elif self._openings:  # of the same volley: they decide, and none is added to them
                self._proven = False
            else:
                self._pause()
        self._dispatch()

    def _pause(self) -> None:
        """Leave the server alone for a while, and give back what waits."""
        longest = self._limits.back_off.total_seconds()
        self._pause_until = self._now() + min(2.0**self._failures, longest)
        self._failures = min(self._failures + 1, _DOUBLINGS)
        self._fail_waiting(self._failure)

    def _fail_waiting(self, outcome: Outcome) -> None:
        while self._queue:
            self.settle(self._queue.popleft(), outcome)

    def _use_fewer(self, connections: int) -> None:
        """Trouble a crowded server with fewer connections for a while."""
        self._allowed = max(1, connections)
        self._fewer_until = self._now() + _FEWER_FOR

    def _is_worn(self, session: Session) -> bool:
        age = self._now() - session.opened_at
        return session.is_worn or age > self._limits.age.total_seconds()

    def _dismiss(self, session: Session) -> None:
        """Say goodbye to an idle session."""
        self._sessions.discard(session)
        if session in self._resting:
            self._resting.remove(session)
        self._leaving.add(session)
        session.quit()

    # The loop.

    def _own_loop(self) -> asyncio.AbstractEventLoop:
        if self._closed:
            raise BrokenPromise("the mailer was used after it was closed")
        if self._loop is None:
            self._loop = asyncio.SelectorEventLoop()
            self._loop.set_exception_handler(self._note_bug)
        return self._loop

    def _now(self) -> float:
        return (self._loop or self._own_loop()).time()

    def _look(self, loop: asyncio.AbstractEventLoop) -> None:
        """Hear what servers said meanwhile, and let go what rested too long."""
        self._run(loop, loop.time())
        now = loop.time()
        longest = self._limits.idle.total_seconds()
        for session in [rested for rested in self._resting if now - rested.idle_since > longest]:
            self._dismiss(session)
        if self._fewer_until and now > self._fewer_until:
            self._fewer_until = 0.0
            self._allowed = self._limits.connections

    def _run(self, loop: asyncio.AbstractEventLoop, until: float) -> None:
        """Run until something is settled, somebody is overdue, or *until*."""
        if until <= loop.time():
            loop.call_soon(loop.stop)
            loop.run_forever()
        else:
            # A deadline set while the loop runs is seen after a glance's time.
            soon = min(until, loop.time() + self._glance)
            deadline = min((session.deadline for session in self._sessions), default=soon)
            alarm = loop.call_at(min(deadline, soon), loop.stop)
            loop.run_forever()
            alarm.cancel()
        now = loop.time()
        for session in [late for late in self._sessions if late.deadline <= now]:
            session.overdue(now)

    def _go_on(self, loop: asyncio.AbstractEventLoop) -> None:
        """Run for the caller until it is back; a fault of ours waits for it."""
        try:
            while not self._is_back:
                self._run(loop, loop.time() + self._glance)
        except Exception as bug:  # noqa: BLE001 - ours; raised where outcomes are asked for
            self._bug = self._bug or bug

    def _stop_waiting(self, *, when: bool = True) -> None:
        if when and self._loop is not None and self._loop.is_running():
            self._loop.stop()

    def _note_bug(self, _: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        """Keep an exception of our own out of a callback, to raise it at the caller."""
        bug = context.get("exception") or BrokenPromise(context["message"])
        if not isinstance(bug, OSError):  # the network's: the session hears of that itself
            self._bug = self._bug or bug

    def _raise_bug(self) -> None:
        if self._bug is not None:
            bug, self._bug = self._bug, None
            raise bug


def _paused(failure: Outcome, left: float) -> Outcome:
    """Say that nothing was tried, because of a failure a moment ago."""
    if isinstance(failure, Later) and failure.wait is None:
        return Later(failure.why, timedelta(seconds=left), failure.scope)
    return failure


def _patience(timeouts: Timeouts) -> dict[Phase, float]:
    return {
        Phase.RESET: timeouts.reset.total_seconds(),
        Phase.MAIL: timeouts.mail.total_seconds(),
        Phase.RCPT: timeouts.rcpt.total_seconds(),
        Phase.DATA: timeouts.data.total_seconds(),
        Phase.BODY: timeouts.dot.total_seconds(),
    }
