"""What a table would change, and that importing it twice changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from worker.domain.facts import PersonId, StaffId
from worker.people.changes import Changes, FieldChange, Need, compare, lacking
from worker.people.exporting import export_people
from worker.people.reading import read_people
from worker.people.records import PersonRecord

ZONE = "Asia/Tokyo"
AOI = PersonRecord(
    PersonId("1"),
    "青井 葵",
    "aoi@example.jp",
    department="開発部",
    mentor=(StaffId("s1"),),
    tags=frozenset({"優秀"}),
    facts={"offer": datetime(2026, 3, 31, 15, tzinfo=UTC)},
    attributes={"大学": "つなぐ大学"},
)
AKANE = PersonRecord(PersonId("2"), "赤井 茜", "akane@example.jp", kind="declined", pace="gentle")


def importing(folder: Path, text: str, *known: PersonRecord) -> Changes:
    """Put a table beside who is known."""
    path = folder / "people.csv"
    path.write_text(text, encoding="utf-8")
    return compare(read_people(path, zone=ZONE), known, zone=ZONE)


def test_importing_twice_changes_nothing(tmp_path: Path) -> None:
    """The second import of a table finds everybody as they are, with ids or without."""
    text = (
        "氏名,メール,内定日,タグ,大学\n青井,aoi@example.jp,2026/4/1,優秀,A\n赤井,a@example.jp,,,\n"
    )

    first = importing(tmp_path, text)
    second = importing(tmp_path, text, *first.records)

    assert [record.id for record in first.new] == ["p1", "p2"]
    assert (second.new, second.changed, second.unchanged) == ((), (), 2)
    assert second.records == ()


def test_a_change_is_told_field_by_field(tmp_path: Path) -> None:
    """Before and after, as HR reads them."""
    changes = importing(
        tmp_path,
        "ID,氏名,メール,配属先,内定日,承諾日,大学,学部\n"
        "1,青井 葵,aoi@example.co.jp,営業部,2026/4/2 10:00,2026/4/10,つなぐ大学,法\n",
        AOI,
        AKANE,
    )

    (changed,) = changes.changed
    assert changed.fields == (
        FieldChange("email", "aoi@example.jp", "aoi@example.co.jp"),
        FieldChange("department", "開発部", "営業部"),
        FieldChange("facts.accept", "", "2026-04-10"),
        FieldChange("facts.offer", "2026-04-01", "2026-04-02 10:00"),
        FieldChange("attributes.学部", "", "法"),
    )
    assert changed.after.mentor == ("s1",)
    assert changed.after.attributes == {"大学": "つなぐ大学", "学部": "法"}
    assert changes.missing == ("2",)


def test_an_empty_cell_says_nothing(tmp_path: Path) -> None:
    """What an ATS does not know does not erase what HR knows."""
    changes = importing(
        tmp_path,
        "ID,氏名,メール,区分,ペース,配属先,メンター,タグ,内定日,大学\n"
        "1,青井 葵,,,,,,,,\n2,赤井 茜,,,,,,,,\n",
        AOI,
        AKANE,
    )

    assert changes.changed == ()
    assert changes.unchanged == 2


def test_a_dash_empties_a_field_on_purpose(tmp_path: Path) -> None:
    """To take a mentor away one writes a dash."""
    changes = importing(
        tmp_path,
        "ID,氏名,メール,区分,メンター,タグ,大学\n1,青井 葵,aoi@example.jp,,-,－,-\n"
        "2,赤井 茜,akane@example.jp,-,,,\n",
        AOI,
        AKANE,
    )

    aoi, akane = (changed.after for changed in changes.changed)
    assert (aoi.mentor, aoi.tags, aoi.attributes) == ((), frozenset(), {})
    assert akane.kind == "offer_holder"


def test_somebody_known_by_the_address_keeps_the_id(tmp_path: Path) -> None:
    """A table with another numbering does not make a second person of anybody."""
    changes = importing(tmp_path, "ID,氏名,メール\nX-1,青井 葵,AOI@example.jp\n", AOI)

    assert (changes.new, changes.missing) == ((), ())
    (changed,) = changes.changed
    assert changed.after.id == "1"
    assert [(problem.code, problem.warning) for problem in changes.problems] == [
        ("people.other_id", True)
    ]


def test_an_address_that_belongs_to_somebody_else_is_a_mistake(tmp_path: Path) -> None:
    """Two people never share one address; two who swap theirs may."""
    taken = importing(tmp_path, "ID,氏名,メール\n1,青井 葵,akane@example.jp\n", AOI, AKANE)
    swapped = importing(
        tmp_path,
        "ID,氏名,メール\n1,青井 葵,akane@example.jp\n2,赤井 茜,aoi@example.jp\n",
        AOI,
        AKANE,
    )

    assert [problem.code for problem in taken.problems] == ["people.address_taken"]
    assert not taken.problems[0].warning
    assert swapped.problems == ()
    assert len(swapped.changed) == 2


def test_new_people_get_the_next_free_number(tmp_path: Path) -> None:
    """An id that was given once, in the journal or in the table, is not given again."""
    known = replace(AOI, id=PersonId("p7"))

    changes = importing(
        tmp_path, "ID,氏名,メール\n,緑川,m@example.jp\np9,黄田,k@example.jp\n", known
    )

    assert sorted(record.id for record in changes.new) == ["p10", "p9"]


def test_dates_that_a_playbook_needs_are_asked_for_by_row(tmp_path: Path) -> None:
    """Who lacks a date is named before anything waits for it in silence."""
    changes = importing(
        tmp_path,
        "ID,氏名,メール,入社日\n1,青井 葵,aoi@example.jp,\n3,緑川,m@example.jp,2027/4/1\n",
        AOI,
    )
    need = Need("naitei-follow", ("offer", "join"), lambda person: person.kind == "offer_holder")

    problems = lacking(changes, [need], "people.csv")

    assert [(problem.line, dict(problem.values)["fact"]) for problem in problems] == [
        (3, "offer"),
        (2, "join"),
    ]
    assert all(problem.warning for problem in problems)


PLAIN = st.text("abcxyz葵茜0123 =+-@'\"", max_size=8).filter(
    lambda text: text == text.strip() and text != ("-")
)
RECORDS = st.lists(
    st.builds(
        PersonRecord,
        id=st.text("ab01=+-@'", min_size=2, max_size=6).map(PersonId),
        name=PLAIN.filter(bool),
        email=st.integers(0, 10**9).map(lambda number: f"a{number}@example.jp"),
        kana=PLAIN,
        locale=st.sampled_from(["ja", "en", "zh"]),
        kind=st.sampled_from(["offer_holder", "declined", "rejected"]),
        department=PLAIN,
        mentor=st.sampled_from([(), (StaffId("s1"),), (StaffId("s2"), StaffId("s1"))]),
        pace=st.sampled_from(["gentle", "standard", "active"]),
        timezone=st.sampled_from(["", "Asia/Seoul"]),
        tags=st.frozensets(st.sampled_from(["優秀", "close call", "=1+1"])),
        facts=st.dictionaries(
            st.sampled_from(["offer", "accept", "join", "懇親会日", "visa", "面談"]),
            st.datetimes(
                datetime(2020, 1, 1),  # noqa: DTZ001 - hypothesis wants bounds without a zone
                datetime(2030, 1, 1),  # noqa: DTZ001 - as above
                timezones=st.just(UTC),
            ),
        ),
        attributes=st.dictionaries(
            st.sampled_from(["大学", "graduation_year", "visa_date", "name2", "備考"]),
            st.integers(-(10**12), 10**12) | st.booleans() | PLAIN.filter(bool),
        ),
    ),
    max_size=6,
    unique_by=(lambda record: record.id, lambda record: record.email),
)


@given(records=RECORDS, language=st.sampled_from(["ja", "en"]))
@settings(max_examples=120, deadline=None)
def test_what_was_exported_changes_nothing_when_imported(
    tmp_path_factory: pytest.TempPathFactory, records: list[PersonRecord], language: str
) -> None:
    """An export can be edited in Excel and imported again: what was not edited is as it was."""
    if not records:
        return
    path = tmp_path_factory.mktemp("export") / "people.csv"
    export_people(path, records, zone=ZONE, language=language)

    reading = read_people(path, zone=ZONE)
    changes = compare(reading, records, zone=ZONE)

    assert all(problem.warning for problem in reading.problems)
    assert (changes.new, changes.changed, changes.missing) == ((), (), ())


def test_no_formula_leaves_in_an_export(tmp_path: Path) -> None:
    """A name somebody typed as a formula is text in Excel, and a name again afterwards."""
    path = tmp_path / "people.csv"
    record = replace(
        AOI,
        name='=HYPERLINK("http://evil.example")',
        department="@SUM(1)",
        attributes={"=cmd": "+1", "memo": "-2+3", "tab": "'=x"},
    )

    export_people(path, [record], zone=ZONE)

    written = path.read_text(encoding="utf-8-sig")
    cells = [cell.strip('"') for line in written.splitlines() for cell in line.split(",")]
    assert not [cell for cell in cells if cell[:1] in ("=", "+", "-", "@")]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o777 == 0o600
    (again,) = read_people(path, zone=ZONE).standing()
    assert (again.name, again.department) == (record.name, record.department)


def test_nobody_is_exported_as_headings_alone(tmp_path: Path) -> None:
    """An export of nobody still opens."""
    path = tmp_path / "people.csv"

    export_people(path, [], zone=ZONE, language="en")

    assert path.read_text(encoding="utf-8-sig").startswith("id,name,kana,email")
