"""`tsunagu classify`: what a received mail is, for HR and for programs."""

import json
import sys
from io import BytesIO, TextIOWrapper
from pathlib import Path

from tests.cli.desk import type_words
from tests.domain.answers.mails import block, mail, report

BOUNCE = report("失敗", block("aoi@example.jp", "failed", "5.1.1", "550 5.1.1 User unknown"))
AWAY = mail("8月20日まで不在です。", subject="自動応答: ご案内")


def written(folder: Path, **mails: bytes) -> list[str]:
    """Write mails into files and give their names."""
    for name, raw in mails.items():
        (folder / f"{name}.eml").write_bytes(raw)
    return [str(folder / f"{name}.eml") for name in mails]


def test_every_mail_is_a_line_of_json(tmp_path: Path) -> None:
    """A program reads one object a line, with every key, in the order of the files."""
    files = written(tmp_path, answer=mail("はい、質問があります。"), bounce=BOUNCE, away=AWAY)

    typed = type_words(["classify", *files, "--json"])

    rows = [json.loads(line) for line in typed.out.splitlines()]
    assert typed.status == 0
    assert [row["class"] for row in rows] == ["human_reply", "bounce_hard", "auto_reply"]
    assert rows[0]["reply_text"] == "はい、質問があります。"
    assert rows[0]["intent"] == "question"
    assert (rows[1]["recipient"], rows[1]["status"]) == ("aoi@example.jp", "5.1.1")
    assert rows[2]["return_date"] == "2026-08-21"
    assert {"path", "class", "confidence", "rule"} <= set(rows[0])
    assert set(rows[0]) == set(rows[1]) == set(rows[2])


def test_a_person_reads_a_table(tmp_path: Path) -> None:
    """Without --json, each mail is a row in the reader's language."""
    files = written(tmp_path, bounce=BOUNCE, away=AWAY)

    ja = type_words(["classify", *files, "--language", "ja"])
    en = type_words(["classify", *files, "--language", "en"])

    assert "不達（恒久）" in ja.out
    assert "2026-08-21 に戻る" in ja.out
    assert "bounce, for good" in en.out
    assert "aoi@example.jp" in en.out


def test_a_file_that_cannot_be_read_is_told_and_the_others_are_read(tmp_path: Path) -> None:
    """One missing file does not hide the rest; the end says that something was wrong."""
    files = written(tmp_path, answer=mail("はい"))

    typed = type_words(["classify", str(tmp_path / "none.eml"), str(tmp_path), *files, "--json"])

    rows = [json.loads(line) for line in typed.out.splitlines()]
    assert typed.status == 2
    assert [row["class"] for row in rows] == ["unsure", "unsure", "human_reply"]
    assert all(row["error"] for row in rows[:2])


def test_a_mail_comes_from_standard_input() -> None:
    """`-` reads what another program writes."""
    before = sys.stdin
    sys.stdin = TextIOWrapper(BytesIO(mail("ありがとうございます。")), encoding="utf-8")
    try:
        typed = type_words(["classify", "-", "--json"])
    finally:
        sys.stdin = before

    assert json.loads(typed.out)["intent"] == "thanks"
