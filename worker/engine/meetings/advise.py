"""Why a meeting has no time and what would help, as it is kept with the meeting and read again.

They are kept as reasons, in `outcome`: a sentence is made of them where somebody reads it, in the
language of whoever does.
"""

from typing import NamedTuple

from worker.domain.advice import Advice
from worker.domain.reasons import Because, Reason
from worker.engine.journal.as_text import reasons_in, why_json


class Told(NamedTuple):
    """What an outcome says: empty of one that is somebody's own words, or a provider's."""

    why: tuple[Reason, ...] = ()
    help: tuple[Reason, ...] = ()


NOT_TOLD = Told()
_RUN_OUT = frozenset({Because.PERSON_TAKEN, Because.SPAN_OVER})


def outcome_of(advice: Advice, before: str = "") -> str:
    """Write *advice* as a meeting keeps it, beside what was kept *before*.

    While the span runs out, less and less of it is left to look at: why there was no time in all of
    it says more than that a last night of it suits nobody. What would help is told anew.
    """
    said = told_in(before).why
    why = said if said and advice.why.because in _RUN_OUT else (advice.why,)
    return why_json(why if advice.help is None else (*why, advice.help))


def told_in(outcome: str) -> Told:
    """Read why a meeting has no time, and what would help."""
    reasons = reasons_in(outcome)
    return Told(
        tuple(one for one in reasons if not one.is_help),
        tuple(one for one in reasons if one.is_help),
    )
