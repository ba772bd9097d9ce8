"""A talk is put where both have room, once; and what calendars say of it comes to be known."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from integrations.memory_calendar import MemoryBook
from tests.engine.plans import TALK, mail_step, plan_of, talk_step
from tests.engine.post import Post
from tests.world import World, at
from worker.domain.appointments import LETTER_WORD, Appointment, Stage
from worker.domain.facts import PersonId, StaffId, StepId
from worker.domain.intents import State
from worker.domain.meetings import Invitation, Said, Span, Word
from worker.domain.outcomes import Outcome
from worker.domain.plan import Expect
from worker.domain.when import Distance, FromFact, Unit
from worker.people.records import StaffRecord

AOI = "aoi@mail.example"
HANAKO = "hanako@tsunagu.example"
ACCEPTED, DECLINED, TENTATIVE = Said(Word.ACCEPTED), Said(Word.DECLINED), Said(Word.TENTATIVE)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which Aoi accepted on Wednesday at nine, and a talk is due at once."""
    world = World(tmp_path)
    plan = world.publish(TALK)
    world.enroll("aoi", plan, accept="2026-04-01 09:00")
    yield world
    world.close()


class Hurried(MemoryBook):
    """A book before whose first booking a colleague takes the time by hand."""

    def __init__(self, world: World, when: Span) -> None:
        super().__init__(world.calendars)
        self._hands = [lambda: world.calendars.take(HANAKO, when)]

    def book(self, invitation: Invitation) -> Outcome:
        """Make the event, a moment too late."""
        while self._hands:
            self._hands.pop()()
        return super().book(invitation)


def with_talk(folder: Path, **more: Any) -> World:  # noqa: ANN401 - of a meeting
    """Give a world in which a talk that is meant so is booked for the day after tomorrow."""
    world = World(folder)
    world.enroll("aoi", world.publish(plan_of(talk_step(**more))), accept="2026-04-01 09:00")
    world.run()
    return world


def meetings(world: World, person: str = "aoi") -> list[Appointment]:
    """Give the meetings of somebody."""
    assert world.engine.meetings is not None
    return world.engine.meetings.of(PersonId(person))


def hear(world: World, address: str = HANAKO) -> None:
    """Have a calendar read at once, as when its provider says that something has changed."""
    assert world.engine.meetings is not None
    world.engine.meetings.hear(address, world.now)
    world.run()


def answer(world: World, said: Said, address: str = AOI) -> None:
    """Have somebody answer the newest invitation that stands, and the answer be heard."""
    standing = [entry for entry in world.calendars.entries() if not entry.is_cancelled]
    world.calendars.answer(standing[-1].event_key, address, said)
    hear(world)


def span(start: str, minutes: int = 30) -> Span:
    """Give a time by the company's wall clock."""
    return Span(at(start), at(start) + timedelta(minutes=minutes))


def words(world: World, person: str = "aoi") -> list[str]:
    """Give what came to be known of somebody's talk, mails beside it apart."""
    history = world.journal.facts.history(PersonId(person))
    said = [one.fact.name.removeprefix("talk.") for one in history if "talk." in one.fact.name]
    return [word for word in said if word not in LETTER_WORD.values()]


def subjects(world: World, to: str = AOI) -> list[str]:
    """Give the subjects of what somebody got."""
    return [mail.subject for mail in world.arrived if mail.to == to]


def times(world: World) -> list[Span | None]:
    """Give the times of all events that stand."""
    return [entry.when for entry in world.calendars.entries() if not entry.is_cancelled]


# --- booking -------------------------------------------------------------------------------------


def test_a_talk_is_booked_where_both_have_room(world: World) -> None:
    """One event, in the mentor's calendar, and a mail that a person would write beside it."""
    world.calendars.take(HANAKO, Span(at("2026-04-02 09:30"), at("2026-04-02 12:00")))

    world.run()

    (entry,) = world.calendars.entries()
    assert entry.organiser == HANAKO
    assert entry.when == span("2026-04-02 13:00")
    assert list(entry.said) == [AOI]
    (booked,) = world.facts("aoi").all("talk.booked", TALK.playbook)
    assert booked.value == "2026-04-02T13:00+09:00"
    assert world.states("aoi") == [State.DONE, State.DONE]
    (mail,) = world.arrived
    assert (mail.to, mail.subject) == (AOI, "1on1のご案内（4月2日（木））")
    assert "日時: 4月2日（木） 13:00–13:30 (日本時間)" in mail.text


