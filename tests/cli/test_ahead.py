"""What HR sees before anything is sent, as whole pages: plan, preview, simulation."""

import re
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.conftest import Office
from tests.cli.desk import Desk
from tests.golden.files import Golden

LANGUAGES = ("ja", "en")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plan_tells_the_next_days(staffed: Desk, golden: Golden, language: str) -> None:
    """HR sees what happens to whom on which day, what delays it, and what waits for what."""
    page = staffed.at("2026-04-01 08:00").type("plan", "--days", "21", language=language)

    assert page.status == 0
    assert golden.agrees(f"cli/plan.{language}.txt", page.out.encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_preview_shows_one_persons_year(staffed: Desk, golden: Golden, language: str) -> None:
    """Every mail of one person is shown as it will read, with what it depends on."""
    page = staffed.type("preview", "follow", "--person", "ben", language=language)

    assert page.status == 0
    assert golden.agrees(f"cli/preview.{language}.txt", page.out.encode())


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_simulation_is_one_page(staffed: Desk, golden: Golden, language: str) -> None:
    """A year of many people is a page: by step, by ladder, by month, and the worst for one."""
    page = staffed.type("simulate", "follow", "--people", "40", language=language)

    assert page.status == 2  # a playbook of the workspace's own has no examples to multiply
    page = staffed.type("simulate", "follow", language=language)
    assert page.status == 0
    assert golden.agrees(f"cli/simulate.{language}.txt", page.out.encode())


def test_the_plan_is_complete_as_json(staffed: Desk) -> None:
    """A program that reads the plan gets every event with its reasons, the same every time."""
    once = staffed.type("plan", "--days", "21", "--json")
    again = staffed.type("plan", "--days", "21", "--json")

    assert once.out == again.out
    first = once.json["events"][0]
    assert first["person"] == "aoi"
    assert first["step"] == "welcome"
    assert first["at"] == "2026-04-01T10:00:00+09:00"
    assert first["why"][0]["because"] == "due"
    assert {wait["fact"] for wait in once.json["waiting"]} <= {"accept", "letter.approved"}


def test_the_plan_of_one_person_leaves_the_others_out(staffed: Desk) -> None:
    """HR can look at one person alone."""
    page = staffed.type("plan", "--person", "rin", "--json")

    assert {event["person"] for event in page.json["events"]} == {"rin"}


def test_many_people_of_one_step_are_one_line(staffed: Desk) -> None:
    """Sixty people who get the same mail at the same moment do not fill a screen."""
    rows = [f"p{n:02},人{n:02},p{n:02}@example.jp,ja,内定者,,2026-04-10 09:00," for n in range(60)]
    table = staffed.root / "many.csv"
    head = "ID,氏名,メール,言語,区分,メンター,内定日,承諾日"
    table.write_text("\n".join([head, *rows]))
    assert staffed.type("people", "import", str(table)).status == 0

    page = staffed.at("2026-04-10 08:00").type("plan", "--days", "1")

    assert "10:00  welcome (メール)  60 人" in page.out
    assert "ほか 54 人" in page.out


def test_a_preview_writes_what_can_be_opened(staffed: Desk, tmp_path: Path) -> None:
    """Each mail lies there as a mail and as a page, and one page shows them all."""
    folder = tmp_path / "out"

    page = staffed.type("preview", "follow", "--person", "aoi", "--out", str(folder))

    assert page.status == 0
    assert str(folder / "index.html") in page.out
    mails = sorted(folder.glob("*.eml"))
    assert [path.with_suffix(".html").is_file() for path in mails] == [True] * len(mails)
    first = message_from_bytes(mails[0].read_bytes(), policy=policy.default)
    assert first["Subject"] == "内定おめでとうございます"
    assert first["To"] == "青井 葵 <aoi@example.jp>"
    index = (folder / "index.html").read_text()
    assert index.count("<iframe") == len(mails)
    assert "<script" not in index
    assert 'sandbox=""' in index
    assert not re.search(r'(src|href)="https?:', index)


def test_a_name_that_looks_like_html_stays_a_name(staffed: Desk, tmp_path: Path) -> None:
    """What stands in a table is never taken for a part of the page."""
    table = staffed.root / "odd.csv"
    table.write_text(
        "ID,氏名,メール,区分,メンター,内定日\n"
        "x,<b>太</b> & 字,x@example.jp,内定者,佐藤 健,2026-04-01\n"
    )

    page = staffed.type("preview", "follow", "--people", str(table), "--out", str(tmp_path / "o"))

    assert page.status == 0
    index = (tmp_path / "o" / "index.html").read_text()
    assert "<b>太" not in index
    assert "&lt;b&gt;太&lt;/b&gt; &amp; 字" in index


def test_a_word_that_is_missing_is_found_before_a_preview(staffed: Desk) -> None:
    """Whose mail would lack a word is told as `check` tells it, with the line of the text."""
    table = staffed.root / "odd.csv"
    table.write_text("ID,氏名,メール,区分,内定日\nx,太田 太,x@example.jp,内定者,2026-04-01\n")

    page = staffed.type("preview", "follow", "--people", str(table))

    assert page.status == 1
    assert "mentor.ja.md:4:4" in page.err
    assert "太田 太 (x) には「mentor.name」がありません" in page.err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("preview", "folow"), "もしかして: follow"),
        (("simulate", "follow", "--people", "nobody.csv"), "nobody.csv というファイルはありません"),
        (("preview", "follow", "--person", "aoy"), "もしかして: aoi"),
        (("plan", "--person", "rinn"), "もしかして: rin"),
        (("plan", "--days", "0"), "--days は 1 以上"),
        (("simulate", "follow", "--from", "someday"), "「someday」は日付として読めません"),
        (("simulate", "follow", "--from", "2027-01-01", "--until", "2026-01-01"), "より前です"),
    ],
)
def test_what_is_typed_wrong_names_what_was_meant(
    staffed: Desk, words: tuple[str, ...], said: str
) -> None:
    """A wrong name or date is the operator's mistake, and the way out is named."""
    typed = staffed.type(*words)

    assert typed.status == 2
    assert said in typed.err
    assert "Traceback" not in typed.err


