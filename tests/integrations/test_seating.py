"""The solver keeps what a solver promises, and what the people of a company expect of it."""

import subprocess
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from integrations.seating import ExactSolver
from integrations.seating_network import Sketch, cheapest
from tests.bench.wave_scene import wave as scene
from tests.contracts.solver import FIRST, HALF, SolverContract, flaws
from worker.domain.errors import BrokenPromise
from worker.domain.facts import StaffId
from worker.domain.meetings import MeetingId, Span
from worker.domain.wave import Host, Seat, Seating, Seeker, Wave
from worker.ports import Solver

HOUR = 2 * HALF
DAY = Span(FIRST, FIRST + timedelta(hours=9))
STARTS = tuple(FIRST + n * HALF for n in range(18))
MENTOR, COLLEAGUE, MANAGER = StaffId("mentor"), StaffId("colleague"), StaffId("manager")


def seeker(name: str, *free: Span, teams: Sequence[tuple[StaffId, ...]], **more: Seat) -> Seeker:
    """Give somebody who wants half an hour."""
    return Seeker(MeetingId(name), tuple(teams), free or (DAY,), DAY, HALF, more.get("holds"))


def slot(number: int, count: int = 1) -> Span:
    """Give one or several half hours of the day."""
    return Span(STARTS[number], STARTS[number] + count * HALF)


class TestExactSolver(SolverContract):
    def solver(self) -> Solver:
        """Give the one there is."""
        return ExactSolver()


def test_nobody_leaves_the_time_they_hold_for_somebody_else() -> None:
    """After a few declines the others keep their time and their interviewer."""
    wave = scene(150, 12, pools=3)
    first = ExactSolver().seat(wave)
    declined = sorted(first.placed)[::20]
    wanted = tuple(_after(one, first, declined) for one in wave.seekers)

    again = ExactSolver().seat(replace(wave, seekers=wanted))

    changed = {
        meeting for meeting, seat in again.placed.items() if seat != first.placed.get(meeting)
    }
    assert set(declined) == changed
    assert again.is_proven
    assert flaws(replace(wave, seekers=wanted), again.placed) == []


def _after(one: Seeker, first: Seating, declined: Sequence[MeetingId]) -> Seeker:
    """Give somebody who holds what they were given, or who cannot come on that day at all."""
    seat = first.placed.get(one.id)
    if seat is None or one.id not in declined:
        return replace(one, holds=seat)
    day = seat.when.start.date()
    return replace(one, free=tuple(span for span in one.free if span.start.date() != day))


def test_a_colleague_takes_over_at_the_same_time() -> None:
    """A mentor leaves; whoever they were to meet keeps the time where a colleague is free."""
    holds = Seat((MENTOR,), slot(6))
    wanted = seeker("m", teams=[(COLLEAGUE,), (MANAGER,)], holds=holds)
    other = seeker("n", teams=[(COLLEAGUE,), (MANAGER,)])
    hosts = (Host(COLLEAGUE, (slot(0, 3),)), Host(MANAGER, (slot(6),), load=9))

    seating = ExactSolver().seat(Wave((wanted, other), hosts, STARTS))

    assert Seat((MANAGER,), slot(6)) == seating.placed[wanted.id]
    assert Seat((COLLEAGUE,), slot(0)) == seating.placed[other.id]


def test_a_time_beside_the_grid_is_kept() -> None:
    """Somebody moved their meeting to 10:10 by hand: it stays, and nobody is put over it."""
    at = FIRST + timedelta(minutes=70)
    held = Seat((MENTOR,), Span(at, at + HALF))
    wanted = seeker("m", teams=[(MENTOR,)], holds=held)
    other = seeker("n", slot(2, 3), teams=[(MENTOR,)])
    hosts = (Host(MENTOR, (slot(0, 5),)),)

    seating = ExactSolver().seat(Wave((wanted, other), hosts, STARTS))

    assert held == seating.placed[wanted.id]
    assert slot(4) == seating.placed[other.id].when


