"""Outlook's own ways: what the contract cannot say of every calendar."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier, Event

import pytest

from integrations.localgraph.events import rendered
from integrations.microsoft.calendar import GraphCalendarBook
from integrations.microsoft.gate import Gate
from integrations.microsoft.tokens import AppTokens, ClientSecret
from integrations.microsoft.wire import Call, GraphWire
from tests.contracts.calendar_world import (
    AOI,
    DAY,
    MANAGER,
    MENTOR,
    REN,
    WAIT,
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
from tests.integrations.outlook import OutlookWorld, hasty_book, outlook, registration
from tests.servers.certificates import Certificates
from worker.domain.meetings import Busy, Guest, Said, Span, Unknown, Word
from worker.domain.outcomes import Done, InDoubt, Later, Refused, Scope
from worker.engine.journal.places import FilePlaces
from worker.ports import BookTrouble, Trouble


@pytest.fixture
def world(certificates: Certificates) -> Iterator[OutlookWorld]:
    """A company whose calendars nobody has written into."""
    with outlook(certificates) as running:
        yield running


def another_book(world: OutlookWorld) -> GraphCalendarBook:
    """A worker that took over from one that died."""
    return GraphCalendarBook(world.wire, world.clock)


def days_pass(world: OutlookWorld, days: int) -> None:
    """Let days pass."""
    world.clock.turn_to(world.clock.now() + timedelta(days=days))


def bodies(world: OutlookWorld, method: str) -> list[dict[str, object]]:
    """Give the bodies of what was asked, as they came."""
    asked = [one.body for one in world.server.graph.seen if one.method == method]
    return [body for body in asked if isinstance(body, dict)]


# Made once.


@pytest.mark.parametrize("names_existing", [True, False])
@pytest.mark.parametrize("duplicates", ["409", "400", "original"])
def test_a_second_creation_finds_the_first(
    world: OutlookWorld, duplicates: str, *, names_existing: bool
) -> None:
    """However Exchange says that it was made before, there is one event, and one mail a guest."""
    world.server.graph.manners.duplicates = duplicates
    world.server.graph.manners.names_existing = names_existing
    world.lose_next_answer()
    lost = world.book.book(invitation())

    found = another_book(world).book(invitation())

    assert isinstance(lost, InDoubt)
    assert found == Done(world.event(invitation()).id)
    assert world.made(MENTOR) == 1
    assert len(world.told(invitation())) == 2


def test_a_request_lost_on_its_way_is_made_by_the_next(world: OutlookWorld) -> None:
    """The line broke before the work: we look, find nothing, and ask once more."""
    world.server.cuts_before = 1
    lost = world.book.book(invitation())

    made = world.book.book(invitation())

    assert isinstance(lost, InDoubt)
    assert isinstance(made, Done)
    assert world.made(MENTOR) == 1


def test_an_exchange_that_forgets_transactions_makes_no_second_event(world: OutlookWorld) -> None:
    """How long it remembers is nowhere promised: who lost an answer looks before asking again."""
    world.server.graph.manners.forgets_transactions = True
    world.lose_next_answer()
    world.book.book(invitation())

    found = world.book.book(invitation())

    assert isinstance(found, Done)
    assert world.made(MENTOR) == 1


def test_an_event_saved_without_our_mark_is_marked(world: OutlookWorld) -> None:
    """A 503 that was none: the event is there, and everybody finds it by its key afterwards."""
    world.server.graph.manners.saves_without_properties = True

    first = world.book.book(invitation())
    outcome = first if isinstance(first, Done) else world.book.book(invitation())

    assert isinstance(outcome, Done)
    assert world.made(MENTOR) == 1
    found = entry(world, invitation(), outcome.receipt)
    assert found.event_key == invitation().event_key
    assert len(world.server.graph.office.told) == 2


@pytest.mark.parametrize(
    ("status", "verdict"), [(500, InDoubt), (502, InDoubt), (504, InDoubt), (503, Later)]
)
def test_a_broken_answer_is_in_doubt_unless_it_says_not_now(
    world: OutlookWorld, status: int, verdict: type
) -> None:
    """A gateway that gave up does not know either; whoever is overloaded did nothing."""
    world.server.graph.bad_day.status = status
    world.server.graph.bad_day.code = "serviceNotAvailable" if status == 503 else "UnknownError"

    outcome = world.book.book(invitation())
    tried = len(world.asked("POST", "/events"))
    world.server.graph.bad_day.status = 0

    assert isinstance(outcome, verdict | InDoubt)
    assert tried == 1
    assert isinstance(world.book.book(invitation()), Done)
    assert world.made(MENTOR) == 1


NOT_GRAPHS = [
    ("text/html", b"<html><body>Back soon</body></html>"),
    ("application/json; charset=utf-8", b'{"error": {"code": "UnknownError", "message": ""}}'),
    ("application/json; charset=utf-8", b"{}"),
]


@pytest.mark.parametrize("instead", NOT_GRAPHS)
def test_a_success_that_is_not_graphs_own_tells_nothing(
    world: OutlookWorld, instead: tuple[str, bytes]
) -> None:
    """A gateway's page with a 200: nobody is free by it, and no event is gone."""
    receipt = booked(world, invitation())
    cursor = changed(world, "").cursor
    world.server.graph.bad_day.instead = instead

    looked = [
        world.book.see(invitation(), receipt),
        world.book.changes(MENTOR, cursor),
        *world.book.busy([MENTOR], DAY).values(),
        *world.book.busy([MENTOR], DAY, leaving_out=["another"]).values(),
    ]
    changing = [
        world.book.change(invitation(), receipt),
        world.book.cancel(invitation(), receipt),
    ]
    world.server.graph.bad_day.instead = None

    assert [type(one) for one in looked] == [BookTrouble, BookTrouble, Unknown, Unknown]
    assert [type(one) for one in changing] == [Later, Later]
    assert seen(world, invitation(), receipt).entry is not None


