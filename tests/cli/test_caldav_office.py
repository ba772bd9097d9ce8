"""Colleagues whose calendars are at a CalDAV server: their time is read there, as HR wrote it."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from icalendar import Calendar, Event

from tests.cli.conftest import Office
from tests.cli.desk import TOKYO
from tests.servers.radicale import Radicale, radicale

pytestmark = pytest.mark.services
SATO = "sato@example.co.jp"
PLAYBOOK = """playbook: talk
title: 面談
for: person.kind == "offer_holder"
needs: [offer]
steps:
  - id: first-talk
    when: offer
    meeting:
      title: "1on1"
      with: [mentor]
      minutes: 30
      within: 2 business days
      between: 10:00-12:00
"""
STAFF = """ID,氏名,メール,役割,カレンダー
sato,佐藤 健,sato@example.co.jp,mentor,{url}
hana,花田 花,hana@example.co.jp,hr,mail
"""
PEOPLE = """ID,氏名,メール,言語,区分,メンター,内定日
aoi,青井 葵,aoi@example.jp,ja,内定者,佐藤 健,2026-04-01 09:00
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Radicale]:
    """Give a server on which Sato has a calendar, and is taken on Thursday until eleven."""
    folder = tmp_path / "radicale"
    folder.mkdir()
    with radicale(folder, SATO, "tsunagu") as running:
        running.make(SATO)
        event = Event()
        event.add("uid", "board@example.co.jp")
        event.add("dtstamp", datetime(2026, 3, 1, tzinfo=TOKYO))
        event.add("dtstart", datetime(2026, 4, 2, 9, 0, tzinfo=TOKYO))
        event.add("dtend", datetime(2026, 4, 2, 11, 0, tzinfo=TOKYO))
        whole = Calendar()
        whole.add("prodid", "-//test//")
        whole.add("version", "2.0")
        whole.add_component(event)
        running.put(SATO, "board.ics", whole.to_ical())
        yield running


def settle(office: Office, server: Radicale, *, user: str = SATO) -> None:
    """Write the server into the settings, and Sato's calendar into the list of staff."""
    root = office.desk.root
    settings = root / "tsunagu.yaml"
    settings.write_text(
        settings.read_text(encoding="utf-8")
        + f"""calendars:
  default: mail
  caldav:
    office:
      url: http://127.0.0.1:{server.port}/{SATO}
      user: {user}
      password: ${{CALDAV_PASSWORD}}
""",
        encoding="utf-8",
    )
    (root / ".env").write_text("CALDAV_PASSWORD=secret\n", encoding="utf-8")
    (root / ".env").chmod(0o600)
    (root / "staff.csv").write_text(STAFF.format(url=server.url(SATO)), encoding="utf-8")
    (root / "people.csv").write_text(PEOPLE, encoding="utf-8")
    for words in (("staff", "import"), ("people", "import")):
        done = office.desk.type(*words)
        assert done.status == 0, done.err


def line(office: Office, *words: str) -> dict[str, str]:
    """Give the line of `doctor` about CalDAV."""
    lines = office.desk.type("doctor", "--json", *words).json
    (found,) = [one for one in lines if "CalDAV" in one["about"]]
    told: dict[str, str] = found
    return told


def test_a_meeting_keeps_out_of_what_lies_in_a_caldav_calendar(
    office: Office, server: Radicale
) -> None:
    """Sato is taken until eleven: the talk is at eleven, and the invitation says so."""
    settle(office, server)
    folder = office.desk.root / "playbooks" / "talk"
    folder.mkdir()
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")

    office.work_until("2026-04-01 09:30", "2026-04-01 10:00")

    (invited,) = [
        one.content.decode()
        for one in office.server.mails
        if one.recipient == "aoi@example.jp" and b"text/calendar" in one.content
    ]
    assert office.desk.type("coverage", "--json").json[0]["ahead"] == "2026-04-02T11:00:00+09:00"
    assert "method=REQUEST" in invited.replace('"', "")


def test_the_doctor_says_whose_time_is_seen_there(office: Office, server: Radicale) -> None:
    """The user and the server, and how many of us have calendars there."""
    settle(office, server)

    told = line(office)

    assert told["how"] == "fine"
    assert told["sentence"] == (
        f"{SATO} · http://127.0.0.1:{server.port}/{SATO} は 1 人の空き時間がわかる"
    )


def test_the_doctor_says_what_a_user_may_not_see(office: Office, server: Radicale) -> None:
    """Nobody has shared the calendar: it is named, with the page that says what to do."""
    settle(office, server, user="tsunagu")

    told = line(office)

    assert told["how"] == "broken"
    assert SATO in told["sentence"]
    assert "403" in told["sentence"]
    assert "docs/connecting.md" in told["do"]


def test_a_folder_of_calendars_is_no_calendar_in_which_nobody_is_busy(
    office: Office, server: Radicale
) -> None:
    """The address of a folder answers every question with nothing: that is told, and not taken."""
    settle(office, server)
    folder = server.url(SATO).removesuffix("calendar/")
    (office.desk.root / "staff.csv").write_text(STAFF.format(url=folder), encoding="utf-8")
    assert office.desk.type("staff", "import").status == 0

    told = line(office)

    assert told["how"] == "broken"
    assert "the address leads to no calendar" in told["sentence"]


def test_the_doctor_asks_nobody_when_told_so(office: Office, server: Radicale) -> None:
    """`--offline` goes no further than the settings."""
    settle(office, server, user="tsunagu")

    assert line(office, "--offline")["how"] == "fine"


def test_check_refuses_a_password_over_plain_http(office: Office, server: Radicale) -> None:
    """At its place in the file, with what to write instead."""
    settle(office, server)
    settings = office.desk.root / "tsunagu.yaml"
    plain = settings.read_text(encoding="utf-8").replace("127.0.0.1:", "dav.example.jp:")
    settings.write_text(plain, encoding="utf-8")

    checked = office.desk.type("check", "--json")

    found = [one for one in checked.json["problems"] if one["code"] == "settings.caldav_url"]
    assert checked.status == 1
    assert [one["line"] for one in found] == [plain[: plain.index("url:")].count("\n") + 1]
