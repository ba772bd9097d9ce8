"""A simulator that finds nothing says nothing until it has found what is wrong on purpose."""

import subprocess
import sys

import pytest

from tests.simulator.mutants import MUTANTS, ROOT

pytestmark = pytest.mark.sqlite


@pytest.mark.parametrize("part", range(4))
def test_every_protection_that_is_taken_away_is_missed(part: int) -> None:
    """Without the fence, the key, the second look and the others a promise is broken soon."""
    names = [one.name for one in MUTANTS[part::4]]

    played = subprocess.run(  # noqa: S603 - names of our own
        [sys.executable, "-m", "tests.simulator.mutants", *names],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert "NOT FOUND" not in played.stdout
    assert played.stderr == ""
    assert played.stdout.count("seeds") >= len(names)
    assert played.returncode == 0


def test_the_words_of_each_patch_are_there_once() -> None:
    """A mutant whose words have moved would be the shipped code, and prove nothing."""
    sources = {
        patch.path: (ROOT / patch.path).read_text(encoding="utf-8")
        for mutant in MUTANTS
        for patch in mutant.patches
    }

    counts = {
        (mutant.name, sources[patch.path].count(patch.before))
        for mutant in MUTANTS
        for patch in mutant.patches
    }

    assert counts == {(mutant.name, 1) for mutant in MUTANTS}
