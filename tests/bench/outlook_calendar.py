"""How often Microsoft is asked for each meeting of a wave."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure
from tests.contracts.calendar_book import NOW, at, booked, invitation
from tests.integrations.outlook import outlook
from tests.servers.certificates import make_certificates
from worker.domain.meetings import Guest, Invitation, Span

MEETINGS = 200
STAFF = 60
LONGEST = timedelta(days=28)
MOST = 2.2


def figures() -> list[Figure]:
    """Book a wave, in rooms and in Teams, and count."""
    return [_figure("meetings", ""), _figure("meetings in Teams", "teams")]


def _figure(what: str, place: str) -> Figure:
    with TemporaryDirectory() as folder, outlook(make_certificates(Path(folder))) as world:
        people = [f"staff{n}@tsunagu.example" for n in range(STAFF)]
        for person in people:
            world.employ(person)
        wishes = [replace(_wish(n, people), place=place) for n in range(MEETINGS)]
        world.book.busy(people, Span(NOW, NOW + LONGEST))
        for wish in wishes:
            world.book.see(wish, booked(world, wish))
        asked, tokens = len(world.server.graph.seen), len(world.server.login.asked)
    each = asked / MEETINGS
    once = ", twenty organisers a day in one to ask whether they have Teams" if place else ""
    return Figure(
        f"requests to Microsoft for each of {MEETINGS} {what} of {STAFF} colleagues",
        f"{each:.2f}",
        f"free/busy in batches, one to book, one to look{once}; {tokens} tokens",
        f"at most {MOST}",
        each <= MOST,
    )


def _wish(number: int, people: list[str]) -> Invitation:
    """Give the n-th meeting: everybody has one before anybody has a second."""
    hour = 25 + number // STAFF
    return replace(
        invitation(f"{number}/first-1on1/0"),
        organiser=Guest(people[number % STAFF]),
        guests=(Guest(f"person{number}@university.example"),),
        when=Span(at(hour), at(hour + 0.5)),
    )
