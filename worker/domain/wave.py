"""A wave: the meetings that want a time together, who could hold them, and what came of it.

The engine lays out a `Wave` of what `worker.domain.slots` says is free; a `worker.ports.Solver`
seats it as a whole; `worker.domain.advice` says of whoever is left out why, and what would help.
Nothing here asks a calendar: a wave is a question that is asked again with the same answer.

What a seating promises, each only as far as the ones before it allow:

1. as many people as possible have a time, those of a higher priority before others;
2. as many as possible keep the time and the hosts that they hold now: nobody is moved for somebody
   else's convenience, only so that somebody has a time at all;
3. they meet soon, counted in days, and the load of the hosts is even, the past included: somebody
   waits a day longer where they would else meet a host with three meetings more than another;
4. within a day, earlier rather than later.

Two meetings of one person are not put into one wave: the second goes into the next, for which the
first is a time that is taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from worker.domain.facts import PersonId, StaffId
from worker.domain.meetings import MeetingId, Span

Team: TypeAlias = tuple[StaffId, ...]
"""Members of staff who are all there; mostly one."""


@dataclass(frozen=True, slots=True)
class Seat:
    """When somebody meets whom."""

    team: Team  # one of the seeker's teams, its people in the order in which they were named
    when: Span


@dataclass(frozen=True, slots=True)
class Seeker:
    """One meeting that wants a time: of one person, with any one of some teams.

    A fixed mentor is one team of one; the mentor and the manager together are one team of two; a
    pool of interviewers is a team of one for each. `free` may reach beyond the `window`, and
    should, by a few weeks: only so can be said how much longer the window would have to be.
    """

    id: MeetingId
    teams: tuple[Team, ...]
    free: tuple[Span, ...]  # of the person, `between` taken into account; sorted, without overlaps
    window: Span  # the meeting lies in it: from the least notice to `within`, or to a deadline
    length: timedelta
    holds: Seat | None = None  # what it has now; its own time counts as free here and at the hosts
    priority: int = 0  # of the step


@dataclass(frozen=True, slots=True)
class Host:
    """A member of staff, and when they could hold meetings of the wave.

    `free` is within their working hours, without what is busy and without our own meetings that are
    not in the wave, those widened by the `buffer`. Between two meetings of the wave the solver
    keeps the buffer.
    """

    id: StaffId
    free: tuple[Span, ...]  # sorted, without overlaps
    timezone: str = "Asia/Tokyo"  # whose days and weeks the limits count
    per_day: int | None = None  # meetings of ours at most; None: no limit
    per_week: int | None = None  # from Monday
    buffer: timedelta = timedelta()
    load: int = 0  # meetings of ours of late; of somebody new, the mean of their colleagues
    booked: tuple[datetime, ...] = ()  # starts of meetings of ours outside the wave: for the limits
    busy: tuple[Span, ...] = ()  # other people's meetings in working hours: for advice alone
    is_unknown: bool = False  # their calendar could not be read, so that nothing is free


@dataclass(frozen=True, slots=True)
class Wave:
    """Meetings that are given a time together."""

    seekers: tuple[Seeker, ...]
    hosts: tuple[Host, ...]
    starts: tuple[datetime, ...]  # at which a meeting may begin: the grid; sorted
    timezone: str = "Asia/Tokyo"  # of the days by which delay is counted


@dataclass(frozen=True, slots=True)
class Seating:
    """Who meets whom when; who is left out is in `left_out`. The same wave gives the same seating.

    `is_proven`: nothing better exists. Where the time allowed was up before that was proved it is
    False, and the seating is good all the same: no promise to a person is broken by it.
    """

    placed: Mapping[MeetingId, Seat] = field(default_factory=dict)
    left_out: tuple[MeetingId, ...] = ()
    is_proven: bool = True


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who should come to one of several sessions."""

    id: PersonId
    free: tuple[Span, ...]  # `between` taken into account; sorted, without overlaps
    holds: Span | None = None  # the session they are in now


@dataclass(frozen=True, slots=True)
class Gathering:
    """A meeting of many (`together:`), in as few sessions as reach everybody.

    In every session the `required` are there, and at least `least_others` of the `others`.
    A session has `size` people (least, most), the hosts not counted; they are split evenly.
    """

    invitees: tuple[Invitee, ...]
    required: tuple[Host, ...]
    window: Span
    length: timedelta
    starts: tuple[datetime, ...]
    size: tuple[int, int] = (2, 12)
    others: tuple[Host, ...] = ()
    least_others: int = 0
    timezone: str = "Asia/Tokyo"


@dataclass(frozen=True, slots=True)
class Session:
    """One session of a gathering."""

    when: Span
    people: tuple[PersonId, ...]
    hosts: Team  # the required, and those of the others who can come


@dataclass(frozen=True, slots=True)
class Sessions:
    """The sessions of a gathering, and whom none of them reaches.

    As many people as possible come; then, as many as possible stay in the session they are in;
    then there are as few sessions as possible, their sizes differ least, and they are soon.
    """

    sessions: tuple[Session, ...] = ()
    left_out: tuple[PersonId, ...] = ()
    is_proven: bool = True
