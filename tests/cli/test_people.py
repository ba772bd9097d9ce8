"""The records of people and staff: in, shown, out, and gone."""

import sqlite3
from concurrent.futures import ThreadPoolExecutor, wait
from pathlib import Path

import pytest
from sqlalchemy import insert, update

from tests.cli.conftest import Office
from tests.cli.desk import Desk
from worker.domain.facts import PersonId
from worker.engine.journal.rows import person_row
from worker.engine.journal.store import Store
from worker.engine.tables import person
from worker.people.records import PersonRecord


def test_importing_twice_changes_nothing(staffed: Desk) -> None:
    """The second import of the same table says that all is as before."""
    again = staffed.type("people", "import", "--json").json

    assert (again["added"], again["changed"], again["same"]) == ([], [], 3)


def test_a_dry_run_shows_what_would_change(staffed: Desk) -> None:
    """Before an import one sees who is new and what changes, and nothing has changed."""
    table = staffed.root / "people.csv"
    table.write_text(
        table.read_text().replace("2026-04-08", "2026-04-09")
        + "new,新 人,n@example.jp,ja,内定者,,,\n"
    )

    page = staffed.type("people", "import", "--dry-run")

    assert "＋ 新 人 (new)" in page.out
    assert "facts.accept: 2026-04-08 → 2026-04-09" in page.out
    assert len(staffed.type("people", "list", "--json").json) == 3


def test_what_changes_while_a_table_is_imported_is_not_put_back(staffed: Desk) -> None:
    """A worker adds a tag, another import takes the next free id: this one looks once more."""
    table = staffed.root / "more.csv"
    table.write_text("氏名,メール,部署\n葵,aoi@example.jp,法務部\n太,futoshi@example.jp,法務部\n")
    journal = staffed.root / ".tsunagu" / "store.db"
    other = PersonRecord(PersonId("p1"), "別 人", "other@example.jp")

    with ThreadPoolExecutor() as beside:
        store = Store(f"sqlite:///{journal}")
        with store.write() as connection:
            connection.execute(update(person).where(person.c.id == "aoi").values(tags='["met"]'))
            connection.execute(insert(person).values(person_row(other)))
            importing = beside.submit(staffed.type, "people", "import", str(table))
            wait([importing], 3)
        typed = importing.result(60)
        store.close()

    known = {one["id"]: one for one in staffed.type("people", "list", "--json").json}
    assert typed.status == 0, typed.err
    assert (known["aoi"]["department"], known["aoi"]["tags"]) == ("法務部", ["met"])
    assert (known["p1"]["email"], known["p2"]["email"]) == (
        "other@example.jp",
        "futoshi@example.jp",
    )


def test_a_table_with_mistakes_changes_nobody(staffed: Desk) -> None:
    """An import is all or nothing, and names row and column of every mistake."""
    table = staffed.root / "bad.csv"
    table.write_text("ID,氏名,メール,内定日\na,甲,a@@x.jp,2026-04-01\nb,乙,b@example.jp,いつか\n")

    typed = staffed.type("people", "import", str(table))

    assert typed.status == 1
    assert "bad.csv:2:3" in typed.err
    assert "bad.csv:3:4" in typed.err
    assert len(staffed.type("people", "list", "--json").json) == 3


def test_a_missing_date_that_a_playbook_needs_is_told_by_row(staffed: Desk) -> None:
    """Who lacks a date is imported, and HR is told in which row."""
    table = staffed.root / "more.csv"
    table.write_text("ID,氏名,メール,区分,メンター\nx,太,x@example.jp,内定者,佐藤 健\n")

    typed = staffed.type("people", "import", str(table))

    assert typed.status == 0
    assert "offer" in typed.err


def test_somebody_is_found_by_id_and_by_address(staffed: Desk) -> None:
    """HR types what is at hand: the id, or the address in any case."""
    by_id = staffed.type("people", "show", "aoi", "--json").json
    by_address = staffed.type("people", "show", "AOI@example.jp", "--json").json

    assert by_id == by_address
    assert by_id["facts"]["offer"] == "2026-04-01T09:00:00+09:00"


@pytest.mark.parametrize(
    "verb", [("people", "show"), ("timeline",), ("why",), ("hold",), ("people", "erase")]
)
def test_an_unknown_person_is_answered_with_the_nearest(
    staffed: Desk, verb: tuple[str, ...]
) -> None:
    """A misspelled id is the operator's mistake, and the one that was meant is named."""
    typed = staffed.type(*verb, "aoj")

    assert typed.status == 2
    assert "「aoj」という人は登録されていません" in typed.err
    assert "もしかして: aoi" in typed.err


