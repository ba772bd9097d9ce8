"""A connection to PostgreSQL that lay idle may lead nowhere any more."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from sqlalchemy import text

from tests.servers.postgres import Postgres, postgres
from worker.domain.errors import StoreError
from worker.engine.journal.store import Store

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A real one."""
    with postgres() as running:
        yield running


def ask(store: Store) -> int:
    """Give the number of the server's process that answers."""
    with store.read() as connection:
        return int(connection.scalar(text("SELECT pg_backend_pid()")))


def cut(server: Postgres, *backends: int) -> None:
    """End the server's side of connections, as a restart or a firewall does."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        for backend in backends:
            connection.execute("SELECT pg_terminate_backend(%s, 10000)", [backend])


def test_one_that_rested_is_asked_first_and_replaced(server: Postgres) -> None:
    """Nobody notices that it was cut in the meantime."""
    store = Store(server.database(), trusted_for=timedelta())
    before = ask(store)
    cut(server, before)

    assert ask(store) != before
    store.close()


def test_one_that_was_used_a_moment_ago_is_found_out_by_its_first_statement(
    server: Postgres,
) -> None:
    """It is said once, and the next one leads to the server again."""
    store = Store(server.database())
    before = ask(store)
    cut(server, before)

    with pytest.raises(StoreError):
        ask(store)
    assert ask(store) != before
    store.close()
