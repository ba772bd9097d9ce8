"""What HR was shown is what happens: the simulation and the real engine agree, mail by mail."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.domain.at_random import clocks, expectations, ladders, plans
from tests.engine.both_ways import Someone, Story, both_ways
from tests.engine.plans import HOUR, OFFICE_HOURS, WELCOME, mail_step, plan_of
from tests.world import World, at
from worker.domain.conditions import Compare, Condition, Literal, Name, Truth
from worker.domain.facts import Fact, PersonId, PlaybookId, StepId
from worker.domain.intents import State
from worker.domain.plan import (
    Action,
    Alert,
    Budget,
    Enroll,
    Expect,
    Mail,
    Meeting,
    Plan,
    Rung,
    Sending,
    Step,
    Task,
    Update,
    Webhook,
)
from worker.domain.when import Distance, Every, FromFact, Unit
from worker.engine.behaviour import Behaviour, Subject
from worker.engine.simulate import simulate
from worker.people.records import PersonRecord

SINCE = datetime(2026, 4, 1, 0, tzinfo=UTC)
UNTIL = datetime(2026, 8, 15, tzinfo=UTC)
REMINDER = Rung((Mail("reminder", "hr"),))

TEN_DAYS = Distance(10, Unit.BUSINESS_DAYS)
THREE_DAYS = Distance(3, Unit.BUSINESS_DAYS)  # where there is no room, it is looked for all along

TALKS = (
    Meeting("1on1", ("mentor",), 30, THREE_DAYS),
    Meeting("1on1", ("mentor", "manager"), 60, THREE_DAYS, (time(13), time(16))),
    Meeting("1on1", ("mentor",), 60, THREE_DAYS, (time(13), time(14))),
)
MOVES = Update((), (), {"timezone": "Europe/Berlin"}, "")
ONE_A_DAY = (Budget(1, Distance(1, Unit.DAYS)),)
SOME_IN_TWO_WEEKS = (Budget(2, Distance(2, Unit.WEEKS)),)
OTHERS = (
    replace(TALKS[0], if_declined="keep"),
    replace(TALKS[0], if_declined="alert"),
    replace(TALKS[1], notice=Distance(2, Unit.DAYS)),
)
SENDINGS = (
    OFFICE_HOURS,
    Sending(),
    Sending(at_most=ONE_A_DAY),
    Sending(at_most=SOME_IN_TWO_WEEKS),
    replace(OFFICE_HOURS, at_most=ONE_A_DAY),
)
promised: st.SearchStrategy[Action] = st.sampled_from(
    [*TALKS, *TALKS, *OTHERS, MOVES, Mail("letter", "hr")]
)

performed: st.SearchStrategy[Action] = st.sampled_from(
    [
        Mail("letter", "hr"),
        Mail("letter", "hr"),
        Mail("welcome", "president"),
        Meeting("1on1", ("mentor",), 30, THREE_DAYS),
        Meeting(
            "1on1", ("mentor", "manager"), 60, THREE_DAYS, (time(13), time(18)), if_declined="keep"
        ),
        Task("電話"),
        Alert(("mentor", "hr")),
        Update(("close_call",), (), {"pace": "gentle", "status": "pool"}, "moved"),
        Update((), ("close_call",), {"timezone": "Europe/Berlin"}, ""),
        Update(fact="accept"),
        Enroll(PlaybookId("pool")),
        Webhook("https://crm.example/in", "crm", {"status": "told"}),
    ]
)
audiences: st.SearchStrategy[Condition | None] = st.none() | st.sampled_from(
    [
        Compare(Literal("close_call"), "in", Name(("person", "tags"))),
        Truth(Name(("facts", "accept"))),
        Compare(Name(("person", "pace")), "==", Literal("gentle")),
    ]
)
instants = st.integers(0, 110 * 24 * 4).map(lambda count: SINCE + timedelta(minutes=15 * count))


@st.composite
def facts(draw: st.DrawFn) -> tuple[Fact, ...]:
    """Give what comes to be known of somebody in the course of time."""
    told = [
        Fact(name, draw(instants))
        for name in ("accept", "join", "person.held", "declined", "moved")
        if draw(st.sampled_from([False, False, False, False, True]))
    ]
    told += [
        Fact("person.released", one.at + timedelta(days=draw(st.integers(1, 20))))
        for one in told
        if one.name == "person.held" and draw(st.sampled_from([True, True, False]))
    ]
    return tuple(told)


@st.composite
def people(draw: st.DrawFn) -> Someone:
    """Give somebody who was made an offer, of whom more or less else is known."""
    offered = SINCE + timedelta(minutes=draw(st.integers(-14_400, 57_600)))
    return Someone(
        (Fact("offer", offered), *draw(facts())),
        draw(facts()),
        draw(st.sampled_from(["gentle", "standard", "active"])),
        draw(st.sampled_from(["", "", "Europe/Berlin", "America/New_York"])),
        draw(st.sampled_from([frozenset[str](), frozenset({"close_call"})])),
    )


habits = st.builds(
    Behaviour,
    answers=st.sampled_from([0.0, 0.5, 1.0]),
    soonest=st.just(timedelta(hours=1)),
    latest=st.sampled_from([timedelta(days=1), timedelta(days=6)]),
    accepts=st.just(0.0),
    declines=st.just(0.0),
    refuses_meetings=st.sampled_from([0.0, 0.25, 1.0]),
    releases_after=st.sampled_from([None, timedelta(hours=4), timedelta(days=3)]),
    seed=st.sampled_from(["", "other"]),
)


@st.composite
def soon(draw: st.DrawFn, earlier: tuple[str, ...]) -> FromFact:
    """Give a moment that most people come to: soon after the offer, or after a step before."""
    words = [
        f"{step}.{word}"
        for step in earlier
        for word in (
            *("sent", "silent", "replied", "opened", "updated", "called", "rung1.sent"),
            *("booked", "held", "declined", "cancelled", "failed"),
        )
    ]
    fact = draw(st.sampled_from(["offer", "offer", "accept", "moved", *words]))
    units = st.sampled_from([Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.BUSINESS_DAYS])
    distance = Distance(draw(st.sampled_from([0, 1, 1, 2, 5, 14, 30])), draw(units))
    return FromFact(fact, (distance,), draw(clocks))


@st.composite
def sure(draw: st.DrawFn, name: str) -> Step:
    """Give a step that everybody comes to: a mail that waits for an answer, or a cadence."""
    after_offer = FromFact("offer", (Distance(draw(st.sampled_from([0, 1, 26])), Unit.HOURS),))
    if name == "naitei":
        rungs = draw(ladders.filter(bool))
        letter = Mail("welcome", "hr")
        expect = draw(expectations)
        return Step(StepId("ask"), after_offer, letter, expect=expect, ladder=rungs)
    greatest = draw(st.none() | st.just(Distance(30, Unit.DAYS)))
    often = Every(Distance(3, Unit.WEEKS), after_offer, None, greatest)
    return Step(StepId("often"), often, draw(performed))


@st.composite
def likely(draw: st.DrawFn, name: str) -> Plan:
    """Give a playbook of which much happens: half of its moments are soon."""
    plan = draw(plans(name, performed))
    made = [draw(sure(name))]
    for step in plan.steps:
        before = tuple(str(one.id) for one in made)
        when = draw(st.sampled_from([True, True, False]))
        made.append(replace(step, when=draw(soon(before))) if when else step)
    audience: Condition | None = draw(audiences) if name != "naitei" else None
    return replace(plan, steps=tuple(made), audience=audience)


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Give two playbooks, people in the first of them, and how they behave."""
    both = (draw(likely("naitei")), draw(likely("pool")))
    crowd = draw(st.lists(people(), min_size=2, max_size=3))
    return Story(both, tuple(crowd), draw(habits), SINCE, UNTIL)


