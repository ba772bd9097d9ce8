"""The playbooks we ship: without a mistake, kind in every mail, and right over a whole year."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.golden.files import Golden
from tests.playbooks.years import (
    NAMES,
    PLAYBOOKS,
    RELEASED,
    TOKYO,
    WORKSPACE,
    Year,
    bundle_of,
    compiled,
    local,
    subjects,
    written,
    year_of,
)
from worker.domain.facts import Fact, PlaybookId
from worker.domain.plan import Mail, Meeting, Survey
from worker.domain.surveys import minutes
from worker.engine.behaviour import EVERYBODY_ANSWERS, Behaviour
from worker.playbook.compile import performed_later
from worker.playbook.pressure import shipped_rules
from worker.playbook.templates.check import check_mails, check_person, known_words, words_to_come
from worker.playbook.templates.words import Setting
from worker.problems import render_all

NAITEI, POOL, RELAY = (PlaybookId(name) for name in NAMES)
EVERYBODY = [(name, person) for name in NAMES for person in subjects(name)]
SETTING = Setting(
    {"name": "株式会社つなぐ"}, {"name": "採用担当", "address": "saiyo@example.jp"}, TOKYO
)


def _year(name: str, person: str) -> Year:
    since = {"ren": "2026-11-16"}.get(person, "2026-05-01")
    behaviour = RELEASED if name == RELAY else EVERYBODY_ANSWERS
    return year_of(name, person, since=since, until="2028-12-31", behaviour=behaviour)


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_playbook_has_no_mistake_and_no_warning(name: str) -> None:
    """What HR finds on the first day passes its own check, every step of it performed today."""
    found = compiled(name)
    plan = found.standing()
    _, problems = check_mails(bundle_of(name), known_words(plan, WORKSPACE), rules=shipped_rules())

    assert (
        render_all((*found.problems, *problems, *performed_later(plan, bundle_of(name))), "en")
        == ""
    )


@pytest.mark.parametrize("name", NAMES)
def test_every_mail_is_there_in_japanese_and_in_english(name: str) -> None:
    """No candidate gets a mail in a language that was forgotten."""
    paths = {path for path in bundle_of(name).files if path.startswith("mails/")}

    stems = {path.split(".")[0] for path in paths}
    assert paths == {f"{stem}.{language}.md" for stem in stems for language in ("ja", "en")}


@pytest.mark.parametrize("name", NAMES)
def test_the_first_line_shows_an_editor_the_schema(name: str) -> None:
    """Whoever opens the file is helped while typing."""
    first = (PLAYBOOKS / name / "playbook.yaml").read_text(encoding="utf-8").splitlines()[0]

    assert first == "# yaml-language-server: $schema=../../.tsunagu/playbook.schema.json"


@pytest.mark.parametrize(("name", "person"), EVERYBODY)
def test_no_mail_of_any_example_person_lacks_a_word(name: str, person: str) -> None:
    """Every shipped mail can be written to every example person, in their language."""
    plan = compiled(name).standing()
    mails, _ = check_mails(bundle_of(name), known_words(plan, WORKSPACE))
    subject = subjects(name)[person]

    for mail in mails.values():
        problems = check_person(
            mail, subject.person, subject.facts, plan.playbook, setting=SETTING,
            now=local("2026-08-01"), to_come=words_to_come(plan, WORKSPACE),
        )  # fmt: skip
        assert render_all(problems, "en") == ""


@pytest.mark.parametrize("name", NAMES)
def test_example_people_do_not_exist(name: str) -> None:
    """All addresses end in example.jp, which belongs to nobody."""
    for subject in subjects(name).values():
        assert subject.person.email.endswith("@example.jp")


@pytest.mark.parametrize(("name", "person"), EVERYBODY)
def test_mails_leave_in_the_hours_of_the_office_and_never_too_many(name: str, person: str) -> None:
    """On business days, within the hours, at most one a day and four in three weeks."""
    mails = [at for at, _ in _year(name, person).mails()]

    assert mails
    for at in mails:
        assert at.weekday() < 5
        assert at.date() not in WORKSPACE.calendar.holidays
        assert (9, 30) <= (at.hour, at.minute) <= (18, 30)
        assert (at.month, at.day) not in {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}
        assert sum(at <= other < at + timedelta(days=1) for other in mails) == 1
        assert sum(at <= other < at + timedelta(weeks=3) for other in mails) <= 4


def test_the_first_word_comes_within_48_hours() -> None:
    """A mail by the president and a call by a colleague near in age, at once after the offer."""
    year = _year(NAITEI, "aoi")

    assert year.when("welcome") == local("2026-05-11 15:00")
    assert "first-word" in year.steps("task")


def test_a_year_with_somebody_who_answers() -> None:
    """From the offer to the first day: thirteen mails, three short surveys, and no reminder."""
    year = _year(NAITEI, "aoi")

    assert year.sent() == [
        "welcome", "thanks-for-accepting", "year-ahead", "mentor-hello", "pulse", "early-summer",
        "talk-in-august", "ask-us-anything", "week-after", "department-letter", "year-end",
        "working-day", "voices", "documents", "first-day", "see-you-soon",
    ]  # fmt: skip
    assert year.steps("survey") == ["pulse", "week-after", "voices"]
    assert year.steps("update") == ["welcome-aboard"]
    assert max(event.at for event in year.events) == local("2027-04-01 09:00")


def test_silence_climbs_to_mentor_and_manager_without_reproach() -> None:
    """Five business days of silence bring one gentle mail, then the mentor, then a call."""
    year = year_of(NAITEI, "emma")

    ladder = {(e.kind, e.rung, e.at.astimezone(TOKYO)) for e in year.events
              if e.step == "welcome" and e.rung}  # fmt: skip
    assert ladder == {
        ("mail", 1, local("2026-06-15 16:00")),
        ("alert", 2, local("2026-06-22 16:00")),
        ("task", 3, local("2026-06-29 16:00")),
        ("alert", 3, local("2026-06-29 16:00")),
    }


def test_an_answer_leaves_the_ladder() -> None:
    """Who answers the welcome is not reminded, and nobody is alerted."""
    year = _year(NAITEI, "emma")

    assert "welcome-again" not in year.sent()
    assert year.steps("alert") == []


def test_who_wants_less_hears_less() -> None:
    """A person with a gentle pace gets fewer mails and is talked to less often."""
    gentle, standard = year_of(NAITEI, "haruto"), year_of(NAITEI, "emma")

    assert gentle.steps("meeting").count("one-on-one") < standard.steps("meeting").count(
        "one-on-one"
    )
    assert len(gentle.mails()) <= len(standard.mails())
    assert "thanks-for-accepting" in gentle.sent()


def test_who_wants_less_is_asked_less() -> None:
    """A gentle pace: no survey of two minutes, only the anonymous voice in January."""
    year = _year(NAITEI, "haruto")

    assert year.steps("survey") == ["voices"]


def test_a_low_answer_asks_for_a_human_and_a_good_one_for_nobody() -> None:
    """Two of five brings HR an alert, once; four of five brings nothing."""
    low = Fact("pulse.ease", local("2026-06-08 12:00"), playbook=NAITEI, value=2)
    good = Fact("pulse.ease", local("2026-06-08 12:00"), playbook=NAITEI, value=4)

    assert year_of(NAITEI, "aoi", low).steps("alert").count("pulse-care") == 1
    assert "pulse-care" not in year_of(NAITEI, "aoi", good).steps("alert")


def test_every_survey_takes_two_minutes_at_most_and_none_is_chased() -> None:
    """In Japanese and in English, with words at both ends of each scale, and no reminder."""
    surveys = [one for one in compiled(NAITEI).standing().steps if isinstance(one.action, Survey)]

    assert len(surveys) == 3
    for one in surveys:
        assert isinstance(one.action, Survey)
        assert minutes(one.action) <= 2
        assert one.ladder == ()
        for question in one.action.questions:
            assert set(question.ask) == {"ja", "en"}
            assert (question.scale is None) == (question.ends is None)


def test_the_presidents_letter_waits_for_the_president() -> None:
    """The letter goes out when the message is done and its link is known, and not before."""
    done = Fact("president-message.done", local("2026-09-24 16:00"), playbook=NAITEI)

    assert "president-letter" not in year_of(NAITEI, "emma").sent()
    assert "president-letter" not in year_of(NAITEI, "emma", done).sent()  # no link so far


def test_somebody_offered_in_november_gets_only_what_is_to_come() -> None:
    """A late offer brings no summer letters: the year begins with the welcome."""
    year = _year(NAITEI, "ren")

    assert year.sent() == [
        "welcome", "thanks-for-accepting", "year-ahead", "mentor-hello", "pulse", "year-end",
        "working-day", "voices", "documents", "first-day", "see-you-soon",
    ]  # fmt: skip


def test_nothing_is_sent_after_somebody_declines() -> None:
    """On the day of the decline everything of this playbook ends."""
    declined = Fact("declined", local("2026-08-20 12:00"))

    year = year_of(NAITEI, "emma", declined)

    assert all(event.at <= declined.at for event in year.events)


def test_missing_papers_are_helped_with_and_not_chased() -> None:
    """Papers that are not in after three weeks bring an offer of help, then a call."""
    year = year_of(NAITEI, "emma")

    assert year.when("documents-help") > year.when("documents") + timedelta(days=20)
    assert ("documents-in", 2) in [(e.step, e.rung) for e in year.events if e.kind == "task"]


def test_in_the_months_of_doubt_somebody_asks_how_it_goes() -> None:
    """August and September have a colleague's word every three weeks, and no other months do."""
    care = [e.at.astimezone(TOKYO).month for e in year_of(NAITEI, "emma").events
            if e.step == "summer-care"]  # fmt: skip

    assert care
    assert set(care) <= {8, 9}


