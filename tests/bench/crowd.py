"""A journal with any number of people who all wait for a day to come; written in bulk."""

from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import insert

from tests.bench import letter
from worker.engine import tables
from worker.engine.journal.journal import Journal, open_journal
from worker.engine.journal.wake import batches
from worker.engine.tables import stamp

_BATCH = 10_000


def crowd(folder: Path, people: int, now: datetime) -> Journal:
    """Make a journal in *folder* with *people*, each known with three facts and nothing due."""
    journal = open_journal(f"sqlite:///{folder / 'store.db'}")
    for numbers in batches(range(people), _BATCH):
        with journal.store.write() as connection:
            connection.execute(insert(tables.person), [_person(each, now) for each in numbers])
            facts = [fact for each in numbers for fact in _facts(each, now)]
            connection.execute(insert(tables.fact), facts)
    return journal


def _person(number: int, now: datetime) -> dict[str, object]:
    someone = letter.person(number)
    return {
        "id": someone["id"],
        "name": someone["name"],
        "email": someone["email"],
        "email_key": someone["email"],
        "kana": "",
        "locale": "ja",
        "kind": "offer_holder",
        "department": someone["department"],
        "mentor": "[]",
        "manager": "[]",
        "pace": "standard",
        "timezone": "",
        "tags": "[]",
        "attributes": "{}",
        "next_at": stamp(now + timedelta(days=30, seconds=number)),
    }


def _facts(number: int, now: datetime) -> list[dict[str, object]]:
    return [
        {
            "person_id": letter.person(number)["id"],
            "playbook": "",
            "name": name,
            "at": stamp(now - timedelta(days=days)),
            "occurrence": 0,
            "contact": False,
            "noted_at": stamp(now),
            "source": "import",
        }
        for name, days in (("offer", 60), ("accept", 40), ("talked", 10))
    ]
