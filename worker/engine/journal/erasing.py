"""Take somebody out of meetings: what is past is deleted, what is ahead is taken back.

A meeting that is in a calendar stays as a row without a name until the calendar has let it go: who
deleted the row would leave the invitation standing for ever. What a colleague is to be told of a
session is nobody's alone: it passes to somebody who stays in it, and is written anew.
"""

from collections.abc import Collection

from sqlalchemy import Connection, delete, insert, select, update

from worker.domain.appointments import ASKED, CANCELLATION, HELP, OTHER_TIMES, REQUEST, Stage
from worker.domain.intents import State
from worker.engine import tables
from worker.engine.journal.lanes import CALENDAR

_meeting = tables.meeting.c
_guest = tables.meeting_guest.c
_hold = tables.hold.c
_intent = tables.intent.c
_OF_THE_SESSION = (REQUEST, ASKED, CANCELLATION, OTHER_TIMES, HELP)  # not of one of its people
_HANDED_ON = {  # as what a mail goes on whose bytes are gone
    State.READY.value: State.READY.value,
    State.CLAIMED.value: State.READY.value,
    State.BEGUN.value: State.DOUBT.value,
    State.DOUBT.value: State.DOUBT.value,
}
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
    _hand_on(connection, person, shared)
    _leave_untold(connection, person, alone)
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
    connection.execute(  # whoever has read it with them in it writes nothing of it any more
        update(tables.meeting).where(_meeting.id.in_(shared)).values(fence=_meeting.fence + 1)
    )
    connection.execute(  # the others keep their session, without them
        update(tables.meeting)
        .where(_meeting.id.in_(shared), _meeting.state == Stage.BOOKED.value)
        .values(
            state=Stage.CHANGING.value,
            lane=CALENDAR + _meeting.provider,
            revision=_meeting.revision + 1,
            next_at=_meeting.due_at,
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


def _hand_on(connection: Connection, person: str, shared: Collection[str]) -> None:
    """Have mails to colleagues about a whole session, which hang on *person*, hang on another.

    Their bytes may name who is erased, so nothing of them is taken along: one that has not left is
    written anew, and of one that may have left nobody can ask any more.
    """
    query = select(*tables.intent.c).where(
        _intent.person_id == person,
        _intent.kind.in_(_OF_THE_SESSION),
        _intent.recipient != "",
        _intent.state.in_(_HANDED_ON),
    )
    for row in connection.execute(query).mappings().all():
        id_, kind, about, to = row["key"].rsplit("/", 3)
        heirs = select(_guest.person_id, _guest.enrollment_id).where(
            _guest.meeting_id == id_, _guest.person_id.is_not(None), _guest.person_id != person
        )
        heir = connection.execute(heirs.order_by(_guest.address_key).limit(1)).first()
        if heir is None or (kind == HELP and id_ not in shared):  # that one is about them alone
            continue
        key = f"{id_}/{kind}/{heir.person_id}{about.removeprefix(person)}/{to}"
        if connection.scalar(select(_intent.id).where(_intent.key == key)) is not None:
            continue
        anew = {name: value for name, value in row.items() if name != "id"} | {
            "key": key,
            "person_id": heir.person_id,
            "enrollment_id": heir.enrollment_id,
            "state": _HANDED_ON[row["state"]],
            "next_at": row["due_at" if row["state"] == State.CLAIMED.value else "next_at"],
            "fence": 0,
            "outcome": None,
        }
        connection.execute(insert(tables.intent).values(anew))


def _leave_untold(connection: Connection, person: str, alone: Collection[str]) -> None:
    """Take colleagues out of meetings that nobody has told them of: they need not hear of the end.

    Their invitation hangs on *person*, and is deleted with them before it has left.
    """
    told: dict[tuple[str, str], bool] = {}
    query = select(_intent.key, _intent.recipient, _intent.state).where(
        _intent.person_id == person, _intent.kind == REQUEST
    )
    for key, staff, state in connection.execute(query):
        known = (key.rsplit("/", 3)[0], staff)
        waits = state in {State.READY.value, State.CLAIMED.value, State.CANCELLED.value}
        told[known] = told.get(known, False) or not waits
    for (id_, staff), was_told in told.items():
        if not was_told and id_ in alone:
            connection.execute(
                delete(tables.meeting_guest).where(
                    _guest.meeting_id == id_, _guest.staff_id == staff
                )
            )
