"""Why somebody is left out of a wave, and the cheapest thing that would help.

Pure, of what the wave knows: what is proposed moves nobody else who was given a time, and it was
looked up that it would do. How much longer the window would have to be can only be said as far as
the free time in the wave reaches.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span, merged
from worker.domain.price import fits
from worker.domain.reasons import Because, Reason
from worker.domain.slots import without
from worker.domain.wave import Host, Seat, Seeker, Team, Wave

# What a remedy costs people, in one measure: a day of waiting is 10.
_A_DAY = 10
_TO_MOVE = 15  # somebody else's meeting at all, and a point for every five minutes
_A_LIMIT = 25
_TO_ASK = 40
_A_COLLEAGUE = 60

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
    (seeker,) = (one for one in wave.seekers if one.id == meeting)
    look = _Look(wave, placed, seeker, names or {})
    return Advice(look.why(), min(look.helps(), default=(0, None), key=_cost)[1])


def _cost(offer: tuple[int, Reason | None]) -> int:
    return offer[0]


class _Look:
    """One seeker's chances, one by one."""

    def __init__(
        self,
        wave: Wave,
        placed: Mapping[MeetingId, Seat],
        seeker: Seeker,
        names: Mapping[StaffId, str],
    ) -> None:
        self._wave = wave
        self._seeker = seeker
        self._names = names
        self._hosts = {host.id: host for host in wave.hosts}
        self._ours: dict[StaffId, list[Span]] = {host.id: [] for host in wave.hosts}
        for one, seat in placed.items():
            if one != seeker.id:
                for name in seat.team:
                    self._ours[name].append(seat.when)
        self._teams = tuple(dict.fromkeys(team for team in seeker.teams if team))

    def why(self) -> Reason:
        """Give the first thing that stands in the way."""
        if not self._teams:
            return Reason(Because.NO_HOST)
        involved = {name for team in self._teams for name in team}
        unknown = sorted(name for name in involved if self._hosts[name].is_unknown)
        if all(any(self._hosts[name].is_unknown for name in team) for team in self._teams):
            return Reason(Because.CALENDAR_UNKNOWN, (("host", self._named(unknown)),))
        inside = list(self._starts(self._seeker.window))
        values = (("until", self._shown(self._seeker.window.end)),)
        if not inside:
            return Reason(Because.PERSON_TAKEN, values)
        shared = [
            (team, when) for when in inside for team in self._teams if self._is_free(team, when)
        ]
        if not shared:
            return Reason(Because.NO_COMMON_TIME, values)
        if all(self._limits(team, when) for team, when in shared):
            return Reason(Because.LIMIT_REACHED, values)
        return Reason(Because.ALL_TAKEN, values)

    def helps(self) -> Iterator[tuple[int, Reason]]:
        """Give everything that would help, with what it costs."""
        inside = list(self._starts(self._seeker.window))
        for when in inside:
            for team in self._teams:
                yield from self._at(team, when)
        yield from self._later()
        if inside:
            yield _A_COLLEAGUE, Reason(Because.HELP_COLLEAGUE)
        else:
            yield _TO_ASK, Reason(Because.HELP_ASK)
        for name in sorted({name for team in self._teams for name in team}):
            if self._hosts[name].is_unknown:
                yield _TO_ASK, Reason(Because.HELP_SHARE, (("host", self._named([name])),))

    def _at(self, team: Team, when: Span) -> Iterator[tuple[int, Reason]]:
        """Give what would make room at one start: one limit, or one meeting of others."""
        if any(self._is_ours(name, when) for name in team):
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
        room = without((*host.free, busy), (when, *self._ours[host.id]))
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
                if (
                    self._is_free(team, when)
                    and not self._limits(team, when)
                    and not any(self._is_ours(name, when) for name in team)
                ):
                    last, now = when.end.astimezone(zone).date(), window.end.astimezone(zone).date()
                    days = max(1, (last - now).days)
                    yield _A_DAY * days, Reason(Because.HELP_LONGER, (("days", str(days)),))
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

    def _is_free(self, team: Team, when: Span) -> bool:
        return all(fits(self._hosts[name].free, when) for name in team)

    def _is_ours(self, name: StaffId, when: Span) -> bool:
        """Say whether a meeting that was given a time is in the way, or too near."""
        pause = self._hosts[name].buffer
        return any(
            one.start < when.end + pause and when.start < one.end + pause
            for one in self._ours[name]
        )

    def _limits(self, team: Team, when: Span) -> Sequence[Reason]:
        """Give the limits of hosts that one more meeting would break, each as what would help."""
        found: list[Reason] = []
        for name in team:
            host, zone = self._hosts[name], ZoneInfo(self._hosts[name].timezone)
            taken = [*host.booked, *(one.start for one in self._ours[name])]
            days = [start.astimezone(zone).date() for start in taken]
            day = when.start.astimezone(zone).date()
            for limit, count, because in (
                (host.per_day, days.count(day), Because.HELP_PER_DAY),
                (host.per_week, _same_week(days, day), Because.HELP_PER_WEEK),
            ):
                if limit is not None and count >= limit:
                    values = (
                        ("host", self._named([name])),
                        ("limit", str(limit)),
                        ("more", str(count + 1)),
                    )
                    found.append(Reason(because, values))
        return found

    def _named(self, hosts: Sequence[StaffId]) -> str:
        return ", ".join(self._names.get(name, name) for name in hosts)

    def _shown(self, at: datetime) -> str:
        return at.astimezone(ZoneInfo(self._wave.timezone)).isoformat(timespec="minutes")


def _same_week(days: Sequence[date], day: date) -> int:
    return sum(one.isocalendar()[:2] == day.isocalendar()[:2] for one in days)


def _rounded(shift: timedelta) -> timedelta:
    """Give whole five minutes, away from nothing."""
    steps = -(-abs(shift) // _FIVE_MINUTES)
    return steps * _FIVE_MINUTES * (1 if shift > timedelta() else -1)
