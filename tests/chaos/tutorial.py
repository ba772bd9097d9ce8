"""The yardstick: what tutorials build. A message per mail with a delay, Retries, and a row each.

Run by dramatiq's own command, `dramatiq tests.chaos.tutorial`, in a folder that holds
`tutorial.json`; as a program it writes the rows and sends the messages, each to be worked on when
its mail is due:

    python -m tests.chaos.tutorial COUNT SECONDS
"""

import json
import smtplib
import sys
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import dramatiq
from dramatiq.brokers.redis import RedisBroker
from sqlalchemy import (
    Column,
    DateTime,
    Integer,
    MetaData,
    Table,
    Text,
    create_engine,
    insert,
    select,
    update,
)

from tests.bench import letter

SAID = json.loads(Path("tutorial.json").read_text(encoding="utf-8"))

dramatiq.set_broker(RedisBroker(url=SAID["redis"]))
engine = create_engine(SAID["store"], pool_pre_ping=True)
tables = MetaData()
mail = Table(
    "mail",
    tables,
    Column("id", Integer, primary_key=True),
    Column("address", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("sent_at", DateTime(timezone=True)),
)


@dramatiq.actor
def send(number: int) -> None:
    """Send one mail, unless its row says that it was sent."""
    with engine.begin() as connection:
        row = connection.execute(select(mail).where(mail.c.id == number)).one()
    if row.sent_at is not None:
        return
    message = EmailMessage()
    message["From"], message["To"] = "saiyo@example.co.jp", row.address
    message["Subject"] = "ご入社までのご案内"
    message["Message-ID"] = f"<{number}@tutorial.test>"
    message.set_content(row.body)
    with smtplib.SMTP(SAID["smtp_host"], SAID["smtp_port"], timeout=30) as server:
        server.send_message(message)
    with engine.begin() as connection:
        now = datetime.now(UTC)  # noqa: TID251 - as tutorials have it
        connection.execute(update(mail).where(mail.c.id == number).values(sent_at=now))


def main(count: int, seconds: float) -> None:
    """Write all rows, and have each mail sent when it is due."""
    tables.create_all(engine)
    people = [letter.person(number) for number in range(count)]
    with engine.begin() as connection:
        rows = [
            {"id": number, "address": one["email"], "body": letter.BODY}
            for number, one in enumerate(people)
        ]
        connection.execute(insert(mail), rows)
    for number in range(count):
        due = int(1000 * seconds * number / count)
        send.send_with_options(args=(number,), delay=due)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
