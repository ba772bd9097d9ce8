"""Why somebody is left out of a wave, and the cheapest thing that would help.

Pure, of what the wave knows: what is proposed moves nobody else who was given a time, and it was
looked up that it would do. How much longer the window would have to be can only be said as far as
the free time in the wave reaches.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import TypeAlias
from zoneinfo import ZoneInfo

from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span, merged
from worker.domain.price import fits
from worker.domain.reasons import Because, Reason
from worker.domain.slots import without
from worker.domain.wave import Host, Seat, Seeker, Team, Wave
from worker.domain.when import Distance, Unit
from worker.domain.workdays import Workdays

# What a remedy costs people, in one measure: a day of waiting is 10.
_A_DAY = 10
_TO_MOVE = 15  # somebody else's meeting at all, and a point for every five minutes
_A_LIMIT = 25
_TO_ASK = 40
_A_COLLEAGUE = 60

_Week: TypeAlias = tuple[int, int]
_Wish: TypeAlias = tuple[tuple[Team, ...], tuple[Span, ...], Span, timedelta, "Within | None"]

_DAY = timedelta(days=1)
_FIVE_MINUTES = timedelta(minutes=5)
_A_MEETING = timedelta(hours=4)  # what is longer is leave, a journey, a whole day


@dataclass(frozen=True, slots=True)
class Advice:
    """Why there is no time for a meeting, and what would help; None where nothing we know of."""

    why: Reason
    help: Reason | None = None


def explain(
    wave: Wave,
    placed: Mapping[MeetingId, Seat],
    meeting: MeetingId,
    names: Mapping[StaffId, str] | None = None,
) -> Advice:
    """Say why *meeting* has no time beside what was *placed*; *names* of hosts are for reading."""
    return Adviser(wave, placed, names).explain(meeting)


@dataclass(frozen=True, slots=True)
class Within:
    """The `within` of a step, as its playbook writes it: so that advice counts as that does."""

    since: datetime
    distance: Distance
    days: Workdays

    def longer(self, until: datetime) -> Reason:
        """Say how much longer it must be to reach *until*."""
        if self.distance.unit is Unit.BUSINESS_DAYS:
            name, start, first = "business_days", self.since, self.distance.count
        else:
            name, start, first = "days", self.days.after(self.since, self.distance), 0
        unit = Unit.BUSINESS_DAYS if name == "business_days" else Unit.DAYS
        more = next(
            more
            for more in count(1)
            if self.days.after(start, Distance(first + more, unit)) >= until
        )
        return Reason(Because.HELP_LONGER, ((name, str(more)),))


class Adviser:
    """Knows what a wave has taken of everybody's time, and says it of whoever was left out."""

    def __init__(
        self,
        wave: Wave,
        placed: Mapping[MeetingId, Seat],
        names: Mapping[StaffId, str] | None = None,
        *,
        within: Mapping[MeetingId, Within] | None = None,
    ) -> None:
        self._taken = _Taken(wave, placed)
        self._names = names or {}
        self._within = within or {}
        self._seekers = {one.id: one for one in wave.seekers}
        self._said: dict[_Wish, Advice] = {}  # whole pools are left out for the same reason

    def explain(self, meeting: MeetingId) -> Advice:
        """Say why *meeting* has no time, and what would help."""
        seeker = self._seekers[meeting]
        within = self._within.get(meeting)
        wish = (seeker.teams, seeker.free, seeker.window, seeker.length, within)
        if wish not in self._said:
            look = self._look(meeting)
            best = min(look.helps(), default=(0, None), key=_cost)[1]
            self._said[wish] = Advice(look.why(), best)
        return self._said[wish]

    def rooms(self, meeting: MeetingId) -> frozenset[datetime]:
        """Give the starts at which a meeting could be, were it not for what it is of."""
        return frozenset(self._look(meeting).rooms())

    def _look(self, meeting: MeetingId) -> "_Look":
        seeker, within = self._seekers[meeting], self._within.get(meeting)
        return _Look(self._taken, seeker, self._names, within)


def _cost(offer: tuple[int, Reason | None]) -> int:
    return offer[0]


