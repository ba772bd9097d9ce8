"""The command line's parser: help in the reader's language, laid out in terminal cells.

argparse understands; what it would say, it says in English words of its own and counts kanji as
one cell. So this module words it again. Nothing heavy is imported: every call of the command
passes here, `tsunagu --help` included.
"""

import argparse
import re
from unicodedata import east_asian_width

TYPE_CHECKING = False  # as typing's, without the price of importing it on every call
if TYPE_CHECKING:
    from typing import NoReturn

LANGUAGES = ("ja", "en")
_WIDTH = 80
_GAP = 2
_MARGIN = 2
_LEFT = 26  # the widest left column; a longer entry gets a line of its own


def cells(text: str) -> int:
    """Count the terminal cells of *text*: a kanji is two.

    >>> cells("人を送る"), cells("people")
    (8, 6)
    """
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def wrap(text: str, width: int) -> list[str]:
    """Break *text* at *width* cells: at spaces, and between any two kanji.

    >>> wrap("one two three", 8)
    ['one two', 'three']
    >>> wrap("内定者に届く", 8)
    ['内定者に', '届く']
    """
    lines: list[str] = []
    line = ""
    for piece in re.findall(r"[!-~]+|\s|[^ -~][、。）」』]*", text):
        if line and cells(line + piece.rstrip()) > width:
            lines.append(line.rstrip())
            line = ""
            if piece.isspace():
                continue
        line += piece
    return [*lines, line] if line else lines


def two_columns(rows: list[tuple[str, str]], width: int = _WIDTH) -> str:
    """Lay out names and what they mean, one below the other."""
    left = min(_LEFT, max((cells(name) for name, _ in rows), default=0))
    indent = " " * (_MARGIN + left + _GAP)
    lines: list[str] = []
    for name, meaning in rows:
        wrapped = wrap(meaning, width - len(indent)) or [""]
        if cells(name) > left:
            lines.append(" " * _MARGIN + name)
            lines.append(indent + wrapped[0])
        else:
            gap = " " * (left - cells(name) + _GAP)
            lines.append((" " * _MARGIN + name + gap + wrapped[0]).rstrip())
        lines.extend(indent + more for more in wrapped[1:])
    return "\n".join(lines)


class UsageError(Exception):
    """The command line cannot be read as it stands; `usage` says how it could be."""

    def __init__(self, sentence: str, usage: str) -> None:
        super().__init__(sentence)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """A parser that speaks Japanese or English and raises `UsageError` instead of leaving."""

    def __init__(self, prog: str, language: str, about: str) -> None:
        super().__init__(prog=prog, add_help=False, allow_abbrev=False)
        self.language = language
        self.about = about

    def pick(self, ja: str, en: str) -> str:
        """Choose the sentence of the reader's language."""
        return ja if self.language == "ja" else en

    def format_usage(self) -> str:
        """Say how the command is typed, in one line or more."""
        parts: list[str] = []
        for action in self._actions:
            word = _typed(action)
            if word and action.help != argparse.SUPPRESS:
                parts.append(word)
        lead = self.pick("使い方: ", "Usage: ") + self.prog
        lines = [lead]
        indent = " " * (cells(lead) + 1)
        for part in parts:
            if cells(lines[-1]) + 1 + cells(part) > _WIDTH:
                lines.append(indent + part)
            else:
                lines[-1] += " " + part
        return "\n".join(lines) + "\n"

    def format_help(self) -> str:
        """Lay out the whole page: usage, what it does, its arguments and options."""
        page = [self.format_usage(), "\n".join(wrap(self.about, _WIDTH)) + "\n"]
        shown = [a for a in self._actions if a.help != argparse.SUPPRESS]
        arguments = [_row(action) for action in shown if not action.option_strings]
        options = [_row(action) for action in shown if action.option_strings]
        if arguments:
            page.append(self.pick("引数:", "Arguments:") + "\n" + two_columns(arguments) + "\n")
        if options:
            page.append(self.pick("オプション:", "Options:") + "\n" + two_columns(options) + "\n")
        return "\n".join(page)

    def error(self, message: str) -> "NoReturn":
        """Raise the mistake in the reader's language."""
        raise UsageError(_reworded(message, self.language), self.format_usage().rstrip())


def _typed(action: argparse.Action) -> str:
    """Give an argument as it is typed: `[--days N]`, `PLAYBOOK`, `[PERSON …]`."""
    value = _value(action)
    if action.option_strings:
        word = f"{action.option_strings[-1]} {value}".rstrip()
        return word if action.required else f"[{word}]"
    return value


def _value(action: argparse.Action) -> str:
    """Name the value an argument takes; empty for a switch."""
    if action.nargs == 0:
        return ""
    name = str(action.metavar or "|".join(map(str, action.choices or ())) or action.dest.upper())
    match action.nargs:
        case "?":
            return f"[{name}]"
        case "*":
            return f"[{name} …]"
        case "+":
            return f"{name} [{name} …]"
        case _:
            return name


def _row(action: argparse.Action) -> tuple[str, str]:
    """Give an argument and what it means."""
    if not action.option_strings:
        return str(action.metavar or action.dest.upper()), action.help or ""
    value = _value(action)
    return f"{', '.join(action.option_strings)} {value}".rstrip(), action.help or ""


# What argparse says (its wording is the same from 3.11 to 3.14), and what we say.
_REWORDED: tuple[tuple[str, str, str], ...] = (
    (
        r"the following arguments are required: (?P<a>.*)",
        "足りないものがあります: {a}",
        "Still needed: {a}",
    ),
    (
        r"unrecognized arguments: (?P<a>.*)",
        "このコマンドにはない指定です: {a}",
        "This command has no {a}",
    ),
    (
        r"argument (?P<a>.*?): invalid choice: '?(?P<b>.*?)'? \(choose from (?P<c>.*)\)",
        "{a} に「{b}」は使えません。使えるのは {c} です",
        "{a} cannot be '{b}'. It can be one of {c}",
    ),
    (
        r"argument (?P<a>.*?): expected (?:one|at least one) argument",
        "{a} の後に値が必要です",
        "{a} needs a value after it",
    ),
    (
        r"argument (?P<a>.*?): expected (?P<b>\d+) arguments",
        "{a} の後に値が {b} 個必要です",
        "{a} needs {b} values after it",
    ),
    (
        r"argument (?P<a>.*?): ignored explicit argument '?(?P<b>.*?)'?",
        "{a} は値をとりません（「{b}」がついています）",
        "{a} takes no value, and '{b}' stands there",
    ),
    (
        r"argument (?P<a>.*?): not allowed with argument (?P<b>.*)",
        "{a} と {b} は一緒に使えません",
        "{a} and {b} do not go together",
    ),
    (
        r"one of the arguments (?P<a>.*) is required",
        "どれか一つが必要です: {a}",
        "One of these is needed: {a}",
    ),
    (
        r"argument (?P<a>.*?): invalid (?P<c>\w+) value: '?(?P<b>.*?)'?",
        "{a} に「{b}」は使えません",
        "{a} cannot be '{b}'",
    ),
    (r"argument (?P<a>.*?): (?P<b>.*)", "{a}: {b}", "{a}: {b}"),
)


def _reworded(message: str, language: str) -> str:
    """Say what argparse said, in the reader's language."""
    for pattern, ja, en in _REWORDED:
        found = re.fullmatch(pattern, message)
        if found is not None:
            return (ja if language == "ja" else en).format(**found.groupdict())
    return message
