"""What every solver promises, whatever it reckons with: held against every seating there is."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise, product
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from worker.domain.facts import PersonId, StaffId
from worker.domain.meetings import MeetingId, Span, merged
from worker.domain.price import Price, delay, fits, price
from worker.domain.wave import Gathering, Host, Invitee, Seat, Seeker, Session, Wave
from worker.ports import Solver

FIRST = datetime(2026, 7, 6, 0, tzinfo=UTC)  # a Monday, 09:00 in Tokyo
HALF = timedelta(minutes=30)


def flaws(wave: Wave, placed: Mapping[MeetingId, Seat]) -> list[str]:
    """Say what of a seating must not be."""
    hosts = {host.id: host for host in wave.hosts}
    held: dict[StaffId, list[Span]] = {}
    found = []
    for seeker in wave.seekers:
        if (seat := placed.get(seeker.id)) is not None:
            found += [f"{seeker.id}: {flaw}" for flaw in _of_a_seat(wave, seeker, seat, hosts)]
            for name in seat.team:
                held.setdefault(name, []).append(seat.when)
    for name, spans in held.items():
        found += [f"{name}: {flaw}" for flaw in _of_a_host(hosts[name], sorted(spans))]
    return found


def _of_a_seat(
    wave: Wave, seeker: Seeker, seat: Seat, hosts: Mapping[StaffId, Host]
) -> Iterator[str]:
    own = seeker.holds.when.start if seeker.holds else None
    if seat.team not in seeker.teams:
        yield "not their hosts, or in another order"
    if seat.when.end - seat.when.start != seeker.length:
        yield "not its length"
    if not fits(seeker.free, seat.when) or not fits([seeker.window], seat.when):
        yield "does not suit the person"
    if seat.when.start not in wave.starts and seat.when.start != own:
        yield "begins beside the grid"
    if not all(fits(hosts[name].free, seat.when) for name in seat.team):
        yield "does not suit a host"


def _of_a_host(host: Host, spans: list[Span]) -> Iterator[str]:
    zone = ZoneInfo(host.timezone)
    if any(after.start - before.end < host.buffer for before, after in pairwise(spans)):
        yield "meetings touch"
    mine = {span.start.astimezone(zone).date() for span in spans}
    days = [start.astimezone(zone).date() for start in host.booked]
    days += [span.start.astimezone(zone).date() for span in spans]
    for limit, count_of in (
        (host.per_day, date.isoformat),
        (host.per_week, _week),
    ):
        counts = Counter(map(count_of, days))
        if limit is not None and any(counts[count_of(day)] > limit for day in mine):
            yield f"more than {limit}"


def _week(day: date) -> str:
    return f"{day:%G-%V}"


def every_seating(wave: Wave) -> Iterator[dict[MeetingId, Seat]]:
    """Give every lawful seating of a small wave."""
    choices = []
    for seeker in wave.seekers:
        own = [seeker.holds.when.start] if seeker.holds else []
        seats: list[Seat | None] = [None]
        for start in sorted({*wave.starts, *own}):
            for team in seeker.teams:
                one = Seat(team, Span(start, start + seeker.length))
                if not flaws(wave, {seeker.id: one}):
                    seats.append(one)
        choices.append(seats)

    def further(place: int, placed: dict[MeetingId, Seat]) -> Iterator[dict[MeetingId, Seat]]:
        if place == len(choices):
            yield dict(placed)
            return
        for seat in choices[place]:
            if seat is None:
                yield from further(place + 1, placed)
                continue
            more = {**placed, wave.seekers[place].id: seat}
            if not flaws(wave, more):
                yield from further(place + 1, more)

    return further(0, {})


def best_price(wave: Wave) -> Price:
    """Give the price of the best seating there is."""
    return min(price(wave, placed) for placed in every_seating(wave))


@st.composite
def waves(draw: st.DrawFn) -> Wave:
    """Draw a wave small enough that every seating of it can be looked at."""
    grid = draw(st.sampled_from([15, 30, 60]))
    days = draw(st.integers(1, 2))
    length = timedelta(minutes=draw(st.sampled_from([30, 60])))
    starts = tuple(
        FIRST + timedelta(days=day, minutes=grid * step)
        for day in range(days)
        for step in range(4 if grid == 15 else 3)
    )
    end = starts[-1] + length
    names = [StaffId(name) for name in "abc"[: draw(st.integers(1, 3))]]

    def some_free(least: int) -> tuple[Span, ...]:
        open_ = draw(st.lists(st.sampled_from(starts), min_size=least, max_size=4, unique=True))
        return merged(Span(start, start + length) for start in open_)

    hosts = tuple(
        Host(
            name,
            some_free(1),
            timezone=draw(st.sampled_from(["Asia/Tokyo", "America/New_York"])),
            per_day=draw(st.sampled_from([None, None, 1, 2])),
            per_week=draw(st.sampled_from([None, None, 1, 3])),
            buffer=draw(st.sampled_from([timedelta(), timedelta(), timedelta(minutes=15)])),
            load=draw(st.integers(0, 3)),
            booked=tuple(draw(st.lists(st.just(FIRST - HALF), max_size=1))),
        )
        for name in names
    )
    teams = st.one_of(
        st.just(tuple((name,) for name in names)),
        st.sampled_from([((name,),) for name in names]),
        st.just((tuple(names),)),
        st.just((tuple(reversed(names)),)),
    )
    seekers = []
    for number in range(draw(st.integers(1, 3))):
        free = some_free(0)
        mine = draw(teams)
        start = draw(st.sampled_from([*starts, FIRST + timedelta(minutes=10)]))
        holds = Seat(mine[0], Span(start, start + length)) if draw(st.booleans()) else None
        window = Span(FIRST, draw(st.sampled_from([end, end, FIRST + timedelta(hours=20)])))
        priority = draw(st.sampled_from([0, 0, 5]))
        seekers.append(Seeker(MeetingId(f"m{number}"), mine, free, window, length, holds, priority))
    return Wave(tuple(seekers), hosts, starts)


def every_split(gathering: Gathering) -> Iterator[tuple[Session, ...]]:
    """Give every lawful way to split the people of a small gathering into sessions."""
    starts = {*gathering.starts, *(one.holds.start for one in gathering.invitees if one.holds)}
    spans = [Span(start, start + gathering.length) for start in sorted(starts)]
    choices = [
        [None, *(when for when in spans if fits(one.free, when))] for one in gathering.invitees
    ]
    for chosen in product(*choices):
        people: dict[Span, list[PersonId]] = {}
        for one, when in zip(gathering.invitees, chosen, strict=True):
            if when is not None:
                people.setdefault(when, []).append(one.id)
        found = tuple(
            Session(when, tuple(sorted(people[when])), hosts_of(gathering, when))
            for when in sorted(people)
        )
        if not flaws_of_sessions(gathering, found):
            yield found


def hosts_of(gathering: Gathering, when: Span) -> tuple[StaffId, ...]:
    """Say who of the staff is at a session."""
    able = [host.id for host in gathering.others if fits(host.free, when)]
    return (*(host.id for host in gathering.required), *able)


def flaws_of_sessions(gathering: Gathering, found: Sequence[Session]) -> list[str]:
    """Say what of some sessions must not be."""
    least, most = gathering.size
    wrong = []
    for one in found:
        if not least <= len(one.people) <= most:
            wrong.append("too few, or too many")
        if not fits([gathering.window], one.when):
            wrong.append("outside the window")
        if not all(fits(host.free, one.when) for host in gathering.required):
            wrong.append("without somebody who must be there")
        if len(one.hosts) - len(gathering.required) < gathering.least_others:
            wrong.append("without enough of the others")
    spans = sorted(one.when for one in found)
    if any(after.start < before.end for before, after in pairwise(spans)):
        wrong.append("two at a time")
    for host in gathering.required:
        wrong += _of_a_host(host, spans)
    return wrong


def price_of_sessions(gathering: Gathering, found: Sequence[Session]) -> tuple[int, ...]:
    """Say what some sessions cost, in the order of the promises."""
    when = {person: one.when for one in found for person in one.people}
    moved = sum(
        one.holds is not None and when.get(one.id) != one.holds for one in gathering.invitees
    )
    sizes = [len(one.people) for one in found]
    zone = ZoneInfo(gathering.timezone)
    late = sum(delay(gathering.window, one.when.start, zone) for one in found)
    spread = max(sizes, default=0) - min(sizes, default=0)
    return (len(gathering.invitees) - len(when), moved, len(found), spread, late)


@st.composite
def gatherings(draw: st.DrawFn) -> Gathering:
    """Draw a gathering small enough that every way to split it can be looked at."""
    starts = tuple(FIRST + step * HALF for step in (0, 1, 2, 48))
    length = draw(st.sampled_from([HALF, 2 * HALF]))
    spans = [Span(start, start + length) for start in starts]

    def some_free() -> tuple[Span, ...]:
        return merged(draw(st.lists(st.sampled_from(spans), max_size=4)))

    def some_host(name: str) -> Host:
        free = merged([*some_free(), spans[draw(st.integers(0, 3))]])
        limit = draw(st.sampled_from([None, None, 1]))
        pause = draw(st.sampled_from([timedelta(), HALF]))
        return Host(StaffId(name), free, per_day=limit, buffer=pause)

    holds = st.one_of(st.none(), st.sampled_from(spans))
    people = tuple(
        Invitee(PersonId(f"p{number}"), some_free(), draw(holds))
        for number in range(draw(st.integers(1, 4)))
    )
    least = draw(st.integers(1, 2))
    return Gathering(
        people,
        tuple(some_host(name) for name in "ab"[: draw(st.integers(1, 2))]),
        Span(starts[0], draw(st.sampled_from([spans[-1].end, spans[-2].end]))),
        length,
        starts,
        (least, draw(st.integers(least, 3))),
        tuple(some_host(name) for name in "cd"[: draw(st.integers(0, 2))]),
        draw(st.integers(0, 1)),
    )


class SolverContract:
    """Inherited by the test of every solver; it says which by `solver`."""

    def solver(self) -> Solver:
        """Give the solver that is tested."""
        raise NotImplementedError

    @given(waves())
    @settings(max_examples=150, deadline=None)
    def test_nothing_is_better(self, wave: Wave) -> None:
        """Of all the seatings there are, none keeps the promises better."""
        seating = self.solver().seat(wave)

        assert flaws(wave, seating.placed) == []
        assert best_price(wave) == price(wave, seating.placed)
        assert seating.is_proven
        assert {s.id for s in wave.seekers} == {*seating.placed, *seating.left_out}

    @given(waves())
    @settings(max_examples=50, deadline=None)
    def test_seating_again_changes_nothing(self, wave: Wave) -> None:
        """Whoever has a time keeps it when the same people are seated again, in any order."""
        first = self.solver().seat(wave).placed
        holding = tuple(
            Seeker(s.id, s.teams, s.free, s.window, s.length, first.get(s.id), s.priority)
            for s in reversed(wave.seekers)
        )

        again = self.solver().seat(Wave(holding, tuple(reversed(wave.hosts)), wave.starts)).placed

        assert {m: (s.when, frozenset(s.team)) for m, s in first.items()} == {
            m: (s.when, frozenset(s.team)) for m, s in again.items()
        }

    @given(gatherings())
    @settings(max_examples=60, deadline=None)
    def test_no_fewer_sessions_reach_as_many(self, gathering: Gathering) -> None:
        """Of all the ways to split a cohort, none keeps the promises better."""
        found = self.solver().gather(gathering)

        assert flaws_of_sessions(gathering, found.sessions) == []
        best = min(price_of_sessions(gathering, each) for each in every_split(gathering))
        assert best == price_of_sessions(gathering, found.sessions)
        assert found.is_proven
        reached = {person for one in found.sessions for person in one.people}
        assert {one.id for one in gathering.invitees} == {*reached, *found.left_out}
