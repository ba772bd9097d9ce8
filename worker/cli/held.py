"""Times that are held beforehand for meetings that are promised: how they are told."""

from collections.abc import Mapping
from datetime import tzinfo
from typing import NamedTuple

from worker.cli.session import Session
from worker.cli.show import json_instant
from worker.domain.appointments import Appointment, Stage


class Whose(NamedTuple):
    """Which meeting of whom."""

    person: str
    playbook: str
    step: str
    occurrence: int


def promised(session: Session) -> Mapping[Whose, Appointment]:
    """Give every meeting that is promised and not due yet."""
    return {
        Whose(str(one.person), known.playbook, known.step, known.occurrence): known
        for known in session.journal.meetings.standing(Stage.RESERVED)
        for one in known.people
    }


def held_told(key: str, known: Appointment, session: Session, zone: tzinfo) -> str:
    """Say which time is held, with whom, and since when; empty where none is."""
    say = session.out.say
    if known.when is None or known.held_since is None:
        return ""
    comma = "、" if say.language == "ja" else ", "
    return say(
        key,
        when=say.instant(known.when.start, zone),
        names=comma.join(one.name for one in known.attendees if one.staff is not None),
        since=say.instant(known.held_since, zone),
    )


def held_json(known: Appointment | None, zone: tzinfo) -> dict[str, object] | None:
    """Give the same for a program."""
    if known is None or known.when is None:
        return None
    return {
        "from": json_instant(known.when.start, zone),
        "until": json_instant(known.when.end, zone),
        "since": json_instant(known.held_since, zone),
        "staff": [str(one.staff) for one in known.attendees if one.staff is not None],
    }
