"""A survey on somebody's phone: short, kind, kept half-filled, corrected until its end."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.domain.stories import HOUR, after, business_days, fact_is, playbook, step
from tests.pages.site import Site, site
from worker.domain.facts import PersonId
from worker.domain.plan import Expect, Mail, Plan, Question, Rung, Survey, Task
from worker.domain.when import OnceTrue
from worker.people.records import PersonRecord

pytestmark = pytest.mark.services

QUESTIONS = (
    Question(
        "ease",
        {"ja": "話しやすさはいかがでしたか", "en": "How easy was it to talk?"},
        (1, 5),
        ends=({"ja": "話しにくい", "en": "hard"}, {"ja": "話しやすい", "en": "easy"}),
    ),
    Question("worry", {"ja": "気になっていること", "en": "Anything on your mind?"}, required=False),
)
PULSE = Survey(QUESTIONS, intro="先日はありがとうございました。", sender="hr")
ANSWER = Expect("answered", business_days(3))
REMINDER = (Rung((Mail("reminder", "hr"),)),)
NAMED = playbook(
    step("pulse", after("offer", HOUR), PULSE, expect=ANSWER, ladder=REMINDER),
    step("care", OnceTrue(fact_is("pulse.ease", "<=", 2)), Task("声をかける")),
)
ANONYMOUS = playbook(step("pulse", after("offer", HOUR), replace(PULSE, anonymous=True)))
GOOD = {"ease": "4", "worry": "通勤のこと 🙂", "choice": "send"}


def _asked(opened: Site, plan: Plan, *people: str) -> Plan:
    """Have people invited to a survey."""
    plan = opened.world.publish(plan)
    for person in people or ("aoi",):
        opened.world.enroll(person, plan, offer="2026-04-01 09:00")
    opened.world.run_until("2026-04-01 12:00")
    return plan


@pytest.fixture
def open_site(tmp_path: Path) -> Iterator[Site]:
    """The pages of a world in which somebody was invited to a survey."""
    with site(tmp_path) as opened:
        _asked(opened, NAMED)
        yield opened


@pytest.fixture
def secret_site(tmp_path: Path) -> Iterator[Site]:
    """The pages of a world in which seven people were invited to an anonymous survey."""
    with site(tmp_path) as opened:
        _asked(opened, ANONYMOUS, *(f"p{number}" for number in range(7)))
        yield opened


def test_the_mail_says_how_long_it_takes_and_leads_to_the_page(open_site: Site) -> None:
    """The built-in mail: the intro, the minutes, the last day, and one link that opens."""
    mail = open_site.world.arrived[0]
    page = open_site.browser.get(open_site.link("aoi"))

    assert mail.subject == "短いアンケートのお願い"
    assert "約1分" in mail.text
    assert "4月15日" in mail.text
    assert page.status_code == 200
    for said in ("先日はありがとうございました。", "話しやすさ", "話しにくい", "(任意)", "4月15日"):
        assert said in page.text


def test_who_writes_as_much_as_they_may_is_heard(tmp_path: Path) -> None:
    """Four texts of two thousand letters: a browser makes nine signs of a kana, twelve of an 🙂."""
    texts = {f"text{number}": "あ🙂" * 1_000 for number in range(4)}
    questions = tuple(Question(id_, "ご自由にどうぞ") for id_ in texts)
    plan = playbook(step("pulse", after("offer", HOUR), Survey(questions, sender="hr")))
    with site(tmp_path) as opened:
        _asked(opened, plan)
        answer = opened.browser.post(opened.link("aoi"), data={**texts, "choice": "send"})

        assert answer.status_code == 303
        assert dict(opened.facts("aoi", "pulse.text")) == {
            f"pulse.{id_}": text for id_, text in texts.items()
        }


def test_answers_are_facts_and_steps_wait_for_them(open_site: Site) -> None:
    """A low answer asks for a human; no reminder follows."""
    answer = open_site.browser.post(
        open_site.link("aoi"), data={**GOOD, "ease": "2"}, follow_redirects=True
    )
    open_site.world.run_until("2026-04-20 12:00")

    assert "ありがとうございました" in answer.text
    assert [(fact, value) for fact, value in open_site.facts("aoi", "pulse.") if value] == [
        ("pulse.ease", 2),
        ("pulse.worry", "通勤のこと 🙂"),
    ]
    assert [task.text for task in open_site.world.journal.desk.tasks()] == ["声をかける"]
    assert [mail.to for mail in open_site.world.arrived].count("aoi@mail.example") == 1


def test_silence_brings_one_reminder_with_the_same_link(open_site: Site) -> None:
    """The reminder goes into the same thread, and its link opens the same survey."""
    first = open_site.link("aoi")
    open_site.world.run_until("2026-04-08 12:00")

    mails = open_site.world.arrived
    again = open_site.link("aoi")
    open_site.browser.post(again, data=GOOD)

    assert len(mails) == 2
    assert mails[1].headers["In-Reply-To"] == mails[0].headers["Message-ID"]
    assert mails[1].subject == "Re: 短いアンケートのお願い"
    assert again == first
    assert ("pulse.ease", 4) in open_site.facts("aoi", "pulse.")


def test_what_is_missing_is_said_and_what_is_there_is_kept(open_site: Site) -> None:
    """The page comes back with what was written, and points at what is left."""
    link = open_site.link("aoi")

    page = open_site.browser.post(link, data={"worry": "席のこと", "choice": "send"})
    later = open_site.browser.get(link)

    assert page.status_code == 422
    assert "もう少しです" in page.text
    assert 'href="#q1"' in page.text
    assert "席のこと" in page.text
    assert open_site.facts("aoi", "pulse.answered") == []
    assert "席のこと" in later.text


def test_a_half_filled_page_waits_until_later(open_site: Site) -> None:
    """“Save, and go on later”: the same link shows what was there, on any phone."""
    link = open_site.link("aoi")

    kept = open_site.browser.post(
        link, data={"ease": "5", "worry": "", "choice": "keep"}, follow_redirects=True
    )
    later = open_site.browser.get(link)

    assert "保存しました" in kept.text
    assert 'value="5" checked' in later.text
    assert "保存しました" not in later.text
    assert open_site.facts("aoi", "pulse.answered") == []


def test_answers_can_be_corrected_until_the_end(open_site: Site) -> None:
    """What is changed is a later fact, what is taken back is withdrawn, and once is once."""
    link, world = open_site.link("aoi"), open_site.world
    open_site.browser.post(link, data=GOOD)
    world.run_until("2026-04-02 12:00")
    edit = open_site.browser.get(f"{link}?edit")
    open_site.browser.post(link, data={"ease": "2", "worry": "", "choice": "send"})

    known = world.facts("aoi")

    assert 'value="4" checked' in edit.text
    assert "直して送信する" in edit.text
    latest = known.last("pulse.ease", NAMED.playbook)
    assert latest is not None
    assert latest.value == 2
    assert known.all("pulse.worry", NAMED.playbook) == ()
    assert len(known.all("pulse.answered", NAMED.playbook)) == 1


def test_to_send_twice_is_to_send_once(open_site: Site) -> None:
    """A double tap and a second tab with the same answers change nothing."""
    link = open_site.link("aoi")

    answers = [open_site.browser.post(link, data=GOOD) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [303, 303, 303]
    assert len(open_site.facts("aoi", "pulse.ease")) == 1
    assert len(open_site.facts("aoi", "pulse.answered")) == 1


def test_after_its_end_a_survey_says_so(open_site: Site) -> None:
    """Fourteen days, and then it takes nothing more; half-filled answers are gone."""
    link, world = open_site.link("aoi"), open_site.world
    open_site.browser.post(link, data={"ease": "5", "choice": "keep"})
    world.run_until("2026-04-15 23:59")
    in_time = open_site.browser.get(link)
    world.run_until("2026-04-16 00:00")

    page = open_site.browser.get(link)
    late = open_site.browser.post(link, data=GOOD, follow_redirects=True)

    assert 'value="5" checked' in in_time.text
    assert "このアンケートは終了しました" in page.text
    assert "4月15日" in page.text
    assert "このアンケートは終了しました" in late.text
    assert open_site.facts("aoi", "pulse.answered") == []
    assert world.journal.people.erase(PersonId("aoi"), world.now) is not None


def test_the_version_that_asked_is_the_one_that_counts(open_site: Site) -> None:
    """A playbook that was changed since asks newcomers otherwise, and this person as before."""
    other = replace(PULSE, questions=(Question("new", "新しい質問", (1, 3)),))
    open_site.world.publish(playbook(step("pulse", after("offer", HOUR), other)))

    page = open_site.browser.get(open_site.link("aoi"))
    open_site.browser.post(open_site.link("aoi"), data={**GOOD, "new": "1"})

    assert "話しやすさ" in page.text
    assert "新しい質問" not in page.text
    assert open_site.facts("aoi", "pulse.new") == []
    assert ("pulse.ease", 4) in open_site.facts("aoi", "pulse.")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"ease": "6"}, "もう一度お選びください"),
        ({"ease": "0"}, "もう一度お選びください"),
        ({"ease": "four"}, "もう一度お選びください"),
        ({"ease": "４"}, "もう一度お選びください"),
        ({"ease": " 4 "}, ""),
        ({"ease": "4", "worry": "あ" * 2001}, "2000文字まで"),
        ({"ease": "4", "worry": "あ" * 2000}, ""),
        ({"ease": "4", "worry": "<script>alert(1)</script>"}, ""),
        ({"ease": "4", "worry": "a\x00b\r\nc\u202e"}, ""),
        ({"ease": "4", "worry": "retracted"}, ""),
        ({"ease": "4", "answered": "x", "sent": "y", "silent": "z"}, ""),
    ],
)
def test_answers_are_taken_for_what_they_are(
    open_site: Site, given: dict[str, str], said: str
) -> None:
    """Points that there are not, texts without end, code, unseen characters, our own words."""
    link = open_site.link("aoi")

    page = open_site.browser.post(link, data={**given, "choice": "send"}, follow_redirects=True)

    assert page.status_code == (422 if said else 200)
    assert said in page.text
    assert "<script>" not in page.text
    names = {name for name, _ in open_site.facts("aoi", "pulse.")}
    assert names <= {"pulse.due", "pulse.sent", "pulse.answered", "pulse.ease", "pulse.worry"}
    worry = dict(open_site.facts("aoi", "pulse.worry")).get("pulse.worry")
    assert worry in {
        None, "あ" * 2000, "<script>alert(1)</script>", "ab\nc", "“retracted”",
    }  # fmt: skip


def test_a_thousand_fields_and_ten_megabytes_change_nothing(open_site: Site) -> None:
    """Bounds hold for surveys as for everything."""
    link = open_site.link("aoi")
    many = {f"f{number}": "x" for number in range(1000)}

    assert open_site.browser.post(link, data={**GOOD, **many}).status_code == 400
    assert open_site.browser.post(link, data={**GOOD, "worry": "a" * 10**7}).status_code == 413
    assert open_site.facts("aoi", "pulse.answered") == []


def test_a_link_to_stop_opens_no_survey(open_site: Site) -> None:
    """A token is for one door."""
    link = open_site.link("aoi")

    assert open_site.browser.get(link.replace("/s/", "/u/")).status_code == 404


def test_the_page_speaks_english_to_who_does(open_site: Site) -> None:
    """Questions and ends in the person's language where the playbook has them."""
    world = open_site.world
    record = world.journal.people.get(PersonId("aoi"))
    assert isinstance(record, PersonRecord)
    world.journal.people.put([replace(record, locale="en")], world.now)

    page = open_site.browser.get(open_site.link("aoi"))

    for said in ("How easy was it to talk?", "hard", "(optional)", "Save, and go on later"):
        assert said in page.text