def test_decliners_are_thanked_once_and_then_left_alone() -> None:
    """Without consent: one mail, and a human deletes what is held after sixty days."""
    year = _year(POOL, "tomo")

    assert year.sent() == ["thanks"]
    assert year.steps("task") == ["learn", "dispose"]


def test_with_consent_letters_come_twice_a_year_until_the_day_agreed_on() -> None:
    """Purpose and end are confirmed; after the last letter nothing comes any more."""
    year = _year(POOL, "rin")

    assert year.sent() == [
        "thanks", "consent-noted", "season-letter", "season-letter", "season-letter", "last-letter",
    ]  # fmt: skip
    assert year.mails()[-1][0] < local("2028-06-30")
    assert year.steps("task")[-1] == "let-go"
    assert "dispose" not in year.steps("task")


def test_who_says_stop_hears_nothing_more() -> None:
    """An opt-out ends the letters at once."""
    stop = Fact("opted_out", local("2026-10-01"))

    year = year_of(POOL, "rin", stop, until="2028-12-31")

    assert year.sent() == ["thanks", "consent-noted"]


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        ("nana", ["word-close-call", "relay"]),
        ("kai", ["word-culture-fit", "openings"]),
        ("sofia", ["word", "relay"]),
        ("jun", ["word"]),
    ],
)
def test_each_of_the_not_chosen_gets_one_word_and_what_their_tags_allow(
    person: str, expected: list[str]
) -> None:
    """Close calls, culture fits and others read different words; links only to those who agreed."""
    assert _year(RELAY, person).sent() == expected


