"""Finding the member of staff whom a cell names, and words that are known."""

import re
from pathlib import Path

import pytest

from worker.domain.facts import StaffId
from worker.people.addresses import Fault
from worker.people.records import StaffRecord
from worker.people.roster import Roster
from worker.people.words import KIND, LOCALE, PACE
from worker.playbook.names import KINDS_OF_PEOPLE, LOCALES, PACES
from worker.playbook.zones import is_zone, nearest_zone
from worker.problems import WORDS

STAFF = Roster(
    [
        StaffRecord(StaffId("s1"), "佐藤 花子", "hanako@example.co.jp"),
        StaffRecord(StaffId("s2"), "ＳＭＩＴＨ John", "john@example.co.jp"),
        StaffRecord(StaffId("s3"), "鈴木 誠", "makoto@example.co.jp"),
        StaffRecord(StaffId("s4"), "鈴木　誠", ""),
    ]
)


@pytest.mark.parametrize(
    ("written", "id_"),
    [
        ("s1", "s1"),
        ("S1", "s1"),
        ("佐藤 花子", "s1"),
        ("佐藤花子", "s1"),
        ("佐藤　花子さん", "s1"),
        ("佐藤花子様", "s1"),
        ("smith john", "s2"),
        ("Hanako@Example.co.jp", "s1"),
    ],
)
def test_a_member_of_staff_is_found_by_id_name_or_address(written: str, id_: str) -> None:
    """Spaces, width, case and さん do not matter."""
    assert STAFF.find(written).id == id_


def test_two_of_one_name_are_asked_about() -> None:
    """Nobody is guessed where two could be meant."""
    assert STAFF.find("鈴木誠").several == ("s3", "s4")
    assert STAFF.find("s3").id == "s3"


@pytest.mark.parametrize(
    ("written", "near"), [("佐藤花", "佐藤 花子"), ("s11", "s1"), ("誰か", "")]
)
def test_somebody_unknown_has_the_nearest_name(written: str, near: str) -> None:
    """A slip in a name shows whom it may have meant."""
    found = STAFF.find(written)

    assert (found.id, found.nearest) == (None, near)


@pytest.mark.parametrize("name", ["Asia/Tokyo", "UTC", "America/Argentina/Buenos_Aires"])
def test_a_zone_of_the_world_is_one(name: str) -> None:
    """Any IANA zone may be a person's."""
    assert is_zone(name)


@pytest.mark.parametrize(
    ("name", "near"),
    [("Asia/Tokio", "Asia/Tokyo"), ("東京", "Asia/Tokyo"), ("berlin", "Europe/Berlin"), ("x", "")],
)
def test_what_is_no_zone_has_the_nearest(name: str, near: str) -> None:
    """A slip, an abbreviation or a town alone leads to the zone's name."""
    assert not is_zone(name)
    assert nearest_zone(name) == near


@pytest.mark.parametrize("name", ["", "/etc/passwd", "../UTC", "Asia", "Asia/", "a\0b"])
def test_a_path_is_no_zone(name: str) -> None:
    """A cell cannot make us open a file."""
    assert not is_zone(name)


def test_every_mistake_of_tables_and_settings_has_its_sentences() -> None:
    """No code is reported that nobody could read, in Japanese and in English."""
    folder = Path(__file__).parents[2] / "worker"
    written = "".join(
        path.read_text(encoding="utf-8")
        for part in ("people", "settings")
        for path in sorted((folder / part).glob("*.py"))
    )
    codes = set(re.findall(r'"((?:people|settings|env|file)\.[a-z_]+)"', written))
    codes |= {f"people.address_{fault.value}" for fault in Fault}

    assert len(codes) > 60
    assert sorted(codes - set(WORDS) - {"people.csv"}) == []
    ours = {code for code in WORDS if code.startswith(("people.", "settings.", "env."))}
    assert sorted(ours - codes) == []
    assert [code for code in ours if not (WORDS[code].ja and WORDS[code].en)] == []


def test_a_table_and_a_playbook_know_the_same_languages() -> None:
    """What an import makes of a language is what a playbook may set."""
    assert set(LOCALE.values()) == set(LOCALES)
    assert set(PACE.values()) == set(PACES)
    assert set(KIND.values()) == set(KINDS_OF_PEOPLE)
