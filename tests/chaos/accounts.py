"""The accounts, when all is calm again: what the journal says, and what the others have.

Every mail that was wished is counted where it had to arrive, byte by byte; every meeting is looked
for in the calendars themselves; every answer that somebody wrote, in the facts about them.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256

from tests.bench import letter
from tests.chaos.script import STEPS, WAYS, Cast
from tests.chaos.servers import Servers
from worker.domain.appointments import Stage
from worker.domain.facts import PersonId
from worker.domain.intents import State
from worker.engine.journal.desk import Wish
from worker.engine.journal.journal import Journal
from worker.engine.journal.lanes import mail_lane

PERSON = re.compile(r"T\d{6}")
MESSAGE_ID = re.compile(rb"^Message-ID:[ \t\r\n]*(<[^>]+>)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Account:
    """One account: what was to arrive somewhere, and what did."""

    name: str
    wished: int  # of the people, not of the journal: who was forgotten is seen
    arrived: int
    done: int
    doubtful: int
    lost: frozenset[str] = frozenset()  # not there, and not listed as doubtful either
    doubled: frozenset[str] = frozenset()  # there more than once, and never in doubt
    doubled_in_doubt: int = 0  # there more than once, after it had been in doubt
    changed: int = 0  # with other bytes than were frozen
    unsettled: tuple[str, ...] = ()  # what nobody finished

    @property
    def holds(self) -> bool:
        """Whether everything arrived once, or is listed."""
        return not (self.lost or self.doubled or self.changed or self.unsettled)

    def row(self) -> str:
        """Give a row of the report's table."""
        return (
            f"| {self.name} | {self.wished:,} | {self.done:,} | {self.doubtful} | {self.arrived:,}"
            f" | {len(self.lost)} | {len(self.doubled)} | {self.doubled_in_doubt} | {self.changed}"
            f" | {len(self.unsettled)} |"
        )


HEAD = (
    "| account | wished | done | in doubt | arrived | lost | doubled | doubled, was in doubt"
    " | other bytes | unfinished |\n|---|---|---|---|---|---|---|---|---|---|"
)


@dataclass
class Arrivals:
    """What one place has: by Message-ID, how often and with which bytes."""

    counts: Counter[str] = field(default_factory=Counter)
    digests: dict[str, set[str]] = field(default_factory=dict)

    def add(self, message_id: str, digest: str) -> None:
        """Count one."""
        self.counts[message_id] += 1
        self.digests.setdefault(message_id, set()).add(digest)


def arrivals(servers: Servers) -> Mapping[str, Arrivals]:
    """Give what arrived by every way."""
    found = {way: Arrivals() for way in WAYS}
    for mail in servers.recorder.mails:
        found["smtp"].add(mail.message_id, mail.digest)
    for arrived in servers.google.mailboxes.arrived:
        found["gmail"].add(*_named(arrived.content))
    for delivered in servers.graph.graph.mailroom.delivered:
        found["graph"].add(*_named(delivered.raw))
    return found


def _named(content: bytes) -> tuple[str, str]:
    found = MESSAGE_ID.search(content)
    return (found[1].decode() if found else "", sha256(content).hexdigest())


def mails(journal: Journal, servers: Servers, cast: Cast) -> list[Account]:
    """Compare the mails of every way."""
    wishes = journal.desk.in_state(*State, most=10_000_000)
    there = arrivals(servers)
    return [_mails(journal, wishes, there[way], way, cast) for way in WAYS]


def _mails(
    journal: Journal, wishes: Iterable[Wish], there: Arrivals, way: str, cast: Cast
) -> Account:
    lane = mail_lane(WAYS[way])
    ours = [one for one in wishes if one.lane == lane and one.state is not State.CANCELLED]
    persons = {one.person for one in ours if one.step == STEPS[way]}
    forgotten = {
        f"{letter.person(number)['id']} was never decided on"
        for number in range(cast.people)
        if cast.way(number) == way and letter.person(number)["id"] not in persons
    }
    doubtful = {one.message_id for one in ours if one.state is State.DOUBT}
    were = doubtful | {one.message_id for one in ours if one.resent or "sent folder" in one.outcome}
    never = {one.message_id or one.key for one in ours} - set(there.counts)
    twice = {name for name, count in there.counts.items() if count > 1}
    changed = sum(
        there.digests[one.message_id] != {_frozen(journal, one)}
        for one in ours
        if one.message_id in there.digests
    )
    return Account(
        f"mails by {way}",
        len(ours) + len(forgotten),
        len(there.counts),
        sum(one.state is State.DONE for one in ours),
        len(doubtful),
        frozenset((never - doubtful) | forgotten),
        frozenset(twice - were),
        len(twice & were),
        changed + len(set(there.counts) - {one.message_id for one in ours}),
        tuple(
            f"{one.key} is {one.state.value}: {one.outcome}"
            for one in ours
            if one.state not in (State.DONE, State.DOUBT)
        ),
    )


def stories(journal: Journal, accounts: Iterable[Account]) -> list[str]:
    """Tell what the journal knows of everybody something went wrong with."""
    wrong = "\n".join(said for one in accounts for said in (*one.lost, *one.doubled))
    told = []
    for person in sorted(set(PERSON.findall(wrong)))[:20]:
        told += [
            f"{person}: {one.key} is {one.state.value}, tried {one.attempts}, due {one.due_at},"
            f" settled {one.settled_at}: {one.outcome}"
            for one in journal.desk.wishes(PersonId(person))
        ]
        told += [
            f"{person}: {fact.name} at {fact.at}" for fact in journal.facts.of(PersonId(person))
        ]
    return told