class _Taken:
    """What our own meetings take of the hosts' time, so that a look costs little."""

    def __init__(self, wave: Wave, placed: Mapping[MeetingId, Seat]) -> None:
        self.wave = wave
        self.hosts = {host.id: host for host in wave.hosts}
        self.ours: dict[StaffId, list[Span]] = {host.id: [] for host in wave.hosts}
        for seat in placed.values():
            for name in seat.team:
                self.ours[name].append(seat.when)
        self._starts: dict[StaffId, list[datetime]] = {}
        self._days: Counter[tuple[StaffId, date]] = Counter()
        self._weeks: Counter[tuple[StaffId, _Week]] = Counter()
        for name, spans in self.ours.items():
            spans.sort()
            self._starts[name] = [one.start for one in spans]
            for start in (*self.hosts[name].booked, *self._starts[name]):
                day = self._day(name, start)
                self._days[name, day] += 1
                self._weeks[name, day.isocalendar()[:2]] += 1

    def is_ours(self, name: StaffId, when: Span) -> bool:
        """Say whether a meeting that was given a time is in the way, or too near.

        Those of one host do not overlap: the last that begins before *when* is over ends last, too.
        """
        pause = self.hosts[name].buffer
        last = bisect_left(self._starts[name], when.end + pause) - 1
        return last >= 0 and when.start < self.ours[name][last].end + pause

    def of_day(self, name: StaffId, start: datetime) -> int:
        """Count what a host holds on the day of *start*."""
        return self._days[name, self._day(name, start)]

    def of_week(self, name: StaffId, start: datetime) -> int:
        """Count what a host holds in the week of *start*."""
        return self._weeks[name, self._day(name, start).isocalendar()[:2]]

    def _day(self, name: StaffId, start: datetime) -> date:
        return start.astimezone(ZoneInfo(self.hosts[name].timezone)).date()