def test_an_answer_that_takes_too_long_is_in_doubt(
    world: OutlookWorld, certificates: Certificates
) -> None:
    """Exchange goes on working when we have given up; asked again, there is one event."""
    book = hasty_book(world, certificates)
    goes_on = Event()
    world.server.thinking = goes_on.wait

    outcome = book.book(invitation())
    goes_on.set()
    world.server.thinking = lambda: None
    book.close()

    assert isinstance(outcome, InDoubt)
    assert isinstance(world.book.book(invitation()), Done)
    assert world.made(MENTOR) == 1


def test_nothing_is_repeated_below_the_port(world: OutlookWorld) -> None:
    """Every changing request reaches Exchange exactly once, however it is answered."""
    ref = booked(world, invitation())
    reached: list[str] = []
    answers = iter([429, 500, 503])

    def refuse(method: str, _: str) -> int:
        if method == "GET":
            return 0
        reached.append(method)
        return next(answers)

    world.server.before = refuse
    for _ in range(3):
        world.book.cancel(invitation(), ref)
    world.server.cuts_before = 2
    world.book.cancel(invitation(), ref)

    assert reached == ["POST"] * 3
    assert world.server.cuts_before == 1


def test_booking_and_seeing_are_one_call_each(world: OutlookWorld) -> None:
    """The answer to the first names the event; the second shows it and what clashes."""
    booked_at = len(world.server.graph.seen)
    ref = booked(world, invitation())
    seen(world, invitation(), ref)

    calls = [one.method for one in world.server.graph.seen[booked_at:]]
    assert calls == ["POST", "GET"]


# What is written.


def test_offer_holders_do_not_see_each_other(world: OutlookWorld) -> None:
    """In a meeting of many each guest sees only themselves."""
    booked(world, replace(invitation(), hides_guests=True))

    [body] = [one for one in bodies(world, "POST") if "subject" in one]
    assert body["hideAttendees"] is True
    (copy,) = world.server.graph.office.copies(world.event(invitation()).uid)
    assert [guest.address for guest in copy.guests] == [MANAGER]


