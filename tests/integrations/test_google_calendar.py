"""What Google Calendar does beyond what every calendar does, over real HTTP."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from email.utils import format_datetime
from threading import Event
from typing import Any

import httplib2
import pytest
from googleapiclient.discovery import build

from integrations.google.calendar import AT_ONCE
from integrations.google.events import new_event
from integrations.google.reasons import (
    BY_REASON,
    BY_STATUS,
    LONG,
    Meaning,
    described,
    kind_of,
    outcome_of,
    problem_of,
)
from integrations.localgoogle.refusals import Refusal
from tests.contracts.calendar_book import (
    AOI,
    DAY,
    MANAGER,
    MENTOR,
    NOW,
    Notice,
    Told,
    at,
    booked,
    busy,
    changed,
    entry,
    invitation,
    seen,
    words,
)
from tests.servers.google import GoogleWorld, google_world, service_account, signed_in_user
from worker.domain.meetings import Busy, Guest, MeetingId, Said, Span, Unknown, Word
from worker.domain.outcomes import Done, InDoubt, Later, Outcome, Refused, Scope
from worker.ports import BookTrouble, Changed, Trouble

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


class TestRequests:
    """How often Google is asked, and what reaches it."""

    def test_booking_and_looking_are_one_request_each(self, world: GoogleWorld) -> None:
        """The event and what else lies in its time come in one answer."""
        wish = invitation()

        ref = booked(world, wish)
        seen(world, wish, ref)

        assert [one.method for one in world.google.requests] == [INSERT, LIST]

    def test_a_change_is_a_look_and_a_write(self, world: GoogleWorld) -> None:
        """Never a patch, which would cost three times as much and lose the answers."""
        wish = invitation()
        ref = booked(world, wish)

        world.book.change(replace(wish, title="?", revision=1), ref)

        assert [one.method for one in world.google.requests] == [INSERT, GET, UPDATE]

    def test_fifty_calendars_are_one_question(self, world: GoogleWorld) -> None:
        """120 people are three requests, and no request asks for more than Google allows."""
        people = [f"staff{n}@tsunagu.example" for n in range(120)]
        world.google.employ(*people)

        world.book.busy(people, DAY)

        asked = [len(one.body["items"]) for one in world.google.requests]
        assert asked == [AT_ONCE, AT_ONCE, 20]

    def test_a_wave_of_meetings_takes_little_more_than_two_requests_each(
        self, world: GoogleWorld
    ) -> None:
        """Sixty people asked about in batches, then one request to book and one to look."""
        people = [f"staff{n}@tsunagu.example" for n in range(60)]
        world.google.employ(*people)
        wishes = [
            replace(
                invitation(f"{n}/first-1on1/0"),
                organiser=Guest(people[n % 60]),
                when=Span(at(25 + n // 60), at(25.5 + n // 60)),
            )
            for n in range(200)
        ]

        world.book.busy(people, Span(NOW, NOW + timedelta(days=28)))
        for wish in wishes:
            assert seen(world, wish, booked(world, wish)).clashes == ()

        assert world.asked() <= 2.2 * len(wishes)
        assert world.google.sign_ins.given <= len(people)

    def test_a_request_whose_answer_is_lost_reaches_google_once(self, world: GoogleWorld) -> None:
        """No layer below us repeats anything: whoever asks again knows that they do."""
        world.lose_next_answer()

        outcome = world.book.book(invitation())

        assert isinstance(outcome, InDoubt)
        assert world.asked(INSERT) == 1

    def test_a_kept_connection_that_is_cut_is_not_asked_over_again(
        self, world: GoogleWorld
    ) -> None:
        """The same over a connection that has served before, where libraries like to repeat."""
        booked(world, invitation("another"))
        world.google.faults.drops = 1

        outcome = world.book.book(invitation())

        assert isinstance(outcome, InDoubt)
        assert world.asked(INSERT) == 2
        assert world.made(MENTOR) == 1

    def test_the_transport_of_the_library_would_ask_twice(self, world: GoogleWorld) -> None:
        """Why we bring our own: httplib2 repeats a POST that was obeyed, and tells nobody."""
        token = world.google.sign_ins.exchange(
            {"grant_type": "refresh_token", "refresh_token": "theirs"}
        )
        assert token[0] == 400
        world.google.sign_ins.refresh_tokens["theirs"] = MENTOR
        scope = "https://www.googleapis.com/auth/calendar.events"
        _, told = world.google.sign_ins.exchange(
            {"grant_type": "refresh_token", "refresh_token": "theirs", "scope": scope}
        )
        service = build(
            "calendar",
            "v3",
            http=httplib2.Http(),
            client_options={"api_endpoint": f"{world.google.endpoint}/calendar/v3/"},
        )
        body = new_event(invitation())
        request = service.events().insert(calendarId=MENTOR, body=body, conferenceDataVersion=1)
        request.headers["authorization"] = f"Bearer {told['access_token']}"
        world.lose_next_answer()

        with pytest.raises(Exception, match="already exists"):
            request.execute(num_retries=0)
        service.close()

        assert world.asked(INSERT) == 2

    def test_an_answer_that_takes_too_long_is_in_doubt(self, world: GoogleWorld) -> None:
        """Google was obeying when we stopped listening; looking finds the event."""
        book = world.another_book(answer=timedelta(milliseconds=50))
        world.google.faults.slow = Event()

        outcome = book.book(invitation())

        world.google.faults.slow.set()
        world.google.faults.slow = None
        assert isinstance(outcome, InDoubt)
        assert entry(world, invitation()).title == "はじめての1on1"

    def test_every_answer_of_the_server_is_as_google_describes_it(self, world: GoogleWorld) -> None:
        """What our server says about an event is held to Google's own document, too."""
        from integrations.localgoogle.discovery import api  # noqa: PLC0415 - only here

        wish = replace(invitation(), place="google_meet")
        booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        (event,) = world.calendars.shelf_of(MENTOR).events.values()

        assert api("calendar", "v3").complaints("Event", event) == []


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


