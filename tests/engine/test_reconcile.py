"""A journal that went back: what was done meanwhile is asked about, and never done twice."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from integrations.high_water import FileMark
from tests.engine.plans import LADDER, TALK, mail_step, plan_of
from tests.engine.post import Post
from tests.world import HandClock, World, at
from worker.domain.facts import PersonId, PlaybookId
from worker.domain.intents import State
from worker.engine.begun import begin as begin_counting
from worker.engine.begun import look_back
from worker.engine.journal.processes import Who
from worker.engine.journal.rewound import trust
from worker.engine.reconcile import Reconciled, begin, fetch, relive

WORKER = Who("here/up-1", "up", "here", 1, "0")


def reconcile(world: World, *, since: str = "", post: Post | None = None) -> Reconciled:
    """Live through lost time again, as `tsunagu reconcile` does, and go on."""
    rewound = begin(world.journal, world.now, since=at(since) if since else None)
    clock = HandClock("2026-01-01 00:00")
    clock.turn_to(rewound.since)
    engine = world.reliving(clock)
    listeners = [] if post is None else [post.listener_of(engine)]
    assert fetch(listeners) == {}
    told = relive(engine, clock, rewound, listeners)
    trust(world.journal.store)
    world.restarted()
    return told


def marked(world: World) -> list[FileMark]:
    """Have the worker mark beside the journal what it begins; gives where."""
    marks = [FileMark(world.folder / "begun", "j")]
    world.begun = begin_counting(world.journal.store, WORKER, marks, world.now)
    return marks


def letters(world: World) -> Counter[tuple[str, str]]:
    """Count what arrived, by whom it was to and its subject."""
    return Counter((mail.to, mail.subject) for mail in world.arrived)


def test_nobody_gets_anything_twice_after_a_restored_backup(world: World) -> None:
    """A week after the backup it is restored: what was sent stays sent, the rest goes on."""
    world.blind = False
    plan = world.publish(LADDER)
    for person in ("aoi", "ren", "yui"):
        world.enroll(person, plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-02 09:30")
    backup = world.back_up()
    world.run_until("2026-04-08 12:00")
    before = letters(world)

    world.restore(backup)
    told = reconcile(world)
    world.run_until("2026-04-30 12:00")

    assert before == {
        (f"{person}@mail.example", subject): 1
        for person in ("aoi", "ren", "yui")
        for subject in ("ようこそ", "Re: ようこそ")
    }
    assert told.found == 6
    assert set(letters(world).values()) == {1}
    assert letters(world) > before  # the mentor and the manager are told as well


def test_what_was_found_dates_from_the_day_it_went(world: World) -> None:
    """The silence after a mail counts from the mail, and not from the day of the repair."""
    world.blind = False
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    backup = world.back_up()
    world.run_until("2026-04-07 09:00")

    world.restore(backup)
    reconcile(world)

    sent = world.facts("aoi").first("welcome.sent", PlaybookId("naitei"))
    assert sent is not None
    assert sent.at == at("2026-04-02 10:00")


def test_what_nobody_can_be_asked_about_is_left_to_a_human(world: World) -> None:
    """Where no Sent folder can be read nothing is sent again: a human says whether it went."""
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    backup = world.back_up()
    world.run_until("2026-04-02 12:00")

    world.restore(backup)
    told = reconcile(world)
    world.run_until("2026-04-20 12:00")

    assert (told.found, told.to_ask) == (0, 1)
    assert [mail.subject for mail in world.arrived] == ["ようこそ"]
    (wish,) = world.wishes("aoi")
    assert (wish.state, wish.next_at) == (State.DOUBT, None)


def test_a_human_who_says_that_it_did_not_go_has_it_sent(world: World) -> None:
    """`doubts --resend` is believed once: it is not asked about for ever."""
    world.enroll("aoi", world.publish(plan_of(mail_step())), offer="2026-04-02 09:00")
    backup = world.back_up()
    world.run_until("2026-04-02 12:00")
    world.restore(backup)
    reconcile(world)

    (wish,) = world.wishes("aoi")
    world.journal.desk.send_again(wish.key, world.now)
    world.run()

    assert world.states("aoi") == [State.DONE]
    assert [mail.subject for mail in world.arrived] == ["ようこそ", "ようこそ"]


def test_what_was_not_sent_in_lost_time_is_sent_after_it(world: World) -> None:
    """The worker was down before the backup was restored: what it did not do is done now."""
    world.blind = False
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-02 08:00")
    backup = world.back_up()
    world.run_until("2026-04-02 09:00")
    world.enroll("ren", plan, offer="2026-04-02 10:00")
    world.restore(backup)
    world.enroll("yui", plan, offer="2026-04-02 08:00")
    world.clock.turn_to(at("2026-04-02 15:00"))

    reconcile(world, since="2026-04-01 09:00")
    world.run_until("2026-04-02 16:00")

    assert letters(world) == {
        ("aoi@mail.example", "ようこそ"): 1,
        ("yui@mail.example", "ようこそ"): 1,
    }


def test_nothing_is_decided_or_sent_before_somebody_says_so(world: World) -> None:
    """A journal that went back by days stands still: what people typed is lost as well."""
    world.enroll("aoi", world.publish(plan_of(mail_step())), offer="2026-04-02 09:00")
    begin(world.journal, world.now)

    world.run_until("2026-04-09 09:00")

    assert world.arrived == []
    assert world.wishes("aoi") == []


def test_a_reply_that_came_in_lost_time_is_read_before_a_reminder(tmp_path: Path) -> None:
    """The answer is in the mailbox: whoever wrote it is not reminded after the repair."""
    post = Post(tmp_path)
    world = post.world
    world.blind = False
    world.enroll("aoi", post.plan, offer="2026-04-02 09:00")
    backup = world.back_up()
    world.run_until("2026-04-02 11:00")
    post.listener = post.listening()
    post.comes("はい、参加します。\n", answers=world.arrived[0])
    world.clock.turn_to(at("2026-04-09 09:00"))

    world.restore(backup)
    reconcile(world, post=post)
    world.run_until("2026-04-20 18:00")

    assert "welcome.replied" in post.names()
    assert post.written() == ["ようこそ"]
    world.close()


def test_a_meeting_that_stands_in_a_calendar_is_taken_over(world: World) -> None:
    """Booked after the backup, it is found by its name: not booked again, at no other time."""
    world.blind = False
    world.begun = begin_counting(world.journal.store, WORKER, [], world.now)
    world.restarted()
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 11:00")
    world.run_until("2026-04-01 09:10")
    backup = world.back_up()
    world.run_until("2026-04-01 12:00")
    (before,) = world.calendars.entries()
    told_by_mail = letters(world)

    world.begun = None
    world.restore(backup)
    told = reconcile(world)
    world.run_until("2026-04-02 12:00")

    assert told.booked == 1
    assert [entry.when for entry in world.calendars.entries()] == [before.when]
    assert letters(world) == told_by_mail
    assert world.engine.meetings is not None
    (meeting,) = world.engine.meetings.of(PersonId("aoi"))
    assert (meeting.when, meeting.stood) == (before.when, before.when)
    assert world.facts("aoi").first("talk.booked", PlaybookId("naitei")) is not None


def test_a_journal_that_went_back_is_noticed_at_the_start(world: World) -> None:
    """The mark beside the journal knows of more than the journal: everything stops."""
    marks = marked(world)
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run_until("2026-04-02 09:00")
    backup = world.back_up()
    assert look_back(world.journal.store, marks, world.now) is None
    world.run_until("2026-04-02 12:00")

    world.restore(backup)
    found = look_back(world.journal.store, marks, world.now)
    again = look_back(world.journal.store, marks, world.now)
    world.run_until("2026-04-03 12:00")

    assert found is not None
    assert again is None
    assert [mail.subject for mail in world.arrived] == ["ようこそ"]
    assert [closed.lane for closed in world.journal.lanes.all()] == ["journal"]


@dataclass
class BesideOthers:
    """A mark that others raise just before it is read."""

    mark: FileMark
    meanwhile: Callable[[], None]

    def read(self) -> Mapping[str, int]:
        """Give what it is by then."""
        self.meanwhile()
        return self.mark.read()

    def rise(self, process: str, count: int) -> None:
        """Rise."""
        self.mark.rise(process, count)


def test_who_begins_while_others_send_takes_nothing_for_lost(world: World) -> None:
    """A process is started again in the middle of a morning's mails: the journal is as it was."""
    mark = FileMark(world.folder / "begun", "j")
    world.begun = begin_counting(world.journal.store, WORKER, [mark], world.now)
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-02 09:00")

    beside = BesideOthers(mark, lambda: world.run_until("2026-04-02 12:00"))
    found = look_back(world.journal.store, [beside], world.now)

    assert found is None
    assert len(world.arrived) == 1
    assert world.journal.lanes.all() == []


