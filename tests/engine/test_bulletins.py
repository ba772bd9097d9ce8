"""HR is told, once, that a mailbox or a calendar stopped, and once that it goes on again."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select, update

from tests.engine.plans import TALK, WELCOME, mail_step, plan_of
from tests.engine.post import Post
from tests.servers.worker import until
from tests.world import HandClock, Seen, World, at
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.plan import Mail
from worker.engine import tables
from worker.engine.journal.bulletins import note_reading
from worker.engine.journal.rewound import trust
from worker.engine.ledger import Limits
from worker.engine.reconcile import begin, relive
from worker.ports import Envelope, InboxTrouble, Trouble

REVOKED = Refused("400 invalid_grant: Token has been expired or revoked.", Scope.MAILBOX)
CLOSED = InboxTrouble(Trouble.CREDENTIALS, "invalid_grant: Token has been expired or revoked.")
ICHIRO = "ichiro@tsunagu.example"  # holds the role that looks after what comes in


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Two mailboxes; three people are welcomed by HR's at nine."""
    made = World(tmp_path)
    due(made)
    yield made
    made.close()


def due(world: World) -> None:
    """Have three people whose welcome is due."""
    published = world.publish(WELCOME)
    for person in ("aoi", "ren", "mei"):
        world.enroll(person, published, offer="2026-04-01 07:00")


def stopped(world: World, outcome: Outcome = REVOKED) -> None:
    """Have HR's mailbox refuse us, whoever asks; also after a restart."""
    world.mailers["hr"].answer = lambda _: outcome


def told(world: World) -> list[Seen]:
    """Give what HR was told of ways that stopped."""
    return [mail for mail in world.arrived if mail.key.startswith("bulletin/")]


def welcomed(world: World) -> list[str]:
    """Name whom a welcome reached."""
    return sorted(mail.to for mail in world.arrived if mail.subject == "ようこそ")


def mended(world: World) -> None:
    """Mend the mailbox, and say so, as `tsunagu release --lane hr` does."""
    world.mailers["hr"].answer = None
    world.journal.lanes.release("mail:hr", world.now)


def test_hr_is_told_once_by_another_mailbox(world: World) -> None:
    """Which mailbox, in the server's words, since when, how many mails wait, what mends it."""
    stopped(world)
    world.run()
    for day in range(2, 9):
        world.run_until(f"2026-04-{day:02} 09:00")
        world.restarted()
        stopped(world)

    [mail] = told(world)
    assert mail.to == ICHIRO
    assert mail.headers["From"].endswith("<tanaka@tsunagu.example>")
    assert mail.subject == "saiyo@tsunagu.example からの送信が止まりました"
    for words in (
        "hr saiyo@tsunagu.example",
        "Token has been expired or revoked",
        "4月1日（水）09:00",
        "待っているメール（通）: 3",
        "tsunagu release --lane hr",
    ):
        assert words in mail.text
    assert len(mail.text.splitlines()) <= 24  # one screen
    assert [(one.about, one.state) for one in world.journal.bulletins.stopped()] == [
        ("mail:hr", State.DONE)
    ]


def test_it_goes_on_where_it_stopped_and_hr_is_told_once(world: World) -> None:
    """Every mail that waited goes, once each; restarted again and again, HR hears it once."""
    stopped(world)
    world.run_until("2026-04-01 12:00")
    before = welcomed(world)

    mended(world)
    world.run()
    for day in range(2, 6):
        world.restarted()
        world.run_until(f"2026-04-{day:02} 09:00")

    assert before == []
    assert welcomed(world) == ["aoi@mail.example", "mei@mail.example", "ren@mail.example"]
    assert [mail.subject for mail in told(world)] == [
        "saiyo@tsunagu.example からの送信が止まりました",
        "saiyo@tsunagu.example からの送信が再開しました",
    ]
    assert "4月1日（水）12:00" in told(world)[1].text
    assert world.journal.bulletins.stopped() == []
    assert world.journal.lanes.all() == []


def test_what_was_not_mended_is_tried_with_one_mail_and_not_told_again(world: World) -> None:
    """Somebody typed `release` too early, three times: it is the stop that HR knows of."""
    stopped(world)
    world.run()
    tried = [len(world.mailers["hr"].handed_over)]
    for _ in range(3):
        world.journal.lanes.release("mail:hr", world.now)
        world.run()
        tried.append(len(world.mailers["hr"].handed_over))

    assert [later - tried[0] for later in tried] == [0, 1, 2, 3]
    assert len(told(world)) == 1
    assert world.journal.lanes.all()[0].until is None


