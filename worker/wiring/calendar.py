"""What a business day is in this workspace: its zone, its holidays, its closed days."""

from collections.abc import Iterable
from datetime import date

from worker.domain.plan import Calendar
from worker.settings.model import Company

NO_HOLIDAYS = "none"
_BACK = 3  # years: people imported late have facts of years ago
_AHEAD = 10  # years: the law may change, and a plan is recomputed when it does


def calendar_of(company: Company, year: int) -> Calendar:
    """Give the calendar of *company*, with the holidays of the years around *year*."""
    years = range(year - _BACK, year + _AHEAD)
    return Calendar(company.timezone, holidays_of(company.holidays, years), company.closed)


def holidays_of(country: str, years: Iterable[int]) -> frozenset[date]:
    """Give the public holidays of a country, or of a region of it.

    Args:
        country: `JP`, `US`, `US-CA`, as the library `holidays` names them; or `none`.
        years: Which years.
    """
    if country.lower() == NO_HOLIDAYS:
        return frozenset()
    from holidays import country_holidays  # noqa: PLC0415 - slow, and not every verb needs it

    name, _, region = country.partition("-")
    return frozenset(country_holidays(name, subdiv=region or None, years=list(years)))
