"""From nothing to a workspace, and what `check` says of one."""

import json
import stat
from pathlib import Path
from shutil import copytree

import jsonschema
import pytest

from tests.cli.desk import Desk, type_words


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_new_workspace_has_no_mistake_and_runs(tmp_path: Path, language: str) -> None:
    """What `init` lays out is right as it stands: checked, previewed and simulated at once."""
    home = tmp_path / "hr"

    made = type_words(["init", str(home), "--language", language])
    desk = Desk(home, language)

    assert made.status == 0
    assert "tsunagu simulate naitei-follow" in made.out
    assert desk.type("check", "--json").json["errors"] == 0
    assert desk.type("simulate", "naitei-follow", "--json").json["people"] == 6
    for playbook in ("naitei-follow", "talent-pool", "career-relay"):
        assert desk.type("preview", playbook, "--json").status == 0


def test_what_is_secret_is_its_owners_alone(shipped: Desk) -> None:
    """Others on this machine can read neither the passwords nor the records."""
    root = shipped.root

    assert stat.S_IMODE((root / ".env").stat().st_mode) == 0o600
    assert stat.S_IMODE((root / ".tsunagu").stat().st_mode) == 0o700
    assert ".env" in (root / ".gitignore").read_text().splitlines()
    assert 'password: "${SMTP_PASSWORD}"' in (root / "tsunagu.yaml").read_text()


def test_excel_opens_the_tables(shipped: Desk) -> None:
    """The example tables begin with the mark by which Excel knows their encoding."""
    for name in ("people.csv", "staff.csv"):
        assert (shipped.root / name).read_bytes().startswith(b"\xef\xbb\xbf")


def test_the_company_is_named_as_typed(tmp_path: Path) -> None:
    """A name with signs of YAML in it is written so that it is read back."""
    home = tmp_path / "hr"

    type_words(
        ["init", str(home), "--company", '「山: 川」#1 "社"', "--address", "hr@yama.example"]
    )

    assert Desk(home).type("check", "--json").json["errors"] == 0
    assert "hr@yama.example" in (home / "tsunagu.yaml").read_text()


