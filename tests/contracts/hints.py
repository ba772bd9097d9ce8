"""What every `HintSource` promises, whatever stands behind it.

A class inherits the suite and gives it a `world`: the way to ask, and the hands of people and of
the network. In that world the clock shows `NOW`, and there is something to watch: `MENTOR` has a
calendar, or a mailbox, at the provider.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Protocol

from tests.contracts.calendar_world import (
    MENTOR,
    NOW,
    WAIT,
)
from tests.world import HandClock
from worker.ports import BookTrouble, Hint, HintSource, Trouble, Watch, WatchWish

WORD = "what only the two of us know"
OURS = "https://tsunagu.example/hints/here"
WEEK = timedelta(days=7)
WISH = WatchWish("the-first", WORD, OURS)


class World(Protocol):
    """What people and the network do."""

    clock: HandClock
    what: str  # is watched

    @property
    def hints(self) -> HintSource:
        """Give the way to ask under test."""
        ...

    def write(self) -> None:
        """Have the mentor put something into their calendar, or find a mail in their mailbox."""
        ...

    def came(self) -> tuple[Hint, ...]:
        """Let everything arrive that is on its way to us; say what it was."""
        ...

    def throttle(self, wait: timedelta) -> None:
        """Have the provider ask everybody to come back later."""
        ...

    def relent(self) -> None:
        """Have the provider be as before."""
        ...

    def revoke(self, organiser: str) -> None:
        """Take back our right to act for somebody."""
        ...


def watched(world: World, wish: WatchWish = WISH, known: Watch | None = None) -> Watch:
    """Watch what there is to watch."""
    found = world.hints.watch(world.what, wish, known)
    assert isinstance(found, Watch), found
    return found


class HintsContract:
    """The suite."""

    def test_a_change_is_told_in_our_own_word(self, world: World) -> None:
        """And of nothing but where to look."""
        watch = watched(world)
        opened = world.came()

        world.write()

        assert opened == ()
        assert set(world.came()) == {Hint(watch.id, WORD)}

    def test_it_lasts_as_long_as_the_provider_says(self, world: World) -> None:
        """A week, of all; afterwards nothing is told any more."""
        watch = watched(world)
        world.came()

        world.clock.turn_to(watch.expires_at + timedelta(minutes=1))
        world.write()

        assert watch.expires_at == NOW + WEEK
        assert world.came() == ()

    def test_a_renewed_watch_goes_on_without_a_gap(self, world: World) -> None:
        """Half a day ahead; where there are two for a moment, one is ended once we know the new."""
        first = watched(world)
        late = NOW + timedelta(days=6, hours=12)
        world.clock.turn_to(late)
        world.came()

        second = watched(world, replace(WISH, name="the-second"), first)
        world.write()
        between = {one.watch for one in world.came()}
        if second.id != first.id:
            assert world.hints.end(world.what, first) is None
        world.clock.turn_to(late + timedelta(days=1))
        world.write()

        assert between == {first.id, second.id}
        assert second.expires_at == late + WEEK
        assert {one.watch for one in world.came()} == {second.id}

    def test_a_watch_that_ended_begins_anew(self, world: World) -> None:
        """We were down for a week: what was missed, reading has found meanwhile."""
        first = watched(world)
        late = NOW + timedelta(days=8)
        world.clock.turn_to(late)

        second = watched(world, replace(WISH, name="the-second"), first)
        world.came()
        world.write()

        assert second.expires_at == late + WEEK
        assert {one.watch for one in world.came()} == {second.id}

    def test_who_is_told_no_more_hears_nothing(self, world: World) -> None:
        """One that is over already is over."""
        watch = watched(world)

        ended = [world.hints.end(world.what, watch) for _ in range(2)]
        world.came()
        world.write()

        assert ended == [None, None]
        assert world.came() == ()

    def test_a_throttled_wish_is_told(self, world: World) -> None:
        """With how long to wait; the old watch stands."""
        watch = watched(world)
        world.came()
        world.throttle(WAIT)

        found = world.hints.watch(world.what, replace(WISH, name="the-second"), watch)
        world.relent()
        world.write()

        assert found == BookTrouble(Trouble.LIMITS, found.why, WAIT)  # type: ignore[union-attr] # trouble
        assert {one.watch for one in world.came()} == {watch.id}

    def test_who_may_not_look_is_told_nothing(self, world: World) -> None:
        """Our right to act for the mentor was taken back."""
        world.revoke(MENTOR)

        found = world.hints.watch(world.what, WISH)

        assert isinstance(found, BookTrouble)
        assert found.kind is Trouble.CREDENTIALS


class AddressedContract(HintsContract):
    """The suite of those who are told our address, and name their watches."""

    def test_a_provider_calls_no_address_that_is_not_safe(self, world: World) -> None:
        """It says so, and calendars are read as before."""
        found = world.hints.watch(world.what, replace(WISH, address="http://tsunagu.example/x"))

        assert isinstance(found, BookTrouble)
        assert found.kind is Trouble.MAILBOX

    def test_a_watch_that_ended_is_another_one(self, world: World) -> None:
        """Whoever knows the old name knows nothing."""
        first = watched(world)
        world.clock.turn_to(NOW + timedelta(days=8))

        second = watched(world, replace(WISH, name="the-second"), first)

        assert second.id != first.id
