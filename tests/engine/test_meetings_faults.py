"""Whatever goes wrong: one event for each meeting, one invitation for each person."""

from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from integrations.memory_calendar import MemoryBook
from tests.engine.interrupted import Interrupted
from tests.engine.plans import TALK, plan_of, talk_step
from tests.engine.test_crash import FragileStore, Plug
from tests.engine.test_meetings import (
    AOI,
    HANAKO,
    answer,
    hear,
    meetings,
    span,
    subjects,
    times,
    words,
)
from tests.world import World
from worker.domain.appointments import Stage
from worker.domain.errors import StoreError
from worker.domain.facts import StaffId
from worker.domain.intents import State
from worker.domain.meetings import Busy, Entry, Invitation, Said, Span, Unknown, Word
from worker.domain.outcomes import Later, Outcome, Scope
from worker.engine.journal.lanes import MEETINGS
from worker.engine.journal.meetings import claim_meetings
from worker.engine.tables import stamp
from worker.people.records import StaffRecord
from worker.ports import BookTrouble, Changed

PEOPLE = ("aoi", "ren")


class Leaving(MemoryBook):
    """A book whose provider goes away at its first booking, until somebody brings it back."""

    def __init__(self, world: World) -> None:
        super().__init__(world.calendars)
        self._hands = [lambda: setattr(world.calendars, "down", "gone in the middle")]

    def book(self, invitation: Invitation) -> Outcome:
        """Make no event the first time."""
        while self._hands:
            self._hands.pop()()
        return super().book(invitation)


class Committing(MemoryBook):
    """A book that makes its first event just when the journal goes away."""

    def __init__(self, world: World) -> None:
        super().__init__(world.calendars)
        self._is_first = True

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event; the first time nobody hears of it."""
        outcome = super().book(invitation)
        if self._is_first:
            self._is_first = False
            raise StoreError("The journal's database went away.")
        return outcome


class Choking(MemoryBook):
    """A book that has a fault of ours: who asks about one calendar just before booking meets it."""

    def __init__(self, world: World, address: str) -> None:
        super().__init__(world.calendars)
        self._address = address
        self.is_mended = False

    def busy(
        self, addresses: Sequence[str], within: Span, *, leaving_out: Collection[str] = ()
    ) -> Mapping[str, Busy | Unknown]:
        """Say when addresses are taken, unless that one is among them."""
        is_just_before = within.end - within.start < timedelta(days=7)
        if self._address in addresses and is_just_before and not self.is_mended:
            raise ZeroDivisionError(self._address)
        return super().busy(addresses, within, leaving_out=leaving_out)


class Meanwhile(tuple[Entry, ...]):  # noqa: SLOT001 - a tuple has no room for its hand
    """What a calendar tells: when it is gone through, somebody else does something first."""

    hand: Callable[[], object]

    def __iter__(self) -> Iterator[Entry]:
        """Give each, after that."""
        self.hand()
        return super().__iter__()


class Crossing(MemoryBook):
    """A book whose news are gone through while another worker has a hand in the meetings."""

    def __init__(self, world: World) -> None:
        super().__init__(world.calendars)
        self.hand: Callable[[], object] = lambda: None

    def changes(self, organiser: str, cursor: str) -> Changed | BookTrouble:
        """Tell what became of events."""
        found = super().changes(organiser, cursor)
        if isinstance(found, BookTrouble):
            return found
        told = Meanwhile(found.entries)
        told.hand = self.hand
        return replace(found, entries=told)


def prepared(folder: Path) -> World:
    """Have two people whose talk is due."""
    world = World(folder)
    plan = world.publish(TALK)
    for person in PEOPLE:
        world.enroll(person, plan, accept="2026-04-01 09:00")
    return world


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which two talks are due."""
    world = prepared(tmp_path)
    yield world
    world.close()


def invitations(world: World) -> Counter[str]:
    """Say how often each address was invited by the provider."""
    return Counter(told.address for told in world.calendars.told if told.notice == "invited")


