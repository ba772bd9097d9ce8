"""What a business day is in this workspace: its zone, its holidays, its closed days."""

from worker.domain.plan import Calendar
from worker.playbook.almanac import holidays_of
from worker.settings.model import Company


def calendar_of(company: Company) -> Calendar:
    """Give the calendar of *company*."""
    return Calendar(company.timezone, holidays_of(company.holidays), company.closed)
