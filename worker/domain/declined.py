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
    """Say whether the person has declined; who accepts after that has thought better of it.

    What is known already of a later day has not come yet.
    """
    declined = _latest(facts, DECLINED, now)
    if declined is None:
        return False
    accepted = _latest(facts, _ACCEPT, now)
    return accepted is None or accepted <= declined


def turns_at(facts: Facts, now: datetime) -> datetime | None:
    """Say when, by time alone, somebody will come to have declined, or not any more."""
    if not facts.all(DECLINED):
        return None
    known = (*facts.all(DECLINED), *facts.all(_ACCEPT))
    return min((fact.at for fact in known if fact.at > now), default=None)


def is_over(plan: Plan, step: Step | None, facts: Facts, now: datetime) -> bool:
    """Say whether nothing of *step* is arranged with somebody any more.

    They have declined, or what stops the playbook has come.
    """
    if has_declined(facts, now) and not (step is not None and is_for_decliners(plan, step)):
        return True
    stops = (facts.first(word, plan.playbook) for word in plan.stop_on)
    return any(fact is not None and fact.at <= now for fact in stops)


def _latest(facts: Facts, name: str, now: datetime) -> datetime | None:
    return max((fact.at for fact in facts.all(name) if fact.at <= now), default=None)


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
