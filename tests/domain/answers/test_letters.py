"""Bytes to text, as mail really has them: wrong labels, Outlook's Japanese, broken trees."""

from datetime import date

import pytest

from tests.domain.answers.hostile import HOSTILE
from tests.domain.answers.mails import mail, multipart
from worker.domain.answers import charset
from worker.domain.answers.answer import Kind, classify
from worker.domain.answers.html import text_of_html
from worker.domain.answers.letter import read
from worker.domain.matching_clues import clues_of

# ①㈱髙 as Outlook writes them under the name ISO-2022-JP: rows 13 and 92 of CP932.
OUTLOOK = b"\x1b$B-!-j|b\x1b(B \x1b$BF|Dx\x1b(B"
HALF_WIDTH = b"\x1b(I131\x1b(B"


def test_outlooks_japanese_is_read() -> None:
    """Circled numbers and company marks of Outlook are no holes in the text."""
    assert charset.decode(OUTLOOK, "iso-2022-jp") == "①㈱髙 日程"
    assert charset.decode(HALF_WIDTH, "cp50221") == "ｱｳｱ"


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("windows-31j", "cp932"),
        ("x-sjis", "cp932"),
        ("Shift_JIS", "cp932"),
        ("", "cp932"),
        ("us-ascii", "cp932"),
        ("x-unknown", "euc_jp"),
        ("euc-jp", "euc_jp"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "cp932"),
        ("", "utf-8"),
        ("no such charset", "utf-8"),
        ("cp50220", "iso-2022-jp"),
        ("us-ascii", "iso-2022-jp"),
    ],
)
def test_a_wrong_label_does_not_spoil_the_text(label: str, codec: str) -> None:
    """What the label says is tried; what the bytes say counts."""
    text = "お世話になっております。日程は問題ございません。"

    read_as = charset.decode(text.encode(codec), label)

    assert (read_as == text) or (label == "iso-8859-1" and read_as)


@pytest.mark.parametrize(
    "label", ["idna", "punycode", "unicode_escape", "rot13", "undefined", "hex"]
)
def test_what_is_no_charset_is_not_used_as_one(label: str) -> None:
    """Python knows codecs that no mail means; naming one neither raises nor takes long."""
    raw = mail("はい、伺います。", content=f"text/plain; charset={label}")

    assert classify(raw).reply_text == "はい、伺います。"


def test_a_subject_in_pieces_is_one_subject() -> None:
    """Mailers cut words in the middle of a letter; the pieces are joined before they are read."""
    whole = "内定".encode()

    subject = charset.header("=?utf-8?B?5YaF5a6a?= =?utf-8?B?44Gu?=")
    cut = charset.header(f"=?utf-8?Q?={whole[0]:02X}={whole[1]:02X}?= =?utf-8?Q?={whole[2]:02X}?=")

    assert (subject, cut) == ("内定の", "内")


def test_the_date_of_a_mail_may_be_anything() -> None:
    """A mail with a date that is none has no date."""
    assert read(mail("x")).written_on == date(2026, 8, 10)
    assert read(b"From: a@b\r\nDate: 99 Foo 20261\r\n\r\nx").written_on is None
    assert read(b"From: a@b\r\nDate: Mon, 32 Aug 2026 09:00:00 +0900\r\n\r\nx").written_on is None


def test_a_body_without_any_header_is_read_as_a_body() -> None:
    """What was saved without its header is a text, and not a header of its first lines."""
    assert classify("はい: 伺います。\n青井".encode()).reply_text.startswith("はい: 伺います。")


def test_a_forwarded_mail_inside_is_not_what_the_person_wrote() -> None:
    """Somebody sends another mail along: their own words are the reply."""
    raw = multipart(
        ("text/plain; charset=utf-8", "こちらを転送します。"),
        ("message/rfc822", "From: b@example.jp\nSubject: x\n\n別の人の文章です。"),
    )

    assert classify(raw).reply_text == "こちらを転送します。"


def test_html_is_shown_as_a_person_sees_it() -> None:
    """Blocks are lines, scripts are nothing, a quote is marked, a bare angle is a letter."""
    html = (
        "<html><head><style>p{}</style></head><body><!-- x --><p>一</p><p>a < b &lt; c</p>"
        "<script>if (a<b) {}</script><blockquote>前の文</blockquote>"
        "<pre>二\n  三</pre></body></html>"
    )

    assert text_of_html(html).splitlines() == [
        "一",
        "",
        "a < b < c",
        "",
        "> 前の文",
        "",
        "二",
        "三",
    ]


@pytest.mark.parametrize("name", HOSTILE)
def test_no_mail_is_too_hostile_to_be_something(name: str) -> None:
    """Whatever somebody sends, it has a class and a rule, and the next mail is read."""
    raw = HOSTILE[name]()

    answer = classify(raw)
    clues_of(read(raw), answer)

    assert isinstance(answer.kind, Kind)
    assert answer.rule


def test_a_great_attachment_does_not_hide_the_answer() -> None:
    """Thirty megabytes behind the text change nothing about the text."""
    assert classify(HOSTILE["thirty megabytes"]()).kind is Kind.HUMAN_REPLY