@pytest.mark.parametrize("person", ["nana", "kai", "sofia", "jun"])
def test_a_human_reads_every_mail_to_somebody_who_was_not_chosen(person: str) -> None:
    """Each mail is a draft first; where nobody releases it, nothing goes out."""
    plan = compiled(RELAY).standing()

    assert all(step.approve for step in plan.steps if isinstance(step.action, Mail))
    assert year_of(RELAY, person).sent() == []


def test_no_word_of_rejection_comes_on_a_friday_night() -> None:
    """Decided on Friday at 16:30, released late: it arrives on a weekday by daylight."""
    friday = local("2026-06-12 16:30")

    for released in (timedelta(minutes=1), timedelta(hours=7), timedelta(days=4, hours=9)):
        at = year_of(RELAY, "nana", behaviour=_released_after(released)).when("word-close-call")
        assert at > friday
        assert at.weekday() < 5
        assert 10 <= at.hour <= 16


def test_a_referral_is_a_link_and_never_a_hand_over() -> None:
    """The mail holds the person's own link, says what we get for it, and asks for nothing."""
    mail = written(RELAY, "relay", subjects(RELAY)["nana"].person)

    assert "https://relay.example.jp/r/7h3kq2" in mail.text
    assert "報酬や割引" in mail.text


def test_the_welcome_is_personal_and_short() -> None:
    """It names what stayed in mind, leaves the decision to the candidate, and fits a screen."""
    mail = written(NAITEI, "welcome", subjects(NAITEI)["aoi"].person)

    assert mail.subject.startswith("山田さん、")
    assert "貸出の列を三つに分けた話" in mail.text
    assert len(mail.text) < 400


