"""The JSON Schema: editors complete from it, and it agrees with `check`."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from tests.playbook.desk import slip_of
from tests.playbook.rewrite_mistakes import MISTAKES
from tests.playbook.test_compile import KINDS
from worker.playbook import schema
from worker.playbook.json_schema import json_schema
from worker.playbook.source import Node, Series, Table, Text, read

SHIPPED = sorted((Path(__file__).parents[2] / "playbooks").rglob("playbook*.yaml"))
# Mistakes that an editor marks by itself; the others need the names of the whole playbook.
MARKED = frozenset(
    {
        *(
            "choice",
            "empty",
            "id-form",
            "ladder-empty-rung",
            "meeting-mail",
            "no-kind",
            "no-moment",
            "no-id",
            "not-a-list",
        ),
        *(
            "not-a-table",
            "number",
            "season",
            "several-at-once",
            "survey",
            "survey-press",
            "text-alone",
            "then",
        ),
        *("two-kinds", "two-moments", "update", "word", "word-elsewhere", "word-missing"),
        *("word-outside", "word-unknown", "yes-or-no", "meeting", "budget", "empty-value"),
        *("expect", "expect-or", "zone-and-country", "cadence-without-start", "clock"),
        *(
            "clock-in-japanese",
            "clock-without-at",
            "unit",
            "unit-in-japanese",
            "turned-round",
            "deadline-cadence",
        ),
        *("date-with-slashes", "if-constant"),
    }
)


def as_editors_read(node: Node) -> object:
    """Give what an editor's YAML 1.2 reader makes of a node."""
    match node:
        case Table():
            return {key.text: as_editors_read(value) for key, value in node.entries}
        case Series():
            return [as_editors_read(item) for item in node.items]
        case Text() if not node.plain:
            return node.text
        case Text():
            return _scalar(node.text)


def _scalar(text: str) -> object:
    words: dict[str, object] = {"true": True, "false": False, "null": None, "~": None, "": None}
    if text in words:
        return words[text]
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else text


def _errors(content: bytes, language: str = "ja") -> list[str]:
    _, root = read("p", content)
    if root is None:
        return []
    validator = Draft202012Validator(json_schema(language))
    return [error.message for error in validator.iter_errors(as_editors_read(root))]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_schema_is_a_schema(language: str) -> None:
    """It is right by the rules of its own draft, and plain JSON."""
    published = json_schema(language)

    Draft202012Validator.check_schema(published)
    assert json.loads(json.dumps(published)) == published


def test_every_kind_of_step_fits() -> None:
    """What the language can say, an editor accepts."""
    assert _errors(KINDS.encode()) == []


@pytest.mark.parametrize("playbook", SHIPPED, ids=lambda path: path.parent.name)
def test_every_shipped_playbook_fits(playbook: Path) -> None:
    """The playbooks that come with Tsunagu are without a mark in an editor."""
    assert _errors(playbook.read_bytes()) == []


@pytest.mark.parametrize("broken", sorted(MISTAKES.glob("*.yaml")), ids=lambda path: path.stem)
def test_an_editor_marks_what_it_can_know(broken: Path) -> None:
    """Unknown words, missing ones and wrong values are marked while typing."""
    assert bool(_errors(broken.read_bytes())) is (broken.stem in MARKED)


def test_every_word_is_described_in_both_languages() -> None:
    """Hovering over a word of a playbook tells what it is for."""
    for language, wanted in (("ja", "文面の名前"), ("en", "name of the text")):
        told = list(_descriptions(json_schema(language)))

        assert all(told)
        assert any(text.startswith(wanted) for text in told)


WORDS = st.sampled_from(
    [
        *(
            "offer",
            "first-1on1.held",
            "内定",
            "＋",
            "-",
            "2",
            "２",
            "2..3",
            "business days",
            "weeks",
        ),
        *("at", "10:00", "９：３０", "every", "from", "until", "in year of", "08-20", "2026-08-20"),
    ]
)


@given(st.lists(WORDS, min_size=1, max_size=9).map(" ".join))
def test_an_editor_never_marks_what_check_accepts(text: str) -> None:
    """Whatever the readers take for a moment or a cadence, the schema takes too."""
    for shape in (schema.WHEN, schema.CADENCE, schema.MOMENT):
        if slip_of(shape.reader, text) is None:
            assert re.search(shape.pattern, text)


def _descriptions(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        properties = part.get("properties")
        if isinstance(properties, dict):
            yield from (one.get("description", "") for one in properties.values())
        for value in part.values():
            yield from _descriptions(value)
    elif isinstance(part, list):
        for value in part:
            yield from _descriptions(value)
