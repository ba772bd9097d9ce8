"""How the tables come to be, and what an older release says to a newer journal."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text

from worker.domain.errors import StoreError
from worker.engine.journal.journal import open_journal
from worker.engine.journal.store import Store
from worker.engine.migrations.run import migrate
from worker.engine.tables import metadata


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


def test_a_journal_of_a_newer_release_is_refused(tmp_path: Path) -> None:
    """Its rows may mean what we do not know: say so, and say what to type."""
    store = Store(f"sqlite:///{tmp_path}/store.db")
    migrate(store)
    with store.writer.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    with pytest.raises(StoreError, match="pip install --upgrade tsunagu"):
        migrate(store)

    store.close()
