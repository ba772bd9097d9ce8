"""What `doctor` says of a PostgreSQL and a Redis that many machines share."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg.sql import SQL, Identifier
from redis import Redis

from tests.cli.desk import Desk
from tests.servers.postgres import Postgres, postgres

pytestmark = pytest.mark.services


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A PostgreSQL of this module's own."""
    with postgres() as running:
        yield running


@pytest.fixture
def shared(desk: Desk, server: Postgres, redis_url: str) -> Desk:
    """A workspace whose journal and hints go through servers."""
    settings = desk.root / "tsunagu.yaml"
    more = f"store: {server.database()}\nbroker: {redis_url}\n"
    settings.write_text(settings.read_text() + more)
    assert desk.type("upgrade").status == 0
    assert desk.type("staff", "import").status == 0
    return desk


def lines(desk: Desk, about: str) -> list[tuple[str, str, str]]:
    """Give the lines about something: how it is, the sentence, and what to type."""
    told = desk.type("doctor", "--offline", "--json", language="en").json
    return [(one["how"], one["sentence"], one["do"]) for one in told if one["about"] == about]


def tell(server: Postgres, words: SQL, name: str) -> None:
    """Change a setting of a database."""
    with psycopg.connect(server.url("postgres"), autocommit=True) as connection:
        connection.execute(words.format(Identifier(name)))


def test_a_database_that_forgets_what_it_confirmed_is_said(shared: Desk, server: Postgres) -> None:
    """A commit that does not wait for the disk is a second mail after a power cut: broken."""
    forgets = lines(shared, "PostgreSQL")
    name = server.name_of(store_of(shared))
    tell(server, SQL("ALTER DATABASE {} SET synchronous_commit = on"), name)

    better = lines(shared, "PostgreSQL")

    assert [how for how, _, _ in forgets] == ["broken"]  # the server of the tests is in a hurry
    assert "fsync, full_page_writes, synchronous_commit" in forgets[0][1]
    assert forgets[0][2].startswith("ALTER SYSTEM SET fsync = on")
    assert "synchronous_commit" not in better[0][1]


def test_a_redis_that_throws_away_is_said(shared: Desk, redis_url: str) -> None:
    """Hints may be lost, and are said again; yet it is not what anybody wants."""
    fine = lines(shared, redis_url)
    with Redis.from_url(redis_url) as redis:
        redis.config_set("maxmemory-policy", "allkeys-lru")

    found = lines(shared, redis_url)

    assert [how for how, _, _ in fine] == ["fine"]
    assert [(how, "allkeys-lru" in sentence) for how, sentence, _ in found] == [("warning", True)]


def store_of(desk: Desk) -> str:
    """Give where the journal lies."""
    written = (desk.root / "tsunagu.yaml").read_text()
    return next(
        line.removeprefix("store: ") for line in written.splitlines() if line.startswith("store: ")
    )
