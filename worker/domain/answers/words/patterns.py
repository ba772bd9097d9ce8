"""How lists of words become patterns."""

import re


def any_of(*phrases: str) -> re.Pattern[str]:
    """Give a pattern that finds any of *phrases*, which are regular expressions themselves."""
    return re.compile("|".join(phrases))


def starts_with(*phrases: str, after: str = "") -> re.Pattern[str]:
    """Give a pattern for texts that begin with one of *phrases*, *after* a lead-in."""
    return re.compile(f"{after}(?:{'|'.join(phrases)})")
