"""A version of a playbook: all files of its folder, named by what they hold."""

from pathlib import Path

import pytest

from worker.playbook.bundle import Bundle, read_bundle
from worker.problems import Mistakes


def _folder(home: Path) -> Path:
    (home / "mails").mkdir(parents=True)
    (home / "playbook.yaml").write_bytes(b"playbook: haru\n")
    (home / "mails" / "welcome.md").write_bytes("ようこそ".encode())
    return home


def test_a_folder_is_read_without_what_editors_leave(tmp_path: Path) -> None:
    """Hidden files, back-ups and locks of Excel are not part of a version."""
    home = _folder(tmp_path / "haru")
    for name in (".DS_Store", "playbook.yaml~", "~$people.xlsx", "Thumbs.db", ".git"):
        (home / name).write_bytes(b"x")

    bundle = read_bundle(home)

    assert sorted(bundle.files) == ["mails/welcome.md", "playbook.yaml"]
    assert bundle.shown("playbook.yaml") == f"{home.as_posix()}/playbook.yaml"


def test_example_people_beside_a_playbook_are_no_part_of_its_version(tmp_path: Path) -> None:
    """A row added to the example people is no new version, and no name lies in a stored one."""
    (tmp_path / "playbook.yaml").write_text("playbook: p\n")
    before = read_bundle(tmp_path).digest

    (tmp_path / "people.csv").write_text("id,name\naoi,青井\n")
    (tmp_path / "staff.xlsx").write_bytes(b"PK")

    assert before == read_bundle(tmp_path).digest


def test_the_digest_names_what_the_files_hold(tmp_path: Path) -> None:
    """The same files are the same version wherever they lie; one byte makes another."""
    one, other = read_bundle(_folder(tmp_path / "a")), read_bundle(_folder(tmp_path / "b"))
    renamed = Bundle({"playbook.yaml": b"playbook: haru\n", "mails/w.md": b""})

    assert one.digest == other.digest
    assert len(one.digest) == 64
    assert one.digest != renamed.digest


def test_pieces_moved_between_name_and_content_are_another_version() -> None:
    """No two different folders share a digest because of how they are joined."""
    assert Bundle({"a": b"bc"}).digest != Bundle({"ab": b"c"}).digest
    assert Bundle({"a": b"", "b": b""}).digest != Bundle({"a": b"b"}).digest


def test_what_is_stored_is_read_back_equal(tmp_path: Path) -> None:
    """A version comes out of the journal as it went in, attachments too."""
    bundle = Bundle({**read_bundle(_folder(tmp_path / "a")).files, "logo.png": bytes(range(256))})

    again = Bundle.from_bytes(bundle.to_bytes())

    assert again == bundle
    assert again.digest == bundle.digest


def test_a_folder_without_playbook_is_told(tmp_path: Path) -> None:
    """The page names the file that is missing."""
    with pytest.raises(Mistakes) as raised:
        read_bundle(tmp_path, "playbooks/haru")

    assert [(one.code, one.path) for one in raised.value.problems] == [
        ("file.missing", "playbooks/haru/playbook.yaml")
    ]


def test_a_link_out_of_the_folder_is_refused(tmp_path: Path) -> None:
    """Nothing outside the playbook's folder becomes a part of it."""
    home = _folder(tmp_path / "haru")
    (tmp_path / "secret").write_text("x")
    (home / "secret.pdf").symlink_to(tmp_path / "secret")

    with pytest.raises(Mistakes) as raised:
        read_bundle(home)

    assert [problem.code for problem in raised.value.problems] == ["bundle.link"]


def test_an_enormous_file_is_refused(tmp_path: Path) -> None:
    """A video in the folder is told instead of being kept in every version."""
    home = _folder(tmp_path / "haru")
    with (home / "film.mp4").open("wb") as film:
        film.truncate(11_000_000)

    with pytest.raises(Mistakes) as raised:
        read_bundle(home)

    assert [problem.code for problem in raised.value.problems] == ["bundle.large"]
