"""A meeting and those it is with, as the database has them: to and fro, and nothing else."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from worker.domain.appointments import Appointment, Attendee, Stage, Unfit, Wall
from worker.domain.facts import Digest, PersonId, PlaybookId, StaffId, StepId
from worker.domain.intents import EnrollmentId
from worker.domain.meetings import MeetingId, Said, Span, Word
from worker.engine import tables
from worker.engine.journal.as_text import to_json
from worker.engine.tables import moment, moment_or_none, stamp, stamp_or_none

ROW = tuple(tables.meeting.c)
GUEST = tuple(tables.meeting_guest.c)
ORDER = {column.name: place for place, column in enumerate(ROW)}


def appointment_of(row: Sequence[Any], attendees: tuple[Attendee, ...]) -> Appointment:
    """Read a meeting from its row, with those it is with."""
    said: Mapping[str, Any] = dict(zip(ORDER, row, strict=True))
    return Appointment(
        id=MeetingId(said["id"]),
        playbook=PlaybookId(said["playbook"]),
        digest=Digest(said["digest"]),
        step=StepId(said["step"]),
        occurrence=said["occurrence"],
        stage=Stage(said["state"]),
        organiser=StaffId(said["organiser"]) if said["organiser"] else None,
        address=said["address"],
        organiser_name=said["organiser_name"],
        provider=said["provider"],
        title=said["title"],
        minutes=said["minutes"],
        place=said["place"],
        timezone=said["timezone"],
        due_at=moment(said["due_at"]),
        seek_until=moment(said["seek_until"]),
        cohort=said["cohort"],
        when=_span(said["starts_at"], said["ends_at"]),
        stood=_span(said["stood_from"], said["stood_until"]),
        booked_at=moment_or_none(said["booked_at"]),
        held_since=moment_or_none(said["held_since"]),
        incarnation=said["incarnation"],
        revision=said["revision"],
        told=said["told"],
        ref=said["ref"],
        link=said["link"],
        rounds=said["rounds"],
        tried=tuple(map(_unfit, json.loads(said["tried"]))),
        fence=said["fence"],
        attempts=said["attempts"],
        failures=said["failures"],
        outcome=said["outcome"],
        nudged_at=moment_or_none(said["nudged_at"]),
        briefed_at=moment_or_none(said["briefed_at"]),
        walls=tuple(Wall(*one) for one in json.loads(said["walls"])),
        attendees=attendees,
        next_at=moment_or_none(said["next_at"]),
    )


def row_of(known: Appointment, lane: str, next_at: int | None) -> dict[str, Any]:
    """Give the row of a meeting, as `save` and `write_meeting` write it."""
    when, stood = known.when, known.stood
    return {
        "id": known.id,
        "playbook": known.playbook,
        "digest": known.digest,
        "step": known.step,
        "occurrence": known.occurrence,
        "cohort": known.cohort,
        "lane": lane,
        "state": known.stage.value,
        "next_at": next_at,
        "attempts": known.attempts,
        "failures": known.failures,
        "organiser": known.organiser or "",
        "address": known.address,
        "address_key": known.address.lower(),
        "organiser_name": known.organiser_name,
        "provider": known.provider,
        "title": known.title,
        "minutes": known.minutes,
        "place": known.place,
        "timezone": known.timezone,
        "due_at": stamp(known.due_at),
        "seek_until": stamp(known.seek_until),
        "starts_at": None if when is None else stamp(when.start),
        "ends_at": None if when is None else stamp(when.end),
        "stood_from": None if stood is None else stamp(stood.start),
        "stood_until": None if stood is None else stamp(stood.end),
        "booked_at": stamp_or_none(known.booked_at),
        "held_since": stamp_or_none(known.held_since),
        "incarnation": known.incarnation,
        "revision": known.revision,
        "told": known.told,
        "ref": known.ref,
        "link": known.link,
        "rounds": known.rounds,
        "tried": to_json([[stamp(at)] if is_said else stamp(at) for at, is_said in known.tried]),
        "outcome": known.outcome,
        "nudged_at": stamp_or_none(known.nudged_at),
        "briefed_at": stamp_or_none(known.briefed_at),
        "walls": to_json([list(one) for one in known.walls]),
    }


def _unfit(written: int | list[int]) -> Unfit:
    return Unfit(moment(written)) if isinstance(written, int) else Unfit(moment(written[0]), True)  # noqa: FBT003 - a tuple's


def _span(start: int | None, end: int | None) -> Span | None:
    return None if start is None or end is None else Span(moment(start), moment(end))


def attendee_of(row: Sequence[Any]) -> Attendee:
    """Read one whom a meeting is with from their row."""
    (_, _, address, name, person, staff, enrollment, intent, word, said_at, heard_at) = row[:11]
    comment, proposed_from, proposed_until, is_automatic, is_new = row[11:]
    said = Said(
        Word(word),
        moment_or_none(said_at),
        comment,
        _span(proposed_from, proposed_until),
        bool(is_automatic),
    )
    return Attendee(
        address,
        name,
        None if person is None else PersonId(person),
        None if staff is None else StaffId(staff),
        None if enrollment is None else EnrollmentId(enrollment),
        intent,
        said,
        moment_or_none(heard_at),
        bool(is_new),
    )


def guest_row(meeting: MeetingId, one: Attendee) -> dict[str, Any]:
    """Give the row of one whom a meeting is with."""
    proposed = one.said.proposed
    return {
        "meeting_id": meeting,
        "address_key": one.key,
        "address": one.address,
        "name": one.name,
        "person_id": one.person,
        "staff_id": one.staff,
        "enrollment_id": one.enrollment,
        "intent_id": one.intent,
        "word": one.said.word.value,
        "said_at": stamp_or_none(one.said.at),
        "heard_at": stamp_or_none(one.heard_at),
        "comment": one.said.comment,
        "proposed_from": None if proposed is None else stamp(proposed.start),
        "proposed_until": None if proposed is None else stamp(proposed.end),
        "is_automatic": one.said.is_automatic,
        "is_new": one.is_new,
    }