def test_here_is_taken_and_a_folder_inside_is_proposed(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`tsunagu init .` in a workspace proposes a name one would give."""
    monkeypatch.chdir(desk.root)

    typed = type_words(["init", ".", "--language", "en"])

    assert typed.status == 2
    assert typed.err.endswith("tsunagu init my-hr\n")


def test_nothing_is_written_over(shipped: Desk, tmp_path: Path) -> None:
    """`init` never touches somebody's work, nor a file where a folder should be."""
    before = (shipped.root / "tsunagu.yaml").read_bytes()
    (tmp_path / "file").write_text("mine")

    again = type_words(["init", str(shipped.root), "--language", "ja"])
    onto_a_file = type_words(["init", str(tmp_path / "file"), "--language", "en"])

    assert [again.status, onto_a_file.status] == [2, 2]
    assert "すでに" in again.err
    assert "is no folder" in onto_a_file.err
    assert (shipped.root / "tsunagu.yaml").read_bytes() == before


def test_a_mistake_typed_on_purpose_is_shown_with_its_place(desk: Desk) -> None:
    """File, line, column, the line, a caret and the nearest word; exit 1."""
    file = desk.root / "playbooks" / "follow" / "playbook.yaml"
    file.write_text(file.read_text().replace("offer + 1 hour", "offer + 1 hur"))

    page = desk.type("check")

    assert page.status == 1
    assert "playbook.yaml:14:" in page.out
    assert "^" in page.out
    assert "hour" in page.out


def test_every_mistake_is_shown_at_once(desk: Desk) -> None:
    """Mistakes in settings, playbook, text and table come on one page, sorted by place."""
    root = desk.root
    mails = root / "playbooks" / "follow" / "mails"
    (mails / "letter.ja.md").write_text("---\nsubject: x\n---\n{{ person.nmae }}\n")
    file = root / "playbooks" / "follow" / "playbook.yaml"
    file.write_text(file.read_text().replace("from: hr}\n    expect", "from: hrr}\n    expect"))
    (root / "people.csv").write_text(
        "ID,氏名,メール,区分,内定日\nx,太,x@@example.jp,内定者,いつか\n"
    )

    told = desk.type("check", "--json").json

    places = {problem["path"].rpartition("/")[2] for problem in told["problems"]}
    assert {"playbook.yaml", "people.csv"} <= places
    assert told["errors"] >= 3
    assert desk.type("check").status == 1


def test_a_warning_is_a_mistake_where_it_is_asked_for(shipped: Desk) -> None:
    """`--strict` lets nothing pass."""
    assert shipped.type("check").status == 0
    assert shipped.type("check", "--strict").status == 1


def test_a_circle_over_several_playbooks_is_told(desk: Desk) -> None:
    """Two playbooks that move people to and fro are shown together, also if one is named."""
    for name, other in (("there", "back"), ("back", "there")):
        folder = desk.root / "playbooks" / name
        folder.mkdir()
        text = f"playbook: {name}\nsteps:\n  - {{id: on, when: declined, enroll: {other}}}\n"
        (folder / "playbook.yaml").write_text(text, encoding="utf-8")

    both = desk.type("check", "--json").json["problems"]
    one = desk.type("check", "back", "--json").json["problems"]

    assert [Path(p["path"]).parent.name for p in both if p["code"] == "enroll.circle"] == [
        "back",
        "there",
    ]
    assert [Path(p["path"]).parent.name for p in one if p["code"] == "enroll.circle"] == ["back"]


def test_a_copied_playbook_that_kept_its_name_is_a_mistake(desk: Desk) -> None:
    """`check` tells it of both, or of the one that is asked about; the worker does not begin."""
    copytree(desk.root / "playbooks" / "follow", desk.root / "playbooks" / "again")

    both = desk.type("check", "--json").json["problems"]
    one = desk.type("check", "again", "--json").json["problems"]
    up = desk.type("up", "--until-idle")

    twice = [Path(p["path"]).parent.name for p in both if p["code"] == "playbook.twice"]
    assert sorted(twice) == ["again", "follow"]
    assert [Path(p["path"]).parent.name for p in one if p["code"] == "playbook.twice"] == ["again"]
    assert up.status == 1
    assert "「follow」という名前は" in up.err


def test_playbooks_outside_a_workspace_can_be_checked(shipped: Desk) -> None:
    """A folder of playbooks is checked by itself, as before a commit."""
    typed = type_words(["check", str(shipped.root / "playbooks"), "--language", "en"])

    assert typed.status == 0


def test_settings_that_cannot_be_read_stop_every_verb(desk: Desk) -> None:
    """A broken tsunagu.yaml is the operator's mistake, with its place, for every verb."""
    (desk.root / "tsunagu.yaml").write_text("company: {name: x\n")

    for verb in (["status"], ["plan"], ["people", "list"], ["preview", "follow"]):
        typed = desk.type(*verb)
        assert typed.status == 2
        assert "tsunagu.yaml:" in typed.err
    assert desk.type("check").status == 1


def test_no_workspace_is_said_with_the_way_out(tmp_path: Path) -> None:
    """Without a workspace every verb that needs one says so, and how to make one."""
    for verb in ("status", "plan", "check", "doctor", "tasks"):
        typed = type_words([verb, "--workspace", str(tmp_path), "--language", "ja"])
        assert typed.status == 2
        assert "tsunagu init" in typed.err


@pytest.mark.parametrize("what", ["playbook", "settings"])
def test_the_schema_is_a_schema(what: str) -> None:
    """Editors can complete from what `schema` writes."""
    schema = json.loads(type_words(["schema", what]).out)

    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["properties"]