@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(stories())
def test_the_engine_does_what_the_simulation_showed(story: Story) -> None:
    """Any playbooks, any person, any habits: the same mails and the same else at the same times."""
    with TemporaryDirectory() as folder:
        imagined, happened = both_ways(story, Path(folder))

    assert imagined == happened


@st.composite
def promises(draw: st.DrawFn) -> Plan:
    """Give a playbook whose talks are promised, and others that may want the same hours."""
    steps = []
    for number in range(draw(st.integers(2, 4))):
        days = draw(st.integers(0, 12))
        action: Action = draw(promised)
        is_promised = draw(st.sampled_from([True, True, False]))
        limit = FromFact("offer", (Distance(days + draw(st.sampled_from([1, 4])), Unit.DAYS),))
        step = Step(
            StepId(f"step{number}"),
            FromFact("offer", (Distance(days, Unit.DAYS),), draw(clocks)),
            action,
            no_later_than=limit if is_promised else None,
            approve=draw(st.sampled_from(["", "", "", "hr"])),
            late=draw(st.sampled_from(["send", "skip", "escalate"])),
            condition=draw(st.sampled_from([None, None, Truth(Name(("facts", "accept")))])),
        )
        steps.append(step)
    return replace(plan_of(*steps), sending=draw(st.sampled_from(SENDINGS)))