class TestFreeBusy:
    """Whose time is free."""

    def test_errors_inside_a_success_are_no_free_time(self, world: GoogleWorld) -> None:
        """One cannot be told today, one never: neither is free, and others are."""
        world.google.employ("a@tsunagu.example", "b@tsunagu.example")
        world.google.calendar_methods.trouble_with = {
            "a@tsunagu.example": "internalError",
            "b@tsunagu.example": "notFound",
        }

        found = world.book.busy(["a@tsunagu.example", "b@tsunagu.example", MENTOR], DAY)

        a, b, mentor = found.values()
        assert isinstance(a, Unknown)
        assert isinstance(b, Unknown)
        assert (a.is_permanent, b.is_permanent, mentor) == (False, True, Busy())
        assert "internalError" in a.why

    def test_a_calendar_too_many_is_unknown_and_not_free(self, world: GoogleWorld) -> None:
        """Should Google allow fewer one day, those beyond are asked again, and never offered."""
        people = [f"staff{n}@tsunagu.example" for n in range(12)]
        world.google.employ(*people)
        world.google.calendar_methods.at_once = 10

        found = world.book.busy(people, DAY)

        kinds = [type(one) for one in found.values()]
        assert kinds == [Busy] * 10 + [Unknown] * 2
        assert not any(one.is_permanent for one in found.values() if isinstance(one, Unknown))

    def test_a_colleague_who_left_is_not_the_one_who_asks(self, world: GoogleWorld) -> None:
        """Somebody has to ask; whoever cannot sign in any more holds nobody up."""
        world.revoke(MENTOR)

        found = world.book.busy([MENTOR, MANAGER], DAY)

        assert found[MANAGER] == Busy()
        assert world.google.requests[-1].person == MANAGER

    def test_when_nobody_can_sign_in_everybody_is_unknown(self, world: GoogleWorld) -> None:
        """The delegation was taken back: a human must act."""
        world.google.sign_ins.delegated.clear()

        found = world.book.busy([MENTOR, MANAGER], DAY)

        assert [isinstance(one, Unknown) and one.is_permanent for one in found.values()] == [
            True,
            True,
        ]

    def test_a_throttled_question_is_not_followed_by_others(self, world: GoogleWorld) -> None:
        """Who is told to wait does not ask about the next fifty."""
        people = [f"staff{n}@tsunagu.example" for n in range(120)]
        world.google.employ(*people)
        world.throttle(timedelta(seconds=30))

        found = world.book.busy(people, DAY)

        assert world.asked(FREE_BUSY) == 1
        assert {(Unknown, timedelta(seconds=30))} == {
            (type(one), one.wait) for one in found.values() if isinstance(one, Unknown)
        }
        assert len(found) == 120

    @pytest.mark.parametrize("leaving_out", [(), ("nothing",)])
    def test_both_ways_of_asking_agree(
        self, world: GoogleWorld, leaving_out: tuple[str, ...]
    ) -> None:
        """Working places and free entries take no time, whole days and weekly ones do."""
        world.calendars.take(
            MENTOR,
            (date(2026, 4, 1), date(2026, 4, 2)),
            "オフィス",
            eventType="workingLocation",
            workingLocationProperties={"type": "officeLocation"},
        )
        world.calendars.take(MENTOR, Span(at(1), at(2)), "空き", transparency="transparent")
        world.calendars.take(MENTOR, (date(2026, 4, 3), date(2026, 4, 4)), "休暇")
        world.calendars.take(
            MENTOR, Span(at(4), at(5)), "定例", recurrence=["RRULE:FREQ=WEEKLY;COUNT=3"]
        )

        found = busy(world, MENTOR, Span(at(0), at(24 * 10)), leaving_out=leaving_out)

        day = datetime(2026, 4, 2, 15, tzinfo=UTC)
        assert found.spans == (
            Span(at(4), at(5)),
            Span(day, day + timedelta(days=1)),
            Span(at(24 * 7 + 4), at(24 * 7 + 5)),
        )

    def test_a_stretch_over_three_windows_is_three_questions(self, world: GoogleWorld) -> None:
        """Two months are asked for in pieces that no provider refuses."""
        world.book.busy([MENTOR], Span(NOW, NOW + timedelta(days=62)))

        assert world.asked(FREE_BUSY) == 3


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

    def test_reading_goes_on_as_the_person_of_the_calendar(self, world: GoogleWorld) -> None:
        """The quota is counted on whom we act for, so everybody is asked as themselves."""
        changed(world, "")
        changed(world, "", MANAGER)

        assert [one.person for one in world.google.requests] == [MENTOR, MANAGER]


