"""Every fault of meetings, one life each; a part of `make crash`.

    python -m tests.faults [STEP] [PLACE…]

With a STEP only every so many requests, mails and commits are tried. Ends with 1 if anything went
otherwise than it was promised, and says what.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.faults.place import PLACES
from tests.faults.runs import AT_A_COMMIT, AT_A_REQUEST, IN_MAIL, KINDS, MOMENTS, Fault, Run, run
from tests.servers.certificates import Certificates, make_certificates

AT_ONCE = 2
_POLLS = 4  # of the same kind at the end of a life: those behind them are no others


def main(step: int, places: Sequence[str], certificates: Certificates) -> int:
    """Live all lives, and say how many of them went wrong."""
    tried: Counter[tuple[str, str]] = Counter()
    wrong = 0
    with ProcessPoolExecutor(AT_ONCE, mp_context=get_context("spawn")) as lives:
        for place in places:
            faults = list(_faults(place, step, certificates))
            for fault, lived in zip(
                faults, lives.map(run, faults, [certificates] * len(faults)), strict=True
            ):
                tried[place, fault.kind] += lived.struck
                if lived.wrong:
                    wrong += 1
                    sys.stdout.write(f"{fault}: {'; '.join(lived.wrong)}\n")
            for kind in MOMENTS:
                sys.stdout.write(f"{place}: {kind}: {tried[place, kind]} lives\n")
            sys.stdout.flush()
    sys.stdout.write(f"{sum(tried.values())} lives, {wrong} went wrong\n")
    return 1 if wrong else 0


def _faults(place: str, step: int, certificates: Certificates) -> Iterator[Fault]:
    whole = run(Fault("lost", place, 0), certificates)
    counts = {
        IN_MAIL: whole.mails,
        AT_A_COMMIT: whole.commits,
        AT_A_REQUEST: _before_the_polls(whole) + whole.mails,
        **dict.fromkeys(KINDS, _before_the_polls(whole)),
    }
    for kind, moments in MOMENTS.items():
        for moment in moments:
            for at in range(1, counts[kind] + 1, step):
                yield Fault(kind, place, at, moment)


def _before_the_polls(whole: Run) -> int:
    """Say after how many requests nothing is done any more than to look, again and again."""
    last = max(number for number, one in enumerate(whole.asked) if not one.startswith("GET "))
    return min(len(whole.asked), last + 1 + _POLLS)


if __name__ == "__main__":
    numbers = [word for word in sys.argv[1:] if word.isdecimal()]
    named = [word for word in sys.argv[1:] if word in PLACES]
    with TemporaryDirectory() as folder:
        sys.exit(
            main(int((numbers or ["1"])[0]), named or [*PLACES], make_certificates(Path(folder)))
        )