def test_a_journal_that_is_exchanged_under_a_worker_sends_nothing_twice(world: World) -> None:
    """Another server took over without the last minutes: it goes on by itself, and asks first."""
    world.blind = False
    marked(world)
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.enroll("ren", plan, offer="2026-04-02 09:01")
    world.run_until("2026-04-02 09:59")
    backup = world.back_up()
    world.run_until("2026-04-02 10:00")

    world.restore(backup)  # under the same process: it still knows what it began
    world.run_until("2026-04-02 12:00")

    assert letters(world) == {
        ("aoi@mail.example", "ようこそ"): 1,
        ("ren@mail.example", "ようこそ"): 1,
    }
    assert world.states("aoi") == world.states("ren") == [State.DONE]


@pytest.mark.parametrize("later", ["2026-04-03 10:05", "2026-04-03 15:00"])
def test_who_is_enrolled_anew_after_lost_minutes_is_left_to_a_human(
    world: World, later: str
) -> None:
    """The mail was late and went at once; enrolled again, it would be due at once again.

    Somebody else, whose moment comes after the lost minutes, gets a mail as ever.
    """
    marks = marked(world)
    plan = world.publish(plan_of(mail_step()))
    world.enroll("yui", plan, offer="2026-04-03 08:59")
    world.run_until("2026-04-03 10:00")
    backup = world.back_up()
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.run()
    before = letters(world)

    world.restore(backup)
    assert look_back(world.journal.store, marks, world.now) is not None
    world.run_until(later)
    world.enroll("aoi", plan, offer="2026-04-02 09:00")
    world.enroll("ren", plan, offer="2026-04-03 10:04")
    world.run_until("2026-04-08 12:00")

    assert before == {
        ("yui@mail.example", "ようこそ"): 1,
        ("aoi@mail.example", "ようこそ"): 1,
    }
    assert letters(world) == before + Counter({("ren@mail.example", "ようこそ"): 1})
    assert (world.states("aoi"), world.states("ren")) == ([State.DOUBT], [State.DONE])


def test_a_journal_that_lost_nothing_is_not_held(world: World) -> None:
    """A restart of the worker, or of its database, is no reason to stop."""
    marks = marked(world)
    world.enroll("aoi", world.publish(plan_of(mail_step())), offer="2026-04-02 09:00")
    world.run_until("2026-04-02 12:00")

    world.reopen()

    assert look_back(world.journal.store, marks, world.now) is None
    assert world.journal.lanes.all() == []


@pytest.mark.parametrize("hours", [1, 30])
def test_lost_time_may_be_lived_through_again_and_again(world: World, hours: int) -> None:
    """Broken off and begun anew, it finds the same and does nothing twice."""
    world.blind = False
    world.enroll("aoi", world.publish(LADDER), offer="2026-04-02 09:00")
    backup = world.back_up()
    world.run_until("2026-04-08 12:00")
    world.restore(backup)

    reconcile(world)
    world.clock.turn_to(world.now + timedelta(hours=hours))
    reconcile(world, since="2026-04-01 09:00")
    world.run_until("2026-04-30 12:00")

    assert set(letters(world).values()) == {1}
