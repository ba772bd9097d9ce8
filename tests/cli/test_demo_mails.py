"""The mails that the people of the demonstration write: read by our own reader, as anybody's."""

from dataclasses import replace
from datetime import datetime
from email import message_from_bytes
from zoneinfo import ZoneInfo

import pytest

from worker.cli.demo_mails import CLIENTS, Note, Original, absence, notice
from worker.domain.answers.answer import Kind, classify

TOKYO = ZoneInfo("Asia/Tokyo")
AT = datetime(2026, 5, 11, 11, 0, tzinfo=TOKYO)
ASKED = Original(
    "採用担当",
    "saiyo@example.co.jp",
    "aoi@example.jp",
    "ご縁をいただき、ありがとうございます",
    AT,
    "青木さん\n\nお会いできたことを、嬉しく思っています。\n――採用担当\n",
    "<ux4nhcufypvmmhnqqc2goe56fe@example.co.jp>",
    "<t.gyabkqs6f5txdviurzjrhfbv6q@example.co.jp>",
)
NOTE = Note(
    "青木 美月",
    "aoi@example.jp",
    "saiyo@example.co.jp",
    "ご連絡ありがとうございます。\n内容、確認しました。",
    datetime(2026, 5, 12, 9, 30, tzinfo=TOKYO),
    ASKED,
)


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize("text", [NOTE.text, "はい"])
def test_what_was_newly_written_is_found_in_every_program_s_mail(client: str, text: str) -> None:
    """Quotes, signatures of a phone and originals below are left out."""
    answer = classify(CLIENTS[client](replace(NOTE, text=text)))

    assert (answer.kind, answer.reply_text) == (Kind.HUMAN_REPLY, text)
    assert answer.subject == f"Re: {ASKED.subject}"


@pytest.mark.parametrize("client", CLIENTS)
def test_an_answer_names_what_it_answers(client: str) -> None:
    """By the ids that mail programs give."""
    mail = message_from_bytes(CLIENTS[client](NOTE))

    assert mail["In-Reply-To"] == ASKED.message_id
    assert mail["References"].split() == [ASKED.references, ASKED.message_id]


def test_outlook_writes_the_charset_of_a_japanese_office() -> None:
    """Seven bits, with escapes."""
    content = CLIENTS["outlook"](NOTE)

    assert content.isascii()
    assert b"iso-2022-jp" in content
    assert b"\x1b$B" in content


def test_an_absence_tells_the_day_of_the_return() -> None:
    """As a mailbox answers by itself."""
    until, back = AT.replace(day=20), AT.replace(day=21)

    answer = classify(absence(replace(NOTE, subject="自動応答: ご縁"), until, back))

    assert (answer.kind, answer.return_date) == (Kind.AUTO_REPLY, back.date())


def test_a_notice_names_whom_it_is_about_and_our_mail() -> None:
    """As Postfix writes it."""
    sent = message_from_bytes(CLIENTS["gmail"](NOTE))

    message_id, content = notice(sent, "taro@example.jp", "saiyo@example.co.jp", AT)
    answer = classify(content)

    assert (answer.kind, answer.recipients) == (Kind.BOUNCE_HARD, ("taro@example.jp",))
    assert message_from_bytes(content)["Message-ID"] == message_id
    assert NOTE.message_id in content.decode()
