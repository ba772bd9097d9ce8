"""A backup is restored in a workspace: noticed, told, asked, and nobody gets anything twice."""

import shutil
import sqlite3
from collections import Counter
from contextlib import closing
from email import message_from_bytes, policy
from pathlib import Path

import pytest

from tests.cli.conftest import Office
from tests.cli.desk import Desk, without_places
from tests.cli.test_gmail_office import desk as gmail_desk
from tests.cli.test_gmail_office import work
from tests.cli.test_gmail_office import world as gmail_world
from tests.golden.files import Golden
from tests.servers.google import GoogleWorld

pytestmark = pytest.mark.services

desk, world = gmail_desk, gmail_world
DAYS = ("2026-04-01 10:00", "2026-04-03 11:00", "2026-04-06 10:00", "2026-04-08 10:00")


def back_up(desk: Desk) -> Path:
    """Copy the journal as docs/operating.md says; gives the copy."""
    copied = desk.root / "copy.db"
    place = desk.root / ".tsunagu" / "store.db"
    with closing(sqlite3.connect(place)) as source, closing(sqlite3.connect(copied)) as backup:
        source.backup(backup)
    return copied


def restore(desk: Desk, copied: Path) -> None:
    """Put the copy in the place of the journal."""
    place = desk.root / ".tsunagu" / "store.db"
    for beside in ("-wal", "-shm"):
        place.with_name(place.name + beside).unlink(missing_ok=True)
    shutil.copy(copied, place)


def test_a_restored_backup_sends_nothing_twice(desk: Desk, world: GoogleWorld) -> None:
    """Back up, work on for a week, restore, reconcile, work on: each mail came once."""
    world.google.mailboxes.receive(desk_mailbox(), b"Subject: something else\r\n\r\nx")
    work(desk, world, "2026-04-01 08:00")
    backup = back_up(desk)
    work(desk, world, *DAYS)
    before = letters(world)

    restore(desk, backup)
    work(desk, world, "2026-04-08 11:00")
    held = desk.type("status")
    world.clock.turn_to(desk.at("2026-04-08 11:30").now)
    done = desk.type("reconcile", "--yes")
    work(desk, world, "2026-04-08 12:00", "2026-04-09 10:00")

    assert before.total() > 2
    assert "tsunagu reconcile" in held.out
    assert done.status == 0, done.err
    assert f"送ったと分かったメール: {before.total()} 通" in done.out
    assert set(letters(world).values()) == {1}
    assert letters(world) > before  # what was not due before the repair goes on after it


def test_an_answer_is_asked_for_before_anything_goes_on(desk: Desk, world: GoogleWorld) -> None:
    """Without `--yes` where nobody can be asked it is refused, and everything stays held."""
    work(desk, world, "2026-04-01 08:00")
    backup = back_up(desk)
    work(desk, world, "2026-04-01 10:00")
    restore(desk, backup)
    desk.at("2026-04-01 12:00")

    refused = desk.type("reconcile")

    assert refused.status == 2
    assert "hold、fact、pause" in refused.out
    assert "記録が、実際に送ったものより古く" in desk.type("status").out


def test_where_nobody_can_be_asked_a_human_is(office: Office) -> None:
    """A mailbox without IMAP: what may have gone stands among the doubts, with what to type."""
    office.work_until("2026-04-01 08:00")
    backup = back_up(office.desk)
    office.work_until("2026-04-01 10:00")
    restore(office.desk, backup)

    done = office.desk.at("2026-04-01 12:00").type("reconcile", "--yes", language="en")
    office.work_until("2026-04-01 13:00")
    doubts = office.desk.type("doubts", language="en")

    assert "1 thing that nobody can be asked about: tsunagu doubts" in done.out
    assert [mail.recipient for mail in office.server.mails] == ["aoi@example.jp"]
    assert "tsunagu doubts --sent" in doubts.out


def test_a_backup_that_was_not_noticed_is_told_by_hand(office: Office) -> None:
    """The marks beside the journal are gone as well: somebody names the backup's moment."""
    office.work_until("2026-04-01 08:00")
    backup = back_up(office.desk)
    office.work_until("2026-04-01 10:00")
    restore(office.desk, backup)
    shutil.rmtree(office.desk.root / ".tsunagu" / "begun")

    nothing = office.desk.at("2026-04-01 12:00").type("reconcile")
    done = office.desk.type("reconcile", "--since", "2026-04-01 08:00", "--yes", "--json")

    assert "記録に欠けはありません" in nothing.out
    assert done.json["doubts"] == 1
    assert [mail.recipient for mail in office.server.mails] == ["aoi@example.jp"]


def test_nothing_is_lost_in_a_journal_that_did_not_go_back(office: Office) -> None:
    """Typed for no reason, it changes nothing."""
    office.work_until("2026-04-01 08:00", "2026-04-01 10:00")

    done = office.desk.type("reconcile", "--json")

    assert done.json == {"held": False}
    assert office.desk.type("up", "--until-idle").status == 0


def letters(world: GoogleWorld) -> Counter[tuple[str, str]]:
    """Count what arrived, by whom it was to and its subject."""
    return Counter(
        (one.recipient, str(message_from_bytes(one.content, policy=policy.default)["Subject"]))
        for one in world.google.mailboxes.arrived
    )


def desk_mailbox() -> str:
    """Give HR's own mailbox."""
    return "saiyo@example.co.jp"


def test_a_journal_that_was_deleted_is_missed(office: Office, golden: Golden) -> None:
    """Whoever is imported into a new one would get everything again: refused, with what to type."""
    office.work_until("2026-04-01 10:00")
    desk = office.desk.at("2026-04-01 12:00")
    for file in (desk.root / ".tsunagu").glob("store.db*"):
        file.unlink()
    for table in ("staff", "people"):
        assert desk.type(table, "import").status == 0

    for language in ("ja", "en"):
        refused = desk.type("up", "--until-idle", language=language)
        assert refused.status == 2
        page = without_places(refused.err, desk.root).encode()
        assert golden.agrees(f"cli/other-journal.{language}.txt", page)
    before = len(office.server.mails)
    shutil.rmtree(desk.root / ".tsunagu" / "begun")
    office.work_until("2026-04-01 12:00")

    assert before == 1
    assert [mail.recipient for mail in office.server.mails] == ["aoi@example.jp"] * 2
