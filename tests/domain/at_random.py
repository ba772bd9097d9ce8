"""Playbooks, people and facts at random, for properties that must hold of all of them."""

from datetime import UTC, date, datetime, time, timedelta

from hypothesis import strategies as st

from worker.domain.conditions import Compare, Condition, Literal, Name, Not, Truth
from worker.domain.facts import Digest, Fact, Person, PersonId, PlaybookId, StepId
from worker.domain.plan import (
    Action,
    Alert,
    Budget,
    Calendar,
    Closure,
    Expect,
    Mail,
    Plan,
    Rung,
    Sending,
    Step,
    Task,
)
from worker.domain.when import (
    Distance,
    Every,
    FromFact,
    InYearOf,
    Moment,
    OnceTrue,
    OnDate,
    Season,
    Unit,
    When,
)

BEGINS = datetime(2026, 3, 20, tzinfo=UTC)
ENDS = datetime(2027, 1, 20, tzinfo=UTC)
STOPS = ("declined", "joined")

zones = st.sampled_from(
    ["Asia/Tokyo", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"]
)
instants = st.integers(0, 60 * 24 * 200).map(
    lambda minutes: datetime(2026, 3, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
clocks = st.none() | st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 30]))


def distances(least: int = -60, most: int = 60) -> st.SearchStrategy[Distance]:
    """Give distances of any unit; months are few."""
    units = st.sampled_from([Unit.MINUTES, Unit.HOURS, Unit.DAYS, Unit.BUSINESS_DAYS, Unit.WEEKS])
    months = st.integers(max(-6, least), min(6, most))
    return st.builds(Distance, st.integers(least, most), units) | st.builds(
        Distance, months, st.just(Unit.MONTHS)
    )


calendars = st.builds(
    Calendar,
    timezone=zones,
    holidays=st.frozensets(st.dates(date(2026, 3, 1), date(2027, 4, 30)), max_size=12),
    closed=st.lists(
        st.sampled_from(
            [
                Closure(every_year=Season((12, 29), (1, 3))),
                Closure(every_year=Season((8, 13), (8, 15))),
                Closure(once=(date(2026, 6, 1), date(2026, 6, 5))),
            ]
        ),
        max_size=3,
    ).map(tuple),
)
sendings = st.builds(
    Sending,
    hours=st.sampled_from([None, (time(9, 30), time(18, 30)), (time(8), time(10))]),
    days=st.sampled_from(["any", "business"]),
    at_most=st.lists(
        st.builds(
            Budget,
            st.integers(1, 3),
            st.sampled_from([Distance(1, Unit.DAYS), Distance(2, Unit.WEEKS)]),
        ),
        max_size=2,
    ).map(tuple),
)
actions: st.SearchStrategy[Action] = st.sampled_from(
    [Mail("letter", "hr"), Alert(("mentor",)), Task("電話")]
)
ladders = st.lists(
    st.builds(
        Rung,
        st.lists(actions, min_size=1, max_size=2, unique=True).map(tuple),
        st.none() | st.builds(Distance, st.integers(1, 4), st.just(Unit.BUSINESS_DAYS)),
    ),
    max_size=3,
).map(tuple)
expectations = st.builds(
    Expect,
    st.just("replied"),
    st.builds(Distance, st.integers(1, 5), st.sampled_from([Unit.BUSINESS_DAYS, Unit.DAYS])),
)
conditions: st.SearchStrategy[Condition] = st.sampled_from(
    [
        Compare(Name(("person", "pace")), "!=", Literal("gentle")),
        Truth(Name(("facts", "accept"))),
        Not(Truth(Name(("facts", "accept")))),
        Compare(Name(("now",)), ">", Literal("2026-09-01")),
    ]
)


@st.composite
def moments(draw: st.DrawFn, earlier: tuple[str, ...]) -> Moment:
    """Give a moment counted from what is known of the person, or from a step before."""
    words = [f"{step}.{word}" for step in earlier for word in ("sent", "silent", "skipped")]
    fact = draw(st.sampled_from(["offer", "accept", "join", *words]))
    kind = draw(st.integers(0, 7))
    if kind == 0:
        return OnDate(draw(st.dates(date(2026, 3, 1), date(2026, 12, 31))), draw(clocks))
    if kind == 1:
        return InYearOf(draw(st.integers(1, 12)), draw(st.integers(1, 31)), fact, draw(clocks))
    return FromFact(fact, tuple(draw(st.lists(distances(), max_size=2))), draw(clocks))


@st.composite
def whens(draw: st.DrawFn, earlier: tuple[str, ...]) -> When:
    """Give a moment, a cadence or a condition."""
    kind = draw(st.integers(0, 6))
    if kind == 0:
        return OnceTrue(draw(conditions))
    if kind == 1:
        least = draw(
            st.sampled_from(
                [Distance(5, Unit.DAYS), Distance(2, Unit.WEEKS), Distance(1, Unit.MONTHS)]
            )
        )
        greatest = draw(st.none() | st.just(Distance(least.count * 2, least.unit)))
        until = draw(st.none() | moments(()))
        return Every(least, draw(moments(earlier)), until, greatest)
    return draw(moments(earlier))


@st.composite
def steps(
    draw: st.DrawFn,
    name: str,
    earlier: tuple[str, ...],
    among: st.SearchStrategy[Action] = actions,
) -> Step:
    """Give a step that does one thing *among* others, with any of the words a step may have."""
    action = draw(among)
    expect = draw(st.none() | expectations) if isinstance(action, Mail) else None
    return Step(
        StepId(name),
        draw(whens(earlier)),
        action,
        no_later_than=draw(st.none() | st.none() | moments(())),
        condition=draw(st.none() | st.none() | conditions),
        season=draw(st.none() | st.none() | st.just(Season((9, 1), (2, 28)))),
        expect=expect,
        ladder=draw(ladders) if expect else (),
        approve=draw(st.sampled_from(["", "", "", "hr"])),
        priority=draw(st.integers(0, 2)),
        late=draw(st.sampled_from(["send", "skip", "escalate"])),
    )


@st.composite
def plans(
    draw: st.DrawFn, name: str = "naitei", among: st.SearchStrategy[Action] = actions
) -> Plan:
    """Give a playbook of a few steps."""
    made: list[Step] = []
    for number in range(draw(st.integers(1, 5))):
        before = tuple(str(step.id) for step in made)
        made.append(draw(steps(f"{name[0]}{number}", before, among)))
    return Plan(
        PlaybookId(name),
        Digest(name),
        name,
        tuple(made),
        stop_on=STOPS,
        calendar=draw(calendars),
        sending=draw(sendings),
    )


persons = st.builds(
    Person,
    id=st.just(PersonId("aoi")),
    name=st.just("葵"),
    email=st.just("aoi@example.jp"),
    pace=st.sampled_from(["gentle", "standard", "active"]),
    timezone=st.sampled_from(["", "", "Europe/Berlin", "America/New_York"]),
)


@st.composite
def known(draw: st.DrawFn) -> list[Fact]:
    """Give what is known of a person from the start."""
    offer = draw(instants)
    facts = [Fact("offer", offer)]
    if draw(st.booleans()):
        facts.append(Fact("accept", offer + timedelta(days=draw(st.integers(0, 90)))))
    if draw(st.booleans()):
        facts.append(Fact("join", datetime(2026, 12, 31, 15, tzinfo=UTC)))
    if draw(st.integers(0, 4)) == 0:
        facts.append(Fact("declined", offer + timedelta(days=draw(st.integers(0, 200)))))
    return facts
