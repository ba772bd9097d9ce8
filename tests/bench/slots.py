"""A wave of meetings, seated as a whole, beside the same wave seated one after the other.

python -m tests.bench slots
"""

import json
import resource
import sys
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from statistics import fmean, pstdev
from time import perf_counter, process_time

from integrations.seating import ExactSolver
from tests.bench.in_turn import first_come
from tests.bench.measure import MB, Figure, interleaved, run
from tests.bench.wave_scene import wave
from tests.contracts.solver import flaws
from worker.domain.meetings import MeetingId
from worker.domain.wave import Seat, Seeker, Wave

ROUNDS = 5
GIB = 1 << 30
DECLINES = 50
MOST = 5  # times as long as one after the other


def figures() -> list[Figure]:
    """Measure all of them."""
    return [*_beside_greedy(1), *_beside_greedy(12), _declines(), _large()]


def _beside_greedy(pools: int) -> list[Figure]:
    """Seat a thousand people, those with the fewest starts first, and as a whole."""
    scene = wave(1_000, 60, pools=pools)
    placeable = _placeable(scene)
    ours = ExactSolver().seat(scene)
    theirs = first_come(scene, fewest_first=True)
    _hold(scene, ours.placed)
    _hold(scene, theirs)
    seconds = interleaved(
        ROUNDS,
        {
            "as a whole": lambda: _timed(lambda: ExactSolver().seat(scene)),
            "one after the other": lambda: _timed(lambda: first_come(scene, fewest_first=True)),
        },
    )
    ratio = seconds["as a whole"] / seconds["one after the other"]
    left_out = placeable - len(ours.placed)
    mine, other = _spread(scene, ours.placed), _spread(scene, theirs)
    where = "one pool" if pools == 1 else f"{pools} departments"
    return [
        Figure(
            f"1,000 people x 60 interviewers x 4 weeks, {where}: seated as a whole",
            f"{1000 * seconds['as a whole']:.0f} ms of CPU ({ratio:.1f} x), "
            f"{'proven' if ours.is_proven else 'not proven'}, {left_out} placeable left out",
            f"fewest starts first: {1000 * seconds['one after the other']:.0f} ms,"
            f" {placeable - len(theirs)} left out",
            f"at most {MOST} x, proven, nobody placeable left out",
            ratio <= MOST and ours.is_proven and left_out == 0,
        ),
        Figure(
            f"the same: how far loads are apart, {where}",
            f"{mine:.2f} ({100 * mine / other:.0f} %), {_days(scene, ours.placed):.2f} days' wait",
            f"{other:.2f}, {_days(scene, theirs):.2f} days' wait",
            "at most 60 %",
            mine <= 0.6 * other,
        ),
    ]


def _timed(work: Callable[[], object]) -> float:
    """Give the seconds of CPU, of all threads: both think, and wait for nothing."""
    began = process_time()
    work()
    return process_time() - began


def _hold(scene: Wave, placed: Mapping[MeetingId, Seat]) -> None:
    if found := flaws(scene, placed):
        raise RuntimeError(f"the seating is not lawful: {found[:3]}")


def _placeable(scene: Wave) -> int:
    """Count those who have a start at which somebody they may meet is free at all."""
    alone = (replace(scene, seekers=(one,)) for one in scene.seekers)
    return sum(bool(ExactSolver().seat(one).placed) for one in alone)


def _spread(scene: Wave, placed: Mapping[MeetingId, Seat]) -> float:
    """Give the standard deviation of loads within a pool, the past included, over the pools."""
    count = Counter(seat.team[0] for seat in placed.values())
    load = {host.id: host.load + count[host.id] for host in scene.hosts}
    pools = {seeker.teams for seeker in scene.seekers}
    return fmean(pstdev([load[name] for (name,) in pool]) for pool in pools)


def _days(scene: Wave, placed: Mapping[MeetingId, Seat]) -> float:
    first = scene.starts[0].date()
    return fmean((seat.when.start.date() - first).days for seat in placed.values())


def _declines() -> Figure:
    """Let fifty people decline: each cannot come on that day at all."""
    scene = wave(1_000, 60)
    first = ExactSolver().seat(scene)
    declined = set(sorted(first.placed)[:: len(first.placed) // DECLINES][:DECLINES])

    def after(one: Seeker) -> Seeker:
        seat = first.placed.get(one.id)
        if seat is None or one.id not in declined:
            return replace(one, holds=seat)
        day = seat.when.start.date()
        return replace(one, free=tuple(span for span in one.free if span.start.date() != day))

    wanted = replace(scene, seekers=tuple(map(after, scene.seekers)))
    again = ExactSolver().seat(wanted)
    _hold(wanted, again.placed)
    moved = sum(again.placed.get(one) != seat for one, seat in first.placed.items())
    fresh = replace(wanted, seekers=tuple(replace(one, holds=None) for one in wanted.seekers))
    anew = ExactSolver().seat(fresh)
    without = sum(anew.placed.get(one) != seat for one, seat in first.placed.items())
    return Figure(
        f"{DECLINES} of them decline: meetings that move",
        f"{moved}",
        f"seated anew without holding on: {without}",
        f"exactly {DECLINES}",
        moved == DECLINES,
    )


def _large() -> Figure:
    """Seat ten thousand people in a process of its own, whose memory is counted."""
    took = run([sys.executable, "-m", "tests.bench.slots"], reads_json=True)
    return Figure(
        "10,000 people x 600 interviewers x 4 weeks, 12 departments",
        f"{took.said['seconds']:.1f} s, {took.peak / MB:.0f} MB,"
        f" {took.said['left_out']:.0f} left out, "
        + ("proven" if took.said["is_proven"] else "not proven"),
        f"before it is seated {took.said['before'] / MB:.0f} MB",
        "proven, at most 1 GiB",
        bool(took.said["is_proven"]) and took.peak <= GIB,
    )


def _measure_large() -> None:
    scene = wave(10_000, 600)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    began = perf_counter()
    seating = ExactSolver().seat(scene)
    seconds = perf_counter() - began
    _hold(scene, seating.placed)
    said = {
        "seconds": seconds,
        "left_out": len(seating.left_out),
        "is_proven": seating.is_proven,
        "before": before,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    _measure_large()
