"""Play many seeds: `make simulate-faults`, or one again, as a failure prints it.

    python -m tests.simulator [SCENE …] [--seeds N] [--people N] [--seed SEED [--only NUMBERS]]

Ends with 1 if anything happened that must not.
"""

import argparse
import sys
from collections import Counter
from datetime import UTC, datetime
from time import perf_counter

from tests.simulator.scenes import SCENES, for_a_year
from tests.simulator.shrink import report, run

SEEDS = 40
_YEAR = 365


def main(words: list[str]) -> int:
    """Play, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator")
    parser.add_argument("scenes", nargs="*", choices=[*SCENES, []], metavar="SCENE")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many of each scene")
    parser.add_argument("--people", type=int, default=0, help="in the years, if not four hundred")
    parser.add_argument("--seed", default="", help="one alone, with its whole history")
    parser.add_argument("--only", default=None, help="the misfortunes that happen, by number")
    asked = parser.parse_args(words)
    scenes = asked.scenes or list(SCENES)
    if asked.seed:
        return sum(_one(scene, asked.seed, asked.only) for scene in scenes)
    if asked.people:
        SCENES["years"] = for_a_year(asked.people)
    return 1 if sum([_many(scene, asked.seeds) for scene in scenes]) else 0


def _one(scene: str, seed: str, only: str | None) -> int:
    kept = None if only is None else frozenset(int(one) for one in only.split(",") if one)
    played = run(scene, seed, kept)
    sys.stdout.write("\n".join([*played.history, played.found or "nothing went wrong", ""]))
    return 1 if played.found else 0


def _many(scene: str, seeds: int) -> int:
    known = SCENES[scene]
    count = 1 if known.story.days >= _YEAR else seeds
    wrong, mails, points, befell = 0, 0, 0, Counter[str]()
    began = perf_counter()
    today = f"{datetime.now(UTC):%Y-%m-%d}"  # noqa: TID251 - other histories every day
    for number in range(count):
        played = run(scene, f"{today}.{number}")
        mails, points = mails + played.mails, points + played.points
        befell.update(played.counts)
        if played.found:
            wrong += 1
            sys.stdout.write(report(scene, played) + "\n\n")
    took = perf_counter() - began
    years = count * known.story.people * known.story.days / _YEAR
    sys.stdout.write(
        f"{scene}: {known.says}.\n"
        f"  {count} histories, {years:,.0f} years of people, {mails:,} mails, {points:,} places"
        f" where anything could happen; {took:.1f} s, {years / took:.1f} years of people a second\n"
        f"  {', '.join(f'{name} {number:,}' for name, number in befell.most_common())}\n"
        f"  went wrong: {wrong}\n"
    )
    sys.stdout.flush()
    return wrong


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