class TestSigningIn:
    """Who we are."""

    def test_a_token_that_runs_out_early_is_fetched_anew(self, world: GoogleWorld) -> None:
        """Refused is not done: asked once more with a new token, and nobody notices."""
        booked(world, invitation())
        world.google.sign_ins.expire_tokens()

        ref = booked(world, invitation("another"))

        assert ref == invitation("another").event_key
        assert world.google.sign_ins.given == 2

    def test_rights_that_an_administrator_did_not_give_are_a_humans_business(
        self, world: GoogleWorld
    ) -> None:
        """Delegation without the calendar: refused for the whole connection, with the word."""
        world.google.sign_ins.delegated.clear()

        outcome = world.book.book(invitation())
        looked = world.book.see(invitation())

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX
        assert "unauthorized_client" in outcome.why
        assert isinstance(looked, BookTrouble)
        assert looked.kind is Trouble.CREDENTIALS

    def test_a_key_that_is_none_is_a_humans_business(self, world: GoogleWorld) -> None:
        """Half a file: said so, without what stood in it."""
        broken = {**service_account(world.google), "private_key": "secret nonsense"}

        outcome = world.another_book(broken).book(invitation())

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX
        assert "nonsense" not in outcome.why

    def test_a_person_who_signed_in_books_in_calendars_shared_with_them(
        self, world: GoogleWorld
    ) -> None:
        """Without delegation HR acts as themselves, where a colleague lets them."""
        world.google.employ("hr@tsunagu.example")
        world.google.sign_ins.refresh_tokens["given once"] = "hr@tsunagu.example"
        book = world.another_book(signed_in_user(world.google))

        before = book.book(invitation())
        world.calendars.share(MENTOR, "hr@tsunagu.example")
        after = book.book(invitation())
        found = book.busy([MENTOR, MANAGER], DAY, leaving_out=[invitation().event_key])

        assert isinstance(before, Refused)
        assert before.scope is Scope.MAILBOX
        assert after == Done(invitation().event_key)
        assert found == {MENTOR: Busy(), MANAGER: Busy()}
        assert {one.person for one in world.google.requests} == {"hr@tsunagu.example"}

    def test_a_sign_in_that_ran_out_is_told(self, world: GoogleWorld) -> None:
        """An app in testing loses its sign-ins after seven days."""
        book = world.another_book(signed_in_user(world.google))

        outcome = book.book(invitation())

        assert isinstance(outcome, Refused)
        assert "invalid_grant" in outcome.why
        assert outcome.scope is Scope.MAILBOX

    def test_no_secret_is_shown(self, world: GoogleWorld) -> None:
        """An account printed by mistake tells nothing."""
        assert "PRIVATE" not in repr(world.book.__dict__["_line"].__dict__["_sign_in"].account)