@st.composite
def promising(draw: st.DrawFn) -> Story:
    """Give people whose offer lies ahead, and who are promised talks."""
    crowd = draw(st.lists(people(), min_size=1, max_size=2))
    return Story((draw(promises()),), tuple(crowd), draw(habits), SINCE, UNTIL)


@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(promising())
def test_times_that_are_held_beforehand_are_the_same_both_ways(story: Story) -> None:
    """Held, declined, moved, given up for what is due, or let go: the same talks at all times."""
    with TemporaryDirectory() as folder:
        imagined, happened = both_ways(story, Path(folder))

    assert imagined == happened


def test_silence_is_noticed_although_another_mail_left_with_the_one_that_asks(
    world: World,
) -> None:
    """Two mails at once, of which one waits for an answer: its reminder comes all the same."""
    asking = mail_step("ask", expect=Expect("replied", Distance(1, Unit.DAYS)), ladder=(REMINDER,))
    plan = world.publish(plan_of(asking, mail_step("tell")))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")

    world.run_until("2026-04-03 09:00")

    assert [mail.subject for mail in world.arrived] == ["ようこそ", "ようこそ", "Re: ようこそ"]


def test_a_playbook_takes_in_whoever_comes_to_belong_by_time_alone(world: World) -> None:
    """`for: join`, known since spring: on that day they are in, although nothing else happens."""
    joined = Truth(Name(("facts", "join")))
    hello = Step(StepId("hello"), FromFact("join", (HOUR,)), Mail("welcome", "hr"))
    plan = world.publish(replace(plan_of(hello, name="onboarding"), stop_on=(), audience=joined))
    person = world.person("aoi", join="2026-10-01 09:00")
    (case,) = world.journal.cases.of([person], world.engine.editions.plan)
    imagined = simulate(
        [plan], [Subject(case.person, case.facts)], since=world.now, until=at("2026-10-02 09:00")
    )

    world.run_until("2026-10-02 09:00")

    assert [(one.kind, one.at) for one in imagined] == [
        ("enrolled", at("2026-10-01 09:00")),
        ("mail", at("2026-10-01 10:00")),
    ]
    assert [one.since for one in world.journal.enrollments.all()] == [at("2026-10-01 09:00")]
    assert [wish.settled_at for wish in world.wishes("aoi")] == [at("2026-10-01 10:00")]


def test_somebody_whose_time_never_ends_holds_up_nobody(world: World) -> None:
    """A table says `9999-12-31` for ever, and `for:` asks whether that has passed."""
    over = Compare(Name(("now",)), ">", Name(("person", "until")))
    world.publish(replace(plan_of(mail_step(), name="alumni"), audience=over))
    for_ever = PersonRecord(
        PersonId("ren"), "ren", "ren@mail.example", attributes={"until": "9999-12-31"}
    )
    world.journal.people.put([for_ever], world.now)
    world.enroll("aoi", world.publish(WELCOME), offer="2026-04-01 08:00")

    world.run()

    assert [mail.to for mail in world.arrived] == ["aoi@mail.example"]


