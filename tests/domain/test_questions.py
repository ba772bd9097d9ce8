"""By when a human answers: the clock of an open question."""

from datetime import time

import pytest

from tests.domain.stories import at
from worker.domain.guards import Window
from worker.domain.plan import Calendar, Sending
from worker.domain.questions import answer_by
from worker.domain.when import Distance, Unit
from worker.domain.workdays import workdays

OFFICE = Window(Sending(hours=(time(9), time(18)), days="business"), workdays(Calendar()))


@pytest.mark.parametrize(
    ("came", "within", "due"),
    [
        ("2026-04-02 10:00", Distance(1, Unit.BUSINESS_DAYS), "2026-04-03 10:00"),
        ("2026-04-03 10:00", Distance(1, Unit.BUSINESS_DAYS), "2026-04-06 10:00"),  # a Friday
        ("2026-04-03 22:00", Distance(1, Unit.BUSINESS_DAYS), "2026-04-07 09:00"),  # that night
        ("2026-04-02 10:00", Distance(4, Unit.HOURS), "2026-04-02 14:00"),
        ("2026-04-02 17:00", Distance(4, Unit.HOURS), "2026-04-03 12:00"),  # over the night
        ("2026-04-03 17:30", Distance(60, Unit.MINUTES), "2026-04-06 09:30"),
        ("2026-04-02 10:00", Distance(20, Unit.HOURS), "2026-04-06 12:00"),  # 8 + 9 + 3
        ("2026-04-02 10:00", Distance(2, Unit.DAYS), "2026-04-06 09:00"),  # a Saturday
    ],
)
def test_the_clock_runs_in_business_hours(came: str, within: Distance, due: str) -> None:
    """Nobody is told on a Sunday that they are late."""
    assert answer_by(at(came), within, OFFICE) == at(due)
