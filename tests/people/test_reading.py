"""Tables of people and staff as Excel and an ATS write them, and every mistake in them."""

from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from worker.domain.facts import StaffId
from worker.people.reading import Reading, read_people, read_staff
from worker.people.records import PersonRecord, StaffRecord
from worker.problems import Mistakes, Problem, render, render_all

ZONE = "Asia/Tokyo"
OFFER = datetime(2026, 3, 31, 15, tzinfo=UTC)  # the first of April in Tokyo
TABLE = "氏名,メールアドレス,内定日\n青井 葵,aoi@example.jp,2026/4/1\n赤井 茜,akane@example.jp,\n"
STAFF = (
    StaffRecord(StaffId("s1"), "佐藤 花子", "hanako@example.co.jp"),
    StaffRecord(StaffId("s2"), "田中 一郎", "ichiro@example.co.jp"),
    StaffRecord(StaffId("s3"), "鈴木 誠", "makoto@example.co.jp"),
    StaffRecord(StaffId("s4"), "鈴木 誠", "makoto2@example.co.jp"),
)


def people(path: Path, **options: Any) -> Reading[PersonRecord]:  # noqa: ANN401 - passed on
    """Read a table of people of a company in Tokyo."""
    return read_people(path, zone=ZONE, **options)


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a table as text."""
    path = folder / "people.csv"
    path.write_bytes(text.encode(encoding))
    return path


def xlsx(folder: Path, *rows: list[object]) -> Path:
    """Write a table as Excel does."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    path = folder / "people.xlsx"
    book.save(path)
    return path


def told(reading: Reading[Any]) -> list[tuple[str, str]]:
    """Give what is wrong: the cell and the code."""
    return [(dict(problem.values).get("cell", ""), problem.code) for problem in reading.problems]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"]
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_a_csv_of_any_kind_says_the_same(
    tmp_path: Path, encoding: str, separator: str, ends: str
) -> None:
    """Excel on Windows, on a Mac, an ATS or a script: encoding and separator are found out."""
    text = TABLE.replace(",", separator).replace("\n", ends)

    aoi, akane = people(csv(tmp_path, text, encoding)).standing()

    assert (aoi.name, aoi.email, aoi.facts) == ("青井 葵", "aoi@example.jp", {"offer": OFFER})
    assert (akane.name, akane.email, akane.facts) == ("赤井 茜", "akane@example.jp", {})


def test_an_xlsx_says_the_same(tmp_path: Path) -> None:
    """Excel's own dates, numbers and empty rows at the end are understood."""
    path = xlsx(
        tmp_path,
        ["社員番号", "氏名", "メールアドレス", "内定日", "承諾日", "入社日", "卒業年", "電話"],
        [1001, "青井 葵", "aoi@example.jp", date(2026, 4, 1), datetime(2026, 4, 2, 9, 30), "令和9年4月1日", 2027.0, "090"],  # noqa: DTZ001, E501 - as Excel keeps it
        [None] * 8,
        [],
    )  # fmt: skip

    (aoi,) = people(path).standing()

    assert aoi.id == "1001"
    assert aoi.facts == {
        "offer": OFFER,
        "accept": datetime(2026, 4, 2, 0, 30, tzinfo=UTC),
        "join": datetime(2027, 3, 31, 15, tzinfo=UTC),
    }
    assert aoi.attributes == {"graduation_year": 2027, "電話": "090"}


def test_a_day_that_lost_its_format_in_excel_is_still_a_day(tmp_path: Path) -> None:
    """46113 in a date column of an .xlsx is Excel's own count of days."""
    path = xlsx(tmp_path, ["氏名", "メール", "内定日"], ["青井 葵", "aoi@example.jp", 46113])

    assert people(path).standing()[0].facts == {"offer": OFFER}


@pytest.mark.parametrize(
    "headings",
    [
        "name,email,offer",
        "Full Name,E-Mail,Offer Date",
        "NAME,Mail Address,offer_at",
        "氏名,メールアドレス,内定日",
        "お名前,Ｅメール,内定通知日",
        "氏 名,メールアドレス（必須）,内々定日",
        "候補者名,メール,内定日 ※",
        "氏名*,e-mail address,オファー日",
    ],
)
def test_headings_however_they_are_written(tmp_path: Path, headings: str) -> None:
    """Japanese or English, wide or narrow, with remarks or without."""
    path = csv(tmp_path, f"{headings}\n青井 葵,aoi@example.jp,2026/4/1\n")

    (aoi,) = people(path).standing()

    assert (aoi.name, aoi.email, aoi.facts) == ("青井 葵", "aoi@example.jp", {"offer": OFFER})


