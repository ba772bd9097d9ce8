"""What the log hears of outcomes: a line for each that is not as it should be, one for the rest.

Called when the outcomes stand in the journal. Where a machine reads the log (`log: json`) each has
a line of its own; for a person that would be a line a mail, and cost half as much as the mail.
"""

from collections.abc import Sequence

from worker import logs
from worker.domain.outcomes import Done, InDoubt, Later, Refused, Scope
from worker.engine.settle import Answered

_OF_ONE_LINE = 40  # keys


def tell(lane: str, answered: Sequence[Answered]) -> None:
    """Write down what became of some intents of *lane*."""
    if not answered or not logs.has_begun():
        return
    each = logs.tells_each()
    done = [one.work.key for one in answered if isinstance(one.outcome, Done) and not each]
    for begin in range(0, len(done), _OF_ONE_LINE):
        keys = done[begin : begin + _OF_ONE_LINE]
        logs.done(lane=lane, count=len(keys), keys=" ".join(keys))
    shut: Later | Refused | None = None
    for one in answered:
        match one.outcome:
            case Done() if not each:
                pass
            case Later(scope=Scope.SERVER | Scope.MAILBOX) | Refused(scope=Scope.SERVER):
                shut = shut or one.outcome
            case Refused(scope=Scope.MAILBOX):
                shut = one.outcome
            case Done() | Later() | Refused() | InDoubt():
                logs.handed_over(
                    key=one.work.key,
                    kind=one.work.kind,
                    lane=lane,
                    outcome=one.outcome,
                    attempt=one.work.attempts + 1,
                )
    if isinstance(shut, Refused) and shut.scope is Scope.MAILBOX:
        logs.lane_stopped(lane=lane, why=shut.why)
    elif shut is not None:
        logs.lane_backed_off(lane=lane, why=shut.why)
