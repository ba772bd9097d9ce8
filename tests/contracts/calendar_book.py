"""What every `CalendarBook` promises, whatever stands behind it.

A class inherits the suite and gives it a `world` (tests/contracts/calendar_world.py).
"""

from dataclasses import replace
from datetime import timedelta

from tests.contracts.calendar_world import (
    AOI,
    DAY,
    MANAGER,
    MENTOR,
    MOST,
    NOW,
    REN,
    WAIT,
    Notice,
    Told,
    World,
    at,
    booked,
    busy,
    changed,
    entry,
    invitation,
    seen,
    words,
)
from worker.domain.meetings import (
    Busy,
    Guest,
    Invitation,
    Said,
    Span,
    Unknown,
    Word,
)
from worker.domain.outcomes import Done, InDoubt, Later, Refused, Scope
from worker.ports import BookTrouble, Trouble


class CalendarBookContract:
    """Inherit this, and give a fixture `world`."""

    def test_a_booked_meeting_is_as_it_was_wished(self, world: World) -> None:
        """Time, title and place are in the organiser's calendar, and everybody is asked once."""
        wish = invitation()

        ref = booked(world, wish)

        found = entry(world, wish, ref)
        assert (ref, MENTOR, wish.when) == (found.ref, found.organiser, found.when)
        assert (wish.title, wish.place) == (found.title, found.place)
        assert (wish.event_key, 0) == (found.event_key, found.revision)
        assert not found.is_cancelled
        assert {AOI, MANAGER} == set(found.said)
        assert words(found) == {}
        assert [Told(AOI, Notice.INVITED), Told(MANAGER, Notice.INVITED)] == sorted(
            world.told(wish)
        )

    def test_booking_twice_finds_the_first(self, world: World) -> None:
        """A worker that died and one that took over make one event between them."""
        wish = invitation()

        first, second = booked(world, wish), booked(world, wish)

        assert first == second
        assert world.made(MENTOR) == 1
        assert len(world.told(wish)) == 2

    def test_two_meetings_are_two_events(self, world: World) -> None:
        """What is not the same meeting is never taken for it."""
        one, other = invitation("1/first-1on1/0"), invitation("1/first-1on1/1")

        assert booked(world, one) != booked(world, other)
        assert world.made(MENTOR) == 2

    def test_a_lost_answer_is_in_doubt_and_asking_again_finds_the_event(self, world: World) -> None:
        """The line was cut after the work was done: one event, and one invitation a guest."""
        wish = invitation()
        world.lose_next_answer()

        outcome = world.book.book(wish)
        ref = booked(world, wish)

        assert isinstance(outcome, InDoubt)
        assert entry(world, wish).ref == ref
        assert world.made(MENTOR) == 1
        assert len(world.told(wish)) == 2

    def test_a_meeting_whose_answer_was_lost_is_found_without_its_name(self, world: World) -> None:
        """Looking is enough: nobody has to book to know whether it was booked."""
        wish = invitation()
        world.lose_next_answer()
        world.book.book(wish)

        found = entry(world, wish)

        assert wish.event_key == found.event_key
        assert world.made(MENTOR) == 1

    def test_a_meeting_that_was_never_booked_is_certainly_not_there(self, world: World) -> None:
        """None is an answer, and no trouble."""
        assert seen(world, invitation()).entry is None

    def test_seeing_shows_what_else_lies_in_the_time(self, world: World) -> None:
        """Somebody was quicker by a second: the clash is told, our own event is none."""
        wish = invitation()
        world.take(MENTOR, Span(at(25.25), at(26)))
        world.take(MENTOR, Span(at(25.5), at(27)), "すぐ後")

        ref = booked(world, wish)

        assert seen(world, wish, ref).clashes == (Span(at(25.25), at(26)),)

    def test_a_meeting_alone_in_its_time_clashes_with_nothing(self, world: World) -> None:
        """What ends as it begins, and what begins as it ends, is in nobody's way."""
        wish = invitation()
        world.take(MENTOR, Span(at(24), at(25)), "すぐ前")
        world.take(MENTOR, Span(at(25.5), at(26)), "すぐ後")

        ref = booked(world, wish)

        assert seen(world, wish, ref).clashes == ()

    def test_busy_time_is_sorted_and_merged(self, world: World) -> None:
        """Appointments that touch are one stretch, whoever made them."""
        world.take(MENTOR, Span(at(30), at(31)))
        world.take(MENTOR, Span(at(2), at(3)))
        world.take(MENTOR, Span(at(3), at(4)))

        assert busy(world, MENTOR, DAY).spans == (Span(at(2), at(4)), Span(at(30), at(31)))

    def test_a_free_day_is_known_to_be_free(self, world: World) -> None:
        """Nothing in a calendar is an answer, too."""
        assert busy(world, MANAGER, DAY).spans == ()

    def test_a_booked_meeting_takes_the_time_of_the_organiser_and_the_staff(
        self, world: World
    ) -> None:
        """Who has not answered yet is taken all the same."""
        wish = invitation()

        booked(world, wish)

        assert busy(world, MENTOR, DAY).spans == (wish.when,)
        assert busy(world, MANAGER, DAY).spans == (wish.when,)

    def test_a_meeting_is_not_in_its_own_way(self, world: World) -> None:
        """To move it by a quarter of an hour, its own time counts as free, and nothing else."""
        wish = invitation()
        booked(world, wish)
        world.take(MENTOR, Span(at(25), at(25.25)), "重なる予定")

        found = busy(world, MENTOR, DAY, leaving_out=(wish.event_key,))

        assert found.spans == (Span(at(25), at(25.25)),)
        assert busy(world, MANAGER, DAY, leaving_out=(wish.event_key,)).spans == ()

    def test_a_calendar_nobody_can_see_is_unknown_and_never_free(self, world: World) -> None:
        """A mentor whose calendar is gone holds up nobody else, and is offered to nobody."""
        world.hide(MANAGER)
        world.take(MENTOR, Span(at(2), at(3)))

        found = world.book.busy([MANAGER, MENTOR], DAY)

        assert found[MENTOR] == Busy((Span(at(2), at(3)),))
        unknown = found[MANAGER]
        assert isinstance(unknown, Unknown)
        assert unknown.why
        assert unknown.is_permanent

    def test_a_calendar_nobody_can_see_stays_unknown_when_an_event_is_left_out(
        self, world: World
    ) -> None:
        """Another way of asking makes nobody free."""
        world.hide(MANAGER)

        found = world.book.busy([MANAGER], DAY, leaving_out=[invitation().event_key])

        assert isinstance(found[MANAGER], Unknown)

    def test_everybody_of_a_large_company_is_told_of(self, world: World) -> None:
        """However many a provider lets us ask about at once, nobody falls off the end."""
        people = [f"staff{n}@tsunagu.example" for n in range(120)]
        for n, address in enumerate(people):
            world.employ(address)
            world.take(address, Span(at(n / 4), at(n / 4 + 1)))

        found = world.book.busy(people, DAY)

        assert {
            address: Busy((Span(at(n / 4), at(n / 4 + 1)),)) for n, address in enumerate(people)
        } == found

    def test_two_months_are_one_answer(self, world: World) -> None:
        """However short a stretch a provider allows, no seam shows and no day is missing."""
        days = [Span(NOW + timedelta(days=n), NOW + timedelta(days=n, hours=1)) for n in range(62)]
        for day in days:
            world.take(MENTOR, day)
        world.take(MANAGER, Span(NOW, NOW + MOST))

        within = Span(NOW, NOW + MOST)

        assert busy(world, MENTOR, within).spans == tuple(days)
        assert busy(world, MANAGER, within).spans == (within,)

    def test_answers_are_told_by_guest(self, world: World) -> None:
        """Yes and maybe are told apart; who says nothing has said nothing."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor

        world.answer(wish, AOI, Said(Word.ACCEPTED))
        world.answer(wish, MANAGER, Said(Word.TENTATIVE))
        (news,) = changed(world, cursor).entries

        assert ref == news.ref
        assert words(news) == {AOI: Word.ACCEPTED, MANAGER: Word.TENTATIVE}
        assert words(news) == words(entry(world, wish, ref))

    def test_a_decline_is_a_persons_where_they_took_their_time(self, world: World) -> None:
        """Whoever says no, some while after they were asked, means it."""
        wish = invitation()
        ref = booked(world, wish)

        world.answer(wish, AOI, Said(Word.DECLINED))

        said = entry(world, wish, ref).said[AOI]
        assert said.word is Word.DECLINED
        assert not said.is_automatic

    def test_a_calendar_that_declines_by_itself_is_no_person(self, world: World) -> None:
        """Focus time says no at once: the time is taken, and nobody refused to come."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor

        world.answer(wish, MANAGER, Said(Word.DECLINED, is_automatic=True))

        (news,) = changed(world, cursor).entries
        for said in (news.said[MANAGER], entry(world, wish, ref).said[MANAGER]):
            assert said.word is Word.DECLINED
            assert said.is_automatic

    def test_who_declined_is_not_taken(self, world: World) -> None:
        """A meeting somebody does not go to leaves their time free."""
        wish = invitation()
        booked(world, wish)

        world.answer(wish, MANAGER, Said(Word.DECLINED))

        assert busy(world, MANAGER, DAY).spans == ()
        assert busy(world, MANAGER, DAY, leaving_out=("nothing",)).spans == ()

    def test_an_event_dragged_by_hand_is_told_where_it_is_now(self, world: World) -> None:
        """The organiser's hand wins; its new time is told by reading and by looking."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor
        later = Span(at(30), at(30.5))

        world.drag(wish, later)

        (news,) = changed(world, cursor).entries
        assert (ref, later) == (news.ref, news.when)
        assert later == entry(world, wish, ref).when
        assert later == entry(world, wish).when

    def test_an_event_deleted_by_hand_is_told_and_never_made_again(self, world: World) -> None:
        """A mentor who deletes a meeting means it: the same event does not come back by itself."""
        wish = invitation()
        ref = booked(world, wish)
        cursor = changed(world, "").cursor

        world.delete(wish)
        outcome = world.book.book(wish)

        (news,) = changed(world, cursor).entries
        assert (ref, True) == (news.ref, news.is_cancelled)
        found = seen(world, wish, ref).entry
        assert found is None or found.is_cancelled
        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MESSAGE
        assert busy(world, MENTOR, DAY).spans == ()

    def test_another_incarnation_is_another_event(self, world: World) -> None:
        """Once somebody has decided that it shall be held after all, it is made anew."""
        wish = invitation()
        first = booked(world, wish)
        world.delete(wish)

        again = replace(wish, incarnation=2)
        second = booked(world, again)

        assert first != second
        assert wish.when == entry(world, again, second).when

    def test_a_change_reaches_the_guests_once(self, world: World) -> None:
        """New time, new title: the calendar shows it and everybody is told."""
        wish = invitation()
        ref = booked(world, wish)
        later = replace(wish, when=Span(at(30), at(31)), title="はじめての1on1(変更)", revision=1)

        outcome = world.book.change(later, ref)

        assert isinstance(outcome, Done), outcome
        found = entry(world, later, ref)
        assert (later.when, later.title, 1) == (found.when, found.title, found.revision)
        assert [Told(AOI, Notice.UPDATED), Told(MANAGER, Notice.UPDATED)] == sorted(
            world.told(wish)[2:]
        )

    def test_a_change_whose_answer_was_lost_is_made_once(self, world: World) -> None:
        """Asked again with the same revision, nobody is told a second time."""
        wish = invitation()
        ref = booked(world, wish)
        later = replace(wish, when=Span(at(30), at(31)), revision=1)
        world.lose_next_answer()

        first, second = world.book.change(later, ref), world.book.change(later, ref)

        assert isinstance(first, InDoubt)
        assert isinstance(second, Done)
        assert later.when == entry(world, later, ref).when
        assert len(world.told(wish)) == 4

    def test_answers_outlive_a_change_that_moves_nothing(self, world: World) -> None:
        """Who said yes to Thursday at ten need not say it again because the room changed."""
        wish = invitation()
        ref = booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        world.book.change(replace(wish, place="会議室B", revision=1), ref)

        found = entry(world, wish, ref)
        assert found.place == "会議室B"
        assert words(found) == {AOI: Word.ACCEPTED}

    def test_a_new_time_asks_everybody_anew(self, world: World) -> None:
        """A yes to ten o'clock is no yes to three."""
        wish = invitation()
        ref = booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        world.book.change(replace(wish, when=Span(at(30), at(30.5)), revision=1), ref)

        assert words(entry(world, wish, ref)) == {}

    def test_guests_come_and_go(self, world: World) -> None:
        """A colleague takes over: who stays keeps their answer, who leaves is told so."""
        wish = invitation()
        ref = booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        guests = (Guest(AOI), Guest(REN))
        world.book.change(replace(wish, guests=guests, revision=1), ref)

        found = entry(world, wish, ref)
        assert {AOI, REN} == set(found.said)
        assert words(found) == {AOI: Word.ACCEPTED}
        told = world.told(wish)[2:]
        assert Told(REN, Notice.INVITED) in told
        assert Told(MANAGER, Notice.CANCELLED) in told

    def test_who_comes_late_is_invited_and_asks_nobody_anew(self, world: World) -> None:
        """A session of many gets one guest more: their answers, its time and its room stay."""
        wish = replace(invitation(), hides_guests=True)
        ref = booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        more = replace(wish, guests=(*wish.guests, Guest(REN, "蓮")), revision=1)
        outcome = world.book.change(more, ref, stands=wish.when)

        assert isinstance(outcome, Done), outcome
        found = entry(world, more, ref)
        assert {AOI, MANAGER, REN} == set(found.said)
        assert words(found) == {AOI: Word.ACCEPTED}
        assert (found.when, found.revision) == (wish.when, 1)
        since = world.told(wish)[2:]
        assert [one for one in since if one.address == REN] == [Told(REN, Notice.INVITED)]
        assert all(one.notice is not Notice.CANCELLED for one in since)

    def test_who_comes_late_is_invited_once_though_the_answer_was_lost(self, world: World) -> None:
        """Asked again for the very same, the calendar tells them nothing a second time."""
        wish = replace(invitation(), hides_guests=True)
        ref = booked(world, wish)
        more = replace(wish, guests=(*wish.guests, Guest(REN, "蓮")), revision=1)
        world.lose_next_answer()

        first = world.book.change(more, ref, stands=wish.when)
        second = world.book.change(more, ref, stands=wish.when)

        assert isinstance(first, InDoubt)
        assert isinstance(second, Done)
        assert [one for one in world.told(wish) if one.address == REN] == [
            Told(REN, Notice.INVITED)
        ]

    def test_who_leaves_is_told_so_and_nobody_else_is_asked_anew(self, world: World) -> None:
        """One of many cannot come: the event loses a guest, and the others keep their answers."""
        wish = invitation()
        wish = replace(wish, guests=(*wish.guests, Guest(REN, "蓮")), hides_guests=True)
        ref = booked(world, wish)
        world.answer(wish, AOI, Said(Word.ACCEPTED))
        world.answer(wish, REN, Said(Word.DECLINED))

        fewer = replace(wish, guests=wish.guests[:2], revision=1)
        outcome = world.book.change(fewer, ref, stands=wish.when)

        assert isinstance(outcome, Done), outcome
        found = entry(world, fewer, ref)
        assert {AOI, MANAGER} == set(found.said)
        assert words(found) == {AOI: Word.ACCEPTED}
        since = world.told(wish)[3:]
        assert [one for one in since if one.address == REN] == [Told(REN, Notice.CANCELLED)]
        assert all(one.notice is not Notice.INVITED for one in since)

    def test_who_changes_in_the_same_moment_is_not_written_over(self, world: World) -> None:
        """The organiser was quicker: nothing is lost, and we look again before we write."""
        wish = invitation()
        ref = booked(world, wish)
        later = replace(wish, place="会議室B", revision=1)
        world.meanwhile(wish, "花子との1on1")

        outcome = world.book.change(later, ref)
        between = entry(world, wish, ref)
        again = world.book.change(later, ref)

        assert isinstance(outcome, Later)
        assert outcome.scope is Scope.MESSAGE
        assert (between.title, between.place) == ("花子との1on1", wish.place)
        assert isinstance(again, Done)
        assert entry(world, wish, ref).place == "会議室B"

    def test_an_event_that_was_dragged_is_not_dragged_back(self, world: World) -> None:
        """We say where we believe it to stand; where it stands elsewhere, nothing is changed."""
        wish = invitation()
        ref = booked(world, wish)
        by_hand = Span(at(40), at(40.5))
        world.drag(wish, by_hand)

        later = replace(wish, when=Span(at(30), at(31)), revision=1)
        outcome = world.book.change(later, ref, stands=wish.when)
        knowing = world.book.change(later, ref, stands=by_hand)

        assert isinstance(outcome, Later)
        assert outcome.scope is Scope.MESSAGE
        assert isinstance(knowing, Done)
        assert later.when == entry(world, wish, ref).when

    def test_what_is_gone_cannot_be_changed(self, world: World) -> None:
        """A deleted event is not brought back by a change."""
        wish = invitation()
        ref = booked(world, wish)
        world.delete(wish)

        outcome = world.book.change(replace(wish, title="?", revision=1), ref)

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MESSAGE

    def test_a_cancelled_meeting_frees_the_time_and_tells_the_guests(self, world: World) -> None:
        """Everybody hears of it once."""
        wish = invitation()
        ref = booked(world, wish)

        outcome = world.book.cancel(wish, ref, note="ご都合が変わったため")

        assert isinstance(outcome, Done)
        found = seen(world, wish, ref).entry
        assert found is None or found.is_cancelled
        assert busy(world, MENTOR, DAY).spans == ()
        assert [Told(AOI, Notice.CANCELLED), Told(MANAGER, Notice.CANCELLED)] == sorted(
            world.told(wish)[2:]
        )

    def test_cancelling_twice_is_done_twice_and_told_once(self, world: World) -> None:
        """Also where the first answer was lost, and where somebody deleted it by hand before."""
        wish, other = invitation(), invitation("2/first-1on1/0")
        ref, by_hand = booked(world, wish), booked(world, other)
        world.delete(other)
        told = world.told(other)
        world.lose_next_answer()

        outcomes = [
            world.book.cancel(wish, ref),
            world.book.cancel(wish, ref),
            world.book.cancel(other, by_hand),
        ]

        assert [type(one).__name__ for one in outcomes] == ["InDoubt", "Done", "Done"]
        assert len(world.told(wish)) == 4
        assert told == world.told(other)

    def test_reading_begins_with_everything_of_ours(self, world: World) -> None:
        """Whoever has no cursor is told all there is, and that it is all."""
        wish = invitation()
        ref = booked(world, wish)
        world.take(MENTOR, Span(at(50), at(51)), "他人の予定")

        begun = changed(world, "")

        assert begun.is_anew
        assert [(ref, wish.event_key)] == [(one.ref, one.event_key) for one in begun.entries]

    def test_only_what_is_ours_is_told(self, world: World) -> None:
        """What else lies in somebody's calendar is not our business."""
        cursor = changed(world, "").cursor

        world.take(MENTOR, Span(at(50), at(51)), "他人の予定")

        news = changed(world, cursor)
        assert news.entries == ()
        assert not news.is_anew

    def test_the_same_cursor_gives_the_same_again(self, world: World) -> None:
        """Who died before writing the cursor down misses nothing."""
        wish = invitation()
        booked(world, wish)
        cursor = changed(world, "").cursor
        world.answer(wish, AOI, Said(Word.ACCEPTED))

        first, second = changed(world, cursor), changed(world, cursor)

        assert first.entries == second.entries != ()
        assert changed(world, first.cursor).entries == ()

    def test_an_expired_cursor_loses_nothing(self, world: World) -> None:
        """What happened while nobody could tell is told as how everything stands."""
        dragged, deleted = invitation(), invitation("2/first-1on1/0")
        ref, gone = booked(world, dragged), booked(world, deleted)
        cursor = changed(world, "").cursor
        world.drag(dragged, Span(at(40), at(41)))
        world.delete(deleted)
        world.expire_cursors()
        told = world.told(dragged)

        news = changed(world, cursor)

        assert news.is_anew
        standing = {one.ref: one.when for one in news.entries if not one.is_cancelled}
        assert standing == {ref: Span(at(40), at(41))}
        assert gone not in standing
        assert told == world.told(dragged)
        assert not changed(world, news.cursor).is_anew

    def test_a_cursor_that_nobody_gave_out_begins_anew(self, world: World) -> None:
        """A damaged note costs one reading of everything, and no answer."""
        ref = booked(world, invitation())

        news = changed(world, "no cursor of yours")

        assert news.is_anew
        assert [ref] == [one.ref for one in news.entries]

    def test_who_is_told_to_wait_waits_as_long_as_told(self, world: World) -> None:
        """Too much was asked: nothing happened, and the other side says when to come back."""
        wish = invitation()
        ref = booked(world, wish)
        other = invitation("2/first-1on1/0")
        world.throttle(WAIT)

        outcomes = [
            world.book.book(other),
            world.book.change(replace(wish, title="?", revision=1), ref),
            world.book.cancel(wish, ref),
        ]
        looked = [world.book.see(wish, ref), world.book.changes(MENTOR, "")]
        found = world.book.busy([MENTOR], DAY)[MENTOR]

        for outcome in outcomes:
            assert isinstance(outcome, Later)
            assert outcome.wait == WAIT
            assert outcome.scope is Scope.MAILBOX
        for trouble in looked:
            assert isinstance(trouble, BookTrouble)
            assert (trouble.kind, trouble.wait) == (Trouble.LIMITS, WAIT)
        assert isinstance(found, Unknown)
        assert (found.is_permanent, found.wait) == (False, WAIT)
        world.relent()
        assert entry(world, wish, ref).title == wish.title
        booked(world, other)
        assert world.made(MENTOR) == 2

    def test_a_provider_that_is_away_is_asked_later(self, world: World) -> None:
        """Nobody there: certainly nothing happened, and nobody counts as free."""
        wish = invitation()
        world.fall_silent()

        outcome = world.book.book(wish)
        looked = world.book.see(wish)
        found = world.book.busy([MENTOR, MANAGER], DAY)

        assert isinstance(outcome, Later)
        assert outcome.scope is Scope.SERVER
        assert isinstance(looked, BookTrouble)
        assert looked.kind is Trouble.NETWORK
        assert [Unknown, Unknown] == [type(one) for one in found.values()]
        world.relent()
        booked(world, wish)

    def test_a_revoked_right_is_told_to_a_human_and_mended_without_a_restart(
        self, world: World
    ) -> None:
        """It concerns the whole calendar; once it is given back, we go on where we stopped."""
        wish = invitation()
        cursor = changed(world, "").cursor
        world.revoke(MENTOR)

        outcome = world.book.book(wish)
        looked = [world.book.see(wish), world.book.changes(MENTOR, cursor)]

        assert isinstance(outcome, Refused)
        assert outcome.scope is Scope.MAILBOX
        for trouble in looked:
            assert isinstance(trouble, BookTrouble)
            assert trouble.kind is Trouble.CREDENTIALS
        world.relent()
        ref = booked(world, wish)
        assert [ref] == [one.ref for one in changed(world, cursor).entries]

    def test_no_outcome_names_a_guest(self, world: World) -> None:
        """What is kept and logged about a failure says nothing of whose address it was."""
        wish = invitation()
        world.throttle(WAIT)
        throttled = world.book.book(wish)
        world.relent()
        world.revoke(MENTOR)
        revoked = world.book.book(wish)
        world.relent()
        world.lose_next_answer()
        lost = world.book.book(wish)

        for outcome in (throttled, revoked, lost):
            assert isinstance(outcome, Later | Refused | InDoubt)
            assert "aoi" not in outcome.why

    def test_closing_is_no_end(self, world: World) -> None:
        """Who closes and asks again connects anew; closing twice is no mistake."""
        world.book.close()
        world.book.close()

        assert booked(world, invitation())


