"""The plug is pulled at every journal write in turn; nothing is sent twice, nothing is lost."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select

from integrations.mime.check import MimeWriter
from tests.engine.plans import HOUR, LADDER, WELCOME, mail_step, plan_of, talk_step
from tests.world import World
from worker.domain.errors import StoreError
from worker.domain.facts import StepId
from worker.domain.intents import STAFF_MAIL, State
from worker.domain.plan import Step, Task, Webhook
from worker.domain.when import FromFact
from worker.engine import tables
from worker.engine.journal.store import Store
from worker.ports import MailParts

TO_STAFF = {"alert", *STAFF_MAIL}
PEOPLE = ("aoi", "ren")
EVERYTHING = plan_of(
    mail_step(),
    Step(StepId("call"), FromFact("offer", (HOUR,)), Webhook("https://crm.example/in", "crm")),
    Step(StepId("task"), FromFact("offer", (HOUR,)), Task("電話する")),
    talk_step(),
)
SETTLED = dict.fromkeys(("welcome", "call", "task", "talk"), State.DONE)


class Plug(BaseException):
    """Power is gone: nothing of this process runs on."""


class FragileStore(Store):
    """A store whose power goes at its n-th commit: right before it, or right after."""

    def __init__(
        self, url: str, *, at: int, after: bool, end: Callable[[], BaseException] = Plug
    ) -> None:
        super().__init__(url)
        self._end = end
        self.commits = 0
        self._at = at
        self._after = after

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Write as ever, until the moment has come."""
        with super().write() as connection:
            yield connection
            self.commits += 1
            if self.commits == self._at and not self._after:
                raise self._end()
        if self.commits == self._at and self._after:
            raise self._end()


def prepared(folder: Path) -> World:
    """Have three people with an unanswered welcome ahead of them."""
    world = World(folder, connections=1)
    plan = world.publish(LADDER)
    for person in PEOPLE:
        world.enroll(person, plan, offer="2026-04-02 09:00")
    return world


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whenever_the_power_goes_each_mail_comes_once_or_is_in_doubt(
    tmp_path: Path, *, after: bool
) -> None:
    """For every commit of two weeks: restart, go on, and count what has arrived."""
    commit, pulled = 0, True
    doubted = 0
    while pulled:
        commit += 1
        folder = tmp_path / str(commit)
        folder.mkdir()
        world = prepared(folder)
        world.reopen(FragileStore(world.url, at=commit, after=after))
        try:
            world.run_until("2026-04-14 18:00")
            pulled = False
        except Plug:
            world.reopen()
            world.engine.recover()
            world.run_until("2026-04-14 18:00")
        doubted += check(world)
        world.close()

    assert commit > 20
    assert doubted > 0


def check(world: World) -> int:
    """See that the journal's account is what recipients saw; says how much is in doubt."""
    arrived = Counter(mail.key for mail in world.arrived)
    wishes = [wish for person in PEOPLE for wish in world.wishes(person)]
    mails = [wish for wish in wishes if wish.kind in {"mail", *TO_STAFF}]
    for wish in mails:
        assert arrived[wish.key] <= (2 if wish.resent else 1)  # an alert comes again, by policy
        assert wish.kind in TO_STAFF or not wish.resent
        assert wish.state in {State.DONE, State.DOUBT}
        if wish.state is State.DONE:
            assert arrived[wish.key] >= 1
    known = {wish.key for wish in mails}
    assert set(arrived) <= known
    asked = {wish.person for wish in mails if wish.step == "welcome" and wish.rung == 0}
    assert asked == set(PEOPLE)
    tasks = Counter(task.person for task in world.journal.desk.tasks())
    assert set(tasks.values()) <= {1}
    return sum(wish.state is State.DOUBT for wish in mails)


