"""Whatever befalls the workers: every promise to a candidate and to HR is kept."""

import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest

from tests.simulator.scenes import SHORT
from tests.simulator.shrink import report, run
from tests.simulator.stage import FAIR

ROOT = Path(__file__).parents[2]

pytestmark = pytest.mark.sqlite


def wrong(scene: str, seed: str) -> str:
    """Play a seed; what went wrong is told in its shortest form, and nothing if nothing did."""
    played = run(scene, seed)
    return report(scene, played) if played.found else ""


@pytest.mark.parametrize(
    ("scene", "seed"),
    [*((scene, "7") for scene in SHORT), ("storm", "11"), ("talks", "11")],
)
def test_whatever_befalls_the_workers_each_promise_is_kept(scene: str, seed: str) -> None:
    """Once each, none forgotten, none after the answer, none while held, none over the limit."""
    assert wrong(scene, seed) == ""


@pytest.mark.parametrize(
    ("scene", "seed"),
    [  # each goes wrong again when its mutant takes away what was mended
        ("frozen", "3"),  # froze bytes that another worker had frozen, and took its wishes back
        ("frozen", "0"),  # handed over what another worker had settled while it stood still
        ("crowd", "5"),  # begun hours after it was handed over
        ("storm", "4"),  # called off what may have gone
        ("minds", "6"),  # took a decline of a moment ago for one of the future
    ],
)
def test_what_went_wrong_once_goes_right(scene: str, seed: str) -> None:
    """Histories in which the engine broke a promise before it was mended."""
    assert wrong(scene, seed) == ""


def test_a_seed_is_one_history_in_every_process() -> None:
    """Two processes that hash words differently live through the same, to the last byte."""
    told = [
        subprocess.run(
            [sys.executable, "-m", "tests.simulator", "talks", "--seed", "7"],
            cwd=ROOT,
            env={"PYTHONHASHSEED": number},
            capture_output=True,
            check=True,
        ).stdout
        for number in ("1", "2")
    ]

    assert sha256(told[0]).digest() == sha256(told[1]).digest()
    assert len(told[0].splitlines()) > 20


def test_misfortunes_that_are_left_out_do_not_happen() -> None:
    """What makes a history short: the same seed with none of them is fair weather."""
    stormy, calm = run("storm", "1"), run("storm", "1", frozenset())

    assert sum(stormy.counts.values()) > 10
    assert calm.counts == {}
    assert FAIR.kill == 0
