"""Bring a database to the tables of this release, from a function and without a network.

Refuses a database that a newer release has written: its rows may mean what we do not know.
"""

from pathlib import Path

from alembic.command import upgrade
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from worker.domain.errors import StoreError


def migrate(engine: Engine) -> None:
    """Bring the database of *engine* up to this release; nothing if it is there already.

    Raises:
        StoreError: A newer release has written it, or it cannot be used.
    """
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    scripts = ScriptDirectory.from_config(config)
    newest = scripts.get_current_head()
    try:
        with engine.begin() as connection:
            current = MigrationContext.configure(connection).get_current_revision()
            if current == newest:
                return
            known = {script.revision for script in scripts.walk_revisions()}
            if current is not None and current not in known:
                raise StoreError(
                    f"A newer release has written this journal (its tables are of {current!r}, "
                    f"this release knows {newest!r}).\npip install --upgrade tsunagu"
                )
            config.attributes["connection"] = connection
            upgrade(config, "head")
    except OperationalError as error:
        raise StoreError(f"The journal cannot be used just now: {error.orig}") from error