def test_nobody_has_two_of_our_meetings_at_once(tmp_path: Path) -> None:
    """Two people of one mentor get two times."""
    world = World(tmp_path)
    plan = world.publish(TALK)
    for person in ("aoi", "ren", "yui"):
        world.enroll(person, plan, accept="2026-04-01 09:00")

    world.run()

    assert len(set(times(world))) == 3
    world.close()


def test_people_who_meet_the_same_two_colleagues_are_seated_together(tmp_path: Path) -> None:
    """Mentor and HR for both of them: two times, each in the calendar of who was named first."""
    world = World(tmp_path)
    plan = world.publish(plan_of(talk_step(participants=("mentor", "hr"))))
    for person in ("aoi", "ren"):
        world.enroll(person, plan, accept="2026-04-01 09:00")

    world.run()

    assert len(set(times(world))) == 2
    booked = [one for person in ("aoi", "ren") for one in meetings(world, person)]
    assert {one.organiser for one in booked} == {StaffId("m1")}
    world.close()


def test_two_meetings_of_one_person_do_not_overlap(tmp_path: Path) -> None:
    """Also not where the colleagues differ: the second is put where the first is not."""
    world = World(tmp_path)
    steps = (talk_step("talk"), talk_step("hr-talk", participants=("hr",)))
    world.enroll("aoi", world.publish(plan_of(*steps)), accept="2026-04-01 09:00")

    world.run()
    world.run_until("2026-04-01 09:10")

    assert sorted(filter(None, times(world))) == [
        span("2026-04-02 10:00"),
        span("2026-04-02 10:30"),
    ]
    world.close()


def test_a_colleague_who_books_the_same_time_by_hand_wins(world: World) -> None:
    """Between our look and the booking somebody was quicker: the talk is put elsewhere."""
    world.book_of = lambda: Hurried(world, span("2026-04-02 10:00"))

    world.run()

    assert times(world) == [span("2026-04-02 10:30")]
    assert words(world) == ["due", "booked"]
    assert subjects(world) == ["1on1のご案内（4月2日（木））"]


def test_a_calendar_that_cannot_be_read_is_not_taken_for_free(world: World) -> None:
    """Nothing is booked with a mentor of whom we know nothing, and HR is asked to help."""
    world.calendars.hidden.add(HANAKO)

    world.run()

    assert world.calendars.entries() == ()
    assert words(world) == ["due"]
    assert subjects(world, "ichiro@tsunagu.example") == ["【まだ決まりません】aoiさんの「1on1」"]
    (known,) = meetings(world)
    assert known.stage is Stage.SEEKING

    world.calendars.hidden.clear()
    world.run_until("2026-04-01 18:00")

    assert words(world) == ["due", "booked"]


def test_where_there_is_no_room_a_human_is_asked_and_then_has_it(tmp_path: Path) -> None:
    """HR hears of it at once; when the span is over they hear that it is theirs by now."""
    world = World(tmp_path)
    step = talk_step(within=Distance(2, Unit.BUSINESS_DAYS))
    plan = world.publish(plan_of(step))
    world.calendars.take(HANAKO, Span(at("2026-04-01 00:00"), at("2026-05-01 00:00")))
    world.enroll("aoi", plan, accept="2026-04-01 09:00")

    world.run_until("2026-04-05 09:00")

    so_far, told = [mail for mail in world.arrived if mail.to == "ichiro@tsunagu.example"]
    assert "4月3日（金）まで、三時間ごとに空きを探し" in so_far.text
    assert "日程をご本人と直接ご相談ください" in told.text
    for mail in (so_far, told):
        assert "理由: 2026年4月3日(金) 09:00 までに全員の空きが重ならない\n" in mail.text
    assert "こうすると決まります: 面談を受け持つ人を一人増やす\n" in so_far.text
    assert words(world) == ["due", "failed"]
    assert State.REFUSED in world.states("aoi")
    assert subjects(world, "ichiro@tsunagu.example") == [
        "【まだ決まりません】aoiさんの「1on1」",
        "【ご確認ください】aoiさんの「1on1」",
    ]
    assert meetings(world)[0].stage is Stage.HUMAN
    world.close()


