"""Somebody is forgotten: every table, and the file itself."""

from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from sqlalchemy import select

from tests.engine.plans import LADDER
from tests.world import World, at
from worker.domain.cases import Case, Decision
from worker.domain.decide import decide
from worker.domain.errors import StoreError
from worker.domain.facts import Fact, PersonId
from worker.engine.enroll import migrate
from worker.engine.journal.facts import note
from worker.engine.tables import metadata, person, stamp
from worker.engine.tick import Ticker

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


def test_what_is_noted_of_somebody_while_they_are_erased_goes_with_them(tmp_path: Path) -> None:
    """The erasure waits for whoever has their row, and takes what was added meanwhile, too."""
    world = lived(tmp_path)
    theirs = select(person.c.id).where(person.c.id == MARKS[0]).with_for_update()

    with ThreadPoolExecutor() as beside:
        with world.journal.store.write() as connection:
            connection.execute(theirs)
            fact = Fact("person.wrote", world.now)
            note(connection, [(PersonId(MARKS[0]), fact)], stamp(world.now), "test")
            erasing = beside.submit(world.journal.people.erase, PersonId(MARKS[0]), world.now)
            wait([erasing], 0.5)
        erasure = erasing.result(30)

    assert erasure is not None
    assert traces(world) == []
    world.close()


def test_somebody_is_erased_while_a_tick_decides_on_them(tmp_path: Path) -> None:
    """One of them has to wait for the other: the erasure ends well, and the tick goes on."""
    world = World(tmp_path)
    world.enroll(MARKS[0], world.publish(LADDER), email=MARKS[1], offer="2026-04-02 09:00")
    world.clock.turn_to(at("2026-04-02 10:00"))
    with ThreadPoolExecutor() as beside:
        erasing: list[Future[object]] = []

        def slow(case: Case, now: datetime) -> Decision:
            erasing.append(beside.submit(world.journal.people.erase, case.person.id, now))
            wait(erasing, 0.5)
            return decide(case, now)

        ticker = Ticker(world.journal.store, world.engine.editions, world.office, decision=slow)
        with suppress(StoreError):
            ticker.tick(world.now)
        erasure = erasing[0].result(30)
    world.run()

    assert erasure is not None
    assert traces(world) == []
    assert world.arrived == []
    world.close()
