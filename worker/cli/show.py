"""How people, steps and intents are named wherever the command shows them."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from getpass import getuser
from zoneinfo import ZoneInfo

from worker.cli.mistakes import Wrong
from worker.cli.phrases import Phrases
from worker.domain.facts import Person
from worker.domain.reasons import Reason
from worker.engine.journal.as_text import reasons_in
from worker.engine.journal.desk import Wish
from worker.people.records import PersonRecord
from worker.settings.model import Settings


def person_label(person: PersonRecord | Person) -> str:
    """Name somebody with their id, as every list does."""
    return f"{person.name} ({person.id})" if person.name != person.id else str(person.id)


def zone_of(person: PersonRecord | Person, company: tzinfo) -> tzinfo:
    """Give the zone in which somebody's times are told: their own, else the company's."""
    return ZoneInfo(person.timezone) if person.timezone else company


def wish_label(say: Phrases, wish: Wish) -> str:
    """Name an intent: its step and what it is."""
    return f"{say.step(wish.step, wish.occurrence, wish.rung)} ({say('kind.' + wish.kind)})"


def who_types() -> str:
    """Give the name of who types, as this machine knows them: kept beside what they decide."""
    try:
        return getuser()
    except (KeyError, OSError):
        return ""


def at_least(name: str, value: int, least: int) -> None:
    """Refuse a number that is too small to mean anything."""
    if value < least:
        raise Wrong("number.small", name=name, value=value, least=least)


def words_of_staff(settings: Settings) -> Phrases:
    """Give the words of what is written to staff: in their language, by the company's clock."""
    company = settings.company
    return Phrases(company.language, ZoneInfo(company.timezone))


def outcome_told(say: Phrases, outcome: str, zone: tzinfo | None = None) -> str:
    """Say what an outcome holds: reasons as sentences, and somebody's own words as they are."""
    return say.reasons(reasons_in(outcome), zone) or outcome


def json_instant(at: datetime | None, zone: tzinfo) -> str | None:
    """Write an instant for a machine, in the zone a reader would expect, with its offset."""
    return None if at is None else at.astimezone(zone).isoformat()


def json_reasons(say: Phrases, reasons: Iterable[Reason], zone: tzinfo) -> list[dict[str, object]]:
    """Write reasons for a machine: the code, its values and the sentence."""
    return [
        {
            "because": reason.because.value,
            **dict(reason.values),
            "sentence": say.reason(reason, zone),
        }
        for reason in reasons
    ]
