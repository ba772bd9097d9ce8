"""What a person's own mails say of them: they wrote, they are away, an address is none.

An open question freezes the robots: while somebody's mail waits for a human, no automatic message
goes out to that person. And whoever is away is not silent.
"""

from dataclasses import replace
from datetime import date, datetime

from worker.domain.facts import Fact, Facts, Person, PlaybookId
from worker.domain.tracks import Times
from worker.domain.unavailable import UNAVAILABLE
from worker.domain.workdays import Workdays

WROTE = "person.wrote"
CONTACTED = "person.contacted"  # a human of ours wrote to them; its value: who
ANSWERED = "person.answered"  # a human has, or says that it needs none
AWAY = "person.away"  # its value: the day somebody is back
BOUNCED = "person.bounced"
COMPLAINED = "person.complained"
UNSUBSCRIBED = "person.unsubscribed"
PACE = "person.pace"  # its value: how often somebody wishes to hear from us, in their own word
GENTLE = "gentle"
CANNOT_COME = "person.unavailable"  # its value: times at which they said that they cannot come

_AWAY = (PlaybookId(""), AWAY)
_CANNOT_COME = (PlaybookId(""), CANNOT_COME)


def has_open_question(facts: Facts) -> bool:
    """Say whether something that the person wrote waits for a human."""
    wrote = facts.last(WROTE)
    if wrote is None:
        return False
    answered = facts.last(ANSWERED)
    return answered is None or answered.at < wrote.at


def as_they_wish(person: Person, facts: Facts) -> Person:
    """Give *person* with what they told us themselves beside what the table of people says.

    The pace they asked for outweighs the table's; times at which they cannot come are added.
    """
    told = [str(fact.value or "") for fact in facts.noted(_CANNOT_COME) or ()]
    if told:
        cells = [str(person.attributes.get(UNAVAILABLE) or ""), *told]
        attributes = {**person.attributes, UNAVAILABLE: "; ".join(filter(None, cells))}
        person = replace(person, attributes=attributes)
    wished = facts.last(PACE)
    if wished is None or not isinstance(wished.value, str) or wished.value == person.pace:
        return person
    return replace(person, pace=wished.value)


def away_until(facts: Facts, now: datetime, workdays: Workdays) -> datetime | None:
    """Give the start of the business day on which somebody is back who is away at *now*."""
    ends = (_back(absence, workdays) for absence in facts.noted(_AWAY) or () if absence.at <= now)
    return max((end for end in ends if end is not None and end > now), default=None)


def standing_still(facts: Facts, since: datetime, until: datetime, times: Times) -> datetime:
    """Move *until* by what of the time from *since* on somebody is away.

    A clock that would end while they are away goes on at the start of the first business day on
    which they are back, with as many business days to go as were left.
    """
    for absence in sorted(facts.noted(_AWAY) or (), key=lambda fact: fact.at):
        back = _back(absence, times.workdays)
        left = max(absence.at, since)
        if back is None or back <= left or left >= until:
            continue
        days = times.workdays
        day, last = days.local(left).date(), days.local(until).date()
        to_go = 0
        while day < last:
            day = days.business_day(day, 1)
            to_go += day <= last
        returned = days.local(back).date()
        clock = days.local(until).time()
        until = days.instant(days.business_day(returned, to_go), clock)
        since = back
    return until


def day_of(fact: Fact) -> date | None:
    """Give the day that is a fact's value; None where it is none."""
    if not isinstance(fact.value, str):
        return None
    try:
        return date.fromisoformat(fact.value)
    except ValueError:
        return None


def _back(absence: Fact, workdays: Workdays) -> datetime | None:
    """Give the start of the first business day on which somebody is back; None if nobody said."""
    day = day_of(absence)
    return None if day is None else workdays.instant(workdays.business_day(day))
