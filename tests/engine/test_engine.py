"""The engine as a whole: many workers, a worker that stops, a rehearsal, a bug in a decision."""

import io
from dataclasses import replace
from datetime import datetime, time
from pathlib import Path
from threading import Event, Thread

import pytest
from sqlalchemy import update

from tests.engine.plans import WELCOME, mail_step, plan_of
from tests.world import MAILBOXES, World, at
from worker.domain.cases import Case, Decision
from worker.domain.decide import decide
from worker.domain.errors import BrokenPromise
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.domain.outcomes import Done
from worker.domain.when import Distance, FromFact, Unit
from worker.engine import tables
from worker.engine.render import Office
from worker.engine.tick import FULL, Ticker
from worker.ports import Envelope


def test_with_nothing_due_a_tick_writes_nothing(world: World) -> None:
    """Ten thousand people may wait; nobody's time has come."""
    plan = world.publish(WELCOME)
    world.crowd([f"p{n}" for n in range(300)], plan, offer="2026-06-01 07:00")
    world.run()

    ticked = world.engine.ticker.tick(world.now)

    assert (ticked.people, ticked.intents, ticked.lanes) == (0, 0, frozenset())


def test_planning_waits_while_a_lane_has_enough_to_do(world: World) -> None:
    """A thousand people due: the tick stops at a few hundred, and goes on when they have left."""
    people = [f"p{number:04}" for number in range(1000)]
    world.crowd(people, world.publish(WELCOME), offer="2026-04-01 07:00")

    first = world.engine.ticker.tick(world.now)
    again = world.engine.ticker.tick(world.now)
    world.run()

    assert first.full
    assert FULL <= first.intents < FULL + 200
    assert (again.full, again.people) == (True, 0)
    assert len(world.arrived) == 1000


