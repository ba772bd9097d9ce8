"""A wave of meetings that is booked at a provider, and how often the provider is asked for it."""

from dataclasses import replace
from datetime import timedelta

from tests.bench.measure import Figure
from tests.contracts.calendar_book import NOW, World, at, booked, invitation
from worker.domain.meetings import Guest, Invitation, Span

MEETINGS = 200
STAFF = 60
LONGEST = timedelta(days=28)
MOST = 2.2


def people() -> list[str]:
    """Name the colleagues."""
    return [f"staff{n}@tsunagu.example" for n in range(STAFF)]


def book(world: World, *, place: str = "") -> None:
    """Ask when everybody is free, make each meeting, and look at it again."""
    world.book.busy(people(), Span(NOW, NOW + LONGEST))
    for number in range(MEETINGS):
        wish = replace(_wish(number), place=place)
        world.book.see(wish, booked(world, wish))


def figure(what: str, asked: int, beside: str) -> Figure:
    """Say how many requests there were for each meeting."""
    each = asked / MEETINGS
    return Figure(
        f"requests to {what} of {STAFF} colleagues",
        f"{each:.2f}",
        f"free/busy in batches, one to book, one to look{beside}",
        f"at most {MOST}",
        each <= MOST,
    )


def _wish(number: int) -> Invitation:
    """Give the n-th meeting: everybody has one before anybody has a second."""
    hour = 25 + number // STAFF
    return replace(
        invitation(f"{number}/first-1on1/0"),
        organiser=Guest(people()[number % STAFF]),
        guests=(Guest(f"person{number}@university.example"),),
        when=Span(at(hour), at(hour + 0.5)),
    )
