"""Somebody is forgotten: every table, and the file itself."""

from pathlib import Path

from sqlalchemy import select

from tests.engine.plans import LADDER
from tests.world import World
from worker.domain.facts import PersonId
from worker.engine.enroll import migrate
from worker.engine.tables import metadata

NAME = "葵木 アオイ"
MARKS = ("aoi-4711", "aoi.aoki@mail.example")


def lived(folder: Path) -> World:
    """Have somebody who was written to, reminded, migrated, and about whom staff were told."""
    world = World(folder)
    plan = world.publish(LADDER)
    world.enroll("ren", plan, offer="2026-04-02 09:00")
    world.enroll(MARKS[0], plan, email=MARKS[1], offer="2026-04-02 09:00")
    world.run_until("2026-04-15 18:00")
    other = world.publish(LADDER, {"welcome": "別の件名", "reminder": "x"})
    migrate(world.journal, world.engine.editions, plan.playbook, other.digest, world.now)
    world.run()
    return world


def traces(world: World) -> list[str]:
    """Name every table in which something of the person stands."""
    return traces_of(world, *MARKS)


def traces_of(world: World, *marks: str) -> list[str]:
    """Name every table in which one of *marks* stands."""
    found = []
    with world.journal.store.read() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(select(*table.c)):
                text = " ".join(
                    value.decode(errors="replace") if isinstance(value, bytes) else str(value)
                    for value in row
                )
                if any(mark in text for mark in marks):
                    found.append(table.name)
    return sorted(set(found))


def test_erasing_somebody_leaves_nothing_in_any_table_or_in_the_file(tmp_path: Path) -> None:
    """Queue, letters, facts, tasks and record: gone, and overwritten on the disk."""
    world = lived(tmp_path)
    before = traces(world)

    erasure = world.journal.people.erase(PersonId(MARKS[0]), world.now)

    assert {"person", "fact", "enrollment", "intent", "letter", "task"} <= set(before)
    assert traces(world) == []
    assert erasure is not None
    assert erasure.rows["person"] == 1
    assert erasure.rows["letter"] >= 3
    for path in tmp_path.glob("store.db*"):
        content = path.read_bytes()
        assert not any(mark.encode() in content for mark in MARKS), path.name
    world.close()


def test_the_others_stay_as_they_were(tmp_path: Path) -> None:
    """Forgetting one is nobody else's business."""
    world = lived(tmp_path)
    before = [(wish.key, wish.state) for wish in world.wishes("ren")]

    world.journal.people.erase(PersonId(MARKS[0]), world.now)

    assert [(wish.key, wish.state) for wish in world.wishes("ren")] == before
    assert world.journal.people.erase(PersonId("nobody"), world.now) is None
    world.close()


def test_an_erased_address_is_recognised_and_cannot_be_read_back(tmp_path: Path) -> None:
    """Left is what prevents an accidental new contact, and no more."""
    world = lived(tmp_path)
    known = world.journal.people.was_erased(MARKS[1])

    world.journal.people.erase(PersonId(MARKS[0]), world.now)

    assert not known
    assert world.journal.people.was_erased(MARKS[1].upper())
    assert not world.journal.people.was_erased("ren@mail.example")
    world.close()


def test_erasing_somebody_whose_mail_is_under_way_is_no_trouble(tmp_path: Path) -> None:
    """The server's answer comes after the person is gone: there is nothing to note it on."""
    world = World(tmp_path)
    plan = world.publish(LADDER)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    writer = world.writer

    class Erasing:
        def __call__(self, parts: object, shape: str = "") -> bytes:
            """Write the mail, while the person is erased."""
            world.journal.people.erase(PersonId("aoi"), world.now)
            return writer(parts, shape)  # type: ignore[arg-type]  # handed on as it came

    world.writer = Erasing()
    world.restarted()

    world.run_until("2026-04-03 09:00")

    assert world.journal.people.count() == 0
    assert world.arrived == []
    world.close()
