"""From a seed that went wrong to the shortest history that still goes wrong."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.simulator.company import Played, play
from tests.simulator.scenes import SCENES

_MOST_RUNS = 60
_SHOWN = 60  # lines of a history


def run(scene: str, seed: str, only: frozenset[int] | None = None) -> Played:
    """Play one seed of a scene; of its misfortunes only those named, if any are."""
    known = SCENES[scene]
    with TemporaryDirectory() as folder:
        return play(Path(folder), known.story, seed, replace(known.weather, only=only))


def shortest(scene: str, failed: Played) -> tuple[Played, frozenset[int]]:
    """Leave out misfortunes, by halves and then by smaller parts, while it still goes wrong."""
    kept = list(range(failed.strikes))
    best, runs, size = failed, 0, max(1, len(kept) // 2)
    while runs < _MOST_RUNS:
        for start in range(0, len(kept), size):
            rest = kept[:start] + kept[start + size :]
            tried = run(scene, failed.seed, frozenset(rest))
            runs += 1
            if tried.found:
                best, kept = tried, [one for one in rest if one < tried.strikes]
                break
            if runs >= _MOST_RUNS:
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
    return best, frozenset(kept)


def report(scene: str, failed: Played) -> str:
    """Say what went wrong, how to play it again, and what happened, in the shortest form found."""
    best, kept = shortest(scene, failed)
    only = ",".join(str(one) for one in sorted(kept))
    lines = [
        f"scene {scene}, seed {failed.seed}: {best.found}",
        f"play it again: python -m tests.simulator {scene} --seed {failed.seed} --only {only}",
        f"{len(kept)} of {failed.strikes} misfortunes are needed:",
        *best.history[-_SHOWN:],
    ]
    return "\n".join(lines)