def test_every_column_has_its_meaning(tmp_path: Path) -> None:
    """All that a record knows can be said in one row."""
    path = csv(
        tmp_path,
        "内定者番号,姓,名,セイ,メイ,メール,言語,区分,配属先,メンター,上司,ペース,タイムゾーン,タグ,懇親会日,Visa,"
        "大学名,曜日,誕生日\n"
        '7,青井,葵,アオイ,アオイ,aoi@example.jp,英語,辞退者,開発部,"佐藤花子、s2",ichiro@example.co.jp,'
        "控えめ,Asia/Seoul,優秀；研究熱心,2026/10/1,2026/9/1,つなぐ大学,月,2004/5/6\n",
    )

    (aoi,) = people(path, staff=STAFF, facts=["visa"]).standing()

    assert aoi == PersonRecord(
        id=aoi.id,
        name="青井 葵",
        email="aoi@example.jp",
        kana="アオイ アオイ",
        locale="en",
        kind="declined",
        department="開発部",
        mentor=(StaffId("s1"), StaffId("s2")),
        manager=(StaffId("s2"),),
        pace="gentle",
        timezone="Asia/Seoul",
        tags=frozenset({"優秀", "研究熱心"}),
        facts={
            "懇親会日": datetime(2026, 9, 30, 15, tzinfo=UTC),
            "visa": datetime(2026, 8, 31, 15, tzinfo=UTC),
        },
        attributes={"大学名": "つなぐ大学", "曜日": "月", "birthday": "2004/5/6"},
    )
    assert aoi.id == "7"


def test_a_western_name_in_two_columns_is_put_together_the_western_way(tmp_path: Path) -> None:
    """First Name and Last Name give `Aoi Sato`; 姓 and 名 give `佐藤 葵`."""
    path = csv(tmp_path, "Last Name,First Name,Email\nSato,Aoi,aoi@example.jp\n")

    assert people(path).standing()[0].name == "Aoi Sato"


def test_a_title_above_the_headings_is_passed_over(tmp_path: Path) -> None:
    """A merged title and an empty row may stand above the table."""
    path = csv(tmp_path, f"2027年卒 内定者一覧,,\n,,\n{TABLE}")

    assert [record.row for record in people(path).standing()] == [4, 5]


def test_headings_over_two_rows_are_read_together(tmp_path: Path) -> None:
    """連絡先 over メール and 電話: the lower row says what the columns are."""
    path = csv(
        tmp_path, "氏名,連絡先,,内定日\n,メール,フリガナ,\n青井 葵,aoi@example.jp,アオイ,2026/4/1\n"
    )

    (aoi,) = people(path).standing()

    assert (aoi.name, aoi.email, aoi.kana) == ("青井 葵", "aoi@example.jp", "アオイ")
    assert aoi.facts == {"offer": OFFER}


def test_data_below_no_heading_is_a_mistake(tmp_path: Path) -> None:
    """A merged heading hides a column; its data is not dropped in silence."""
    path = csv(tmp_path, "氏名,メール,,大学\n青井,aoi@example.jp,x,A,B\n赤井,aka@example.jp,y,,\n")

    assert told(people(path)) == [("C2", "people.no_heading"), ("E2", "people.no_heading")]


def test_of_two_ids_the_plainer_one_is_the_id(tmp_path: Path) -> None:
    """A running `No.` beside a 社員番号 is an attribute and no second id."""
    path = csv(tmp_path, "No.,社員番号,氏名,メール\n1,A-17,青井,aoi@example.jp\n")

    (aoi,) = people(path).standing()

    assert aoi.id == "A-17"
    assert aoi.attributes == {"no": 1}


def test_two_columns_of_one_meaning_are_a_mistake(tmp_path: Path) -> None:
    """Two 内定日 cannot both be right."""
    path = csv(tmp_path, "氏名,メール,内定日,内定日\n青井,aoi@example.jp,2026/4/1,2026/4/2\n")

    assert told(people(path)) == [("D1", "people.column_twice")]