def test_hr_is_told_of_what_came_too_late(world: World) -> None:
    """`late: escalate`: the deadline that has passed does not hold back the word about it."""
    late = mail_step(no_later_than=FromFact("offer", (Distance(2, Unit.HOURS),)), late="escalate")
    plan = world.publish(plan_of(late))
    world.enroll("aoi", plan, offer="2026-03-30 07:00")

    world.run()

    assert [mail.to for mail in world.arrived] == ["ichiro@tsunagu.example"]
    assert world.facts("aoi").first("welcome.missed", plan.playbook) is not None


def test_a_hold_that_begins_later_holds_nothing_yet(world: World) -> None:
    """Asked to be left alone from Friday on: Wednesday's mail still goes."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    friday = Fact("person.held", at("2026-04-03 00:00"))
    world.journal.facts.note([(PersonId("aoi"), friday)], world.now, source="human")

    world.run()

    assert world.states("aoi") == [State.DONE]


def test_a_hold_whose_end_is_known_holds_what_is_under_way_until_then(world: World) -> None:
    """Decided before the hold, not sent yet for want of a server: it waits for its end."""
    plan = world.publish(plan_of(mail_step()))
    world.enroll("aoi", plan, offer="2026-04-01 07:00")
    world.engine.ticker.tick(world.now)
    held = [
        (PersonId("aoi"), Fact("person.held", world.now)),
        (PersonId("aoi"), Fact("person.released", at("2026-04-03 12:00"))),
    ]
    world.journal.facts.note(held, world.now, source="human")

    world.run_until("2026-04-04 09:00")

    assert [wish.settled_at for wish in world.wishes("aoi") if wish.state is State.DONE] == [
        at("2026-04-03 12:00")
    ]


def test_talks_that_are_declined_come_at_the_same_times_both_ways(tmp_path: Path) -> None:
    """Every round of every talk, and what hangs on its having been held."""
    talk = Meeting("1on1", ("mentor",), 30, TEN_DAYS)
    plan = plan_of(
        Step(StepId("talk"), FromFact("offer"), talk),
        Step(StepId("after"), FromFact("talk.held", (Distance(1, Unit.HOURS),)), Task("電話")),
        Step(StepId("sorry"), FromFact("talk.declined"), Task("別の日を")),
    )
    habits = Behaviour(answers=1, refuses_meetings=0.5, latest=timedelta(hours=8))
    people = tuple(Someone((Fact("offer", SINCE),)) for _ in range(8))

    imagined, happened = both_ways(Story((plan,), people, habits, SINCE, UNTIL), tmp_path)

    assert imagined == happened
    assert [one.what for one in happened].count("meeting") == len(people)
    assert {one.step for one in happened if one.what == "task"} == {"after", "sorry"}


def alone(offer: str, timezone: str = "", **coming: str) -> tuple[Someone]:
    """Give one person, of whom facts come to be known when they come about."""
    facts = tuple(Fact(name, at(written)) for name, written in coming.items())
    return (Someone((Fact("offer", at(offer)),), facts, timezone=timezone),)


REFUSING = Behaviour(refuses_meetings=1, latest=timedelta(days=1))


def test_who_declines_twice_has_no_less_time_than_before(tmp_path: Path) -> None:
    """The end of the span within which a talk is looked for never comes nearer.

    In New York it is nine in the evening when Tokyo begins to work: one hour a day suits both.
    """
    talk = Meeting("1on1", ("mentor",), 30, THREE_DAYS)
    plan = plan_of(Step(StepId("talk"), FromFact("offer", (Distance(8, Unit.DAYS),)), talk))
    people = alone("2026-03-27 21:44", "America/New_York")

    imagined, happened = both_ways(Story((plan,), people, REFUSING, SINCE, UNTIL), tmp_path)

    assert imagined == happened
    assert [one.what for one in happened] == [
        *("meeting", "declined", "moved", "declined", "moved", "declined"),
        *("cancelled", "failed"),
    ]


def test_the_time_of_a_declined_talk_is_free_when_it_has_left_the_calendar(
    tmp_path: Path,
) -> None:
    """Until it is moved or called off no other talk is put upon it."""
    often = Meeting("1on1", ("mentor",), 60, THREE_DAYS, (time(13), time(16)))
    seldom = replace(often, between=(time(13), time(14)))
    plan = plan_of(
        Step(StepId("one"), FromFact("offer", (Distance(1, Unit.DAYS),)), often),
        Step(StepId("two"), FromFact("offer", (Distance(2, Unit.DAYS),)), seldom),
    )
    story = Story((plan,), alone("2026-04-01 02:02"), REFUSING, SINCE, UNTIL)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    assert [one.what for one in happened if one.step == "two"] == [
        *("meeting", "declined", "cancelled", "failed"),
    ]


def test_a_promise_is_looked_at_with_what_is_known_by_then(tmp_path: Path) -> None:
    """They move at the very instant of the day's look: the earliest time that suits them there."""
    talk = Step(
        StepId("talk"),
        FromFact("offer", (Distance(10, Unit.DAYS),)),
        Meeting("1on1", ("mentor",), 30, THREE_DAYS),
        no_later_than=FromFact("offer", (Distance(14, Unit.DAYS),)),
    )
    moves = Step(StepId("moves"), FromFact("offer", (Distance(6, Unit.DAYS),)), MOVES)
    plan = plan_of(moves, talk, sending=OFFICE_HOURS)
    people = alone("2026-04-01 09:00", "America/New_York")

    imagined, happened = both_ways(Story((plan,), people, Behaviour(), SINCE, UNTIL), tmp_path)

    assert imagined == happened
    assert [one.at for one in happened if one.what == "held"] == [at("2026-04-14 17:00")]


