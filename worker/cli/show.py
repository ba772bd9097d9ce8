"""How people, steps and intents are named wherever the command shows them."""

from collections.abc import Iterable
from datetime import datetime, tzinfo
from getpass import getuser
from zoneinfo import ZoneInfo

from worker.cli.mistakes import Wrong
from worker.cli.phrases import Phrases
from worker.domain.facts import Person
from worker.domain.reasons import Reason
from worker.engine.journal.desk import Wish
from worker.people.records import PersonRecord

_OF_A_RUNG = 3  # parts of `welcome.rung1.sent`


def person_label(person: PersonRecord | Person) -> str:
    """Name somebody with their id, as every list does."""
    return f"{person.name} ({person.id})" if person.name != person.id else str(person.id)


def zone_of(person: PersonRecord | Person, company: tzinfo) -> tzinfo:
    """Give the zone in which somebody's times are told: their own, else the company's."""
    return ZoneInfo(person.timezone) if person.timezone else company


def step_label(say: Phrases, step: str, occurrence: int = 0, rung: int = 0) -> str:
    """Name a step, which time of a cadence, and which rung of its ladder."""
    parts = [step]
    if occurrence:
        parts.append(say("occurrence", n=occurrence))
    if rung:
        parts.append(say("rung", n=rung))
    return " ".join(parts)


def fact_label(say: Phrases, name: str, occurrence: int = 0) -> str:
    """Name a fact as people read it: `welcome.rung1.sent` is the first rung's."""
    parts = name.split(".")
    rung = 0
    if len(parts) == _OF_A_RUNG and parts[1].startswith("rung") and parts[1][4:].isdigit():
        rung = int(parts[1][4:])
        name = f"{parts[0]}.{parts[2]}"
    label = step_label(say, parts[0], occurrence, rung)
    word = name.rpartition(".")[2]
    key = f"word.{word}"
    told = say(key) if say.knows(key) and "." in name else word
    return say("word.of", step=label, word=told) if "." in name else say.fact(name)


def wish_label(say: Phrases, wish: Wish) -> str:
    """Name an intent: its step and what it is."""
    return f"{step_label(say, wish.step, wish.occurrence, wish.rung)} ({say('kind.' + wish.kind)})"


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