def test_the_time_is_written_as_the_organiser_reads_it(world: OutlookWorld) -> None:
    """Outlook shows ten o'clock in Tokyo to whoever is invited, by the zone's Windows name."""
    booked(world, invitation())

    [body] = [one for one in bodies(world, "POST") if "subject" in one]
    assert body["start"] == {"dateTime": "2026-04-02T10:00:00", "timeZone": "Tokyo Standard Time"}


@pytest.mark.parametrize(
    ("timezone", "start"),
    [
        ("America/New_York", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),  # just after the gap
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),  # 01:30, the first
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC)),  # 01:30, the second
        ("Asia/Yangon", datetime(2026, 4, 2, 3, 0, tzinfo=UTC)),
        ("Europe/Madrid", datetime(2026, 7, 2, 9, 0, tzinfo=UTC)),  # of no Windows name of its own
    ],
)
def test_an_instant_survives_every_zone(
    world: OutlookWorld, timezone: str, start: datetime
) -> None:
    """When a clock jumps, or a zone has no name there, the meeting is where it was meant."""
    when = Span(start, start + timedelta(minutes=30))
    wish = replace(invitation(), timezone=timezone, when=when)

    ref = booked(world, wish)

    assert entry(world, wish, ref).when == when


def test_signs_in_a_title_do_no_harm(world: OutlookWorld) -> None:
    """Line ends, quotes and pictures are text, in the title and in what is written below."""
    wish = replace(invitation(), title="面談\r\nBcc: x@y 🎉", description="a < b & 「c」\n</body>")

    ref = booked(world, wish)

    assert entry(world, wish, ref).title == "面談 Bcc: x@y 🎉"
    assert "a &lt; b &amp; 「c」<br>&lt;/body&gt;" in world.event(wish).body


def test_more_guests_than_an_event_holds_are_refused_before_anybody_is_asked(
    world: OutlookWorld,
) -> None:
    """Half a cohort must not be invited."""
    guests = tuple(Guest(f"p{n}@university.example") for n in range(501))

    outcome = world.book.book(replace(invitation(), guests=guests))

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MESSAGE
    assert world.server.graph.seen == []


def test_a_cohort_of_two_hundred_and_one_is_one_event(world: OutlookWorld) -> None:
    """All are asked, and every answer counts."""
    guests = tuple(Guest(f"p{n}@university.example") for n in range(201))
    wish = replace(invitation(), guests=guests, hides_guests=True)
    ref = booked(world, wish)

    world.answer(wish, "p200@university.example", Said(Word.ACCEPTED))

    assert len(entry(world, wish, ref).said) == 201
    assert words(entry(world, wish, ref)) == {"p200@university.example": Word.ACCEPTED}


# Teams.


def test_a_calendar_without_teams_is_told_before_anybody_is_invited(world: OutlookWorld) -> None:
    """Nobody stands before a door that does not exist."""
    world.server.graph.office.calendars[MENTOR].online = ()

    outcome = world.book.book(replace(invitation(), place="teams"))

    assert isinstance(outcome, Refused)
    assert "Teams" in outcome.why
    assert world.made(MENTOR) == 0


def test_whether_teams_may_be_used_is_asked_once_a_day(world: OutlookWorld) -> None:
    """Forty meetings of one mentor are no forty questions."""
    for n in range(3):
        booked(world, replace(invitation(f"{n}/online/0"), place="teams"))
    once = len(world.asked("POST", "/$batch"))
    days_pass(world, 2)
    booked(world, replace(invitation("9/online/0"), place="teams"))

    assert (once, len(world.asked("POST", "/$batch"))) == (1, 2)


