"""One thing that `tsunagu doctor` looked at, and how it was found."""

from dataclasses import dataclass

from worker.domain.errors import SettingsError

FINE, WARNING, BROKEN = "fine", "warning", "broken"


@dataclass(frozen=True, slots=True)
class Line:
    """One thing that was looked at: `do` says what to type about it."""

    about: str
    how: str  # fine, warning, broken
    sentence: str
    do: str = ""


def line_of(about: str, error: SettingsError, language: str) -> Line:
    """Give the line of settings that cannot be used; the error says it in two languages."""
    japanese, english, do = str(error).splitlines()
    return Line(about, BROKEN, japanese if language == "ja" else english, do)
