"""Take somebody out of meetings: what is past is deleted, what is ahead is taken back.

A meeting that is in a calendar stays as a row without a name until the calendar has let it go: who
deleted the row would leave the invitation standing for ever.
"""

from sqlalchemy import Connection, delete, select, update

from worker.domain.appointments import Stage
from worker.engine import tables
from worker.engine.journal.lanes import CALENDAR

_meeting = tables.meeting.c
_guest = tables.meeting_guest.c
_hold = tables.hold.c
_IN_A_CALENDAR = [one.value for one in (Stage.BOOKING, Stage.BOOKED, Stage.CHANGING)]


def take_out(connection: Connection, person: str) -> dict[str, int]:
    """Remove *person* from all meetings; gives how many rows went, by table."""
    theirs = list(connection.scalars(select(_guest.meeting_id).where(_guest.person_id == person)))
    shared = set(
        connection.scalars(
            select(_guest.meeting_id).where(
                _guest.meeting_id.in_(theirs),
                _guest.person_id.is_not(None),
                _guest.person_id != person,
            )
        )
    )
    alone = [id_ for id_ in theirs if id_ not in shared]
    guests = connection.execute(
        delete(tables.meeting_guest).where(_guest.person_id == person)
    ).rowcount
    holds = connection.execute(delete(tables.hold).where(_hold.who == f"person/{person}")).rowcount
    standing = (_meeting.state.in_(_IN_A_CALENDAR) | (_meeting.state == Stage.CANCELLING.value)) | (
        (_meeting.state == Stage.SEEKING.value) & (_meeting.ref != "")
    )
    connection.execute(
        update(tables.meeting)
        .where(_meeting.id.in_(alone), standing)
        .values(
            title="",
            outcome="",
            state=Stage.CANCELLING.value,
            lane=CALENDAR + _meeting.provider,
            next_at=_meeting.due_at,
            fence=_meeting.fence + 1,
        )
    )
    connection.execute(  # the others keep their session, without them
        update(tables.meeting)
        .where(_meeting.id.in_(shared), _meeting.state == Stage.BOOKED.value)
        .values(
            state=Stage.CHANGING.value,
            lane=CALENDAR + _meeting.provider,
            revision=_meeting.revision + 1,
            next_at=_meeting.due_at,
            fence=_meeting.fence + 1,
        )
    )
    over = select(_meeting.id).where(
        _meeting.id.in_(alone), _meeting.state != Stage.CANCELLING.value
    )
    gone = list(connection.scalars(over))
    connection.execute(delete(tables.hold).where(_hold.meeting_id.in_(gone)))
    connection.execute(delete(tables.meeting_guest).where(_guest.meeting_id.in_(gone)))
    meetings = connection.execute(delete(tables.meeting).where(_meeting.id.in_(gone))).rowcount
    return {"meeting": meetings, "meeting_guest": guests, "hold": holds}
