"""A promised meeting has its time before its step is due, and its invitation goes out with it."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from tests.engine.interrupted import Interrupted
from tests.engine.plans import plan_of, talk_step
from tests.engine.test_crash import FragileStore, Plug
from tests.engine.test_meetings import HANAKO, hear, meetings, span, subjects, times, words
from tests.engine.test_reconcile import reconcile
from tests.world import World, at
from worker.domain.appointments import Stage
from worker.domain.facts import Digest, PersonId, PlaybookId, StaffId, StepId
from worker.domain.intents import State
from worker.domain.meetings import Span
from worker.domain.plan import Step
from worker.domain.reasons import Because
from worker.domain.when import Distance, FromFact, Unit
from worker.engine.journal.lanes import MEETINGS
from worker.engine.journal.meetings import save
from worker.engine.meetings.advise import told_in
from worker.engine.tables import moment, stamp
from worker.people.records import StaffRecord

TWO_DAYS = Distance(48, Unit.HOURS)
AN_HOUR = Distance(1, Unit.HOURS)


def promise(name: str = "talk", **more: Any) -> Step:  # noqa: ANN401 - words of a meeting
    """Give a talk whose invitation goes out an hour after the offer, and within 48 hours."""
    return replace(
        talk_step(name, within=Distance(5, Unit.BUSINESS_DAYS), **more),
        when=FromFact("offer", (AN_HOUR,)),
        no_later_than=FromFact("offer", (TWO_DAYS,)),
    )


PROMISE = plan_of(promise())


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Give a world in which Aoi will be made an offer on Monday the thirteenth at nine."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(PROMISE), offer="2026-04-13 09:00")
    yield world
    world.close()


def move_to(world: World, digest: Digest) -> None:
    """Have Aoi moved to another version, as `tsunagu migrate` does."""
    before = {one: frozenset({StepId("talk")}) for one in world.plans}
    world.journal.enrollments.move(
        [PersonId("aoi")], PlaybookId("naitei"), digest, before, world.now
    )


def holds(world: World) -> list[tuple[str, Span]]:
    """Give whose time is taken when, now."""
    with world.journal.store.read() as connection:
        rows = connection.execute(
            text(
                "select who, starts_at, ends_at from hold"
                " where expires_at is null or expires_at > :now order by who, starts_at"
            ),
            {"now": stamp(world.now)},
        )
        return [(who, Span(moment(start), moment(end))) for who, start, end in rows]


def test_a_time_is_held_before_the_offer_and_nobody_is_told(world: World) -> None:
    """Twelve days ahead: both diaries are taken, no event is made, and no mail leaves."""
    world.run()

    (talk,) = meetings(world)
    assert (talk.stage, talk.when) == (Stage.RESERVED, span("2026-04-14 10:00"))
    assert holds(world) == [
        ("person/aoi", span("2026-04-14 10:00")),
        ("staff/m1", span("2026-04-14 10:00")),
    ]
    assert times(world) == []
    assert world.arrived == []
    assert words(world) == []


def test_the_invitation_goes_out_the_moment_the_step_is_due(world: World) -> None:
    """At ten on the day of the offer, to the time that was held since the first of April."""
    world.run_until("2026-04-13 10:00")

    (talk,) = meetings(world)
    assert (talk.stage, talk.when) == (Stage.BOOKED, span("2026-04-14 10:00"))
    assert (talk.held_since, talk.booked_at) == (at("2026-04-01 09:00"), at("2026-04-13 10:00"))
    assert times(world) == [span("2026-04-14 10:00")]
    assert subjects(world) == ["1on1のご案内（4月14日（火））"]
    assert set(world.states("aoi")) == {State.DONE}


def test_nothing_is_held_before_the_time_has_come_to(tmp_path: Path) -> None:
    """An offer in two months: looked at again fourteen days before its invitation, and not now."""
    world = World(tmp_path)
    world.enroll("aoi", world.publish(PROMISE), offer="2026-06-01 09:00")

    world.run_until("2026-05-18 09:59")
    before = meetings(world)
    world.run_until("2026-05-18 10:00")

    assert before == []
    assert [one.when for one in meetings(world)] == [span("2026-06-02 10:00")]
    world.close()


def test_whoever_books_the_held_time_by_hand_wins_on_the_next_day(world: World) -> None:
    """Calendars are asked once a day: another time within the span is held, and still no mail."""
    world.run()
    world.calendars.take(HANAKO, span("2026-04-14 10:00", 60))

    world.run_until("2026-04-02 09:00")

    (talk,) = meetings(world)
    assert (talk.when, talk.held_since) == (span("2026-04-14 11:00"), at("2026-04-02 09:00"))
    assert [taken for _, taken in holds(world)] == [span("2026-04-14 11:00")] * 2
    assert world.arrived == []


def test_whoever_books_it_in_the_last_hour_wins_and_the_invitation_goes_out_all_the_same(
    world: World,
) -> None:
    """Asked about once more when the step is due: the next free time is in the invitation."""
    world.run_until("2026-04-13 09:30")
    world.calendars.take(HANAKO, span("2026-04-14 10:00"))

    world.run_until("2026-04-13 10:00")

    assert times(world) == [span("2026-04-14 10:30")]
    assert len(subjects(world)) == 1
    (talk,) = meetings(world)
    assert (talk.booked_at, talk.held_since) == (at("2026-04-13 10:00"), None)


def test_a_time_that_suits_is_kept_whatever_comes_free_before_it(world: World) -> None:
    """Held at eleven because ten was taken: that ten comes free moves nobody."""
    world.calendars.down = ""
    plan = next(iter(world.plans.values()))
    world.enroll("ren", plan, offer="2026-04-13 09:00")
    world.run()
    first, second = meetings(world)[0].when, meetings(world, "ren")[0].when
    assert {first, second} == {span("2026-04-14 10:00"), span("2026-04-14 10:30")}

    early = "aoi" if first == span("2026-04-14 10:00") else "ren"
    world.note(early, "declined")
    world.run_until("2026-04-10 09:00")

    late = "ren" if early == "aoi" else "aoi"
    assert [one.when for one in meetings(world, late)] == [span("2026-04-14 10:30")]
    assert meetings(world, early) == []
    assert world.arrived == []


@pytest.mark.parametrize(
    "end",
    [
        lambda world: world.note("aoi", "declined"),
        lambda world: world.note("aoi", "person.held"),
        lambda world: world.journal.enrollments.pause(PlaybookId("naitei"), world.now),
        lambda world: world.journal.people.erase(PersonId("aoi"), world.now),
    ],
    ids=["declines", "held", "paused", "erased"],
)
def test_who_will_not_be_invited_gives_the_time_back_at_once(
    world: World, end: Callable[[World], object]
) -> None:
    """Nothing of the mentor's day stays taken, and no row is left."""
    world.run()

    end(world)
    world.run()

    assert holds(world) == []
    assert meetings(world) == []
    assert world.arrived == []


