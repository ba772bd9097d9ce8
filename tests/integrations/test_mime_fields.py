"""Single header fields: whatever a subject or a name holds, a reader sees it as it was written."""

import re
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from integrations.mime.check import read_name
from integrations.mime.fields import address_field, date, encoded, file_name, identifier, shown_name
from tests.integrations.mails import AT
from worker.domain.errors import MailError
from worker.ports import Address

_WORD = re.compile(r"=\?UTF-8\?B\?([A-Za-z0-9+/=]+)\?=")

visible = st.characters(
    exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\u2028\u2029"
)
subjects = st.one_of(
    st.text(visible, min_size=1, max_size=200),
    st.text(
        st.sampled_from('山田さん、Hello  =?内定🎉e\u0301👩‍👧 ()<>"\\,;:@'),
        min_size=1,
        max_size=160,
    ),
)
names = st.text(visible, max_size=60).map(str.strip)


def _decoded(field: str) -> str:
    """Read a field by a decoder that is not ours."""
    value = field.partition(": ")[2].replace("\r\n", "")
    return str(make_header(decode_header(value)))


@given(subjects)
@example("a" * 200)
@example("=?UTF-8?B?44GC?=")
@example("  two spaces  before and after  ")
@example("内" * 9 + "a" + "定" * 40)
def test_a_subject_is_read_as_it_was_written(subject: str) -> None:
    """Japanese, emoji, double spaces and a literal `=?` come back letter by letter."""
    field = encoded("Subject", subject)

    value = field.removeprefix("Subject: ")
    words = value.split("\r\n ")
    if _WORD.fullmatch(words[0]):
        assert subject == _decoded(field)
    else:
        assert subject == value


@given(subjects)
def test_encoded_words_keep_to_the_standard(subject: str) -> None:
    """Words of at most 75 characters, lines of at most 76, ASCII only, no character cut in two."""
    field = encoded("Subject", subject)

    for line in field.split("\r\n"):
        assert len(line) <= 76
        assert line.isascii()
    for word in _WORD.finditer(field):
        assert len(word[0]) <= 75
        make_header(decode_header(word[0]))  # each decodes by itself


def test_no_encoded_word_is_empty_or_glued_to_the_next() -> None:
    """Yahoo refuses subjects whose words touch (`?==?`); every word stands on a line of its own."""
    field = encoded("Subject", "内定🎉" * 40)

    assert "?==?" not in field
    assert "=?UTF-8?B??=" not in field


@given(names)
@example('山田, "葵"')
@example("O'Brien, Pat (HR)")
@example("=?UTF-8?Q?x?=")
def test_a_name_is_read_as_it_was_written(name: str) -> None:
    """A display name with commas, quotes or kanji comes back as it was, with its address."""
    field = address_field("To", Address("aoi@example.jp", name))

    message = message_from_bytes(f"{field}\r\n\r\n".encode("ascii"), policy=policy.default)
    (read,) = message["To"].addresses
    ((shown, _),) = getaddresses([field.removeprefix("To: ").replace("\r\n", "")])
    assert shown_name(name) == read_name(shown)
    assert read.addr_spec == "aoi@example.jp"
    assert all(len(line) <= 76 for line in field.split("\r\n"))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("taro.@docomo.ne.jp", 'To: "taro."@docomo.ne.jp'),
        ("a..b@docomo.ne.jp", 'To: "a..b"@docomo.ne.jp'),
        ('"taro."@docomo.ne.jp', 'To: "taro."@docomo.ne.jp'),
        ("--taro@ezweb.ne.jp", "To: --taro@ezweb.ne.jp"),
    ],
)
def test_old_docomo_addresses_reach_the_wire_in_quotes(address: str, expected: str) -> None:
    """Addresses from before 2009 are written so that every server reads the same mailbox."""
    assert expected == address_field("To", Address(address))


@pytest.mark.parametrize(
    "address",
    [
        "", "taro", "@example.jp", "taro@", "ta ro@example.jp", "taro@exam ple.jp",
        "taro@example.jp\r\nBcc: x@y.jp", "a> AUTH=<x@y.jp", "ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ",
        "taro@ｅｘａｍｐｌｅ.jp", "taro@example.jp　", "a,b@example.jp", "taro@example.jp,x@y.jp",
    ],
)  # fmt: skip
def test_what_is_no_address_is_refused_and_never_cut(address: str) -> None:
    """A mail goes to exactly the address given, or nowhere: never to `<taro>`, never to nobody."""
    with pytest.raises(MailError) as refusal:
        address_field("To", Address(address))

    assert refusal.value.what == "To"


@pytest.mark.parametrize(
    "sign", ["\r", "\n", "\r\n", "\0", "\x85", "\u2028", "\u2029", "\x1b", "\x7f"]
)
def test_a_name_cannot_start_a_header_of_its_own(sign: str) -> None:
    """A line break in somebody's name is refused, whatever kind of line break it is."""
    with pytest.raises(MailError):
        address_field("To", Address("aoi@example.jp", f"葵{sign}Bcc: x@example.jp"))


def test_half_a_character_is_refused() -> None:
    """A lone surrogate, as broken imports leave behind, is told and not sent as a question mark."""
    with pytest.raises(MailError, match="half a character"):
        encoded("Subject", "葵\ud800")


@pytest.mark.parametrize("value", ["", "x", "<x>", "<a b@c>", "<a@b>\r\nX: y", "<a@b><c@d>"])
def test_only_a_message_id_passes_for_one(value: str) -> None:
    """Ids come from elsewhere too; what is none never reaches a header."""
    with pytest.raises(MailError):
        identifier("in_reply_to", value)


def test_a_date_is_written_in_its_own_zone() -> None:
    """The same instant in two zones is written in two ways, whichever was asked for first."""
    from datetime import UTC  # noqa: PLC0415 - beside its use, as the point of the test

    assert date(AT) == "Mon, 11 May 2026 15:00:00 +0900"
    assert date(AT.astimezone(UTC)) == "Mon, 11 May 2026 06:00:00 +0000"


@given(st.text(visible, min_size=1, max_size=80))
@example('a"b.txt')
@example("入社のご案内(2027年春)と、当日の持ち物の一覧.pdf")
@example("%41 'x'*=.pdf")
def test_the_name_of_a_file_is_read_as_it_was_written(name: str) -> None:
    """A Japanese file name arrives whole, by the standard and by what older programs read."""
    if "/" in name or "\\" in name or name != name.strip():
        return
    head = (
        f"Content-Type: application/pdf{file_name('name', name)}\r\n"
        f"Content-Disposition: attachment{file_name('filename', name)}\r\n\r\n"
    )

    message = message_from_bytes(head.encode("ascii"), policy=policy.default)
    assert name == message.get_filename()
    assert all(len(line) <= 78 for line in head.split("\r\n"))


@pytest.mark.parametrize(
    "name", ["", " ", "../x.pdf", "a\\b.pdf", "a\r\nb.pdf", "a\0.pdf", "x" * 201]
)
def test_a_file_name_that_is_a_path_or_worse_is_refused(name: str) -> None:
    """A file's name is a name: no folders, no line breaks, no end."""
    with pytest.raises(MailError):
        file_name("filename", name)
