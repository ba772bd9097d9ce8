"""What a simulation came to: counted while it runs, one person after the other.

Of ten thousand people's year no event is kept; only counts, and of one person at a time the
instants of contact, to find who is written to most.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo

from worker.domain.cases import is_message
from worker.engine.life import Event

# What a person is burdened with, over which span.
SPANS = {"day": timedelta(days=1), "fortnight": timedelta(days=14), "month": timedelta(days=30)}
_ACTIONS = frozenset(
    {"mail", "meeting", "survey", "message", "task", "alert", "update", "enroll", "webhook"}
)


@dataclass(slots=True)
class StepCount:
    """How often one step, or one rung of its ladder, happened."""

    playbook: str
    step: str
    rung: int
    kind: str
    count: int = 0
    people: int = 0
    by_month: Counter[tuple[int, int]] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)  # silent, replied, skipped, missed, …
    _last: str = ""

    def add(self, person: str, month: tuple[int, int]) -> None:
        """Count one more."""
        self.count += 1
        self.by_month[month] += 1
        if person != self._last:
            self._last = person
            self.people += 1


@dataclass(frozen=True, slots=True)
class Burden:
    """How often one person was written to: in all, and within each span at most."""

    person: str
    total: int
    most: dict[str, int]
    tasks: int
    end: str  # the fact that ended it: declined, …; empty: nothing did


class Tally:
    """Takes events as they come; person by person."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self.steps: dict[tuple[str, str, int, str], StepCount] = {}
        self.by_month: dict[tuple[int, int], Counter[str]] = {}
        self.facts: Counter[str] = Counter()
        self.burdens: list[Burden] = []
        self.people = 0
        self.enrolled: Counter[str] = Counter()
        self._person = ""
        self._contacts: list[datetime] = []
        self._tasks = 0
        self._end = ""
        self._months: dict[tuple[int, int, int], tuple[int, int]] = {}

    def add(self, event: Event) -> None:
        """Count one event."""
        if event.person != self._person:
            self._close()
            self._person = event.person
            self.people += 1
        kind = event.kind
        if kind in _ACTIONS:
            month = self._month(event.at)
            self._step(event, kind).add(event.person, month)
            counts = self.by_month.get(month)
            if counts is None:
                counts = self.by_month[month] = Counter()
            counts[kind] += 1
            if event.intent is not None and is_message(event.intent.action):
                self._contacts.append(event.at)
            elif kind == "task":
                self._tasks += 1
        elif kind == "enrolled":
            self.enrolled[event.playbook] += 1
        elif event.step:
            self._of_step(event).found[kind] += 1
        else:
            self.facts[kind] += 1
            if kind in {"declined", "withdrawn", "opted_out"}:
                self._end = kind

    def done(self) -> None:
        """Count the last person too."""
        self._close()

    def _step(self, event: Event, kind: str) -> StepCount:
        key = (event.playbook, event.step, event.rung, kind)
        found = self.steps.get(key)
        if found is None:
            found = self.steps[key] = StepCount(event.playbook, event.step, event.rung, kind)
        return found

    def _of_step(self, event: Event) -> StepCount:
        """Give the count of the step itself, whatever it does."""
        for kind in _ACTIONS:
            found = self.steps.get((event.playbook, event.step, 0, kind))
            if found is not None:
                return found
        return self._step(event, "")

    def _month(self, at: datetime) -> tuple[int, int]:
        """Give the local month; asked of the zone once for each hour of a day."""
        hour = (at.year, at.month, at.day * 24 + at.hour)
        month = self._months.get(hour)
        if month is None:
            local = at.astimezone(self._zone)
            month = self._months[hour] = (local.year, local.month)
        return month

    def _close(self) -> None:
        if not self._person:
            return
        contacts = sorted(self._contacts)
        most = {name: _most(contacts, span) for name, span in SPANS.items()}
        self.burdens.append(Burden(self._person, len(contacts), most, self._tasks, self._end))
        self._contacts, self._tasks, self._end, self._person = [], 0, "", ""


def _most(contacts: list[datetime], span: timedelta) -> int:
    """Give the greatest number of instants that lie within *span* of each other."""
    return (
        max(
            (index + 1 - bisect_left(contacts, at - span + timedelta(seconds=1)))
            for index, at in enumerate(contacts)
        )
        if contacts
        else 0
    )