AFTERNOONS = Meeting("1on1", ("mentor", "manager"), 60, TEN_DAYS, (time(13), time(18)))


def test_a_talk_without_any_time_is_given_up_both_ways(tmp_path: Path) -> None:
    """In New York it is night when both have time: looked for all along, and then left to HR."""
    plan = plan_of(
        Step(StepId("talk"), FromFact("offer"), AFTERNOONS),
        Step(StepId("call"), FromFact("talk.failed"), Task("電話")),
    )
    people = (Someone((Fact("offer", SINCE),), timezone="America/New_York"),)

    imagined, happened = both_ways(Story((plan,), people, Behaviour(), SINCE, UNTIL), tmp_path)

    assert imagined == happened
    assert [one.what for one in happened] == ["failed", "task"]
    assert happened[0].at == at("2026-04-14 09:00")


def test_who_declines_while_a_time_is_looked_for_is_not_invited(tmp_path: Path) -> None:
    """Twice, the second time on a day that is known already: neither way was there a talk."""
    quarter = timedelta(minutes=15)
    known = (Fact("offer", SINCE), Fact("declined", SINCE + 490 * quarter))
    coming = (Fact("declined", SINCE + 19 * quarter),)
    plan = plan_of(Step(StepId("talk"), FromFact("offer"), AFTERNOONS))
    people = (Someone(known, coming, timezone="America/New_York"),)

    imagined, happened = both_ways(Story((plan,), people, Behaviour(), SINCE, UNTIL), tmp_path)

    assert imagined == happened == []


