"""Who comes late to a meeting of many goes into a session that is booked and has room.

The event gets one more guest; for everybody else nothing changes, so nobody else is written to.
Where two workers want the last place, the row's fence lets one of them have it. A worker who brings
the calendar to an earlier list of guests finds that its row was written since, and does it again.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from worker.domain.appointments import Appointment
from worker.domain.errors import BrokenPromise
from worker.domain.intents import State
from worker.domain.meetings import Span
from worker.domain.price import fits
from worker.engine.journal.holds import holds_of, lock_diaries, lock_people, take
from worker.engine.journal.intents import Settled, settle
from worker.engine.journal.meetings import forget, sessions_of
from worker.engine.journal.store import Store
from worker.engine.meetings.demand import Demand
from worker.engine.meetings.follow import Turn, changing, put, same_people
from worker.engine.meetings.lay import room_of
from worker.engine.tables import stamp


class Joiner:
    """Puts who comes late into sessions that are there."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def join(self, demands: Sequence[Demand], now: datetime) -> list[Demand]:
        """Let those go into a session who find one; gives the others."""
        return [one for one in demands if one.known.ref or not self._has_joined(one, now)]

    def _has_joined(self, demand: Demand, now: datetime) -> bool:
        known = demand.known
        one = known.people[0]
        with self._store.read() as connection:
            sessions = sessions_of(
                connection,
                known.playbook,
                known.step,
                known.occurrence,
                known.cohort,
                stamp(now),
            )
            held = holds_of(connection, [one.who], demand.window, now) if sessions else {}
        taken = [span for span, id_ in held.get(one.who, ()) if id_ != known.id]
        session = _with_room(sessions, demand, taken)
        return session is not None and self._put_into(session, demand, now)

    def _put_into(self, session: Appointment, demand: Demand, now: datetime) -> bool:
        """Put somebody into *session*; False where somebody else was quicker."""
        one, when = demand.known.people[0], session.stood
        if when is None:
            raise BrokenPromise(f"{session.id}: booked without a time.")
        joining = (replace(each, is_new=True) for each in demand.known.people)
        attendees = (*session.attendees, *joining)
        more = changing(replace(session, when=when, attendees=attendees))
        whos = same_people(more.attendees)
        with self._store.write() as connection:
            lock_people(connection, (str(each.person) for each in more.people))
            lock_diaries(connection, whos)
            others = holds_of(connection, [one.who], when, now)[one.who]
            if any(id_ != demand.known.id for _, id_ in others):
                return False
            saved = put(connection, Turn(more, now), now)
            if saved is None:
                return False
            if demand.work is None:
                forget(connection, [demand.known.id])
            else:
                work = demand.work
                settled = Settled(work.id, work.fence, State.ARRANGED, None, None, "")
                if not settle(connection, [settled]):  # it is not ours any more
                    put(connection, Turn(replace(session, fence=saved.fence), now), now)
                    return True
            if not take(connection, more.id, whos, [when], now=now, expires_at=None):
                raise BrokenPromise(f"{more.id}: its own time is taken.")
        return True


def _with_room(
    sessions: Sequence[Appointment], demand: Demand, taken: Sequence[Span]
) -> Appointment | None:
    """Give the first of *sessions* that has room, and to which the person can come."""
    free = room_of(
        demand.case.person,
        demand.action,
        demand.edition.plan,
        demand.window,
        taken=taken,
        tried=demand.known.tried,
    )
    for known in sessions:
        has_room = len(known.people) < demand.action.size[1]
        if has_room and known.stood is not None and fits(free, known.stood):
            return known
    return None
