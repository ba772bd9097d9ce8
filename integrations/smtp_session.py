"""Mails over one authenticated connection, as fast as the server lets us.

Where PIPELINING is offered (RFC 2920), MAIL, RCPT and DATA leave in one write, and those of the
next mail right behind the final dot of this one; elsewhere step by step. Either way DATA has two
phases: no byte of a body leaves before the server's 354. So what is certain and what is in doubt
when a connection is lost is told apart exactly: before the first byte of the body nothing can have
been accepted, after it everything may have been.

It refuses to retry, to open connections, and to guess: a reply without a question, or one that is
none, ends the connection.
"""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from math import inf
from typing import Protocol

from integrations.cutting import cut
from integrations.replies import Phase, outcome_of_reply, quotable
from integrations.smtp_envelope import DOT, Command, commands_of, fault_of_envelope, stuffed
from worker.domain.outcomes import LATE, InDoubt, Later, Outcome, Scope
from worker.ports import Envelope

_LONGEST_REPLY = 32 * 1024  # octets of one reply; RFC 5321 4.5.3.1.5 asks for 512 a line
_RSET: Command = (Phase.RESET, b"RSET\r\n")
_CODES = {b"%d" % code: code for code in range(200, 600)}
_SEPARATORS = (b" ", b"-", b"\r", b"")
_COMPLETED = range(200, 300)
_FAILED = range(400, 600)
_CLOSING = 421
_START_INPUT = 354


class Pool(Protocol):
    """Who gives a session its mails and hears of it."""

    def take(self) -> Envelope | None:
        """Give the next mail to start; None if none waits."""
        ...

    def is_late(self, envelope: Envelope) -> bool:
        """Say whether it is too late for a mail to leave."""
        ...

    def settle(self, envelope: Envelope, outcome: Outcome) -> None:
        """Hear what became of a mail."""
        ...

    def hand_back(self, envelope: Envelope, otherwise: Outcome) -> None:
        """Take back a mail that an old connection could not even begin; it certainly is not sent.

        `otherwise` is its outcome where it shall not be tried on a fresh connection.
        """
        ...

    def idle(self, session: "Session") -> None:
        """Hear that a session has nothing to do."""
        ...

    def gone(self, session: "Session") -> None:
        """Hear that a session is over, after its mails were settled or handed back."""
        ...

    def closed(self, session: "Session") -> None:
        """Hear that the transport of a session has gone, too."""
        ...


@dataclass(slots=True)
class Transaction:
    """One mail on its way through one connection."""

    envelope: Envelope
    commands: deque[Command]  # not yet written
    begun: bool = False  # the first byte of the body may have left
    failed: Outcome | None = None  # what MAIL or RCPT said, until DATA is answered, too


@dataclass(slots=True)
class Waiting:
    """A reply we wait for; `refused` if it is that to the empty mail of a refused recipient."""

    phase: Phase
    transaction: Transaction
    refused: Outcome | None = None