# What each meaning comes to: the outcome of booking, its scope, and who can do something.
COMES_TO: Mapping[Meaning, tuple[type[Outcome], Scope | None, Trouble]] = {
    Meaning.PAUSE: (Later, Scope.MAILBOX, Trouble.LIMITS),
    Meaning.SPENT: (Later, Scope.MAILBOX, Trouble.LIMITS),
    Meaning.SIGN_IN: (Refused, Scope.MAILBOX, Trouble.CREDENTIALS),
    Meaning.FORBIDDEN: (Refused, Scope.MAILBOX, Trouble.MAILBOX),
    Meaning.MISSING: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.GONE: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.TAKEN: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.STALE: (Later, Scope.MESSAGE, Trouble.NETWORK),
    Meaning.WRONG: (Refused, Scope.MESSAGE, Trouble.MAILBOX),
    Meaning.AWAY: (Later, Scope.SERVER, Trouble.NETWORK),
    Meaning.LOST: (InDoubt, None, Trouble.NETWORK),
}

# Reasons that Google names in "Handle API errors" (Calendar), "Resolve errors" (Gmail), RFC 6749
# 5.2 and the answers of free/busy.
NAMED = {
    *("badRequest", "authError", "dailyLimitExceeded", "userRateLimitExceeded"),
    *("rateLimitExceeded", "quotaExceeded", "forbiddenForNonOrganizer", "notFound", "duplicate"),
    *("conditionNotMet", "backendError", "fullSyncRequired", "updatedMinTooLongAgo", "deleted"),
    *("timeRangeEmpty", "required", "invalid", "domainPolicy", "failedPrecondition"),
    *("insufficientPermissions", "accessNotConfigured", "requiredAccessLevel", "invalidArgument"),
    *("forbiddenForServiceAccounts", "invalid_grant", "invalid_client", "unauthorized_client"),
    *("invalid_scope", "internalError", "concurrentLimitExceeded", "parseError"),
}


