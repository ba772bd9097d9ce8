"""Words for time, as a playbook has them: "offer + 2 business days at 10:00".

What they mean is `domain.workdays`' business; what text they come from is the playbook's.
"""

from dataclasses import dataclass
from datetime import date, time
from enum import Enum
from typing import TypeAlias

from worker.domain.conditions import Condition


class Unit(Enum):
    """What a distance is counted in."""

    MINUTES = "minutes"
    HOURS = "hours"
    DAYS = "days"
    BUSINESS_DAYS = "business days"
    WEEKS = "weeks"
    MONTHS = "months"


@dataclass(frozen=True, slots=True)
class Distance:
    """So many units; before the anchor if negative."""

    count: int
    unit: Unit


@dataclass(frozen=True, slots=True)
class FromFact:
    """`FACT [± N UNIT]… [at HH:MM]`; `at` is local time in the person's zone."""

    fact: str
    distances: tuple[Distance, ...] = ()
    at: time | None = None


@dataclass(frozen=True, slots=True)
class OnDate:
    """`2026-08-20 [at HH:MM]`, known from the start."""

    day: date
    at: time | None = None


@dataclass(frozen=True, slots=True)
class InYearOf:
    """`08-20 in year of FACT [at HH:MM]`: the day in the local calendar year of the fact."""

    month: int
    day: int
    fact: str
    at: time | None = None


Moment: TypeAlias = FromFact | OnDate | InYearOf


@dataclass(frozen=True, slots=True)
class Every:
    """`every N[..M] UNIT from MOMENT [until MOMENT]`: occurrence 1 is one gap after the start.

    With one gap (`greatest` is None) occurrences stand on a grid from the start, so that month
    arithmetic does not drift. With a range, each is counted from the one before.
    """

    least: Distance
    start: Moment
    until: Moment | None = None
    greatest: Distance | None = None


@dataclass(frozen=True, slots=True)
class OnceTrue:
    """`pulse.ease <= 2`: due as soon as the facts make the condition true, once."""

    condition: Condition


When: TypeAlias = FromFact | OnDate | InYearOf | Every | OnceTrue


@dataclass(frozen=True, slots=True)
class Season:
    """Days of the year, both included; may run over New Year (`12-29..01-03`)."""

    first: tuple[int, int]  # month, day
    last: tuple[int, int]
