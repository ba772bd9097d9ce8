"""What a human decides: drafts, holds, pauses, tasks, doubts, new versions."""

from datetime import timedelta

import pytest

from tests.cli.conftest import Office
from tests.cli.desk import Desk
from tests.engine.test_clock_guard import HandStopwatch
from worker.cli.play import JumpingClock
from worker.engine.clock_guard import ClockGuard
from worker.engine.journal.journal import open_journal

pytestmark = pytest.mark.services


def add(office: Office, address: str) -> None:
    """Make somebody known whose mail is due on the morning of the first of April."""
    table = office.desk.root / "more.csv"
    row = f"x,林 太,{address},内定者,佐藤 健,2026-04-01"
    table.write_text(f"ID,氏名,メール,区分,メンター,内定日\n{row}\n")
    assert office.desk.type("people", "import", str(table)).status == 0


def test_a_draft_is_read_and_let_go(office: Office) -> None:
    """A letter that needs approval waits until somebody has read it, and then leaves."""
    days = ("2026-04-01 10:00", "2026-04-06 10:00", "2026-04-10 10:00", "2026-04-15 10:00")
    office.work_until("2026-04-01 08:00", *days)
    desk = office.desk

    waiting = desk.type("approve", "--json").json
    shown = desk.type("approve", "aoi", "letter", "--show")
    released = desk.type("approve", "aoi", "letter")
    office.work_until("2026-04-15 10:05")

    assert [(one["person"], one["step"]) for one in waiting] == [("aoi", "letter")]
    assert "お手紙" in shown.out
    assert "青井 葵さんへ。" in shown.out
    assert released.status == 0
    assert b"aoi@example.jp" in office.server.mails[-1].content
    assert desk.type("approve").out == "承認を待っているものはありません。\n"


def test_a_rejected_draft_never_leaves(office: Office) -> None:
    """What somebody says no to is not sent, now or later."""
    office.work_until("2026-04-01 08:00", "2026-04-15 10:00")
    before = len(office.server.mails)

    office.desk.type("approve", "--all", "--reject")
    office.work_until("2026-04-15 12:00")

    assert len(office.server.mails) == before
    assert "letter" in office.desk.type("timeline", "aoi").out


def test_a_playbook_is_paused_by_the_name_of_its_folder(staffed: Desk) -> None:
    """What people are enrolled in is what the file says, whatever its folder is called."""
    playbooks = staffed.root / "playbooks"
    (playbooks / "follow").rename(playbooks / "spring")

    paused = staffed.type("pause", "spring", "--json").json

    assert paused["playbook"] == "follow"


def test_nothing_to_approve_is_said(staffed: Desk) -> None:
    """Approving what is not there is the operator's mistake."""
    typed = staffed.type("approve", "aoi")

    assert typed.status == 2
    assert "承認を待っているものは、そこにはありません" in typed.err


def test_a_hold_stops_everything_for_one_person(office: Office) -> None:
    """While somebody is held nothing goes out to them; the others are not touched."""
    office.desk.type("hold", "aoi", "--because", "相談中")
    office.work_until("2026-04-01 08:00", "2026-04-01 10:00", "2026-04-02 11:00")
    held = [mail.recipient for mail in office.server.mails]

    office.desk.type("release", "aoi")
    office.work_until("2026-04-02 11:05")

    assert held == ["rin@example.jp"]
    assert [mail.recipient for mail in office.server.mails][1:] == ["aoi@example.jp"]
    assert "止まっていません" in office.desk.type("release", "aoi").out
    assert "相談中" in office.desk.type("timeline", "aoi").out


def test_release_asks_what(staffed: Desk) -> None:
    """`release` alone says what can be released, and an unknown mailbox is named as such."""
    assert "--fuse" in staffed.type("release").err
    assert "あるのは: hr" in staffed.type("release", "--lane", "boss").err
    assert "多すぎて止まっているものはありません" in staffed.type("release", "--fuse").out
    assert "時計で止まっているものはありません" in staffed.type("release", "--clock").out


def test_a_wrong_clock_is_told_until_somebody_says_that_it_is_right(staffed: Desk) -> None:
    """Whose clock, by how much, what says so and what to type; in `status`, and in `doctor`."""
    assert staffed.type("status").status == 0  # the journal is there
    journal = open_journal(f"sqlite:///{staffed.root / '.tsunagu' / 'store.db'}")
    stopwatch = HandStopwatch()
    clock = JumpingClock(staffed.now)
    guard = ClockGuard(journal.store, clock, stopwatch, "host-a/up-1")
    clock.turn_to(staffed.now + timedelta(hours=1))
    guard.look()
    journal.close()

    told, in_english = staffed.type("status").out, staffed.type("status", language="en").out
    doctor = staffed.type("doctor", "--offline", language="en").out
    staffed.type("release", "--clock")

    assert "host-a/up-1 の時計" in told
    assert "経過した時間より 3600 秒進んでいます" in told
    assert "tsunagu release --clock" in told
    sentence = "The clock of host-a/up-1 is 3600 seconds ahead of the time that has passed."
    assert sentence in " ".join(in_english.split())
    assert "host-a/up-1" in doctor
    assert "host-a/up-1" not in staffed.type("status").out


