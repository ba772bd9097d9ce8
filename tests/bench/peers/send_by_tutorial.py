"""A yardstick: what the tutorials build, dramatiq on Redis and a row in PostgreSQL for each mail.

    send_by_tutorial.py FOLDER PORT COUNT POSTGRESQL REDIS

An actor for each mail renders it, sends it over a connection of its own and notes that it went,
with dramatiq's own retries. One worker process with eight threads. Prints one line of JSON: the
seconds from the first message until the last row.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import perf_counter

import dramatiq
import psycopg
from dramatiq.brokers.redis import RedisBroker
from one_mail import Mails

WORDS = sys.argv[1:6] if Path(sys.argv[0]).stem == "send_by_tutorial" else None
WORDS = WORDS or json.loads(os.environ["PEER_WORDS"])  # noqa: TID251 - of this very process
FOLDER, PORT, COUNT, DATABASE, REDIS = Path(WORDS[0]), int(WORDS[1]), int(WORDS[2]), *WORDS[3:5]

dramatiq.set_broker(RedisBroker(url=REDIS))
mails = Mails(FOLDER, PORT, DATABASE)


@dramatiq.actor
def send(number: int) -> None:
    """Send one mail, and note it."""
    mails.send(number)


def main() -> None:
    """Enqueue everything, and wait until every row is noted."""
    with psycopg.connect(DATABASE, autocommit=True) as connection:
        mails.lay_out(connection, COUNT)
        command = [sys.executable, "-m", "dramatiq", "send_by_tutorial", "-p", "1", "-t", "8"]
        with subprocess.Popen(  # noqa: S603 - a command of the benchmark itself
            command,
            cwd=Path(__file__).parent,
            env={**os.environ, "PEER_WORDS": json.dumps(WORDS)},  # noqa: TID251 - as above
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as worker:
            Event().wait(8)  # until it listens: starting is not what is measured
            began = perf_counter()
            import send_by_tutorial as imported  # noqa: PLC0415 - the actor under its own name

            for number in range(COUNT):
                imported.send.send(number)
            mails.wait(connection)
            wall = perf_counter() - began
            worker.terminate()
    sys.stdout.write(json.dumps({"wall": wall}) + "\n")


if __name__ == "__main__":
    main()
