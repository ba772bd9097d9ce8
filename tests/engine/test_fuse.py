"""The fuse: far more people than foreseen are held until a human has looked."""

import json
from pathlib import Path

import pytest

from tests.engine.plans import WELCOME, mail_step, plan_of
from tests.world import World, at
from worker.domain.plan import Task
from worker.domain.when import FromFact
from worker.engine.fuse import FuseSetting
from worker.engine.journal.lanes import FUSE


@pytest.fixture
def careful(tmp_path: Path) -> World:
    """A world whose fuse blows at more than ten people a day."""
    return World(tmp_path, fuse=FuseSetting(least=10, times=5))


def crowd(world: World, count: int, *, offer: str = "2026-04-01 07:00") -> None:
    """Have so many people due."""
    people = [f"p{number:03}" for number in range(count)]
    world.crowd(people, world.publish(WELCOME), offer=offer)


def test_a_few_people_go_out_as_ever(careful: World) -> None:
    """Ten are not too many."""
    crowd(careful, 10)

    careful.run()

    assert len(careful.arrived) == 10
    careful.close()


def test_an_import_gone_wrong_is_held_and_shown(careful: World) -> None:
    """Forty people due at once, and yesterday's plan knew of none: nobody is written to."""
    crowd(careful, 40)

    careful.run()

    closed = careful.journal.overview.at(careful.now).closed
    assert careful.arrived == []
    assert [one.lane for one in closed] == [FUSE]
    assert closed[0].until is None
    told = json.loads(closed[0].why)
    assert (told["due"], told["allowed"], told["written"]) == (40, 10, 0)
    careful.close()


def test_a_human_who_has_looked_lets_them_go(careful: World) -> None:
    """`release fuse`: those who were held are written to, each once; the fuse is armed again."""
    crowd(careful, 40)
    careful.run()

    released = careful.engine.fuse.release(careful.now)
    careful.run()
    crowd(careful, 60)
    careful.run()

    assert released == 40
    assert len(careful.arrived) == 40
    assert [one.lane for one in careful.journal.lanes.all()] == [FUSE]
    careful.close()


def test_release_says_so_where_nothing_was_held(careful: World) -> None:
    """A fuse that has not blown needs no human."""
    assert careful.engine.fuse.release(careful.now) is None
    careful.close()


def test_what_yesterday_foresaw_is_not_held(careful: World) -> None:
    """Thirty people were to come and thirty come: that is no accident."""
    crowd(careful, 30, offer="2026-04-02 10:00")
    careful.run()

    careful.run_until("2026-04-02 12:00")

    assert len(careful.arrived) == 30
    careful.close()


def test_the_day_is_counted_over_restarts(careful: World) -> None:
    """Ten in the morning and ten at noon are twenty, also with a new process between."""
    crowd(careful, 10)
    careful.run()
    careful.restarted()
    careful.clock.turn_to(at("2026-04-01 12:00"))
    crowd(careful, 20)

    careful.run()

    assert len(careful.arrived) == 10
    careful.close()


def test_tasks_for_staff_go_on_while_the_fuse_holds(careful: World) -> None:
    """Nobody outside hears of a task, so it needs no fuse: HR is told."""
    call = mail_step("call").when
    assert isinstance(call, FromFact)
    plan = careful.publish(
        plan_of(
            mail_step(),
            type(mail_step())(mail_step("call").id, call, Task("電話で様子を聞く")),
            name="calls",
        )
    )
    only_calls = careful.publish(
        plan_of(type(mail_step())(mail_step("call").id, call, Task("電話")), name="only-calls")
    )
    careful.crowd([f"p{number}" for number in range(20)], plan, offer="2026-04-01 07:00")
    careful.enroll("mei", only_calls, offer="2026-04-01 07:00")

    careful.run()

    assert [mail.to for mail in careful.arrived] == ["ichiro@tsunagu.example"]
    assert [task.person for task in careful.journal.desk.tasks()] == ["mei"]
    careful.close()