def test_another_stop_is_told_anew(world: World) -> None:
    """Mended, and weeks later stopped again: that is another thing to know."""
    stopped(world)
    world.run()
    mended(world)
    world.run_until("2026-04-20 09:00")
    world.enroll("yui", world.publish(WELCOME), offer="2026-04-20 08:00")
    stopped(world)

    world.run_until("2026-04-20 12:00")

    assert [mail.subject.endswith("止まりました") for mail in told(world)] == [True, False, True]


def test_the_other_mailboxes_go_on(world: World) -> None:
    """What stops is one mailbox; the president's mails leave as ever."""
    stopped(world)
    letter = plan_of(replace(mail_step(), action=Mail("welcome", "president")), name="president")
    world.enroll("yui", world.publish(letter), offer="2026-04-01 07:00")

    world.run()

    assert welcomed(world) == ["yui@mail.example"]


def test_where_no_other_mailbox_works_it_is_said_so_and_told_later(world: World) -> None:
    """Both are refused: nothing can carry it. As soon as one works again, HR hears of the other."""
    letter = plan_of(replace(mail_step(), action=Mail("welcome", "president")), name="president")
    world.enroll("yui", world.publish(letter), offer="2026-04-01 07:00")
    stopped(world)
    world.mailers["president"].answer = lambda _: REVOKED
    world.run_until("2026-04-01 12:00")
    before = [(one.about, one.outcome) for one in world.journal.bulletins.stopped()]
    arrived = len(world.arrived)

    world.mailers["president"].answer = None
    world.journal.lanes.release("mail:president", world.now)
    world.run_until("2026-04-01 13:00")

    assert before == [("mail:hr", "no way"), ("mail:president", "no way")]
    assert arrived == 0
    assert [mail.subject for mail in told(world)] == [
        "saiyo@tsunagu.example からの送信が止まりました"
    ]
    assert [one.about for one in world.journal.bulletins.stopped()] == ["mail:hr"]


def test_the_mailbox_of_the_notice_may_be_away_and_costs_nothing(world: World) -> None:
    """The server of the other mailbox is down for a while: told when it is back, once."""
    stopped(world)
    world.mailers["president"].down = "connection refused"
    world.run_until("2026-04-01 10:00")
    before = len(told(world))
    world.mailers["president"].down = ""

    world.run_until("2026-04-01 13:00")

    assert before == 0
    assert len(told(world)) == 1


def test_a_notice_keeps_to_the_limits_of_its_mailbox(tmp_path: Path) -> None:
    """The president's mailbox may send one mail a day, and has: HR is told tomorrow."""
    world = World(tmp_path, limits=Limits(per_day=1))
    letter = plan_of(replace(mail_step(), action=Mail("welcome", "president")), name="president")
    world.enroll("yui", world.publish(letter), offer="2026-04-01 07:00")
    world.run()
    due(world)
    stopped(world)
    world.run_until("2026-04-01 23:00")
    before = len(told(world))

    world.run_until("2026-04-02 10:00")

    assert before == 0
    assert len(told(world)) == 1
    world.close()


def lost(_: Envelope) -> Outcome:
    """Break the line before the answer; nothing had arrived."""
    return InDoubt("the line was cut")


def test_a_notice_that_may_have_gone_is_handed_over_once_more_and_never_again(
    world: World,
) -> None:
    """Nobody can say whether it went: the very same bytes after three quarters of an hour."""
    stopped(world)
    president = world.mailers["president"]
    president.answer = lost

    world.run_until("2026-04-05 09:00")

    tried = [one for one in president.handed_over if one.key.startswith("bulletin/")]
    assert len(tried) == 2
    assert len({one.content for one in tried}) == 1
    assert [one.state for one in world.journal.bulletins.stopped()] == [State.DOUBT]


@pytest.mark.parametrize("arrives", [True, False])
def test_the_sent_folder_says_whether_a_notice_went(world: World, *, arrives: bool) -> None:
    """Where it can be asked it is: there is one mail, whether its answer was lost or it was."""
    world.blind = False
    stopped(world)
    president = world.mailers["president"]

    def cut(envelope: Envelope) -> Outcome:
        if arrives:
            president.arrived.append(envelope)
        return InDoubt("the line was cut")

    president.answer = cut
    world.run()
    president.answer = None

    world.run_until("2026-04-02 09:00")

    assert len(told(world)) == 1
    assert [one.state for one in world.journal.bulletins.stopped()] == [State.DONE]


