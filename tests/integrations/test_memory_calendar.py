"""The twin of calendars passes the contract, and obeys its switches and the fault addresses."""

from dataclasses import replace
from datetime import timedelta

import pytest

from integrations.memory_calendar import MemoryBook, MemoryCalendars
from tests.contracts.calendar_book import (
    CalendarBookContract,
    CommentContract,
    LinkContract,
    ProposalContract,
)
from tests.contracts.calendar_world import (
    AOI,
    DAY,
    MENTOR,
    Notice,
    Told,
    at,
    booked,
    busy,
    entry,
    invitation,
    seen,
)
from tests.world import HandClock
from worker.domain.meetings import Guest, Invitation, Said, Span, Unknown, Word
from worker.domain.outcomes import Done, InDoubt, Later, Refused, Scope


class MemoryWorld:
    """The hands of the contract, on the twin."""

    def __init__(self) -> None:
        self.calendars = MemoryCalendars(HandClock("2026-04-01 09:00"), looks_until_link=2)
        self.book = MemoryBook(self.calendars)

    def employ(self, address: str) -> None:
        """Everybody has a calendar already."""
        self.calendars.hidden.discard(address)

    def hide(self, address: str) -> None:
        """Take a calendar away."""
        self.calendars.hidden.add(address)

    def answer(self, invitation: Invitation, address: str, said: Said) -> None:
        """Have a guest answer."""
        self.calendars.answer(invitation.event_key, address, said)

    def drag(self, invitation: Invitation, when: Span) -> None:
        """Have the organiser move the event."""
        self.calendars.drag(invitation.event_key, when)

    def delete(self, invitation: Invitation) -> None:
        """Have the organiser delete the event."""
        self.calendars.delete(invitation.event_key)

    def take(self, address: str, when: Span, title: str = "") -> None:
        """Have somebody be taken."""
        self.calendars.take(address, when, title)

    def meanwhile(self, invitation: Invitation, title: str) -> None:
        """Have the organiser be quicker than our next change."""
        self.calendars.retitle_before_change(invitation.event_key, title)

    def lose_next_answer(self) -> None:
        """Cut the line once."""
        self.calendars.loses_next_answer = True

    def throttle(self, wait: timedelta) -> None:
        """Tell everybody to wait."""
        self.calendars.wait = wait

    def fall_silent(self) -> None:
        """Be away."""
        self.calendars.down = "connection refused"

    def revoke(self, organiser: str) -> None:
        """Take our right away."""
        self.calendars.revoked.add(organiser)

    def relent(self) -> None:
        """Be as before."""
        self.calendars.wait, self.calendars.down = None, ""
        self.calendars.revoked.clear()

    def expire_cursors(self) -> None:
        """Forget cursors."""
        self.calendars.expire_cursors()

    def told(self, invitation: Invitation) -> list[Told]:
        """Give what guests were told."""
        found = self.calendars.find(invitation.event_key)
        ref = found.ref if found else ""
        return [
            Told(one.address, Notice(one.notice)) for one in self.calendars.told if one.ref == ref
        ]

    def made(self, organiser: str) -> int:
        """Say how many events were ever made."""
        return sum(one.organiser == organiser for one in self.calendars.entries())


@pytest.fixture
def world() -> MemoryWorld:
    """Calendars nobody has written into."""
    return MemoryWorld()


class TestMemoryBook(CalendarBookContract, LinkContract, ProposalContract, CommentContract):
    """The twin of every calendar."""

    online = "google_meet"


def with_guest(address: str) -> Invitation:
    """Make an invitation of one guest."""
    return replace(invitation(), guests=(Guest(address),))


def test_a_temporary_fault_address_is_put_off_as_often_as_it_says(world: MemoryWorld) -> None:
    """The third asking books, and there is one event."""
    wish = with_guest("temperror-2@example.jp")

    outcomes = [world.book.book(wish) for _ in range(3)]

    assert [type(one).__name__ for one in outcomes] == ["Later", "Later", "Done"]
    assert world.made(MENTOR) == 1


def test_a_permanent_fault_address_is_refused_for_its_address(world: MemoryWorld) -> None:
    """Nothing is booked, and the mentor's calendar is not to blame."""
    outcome = world.book.book(with_guest("permerror@example.jp"))

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.ADDRESS
    assert world.made(MENTOR) == 0


@pytest.mark.parametrize(("address", "made"), [("doubt@example.jp", 1), ("lost@example.jp", 0)])
def test_a_doubtful_fault_address_is_in_doubt(world: MemoryWorld, address: str, made: int) -> None:
    """Looking tells the two apart."""
    wish = with_guest(address)

    assert isinstance(world.book.book(wish), InDoubt)
    assert world.made(MENTOR) == made
    assert (seen(world, wish).entry is not None) == bool(made)


def test_a_silent_fault_address_is_booked(world: MemoryWorld) -> None:
    """They are invited, and never say anything."""
    assert isinstance(world.book.book(with_guest("silent@example.jp")), Done)


def test_fault_addresses_cannot_be_told_to_be_free(world: MemoryWorld) -> None:
    """Who fails is unknown, for now or for good."""
    found = world.book.busy(["temperror@example.jp", "permerror@example.jp"], DAY)

    assert [
        Unknown("the calendar cannot be read now, as the address asks"),
        Unknown("no calendar that we may see", is_permanent=True),
    ] == list(found.values())


def test_two_books_stand_before_the_same_calendars(world: MemoryWorld) -> None:
    """What one worker books, another one finds."""
    wish = invitation()
    ref = booked(world, wish)

    other = MemoryBook(world.calendars)

    assert other.book(wish) == Done(ref)
    assert world.calendars.asked == {"book": 2}


def test_an_answer_carries_the_moment_it_was_given(world: MemoryWorld) -> None:
    """The twin's calendar tells when, by its own clock."""
    wish = invitation()
    ref = booked(world, wish)

    world.answer(wish, AOI, Said(Word.ACCEPTED))

    assert entry(world, wish, ref).said[AOI].at == at(0)


def test_time_outside_the_question_is_cut_off(world: MemoryWorld) -> None:
    """A night that began yesterday is busy from the question's first instant on."""
    world.take(MENTOR, Span(at(-5), at(2)))
    world.take(MENTOR, Span(at(47), at(60)))

    assert busy(world, MENTOR, DAY).spans == (Span(at(0), at(2)), Span(at(47), at(48)))


def test_a_change_is_put_off_while_calendars_are_throttled(world: MemoryWorld) -> None:
    """The switch holds for every verb that changes something."""
    wish = invitation()
    ref = booked(world, wish)
    world.throttle(timedelta(minutes=1))

    assert isinstance(world.book.cancel(wish, ref), Later)
