"""When mails leave that a mailbox may not send at once, said ahead and held against the ledger."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from tests.stores import STORES
from worker.engine import ledger
from worker.engine.journal.store import Store
from worker.engine.ledger import Limits
from worker.engine.ration import Ration

BEGIN = datetime(2026, 4, 1, 0, 30, tzinfo=UTC)
LANE = "mail:hr"


def at_once(at: datetime) -> datetime:
    """Let mails leave at any time."""
    return at


def in_the_morning(at: datetime) -> datetime:
    """Let mails leave from nine to ten."""
    nine = at.replace(hour=9, minute=0, second=0)
    if at <= nine:
        return nine
    return at if at.hour == 9 else nine + timedelta(days=1)


def test_what_fits_leaves_when_it_is_due() -> None:
    """A limit that is not reached delays nothing."""
    ration = Ration(Limits(per_minute=2, per_day=3))

    assert [ration.leave(BEGIN, at_once) for _ in range(2)] == [BEGIN, BEGIN]


def test_what_does_not_fit_into_the_day_leaves_when_the_first_is_a_day_old() -> None:
    """The window is of 24 hours, and not of the calendar's day; what left before counts."""
    ration = Ration(Limits(per_day=3), sent=[BEGIN - timedelta(hours=23)])

    times = [ration.leave(BEGIN, at_once) for _ in range(4)]

    hour = BEGIN + timedelta(hours=1, minutes=1)
    assert times == [BEGIN, BEGIN, hour, BEGIN + timedelta(days=1, minutes=1)]


def test_what_is_put_off_into_the_night_leaves_in_the_morning() -> None:
    """The hours of sending hold on the other day, too."""
    ration = Ration(Limits(per_day=1))
    late = BEGIN.replace(hour=9, minute=59, second=30)

    first, second = (ration.leave(late, in_the_morning) for _ in range(2))

    assert first == late
    assert second == late.replace(day=3, hour=9, minute=0, second=0)


@settings(max_examples=40)
@given(
    gaps=st.lists(st.integers(0, 9_000), min_size=1, max_size=25),
    per_minute=st.none() | st.integers(1, 3),
    per_day=st.integers(1, 6),
)
def test_no_window_ever_holds_more_than_the_limit(
    gaps: list[int], per_minute: int | None, per_day: int
) -> None:
    """Whatever is due when; and nothing leaves before it is due, nor out of turn."""
    ration = Ration(Limits(per_minute=per_minute, per_day=per_day))
    due, dues = BEGIN, []
    for gap in gaps:
        due += timedelta(seconds=gap)
        dues.append(due)

    times = [ration.leave(due, at_once) for due in dues]

    assert all(leaves >= due for leaves, due in zip(times, dues, strict=True))
    assert all(one <= other for one, other in pairwise(times))
    for span, limit in ((timedelta(days=1), per_day), (timedelta(minutes=1), per_minute)):
        if limit is not None:
            assert max(sum(t - span < one <= t for one in times) for t in times) <= limit


def test_the_ledger_lets_each_leave_when_it_was_said(tmp_path: Path) -> None:
    """The same limits, asked as a worker asks them, minute by minute."""
    limits = Limits(per_minute=2, per_day=5)
    ration = Ration(limits)
    foreseen = [ration.leave(BEGIN, at_once) for _ in range(12)]

    url = STORES.place(tmp_path)
    store = STORES.open(Store(url))
    with store.write() as connection:
        left = [as_it_comes(connection, limits) for _ in range(12)]
    store.close()
    STORES.give_back(url)

    assert [abs(a - b) <= timedelta(minutes=1) for a, b in zip(foreseen, left, strict=True)] == [
        True
    ] * 12


def as_it_comes(connection: Connection, limits: Limits) -> datetime:
    """Take one as soon as the ledger has room; gives when."""
    now = BEGIN
    while True:
        room = ledger.room(connection, LANE, limits, now, 1)
        if room.count:
            ledger.take(connection, LANE, 1, now)
            return now
        assert room.opens_at is not None
        now = max(room.opens_at, now + timedelta(seconds=1))
