"""Mails that did not arrive after all, and addresses that are none."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.plans import LADDER
from tests.engine.post import Post
from tests.world import Seen, at
from worker.domain.facts import PlaybookId
from worker.domain.intents import State
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.domain.when import Distance, Unit
from worker.engine.journal.readings import MailState
from worker.ports import Envelope


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world with a mailbox."""
    made = Post(tmp_path)
    yield made
    made.world.close()


def welcome(post: Post) -> State:
    """Give how the first mail stands."""
    return post.world.states("aoi")[0]


def full(post: Post, mail: Seen) -> None:
    """Have a mail come back because a mailbox is full."""
    post.bounces(mail, status="4.2.2", says="452 4.2.2 Mailbox full")


def test_a_full_mailbox_is_tried_again_with_the_same_bytes(post: Post) -> None:
    """Hours later, the very same mail; and the clock of silence starts when it went again."""
    mail = post.asked()  # went at 10:00, it is 11:00

    full(post, mail)
    before = post.world.facts("aoi").all("welcome.sent", PlaybookId("naitei"))
    post.world.run_until("2026-04-02 18:00")

    contents = [one.content for one in post.world.envelopes if one.recipient == mail.to]
    assert before == ()
    assert len(contents) == 2
    assert contents[0] == contents[1]
    sent = post.world.facts("aoi").all("welcome.sent", PlaybookId("naitei"))
    assert [one.at for one in sent] == [at("2026-04-02 15:00")]


def test_the_waits_grow_until_the_horizon_and_then_hr_is_told(post: Post) -> None:
    """Again and again it comes back: after three days it is given up, and a human sees to it."""
    mail = post.asked()

    for day in range(2, 9):
        if welcome(post) is State.DONE:
            full(post, mail)
        post.world.run_until(f"2026-04-{day:02} 23:00")

    facts = post.world.facts("aoi")
    playbook = PlaybookId("naitei")
    assert welcome(post) is State.REFUSED
    assert len(facts.all("welcome.deferred", playbook)) == 2
    assert facts.last("welcome.failed", playbook) is not None
    assert facts.all("person.suppressed") == ()
    assert post.told == [
        ("ichiro@tsunagu.example", "【ご確認ください】aoiさんへのメールが届いていません")
    ]


def test_a_step_says_how_long_it_is_tried(tmp_path: Path) -> None:
    """`try_for: 3 hours`: a wait of four is too long."""
    first = replace(LADDER.steps[0], try_for=Distance(3, Unit.HOURS))
    post = Post(tmp_path, replace(LADDER, steps=(first,)))
    mail = post.asked()

    full(post, mail)

    assert welcome(post) is State.REFUSED
    post.world.close()


def test_a_delay_is_no_bounce(post: Post) -> None:
    """A server still tries: nothing is sent again, and nothing changes."""
    mail = post.asked()

    post.bounces(mail, status="4.4.1", action="delayed", says="will keep trying")

    assert post.names() == set()
    assert welcome(post) is State.DONE


def test_delivered_later_ends_it(post: Post) -> None:
    """The server reports that it did arrive: it does not go again."""
    mail = post.asked()
    full(post, mail)

    post.bounces(mail, status="2.0.0", action="delivered", says="250 ok")
    post.world.run_until("2026-04-03 18:00")

    assert welcome(post) is State.DONE
    assert len(post.written()) == 1


def test_whoever_answers_has_got_it(post: Post) -> None:
    """The notice was wrong, or the mailbox had room after all: it does not go again."""
    mail = post.asked()
    full(post, mail)

    post.comes("はい、承知しました。", answers=mail)
    post.world.run_until("2026-04-20 18:00")

    assert len(post.written()) == 1
    assert welcome(post) is State.DONE


def test_the_second_notice_of_one_attempt_changes_nothing(post: Post) -> None:
    """Two servers of the same company say so, each in its words."""
    mail = post.asked()

    full(post, mail)
    post.bounces(mail, status="5.2.2", says="552 5.2.2 quota exceeded")

    assert len(post.world.facts("aoi").all("welcome.deferred", PlaybookId("naitei"))) == 1


def test_hr_is_asked_for_another_address(post: Post) -> None:
    """A task with a date, and a mail to who sees to it."""
    mail = post.asked()

    post.bounces(mail)
    post.world.run()

    task = post.world.journal.desk.tasks()[0]
    assert (task.person, task.owner, task.due_at) == ("aoi", "hr", at("2026-04-03 11:00"))
    assert "aoi@mail.example" in task.text
    assert post.told == [
        ("ichiro@tsunagu.example", "【ご確認ください】aoiさんへのメールが届きません（宛先不明）")
    ]