def test_what_was_only_claimed_is_sent_after_the_lease(tmp_path: Path) -> None:
    """A worker that died with mails in hand held them up for minutes, not for ever."""
    world = prepared(tmp_path)
    world.run_until("2026-04-02 09:59")
    fragile = FragileStore(world.url, at=4, after=False)
    world.reopen(fragile)
    with pytest.raises(Plug):
        world.run_until("2026-04-02 10:00")

    world.reopen()
    world.run_until("2026-04-02 10:30")

    assert sorted(mail.to for mail in world.arrived) == sorted(
        f"{person}@mail.example" for person in PEOPLE
    )
    world.close()


def test_what_kills_its_worker_again_and_again_is_parked_alone(tmp_path: Path) -> None:
    """After five workers have died over a mail it is shown, and the others have gone out."""
    world = World(tmp_path)
    plan = world.publish(WELCOME)
    for person in PEOPLE:
        world.enroll(person, plan, offer="2026-04-01 07:00")
    world.writer = DeadlyWriter("ren@mail.example")
    world.restarted()

    deaths = 0
    for _ in range(20):
        try:
            world.run()
        except Plug:
            deaths += 1
            world.restarted()
            world.engine.recover()

    assert deaths == 5
    assert world.states("ren") == [State.PARKED]
    assert world.states("aoi") == [State.DONE]
    world.close()


def test_a_journal_that_is_away_while_a_mail_is_written_is_no_fault_of_the_mail(
    tmp_path: Path,
) -> None:
    """It is written when the journal is back, and nobody has to look at it."""
    world = World(tmp_path)
    world.enroll("ren", world.publish(WELCOME), offer="2026-04-01 07:00")
    world.writer = DeadlyWriter("ren@mail.example", end=StoreError)
    world.restarted()
    for _ in range(10):
        with pytest.raises(StoreError):
            world.run()

    world.writer = MimeWriter()
    world.restarted()
    world.engine.recover()
    world.run()

    assert world.states("ren") == [State.DONE]
    assert [mail.to for mail in world.arrived] == ["ren@mail.example"]
    world.close()


def away() -> StoreError:
    """Give what a journal says that is away."""
    return StoreError("The journal's database went away.")


def test_whenever_the_journal_goes_away_everything_goes_on_as_soon_as_it_is_back(
    tmp_path: Path,
) -> None:
    """For every commit of a mail, a call, a task and a talk: no lease is waited for, nobody died.

    But for a calendar that was being asked: whether the event stands is looked up after the lease.
    """
    commit, went = 0, True
    while went:
        commit += 1
        folder = tmp_path / str(commit)
        folder.mkdir()
        world = World(folder, connections=1)
        plan = world.publish(EVERYTHING)
        world.enroll("ren", plan, offer="2026-04-01 07:00", accept="2026-04-01 07:00")
        began = world.now
        world.reopen(FragileStore(world.url, at=commit, after=False, end=away))
        try:
            world.run()
            went = False
        except StoreError:
            world.run()

        wishes = world.wishes("ren")
        assert {one.step: one.state for one in wishes} == {**SETTLED, "talk": wishes[0].state}
        assert wishes[0].state in {State.ARRANGED, State.DONE}
        assert world.now == began
        world.run_until("2026-04-01 09:30")
        assert {one.step: one.state for one in world.wishes("ren")} == SETTLED
        assert Counter(mail.to for mail in world.arrived) == {
            "ren@mail.example": 2,  # the welcome and the invitation
            "ichiro@tsunagu.example": 1,
        }
        assert len(world.caller.calls) == len(world.calendars.entries()) == 1
        with world.journal.store.read() as connection:
            assert connection.scalar(select(func.max(tables.intent.c.crashes))) == 0
        world.close()

    assert commit > 15


class DeadlyWriter:
    """A writer of mails that takes its whole process down over one recipient."""

    def __init__(self, recipient: str, end: type[BaseException] = Plug) -> None:
        self._recipient = recipient
        self._end = end
        self._write = MimeWriter()

    def __call__(self, parts: MailParts, shape: str = "") -> bytes:
        """Write a mail, or die."""
        if parts.to.address == self._recipient:
            raise self._end
        return self._write(parts, shape)