def test_who_declines_the_offer_before_is_not_invited(world: World) -> None:
    """What was looked for a moment ago is not asked of any calendar."""
    world.calendars.down = "away for an hour"
    world.run()
    world.note("aoi", "declined")
    world.calendars.down = ""

    world.run_until("2026-04-03 09:00")

    assert world.calendars.entries() == ()
    assert subjects(world) == []
    assert meetings(world)[0].stage is Stage.CANCELLED
    assert world.states("aoi") == [State.CANCELLED]


# --- answers -------------------------------------------------------------------------------------


def test_answers_come_to_be_known_and_the_talk_took_place(world: World) -> None:
    """Tentative, then accepted; and when its end has passed, `held` is a fact."""
    world.run()

    answer(world, TENTATIVE)
    world.clock.turn_to(world.now + A_MINUTE)
    answer(world, ACCEPTED)
    world.run_until("2026-04-02 12:00")

    assert words(world) == ["due", "booked", "tentative", "accepted", "held"]
    assert world.facts("aoi").all("talk.held", TALK.playbook)[0].at == at("2026-04-02 10:30")


def test_an_answer_that_is_read_twice_is_one_fact(world: World) -> None:
    """A cursor that is forgotten gives everything again; nothing follows from it."""
    world.run()
    answer(world, ACCEPTED)
    before = words(world)

    world.calendars.expire_cursors()
    hear(world)
    hear(world)

    assert words(world) == before
    assert len(subjects(world)) == 1


def test_a_declined_talk_finds_a_new_time(world: World) -> None:
    """Ten minutes later the same event has another time, and a mail says so.

    Who says no to ten o'clock means that morning: half past ten is not offered.
    """
    world.run()

    answer(world, DECLINED)
    world.run_until("2026-04-01 09:30")

    assert times(world) == [span("2026-04-02 13:00")]
    assert len(world.calendars.entries()) == 1
    assert words(world) == ["due", "booked", "declined", "moved"]
    assert subjects(world)[1:] == ["1on1の新しい時間のご案内（4月2日（木））"]


def test_who_declines_and_accepts_within_minutes_keeps_the_time(world: World) -> None:
    """People misclick: nothing is moved, and no decline is known."""
    world.run()

    answer(world, DECLINED)
    world.clock.turn_to(world.now + 2 * A_MINUTE)
    answer(world, ACCEPTED)
    world.run_until("2026-04-01 12:00")

    assert words(world) == ["due", "booked", "accepted"]
    assert times(world) == [span("2026-04-02 10:00")]


def test_after_three_new_times_a_human_takes_over(world: World) -> None:
    """Nobody is asked for ever: the fourth decline takes it out of the calendar, and HR hears."""
    world.run()

    for _ in range(4):
        answer(world, DECLINED)
        world.engine.run_until(world.now + 15 * A_MINUTE, world.clock)

    assert times(world) == []
    assert words(world).count("declined") == 4
    assert words(world)[-1] == "cancelled"
    assert subjects(world, "ichiro@tsunagu.example") == ["【ご確認ください】aoiさんの「1on1」"]


def test_a_calendar_that_declines_by_itself_is_no_refusal(world: World) -> None:
    """Focus time declines within seconds: another time is sought at once, and no round is used."""
    world.run()

    answer(world, Said(Word.DECLINED, is_automatic=True))

    assert times(world) == [span("2026-04-02 10:30")]
    assert "declined" not in words(world)
    assert meetings(world)[0].rounds == 0


