"""How it stands, as whole pages: status, why, timeline, doctor. Against a real mail server."""

import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree

import pytest

from integrations.localmail import LocalMailServer
from tests.cli.conftest import Office, opened
from tests.cli.desk import Desk, lay_out, without_places
from tests.golden.files import Golden

pytestmark = pytest.mark.services
LANGUAGES = ("ja", "en")
BEFORE, WELCOME, REMINDER = "2026-04-01 08:00", "2026-04-01 10:00", "2026-04-06 10:00"


@pytest.fixture(scope="module")
def week(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """A week passes, once for all: Aoi was written to and is silent, Rin has answered."""
    with LocalMailServer() as server:
        office = opened(tmp_path_factory.mktemp("week") / "hr", server)
        office.work_until(BEFORE, WELCOME, "2026-04-02 11:00")
        answered = office.desk.at("2026-04-03 12:00").type("fact", "rin", "welcome.replied")
        assert answered.status == 0, answered.err
        office.work_until("2026-04-06 09:30", REMINDER, "2026-04-08 10:00")
        office.desk.at("2026-04-08 12:00")
        yield office


@pytest.fixture
def a_week_on(week: Office, tmp_path: Path) -> Office:
    """Give a copy of the workspace in which that week has passed."""
    root = Path(copytree(week.desk.root, tmp_path / "hr"))
    return Office(replace(week.desk, root=root), week.server)


@pytest.mark.parametrize("language", LANGUAGES)
def test_why_answers_in_a_sentence(a_week_on: Office, golden: Golden, language: str) -> None:
    """For each step of somebody: what became of it, and why."""
    page = a_week_on.desk.type("why", "aoi", language=language)

    assert page.status == 0
    assert golden.agrees(f"cli/why.{language}.txt", page.out.encode())


def test_why_shows_the_line_of_the_playbook(a_week_on: Office) -> None:
    """Asked about one step, it shows where in the playbook this is written."""
    page = a_week_on.desk.type("why", "aoi", "welcome")
    told = a_week_on.desk.type("why", "aoi", "welcome", "--json").json

    assert "playbook.yaml 14 行目: when: offer + 1 hour" in page.out
    assert tuple(told[0][name] for name in ("state", "line", "source")) == (
        "done",
        14,
        "when: offer + 1 hour",
    )
    assert told[0]["why"][0]["because"] == "due"


def test_why_says_that_a_decline_ended_it(a_week_on: Office) -> None:
    """After a decline nothing waits for anybody: it will not happen, and the page says so."""
    declined = a_week_on.desk.type("fact", "aoi", "declined")
    assert declined.status == 0, declined.err

    page = a_week_on.desk.type("why", "aoi", language="en")

    assert "will not happen any more" in page.out


def test_why_tells_a_step_that_does_not_exist_from_one_that_waits(a_week_on: Office) -> None:
    """A misspelled step is a mistake, and the right one is named."""
    typed = a_week_on.desk.type("why", "aoi", "welcom")

    assert typed.status == 2
    assert "もしかして: welcome" in typed.err


def test_why_of_somebody_in_no_playbook_says_so_whatever_step_is_asked_about(
    staffed: Desk,
) -> None:
    """Before the worker has run once there are no steps to choose from, but there is a reason."""
    typed = staffed.type("why", "aoi", "welcome", language="en")

    assert typed.status == 0
    assert "In no playbook" in typed.out


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_status_is_one_screen(a_week_on: Office, golden: Golden, language: str) -> None:
    """Who is enrolled, what each mailbox did, and what a human has to look at."""
    page = a_week_on.desk.type("status", language=language)

    assert page.status == 0
    shown = without_places(page.out, a_week_on.desk.root)
    assert golden.agrees(f"cli/status.{language}.txt", shown.encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_timeline_is_somebodys_story(a_week_on: Office, golden: Golden, language: str) -> None:
    """Everything that happened to somebody, in its order, with the subjects of their mails."""
    page = a_week_on.desk.type("timeline", "aoi@example.jp", language=language)

    assert page.status == 0
    assert golden.agrees(f"cli/timeline.{language}.txt", page.out.encode())


def test_nobody_is_reminded_after_an_answer(a_week_on: Office) -> None:
    """Who answered by `tsunagu fact` gets no reminder; who did not, gets one."""
    subjects = [
        (mail.recipient, mail.content)
        for mail in a_week_on.server.mails
        if mail.recipient.endswith("@example.jp")  # staff is told of a task besides
    ]

    assert sorted(recipient for recipient, _ in subjects) == [
        "aoi@example.jp",
        "aoi@example.jp",
        "ben@example.jp",
        "rin@example.jp",
    ]


def test_the_status_counts_what_is_left_today(a_week_on: Office) -> None:
    """A mailbox's limit of the day is told with what is left of it."""
    told = a_week_on.desk.at("2026-04-06 12:00").type("status", "--json").json

    assert told["sent_24h"]["mail:hr"] == 2
    assert told["states"]["done"] == 0
    assert told["enrolled"] == {"follow": 3}


def test_something_due_and_no_worker_is_said(staffed: Desk) -> None:
    """If mails are due and nobody works, the status says so and what to type."""
    page = staffed.at("2026-04-02 12:00").type("status")

    assert "ワーカーが動いていません" in page.out
    assert "tsunagu up" in page.out


def test_a_server_that_cannot_be_reached_is_told(tmp_path: Path) -> None:
    """A mail server that is down stops nothing else, and `status` says what and until when."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    desk = lay_out(tmp_path / "hr", port=port)
    desk.type("staff", "import")
    desk.type("people", "import")
    desk.at(BEFORE).type("up", "--until-idle")
    desk.at(WELCOME).type("up", "--until-idle")

    page = desk.type("status")
    doctor = desk.type("doctor")

    assert "hr のサーバーが応じません" in page.out
    assert "tsunagu release --lane hr" in page.out
    assert doctor.status == 2
    assert f"127.0.0.1:{port}" in doctor.out
    assert desk.type("release", "--lane", "hr").status == 0
    assert "応じません" not in desk.type("status").out


def test_a_mailbox_that_left_the_settings_keeps_only_its_own_people_waiting(
    office: Office,
) -> None:
    """One playbook writes from a mailbox that is gone; the other goes on, and `status` says so."""
    settings = office.desk.root / "tsunagu.yaml"
    hr = settings.read_text()
    port = office.server.port
    settings.write_text(
        f"{hr}  president:\n    address: shacho@example.co.jp\n"
        f"    smtp: {{host: 127.0.0.1, port: {port}, tls: none}}\n"
    )
    mails = office.desk.root / "playbooks" / "greeting" / "mails"
    mails.mkdir(parents=True)
    (mails / "hello.md").write_text("---\nsubject: ごあいさつ\n---\nこんにちは。\n")
    (mails.parent / "playbook.yaml").write_text(
        'playbook: greeting\nfor: person.kind == "offer_holder"\nsteps:\n'
        "  - {id: hello, when: offer + 3 hours, mail: {template: hello, from: president}}\n"
    )
    office.work_until(BEFORE)

    settings.write_text(hr)
    office.work_until("2026-04-01 12:30")
    page, doctor = office.desk.type("status", language="en"), office.desk.type("doctor", "--json")
    without = [mail.sender for mail in office.server.mails]
    settings.write_text(
        f"{hr}  president:\n    address: shacho@example.co.jp\n"
        f"    smtp: {{host: 127.0.0.1, port: {port}, tls: none}}\n"
    )
    office.work_until("2026-04-02 09:30")

    assert without == ["saiyo@example.co.jp"]
    assert "3 people wait in version 1 of greeting: there is no mailbox 'president'" in page.out
    assert "tsunagu migrate greeting" in page.out
    assert [one["how"] for one in doctor.json if "president" in one["sentence"]] == ["broken"]
    assert "shacho@example.co.jp" in [mail.sender for mail in office.server.mails]
    assert "wait in version" not in office.desk.type("status", language="en").out


def test_the_doctor_signs_in_and_sends_nothing(office: Office) -> None:
    """`doctor` talks to the mail server as far as a mail, and no further."""
    page = office.desk.type("doctor")

    assert page.status == 0
    assert "✓ hr <saiyo@example.co.jp>" in page.out
    assert "メールを受け取る" in page.out
    assert office.server.mails == []


def test_the_doctor_names_what_is_missing(desk: Desk) -> None:
    """A password that nobody wrote, and a file that others can read, are told with the way out."""
    settings = desk.root / "tsunagu.yaml"
    settings.write_text(
        settings.read_text().replace("tls: none", "tls: none, user: a, password: $" + "{PW}")
    )
    (desk.root / ".env").write_text("OTHER=1\n")
    (desk.root / ".env").chmod(0o644)

    page = desk.type("doctor", "--offline")

    assert page.status == 2
    assert "パスワードがありません" in page.out
    assert f"chmod 600 {desk.root / '.env'}" in page.out


def test_a_fact_of_a_step_finds_its_playbook(a_week_on: Office) -> None:
    """`tsunagu fact ben welcome.replied` needs no playbook where only one has that step."""
    desk = a_week_on.desk

    noted = desk.type("fact", "ben", "welcome.replied", "2026-04-07 12:00", "--json").json
    again = desk.type("fact", "ben", "welcome.replied", "2026-04-07 12:00", "--json").json

    assert (noted["playbook"], noted["noted"], again["noted"]) == ("follow", True, False)
    assert noted["at"] == "2026-04-07T12:00:00+09:00"


def test_a_fact_nobody_speaks_of_is_a_slip(a_week_on: Office) -> None:
    """`acept` is not noted for ever: the nearest fact is named."""
    desk = a_week_on.desk

    person = desk.type("fact", "aoi", "acept")
    step = desk.type("fact", "aoi", "welcom.replied")

    assert [person.status, step.status] == [2, 2]
    assert "もしかして: accept" in person.err
    assert "もしかして: welcome.replied" in step.err


def test_a_word_that_a_step_never_has_is_a_slip(a_week_on: Office) -> None:
    """`welcome.repllied` would be an answer to nobody, and the reminder would go all the same."""
    desk = a_week_on.desk

    slip = desk.type("fact", "aoi", "welcome.repllied")
    other = desk.type("fact", "aoi", "welcome.booked", language="en")

    assert [slip.status, other.status] == [2, 2]
    assert "もしかして: welcome.replied" in slip.err
    assert "There are: welcome.sent, welcome.replied, welcome.silent" in other.err


def test_a_decline_of_a_day_to_come_stops_nothing_until_then(a_week_on: Office) -> None:
    """A year that was typed wrong is seen at once: what is said is what will happen."""
    desk = a_week_on.desk

    noted = desk.type("fact", "aoi", "declined", "2027-04-08")

    assert "2027年4月8日(木) 00:00 から、もう何も送られません: follow" in noted.out
    assert desk.type("plan", "--person", "aoi", "--json").json["events"] != []


def test_a_fact_can_be_taken_back(a_week_on: Office) -> None:
    """A decline noted by mistake is withdrawn, and the playbook goes on."""
    desk = a_week_on.desk

    stops = desk.type("fact", "aoi", "declined")
    ended = desk.type("plan", "--person", "aoi", "--json").json["events"]
    desk.type("fact", "aoi", "declined", "--retract")
    goes_on = desk.type("plan", "--person", "aoi", "--json").json["events"]

    assert "もう何も送られません: follow" in stops.out
    assert ended == []
    assert goes_on != []
