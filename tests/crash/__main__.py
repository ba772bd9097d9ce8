"""The long form of the crash test: 2,000 mails, hundreds of kills; `make crash`.

    python -m tests.crash [KILLS] [PEOPLE] [SEED]

Ends with 1 if somebody was written to twice without having been in doubt, or was forgotten.
"""

import sys
import tempfile
from pathlib import Path

from tests.crash.plug import CONNECTIONS, LISTED, Plug
from worker.domain.intents import State

KILLS = 300
PEOPLE = 2_000


def main(kills: int, people: int, seed: str) -> int:
    """Pull the plug so often, finish, and compare the accounts under both policies."""
    wrong = 0
    for in_doubt in ("ask", "resend"):
        with tempfile.TemporaryDirectory() as folder:
            plug = Plug(Path(folder), people=people, in_doubt=in_doubt, seed=f"{seed}/{in_doubt}")
            with plug.server("--slow", "0.02") as server:
                plug.kill_worker(server, kills, spread=max(2, 2 * people // kills))
                plug.finish()
                doubtful = plug.account(server).named(State.DOUBT)
                if in_doubt == "resend":
                    plug.live_on()
                account = plug.account(server)
        unexplained = account.twice - (doubtful if in_doubt == "resend" else set())
        forgotten = account.never - account.named(*LISTED)
        standing = account.count(State.DONE, *LISTED)
        wrong += len(unexplained) + len(forgotten) + len(account.changed_on_the_way)
        wrong += people - standing
        sys.stdout.write(
            f"in_doubt: {in_doubt}: {people} mails, {plug.kills} kills:"
            f" done {account.count(State.DONE)}, in doubt {account.count(State.DOUBT)},"
            f" parked {account.count(State.PARKED)}; were in doubt {len(doubtful)}"
            f" (at most {2 * CONNECTIONS * plug.kills}); the server has {len(account.received)},"
            f" twice {len(account.twice)} (unexplained {len(unexplained)}),"
            f" never {len(account.never)} (unexplained {len(forgotten)})\n"
        )
        sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    numbers = [*sys.argv[1:], *("", "", "")]
    sys.exit(main(int(numbers[0] or KILLS), int(numbers[1] or PEOPLE), numbers[2] or "tsunagu"))