def test_a_mentor_who_declines_is_not_the_persons_decline(tmp_path: Path) -> None:
    """A new time is found; of the person nothing is known but that it moved."""
    world = with_talk(tmp_path, participants=("hr", "mentor"))

    world.calendars.answer(world.calendars.entries()[0].event_key, HANAKO, DECLINED)
    hear(world, "ichiro@tsunagu.example")
    world.run_until("2026-04-01 09:30")

    assert words(world) == ["due", "booked", "moved"]
    world.close()


@pytest.mark.parametrize(("wanted", "told"), [("keep", 0), ("alert", 1)])
def test_a_playbook_may_keep_a_declined_talk_or_have_hr_told(
    tmp_path: Path, wanted: str, told: int
) -> None:
    """The time stays, the decline is known, and it did not take place."""
    world = with_talk(tmp_path, if_declined=wanted)

    answer(world, DECLINED)
    world.run_until("2026-04-03 09:00")

    assert times(world) == [span("2026-04-02 10:00")]
    assert words(world) == ["due", "booked", "declined"]
    assert len(subjects(world, "ichiro@tsunagu.example")) == told
    world.close()


def test_a_proposed_time_is_taken_when_everybody_can(world: World) -> None:
    """The event moves to it, and nobody is asked a second time."""
    world.run()

    wish = Said(Word.DECLINED, proposed=span("2026-04-03 15:00"))
    answer(world, wish)

    assert times(world) == [span("2026-04-03 15:00")]
    assert words(world) == ["due", "booked", "moved"]


def test_a_proposed_time_that_is_taken_gives_another(world: World) -> None:
    """The mentor is busy then: a free time is found instead."""
    world.run()
    world.calendars.take(HANAKO, span("2026-04-03 15:00"))

    answer(world, Said(Word.DECLINED, proposed=span("2026-04-03 15:00")))
    world.run_until("2026-04-01 09:30")

    assert times(world) == [span("2026-04-02 10:30")]
    assert words(world)[-1] == "moved"


# --- hands of people -----------------------------------------------------------------------------


def test_a_talk_moved_by_hand_is_adopted_without_a_mail_of_ours(world: World) -> None:
    """Its new time is ours, held for both, and `held` follows from it."""
    world.run()
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-03 11:00"))

    hear(world)
    world.run_until("2026-04-03 12:00")

    assert words(world) == ["due", "booked", "moved", "held"]
    assert subjects(world) == ["1on1のご案内（4月2日（木））"]


@pytest.mark.parametrize("has_accepted", [False, True], ids=["silent before", "accepted before"])
def test_a_drag_and_an_acceptance_that_are_read_together_are_both_known(
    world: World,
    has_accepted: bool,
) -> None:
    """First it was moved, and then they accepted its new time, whatever they said before."""
    world.run()
    if has_accepted:
        answer(world, ACCEPTED)
    world.run_until("2026-04-01 09:30")
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-03 11:00"))
    world.run_until("2026-04-01 09:40")
    world.calendars.answer(meetings(world)[0].event_key, AOI, ACCEPTED)
    world.run_until("2026-04-01 09:50")

    hear(world)

    moved, accepted = (one.fact for one in world.journal.facts.history(PersonId("aoi"))[-2:])
    assert (moved.name, accepted.name) == ("talk.moved", "talk.accepted")
    assert moved.at <= accepted.at == at("2026-04-01 09:40")
    assert meetings(world)[0].people[0].said.word is Word.ACCEPTED


def test_an_answer_to_the_time_before_that_a_drag_left_there_is_not_new(world: World) -> None:
    """The acceptance still bears the instant at which it was given: nobody has accepted again."""
    world.run()
    answer(world, ACCEPTED)
    (entry,) = world.calendars.entries()
    world.run_until("2026-04-01 09:30")
    world.calendars.drag(entry.event_key, span("2026-04-03 11:00"))
    world.calendars.answer(entry.event_key, AOI, entry.said[AOI])

    hear(world)

    assert words(world) == ["due", "booked", "accepted", "moved"]


