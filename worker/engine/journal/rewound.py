"""A journal that is older than what was done: since when it knows nothing, and until when.

After a restored backup, or a failover that lost the last commits, mails and events are in the world
that no row speaks of. What may have been handed over in that time is asked of the provider first;
`worker.engine.reconcile` lives through it again, and `claim` asks about what comes to light later.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select, update

from worker.domain.appointments import Stage
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.as_text import reasons_in
from worker.engine.journal.lanes import JOURNAL, Closed, close_lane, open_lane
from worker.engine.journal.marks import LAST_TICK, read_mark, write_mark
from worker.engine.journal.store import Store
from worker.engine.tables import moment, moment_or_none, stamp

REWOUND = "rewound"  # the mark
CODE = "rewound"  # of the closed lane

SAID = "the journal is older than this"  # of what is in doubt for that reason alone
SHORT = timedelta(minutes=10)  # in which people have typed next to nothing

_intent = tables.intent.c


@dataclass(frozen=True, slots=True)
class Rewound:
    """The time of which the journal knows nothing, though something was done in it."""

    since: datetime
    until: datetime
    enrollments: int  # the highest number then known: later ones may have been given twice

    def may_have_gone(self, due_at: int) -> bool:
        """Say whether what was due at *due_at* may have been done in that time."""
        return due_at <= stamp(self.until)

    def can_be_asked(self, enrollment: int) -> bool:
        """Say whether the keys of an enrollment name the same thing as they did then."""
        return enrollment <= self.enrollments


@dataclass(frozen=True, slots=True)
class Lost:
    """What may have been done in the time of which the journal knows nothing.

    An enrollment that is made anew is late for its first steps: what they do is due when it is
    made, and was done, if it was, at the steps' own moments.
    """

    rewound: Rewound
    moments: Mapping[int, int]  # of intents of enrollments that were made since

    def may_have_gone(self, intent: int | None, due_at: int) -> bool:
        """Say whether an intent that is due at *due_at* may have been carried out in that time."""
        moment = due_at if intent is None else self.moments.get(intent, due_at)
        return self.rewound.may_have_gone(min(due_at, moment))


def lost_among(connection: Connection, intents: Iterable[int]) -> Lost | None:
    """Read whether *intents* may have been carried out in lost time; None if none was lost."""
    rewound = read_rewound(connection)
    if rewound is None:
        return None
    since = select(_intent.id, _intent.why).where(
        _intent.id.in_(list(intents)), _intent.enrollment_id > rewound.enrollments
    )
    moments = ((number, _moment_in(why)) for number, why in connection.execute(since))
    return Lost(rewound, {number: at for number, at in moments if at is not None})


def _moment_in(why: str) -> int | None:
    """Give the moment of the step by itself, as the reasons of its intent have it."""
    told = (reason.value("moment") for reason in reasons_in(why))
    return next((stamp(datetime.fromisoformat(moment)) for moment in told if moment), None)


def read_rewound(connection: Connection) -> Rewound | None:
    """Read the last time the journal went back, within a transaction of others."""
    known = read_mark(connection, REWOUND)
    if known is None:
        return None
    since, until, enrollments = json.loads(known)
    return Rewound(moment(since), moment(until), enrollments)


def note_rewound(
    connection: Connection, now: datetime, *, since: datetime | None = None, holds: bool = False
) -> Rewound:
    """Write down that the journal went back, within a transaction of others.

    Where it is a matter of minutes everything goes on, and what may have gone is asked about;
    where it is more, or with *holds*, nothing goes on before somebody has said `reconcile`: what
    people typed in that time is lost as well, and nobody but them can be asked.
    """
    began = since or min(now, _last_known(connection) or now)
    known = read_rewound(connection)
    if known is not None and since is None:
        began = min(began, known.since) if known.until > began else began
    enrollments = connection.scalar(select(func.max(tables.enrollment.c.id))) or 0
    if known is not None:
        enrollments = min(enrollments, known.enrollments)
    rewound = Rewound(began, now, enrollments)
    text = json.dumps([stamp(rewound.since), stamp(rewound.until), rewound.enrollments])
    write_mark(connection, REWOUND, text)
    _have_them_asked(connection)
    if holds or now - began > SHORT:
        why = json.dumps({"since": began.isoformat(), "until": now.isoformat()})
        close_lane(connection, Closed(JOURNAL, None, now, 0, CODE, why))
    return rewound


def _last_known(connection: Connection) -> datetime | None:
    """Say until when the journal knows what was done: until its last tick, else its last fact."""
    last = read_mark(connection, LAST_TICK)
    if last is not None:
        return moment(int(last))
    return moment_or_none(connection.scalar(select(func.max(tables.fact.c.noted_at))))


def trust(store: Store) -> bool:
    """Go on: everything that can be asked has been. False if nothing was held."""
    with store.write() as connection:
        return open_lane(connection, JOURNAL)


def _have_them_asked(connection: Connection) -> None:
    """Forget of what is open that it may be done without asking: that was said before."""
    states = [state.value for state in (State.READY, State.CLAIMED, State.BEGUN, State.DOUBT)]
    again = update(tables.intent).where(_intent.state.in_(states), _intent.resent.is_(True))
    connection.execute(again.values(resent=False))
    meeting = tables.meeting.c
    booking = update(tables.meeting).where(meeting.state == Stage.BOOKING.value)
    connection.execute(booking.where(meeting.attempts == 0).values(attempts=1))
