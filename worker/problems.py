"""One mistake of an author: its place, what was found, what was expected, the nearest word.

A `Problem` holds a code and values, not a sentence. The sentences stand in `WORDS`, Japanese and
English beside each other; a test checks that every code has both.
"""

from dataclasses import dataclass


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