def test_who_declines_again_after_a_drag_gets_another_time(tmp_path: Path) -> None:
    """The playbook kept the meeting at the first no; the new time is another question."""
    world = with_talk(tmp_path, if_declined="alert")
    answer(world, DECLINED)
    world.run_until("2026-04-01 09:30")
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-03 11:00"))
    world.calendars.answer(meetings(world)[0].event_key, AOI, DECLINED)
    hear(world)
    world.run_until("2026-04-01 10:00")

    assert words(world) == ["due", "booked", "declined", "moved", "declined"]
    world.close()


def test_a_talk_moved_by_a_quarter_of_an_hour_is_not_in_its_own_way(world: World) -> None:
    """And moved again by us it finds a time: its own busy stretch does not block it."""
    world.run()
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-02 10:15"))
    hear(world)

    answer(world, Said(Word.DECLINED, proposed=span("2026-04-02 10:30")))

    assert times(world) == [span("2026-04-02 10:30")]


def test_a_talk_deleted_by_hand_is_not_made_anew(world: World) -> None:
    """HR is asked; the time is free for others."""
    world.run()
    world.calendars.delete(meetings(world)[0].event_key)

    hear(world)
    world.run_until("2026-04-20 09:00")

    assert times(world) == []
    assert words(world) == ["due", "booked", "cancelled"]
    assert subjects(world, "ichiro@tsunagu.example") == ["【ご確認ください】aoiさんの「1on1」"]
    assert meetings(world)[0].stage is Stage.LOST


def test_a_talk_that_is_dragged_over_another_and_then_deleted_is_told_both_times(
    tmp_path: Path,
) -> None:
    """HR hears that two overlap, and later that one of them is gone."""
    world = World(tmp_path)
    talks = [replace(talk_step(), id=StepId(id_)) for id_ in ("first", "second")]
    world.enroll("aoi", world.publish(plan_of(*talks)), accept="2026-04-01 09:00")
    world.run()
    first, second = meetings(world)
    assert first.when is not None
    world.calendars.drag(second.event_key, first.when)
    hear(world)
    told = len(subjects(world, "ichiro@tsunagu.example"))

    world.calendars.delete(second.event_key)
    hear(world)

    assert told == 1
    assert len(subjects(world, "ichiro@tsunagu.example")) == 2
    world.close()


def test_an_answer_to_the_time_before_does_not_count(world: World) -> None:
    """A reply to an old invitation that arrives after the move is no acceptance of the new time."""
    world.run()
    answer(world, DECLINED)
    world.run_until("2026-04-01 09:30")

    hear(world)

    assert "accepted" not in words(world)
    assert meetings(world)[0].people[0].said.word is Word.NOTHING


# --- around it -----------------------------------------------------------------------------------


def test_a_colleague_is_briefed_and_the_person_sees_nothing_of_it(tmp_path: Path) -> None:
    """One business day before, one screen; to the mentor alone."""
    world = with_talk(tmp_path)
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-06 10:00"))
    hear(world)

    world.run_until("2026-04-06 09:00")

    (brief,) = [mail for mail in world.arrived if mail.to == HANAKO]
    assert brief.subject == "【面談メモ】aoiさん（4月6日（月））"
    assert "・開発部\n・4月1日に承諾\n" in brief.text
    assert all("面談メモ" not in subject for subject in subjects(world))
    world.close()


def test_the_brief_has_their_own_words_and_what_waits_for_an_answer(tmp_path: Path) -> None:
    """What they wrote last, when, and that nobody has answered it; nothing of it goes to them."""
    asked = mail_step(expect=Expect("replied", Distance(3, Unit.BUSINESS_DAYS)))
    talk = talk_step(notice=Distance(2, Unit.BUSINESS_DAYS), between=(time(16), time(18)))
    post = Post(tmp_path, plan_of(asked, replace(talk, when=FromFact("offer"))))
    post.asked()
    mail = next(one for one in post.world.arrived if one.subject == "ようこそ")
    post.comes("配属の時期を教えていただけますか。", answers=mail)

    post.world.run_until("2026-04-03 17:00")

    (brief,) = [one for one in post.world.arrived if one.subject.startswith("【面談メモ】")]
    assert brief.to == HANAKO
    assert "こちらから: 「ようこそ」（4月2日（木）10:00）" in brief.text
    assert "「配属の時期を教えていただけますか。」" in brief.text
    assert brief.text.count("配属の時期") == 2  # as the last they said, and as what is open
    theirs = [one for one in post.world.arrived if one.to == AOI]
    assert all("配属の時期" not in one.text for one in theirs)
    post.world.close()


