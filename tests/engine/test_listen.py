"""Mails come in: what they change for the people who wrote them."""

from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from tests.engine.post import Post
from worker.domain.facts import Fact, PersonId
from worker.engine.journal.readings import MailState, Reading
from worker.ports import Fetched, InboxTrouble, Trouble


@pytest.fixture
def post(tmp_path: Path) -> Iterator[Post]:
    """A world with a mailbox."""
    made = Post(tmp_path)
    yield made
    made.world.close()


def test_nobody_is_reminded_after_an_answer(post: Post) -> None:
    """An answer on the same thread ends the wait, and waits for a human itself."""
    mail = post.asked()

    post.comes("はい、参加します。\n", answers=mail)
    post.world.run_until("2026-04-03 09:00")

    assert post.names() == {"welcome.replied", "person.wrote"}
    assert [mail.subject for mail in post.world.arrived] == ["ようこそ"]
    assert post.states == [("human_reply", "open")]


def test_a_bare_thanks_is_an_answer_that_needs_none(post: Post) -> None:
    """A plain "はい" ends the wait, and keeps nothing back: there is nothing to answer."""
    mail = post.asked()

    post.comes("はい\n", answers=mail)
    post.world.run_until("2026-04-20 18:00")

    assert post.names() == {"welcome.replied"}
    assert [mail.subject for mail in post.world.arrived] == ["ようこそ"]
    assert post.states == []
    assert [one.ended for one in post.world.journal.mails.lately()] == ["needs no answer"]


def test_an_answer_is_known_by_its_sender_where_one_question_is_open(post: Post) -> None:
    """A new mail, not an answer to ours, from the address that was asked: it counts if proven."""
    post.asked()

    post.comes("よろしくお願いします。", Authentication_Results="mx.tsunagu.example; dmarc=pass")

    assert "welcome.replied" in post.names()


def test_another_address_holds_reminders_and_asks(post: Post) -> None:
    """An answer to our very mail from an unknown address stops nothing for good: HR confirms."""
    mail = post.asked()

    post.comes("承知しました。", answers=mail, sender="aoi.private@elsewhere.example")
    post.world.run_until("2026-04-08 10:30")

    assert post.names() == {"person.wrote"}
    assert post.states == [("human_reply", "tray")]
    assert post.written() == ["ようこそ"]


@pytest.mark.parametrize(
    "shown",
    [
        "aoi@mail.example",
        '"aoi@mail.example"',
        '"<aoi@mail.example>"',
        "=?utf-8?q?aoi=40mail=2Eexample?=",
        "=?utf-8?q?=3Caoi=40mail=2Eexample=3E?=",
        "(aoi@mail.example)",
    ],
)
def test_an_address_that_somebody_has_for_a_name_is_not_theirs(post: Post, shown: str) -> None:
    """It passes authentication, as the other address that it comes from: HR confirms."""
    mail = post.asked()
    post.inbox.arrive(
        "Authentication-Results: mx.tsunagu.example; dmarc=pass\r\n"
        f"From: {shown} <anybody@elsewhere.example>\r\n"
        f"In-Reply-To: {mail.headers['Message-ID']}\r\n\r\nはい\r\n".encode()
    )

    post.listener.look()

    assert post.names() == {"person.wrote"}
    assert post.states == [("human_reply", "tray")]


def test_a_forged_mail_holds_everything_and_changes_nothing_else(post: Post) -> None:
    """Our receiver says that the sender is not who they claim to be: a human is asked."""
    mail = post.asked()

    post.comes(
        "辞退します。", answers=mail, Authentication_Results="mx.tsunagu.example; dmarc=fail"
    )
    post.world.run_until("2026-04-20 18:00")

    held = post.world.facts("aoi").last("person.held")
    assert held is not None
    assert held.value == "authentication failed"
    assert post.names() == {"person.held"}
    assert post.states == [("human_reply", "tray")]


def test_a_wish_to_decline_holds_everything(post: Post) -> None:
    """It is a suspicion, and HR reads the text: nothing goes out meanwhile."""
    mail = post.asked()

    post.comes("誠に勝手ながら、内定を辞退させていただきたく存じます。", answers=mail)

    assert post.names() == {"welcome.replied", "person.wrote", "person.held"}
    assert post.world.journal.mails.waiting()[0].intent == "wish_to_decline"


def test_an_out_of_office_note_is_no_answer_and_no_silence(post: Post) -> None:
    """The clock stands still until the return: the reminder comes that much later."""
    mail = post.asked()

    post.comes(
        "4月10日まで不在にしております。4月13日に戻ります。",
        answers=mail,
        subject="不在のお知らせ",
        Auto_Submitted="auto-replied",
        Date="Thu, 02 Apr 2026 11:00:00 +0900",
    )
    post.world.run_until("2026-04-13 18:00")
    before = len(post.world.arrived)
    post.world.run_until("2026-04-17 18:00")

    assert post.names() == {"person.away"}
    assert (before, len(post.world.arrived)) == (1, 2)