@pytest.mark.parametrize("left", [State.READY, State.BEGUN])
def test_a_worker_that_dies_over_a_notice_loses_none_and_doubles_none(
    world: World, left: State
) -> None:
    """Killed before the hand-over is written down, or after: the next worker sees to it."""
    world.blind = False
    stopped(world)
    world.mailers["president"].answer = lambda _: None  # it dies before the answer
    died: Callable[..., object] = world.engine.performer.perform
    if left is State.BEGUN:
        world.engine.turn()
        with ThreadPoolExecutor(1) as pool:
            dying = pool.submit(died, "mail:president")
            until(lambda: bool(world.mailers["president"].handed_over))
            world.mailers["president"].close()
            dying.result(30)
    else:
        world.engine.ticker.tick(world.now)
        world.engine.performer.perform("mail:hr")
    world.restarted()
    stopped(world)

    world.run_until("2026-04-02 09:00")

    assert len(told(world)) == 1


def test_many_workers_tell_it_once(world: World) -> None:
    """Two engines on one journal, at the very same time."""
    stopped(world)
    first = world.engine
    first.turn()
    second = world.restarted()
    stopped(world)

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(one.run_until_idle) for one in (first, second)]:
            running.result(60)

    assert len(told(world)) == 1


def test_what_was_told_in_lost_time_is_not_told_again(world: World) -> None:
    """A backup from before the mail is restored: it is asked about, and found."""
    world.blind = False
    stopped(world)
    world.engine.ticker.tick(world.now)
    world.engine.performer.perform("mail:hr")
    copied = world.back_up()
    stopped(world)
    world.run_until("2026-04-01 12:00")
    before = len(told(world))

    world.restore(copied)
    stopped(world)
    rewound = begin(world.journal, world.now, since=at("2026-04-01 09:00"))
    clock = HandClock("2026-04-01 09:00")
    relive(world.reliving(clock), clock, rewound, [])
    trust(world.journal.store)
    world.run_until("2026-04-02 09:00")

    assert before == 1
    assert len(told(world)) == 1


def test_nothing_of_a_candidate_stands_in_it(world: World) -> None:
    """A server that names whom the mail was for: their address is left out everywhere."""
    stopped(world, Refused("550 5.7.1 <aoi@mail.example> not accepted from here", Scope.MAILBOX))
    world.run()

    world.journal.people.erase(PersonId("aoi"), world.now)

    [mail] = told(world)
    assert "aoi@mail.example" not in mail.text
    with world.journal.store.read() as connection:
        rows = connection.execute(select(tables.bulletin)).all()
    assert rows
    assert "aoi" not in repr(rows)


def test_it_is_in_the_language_of_the_company(tmp_path: Path) -> None:
    """The same in English."""
    world = World(tmp_path, language="en")
    due(world)
    stopped(world)
    world.run()
    mended(world)
    world.run()

    first, second = told(world)
    assert first.subject == "Mail from saiyo@tsunagu.example has stopped"
    assert "Mails that wait: 3" in first.text
    assert second.subject == "Mail from saiyo@tsunagu.example goes on again"
    world.close()


def test_who_holds_no_role_is_not_asked(world: World) -> None:
    """Nobody looks after what comes in: the mailbox of messages to staff is written to itself."""
    with world.journal.store.write() as connection:
        connection.execute(update(tables.staff).values(role='["mentor"]'))
    stopped(world)

    world.run()

    assert [mail.to for mail in told(world)] == ["saiyo@tsunagu.example"]


def test_a_mailbox_that_cannot_be_read_is_told_of_when_it_does_not_mend_itself(
    tmp_path: Path,
) -> None:
    """Not in the first quarter of an hour; then once, and once that it is read again."""
    post = Post(tmp_path)
    world = post.world
    post.inbox.trouble = CLOSED
    at_first = []
    for minute in (0, 5, 10, 20, 40):
        world.run_until(f"2026-04-01 09:{minute:02}")
        post.listener.look()
        world.run()
        at_first.append(len(told(world)))
    world.run_until("2026-04-03 09:00")
    post.inbox.trouble = None
    post.inbox.arrive(b"From: x@example.org\r\nSubject: hello\r\n\r\nhello\r\n")
    for _ in range(2):
        post.listener.look()
        world.run()

    assert at_first == [0, 0, 0, 1, 1]
    assert [mail.subject for mail in told(world)] == [
        "saiyo@tsunagu.example に届くメールを読めません",
        "saiyo@tsunagu.example に届くメールを再び読んでいます",
    ]
    assert "サインインが拒まれています" in told(world)[0].text
    assert sum(world.journal.mails.counts().values()) == 1  # what came meanwhile, once
    world.close()


