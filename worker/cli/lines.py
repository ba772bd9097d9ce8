"""One thing that `tsunagu doctor` looked at, and how it was found."""

from dataclasses import dataclass

FINE, WARNING, BROKEN = "fine", "warning", "broken"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: `do` says what to type about it."""

    about: str
    how: str  # fine, warning, broken
    sentence: str
    do: str = ""
