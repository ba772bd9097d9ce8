"""What Google Calendar does beyond what every calendar does, over real HTTP."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.contracts.calendar_world import (
    AOI,
    MANAGER,
    MENTOR,
    NOW,
    Notice,
    Told,
    at,
    booked,
    changed,
    entry,
    invitation,
    seen,
    words,
)
from tests.servers.google import GoogleWorld, google_world
from worker.domain.meetings import Guest, Said, Span, Word
from worker.domain.outcomes import Done, Refused, Scope
from worker.ports import BookTrouble, Trouble

INSERT, GET, UPDATE = "calendar.events.insert", "calendar.events.get", "calendar.events.update"
LIST, FREE_BUSY = "calendar.events.list", "calendar.freebusy.query"


@pytest.fixture
def world() -> Iterator[GoogleWorld]:
    """A server of the test's own."""
    with google_world() as running:
        yield running


def last(world: GoogleWorld, method: str) -> Mapping[str, Any]:
    """Give the body of the last request of a method."""
    return [one for one in world.google.requests if one.method == method][-1].body


class TestEvents:
    """What lies in the calendar."""

    def test_guests_who_should_not_see_each_other_do_not(self, world: GoogleWorld) -> None:
        """Offer-holders of one day do not learn who else was made an offer."""
        wish = replace(invitation(), hides_guests=True)

        booked(world, wish)

        assert last(world, INSERT)["guestsCanSeeOtherGuests"] is False
        assert last(world, INSERT)["guestsCanInviteOthers"] is False
        (copy,) = [event for event, _ in world.calendars.seen(MANAGER)]
        assert [one["email"] for one in copy["attendees"]] == [MANAGER]

    def test_what_we_need_to_find_it_again_is_nobody_elses_to_see(self, world: GoogleWorld) -> None:
        """Our own notes are in the organiser's copy alone."""
        wish = invitation()

        booked(world, wish)

        private = last(world, INSERT)["extendedProperties"]["private"]
        assert private["tsunaguMeeting"] == wish.id
        assert private["tsunagu"] == wish.event_key
        (copy,) = [event for event, _ in world.calendars.seen(MANAGER)]
        assert "extendedProperties" not in copy

    def test_somebody_elses_event_of_our_id_is_not_ours(self, world: GoogleWorld) -> None:
        """An id that is in use proves nothing."""
        wish = invitation()
        shelf = world.calendars.shelf_of(MENTOR)
        foreign = {
            "id": wish.event_key,
            "summary": "よその予定",
            "start": {"dateTime": "2026-04-02T10:00:00+09:00"},
            "end": {"dateTime": "2026-04-02T11:00:00+09:00"},
        }
        world.calendars.keep(shelf, world.calendars.completed(foreign, MENTOR))

        outcome = world.book.book(wish)

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MESSAGE

    def test_a_guest_asked_twice_is_asked_once_and_the_organiser_never(
        self, world: GoogleWorld
    ) -> None:
        """Spelling an address otherwise makes nobody two people."""
        guests = (Guest(AOI, "葵"), Guest(AOI.upper()), Guest(MENTOR))
        wish = replace(invitation(), guests=guests)

        booked(world, wish)

        assert [Told(AOI, Notice.INVITED)] == world.told(wish)

    @pytest.mark.parametrize("place", ["", "会議室A\r\nX-Evil: 1", "第1会議室「桜」🌸"])
    def test_titles_and_places_stay_in_one_line(self, world: GoogleWorld, place: str) -> None:
        """A line end in a name makes no second line; everything else stays as it was written."""
        wish = replace(invitation(), title="1on1「葵」\r\nATTENDEE:x 🌸", place=place)

        booked(world, wish)

        found = entry(world, wish)
        assert found.title == "1on1「葵」  ATTENDEE:x 🌸"
        assert "\n" not in found.place
        assert found.place.replace(" ", "") == place.replace("\r\n", "").replace(" ", "")

    def test_a_teams_meeting_is_not_googles_to_make(self, world: GoogleWorld) -> None:
        """It is said before anybody is invited into a room that does not exist."""
        outcome = world.book.book(replace(invitation(), place="teams"))

        assert isinstance(outcome, Refused)
        assert world.asked() == 0

    def test_a_room_that_could_not_be_made_is_told(self, world: GoogleWorld) -> None:
        """No link, and nothing to wait for: the meeting stands, and somebody is told."""
        world.calendars.rooms_fail = True
        wish = replace(invitation(), place="google_meet")
        ref = booked(world, wish)

        looks = [entry(world, wish, ref) for _ in range(3)]

        assert [(one.link, one.is_link_pending) for one in looks][-1] == ("", False)

    def test_a_meeting_that_moves_into_a_room_loses_its_link(self, world: GoogleWorld) -> None:
        """And one that moves out of it gets one."""
        wish = replace(invitation(), place="google_meet")
        ref = booked(world, wish)

        world.book.change(replace(wish, place="会議室B", revision=1), ref)
        in_room = entry(world, wish, ref)
        world.book.change(replace(wish, place="google_meet", revision=2), ref)
        entry(world, wish, ref)
        online = entry(world, wish, ref)

        assert (in_room.place, in_room.link) == ("会議室B", "")
        assert online.place == "google_meet"
        assert online.link

    def test_an_event_dragged_to_a_whole_day_is_a_day_of_its_organiser(
        self, world: GoogleWorld
    ) -> None:
        """The 3rd of April in Tokyo begins at 15:00 UTC on the 2nd."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor

        world.calendars.drag(wish.event_key, (date(2026, 4, 3), date(2026, 4, 4)))

        day = Span(datetime(2026, 4, 2, 15, tzinfo=UTC), datetime(2026, 4, 3, 15, tzinfo=UTC))
        (news,) = changed(world, cursor).entries
        assert day == news.when == entry(world, wish, ref).when

    def test_a_meeting_of_more_guests_than_google_counts_is_booked(
        self, world: GoogleWorld
    ) -> None:
        """201 guests are invited; their answers never reach us, and are not made up."""
        guests = tuple(Guest(f"person{n}@university.example") for n in range(201))
        wish = replace(invitation(), guests=guests, hides_guests=True)
        ref = booked(world, wish)

        world.answer(wish, guests[0].address, Said(Word.ACCEPTED))

        assert len(world.told(wish)) == 201
        assert words(entry(world, wish, ref)) == {}

    def test_guests_that_google_leaves_out_are_not_lost_by_a_change(
        self, world: GoogleWorld
    ) -> None:
        """An event shown without its guests is never written back."""
        wish = invitation()
        ref = booked(world, wish)
        world.google.calendar_methods.omits_attendees = True

        outcome = world.book.change(replace(wish, title="?", revision=1), ref)

        assert isinstance(outcome, Refused)
        assert world.asked(UPDATE) == 0

    def test_what_people_added_to_an_event_outlives_our_change(self, world: GoogleWorld) -> None:
        """A colour, a guest's own comment: a change of ours writes over nothing else."""
        wish = invitation()
        ref = booked(world, wish)
        shelf, event = world.calendars.standing(wish.event_key)
        world.calendars.keep(shelf, {**event, "colorId": "5"})
        world.answer(wish, AOI, Said(Word.ACCEPTED, comment="楽しみです"))

        world.book.change(replace(wish, description="新しい案内", revision=1), ref)

        _, now = world.calendars.standing(wish.event_key)
        assert (now["colorId"], now["description"]) == ("5", "新しい案内")
        assert entry(world, wish, ref).said[AOI].comment == "楽しみです"

    def test_looking_at_a_moved_event_shows_what_lies_where_it_is_now(
        self, world: GoogleWorld
    ) -> None:
        """It was dragged onto something else: that is the clash, not what it left behind."""
        wish = invitation()
        ref = booked(world, wish)
        world.take(MENTOR, Span(at(25), at(26)), "元の時間の予定")
        world.take(MENTOR, Span(at(30), at(31)), "先の予定")

        world.drag(wish, Span(at(30.5), at(31)))

        assert seen(world, wish, ref).clashes == (Span(at(30), at(31)),)