class TestReasons:
    """What Google says, in our words."""

    def test_every_reason_that_google_names_is_in_the_table(self) -> None:
        """Nothing that is written down surprises us."""
        assert NAMED - BY_REASON.keys() == set()

    def test_every_meaning_is_reached_by_a_reason_or_a_status(self) -> None:
        """No word of the table is dead, and each has its row here."""
        assert set(Meaning) == COMES_TO.keys()
        assert set(BY_REASON.values()) | set(BY_STATUS.values()) == set(Meaning)

    @pytest.mark.parametrize("reason", sorted(BY_REASON))
    def test_a_reason_counts_more_than_its_status(self, reason: str) -> None:
        """Whatever status it comes with, and with every detail of its meaning."""
        content = b'{"error": {"errors": [{"reason": "%s"}]}}' % reason.encode()
        kind, scope, trouble = COMES_TO[BY_REASON[reason]]

        problem = problem_of(418, content, None)
        outcome = outcome_of(problem)

        assert isinstance(outcome, kind)
        assert getattr(outcome, "scope", None) is scope
        assert kind_of(problem) is trouble
        assert reason in problem.why

    @pytest.mark.parametrize(
        ("status", "meaning"), [*BY_STATUS.items(), (302, Meaning.WRONG), (502, Meaning.LOST)]
    )
    def test_a_reason_nobody_knows_goes_by_its_status(self, status: int, meaning: Meaning) -> None:
        """And it stands in the text, so that a surprise can be seen."""
        problem = problem_of(status, b'{"error": {"errors": [{"reason": "brandNew"}]}}', None)

        assert problem.meaning is meaning
        assert "brandNew" in problem.why

    @pytest.mark.parametrize("content", [b"", b"<html>", b"[]", b'{"error": 7}', b'{"error": {}}'])
    def test_an_answer_that_is_none_goes_by_its_status(self, content: bytes) -> None:
        """A proxy's page says nothing about a calendar."""
        assert problem_of(503, content, None).meaning is Meaning.LOST

    @pytest.mark.parametrize(
        ("refusal", "wait"),
        [
            (Refusal(403, "rateLimitExceeded", "Rate Limit Exceeded"), None),
            (Refusal(403, "quotaExceeded", "Calendar usage limits exceeded."), LONG),
            (
                Refusal(429, "rateLimitExceeded", "", {"Retry-After": "120"}),
                timedelta(seconds=120),
            ),
            (
                Refusal(
                    429,
                    "userRateLimitExceeded",
                    "",
                    {"Retry-After": format_datetime(NOW + timedelta(minutes=5), usegmt=True)},
                ),
                timedelta(minutes=5),
            ),
        ],
    )
    def test_three_limits_are_three_waits(
        self, world: GoogleWorld, refusal: Refusal, wait: timedelta | None
    ) -> None:
        """A busy minute is over soon, a spent allowance is not, and what is asked for is obeyed."""
        world.google.faults.refusal = refusal

        outcome = world.book.book(invitation())
        looked = world.book.changes(MENTOR, "")

        assert isinstance(outcome, Later)
        assert (outcome.wait, outcome.scope) == (wait, Scope.MAILBOX)
        assert isinstance(looked, BookTrouble)
        assert (looked.kind, looked.wait) == (Trouble.LIMITS, wait)

    def test_a_server_that_stumbled_leaves_a_doubt(self, world: GoogleWorld) -> None:
        """A 500 says nothing about whether the event is there; asking again is harmless."""
        world.google.faults.refusal = Refusal(500, "backendError", "Backend Error")

        outcome = world.book.book(invitation())
        world.relent()

        assert isinstance(outcome, InDoubt)
        assert isinstance(world.book.book(invitation()), Done)

    def test_a_look_that_failed_changed_nothing(self, world: GoogleWorld) -> None:
        """A change that could not even look is no doubt: it is tried later."""
        wish = invitation()
        ref = booked(world, wish)
        world.google.faults.refusal = Refusal(500, "backendError", "Backend Error")

        outcome = world.book.change(replace(wish, title="?", revision=1), ref)

        assert isinstance(outcome, Later)
        assert outcome.scope is Scope.SERVER

    def test_what_is_said_names_nobody(self) -> None:
        """Addresses in Google's sentences are left out."""
        assert described("HTTP 400", "Invalid attendee: <aoi@example.jp>.") == (
            "HTTP 400 Invalid attendee: <…>."
        )

    def test_an_expired_cursor_in_the_middle_of_a_change_sends_nothing(
        self, world: GoogleWorld
    ) -> None:
        """Everything is read anew while a meeting is being moved: one update a guest, no more."""
        wish = replace(invitation(), id=MeetingId("9/first-1on1/0"))
        ref = booked(world, wish)
        cursor = changed(world, "").cursor
        later = replace(wish, when=Span(at(30), at(31)), revision=1)
        world.lose_next_answer()
        world.book.change(later, ref)
        world.expire_cursors()

        news = world.book.changes(MENTOR, cursor)
        again = world.book.change(later, ref)

        assert isinstance(news, Changed)
        assert [(one.when, one.revision) for one in news.entries] == [(later.when, 1)]
        assert again == Done(ref)
        assert [one.notice for one in world.told(wish)].count(Notice.UPDATED) == 2
