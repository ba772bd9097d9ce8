"""Somebody cannot come to a session of many: the others keep it, and who left is given another.

They have a row of their own until one is found: in a session that is booked already and has room,
or in a new one with others for whom there was none. Nobody else is moved for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from worker.domain.appointments import ROUNDS, Appointment, Attendee, Unfit
from worker.domain.facts import Fact
from worker.domain.meetings import MeetingId
from worker.domain.plan import Meeting
from worker.domain.rounds import Rounds, rounds_of
from worker.engine.meetings.follow import Turn, another_of, called_off, changing, of_everybody
from worker.engine.meetings.letters import Letters

ASKED = "somebody declined"


def left(
    known: Appointment,
    who: Sequence[Attendee],
    action: Meeting,
    facts: Mapping[str, Sequence[Fact]],
    letters: Letters,
    now: datetime,
) -> Turn:
    """Let people go out of a session, and look for another one for each, as their step says.

    Args:
        known: The session.
        who: The people who cannot come to it; none of them a colleague.
        action: What the playbook says of it.
        facts: What is known of each of them, as it was noted.
        letters: Writes to HR of those for whom none is looked for.
        now: The time.
    """
    fresh: list[Appointment] = []
    left_alone: list[Attendee] = []
    for one in who:
        rounds = rounds_of(
            facts.get(str(one.person), ()), known.step, known.playbook, known.occurrence
        )
        if action.if_declined == "reschedule" and rounds.number < ROUNDS:
            fresh.append(_anew(known, one, rounds))
        else:
            left_alone.append(one)
    told = of_everybody(who, "declined", now)
    to_hr = () if action.if_declined == "keep" else letters.help_for(known, left_alone, now)
    gone = {one.who for one in who}
    staying = tuple(one for one in known.attendees if one.who not in gone)
    if any(one.person is not None for one in staying):
        fewer = changing(replace(known, attendees=staying))
        return Turn(fewer, now, facts=told, letters=to_hr, fresh=tuple(fresh))
    # Nobody is left in it. Whoever is given another one is not told that theirs is cancelled.
    moving = {one.who for each in fresh for one in each.people}
    bare = tuple(replace(one, intent=None) if one.who in moving else one for one in known.attendees)
    off = called_off(replace(known, attendees=bare), now, ASKED)
    return replace(off, facts=told, letters=to_hr, fresh=tuple(fresh))


def _anew(known: Appointment, one: Attendee, rounds: Rounds) -> Appointment:
    """Give the row of somebody who wants another session than *known*."""
    unfit = [Unfit(at, is_said=True) for at in rounds.refused]
    unfit += [Unfit(span.start, is_said=True) for span in (known.stood,) if span is not None]
    tenant = known.id.partition("/")[0]
    times = rounds.number + 1
    id_ = MeetingId(f"{tenant}/{one.enrollment}/{known.step}/{known.occurrence}/again{times}")
    return replace(
        another_of(known, id_, (one,)),
        organiser=None,
        address="",
        organiser_name="",
        provider="",
        when=None,
        booked_at=None,
        incarnation=1,
        told=0,
        rounds=times,
        tried=tuple(dict.fromkeys(unfit)),
    )
