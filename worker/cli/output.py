"""What the command shows: pleasant on a terminal, plain in a pipe, complete as JSON.

rich is imported when the first line is written and not before. Colour and progress are for a
person who looks on; a pipe gets neither, and lines that are not cut at the width of a screen.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from shutil import get_terminal_size
from typing import IO

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from worker.cli.parser import wrap
from worker.cli.phrases import Phrases

_WIDE = 200  # cells of a pipe, where nobody said how wide it is
_LONG = 20  # things to do: fewer are done before a bar could be read


class Output:
    """Where a verb writes. `say` is the table of phrases, in the reader's language."""

    def __init__(
        self, phrases: Phrases, *, stdout: IO[str] | None = None, stderr: IO[str] | None = None
    ) -> None:
        self.say = phrases
        self._stdout = stdout if stdout is not None else sys.stdout
        self._stderr = stderr if stderr is not None else sys.stderr
        self.is_watched = self._stderr.isatty()
        self.is_terminal = self._stdout.isatty()
        width = get_terminal_size((80 if self.is_terminal else _WIDE, 24)).columns
        self._console = Console(
            file=self._stdout, width=width, highlight=False, markup=False, emoji=False
        )
        self._errors = Console(
            file=self._stderr, width=width, highlight=False, markup=False, emoji=False
        )

    @property
    def language(self) -> str:
        """Say which language is spoken."""
        return self.say.language

    @property
    def width(self) -> int:
        """Say how many cells a line has."""
        return self._console.width

    def json(self, value: object) -> None:
        """Write *value* for a machine, the same every time."""
        text = json.dumps(value, ensure_ascii=False, indent=2)
        print(text, file=self._stdout)

    def line(self, text: str = "", style: str = "") -> None:
        """Write a line; a terminal folds it at its width, a pipe gets it whole."""
        self.indented(text, 0, style)

    def indented(self, text: str, cells: int = 2, style: str = "") -> None:
        """Write a paragraph that stands in from the margin, on each of its lines."""
        for part in text.splitlines() or [""]:
            lines = wrap(part, self.width - cells) if self.is_terminal else [part]
            for line in lines or [""]:
                self._console.print(Text(" " * cells + line, style=style), soft_wrap=True)

    def tell(self, key: str, **values: object) -> None:
        """Write one of the phrases as a line; `style` is how it looks, and no value."""
        style = str(values.pop("style", ""))
        self.line(self.say(key, **values), style)

    def heading(self, text: str) -> None:
        """Write what the next lines are about."""
        self.line(text, "bold")

    def aside(self, text: str, style: str = "") -> None:
        """Write a line beside the output: to standard error."""
        self._errors.print(Text(text, style=style), soft_wrap=not self._stderr.isatty())

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str | Text]],
        *,
        right: Sequence[int] = (),
        whole: Sequence[int] = (),
        head: bool = True,
    ) -> None:
        """Write rows below each other; numbers stand at the *right*, *whole* columns never fold."""
        table = Table(
            box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold", show_header=head
        )
        for index, name in enumerate(columns):
            table.add_column(
                name,
                justify="right" if index in right else "left",
                no_wrap=index in whole,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*(Text(cell) if isinstance(cell, str) else cell for cell in row))
        if self.is_terminal:
            self._console.print(table)
            return
        with self._console.capture() as captured:
            self._console.print(table)
        for line in captured.get().splitlines():
            print(line.rstrip(), file=self._stdout)

    @contextmanager
    def progress(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show how far long work has come, if a person looks on; gives what takes the count."""
        if not self.is_watched or (total is not None and total < _LONG):
            yield _unseen
            return
        columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed:,}"))
        with Progress(
            *columns, TimeRemainingColumn(), console=self._errors, transient=True
        ) as progress:
            task = progress.add_task(label, total=total)

            def advance(done: int) -> None:
                progress.update(task, completed=done)

            yield advance

    def confirm(self, question: str) -> bool | None:
        """Ask somebody; None if nobody is there who could answer."""
        if not (sys.stdin.isatty() and self.is_terminal):
            return None
        self._console.print(Text(f"{question} [y/N] "), end="")
        return sys.stdin.readline().strip().lower() in {"y", "yes", "はい", "ｙ"}


def _unseen(_done: int) -> None:
    """Take a count that nobody looks at."""
