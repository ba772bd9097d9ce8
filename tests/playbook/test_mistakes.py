"""Broken playbooks, each beside the very page its author sees, in Japanese and in English."""

import re
from pathlib import Path

import pytest

from tests.golden.files import Golden
from tests.playbook.desk import WORKSPACE, bundle_of
from tests.playbook.rewrite_mistakes import LANGUAGES, MISTAKES, page_of
from worker.playbook.compile import compile_playbook
from worker.problems import WORDS, cells

BROKEN = sorted(MISTAKES.glob("*.yaml"))
_WORKER = Path(__file__).parents[2] / "worker"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("broken", BROKEN, ids=lambda path: path.stem)
def test_an_author_sees_this_page(broken: Path, language: str, golden: Golden) -> None:
    """A broken playbook is answered by exactly the page that lies beside it."""
    page = page_of(broken, language)
    expected = broken.with_suffix(f".{language}.expected")

    agrees = golden.agrees(f"../playbook/mistakes/{expected.name}", page.encode())

    assert expected.read_text(encoding="utf-8") == page
    assert agrees


def test_there_are_many_different_mistakes() -> None:
    """More than sixty kinds of mistakes are told, each by a sentence of its own."""
    told = {
        problem.code
        for broken in BROKEN
        for problem in compile_playbook(bundle_of(broken.read_bytes()), WORKSPACE).problems
    }

    assert len(told) > 60


def test_every_problem_stands_at_a_place_one_can_see() -> None:
    """Caret, line and column lie within the line that is shown."""
    for broken in BROKEN:
        for problem in compile_playbook(bundle_of(broken.read_bytes()), WORKSPACE).problems:
            if problem.line and problem.source:
                assert 1 <= problem.column <= cells(problem.source) + 1, broken.name
                assert problem.width >= 1


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_ends_with_something_to_do(language: str) -> None:
    """The last line of a problem is a word to type or a thing to do, never the caret alone."""
    for broken in BROKEN:
        for part in page_of(broken, language).strip().split("\n\n"):
            last = part.splitlines()[-1]
            assert not re.fullmatch(r"[ ^]+", last), broken.name
            assert not last.startswith(("expected", "書けるもの")), broken.name


def test_no_sentence_blames_or_shouts() -> None:
    """Messages say what is wrong without an exclamation mark and without 'invalid' or 'error'."""
    for code, words in WORDS.items():
        for text in (words.ja, words.en, words.ja_do, words.en_do):
            assert not re.search(r"(?<=[^「'])[!！](?!=)|\binvalid\b|\berror\b|不正|無効", text), (
                code
            )


def test_every_code_has_its_words_and_every_word_its_code() -> None:
    """Each code that the language names has sentences in both languages, and none is left over."""
    sources = [path for path in _WORKER.rglob("*.py") if path.name != "problems.py"]
    written = "\n".join(path.read_text(encoding="utf-8") for path in sources)
    language = (path.read_text(encoding="utf-8") for path in (_WORKER / "playbook").glob("*.py"))
    ours = "yaml|shape|word|time|if|fact|step|expect|ladder"

    named = set(re.findall(rf'"((?:{ours})\.[a-z_]+)"', "\n".join(language)))

    assert named - set(WORDS) == set()
    for code, words in WORDS.items():
        begins = [code[: at + 1] + "{" for at, sign in enumerate(code) if sign == "_"]
        said = any(f'"{text}' in written for text in (f'{code}"', *begins))
        assert said, f"nobody says {code}"
        assert words.ja, code
        assert words.en, code