class LinkContract:
    """Inherit this beside the other, where the provider makes online meetings."""

    online: str  # the word of `place` that asks for one

    def test_an_online_meeting_has_its_link(self, world: World) -> None:
        """It may take a moment, which is told; then it is there."""
        wish = replace(invitation(), place=self.online)

        ref = booked(world, wish)

        assert self._link(world, wish, ref).startswith("https://")

    def test_a_link_outlives_a_change(self, world: World) -> None:
        """The candidate's old mail still leads into the room."""
        wish = replace(invitation(), place=self.online)
        ref = booked(world, wish)
        link = self._link(world, wish, ref)

        world.book.change(replace(wish, when=Span(at(30), at(31)), revision=1), ref)

        assert link == self._link(world, wish, ref)

    def test_a_booking_asked_for_twice_has_one_room(self, world: World) -> None:
        """Nobody waits in another room than everybody else."""
        wish = replace(invitation(), place=self.online)
        world.lose_next_answer()
        world.book.book(wish)
        first = self._link(world, wish)

        ref = booked(world, wish)

        assert first == self._link(world, wish, ref)

    def _link(self, world: World, wish: Invitation, ref: str = "") -> str:
        """Look until the link is there, as often as a provider is ever asked."""
        for _ in range(10):
            found = entry(world, wish, ref)
            if not found.is_link_pending:
                return found.link
            assert found.link == ""
        raise AssertionError("the link was pending for ever")


class ProposalContract:
    """Inherit this beside the others, where guests can propose another time."""

    def test_a_proposal_is_told_with_its_time(self, world: World) -> None:
        """No to ten, but three would do: both are told."""
        wish = invitation()
        ref = booked(world, wish)
        better = Span(at(30), at(30.5))

        world.answer(wish, AOI, Said(Word.DECLINED, proposed=better))

        said = entry(world, wish, ref).said[AOI]
        assert (Word.DECLINED, better) == (said.word, said.proposed)


class CommentContract:
    """Inherit this beside the others, where a calendar keeps what guests write with answers."""

    def test_a_decline_comes_with_what_was_said(self, world: World) -> None:
        """The reason a person gives is handed on."""
        wish = invitation()
        ref = booked(world, wish)

        world.answer(wish, AOI, Said(Word.DECLINED, comment="授業があります"))

        said = entry(world, wish, ref).said[AOI]
        assert (said.word, said.comment) == (Word.DECLINED, "授業があります")
