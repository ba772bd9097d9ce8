"""Why somebody is in no session of a meeting of many, and the cheapest thing that would help. Pure.

The same look as for a meeting of one (`worker.domain.advice`); but where there would be room, it is
the others who are missing: a session must have so many people.
"""

from collections import Counter
from collections.abc import Mapping
from itertools import combinations

from worker.domain.advice import Advice, Adviser, Within
from worker.domain.facts import PersonId, StaffId
from worker.domain.meetings import MeetingId
from worker.domain.reasons import Because, Reason
from worker.domain.wave import Gathering, Seat, Seeker, Sessions, Wave


def explain_together(
    gathering: Gathering,
    sessions: Sessions,
    names: Mapping[StaffId, str] | None = None,
    within: Within | None = None,
) -> Mapping[PersonId, Advice]:
    """Say of everybody whom no session reaches why, and what would help."""
    if not sessions.left_out:
        return {}
    spans = {} if within is None else {MeetingId(one): within for one in sessions.left_out}
    adviser = Adviser(*_as_wave(gathering, sessions), names, within=spans)
    rooms = {person: adviser.rooms(MeetingId(person)) for person in sessions.left_out}
    together = Counter(start for starts in rooms.values() for start in starts)
    least = gathering.size[0]
    found: dict[PersonId, Advice] = {}
    for person, starts in rooms.items():
        if not starts:
            found[person] = adviser.explain(MeetingId(person))
            continue
        most = max(together[start] for start in starts)
        smaller = Reason(Because.HELP_SIZE, (("least", str(most)),)) if most < least else None
        found[person] = Advice(Reason(Because.TOO_FEW, (("least", str(least)),)), smaller)
    return found


def _as_wave(gathering: Gathering, sessions: Sessions) -> tuple[Wave, Mapping[MeetingId, Seat]]:
    """Lay the people who were left out out as if each were to be met alone."""
    required = tuple(host.id for host in gathering.required)
    others = [host.id for host in gathering.others]
    teams = tuple((*required, *some) for some in combinations(others, gathering.least_others))
    invitees = {one.id: one for one in gathering.invitees}
    seekers = tuple(
        Seeker(MeetingId(person), teams, invitees[person].free, gathering.window, gathering.length)
        for person in sessions.left_out
    )
    wave = Wave(
        seekers,
        (*gathering.required, *gathering.others),
        gathering.starts,
        gathering.timezone,
    )
    placed = {
        MeetingId(f"session {number}"): Seat(one.hosts, one.when)
        for number, one in enumerate(sessions.sessions)
    }
    return wave, placed