def test_a_corrected_address_gets_what_did_not_arrive(post: Post) -> None:
    """Written anew, to the new address; the tasks are done, and the clock runs from there."""
    mail = post.asked()
    post.bounces(mail)
    post.world.run()

    post.world.clock.turn_to(at("2026-04-03 10:00"))
    post.world.person("aoi", email="aoi.new@mail.example", offer="2026-04-02 09:00")
    post.world.run()

    anew = [one for one in post.world.arrived if one.to == "aoi.new@mail.example"]
    assert [one.subject for one in anew] == ["ようこそ"]
    assert "aoi.new@mail.example" in anew[0].headers["To"]
    assert post.world.journal.desk.tasks() == []
    assert post.states == []
    assert post.world.facts("aoi").first("person.suppressed") is None
    post.world.run_until("2026-04-08 12:00")
    assert len([one for one in post.world.arrived if one.to == "aoi.new@mail.example"]) == 2


def test_what_is_long_past_is_not_sent_anew(post: Post) -> None:
    """Two weeks later the address is known: the welcome is not news any more."""
    mail = post.asked()
    post.bounces(mail)

    post.world.clock.turn_to(at("2026-04-16 10:00"))
    post.world.person("aoi", email="aoi.new@mail.example", offer="2026-04-02 09:00")
    post.world.run()

    assert not [one for one in post.world.arrived if one.to == "aoi.new@mail.example"]
    assert post.world.facts("aoi").first("person.suppressed") is None


def test_another_address_does_not_undo_a_complaint(post: Post) -> None:
    """Who said that our mail is spam is written to no more, at whatever address."""
    post.asked()
    for name in ("person.complained", "person.suppressed"):
        post.world.note("aoi", name, value="person.complained")

    post.world.person("aoi", email="aoi.new@mail.example", offer="2026-04-02 09:00")

    assert post.world.facts("aoi").first("person.suppressed") is not None


def test_an_address_refused_at_once_is_mended_the_same_way(post: Post) -> None:
    """The server said 550 while we were speaking to it."""
    post.world.mailers["hr"].answer = lambda _: Refused("550 5.1.1", Scope.ADDRESS, "5.1.1")
    post.world.enroll("aoi", post.plan, offer="2026-04-02 09:00")
    post.world.run_until("2026-04-02 11:00")
    before = welcome(post)
    post.world.mailers["hr"].answer = None

    post.world.person("aoi", email="aoi.new@mail.example", offer="2026-04-02 09:00")
    post.world.run()

    assert before is State.REFUSED
    assert [one.subject for one in post.world.arrived if one.to == "aoi.new@mail.example"] == [
        "ようこそ"
    ]


@pytest.mark.parametrize("is_full", [False, True], ids=["put off", "returned"])
def test_what_waits_to_be_tried_again_goes_to_a_corrected_address(
    post: Post, *, is_full: bool
) -> None:
    """A slip in the domain, whose server never answers: the stranger there gets nothing more."""
    tried: list[str] = []

    def answer(envelope: Envelope) -> Outcome:
        tried.append(envelope.recipient)
        is_new = envelope.recipient == "aoi.new@mail.example"
        return Done("250 ok") if is_new or is_full else Later("451 4.4.1")

    post.world.mailers["hr"].answer = answer
    post.world.enroll("aoi", post.plan, offer="2026-04-02 09:00")
    post.world.run_until("2026-04-02 11:00")
    if is_full:
        full(post, post.world.arrived[0])
    assert welcome(post) is State.READY
    before = len(tried)

    post.world.person("aoi", email="aoi.new@mail.example", offer="2026-04-02 09:00")
    post.world.run_until("2026-04-03 18:00")

    assert tried[before:] == ["aoi.new@mail.example"]
    assert welcome(post) is State.DONE


def test_a_doubt_that_is_sent_again_goes_to_a_corrected_address(post: Post) -> None:
    """HR has mended the address before it says so: the old one gets nothing more."""
    tried: list[str] = []

    def answer(envelope: Envelope) -> Outcome:
        tried.append(envelope.recipient)
        return InDoubt("cut after the final dot") if len(tried) == 1 else Done("250 ok")

    post.world.mailers["hr"].answer = answer
    post.world.enroll("aoi", post.plan, offer="2026-04-02 09:00")
    post.world.run_until("2026-04-02 11:00")
    (doubt,) = post.world.journal.desk.in_state(State.DOUBT)

    post.world.person("aoi", email="aoi.new@mail.example", offer="2026-04-02 09:00")
    post.world.journal.desk.send_again(doubt.key, post.world.now)
    post.world.run()

    assert tried == ["aoi@mail.example", "aoi.new@mail.example"]


def test_a_notice_about_a_mail_we_never_sent_changes_nothing(post: Post) -> None:
    """It carries no id of ours."""
    mail = post.asked()
    forged = replace(mail, headers={**mail.headers, "Message-ID": "<x@elsewhere.example>"})

    full(post, forged)

    assert post.names() == set()
    assert post.world.journal.mails.counts() == {MailState.IGNORED: 1}
