"""A twin of every port, without a world behind it.

It ships: tests, `tsunagu simulate` and demonstrations use it. A twin passes the contract suite of
its port, obeys the fault addresses of `integrations.faults`, and keeps what was handed to it.
It refuses to be patched: what should go wrong is asked for by address or by a switch.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from integrations.faults import Fault, fault_of
from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import Envelope

Answer = Callable[[Envelope], Outcome | None]


class MemoryMailer:
    """A `Mailer` whose mails arrive in a list.

    `handed_over` holds every attempt in order; `arrived` what a recipient would find in the
    mailbox, so also a mail whose answer was lost. `answer` is a switch: while it is set it decides
    instead of the address; None from it means that the server stays silent, and the mail is in
    doubt once the mailer is closed. `down` is the other switch: while it holds a text, no server
    can be reached, for that reason.
    """

    def __init__(self, *, connections: int = 1, answer: Answer | None = None) -> None:
        self.handed_over: list[Envelope] = []
        self.arrived: list[Envelope] = []
        self.answer = answer
        self.down = ""
        self._connections = connections
        self._attempts: Counter[Key] = Counter()
        self._results: dict[Key, Outcome] = {}
        self._silent: dict[Key, Envelope] = {}
        self._closed = False

    @property
    def room(self) -> int:
        """Say how many envelopes may be handed over now."""
        if self._closed:
            return 0
        return max(0, 2 * self._connections - len(self._results) - len(self._silent))

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Take envelopes; their outcomes are ready at once."""
        group = list(envelopes)
        if len(group) > self.room:
            raise BrokenPromise(
                f"{len(group)} envelopes were handed over where there was room for {self.room}"
            )
        for envelope in group:
            self.handed_over.append(envelope)
            outcome = self._judge(envelope)
            if outcome is None:
                self._silent[envelope.key] = envelope
            else:
                self._results[envelope.key] = outcome

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:  # noqa: ARG002 - the port's promise; nothing is slow here
        """Give what became of envelopes, each once; never waits."""
        results, self._results = self._results, {}
        return results

    def close(self) -> None:
        """Close; what was met with silence is in doubt."""
        self._closed = True
        for key in self._silent:
            self._results[key] = InDoubt("the server had not answered when we closed")
        self._silent.clear()

    def _judge(self, envelope: Envelope) -> Outcome | None:
        if self.down:
            return Later(self.down, scope=Scope.SERVER)
        if self.answer is not None:
            outcome = self.answer(envelope)
            if isinstance(outcome, Done):
                self.arrived.append(envelope)
            return outcome
        return self._judge_address(envelope)

    def _judge_address(self, envelope: Envelope) -> Outcome:
        self._attempts[envelope.key] += 1
        found = fault_of(envelope.recipient)
        if found is None or found.fault is Fault.SILENT:
            return self._arrive(envelope)
        match found.fault:
            case Fault.TEMPORARY:
                if found.times is not None and self._attempts[envelope.key] > found.times:
                    return self._arrive(envelope)
                return Later("451 4.3.0 temporary error, as the address asks")
            case Fault.PERMANENT:
                return Refused(
                    "550 5.1.1 no such user, as the address asks", Scope.ADDRESS, "5.1.1"
                )
            case Fault.DOUBT:
                self._arrive(envelope)
                return InDoubt("the connection was lost after the mail, as the address asks")
            case Fault.LOST:
                return InDoubt("the connection was lost after the mail, as the address asks")

    def _arrive(self, envelope: Envelope) -> Done:
        self.arrived.append(envelope)
        return Done(f"250 2.0.0 kept as {len(self.arrived)}")


class MemorySentFolder:
    """A `SentFolder` that knows what arrived through a `MemoryMailer`.

    The switch `blind` makes it unable to tell.
    """

    def __init__(self, mailer: MemoryMailer) -> None:
        self.blind = False
        self._mailer = mailer

    def has(self, message_id: str) -> bool | None:
        """Say whether a mail of that Message-ID arrived; None while blind."""
        if self.blind:
            return None
        return any(envelope.message_id == message_id for envelope in self._mailer.arrived)


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it was made."""

    url: str
    key: Key
    secret: str
    body: Mapping[str, object]


class MemoryCaller:
    """A `Caller` that keeps its calls.

    `answer` is a switch: while it is set it decides how a call goes.
    """

    def __init__(self, *, answer: Callable[[Call], Outcome] | None = None) -> None:
        self.calls: list[Call] = []
        self.answer = answer

    def call(self, url: str, *, key: Key, secret: str, body: Mapping[str, object]) -> Outcome:
        """Keep the call; `Done` unless the switch says otherwise."""
        call = Call(url, key, secret, dict(body))
        self.calls.append(call)
        return Done("200") if self.answer is None else self.answer(call)
