"""Surveys in the engine: asked by mail, answered by link, counted in groups, erased with people."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.domain.stories import HOUR, after, business_days, days, playbook, step
from tests.world import World
from worker.domain.facts import PersonId, StepId
from worker.domain.links import Links, Standin
from worker.domain.plan import Expect, Mail, Plan, Question, Rung, Survey
from worker.domain.when import Every
from worker.engine.journal.answers import lock, write_draft
from worker.engine.results import Results
from worker.engine.surveys import Standing, Surveys
from worker.engine.tables import stamp
from worker.people.records import PersonRecord

SECRET = b"what signs the links of this test"
PULSE = Survey((Question("ease", "話しやすさ", (1, 5)), Question("worry", "心配", required=False)))
NAMED = playbook(
    step("pulse", after("offer", HOUR), PULSE, expect=Expect("answered", business_days(3)),
         ladder=(Rung((Mail("reminder", "hr"),)),)),
)  # fmt: skip
_MORNING = "2026-04-01 09:00"
ANONYMOUS = playbook(step("pulse", after("offer", HOUR), replace(PULSE, anonymous=True)))
MONTHLY = playbook(step("pulse", Every(days(30), after("offer"), after("offer", days(70))), PULSE))


@pytest.fixture
def asking(world: World) -> World:
    """A world whose mails lead to pages."""
    world.office = replace(world.office, links=Links("https://hr.example", SECRET))
    world.restarted()
    return world


def _surveys(world: World) -> Surveys:
    return Surveys(world.journal.store, world.engine.editions, SECRET, world.clock, least=3)


def _tokens(world: World, id_: str) -> list[str]:
    """Give what each mail to somebody leads to, in order."""
    mails = [mail.text for mail in world.arrived if mail.to.startswith(f"{id_}@")]
    return [re.findall(r"/s/([a-z2-7]{32})", text)[0] for text in mails]


def _answers(world: World, id_: str, given: Mapping[str, str]) -> None:
    taken = _surveys(world).answer(_tokens(world, id_)[-1], given)
    assert taken is not None
    assert not taken.slips


def _asked(world: World, plan: Plan, people: Mapping[str, str]) -> Plan:
    """Have people of departments asked."""
    plan = world.publish(plan)
    for person, department in people.items():
        world.enroll(person, plan, offer=_MORNING)
        record = world.journal.people.get(PersonId(person))
        assert isinstance(record, PersonRecord)
        world.journal.people.put([replace(record, department=department)], world.now)
    world.run_until("2026-04-01 12:00")
    return plan


def test_a_survey_goes_by_mail_and_keeps_all_its_laws(asking: World) -> None:
    """From the mailbox that alerts leave from, once, on the person's thread, with a fact."""
    _asked(asking, NAMED, {"aoi": "開発部"})

    mail = asking.arrived[0]
    assert mail.headers["From"].endswith("<saiyo@tsunagu.example>")
    assert mail.headers["References"].startswith("<t.")
    assert asking.facts("aoi").first("pulse.sent", NAMED.playbook) is not None
    assert asking.facts("aoi").contacts
    assert asking.wishes("aoi")[0].kind == "survey"


def test_an_address_that_is_none_is_not_asked_again(asking: World) -> None:
    """A refused invitation puts the address out of use, as any mail does; no silence follows."""
    asking.enroll("aoi", asking.publish(NAMED), email="permerror@mail.example", offer=_MORNING)
    asking.run_until("2026-05-01 12:00")

    assert asking.arrived == []
    assert asking.facts("aoi").all("person.suppressed")
    assert asking.facts("aoi").all("pulse.silent", NAMED.playbook) == ()


def test_an_answer_ends_the_wait_and_silence_brings_one_reminder(asking: World) -> None:
    """Who answers is left alone; who does not is reminded once."""
    _asked(asking, NAMED, {"aoi": "開発部", "ren": "営業部"})
    _answers(asking, "aoi", {"ease": "4"})
    asking.run_until("2026-06-01 12:00")

    assert [mail.to for mail in asking.arrived].count("aoi@mail.example") == 1
    assert [mail.to for mail in asking.arrived].count("ren@mail.example") == 2
    assert len(set(_tokens(asking, "ren"))) == 1


def test_a_page_that_is_kept_twice_at_once_is_kept(asking: World) -> None:
    """A double tap on a slow line: one after the other, and what was written stands."""
    _asked(asking, NAMED, {"aoi": "開発部"})
    (token,) = _tokens(asking, "aoi")
    (wish,) = asking.wishes("aoi")

    with ThreadPoolExecutor() as beside:
        with asking.journal.store.write() as connection:
            lock(connection, wish.id)
            write_draft(connection, wish.id, {"ease": 4}, stamp(asking.now + timedelta(days=1)))
            keeping = beside.submit(_surveys(asking).keep, token, {"ease": "5"})
            wait([keeping], 0.5)
        taken = keeping.result(30)

    assert taken is not None
    assert taken.sheet.given == {"ease": "5"}