def test_whether_teams_may_be_used_is_asked_of_all_at_once(world: OutlookWorld) -> None:
    """Everybody whose free time was asked for may be the next organiser; each stands for itself."""
    people = [f"p{n}@tsunagu.example" for n in range(25)]
    for person in people:
        world.employ(person)
    world.server.graph.office.calendars[people[3]].online = ()
    world.book.busy([*people, AOI], DAY)

    outcomes = [
        world.book.book(
            replace(invitation(f"{n}/online/0"), organiser=Guest(person), place="teams")
        )
        for n, person in enumerate(people)
    ]

    assert [n for n, one in enumerate(outcomes) if isinstance(one, Refused)] == [3]
    # Two for all of them, and one more for who may not: that may be mended any minute.
    assert len(world.asked("POST", "/$batch")) == 3


@pytest.mark.parametrize("hindrance", ["denied", "gone"])
def test_who_cannot_be_asked_about_teams_is_not_guessed(
    world: OutlookWorld, hindrance: str
) -> None:
    """Nobody is invited before it is known; the others are not held up."""
    if hindrance == "denied":
        world.revoke(MENTOR)
    else:
        world.hide(MENTOR)

    outcome = world.book.book(replace(invitation(), place="teams"))
    other = world.book.book(
        replace(invitation("2/online/0"), organiser=Guest(MANAGER), guests=(), place="teams")
    )

    assert isinstance(outcome, Refused)
    assert outcome.scope is Scope.MAILBOX
    assert isinstance(other, Done)


def test_a_meeting_that_goes_online_where_nobody_may_is_told(world: OutlookWorld) -> None:
    """A change to Teams is asked about before it is written."""
    ref = booked(world, invitation())
    world.server.graph.office.calendars[MENTOR].online = ()

    outcome = world.book.change(replace(invitation(), place="teams", revision=1), ref)

    assert isinstance(outcome, Refused)
    assert world.asked("PATCH") == []


def test_a_link_of_another_house_is_refused(world: OutlookWorld) -> None:
    """Outlook makes no rooms at Google."""
    outcome = world.book.book(replace(invitation(), place="google_meet"))

    assert isinstance(outcome, Refused)
    assert world.made(MENTOR) == 0


def test_a_new_text_keeps_the_way_into_the_meeting(world: OutlookWorld) -> None:
    """The link stands in the same body: replaced without it, the room would be closed."""
    wish = replace(invitation(), place="teams")
    ref = booked(world, wish)
    link = entry(world, wish, ref).link

    for revision, text in enumerate(("資料を添えました。", "資料を差し替えました。"), 1):
        world.book.change(replace(wish, description=text, revision=revision), ref)

    body = world.event(wish).body
    assert entry(world, wish, ref).link == link
    assert link in body
    assert "資料を差し替えました。" in body
    assert "資料を添えました。" not in body
    assert "気楽に" not in body


# Changed.


def test_only_what_is_different_is_written(world: OutlookWorld) -> None:
    """A new room is no reason to send the guests and the text anew."""
    ref = booked(world, invitation())

    world.book.change(replace(invitation(), place="会議室B", revision=1), ref)

    [body] = bodies(world, "PATCH")
    assert set(body) == {"location", "singleValueExtendedProperties"}


def test_new_guests_alone_are_told_to_those_alone(world: OutlookWorld) -> None:
    """Whoever was invited before hears nothing of somebody else's coming."""
    ref = booked(world, invitation())
    told = len(world.told(invitation()))
    guests = (*invitation().guests, Guest(REN))

    world.book.change(replace(invitation(), guests=guests, revision=1), ref)

    assert world.told(invitation())[told:] == [Told(REN, Notice.INVITED)]


def test_a_revision_that_changes_nothing_is_told_to_nobody(world: OutlookWorld) -> None:
    """Only our own mark is written."""
    ref = booked(world, invitation())
    told = world.told(invitation())

    world.book.change(replace(invitation(), revision=1), ref)

    assert world.told(invitation()) == told
    assert entry(world, invitation(), ref).revision == 1