class _Look:
    """One seeker's chances, one by one."""

    def __init__(
        self,
        taken: _Taken,
        seeker: Seeker,
        names: Mapping[StaffId, str],
        within: Within | None,
    ) -> None:
        self._within = within
        self._taken = taken
        self._wave = taken.wave
        self._hosts = taken.hosts
        self._seeker = seeker
        self._names = names
        self._teams = tuple(dict.fromkeys(team for team in seeker.teams if team))

    def why(self) -> Reason:
        """Give the first thing that stands in the way."""
        if not self._teams:
            return Reason(Because.NO_HOST)
        involved = {name for team in self._teams for name in team}
        unknown = sorted(name for name in involved if self._hosts[name].is_unknown)
        if all(any(self._hosts[name].is_unknown for name in team) for team in self._teams):
            return Reason(Because.CALENDAR_UNKNOWN, (("host", self._named(unknown)),))
        window = self._seeker.window
        values = (("until", self._shown(window.end)),)
        return Reason(self._of_the_window(window), values)

    def _of_the_window(self, window: Span) -> Because:
        if window.start + self._seeker.length > window.end:
            return Because.SPAN_OVER
        inside = list(self._starts(window))
        if not inside:
            return Because.PERSON_TAKEN
        shared = [
            (team, when) for when in inside for team in self._teams if self._is_free(team, when)
        ]
        if not shared:
            return Because.NO_COMMON_TIME
        if all(self._limits(team, when) for team, when in shared):
            return Because.LIMIT_REACHED
        return Because.ALL_TAKEN

    def rooms(self) -> Iterator[datetime]:
        """Give the starts at which the person and a team have room, limits and all."""
        for when in self._starts(self._seeker.window):
            if any(self._has_room(team, when) for team in self._teams):
                yield when.start

    def helps(self) -> Iterator[tuple[int, Reason]]:
        """Give everything that would help, with what it costs."""
        inside = list(self._starts(self._seeker.window))
        for when in inside:
            for team in self._teams:
                yield from self._at(team, when)
        yield from self._later()
        if not self._teams:
            return
        if inside:
            yield _A_COLLEAGUE, Reason(Because.HELP_COLLEAGUE)
        elif self._of_the_window(self._seeker.window) is Because.PERSON_TAKEN:
            yield _TO_ASK, Reason(Because.HELP_ASK)
        for name in sorted({name for team in self._teams for name in team}):
            if self._hosts[name].is_unknown:
                yield _TO_ASK, Reason(Because.HELP_SHARE, (("host", self._named([name])),))

    def _at(self, team: Team, when: Span) -> Iterator[tuple[int, Reason]]:
        """Give what would make room at one start: one limit, or one meeting of others."""
        if any(self._taken.is_ours(name, when) for name in team):
            return
        reached = self._limits(team, when)
        blocked = [name for name in team if not fits(self._hosts[name].free, when)]
        if len(reached) == 1 and not blocked:
            yield _A_LIMIT, reached[0]
        if not reached and len(blocked) == 1:
            yield from self._moves(self._hosts[blocked[0]], when)

    def _moves(self, host: Host, when: Span) -> Iterator[tuple[int, Reason]]:
        """Give how somebody else's one meeting would have to move so that *when* is free."""
        inside = [one for one in host.busy if one.start < when.end and when.start < one.end]
        if len(inside) != 1 or inside[0].end - inside[0].start > _A_MEETING:
            return
        (busy,) = inside
        room = without((*host.free, busy), (when, *self._taken.ours[host.id]))
        if not fits(merged((*host.free, busy)), when):
            return
        for shift in (when.end - busy.start, when.start - busy.end):
            whole = _rounded(shift)
            if fits(room, Span(busy.start + whole, busy.end + whole)):
                steps = abs(whole) // _FIVE_MINUTES
                values = (
                    ("host", self._named([host.id])),
                    ("at", self._shown(busy.start)),
                    ("minutes", str(steps * 5)),
                )
                later = whole > timedelta()
                because = Because.HELP_MOVE_LATER if later else Because.HELP_MOVE_EARLIER
                yield _TO_MOVE + steps, Reason(because, values)

    def _later(self) -> Iterator[tuple[int, Reason]]:
        """Give how much longer the window would have to be."""
        window = self._seeker.window
        zone = ZoneInfo(self._wave.timezone)
        beyond = Span(window.start, datetime.max.replace(tzinfo=UTC))
        for when in self._starts(beyond):
            if when.end <= window.end:
                continue
            for team in self._teams:
                if self._has_room(team, when):
                    last = when.end.astimezone(zone).replace(tzinfo=None)
                    now = window.end.astimezone(zone).replace(tzinfo=None)
                    days = max(1, -(-(last - now) // _DAY))
                    plain = Reason(Because.HELP_LONGER, (("days", str(days)),))
                    longer = self._within.longer(when.end) if self._within else plain
                    yield _A_DAY * days, longer
                    return

    def _starts(self, window: Span) -> Iterator[Span]:
        """Give the times that suit the person."""
        first = bisect_left(self._wave.starts, window.start)
        for start in self._wave.starts[first:]:
            when = Span(start, start + self._seeker.length)
            if when.end > window.end:
                return
            if fits(self._seeker.free, when):
                yield when

    def _has_room(self, team: Team, when: Span) -> bool:
        return (
            self._is_free(team, when)
            and not self._limits(team, when)
            and not any(self._taken.is_ours(name, when) for name in team)
        )

    def _is_free(self, team: Team, when: Span) -> bool:
        return all(fits(self._hosts[name].free, when) for name in team)

    def _limits(self, team: Team, when: Span) -> Sequence[Reason]:
        """Give the limits of hosts that one more meeting would break, each as what would help."""
        found: list[Reason] = []
        for name in team:
            host = self._hosts[name]
            for limit, counted, because in (
                (host.per_day, self._taken.of_day, Because.HELP_PER_DAY),
                (host.per_week, self._taken.of_week, Because.HELP_PER_WEEK),
            ):
                held = 0 if limit is None else counted(name, when.start)
                if limit is not None and held >= limit:
                    values = (
                        ("host", self._named([name])),
                        ("limit", str(limit)),
                        ("more", str(held + 1)),
                    )
                    found.append(Reason(because, values))
        return found

    def _named(self, hosts: Sequence[StaffId]) -> str:
        return ", ".join(self._names.get(name, name) for name in hosts)

    def _shown(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self._wave.timezone)).isoformat(timespec="minutes")


def _rounded(shift: timedelta) -> timedelta:
    """Give whole five minutes, away from nothing."""
    steps = -(-abs(shift) // _FIVE_MINUTES)
    return steps * _FIVE_MINUTES * (1 if shift > timedelta() else -1)