def test_mentor_and_manager_come_both_or_neither() -> None:
    """A meeting with two people of the company lies where both of them are free."""
    both = seeker("both", teams=[(MENTOR, MANAGER)])
    alone = seeker("alone", teams=[(MENTOR,)])
    hosts = (Host(MENTOR, (slot(0, 4),)), Host(MANAGER, (slot(1), slot(3))))

    seating = ExactSolver().seat(Wave((both, alone), hosts, STARTS))

    assert slot(1) == seating.placed[both.id].when
    assert slot(0) == seating.placed[alone.id].when


def test_past_load_is_made_up_for() -> None:
    """Whoever held many meetings of late is given fewer now."""
    people = tuple(seeker(f"m{n}", teams=[(MENTOR,), (COLLEAGUE,)]) for n in range(6))
    hosts = (Host(MENTOR, (DAY,), load=4), Host(COLLEAGUE, (DAY,)))

    placed = ExactSolver().seat(Wave(people, hosts, STARTS)).placed

    assert sorted(seat.team for seat in placed.values()) == [(COLLEAGUE,)] * 5 + [(MENTOR,)]


def test_a_host_whose_calendar_is_unknown_is_given_nobody() -> None:
    """No answer of a calendar is no free time."""
    wanted = seeker("m", teams=[(MENTOR,)])

    seating = ExactSolver().seat(Wave((wanted,), (Host(MENTOR, (), is_unknown=True),), STARTS))

    assert (wanted.id,) == seating.left_out
    assert seating.is_proven


def test_without_time_for_a_proof_the_seating_is_lawful() -> None:
    """When time is up people have a time all the same, and it is not called the best."""
    wave = scene(60, 6, pools=1)
    hosts = tuple(replace(host, buffer=HALF) for host in wave.hosts)
    wave = replace(wave, hosts=hosts)

    seating = ExactSolver(timedelta(microseconds=1)).seat(wave)

    assert not seating.is_proven
    assert flaws(wave, seating.placed) == []
    assert len(seating.placed) > 50


def test_a_network_too_large_for_its_numbers_is_not_called_proven() -> None:
    """Weights that would not fit into 64 bits are made smaller, and that is said."""
    one = seeker("m", teams=[(MENTOR,)])
    sketch = Sketch()
    sketch.add(1, 0, left_out=1)
    sketch.add(1, 2, trouble=5)
    sketch.add(2, 0)

    taken, is_proven = cheapest([one], sketch.done(), 1 << 62)

    assert taken == [(1, 2), (2, 0)]
    assert not is_proven


def test_a_host_must_be_in_the_wave() -> None:
    """A wave that names somebody it does not describe is a mistake of ours."""
    wave = Wave((seeker("m", teams=[(MENTOR,)]),), (), STARTS)

    with pytest.raises(BrokenPromise, match="mentor"):
        ExactSolver().seat(wave)


def test_an_empty_wave_has_an_empty_seating() -> None:
    """Nobody to seat, no start, no host: nothing comes of it."""
    assert Seating() == ExactSolver().seat(Wave((), (), ()))


def test_a_meeting_alone_loads_no_library() -> None:
    """Where nobody competes for a host, neither numpy nor OR-tools is imported."""
    program = (
        "import sys\n"
        "from tests.integrations.test_seating import DAY, MENTOR, STARTS, Host, Wave, seeker\n"
        "from integrations.seating import ExactSolver\n"
        "for name in [n for n in sys.modules if n.startswith(('numpy', 'ortools'))]:\n"
        "    del sys.modules[name]\n"
        "wave = Wave((seeker('m', teams=[(MENTOR,)]),), (Host(MENTOR, (DAY,)),), STARTS)\n"
        "assert ExactSolver().seat(wave).placed\n"
        "assert not [n for n in sys.modules if n.startswith(('numpy', 'ortools'))]\n"
    )

    done = subprocess.run(  # noqa: S603 - the program above
        [sys.executable, "-W", "ignore", "-c", program], check=False, capture_output=True, text=True
    )

    assert done.stderr == ""
    assert done.returncode == 0
