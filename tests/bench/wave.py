"""A wave of meetings that is booked at a provider, and how often the provider is asked for it.

Once through the adapter alone, and once through the whole engine: people whose talks are due, with
the mentor each of them has.
"""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.measure import Figure
from tests.contracts.calendar_world import (
    NOW,
    World,
    at,
    booked,
    invitation,
)
from tests.engine.plans import plan_of, talk_step
from tests.world import World as EngineWorld
from worker.domain.appointments import Stage
from worker.domain.facts import StaffId
from worker.domain.meetings import Guest, Invitation, Span
from worker.people.records import StaffRecord

MEETINGS = 200
STAFF = 60
LONGEST = timedelta(days=28)
MOST = 2.2
START = "2026-04-01 09:00"
TWICE = "free/busy in batches, asked again just before a booking"


def people() -> list[str]:
    """Name the colleagues."""
    return [f"staff{n}@tsunagu.example" for n in range(STAFF)]


def book(world: World, *, place: str = "") -> None:
    """Ask when everybody is free, make each meeting, and look at it again."""
    world.book.busy(people(), Span(NOW, NOW + LONGEST))
    for number in range(MEETINGS):
        wish = replace(_wish(number), place=place)
        world.book.see(wish, booked(world, wish))


def book_by_engine(world: World, provider: str, *, place: str) -> None:
    """Have the engine find a time for everybody's talk and book it, until nothing is due."""
    with TemporaryDirectory(prefix="wave-") as folder:
        engine = EngineWorld(Path(folder), start=START, calendars=provider)
        engine.book_of = lambda: world.book
        staff = [
            StaffRecord(StaffId(f"s{number}"), f"先輩{number}", address)
            for number, address in enumerate(people())
        ]
        engine.journal.staff.put(staff, engine.now)
        plan = engine.publish(plan_of(talk_step(place=place)))
        for number in range(MEETINGS):
            engine.enroll(f"p{number}", plan, mentor=f"s{number % STAFF}", accept=START)
        engine.run()
        told = len(engine.journal.meetings.standing(Stage.BOOKED))
        if told != MEETINGS:
            raise RuntimeError(f"of {MEETINGS} talks {told} are booked")
        engine.close()


def figure(what: str, asked: int, beside: str, *, looks: str = "free/busy in batches") -> Figure:
    """Say how many requests there were for each meeting."""
    each = asked / MEETINGS
    return Figure(
        f"requests to {what} of {STAFF} colleagues",
        f"{each:.2f}",
        f"{looks}, one to book, one to look{beside}",
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
