"""An open question has an owner and a clock, and a human's answer ends it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.post import Post
from tests.world import at
from worker.domain.contact import has_open_question
from worker.domain.facts import StaffId
from worker.domain.intents import State
from worker.engine.journal.notices import NOTICE
from worker.engine.journal.readings import MailState
from worker.people.records import StaffRecord

HR = StaffRecord(StaffId("h1"), "鈴木 一郎", "ichiro@tsunagu.example", ("hr",))
ABOVE = StaffRecord(StaffId("h2"), "高橋 部長", "takahashi@tsunagu.example", ("hr_manager",))
QUESTION = "初日の持ち物を教えていただけますか。"
ANSWERED = "印鑑だけで大丈夫です。"


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world with a mailbox, one who answers and one to whom they report."""
    made = Post(tmp_path)
    made.world.journal.staff.put([HR, ABOVE], made.world.now)
    yield made
    made.world.close()


def waiting(post: Post) -> list[int]:
    """Give the numbers of the mails that wait."""
    return [one.id for one in post.world.journal.mails.waiting()]


def test_a_question_has_an_owner_and_a_time(post: Post) -> None:
    """Who answers, and by when: one business day, in business hours."""
    mail = post.asked()  # on a Thursday at 11:00

    post.comes(QUESTION, answers=mail)

    lying = post.world.journal.mails.waiting()[0]
    assert (lying.owner, lying.due_at) == ("h1", at("2026-04-03 11:00"))


def test_its_owner_is_told_at_once_with_the_text(post: Post) -> None:
    """Once, although the engine looks again and again."""
    post.comes(QUESTION, answers=post.asked())

    post.world.run_until("2026-04-02 18:00")

    told = [one for one in post.world.arrived if one.key.startswith("notice/")]
    assert [(one.to, one.subject) for one in told] == [
        ("ichiro@tsunagu.example", "【お返事のお願い】aoiさんからご質問が届きました")
    ]
    assert f"> {QUESTION}" in told[0].text
    assert "お返事の期限: 4月3日（金）11:00" in told[0].text


def test_overdue_is_told_to_the_owner_and_then_above(post: Post) -> None:
    """Each once: after a business day the owner, after another one who they report to."""
    post.comes("面接の日の件で書いています。", answers=post.asked())

    post.world.run_until("2026-04-20 18:00")

    assert post.told == [
        ("ichiro@tsunagu.example", "【期限を過ぎています】aoiさんへのお返事"),
        (
            "takahashi@tsunagu.example",
            "【未対応のご連絡】aoiさんへのお返事が期限を過ぎています（担当: 鈴木 一郎）",
        ),
    ]
    facts = post.world.facts("aoi")
    assert facts.all("person.question-overdue.alerted")[0].value == "h1"
    assert facts.all("person.question-escalated.alerted")[0].value == "h2"


def test_an_answer_in_the_sent_folder_ends_it(post: Post) -> None:
    """A human wrote to them: nobody is told any more, and the playbooks go on."""
    post.comes(QUESTION, answers=post.asked(), Message_ID="<q1@mail.example>")
    post.world.run()

    post.is_sent(ANSWERED, In_Reply_To="<q1@mail.example>")
    post.world.run_until("2026-04-20 18:00")

    facts = post.world.facts("aoi")
    assert waiting(post) == []
    assert [one.value for one in facts.all("person.contacted")] == ["hr"]
    assert facts.last("person.answered") is not None
    assert len(post.told) == 1  # the question itself
    kinds = {str(wish.step): wish.state for wish in post.world.wishes("aoi") if wish.kind == NOTICE}
    assert kinds["person.question-overdue"] is State.CANCELLED


def test_a_human_contact_counts_against_the_budget(post: Post) -> None:
    """What HR writes is a contact like any other: robots keep their distance from it."""
    post.comes(QUESTION, answers=post.asked(), Message_ID="<q1@mail.example>")

    post.is_sent(ANSWERED, In_Reply_To="<q1@mail.example>")

    contacted = post.world.facts("aoi").all("person.contacted")
    assert contacted[0].at in post.world.facts("aoi").contacts


