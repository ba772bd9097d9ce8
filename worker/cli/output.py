"""What the command shows: pleasant on a terminal, plain in a pipe, complete as JSON.

Colour, folding and progress are for a person who looks on, and only then is rich imported. A pipe
gets plain lines that are not cut at the width of a screen, a row of a table in one line each.
"""

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import cached_property
from shutil import get_terminal_size
from typing import IO, TYPE_CHECKING

from worker.cli.parser import cells, wrap
from worker.cli.phrases import Phrases

if TYPE_CHECKING:
    from rich.console import Console

_WIDE = 100  # cells of a rule in a pipe
_LONG = 20  # things to do: fewer are done before a bar could be read
_GAP = 2
_NARROWEST = 8  # cells that a column needs to be read


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
        self.width = get_terminal_size((80 if self.is_terminal else _WIDE, 24)).columns

    @property
    def language(self) -> str:
        """Say which language is spoken."""
        return self.say.language

    def json(self, value: object) -> None:
        """Write *value* for a machine, the same every time; escaped where a sign may be lacking."""
        spoken = getattr(self._stdout, "encoding", None) or "utf-8"
        is_escaped = not spoken.lower().replace("_", "-").startswith("utf-8")
        print(json.dumps(value, ensure_ascii=is_escaped, indent=2), file=self._stdout)

    def flush(self) -> None:
        """Let whoever reads have what was written."""
        self._stdout.flush()

    def line(self, text: str = "", style: str = "") -> None:
        """Write a line; a terminal folds it at its width, a pipe gets it whole."""
        self.indented(text, 0, style)

    def indented(self, text: str, margin: int = 2, style: str = "") -> None:
        """Write a paragraph that stands in from the margin, on each of its lines."""
        for part in text.splitlines() or [""]:
            lines = wrap(part, self.width - margin) if self.is_terminal else [part]
            for line in lines or [""]:
                self._write(f"{' ' * margin}{line}" if line else "", style)

    def tell(self, key: str, **values: object) -> None:
        """Write one of the phrases as a line; `style` is how it looks, and no value."""
        style = str(values.pop("style", ""))
        self.line(self.say(key, **values), style)

    def mention(self, key: str, **values: object) -> None:
        """As `tell`, beside work that goes on where the disk is full or nobody reads."""
        with suppress(OSError):
            self.tell(key, **values)

    def heading(self, text: str) -> None:
        """Write what the next lines are about."""
        self.line(text, "bold")

    def aside(self, text: str, style: str = "") -> None:
        """Write a line beside the output: to standard error."""
        if style and self.is_watched:
            self._errors.print(text, style=style, soft_wrap=True)
        else:
            print(text, file=self._stderr)

    def table(
        self,
        columns: Sequence[str],
        rows: Iterable[Sequence[str]],
        *,
        right: Sequence[int] = (),
        whole: Sequence[int] = (),
        head: bool = True,
    ) -> None:
        """Write rows below each other; numbers stand at the *right*, *whole* columns do not fold.

        The widest of these fold all the same where they would leave the others no room.
        """
        rows = list(rows)
        if not self.is_terminal:
            self._plain_table([columns, *rows] if head else rows, right)
            return
        unfolded = self._unfolded([columns, *rows], whole)
        from rich.table import Table  # noqa: PLC0415 - only a terminal asks for it
        from rich.text import Text  # noqa: PLC0415 - as above

        table = Table(
            box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="bold", show_header=head
        )
        for index, name in enumerate(columns):
            table.add_column(
                name,
                justify="right" if index in right else "left",
                no_wrap=index in unfolded,
                overflow="fold",
            )
        for row in rows:
            table.add_row(*map(Text, row))
        self._console.print(table)

    def _unfolded(self, rows: Sequence[Sequence[str]], whole: Sequence[int]) -> set[int]:
        """Give the columns of *whole* for which a screen has room beside all others."""
        widths = {index: max(cells(row[index]) for row in rows) for index in whole}
        kept = set(whole)
        count = len(rows[0])
        while kept:
            taken = sum(widths[index] for index in kept) + _NARROWEST * (count - len(kept))
            if taken + _GAP * count <= self.width:
                break
            kept.remove(max(kept, key=lambda index: widths[index]))
        return kept

    @contextmanager
    def progress(self, label: str, total: int | None) -> Iterator[Callable[[int], None]]:
        """Show how far long work has come, if a person looks on; gives what takes the count."""
        if not self.is_watched or (total is not None and total < _LONG):
            yield _unseen
            return
        from rich.progress import (  # noqa: PLC0415 - only who looks on pays for it
            BarColumn,
            Progress,
            TextColumn,
            TimeRemainingColumn,
        )

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
        print(f"{question} [y/N] ", end="", file=self._stdout, flush=True)
        return sys.stdin.readline().strip().lower() in {"y", "yes", "はい", "ｙ"}

    def ask(self, question: str) -> str:
        """Ask somebody for a line of text; it is read from whatever stands where they type."""
        print(f"{question} ", end="", file=self._stdout, flush=True)
        return sys.stdin.readline().strip()

    def _write(self, line: str, style: str) -> None:
        if style and self.is_terminal:
            self._console.print(line, style=style, soft_wrap=True)
        else:
            print(line, file=self._stdout)

    def _plain_table(self, rows: Sequence[Sequence[str]], right: Sequence[int]) -> None:
        """Write a table as a pipe wants it: a row a line, columns below each other."""
        flat = [[" ".join(cell.split("\n")) for cell in row] for row in rows]
        widths = [max(map(cells, column)) for column in zip(*flat, strict=True)]
        for row in flat:
            line = ""
            for index, (cell, width) in enumerate(zip(row, widths, strict=True)):
                gap = " " * (width - cells(cell))
                line += (gap + cell if index in right else cell + gap) + " " * _GAP
            print(line.rstrip(), file=self._stdout)

    @cached_property
    def _console(self) -> "Console":
        return _console(self._stdout, self.width)

    @cached_property
    def _errors(self) -> "Console":
        return _console(self._stderr, self.width)


def _console(file: IO[str], width: int) -> "Console":
    """Open a terminal; what is written is text, and no markup is read in it."""
    from rich.console import Console  # noqa: PLC0415 - only a terminal asks for it

    return Console(file=file, width=width, highlight=False, markup=False, emoji=False)


def _unseen(_done: int) -> None:
    """Take a count that nobody looks at."""
