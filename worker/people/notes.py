"""The mistakes of one table, each with its row and column."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from worker.people.columns import Column
from worker.people.sheets import letters
from worker.problems import Problem

MAX_PROBLEMS = 200


@dataclass(slots=True)
class Notes:
    """The mistakes found so far; after very many the rest is left out, of warnings apart."""

    shown: str
    mistakes: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def report(
        self,
        code: str,
        row: int,
        column: Column | None = None,
        values: Mapping[str, str] | None = None,
        *,
        expected: tuple[str, ...] = (),
        nearest: str = "",
        warning: bool = False,
    ) -> None:
        """Note a mistake in a cell, or in a row as a whole."""
        kept = self.warnings if warning else self.mistakes
        if len(kept) > MAX_PROBLEMS:
            return
        index = column.index + 1 if column else 0
        if len(kept) == MAX_PROBLEMS:
            kept.append(Problem(self.shown, row, index, "people.many", warning=warning))
            return
        said = {
            "cell": f"{letters(index)}{row}",
            "heading": column.heading if column else "",
            **(values or {}),
        }
        kept.append(
            Problem(
                self.shown,
                row,
                index,
                code,
                tuple(said.items()),
                expected,
                nearest,
                warning=warning,
            )
        )

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Give what was noted, by place."""
        return tuple(sorted((*self.mistakes, *self.warnings)))