def test_every_mistake_is_told_at_once_with_its_cell(tmp_path: Path) -> None:
    """One look at the page mends the whole table; nothing of it is taken meanwhile."""
    path = csv(
        tmp_path,
        "ID,氏名,メールアドレス,区分,メンター,内定日,ペース,タイムゾーン\n"
        "1,青井,aoi@example,内定者,佐藤花,2026/2/30,標準,JST\n"
        "1,,aoi@@example.jp,内定物,鈴木誠,4/1/2026,早め,\n"
        "2,赤井,aoi@example.jp,,誰か,2206/4/1,,\n"
        "3,緑川,AOI@example.jp,,,未定,,\n"
        "4,黄田,,,,#REF!,,\n",
    )

    reading = people(path, staff=STAFF)

    assert reading.records == ()
    assert told(reading) == [
        ("C2", "people.address_domain"),
        ("E2", "people.staff"),
        ("F2", "people.date"),
        ("H2", "people.zone"),
        ("A3", "people.twice"),
        ("B3", "people.no_name"),
        ("C3", "people.address_two_at"),
        ("D3", "people.choice"),
        ("E3", "people.staff_several"),
        ("F3", "people.date"),
        ("G3", "people.choice"),
        ("E4", "people.staff"),
        ("F4", "people.date_far"),
        ("C5", "people.twice"),
        ("F5", "people.date"),
        ("C6", "people.no_address"),
        ("F6", "people.error"),
    ]
    near = {problem.column: problem.nearest for problem in reading.problems if problem.line == 2}
    assert (near[5], near[8]) == ("佐藤 花子", "Asia/Tokyo")
    with pytest.raises(Mistakes):
        reading.standing()


def test_a_time_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    """When somebody cannot come is read with the list, and what is not understood is shown."""
    path = csv(
        tmp_path,
        "氏名,メール,授業\n青井,aoi@example.jp,月 9:00-12:00; 2026-07-20..2026-08-05\n"
        "赤井,akai@example.jp,火 午前; 月2限\n",
    )

    reading = people(path)

    assert told(reading) == [("C3", "people.unavailable")]
    assert "月2限" in dict(reading.problems[0].values).values()
    assert reading.problems[0].column == 3


def test_a_mistake_in_a_cell_as_its_author_reads_it(tmp_path: Path) -> None:
    """The file, the row, the column's letter and heading, and what to write instead."""
    path = csv(tmp_path, "氏名,メール,入社日\n青井,aoi@example.jp,4/1/2027\n")

    (problem,) = people(path, shown="hr/people.csv").problems

    assert render(problem, "ja") == (
        "hr/people.csv:2:3: セル C2(入社日)の「4/1/2027」は日付として読めません\n"
        "2026/4/1、2026年4月1日、令和8年4月1日のように、年から書いてください。"
        "日付の列でなければ、見出しの終わりの「日」を変えてください。"
    )


def test_somebody_without_an_address_is_taken_with_a_warning(tmp_path: Path) -> None:
    """A person may be known before the address is."""
    reading = people(csv(tmp_path, "氏名,メール\n青井,\n"))

    assert [record.name for record in reading.standing()] == ["青井"]
    assert told(reading) == [("B2", "people.no_address")]


def test_mentors_without_any_staff_are_asked_for(tmp_path: Path) -> None:
    """Names of members of staff need the table of staff first; no roster asks nothing."""
    path = csv(tmp_path, "氏名,メール,メンター\n青井,aoi@example.jp,佐藤花子\n")

    assert told(people(path, staff=[])) == [("C2", "people.staff_none")]
    assert people(path).standing()[0].mentor == ("佐藤花子",)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "people.empty"),
        (b"\n\n,,\n", "people.empty"),
        ("氏名,メール\n".encode(), "people.no_rows"),
        ("なまえ,れんらくさき\nあ,い\n".encode(), "people.column_needed"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "people.old_excel"),
        (b"PK\x03\x04nothing", "people.no_table"),
        ("氏名,メール\n".encode() + b"\x81\xff,\xfe\n", "people.encoding"),
        ('氏名,メール\n"青井,aoi@example.jp\n'.encode(), "people.quote"),
        ('氏名,メール\n"青"井,aoi@example.jp\n'.encode(), "people.quote"),
    ],
)
def test_what_is_no_table_is_told_as_what_it_is(tmp_path: Path, content: bytes, code: str) -> None:
    """An empty file, an old .xls, a broken one, or one in an unknown encoding."""
    path = tmp_path / "people.csv"
    path.write_bytes(content)

    reading = people(path)

    assert code in [problem.code for problem in reading.problems]
    assert reading.records == ()
    assert render_all(reading.problems, "ja") != render_all(reading.problems, "en")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    """Somebody who mistyped the name reads that there is no such file."""
    assert told(people(tmp_path / "nobody.csv")) == [("", "file.missing")]