def test_an_address_that_is_none_is_written_to_no_more(post: Post) -> None:
    """The question never arrived: no reminder, no ladder, and HR is asked for another address."""
    mail = post.asked()

    post.bounces(mail)
    post.world.run_until("2026-04-20 18:00")

    assert post.names() == {"person.bounced", "person.suppressed", "welcome.failed"}
    assert post.written() == ["ようこそ"]
    assert post.states == [("bounce_hard", "tray")]


def test_whom_nobody_knows_lies_in_the_tray(post: Post) -> None:
    """A mail that answers nothing is kept, and changes nothing."""
    post.asked()

    post.comes("面接の件でご連絡しました。", sender="somebody@else.example", subject="面接の件")

    assert post.names() == set()
    assert post.states == [("human_reply", "tray")]


def test_our_own_mails_change_nothing(post: Post) -> None:
    """A copy of what we sent, or a colleague's note from a mailbox of ours, is passed over."""
    mail = post.asked()

    post.comes("ご確認ください。", answers=mail, sender="tanaka@tsunagu.example")

    assert post.names() == set()
    assert post.world.journal.mails.counts() == {MailState.IGNORED: 1}


def test_the_same_mail_in_two_places_counts_once(post: Post) -> None:
    """A folder is numbered anew, and a mail comes twice: its facts are noted once."""
    mail = post.asked()
    post.comes("はい、伺います。", answers=mail, Message_ID="<one@mail.example>")

    post.inbox.renumber("INBOX")
    assert post.listener.look() is None
    post.comes("はい、伺います。", answers=mail, Message_ID="<one@mail.example>")

    facts = post.world.facts("aoi")
    assert len(facts.all("person.wrote")) == 1
    assert post.world.journal.mails.counts() == {MailState.OPEN: 1, MailState.IGNORED: 2}


def test_killed_between_storing_and_reading_nothing_is_lost_or_doubled(post: Post) -> None:
    """The mail is stored with its cursor; the next process reads it, once."""
    mail = post.asked()
    message = EmailMessage()
    message["From"], message["In-Reply-To"] = "aoi@mail.example", mail.headers["Message-ID"]
    message.set_content("はい、伺います。")
    post.inbox.arrive(message.as_bytes())
    mails = post.world.journal.mails
    fetched = post.inbox.fetch([], since=post.world.now.date())
    assert isinstance(fetched, Fetched)
    mails.take_in("hr", fetched, post.world.now)  # and killed here

    post.world.reopen()
    again = post.listening()
    assert again.look() is None
    assert again.look() is None

    assert post.world.journal.mails.counts() == {MailState.OPEN: 1}
    assert len(post.world.facts("aoi").all("person.wrote")) == 1


def test_a_mailbox_that_cannot_be_read_says_why(post: Post) -> None:
    """Its trouble is remembered until it is over, and nothing is lost."""
    post.inbox.trouble = InboxTrouble(Trouble.NETWORK, "no route")
    assert post.listener.look() is not None
    before = post.world.journal.mails.listening(["hr"])

    post.inbox.trouble = None
    assert post.listener.look() is None
    after = post.world.journal.mails.listening(["hr"])

    assert [(one.trouble, one.why, one.looked_at) for one in before] == [
        ("network", "no route", None)
    ]
    assert [(one.trouble, one.looked_at) for one in after] == [("", post.world.now)]


def test_what_somebody_wrote_is_erased_with_them(post: Post) -> None:
    """Mails matched to them, from their address, or about it."""
    mail = post.asked()
    post.comes("はい、伺います。", answers=mail)
    post.comes("もう一つ質問があります。", subject="質問")
    post.bounces(mail)

    erasure = post.world.journal.people.erase(PersonId("aoi"), post.world.now)

    assert erasure is not None
    assert erasure.rows["mail"] == 3
    assert post.world.journal.mails.waiting() == []


def test_a_notice_that_shows_our_mail_needs_no_other_proof(post: Post) -> None:
    """Servers that report seldom pass authentication; our own id in it is proof enough."""
    mail = post.asked()

    post.bounces(mail, received="mx.tsunagu.example; dmarc=fail")

    assert "person.suppressed" in post.names()
    assert "person.held" not in post.names()


def test_an_absence_that_fails_authentication_is_none(post: Post) -> None:
    """Somebody could stop the clock by it; and no candidate is held for a note of a machine."""
    post.comes(
        "4月20日まで不在です。",
        answers=post.asked(),
        subject="自動応答: ようこそ",
        Auto_Submitted="auto-replied",
        Authentication_Results="mx.tsunagu.example; dmarc=fail",
    )

    assert post.names() == set()