def test_who_goes_on_has_a_time_held_again(world: World) -> None:
    """Paused on the second of April and resumed on the eighth: invited as promised."""
    naitei = PlaybookId("naitei")
    world.run()
    world.journal.enrollments.pause(naitei, world.now)
    world.run_until("2026-04-08 09:00")
    assert holds(world) == []

    world.journal.enrollments.resume(naitei, world.now)
    world.run()
    assert len(holds(world)) == 2
    world.run_until("2026-04-13 10:00")

    assert times(world) == [span("2026-04-14 10:00")]


def test_a_hold_runs_out_with_its_time_where_nobody_looks(world: World) -> None:
    """Workers stood still for three weeks: the hour that was held is nobody's any more."""
    world.run()

    world.clock.turn_to(at("2026-04-14 10:00"))

    assert holds(world) == []


def test_an_offer_that_is_put_off_takes_its_time_with_it(world: World) -> None:
    """Said again to be a day later: another time is held; to be a week later, none so far."""
    world.run()

    world.person("aoi", offer="2026-04-14 09:00")
    world.run()
    assert {taken for _, taken in holds(world)} == {span("2026-04-15 10:00")}

    world.person("aoi", offer="2026-04-20 09:00")
    world.run()
    assert (holds(world), meetings(world)) == ([], [])
    world.run_until("2026-04-06 10:00")
    assert [one.when for one in meetings(world)] == [span("2026-04-21 10:00")]


def test_a_late_tick_does_not_take_the_held_time(world: World) -> None:
    """Five minutes late the least notice would leave no room for it: it is kept all the same."""
    world.run_until("2026-04-13 09:30")

    world.clock.turn_to(at("2026-04-13 10:05"))
    world.run()

    assert times(world) == [span("2026-04-14 10:00")]


def test_what_is_due_comes_before_what_is_only_held(world: World) -> None:
    """Ren's talk is due and has one possible time, which is held for Aoi: Aoi's moves, unheard."""
    world.run()
    talk = talk_step(within=Distance(2, Unit.BUSINESS_DAYS), between=(time(10), time(10, 30)))
    plan = world.publish(plan_of(talk, name="other"))
    world.run_until("2026-04-13 09:00")

    world.enroll("ren", plan, accept="2026-04-13 09:00")
    world.run()

    assert times(world) == [span("2026-04-14 10:00")]
    assert subjects(world, "ren@mail.example") == ["1on1のご案内（4月14日（火））"]
    assert [one.when for one in meetings(world)] == [span("2026-04-14 10:30")]
    world.run_until("2026-04-13 10:00")
    assert times(world) == [span("2026-04-14 10:00"), span("2026-04-14 10:30")]
    assert subjects(world, "ichiro@tsunagu.example") == []


