"""A connection to PostgreSQL that lay idle may lead nowhere any more."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import func, select, text

from integrations.microsoft.gate import TOGETHER, Gate
from tests.servers.postgres import Postgres, postgres
from tests.servers.worker import until
from worker.domain.errors import StoreError
from worker.engine.journal.places import DatabasePlaces
from worker.engine.journal.statement import Statement
from worker.engine.journal.store import Store

pytestmark = pytest.mark.services
_BACKEND = Statement(select(func.pg_backend_pid()))


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


def test_a_server_that_ends_while_somebody_looks_is_said_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """The pool of connections writes no traceback of its own beside it."""
    with postgres() as server:
        store = Store(server.database())
        with pytest.raises(StoreError):
            _look_while_it_ends(store, server)
        store.close()
    assert caplog.records == []


def _look_while_it_ends(store: Store, server: Postgres) -> None:
    with store.look() as connection:
        ((backend,),) = _BACKEND.rows(connection, {})
        server.kill()
        until(lambda: not Path(f"/proc/{backend}").exists())
        _BACKEND.rows(connection, {})


def test_a_place_whose_connection_is_cut_is_given_back_all_the_same(server: Postgres) -> None:
    """A call that was made has its answer: that the database went away meanwhile hides nothing."""
    url = server.database()
    places = DatabasePlaces(url)
    gate = Gate(take_place=places.take)
    ended = "SELECT bool_and(pg_terminate_backend(pid, 10000)) FROM pg_stat_activity"
    ours = f"datname = '{server.name_of(url)}' AND application_name = 'tsunagu places'"

    for _ in range(5 * TOGETHER):  # one that was lost would be missed by then
        with gate.place("hr@company.example") as is_let_in:
            assert is_let_in
            assert server.ask(f"{ended} WHERE {ours}")
    places.close()
