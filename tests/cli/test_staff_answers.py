"""HR answers the mail of a task in a real mailbox: what the commands show of it."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import Office
from tests.cli.test_inbox import BEFORE, REMINDER, WELCOME, Reading
from tests.servers.dovecot import laid_out, serving

pytestmark = pytest.mark.services
CALL = "2026-04-08 10:00"  # two business days after the reminder
HANA = "hana@example.co.jp"


@pytest.fixture
def reading(office: Office) -> Iterator[Reading]:
    """Aoi has been silent after a reminder, and HR was asked to call."""
    office.work_until(BEFORE, WELCOME, REMINDER, CALL)
    with laid_out() as server, serving(server):
        yield Reading(office, server.mailbox())


def task_mail(reading: Reading) -> bytes:
    """Give what HR got."""
    (content,) = [content for to, content in reading.sent if to == HANA]
    return content


def test_done_by_a_plain_reply(reading: Reading) -> None:
    """The task is off the list, and the record says by whose words."""
    reading.comes(
        "電話しました。\nお元気でした。",
        "2026-04-08 15:00",
        sender=HANA,
        answers=task_mail(reading),
    )

    reading.type("2026-04-08 15:01", "listen", "--once")
    tasks = reading.type("2026-04-08 15:02", "tasks", "--json").json
    shown = reading.type("2026-04-08 15:02", "timeline", "aoi").out
    history = reading.type("2026-04-08 15:02", "timeline", "aoi", "--json").json
    tray = reading.type("2026-04-08 15:02", "inbox", "--json").json

    assert tasks == []
    assert tray == []
    assert "花田 花「電話しました。 お元気でした。」" in shown
    assert [one["said"] for one in history["facts"] if one["name"] == "welcome.rung2.done"] == [
        "電話しました。\nお元気でした。"
    ]


def test_later_by_a_plain_reply(reading: Reading) -> None:
    """The list shows until when; on that day HR hears of it again, in office hours."""
    reading.comes("月曜にやります", "2026-04-08 15:00", sender=HANA, answers=task_mail(reading))

    reading.type("2026-04-08 15:01", "listen", "--once")
    listed = reading.type("2026-04-08 15:02", "tasks").out
    tasks = reading.type("2026-04-08 15:02", "tasks", "--json").json
    shown = reading.type("2026-04-08 15:02", "timeline", "aoi").out
    reading.office.work_until("2026-04-13 09:29")
    before = [to for to, _ in reading.sent].count(HANA)
    reading.office.work_until("2026-04-13 09:30")

    assert "4月13日" in listed
    assert [task["put_off"] for task in tasks] == ["2026-04-13"]
    assert "4月13日（月） まで" in shown or "4月13日(月) まで" in shown
    assert (before, [to for to, _ in reading.sent].count(HANA)) == (1, 2)
