"""What IMAP servers write differently means the same; what is no IMAP is left out."""

from datetime import UTC, date, datetime
from time import process_time

import pytest
from hypothesis import given as example_of
from hypothesis import strategies as st

from integrations.imap_answer import Part, given, status, uid_set, uids
from integrations.imap_cursor import begun, is_void
from integrations.imap_folders import Listed, Wanted, chosen
from worker.ports import Place

SHAPES: dict[str, list[Part]] = {
    "uid first": [(b"1 (UID 7 BODY[] {5}", b"hello"), b")"],
    "uid last": [(b"1 (BODY[] {5}", b"hello"), b" UID 7)"],
    "in quotes": [b'1 (UID 7 BODY[] "hello")'],
    "a part": [(b"1 (UID 7 BODY[]<0> {5}", b"hello"), b")"],
    "in small letters": [(b"1 (uid 7 body[] {5}", b"hello"), b")"],
    "two answers": [b"1 (UID 7 RFC822.SIZE 5)", (b"1 (UID 7 BODY[] {5}", b"hello"), b")"],
    "flags between": [b"2 (FLAGS (\\Seen))", (b"1 (UID 7 BODY[] {5}", b"hello"), b")"],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_a_body_is_found_however_it_is_written(shape: str) -> None:
    """Servers differ in order, quotes and letters; the mail is the same."""
    found = given(SHAPES[shape])

    assert [(uid, mail.body) for uid, mail in found.items()] == [(7, b"hello")]


def test_a_body_that_looks_like_an_answer_is_a_body() -> None:
    """Somebody writes `UID 9` into a mail: it stays the mail it is."""
    found = given([b'1 (BODY[] "UID 9 RFC822.SIZE 1" UID 7)'])

    assert [(uid, mail.body) for uid, mail in found.items()] == [(7, b"UID 9 RFC822.SIZE 1")]


def test_a_date_that_there_is_not_is_no_date() -> None:
    """The 31st of February is left out, the mail is not."""
    good, bad = b"10-Apr-2026 18:30:15 +0900", b"31-Feb-2026 00:00:00 +0000"
    parts: list[Part] = [
        b'1 (UID 1 INTERNALDATE "%s")' % good,
        b'2 (UID 2 INTERNALDATE "%s")' % bad,
    ]

    found = given(parts)

    assert found[1].received_at == datetime(2026, 4, 10, 9, 30, 15, tzinfo=UTC)
    assert found[2].received_at is None


@example_of(st.lists(st.one_of(st.binary(max_size=40), st.tuples(st.binary(), st.binary()))))
def test_no_answer_at_all_makes_the_readers_fall(parts: list[Part]) -> None:
    """They are total, but that a search must answer in numbers."""
    assert isinstance(given(parts), dict)
    status(parts)
    try:
        found = uids(parts, 1, 9)
    except ValueError:
        return
    assert found is None or all(1 <= uid <= 9 for uid in found)


@example_of(st.sets(st.integers(1, 60)))
def test_a_set_of_uids_means_exactly_these(wanted: set[int]) -> None:
    """Runs are written short; nothing is asked for that was not found."""
    text = uid_set(sorted(wanted))

    meant = [
        uid
        for part in text.split(",")
        if part
        for uid in range(int(part.split(":")[0]), int(part.split(":")[-1]) + 1)
    ]
    assert sorted(wanted) == meant


def test_a_hostile_answer_takes_no_longer_than_a_long_one() -> None:
    """A server that means ill can send nonsense, but not make us think for minutes about it."""
    began = process_time()
    for hostile in (b"1" * 100_000 + b"x", b"1 " * 100_000 + b"x"):
        with pytest.raises(ValueError, match="not one of numbers"):
            uids([hostile], 1, 9)
    given([(b"1 (X {0}", b""), *[(b" X {0}", b"")] * 60_000, b")"])
    given([b'1 (BODY[] "' + b'BODY[] \\"' * 50_000])

    assert process_time() - began < 2


def test_an_answer_without_numbers_is_none_and_an_empty_one_is_empty() -> None:
    """Who says nothing has not said that nothing is there."""
    assert uids([None], 1, 9) is None
    assert uids([b""], 1, 9) == []
    assert uids([b"3 (MODSEQ 99)"], 1, 9) == [3]


def test_a_cursor_holds_while_the_numbers_go_on() -> None:
    """The first mail of an empty folder does not make it a new one."""
    cursor = begun("INBOX", 7, 1, since=date(2026, 4, 1))

    assert not is_void(cursor, 7, 1)
    assert not is_void(cursor, 7, 2)
    assert is_void(cursor, 8, 2)


def test_folders_nobody_can_open_are_not_opened() -> None:
    """Neither what is only a shelf for others, nor a name that would break a command."""
    listed = [
        Listed(frozenset({rb"\noselect", rb"\junk"}), "/", b"Junk"),
        Listed(frozenset({rb"\junk"}), "/", b"Junk\r\nA1 DELETE INBOX"),
        Listed(frozenset(), "/", b"[Gmail]/&j,dg0TDhMPww6w-"),
        Listed(frozenset(), ".", b"INBOX.Spam"),
    ]

    folders = chosen(listed, Wanted())

    assert [(folder.place, folder.name) for folder in folders] == [
        (Place.INBOX, "INBOX"),
        (Place.JUNK, "[Gmail]/迷惑メール"),
        (Place.JUNK, "INBOX.Spam"),
    ]
