"""How the tables come to be, and what an older release says to a newer journal."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import insert, text

from tests.world import at
from worker.domain.errors import StoreError
from worker.domain.facts import Fact, PersonId
from worker.engine import tables
from worker.engine.journal.journal import open_journal
from worker.engine.journal.rows import fact_row, person_row
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate
from worker.engine.tables import metadata
from worker.people.records import PersonRecord


def test_a_new_journal_has_exactly_the_tables_of_this_release(tmp_path: Path) -> None:
    """What the migrations make and what the code means are the same."""
    journal = open_journal(f"sqlite:///{tmp_path}/store.db")

    with journal.store.writer.connect() as connection:
        context = MigrationContext.configure(connection, opts={"target_metadata": metadata})
        difference = compare_metadata(context, metadata)

    assert difference == []
    journal.close()


def test_opening_again_changes_nothing(tmp_path: Path) -> None:
    """A journal that is there already is opened as it is."""
    url = f"sqlite:///{tmp_path}/store.db"
    open_journal(url).close()
    before = (tmp_path / "store.db").read_bytes()

    open_journal(url).close()

    assert (tmp_path / "store.db").read_bytes() == before


def test_a_draft_of_an_earlier_release_is_called_drafted(tmp_path: Path) -> None:
    """`held` says of a meeting that it took place; a draft was called so, too, and is no more."""
    store = Store(f"sqlite:///{tmp_path}/store.db")
    migrate(store, upto="0002")
    with store.write() as connection:
        person = person_row(PersonRecord(PersonId("aoi"), "葵"))
        connection.execute(insert(tables.person).values(person))
        for name, source in (("letter", "tick"), ("talk", "human"), ("person", "listen")):
            held = fact_row(
                PersonId("aoi"), Fact(f"{name}.held", at("2026-04-01 09:00")), 0, source
            )
            connection.execute(insert(tables.fact).values(held))

    migrate(store)

    with store.read() as connection:
        names = connection.execute(text("SELECT name FROM fact ORDER BY id")).scalars().all()
    assert names == ["letter.drafted", "talk.held", "person.held"]
    store.close()


def test_a_journal_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """Its rows may mean what we do not know: say so, and say what to type."""
    store = Store(f"sqlite:///{tmp_path}/store.db")
    migrate(store)
    with store.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="pip install --upgrade tsunagu"):
        migrate(store)

    store.close()


def test_a_file_of_another_program_is_refused_and_left_as_it_was(tmp_path: Path) -> None:
    """It has a table by the name of one of ours, and none that says of which release."""
    store = Store(f"sqlite:///{tmp_path}/store.db")
    with store.writer.begin() as connection:
        connection.execute(text("CREATE TABLE person (theirs TEXT)"))

    with pytest.raises(StoreError, match="Another program"):
        migrate(store)

    with store.read() as connection:
        assert connection.execute(text("SELECT name FROM sqlite_master")).scalars().all() == [
            "person"
        ]
    store.close()