def test_an_anonymous_answer_leads_to_nobody(secret_site: Site) -> None:
    """Known is who has answered, and in a box without names what was; nothing joins the two."""
    for number in range(4):
        answer = {"ease": str(5 - number), "worry": f"声{9 - number}", "choice": "send"}
        secret_site.browser.post(secret_site.link(f"p{number}"), data=answer)

    facts = secret_site.facts("p0", "pulse.")
    store = secret_site.world.journal.store
    with store.read() as connection:
        rows = connection.exec_driver_sql("SELECT * FROM survey_box").mappings().all()
        drafts = connection.exec_driver_sql("SELECT count(*) FROM survey_draft").scalar()

    assert [name for name, _ in facts] == ["pulse.due", "pulse.sent", "pulse.answered"]
    assert [value for _, value in facts] == [None, None, None]
    assert len(rows) == 1
    assert rows[0]["answers"] == '{"ease":[2,3,4,5],"worry":["声6","声7","声8","声9"]}'
    assert rows[0]["shown_count"] == 3
    assert drafts == 0


def test_an_anonymous_survey_is_answered_once(secret_site: Site) -> None:
    """The second time its link only says thank you, whatever is sent."""
    link = secret_site.link("p0")

    secret_site.browser.post(link, data=GOOD)
    again = secret_site.browser.post(link, data={**GOOD, "ease": "1"}, follow_redirects=True)
    edit = secret_site.browser.get(f"{link}?edit")

    with secret_site.world.journal.store.read() as connection:
        count = connection.exec_driver_sql("SELECT count FROM survey_box").scalar()
    assert count == 1
    assert "ありがとうございました" in again.text
    assert "ありがとうございました" in edit.text
    assert "答えを直す" not in again.text