def test_many_workers_on_one_journal_send_each_mail_once(tmp_path: Path) -> None:
    """Four engines look at the same lanes at the same time."""
    world = World(tmp_path)
    people = [f"p{number:03}" for number in range(300)]
    world.crowd(people, world.publish(WELCOME), offer="2026-04-01 07:00")
    engines = [world.restarted() for _ in range(4)]

    threads = [Thread(target=engine.run_until_idle) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    world.run()

    assert sorted(mail.to for mail in world.arrived) == sorted(f"{p}@mail.example" for p in people)
    assert {state for person in people for state in world.states(person)} == {State.DONE}
    world.close()


def test_a_worker_that_is_stopped_gives_back_what_it_had_not_begun(world: World) -> None:
    """What is on its way is answered and recorded; the rest is due again at once."""
    people = [f"p{number:03}" for number in range(50)]
    world.crowd(people, world.publish(WELCOME), offer="2026-04-01 07:00")

    def stop(_: Envelope) -> Done:
        world.engine.performer.stop()
        return Done("250 2.0.0 ok")

    world.mailers["hr"].answer = stop
    world.run()
    after = len(world.arrived)
    states = {state for person in people for state in world.states(person)}
    world.restarted()
    world.run()

    assert 0 < after <= 6
    assert states == {State.DONE, State.READY}
    assert len(world.arrived) == 50


def test_closing_says_of_what_is_unanswered_that_it_is_in_doubt(tmp_path: Path) -> None:
    """The server had not said a word when we had to go."""
    world = World(tmp_path)
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    handed_over = Event()

    def silence(_: Envelope) -> None:
        handed_over.set()

    world.mailers["hr"].answer = silence
    worker = Thread(target=world.run)
    worker.start()
    handed_over.wait(10)
    world.engine.performer.stop()
    world.mailers["hr"].close()
    worker.join(10)
    world.engine.performer.close()

    assert world.states("aoi") == [State.DOUBT]
    world.close()


def test_a_bug_in_a_decision_parks_one_person_with_its_text(
    world: World, written: io.StringIO
) -> None:
    """Everybody else is decided on; `release` looks again after the bug is gone."""
    plan = world.publish(WELCOME)
    for person in ("aoi", "ren"):
        world.enroll(person, plan, offer="2026-04-01 07:00")

    def broken(case: Case, now: datetime) -> Decision:
        if case.person.id == "aoi":
            raise RuntimeError("a bug of ours")
        return decide(case, now)

    ticker = Ticker(world.journal.store, world.engine.editions, world.office, decision=broken)
    ticked = ticker.tick(world.now)
    world.run()
    parked = world.journal.overview.at(world.now).parked
    arrived = [mail.to for mail in world.arrived]
    released = world.journal.people.release_parked(PersonId("aoi"), world.now)
    world.run()

    assert ticked.parked == ("aoi",)
    assert [one.person for one in parked] == ["aoi"]
    assert "a bug of ours" in parked[0].why
    assert '"event": "bug"' in written.getvalue()
    assert "person aoi" in written.getvalue()
    assert arrived == ["ren@mail.example"]
    assert released
    assert len(world.arrived) == 2


def test_a_rehearsal_writes_to_nobody_but_who_rehearses(tmp_path: Path) -> None:
    """Every mail goes to one address, marked in its subject and with a header."""
    world = World(tmp_path)
    world.office = Office(MAILBOXES, redirect_to="me@own.example")
    world.restarted()
    world.enroll("aoi", world.publish(WELCOME), offer="2026-04-01 07:00")

    world.run()

    (mail,) = world.arrived
    assert mail.to == "me@own.example"
    assert mail.subject == "[リハーサル] ようこそ"
    assert "aoi@mail.example" in mail.headers["X-Tsunagu-Rehearsal"]
    world.close()


def test_a_rehearsal_refuses_what_was_written_for_somebody_else(tmp_path: Path) -> None:
    """A mail that was frozen for a candidate cannot leave through a rehearsal."""
    world = World(tmp_path)
    world.enroll("temperror-1", world.publish(WELCOME), offer="2026-04-01 07:00")
    world.run()
    world.office = Office(MAILBOXES, redirect_to="me@own.example")
    world.restarted()
    world.clock.turn_to(at("2026-04-01 20:00"))

    with pytest.raises(BrokenPromise, match="somebody else"):
        world.run()

    assert world.arrived == []
    world.close()


def test_the_overview_counts_what_stands_where(world: World) -> None:
    """What `status` shows: people, drafts, doubts, sent, and when to look again."""
    drafts = world.publish(plan_of(mail_step(approve="hr"), name="drafts"))
    plan = world.publish(WELCOME)
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    world.enroll("doubt", plan, offer="2026-04-01 07:00")
    world.enroll("ren", drafts, offer="2026-04-01 07:00")
    world.enroll("mei", plan, offer="2026-05-01 07:00")
    world.run()

    overview = world.journal.overview.at(world.now)

    assert overview.people == 4
    assert overview.enrolled == {"naitei": 3, "drafts": 1}
    assert overview.states == {State.DRAFT: 1, State.DOUBT: 1}
    assert overview.sent == {"mail:hr": 2}
    assert overview.last_tick == world.now
    assert overview.next_wake == at("2026-04-01 09:15")


def test_what_a_newer_release_wishes_for_is_parked_and_keeps_nobody_else_waiting(
    tmp_path: Path,
) -> None:
    """Both releases work on one journal, and this one has never heard of a fax."""
    world = World(tmp_path)
    world.crowd(["aoi", "ren", "sora"], world.publish(WELCOME), offer="2026-04-01 07:00")
    world.engine.ticker.tick(world.now)
    (wish,) = world.wishes("aoi")
    with world.journal.store.write() as connection:
        intent = tables.intent
        connection.execute(update(intent).where(intent.c.id == wish.id).values(kind="fax"))

    world.run()

    assert sorted(mail.to for mail in world.arrived) == ["ren@mail.example", "sora@mail.example"]
    assert world.states("aoi") == [State.PARKED]
    world.close()


def test_who_moves_while_a_mail_waits_gets_it_once_by_their_own_clock(tmp_path: Path) -> None:
    """Ten o'clock in Berlin is five in the afternoon here; nobody is told of the move."""
    world = World(tmp_path)
    at_ten = FromFact("offer", (Distance(2, Unit.DAYS),), at=time(10))
    plan = world.publish(plan_of(replace(mail_step(), when=at_ten)))
    aoi = world.enroll("aoi", plan, offer="2026-04-01 08:00")
    world.run_until("2026-04-02 12:00")
    record = world.journal.people.get(aoi)
    assert record is not None

    world.journal.people.put([replace(record, timezone="Europe/Berlin")], world.now)
    world.run_until("2026-04-03 16:30")
    before = len(world.arrived)
    world.run_until("2026-04-04 12:00")

    assert before == 0
    assert len(world.arrived) == 1
    assert world.wishes("aoi")[0].due_at == at("2026-04-03 17:00")
    world.close()
