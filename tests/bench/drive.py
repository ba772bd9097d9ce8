"""Run a workspace as `tsunagu up --until-idle` does, and say on one line what it cost.

    python -m tests.bench.drive FOLDER

Waits for the first moment that somebody is due, and is timed from there: until the last mail's
outcome stands in the journal, and until nothing is left to do. What starting Python and reading the
playbooks cost is `start`.
"""

import json
import resource
import sys
from pathlib import Path
from threading import Event
from time import perf_counter, process_time

STARTED = perf_counter()

from worker.actors import Crew  # noqa: E402 - what importing costs is measured, too
from worker.broker import EMBEDDED  # noqa: E402 - as above
from worker.cli.beat import Beat, Ending  # noqa: E402 - as above
from worker.cli.launch import publish_playbooks  # noqa: E402 - as above
from worker.cli.run import Hands, spare_the_collector  # noqa: E402 - as above
from worker.engine.journal.journal import Journal, open_journal  # noqa: E402 - as above
from worker.ports import Clock  # noqa: E402 - as above
from worker.settings.load import load_settings  # noqa: E402 - as above
from worker.wiring.clock import SystemClock  # noqa: E402 - as above
from worker.wiring.engine import engine_of  # noqa: E402 - as above


class Timed(Hands):
    """Hands that remember when they last had done something."""

    last = 0.0
    last_cpu = 0.0

    def look(self, lane: str) -> None:
        """Do what is due, and note when it was done."""
        super().look(lane)
        self.last, self.last_cpu = perf_counter(), process_time()


def wait_until_somebody_is_due(journal: Journal, clock: Clock) -> None:
    """Sleep until the first moment; everybody was looked at and enrolled before."""
    now = clock.now()
    wake = journal.overview.next_wake(now)
    if wake is not None and wake > now:
        Event().wait((wake - now).total_seconds())


def main() -> None:
    """Send everything that is due."""
    folder = Path(sys.argv[1])
    settings = load_settings(folder / "tsunagu.yaml").standing()
    journal = open_journal(settings.store.url.reveal())
    engine = engine_of(settings, journal, SystemClock())
    publish_playbooks(settings, journal, engine.clock.now())
    engine.read_versions()
    spare_the_collector()
    hands = Timed(engine)
    crew = Crew(EMBEDDED, hands.look)
    crew.start()
    wait_until_somebody_is_due(journal, engine.clock)

    began, cpu = perf_counter(), process_time()
    with Ending() as ending:
        beat = Beat(
            engine, look=crew.nudge, is_resting=lambda: crew.has_nothing_waiting and hands.rest
        )
        beat.run(ending, until_idle=True)
    idle = perf_counter()

    crew.stop()
    engine.performer.close()
    journal.close()
    said = {
        "start": began - STARTED,
        "wall": hands.last - began,
        "cpu": hands.last_cpu - cpu,
        "idle": idle - began,
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }
    sys.stdout.write(json.dumps(said) + "\n")


if __name__ == "__main__":
    main()
