"""The journal: people, facts, versions and enrollments, each method one transaction."""

import stat
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.engine.plans import WELCOME, mail_step, plan_of
from tests.world import World, at
from worker.domain.errors import StoreError
from worker.domain.facts import Digest, Fact, PersonId, PlaybookId, StaffId, StepId
from worker.engine import tables
from worker.engine.enroll import migrate
from worker.engine.journal.enrollments import enroll
from worker.engine.journal.journal import open_journal
from worker.engine.journal.wake import wake
from worker.engine.tables import stamp
from worker.people.records import PersonRecord, StaffRecord

AOI = PersonId("aoi")


def record(**more: str) -> PersonRecord:
    """Give a person as a table has them."""
    facts = {name: at(written) for name, written in more.items()}
    return PersonRecord(AOI, "青木 葵", "Aoi@mail.example", facts=facts)


def test_importing_twice_changes_nothing(world: World) -> None:
    """The same table read again writes nothing, and wakes nobody."""
    first = world.journal.people.put([record(offer="2026-04-01 09:00")], world.now)
    again = world.journal.people.put([record(offer="2026-04-01 09:00")], world.now)

    assert first.added == ("aoi",)
    assert (again.added, again.changed, again.same) == ((), (), 1)
    assert len(world.journal.facts.history(AOI)) == 1


def test_a_corrected_date_replaces_the_old_one_and_keeps_it_on_record(world: World) -> None:
    """The offer was on the second, not on the first: the second counts, both can be seen."""
    world.journal.people.put([record(offer="2026-04-01 09:00")], world.now)
    world.journal.people.put([record(offer="2026-04-02 09:00")], world.now)

    offer = world.facts("aoi").first("offer")
    assert offer is not None
    assert offer.at == at("2026-04-02 09:00")
    assert len(world.journal.facts.history(AOI)) == 3


def test_a_dry_run_says_what_would_change_and_changes_nothing(world: World) -> None:
    """`--dry-run` names who would be added, and nobody is."""
    changes = world.journal.people.put([record()], world.now, dry_run=True)

    assert changes.added == ("aoi",)
    assert world.journal.people.count() == 0


def test_somebody_is_found_by_id_and_by_address_however_it_is_written(world: World) -> None:
    """Case says nothing in an address."""
    world.journal.people.put([record()], world.now)

    found = [world.journal.people.find(word) for word in ("aoi", "AOI@mail.EXAMPLE ", "nobody")]

    assert [one.id if one else None for one in found] == ["aoi", "aoi", None]


def test_a_fact_noted_twice_is_one_fact(world: World) -> None:
    """HR says `accept` twice with the same date: it is known once."""
    world.journal.people.put([record()], world.now)
    accept = Fact("accept", world.now)

    news = [world.journal.facts.note([(AOI, accept)], world.now, source="human") for _ in "12"]

    assert news == [1, 0]


def test_versions_are_numbered_and_never_change(world: World) -> None:
    """The first version of a playbook is 1, an edited one 2, and both can be read back."""
    first = world.publish(WELCOME)
    second = world.publish(WELCOME, {"welcome": "こんにちは"})

    versions = world.journal.versions.all("naitei")

    assert [version.serial for version in versions] == [1, 2]
    assert [version.digest for version in versions] == [first.digest, second.digest]
    assert world.journal.versions.bundle(first.digest).digest == first.digest


def test_a_migration_moves_everybody_and_can_be_undone(world: World) -> None:
    """`migrate` brings the new version, undoing it the old one as it was."""
    old = world.publish(WELCOME)
    world.enroll("aoi", old, offer="2026-04-01 09:00")
    new = world.publish(plan_of(mail_step(), mail_step("second")))

    moved = migrate(world.journal, world.engine.editions, old.playbook, new.digest, world.now)
    there = world.journal.enrollments.all("naitei")
    undone = world.journal.enrollments.undo(old.playbook, world.now)
    back = world.journal.enrollments.all("naitei")

    assert moved == ["aoi"]
    assert (there[0].digest, there[0].steps_before) == (new.digest, frozenset({"welcome"}))
    assert undone == 1
    assert (back[0].digest, back[0].moved_at) == (old.digest, None)
    assert world.journal.enrollments.undo(old.playbook, world.now) == 0


def test_a_paused_playbook_is_paused_for_newcomers_too(world: World) -> None:
    """Who is enrolled while everything rests, rests as well."""
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 09:00")

    world.journal.enrollments.pause(plan.playbook, world.now, by="suzuki")
    world.enroll("ren", plan, offer="2026-04-01 09:00")
    world.run_until("2026-04-03 09:00")
    quiet = len(world.arrived)
    world.journal.enrollments.resume(plan.playbook, world.now, by="suzuki")
    world.run()

    assert quiet == 0
    assert sorted(mail.to for mail in world.arrived) == ["aoi@mail.example", "ren@mail.example"]