@pytest.mark.parametrize("kind", [Trouble.NETWORK, Trouble.LIMITS])
def test_what_mends_itself_is_told_to_nobody(tmp_path: Path, kind: Trouble) -> None:
    """A server that is away, or asks for patience; and a refusal of five minutes."""
    post = Post(tmp_path)
    world = post.world
    post.inbox.trouble = CLOSED
    post.listener.look()
    world.run_until("2026-04-01 09:05")
    post.inbox.trouble = None
    post.listener.look()
    post.inbox.trouble = InboxTrouble(kind, "not now", timedelta(minutes=1))
    post.listener.look()

    world.run_until("2026-04-02 09:00")

    assert told(world) == []
    assert [one.state for one in world.journal.bulletins.all()] == [State.CANCELLED]
    world.close()


def test_a_refusal_that_the_network_interrupts_ends_when_it_is_read(tmp_path: Path) -> None:
    """Refused, then nobody there, then read: told that it stopped, and that it goes on."""
    post = Post(tmp_path)
    world = post.world
    for trouble in (CLOSED, InboxTrouble(Trouble.NETWORK, "nobody there"), None):
        post.inbox.trouble = trouble
        post.listener.look()
        world.run_until((world.now + timedelta(hours=10)).strftime("%Y-%m-%d %H:%M"))

    assert len(told(world)) == 2
    assert world.journal.bulletins.stopped() == []
    world.close()


def test_one_mailbox_that_stopped_both_ways_is_told_of_once(tmp_path: Path) -> None:
    """The permission was withdrawn: it can neither send nor read, and that is one thing."""
    post = Post(tmp_path)
    world = post.world
    due(world)
    stopped(world)
    post.inbox.trouble = CLOSED
    for minute in (0, 20, 40):
        world.run_until(f"2026-04-01 09:{minute:02}")
        post.listener.look()
        world.run()

    assert [mail.subject for mail in told(world)] == [
        "saiyo@tsunagu.example からの送信が止まりました"
    ]
    world.close()


def test_what_is_mended_as_a_whole_is_not_told_of_by_halves(tmp_path: Path) -> None:
    """It sends again, and is read again minutes later: nobody hears in between that it is not."""
    post = Post(tmp_path)
    world = post.world
    due(world)
    stopped(world)
    world.mailers["president"].down = "away"
    post.inbox.trouble = CLOSED
    for minute in (0, 20, 40):
        world.run_until(f"2026-04-01 09:{minute:02}")
        post.listener.look()
        world.run()

    world.mailers["president"].down = ""
    mended(world)
    world.run()
    world.run_until("2026-04-01 09:45")
    post.inbox.trouble = None
    post.listener.look()
    world.run_until("2026-04-02 09:00")

    assert told(world) == []
    assert len(welcomed(world)) == 3
    world.close()


def test_a_calendar_that_is_closed_to_us_is_told_of_once(tmp_path: Path) -> None:
    """Its owner was suspended: told after a while, and told again when it is open."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run_until("2026-04-02 12:00")
    world.calendars.revoked.add("hanako@tsunagu.example")
    world.run_until("2026-04-04 12:00")
    before = [mail.subject for mail in told(world)]
    world.restarted()
    world.calendars.revoked.clear()

    world.run_until("2026-04-05 12:00")

    assert before == ["hanako@tsunagu.example のカレンダーを使えません"]
    assert [mail.subject for mail in told(world)][1:] == [
        "hanako@tsunagu.example のカレンダーが再び使えます"
    ]
    world.close()


def test_many_that_stop_together_stand_in_one_mail(tmp_path: Path) -> None:
    """One permission for all calendars was withdrawn: one mail names five, and how many more."""
    world = World(tmp_path)
    now = world.now
    with world.journal.store.write() as connection:
        for number in range(8):
            about = f"agenda:m{number}@tsunagu.example"
            note_reading(connection, about, "", "credentials", "revoked", now, since=now)

    world.run_until("2026-04-02 09:00")

    [mail] = told(world)
    assert mail.subject == "m0@tsunagu.example のカレンダーを使えません（ほか 7 件）"
    assert mail.text.count("止まった時刻") == 5
    assert "（ほか 3 件）: tsunagu status" in mail.text
    assert {one.state for one in world.journal.bulletins.stopped()} == {State.DONE}
    world.close()


def test_a_put_off_notice_is_tried_again_and_a_refused_one_is_shown(world: World) -> None:
    """Greylisted, then refused for good: it is not told, and whoever looks sees that."""
    stopped(world)
    answers: list[Outcome] = [Later("450 try again"), Refused("550 no", Scope.MESSAGE)]
    world.mailers["president"].answer = lambda _: answers.pop(0) if answers else Done("250")

    world.run_until("2026-04-02 09:00")

    assert told(world) == []
    assert [(one.state, one.outcome) for one in world.journal.bulletins.stopped()] == [
        (State.REFUSED, "550 no")
    ]