def is_sound(world: World) -> bool:
    """See that everybody has one talk, at a time of their own, and was invited to it once."""
    for person in PEOPLE:
        (known,) = meetings(world, person)
        assert known.stage is Stage.BOOKED
        assert words(world, person) == ["due", "booked"]
        assert len(subjects(world, f"{person}@mail.example")) == 1
    assert len(set(times(world))) == len(PEOPLE) == len(world.calendars.entries())
    return invitations(world) == Counter({f"{person}@mail.example": 1 for person in PEOPLE})


def test_a_journal_that_is_away_when_a_calendar_answers_is_no_fault_of_the_meeting(
    world: World,
) -> None:
    """The event stands: it is looked for when the journal is back, and nobody is asked to help."""
    book = Committing(world)
    world.book_of = lambda: book
    with pytest.raises(StoreError):
        world.run()

    world.run_until("2026-04-01 12:00")

    assert is_sound(world)
    assert [meetings(world, person)[0].outcome for person in PEOPLE] == ["", ""]


@pytest.mark.parametrize("is_deleted", [False, True])
def test_what_a_calendar_tells_once_is_known_whoever_else_looks_at_the_meeting(
    world: World, *, is_deleted: bool
) -> None:
    """Another worker claims it while the news are gone through; they are not told again."""
    book = Crossing(world)
    world.book_of = lambda: book
    world.run_until("2026-04-01 12:00")
    [event] = [one for one in world.calendars.entries() if AOI in one.said]
    if is_deleted:
        world.calendars.delete(event.event_key)
    else:
        world.calendars.answer(event.event_key, AOI, Said(Word.DECLINED))

    def claims() -> None:
        with world.journal.store.write() as connection:
            ever = stamp(world.now + timedelta(days=60))
            claim_meetings(connection, MEETINGS, 10, now=ever, lease=stamp(world.now))

    book.hand = claims
    hear(world)
    world.run_until("2026-04-01 12:30")

    assert words(world)[2:] == (["cancelled"] if is_deleted else ["declined", "moved"])


def test_a_fault_in_the_look_before_booking_holds_up_one_meeting(tmp_path: Path) -> None:
    """Of those whose times are asked about together, the others are booked at once."""
    world = World(tmp_path)
    book = Choking(world, "jiro@tsunagu.example")
    world.book_of = lambda: book
    jiro = StaffRecord(StaffId("m2"), "高橋 次郎", "jiro@tsunagu.example", ("mentor",))
    world.journal.staff.put([jiro], world.now)
    plan = world.publish(TALK)
    for person, mentor in zip(PEOPLE, ("m1", "m2"), strict=True):
        world.enroll(person, plan, mentor=mentor, accept="2026-04-01 09:00")

    world.run_until("2026-04-01 09:05")
    stages = [meetings(world, person)[0].stage for person in PEOPLE]
    book.is_mended = True
    world.run_until("2026-04-01 12:00")

    assert stages == [Stage.BOOKED, Stage.BOOKING]
    assert [meetings(world, person)[0].stage for person in PEOPLE] == [Stage.BOOKED] * 2
    assert invitations(world) == Counter({f"{person}@mail.example": 1 for person in PEOPLE})
    world.close()


def test_an_answer_that_was_lost_after_the_event_was_made(world: World) -> None:
    """The same invitation is asked for again, and finds what it made."""
    world.calendars.loses_next_answer = True

    world.run_until("2026-04-01 12:00")

    assert is_sound(world)


def test_after_a_lost_answer_the_event_is_looked_for_first(world: World) -> None:
    """A provider that has forgotten our key would make a second event: it is not asked to."""
    world.calendars.loses_next_answer = True

    world.run_until("2026-04-01 12:00")

    assert world.calendars.asked["book"] == len(PEOPLE)
    assert is_sound(world)