def test_a_paused_playbook_waits(office: Office) -> None:
    """A paused playbook sends nothing until it is resumed."""
    office.work_until("2026-04-01 08:00")
    paused = office.desk.type("pause", "follow")
    office.work_until("2026-04-01 10:00")
    silent = len(office.server.mails)

    office.desk.type("resume", "follow")
    office.work_until("2026-04-01 10:05")

    assert "3 人" in paused.out
    assert silent == 0
    assert len(office.server.mails) == 1


def test_a_task_is_done_once(office: Office) -> None:
    """What a human is asked to do is listed until somebody says it is done."""
    office.work_until(
        "2026-04-01 08:00", "2026-04-01 10:00", "2026-04-06 10:00", "2026-04-08 10:00"
    )
    desk = office.desk
    listed = desk.type("tasks")
    number = str(desk.type("tasks", "--json").json[0]["number"])

    done = desk.type("tasks", "--done", number)
    again = desk.type("tasks", "--done", number)

    assert "電話で様子を聞く" in listed.out
    assert "済みにしました" in done.out
    assert "すでに済んでいます" in again.out
    assert desk.type("tasks").out == "人がすることは、今はありません。\n"
    assert desk.type("tasks", "--done", "99").status == 2


def test_a_refused_mail_is_shown_and_sent_again(office: Office) -> None:
    """A bad address is shown with what the server said; once mended the mail goes."""
    add(office, "permerror@example.jp")
    office.work_until("2026-04-01 08:00", "2026-04-01 09:30")

    listed = office.desk.type("doubts")
    told = office.desk.type("doubts", "--json").json

    assert "届かなかったもの" in listed.out
    assert "550" in listed.out
    assert [(one["person"], one["state"]) for one in told] == [("x", "refused")]
    number = str(told[0]["number"])
    assert office.desk.type("doubts", "--resend", number).status == 0
    assert office.desk.type("doubts", "--sent", "99").status == 2


def test_a_doubt_is_settled_by_a_human(office: Office) -> None:
    """A mail that may have gone is asked about, and never guessed."""
    add(office, "doubt@example.jp")
    office.work_until("2026-04-01 08:00", "2026-04-01 09:30")
    told = office.desk.type("doubts", "--json").json
    number = str(told[0]["number"])

    settled = office.desk.type("doubts", "--sent", number)

    assert told[0]["state"] == "doubt"
    assert "届いていたものとしました" in settled.out
    assert office.desk.type("doubts").out == "届いたか分からないメールはありません。\n"


def test_a_changed_playbook_is_compared_moved_and_taken_back(office: Office) -> None:
    """An edit changes nothing for running people until they are moved, and the move comes back."""
    office.work_until("2026-04-01 08:00", "2026-04-01 10:00")
    desk = office.desk
    file = desk.root / "playbooks" / "follow" / "playbook.yaml"
    text = file.read_text()
    file.write_text(text.replace("accept + 2 business days", "accept + 3 business days"))

    compared = desk.type("diff", "follow", "--json").json
    page = desk.type("diff", "follow")
    refused = desk.type("migrate", "follow")
    moved = desk.type("migrate", "follow", "--yes", "--json").json
    after = desk.type("diff", "follow", "--json").json
    undone = desk.type("migrate", "follow", "--undo", "--json").json

    aoi = next(one for one in compared["people"] if one["person"] == "aoi")
    assert [(one["step"], one["change"]) for one in aoi["changes"]] == [("mentor-hello", "moved")]
    assert "2026年4月10日(金) 10:00 → 2026年4月13日(月) 10:00" in page.out
    assert refused.status == 2
    assert "--yes" in refused.err
    assert moved["moved"] == 3
    assert after["people"] == []
    assert undone["back"] == 3
    assert desk.type("migrate", "follow", "--undo", "--json").json["back"] == 0


def test_a_playbook_with_a_mistake_moves_nobody(office: Office) -> None:
    """A version that cannot be used is told as its author sees it, and nobody is moved to it."""
    office.work_until("2026-04-01 08:00")
    file = office.desk.root / "playbooks" / "follow" / "playbook.yaml"
    file.write_text(file.read_text().replace("business days at", "busines days at"))

    typed = office.desk.type("migrate", "follow", "--yes")

    assert typed.status == 1
    assert "business days" in typed.err