def test_what_people_wrote_stays_where_we_change_something_else(world: OutlookWorld) -> None:
    """The mentor's own title and the colleague they added outlive our new room."""
    ref = booked(world, invitation())
    office = world.server.graph.office
    office.rewrite(world.event(invitation()).uid, subject="花子との1on1")
    event = world.event(invitation())
    colleague = replace(event.guests[1], address="colleague@tsunagu.example")
    office.put(replace(event, guests=(*event.guests, colleague)))

    guests = (Guest(AOI, "青木 葵"),)
    world.book.change(replace(invitation(), place="会議室B", guests=guests, revision=1), ref)

    found = entry(world, invitation(), ref)
    assert (found.title, found.place) == ("花子との1on1", "会議室B")
    assert set(found.said) == {AOI, "colleague@tsunagu.example"}


def test_a_conflict_without_a_reason_is_looked_at_and_tried_once_more(world: OutlookWorld) -> None:
    """Exchange says so now and then though nobody wrote anything."""
    ref = booked(world, invitation())
    world.server.graph.manners.conflicts_without_reason = 1

    outcome = world.book.change(replace(invitation(), place="会議室B", revision=1), ref)

    assert isinstance(outcome, Done)
    assert [one.status for one in world.server.graph.seen if one.method == "PATCH"] == [412, 200]


def test_a_conflict_that_does_not_end_is_later(world: OutlookWorld) -> None:
    """Twice is enough; the caller decides anew."""
    ref = booked(world, invitation())
    world.server.graph.manners.conflicts_without_reason = 5

    outcome = world.book.change(replace(invitation(), place="会議室B", revision=1), ref)

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.MESSAGE
    assert len(world.asked("PATCH")) == 2


def test_an_answer_in_the_same_moment_is_no_conflict(world: OutlookWorld) -> None:
    """A guest who accepts while we write loses nothing, and nobody has to try again."""
    ref = booked(world, invitation())
    uid = world.event(invitation()).uid
    office = world.server.graph.office
    world.server.graph.bad_day.before_change = lambda: office.answer(uid, AOI, "accepted")

    outcome = world.book.change(replace(invitation(), place="会議室B", revision=1), ref)

    assert isinstance(outcome, Done)
    assert words(entry(world, invitation(), ref)) == {AOI: Word.ACCEPTED}


def test_what_lies_in_the_wastebasket_is_not_changed(world: OutlookWorld) -> None:
    """An immutable id leads there, too: nobody hears of a meeting that was thrown away."""
    ref = booked(world, invitation())
    world.delete(invitation())
    told = world.told(invitation())

    outcome = world.book.change(replace(invitation(), place="会議室B", revision=1), ref)

    assert isinstance(outcome, Refused)
    assert world.asked("PATCH") == []
    assert world.told(invitation()) == told


# Called off.


def test_a_cancellation_says_why(world: OutlookWorld) -> None:
    """The note goes with what guests are told."""
    ref = booked(world, invitation())

    world.book.cancel(invitation(), ref, note="ご都合が変わったため")

    texts = {one.text for one in world.server.graph.office.told if one.notice == "cancelled"}
    assert texts == {"ご都合が変わったため"}


def test_what_was_thrown_away_is_not_cancelled_once_more(world: OutlookWorld) -> None:
    """Its guests were told; nothing but a look happens."""
    ref = booked(world, invitation())
    world.delete(invitation())
    told = world.told(invitation())

    outcome = world.book.cancel(invitation(), ref, note="?")

    assert isinstance(outcome, Done)
    assert world.told(invitation()) == told
    assert world.asked("POST", "/cancel") == []


def test_a_meeting_whose_name_was_never_learnt_is_cancelled(world: OutlookWorld) -> None:
    """The answer to its booking was lost, and the candidate withdrew before anybody looked."""
    world.lose_next_answer()
    world.book.book(invitation())

    outcome = world.book.cancel(invitation(), "")

    assert isinstance(outcome, Done)
    assert seen(world, invitation()).entry is None


def test_an_event_without_guests_is_deleted(world: OutlookWorld) -> None:
    """Exchange cancels only what somebody is invited to."""
    wish = replace(invitation(), guests=())
    ref = booked(world, wish)

    outcome = world.book.cancel(wish, ref)

    assert isinstance(outcome, Done)
    assert seen(world, wish, ref).entry is None


# Free time.