class TestAutomaticDeclines:
    """Who said no: a person, or their calendar?"""

    @pytest.mark.parametrize(
        ("kind", "mode", "is_automatic"),
        [
            ("focusTime", "declineAllConflictingInvitations", True),
            ("outOfOffice", "declineOnlyNewConflictingInvitations", True),
            ("focusTime", "declineNone", False),
        ],
    )
    def test_a_calendar_that_declines_is_told_from_a_person(
        self, world: GoogleWorld, kind: str, mode: str, is_automatic: bool
    ) -> None:
        """Found hours later, too: the thing that declines still lies in the colleague's time."""
        wish = invitation()
        ref = booked(world, wish)
        more = {"eventType": kind, f"{kind}Properties": {"autoDeclineMode": mode}}
        world.calendars.take(MANAGER, Span(at(24), at(28)), "集中", **more)

        world.answer(wish, MANAGER, Said(Word.DECLINED))

        assert entry(world, wish, ref).said[MANAGER].is_automatic is is_automatic

    def test_two_seconds_after_booking_nobody_has_read_anything(self, world: GoogleWorld) -> None:
        """Also where we may not look into the calendar of who declined."""
        wish = invitation()
        ref = booked(world, wish)
        world.clock.turn_to(NOW + timedelta(seconds=2))

        world.calendars.answer(wish.event_key, AOI, "declined")

        assert entry(world, wish, ref).said[AOI].is_automatic

    def test_a_candidate_who_declines_is_a_person(self, world: GoogleWorld) -> None:
        """Nobody looks into calendars outside the company."""
        wish = invitation()
        ref = booked(world, wish)
        before = world.asked()

        world.answer(wish, AOI, Said(Word.DECLINED))

        assert not entry(world, wish, ref).said[AOI].is_automatic
        assert world.asked() == before + 1

    def test_decline_then_accept_is_an_acceptance(self, world: GoogleWorld) -> None:
        """Two minutes later somebody has found the other button."""
        wish = invitation()
        ref = booked(world, wish)

        world.answer(wish, AOI, Said(Word.DECLINED))
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        assert words(entry(world, wish, ref)) == {AOI: Word.ACCEPTED}


