"""How a mistake is told: place, line, caret in terminal cells, the nearest word."""

import pytest

from worker.problems import Mistakes, Problem, as_json, cells, nearest, render, render_all

UNIT = Problem(
    "playbooks/haru.yaml",
    18,
    21,
    "time.unit",
    (("found", "busines days"),),
    ("days", "business days"),
    "business days",
    "    when: offer + 2 busines days",
    12,
)


def test_a_mistake_is_told_with_line_caret_and_nearest_word() -> None:
    """The page shows the place, the line as written, the caret, what fits and what was meant."""
    expected = (
        "playbooks/haru.yaml:18:21: 'busines days' is not known here\n"
        "   18 |     when: offer + 2 busines days\n"
        "                            ^^^^^^^^^^^^\n"
        "expected one of: days, business days\n"
        "did you mean 'business days'?"
    )

    assert render(UNIT, "en") == expected


def test_the_caret_counts_a_kanji_as_two_cells() -> None:
    """Under Japanese text the caret stands below the very character."""
    line = "    task: 電話で様子ｘを聞く"
    problem = Problem("p", 3, 21, "yaml.tab", source=line, width=cells("ｘ"))

    shown, caret = render(problem, "ja").splitlines()[1:3]

    before = shown[: shown.index("ｘ")]
    assert cells(before) == len(caret) - len(caret.lstrip())
    assert caret.strip() == "^^"


def test_a_very_long_line_is_cut_around_the_caret() -> None:
    """A line of many thousand characters shows the part that is meant."""
    line = "長" * 5000 + "X" + "い" * 5000
    problem = Problem("p", 1, 10001, "yaml.tab", source=line)

    shown, caret = render(problem, "en").splitlines()[1:3]

    assert cells(shown) < 120
    assert shown[len("    1 | ") :].startswith("…")
    before = shown[: shown.index("X")]
    assert cells(before) == caret.index("^")


def test_all_problems_come_in_the_order_of_their_places() -> None:
    """The page goes through the file from top to bottom, whatever was found first."""
    first = Problem("a", 2, 1, "yaml.tab")
    second = Problem("a", 10, 1, "yaml.merge")

    page = render_all([second, first], "en")

    assert page.index("a:2:1") < page.index("a:10:1")
    assert str(Mistakes([second, first])) == page


def test_a_problem_of_a_whole_file_names_the_file_alone() -> None:
    """Where no line is meant, no line is shown."""
    expected = "playbooks/x/playbook.yaml: this file does not exist"

    assert render(Problem("playbooks/x/playbook.yaml", 0, 0, "file.missing"), "en").startswith(
        expected
    )


def test_a_machine_gets_code_place_and_sentence() -> None:
    """`check --json` gives stable keys, with the sentence in the language asked for."""
    told = as_json(UNIT, "ja")

    assert told["code"] == "time.unit"
    assert (told["line"], told["column"], told["width"]) == (18, 21, 12)
    assert told["severity"] == "error"
    assert told["message"] == "「busines days」という単位はありません"
    assert told["nearest"] == "business days"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("wehn", "when"),
        ("no-later-than", "no_later_than"),
        ("ｗｈｅｎ", "when"),
        ("WHEN", "when"),
        ("temp", "template"),
        ("xyz", ""),
        ("", ""),
        ("if", ""),
    ],
)
def test_the_nearest_word_is_the_one_a_slip_away(written: str, meant: str) -> None:
    """Two letters changed, full-width letters, another joint, the beginning: all are recognised."""
    assert nearest(written, ["when", "no_later_than", "template", "steps"]) == meant


def test_cells_are_counted_as_terminals_count_them() -> None:
    """A kanji takes two cells, a half-width kana one, a combining mark none."""
    assert [cells(text) for text in ("abc", "内定", "ｶﾅ", "か\u3099", "①")] == [3, 4, 2, 2, 1]