def test_a_limit_that_holds_have_used_up_keeps_nobody_out_who_is_due(world: World) -> None:
    """One talk a day, and the day is held for Aoi: Ren has it, and Aoi the day after."""
    record = StaffRecord(
        StaffId("m1"), "佐藤 花子", HANAKO, ("mentor",), "開発部", attributes={"per_day": 1}
    )
    world.journal.staff.put([record], world.now)
    world.run()
    plan = world.publish(plan_of(talk_step(within=Distance(2, Unit.BUSINESS_DAYS)), name="other"))
    world.run_until("2026-04-13 09:00")

    world.enroll("ren", plan, accept="2026-04-13 09:00")
    world.run()

    assert times(world) == [span("2026-04-14 10:00")]
    assert [one.when for one in meetings(world)] == [span("2026-04-15 10:00")]


def test_where_nothing_can_be_held_hr_hears_of_it_beforehand_and_once(world: World) -> None:
    """The mentor is away all week: twelve days ahead HR is told why, and what would help."""
    world.calendars.take(HANAKO, Span(at("2026-04-14 00:00"), at("2026-04-21 00:00")))

    world.run()
    (talk,) = meetings(world)
    early = subjects(world, "ichiro@tsunagu.example")
    world.run_until("2026-04-13 12:00")

    assert (talk.stage, talk.when) == (Stage.RESERVED, None)
    told = told_in(talk.outcome)
    assert [one.because for one in told.why] == [Because.NO_COMMON_TIME]
    assert [one.because for one in told.help] == [Because.HELP_LONGER]
    assert len(early) == 1
    assert subjects(world, "ichiro@tsunagu.example") == early
    assert holds(world) == []


def test_when_it_is_too_late_for_a_promise_hr_hears_that_it_is_theirs(world: World) -> None:
    """Told beforehand and looked for up to the deadline; a step that escalates tells it itself."""
    away = Span(at("2026-04-14 00:00"), at("2026-04-21 00:00"))
    world.calendars.take(HANAKO, away)
    escalates = plan_of(replace(promise(), late="escalate"), name="other")
    world.enroll("ren", world.publish(escalates), offer="2026-04-13 09:00")

    world.run_until("2026-04-20 09:00")

    told = [mail for mail in world.arrived if mail.to == "ichiro@tsunagu.example"]
    of_aoi = [mail for mail in told if "aoi" in mail.subject]
    assert [mail.subject for mail in of_aoi] == [
        "【お早めに】4月13日（月）にご案内するaoiさんの面談に、空きがありません",
        "【ご確認ください】aoiさんの「1on1」",
    ]
    assert "全員の空きが重ならない" in of_aoi[1].text
    assert words(world)[-1] == "missed"
    assert [mail.subject for mail in told if "ren" in mail.subject][1:] == [
        "【ご確認ください】renさんへの「talk」が予定どおりに送れませんでした"
    ]


def test_a_colleague_who_leaves_hands_the_held_time_on(world: World) -> None:
    """The mentor leaves and Aoi has another one: the same time, in the other's day."""
    world.run()
    other = StaffRecord(StaffId("m2"), "高橋 涼", "ryo@tsunagu.example", ("mentor",), "開発部")
    world.journal.staff.put([other], world.now)

    world.person("aoi", mentor="m2", offer="2026-04-13 09:00")
    world.journal.staff.remove("m1", world.now)
    world.run()

    assert holds(world) == [
        ("person/aoi", span("2026-04-14 10:00")),
        ("staff/m2", span("2026-04-14 10:00")),
    ]
    world.run_until("2026-04-13 10:00")
    assert [entry.organiser for entry in world.calendars.entries()] == ["ryo@tsunagu.example"]


def test_who_moves_to_a_version_without_the_promise_has_no_time_held(world: World) -> None:
    """And to one whose talk is twice as long: the hour that was held does not do any more."""
    world.run()
    longer = world.publish(plan_of(promise(minutes=60)))
    move_to(world, longer.digest)
    world.run()
    assert {taken for _, taken in holds(world)} == {span("2026-04-14 10:00", 60)}

    plain = world.publish(plan_of(talk_step()))
    move_to(world, plain.digest)
    world.run()

    assert holds(world) == []


