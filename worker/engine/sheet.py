"""What one transaction is about to write of claimed intents that are not carried out now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from worker.domain.cases import DUE
from worker.domain.facts import RETRACTED
from worker.domain.intents import State
from worker.engine.journal.intents import Settled
from worker.engine.journal.rewound import SAID, Lost
from worker.engine.look import Cancel, GiveUp, Go, Verdict, Wait, Withdraw
from worker.engine.settle import PROBE_AFTER, fact_about, refused
from worker.engine.tables import stamp
from worker.engine.work import Work


@dataclass(slots=True)
class Sheet:
    """What is about to be written."""

    now: datetime
    letters: list[dict[str, Any]] = field(default_factory=list)
    settled: list[Settled] = field(default_factory=list)
    facts: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # and their intents
    wishes: list[tuple[int, dict[str, Any]]] = field(default_factory=list)  # that follow, as above
    left: list[Work] = field(default_factory=list)  # to be claimed again: enough is in hand

    def drop(self, work: Work, state: State, why: str, *, next_at: datetime | None = None) -> None:
        """Note what becomes of a claimed intent that is not carried out now.

        One that was in doubt and is not sent again stays in doubt: it may have gone the first time.
        """
        if state is State.CANCELLED and work.resent:
            state, why = State.DOUBT, work.outcome or why
        at = None if next_at is None else stamp(next_at)
        settled_at = None if state is State.READY else stamp(self.now)
        self.settled.append(Settled(work.id, work.fence, state, at, settled_at, why))

    def refuse(self, work: Work, why: str) -> None:
        """Note that a claimed intent is given up for good."""
        settled, facts = refused(work, why, stamp(self.now))
        self.settled.append(settled)
        self.facts += ((work.id, fact) for fact in facts)

    def asks_first(self, work: Work, lost: Lost | None) -> bool:
        """Put in doubt what may have gone in a time of which the journal knows nothing.

        It is asked about as every doubt is, as soon as the other side can be expected to know; not
        at all where the number of an enrollment may have been somebody else's then.
        """
        if lost is None or work.resent or not lost.may_have_gone(work.id, work.due_at):
            return False
        rewound = lost.rewound
        look_at: int | None = None
        if rewound.can_be_asked(work.enrollment):
            is_settled = self.now + PROBE_AFTER <= rewound.until
            look_at = stamp(self.now if is_settled else max(self.now, rewound.until) + PROBE_AFTER)
        at = stamp(self.now)
        self.settled.append(Settled(work.id, work.fence, State.DOUBT, look_at, at, SAID))
        return True

    def follow(self, work: Work, verdict: Verdict) -> bool:
        """Say whether an intent may be carried out; what is not is noted here."""
        match verdict:
            case Go():
                return True
            case Wait():
                self.drop(work, State.READY, work.outcome or "", next_at=verdict.until)
            case Cancel() | Withdraw() | GiveUp() if work.resent:
                self.drop(work, State.CANCELLED, "")
            case Cancel():
                self.drop(work, State.CANCELLED, verdict.because.value)
            case Withdraw():
                self.drop(work, State.CANCELLED, verdict.because.value)
                fact = fact_about(work, DUE, stamp(self.now), RETRACTED)
                self.facts.append((work.id, fact))
            case GiveUp():
                self.refuse(work, work.outcome or "given up")
        return False
