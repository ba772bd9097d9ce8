"""By when a human answers what somebody wrote: an open question has a clock.

The clock runs in business hours, because a promise to answer within a day is not one to answer on
a Sunday.
"""

from datetime import datetime, timedelta

from worker.domain.guards import Window
from worker.domain.when import Distance, Unit

_EXACT = {Unit.MINUTES: timedelta(minutes=1), Unit.HOURS: timedelta(hours=1)}
_TICK = timedelta(microseconds=1)


def answer_by(since: datetime, within: Distance, window: Window) -> datetime:
    """Give the instant by which an answer is due to what came at *since*.

    What comes outside *window* is taken to have come when it opens next. Days lead to the same
    time of day; hours and minutes are counted while the window is open.
    """
    begins = window.opens(since)
    unit = _EXACT.get(within.unit)
    if unit is None or window.hours is None:
        return window.opens(window.workdays.after(begins, within))
    left = within.count * unit
    while True:
        day = window.workdays.local(begins).date()
        ends = window.workdays.instant(day, window.hours[1])
        if begins + left <= ends:
            return begins + left
        left -= max(ends - begins, timedelta())
        begins = window.opens(max(ends, begins) + _TICK)
