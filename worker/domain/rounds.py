"""What became of the times that somebody was given for one meeting, as their facts tell it.

A meeting of many has a row for each session, and people go from one to another: what did not suit
somebody is known of them, and not of a session.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from worker.domain.facts import RETRACTED, Fact, PlaybookId, StepId

_BOOKED = "booked"
_GIVEN = frozenset({_BOOKED, "moved"})
_DECLINED = "declined"


class Rounds(NamedTuple):
    """The times that did not suit somebody, in the order in which they were given."""

    number: int = 0  # how often they declined; never less than it was
    refused: tuple[datetime, ...] = ()
    was_booked: bool = False  # ever


def rounds_of(facts: Iterable[Fact], step: StepId, playbook: PlaybookId, occurrence: int) -> Rounds:
    """Read *facts* of one person, in the order in which they were noted.

    >>> from datetime import UTC
    >>> at = datetime(2026, 4, 1, tzinfo=UTC)
    >>> said = [("booked", "2026-04-02T13:00+09:00"), ("declined", None)]
    >>> facts = [Fact(f"day.{word}", at, PlaybookId("naitei"), 0, value) for word, value in said]
    >>> rounds_of(facts, StepId("day"), PlaybookId("naitei"), 0).number
    1
    """
    number = 0
    was_booked = False
    given: datetime | None = None
    refused: list[datetime] = []
    for fact in facts:
        of, _, word = fact.name.rpartition(".")
        if (of, fact.playbook, fact.occurrence) != (step, playbook, occurrence):
            continue
        if word in _GIVEN and isinstance(fact.value, str) and fact.value != RETRACTED:
            given = datetime.fromisoformat(fact.value)
            was_booked = was_booked or word == _BOOKED
        elif word == _DECLINED and fact.value != RETRACTED:
            number += 1
            refused += [given] if given is not None else []
    return Rounds(number, tuple(dict.fromkeys(refused)), was_booked)
