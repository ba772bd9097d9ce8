"""Addresses as people type them: corrected where a keyboard slipped, refused where one must ask."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.mime.fields import address_field
from worker.domain.post import on_the_wire
from worker.people.addresses import (
    LIMIT,
    Correction,
    Fault,
    Unusable,
    Usable,
    address_key,
    read_address,
    same_address,
)
from worker.ports import Address

WIDTH, SPACES, LABEL = Correction.WIDTH, Correction.SPACES, Correction.LABEL
CASE, DASH = Correction.CASE, Correction.DASH


@pytest.mark.parametrize(
    "address",
    [
        "taro@example.jp",
        "taro.yamada+saiyo@example.co.jp",
        "Taro@example.jp",
        "taro.@docomo.ne.jp",
        ".taro@docomo.ne.jp",
        "a..b@docomo.ne.jp",
        "--taro--@ezweb.ne.jp",
        '"taro."@docomo.ne.jp',
        "o'brien@example.jp",
        "taro@example.test",
    ],
)
def test_a_good_address_stays_exactly_as_it_was_given(address: str) -> None:
    """What can be written to is kept letter by letter, docomo's old forms and capitals included."""
    assert read_address(address) == Usable(address)


@pytest.mark.parametrize(
    ("written", "expected", "corrected"),
    [
        ("ｔａｒｏ＠ｅｘａｍｐｌｅ．ｊｐ", "taro@example.jp", (WIDTH,)),
        ("taro@example.jp　", "taro@example.jp", (SPACES,)),
        (" taro @ example.jp", "taro@example.jp", (SPACES,)),
        ("taro ＠example.jp", "taro@example.jp", (WIDTH, SPACES)),
        ("\u200btaro@example.jp\ufeff", "taro@example.jp", (SPACES,)),
        ("taro\u00ad@example.jp", "taro@example.jp", (SPACES,)),
        ("taro@example。jp", "taro@example.jp", (WIDTH,)),
        ("taro@EXAMPLE.jp", "taro@example.jp", (CASE,)),
        ("mailto:taro@example.jp", "taro@example.jp", (LABEL,)),
        ("山田 太郎 <taro@example.jp>", "taro@example.jp", (LABEL,)),
        ("メール：taro@example.jp", "taro@example.jp", (WIDTH, LABEL)),
        ("taro@exampleー1.jp", "taro@example-1.jp", (DASH,)),
        ("taro@example.jp、", "taro@example.jp", (LABEL,)),
    ],
)
def test_what_a_keyboard_does_by_itself_is_corrected_and_said(
    written: str, expected: str, corrected: tuple[Correction, ...]
) -> None:
    """Full-width letters, unseen spaces and labels go, and HR is told of each."""
    assert read_address(written) == Usable(expected, corrected)


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        ("", Fault.EMPTY),
        ("　", Fault.EMPTY),
        ("taro", Fault.NO_AT),
        ("なし", Fault.NO_AT),
        ("a@x.jp, b@y.jp", Fault.TWO_AT),
        ("a@b@example.jp", Fault.TWO_AT),
        ("@example.jp", Fault.LOCAL),
        ("太郎@example.jp", Fault.LOCAL),
        ("a..b@example.jp", Fault.LOCAL),
        ("taro.@example.jp", Fault.LOCAL),
        ("a> AUTH=<x@y.jp", Fault.LOCAL),
        ("taro@", Fault.DOMAIN),
        ("taro@localhost", Fault.DOMAIN),
        ("taro@example", Fault.DOMAIN),
        ("taro@example..jp", Fault.DOMAIN),
        ("taro@exa_mple.jp", Fault.DOMAIN),
        ("taro@[192.0.2.1]", Fault.DOMAIN),
        (f"{'x' * 65}@example.jp", Fault.LONG),
        (f"taro@{'example.' * 32}jp", Fault.LONG),
    ],
)
def test_what_cannot_be_written_to_is_refused_with_its_reason(written: str, fault: Fault) -> None:
    """No guess is made: an address that is none goes back to whoever typed it."""
    found = read_address(written)

    assert isinstance(found, Unusable)
    assert found.fault is fault


def test_a_domain_in_kanji_is_written_as_the_network_knows_it() -> None:
    """日本語 domains are real; servers know them by another name."""
    assert read_address("taro@例え.jp") == Usable("taro@xn--r8jz45g.jp")


def test_two_spellings_of_one_address_are_one_person() -> None:
    """An import matches people whatever their capitals and quotes; other labels stay others."""
    assert same_address("Taro@example.JP", "taro@example.jp")
    assert same_address('"taro."@docomo.ne.jp', "taro.@docomo.ne.jp")
    assert not same_address("taro+1@example.jp", "taro@example.jp")
    assert address_key("Taro@Example.jp") == "taro@example.jp"


@given(st.text(max_size=80))
def test_reading_never_fails_and_what_it_lets_through_can_be_sent_to(written: str) -> None:
    """Whatever stands in a cell is either refused or an address that a mail can carry."""
    found = read_address(written)

    if isinstance(found, Usable):
        assert len(found.address) <= LIMIT
        address_field("To", Address(found.address))
        assert read_address(found.address).__class__ is Usable
        assert on_the_wire(found.address).isascii()


@given(
    st.from_regex(r"[a-z.\-_@\"<> 　＠ａ。\\]{0,40}@(docomo\.ne\.jp|example\.jp)", fullmatch=True)
)
def test_odd_addresses_are_sent_to_exactly_or_not_at_all(written: str) -> None:
    """Quotes, brackets and stray dots never make a mail go to a part of what was written."""
    found = read_address(written)

    if isinstance(found, Usable):
        field = address_field("To", Address(found.address))
        assert field == f"To: {on_the_wire(found.address)}"