class TestChanges:
    """What happens in a calendar while we look away."""

    def test_short_pages_lose_nothing(self, world: GoogleWorld) -> None:
        """Google may cut a page anywhere; the end is where it says so."""
        world.google.calendar_methods.page_size = 2
        wishes = [invitation(f"{n}/first-1on1/0") for n in range(5)]
        refs = {booked(world, wish) for wish in wishes}
        world.take(MENTOR, Span(at(50), at(51)))

        begun = changed(world, "")
        for wish in wishes:
            world.answer(wish, AOI, Said(Word.ACCEPTED))
        news = changed(world, begun.cursor)

        assert refs == {one.ref for one in begun.entries} == {one.ref for one in news.entries}
        assert seen(world, wishes[4]).entry is not None

    def test_a_deleted_event_that_is_only_an_id_is_told(self, world: GoogleWorld) -> None:
        """Google keeps nothing of it but its name: enough to know which."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor
        world.delete(wish)
        foreign = world.calendars.take(MENTOR, Span(at(50), at(51)))
        world.calendars.delete(foreign)

        (news,) = changed(world, cursor).entries

        assert (news.ref, news.is_cancelled, news.when, news.event_key) == (ref, True, None, "")

    def test_what_a_mentor_is_only_asked_to_is_not_their_own_meeting(
        self, world: GoogleWorld
    ) -> None:
        """A meeting that HR organises is HR's to tell of."""
        booked(world, invitation())

        assert changed(world, "", MANAGER).entries == ()

    def test_a_calendar_that_is_gone_is_trouble_and_not_empty(self, world: GoogleWorld) -> None:
        """A mentor whose account was deleted has not cancelled everything."""
        world.calendars.dismiss(MENTOR)

        looks = [world.book.changes(MENTOR, ""), world.book.see(invitation())]

        for trouble in looks:
            assert isinstance(trouble, BookTrouble)
            assert trouble.kind is Trouble.MAILBOX

    def test_a_meeting_in_a_calendar_that_is_gone_is_not_cancelled(
        self, world: GoogleWorld
    ) -> None:
        """The mentor's account was deleted: guests may still have it, and a human must know."""
        wish = invitation()
        ref = booked(world, wish)
        world.calendars.dismiss(MENTOR)

        outcome = world.book.cancel(wish, ref)

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX

    def test_a_meeting_that_never_was_is_cancelled(self, world: GoogleWorld) -> None:
        """Certainly not there: nothing is left to do."""
        wish = invitation()

        assert isinstance(world.book.cancel(wish, wish.event_key), Done)

    def test_reading_goes_on_as_the_person_of_the_calendar(self, world: GoogleWorld) -> None:
        """The quota is counted on whom we act for, so everybody is asked as themselves."""
        changed(world, "")
        changed(world, "", MANAGER)

        assert [one.person for one in world.google.requests] == [MENTOR, MANAGER]
