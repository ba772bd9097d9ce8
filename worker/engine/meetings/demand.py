"""What wants a time: one meeting, whom it is with, and when it may be."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.domain.appointments import Appointment, Attendee, Stage
from worker.domain.cases import Case
from worker.domain.facts import Staff
from worker.domain.meetings import Span
from worker.domain.plan import Meeting
from worker.domain.workdays import Workdays
from worker.engine.meetings.follow import office_of
from worker.engine.render import Edition
from worker.engine.work import Work


@dataclass(frozen=True, slots=True)
class Demand:
    """One meeting that wants a time, with all that says when it may be."""

    known: Appointment
    case: Case  # of its person; of a meeting of many, of the first
    edition: Edition
    action: Meeting
    teams: tuple[tuple[Staff, ...], ...]
    window: Span
    work: Work | None = None  # the wish it comes from, while there is no row
    cases: Mapping[str, Case] = field(default_factory=dict)  # of a meeting of many: of all of them

    def case_of(self, one: Attendee) -> Case:
        """Give what is known of one of its people."""
        return self.cases.get(str(one.person), self.case)

    @property
    def is_ahead(self) -> bool:
        """Say whether it is promised and not due: a time is held for it, and nobody is told."""
        return self.known.stage is Stage.RESERVED

    @property
    def days(self) -> Workdays:
        """What time it is where the playbook is at home."""
        return office_of(self.edition)
