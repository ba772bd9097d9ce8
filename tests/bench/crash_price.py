"""What one kill -9 of 2,000 mails costs us and post_office: twice, never, in doubt."""

import subprocess
import tempfile
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from tests.bench import letter
from tests.bench.mails import PEER
from tests.bench.measure import BENCH_PYTHON, Figure, run
from tests.crash.plug import CONNECTIONS, Plug, die
from tests.servers.recorder import recorder
from tests.servers.worker import until, worker
from worker.domain.intents import State

PEOPLE = 2_000
TRIALS = 5


@dataclass(frozen=True, slots=True)
class Price:
    """What became of the mails of one trial."""

    twice: int
    never: int
    doubtful: int = 0


def figures() -> list[Figure]:
    """Kill both at the same share of their mails, trial by trial."""
    ours, theirs = [], []
    for trial in range(TRIALS):
        moment = PEOPLE // 5 + die(f"price/{trial}", PEOPLE // 2)
        ours.append(_ours(trial, moment))
        theirs.append(_post_office(moment))
    return [
        Figure(
            f"killed once in the middle of {PEOPLE:,} mails, {TRIALS} trials",
            _told(ours),
            f"django-post_office: {_told(theirs)}",
            f"twice or never 0; in doubt at most {2 * CONNECTIONS}",
            all(
                each.twice == each.never == 0 and each.doubtful <= 2 * CONNECTIONS for each in ours
            ),
        )
    ]


def _told(prices: list[Price]) -> str:
    twice = [price.twice for price in prices]
    never = max(price.never for price in prices)
    doubtful = max(price.doubtful for price in prices)
    return f"twice {min(twice)}-{max(twice)}, never {never}, in doubt {doubtful}"


def _ours(trial: int, moment: int) -> Price:
    with tempfile.TemporaryDirectory() as name:
        plug = Plug(Path(name), people=PEOPLE, in_doubt="ask", seed=f"price/{trial}")
        with plug.server() as server:
            with worker(plug.home) as running:
                until(lambda: server.count >= moment)
                running.kill()
                running.wait()
            plug.finish()
            account = plug.account(server)
    doubtful = account.named(State.DOUBT)
    return Price(len(account.twice), len(account.never - doubtful), len(doubtful))


def _post_office(moment: int) -> Price:
    with tempfile.TemporaryDirectory() as name, recorder(Path(name)) as server:
        folder = Path(name)
        letter.write_for_post_office(folder, PEOPLE)
        command = [str(BENCH_PYTHON), str(PEER), name, str(server.port), str(PEOPLE)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL) as peer:  # noqa: S603 - ours
            until(lambda: server.count >= moment)
            peer.kill()
        (folder / "lock").unlink(missing_ok=True)
        run([*command, "resume"])
        received = Counter(mail.recipient for mail in server.mails)
    twice = sum(count > 1 for count in received.values())
    return Price(twice, PEOPLE - len(received))
