"""What members of staff are told, as they see it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from integrations.mime.check import MimeWriter
from tests.engine.plans import OFFICE_HOURS, mail_step, plan_of
from tests.golden.files import Golden
from tests.world import MAILBOXES, STAFF, World, at
from worker.domain.cases import Case, Enrollment
from worker.domain.facts import Fact, Facts, Person, PersonId, PlaybookId, StepId
from worker.domain.intents import NUDGE, TASK_MAIL, EnrollmentId
from worker.domain.plan import Alert, Expect, Mail, Rung, Step, Task
from worker.domain.when import Distance, FromFact, Unit
from worker.engine.alert_words import ENGLISH, JAPANESE, Situation, Tongue
from worker.engine.alerts import AlertErrand, alert_parts
from worker.engine.journal.briefing import Briefing, Promise, Spoken
from worker.engine.render import Office
from worker.playbook.pressure import pressure_in, shipped_rules
from worker.ports import MailParts

MENTOR, HR = (record.as_staff() for record in STAFF)
AOI = Person(
    PersonId("aoi"),
    "青木 美月",
    "aoi@mail.example",
    department="開発部",
    roles={"mentor": (MENTOR,), "hr": (HR,), "hr_manager": (HR,)},
)
TWO_DAYS = Distance(2, Unit.BUSINESS_DAYS)
WELCOME = mail_step(
    expect=Expect("replied", Distance(3, Unit.BUSINESS_DAYS)),
    ladder=(
        Rung((Mail("reminder", "hr"),)),
        Rung((Alert(("mentor",)),), TWO_DAYS),
        Rung(
            (Alert(("hr_manager",), "つながっていません"), Task("電話で様子を聞く")),
            TWO_DAYS,
        ),
    ),
)
PAPERS = Step(
    StepId("papers"),
    FromFact("offer", ()),
    Task("入社書類5点を受け取る(そろった順に、写真でも可)", "hr", TWO_DAYS),
    expect=Expect("done", TWO_DAYS),
    ladder=(Rung((Alert(("hr_manager",)),)),),
)
NEWS = Step(StepId("news"), FromFact("offer", ()), Alert(("hr",), "内定の連絡をしました"))
PLAN = plan_of(WELCOME, PAPERS, NEWS, sending=OFFICE_HOURS)
KNOWN = Briefing(
    sent=Spoken(at("2026-05-18 10:00"), "Re: ご縁をいただき、ありがとうございます"),
    heard=Spoken(
        at("2026-05-12 21:04"),
        "ありがとうございます。家族とも相談しながら、ゆっくり考えたいと思っています。\n青木",
        "aoi@mail.example",
    ),
    noted=Spoken(at("2026-05-20 09:30"), "来週、ゼミの後に電話します", "hanako@tsunagu.example"),
    tasks=(
        Promise("お祝いの言葉を自分の言葉で伝える", "mentor", at("2026-05-22 18:00")),
        Promise("面談の候補日を二つ用意する", "hr", None),
    ),
    questions=(
        Promise(
            "寮の申し込みはいつまででしょうか。",
            "h1",
            at("2026-05-20 18:00"),
            at("2026-05-19 22:10"),
        ),
    ),
)
FACTS = (
    Fact("offer", at("2026-05-11 09:00")),
    Fact("accept", at("2026-05-13 00:00")),
    Fact("join", at("2027-04-01 00:00")),
    Fact("welcome.sent", at("2026-05-11 10:00"), PlaybookId("naitei")),
    Fact("papers.opened", at("2026-05-11 10:00"), PlaybookId("naitei")),
)
NOW = at("2026-05-20 10:00")


def written(
    step: Step = WELCOME,
    rung: int = 0,
    kind: str = "alert",
    *,
    language: str = "ja",
    known: Briefing = KNOWN,
    facts: tuple[Fact, ...] = FACTS,
    person: Person = AOI,
) -> MailParts:
    """Write a mail to the mentor, or to HR where HR is meant."""
    office = Office(MAILBOXES, language=language)
    case = Case(person, Facts(facts), (Enrollment(EnrollmentId(7), PLAN, NOW),))
    before = "ご縁をいただき、ありがとうございます" if rung and step is WELCOME else ""
    key = f"7/{step.id}/0/{rung}/{kind}/m1"
    errand = AlertErrand(key, f"7/{step.id}/0", PLAN, step, kind, 0, rung, before)
    staff = MENTOR if step is WELCOME and rung < 3 else HR
    return alert_parts(errand, case, staff, office, NOW, known)


SITUATIONS: Mapping[str, MailParts] = {
    "silent": written(WELCOME, 2),
    "silent-and-call": written(WELCOME, 3),
    "silent-first-word": written(WELCOME, 2, known=Briefing(), facts=FACTS[:1]),
    "undone": written(PAPERS, 1),
    "late": written(WELCOME),
    "about": written(NEWS),
    "task": written(PAPERS, 0, TASK_MAIL),
    "overdue": written(PAPERS, 0, NUDGE),
    "again": written(WELCOME, 2, NUDGE),
}
IN_ENGLISH: Mapping[str, MailParts] = {
    "silent": written(WELCOME, 2, language="en"),
    "task": written(PAPERS, 0, TASK_MAIL, language="en"),
}


@pytest.mark.parametrize("name", SITUATIONS)
def test_every_situation_is_one_screen(name: str, golden: Golden) -> None:
    """Who, what was asked and when, last contact, what is open, what to say, how to answer."""
    parts = SITUATIONS[name]

    page = f"{parts.subject}\n\n{parts.text}".encode()

    assert golden.agrees(f"alerts/{name}.ja.txt", page)
    assert golden.agrees(f"alerts/{name}.ja.html", parts.html.encode())
    assert len(parts.text.splitlines()) <= 40
    assert MimeWriter()(parts)


@pytest.mark.parametrize("name", IN_ENGLISH)
def test_a_company_that_speaks_english_reads_english(name: str, golden: Golden) -> None:
    """The same screen."""
    parts = IN_ENGLISH[name]

    page = f"{parts.subject}\n\n{parts.text}".encode()

    assert golden.agrees(f"alerts/{name}.en.txt", page)
    assert golden.agrees(f"alerts/{name}.en.html", parts.html.encode())


@pytest.mark.parametrize("tongue", [JAPANESE, ENGLISH], ids=["ja", "en"])
@pytest.mark.parametrize("situation", Situation)
def test_what_a_colleague_might_say_presses_nobody(tongue: Tongue, situation: Situation) -> None:
    """Every sentence passes the rules that `check` holds mails against."""
    told = tongue.told[situation]

    said = [told.sentence.format(who="葵さん"), told.to_do]

    assert [pressure_in(text, shipped_rules()) for text in said] == [(), ()]


def test_what_might_be_said_is_in_the_person_s_language() -> None:
    """The mentor reads Japanese, and would speak English to Tom."""
    tom = replace(AOI, name="Tom Becker", locale="en")

    parts = written(WELCOME, 2, person=tom)

    assert "Hello Tom Becker, there is no hurry" in parts.text
    assert "お願いしたいこと" in parts.text


def test_an_address_stands_only_where_staff_is_to_get_in_touch() -> None:
    """A desk is made ready without anybody's address."""
    with_address = {name for name, one in SITUATIONS.items() if AOI.email in one.text}

    assert with_address == {"silent", "silent-and-call", "silent-first-word", "again"}


def test_what_somebody_wrote_does_no_harm_in_the_page() -> None:
    """Their own words are text, also in HTML."""
    nasty = Briefing(heard=Spoken(NOW - timedelta(days=1), "<script>alert(1)</script>" * 9, "x"))

    parts = written(WELCOME, 2, known=nasty)

    assert "<script" not in parts.html
    assert "&lt;script&gt;" in parts.html


def test_the_company_s_days_are_told_wherever_the_person_is() -> None:
    """Nobody has to think of another zone."""
    parts = written(WELCOME, 2)

    assert "5月18日（月）10:00" in parts.text


def test_the_ladder_s_task_reaches_its_owner_once(world: World) -> None:
    """HR is alerted and has a task on the same rung: one mail tells both."""
    rung = Rung((Alert(("hr",)), Task("電話", "hr", TWO_DAYS)))
    step = mail_step(expect=Expect("replied", TWO_DAYS), ladder=(rung,))
    world.enroll("aoi", world.publish(plan_of(step)), offer="2026-04-02 09:00")

    world.run_until("2026-04-06 18:00")

    assert [mail.key for mail in world.arrived if mail.to == "ichiro@tsunagu.example"] == [
        "1/welcome/0/1/alert/h1"
    ]