def test_the_copy_of_a_colleague_ends_it_too(post: Post) -> None:
    """The mentor answered from their own address, with the mailbox in Cc."""
    post.comes(QUESTION, answers=post.asked(), Message_ID="<q1@mail.example>")

    post.is_sent(
        ANSWERED,
        sender="佐藤 花子 <hanako@tsunagu.example>",
        folder="INBOX",
        Cc="saiyo@tsunagu.example",
        References="<x@y.example> <q1@mail.example>",
    )

    assert waiting(post) == []
    assert post.world.facts("aoi").all("person.contacted")[0].value == "m1"


def test_a_new_mail_ends_it_where_one_question_is_open(post: Post) -> None:
    """HR wrote anew instead of answering: with one open question there is no doubt."""
    post.comes(QUESTION, answers=post.asked())

    post.is_sent(ANSWERED, subject="初日のご案内")

    assert waiting(post) == []


def test_a_new_mail_ends_nothing_where_two_are_open(post: Post) -> None:
    """It is a contact; which question it answers, nobody can say."""
    mail = post.asked()
    post.comes(QUESTION, answers=mail)
    post.comes("もう一つ、寮についても教えてください。", answers=mail)

    post.is_sent(ANSWERED, subject="初日のご案内")

    assert len(waiting(post)) == 2
    assert post.world.facts("aoi").last("person.answered") is None
    assert post.world.facts("aoi").last("person.contacted") is not None


def test_the_robots_wait_until_the_last_question_is_answered(post: Post) -> None:
    """One of two is answered by its thread: the other one still keeps everything back."""
    mail = post.asked()
    post.comes(QUESTION, answers=mail, Message_ID="<q1@mail.example>")
    post.comes("寮についても教えてください。", answers=mail, Message_ID="<q2@mail.example>")

    post.is_sent(ANSWERED, In_Reply_To="<q1@mail.example>")
    before = post.world.facts("aoi").last("person.answered")
    post.is_sent("寮もあります。", In_Reply_To="<q2@mail.example>")

    assert before is None
    assert post.world.facts("aoi").last("person.answered") is not None


def test_our_own_automatic_mails_end_nothing(post: Post) -> None:
    """A copy of the engine's mail in the Sent folder, under our id or another, is no answer."""
    mail = post.asked()
    post.comes(QUESTION, answers=mail)
    ours = dict(mail.headers)

    for message_id in (ours["Message-ID"], "<anew@prod.outlook.example>"):
        post.is_sent(
            "お元気ですか。",
            Message_ID=message_id,
            X_Tsunagu_Id=ours["X-Tsunagu-Id"],
            subject="ようこそ",
        )

    assert len(waiting(post)) == 1
    assert post.world.facts("aoi").all("person.contacted") == ()


def test_an_automatic_answer_of_a_mailbox_ends_nothing(post: Post) -> None:
    """The mailbox's own out-of-office note lies in its Sent folder: no human wrote it."""
    post.comes(QUESTION, answers=post.asked(), Message_ID="<q1@mail.example>")

    post.is_sent(
        "本日は不在にしております。",
        In_Reply_To="<q1@mail.example>",
        subject="自動応答: Re: ようこそ",
        Auto_Submitted="auto-replied",
    )

    assert len(waiting(post)) == 1


def test_who_forges_a_colleague_ends_nothing(post: Post) -> None:
    """Our receiver says that it is not from there."""
    post.comes(QUESTION, answers=post.asked(), Message_ID="<q1@mail.example>")

    post.is_sent(
        ANSWERED,
        sender="hanako@tsunagu.example",
        folder="INBOX",
        In_Reply_To="<q1@mail.example>",
        Authentication_Results="mx.tsunagu.example; dmarc=fail",
    )

    assert waiting(post)[0] == 1
    assert post.world.facts("aoi").last("person.answered") is None


def test_a_note_to_a_colleague_is_no_answer_to_the_candidate(post: Post) -> None:
    """HR forwards the question to the mentor: the candidate still waits."""
    post.comes(QUESTION, answers=post.asked(), Message_ID="<q1@mail.example>")

    post.is_sent(
        "どう答えましょうか。", to="hanako@tsunagu.example", References="<q1@mail.example>"
    )

    assert len(waiting(post)) == 1


def test_an_answer_that_was_read_first_ends_it_all_the_same(post: Post) -> None:
    """Two mailboxes are read side by side: the answer of one may come before the question."""
    mail = post.asked()
    post.world.clock.turn_to(at("2026-04-02 15:00"))
    post.is_sent(ANSWERED, subject="初日のご案内")

    post.comes(QUESTION, answers=mail, came="2026-04-02 12:00")

    assert waiting(post) == []
    assert post.world.facts("aoi").last("person.answered") is not None