def test_what_counts_as_busy(world: OutlookWorld) -> None:
    """Maybe and out of office do; free and working elsewhere do not."""
    for n, shows_as in enumerate(("free", "tentative", "busy", "oof", "workingElsewhere")):
        world.server.graph.office.take(MENTOR, at(2 * n), at(2 * n + 1), shows_as=shows_as)

    expected = (Span(at(2), at(3)), Span(at(4), at(5)), Span(at(6), at(7)))
    assert busy(world, MENTOR, DAY).spans == expected
    assert busy(world, MENTOR, DAY, leaving_out=("nothing",)).spans == expected


def test_twenty_one_people_are_two_questions(world: OutlookWorld) -> None:
    """A twenty-first mailbox would be refused with all the others."""
    people = [f"p{n}@tsunagu.example" for n in range(21)]
    for person in people:
        world.employ(person)

    found = world.book.busy(people, DAY)

    assert found == dict.fromkeys(people, Busy())
    assert len(world.asked("POST", "/getSchedule")) == 2


@pytest.mark.parametrize(
    ("code", "is_permanent"),
    [
        ("ErrorMailRecipientNotFound", True),
        ("ErrorNoFreeBusyAccess", True),
        ("ErrorTimeoutExpired", False),
        ("ErrorOfAKindNobodyKnows", False),
    ],
)
def test_one_calendars_trouble_is_told_inside_a_good_answer(
    world: OutlookWorld, code: str, *, is_permanent: bool
) -> None:
    """The mentor is not offered; the manager is."""
    world.server.graph.bad_day.errors[MENTOR] = code

    found = world.book.busy([MENTOR, MANAGER], DAY)

    mentor = found[MENTOR]
    assert isinstance(mentor, Unknown)
    assert (code in mentor.why, mentor.is_permanent) == (True, is_permanent)
    assert found[MANAGER] == Busy()


def test_who_is_left_out_of_an_answer_is_not_free(world: OutlookWorld) -> None:
    """Nothing said is nothing known."""
    world.server.graph.bad_day.silent.add(MENTOR)

    found = world.book.busy([MENTOR, MANAGER], DAY)

    assert isinstance(found[MENTOR], Unknown)
    assert found[MANAGER] == Busy()


def test_somebody_from_elsewhere_does_not_keep_us_from_asking(world: OutlookWorld) -> None:
    """The question is asked by whoever has a mailbox, and answered for the others."""
    world.take(MENTOR, Span(at(2), at(3)))

    found = world.book.busy([AOI, REN, MENTOR], DAY)

    assert found[MENTOR] == Busy((Span(at(2), at(3)),))
    for stranger in (AOI, REN):
        unknown = found[stranger]
        assert isinstance(unknown, Unknown)
        assert unknown.is_permanent


def test_a_throttled_question_is_asked_once(world: OutlookWorld) -> None:
    """Who is told to wait does not try the next mailbox."""
    world.throttle(WAIT)

    found = world.book.busy([MENTOR, MANAGER], DAY)

    assert [unknown.wait for unknown in found.values() if isinstance(unknown, Unknown)] == [
        WAIT
    ] * 2
    assert len(world.server.graph.seen) == 1


def test_a_day_off_is_a_day_where_its_owner_lives(world: OutlookWorld) -> None:
    """Thursday in Tokyo begins at 15:00 UTC on Wednesday, also where it comes as a bare date."""
    midnight = datetime(2026, 4, 2, tzinfo=UTC)
    world.server.graph.office.take(
        MENTOR,
        midnight,
        midnight + timedelta(days=1),
        is_all_day=True,
        shows_as="oof",
        zone="Tokyo Standard Time",
    )

    found = busy(world, MENTOR, Span(at(0), at(72)), leaving_out=("nothing",))

    there = Span(datetime(2026, 4, 1, 15, tzinfo=UTC), datetime(2026, 4, 2, 15, tzinfo=UTC))
    assert found.spans == (there,)


# Answers.