def test_each_time_of_a_cadence_is_a_survey_of_its_own(asking: World) -> None:
    """The second month's link opens the second month's answers."""
    _asked(asking, MONTHLY, {"aoi": "開発部"})
    asking.run_until("2026-05-02 12:00")
    _answers(asking, "aoi", {"ease": "2"})
    asking.run_until("2026-06-01 12:00")
    sheet = _surveys(asking).see(_tokens(asking, "aoi")[1])
    _answers(asking, "aoi", {"ease": "5"})

    facts = asking.facts("aoi").all("pulse.ease", MONTHLY.playbook)
    assert sheet is not None
    assert (sheet.standing, sheet.given) == (Standing.OPEN, {})
    assert [(fact.occurrence, fact.value) for fact in facts] == [(1, 2), (2, 5)]


def test_figures_are_of_groups_and_of_nobody(asking: World) -> None:
    """Nothing below three answers; then counts, means and texts without names, by department."""
    people = {f"p{number}": "開発部" for number in range(4)} | {"q1": "営業部", "q2": "管理部"}
    plan = _asked(asking, NAMED, people)
    results = Results(asking.journal.store, asking.engine.editions, least=3)
    step_id = StepId("pulse")
    _answers(asking, "p0", {"ease": "1", "worry": "席"})
    _answers(asking, "p1", {"ease": "4"})
    before = results.of(plan.playbook, step_id)
    _answers(asking, "p0", {"ease": "2", "worry": "席のこと"})
    _answers(asking, "p2", {"ease": "4"})
    _answers(asking, "q1", {"ease": "5"})
    after_ = results.of(plan.playbook, step_id, by_department=True)[0]

    assert [(one.asked, one.answered, one.figures) for one in before] == [(6, 2, ())]
    assert (after_.asked, after_.answered, after_.counted) == (6, 4, 4)
    assert (after_.figures[0].mean, after_.figures[1].texts) == (3.75, ("席のこと",))
    assert [(part.name, part.answered) for part in after_.parts] == [("", 4)]


def test_an_anonymous_survey_shows_whole_groups_only(asking: World) -> None:
    """Two answers show nothing, three show three, and the fourth waits for two more."""
    plan = _asked(asking, ANONYMOUS, {f"p{number}": "開発部" for number in range(6)})
    results = Results(asking.journal.store, asking.engine.editions, least=3)
    counted = []
    for number in range(6):
        _answers(asking, f"p{number}", {"ease": str(1 + number % 5), "worry": f"声{number}"})
        told = results.of(plan.playbook, StepId("pulse"), by_department=True)[0]
        counted.append((told.answered, told.counted, told.parts))

    assert [(answered, shown) for answered, shown, _ in counted] == [
        (1, 0), (2, 0), (3, 3), (4, 3), (5, 3), (6, 6),
    ]  # fmt: skip
    assert {parts for _, _, parts in counted} == {()}


def test_many_who_answer_at_once_are_all_counted(asking: World) -> None:
    """Eight threads on one box: eight answers, each once."""
    people = {f"p{number}": "開発部" for number in range(8)}
    plan = _asked(asking, ANONYMOUS, people)
    surveys = _surveys(asking)
    tokens = [_tokens(asking, person)[0] for person in people] * 2

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda token: surveys.answer(token, {"ease": "3"}), tokens))

    told = Results(asking.journal.store, asking.engine.editions, least=3)
    assert told.of(plan.playbook, StepId("pulse"))[0].answered == 8


def test_erasing_somebody_leaves_no_half_filled_page(asking: World) -> None:
    """The draft goes with the person; other people's stay."""
    _asked(asking, NAMED, {"aoi": "開発部", "ren": "開発部"})
    for person in ("aoi", "ren"):
        _surveys(asking).keep(_tokens(asking, person)[0], {"worry": person})

    erasure = asking.journal.people.erase(PersonId("aoi"), asking.now)

    left = _surveys(asking).see(_tokens(asking, "ren")[0])
    assert erasure is not None
    assert erasure.rows["survey_draft"] == 1
    assert left is not None
    assert left.given == {"worry": "ren"}


def test_half_filled_pages_go_with_the_end_of_their_survey(asking: World) -> None:
    """After the last day nothing of them is kept."""
    _asked(asking, NAMED, {"aoi": "開発部"})
    _surveys(asking).keep(_tokens(asking, "aoi")[0], {"worry": "x"})

    in_time = _surveys(asking).tidy()
    asking.run_until("2026-04-16 12:00")

    assert in_time == 0
    assert _surveys(asking).tidy() == 1
    assert _surveys(asking).tidy() == 0


def test_a_rehearsals_links_lead_to_nobodys_page(asking: World) -> None:
    """In a rehearsal every link says that it is one, reminders' too."""
    links = Links("https://hr.example", standin=Standin.REHEARSAL)
    asking.office = replace(asking.office, links=links, redirect_to="me@tsunagu.example")
    asking.restarted()
    _asked(asking, NAMED, {"aoi": "開発部"})
    asking.run_until("2026-04-20 12:00")

    assert len(asking.arrived) == 2
    assert all("https://hr.example/s/rehearsal" in mail.text for mail in asking.arrived)


def test_without_an_address_for_browsers_nobody_is_asked(world: World) -> None:
    """A survey that nobody could open is refused, and holds up no other mail."""
    plan = playbook(*NAMED.steps, step("letter", after("offer", HOUR), Mail("welcome", "hr")))
    _asked(world, plan, {"aoi": "開発部"})

    assert [mail.subject for mail in world.arrived] == ["ようこそ"]
    assert [wish.outcome for wish in world.wishes("aoi") if wish.kind == "survey"] == [
        "public_url: nobody's browser would find the page of the survey"
    ]
