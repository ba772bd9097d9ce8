"""Every sentence of the journal is right for SQLite and for PostgreSQL."""

from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.schema import CreateIndex, CreateTable

from tests.engine.plans import LADDER
from tests.world import World
from worker.domain.facts import Fact
from worker.engine.journal.statement import Statement
from worker.engine.tables import metadata

POSTGRESQL = make_url("postgresql+psycopg://").get_dialect()()
SQLITE = make_url("sqlite://").get_dialect()()


def test_every_prepared_statement_compiles_for_both_databases() -> None:
    """The same sentence, said to either; lists are one parameter in both."""
    assert Statement.every
    for statement in Statement.every:
        assert "?" in statement.compiled(SQLITE).text or "SELECT" in statement.compiled(SQLITE).text
        assert "json_each" not in statement.compiled(POSTGRESQL).text


def test_claims_skip_what_others_hold_where_the_database_can() -> None:
    """On PostgreSQL many machines claim side by side; SQLite has one writer at a time."""
    claims = [
        statement
        for statement in Statement.every
        if "WITH due AS" in statement.compiled(SQLITE).text
    ]

    assert len(claims) == 4  # of intents, of those somebody died over, of meetings, of calendars
    assert all("SKIP LOCKED" in claim.compiled(POSTGRESQL).text for claim in claims)


def test_all_that_is_said_in_a_busy_week_compiles_for_postgresql(tmp_path: Path) -> None:
    """A ladder climbed, a pause, a migration undone and somebody erased: all of it would run."""
    world = World(tmp_path)
    said: list[Any] = []
    for engine in (world.journal.store.writer, world.journal.store.reader):
        event.listen(engine, "before_execute", lambda *words: said.append(words[1]))

    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-16 18:00")
    world.journal.enrollments.pause(plan.playbook, world.now)
    world.journal.enrollments.undo(plan.playbook, world.now)
    world.journal.overview.at(world.now)
    world.journal.desk.tasks()
    world.journal.people.find("aoi@mail.example")
    world.journal.people.erase(world.person("aoi"), world.now)

    assert len(said) > 20
    for clause in said:
        assert str(clause.compile(dialect=POSTGRESQL))
    world.close()


def test_whatever_is_written_is_read_as_it_was_and_in_its_order(tmp_path: Path) -> None:
    """Quotes, signs of either language, breaks and emoji; more rows than any that go together."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    person = world.person("aoi")
    odd = ['"', "'; DROP TABLE fact; --", "\\", "\t\n", "はい、伺います🎌", "{a,b}", "%s %(x)s", ""]
    told = [Fact("note", world.now, value=f"{odd[n % len(odd)]}{n}") for n in range(137)]

    world.journal.facts.note([(person, one) for one in told], world.now, source="test")

    noted = [one.fact for one in world.journal.facts.history(person) if one.source == "test"]
    assert noted == told
    world.close()


def test_tables_and_indexes_are_made_on_either_database() -> None:
    """Partial indexes among them."""
    for dialect in (SQLITE, POSTGRESQL):
        for table in metadata.sorted_tables:
            assert str(CreateTable(table).compile(dialect=dialect))
            for index in table.indexes:
                assert str(CreateIndex(index).compile(dialect=dialect))
