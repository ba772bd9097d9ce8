"""The long play: 10,000 mails and 1,000 invitations while everything falls down; `make chaos`.

    python -m tests.chaos [SEED] [SECONDS] [PEOPLE]

The report goes into `.cache/chaos.md`, what everybody said into `.cache/chaos/`. Beside it the
tutorial design lives through the same. Ends with 1 if anything was lost, or doubled without having
been in doubt.
"""

import sys
import tempfile
from pathlib import Path

from tests.chaos.drama import Scale, keep, play, report, seconds_of
from tests.chaos.monkey import Lasting, deck
from tests.chaos.yardstick import tutorial

SECONDS = 480.0
PEOPLE = 10_000
PACE = 30.0


def main(seed: str, seconds: float, people: int) -> int:
    """Play, and write the report."""
    a_tenth = people // 10
    scale = Scale(
        smtp=people - 2 * a_tenth,
        gmail=a_tenth,
        graph=a_tenth,
        meetings=a_tenth,
        pace=PACE,
        preparing=15 + 0.004 * people,
        seconds=seconds,
        gap=3.5,
        patience=600,
    )
    with tempfile.TemporaryDirectory(prefix="chaos-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # also for the users of servers
        ending = play(folder, scale, seed, deck(Lasting()))
    keep(report(ending, scale, seed, "it has not lived through it yet"), ending, "chaos")
    with tempfile.TemporaryDirectory(prefix="tutorial-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        fell = tutorial(folder, scale, seed, deck(Lasting()))
    page = report(ending, scale, seed, str(fell))
    keep(page, ending, "chaos")
    sys.stdout.write(page)
    return 0 if ending.holds else 1


if __name__ == "__main__":
    words = [*sys.argv[1:], "", "", ""]
    sys.exit(main(seconds_of(words[0]), float(words[1] or SECONDS), int(words[2] or PEOPLE)))
