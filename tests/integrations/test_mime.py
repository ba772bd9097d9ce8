"""Whole mails as bytes: in one order, readable for everybody, the same for the same parts."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mime.build import build
from integrations.mime.check import MimeWriter, check, differences
from tests.golden.files import Golden
from tests.integrations.mails import AT, GUIDE, PHOTO, PLAIN
from worker.domain.errors import BrokenPromise, MailError
from worker.domain.post import ID_LIMIT, message_id, thread_anchor
from worker.ports import Address, Attachment, MailParts

PARENT = message_id("7/welcome/0/0/mail", "example.co.jp")
ANCHOR = thread_anchor("7/welcome/0", "example.co.jp")
REMINDER = replace(
    PLAIN,
    sender=Address("saiyo@example.co.jp", "採用担当"),
    subject=f"Re: {PLAIN.subject}",
    message_id=message_id("7/welcome/0/1/mail", "example.co.jp"),
    in_reply_to=PARENT,
    references=(ANCHOR, PARENT),
    reply_to=None,
)
SHAPES = {
    "welcome": PLAIN,
    "reminder-in-the-thread": REMINDER,
    "english": replace(
        PLAIN,
        sender=Address("recruiting@example.co.jp", "Recruiting, Tsunagu Inc."),
        to=Address("emma.schmidt@example.jp", "Emma Schmidt"),
        subject="Emma, we are so glad we met",
        text="Dear Emma,\n\nit was good to meet you.\n",
        html="<p>Dear Emma,</p>\n<p>it was good to meet you.</p>\n",
    ),
    "text-alone": replace(PLAIN, html="", subject="面談のお知らせ"),
    "with-files": replace(PLAIN, attachments=(GUIDE, PHOTO)),
    "picture-alone": replace(PLAIN, attachments=(PHOTO,)),
    "unsubscribe": replace(
        PLAIN,
        unsubscribe="https://tsunagu.example.co.jp/u/7h3kq29m2xv57h3kq29m2xv5",
        unsubscribe_mail="mailto:stop@example.co.jp?subject=7h3kq29m",
    ),
    "docomo": replace(PLAIN, to=Address("taro.@docomo.ne.jp", '髙橋, "太郎"')),
    "rehearsal": replace(
        PLAIN,
        subject=f"[リハーサル] {PLAIN.subject}",
        marks=(("X-Tsunagu-Rehearsal", "to aoi.yamada@example.jp"),),
    ),
    "to-a-desk": replace(PLAIN, auto_submitted="", suppress=""),
}


@pytest.mark.parametrize("name", SHAPES)
def test_mails_are_written_as_they_were_reviewed(name: str, golden: Golden) -> None:
    """Every kind of mail stands as a file, byte by byte; a change shows in review."""
    content = build(SHAPES[name])

    assert golden.agrees(f"mails/{name}.eml", content)


@pytest.mark.parametrize("name", SHAPES)
def test_the_standard_library_reads_what_we_wrote(name: str) -> None:
    """Parsed back, every mail has the subject, names, ids, texts and files it was made of."""
    assert differences(build(SHAPES[name]), SHAPES[name]) == []


@pytest.mark.parametrize("name", SHAPES)
def test_the_same_parts_give_the_same_bytes(name: str) -> None:
    """A retry hands over the very same mail: nothing in it is made up on the way."""
    assert build(SHAPES[name]) == build(replace(SHAPES[name]))


def test_every_line_fits_every_server() -> None:
    """Lines end in CRLF, none is longer than 76 characters here, nothing but ASCII."""
    content = build(SHAPES["with-files"])

    assert content.isascii()
    assert content.endswith(b"\r\n")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 78


def test_headers_stand_in_one_order() -> None:
    """The order never changes, so that golden mails and readers' eyes find things again."""
    message = _read(SHAPES["unsubscribe"])

    assert list(message.keys()) == [
        "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "References",
        "Auto-Submitted", "X-Auto-Response-Suppress", "List-Unsubscribe",
        "List-Unsubscribe-Post", "MIME-Version", "Content-Type",
    ]  # fmt: skip


def test_the_plain_text_comes_first_and_the_html_last() -> None:
    """Readers take the last form they understand: HTML where they can, text everywhere else."""
    message = _read(PLAIN)

    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_files_stand_outside_and_pictures_beside_the_html() -> None:
    """An attachment is seen by everybody, a picture only where the text shows it."""
    message = _read(SHAPES["with-files"])

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "multipart/related",
        "text/html", "image/png", "application/pdf",
    ]  # fmt: skip


@pytest.mark.parametrize("length", [64, 77, 78, 120, 400])
def test_long_ids_and_links_are_never_encoded(length: int) -> None:
    """Outlook drops a thread, and Gmail its button, when an id is written as `=?utf-8?…?=`."""
    foreign = f"<{'x' * (length - 12)}@mail.test>"
    parts = replace(
        REMINDER,
        in_reply_to=foreign,
        references=(ANCHOR, foreign),
        unsubscribe="https://example.co.jp/" + "t" * length,
    )

    head = build(parts).partition(b"\r\n\r\n")[0].decode("ascii")
    assert f"In-Reply-To: {foreign}\r\n" in head
    assert f"References: {ANCHOR}\r\n {foreign}\r\n" in head
    assert f"List-Unsubscribe: <https://example.co.jp/{'t' * length}>\r\n" in head


