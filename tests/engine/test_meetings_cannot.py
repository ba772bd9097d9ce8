"""Somebody writes when they cannot come: meetings keep out of it, and one that is there moves."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.plans import mail_step, plan_of, talk_step
from tests.engine.post import Post
from tests.engine.test_meetings import AOI, meetings, span, subjects, times, words
from tests.engine.test_meetings_answers import hears
from tests.engine.test_meetings_answers import world as by_mail
from tests.world import Seen, World
from worker.domain.appointments import Stage
from worker.domain.contact import ANSWERED, CANNOT_COME
from worker.domain.facts import RETRACTED, Fact, PersonId
from worker.domain.plan import Plan
from worker.domain.when import FromFact

__all__ = ["by_mail"]

TALK_AT_ONCE = replace(talk_step(), when=FromFact("offer"))
FIRST_WORD = mail_step("first", template="welcome")  # an hour after the offer
TALK_LATER = replace(talk_step(), when=FromFact("accept"))


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """Give a world in which Aoi was invited to a talk on Friday, 3 April, at ten."""
    post = office(tmp_path, plan_of(TALK_AT_ONCE))
    yield post
    post.world.close()


def office(folder: Path, plan: Plan) -> Post:
    """Give a world whose mailbox is read, with somebody who was made an offer on Thursday."""
    post = Post(folder, plan)
    post.world.enroll("aoi", post.plan, offer="2026-04-02 09:00")
    post.world.run_until("2026-04-02 11:00")
    return post


def mail_of(post: Post) -> Seen:
    """Give the newest mail that Aoi got."""
    return [one for one in post.world.arrived if one.to == AOI][-1]


def told(world: World) -> list[Fact]:
    """Give what is known of times at which Aoi cannot come."""
    return list(world.facts("aoi").all(CANNOT_COME))


def test_what_an_answer_says_is_known_and_meetings_keep_out_of_it(tmp_path: Path) -> None:
    """Written before anything is arranged, to a mail that has nothing to do with meetings."""
    post = office(tmp_path, plan_of(FIRST_WORD, TALK_LATER))
    post.comes("ありがとうございます。\n4/3から4/6までは帰省しています。", answers=mail_of(post))
    a_human_answers(post)
    post.world.note("aoi", "accept")
    post.world.run()

    (fact,) = told(post.world)
    assert fact.value == "2026-04-03..2026-04-06"
    assert times(post.world) == [span("2026-04-07 10:00")]
    post.world.close()


def a_human_answers(post: Post) -> None:
    """Have somebody answer what waits: until then nothing automatic goes to them."""
    assert len(post.world.journal.mails.waiting(PersonId("aoi"))) == 1
    post.world.note("aoi", ANSWERED)


def test_a_meeting_in_that_time_has_their_no_and_finds_another(post: Post) -> None:
    """They answer the invitation in words: it is declined at once, and the new time keeps them."""
    post.comes(
        "申し訳ございません。金曜は難しいです。4/3と4/6は試験があります。", answers=mail_of(post)
    )
    post.world.run()

    assert words(post.world)[-2:] == ["declined", "moved"]
    assert times(post.world) == [span("2026-04-07 10:00")]
    assert subjects(post.world)[-1] == "1on1の新しい時間のご案内（4月7日（火））"


def test_a_meeting_at_another_time_stays_where_it_is(post: Post) -> None:
    """They cannot come on Mondays, and the talk is on a Friday."""
    post.comes("毎週月曜は授業があります。", answers=mail_of(post))
    post.world.run()

    assert [one.value for one in told(post.world)] == ["Mon"]
    assert times(post.world) == [span("2026-04-03 10:00")]
    assert "declined" not in words(post.world)


@pytest.mark.parametrize(
    ("text", "headers"),
    [
        ("4/3は難しいかもしれません。", {}),
        ("4/3は試験があります。", {"sender": "somebody@else.example"}),
        (
            "4/3は試験があります。",
            {"Authentication_Results": "mx.tsunagu.example; dmarc=fail header.from=mail.example"},
        ),
    ],
    ids=["doubtful", "of another sender", "forged"],
)
def test_what_is_unclear_or_not_certainly_theirs_changes_nothing(
    post: Post, text: str, headers: dict[str, str]
) -> None:
    """It waits for a human, as every mail of theirs."""
    post.comes(text, answers=mail_of(post), **headers)
    post.world.run()

    assert told(post.world) == []
    assert times(post.world) == [span("2026-04-03 10:00")]
    assert len(post.world.journal.mails.waiting()) == 1


def test_who_only_keeps_the_meeting_at_a_no_moves_nothing(tmp_path: Path) -> None:
    """What the playbook says of a decline holds for one in words, too."""
    post = office(tmp_path, plan_of(replace(talk_step(if_declined="keep"), when=FromFact("offer"))))
    post.comes("4/3は試験があります。", answers=mail_of(post))
    post.world.run()

    assert words(post.world)[-1] == "declined"
    assert times(post.world) == [span("2026-04-03 10:00")]
    assert meetings(post.world)[0].stage is Stage.BOOKED
    post.world.close()


def test_the_words_beside_a_no_in_a_calendar_count_as_well(by_mail: World) -> None:
    """An answer by mail declines and says when they cannot come: the new time keeps to it."""
    hears(by_mail, "DECLINED", comment="COMMENT:4/2と4/3は授業があります\n")
    by_mail.run_until("2026-04-01 10:00")

    assert [one.value for one in told(by_mail)] == ["2026-04-02; 2026-04-03"]
    assert words(by_mail)[-2:] == ["declined", "moved"]
    assert meetings(by_mail)[0].when == span("2026-04-06 10:00")


def test_what_a_human_takes_back_does_not_hold_any_more(tmp_path: Path) -> None:
    """`tsunagu fact aoi person.unavailable --retract` makes the time free again."""
    post = office(tmp_path, plan_of(FIRST_WORD, TALK_LATER))
    post.comes("4/3から4/6までは帰省しています。", answers=mail_of(post))
    post.world.run_until("2026-04-02 11:10")
    a_human_answers(post)
    post.world.note("aoi", CANNOT_COME, value=RETRACTED)
    post.world.note("aoi", "accept")
    post.world.run()

    assert told(post.world) == []
    assert times(post.world) == [span("2026-04-03 11:30")]
    post.world.close()