def test_a_mail_that_came_in_the_future_is_answered_all_the_same(post: Post) -> None:
    """The clock of the mail server is ahead of ours: what waits ends when somebody answers it."""
    mail = post.asked()
    post.comes(QUESTION, answers=mail, came="2026-04-02 12:30", Message_ID="<q1@mail.example>")

    post.is_sent(ANSWERED, In_Reply_To="<q1@mail.example>")

    assert waiting(post) == []
    assert not has_open_question(post.world.facts("aoi"))


def test_an_answer_of_ours_makes_a_doubtful_mail_count(post: Post) -> None:
    """From another address, and HR answered them: nobody reminds them after that."""
    mail = post.asked()
    post.comes(
        "別のアドレスから失礼します。伺います。",
        answers=mail,
        sender="aoi.private@elsewhere.example",
        Message_ID="<q1@elsewhere.example>",
    )

    post.is_sent(ANSWERED, In_Reply_To="<q1@elsewhere.example>")
    post.world.run_until("2026-04-20 18:00")

    assert "welcome.replied" in post.names()
    assert post.written() == ["ようこそ"]


def test_a_wish_to_decline_is_told_at_once_to_both(post: Post) -> None:
    """HR and their manager read the person's words; an answer alone does not end the hold."""
    post.comes(
        "内定を辞退させていただきたく存じます。",
        answers=post.asked(),
        Message_ID="<q1@mail.example>",
    )
    post.world.run()

    post.is_sent("承知しました。", In_Reply_To="<q1@mail.example>")
    post.world.run_until("2026-04-20 18:00")

    subject = "【至急ご確認ください】aoiさんから、辞退のご意向と思われるメールが届きました"
    assert post.told == [
        ("ichiro@tsunagu.example", subject),
        ("takahashi@tsunagu.example", subject),
    ]
    assert post.written() == ["ようこそ"]
    assert post.world.facts("aoi").last("person.released") is None


def test_what_came_before_anybody_was_in_a_playbook_asks_nothing(post: Post) -> None:
    """A mailbox is read from weeks back: what was dealt with long ago wakes nobody."""
    post.asked()

    post.comes("以前お送りした履歴書の件です。", came="2026-03-20 10:00", subject="履歴書")

    assert waiting(post) == []
    assert post.world.journal.mails.counts() == {MailState.IGNORED: 1}


def test_a_notice_survives_a_crash(post: Post) -> None:
    """It is a wish in the journal: whoever starts next sends it, and sends it once."""
    post.comes(QUESTION, answers=post.asked())

    post.world.reopen()
    post.world.run()
    post.world.reopen()
    post.world.run()

    assert len(post.told) == 1


def test_what_somebody_writes_cannot_break_a_notice(post: Post) -> None:
    """Braces and newlines in a subject are text, and nothing else."""
    post.comes("教えてください。{who!x} {0}", answers=post.asked(), subject="{x} {0.y} }{")

    post.world.run()

    told = next(one for one in post.world.arrived if one.key.startswith("notice/"))
    assert "件名: {x} {0.y} }{" in told.text


def test_a_flood_in_one_name_does_not_flood_the_staff(post: Post) -> None:
    """Somebody sends thirty mails in a candidate's name: they lie in the tray, and that is said."""
    post.asked()

    for number in range(30):
        id_ = f"<{number}@spam.example>"
        post.comes("教えてください。", subject=f"質問 {number}", Message_ID=id_)
    post.world.run_until("2026-04-05 18:00")

    assert len(waiting(post)) == 30
    assert len(post.told) == 5 + 1  # of what asks; that it is overdue


def test_junk_from_nobody_asks_nobody(post: Post) -> None:
    """It is stored, and lies in the mailbox's own folder; an answer among the junk still counts."""
    mail = post.asked()

    post.comes("当選おめでとうございます。", sender="x@spam.example", folder="Junk")
    post.comes("当選おめでとうございます。", sender="y@spam.example", X_Spam_Flag="YES")
    post.comes("はい、伺います。", answers=mail, folder="Junk")

    assert len(waiting(post)) == 1
    assert "welcome.replied" in post.names()