def test_our_own_ids_stay_within_64_bytes() -> None:
    """Groupmax cuts longer ids and loses the thread; a long domain is shortened from the left."""
    domain = "mail.recruiting.very-long-company-name.example.co.jp"

    assert len(message_id("7/welcome/0/0/mail", domain)) <= ID_LIMIT
    assert len(thread_anchor("7/welcome/0", domain)) <= ID_LIMIT
    with pytest.raises(MailError):
        build(replace(PLAIN, message_id=f"<{'x' * 60}@example.jp>"))


def test_answering_robots_are_asked_to_stay_silent_but_bounces_are_not() -> None:
    """Out-of-office answers are held back where servers listen; what tells of a bounce is not."""
    message = _read(PLAIN)

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply, DR, RN, NRN"


@pytest.mark.parametrize(
    "sign", ["\r\n", "\r", "\n", "\0", "\x0b", "\x0c", "\x85", "\u2028", "\u2029", "\x7f"]
)
def test_nothing_in_a_value_becomes_a_header(sign: str) -> None:
    """A line break of any kind in a subject, name, id, link, mark or file name is refused."""
    injected = f"x{sign}Bcc: victim@example.jp"

    for parts in (
        replace(PLAIN, subject=injected),
        replace(PLAIN, to=Address("aoi@example.jp", injected)),
        replace(PLAIN, to=Address(f"aoi@example.jp{sign}")),
        replace(PLAIN, sender=Address("hr@example.jp", injected)),
        replace(PLAIN, reply_to=Address("hr@example.jp", injected)),
        replace(PLAIN, in_reply_to=f"<a@b>{sign}"),
        replace(PLAIN, references=(f"<a@b>{sign}Bcc: x",)),
        replace(PLAIN, unsubscribe=f"https://example.jp/{sign}"),
        replace(PLAIN, marks=(("X-Mark", injected),)),
        replace(PLAIN, marks=((f"X-Mark{sign}", "x"),)),
        replace(PLAIN, auto_submitted=injected),
        replace(PLAIN, attachments=(Attachment(f"a{sign}.pdf", b"", "application/pdf"),)),
        replace(PLAIN, attachments=(Attachment("a.pdf", b"", f"application/pdf{sign}"),)),
        replace(PLAIN, attachments=(Attachment("a.png", b"", "image/png", f"a@b{sign}"),)),
    ):
        with pytest.raises(MailError):
            build(parts)


@pytest.mark.parametrize("name", ["Bcc", "To", "x-mark", "X-", "X-a: b", "Subject"])
def test_only_marks_of_our_own_may_be_added(name: str) -> None:
    """What is added to a mail cannot be one of the headers that decide where it goes."""
    with pytest.raises(MailError):
        build(replace(PLAIN, marks=((name, "x"),)))


@pytest.mark.parametrize("sign", ["\0", "\x08", "\x1b", "\x7f"])
def test_controls_are_refused_in_texts(sign: str) -> None:
    """A NUL or an escape in a text is a broken import; no mail server should have to judge it."""
    for parts in (replace(PLAIN, text=f"a{sign}"), replace(PLAIN, html=f"<p>{sign}</p>")):
        with pytest.raises(MailError):
            build(parts)


@pytest.mark.parametrize("subject", ["", " ", "　"])
def test_a_mail_without_a_subject_is_refused(subject: str) -> None:
    """An empty subject is a slip in a template and looks like spam."""
    with pytest.raises(MailError):
        build(replace(PLAIN, subject=subject))


def test_an_instant_without_a_zone_is_refused() -> None:
    """A date that could mean two instants is no date."""
    with pytest.raises(MailError):
        build(replace(PLAIN, sent_at=AT.replace(tzinfo=None)))


@given(
    subject=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), min_size=1).filter(
        lambda text: bool(text.strip())
    ),
    name=st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=40),
    text=st.text(st.characters(exclude_categories=("Cc", "Cs"), include_characters="\n\t")),
)
def test_any_mail_is_read_as_it_was_written(subject: str, name: str, text: str) -> None:
    """Whatever HR writes and whatever a person is called: the reader sees exactly that."""
    parts = replace(
        PLAIN, subject=subject, to=Address("aoi@example.jp", name), text=text, html=f"<p>{text}</p>"
    )

    content = build(parts)

    assert differences(content, parts) == []


def test_a_mail_that_would_be_misread_is_never_frozen() -> None:
    """The second opinion sees a difference in any part, and names it without showing it."""
    content = build(PLAIN)

    for changed in (
        replace(PLAIN, subject="別の件名"),
        replace(PLAIN, text="別の文章"),
        replace(PLAIN, html="<p>別の文章</p>"),
        replace(PLAIN, to=Address("haruto@example.jp", "山田 葵")),
        replace(PLAIN, references=()),
        replace(PLAIN, attachments=(GUIDE,)),
    ):
        with pytest.raises(BrokenPromise) as difference:
            check(content, changed)
        assert "山田" not in str(difference.value)


def test_the_first_mail_of_each_shape_is_looked_at_and_all_are_written() -> None:
    """What a hundred mails have in common is checked once; each is still written by itself."""
    writer = MimeWriter()

    contents = [
        writer(replace(PLAIN, to=Address(f"p{n}@example.jp")), "digest/welcome") for n in range(3)
    ]

    assert [f"<p{n}@" not in contents[n].decode("ascii") for n in range(3)] == [True] * 3
    assert all(f"To: p{n}@example.jp".encode() in contents[n] for n in range(3))


def _read(parts: MailParts) -> EmailMessage:
    return message_from_bytes(build(parts), policy=policy.default)