def test_an_automatic_answer_that_names_a_new_address_is_shown(post: Post) -> None:
    """It asks for no answer and keeps nothing back, but HR may take the address over."""
    post.comes(
        "アドレスを aoi.new@mail.example に変更しました。",
        answers=post.asked(),
        subject="自動応答: ようこそ",
        Auto_Submitted="auto-replied",
    )

    lying = post.world.journal.mails.waiting()
    assert [(one.kind, one.address) for one in lying] == [("auto_reply", "aoi.new@mail.example")]
    assert post.world.facts("aoi").last("person.wrote") is None


def test_a_complaint_without_our_mail_suppresses_nobody(post: Post) -> None:
    """Anybody can send such a report: a human looks, and nothing else changes."""
    post.asked()

    post.inbox.arrive(COMPLAINT.encode())
    assert post.listener.look() is None

    assert post.names() == set()
    assert post.states == [("complaint", "tray")]


def test_what_no_database_keeps_is_left_out(post: Post) -> None:
    """Zeros and halves of characters in a mail stop nobody from reading it, or the next one."""
    mail = post.asked()
    raw = (
        "From: aoi@mail.example\r\nTo: saiyo@tsunagu.example\r\n"
        f"Subject: a\0b =?utf-8?q?=ED=A0=80?=\r\nIn-Reply-To: {mail.headers['Message-ID']}"
        "\r\n\r\nhello \0 there\r\n"
    )

    post.inbox.arrive(raw.encode())
    assert post.listener.look() is None

    lying = post.world.journal.mails.waiting()
    assert [one.person for one in lying] == ["aoi"]
    assert "\0" not in lying[0].text + lying[0].subject


COMPLAINT = """\
From: fbl@provider.example
To: saiyo@tsunagu.example
Subject: complaint about message
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="b"

--b
Content-Type: text/plain

This is spam.

--b
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: x/1
Version: 1
Original-Rcpt-To: aoi@mail.example

--b
Content-Type: message/rfc822

From: saiyo@tsunagu.example
To: aoi@mail.example
Message-ID: <somebody-elses@tsunagu.example>
Subject: hello

hello

--b--
"""


def test_odd_octets_of_what_hr_wrote_hold_up_nobody(post: Post) -> None:
    """A zero in a subject, which PostgreSQL does not keep: the mail counts without it."""
    post.asked()

    post.inbox.arrive(
        b"From: saiyo@tsunagu.example\r\nTo: aoi@mail.example\r\n"
        b"Message-ID: <a\0b@tsunagu.example>\r\nSubject: =?utf-8?B?UmU6AA==?=\r\n\r\nhello\r\n",
        folder="Sent",
    )

    assert post.listener.look() is None
    assert post.names() == {"person.contacted"}


@pytest.mark.sqlite
def test_a_mail_whose_consequences_cannot_be_written_holds_up_no_other(post: Post) -> None:
    """The journal refuses what follows from one: a human looks at it, and the next one counts."""
    mail = post.asked()
    with post.world.journal.store.write() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER refuses BEFORE INSERT ON fact WHEN NEW.name = 'person.contacted' "
            "BEGIN SELECT RAISE(ABORT, 'refused'); END"
        )

    post.is_sent("お電話します。")
    post.comes("はい", answers=mail)

    assert post.names() == {"welcome.replied"}
    assert post.states == [("unsure", "tray")]


def test_a_mail_to_two_mailboxes_that_are_read_side_by_side_is_one(post: Post) -> None:
    """Both have understood it before either has written down what follows: one question waits."""
    post.asked()
    mails, now = post.world.journal.mails, post.world.now
    raw = b"From: aoi@mail.example\r\nMessage-ID: <q@mail.example>\r\n\r\nWhen?\r\n"
    for mailbox in ("hr", "president"):
        through = b"Received: by %s.example; x\r\n" % mailbox.encode()
        mails.take_in(mailbox, Fetched((post.inbox.arrive(through + raw),), ()), now)
    stored = [mails.unread(mailbox)[0] for mailbox in ("hr", "president")]

    for second, mail in enumerate(stored):
        wrote = Fact("person.wrote", now + timedelta(seconds=second))
        reading = Reading(
            MailState.OPEN,
            *("human_reply", "human", "in_reply_to", "certain", "q@mail.example"),
            "aoi@mail.example",
            person=PersonId("aoi"),
            facts=(wrote,),
        )
        assert mails.settle(mail.id, reading, now)

    assert len(mails.waiting(PersonId("aoi"))) == 1
    assert len(post.world.facts("aoi").all("person.wrote")) == 1
    assert mails.unread("president") == []
