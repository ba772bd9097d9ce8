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
