"""A year in seconds: what imagined people get, answer and do not answer."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest

from integrations.seating import ExactSolver
from tests.domain.stories import (
    AOI,
    HOUR,
    LADDER,
    OFFICE,
    REPLY_IN_THREE_DAYS,
    after,
    at,
    days,
    fact_is,
    local,
    mail,
    person_is,
    playbook,
    step,
)
from worker.domain.conditions import Compare, Literal, Name
from worker.domain.facts import Fact, Facts, PersonId, PlaybookId, Staff, StaffId
from worker.domain.plan import Enroll, Meeting, Plan, Question, Survey, Task, Update
from worker.domain.when import Distance, Every, OnceTrue, Unit
from worker.engine.behaviour import EVERYBODY_ANSWERS, NOBODY_ANSWERS, Behaviour, Subject, share
from worker.engine.life import Event
from worker.engine.meetings.imagine import Times
from worker.engine.simulate import simulate

SINCE, UNTIL = at("2026-04-01 00:00"), at("2027-04-01 00:00")
NAITEI = PlaybookId("naitei")
WELCOME = mail("welcome", after("offer", HOUR), expect=REPLY_IN_THREE_DAYS, ladder=LADDER)


def _people(count: int) -> Iterator[Subject]:
    for number in range(count):
        mentor = Staff(StaffId(f"m{number}"), f"先輩{number}", f"m{number}@tsunagu.example")
        roles = {"mentor": (mentor,)}
        person = replace(AOI, id=PersonId(f"p{number}"), roles=roles)
        yield Subject(person, Facts([Fact("offer", at("2026-04-02 09:00"))]))


def _year(*plans: Plan, behaviour: Behaviour | None = None, count: int = 1) -> list[Event]:
    return list(
        simulate(
            plans,
            _people(count),
            since=SINCE,
            until=UNTIL,
            behaviour=behaviour,
            entering=[plans[0].playbook],
            times=Times(ExactSolver()),
        )
    )


def _told(events: list[Event]) -> list[str]:
    return [f"{local(event.at)} {event.kind} {event.step}".strip() for event in events]


def test_where_nobody_answers_the_whole_ladder_is_climbed() -> None:
    """The worst year shows every reminder, every alert and every task."""
    events = _year(playbook(WELCOME, sending=OFFICE), behaviour=NOBODY_ANSWERS)

    assert _told(events) == [
        "2026-04-02 10:00 mail welcome",
        "2026-04-07 10:00 silent welcome",
        "2026-04-07 10:00 mail welcome",
        "2026-04-09 10:00 alert welcome",
        "2026-04-13 10:00 alert welcome",
        "2026-04-13 10:00 task welcome",
    ]
    assert [event.rung for event in events] == [0, 0, 1, 2, 3, 3]


def test_where_everybody_answers_nobody_is_reminded() -> None:
    """The best year has the mails of the playbook, and the answers."""
    events = _year(playbook(WELCOME, sending=OFFICE), behaviour=EVERYBODY_ANSWERS, count=50)

    assert Counter(event.kind for event in events) == {"mail": 50, "replied": 50}


def test_the_same_simulation_gives_the_same_year() -> None:
    """Nothing is chance: twice the same, and other people with another word."""
    plan = playbook(WELCOME, mail("thanks", after("welcome.replied", HOUR)), sending=OFFICE)

    first, again = _year(plan, count=40), _year(plan, count=40)
    other = _year(plan, behaviour=Behaviour(seed="other"), count=40)

    assert first == again
    assert first != other


def test_shares_come_out_as_asked_for() -> None:
    """With three of four answering, some 300 of 400 people answer."""
    habits = Behaviour(answers=0.75, declines=0, accepts=0)
    events = _year(playbook(WELCOME, sending=OFFICE), behaviour=habits, count=400)

    replied = sum(event.kind == "replied" for event in events)

    assert 270 <= replied <= 330


def test_a_share_is_a_number_between_nought_and_one() -> None:
    """Shares are spread evenly, and belong to their words."""
    shares = [share("p", str(number)) for number in range(1000)]

    assert all(0 <= one < 1 for one in shares)
    assert 0.45 < sum(shares) / 1000 < 0.55


def test_people_accept_and_decline_of_their_own() -> None:
    """What waits for the acceptance comes for those who accept, and ends for those who decline."""
    plan = playbook(
        *(mail(f"m{number}", after("accept", days(20 * number))) for number in range(1, 10)),
        sending=OFFICE,
    )
    habits = Behaviour(accepts=0.5, declines=0.5, declines_within=timedelta(days=100))

    events = _year(plan, behaviour=habits, count=200)

    kinds = Counter(event.kind for event in events)
    assert 70 <= kinds["accept"] <= 130
    assert 70 <= kinds["declined"] <= 130
    declined = {event.person: event.at for event in events if event.kind == "declined"}
    mails = [event for event in events if event.kind == "mail"]
    assert all(one.at < declined.get(one.person, UNTIL) for one in mails)


def test_each_person_s_events_are_in_order_of_time() -> None:
    """Person by person, and each from the first day to the last."""
    plan = playbook(WELCOME, mail("letter", Every(Distance(1, Unit.MONTHS), after("offer"))))

    events = _year(plan, count=20)

    assert all(one.at <= other.at for one, other in pairwise(events) if one.person == other.person)
    people = [one.person for one, other in pairwise(events) if one.person != other.person]
    assert len(people) == len(set(people))


def test_what_no_adapter_performs_is_planned_and_shown() -> None:
    """Surveys are answered and meetings are held, so that what hangs on them is seen."""
    survey = Survey((Question("ease", "話しやすさは", (1, 5)), Question("worry", "気になること")))
    plan = playbook(
        step("talk", after("offer", days(3)), Meeting("1on1", ("mentor",), 30, days(10))),
        step("pulse", after("talk.held", HOUR), survey),
        step("care", OnceTrue(fact_is("pulse.ease", "<=", 2)), Task("声をかける")),
    )
    habits = Behaviour(answers=1, declines=0, refuses_meetings=0)

    events = _year(plan, behaviour=habits, count=60)

    kinds = Counter(event.kind for event in events)
    assert kinds["meeting"] == kinds["held"] == kinds["survey"] == kinds["answered"] == 60
    low = {one.person for one in events if one.kind == "ease" and int(str(one.value)) <= 2}
    assert 0 < len(low) == kinds["task"]


def test_a_meeting_has_its_time_and_a_decline_another() -> None:
    """Whoever declines is given another time; nobody's mentor has two at once."""
    talk = Meeting("1on1", ("mentor",), 30, Distance(10, Unit.BUSINESS_DAYS))
    plan = playbook(step("talk", after("offer", days(3)), talk))
    habits = Behaviour(answers=1, declines=0, refuses_meetings=0.3, latest=timedelta(hours=8))

    events = _year(plan, behaviour=habits, count=80)

    kinds = Counter(event.kind for event in events)
    first = {event.person: event.value for event in events if event.kind == "meeting"}
    moved = [event for event in events if event.kind == "moved"]
    assert kinds["declined"] == kinds["moved"] > 10
    assert kinds["held"] == 80
    assert all(event.value != first[event.person] for event in moved)


