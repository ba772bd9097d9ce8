"""Public holidays of a country, from the library `holidays`, for the years a plan can reach.

Japan's lie beside this file in a plain form, because the library takes longer to load than
everything else that `check` does; a test holds the two together. No network, and no clock: the
years are fixed.
"""

from datetime import date
from functools import cache
from pathlib import Path

FIRST_YEAR = 2015
LAST_YEAR = 2050
NONE = "none"
_STORED = frozenset({"JP"})
_PLAIN = Path(__file__).with_name("holidays")
_NO = frozenset({"", NONE, "no", "false", "off"})  # `no` is an answer here; Norway is `NO`


@cache
def holidays_of(country: str) -> frozenset[date]:
    """Give the holidays of `JP`, `US`, or a part of a country (`US-CA`); none for `none`."""
    if country in _NO:
        return frozenset()
    stored = _PLAIN / f"{country}.txt"
    if country in _STORED and stored.is_file():
        return frozenset(
            date.fromisoformat(f"{line[:4]}-{day}")
            for line in stored.read_text(encoding="utf-8").splitlines()
            if line[:1].isdigit()
            for day in line[4:].split()
        )
    return from_library(country)


def from_library(country: str) -> frozenset[date]:
    """Give the holidays as the library has them."""
    from holidays import country_holidays  # noqa: PLC0415 - slow, and Japan does not need it

    name, _, part = country.partition("-")
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return frozenset(country_holidays(name, subdiv=part or None, years=years))


def is_known(country: str) -> bool:
    """Say whether the holidays of *country* are known."""
    if country in _NO or country in _STORED:
        return True
    name, _, part = country.partition("-")
    parts = _supported().get(name)
    return parts is not None and (not part or part in parts)


def plain_form(country: str) -> str:
    """Write a country's holidays as they are kept beside this file: a line for each year."""
    days = sorted(from_library(country))
    lines = [f"# Public holidays of {country}, from the library `holidays`."]
    for year in range(FIRST_YEAR, LAST_YEAR + 1):
        found = " ".join(f"{day:%m-%d}" for day in days if day.year == year)
        lines.append(f"{year} {found}")
    return "\n".join(lines) + "\n"


@cache
def _supported() -> dict[str, frozenset[str]]:
    from holidays import list_supported_countries  # noqa: PLC0415 - slow

    return {name: frozenset(parts) for name, parts in list_supported_countries().items()}