def test_a_provider_that_is_away_for_an_hour(world: World) -> None:
    """Nothing is lost and nobody is asked twice; meanwhile the lane says why it is shut."""
    world.calendars.down = "the provider does not answer"
    world.run_until("2026-04-01 10:00")
    assert world.calendars.entries() == ()
    assert {known.outcome for known in meetings(world)} == {"the provider does not answer"}

    world.calendars.down = ""
    world.run_until("2026-04-01 16:00")

    assert is_sound(world)


def test_a_provider_that_goes_away_between_looking_and_booking(world: World) -> None:
    """Times are held meanwhile; no attempt is used up."""
    world.book_of = lambda: Leaving(world)

    world.run()
    (closed,) = world.journal.lanes.all()
    assert (closed.lane, closed.why) == ("calendar:google", "gone in the middle")
    assert {known.stage for known in meetings(world)} == {Stage.BOOKING}

    world.calendars.down = ""
    world.run_until("2026-04-01 16:00")

    assert is_sound(world)


def test_a_token_that_is_taken_back_in_the_middle(world: World) -> None:
    """One talk is booked, the other waits for the token, and what is there is left alone."""
    world.calendars.loses_next_answer = True
    world.run()
    world.calendars.revoked.add(HANAKO)
    world.run_until("2026-04-01 10:00")

    outcomes = {known.outcome for person in PEOPLE for known in meetings(world, person)}
    assert "our right to this calendar was taken back" in outcomes

    world.calendars.revoked.clear()
    world.run_until("2026-04-01 13:00")

    assert is_sound(world)


def test_an_address_that_is_refused_is_told_to_hr(tmp_path: Path) -> None:
    """Nobody is asked again and again for what will not be."""
    world = World(tmp_path)
    plan = world.publish(TALK)
    world.enroll("aoi", plan, email="permerror@mail.example", accept="2026-04-01 09:00")

    world.run_until("2026-04-02 09:00")

    assert world.calendars.entries() == ()
    assert words(world) == ["due", "failed"]
    assert State.REFUSED in world.states("aoi")
    assert len(subjects(world, "ichiro@tsunagu.example")) == 1
    world.close()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whenever_the_power_goes_there_is_one_talk_for_each(tmp_path: Path, *, after: bool) -> None:
    """For every commit until both talks are over, one of them with a new time: restart, go on."""
    commit, pulled = 0, True
    while pulled:
        commit += 1
        folder = tmp_path / str(commit)
        folder.mkdir()
        world = prepared(folder)
        try:
            world.reopen(FragileStore(world.url, at=commit, after=after))
            lived(world)
            pulled = False
        except Plug:
            world.reopen()
            world.engine.recover()
            lived(world)
        for person in PEOPLE:
            assert Counter(words(world, person))["booked"] == 1
            assert Counter(words(world, person))["held"] == 1
            (known,) = meetings(world, person)
            assert known.stage is Stage.OVER
            mails = subjects(world, f"{person}@mail.example")
            assert len(mails) == len(set(mails))  # a mail in doubt is not sent again
            assert mails or State.DOUBT in world.states(person)
        assert len(set(times(world))) == len(PEOPLE) == len(world.calendars.entries())
        assert invitations(world) == Counter({f"{person}@mail.example": 1 for person in PEOPLE})
        world.close()
    assert commit > 20


def lived(world: World) -> None:
    """Live until the talks are over; Aoi declines the first time that she is given."""
    world.run_until("2026-04-01 09:05")
    event = next(entry for entry in world.calendars.entries() if AOI in entry.said)
    if event.revision == 0 and event.said[AOI].word is Word.NOTHING:
        world.calendars.answer(event.event_key, AOI, Said(Word.DECLINED))
    hear(world)
    world.run_until("2026-04-03 09:00")


def test_a_calendar_that_forgets_its_cursor_while_a_time_is_sought(world: World) -> None:
    """Everything is read anew; nothing is sent again, and nothing is lost."""
    world.run()
    answer(world, Said(Word.DECLINED), "ren@mail.example")
    world.calendars.expire_cursors()

    world.run_until("2026-04-01 12:00")

    assert sorted(words(world, "ren")) == ["booked", "declined", "due", "moved"]
    assert len(set(times(world))) == 2
    assert sum(invitations(world).values()) == 2


