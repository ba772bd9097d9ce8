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


def test_a_redis_that_is_full_or_does_not_let_us_in_is_told_apart(
    shared: Desk, redis_url: str
) -> None:
    """It answers, and yet takes nothing: each is said with what mends it."""
    with Redis.from_url(redis_url) as redis:
        redis.config_set("maxmemory", "1")
        full = lines(shared, redis_url)
        redis.config_set("maxmemory", "0")
        redis.config_set("requirepass", "of somebody else")

    shut_out = lines(shared, redis_url)

    assert [(how, do) for how, _, do in full] == [("warning", "redis-cli INFO memory")]
    assert [(how, "password" in sentence) for how, sentence, _ in shut_out] == [("warning", True)]
    assert "`broker` in tsunagu.yaml" in shut_out[0][2]


@pytest.mark.parametrize(
    ("wrong", "do"),
    [
        (("/store", "/stare"), "CREATE DATABASE stare"),
        (("//postgres@", "//postgras:nope@"), "look at `store` in tsunagu.yaml"),
        (("@127.0.0.1:", "@127.0.0.1:1"), "pg_isready -h 127.0.0.1 -p 1"),
    ],
)
def test_a_database_that_does_not_let_us_in_is_said_with_what_to_type(
    shared: Desk, wrong: tuple[str, str], do: str
) -> None:
    """A slip in its name, another user, another port."""
    settings = shared.root / "tsunagu.yaml"
    store = store_of(shared)
    port = store.rpartition(":")[2].partition("/")[0]
    slipped = store.replace(*wrong).replace(f":1{port}/", ":1/")
    settings.write_text(settings.read_text().replace(store, slipped))

    found = lines(shared, "store")

    assert [how for how, _, _ in found] == ["broken"]
    assert found[0][2].startswith(do)


@pytest.mark.parametrize(
    ("words", "do"),
    [
        ("UPDATE alembic_version SET version_num = '0001'", "tsunagu upgrade"),
        ("UPDATE alembic_version SET version_num = '9999'", "pip install --upgrade tsunagu"),
    ],
)
def test_tables_of_another_release_are_said_with_what_to_type(
    shared: Desk, words: str, do: str
) -> None:
    """Every verb ends with the one line that mends it, and `doctor` has it as well."""
    write(shared, words)

    found, typed = lines(shared, "store"), shared.type("status", language="en")

    assert [(how, what) for how, _, what in found] == [("broken", do)]
    assert typed.status == 2
    assert typed.err.splitlines()[-1] == do


@pytest.mark.parametrize(
    "words",
    [
        "CREATE TABLE person (id integer)",
        "CREATE TABLE alembic_version AS SELECT 'ab12' AS version_num",
    ],
)
def test_a_database_of_another_program_is_refused(desk: Desk, server: Postgres, words: str) -> None:
    """Its tables have our names, or it counts its releases as we do: that is no fault of ours."""
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(f"{settings.read_text()}store: {server.database()}\n")
    write(desk, words)

    typed, found = desk.type("upgrade", language="en"), lines(desk, "store")

    assert typed.status == 2
    assert "Another program" in typed.err
    assert [(how, do) for how, _, do in found] == [("broken", "store: …")]


@pytest.mark.parametrize(
    ("made", "store", "do"),
    [
        (
            "CREATE DATABASE latin ENCODING 'LATIN1' LOCALE 'C' TEMPLATE template0",
            "postgres@127.0.0.1:{port}/latin",
            "CREATE DATABASE … ENCODING 'UTF8'",
        ),
        (
            "CREATE DATABASE ascii ENCODING 'SQL_ASCII' LOCALE 'C' TEMPLATE template0",
            "postgres@127.0.0.1:{port}/ascii",
            "CREATE DATABASE … ENCODING 'UTF8'",
        ),
        (
            "CREATE ROLE hr LOGIN",
            "hr@127.0.0.1:{port}/postgres",
            "ALTER DATABASE postgres OWNER TO hr;",
        ),
    ],
    ids=["latin", "ascii", "no rights"],
)
def test_a_database_that_cannot_hold_a_journal_is_said_with_what_to_type(
    desk: Desk, server: Postgres, made: str, store: str, do: str
) -> None:
    """Its letters are too few, or its owner is another: what is easily overlooked."""
    server.say(made)
    server.say("REVOKE CREATE ON SCHEMA public FROM PUBLIC")  # by itself as of release 15
    settings = desk.root / "tsunagu.yaml"
    url = f"postgresql://{store.format(port=server.port)}"
    settings.write_text(f"{settings.read_text()}store: {url}\n")

    typed, found = desk.type("upgrade", language="en"), lines(desk, "store")

    assert typed.status == 2
    assert [how for how, _, _ in found] == ["broken"]
    assert found[0][2].startswith(do)


def write(desk: Desk, words: str) -> None:
    """Have somebody else write into the database of a workspace."""
    with psycopg.connect(store_of(desk), autocommit=True) as connection:
        connection.execute(words.encode())


def store_of(desk: Desk) -> str:
    """Give where the journal lies."""
    written = (desk.root / "tsunagu.yaml").read_text()
    return next(
        line.removeprefix("store: ") for line in written.splitlines() if line.startswith("store: ")
    )