def test_the_beginning_and_the_end_of_time_are_no_answers(world: OutlookWorld) -> None:
    """Fresh answers are dated in the year 1, reset ones in 4501: nobody said anything then."""
    ref = booked(world, invitation())
    fresh = entry(world, invitation(), ref).said[AOI]
    world.answer(invitation(), AOI, Said(Word.ACCEPTED))
    world.drag(invitation(), Span(at(30), at(31)))

    reset = entry(world, invitation(), ref).said[AOI]

    assert fresh == reset == Said()
    status = rendered(world.event(invitation()))["attendees"][0]["status"]
    assert status == {"response": "notResponded", "time": "4501-01-01T00:00:00Z"}


def test_a_calendar_that_declines_a_new_time_by_itself_is_no_person(world: OutlookWorld) -> None:
    """Two days later the meeting is moved, and focus time says no within seconds."""
    ref = booked(world, invitation())
    days_pass(world, 2)
    world.book.change(replace(invitation(), when=Span(at(80), at(81)), revision=1), ref)

    moment = world.clock.now() + timedelta(seconds=3)
    world.answer(invitation(), MANAGER, Said(Word.DECLINED, at=moment))
    world.answer(invitation(), AOI, Said(Word.DECLINED, at=moment + timedelta(minutes=4)))

    said = entry(world, invitation(), ref).said
    assert (said[MANAGER].is_automatic, said[AOI].is_automatic) == (True, False)


# Changes.


def test_a_long_list_is_read_to_its_end(world: OutlookWorld) -> None:
    """Page after page, whatever lies between our own events."""
    for n in range(230):
        world.take(MENTOR, Span(at(n), at(n + 1)))
    refs = [booked(world, invitation(f"{n}/first-1on1/0")) for n in range(3)]

    begun = changed(world, "")

    assert sorted(one.ref for one in begun.entries) == sorted(refs)
    assert len(world.asked("GET", "/delta")) == 2


def test_after_a_week_the_window_is_laid_anew(world: OutlookWorld) -> None:
    """What comes nearer than a year from today is seen, though reading began before."""
    ref = booked(world, invitation())
    cursor = changed(world, "").cursor
    days_pass(world, 8)

    news = changed(world, cursor)

    assert news.is_anew
    assert [one.ref for one in news.entries] == [ref]
    assert not changed(world, news.cursor).is_anew


def test_an_event_dragged_out_of_sight_is_not_taken_for_deleted(world: OutlookWorld) -> None:
    """Graph tells both as removed; we look before we believe it."""
    ref = booked(world, invitation())
    cursor = changed(world, "").cursor
    far = Span(at(24 * 600), at(24 * 600 + 1))

    world.drag(invitation(), far)

    (news,) = changed(world, cursor).entries
    assert (news.ref, news.when, news.is_cancelled) == (ref, far, False)


def test_what_others_delete_is_not_our_business(world: OutlookWorld) -> None:
    """Of what is gone Graph tells only the id; ours are remembered."""
    own = world.server.graph.office.take(MENTOR, at(50), at(51))
    booked(world, invitation())
    cursor = changed(world, "").cursor
    asked = len(world.server.graph.seen)

    world.server.graph.office.drop(own)

    assert changed(world, cursor).entries == ()
    assert len(world.server.graph.seen) == asked + 1


def test_a_cursor_lost_in_the_middle_of_a_change_sends_nothing(world: OutlookWorld) -> None:
    """While we move a meeting the sync state is forgotten: nothing is lost, nobody told twice."""
    ref = booked(world, invitation())
    cursor = changed(world, "").cursor
    world.lose_next_answer()
    later = replace(invitation(), when=Span(at(30), at(31)), revision=1)
    world.book.change(later, ref)
    world.expire_cursors()
    told = world.told(invitation())

    news = changed(world, cursor)

    assert news.is_anew
    assert [(one.ref, one.when, one.revision) for one in news.entries] == [(ref, later.when, 1)]
    assert world.told(invitation()) == told


# Limits and rights.