def test_an_event_that_vanished_unseen_is_found_missing(world: World) -> None:
    """A first reading that does not show it is believed only after it was looked up."""
    world.run()
    gone = meetings(world)[0]
    world.calendars.delete(gone.event_key)
    world.calendars.expire_cursors()

    hear(world)

    assert meetings(world)[0].stage is Stage.LOST
    assert meetings(world, "ren")[0].stage is Stage.BOOKED


def test_calls_to_the_provider_are_counted(tmp_path: Path) -> None:
    """A wave of two hundred: at most 2.2 calls a meeting, from the first look to the booking."""
    world = World(tmp_path)
    plan = world.publish(TALK)
    mentors = [
        StaffRecord(StaffId(f"s{number}"), f"先輩{number}", f"s{number}@tsunagu.example")
        for number in range(10)
    ]
    world.journal.staff.put(mentors, world.now)
    for number in range(200):
        world.enroll(f"p{number}", plan, mentor=f"s{number % 10}", accept="2026-04-01 09:00")

    world.run()

    entries = world.calendars.entries()
    assert len({(entry.organiser, entry.when) for entry in entries}) == 200
    assert sum(world.calendars.asked.values()) <= 2.2 * 200
    world.close()


def test_a_time_that_somebody_moved_by_hand_is_not_moved_back(world: World) -> None:
    """While we were about to change it, the mentor dragged it: her time stands."""
    world.run()
    known = meetings(world)[0]
    world.calendars.answer(known.event_key, AOI, Said(Word.DECLINED))
    hear(world)
    world.calendars.drag(known.event_key, span("2026-04-07 16:00"))

    world.run_until("2026-04-01 12:00")

    (event,) = [entry for entry in world.calendars.entries() if AOI in entry.said]
    assert event.when == span("2026-04-07 16:00")
    assert meetings(world)[0].stood == event.when


def test_a_mentor_who_leaves_while_the_provider_is_away(tmp_path: Path) -> None:
    """Their talk goes to a colleague at the same time, and is off for nobody, however late."""
    world = World(tmp_path)
    plan = world.publish(plan_of(talk_step(participants=("young_members",))))
    world.journal.staff.put([_young("s1")], world.now)
    world.enroll("aoi", plan, accept="2026-04-01 09:00")
    world.run()
    (before,) = meetings(world)

    world.calendars.down = "the provider does not answer"
    world.journal.staff.put([_young("s2")], world.now)
    world.journal.staff.remove("s1", world.now)
    world.run_until("2026-04-01 10:00")
    world.calendars.down = ""
    world.run_until("2026-04-01 16:00")

    assert words(world) == ["due", "booked", "moved"]
    assert times(world) == [before.when]
    assert len(subjects(world)) == 2
    world.close()


def _young(id_: str) -> StaffRecord:
    return StaffRecord(StaffId(id_), id_, f"{id_}@tsunagu.example", ("young_members",), "開発部")


class Revoking(MemoryBook):
    """A book that may not look at its first change any more, nor at anything else."""

    def __init__(self, world: World, how: Callable[[], None]) -> None:
        super().__init__(world.calendars)
        self._hands = [how]

    def change(self, invitation: Invitation, ref: str, *, stands: Span | None = None) -> Outcome:
        """Change the event, and be told nothing from then on."""
        done = super().change(invitation, ref, stands=stands)
        while self._hands:
            self._hands.pop()()
        return done


