"""How often Google is asked for each meeting of a wave."""

from dataclasses import replace
from datetime import timedelta

from tests.bench.measure import Figure
from tests.contracts.calendar_book import NOW, at, booked, invitation
from tests.servers.google import google_world
from worker.domain.meetings import Guest, Invitation, Span

MEETINGS = 200
STAFF = 60
LONGEST = timedelta(days=28)
MOST = 2.2


def figures() -> list[Figure]:
    """Book a wave, and count."""
    with google_world() as world:
        people = [f"staff{n}@tsunagu.example" for n in range(STAFF)]
        world.google.employ(*people)
        wishes = [_wish(n, people) for n in range(MEETINGS)]
        world.book.busy(people, Span(NOW, NOW + LONGEST))
        for wish in wishes:
            world.book.see(wish, booked(world, wish))
        asked = world.asked()
    each = asked / MEETINGS
    return [
        Figure(
            f"requests to Google for each of {MEETINGS} meetings of {STAFF} colleagues",
            f"{each:.2f}",
            f"free/busy in batches, one to book, one to look; {world.google.sign_ins.given} tokens",
            f"at most {MOST}",
            each <= MOST,
        ),
    ]


def _wish(number: int, people: list[str]) -> Invitation:
    """Give the n-th meeting: everybody has one before anybody has a second."""
    hour = 25 + number // STAFF
    return replace(
        invitation(f"{number}/first-1on1/0"),
        organiser=Guest(people[number % STAFF]),
        guests=(Guest(f"person{number}@university.example"),),
        when=Span(at(hour), at(hour + 0.5)),
    )