def test_the_plan_of_nobody_says_how_to_begin(desk: Desk) -> None:
    """Before an import there is nobody, and the next command is named."""
    typed = desk.type("plan")

    assert typed.status == 2
    assert "tsunagu people import" in typed.err


def test_behaviour_decides_what_the_year_is_like(staffed: Desk) -> None:
    """With nobody answering everybody is reminded, with everybody answering nobody is."""
    silent = staffed.type("simulate", "follow", "--behaviour", "silent", "--json").json
    answering = staffed.type("simulate", "follow", "--behaviour", "answers", "--json").json

    def reminders(told: dict[str, list[dict[str, int]]]) -> int:
        return sum(step["count"] for step in told["steps"] if step["rung"] == 1)

    assert reminders(silent) == 3
    assert reminders(answering) == 0


@pytest.mark.services
def test_what_the_plan_says_is_what_arrives(office: Office) -> None:
    """The mails the plan foresaw are the mails the server got, at the same moments."""
    foreseen = office.desk.at("2026-04-01 08:00").type("plan", "--days", "2", "--json").json

    office.work_until("2026-04-01 08:00", "2026-04-01 10:00", "2026-04-02 11:00")

    planned = [event["person"] for event in foreseen["events"] if event["kind"] == "mail"]
    assert planned == [mail.recipient.partition("@")[0] for mail in office.server.mails]


def test_the_page_says_nothing_of_this_machine(staffed: Desk, tmp_path: Path) -> None:
    """A page that is sent to a colleague names no path."""
    staffed.type("preview", "follow", "--out", str(tmp_path / "out"))

    index = (tmp_path / "out" / "index.html").read_text()
    assert str(tmp_path) not in index
