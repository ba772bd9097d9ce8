"""Files that are each person's own: who lacks theirs is named at a desk."""

from tests.cli.desk import Desk


def test_check_names_everybody_whose_own_file_is_not_there(desk: Desk) -> None:
    """Aoi's sheet lies in the folder; Ben and Rin are named, with the file and the step's line."""
    folder = desk.root / "playbooks" / "follow"
    playbook = (folder / "playbook.yaml").read_text()
    own = 'attach: ["files/{{ person.id }}.pdf"], from: hr'
    (folder / "playbook.yaml").write_text(playbook.replace("from: hr", own, 1))
    (folder / "files").mkdir()
    (folder / "files" / "aoi.pdf").write_bytes(b"%PDF aoi")

    checked = desk.type("check", "--json")

    named = [one["message"] for one in checked.json["problems"] if "files/" in one["message"]]
    assert checked.status == 1
    assert [("ben" in one, "rin" in one) for one in named] == [(True, False), (False, True)]
    assert not [one for one in named if "aoi" in one]
