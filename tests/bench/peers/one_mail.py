"""One mail as yardsticks send it: rendered, sent over a connection of its own, noted in a row."""

import json
import smtplib
import threading
from email.message import EmailMessage
from pathlib import Path
from time import perf_counter
from typing import Any

import psycopg
from jinja2 import Template

SENDER = "採用担当 <saiyo@example.co.jp>"
PATIENCE = 300.0


class Mails:
    """The people, the templates, and a connection to the database for each thread."""

    def __init__(self, folder: Path, port: int, database: str) -> None:
        self._port = port
        self._database = database
        self._people = json.loads((folder / "people.json").read_text(encoding="utf-8"))
        # post_office's templates are Django's; what these use of them is the same in Jinja
        self._subject, self._body, self._html = (
            Template((folder / name).read_text(encoding="utf-8"))
            for name in ("subject.txt", "body.txt", "body.html")
        )
        self._own = threading.local()

    def send(self, number: int) -> None:
        """Send the mail of one person, and note it."""
        person = self._people[number]
        message = EmailMessage()
        message["From"], message["To"] = SENDER, person["email"]
        message["Subject"] = self._subject.render(person)
        message.set_content(self._body.render(person))
        message.add_alternative(self._html.render(person), subtype="html")
        with smtplib.SMTP("127.0.0.1", self._port) as server:
            server.send_message(message)
        if not hasattr(self._own, "connection"):
            self._own.connection = psycopg.connect(self._database, autocommit=True)
        noted = "UPDATE mail SET sent_at = now() WHERE id = %s"
        self._own.connection.execute(noted, (number,))

    @staticmethod
    def lay_out(connection: "psycopg.Connection[Any]", count: int) -> None:
        """Make a row for each mail."""
        connection.execute("CREATE TABLE mail (id int PRIMARY KEY, sent_at timestamptz)")
        rows = "INSERT INTO mail SELECT i, NULL FROM generate_series(0, %s::int) i"
        connection.execute(rows, (count - 1,))

    @staticmethod
    def wait(connection: "psycopg.Connection[Any]") -> None:
        """Return when every mail is noted."""
        began, pause = perf_counter(), threading.Event()
        left = "SELECT count(*) FROM mail WHERE sent_at IS NULL"
        while (connection.execute(left).fetchone() or (0,))[0]:
            if perf_counter() - began > PATIENCE:
                raise SystemExit("not all of them went")
            pause.wait(0.02)