def test_an_answer_in_words_to_an_invitation_is_known_for_one(tmp_path: Path) -> None:
    """It is theirs for certain, and of this meeting; a human reads it, and it accepts nothing."""
    post = Post(tmp_path, plan_of(replace(talk_step(), when=FromFact("offer"))))
    post.world.enroll("aoi", post.plan, offer="2026-04-02 09:00")
    post.world.run_until("2026-04-02 11:00")
    (mail,) = [one for one in post.world.arrived if one.to == AOI]

    post.comes(
        "その日は授業があります。別の日にできますか。", answers=mail, sender="aoi@work.example"
    )

    (lying,) = post.world.journal.mails.waiting()
    assert (lying.match_rule, lying.person, lying.step) == ("in_reply_to", "aoi", "talk")
    assert meetings(post.world)[0].people[0].said.word is Word.NOTHING
    post.world.close()


def test_with_remind_the_person_is_told_that_it_is_near(tmp_path: Path) -> None:
    """Without asking for anything."""
    world = with_talk(tmp_path, remind=Distance(-2, Unit.HOURS))

    world.run_until("2026-04-02 08:30")

    assert subjects(world)[-1] == "1on1が近づきました（4月2日（木））"
    assert "ご返信はいりません" in world.arrived[-2].text + world.arrived[-1].text
    world.close()


def test_a_talk_of_tomorrow_has_its_brief_at_once(tmp_path: Path) -> None:
    """It was booked at the very moment at which colleagues are briefed: nobody meets unprepared."""
    world = with_talk(tmp_path)

    assert meetings(world)[0].when == span("2026-04-02 10:00")
    world.run_until("2026-04-02 09:30")

    (brief,) = subjects(world, HANAKO)
    assert brief.startswith("【面談メモ】")
    world.close()


def test_nobody_is_reminded_on_the_day_they_were_invited(tmp_path: Path) -> None:
    """The invitation said it all a moment ago; the colleague has the brief all the same."""
    world = with_talk(tmp_path, remind=Distance(-20, Unit.HOURS))

    world.run_until("2026-04-02 09:30")

    assert subjects(world) == ["1on1のご案内（4月2日（木））"]
    assert len(subjects(world, HANAKO)) == 1
    world.close()


def test_a_colleague_who_has_not_answered_is_reminded_once(tmp_path: Path) -> None:
    """The person is never chased for a click."""
    world = with_talk(tmp_path, participants=("hr", "mentor"))
    world.calendars.drag(meetings(world)[0].event_key, span("2026-04-13 10:00"))
    hear(world, "ichiro@tsunagu.example")

    world.run_until("2026-04-10 08:00")

    assert subjects(world, HANAKO) == ["【ご返事のお願い】1on1（4月13日（月））"]
    assert len(subjects(world)) == 1
    world.close()


def test_who_declines_the_offer_has_all_meetings_taken_back_with_one_mail(
    tmp_path: Path,
) -> None:
    """Two talks ahead: both gone from the calendar, one mail, and their time is free again."""
    world = World(tmp_path)
    steps = (talk_step("talk"), talk_step("hr-talk", participants=("hr",)))
    world.enroll("aoi", world.publish(plan_of(*steps)), accept="2026-04-01 09:00")
    world.run()
    world.run_until("2026-04-01 09:10")
    before = len(subjects(world))

    world.note("aoi", "declined")
    world.run()

    assert times(world) == []
    assert subjects(world)[before:] == ["予定の取りやめについて"]
    assert {known.stage for known in meetings(world)} == {Stage.CANCELLED}
    world.close()


