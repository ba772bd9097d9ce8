"""A yardstick: celery on Redis with a row in PostgreSQL for each mail.

    send_by_celery.py FOLDER PORT COUNT POSTGRESQL REDIS

A task for each mail renders it, sends it over a connection of its own and notes that it went. One
worker with eight threads. Prints one line of JSON: the seconds from the first task to the last row.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import perf_counter

import psycopg
from celery import Celery
from one_mail import Mails

WORDS = sys.argv[1:6] if Path(sys.argv[0]).stem == "send_by_celery" else None
WORDS = WORDS or json.loads(os.environ["PEER_WORDS"])  # noqa: TID251 - of this very process
FOLDER, PORT, COUNT, DATABASE, REDIS = Path(WORDS[0]), int(WORDS[1]), int(WORDS[2]), *WORDS[3:5]

app = Celery("send_by_celery", broker=REDIS)
app.conf.task_ignore_result = True
mails = Mails(FOLDER, PORT, DATABASE)


@app.task
def send(number: int) -> None:
    """Send one mail, and note it."""
    mails.send(number)


def main() -> None:
    """Enqueue everything, and wait until every row is noted."""
    with psycopg.connect(DATABASE, autocommit=True) as connection:
        mails.lay_out(connection, COUNT)
        command = ["celery", "-A", "send_by_celery", "worker", "-P", "threads", "-c", "8"]
        with subprocess.Popen(  # noqa: S603 - a command of the benchmark itself
            [sys.executable, "-m", *command, "--without-gossip", "--without-mingle"],
            cwd=Path(__file__).parent,
            env={**os.environ, "PEER_WORDS": json.dumps(WORDS)},  # noqa: TID251 - as above
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        ) as worker:
            Event().wait(8)  # until it listens: starting is not what is measured
            import send_by_celery as imported  # noqa: PLC0415 - the task under its own name

            began = perf_counter()
            for number in range(COUNT):
                imported.send.delay(number)
            mails.wait(connection)
            wall = perf_counter() - began
            worker.terminate()
    sys.stdout.write(json.dumps({"wall": wall}) + "\n")


if __name__ == "__main__":
    main()
