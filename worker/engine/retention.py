"""What is long done moves out of the way, and received mails are not kept for ever.

Moved are wishes that are settled for good, with the bytes that were sent: they stay findable by
their key, so that nothing is decided a second time, by their Message-ID, so that a late answer
finds its question, and by their number, so that a link in an old mail opens its page. What a task,
a meeting or a half-filled survey points at stays where it is. Of a received mail its raw bytes go,
and what was read in it stays.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, exists, func, select, update

from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.history import put_away
from worker.engine.journal.marks import read_mark, write_mark
from worker.engine.journal.readings import MailState
from worker.engine.journal.store import Store, take_turn
from worker.engine.tables import moment, stamp

BATCH = 500
EVERY = timedelta(hours=6)

_PASSED = "retention.passed"  # when everything was last looked through
_FROM = "retention.from."  # how far it was looked through, by what
_FINISHED = [state.value for state in (State.DONE, State.CANCELLED)]
_READ = [state.value for state in (MailState.DONE, MailState.IGNORED)]

_intent, _mail = tables.intent.c, tables.mail.c


@dataclass(frozen=True, slots=True)
class RetentionRules:
    """What the settings say; None: for ever, where it is."""

    finished: timedelta | None = None  # then it moves into the history
    received: timedelta | None = None  # then the raw bytes of a received mail go


class Retention:
    """Tidies up, a little at a time. Safe to run beside others like it."""

    def __init__(self, store: Store, rules: RetentionRules) -> None:
        self._store = store
        self._rules = rules
        self._idle_until: datetime | None = None

    def tidy(self, now: datetime) -> int:
        """Move or strip one batch, if it is time to; says of how many rows."""
        if self._rules == RetentionRules() or (self._idle_until and now < self._idle_until):
            return 0
        with self._store.write() as connection:
            take_turn(connection, "retention")
            passed = read_mark(connection, _PASSED)
            if passed is not None and now - moment(int(passed)) < EVERY:
                self._idle_until = moment(int(passed)) + EVERY
                return 0
            moved, is_more = self._move(connection, now)
            stripped, are_more = self._strip(connection, now)
            if not (is_more or are_more):
                write_mark(connection, _PASSED, str(stamp(now)))
                for what in ("intent", "mail"):
                    write_mark(connection, f"{_FROM}{what}", "0")
        return moved + stripped

    def _move(self, connection: Connection, now: datetime) -> tuple[int, bool]:
        """Move what was settled long ago; says how much, and whether there may be more."""
        if self._rules.finished is None:
            return 0, False
        before = stamp(now - self._rules.finished)
        last = int(read_mark(connection, f"{_FROM}intent") or 0)
        looked_at = list(
            connection.scalars(
                select(_intent.id).where(_intent.id > last).order_by(_intent.id).limit(10 * BATCH)
            )
        )
        if not looked_at:
            return 0, False
        ids = list(
            connection.scalars(
                select(_intent.id)
                .where(
                    _intent.id.between(looked_at[0], looked_at[-1]),
                    _intent.state.in_(_FINISHED),
                    _intent.next_at.is_(None),
                    _intent.settled_at < before,
                    # a file counts on from the highest number that is there
                    _intent.id < select(func.max(_intent.id)).scalar_subquery(),
                    ~exists().where(tables.task.c.intent_id == _intent.id),
                    ~exists().where(tables.meeting_guest.c.intent_id == _intent.id),
                    ~exists().where(tables.survey_draft.c.intent_id == _intent.id),
                )
                .order_by(_intent.id)
                .limit(BATCH)
                .with_for_update(skip_locked=True)
            )
        )
        put_away(connection, ids)
        reached = ids[-1] if len(ids) == BATCH else looked_at[-1]
        write_mark(connection, f"{_FROM}intent", str(reached))
        return len(ids), True

    def _strip(self, connection: Connection, now: datetime) -> tuple[int, bool]:
        """Let the raw bytes of old mails go that wait for nobody."""
        if self._rules.received is None:
            return 0, False
        before = stamp(now - self._rules.received)
        last = int(read_mark(connection, f"{_FROM}mail") or 0)
        ids = list(
            connection.scalars(
                select(_mail.id)
                .where(
                    _mail.id > last,
                    _mail.state.in_(_READ),
                    _mail.received_at < before,
                    func.length(_mail.raw) > 0,
                )
                .order_by(_mail.id)
                .limit(BATCH)
            )
        )
        if not ids:
            return 0, False
        connection.execute(update(tables.mail).where(_mail.id.in_(ids)).values(raw=b""))
        write_mark(connection, f"{_FROM}mail", str(ids[-1]))
        return len(ids), True