def test_drafts_are_released_after_a_while() -> None:
    """Somebody looks at each draft within half a day."""
    plan = playbook(mail("letter", after("offer", HOUR), approve="hr"), sending=OFFICE)

    events = _year(plan)

    assert _told(events)[:3] == [
        "2026-04-02 10:00 draft letter",
        "2026-04-02 14:00 approved letter",
        "2026-04-02 14:00 mail letter",
    ]


def test_a_step_may_put_the_person_into_another_playbook() -> None:
    """`enroll` leads on; a playbook's own `for:` takes people in when it comes to hold."""
    first = playbook(
        step("on", after("offer", days(5)), Enroll(PlaybookId("pool"))),
        step("tag", after("offer", days(9)), Update(add_tags=("close-call",), fact="tagged")),
    )
    pool = playbook(mail("hello", after("offer", days(7))), name="pool")
    tagged = Compare(Literal("close-call"), "in", Name(("person", "tags")))
    relay = replace(playbook(mail("link", after("tagged", HOUR)), name="relay"), audience=tagged)

    events = _year(first, pool, relay, behaviour=NOBODY_ANSWERS)

    assert _told(events) == [
        "2026-04-07 09:00 enroll on",
        "2026-04-09 09:00 mail hello",
        "2026-04-11 09:00 update tag",
        "2026-04-11 09:00 enrolled",
        "2026-04-11 10:00 mail link",
    ]


def test_only_those_whom_the_audience_describes_enter() -> None:
    """Without being told otherwise, a simulation enrolls as the worker would."""
    plan = replace(playbook(WELCOME), audience=person_is("id", "==", "p1"))

    events = list(simulate([plan], _people(3), since=SINCE, until=UNTIL))

    assert {event.person for event in events} == {PersonId("p1")}
    assert events[0].kind == "enrolled"


def test_a_skipped_step_says_why() -> None:
    """What did not happen is an event, with its reason."""
    plan = playbook(mail("a", after("offer", HOUR), condition=person_is("pace", "==", "gentle")))

    (event,) = _year(plan, behaviour=NOBODY_ANSWERS)

    assert (event.kind, event.step, event.value) == ("skipped", "a", "condition")
    assert event.why[-1].value("text") == 'person.pace == "gentle"'


@pytest.mark.parametrize("count", [1, 300])
def test_no_more_than_one_person_is_held_at_a_time(count: int) -> None:
    """People are taken from their source one by one, so that ten thousand cost no memory."""
    taken: list[int] = []

    def source() -> Iterator[Subject]:
        for number, subject in enumerate(_people(count)):
            taken.append(number)
            yield subject

    events = simulate([playbook(WELCOME)], source(), since=SINCE, until=UNTIL, entering=[NAITEI])
    next(events)

    assert taken == [0]