class Session(asyncio.Protocol):
    """The protocol of one connection, from sign-in to QUIT; it takes *messages* mails at most.

    `deadline` is the instant of the loop's clock by which the server must have answered,
    `idle_since` the one since when nothing is in flight. *patience* says how long to wait for
    which reply, *block* how long for a body to move on; both in seconds.
    """

    def __init__(
        self,
        pool: Pool,
        offers: Mapping[str, str],
        *,
        messages: int,
        patience: Mapping[Phase, float],
        block: float,
    ) -> None:
        self.deadline = inf
        self.opened_at = 0.0
        self.idle_since = 0.0
        self._pool = pool
        self._offers = offers
        self._pipelining = "pipelining" in offers
        self._messages_left = messages
        self._patience = patience
        self._block = block
        self._waiting: deque[Waiting] = deque()
        self._partial = b""
        self._code = 0  # of a reply of several lines, so far
        self._text: list[bytes] = []
        self._needs_reset = False
        self._unsent = 0  # octets of a body that the transport still held when last looked at
        self._is_fresh = True  # no body was welcome yet, and it never rested
        self._over = False

    def attach(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Take over the transport of an authenticated connection."""
        self._transport = transport
        self._loop = loop
        self.opened_at = self.idle_since = loop.time()
        transport.set_protocol(self)
        if transport.is_closing():
            self.connection_lost(None)

    @property
    def is_over(self) -> bool:
        """Whether nothing can be sent here any more."""
        return self._over

    @property
    def is_worn(self) -> bool:
        """Whether this connection shall take no further mail."""
        return self._messages_left <= 0

    @property
    def is_idle(self) -> bool:
        """Whether nothing is in flight here."""
        return not self._waiting

    def start(self, envelope: Envelope, *, reset: bool = False) -> None:
        """Begin a mail on an idle session; after a pause *reset* asks whether anybody is there."""
        self._needs_reset = self._needs_reset or reset
        transaction = self._prepared(envelope)
        while transaction is None:
            following = self._following()
            if following is None:
                self.rest()
                return
            transaction = self._prepared(following)
        self._write_commands(transaction)

    def rest(self) -> None:
        """Have nothing to do, and say so."""
        self._is_fresh = False
        self.deadline = inf
        self.idle_since = self._loop.time()
        self._pool.idle(self)

    def quit(self) -> None:
        """Say goodbye and close; of no use while mails are in flight."""
        self._over = True
        self.deadline = inf
        if not self._transport.is_closing():
            # Like Postfix's smtp_skip_quit_response: nothing depends on the answer.
            self._transport.write(b"QUIT\r\n")
            self._transport.close()

    def cut(self) -> None:
        """Close without waiting for the other side's goodbye."""
        cut(self._transport)

    def overdue(self, now: float) -> None:
        """Give up what the server has not answered in time; a body still moving gets more time."""
        if self._unsent:
            left = self._transport.get_write_buffer_size()
            if left < self._unsent:
                self._unsent = left
                self._give_time(Phase.BODY, now)
                return
        phase = self._waiting[0].phase if self._waiting else Phase.RESET
        self._end(f"no answer to {phase.value} in time")

    def abandon(self, why: str) -> None:
        """Cut the connection: what is begun is in doubt, the rest certainly was not sent."""
        self._end(why)

    # What the loop tells us.

    def data_received(self, data: bytes) -> None:
        """Read replies, however they are cut into packets."""
        if self._partial:
            data = self._partial + data
        start = 0
        while not self._over:
            end = data.find(b"\n", start)
            if end < 0:
                break
            line = data[start:end]
            start = end + 1
            code = _CODES.get(line[:3])
            separator = line[3:4]
            if code is None or separator not in _SEPARATORS or self._code not in (0, code):
                self._end(f"a reply that is none: {quotable(_decoded(line))}")
            elif separator == b"-":
                self._code = code
                self._text.append(line[4:])
            else:
                self._code = 0
                text = line[4:] if not self._text else b" ".join([*self._text, line[4:]])
                self._text.clear()
                self._answered(code, text, more=start < len(data))
        self._partial = data[start:]
        if len(self._partial) + sum(map(len, self._text)) > _LONGEST_REPLY and not self._over:
            self._end("a reply without an end")

    def connection_lost(self, exc: Exception | None) -> None:
        """Settle what was in flight."""
        self._end("the connection was lost" + (f": {quotable(str(exc))}" if exc else ""))
        self._pool.closed(self)

    # Replies, one by one.

    def _answered(self, code: int, text: bytes, *, more: bool) -> None:
        """Work on one complete reply; *more* says that octets of another are here already."""
        if not self._waiting:
            self._end(f"the server spoke unasked: {quotable(f'{code} {_decoded(text)}')}")
            return
        if code == _CLOSING:
            self._closed_by_reply(_decoded(text))
            return
        waiting = self._waiting.popleft()
        unasked = more and not self._waiting
        if waiting.phase is not Phase.BODY and unasked:
            self._waiting.appendleft(waiting)
            self._end("the server spoke before it was asked")
            return
        if waiting.phase is Phase.BODY:
            self._messages_left = 0 if unasked else self._messages_left
            outcome = waiting.refused or outcome_of_reply(Phase.BODY, code, _decoded(text))
            self._finish(waiting.transaction, outcome)
        elif waiting.phase is Phase.DATA:
            self._data_answered(waiting, code, text)
        else:
            self._step_answered(waiting, code, text)

    def _step_answered(self, waiting: Waiting, code: int, text: bytes) -> None:
        """Go on after RSET, MAIL or RCPT."""
        transaction = waiting.transaction
        if code not in _COMPLETED:
            if waiting.phase is Phase.RESET:
                self._out_of_step(waiting, code, text)
                return
            if transaction.failed is None:
                transaction.failed = outcome_of_reply(waiting.phase, code, _decoded(text))
            if not self._pipelining:
                self._needs_reset = True
                self._finish(transaction, transaction.failed)
                return
        if transaction.commands:
            self._write_commands(transaction)
        else:
            self._give_time(self._waiting[0].phase)

    def _data_answered(self, waiting: Waiting, code: int, text: bytes) -> None:
        """Send the body where DATA was welcomed; of a refused mail an empty one."""
        transaction = waiting.transaction
        if code == _START_INPUT and transaction.failed is None:
            if self._pool.is_late(transaction.envelope):
                transaction.failed = LATE
                self._waiting.appendleft(waiting)
                self._end("a mail came to its turn too late")  # there is no other way out of DATA
            else:
                self._write_body(transaction)
        elif code == _START_INPUT:
            # RFC 2920 3.1: with every recipient refused, a server may still say 354.
            self._needs_reset = True
            self._waiting.append(Waiting(Phase.BODY, transaction, refused=transaction.failed))
            self._transport.write(DOT)
            self._give_time(Phase.BODY)
        elif code in _FAILED:
            self._needs_reset = True
            failed = transaction.failed or outcome_of_reply(Phase.DATA, code, _decoded(text))
            self._finish(transaction, failed)
        else:
            self._out_of_step(waiting, code, text)

    def _out_of_step(self, waiting: Waiting, code: int, text: bytes) -> None:
        """Give the connection up: what it says does not belong to what was asked."""
        self._waiting.appendleft(waiting)
        said = quotable(f"{code} {_decoded(text)}")
        self._end(f"out of step: {waiting.phase.value} was answered by {said}")

    def _finish(self, transaction: Transaction, outcome: Outcome) -> None:
        """Settle one mail and go on with the next."""
        self._is_fresh = False
        self._unsent = 0
        self._pool.settle(transaction.envelope, outcome)
        if self._waiting:  # the next mail's commands are on their way already
            self._give_time(self._waiting[0].phase)
            return
        following = self._following()
        if following is None:
            self.rest()
        else:
            self.start(following)

    # Writing.

    def _prepared(self, envelope: Envelope) -> Transaction | None:
        """Make a mail ready to go; None if it was settled, because it cannot go."""
        is_late = self._pool.is_late(envelope)
        fault = LATE if is_late else fault_of_envelope(envelope, self._offers)
        if fault is not None:
            self._pool.settle(envelope, fault)
            return None
        self._messages_left -= 1
        return Transaction(envelope, deque(commands_of(envelope, self._offers)))

    def _following(self) -> Envelope | None:
        """Give the next mail for this connection, if it may have one more."""
        return None if self.is_worn else self._pool.take()

    def _write_commands(self, transaction: Transaction) -> None:
        """Write all commands of a mail at once, or the next one where PIPELINING is not offered."""
        written = self._wait_for(transaction)
        self._transport.write(written)
        self._give_time(self._waiting[0].phase)

    def _wait_for(self, transaction: Transaction) -> bytes:
        """Give the octets of the commands to write now, and expect their replies."""
        commands = transaction.commands
        if self._needs_reset:
            self._needs_reset = False
            commands.appendleft(_RSET)
        if not self._pipelining:
            phase, command = commands.popleft()
            self._waiting.append(Waiting(phase, transaction))
            return command
        self._waiting.extend([Waiting(phase, transaction) for phase, _ in commands])
        written = b"".join([command for _, command in commands])
        commands.clear()
        return written

    def _write_body(self, transaction: Transaction) -> None:
        """Send the body, and right behind its dot the commands of the next mail."""
        self._waiting.append(Waiting(Phase.BODY, transaction))
        transaction.begun = True
        self._is_fresh = False
        octets = stuffed(transaction.envelope.content)
        following = self._behind_the_body() if self._pipelining else None
        self._transport.write(octets if following is None else octets + self._wait_for(following))
        self._unsent = self._transport.get_write_buffer_size()
        self._give_time(Phase.BODY)

    def _behind_the_body(self) -> Transaction | None:
        """Take the next mail that this server can have, while one is being answered."""
        while (envelope := self._following()) is not None:
            transaction = self._prepared(envelope)
            if transaction is not None:
                return transaction
        return None

    def _give_time(self, phase: Phase, now: float | None = None) -> None:
        """Set by when the next reply must be here."""
        start = self._loop.time() if now is None else now
        self.deadline = start + (self._block if self._unsent else self._patience[phase])

    # The end.

    def _closed_by_reply(self, text: str) -> None:
        """End by a 421. It speaks for the mail it answers: that one was not accepted."""
        waiting = self._waiting[0]
        why = quotable(f"the server closes: {waiting.phase.value}: {_CLOSING} {text}")
        if waiting.phase is Phase.BODY:
            self._waiting.popleft()
            outcome = waiting.refused or Later(why, scope=Scope.SERVER)
            self._pool.settle(waiting.transaction.envelope, outcome)
        self._end(why)

    def _end(self, why: str) -> None:
        """Settle or hand back everything in flight, and close."""
        if self._over:
            return
        self._over = True
        self.deadline = inf
        in_flight = {id(waiting.transaction): waiting.transaction for waiting in self._waiting}
        self._waiting.clear()
        for transaction in in_flight.values():
            self._give_up(transaction, why)
        cut(self._transport)
        self._pool.gone(self)

    def _give_up(self, transaction: Transaction, why: str) -> None:
        """Tell the sure from the doubtful."""
        envelope = transaction.envelope
        if transaction.failed is not None:
            self._pool.settle(envelope, transaction.failed)
        elif transaction.begun:
            self._pool.settle(envelope, InDoubt(f"{why}, after the mail was sent"))
        elif self._is_fresh:
            self._pool.settle(envelope, Later(why, scope=Scope.SERVER))
        else:
            self._pool.hand_back(envelope, Later(why, scope=Scope.SERVER))


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "replace").strip()