def test_nothing_half_filled_is_kept_of_an_anonymous_survey(secret_site: Site) -> None:
    """It would lead to the person: the page says so, has no such button, and gives back."""
    link = secret_site.link("p0")

    page = secret_site.browser.get(link)
    kept = secret_site.browser.post(link, data={"worry": "ひみつ", "choice": "keep"})
    short = secret_site.browser.post(link, data={"worry": "ひみつ", "choice": "send"})
    later = secret_site.browser.get(link)

    assert "匿名です" in page.text
    assert "あとで続ける" not in page.text
    assert "ひみつ" in kept.text
    assert "ひみつ" in short.text
    assert "ひみつ" not in later.text


def test_erasing_somebody_reaches_their_answers(open_site: Site) -> None:
    """Half-filled pages and answers go with the person."""
    world = open_site.world
    open_site.browser.post(open_site.link("aoi"), data=GOOD)
    open_site.browser.post(open_site.link("aoi"), data={"worry": "ひみつのこと", "choice": "keep"})

    link = open_site.link("aoi")
    erasure = world.journal.people.erase(PersonId("aoi"), world.now)

    path = Path(world.url.removeprefix("sqlite:///"))
    assert erasure is not None
    assert erasure.rows["survey_draft"] == 1
    assert "ひみつのこと".encode() not in path.read_bytes()
    assert open_site.browser.get(link).status_code == 404