def test_an_open_question_keeps_the_time_until_it_is_answered(world: World) -> None:
    """She asks something on the day before the offer: not invited before HR has answered."""
    world.run_until("2026-04-13 09:30")
    world.note("aoi", "person.wrote")
    world.run_until("2026-04-13 12:00")
    assert world.calendars.entries() == ()
    assert len(holds(world)) == 2

    world.note("aoi", "person.answered")
    world.run_until("2026-04-13 12:30")

    assert len(times(world)) == 1


def test_a_promise_that_another_worker_looks_at_when_it_is_due_is_booked_once(
    tmp_path: Path,
) -> None:
    """Both have its row in hand: one of them is turned away, and looks again."""
    solver = Interrupted()
    world = World(tmp_path, solver=solver)
    world.enroll("aoi", world.publish(PROMISE), offer="2026-04-13 09:00")
    world.run_until("2026-04-13 09:30")

    def look() -> None:
        with world.journal.store.write() as connection:
            (talk,) = meetings(world)
            assert save(connection, talk, MEETINGS, stamp(world.now)) is not None

    solver.happens = look
    world.run_until("2026-04-13 10:00")

    assert times(world) == [span("2026-04-14 10:00")]
    assert len(subjects(world)) == 1
    assert words(world).count("booked") == 1
    world.close()


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_whenever_the_power_goes_the_promise_is_kept(tmp_path: Path, *, after: bool) -> None:
    """For every commit until the invitation has gone: one event, one invitation, both diaries."""
    commit, pulled = 0, True
    while pulled:
        commit += 1
        folder = tmp_path / str(commit)
        folder.mkdir()
        world = World(folder, start="2026-04-12 09:00")
        world.enroll("aoi", world.publish(PROMISE), offer="2026-04-13 09:00")
        try:
            world.reopen(FragileStore(world.url, at=commit, after=after))
            world.run_until("2026-04-13 12:00")
            pulled = False
        except Plug:
            world.reopen()
            world.engine.recover()
            world.run_until("2026-04-13 12:00")
        assert times(world) == [span("2026-04-14 10:00")]
        assert len(subjects(world)) <= 1
        assert words(world).count("booked") == 1
        assert len(holds(world)) == 2
        world.close()
    assert commit > 10


def test_a_promise_that_was_kept_in_lost_time_is_found(tmp_path: Path) -> None:
    """Held when the backup was made, booked after it: nobody is invited a second time."""
    world = World(tmp_path)
    world.blind = False
    world.enroll("aoi", world.publish(PROMISE), offer="2026-04-13 09:00")
    world.run_until("2026-04-12 09:00")
    backup = world.back_up()
    world.run_until("2026-04-13 18:00")
    before = (times(world), subjects(world))

    world.restore(backup)
    reconcile(world)
    world.run_until("2026-04-13 20:00")

    assert (times(world), subjects(world)) == before
    assert words(world).count("booked") == 1
    world.close()


def test_what_is_held_stays_held_while_calendars_cannot_be_read(world: World) -> None:
    """The provider is away at the daily look: nobody is alarmed, and the time is kept."""
    world.run()
    world.calendars.down = "away"
    world.run_until("2026-04-02 12:00")
    assert len(holds(world)) == 2
    world.calendars.down = ""

    world.run_until("2026-04-13 10:00")

    assert times(world) == [span("2026-04-14 10:00")]
    assert subjects(world, "ichiro@tsunagu.example") == []


def test_a_meeting_of_many_that_is_due_comes_before_what_is_only_held(world: World) -> None:
    """The mentor's one hour for the department is held for Aoi: Aoi's talk is at another one."""
    world.run()
    many = talk_step(
        within=Distance(2, Unit.BUSINESS_DAYS),
        between=(time(10), time(11)),
        minutes=60,
        together="department",
        size=(1, 12),
    )
    plan = world.publish(plan_of(many, name="other"))
    world.run_until("2026-04-13 09:00")

    for person in ("ren", "yui"):
        world.enroll(person, plan, accept="2026-04-13 09:00")
    world.run()

    assert times(world) == [span("2026-04-14 10:00", 60)]
    assert [one.when for one in meetings(world)] == [span("2026-04-14 11:00")]


def test_who_drags_a_meeting_onto_a_held_time_has_it(world: World) -> None:
    """Moved by hand to the hour that is held for Aoi: adopted, no alarm, and Aoi's hold moves."""
    world.run()
    plan = world.publish(plan_of(talk_step(), name="other"))
    world.enroll("ren", plan, accept="2026-04-01 09:00")
    world.run()

    (entry,) = world.calendars.entries()
    world.calendars.drag(entry.event_key, span("2026-04-14 10:00"))
    hear(world)

    assert times(world) == [span("2026-04-14 10:00")]
    assert words(world, "ren")[-1] == "moved"
    assert [one.when for one in meetings(world)] == [span("2026-04-14 10:30")]
    assert subjects(world, "ichiro@tsunagu.example") == []