def test_who_has_no_mentor_is_told_of_a_colleague_without_a_title() -> None:
    """「先輩社員さん」 nobody says: the honorific stands with a name alone, and so do brackets."""
    someone = replace(subjects(NAITEI)["aoi"].person, roles={})

    mails = [
        written(NAITEI, template, someone)
        for template in ("mentor-hello", "talk-in-august", "first-day")
    ]

    for mail in mails:
        assert "先輩社員さん" not in mail.subject + mail.text
    assert mails[0].subject == "話し相手をご紹介します(先輩社員)"
    assert "年の近い先輩\n" in mails[1].text
    assert "先輩社員がお待ちしています" in mails[2].text


@pytest.mark.parametrize("name", NAMES)
def test_no_sentence_ends_twice_where_the_company_is_an_inc(name: str) -> None:
    """A name such as “Tsunagu Inc.” brings its own full stop."""
    for path, text in bundle_of(name).files.items():
        if path.endswith(".en.md"):
            assert "company.name }}." not in text.decode(), path


def test_no_thanks_name_a_season() -> None:
    """Somebody declines in June as well as in February: 「良い春を」 fits one of them."""
    mail = written(POOL, "thanks", subjects(POOL)["rin"].person)

    assert "春" not in mail.text


def test_every_meeting_is_announced_by_the_sender_of_all_other_mails() -> None:
    """A built-in text among them would call somebody 様 who is さん in every other letter."""
    meetings = [
        s.action for s in compiled(NAITEI).standing().steps if isinstance(s.action, Meeting)
    ]

    assert [one.mail.sender for one in meetings if one.mail] == ["hr"] * len(meetings)


def test_a_survey_is_not_said_to_take_another_time_than_its_button_says() -> None:
    """The minutes are counted from the questions; no subject or first line says others."""
    for step in compiled(NAITEI).standing().steps:
        if isinstance(step.action, Survey):
            for language in ("ja", "en"):
                path = f"mails/{step.action.template}.{language}.md"
                head = bundle_of(NAITEI).files[path].decode().split("---")[1]
                assert not re.search(r"(?i)\d分|(one|two|\d) min", head), path


@pytest.mark.parametrize("template", ["first-1on1", "one-on-one", "department-day"])
@pytest.mark.parametrize("is_moved", [False, True])
def test_the_subject_of_an_invitation_reads_as_one(template: str, is_moved: bool) -> None:
    """English begins with a capital, moved or not; Japanese has no bracket within a bracket."""
    meeting = {
        "day": "6月9日（火）", "time": "15:00–15:30", "when": "6月9日（火） 15:00–15:30",
        "place": "本社", "with": "佐藤 健さん", "minutes": 60, "link": "",
        "is_moved": is_moved,
    }  # fmt: skip
    english, japanese = (
        written(NAITEI, template, subjects(NAITEI)[id_].person, extra={"meeting": meeting}).subject
        for id_ in ("emma", "aoi")
    )

    assert english[0].isupper()
    assert "(" not in japanese


@pytest.mark.parametrize(
    ("name", "template", "person"),
    [
        (NAITEI, "welcome", "aoi"),
        (NAITEI, "working-day", "aoi"),
        (NAITEI, "mentor-hello", "emma"),
        (NAITEI, "first-day", "emma"),
        (POOL, "thanks", "rin"),
        (RELAY, "relay", "nana"),
    ],
)
def test_mails_look_as_they_were_reviewed(
    name: str, template: str, person: str, golden: Golden
) -> None:
    """Both forms of a mail stand as files; whoever changes the layout sees what it does to them."""
    mail = written(name, template, subjects(name)[person].person)

    page = f"{mail.subject}\n{mail.preheader}\n\n{mail.text}\n{mail.html}"
    assert golden.agrees(f"mails/{name}.{template}.html", page.encode())


def _released_after(delay: timedelta) -> Behaviour:
    return Behaviour(answers=0, accepts=0, declines=0, releases_after=delay)
