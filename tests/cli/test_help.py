"""What a newcomer reads first: pages of help, and what a slip of the keyboard is answered."""

import pytest

from tests.cli.desk import type_words
from worker.cli.parser import cells, two_columns, wrap
from worker.cli.verbs import GROUPS, names


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_first_page_names_every_verb(language: str) -> None:
    """`tsunagu --help` shows all there is, in the reader's language, no wider than a terminal."""
    page = type_words(["--help", "--language", language])
    page = type_words(["--language", language, "--help"])

    assert page.status == 0
    assert all(name in page.out for name in names())
    assert ("使い方" in page.out) == (language == "ja")
    assert max(map(cells, page.out.splitlines())) <= 80


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("name", names())
def test_every_verb_has_a_page(name: str, language: str) -> None:
    """Each verb tells what it does and takes, within 80 cells."""
    page = type_words([*name.split(), "--help", "--language", language])

    assert page.status == 0
    assert f"tsunagu {name}" in page.out
    assert max(map(cells, page.out.splitlines())) <= 80


def test_nothing_typed_is_a_wish_for_help() -> None:
    """`tsunagu` alone shows the first page."""
    assert "tsunagu" in type_words([]).out


def test_a_slip_is_answered_with_the_nearest_verb() -> None:
    """An unknown verb is a mistake of the operator, and the right one is named."""
    ja = type_words(["--language", "ja", "simlate"])
    en = type_words(["--language", "en", "simlate"])

    assert [ja.status, en.status] == [2, 2]
    assert "もしかして: tsunagu simulate" in ja.err
    assert "Did you mean: tsunagu simulate" in en.err


def test_half_a_verb_is_answered_with_its_other_half() -> None:
    """`tsunagu people` shows what can be done with people."""
    typed = type_words(["people", "--language", "en"])

    assert typed.status == 2
    assert "people import" in typed.out


@pytest.mark.parametrize(
    ("words", "ja", "en"),
    [
        (["rehearse", "x"], "足りないものがあります: --redirect-to", "Still needed: --redirect-to"),
        (["plan", "--dayz", "3"], "このコマンドにはない指定です: --dayz 3", "This command has no"),
        (["plan", "--days"], "--days の後に値が必要です", "--days needs a value after it"),
        (["plan", "--days", "x"], "--days に「x」は使えません", "--days cannot be 'x'"),
        (["schema", "x"], "「x」は使えません", "cannot be 'x'"),
        (["people", "show"], "足りないものがあります: PERSON", "Still needed: PERSON"),
        (["status", "--json=1"], "--json は値をとりません", "--json takes no value"),
    ],
)
def test_what_is_typed_wrong_is_said_in_the_readers_language(
    words: list[str], ja: str, en: str
) -> None:
    """A mistake in the command line names what is meant, and how it is typed."""
    japanese = type_words([*words, "--language", "ja"])
    english = type_words([*words, "--language", "en"])

    assert [japanese.status, english.status] == [2, 2]
    assert ja in japanese.err
    assert "使い方: tsunagu" in japanese.err
    assert en in english.err


def test_common_options_may_stand_before_the_verb() -> None:
    """`tsunagu --language en schema` and `tsunagu schema --language en` are the same."""
    before = type_words(["--language", "en", "schema", "settings"])
    after = type_words(["schema", "settings", "--language", "en"])

    assert before.out == after.out != ""


def test_the_version_is_told() -> None:
    """`tsunagu --version` names the release."""
    assert type_words(["--version"]).out.startswith("tsunagu ")


def test_a_kanji_is_two_cells_wide_where_lines_are_broken() -> None:
    """Japanese help stands straight in a terminal."""
    assert wrap("内定者に届くすべてのメール", 10) == ["内定者に届", "くすべての", "メール"]
    assert two_columns([("x", "内定者"), ("yy", "b")], 80) == "  x   内定者\n  yy  b"


def test_every_verb_stands_in_one_group() -> None:
    """No verb is told of twice."""
    assert len(set(names())) == len(names()) == sum(len(verbs) for _, _, verbs in GROUPS)