def test_a_day_on_which_it_is_over_takes_the_meetings_behind_it_back(tmp_path: Path) -> None:
    """They join on a day that is known: what was arranged for later is taken back on that day."""
    world = World(tmp_path)
    plan = world.publish(plan_of(talk_step(between=(time(17), time(18)))))
    world.enroll("aoi", plan, accept="2026-04-01 09:00", joined="2026-04-02 12:00")
    world.run()
    (booked,) = times(world)

    world.run_until("2026-04-02 13:00")

    assert booked == span("2026-04-02 17:00")
    assert times(world) == []
    assert words(world)[-1] == "cancelled"
    world.close()


def test_erasing_somebody_takes_the_meeting_out_of_the_calendar(world: World) -> None:
    """No row names them any more, and the mentor's calendar has no invitation left."""
    world.run()

    world.journal.people.erase(PersonId("aoi"), world.now)
    world.run()

    assert times(world) == []
    with world.journal.store.read() as connection:
        for table in ("meeting", "meeting_guest", "hold"):
            assert connection.execute(text(f"SELECT count(*) FROM {table}")).scalar() == 0  # noqa: S608 - names of ours


def test_a_playbook_may_ask_for_more_notice_than_the_settings(tmp_path: Path) -> None:
    """Two business days before an exam interview, where elsewhere a day is enough."""
    world = with_talk(tmp_path, notice=Distance(2, Unit.BUSINESS_DAYS))

    assert times(world) == [span("2026-04-03 10:00")]
    world.close()


def test_a_short_notice_is_still_half_an_hour(tmp_path: Path) -> None:
    """Nobody is invited to what begins in five minutes, whatever the playbook says."""
    world = World(tmp_path, start="2026-04-01 10:50")
    plan = world.publish(plan_of(talk_step(notice=Distance(5, Unit.MINUTES))))
    world.enroll("aoi", plan, accept="2026-04-01 10:50")

    world.run()

    assert times(world) == [span("2026-04-01 11:30")]
    world.close()


def test_who_was_met_and_who_will_be_is_counted(world: World) -> None:
    """One talk that took place, one ahead."""
    world.run_until("2026-04-02 12:00")
    world.enroll("ren", next(iter(world.plans.values())), accept="2026-04-02 12:00")
    world.run()

    talks = world.journal.meetings.talks(world.now)

    assert (talks[PersonId("aoi")].times, talks[PersonId("aoi")].ahead) == (1, None)
    assert talks[PersonId("ren")].ahead == at("2026-04-03 13:00")


def test_when_a_mentor_leaves_people_keep_their_times_where_a_colleague_is_free(
    tmp_path: Path,
) -> None:
    """Twelve talks are arranged with others; who can keeps the time, and gets one mail."""
    world = World(tmp_path)
    plan = world.publish(plan_of(talk_step(participants=("young_members",))))
    world.journal.staff.remove("m1", world.now)
    others = [
        StaffRecord(
            StaffId(f"s{number}"),
            f"先輩{number}",
            f"s{number}@tsunagu.example",
            ("young_members",),
            "開発部",
        )
        for number in range(4)
    ]
    world.journal.staff.put(others[:3], world.now)
    for number in range(12):
        world.enroll(f"p{number}", plan, accept="2026-04-01 09:00")
    world.run()
    before = {f"p{number}": meetings(world, f"p{number}")[-1] for number in range(12)}
    left = [person for person, known in before.items() if known.organiser == "s0"]
    assert left

    world.journal.staff.put(others[3:], world.now)  # somebody new, who is free
    world.journal.staff.remove("s0", world.now)
    world.run()

    for person, known in before.items():
        mails = len(subjects(world, f"{person}@mail.example"))
        after = [one for one in meetings(world, person) if one.stage is Stage.BOOKED]
        assert [one.organiser != "s0" for one in after] == [True]
        assert mails == (2 if person in left else 1)
        assert after[0].when == known.when
    assert all("cancelled" not in words(world, person) for person in left)
    world.close()
