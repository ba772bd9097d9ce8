"""Which ways into the world are closed just now, until when and why: a row each.

A closed lane is not claimed from. Its intents stay due, no attempt of theirs is used up, and the
other lanes go on. `fuse`, `clock` and `journal` close the engine itself.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, bindparam, delete, insert, select, update

from worker.engine import tables
from worker.engine.journal.marks import LAST_TICK, write_mark
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, moment_or_none, stamp

FUSE = "fuse"
CLOCK = "clock"
LOCAL = "local"
WEBHOOK = "webhook"
JOURNAL = "journal"  # it is older than what was done: nothing is done before that is asked
MEETINGS = "meetings"  # what wants a time, and what the time asks about meetings
MAIL = "mail:"  # and the mailbox's name
CALENDAR = "calendar:"  # and the provider's name
_INBOX = "inbox:"  # and the provider's name: of what tells us of mail; nothing is claimed from it

RATE = "rate"  # code of a lane that waits for its own limits: nothing is wrong

_lane = tables.lane.c


@dataclass(frozen=True, slots=True)
class Closed:
    """One closed lane."""

    lane: str
    until: datetime | None  # None: until a human says `release`
    since: datetime
    failures: int
    code: str
    why: str


class Lanes:
    """The closed lanes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Closed]:
        """Give every closed lane, and those that are being tried again."""
        with self._store.read() as connection:
            query = select(*tables.lane.c).order_by(_lane.lane)
            return [closed_of(row) for row in connection.execute(query)]

    def release(self, lane: str, now: datetime) -> bool:
        """Open *lane* at a human's word; False if it was open. The fuse has its own `release`.

        Of `clock` it says that the clock is right as it is now. A mailbox that had stopped is tried
        with one mail first: whether it is mended, its server says.
        """
        with self._store.write() as connection:
            if lane == CLOCK:
                write_mark(connection, LAST_TICK, str(stamp(now)))
                of_processes = delete(tables.lane).where(
                    _lane.lane.startswith(f"{CLOCK}:", autoescape=True)
                )
                of_any = connection.execute(of_processes).rowcount > 0
                return open_lane(connection, lane) or of_any
            known = read_lane(connection, lane)
            if known is not None and known.until is None and lane.startswith(MAIL):
                close_lane(connection, replace(known, until=now))
                return True
            return open_lane(connection, lane)


def mail_lane(mailbox: str) -> str:
    """Name the lane of a mailbox.

    >>> mail_lane("hr")
    'mail:hr'
    """
    return f"{MAIL}{mailbox}"


def mailbox_of(lane: str) -> str | None:
    """Give the mailbox of a lane of mail, None for every other lane."""
    return lane.removeprefix(MAIL) if lane.startswith(MAIL) else None


def calendar_lane(provider: str) -> str:
    """Name the lane of a provider of calendars.

    >>> calendar_lane("google")
    'calendar:google'
    """
    return f"{CALENDAR}{provider}"


def inbox_lane(provider: str) -> str:
    """Name what a provider tells us of mail by.

    >>> inbox_lane("gmail")
    'inbox:gmail'
    """
    return f"{_INBOX}{provider}"


def provider_of(lane: str) -> str | None:
    """Give the provider of a lane of calendars, None for every other lane."""
    return lane.removeprefix(CALENDAR) if lane.startswith(CALENDAR) else None


_READ = Statement(select(*tables.lane.c).where(_lane.lane == bindparam("the_lane")))


def read_lane(connection: Connection, lane: str) -> Closed | None:
    """Read one lane's row within a transaction of others."""
    rows = _READ.rows(connection, {"the_lane": lane})
    return closed_of(rows[0]) if rows else None


def is_closed(closed: Closed | None, now: datetime) -> bool:
    """Say whether nothing may be claimed from a lane at *now*."""
    return closed is not None and (closed.until is None or closed.until > now)


def is_held(connection: Connection, now: datetime, *, relives: bool = False) -> bool:
    """Say whether nothing at all may be claimed: the clock or the journal is not trusted.

    Whoever *relives* lost time does so because the journal is not.
    """
    if is_closed(read_lane(connection, CLOCK), now):
        return True
    return not relives and is_closed(read_lane(connection, JOURNAL), now)


def close_lane(connection: Connection, closed: Closed) -> None:
    """Close a lane, or change until when and why it is closed."""
    values = {
        "until": None if closed.until is None else stamp(closed.until),
        "failures": closed.failures,
        "code": closed.code,
        "why": closed.why,
    }
    take_turn(connection, closed.lane)
    changed = update(tables.lane).where(_lane.lane == closed.lane).values(**values)
    if not connection.execute(changed).rowcount:
        connection.execute(
            insert(tables.lane).values(lane=closed.lane, since=stamp(closed.since), **values)
        )


def open_lane(connection: Connection, lane: str) -> bool:
    """Open a lane; False if it was open."""
    return connection.execute(delete(tables.lane).where(_lane.lane == lane)).rowcount > 0


def closed_of(row: tuple[str, int | None, int, int, str, str]) -> Closed:
    """Make a closed lane of its row."""
    lane, until, since, failures, code, why = row
    return Closed(lane, moment_or_none(until), moment(since), failures, code, why)