def test_an_export_is_read_back_as_it_was(staffed: Desk, tmp_path: Path) -> None:
    """What is written out can be imported again and changes nothing; only its owner reads it."""
    out = tmp_path / "out.csv"

    staffed.type("people", "export", "--out", str(out))

    assert out.stat().st_mode & 0o077 == 0
    again = staffed.type("people", "import", str(out), "--json").json
    assert (again["added"], again["changed"]) == ([], [])


def test_a_formula_in_a_name_is_no_formula_in_the_export(staffed: Desk) -> None:
    """A name that a spreadsheet would calculate is written as text."""
    table = staffed.root / "odd.csv"
    table.write_text("ID,氏名,メール\nx,=1+1,x@example.jp\n")
    staffed.type("people", "import", str(table))

    assert "'=1+1" in staffed.type("people", "export").out


@pytest.mark.services
def test_everything_about_one_person_is_written_out(office: Office) -> None:
    """Who asks what is kept of them gets all of it: record, facts, mails, tasks."""
    office.work_until("2026-04-01 08:00", "2026-04-01 10:00")

    told = office.desk.type("people", "export", "aoi").json

    assert told["id"] == "aoi"
    assert {fact["name"] for fact in told["facts"]} >= {"offer", "welcome.sent"}
    assert told["messages"][0]["subject"] == "内定おめでとうございます"
    assert "内定" in told["messages"][0]["subject"]
    assert told["messages"][0]["content"].startswith("From:")


@pytest.mark.services
def test_erasing_reaches_every_table_and_file(office: Office) -> None:
    """After `erase` neither the database, nor the tables, nor the log hold anything of somebody."""
    root = office.desk.root
    office.work_until("2026-04-01 08:00", "2026-04-01 10:00")
    (root / ".tsunagu" / "faults.log").write_text("2026 aoi@example.jp went wrong\nother\n")

    page = office.desk.type("people", "erase", "aoi", "--yes")

    assert page.status == 0
    assert "people.csv: 1 行を書き換え" in page.out
    held = b"".join(path.read_bytes() for path in root.rglob("*") if path.is_file())
    assert b"aoi@example.jp" not in held
    assert "青井".encode() not in held
    assert (root / ".tsunagu" / "faults.log").read_text() == "other\n"
    with sqlite3.connect(root / ".tsunagu" / "store.db") as store:
        tables = [row[0] for row in store.execute("SELECT name FROM sqlite_master")]
        assert "person" in tables
    store.close()
    assert office.desk.type("people", "show", "aoi").status == 2


def test_erasing_asks_first(staffed: Desk) -> None:
    """Where nobody can be asked nothing is erased without `--yes`."""
    typed = staffed.type("people", "erase", "aoi")

    assert typed.status == 2
    assert "--yes" in typed.err
    assert staffed.type("people", "show", "aoi").status == 0


def test_who_was_erased_is_remembered_without_their_address(staffed: Desk) -> None:
    """Importing somebody who was erased warns, so that they are not written to by accident."""
    staffed.type("people", "erase", "aoi", "--yes")
    table = staffed.root / "again.csv"
    table.write_text("ID,氏名,メール\naoi2,青井 葵,Aoi@example.jp\n")

    typed = staffed.type("people", "import", str(table))

    assert "以前に消した方" in typed.err


def test_the_staff_is_listed_with_their_roles(staffed: Desk) -> None:
    """Who holds which role is seen at a glance."""
    page = staffed.type("staff", "list")
    told = staffed.type("staff", "list", "--json").json

    assert "メンター" in page.out
    assert [one["role"] for one in told] == [["hr"], ["mentor"]]


def test_whose_mentor_has_left_is_told(staffed: Desk) -> None:
    """HR hears at once for whom another mentor is to be named: mails with the name would wait."""
    mentor = staffed.type("staff", "remove", "sato", language="en")
    other = staffed.type("staff", "remove", "hana", language="en")

    assert "mentor or manager of 3: aoi, ben, rin" in mentor.out
    assert "mentor" not in other.out


def test_a_colleague_who_has_left_is_taken_out(staffed: Desk) -> None:
    """By the id; of whom nobody knows it is said who there is."""
    first = staffed.type("staff", "list", "--json").json[0]["id"]

    typed = staffed.type("staff", "remove", first)
    again = staffed.type("staff", "remove", first)

    assert typed.status == 0
    assert first not in [one["id"] for one in staffed.type("staff", "list", "--json").json]
    assert again.status != 0
    assert first in again.err
