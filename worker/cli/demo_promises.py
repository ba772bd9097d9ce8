"""What the demonstration promises, looked at one by one when its year is over.

Each gives what breaks it, which is nothing.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import combinations
from zoneinfo import ZoneInfo

from integrations.localmail import LocalMail
from worker.cli.demo_calendars import Standing
from worker.cli.demo_guests import Guests
from worker.cli.demo_stage import Expected
from worker.domain.appointments import Appointment, Stage
from worker.domain.cases import ACKNOWLEDGED
from worker.domain.contact import ANSWERED, BOUNCED, WROTE
from worker.domain.facts import Facts, PersonId
from worker.domain.intents import BY_MAIL, State
from worker.domain.plan import Plan
from worker.engine.journal.desk import Wish
from worker.engine.journal.journal import Journal
from worker.engine.journal.tray import Lying
from worker.people.records import PersonRecord, StaffRecord

_MESSAGE_ID = re.compile(rb"^Message-ID:\s*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)
_EVERYTHING = 1_000_000
_AT_ONCE = timedelta(minutes=10)
_IN_CALENDARS = (Stage.BOOKED, Stage.CHANGING, Stage.OVER)


@dataclass(frozen=True, slots=True)
class Year:
    """What there is to look at when the year is over."""

    journal: Journal
    plan: Plan
    people: tuple[PersonRecord, ...]
    staff: tuple[StaffRecord, ...]
    arrived: tuple[LocalMail, ...]
    zone: ZoneInfo
    seconds: float
    place: str = ""  # imap | google | microsoft: how mails were read
    missing: str = ""  # what kept it from reading a real mailbox
    manners: Mapping[PersonId, str] = field(default_factory=dict)
    written: Mapping[str, Expected] = field(default_factory=dict)  # by the cast, by id
    guests: Guests | None = None  # who dealt with invitations, where there were any


def promises(year: Year) -> dict[str, list[str]]:
    """Look at every promise; gives for each what breaks it."""
    facts = {person.id: year.journal.facts.of(person.id) for person in year.people}
    wishes = {person.id: year.journal.desk.wishes(person.id) for person in year.people}
    pairs = [(facts[id_], wishes[id_]) for id_ in facts]
    kept = {
        "answered": [key for pair in pairs for key in _after_an_answer(year.plan, *pair)],
        "declined": [key for pair in pairs for key in _after_the_end(*pair)],
        "bounced": [key for pair in pairs for key in _to_nobody(*pair)],
        "once": _twice(year.arrived),
        "account": _account(year.arrived, [one for each in wishes.values() for one in each]),
        "budget": [wrong for id_ in facts for wrong in _too_much(id_, facts[id_], year.zone)],
    }
    if year.guests is not None:
        standing = year.guests.standing()
        kept |= {
            "free": double_booked(standing),
            "calendars": elsewhere(standing, year.journal.meetings.standing(*_IN_CALENDARS)),
            "invited": year.guests.twice(),
            "ahead": _late(year.journal.meetings.standing(*_IN_CALENDARS)),
            "briefed": [
                str(one.id)
                for one in year.journal.meetings.standing(Stage.OVER)
                if one.briefed_at is None
            ],
        }
    if year.missing:
        return kept
    return kept | {
        "frozen": [key for pair in pairs for key in _while_they_wait(*pair)],
        "staff": [key for pair in pairs for key in _after_staff_saw_to_it(*pair)],
        "read": _misread(year.written, year.journal.mails.lately(most=_EVERYTHING)),
    }


def _late(known: list[Appointment]) -> list[str]:
    """Find meetings whose time was held beforehand, and whose invitation was late all the same."""
    held = [one for one in known if one.held_since is not None]
    late = [
        str(one.id)
        for one in held
        if one.booked_at is None or one.booked_at - one.due_at > _AT_ONCE
    ]
    return late if held else ["nothing was held beforehand"]


def _after_an_answer(plan: Plan, facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find reminders and alerts that went although the answer was there."""
    expects = {str(step.id): step.expect for step in plan.steps if step.expect}
    for wish, at in _gone(wishes):
        expect = expects.get(wish.step)
        if not wish.rung or wish.kind not in BY_MAIL | {"alert"} or expect is None:
            continue
        for fact in facts.all(f"{wish.step}.{expect.answer}", wish.playbook):
            if fact.at < at and fact.occurrence == wish.occurrence:
                yield f"{wish.key}"
        for name in expect.or_facts:
            if "." not in name and any(one.at < at for one in facts.all(name, wish.playbook)):
                yield f"{wish.key}"