def _frozen(journal: Journal, wish: Wish) -> str:
    frozen = journal.desk.letter(wish.key)
    return "" if frozen is None else sha256(frozen.content).hexdigest()


@dataclass(frozen=True, slots=True)
class Talk:
    """One event in the calendar of a colleague, as a guest sees it."""

    guest: str
    organiser: str
    start: datetime
    end: datetime


def _stuck(journal: Journal) -> Mapping[str, str]:
    """Say of each person what has not been done of their wishes, and why."""
    undone = [state for state in State if state not in {State.DONE, State.CANCELLED}]
    wishes = journal.desk.in_state(*undone, most=1_000)
    return {str(one.person): f"{one.step} {one.state.value}: {one.outcome}" for one in wishes}


def meetings(journal: Journal, servers: Servers, cast: Cast) -> list[Account]:
    """Compare the meetings of both providers with the journal's."""
    standing = {
        str(one.person): known
        for known in journal.meetings.standing(*Stage)
        for one in known.attendees
        if one.person is not None and known.stage is not Stage.CANCELLED
    }
    mentors = cast.colleagues
    stuck = _stuck(journal)
    found = []
    for provider, talks, invited in (
        ("google", list(_at_google(servers, mentors)), _invited_by_google(servers)),
        ("microsoft", list(_at_microsoft(servers, mentors)), _invited_by_exchange(servers)),
    ):
        wished = _who_meets(cast, provider)
        counts = Counter(talk.guest for talk in talks)
        starts = {talk.guest: talk.start for talk in talks}
        booked = {id_: known for id_, known in standing.items() if id_ in wished}
        unsettled = tuple(
            f"{id_}: {booked[id_].stage.value if id_ in booked else stuck.get(id_, 'no meeting')}"
            for id_ in wished
            if id_ not in booked or booked[id_].stage is not Stage.BOOKED
        )
        doubled = {guest for guest, count in counts.items() if count > 1}
        doubled |= {f"invited {count} times: {who}" for who, count in invited.items() if count > 1}
        doubled |= set(_overlaps(talks))
        elsewhere = sum(
            known.stood is None or starts.get(wished[id_]) != known.stood.start
            for id_, known in booked.items()
            if wished[id_] in starts
        )
        found.append(
            Account(
                f"meetings at {provider}",
                len(wished),
                len(counts),
                sum(known.stage is Stage.BOOKED for known in booked.values()),
                0,
                frozenset(address for address in wished.values() if address not in counts),
                frozenset(doubled),
                changed=elsewhere,
                unsettled=unsettled,
            )
        )
    return found


def _who_meets(cast: Cast, provider: str) -> dict[str, str]:
    """Give the addresses, by id, of who meets somebody whose calendar is at *provider*."""
    place, found = 0, {}
    for number in range(cast.people):
        if not cast.meets(number):
            continue
        place += 1
        is_there = place % len(cast.colleagues) % 2 == (provider == "microsoft")
        if is_there:
            one = letter.person(number)
            found[one["id"]] = one["email"]
    return found


def _at_google(servers: Servers, mentors: Iterable[str]) -> Iterator[Talk]:
    for address in mentors:
        if "@google." not in address:
            continue
        for event in servers.google.calendars.shelf_of(address).events.values():
            if event["status"] == "cancelled":
                continue
            start, end = (
                datetime.fromisoformat(event[name]["dateTime"]) for name in ("start", "end")
            )
            for guest in event.get("attendees", ()):
                if guest["email"].lower() != address:
                    yield Talk(guest["email"].lower(), address, start, end)


def _at_microsoft(servers: Servers, mentors: Iterable[str]) -> Iterator[Talk]:
    for address in mentors:
        calendar = servers.graph.graph.office.calendar(address)
        if calendar is None:
            continue
        for event in calendar.events.values():
            if event.is_copy or event.is_cancelled:
                continue
            for guest in event.guests:
                yield Talk(guest.address.lower(), address, event.start, event.end)


def _invited_by_google(servers: Servers) -> Counter[str]:
    return Counter(
        one.address.lower()
        for one in servers.google.calendars.sent
        if one.notice == "invited" and one.address.lower().startswith("person")
    )


def _invited_by_exchange(servers: Servers) -> Counter[str]:
    return Counter(
        one.address.lower()
        for one in servers.graph.graph.office.told
        if one.notice == "invited" and one.address.lower().startswith("person")
    )


def _overlaps(talks: Iterable[Talk]) -> Iterator[str]:
    """Name the colleagues who are to be in two meetings at once."""
    last: dict[str, Talk] = {}
    for talk in sorted(talks, key=lambda one: one.start):
        before = last.get(talk.organiser)
        if before is not None and before.end > talk.start:
            yield f"{talk.organiser} twice at {talk.start}"
        last[talk.organiser] = talk


def answers(journal: Journal, written: Mapping[str, str]) -> Account:
    """Compare the answers that people wrote, by id to the step, with the facts about them."""
    noted = Counter[str]()
    for person, step in written.items():
        facts = journal.facts.of(PersonId(person))
        noted[person] = sum(fact.name == f"{step}.replied" for fact in facts)
    return Account(
        "answers to these mails",
        len(written),
        sum(noted.values()),
        sum(count > 0 for count in noted.values()),
        0,
        frozenset(f"{one} to {written[one]}" for one, count in noted.items() if not count),
        frozenset(f"{one} to {written[one]}" for one, count in noted.items() if count > 1),
    )
