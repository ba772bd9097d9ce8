"""One mistake of an author: its place, what was found, what was expected, the nearest word.

A `Problem` holds a code and values, not a sentence. The sentences stand in `WORDS`, Japanese and
English beside each other; a test checks that every code has both. This file is long because that
table is: a new mistake is one entry here and one broken file among the tests.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from worker.domain.errors import AuthorError

_SHOWN = 96  # cells of a line that are shown; longer lines are cut around the caret
_NAMED = 14  # expected words that are named before the rest is left out


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake in one file. Sorts by place."""

    path: str
    line: int  # 1-based; 0: the file as a whole
    column: int  # 1-based, in terminal cells (a kanji is two)
    code: str  # a key of WORDS
    values: tuple[tuple[str, str], ...] = ()  # what the sentence needs
    expected: tuple[str, ...] = ()  # the words that could stand there
    nearest: str = ""  # the one that was probably meant
    source: str = ""  # the whole line as written
    width: int = 1  # of the caret, in terminal cells
    warning: bool = False  # does not stop anything unless the settings say so


class Mistakes(AuthorError):  # noqa: N818 - the author's word for them
    """What somebody wrote cannot be used: every problem of it, at once."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        super().__init__("")
        self.problems: tuple[Problem, ...] = tuple(sorted(problems))

    def __str__(self) -> str:
        return render_all(self.problems, "en")


@dataclass(frozen=True, slots=True)
class Words:
    """The sentences of one code: what is wrong, and what to do where no word is near."""

    ja: str
    en: str
    ja_do: str = ""
    en_do: str = ""


def render_all(problems: Iterable[Problem], language: str) -> str:
    """Write the whole page: every problem in the order of its place, a blank line between."""
    return "\n\n".join(render(problem, language) for problem in sorted(problems))


def render(problem: Problem, language: str) -> str:
    """Write one problem as its author reads it; *language* is `ja` or `en`.

    The place, the line with a caret, what was expected; the last line is something to type or do.
    """
    japanese = language == "ja"
    page = [f"{place(problem)}: {_kind(problem, japanese=japanese)}{sentence(problem, language)}"]
    if problem.source:
        page += _pointed(problem)
    if problem.expected:
        page.append(_expectation(problem.expected, japanese=japanese))
    if problem.nearest:
        page.append(
            f"「{problem.nearest}」ではありませんか。"
            if japanese
            else f"did you mean '{problem.nearest}'?"
        )
    else:
        page += [line for line in [advice(problem, language)] if line]
    return "\n".join(page)


def as_json(problem: Problem, language: str) -> dict[str, object]:
    """Give the problem for a machine: stable keys, the sentences beside the code."""
    return {
        "path": problem.path,
        "line": problem.line,
        "column": problem.column,
        "width": problem.width,
        "severity": "warning" if problem.warning else "error",
        "code": problem.code,
        "message": sentence(problem, language),
        "advice": advice(problem, language),
        "expected": list(problem.expected),
        "nearest": problem.nearest,
        "values": dict(problem.values),
    }


def place(problem: Problem) -> str:
    """Write `path:line:column`, or the path alone where the whole file is meant."""
    if not problem.line:
        return problem.path
    return f"{problem.path}:{problem.line}:{problem.column}"


def sentence(problem: Problem, language: str) -> str:
    """Say what is wrong, in one sentence."""
    words = WORDS[problem.code]
    return (words.ja if language == "ja" else words.en).format_map(dict(problem.values))


def advice(problem: Problem, language: str) -> str:
    """Say what to do about it; empty where the expected words say it all."""
    words = WORDS[problem.code]
    return (words.ja_do if language == "ja" else words.en_do).format_map(dict(problem.values))


def cells(text: str) -> int:
    """Count terminal cells: a kanji or a full-width letter takes two, a combining mark none."""
    if text.isascii():
        return len(text)
    return sum(_cells_of(character) for character in text)


def nearest(word: str, choices: Iterable[str]) -> str:
    """Give the choice that *word* was probably meant to be, or nothing.

    >>> nearest("busines days", ["days", "business days"])
    'business days'
    >>> nearest("ｍａｉｌ", ["mail", "meeting"])
    'mail'
    >>> nearest("xyz", ["mail", "meeting"])
    ''
    """
    written = _folded(word)
    best, least = "", 0
    for choice in choices:
        known = _folded(choice)
        allowed = max(1, min(len(written), len(known)) // 3)
        if abs(len(written) - len(known)) > allowed or not written:
            continue
        slips = _slips(written, known)
        if slips <= allowed and slips < len(known) and (not best or slips < least):
            best, least = choice, slips
    return best


def _kind(problem: Problem, *, japanese: bool) -> str:
    if not problem.warning:
        return ""
    return "注意: " if japanese else "warning: "


def _expectation(expected: Sequence[str], *, japanese: bool) -> str:
    named = ", ".join(expected[:_NAMED])
    left = len(expected) - _NAMED
    if japanese:
        return f"書けるもの: {named}" + (f" ほか{left}個" if left > 0 else "")
    lead = "expected: " if len(expected) == 1 else "expected one of: "
    return lead + named + (f" and {left} more" if left > 0 else "")


def _pointed(problem: Problem) -> list[str]:
    """Give the line as written and the caret beneath it, cut where the line is very long."""
    shown = "".join("⇥" if c == "\t" else c if c.isprintable() or c == "　" else "·"
                    for c in problem.source)  # fmt: skip
    before = problem.column - 1
    lead = ""
    if cells(shown) > _SHOWN and before > _SHOWN // 2:
        skipped = 0
        while shown and before - skipped > _SHOWN // 2:
            skipped += _cells_of(shown[0])
            shown = shown[1:]
        before, lead = before - skipped + 1, "…"
    kept, used = [], cells(lead)
    for character in shown:
        used += _cells_of(character)
        if used > _SHOWN:
            kept.append("…")
            break
        kept.append(character)
    width = max(1, min(problem.width, _SHOWN - before))
    gutter = f"{problem.line:>5} | "
    return [
        (gutter + lead + "".join(kept)).rstrip(),
        " " * (len(gutter) + before) + "^" * width,
    ]


def _cells_of(character: str) -> int:
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _folded(word: str) -> str:
    """Forget what people slip on: width, case, and which of space, `-` and `_` joins words."""
    return unicodedata.normalize("NFKC", word).casefold().replace("_", " ").replace("-", " ")


def _slips(written: str, known: str) -> int:
    """Count typing slips: a letter too many, too few, wrong, or two changed places."""
    before: list[int] = []
    row = list(range(len(known) + 1))
    for i, a in enumerate(written, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(known, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == known[j - 2] and written[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
    return row[-1]


WORDS: dict[str, Words] = {
    # --- the file as a file
    "file.missing": Words(
        ja="ファイルがありません",
        en="this file does not exist",
        ja_do="フォルダーの名前とファイルの名前を確かめてください",
        en_do="check the name of the folder and of the file",
    ),
}