def test_somebody_who_moves_to_berlin_has_their_talk_then(tmp_path: Path) -> None:
    """No time while they are in New York; at the next look after they have moved there is one."""
    plan = plan_of(
        Step(StepId("talk"), FromFact("offer"), AFTERNOONS),
        Step(
            StepId("moves"),
            FromFact("offer", (Distance(30, Unit.HOURS),)),
            Update((), (), {"timezone": "Europe/Berlin"}, ""),
        ),
        sending=OFFICE_HOURS,
    )
    people = (Someone((Fact("offer", SINCE),), timezone="America/New_York"),)

    imagined, happened = both_ways(
        Story((plan,), people, Behaviour(refuses_meetings=0), SINCE, UNTIL), tmp_path
    )

    assert imagined == happened
    assert [one.what for one in happened if one.step == "talk"][:1] == ["meeting"]


def test_what_was_missed_for_want_of_a_release_is_told_to_hr(tmp_path: Path) -> None:
    """`approve` and `late: escalate`: that it came too late needs nobody's release."""
    late = Step(
        StepId("ring"),
        FromFact("offer", (Distance(-30, Unit.DAYS),)),
        Alert(("mentor", "hr")),
        approve="hr",
        late="escalate",
        no_later_than=FromFact("offer", (Distance(-1, Unit.DAYS),)),
    )
    people = (Someone((Fact("offer", SINCE),)),)

    imagined, happened = both_ways(
        Story((plan_of(late),), people, Behaviour(), SINCE, UNTIL), tmp_path
    )

    assert imagined == happened
    assert {one.what for one in happened} == {"alert", "missed"}


def day_of(**more: object) -> Plan:
    """Give a playbook with a meeting of the whole department, an hour after the offer."""
    day = Meeting("配属先の日", ("mentor",), 60, TEN_DAYS, together="department", **more)  # type: ignore[arg-type]  # of a meeting
    return plan_of(
        Step(StepId("day"), FromFact("offer", (HOUR,)), day),
        Step(StepId("after"), FromFact("day.held", (HOUR,)), Task("感想を聞く")),
        Step(StepId("alone"), FromFact("day.failed"), Task("別の場を考える")),
    )


def both_together(plan: Plan, offers: Sequence[datetime], refuses: float = 0) -> Story:
    """Give people who were made an offer at these instants, all of one department."""
    people = tuple(Someone((Fact("offer", at_),)) for at_ in offers)
    habits = Behaviour(answers=1, latest=timedelta(hours=8), refuses_meetings=refuses)
    return Story((plan,), people, habits, SINCE, UNTIL, shares_colleagues=True)


@pytest.mark.parametrize(
    ("sizes", "count", "sessions"), [((2, 12), 5, 1), ((2, 3), 5, 2), ((2, 2), 4, 2)]
)
def test_a_department_is_seated_together_both_ways(
    sizes: tuple[int, int], count: int, sessions: int, tmp_path: Path
) -> None:
    """The fewest sessions, of the sizes that the playbook allows, at the same times."""
    story = both_together(day_of(size=sizes), [SINCE] * count)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    held = [one.at for one in happened if one.what == "held"]
    assert len(held) == count
    assert len(set(held)) == sessions


def test_who_comes_late_and_who_is_too_few_go_the_same_way_both_ways(tmp_path: Path) -> None:
    """One waits for a second; a third comes into their session; the fourth, too late, is alone."""
    hours = (0, 58, 73, 24 * 60)  # Wednesday morning, Friday night, Saturday, and two months later
    offers = [SINCE + timedelta(hours=count) for count in hours]
    story = both_together(day_of(size=(2, 12)), offers)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    assert [one.person for one in happened if one.what == "held"] == ["p0", "p1", "p2"]
    assert [one.person for one in happened if one.what == "failed"] == ["p3"]


def test_who_declines_a_day_leaves_it_both_ways(tmp_path: Path) -> None:
    """The others keep theirs."""
    story = both_together(day_of(size=(2, 12), if_declined="alert"), [SINCE] * 6, refuses=0.4)

    imagined, happened = both_ways(story, tmp_path)

    assert imagined == happened
    declined = {one.person for one in happened if one.what == "declined"}
    assert 0 < len(declined) < 6
    assert {one.person for one in happened if one.what == "held"} == {
        f"p{number}" for number in range(6)
    } - declined
