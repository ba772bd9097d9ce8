"""Live through lost time once more, with the memory of providers in the place of ways out.

The engine that decides is the one that decided then, under a clock that jumps from one moment to
the next. Whatever it would have handed over is asked about: what was found is recorded as it
happened, and is a fact for what comes next; what was certainly not done waits until the lost time
is over; what nobody can tell is shown to a human. Answers that came are read at the moment at which
they came. Nothing leaves meanwhile.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from worker.domain.errors import BrokenPromise
from worker.domain.intents import Key, State
from worker.domain.outcomes import Outcome
from worker.engine import tables
from worker.engine.engine import Engine, TurnedClock
from worker.engine.journal.journal import Journal
from worker.engine.journal.lanes import JOURNAL
from worker.engine.journal.marks import LAST_TICK, write_mark
from worker.engine.journal.rewound import SAID, Rewound, note_rewound, read_rewound
from worker.engine.listen import Listener
from worker.engine.sweep import FOUND
from worker.engine.tables import stamp
from worker.ports import Envelope, InboxTrouble

_SOON = timedelta(seconds=1)

_intent, _meeting = tables.intent.c, tables.meeting.c


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What came of it."""

    found: int  # mails that had gone
    booked: int  # meetings that stand in calendars
    to_ask: int  # mails that are asked about within minutes, when the provider knows
    doubts: int  # what nobody can tell
    to_do: int  # what has certainly not been done, and now is


class NoWayOut:
    """A `Mailer` for whoever only asks: that anything leaves by it would be a fault of ours."""

    room = 1

    def hand_over(self, envelopes: Iterable[Envelope]) -> None:
        """Refuse."""
        keys = ", ".join(one.key for one in envelopes)
        raise BrokenPromise(f"{keys}: about to leave while lost time is lived through again.")

    def outcomes(self, wait: timedelta) -> Mapping[Key, Outcome]:  # noqa: ARG002 - nothing is on its way
        """Give nothing."""
        return {}

    def meanwhile(self) -> AbstractContextManager[None]:
        """Have nothing to go on with."""
        return nullcontext()

    def close(self) -> None:
        """Say goodbye to nobody."""


def begin(journal: Journal, now: datetime, *, since: datetime | None = None) -> Rewound:
    """Hold everything, and say from when on the journal knows nothing."""
    with journal.store.write() as connection:
        return note_rewound(connection, now, since=since, holds=True)


def is_held(journal: Journal) -> bool:
    """Say whether nothing is done because the journal is older than what was done."""
    return any(one.lane == JOURNAL for one in journal.lanes.all())


def rewound_of(journal: Journal) -> Rewound | None:
    """Give the time that is lost, as it was written down."""
    with journal.store.read() as connection:
        return read_rewound(connection)


def fetch(listeners: Sequence[Listener]) -> dict[str, InboxTrouble]:
    """Read every mailbox to its end, without a word on what it means; gives what was in the way."""
    troubles = {one.mailbox: one.fetch() for one in listeners}
    return {mailbox: trouble for mailbox, trouble in troubles.items() if trouble is not None}


def relive(
    engine: Engine, clock: TurnedClock, rewound: Rewound, listeners: Sequence[Listener]
) -> Reconciled:
    """Live through the time that *rewound* names; *engine* must be one that relives.

    Again after it was broken off it goes on where it was, for what was found is written down.
    """
    journal = engine.journal
    with journal.store.write() as connection:
        write_mark(connection, LAST_TICK, str(stamp(rewound.since)))
    clock.turn_to(rewound.since)
    while True:
        now = clock.now()
        for listener in listeners:
            listener.settle(until=now)
        engine.run_until_idle()
        moments = (
            journal.overview.next_wake(now, relives=True),
            journal.mails.next_unread(now),
        )
        ahead = [max(moment, now + _SOON) for moment in moments if moment is not None]
        if not ahead or min(ahead) > rewound.until:
            break
        clock.turn_to(min(ahead))
    clock.turn_to(rewound.until)
    for listener in listeners:
        listener.settle(until=rewound.until)
    engine.run_until_idle()
    return _told(journal, rewound)


def _told(journal: Journal, rewound: Rewound) -> Reconciled:
    since, until = stamp(rewound.since), stamp(rewound.until)
    number = select(func.count()).select_from(tables.intent)
    of_lost_time = _intent.due_at <= until
    doubt = number.where(_intent.state == State.DOUBT.value, _intent.outcome == SAID)
    ready = number.where(_intent.state == State.READY.value, of_lost_time)
    booked = (
        select(func.count())
        .select_from(tables.meeting)
        .where(_meeting.booked_at.is_not(None), _meeting.booked_at.between(since, until))
    )
    with journal.store.read() as connection:
        return Reconciled(
            found=connection.scalar(
                number.where(
                    _intent.state == State.DONE.value,
                    _intent.outcome == FOUND,
                    _intent.settled_at.between(since, until),
                )
            )
            or 0,
            booked=connection.scalar(booked) or 0,
            to_ask=connection.scalar(doubt.where(_intent.next_at.is_not(None))) or 0,
            doubts=connection.scalar(doubt.where(_intent.next_at.is_(None))) or 0,
            to_do=connection.scalar(ready) or 0,
        )
