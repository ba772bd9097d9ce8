"""Meetings on the time line of a preview: when they would be, and what a calendar would get."""

from tests.cli.desk import Desk

PLAYBOOK = """playbook: talk
needs: [offer]
steps:
  - id: first-talk
    when: offer + 1 business day at 10:00
    meeting:
      title: "1on1 {{ person.name }}"
      with: [mentor]
      minutes: 30
      within: 10 business days
"""


def test_a_preview_shows_when_a_meeting_would_be_and_writes_its_invitation(staffed: Desk) -> None:
    """Its title is filled, its time is one at which the mentor works, and there is a file of it."""
    folder = staffed.root / "playbooks" / "talk"
    folder.mkdir()
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")

    page = staffed.type("preview", "talk", "--person", "aoi", "--out", str(staffed.root / "out"))

    assert "1on1" in page.out
    assert "{{" not in page.out
    (invitation,) = (staffed.root / "out").glob("*first-talk*.ics")
    assert b"METHOD:REQUEST" in invitation.read_bytes()
    assert b"DTSTART:" in invitation.read_bytes()


def test_a_preview_shows_the_mail_beside_a_meeting(staffed: Desk) -> None:
    """The playbook's own text, filled for the person: what the candidate would read."""
    folder = staffed.root / "playbooks" / "talk"
    (folder / "mails").mkdir(parents=True)
    own = PLAYBOOK + "      place: google_meet\n      mail: {template: talk, from: hr}\n"
    (folder / "playbook.yaml").write_text(own, encoding="utf-8")
    text = "---\nsubject: 先輩と話す時間\n---\n{{ meeting.minutes }}分、{{ meeting.place }}で\n"
    (folder / "mails" / "talk.md").write_text(text, encoding="utf-8")

    page = staffed.type("preview", "talk", "--person", "aoi")
    written = staffed.type("preview", "talk", "--person", "aoi", "--out", str(staffed.root / "out"))

    assert "先輩と話す時間" in page.out
    assert "30分、Google Meetで" in page.out
    (html,) = (staffed.root / "out").glob("*first-talk.html")
    assert "30分、Google Meetで" in html.read_text(encoding="utf-8")
    assert "1" in written.out


def test_a_preview_shows_the_built_in_mail_where_there_is_no_text(staffed: Desk) -> None:
    """HR sees the very mail that goes out when the playbook has no words of its own."""
    folder = staffed.root / "playbooks" / "talk"
    folder.mkdir()
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")

    page = staffed.type("preview", "talk", "--person", "aoi")

    assert "の時間を、次のようにご用意しました。" in page.out
    assert "場所: 追ってお知らせします" in page.out


def test_a_preview_tells_all_times_by_one_clock(staffed: Desk) -> None:
    """Of somebody in New York the line and its meeting are told there, and each names the zone."""
    folder = staffed.root / "playbooks" / "talk"
    folder.mkdir()
    (folder / "playbook.yaml").write_text(PLAYBOOK, encoding="utf-8")
    people = staffed.root / "elsewhere.csv"
    people.write_text(
        "id,name,email,locale,timezone,mentor,offer\n"
        "ann,Ann Lee,ann@example.jp,en,America/New_York,sato,2026-05-11\n",
        encoding="utf-8",
    )

    page = staffed.type("preview", "talk", "--people", str(people), "--language", "en")

    (line,) = (line for line in page.out.splitlines() if "min, with mentor" in line)
    assert "(America/New_York)" in line


def test_a_preview_parts_who_is_told_from_what(staffed: Desk) -> None:
    """A colon stands between a role and the words it is told."""
    folder = staffed.root / "playbooks" / "tell"
    folder.mkdir()
    step = "  - id: tell\n    when: offer\n    alert: {to: hr, text: 一度お電話を}\n"
    (folder / "playbook.yaml").write_text(
        f"playbook: tell\nneeds: [offer]\nsteps:\n{step}", "utf-8"
    )

    page = staffed.type("preview", "tell", "--person", "aoi", language="ja")

    assert "採用担当へ知らせる: 一度お電話を" in page.out
