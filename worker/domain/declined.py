"""Whoever has declined gets thanks, and nothing else.

A wish to decline, read in a mail, holds everything until HR has looked. HR's word makes it a fact;
from then on a message goes to that person only from what its author wrote for those who declined.
"""

from datetime import datetime

from worker.domain.facts import Facts
from worker.domain.plan import Plan, Step
from worker.domain.track import fact_names
from worker.domain.when import Every, FromFact, InYearOf, OnceTrue

DECLINED = "declined"
DECLINES = "wish to decline"  # why somebody is held
_ACCEPT = "accept"


def has_declined(facts: Facts, now: datetime) -> bool:
    """Say whether the person has declined; who accepts after that has thought better of it."""
    declined = facts.last(DECLINED)
    if declined is None or declined.at > now:
        return False
    accepted = facts.last(_ACCEPT)
    return accepted is None or accepted.at <= declined.at


def is_for_decliners(plan: Plan, step: Step) -> bool:
    """Say whether its author wrote *step* for those who declined.

    Its playbook needs the fact, or is for whom it is known of; or the step itself counts from it.
    """
    if DECLINED in plan.needs:
        return True
    if plan.audience is not None and DECLINED in fact_names(plan.audience):
        return True
    match step.when:
        case OnceTrue():
            return DECLINED in fact_names(step.when.condition)
        case Every():
            start = step.when.start
        case _:
            start = step.when
    return isinstance(start, FromFact | InYearOf) and start.fact == DECLINED