def test_who_comes_in_while_their_playbook_is_paused_is_paused(world: World) -> None:
    """A tick was about to take her in when HR paused it for everybody, now or later."""
    plan = world.publish(WELCOME)
    person = world.person("aoi")

    with ThreadPoolExecutor(1) as pool:
        with world.journal.store.write() as connection:
            enroll(connection, [(person, plan.playbook, plan.digest)], stamp(world.now))
            pausing = pool.submit(world.journal.enrollments.pause, plan.playbook, world.now)
            with suppress(TimeoutError):
                pausing.result(1)
        pausing.result(30)

    assert [one.paused for one in world.journal.enrollments.all()] == [True]


def test_two_playbooks_are_paused_at_the_same_time(world: World) -> None:
    """Neither forgets the other."""
    names = [PlaybookId("naitei"), PlaybookId("pool")]

    with ThreadPoolExecutor(2) as pool:
        for _ in range(20):
            list(pool.map(lambda name: world.journal.enrollments.pause(name, world.now), names))
            assert world.journal.enrollments.paused() == set(names)
            list(pool.map(lambda name: world.journal.enrollments.resume(name, world.now), names))
            assert world.journal.enrollments.paused() == set()


def test_the_journal_can_be_read_by_its_owner_only(tmp_path: Path) -> None:
    """The file that knows every candidate is nobody else's business."""
    open_journal(f"sqlite:///{tmp_path}/deep/store.db").close()

    mode = (tmp_path / "deep" / "store.db").stat().st_mode

    assert stat.S_IMODE(mode) == 0o600


def test_a_journal_in_memory_is_refused_with_what_to_write() -> None:
    """A database that forgets what was sent would send it again."""
    with pytest.raises(StoreError, match="sqlite:///"):
        open_journal("sqlite:///:memory:")


def test_an_unknown_version_is_a_fault_of_ours(world: World) -> None:
    """Versions are never removed, so a missing one is said loudly."""
    with pytest.raises(Exception, match="no version"):
        world.journal.versions.bundle(Digest("nothing"))


@pytest.mark.parametrize("what", ["people", "staff"])
def test_a_table_is_imported_while_somebody_wakes_the_same_people(world: World, what: str) -> None:
    """In whatever order they stand in it: who has rows of several people takes them by id."""
    people = [PersonRecord(PersonId(id_), id_, f"{id_}@mail.example") for id_ in ("ren", "aoi")]
    world.journal.people.put(people[:1], world.now)
    world.journal.people.put(people[1:], world.now)
    world.run()

    def imports() -> None:
        if what == "people":
            renamed = [replace(one, name=one.name.upper()) for one in people]
            world.journal.people.put(renamed, world.now)
        else:
            newcomer = StaffRecord(StaffId("m9"), "新人", "m9@tsunagu.example")
            world.journal.staff.put([newcomer], world.now)

    with ThreadPoolExecutor() as beside:
        with world.journal.store.write() as connection:
            wake(connection, ["aoi"], stamp(world.now))
            importing = beside.submit(imports)
            wait([importing], 0.5)
            wake(connection, ["ren"], stamp(world.now))
        importing.result(30)

    assert world.journal.people.ids() == ["aoi", "ren"]


def test_wake_brings_somebody_to_the_front_but_never_back(world: World) -> None:
    """Noting a fact looks at the person at once; a later note does not put it off."""
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run()
    sleeping = world.journal.overview.next_wake(world.now)

    world.journal.people.wake([AOI], world.now)
    world.journal.people.wake([AOI], world.now + timedelta(hours=1))

    assert sleeping == at("2026-04-02 10:00")
    assert world.journal.overview.next_wake(world.now) == world.now


def test_facts_of_a_playbook_do_not_mix_with_another_of_the_same_step(world: World) -> None:
    """Two playbooks may both have a step `welcome`."""
    world.journal.people.put([record()], world.now)
    one = Fact("welcome.sent", world.now, PlaybookId("one"))

    world.journal.facts.note([(AOI, one)], world.now, source="perform")

    facts = world.facts("aoi")
    assert facts.first(f"{StepId('welcome')}.sent", PlaybookId("one")) == one
    assert facts.first("welcome.sent", PlaybookId("two")) is None


def test_a_change_of_staff_leaves_alone_who_waits_for_a_word_of_a_human(world: World) -> None:
    """A fault of ours has parked her: she is shown so, and nothing goes on behind that."""
    person = world.enroll("aoi", world.publish(WELCOME), offer="2026-04-01 08:00")
    with world.journal.store.write() as connection:
        parked = update(tables.person).values(parked="a fault", next_at=None)
        connection.execute(parked)

    world.journal.staff.put([StaffRecord(StaffId("m9"), "新人", "m9@tsunagu.example")], world.now)
    world.journal.staff.remove("m9", world.now)
    world.run()

    assert world.arrived == []
    assert world.journal.people.release_parked(person, world.now)
    world.run()
    assert len(world.arrived) == 1