def test_a_formula_without_its_result_is_a_mistake(tmp_path: Path) -> None:
    """A table that a program wrote and Excel never opened has formulas and no values."""
    path = xlsx(tmp_path, ["氏名", "メール", "内定日"], ["青井", "aoi@example.jp", "=TODAY()"])

    assert told(people(path)) == [("C2", "people.formula")]


def test_the_first_sheet_that_is_shown_is_read(tmp_path: Path) -> None:
    """A hidden sheet of codes before the table is passed over."""
    book = Workbook()
    hidden = book.active
    assert hidden is not None
    hidden.append(["code"])
    hidden.sheet_state = "hidden"
    shown = book.create_sheet("people")
    shown.append(["氏名", "メール"])
    shown.append(["青井", "aoi@example.jp"])
    path = tmp_path / "people.xlsx"
    book.save(path)

    assert [record.name for record in people(path).standing()] == ["青井"]


def test_what_excel_is_kept_from_eating_comes_back(tmp_path: Path) -> None:
    """An equals sign with quotes, or an apostrophe, is how a value was saved and not the value."""
    path = csv(tmp_path, '氏名,メール,学籍番号,備考\n青井,aoi@example.jp,"=""00123""",\'+81-3\n')

    assert people(path).standing()[0].attributes == {"学籍番号": "00123", "備考": "+81-3"}


def test_a_cell_may_hold_line_breaks_and_separators(tmp_path: Path) -> None:
    """Quoted cells are one cell; rows are counted as Excel counts them."""
    path = csv(tmp_path, '氏名,メール,備考\n青井,aoi@example.jp,"一行目\n二行目, 続き"\n,x@y.jp,\n')

    reading = people(path)

    assert told(reading) == [("A3", "people.no_name")]


def test_a_person_s_age_is_no_fact_and_a_number_is_a_number(tmp_path: Path) -> None:
    """Attributes keep what playbooks can compare: 2027 is a number, 0120 is not."""
    path = csv(
        tmp_path, "氏名,メール,Graduation Year,TOEIC,内線\n青井,a@example.jp,２０２７,3.5,0120\n"
    )

    assert people(path).standing()[0].attributes == {
        "graduation_year": 2027,
        "toeic": 3.5,
        "内線": "0120",
    }


def test_after_very_many_mistakes_the_rest_is_left_out(tmp_path: Path) -> None:
    """A column of ten thousand mistakes is told in two hundred."""
    rows = "".join(f"青井,aoi{number}\n" for number in range(10_000))

    problems = people(csv(tmp_path, f"氏名,メール\n{rows}")).problems

    assert len(problems) == 201
    assert problems[-1].code == "people.many"


def test_progress_is_told_now_and_then(tmp_path: Path) -> None:
    """A long import shows how far it is; the last word is the number of rows."""
    rows = "".join(f"青井,aoi{number}@example.jp\n" for number in range(1200))
    steps: list[tuple[int, int]] = []

    people(
        csv(tmp_path, f"氏名,メール\n{rows}"),
        progress=lambda done, about: steps.append((done, about)),
    )

    assert steps == [(500, 1201), (1000, 1201), (1200, 1200)]


def test_staff_are_read_with_their_roles_and_limits(tmp_path: Path) -> None:
    """Roles in Japanese have the names that playbooks use."""
    path = csv(
        tmp_path,
        "社員番号,氏名,メール,役割,部署,カレンダー,勤務時間,1日の上限,週の上限,Slack,趣味\n"
        's1,佐藤 花子,hanako@example.co.jp,"人事、HR Manager",人事部,Outlook,'
        "9:30-18:30,3,10,@hanako,釣り\n"
        "s2,田中 一郎,ichiro@example.co.jp,若手,開発部,,,,,,\n",
    )

    hanako, ichiro = read_staff(path).standing()

    assert hanako.role == ("hr", "hr_manager")
    assert hanako.attributes == {
        "calendar": "microsoft",
        "hours": "09:30-18:30",
        "per_day": 3,
        "per_week": 10,
        "slack": "@hanako",
        "趣味": "釣り",
    }
    assert ichiro.as_staff().role == "young_members"
    assert hanako.as_staff().role == "hr, hr_manager"