def test_a_wait_may_be_told_as_a_date(world: OutlookWorld) -> None:
    """Seconds or a date: both are obeyed."""
    world.server.graph.bad_day.waits_as_date = True
    world.throttle(WAIT)

    outcome = world.book.book(invitation())

    assert isinstance(outcome, Later)
    assert (outcome.wait, outcome.scope) == (WAIT, Scope.MAILBOX)


def test_a_mailbox_is_asked_three_things_at_once_and_no_more(certificates: Certificates) -> None:
    """Exchange would answer a fifth with "too many"; the tenth waits its turn and is answered."""
    with outlook(certificates) as world:
        together = Barrier(3, timeout=20)
        booked(world, invitation())
        world.server.thinking = together.wait
        with ThreadPoolExecutor(9) as threads:
            found = list(threads.map(lambda _: world.book.see(invitation()), range(9)))
        world.server.thinking = lambda: None

    assert not [one for one in found if isinstance(one, BookTrouble)]
    assert world.server.graph.most_at_once == 3


def test_a_place_that_does_not_come_free_is_told(certificates: Certificates) -> None:
    """Nobody waits for ever: it is a limit like any other."""
    gate = Gate(at_once=1, patience=timedelta(0))
    with outlook(certificates, gate=gate) as world, gate.place(MENTOR):
        outcome = world.book.book(invitation())

    assert isinstance(outcome, Later)
    assert outcome.scope is Scope.MAILBOX


def test_two_workers_together_keep_to_what_exchange_takes(
    certificates: Certificates, tmp_path: Path
) -> None:
    """Each takes three at most, and both together four: nobody is turned away with a 429."""
    shared = [FilePlaces(tmp_path), FilePlaces(tmp_path)]
    with outlook(certificates) as world:
        booked(world, invitation())
        tokens = AppTokens(
            registration(world.server, certificates), ClientSecret(world.server.login.secret)
        )
        wires = [
            GraphWire(
                tokens,
                world.clock,
                endpoint=world.server.url,
                ca_file=str(certificates.ca_file),
                gate=Gate(take_place=places.take),
            )
            for places in shared
        ]
        books = [GraphCalendarBook(wire, world.clock) for wire in wires]
        first = Barrier(4, action=lambda: setattr(world.server, "thinking", int), timeout=20)
        world.server.thinking = first.wait
        with ThreadPoolExecutor(16) as threads:
            found = list(threads.map(lambda n: books[n % 2].see(invitation()), range(16)))
        for book in books:
            book.close()

        assert world.server.graph.most_at_once == 4
    assert not [one for one in found if isinstance(one, BookTrouble)]


def test_a_right_that_was_never_given_is_permanent(world: OutlookWorld) -> None:
    """RBAC for applications keeps us out: an administrator has to look, trying is no use."""
    world.revoke(MENTOR)

    outcome = world.book.book(invitation())
    found = world.book.busy([MENTOR], DAY, leaving_out=("nothing",))[MENTOR]

    assert isinstance(outcome, Refused)
    assert (outcome.scope, outcome.status) == (Scope.MAILBOX, "ErrorAccessDenied")
    assert isinstance(found, Unknown)
    assert found.is_permanent


def test_an_organiser_who_left_the_company_is_told(world: OutlookWorld) -> None:
    """Their mailbox is gone: nobody can change or cancel what it held."""
    ref = booked(world, invitation())
    world.hide(MENTOR)

    outcomes = [world.book.book(invitation("2/x/0")), world.book.cancel(invitation(), ref)]
    looked = world.book.see(invitation(), ref)

    for outcome in outcomes:
        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX
    assert isinstance(looked, BookTrouble)
    assert looked.kind is Trouble.MAILBOX


def test_a_link_to_another_place_is_taken_for_its_path(world: OutlookWorld) -> None:
    """The token goes nowhere but to Graph, whatever an answer says."""
    call = Call("GET", "/users/a/calendarView/delta", "a")

    following = world.wire.link(call, "https://evil.example/v1.0/users/a/x?$skiptoken=1")

    assert following.path == "/users/a/x?$skiptoken=1"