@pytest.mark.parametrize("how", ["revoked", "down"])
def test_a_change_that_cannot_be_looked_at_is_not_taken_back(world: World, how: str) -> None:
    """The event has its new time already: it is not given another one when we may look again."""
    book = Revoking(
        world,
        (lambda: world.calendars.revoked.add(HANAKO))
        if how == "revoked"
        else (lambda: setattr(world.calendars, "down", "the provider does not answer")),
    )
    world.book_of = lambda: book
    world.run()
    (known,) = meetings(world)
    world.calendars.answer(known.event_key, AOI, Said(Word.DECLINED))
    hear(world)
    world.run_until("2026-04-01 12:00")
    world.calendars.down = ""
    world.calendars.revoked.clear()
    (moved,) = [entry.when for entry in world.calendars.entries() if AOI in entry.said]

    world.run_until("2026-04-02 09:00")

    (after,) = meetings(world)
    assert [entry.when for entry in world.calendars.entries() if AOI in entry.said] == [moved]
    assert (after.stage, after.stood) == (Stage.BOOKED, moved)
    assert words(world) == ["due", "booked", "declined", "moved"]


def test_a_time_given_by_hand_while_another_is_sought_stands(world: World) -> None:
    """The calendar told of it when nobody listened: it is read anew, and what it says holds."""
    world.run()
    (known,) = meetings(world)
    world.calendars.hidden.add(HANAKO)
    world.calendars.answer(known.event_key, AOI, Said(Word.DECLINED))
    hear(world)
    world.run_until("2026-04-01 09:30")
    assert meetings(world)[0].stage is Stage.SEEKING
    world.calendars.drag(known.event_key, span("2026-04-07 16:00"))
    hear(world)
    world.calendars.hidden.clear()

    world.run_until("2026-04-02 09:00")

    (event,) = [entry for entry in world.calendars.entries() if AOI in entry.said]
    (after,) = meetings(world)
    assert event.when == span("2026-04-07 16:00")
    assert (after.stage, after.stood) == (Stage.BOOKED, event.when)
    assert words(world) == ["due", "booked", "declined", "moved"]


class Counting(MemoryBook):
    """A book that counts what it is asked for while one calendar says no."""

    def __init__(self, world: World) -> None:
        super().__init__(world.calendars)
        self.refused = 0
        self.is_over = False

    def book(self, invitation: Invitation) -> Outcome:
        """Refuse, and ask for an hour's patience."""
        if not self.is_over:
            self.refused += 1
            return Later("too much", timedelta(hours=1), Scope.MAILBOX)
        return super().book(invitation)


def test_a_calendar_that_asks_for_patience_is_left_alone(tmp_path: Path) -> None:
    """Forty talks of one mentor: one is refused for an hour, and none of the others is tried."""
    world = World(tmp_path)
    plan = world.publish(TALK)
    for number in range(40):
        world.enroll(f"p{number}", plan, accept="2026-04-01 09:00")
    book = Counting(world)
    world.book_of = lambda: book

    world.run_until("2026-04-01 09:55")
    refused = book.refused
    book.is_over = True
    world.run_until("2026-04-01 12:00")

    assert refused == 1
    assert len(set(times(world))) == 40
    world.close()


def test_a_lane_that_can_be_read_again_is_open_again(world: World) -> None:
    """The provider was away when its calendars were read: once they can be, nothing is amiss."""
    world.run()
    world.calendars.down = "the provider does not answer"
    hear(world)
    shut = [one.lane for one in world.journal.lanes.all()]

    world.calendars.down = ""
    world.run_until("2026-04-02 09:00")

    assert shut == ["calendar:google"]
    assert world.journal.lanes.all() == []


def test_no_time_is_held_for_a_talk_that_is_called_off_while_it_is_found(tmp_path: Path) -> None:
    """She declines while calendars are asked again: nothing of her mentor's day stays taken."""
    solver = Interrupted()
    world = World(tmp_path, solver=solver)
    world.calendars.down = "away"
    world.enroll("aoi", world.publish(TALK), accept="2026-04-01 09:00")
    world.run()

    def decline() -> None:
        world.note("aoi", "declined")
        world.engine.ticker.tick(world.now)

    world.calendars.down, solver.happens = "", decline
    world.run_until("2026-04-01 18:00")

    assert [one.stage for one in meetings(world)] == [Stage.CANCELLED]
    with world.journal.store.read() as connection:
        assert connection.execute(text("select count(*) from hold")).scalar() == 0
    world.close()