def _after_the_end(facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find messages of the playbook that went after the person had declined."""
    declined = facts.first("declined")
    if declined is not None:
        yield from (
            f"{one.key}" for one, at in _gone(wishes) if one.kind in BY_MAIL and at > declined.at
        )


def _to_nobody(facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find messages that went to an address from which one had come back."""
    returned = facts.first(BOUNCED)
    if returned is not None:
        yield from (
            f"{one.key}" for one, at in _gone(wishes) if one.kind in BY_MAIL and at > returned.at
        )


def _while_they_wait(facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find messages that went to somebody whose own mail waited for a human, and alerts of them."""
    for wish, at in _gone(wishes):
        if wish.kind not in BY_MAIL and not (wish.kind == "alert" and wish.rung):
            continue
        wrote = [fact.at for fact in facts.all(WROTE) if fact.at < at]
        answered = [fact.at for fact in facts.all(ANSWERED) if fact.at <= at]
        if wrote and wrote[-1] > max(answered, default=datetime.min.replace(tzinfo=at.tzinfo)):
            yield f"{wish.key}"


def _after_staff_saw_to_it(facts: Facts, wishes: list[Wish]) -> Iterator[str]:
    """Find rungs that were climbed after a colleague had seen to the person."""
    seen_to = [
        (fact.name.partition(".")[0], fact.occurrence, fact.at)
        for fact in facts
        if fact.name.endswith(f".{ACKNOWLEDGED}")
    ]
    for wish, at in _gone(wishes):
        if wish.kind in BY_MAIL | {"alert"} and wish.rung:
            for step, occurrence, since in seen_to:
                if (step, occurrence) == (wish.step, wish.occurrence) and since < at:
                    yield f"{wish.key}"


def _misread(written: Mapping[str, Expected], lying: list[Lying]) -> list[str]:
    """Find mails of the cast that were read as something else, of somebody else, or not once."""
    read = [one for one in lying if one.message_key in written]
    found = {one.message_key: Expected(one.kind, one.person or PersonId("")) for one in read}  # type: ignore[arg-type] # its word
    wrong = [key for key, expected in written.items() if found.get(key) != expected]
    twice = [key for key, count in Counter(one.message_key for one in read).items() if count > 1]
    return sorted({*wrong, *twice})


def double_booked(standing: list[Standing]) -> list[str]:
    """Find people of whom two events want the same time, one of them at least being ours."""
    of_each: dict[str, list[Standing]] = {}
    for one in standing:
        for who in one.who:
            of_each.setdefault(who, []).append(one)
    return [
        f"{who}: {first.when.start:%Y-%m-%d %H:%M}Z {first.event} / {second.event}"
        for who, events in sorted(of_each.items())
        for first, second in combinations(sorted(events, key=lambda one: one.when), 2)
        if second.when.start < first.when.end and (first.is_ours or second.is_ours)
    ]


def elsewhere(standing: list[Standing], known: list[Appointment]) -> list[str]:
    """Find meetings that lie in calendars otherwise than we think, or not at all, or twice."""
    there = Counter((one.event, one.when) for one in standing if one.is_ours)
    ours = Counter((one.event_key, one.stood) for one in known if one.stood is not None)
    return sorted(f"{event} {when}" for event, when in ((there - ours) + (ours - there)).elements())


def _twice(arrived: tuple[LocalMail, ...]) -> list[str]:
    """Find mails that arrived twice."""
    ids = Counter(_id_of(mail) for mail in arrived)
    return [id_ for id_, count in ids.items() if count > 1]


def _account(arrived: tuple[LocalMail, ...], wishes: list[Wish]) -> list[str]:
    """Find what the journal counts as sent and the server does not have, or the other way."""
    ours = {one.message_id for one, _ in _gone(wishes) if one.message_id}
    return sorted(ours ^ {_id_of(mail) for mail in arrived})


def _too_much(person: PersonId, facts: Facts, zone: ZoneInfo) -> Iterator[str]:
    """Find days on which a robot wrote to somebody more than once."""
    robots = [fact.at for fact in facts if fact.contact and fact.playbook]
    days = Counter(at.astimezone(zone).date() for at in robots)
    yield from (f"{person} {day}" for day, count in days.items() if count > 1)


def _gone(wishes: list[Wish]) -> Iterator[tuple[Wish, datetime]]:
    """Give what was done, and when."""
    for wish in wishes:
        if wish.state is State.DONE and wish.settled_at is not None:
            yield wish, wish.settled_at


def _id_of(mail: LocalMail) -> str:
    found = _MESSAGE_ID.search(mail.content)
    return found[1].decode("ascii", "replace") if found else ""
