"""Surveys as HR has them: checked, previewed, sent, and looked at as figures of a group."""

import re
from datetime import UTC
from email import message_from_bytes
from pathlib import Path

import pytest

from tests.cli.conftest import Office
from tests.cli.desk import Desk
from worker.cli.front import front_of
from worker.cli.play import JumpingClock
from worker.engine.journal.journal import open_journal
from worker.settings.load import load_settings
from worker.wiring.engine import engine_of

pytestmark = pytest.mark.services

PULSE = """
  - id: pulse
    when: offer + 1 hour
    survey:
      title: {ja: 面談について, en: About your talk}
      from: hr
      questions:
        - {id: ease, ask: {ja: 話しやすかったですか, en: Was it easy?}, scale: 1..5}
        - {id: worry, ask: 気になること, text: optional}
"""
URL = "\npublic_url: http://localhost:8480\nsurveys: {least: 3}\n"


def _with_survey(desk: Desk, *, settings: str = URL, more: str = "") -> None:
    playbook = desk.root / "playbooks" / "follow" / "playbook.yaml"
    text = playbook.read_text(encoding="utf-8")
    steps = PULSE.replace("      questions:", f"{more}      questions:")
    playbook.write_text(
        text.replace("at_most: 1 per day", "at_most: 2 per day") + steps, encoding="utf-8"
    )
    with (desk.root / "tsunagu.yaml").open("a", encoding="utf-8") as written:
        written.write(settings)


def _answer(office: Office, *answers: dict[str, str]) -> None:
    """Let people answer, in the order in which the mails arrived, as the page would take it."""
    desk = office.desk
    settings = load_settings(desk.root / "tsunagu.yaml").standing()
    journal = open_journal(settings.store.url.reveal())
    engine = engine_of(settings, journal, JumpingClock(desk.now.astimezone(UTC)))
    surveys = front_of(settings, engine).surveys
    for token, given in zip(_tokens(office), answers, strict=False):
        taken = surveys.answer(token, given)
        assert taken is not None
        assert not taken.slips
    engine.performer.close()
    journal.close()


def _tokens(office: Office) -> list[str]:
    found = []
    for mail in office.server.mails:
        for part in message_from_bytes(mail.content).walk():
            if part.get_content_type() == "text/plain":
                payload = part.get_payload(decode=True)
                assert isinstance(payload, bytes)
                found += re.findall(r"/s/([a-z2-7]{32})", payload.decode())
    return found


def test_a_survey_that_nobody_could_open_is_told(office: Office) -> None:
    """`check` warns where `public_url` is missing, and `up` does not begin."""
    desk = office.desk
    _with_survey(desk, settings="")

    checked, up = desk.type("check"), desk.type("up", "--until-idle")

    assert checked.status == 0
    assert "候補者のブラウザーから開けない" in checked.out
    assert up.status == 1
    assert "public_url: https://" in up.err
    assert office.server.mails == []


def test_who_waits_for_a_page_goes_on_when_there_is_one_again(office: Office) -> None:
    """Where `public_url` leaves the settings its people wait, are told of, and lose nothing."""
    desk = office.desk
    _with_survey(desk)
    office.work_until("2026-04-01 09:30")
    settings = desk.root / "tsunagu.yaml"
    whole = settings.read_text(encoding="utf-8")
    playbook = desk.root / "playbooks" / "follow" / "playbook.yaml"
    asked = playbook.read_text(encoding="utf-8")
    playbook.write_text(asked.partition("\n  - id: pulse")[0] + "\n", encoding="utf-8")
    settings.write_text(whole.replace("public_url", "# public_url"), encoding="utf-8")

    office.work_until("2026-04-01 12:00")
    status = desk.type("status", language="en")
    before = len(_tokens(office))
    settings.write_text(whole, encoding="utf-8")
    office.work_until("2026-04-01 12:30")

    assert before == 0
    assert "public_url" in status.out
    assert len(_tokens(office)) == 1


def test_figures_wait_for_enough_answers(office: Office) -> None:
    """Two of three show nothing; three show counts, the mean, and texts without names."""
    desk = office.desk
    _with_survey(desk)
    office.work_until("2026-04-03 12:00", "2026-04-06 12:00")
    _answer(office, {"ease": "4", "worry": "席のこと"}, {"ease": "5"})
    few = desk.type("survey", "follow", "pulse")
    _answer(office, {"ease": "4", "worry": "席のこと"}, {"ease": "5"}, {"ease": "2"})
    enough = desk.type("survey", "follow", "pulse", "--by-department")
    told = desk.type("survey", "follow", "pulse", "--json").json

    assert few.status == 0
    assert "3 人にうかがい、2 人が答えました（67%）" in few.out
    assert "3 人以上の答えがそろうまで" in few.out
    assert "席のこと" not in few.out
    assert "平均 3.7（3 人）" in enough.out
    assert "・席のこと" in enough.out
    assert "aoi" not in enough.out
    assert told["rounds"][0]["figures"][0]["counts"] == {"1": 0, "2": 1, "3": 0, "4": 1, "5": 1}


def test_a_slip_in_the_name_of_a_survey_is_told(office: Office) -> None:
    """The nearest right name, or that nobody was asked so far."""
    _with_survey(office.desk)

    misspelled = office.desk.type("survey", "follow", "puls")
    early = office.desk.type("survey", "follow", "pulse")

    assert (misspelled.status, early.status) == (2, 2)
    assert "tsunagu survey follow pulse" in misspelled.err
    assert "まだ誰にも送っていません" in early.err


def test_a_preview_shows_the_page_behind_the_link(office: Office, tmp_path: Path) -> None:
    """The mail, and the page as a file beside it; the link says that it is a preview's."""
    _with_survey(office.desk)
    out = tmp_path / "preview"

    typed = office.desk.type("preview", "follow", "--person", "ben", "--out", str(out))
    shown = office.desk.type("preview", "follow", "--person", "aoi")

    pages = sorted(path.name for path in out.glob("*-pulse-page.html"))
    page = (out / pages[0]).read_text(encoding="utf-8")
    assert typed.status == 0, typed.err
    assert len(pages) == 1
    assert "Was it easy?" in page
    assert "/s/preview" in shown.out
    assert "1. 話しやすかったですか  1..5" in shown.out
    assert pages[0] in (out / "index.html").read_text(encoding="utf-8")


def test_the_links_of_a_rehearsal_are_nobodys(office: Office) -> None:
    """Every mail of a rehearsal leads to a page that says what it is."""
    _with_survey(office.desk)
    typed = office.desk.type(
        *("rehearse", "follow", "--redirect-to", "me@example.co.jp"),
        *("--from", "2026-04-01", "--until", "2026-04-08", "--person", "aoi"),
    )

    assert typed.status == 0, typed.err
    assert _tokens(office) == []
    texts = [
        part.get_payload(decode=True)
        for mail in office.server.mails
        for part in message_from_bytes(mail.content).walk()
        if part.get_content_type() == "text/plain"
    ]
    assert any(b"http://localhost:8480/s/rehearsal" in text for text in texts if text)


def test_a_simulated_year_has_people_who_answer(office: Office) -> None:
    """Surveys are counted by month, and answered by those who answer."""
    _with_survey(office.desk)

    typed = office.desk.type("simulate", "follow", "--json")

    steps = {step["step"]: step for step in typed.json["steps"] if step["kind"] == "survey"}
    assert typed.status == 0, typed.err
    assert steps["pulse"]["people"] == 3