def test_mistakes_of_staff_are_told_with_their_cells(tmp_path: Path) -> None:
    """Somebody without an id, hours nobody can read, a calendar nobody knows."""
    path = csv(
        tmp_path,
        "ID,氏名,メール,カレンダー,勤務時間,1日の上限\n"
        ",佐藤 花子,hanako@example.co.jp,gogle,9-18,たくさん\n",
    )

    reading = read_staff(path)

    assert told(reading) == [
        ("A2", "people.no_id"),
        ("D2", "people.choice"),
        ("E2", "people.hours"),
        ("F2", "people.number"),
    ]
    assert [problem.nearest for problem in reading.problems] == ["", "google", "09:00-18:00", ""]


def test_a_row_counts_as_excel_counts(tmp_path: Path) -> None:
    """Empty rows between people are passed over and still counted."""
    path = csv(tmp_path, "氏名,メール\n青井,aoi@example.jp\n,\n\n赤井,aka@example.jp\n")

    assert [record.row for record in people(path).standing()] == [2, 5]


def test_a_time_in_excel_is_kept_to_the_second(tmp_path: Path) -> None:
    """Excel keeps 9:30 as a fraction of a day; what was typed is what counts."""
    path = xlsx(
        tmp_path,
        ["氏名", "メール", "内定日", "面談時刻"],
        ["青井", "aoi@example.jp", 46113 + 9.5 / 24, time(9, 30)],
    )

    (aoi,) = people(path).standing()

    assert aoi.facts == {"offer": datetime(2026, 4, 1, 0, 30, tzinfo=UTC)}
    assert aoi.attributes == {"面談時刻": "09:30:00"}


def test_a_problem_sorts_by_its_place() -> None:
    """Row after row, and in a row from left to right."""
    problems = [Problem("p", 3, 1, "people.date"), Problem("p", 2, 9, "people.date")]

    assert [problem.line for problem in sorted(problems)] == [2, 3]


@pytest.mark.parametrize(
    ("name", "found"),
    [("青井 葵 様", "様"), ("青井葵さん", "さん"), ("青井 葵 くん", "くん"), ("Ms. Blue", "Ms.")],
)
def test_a_name_with_a_polite_word_is_warned_of(tmp_path: Path, name: str, found: str) -> None:
    """Nobody is written to as 様さん because of a list that was made for envelopes."""
    reading = people(csv(tmp_path, TABLE.replace("青井 葵", name)))

    assert told(reading) == [("A2", "people.polite")]
    assert dict(reading.problems[0].values)["found"] == found
    assert reading.standing()[0].name == name


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("山田　葵", "山田 葵"),
        ("Emma\xa0Schmidt", "Emma Schmidt"),
        ("علی\u200cرضا محمدی", "علی\u200cرضا محمدی"),
    ],
    ids=["full-width", "no-break", "persian"],
)
def test_a_name_is_taken_with_the_spaces_that_keyboards_write(
    tmp_path: Path, written: str, name: str
) -> None:
    """Full-width from a Japanese keyboard, no-break from a form; Persian has an unseen joiner."""
    (record,) = people(csv(tmp_path, f"氏名,メールアドレス\n{written},x@example.jp\n")).standing()

    assert record.name == name


@pytest.mark.parametrize("name", ["三様 葵", "氏家君", "Missy Elliott", "Msimang Zola"])
def test_a_name_that_only_looks_polite_is_a_name(tmp_path: Path, name: str) -> None:
    """What belongs to a name is not pointed at."""
    assert not people(csv(tmp_path, TABLE.replace("青井 葵", name))).problems


def test_a_first_day_before_the_offer_is_warned_of(tmp_path: Path) -> None:
    """A year that was typed wrong would have everything that leads to the first day missed."""
    text = "氏名,メール,内定日,入社日\n青井 葵,aoi@example.jp,2026/5/11,2026/4/1\n"

    reading = people(csv(tmp_path, text))

    assert told(reading) == [("D2", "people.joins_before")]
    assert reading.problems[0].warning
    assert not people(csv(tmp_path, text.replace("2026/4/1", "2027/4/1"))).problems
